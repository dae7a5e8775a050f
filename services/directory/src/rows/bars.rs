//! Bars on operators, as their own streams have them: what stands behind a refusal, and what is told of each of their outlets.

use domain::{Act, Day, Event, as_corrected, stretches_of};
use event_log::Recorded;
use projection::{ApplyError, ReadError, Row, Rows, Snapshot, Streams};
use serde::{Deserialize, Serialize};

use super::key::{BARS, key};
use crate::outlet::view::BarredView;

/// A bar on an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BarRow {
    pub(crate) made: BarMade,
    pub(crate) ground: String,
    pub(crate) barred_on: i32,
    pub(crate) until: i32,
    pub(crate) document_number: String,
    pub(crate) lifted: Option<LiftedRow>,
    /// The rulings on it in their order: the first undid it, the second undid that one, and so on.
    pub(crate) rulings: Vec<RuledRow>,
}

impl BarRow {
    /// When it holds, as it is told beside an outlet's own bars: in each of the stretches that the rulings leave it (the domain's rule).
    pub(super) fn barred(&self) -> impl Iterator<Item = BarredView> + '_ {
        let lifted_on = self.lifted.as_ref().map(|lifted| lifted.lifted_on);
        let days = self.rulings.iter().map(|ruling| ruling.overturned_on);
        stretches_of(self.barred_on, [days]).map(move |(from, undone_on)| BarredView {
            act: self.made.act,
            ground: self.ground.clone(),
            from,
            until: self.until,
            lifted_on: lifted_on.into_iter().chain(undone_on).min(),
        })
    }

    /// The rulings on it of a day or before: the one by which it is undone, if it is, or else the one by which it stands again.
    pub(crate) fn ruled_by(&self, on: i32) -> (Option<&RuledRow>, Option<&RuledRow>) {
        let mut given = self.rulings.iter().filter(|ruling| ruling.overturned_on <= on);
        let (count, last) = (given.clone().count(), given.next_back());
        if count.is_multiple_of(2) { (None, last) } else { (last, None) }
    }
}

/// That a bar, or a ruling on it, was overturned by review or court.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuledRow {
    pub(crate) made: BarMade,
    pub(crate) overturned_on: i32,
    pub(crate) body: String,
    pub(crate) document_number: String,
}

/// That a bar was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LiftedRow {
    pub(crate) made: BarMade,
    pub(crate) lifted_on: i32,
    pub(crate) document_number: String,
    pub(crate) reason: String,
}

/// An act of an operator's stream: which, where, when and by whom it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BarMade {
    pub(crate) act: u32,
    pub(crate) position: u64,
    pub(crate) recorded_on: i32,
    pub(crate) bureau: String,
    pub(crate) scheme: String,
    /// The act that corrected it; 0 where none did.
    pub(crate) corrected_by: u32,
}

/// Whether a commit of an operator's stream may change its bars.
pub(super) fn bears(events: &[Event]) -> bool {
    let bears = |event: &Event| {
        matches!(
            event,
            Event::OperatorBarred(_) | Event::OperatorBarLifted(_) | Event::ActOverturned(_) | Event::ActCorrected(_)
        )
    };
    events.iter().any(bears)
}

/// The bars on an operator after a commit of its stream that may change them.
pub(super) fn follow(
    code: &str,
    recorded: &Recorded,
    rows: &mut Rows<'_>,
    streams: &Streams,
) -> Result<(), ApplyError> {
    let key = key(BARS, &[code]);
    let bars = of(streams.up_to(recorded.position)?);
    let after = if bars.is_empty() { None } else { Some(projection::encode(&bars)?) };
    let before = rows.row(&key)?;
    rows.replace(&key, before.as_ref().map(Row::value), after);
    Ok(())
}

/// The bars that a stream has, corrections counted in, in the order they were recorded.
fn of(stream: &[Recorded]) -> Vec<BarRow> {
    let facts: Vec<(&Recorded, &Event)> =
        stream.iter().flat_map(|recorded| recorded.commit.events.iter().map(move |event| (recorded, event))).collect();
    let stands = as_corrected(facts.iter().map(|(_, event)| *event));
    let mut bars: Vec<BarRow> = Vec::new();
    let mut lifts: Vec<(Act, LiftedRow)> = Vec::new();
    let mut rulings: Vec<(Act, RuledRow)> = Vec::new();
    for ((act, (recorded, _)), fact) in (1..).zip(&facts).zip(&stands) {
        let corrected_by = (1..).zip(&stands).filter_map(|(by, fact)| match fact {
            Some(Event::ActCorrected(e)) if e.act.get() == act => Some(by),
            _ => None,
        });
        let made = BarMade {
            act,
            position: recorded.position.0,
            recorded_on: Day::of(recorded.commit.recorded_at).number(),
            bureau: recorded.commit.bureau.to_string(),
            scheme: recorded.commit.scheme.to_string(),
            corrected_by: corrected_by.last().unwrap_or(0),
        };
        match fact {
            Some(Event::OperatorBarred(e)) => bars.push(BarRow {
                made,
                ground: e.ground.to_string(),
                barred_on: e.barred_on.number(),
                until: e.until.number(),
                document_number: e.document_number.to_string(),
                lifted: None,
                rulings: Vec::new(),
            }),
            Some(Event::OperatorBarLifted(e)) => {
                let (lifted_on, document_number) = (e.lifted_on.number(), e.document_number.to_string());
                lifts.push((e.bar, LiftedRow { made, lifted_on, document_number, reason: e.reason.to_string() }));
            }
            Some(Event::ActOverturned(e)) => {
                let (overturned_on, body) = (e.overturned_on.number(), e.body.to_string());
                let document_number = e.document_number.to_string();
                rulings.push((e.act, RuledRow { made, overturned_on, body, document_number }));
            }
            _ => {}
        }
    }
    for (act, ruling) in rulings {
        let is_about = |bar: &BarRow| {
            let rulings = bar.rulings.iter().map(|ruling| &ruling.made);
            rulings.chain([&bar.made]).any(|made| made.act == act.get())
        };
        if let Some(bar) = bars.iter_mut().find(|bar| is_about(bar)) {
            bar.rulings.push(ruling);
        }
    }
    for (act, lifted) in lifts {
        if let Some(bar) = bars.iter_mut().find(|bar| bar.made.act == act.get()) {
            bar.lifted = Some(lifted);
        }
    }
    bars
}

/// The bars on an operator under each of its codes, of those recorded up to a position.
pub(crate) fn bars<'c>(
    rows: &Snapshot<'_>,
    codes: impl Iterator<Item = &'c str>,
    at: u64,
) -> Result<Vec<(String, BarRow)>, ReadError> {
    let mut found = Vec::new();
    for code in codes {
        let bars: Vec<BarRow> = rows.get(&key(BARS, &[code]))?.unwrap_or_default();
        for bar in bars.into_iter().filter(|bar| bar.made.position <= at) {
            let lifted = bar.lifted.filter(|lifted| lifted.made.position <= at);
            let mut rulings = bar.rulings;
            rulings.retain(|ruling| ruling.made.position <= at);
            found.push((code.to_owned(), BarRow { lifted, rulings, ..bar }));
        }
    }
    Ok(found)
}
