//! docs/acts.md against the code: every fact with its number, its words and its fields, every record and choice inside facts; what a section
//! says of other facts names facts that there are. Where something is missing, the message says what to write.

#![expect(clippy::unwrap_used, reason = "what is not there ends the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use prost_reflect::{DescriptorPool, EnumDescriptor, Kind, MessageDescriptor};
use tests::root;

const PAGE: &str = "docs/acts.md";
/// Numbers in facts that are none of an act: every other has to stand under *Answers*.
const PLAIN_NUMBERS: [&str; 4] = ["ordinal", "predecessor", "objection", "year"];

/// A section of the page: its title, and the lines under it that are not empty.
struct Section<'a> {
    title: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Section<'a> {
    /// What is said behind `- What: `.
    fn said(&self, what: &str) -> Option<&'a str> {
        self.lines.iter().find_map(|line| line.strip_prefix("- ")?.strip_prefix(what)?.strip_prefix(": "))
    }

    /// The rows of its table: number, name.
    fn fields(&self) -> Vec<(u32, String)> {
        let field = |line: &&str| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            let (number, name) = (cells.next()?.parse().ok()?, cells.next()?);
            // What says nothing is no description.
            cells.next().filter(|meaning| !meaning.trim_end_matches(" |").is_empty())?;
            Some((number, name.split('`').nth(1)?.to_owned()))
        };
        self.lines.iter().filter_map(field).collect()
    }

    /// The lines of its numbered list: number, name.
    fn values(&self) -> Vec<(u32, String)> {
        let value = |line: &&str| {
            let (number, rest) = line.split_once(". `")?;
            Some((number.parse().ok()?, rest.split_once("`: ")?.0.to_owned()))
        };
        self.lines.iter().filter_map(value).collect()
    }
}

fn sections(page: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            sections.push(Section { title, lines: Vec::new() });
        } else if let Some(section) = sections.last_mut().filter(|_| !line.is_empty() && !line.starts_with("# ")) {
            section.lines.push(line);
        }
    }
    sections
}

fn fields_of(message: &MessageDescriptor) -> Vec<(u32, String)> {
    message.fields().map(|field| (field.number(), field.name().to_owned())).collect()
}

/// The lines of a table that are to be written.
fn table(fields: &[(u32, String)]) -> String {
    let mut table = "| no. | field | meaning |\n| --- | --- | --- |\n".to_owned();
    for (number, name) in fields {
        writeln!(table, "| {number} | `{name}` | WHAT IT MEANS (中文). Bounds. |").unwrap();
    }
    table
}

/// What a page lacks, each with what to write.
fn faults(page: &str) -> Vec<String> {
    let pool = DescriptorPool::decode(api::DESCRIPTORS).unwrap();
    let event = pool.get_message_by_name("puhui.audit.v1.Event").unwrap();
    let sections = sections(page);
    let mut faults = Vec::new();
    let facts: Vec<(u32, MessageDescriptor)> =
        event.fields().map(|field| (field.number(), field.kind().as_message().unwrap().clone())).collect();
    let names: BTreeSet<String> = facts.iter().map(|(_, fact)| fact.name().to_owned()).collect();
    let mut expected = Vec::new();
    for (number, fact) in &facts {
        let Some(word) = api::words::fact(fact.name()) else {
            faults.push(format!("shared/api/src/words.rs has no words for {}", fact.name()));
            continue;
        };
        let title = format!("{number} {} {}", fact.name(), word.zh);
        match sections.iter().find(|section| section.title == title) {
            Some(section) => of_fact(section, fact, word.en, &names, &mut faults),
            None => faults.push(format!(
                "no section of this fact: write, in the place of its number,\n\n## {title}\n\n{}.\n\n- Answers: none.\n- Undone by: none.\n\
                 - Since: form 1.\n\n{}",
                word.en,
                table(&fields_of(fact))
            )),
        }
        expected.push(title);
    }
    let (mut records, mut choices) = (Vec::new(), Vec::new());
    for (_, fact) in &facts {
        inside(fact, &names, &mut records, &mut choices);
    }
    for record in &records {
        match sections.iter().find(|section| section.title == record.name()) {
            Some(section) => same_fields(section, record, &mut faults),
            None => faults.push(format!(
                "no section of this record: write under “Records inside facts”\n\n## {}\n\nWHAT IT IS.\n\n{}",
                record.name(),
                table(&fields_of(record))
            )),
        }
        expected.push(record.name().to_owned());
    }
    for choice in &choices {
        of_choice(&sections, choice, &mut faults);
        expected.push(choice.name().to_owned());
    }
    for section in sections.iter().filter(|section| !expected.iter().any(|title| title == section.title)) {
        faults.push(format!("“## {}” is no fact, record or choice (or its number or word is another)", section.title));
    }
    let told: Vec<u32> = sections.iter().filter_map(|section| section.title.split(' ').next()?.parse().ok()).collect();
    if !told.is_sorted() {
        faults.push("the facts do not stand in the order of their numbers".to_owned());
    }
    faults
}

/// One fact: its words, what it answers, what undoes it, since when, its fields.
fn of_fact(
    section: &Section<'_>,
    fact: &MessageDescriptor,
    meaning: &str,
    names: &BTreeSet<String>,
    faults: &mut Vec<String>,
) {
    let title = section.title;
    if !section.lines.first().is_some_and(|line| line.to_lowercase().starts_with(&meaning.to_lowercase())) {
        faults.push(format!("## {title}: begins with its words in shared/api/src/words.rs: “{meaning}”"));
    }
    for what in ["Answers", "Undone by", "Since"] {
        let Some(said) = section.said(what) else {
            faults.push(format!("## {title}: no line “- {what}: …”"));
            continue;
        };
        for word in said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_name(word)) {
            if !names.contains(word) {
                faults.push(format!("## {title}: {what}: there is no fact {word}"));
            }
        }
        for field in said.split('`').skip(1).step_by(2) {
            if fact.get_field_by_name(field).is_none() {
                faults.push(format!("## {title}: {what}: the fact has no field `{field}`"));
            }
        }
    }
    for field in fact.fields().filter(|field| matches!(field.kind(), Kind::Uint32)) {
        let quoted = format!("`{}`", field.name());
        let is_plain = PLAIN_NUMBERS.contains(&field.name());
        if !is_plain && !section.said("Answers").is_some_and(|said| said.contains(&quoted)) {
            faults.push(format!(
                "## {title}: {quoted} is a number: say under “- Answers:” which act it names; where it names none, list it in PLAIN_NUMBERS of \
                 tests/tests/acts.rs"
            ));
        }
    }
    same_fields(section, fact, faults);
}

/// Two words put together, as facts are named.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().filter(char::is_ascii_uppercase).count() > 1
}

fn same_fields(section: &Section<'_>, message: &MessageDescriptor, faults: &mut Vec<String>) {
    let (told, fields) = (section.fields(), fields_of(message));
    let title = section.title;
    let missing: Vec<(u32, String)> = fields.iter().filter(|field| !told.contains(field)).cloned().collect();
    if !missing.is_empty() {
        let rows: String = table(&missing).lines().skip(2).fold(String::new(), |rows, row| rows + row + "\n");
        faults.push(format!("## {title}: fields are missing: write\n{rows}"));
    }
    for (number, name) in told.iter().filter(|field| !fields.contains(field)) {
        faults.push(format!("## {title}: there is no field {number} `{name}`"));
    }
}

fn of_choice(sections: &[Section<'_>], choice: &EnumDescriptor, faults: &mut Vec<String>) {
    let values: Vec<_> = choice.values().filter(|value| value.number() != 0).collect();
    // What all names begin with in the .proto file is left out.
    let prefix = choice.values().find(|value| value.number() == 0).unwrap().name().replace("UNSPECIFIED", "");
    let name = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_owned();
    let expected: Vec<(u32, String)> =
        values.iter().map(|value| (value.number().unsigned_abs(), name(value.name()))).collect();
    let told = sections.iter().find(|section| section.title == choice.name()).map(Section::values);
    if told.as_ref() != Some(&expected) {
        let mut list = String::new();
        for (number, name) in &expected {
            writeln!(list, "{number}. `{name}`: 中文.").unwrap();
        }
        faults.push(format!(
            "the values of {}: write under “Choices inside facts”\n\n## {}\n\nWHAT IT IS.\n\n{list}",
            choice.name(),
            choice.name()
        ));
    }
}

/// The records and choices that a message holds, over however many between.
fn inside(
    message: &MessageDescriptor,
    facts: &BTreeSet<String>,
    records: &mut Vec<MessageDescriptor>,
    choices: &mut Vec<EnumDescriptor>,
) {
    for field in message.fields() {
        match field.kind() {
            Kind::Message(inner)
                if !facts.contains(inner.name()) && inner.name() != "Event" && !records.contains(&inner) =>
            {
                records.push(inner.clone());
                inside(&inner, facts, records, choices);
            }
            Kind::Enum(choice) if !choices.contains(&choice) => choices.push(choice),
            _ => {}
        }
    }
}

fn page() -> String {
    std::fs::read_to_string(root().join(PAGE)).unwrap()
}

#[test]
fn every_fact_and_every_field_is_described() {
    let faults = faults(&page());
    assert!(faults.is_empty(), "{PAGE} does not say what the code does:\n\n{}", faults.join("\n\n"));
}

#[test]
fn what_is_missing_is_told_with_what_to_write() {
    let whole = page();
    let without = |line: &str| {
        assert!(whole.contains(line), "{line}");
        faults(&whole.replacen(line, "", 1)).join("\n")
    };
    let found = |faults: String, what: &str| assert!(faults.contains(what), "{what}: {faults}");
    let start = whole.find("## 39 PlaqueHung").unwrap();
    let end = start + whole[start..].find("\n## ").unwrap();
    found(without(&whole[start..end]), "## 39 PlaqueHung 挂牌");
    found(without("- Answers: `order`: RectificationOrdered.\n"), "no line “- Answers: …”");
    let answers = whole.replacen("`suspension`: CertificationSuspended", "CertificationSuspended", 1);
    found(faults(&answers).join("\n"), "`suspension` is a number");
    found(faults(&whole.replacen("by: CertificationResumed", "by: CertificationForgotten", 1)).join("\n"), "no fact");
    found(faults(&whole.replacen("`hung_on`", "`hanged_on`", 1)).join("\n"), "| 2 | `hung_on` |");
    found(faults(&whole.replacen("4. `HOUR`", "5. `HOUR`", 1)).join("\n"), "the values of PriceUnit");
    found(faults(&whole.replacen("挂牌", "悬挂", 1)).join("\n"), "is no fact, record or choice");
}
