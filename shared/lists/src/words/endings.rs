//! Whether a title that has a word of an ending or a refusal in it says no more than that: `data/words/beside_endings.csv`. What stands around the word is
//! read as well: a title decides only where all of it is understood.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::marks::Mark;
use super::parts;
use super::phrases::{self, Place, Says};
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/beside_endings.csv");

/// What a word is beside an ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Means {
    /// It changes nothing of it.
    Known,
    /// Names of places, bodies and outlets end so: one that nobody knows may stand before it.
    Name,
    /// It may change it, and is no part of a name.
    Turn,
    /// Brackets that begin so tell who is left out.
    Before,
    /// Brackets that end so do.
    Behind,
}

/// The words, folded, by their first character, the longest first.
static KNOWN: LazyLock<HashMap<char, Vec<(String, Means)>>> = LazyLock::new(|| {
    let mut known: HashMap<char, Vec<(String, Means)>> = HashMap::new();
    for row in super::rows(TABLE) {
        let means = match row.get(1).unwrap_or_default() {
            "known" => Means::Known,
            "name" => Means::Name,
            "turn" => Means::Turn,
            "before" => Means::Before,
            "behind" => Means::Behind,
            _ => continue,
        };
        let word = fold::key(row.get(0).unwrap_or_default());
        let Some(first) = word.chars().next() else { continue };
        known.entry(first).or_default().push((word, means));
    }
    for words in known.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    known
});

fn words(text: &str) -> impl Iterator<Item = &'static (String, Means)> {
    text.chars().next().and_then(|first| KNOWN.get(&first)).into_iter().flatten()
}

/// The longest word of those meanings that a text begins with.
fn word(text: &str, wanted: &[Means]) -> Option<(usize, Means)> {
    words(text)
        .find(|(word, means)| wanted.contains(means) && text.starts_with(word.as_str()))
        .map(|(word, means)| (word.len(), *means))
}

/// What stands in a title.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Says(Says, String),
    Known(String),
    Name,
    Open,
    Close,
    /// What nobody knows, and whether it may be a name.
    Run(bool),
}

fn tokens(key: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut run = String::new();
    let mut rest = key;
    let close = |run: &mut String, tokens: &mut Vec<Token>| {
        if !run.is_empty() {
            let turns = run.char_indices().any(|(at, _)| word(&run[at..], &[Means::Turn]).is_some());
            tokens.push(Token::Run(!turns && run.chars().count() <= NAME_CHARS_MAX));
            run.clear();
        }
    };
    while let Some(first) = rest.chars().next() {
        let known = word(rest, &[Means::Known, Means::Name]);
        let (len, token) = if let Some((len, says)) =
            phrases::at(rest, Place::Title).filter(|(len, _)| known.is_none_or(|(own, _)| own <= *len))
        {
            (len, Token::Says(says, rest[..len].to_owned()))
        } else if let Some(len) = parts::at(rest).filter(|len| known.is_none_or(|(own, _)| own < *len)) {
            (len, Token::Name)
        } else if let Some((len, means)) = known {
            (len, if means == Means::Name { Token::Name } else { Token::Known(rest[..len].to_owned()) })
        } else if first == '(' {
            (1, Token::Open)
        } else if first == ')' {
            (1, Token::Close)
        } else if first.is_ascii_digit() || NUMERALS.contains(first) || MARKS.contains(first) {
            (first.len_utf8(), Token::Known(String::new()))
        } else {
            run.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        close(&mut run, &mut tokens);
        tokens.push(token);
        rest = &rest[len..];
    }
    close(&mut run, &mut tokens);
    tokens
}

/// Longest name of a place or an outlet before what its kind ends in, in characters.
const NAME_CHARS_MAX: usize = 8;
const NUMERALS: &str = "〇零一二三四五六七八九十百两";
const MARKS: &str = "、,.:;|-—~·*★☆▲△●○\"'“”";

fn is_end(says: Says) -> Option<Mark> {
    match says {
        Says::Mark(Mark::Certified | Mark::Proposed) => None,
        // Both are told as one.
        Says::Mark(Mark::Closed) => Some(Mark::Deregistered),
        Says::Mark(mark) => Some(mark),
        _ => None,
    }
}

/// Whether all of a title that has an ending or a refusal in it is understood, and says one of them.
pub(super) fn is_understood(key: &str) -> bool {
    let tokens = tokens(key);
    let mut ends: Vec<(Mark, bool, usize)> = Vec::new();
    let (mut depth, mut outside_is_more) = (0_u32, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Says(says, _) => {
                if let Some(mark) = is_end(*says) {
                    ends.push((mark, depth > 0, at));
                }
                let more =
                    matches!(says, Says::Mark(Mark::Certified | Mark::Proposed) | Says::Inclusive | Says::Decided);
                outside_is_more |= depth == 0 && more;
            }
            _ => {}
        }
    }
    // Two of them (撤销取消的决定), or one in brackets beside what certifies: nobody can tell.
    let &[(_, inside, begins)] = ends.as_slice() else { return ends.is_empty() };
    if inside && outside_is_more {
        return false;
    }
    let named = tokens.first() == Some(&Token::Known("关于".to_owned()));
    let mut depth = 0_u32;
    tokens.iter().enumerate().all(|(at, token)| {
        let next = tokens.get(at + 1);
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        match token {
            Token::Run(may_be_a_name) => {
                let list = matches!(next, Some(Token::Known(word)) if word.starts_with('等'));
                let name = matches!(next, Some(Token::Name)) && (at < begins || named || depth > 0);
                // 扬邗教〔2024〕5号
                let document = next == Some(&Token::Open) && tokens.get(at + 2) == Some(&Token::Known(String::new()));
                *may_be_a_name && (name || list || document)
            }
            // What is taken away is a certification (取消…认定); before its end it stands alone (认定失效).
            Token::Says(Says::Mark(Mark::Certified), phrase) => {
                depth == 0
                    && (phrase.starts_with("认定") && (at > begins || at + 1 == begins)
                        || phrase.starts_with("认定")
                            && at + 2 == begins
                            && matches!(next, Some(Token::Known(word)) if word == "资格" || word == "称号"))
            }
            // A notice of endings is put to the public.
            Token::Says(Says::Mark(Mark::Proposed), phrase) => phrase == "公示",
            Token::Says(Says::Unclear | Says::Both | Says::Past | Says::Rule, _) => false,
            Token::Says(..) | Token::Known(_) | Token::Name | Token::Open | Token::Close => true,
        }
    })
}

/// A folded title without the brackets that only tell who is left out: 名单(不含已取消的3所), 名单(已停办的除外).
pub(super) fn without_excluded(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut rest = key;
    while let Some((before, behind)) = rest.split_once('(') {
        out.push_str(before);
        match behind.split_once(')') {
            Some((inside, after)) if excludes(inside) && !out.is_empty() => rest = after,
            _ => {
                out.push('(');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether the text of brackets only tells who is left out.
fn excludes(inside: &str) -> bool {
    let bare = if let Some((len, _)) = word(inside, &[Means::Before]) {
        &inside[len..]
    } else {
        let behind = KNOWN.values().flatten().filter(|(_, means)| *means == Means::Behind);
        let Some(bare) =
            behind.filter_map(|(word, _)| inside.strip_suffix(word.as_str())).min_by_key(|bare| bare.len())
        else {
            // 退出机构见附件2
            let without = inside.trim_end_matches(|c: char| c.is_ascii_digit());
            return without.len() < inside.len() && excludes(without);
        };
        bare
    };
    let tokens = tokens(bare);
    let one = |token: &Token| match token {
        Token::Says(says, _) => is_end(*says).is_some(),
        Token::Known(_) | Token::Name => true,
        Token::Open | Token::Close | Token::Run(_) => false,
    };
    !bare.contains([',', ';']) && tokens.iter().all(one) && tokens.iter().any(|token| matches!(token, Token::Says(..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.values().map(Vec::len).sum::<usize>() + 1, TABLE.lines().count());
    }

    #[test]
    fn brackets_that_only_leave_out_are_left_out() {
        for (text, expected) in [
            ("认定名单(剔除已注销机构)", "认定名单"),
            ("名单(已停办的除外)", "名单"),
            ("名单(不含已取消的3所)(2025年)", "名单(2025年)"),
            ("名单(退出机构见附件2)", "名单"),
            ("名单(不含)", "名单(不含)"),
            ("名单(不含补贴,其余取消)", "名单(不含补贴,其余取消)"),
            ("名单(取消部分机构后)", "名单(取消部分机构后)"),
        ] {
            assert_eq!(without_excluded(text), expected, "{text}");
        }
    }
}
