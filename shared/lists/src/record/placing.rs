//! What becomes of a row, by what is on record.

use domain::{Day, EndingKind, ProviderId};

use crate::question::{Answers, Choice, Question};
use crate::reading::{Because, Ending, Entry, Verdict};

use super::alike::written;
use super::known::{Held, HeldEnd, Outlet, Register};
use super::matching::{Match, which};
use super::said::Said as Row;
use super::step::{Act, Decision, Placed, Said, Step};
use super::term::{Beside, Difference, Relation, beside, relation};

const TERM: &str = "认定";

impl Register {
    /// What becomes of a row, and keeps it: the rows that follow are placed as if that were on record. Rows are placed in the list's order; what
    /// [`Self::needs`] of each is entered before.
    pub fn place(&mut self, entry: &Entry, verdict: &Verdict, answers: &Answers, today: Day) -> Placed {
        let placed = match verdict {
            Verdict::Proposed { .. } | Verdict::Refused => {
                Placed { step: Step::Nothing, id: None, because: Vec::new() }
            }
            Verdict::Certified => self.certified(entry, answers),
            Verdict::Ended { kind, decided_on } => self.ended(entry, (*kind, *decided_on), answers, today),
        };
        if let Some(id) = &placed.id {
            self.taken.entry(id.clone()).or_insert_with(|| Row::of(entry));
        }
        placed
    }

    fn certified(&mut self, entry: &Entry, answers: &Answers) -> Placed {
        let (id, identify, mut because) = match self.matched_in_list(entry, answers) {
            Match::Asks(question) => return Placed { step: Step::Asks(question), id: None, because: Vec::new() },
            Match::New { because } => return self.came(entry, because),
            Match::Known { id, identify, because } => (id, identify, because),
        };
        let Some(outlet) = self.outlet(&id).cloned() else { return self.came(entry, because) };
        let mut acts = Vec::new();
        if identify && let Some(uscc) = &entry.uscc {
            if let (Some(on), Some(document)) = (entry.decided_on, &entry.document) {
                because.push(Placed::because("统一社会信用代码", format!("登记簿未载代码,按名单补全为 {uscc}")));
                acts.push(Act::Identify { uscc: uscc.clone(), on, document: document.to_string() });
            } else {
                because.push(Placed::because(
                    "统一社会信用代码",
                    format!("登记簿未载代码;名单无文号或认定日期,代码 {uscc} 请另行补全(IdentifyOperator)"),
                ));
            }
        }
        acts.extend(fills(entry, &outlet, &mut because));
        match term_of(entry, &outlet, answers, &mut because) {
            Ok(more) => acts.extend(more),
            Err(Step::Already) if !acts.is_empty() => {}
            Err(step) => return Placed { step, id: Some(id), because },
        }
        self.assume(&id, entry, &acts);
        let step = if acts.is_empty() { Step::Already } else { Step::Record(acts) };
        Placed { step, id: Some(id), because }
    }

    /// An outlet that is not on record.
    fn came(&mut self, entry: &Entry, because: Vec<Because>) -> Placed {
        let Some(id) = self.free_id(entry) else {
            let said = Said {
                rule: "OUTLET_NUMBER_NEEDED",
                zh: "该运营主体的网点编号已用尽".to_owned(),
                en: "no outlet number of the operator is left".to_owned(),
            };
            return Placed { step: Step::Refused(said), id: None, because };
        };
        let held = held_of(entry, entry.valid_from);
        self.claimed.insert(id.clone());
        self.enter(Outlet {
            id: id.clone(),
            names: vec![entry.name.to_string()],
            division: entry.division.clone(),
            address: written(entry),
            has_phone: entry.phone.is_some(),
            has_point: entry.point.is_some(),
            code: entry.uscc.as_ref().map(|uscc| uscc.as_str().to_owned()),
            live: Vec::new(),
            held: Some(vec![held]),
            of_this_list: true,
        });
        let act = Act::Certification { new: true, valid_from: entry.valid_from };
        Placed { step: Step::Record(vec![act]), id: Some(id), because }
    }

    /// Keeps what is to be recorded.
    fn assume(&mut self, id: &ProviderId, entry: &Entry, acts: &[Act]) {
        for act in acts {
            if let Act::Identify { uscc, .. } = act {
                self.identified(id, uscc.as_str());
            }
            let Some(outlet) = self.outlet_mut(id) else { return };
            match act {
                Act::Identify { .. } => {}
                Act::Fill { address, phone, point } => {
                    if *address {
                        outlet.address = written(entry);
                    }
                    outlet.has_phone |= *phone;
                    outlet.has_point |= *point;
                }
                Act::Certification { valid_from, .. } => {
                    outlet.held.get_or_insert_default().push(held_of(entry, *valid_from));
                }
                Act::Correct { act, right, .. } => {
                    let held = outlet.held.get_or_insert_default();
                    if let Some(held) = held.iter_mut().find(|held| held.act == *act) {
                        held.decided_on = right.decided_on;
                        held.valid_from = right.valid_from;
                        held.valid_to = right.valid_to;
                        held.worked_out.clone_from(&right.worked_out);
                        held.document.clone_from(&right.document);
                    }
                }
                Act::End { kind, decided_on } => {
                    let held = outlet.held.get_or_insert_default();
                    let annuls = *kind == EndingKind::Annulled;
                    let is_open = |held: &&mut Held| held.category == entry.category && (annuls || held.end.is_none());
                    let open = held.iter_mut().filter(is_open);
                    if let Some(held) = open.max_by_key(|held| held.begin()) {
                        held.end = Some(HeldEnd { effective_on: *decided_on, annulled: annuls });
                    }
                }
            }
        }
    }

    fn ended(
        &mut self,
        entry: &Entry,
        (kind, decided_on): (Ending, Option<Day>),
        answers: &Answers,
        today: Day,
    ) -> Placed {
        let near = || self.nearly_called(entry);
        let not_on_record = |id: Option<ProviderId>, because: Vec<Because>| {
            let near = if id.is_some() { String::new() } else { near() };
            let near = if near.is_empty() { near } else { format!("(名称相近的:{near})") };
            let said = Said {
                rule: "NOT_ON_RECORD",
                zh: format!("登记簿中没有该网点此类别的认定,无可终止{near};如应有,请先导入认定名单"),
                en: "no such certification is on record: nothing to end. Where there should be one, import the list of those certified first"
                    .to_owned(),
            };
            Placed { step: Step::Refused(said), id, because }
        };
        let (id, because) = match self.matched_in_list(entry, answers) {
            Match::Asks(question) => return Placed { step: Step::Asks(question), id: None, because: Vec::new() },
            Match::New { because } => return not_on_record(None, because),
            Match::Known { id, because, .. } => (id, because),
        };
        let day = decided_on.or(entry.decided_on).unwrap_or(today);
        // What ran out before is no end of what another outlet that the name may mean still holds.
        let (id, because) = match self.still_certified(entry, &id, kind, day) {
            others if others.is_empty() => (id, because),
            others => match which(entry, &others, false, answers) {
                Match::Asks(question) => return Placed { step: Step::Asks(question), id: None, because: Vec::new() },
                Match::Known { id, because, .. } => (id, because),
                Match::New { because } => return not_on_record(None, because),
            },
        };
        let outlet = self.outlet(&id).cloned();
        let held: Vec<Held> = outlet.and_then(|outlet| outlet.held).unwrap_or_default();
        let held: Vec<&Held> = held.iter().filter(|held| held.category == entry.category).collect();
        let on = decided_on.or(entry.decided_on);
        let begun = held.iter().filter(|held| held.begin().is_none_or(|begin| begin <= day));
        let Some(target) = begun.max_by_key(|held| held.begin()).copied() else {
            if held.is_empty() {
                return not_on_record(Some(id), because);
            }
            let said = Said {
                rule: "NOT_ON_RECORD",
                zh: format!("登记簿中该网点此类别的认定均在 {day} 之后开始,无可终止"),
                en: format!("every certification on record of it begins after {day}: nothing to end"),
            };
            return Placed { step: Step::Refused(said), id: Some(id), because };
        };
        let already = |why: Option<String>, mut because: Vec<Because>| {
            because.extend(why.map(|why| Placed::because("终止", why)));
            Placed { step: Step::Already, id: Some(id.clone()), because }
        };
        // One that was over is annulled all the same.
        let annuls = kind == Ending::Annulled;
        if target.end.is_some_and(|end| end.annulled || !annuls) {
            return already(None, because);
        }
        let is_over = |last: &Day| !annuls && *last < day || kind == Ending::Expired && *last == day;
        if let Some(last) = target.last().filter(is_over) {
            return already(Some(format!("认定已于 {last} 到期")), because);
        }
        let Some(kind) = by_decision(kind) else {
            return match target.last() {
                Some(last) => {
                    let said = Said {
                        rule: "TERM_NOT_ENDED",
                        zh: format!("名单称已到期,登记簿中有效期至 {last};请核对,有误的请更正认定"),
                        en: format!(
                            "the list says that it has expired; on record it lasts until {last}: check, and correct what is wrong"
                        ),
                    };
                    Placed { step: Step::Refused(said), id: Some(id), because }
                }
                None => self.expired(entry, target, (id, on), because),
            };
        };
        let acts = vec![Act::End { kind, decided_on: on }];
        self.assume(&id, entry, &acts);
        Placed { step: Step::Record(acts), id: Some(id), because }
    }

    /// The list says that a term has run out of which no end is on record.
    fn expired(
        &mut self,
        entry: &Entry,
        held: &Held,
        (id, on): (ProviderId, Option<Day>),
        because: Vec<Because>,
    ) -> Placed {
        let Some(last) = entry.valid_to.or(on).filter(|_| held.back_entered && held.act > 0) else {
            let said = Said {
                rule: "TERM_UNSTATED",
                zh: "名单称已到期而未载到期日,登记簿中有效期也未载明;请补填有效期至后重新导入".to_owned(),
                en: "the list says that it has expired and not when, and the record states no end: add its last day and import again".to_owned(),
            };
            return Placed { step: Step::Refused(said), id: Some(id), because };
        };
        let worked_out = entry.valid_to.and(entry.worked_out.clone());
        let right = Decision { valid_to: Some(last), worked_out, ..decision_of(held) };
        let acts = vec![Act::Correct {
            act: held.act, right, reason: "有效期原未载明,按名单补载到期日".to_owned()
        }];
        self.assume(&id, entry, &acts);
        Placed { step: Step::Record(acts), id: Some(id), because }
    }
}

fn held_of(entry: &Entry, valid_from: Option<Day>) -> Held {
    Held {
        act: 0,
        category: entry.category.clone(),
        decided_on: entry.decided_on,
        valid_from,
        valid_to: entry.valid_to,
        worked_out: entry.worked_out.clone(),
        document: entry.document.as_ref().map(ToString::to_string),
        body: entry.body.as_ref().map(ToString::to_string).unwrap_or_default(),
        source: String::new(),
        back_entered: true,
        end: None,
    }
}

/// Which end by decision it is, by the list's word.
fn by_decision(kind: Ending) -> Option<EndingKind> {
    match kind {
        Ending::Revoked => Some(EndingKind::Cancelled),
        Ending::Annulled => Some(EndingKind::Annulled),
        Ending::Withdrawn => Some(EndingKind::Withdrawn),
        Ending::Deregistered => Some(EndingKind::Deregistered),
        Ending::Expired => None,
    }
}

fn decision_of(held: &Held) -> Decision {
    Decision {
        decided_on: held.decided_on,
        valid_from: held.valid_from,
        valid_to: held.valid_to,
        worked_out: held.worked_out.clone(),
        document: held.document.clone(),
        body: held.body.clone(),
        source: held.source.clone(),
    }
}

/// What the list says of the outlet and the record leaves open.
fn fills(entry: &Entry, outlet: &Outlet, because: &mut Vec<Because>) -> Option<Act> {
    let address = outlet.address.is_none() && written(entry).is_some();
    let phone = !outlet.has_phone && entry.phone.is_some();
    let point = !outlet.has_point && entry.point.is_some();
    if !(address || phone || point) || outlet.of_this_list {
        return None;
    }
    let what = [(address, "地址"), (phone, "公开电话"), (point, "位置")]
        .into_iter()
        .filter(|(fills, _)| *fills)
        .map(|(_, what)| what);
    because.push(Placed::because("网点", format!("登记簿未载{},按名单补充", what.collect::<Vec<_>>().join("、"))));
    Some(Act::Fill { address, phone, point })
}

/// What is to be recorded of the row's certification; or what becomes of the row instead.
fn term_of(entry: &Entry, outlet: &Outlet, answers: &Answers, because: &mut Vec<Because>) -> Result<Vec<Act>, Step> {
    let held: Vec<&Held> = outlet.held.iter().flatten().filter(|held| held.category == entry.category).collect();
    let related: Vec<(&Held, Relation)> = held.iter().map(|own| (*own, relation(entry, own, &held))).collect();
    if let Some((held, _)) = related.iter().find(|(_, relation)| *relation == Relation::Same) {
        // One day, stated here and worked out there, is no other: the record keeps what it has until it is corrected.
        if let (Some(words), None, Some(to)) = (&held.worked_out, &entry.worked_out, entry.valid_to) {
            because.push(Placed::because("有效期至", format!("登记簿的 {to} 据「{words}」推算,名单写明同一天")));
        }
        return Err(Step::Already);
    }
    let is_record = |held: &Held| held.back_entered && held.act > 0;
    let fills = related.iter().find_map(|(held, relation)| match relation {
        Relation::Fills(right) => Some((*held, right)),
        _ => None,
    });
    if let Some((held, right)) = fills {
        if !is_record(held) {
            because.push(Placed::because(TERM, "登记簿中的认定不是补录,名单所载不改变它".to_owned()));
            return Err(Step::Already);
        }
        let what = [
            (held.document.is_none() && right.document.is_some(), "文号"),
            (held.decided_on.is_none() && right.decided_on.is_some(), "认定日期"),
            (held.valid_from.is_none() && right.valid_from.is_some(), "有效期起"),
            (held.valid_to.is_none() && right.valid_to.is_some(), "有效期至"),
        ];
        let what: Vec<&str> = what.into_iter().filter(|(fills, _)| *fills).map(|(_, what)| what).collect();
        because.push(Placed::because(TERM, format!("登记簿未载{},按名单补载", what.join("、"))));
        let reason = "原未载明之处,按后续名单补载".to_owned();
        return Ok(vec![Act::Correct { act: held.act, right: right.clone(), reason }]);
    }
    let differs = related.iter().find_map(|(held, relation)| match relation {
        Relation::Differs(differences) => Some((*held, differences)),
        _ => None,
    });
    if let Some((held, differences)) = differs {
        return differing(entry, (held, &outlet.id), differences, answers, because);
    }
    another(entry, outlet, &held, answers, because)
}

/// The list has the decision on record otherwise.
fn differing(
    entry: &Entry,
    (held, id): (&Held, &ProviderId),
    differences: &[Difference],
    answers: &Answers,
    because: &mut Vec<Because>,
) -> Result<Vec<Act>, Step> {
    let both: Vec<String> = differences
        .iter()
        .map(|Difference { what, on_record, listed }| format!("{what}:登记簿 {on_record},名单 {listed}"))
        .collect();
    let both = both.join(";");
    because.push(Placed::because(TERM, format!("与登记簿所载不一致({both})")));
    let answer = answers.get(&format!("differs:{}", entry.name)).or_else(|| answers.get("differs"));
    match answer {
        Some("correct") if held.back_entered && held.act > 0 => {
            let right = Decision {
                decided_on: entry.decided_on.or(held.decided_on),
                valid_from: entry.valid_from.or(held.valid_from),
                valid_to: entry.valid_to.or(held.valid_to),
                worked_out: if entry.valid_to.is_some() { entry.worked_out.clone() } else { held.worked_out.clone() },
                document: entry.document.as_ref().map(ToString::to_string).or_else(|| held.document.clone()),
                body: entry.body.as_ref().map_or_else(|| held.body.clone(), ToString::to_string),
                source: String::new(),
            };
            Ok(vec![Act::Correct { act: held.act, right, reason: format!("按名单更正:{both}") }])
        }
        Some("keep") => {
            because.push(Placed::because(TERM, "经办人确认以登记簿为准".to_owned()));
            Err(Step::Already)
        }
        _ if held.act == 0 => Err(Step::Refused(Said {
            rule: "DUPLICATE_ROW",
            zh: format!("与本名单前面的一行是同一认定而不一致({both});请改正其一"),
            en: format!("a row above has the same certification otherwise ({both}): mend one of the two"),
        })),
        _ if !held.back_entered => Err(Step::Refused(Said {
            rule: "DECISION_DIFFERS",
            zh: format!("{id} 的认定在本登记簿作出,名单所载不同({both});请核对,登记有误的请办理更正"),
            en: format!(
                "the certification of {id} was decided in this registry, and the list has it otherwise ({both}): check, and correct the act if it is wrong"
            ),
        })),
        _ => Err(Step::Asks(Box::new(Question {
            id: "differs".to_owned(),
            zh: format!("名单与登记簿对同一认定的记载不一致(如「{}」{both}),以哪一个为准?", entry.name),
            en: format!(
                "the list and the record have one certification differently (such as {}: {both}): which is right?",
                entry.name
            ),
            choices: vec![
                Choice { value: "correct".to_owned(), zh: "以名单为准,更正登记簿".to_owned() },
                Choice { value: "keep".to_owned(), zh: "以登记簿为准,不改".to_owned() },
            ],
            suggested: None,
            rows: 0,
        }))),
    }
}

/// A certification that is not on record, among those of its outlet and category that are.
fn another(
    entry: &Entry,
    outlet: &Outlet,
    held: &[&Held],
    answers: &Answers,
    because: &mut Vec<Because>,
) -> Result<Vec<Act>, Step> {
    let mut acts = Vec::new();
    let mut valid_from = entry.valid_from;
    for own in held {
        match beside(entry, own) {
            Beside::Free => {}
            Beside::Behind(day) => {
                if valid_from.is_none_or(|from| from < day) {
                    let first = own.last().map(|last| last.to_string()).unwrap_or_default();
                    because.push(Placed::because("有效期起", format!("前次认定至 {first},本次自 {day} 起接续")));
                    valid_from = Some(day);
                }
            }
            Beside::Before(day) => {
                because.push(Placed::because("有效期起", format!("登记簿中其后的认定改自 {day} 起接续")));
                let right = Decision { valid_from: Some(day), ..decision_of(own) };
                let reason = "前次认定补录后,本次自其届满次日起接续".to_owned();
                acts.push(Act::Correct { act: own.act, right, reason });
            }
            Beside::AfterUnending(last) => {
                let answer = answers.get(&format!("unended:{}", entry.name)).or_else(|| answers.get("unended"));
                if answer != Some("followed") || own.act == 0 || !own.back_entered {
                    return Err(unended(entry, outlet, own, last));
                }
                because.push(Placed::because("有效期至", format!("经办人确认前次认定至本次起始为止:{last}")));
                let right = Decision { valid_to: Some(last), ..decision_of(own) };
                let reason = "有效期原未载明;经办人确认至下次认定起始为止".to_owned();
                acts.push(Act::Correct { act: own.act, right, reason });
            }
            Beside::Within => return Err(overlaps(entry, outlet, own)),
        }
    }
    acts.push(Act::Certification { new: false, valid_from });
    Ok(acts)
}

fn term(from: Option<Day>, to: Option<Day>) -> String {
    let day = |day: Option<Day>| day.map_or_else(|| "未载明".to_owned(), |day| day.to_string());
    format!("{} 至 {}", day(from), day(to))
}

fn overlaps(entry: &Entry, outlet: &Outlet, held: &Held) -> Step {
    let (own, listed) = (term(held.begin(), held.last()), term(entry.valid_from.or(entry.decided_on), entry.valid_to));
    let id = &outlet.id;
    Step::Refused(Said {
        rule: "TERMS_OVERLAP",
        zh: format!(
            "登记簿中 {id} 此类别另有认定({own}),与本行({listed})重叠,无法判断先后;请核对起止日期、文号,登记有误的请更正,前次已终止的请先录入终止"
        ),
        en: format!(
            "{id} has another certification of the category on record ({own}), which this row ({listed}) overlaps: check days and document \
             numbers, correct what is wrong, or record how the earlier one ended"
        ),
    })
}

fn unended(entry: &Entry, outlet: &Outlet, held: &Held, last: Day) -> Step {
    if held.act == 0 || !held.back_entered {
        return overlaps(entry, outlet, held);
    }
    Step::Asks(Box::new(Question {
        id: "unended".to_owned(),
        zh: format!(
            "登记簿中前次认定未载明有效期至(如「{}」),本名单另有其后的认定;前次是否到本次起始为止(如 {last})?",
            entry.name
        ),
        en: format!(
            "the certification before is on record without an end (such as that of {}), and the list has a later one: did it last until that \
             began (such as {last})?",
            entry.name
        ),
        choices: vec![Choice {
            value: "followed".to_owned(),
            zh: "是:前次认定有效期至本次起始前一日(记为更正)".to_owned(),
        }],
        suggested: None,
        rows: 0,
    }))
}
