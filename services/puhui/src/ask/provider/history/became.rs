//! What became of acts: corrected, overturned, or undone by what a later one says.

use std::collections::BTreeMap;

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
                let to = if right.is_some() { "" } else { "为无" };
                add(&mut became, target, format!("已更正{to}(见第{by}项)"));
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
    for (measure, what) in fallen(acts, is_none) {
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

/// Orders, suspensions and notices that fell with their certification, each with the last act that says so.
fn fallen(acts: &[Act], is_none: impl Fn(usize) -> bool) -> Vec<(usize, String)> {
    let mut fallen = BTreeMap::new();
    for (at, act) in acts.iter().enumerate().filter(|(at, act)| act.name == "MeasureFell" && !is_none(*at)) {
        let measure = act.number("measure").and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        if let Some(measure) = measure.filter(|of| *of < at) {
            let again = undone(acts, at, measure).map(|by| format!(";恢复(见第{}项)", by + 1)).unwrap_or_default();
            fallen.insert(measure, format!("当日认定已终止,失效(见第{}项){again}", at + 1));
        }
    }
    fallen.into_iter().collect()
}

/// The ruling that undid the act of which a measure fell, by the day of the measure: it stands again.
fn undone(acts: &[Act], fell: usize, measure: usize) -> Option<usize> {
    let on = ["ordered_on", "suspended_on", "noticed_on"].map(|field| acts[measure].text(field)).concat();
    let of_one_commit = |at: &usize| acts[*at].made.position == acts[fell].made.position;
    let cause = (0..fell).rev().take_while(of_one_commit).find(|at| acts[*at].name != "MeasureFell")?;
    let undoes = |act: &Act| {
        act.name == "ActOverturned" && target(&act.fields) == Some(cause) && act.text("overturned_on") <= on.as_str()
    };
    acts.iter().enumerate().skip(fell).find(|(_, act)| undoes(act)).map(|(at, _)| at)
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
        (at, format!("未逾收回期限,不成立{by}"))
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
        let about = if act.name == "ActOverturned" { target(&act.fields).and_then(|of| acts.get(of)) } else { None };
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
