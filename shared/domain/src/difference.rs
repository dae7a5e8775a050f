//! In what a command differs from the act on record that it is most like: what a refusal names, so that nobody has to look for it.
//!
//! Both are said in the form of [`crate::canonical`] and compared field by field: no command has a comparison of its own.

mod words;

use std::collections::BTreeMap;

use crate::anew::{Said, said};
use crate::canonical::Saying;
use crate::command::{Command, MadeBy, OperatorCommand, RecordEnding, RegisterProvider};
use crate::event::Event;
use crate::pledge::terms::PublicationScope;
use crate::record::{act_at, as_corrected, index_of};
use crate::value::{Act, CodeOf, Names, document_key};

/// The act on record that a command is most like, and in what it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The act on record.
    pub act: Act,
    /// What differs, in the order of the names; never empty.
    pub fields: Vec<Differing>,
}

/// A field of which a command says something else than the act on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Its name, within the fields that hold it: `particulars.name`.
    pub name: String,
    /// What is on record; `None` where nothing is.
    pub recorded: Option<String>,
    /// What was asked for; `None` where it is left out.
    pub asked: Option<String>,
    /// Whether both may be told to everybody: of a withheld address, or a pledge that is not published, only that it differs.
    pub is_public: bool,
}

impl Differing {
    /// Whether it is of the end that is told along with a certification.
    fn is_of_an_end(&self) -> bool {
        self.name.starts_with(OF_AN_END)
    }

    /// Whether it is so or not, and no value that may be left out: of what is not so nothing is said in the canonical form.
    fn is_yes_or_no(&self) -> bool {
        [&self.recorded, &self.asked].into_iter().flatten().all(|value| value == "true")
    }
}

/// Fields of which the sentence tells the values, and characters of a value at most; the names of all are told.
const FIELDS_TOLD_MAX: usize = 4;
const CHARACTERS_TOLD_MAX: usize = 24;

/// Fields that tell what a command is about. One that is about something else is another command, and not this one with a difference.
const ABOUT: [&str; 7] =
    ["act", "category", "item", "objection_number", "pledge.number", "pledge_number", "plaque_number"];
/// What the fields of an end begin with that is told along with a certification, and what is said of one.
const OF_AN_END: &str = "ended.";
const END_APART: (&str, &str) = (
    ";认定的终止另为一项:尚未登记的,请以登记终止(RecordEnding)登记;登记有误的,请按该项编号更正",
    "; the end is an act of its own: where it is not on record, record it by itself (RecordEnding); where it was entered wrong, correct it by its own number",
);
/// What is withheld of an outlet where `particulars.withhold_address` is so, or ever was.
const WITHHELD: [&str; 2] = ["particulars.address", "particulars.location"];

impl Difference {
    /// The act of a stream that a command was refused for, or is most like: of one kind, about the same, and no more than half of it another.
    /// `held_against` is the act that the refusal names, if it names one.
    pub fn of<'a>(
        facts: impl IntoIterator<Item = &'a Event>,
        asked: &MadeBy,
        held_against: Option<Act>,
    ) -> Option<Self> {
        let facts: Vec<&Event> = facts.into_iter().collect();
        let stands = as_corrected(facts.iter().copied());
        let held = held_against.and_then(|act| stands.get(index_of(act)).copied().flatten());
        let asked = match told_along(asked, held) {
            Some(end) => Leaves::of(|leaves| end.say_to(leaves)),
            None => what_is_said(asked)?,
        };
        let said = stands.iter().enumerate().filter_map(|(index, fact)| {
            let act = act_at(index);
            if held_against.is_some_and(|held| held != act) {
                return None;
            }
            let mut leaves = Leaves::of_fact((*fact)?)?;
            // The end that is told along is held against the one on record, which is an act of its own.
            if asked.tells_an_end() {
                let ends = stands.iter().copied().flatten();
                let mut of_it = ends.filter(|end| matches!(end, Event::EndingRecorded(e) if e.certification == act));
                leaves.along(of_it.next_back().and_then(Leaves::of_fact));
            }
            Some((act, leaves))
        });
        // An address that was shown once may be the home that was withheld on other days.
        let ever = facts.iter().filter_map(|fact| {
            if let Event::ActCorrected(corrected) = fact { corrected.fact.as_deref() } else { Some(*fact) }
        });
        let is_home = ever.filter_map(Leaves::of_fact).any(|recorded| recorded.withholds());
        let alike = said.filter_map(|(act, recorded)| Some((act, recorded.differing(&asked, held_against.is_some())?)));
        // Of those that are as much alike the last one.
        let (act, mut fields) = alike.min_by_key(|(act, fields)| (fields.len(), std::cmp::Reverse(*act)))?;
        for field in fields.iter_mut().filter(|field| is_home && WITHHELD.contains(&field.name.as_str())) {
            field.is_public = false;
        }
        (!fields.is_empty()).then_some(Self { act, fields })
    }

    /// The same with the codes among its values called by their names; places by their own table.
    #[must_use]
    pub fn named(mut self, names: Names<'_>, division: &dyn Fn(&str) -> Option<String>) -> Self {
        for field in &mut self.fields {
            let name = |code: &str| {
                let of = match field.name.rsplit('.').next() {
                    Some("ground") => CodeOf::Ground,
                    Some("bureau_id") => CodeOf::Bureau,
                    Some("zone") => CodeOf::Zone,
                    Some("category") => CodeOf::Category,
                    Some("division") => return division(code),
                    Some(_) | None => return None,
                };
                names(of, code).map(|name| name.to_string())
            };
            for value in [&mut field.recorded, &mut field.asked].into_iter().flatten() {
                if let Some(name) = name(value) {
                    *value = format!("{name}({value})");
                }
            }
        }
        self
    }

    /// The names of the fields, as a program reads them.
    pub fn names(&self) -> String {
        self.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The sentence in Chinese.
    pub fn zh(&self) -> String {
        let told = self.told().map(|field| {
            let of = if field.is_of_an_end() { "终止的" } else { "" };
            let name = format!("{of}{}", words::field(&field.name).0);
            let choice = |value: &str| words::choice(&field.name, value).map(|(zh, _)| zh.to_owned());
            let said = |value: &str| choice(value).unwrap_or_else(|| shortened(value));
            let none = if field.is_yes_or_no() { "否" } else { "无" };
            let value = |value: &Option<String>| value.as_deref().map_or_else(|| none.to_owned(), said);
            if !field.is_public {
                return format!("{name}不同");
            }
            format!("{name}已记载 {},本次 {}", value(&field.recorded), value(&field.asked))
        });
        let more = if self.fields.len() > FIELDS_TOLD_MAX { "等" } else { "" };
        let apart = if self.fields.iter().any(Differing::is_of_an_end) { END_APART.0 } else { "" };
        format!("与第{}项不同:{}{more}{apart}", self.act, told.collect::<Vec<_>>().join(";"))
    }

    /// The sentence in English.
    pub fn en(&self) -> String {
        let told = self.told().map(|field| {
            let of = if field.is_of_an_end() { " of the end" } else { "" };
            let name = format!("{}{of}", words::field(&field.name).1);
            let choice = |value: &str| words::choice(&field.name, value).map(|(_, en)| en.to_owned());
            let said = |value: &str| choice(value).unwrap_or_else(|| shortened(value));
            let none = if field.is_yes_or_no() { "no" } else { "nothing" };
            let value = |value: &Option<String>| value.as_deref().map_or_else(|| none.to_owned(), said);
            if !field.is_public {
                return format!("another {name}");
            }
            format!("{name} on record {}, now {}", value(&field.recorded), value(&field.asked))
        });
        let more = if self.fields.len() > FIELDS_TOLD_MAX { "; and more" } else { "" };
        let apart = if self.fields.iter().any(Differing::is_of_an_end) { END_APART.1 } else { "" };
        format!("it differs from no. {}: {}{more}{apart}", self.act, told.collect::<Vec<_>>().join("; "))
    }

    fn told(&self) -> impl Iterator<Item = &Differing> {
        self.fields.iter().take(FIELDS_TOLD_MAX)
    }
}

fn shortened(value: &str) -> String {
    let mut told: String = value.chars().take(CHARACTERS_TOLD_MAX).collect();
    if told.len() < value.len() {
        told.push('…');
    }
    told
}

/// The end that a command tells along with a certification, by itself, where it is one that it is held against.
fn told_along(asked: &MadeBy, held: Option<&Event>) -> Option<Command> {
    let MadeBy::Provider(Command::RecordCertification(c)) = asked else { return None };
    let ended = c.ended.as_deref().filter(|_| matches!(held, Some(Event::EndingRecorded(_))))?;
    Some(Command::RecordEnding(RecordEnding::along(&c.category, ended)))
}

/// What a command says, of a provider or an operator.
fn what_is_said(asked: &MadeBy) -> Option<Leaves> {
    match asked {
        MadeBy::Provider(command) => Some(Leaves::of(|leaves| command.say_to(leaves))),
        MadeBy::Operator(command) => Some(Leaves::of(|leaves| command.say_to(leaves))),
        MadeBy::Correction(_) | MadeBy::Rules(_) => None,
    }
}

/// What a command says, field by field.
#[derive(Debug, Default)]
struct Leaves {
    command: &'static str,
    within: Vec<&'static str>,
    said: BTreeMap<String, String>,
}

impl Saying for Leaves {
    fn field(&mut self, name: &'static str, write: impl FnOnce(&mut Vec<u8>)) {
        let mut value = Vec::new();
        write(&mut value);
        let path = self.path(name);
        self.said.insert(path, String::from_utf8_lossy(&value).into_owned());
    }

    fn so(&mut self, name: &'static str) {
        let path = self.path(name);
        self.said.insert(path, "true".to_owned());
    }

    fn record(&mut self, name: &'static str, say: impl FnOnce(&mut Self)) {
        if self.command.is_empty() {
            self.command = name;
            return say(self);
        }
        self.within.push(name);
        say(self);
        self.within.pop();
    }
}

impl Leaves {
    fn of(say: impl FnOnce(&mut Self)) -> Self {
        let mut leaves = Self::default();
        say(&mut leaves);
        leaves
    }

    fn of_fact(fact: &Event) -> Option<Self> {
        match said(fact) {
            Said::Entered(particulars) => {
                let particulars = particulars.clone();
                let entered = Command::RegisterProvider(RegisterProvider { particulars });
                Some(Self::of(|leaves| entered.say_to(leaves)))
            }
            Said::Asked(command) => Some(Self::of(|leaves| command.say_to(leaves))),
            Said::AskedOfOperator(command) => Some(Self::of(|leaves| OperatorCommand::say_to(&command, leaves))),
            Said::Lapsed(_) | Said::Opened | Said::Recalled | Said::Corrected | Said::OfTheLog => None,
        }
    }

    fn path(&self, name: &str) -> String {
        self.within.iter().copied().chain([name]).collect::<Vec<_>>().join(".")
    }

    /// Whether it tells the end along with a certification.
    fn tells_an_end(&self) -> bool {
        self.said.keys().any(|name| name.starts_with(OF_AN_END))
    }

    /// The same with an end that was recorded by itself, as it is told along.
    fn along(&mut self, end: Option<Self>) {
        let told = end.into_iter().flat_map(|end| end.said).filter(|(name, _)| name != "category");
        self.said.extend(told.map(|(name, value)| (format!("{OF_AN_END}{name}"), value)));
    }

    fn withholds(&self) -> bool {
        self.said.contains_key("particulars.withhold_address")
    }

    /// Whether what it says in a field is for everybody.
    fn publishes(&self, name: &str) -> bool {
        let is_withheld = WITHHELD.contains(&name) && self.withholds();
        let scope = self.said.get("pledge.publication").filter(|_| name.starts_with("pledge."));
        !is_withheld && scope.is_none_or(|scope| *scope == format!("{:?}", PublicationScope::Public))
    }

    /// In what `asked` differs, where it is alike. What it leaves out because it follows from the record is no difference, nor are the
    /// particulars that came with it.
    fn differing(&self, asked: &Self, is_meant: bool) -> Option<Vec<Differing>> {
        if self.command != asked.command || ABOUT.iter().any(|about| self.said.get(*about) != asked.said.get(*about)) {
            return None;
        }
        let came_along =
            |name: &&String| name.starts_with("particulars.") && !self.said.contains_key("particulars.name");
        let names = || self.said.keys().chain(asked.said.keys().filter(|name| !self.said.contains_key(*name)));
        let compared: Vec<&String> = names().filter(|name| !came_along(name)).collect();
        let mut fields: Vec<Differing> = compared
            .iter()
            .map(|name| (*name, self.said.get(*name).cloned(), asked.said.get(*name).cloned()))
            .filter(|(name, recorded, asked)| {
                let is_left_out = asked.is_none() && follows(name);
                !is_left_out && !is_alike(name, recorded.as_deref(), asked.as_deref())
            })
            .map(|(name, recorded, value)| {
                let is_public = self.publishes(name) && asked.publishes(name);
                Differing { name: name.clone(), recorded, asked: value, is_public }
            })
            .collect();
        fields.sort_by(|one, other| one.name.cmp(&other.name));
        (is_meant || fields.len() * 2 <= compared.len()).then_some(fields)
    }
}

/// Whether a field says the same in both: the number of a document also where it is typed otherwise.
fn is_alike(name: &str, recorded: Option<&str>, asked: Option<&str>) -> bool {
    let is_number = name.rsplit('.').next() == Some("document_number");
    recorded == asked || is_number && recorded.map(document_key) == asked.map(document_key)
}

/// Fields that say what follows from the record where they are left out.
fn follows(name: &str) -> bool {
    [
        "certification",
        "objection",
        "order",
        "suspension",
        "notice",
        "proposal",
        "breach",
        "bar",
        "bar_until",
        "particulars.zone",
    ]
    .contains(&name)
}

#[cfg(test)]
mod tests;
