//! What became of acts: corrected, overturned, or undone by what a later one says.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Event, Provider, as_corrected, evolve};
use serde_json::{Map, Value};

use super::act::{Act, fact, target};

/// What became of acts, by their places: corrected, or overturned. A correction that is corrected itself holds no more.
pub(super) fn became(acts: &[Act]) -> BTreeMap<usize, String> {
    let mut became: BTreeMap<usize, String> = BTreeMap::new();
    let mut corrected: BTreeMap<usize, Option<&Map<String, Value>>> = BTreeMap::new();
    for (index, act) in acts.iter().enumerate().rev() {
        let stands = match corrected.get(&index) {
            None => Some(&act.fields),
            Some(right) => *right,
        };
        let Some(fields) = stands else { continue };
        let Some(target) = target(fields).filter(|target| *target < index) else { continue };
        let by = index + 1;
        match act.name {
            "ActCorrected" if !corrected.contains_key(&target) => {
                let right = fields.get("fact").and_then(fact);
                corrected.insert(target, right);
                let is_recorded = right.is_some_and(|right| *right == acts[target].fields);
                let before = right.and_then(|right| same_before(acts, (index, target), right));
                let (what, to) = match (is_recorded || before.is_some(), right) {
                    (true, _) => ("恢复", ""),
                    (false, Some(_)) => ("已更正", ""),
                    (false, None) => ("已更正", "为无"),
                };
                add(&mut became, target, format!("{what}{to}(见第{by}项)"));
                if let Some(before) = before.filter(|_| !is_recorded) {
                    add(&mut became, target, format!("已更正(见第{}项)", before + 1));
                }
                // What a correction had put aside stands again once that is taken back, unless another one had come after it.
                let again = taken_back(acts, target).filter(|_| right.is_none());
                let is_of = |at: usize, of: usize| taken_back(acts, at) == Some(of) && !corrected.contains_key(&at);
                if let Some(again) = again.filter(|of| !(target + 1..index).any(|at| is_of(at, *of))) {
                    add(&mut became, again, format!("恢复(见第{by}项)"));
                }
            }
            "ActOverturned" => {
                add(&mut became, target, format!("已撤销(见第{by}项)"));
                if let Some((decided, stands)) = decided(acts, target) {
                    let what = if stands { "恢复" } else { "再次撤销" };
                    add(&mut became, decided, format!("{what}(见第{by}项)"));
                }
            }
            _ => {}
        }
    }
    let is_none = |at: usize| matches!(corrected.get(&at), Some(None));
    for (measure, what) in fallen(acts) {
        add(&mut became, measure, what);
    }
    for (expiry, what) in expiries_undone(acts, is_none) {
        add(&mut became, expiry, what);
    }
    let stands = |at: usize| corrected.get(&at).map_or_else(|| acts.get(at).map(|act| &act.fields), |right| *right);
    for (found, what) in not_withheld(acts, stands) {
        add(&mut became, found, what);
    }
    became
}

/// The act that a correction is of, where that is what stands at a place.
fn taken_back(acts: &[Act], at: usize) -> Option<usize> {
    let of = acts.get(at).filter(|act| act.name == "ActCorrected").and_then(|act| target(&act.fields));
    of.filter(|of| *of < at)
}

/// The last correction before this one that said the same of the act.
fn same_before(acts: &[Act], (by, of): (usize, usize), right: &Map<String, Value>) -> Option<usize> {
    (of + 1..by).rev().find(|at| taken_back(acts, *at) == Some(of) && acts[*at].right() == Some(right))
}

/// Orders, suspensions and notices that fell with their certification, or stand again, by the rules, and orders that are over with what they follow from: each
/// with the acts that say so, as the record stands by now. What a newer version wrote nobody here can fold: then nothing is said.
fn fallen(acts: &[Act]) -> Vec<(usize, String)> {
    let Some(facts) = acts.iter().map(|act| act.fact.as_ref()).collect::<Option<Vec<&Event>>>() else {
        return Vec::new();
    };
    if !facts.iter().any(|fact| matches!(fact, Event::MeasureFell(_) | Event::ActOverturned(_))) {
        return Vec::new();
    }
    let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let (mut state, mut before, mut over) = (Provider::default(), BTreeMap::new(), BTreeSet::new());
    let mut first = 0;
    for (at, stands) in as_corrected(facts).into_iter().enumerate() {
        state = match stands {
            None | Some(Event::ActCorrected(_)) => Provider { acts: state.acts.saturating_add(1), ..state },
            Some(fact) => match evolve(state, fact) {
                Ok(state) => state,
                Err(_) => return Vec::new(),
            },
        };
        let position = |at: usize| acts.get(at).map(|act| act.made.position);
        if position(at) == position(at + 1) {
            continue;
        }
        let now = fell(&state);
        for (measure, by) in now.iter().filter(|(measure, by)| before.get(*measure) != Some(*by)) {
            told.entry(*measure).or_default().push(format!("当日认定已终止,失效(见第{by}项)"));
        }
        let is_cause = |at: &usize| ["ActOverturned", "CertificationRenewed"].contains(&acts[*at].name);
        let by = (first..=at).find(is_cause).unwrap_or(first) + 1;
        for (measure, fell) in before.iter().filter(|(measure, _)| !now.contains_key(*measure)) {
            told.entry(*measure).or_default().push(format!("恢复(见第{by}项)"));
            // What said that it fell says nothing any more.
            if let Some(fell) = place(*fell) {
                told.entry(fell).or_default().push(format!("不再成立(见第{by}项)"));
            }
        }
        let over_now = over_with_their_cause(&state);
        for order in over_now.difference(&over) {
            told.entry(*order).or_default().push(format!("所依据的事项已撤销,失效(见第{by}项)"));
        }
        for order in over.difference(&over_now) {
            told.entry(*order).or_default().push(format!("恢复(见第{by}项)"));
        }
        (before, over, first) = (now, over_now, at + 1);
    }
    told.into_iter().map(|(measure, said)| (measure, said.join(";"))).collect()
}

/// The places of what fell by now, and the numbers of the acts that say so.
fn fell(state: &Provider) -> BTreeMap<usize, u32> {
    let of = |c: &domain::Certification| {
        let orders = c.orders.iter().map(|of| (of.act, of.fell));
        let measures = orders.chain(c.suspensions.iter().map(|of| (of.act, of.fell)));
        measures.chain(c.notices.iter().map(|of| (of.act, of.fell))).collect::<Vec<_>>()
    };
    let all = state.certifications.iter().flat_map(|c| of(c));
    all.filter_map(|(act, fell)| Some((place(act.get())?, fell?.get()))).collect()
}

/// The places of the orders whose breach or failed review a ruling undid, and none put back.
fn over_with_their_cause(state: &Provider) -> BTreeSet<usize> {
    let orders = state.certifications.iter().flat_map(|c| &c.orders);
    orders.filter(|order| order.cause.undone_on().is_some()).filter_map(|order| place(order.act.get())).collect()
}

/// Where the act with a number stands among the acts.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// An order to bring a plaque back: by which day, and since when the plaque may stay after all.
struct Order<'a> {
    due: &'a str,
    stays: Option<&'a str>,
}

/// That a plaque was not returned, where no order stands by which it was to come back before that day: one that it had been found by was put right or
/// lifted since.
fn not_withheld<'a>(acts: &'a [Act], stands: impl Fn(usize) -> Option<&'a Map<String, Value>>) -> Vec<(usize, String)> {
    let text =
        |fields: &'a Map<String, Value>, field: &str| fields.get(field).and_then(Value::as_str).unwrap_or_default();
    // By the plaque: what was found, the orders, and the last act by which an order is what it is.
    let mut found: Vec<(usize, &str, &str)> = Vec::new();
    let mut orders: BTreeMap<&str, Vec<Order<'a>>> = BTreeMap::new();
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, act) in acts.iter().enumerate() {
        let about = if act.name == "ActCorrected" { target(&act.fields).and_then(|of| acts.get(of)) } else { None };
        let of = about.unwrap_or(act);
        if ["PlaqueRecoveryOrdered", "PlaqueRecoveryLifted"].contains(&of.name) {
            last.insert(of.text("plaque_number"), at);
        }
        let Some(fields) = stands(at) else { continue };
        let plaque = text(fields, "plaque_number");
        match act.name {
            "PlaqueNotReturned" => found.push((at, plaque, text(fields, "recorded_on"))),
            "PlaqueRecoveryOrdered" => {
                orders.entry(plaque).or_default().push(Order { due: text(fields, "due_on"), stays: None });
            }
            "PlaqueRecoveryLifted" => {
                let open = orders.entry(plaque).or_default().iter_mut().filter(|order| order.stays.is_none());
                open.for_each(|order| order.stays = Some(text(fields, "lifted_on")));
            }
            _ => {}
        }
    }
    let is_withheld = |plaque: &str, on: &str| {
        let stood = |order: &Order<'_>| order.due < on && order.stays.is_none_or(|stays| on < stays);
        orders.get(plaque).is_some_and(|of| of.iter().any(stood))
    };
    let fallen = found.into_iter().filter(|(_, plaque, on)| !is_withheld(plaque, on));
    let said = |(at, plaque, _): (usize, &str, &str)| {
        let by = last.get(plaque).filter(|by| **by > at).map(|by| format!("(见第{}项)", by + 1)).unwrap_or_default();
        (at, format!("该日无已逾期的收回责令,不成立{by}"))
    };
    fallen.map(said).collect()
}

/// Ends of terms that were written down and that a later act undid: a renewal that was recorded since, the ruling on the renewal of which the term
/// was, or an end that had come first.
fn expiries_undone(acts: &[Act], is_none: impl Fn(usize) -> bool) -> Vec<(usize, String)> {
    // By the certification that it is of.
    let mut standing: BTreeMap<u64, usize> = BTreeMap::new();
    let mut undone = Vec::new();
    for (at, act) in acts.iter().enumerate().filter(|(at, _)| !is_none(*at)) {
        let overturned = if act.name == "ActOverturned" { target(&act.fields) } else { None };
        // A ruling on a ruling is about what that was about; of one that put a renewal back the term runs on.
        let in_the_end = overturned.and_then(|of| decided(acts, of)).map(|(of, _)| of);
        let renewal = in_the_end.and_then(|of| acts.get(of)).filter(|of| of.name == "CertificationRenewed");
        let is_again = overturned.and_then(|of| decided(acts, of)).is_some_and(|(_, stands)| stands);
        let about = renewal.or_else(|| overturned.and_then(|of| acts.get(of)));
        // A certification that is overturned itself is named by its own number.
        let itself = about.filter(|of| ["Certified", "CertificationRecorded"].contains(&of.name));
        let of = match (itself, about) {
            (Some(_), _) => act.number("act"),
            (None, Some(about)) => about.number("certification"),
            (None, None) => act.number("certification"),
        };
        let Some(certification) = of else { continue };
        if act.name == "CertificationExpired" {
            standing.insert(certification, at);
            continue;
        }
        let Some(expiry) = standing.get(&certification).copied() else { continue };
        let came_first = |on: &str| !on.is_empty() && acts.get(expiry).is_some_and(|of| on <= of.text("effective_on"));
        let because = match (act.name, about.map(|about| about.name)) {
            ("CertificationRenewed", _) => "已延续,未到期",
            ("ActOverturned", Some("CertificationRenewed")) if is_again => "延续恢复,不再成立",
            ("ActOverturned", Some("CertificationRenewed")) => "延续被撤销,不再成立",
            ("ActOverturned", _) if itself.is_some() && came_first(act.text("overturned_on")) => "此前已终止",
            ("CertificationRevoked" | "CertificationWithdrawn" | "EndingRecorded", _)
                if came_first(act.text("effective_on")) =>
            {
                "此前已终止"
            }
            ("CertificationDeregistered", _) if came_first(act.text("deregistered_on")) => "此前已终止",
            _ => continue,
        };
        standing.remove(&certification);
        undone.push((expiry, format!("{because}(见第{}项)", at + 1)));
    }
    undone
}

/// Of a ruling on a ruling, however many, the act that they are about in the end, and whether it stands once this one is undone.
fn decided(acts: &[Act], ruling: usize) -> Option<(usize, bool)> {
    let of = |at: usize| acts.get(at).filter(|act| act.name == "ActOverturned").and_then(|act| target(&act.fields));
    let mut at = of(ruling)?;
    let mut stands = true;
    while let Some(before) = of(at).filter(|before| *before < at) {
        (at, stands) = (before, !stands);
    }
    Some((at, stands))
}

fn add(became: &mut BTreeMap<usize, String>, target: usize, what: String) {
    let told = became.entry(target).or_default();
    *told = if told.is_empty() { what } else { format!("{what};{told}") };
}
