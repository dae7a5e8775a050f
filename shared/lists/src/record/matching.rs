//! Which outlet on record a row is of: by its operator's code, its name, its name written otherwise, a name it had before, its door.

use std::cell::OnceCell;
use std::collections::HashSet;

use domain::{Day, ProviderId};

use crate::question::{Answers, Choice, Question};
use crate::reading::{Because, Ending, Entry};

use super::alike::{Alike, alike};
use super::called::Called;
use super::known::{Outlet, Register};
use super::said::Said;
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
        let named = self.named(entry);
        // Nearly every row of a next edition is found by its very name.
        let spelt: OnceCell<Vec<&Outlet>> = OnceCell::new();
        let spelt_of = named.clone();
        let spelt =
            || spelt.get_or_init(|| self.spelt(entry, &spelt_of).into_iter().map(|at| &self.outlets[at]).collect());
        let named: Vec<&Outlet> = named.into_iter().map(|at| &self.outlets[at]).collect();
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
            let of_code = |outlet: &&Outlet| here.iter().any(|known| known.id == outlet.id);
            let own: Vec<&Outlet> = spelt().iter().copied().filter(of_code).collect();
            if !own.is_empty() {
                return otherwise_spelt(of_several(entry, &own, (false, &self.claimed), answers), entry, &own, "代码");
            }
            // Entered under the key of its name before its code was known.
            let without_code: Vec<&Outlet> = named.iter().copied().filter(|known| known.code.is_none()).collect();
            if !without_code.is_empty() {
                return of_several(entry, &without_code, (true, &self.claimed), answers);
            }
            if !here.is_empty() {
                return by_place_alone(entry, &here, &self.claimed, answers);
            }
            let without_code: Vec<&Outlet> = spelt().iter().copied().filter(|known| known.code.is_none()).collect();
            if !without_code.is_empty() {
                return self.spelt_otherwise(entry, &without_code, true, answers);
            }
            let others = named.first().map(|other| {
                let (id, code) = (&other.id, other.code.as_deref().unwrap_or_default());
                Placed::because(
                    WHAT,
                    format!("登记簿中另有同名网点 {id}(代码 {code});本行代码为 {uscc},按另一网点录入"),
                )
            });
            return self.renamed_or_new(entry, others.into_iter().collect(), answers);
        }
        if !named.is_empty() {
            return of_several(entry, &named, (false, &self.claimed), answers);
        }
        if !spelt().is_empty() {
            return self.spelt_otherwise(entry, spelt(), false, answers);
        }
        self.renamed_or_new(entry, Vec::new(), answers)
    }

    /// Outlets whose name is another way to write the row's: at its place it is that one, and where the place is not told that is asked.
    fn spelt_otherwise(&self, entry: &Entry, spelt: &[&Outlet], identify: bool, answers: &Answers) -> Match {
        let alike_to = |outlet: &&Outlet| placed_alike(entry, outlet);
        let same: Vec<&Outlet> = spelt.iter().copied().filter(|outlet| alike_to(outlet) == Alike::Same).collect();
        if let [outlet] = same[..] {
            return known(outlet, identify, vec![spelt_at(outlet, "地址")]);
        }
        let open: Vec<&Outlet> = spelt
            .iter()
            .copied()
            .filter(|outlet| matches!(alike_to(outlet), Alike::Same | Alike::Untold))
            // Rows of one list bear each the name of their own outlet.
            .filter(|outlet| !self.claimed.contains(&outlet.id))
            .collect();
        match open[..] {
            [] => Match::New { because: vec![apart_though_alike(spelt)] },
            [outlet] => match answer_to("alike", entry, answers) {
                Some(SAME) => known(outlet, identify, vec![said_same(outlet)]),
                Some(NEW) => Match::New { because: vec![said_another(outlet)] },
                Some(given) if given == outlet.id.as_str() => known(outlet, identify, vec![said_same(outlet)]),
                _ => Match::Asks(Box::new(one_or_another(
                    "alike",
                    &format!(
                        "名单中有网点的名称与登记簿中的写法不同(如「{}」:登记簿 {}「{}」),地址未载或不能比较,是同一网点,还是另一网点?",
                        entry.name,
                        outlet.id,
                        name_of(outlet)
                    ),
                    &format!(
                        "outlets of the list have a name that is on record in another form (such as {}: on record {}), and no place tells whether \
                         they are one: the same outlet, or another?",
                        entry.name, outlet.id
                    ),
                    "同一网点(名称写法不同)",
                ))),
            },
            _ => which(entry, &open, identify, answers),
        }
    }

    /// None on record has its name: one that the list says had another, one at its door that was renamed, or one that is not on record.
    fn renamed_or_new(&self, entry: &Entry, mut because: Vec<Because>, answers: &Answers) -> Match {
        let code = entry.uscc.as_ref().map(domain::Uscc::as_str);
        let of_code = |outlet: &&Outlet| code.zip(outlet.code.as_deref()).is_none_or(|(listed, known)| listed == known);
        let former: Vec<&Outlet> =
            self.formerly(entry).into_iter().map(|at| &self.outlets[at]).filter(of_code).collect();
        if let [outlet] = former[..] {
            let told = format!(
                "名单载明原名称「{}」,即登记簿中的 {}:按同一网点处理;确已更名的,请办理变更",
                name_of(outlet),
                outlet.id
            );
            return known(outlet, code.is_some() && outlet.code.is_none(), vec![Placed::because(WHAT, told)]);
        }
        let own = Called::of(entry.name.as_str(), entry.division.county());
        let of_category = |outlet: &&Outlet| {
            outlet.held.iter().flatten().any(|held| held.category == entry.category) && !outlet.of_this_list
        };
        let at_door: Vec<&Outlet> = self.at_its_door(entry).into_iter().map(|at| &self.outlets[at]).collect();
        let at_door = at_door.into_iter().filter(of_code).filter(of_category);
        let free =
            at_door.filter(|outlet| !self.claimed.contains(&outlet.id) && placed_alike(entry, outlet) == Alike::Same);
        let free: Vec<&Outlet> = free.collect();
        let called = |outlet: &&Outlet| Called::of(name_of(outlet), entry.division.county());
        let akin: Vec<&Outlet> = free
            .iter()
            .copied()
            .filter(|outlet| !called(outlet).is_apart(&own) && called(outlet).shares(&own))
            .collect();
        let [outlet] = akin[..] else {
            if let Some(outlet) = free.first() {
                let told = format!(
                    "登记簿中同一门牌另有 {}「{}」,名称不同,按另一网点录入;如为更名,请办理变更",
                    outlet.id,
                    name_of(outlet)
                );
                because.push(Placed::because(WHAT, told));
            }
            return Match::New { because };
        };
        match answer_to("renamed", entry, answers) {
            Some(SAME) => known(outlet, code.is_some() && outlet.code.is_none(), vec![renamed(outlet)]),
            Some(NEW) => Match::New { because: vec![said_another(outlet)] },
            Some(given) if given == outlet.id.as_str() => known(outlet, false, vec![renamed(outlet)]),
            _ => Match::Asks(Box::new(one_or_another(
                "renamed",
                &format!(
                    "名单中有网点与登记簿中的在同一门牌而名称不同(如「{}」:登记簿 {}「{}」),是原网点更名,还是另一网点?",
                    entry.name,
                    outlet.id,
                    name_of(outlet)
                ),
                &format!(
                    "outlets of the list stand at the door of one on record that has another name (such as {}: on record {}): the same one, renamed, \
                     or another?",
                    entry.name, outlet.id
                ),
                "同一网点(更名,名称另办变更)",
            ))),
        }
    }

    /// The outlets that an ending's name may mean, where the one that was found held nothing any more on its day and another did: that one first.
    pub(super) fn still_certified(&self, entry: &Entry, found: &ProviderId, kind: Ending, day: Day) -> Vec<&Outlet> {
        let holds = |outlet: &&Outlet| {
            outlet.held.iter().flatten().any(|held| {
                let is_over = held.end.is_some() || held.last().is_some_and(|last| last < day);
                held.category == entry.category && held.begin().is_none_or(|begin| begin <= day) && !is_over
            })
        };
        let Some(outlet) = self.outlet(found) else { return Vec::new() };
        // What is void from its beginning is void whenever it ended, and what has run out is over.
        if matches!(kind, Ending::Annulled | Ending::Expired) || holds(&outlet) {
            return Vec::new();
        }
        let named = self.named(entry);
        let others = named.iter().copied().chain(self.spelt(entry, &named)).map(|at| &self.outlets[at]);
        let apart = |other: &Outlet| matches!(placed_alike(entry, other), Alike::OtherStreet | Alike::OtherAddress);
        let others: Vec<&Outlet> = others.filter(|other| other.id != *found && !apart(other)).filter(holds).collect();
        if others.is_empty() { others } else { [outlet].into_iter().chain(others).collect() }
    }

    /// Names on record in the row's county of which one holds the other, for who looks for a slip of the pen.
    pub(super) fn nearly_called(&self, entry: &Entry) -> String {
        const TOLD_MAX: usize = 3;
        let county = entry.division.county();
        let own = Called::of(entry.name.as_str(), county);
        let own = own.core();
        if own.chars().count() < 3 {
            return String::new();
        }
        let near = self.cores(county).filter(|(core, _)| core.contains(own) || own.contains(core));
        let near = near.flat_map(|(_, at)| at).map(|at| &self.outlets[*at]);
        let near: Vec<String> = near.take(TOLD_MAX).map(|near| format!("{}「{}」", near.id, name_of(near))).collect();
        near.join("、")
    }

    /// Keeps which outlet a row is beyond doubt, if it is one on record: its name, its code where it has one, and its place are those.
    pub(super) fn claim(&mut self, entry: &Entry) {
        let said = Said::of(entry);
        let all = self.said.entry(said.key()).or_default();
        if !all.contains(&said) {
            all.push(said);
        }
        let named = self.named(entry);
        let is_named = !named.is_empty();
        let spelt = if named.is_empty() { self.spelt(entry, &named) } else { Vec::new() };
        let named = named.into_iter().chain(spelt).map(|at| &self.outlets[at]);
        let code = entry.uscc.as_ref().map(domain::Uscc::as_str);
        let of_code = |known: &&Outlet| code.is_none() || known.code.as_deref().is_none_or(|own| Some(own) == code);
        let named: Vec<&Outlet> = named.filter(of_code).collect();
        let alike = |known: &Outlet| alike(entry, &known.division, known.address.as_deref());
        let mut same = named.iter().filter(|known| alike(known) == Alike::Same);
        let claimed = match (same.next(), same.next(), &named[..]) {
            (Some(one), None, _) => Some(one.id.clone()),
            (None, _, [one]) if is_named && alike(one) == Alike::Untold => Some(one.id.clone()),
            _ => None,
        };
        self.claimed.extend(claimed);
    }
}

fn known(outlet: &Outlet, identify: bool, because: Vec<Because>) -> Match {
    Match::Known { id: outlet.id.clone(), identify, because }
}

fn renamed(outlet: &Outlet) -> Because {
    let name = name_of(outlet);
    Placed::because(WHAT, format!("登记名称为「{name}」,本行名称不同;确已更名的,请办理变更"))
}

fn name_of(outlet: &Outlet) -> &str {
    outlet.names.first().map(String::as_str).unwrap_or_default()
}

/// How the places compare where both give an address: a street alone does not say that two names are of one outlet.
fn placed_alike(entry: &Entry, outlet: &Outlet) -> Alike {
    match alike(entry, &outlet.division, outlet.address.as_deref()) {
        Alike::Same if entry.address.is_none() || outlet.address.is_none() => Alike::Untold,
        alike => alike,
    }
}

/// What is said of one that was found by its name in another form, and by what else.
fn spelt_at(outlet: &Outlet, by: &str) -> Because {
    let name = name_of(outlet);
    Placed::because(WHAT, format!("登记名称为「{name}」({}),写法不同而{by}相同:按同一网点处理", outlet.id))
}

/// The same match, with what is said of the name.
fn otherwise_spelt(found: Match, entry: &Entry, own: &[&Outlet], by: &str) -> Match {
    match found {
        Match::Known { id, identify, mut because } => {
            let outlet =
                own.iter().find(|outlet| outlet.id == id && !outlet.names.iter().any(|n| *n == *entry.name.as_str()));
            because.extend(outlet.map(|outlet| spelt_at(outlet, by)));
            Match::Known { id, identify, because }
        }
        found => found,
    }
}

fn said_same(outlet: &Outlet) -> Because {
    Placed::because(WHAT, format!("经办人确认与 {}「{}」为同一网点", outlet.id, name_of(outlet)))
}

fn said_another(outlet: &Outlet) -> Because {
    Placed::because(WHAT, format!("经办人确认不是登记簿中的 {}「{}」", outlet.id, name_of(outlet)))
}

fn apart_though_alike(others: &[&Outlet]) -> Because {
    let named: Vec<String> =
        others.iter().take(3).map(|outlet| format!("{}「{}」", outlet.id, name_of(outlet))).collect();
    Placed::because(WHAT, format!("登记簿中名称相近的 {} 地址不同,按另一网点录入", named.join("、")))
}

/// Whether it is the one on record, or another.
fn one_or_another(id: &str, zh: &str, en: &str, same: &str) -> Question {
    Question {
        id: id.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        choices: vec![choice(SAME, same), choice(NEW, "另一网点")],
        suggested: None,
        rows: 0,
    }
}

/// What was answered of one outlet, or of all that a question is about.
fn answer_to<'a>(id: &str, entry: &Entry, answers: &'a Answers) -> Option<&'a str> {
    let of_one =
        answers.get(&format!("{id}:{}", entry.name)).or_else(|| answers.get(&format!("outlet:{}", entry.name)));
    of_one.or_else(|| answers.get(id))
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
    // A street alone does not say that they are one; a branch or a building of the operator's is another wherever it is.
    let with_door = entry.address.is_some();
    let own = Called::of(entry.name.as_str(), entry.division.county());
    let is_apart = |outlet: &Outlet| Called::of(name_of(outlet), entry.division.county()).is_apart(&own);
    if here.iter().all(|outlet| is_apart(outlet)) {
        return Match::New { because: vec![apart_of_operator(here)] };
    }
    let mut same = alike_to.iter().filter(|(outlet, alike)| with_door && *alike == Alike::Same && !is_apart(outlet));
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

/// The one of its name on record has another address.
fn moved_or_other(entry: &Entry, outlet: &Outlet, identify: bool, answers: &Answers) -> Match {
    let (id, address) = (&outlet.id, outlet.address.as_deref().unwrap_or_default());
    match answer_to("outlet", entry, answers) {
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

pub(super) fn which(entry: &Entry, all: &[&Outlet], identify: bool, answers: &Answers) -> Match {
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
