//! What names of outlets are made of beside what tells one from another: forms of bodies in law (`data/words/legal_forms.csv`), one word for another
//! (`data/words/name_forms.csv`), notes in brackets (`data/words/name_notes.csv`), words of branches (`data/words/branches.csv`), what outlets are
//! (`data/words/outlet_kinds.csv`), how names of bodies that run them end (`data/words/operator_endings.csv`), and words beside a former name (`data/words/former_names.csv`).

use std::sync::LazyLock;

use crate::fold;

const LEGAL_FORMS: &str = include_str!("../../../../data/words/legal_forms.csv");
const FORMS: &str = include_str!("../../../../data/words/name_forms.csv");
const NOTES: &str = include_str!("../../../../data/words/name_notes.csv");
const BRANCHES: &str = include_str!("../../../../data/words/branches.csv");
const KINDS: &str = include_str!("../../../../data/words/outlet_kinds.csv");
const BODIES: &str = include_str!("../../../../data/words/operator_endings.csv");
const FORMER: &str = include_str!("../../../../data/words/former_names.csv");

fn words(table: &'static str) -> Vec<String> {
    let mut words: Vec<String> =
        super::rows(table).filter_map(|row| Some(fold::key(row.get(0)?))).filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

static LEGAL_FORM_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| words(LEGAL_FORMS));
static NOTE_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| words(NOTES));
static BRANCH_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| words(BRANCHES));
static KIND_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| words(KINDS));
static BODY_ENDINGS: LazyLock<Vec<String>> = LazyLock::new(|| words(BODIES));
static ONE_FOR_ANOTHER: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    super::rows(FORMS).filter_map(|row| Some((fold::key(row.get(0)?), fold::key(row.get(1)?)))).collect()
});
static FORMER_WORDS: LazyLock<Vec<(String, bool)>> = LazyLock::new(|| {
    super::rows(FORMER).filter_map(|row| Some((fold::key(row.get(0)?), row.get(1)? == "before"))).collect()
});

/// A folded name without the forms in law that it holds.
pub(crate) fn without_legal_forms(key: &str) -> String {
    let mut name = key.to_owned();
    for form in LEGAL_FORM_WORDS.iter() {
        if name.contains(form.as_str()) {
            name = name.replace(form.as_str(), "");
        }
    }
    name
}

/// A folded name in which each word stands in the form that most lists use.
pub(crate) fn in_one_form(key: &str) -> String {
    ONE_FOR_ANOTHER.iter().fold(key.to_owned(), |name, (form, means)| name.replace(form.as_str(), means))
}

/// Whether a folded note beside a name says nothing of which outlet it is.
pub(crate) fn is_aside(note: &str) -> bool {
    NOTE_WORDS.iter().any(|word| word == note) || LEGAL_FORM_WORDS.iter().any(|form| form == note)
}

/// Whether a folded name holds a word of a branch.
pub(crate) fn is_branch(key: &str) -> bool {
    BRANCH_WORDS.iter().any(|word| key.contains(word.as_str()))
}

/// Whether a folded text says what an outlet is and nothing more.
pub(crate) fn is_kind(key: &str) -> bool {
    KIND_WORDS.iter().any(|kind| kind == key)
}

/// A folded name without what says what the outlet is.
pub(crate) fn without_kind(key: &str) -> &str {
    KIND_WORDS.iter().find_map(|kind| key.strip_suffix(kind.as_str())).unwrap_or(key)
}

/// Whether a name ends as those of bodies do, and is longer than most names of persons.
pub(crate) fn is_body(name: &str) -> bool {
    let key = fold::key(name);
    key.chars().count() > 3 && BODY_ENDINGS.iter().any(|ending| key.ends_with(ending.as_str()))
}

/// The names that a text says an outlet had before: 原西湖托育园, 由西湖托育园更名.
pub(crate) fn former(text: &str) -> Vec<String> {
    const ENDS: [char; 12] = [',', ';', '。', '、', ':', '(', ')', '"', '“', '”', '‘', '’'];
    let key = fold::key(text);
    let mut found = Vec::new();
    for (word, before) in FORMER_WORDS.iter() {
        for (at, _) in key.match_indices(word.as_str()) {
            let name = if *before {
                let rest = key[at + word.len()..].trim_start_matches(|c| ENDS.contains(&c) || matches!(c, '为' | '是'));
                rest.split(|c| ENDS.contains(&c)).next().unwrap_or_default()
            } else {
                let rest = key[..at].trim_end_matches(ENDS);
                rest.rsplit(|c| ENDS.contains(&c)).next().unwrap_or_default().trim_start_matches(['由', '从', '原'])
            };
            // What follows the name tells what became of it: 原西湖托育园更名.
            let ends =
                FORMER_WORDS.iter().filter(|(_, before)| !before).filter_map(|(word, _)| name.find(word.as_str()));
            let name = &name[..ends.min().unwrap_or(name.len())];
            if (2..=60).contains(&name.chars().count()) && !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        for table in [LEGAL_FORMS, FORMS, NOTES, BRANCHES, KINDS, BODIES, FORMER] {
            let rows: Vec<_> = csv::Reader::from_reader(table.as_bytes()).records().map(Result::unwrap).collect();
            assert_eq!(rows.len() + 1, table.lines().count());
            assert!(rows.iter().all(|row| row.iter().all(|cell| !cell.is_empty())), "{rows:?}");
        }
    }

    #[test]
    fn a_former_name_stands_beside_its_word() {
        for (text, expected) in [
            ("原西湖托育园", &["西湖托育园"][..]),
            ("(原名:西湖托育园)", &["西湖托育园", "名:西湖托育园"]),
            ("由西湖托育园更名", &["西湖托育园"]),
            ("原西湖托育园,2024年更名", &["西湖托育园"]),
            ("曾用名西湖托育园", &["西湖托育园"]),
            ("2024年西湖宝贝托育园", &[]),
            ("搬迁", &[]),
        ] {
            let found = former(text);
            assert!(
                expected.iter().all(|name| *name == "名:西湖托育园" || found.iter().any(|own| own == name)),
                "{text}: {found:?}"
            );
            assert!(!expected.is_empty() || found.is_empty(), "{text}: {found:?}");
        }
    }
}
