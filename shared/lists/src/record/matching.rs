//! Which outlet on record a row is of.

use std::collections::HashSet;

use domain::ProviderId;

use crate::question::{Answers, Choice, Question};
use crate::reading::{Because, Entry};

use super::alike::{Alike, alike};
use super::known::{Outlet, Register};
use super::step::Placed;

/// Answers: it is the one on record, which moved or was renamed.
const SAME: &str = "same";
/// It is another outlet.
const NEW: &str = "new";

/// Which outlet a row is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// One on record; `identify`: its operator's code comes with this list.
    Known { id: ProviderId, identify: bool, because: Vec<Because> },
    /// One that is not on record.
    New { because: Vec<Because> },
    /// It cannot be told.
    Asks(Box<Question>),
}

const WHAT: &str = "网点";

impl Register {
    /// Which outlet a row is of: by its operator's code, by name, county and place, and by what was answered.
    pub(super) fn matched(&self, entry: &Entry, answers: &Answers) -> Match {
        let county = entry.division.county();
        let coded: Vec<&Outlet> = self.coded(entry).into_iter().map(|at| &self.outlets[at]).collect();
        let named: Vec<&Outlet> = self.named(entry).into_iter().map(|at| &self.outlets[at]).collect();
        if let Some(uscc) = &entry.uscc {
            // Its number says which of the operator's.
            if let Some(id) = super::fresh::new_id(entry).filter(|_| entry.outlet.is_some())
                && let Some(outlet) = self.outlet(&id)
            {
                let other_name = !named.iter().any(|known| known.id == id);
                return known(outlet, false, other_name.then(|| renamed(outlet)).into_iter().collect());
            }
            let here: Vec<&Outlet> = coded.into_iter().filter(|known| known.division.county() == county).collect();
            let own: Vec<&Outlet> =
                here.iter().copied().filter(|known| named.iter().any(|n| n.id == known.id)).collect();
            if !own.is_empty() {
                return of_several(entry, &own, (false, &self.claimed), answers);
            }
            // Entered under the key of its name before its code was known.
            let without_code: Vec<&Outlet> = named.iter().copied().filter(|known| known.code.is_none()).collect();
            if !without_code.is_empty() {
                return of_several(entry, &without_code, (true, &self.claimed), answers);
            }
            if !here.is_empty() {
                return by_place_alone(entry, &here, &self.claimed, answers);
            }
            let others = named.first().map(|other| {
                let (id, code) = (&other.id, other.code.as_deref().unwrap_or_default());
                Placed::because(
                    WHAT,
                    format!("登记簿中另有同名网点 {id}(代码 {code});本行代码为 {uscc},按另一网点录入"),
                )
            });
            return Match::New { because: others.into_iter().collect() };
        }
        if named.is_empty() {
            return Match::New { because: Vec::new() };
        }
        of_several(entry, &named, (false, &self.claimed), answers)
    }

    /// Keeps which outlet a row is beyond doubt, if it is one on record: its name, its code where it has one, and its place are those.
    pub(super) fn claim(&mut self, entry: &Entry) {
        let named = self.named(entry).into_iter().map(|at| &self.outlets[at]);
        let code = entry.uscc.as_ref().map(domain::Uscc::as_str);
        let of_code = |known: &&Outlet| code.is_none() || known.code.as_deref().is_none_or(|own| Some(own) == code);
        let named: Vec<&Outlet> = named.filter(of_code).collect();
        let alike = |known: &Outlet| alike(entry, &known.division, known.address.as_deref());
        let mut same = named.iter().filter(|known| alike(known) == Alike::Same);
        let claimed = match (same.next(), same.next(), &named[..]) {
            (Some(one), None, _) => Some(one.id.clone()),
            (None, _, [one]) if alike(one) == Alike::Untold => Some(one.id.clone()),
            _ => None,
        };
        self.claimed.extend(claimed);
    }
}

fn known(outlet: &Outlet, identify: bool, because: Vec<Because>) -> Match {
    Match::Known { id: outlet.id.clone(), identify, because }
}

fn renamed(outlet: &Outlet) -> Because {
    let name = outlet.names.first().map(String::as_str).unwrap_or_default();
    Placed::because(WHAT, format!("登记名称为「{name}」,本行名称不同;确已更名的,请办理变更"))
}

/// One of several of its name, told apart by where they are.
fn of_several(
    entry: &Entry,
    named: &[&Outlet],
    (identify, claimed): (bool, &HashSet<ProviderId>),
    answers: &Answers,
) -> Match {
    let alike_to: Vec<(&Outlet, Alike)> =
        named.iter().map(|outlet| (*outlet, alike(entry, &outlet.division, outlet.address.as_deref()))).collect();
    let of = |alike: Alike| alike_to.iter().filter(move |(_, own)| *own == alike).map(|(outlet, _)| *outlet);
    let mut same = of(Alike::Same);
    if let (Some(outlet), None) = (same.next(), same.next()) {
        return known(outlet, identify, Vec::new());
    }
    let open: Vec<&Outlet> = of(Alike::Same).chain(of(Alike::Untold)).collect();
    let moved: Vec<&Outlet> = of(Alike::OtherAddress).collect();
    match (&open[..], &moved[..]) {
        ([], []) => Match::New { because: vec![apart(named, "街道")] },
        ([outlet], []) => {
            let because = Placed::because(
                WHAT,
                format!(
                    "与登记簿中 {} 同名同区县,{};按同一网点处理",
                    outlet.id,
                    if outlet.address.is_none() { "登记簿未载地址" } else { "名单未载地址" }
                ),
            );
            known(outlet, identify, if entry.uscc.is_some() && !identify { Vec::new() } else { vec![because] })
        }
        // Two rows of one list that differ in where they are, are two.
        ([], moved) if !identify && moved.iter().all(|outlet| claimed.contains(&outlet.id)) => {
            Match::New { because: vec![apart(moved, "地址")] }
        }
        ([], [outlet]) => moved_or_other(entry, outlet, identify, answers),
        _ => {
            let all: Vec<&Outlet> = open.iter().chain(&moved).copied().collect();
            which(entry, &all, identify, answers)
        }
    }
}

fn apart(others: &[&Outlet], by: &str) -> Because {
    let ids: Vec<&str> = others.iter().take(3).map(|outlet| outlet.id.as_str()).collect();
    Placed::because(WHAT, format!("与登记簿中同名的 {} {by}不同,按另一网点录入", ids.join("、")))
}

/// Of an operator's outlets here none bears the name: it was renamed, or is another.
fn by_place_alone(entry: &Entry, here: &[&Outlet], claimed: &HashSet<ProviderId>, answers: &Answers) -> Match {
    let alike_to: Vec<(&Outlet, Alike)> =
        here.iter().map(|outlet| (*outlet, alike(entry, &outlet.division, outlet.address.as_deref()))).collect();
    // A street alone does not say that they are one.
    let with_door = entry.address.is_some();
    let mut same = alike_to.iter().filter(|(_, alike)| with_door && *alike == Alike::Same);
    if let (Some((outlet, _)), None) = (same.next(), same.next()) {
        return known(outlet, false, vec![renamed(outlet)]);
    }
    if alike_to.iter().all(|(_, alike)| matches!(alike, Alike::OtherStreet | Alike::OtherAddress)) {
        return Match::New { because: vec![apart_of_operator(here)] };
    }
    // Rows of one list bear each the name of their own outlet.
    if here.iter().all(|outlet| claimed.contains(&outlet.id)) {
        return Match::New { because: vec![apart_of_operator(here)] };
    }
    which(entry, here, false, answers)
}

fn apart_of_operator(here: &[&Outlet]) -> Because {
    let ids: Vec<&str> = here.iter().take(3).map(|outlet| outlet.id.as_str()).collect();
    Placed::because(WHAT, format!("同一运营主体已有 {},名称不同,按其另一网点录入", ids.join("、")))
}

fn answer<'a>(entry: &Entry, answers: &'a Answers) -> Option<&'a str> {
    answers.get(&format!("outlet:{}", entry.name)).or_else(|| answers.get("outlet"))
}

/// The one of its name on record has another address.
fn moved_or_other(entry: &Entry, outlet: &Outlet, identify: bool, answers: &Answers) -> Match {
    let (id, address) = (&outlet.id, outlet.address.as_deref().unwrap_or_default());
    match answer(entry, answers) {
        Some(SAME) => known(
            outlet,
            identify,
            vec![Placed::because(
                WHAT,
                format!("经办人确认与 {id} 为同一网点;登记地址为「{address}」,确已迁址的,请办理变更"),
            )],
        ),
        Some(NEW) => Match::New {
            because: vec![Placed::because(WHAT, format!("经办人确认不是登记簿中的 {id}(地址「{address}」)"))],
        },
        Some(given) if given == id.as_str() => known(outlet, identify, Vec::new()),
        _ => Match::Asks(Box::new(Question {
            id: "outlet".to_owned(),
            zh: format!(
                "名单中有网点与登记簿中的同名同区县而地址不同(如「{}」:登记簿 {id}「{address}」),是同一网点迁址,还是另一网点?",
                entry.name
            ),
            en: format!(
                "outlets of the list have the name and county of one on record and another address (such as {}: on record {id}): the same one, \
                 moved, or another?",
                entry.name
            ),
            choices: vec![choice(SAME, "同一网点(迁址,地址另办变更)"), choice(NEW, "另一网点")],
            suggested: None,
            rows: 0,
        })),
    }
}

fn which(entry: &Entry, all: &[&Outlet], identify: bool, answers: &Answers) -> Match {
    match answers.get(&format!("outlet:{}", entry.name)) {
        Some(NEW) => {
            return Match::New { because: vec![Placed::because(WHAT, "经办人确认是另一网点".to_owned())] };
        }
        Some(given) => {
            if let Some(outlet) = all.iter().find(|outlet| outlet.id.as_str() == given) {
                let because = Placed::because(WHAT, format!("经办人确认是 {}", outlet.id));
                return known(outlet, identify, vec![because]);
            }
        }
        None => {}
    }
    let mut choices: Vec<Choice> = all
        .iter()
        .map(|outlet| {
            let name = outlet.names.first().map(String::as_str).unwrap_or_default();
            let address = outlet.address.as_deref().unwrap_or("未载地址");
            choice(outlet.id.as_str(), &format!("{name},{address}"))
        })
        .collect();
    choices.push(choice(NEW, "另一网点"));
    Match::Asks(Box::new(Question {
        id: format!("outlet:{}", entry.name),
        zh: format!("「{}」是登记簿中的哪一个网点?", entry.name),
        en: format!("which outlet on record is {}?", entry.name),
        choices,
        suggested: None,
        rows: 0,
    }))
}

fn choice(value: &str, zh: &str) -> Choice {
    Choice { value: value.to_owned(), zh: zh.to_owned() }
}
