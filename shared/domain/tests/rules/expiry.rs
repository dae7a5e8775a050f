//! That a term ended is written down when it has, and asked again whenever the term comes to be another: by a renewal that is typed late, by a ruling, by
//! an end, or by a correction of any of them.

use domain::*;

use crate::world::*;

/// How many acts are tried one after the other.
const DEPTH: usize = 4;

fn renewed(to: &str) -> command::Command {
    renew("2026-03-20", "2026-04-11", to)
}

fn until(last: &str) -> command::Command {
    certify_as(|c| c.valid_to = day(last))
}

fn recorded(history: &mut History, today: &str, asked: &Asked) -> bool {
    let answer = history.decide(&World::new(), "everything", day(today), asked).ok();
    let events = answer.filter(|events| !events.is_empty());
    let Some(events) = events else { return false };
    history.record("everything", day(today), events);
    true
}

/// Everything that may make the term another, of the acts that are on record.
fn next(history: &History) -> Vec<Asked> {
    let expiry = command::RecordExpiry { category: category(CARE) };
    let mut asked: Vec<Asked> = vec![
        command::Command::RecordExpiry(expiry).into(),
        renewed("2026-05-10").into(),
        renewed("2029-04-10").into(),
        withdraw("2026-04-01", "2026-04-20").into(),
    ];
    asked.extend(["2026-04-05", "2026-04-10", "2028-04-05"].map(|last| correct(3, Some(until(last)))));
    let mut last_correction = None;
    for (act, fact) in (1..).zip(history.facts()) {
        match fact {
            Event::CertificationRenewed(_) => {
                asked.push(overturn(act, "2026-04-25").into());
                asked.extend([None, Some("2026-05-10"), Some("2029-04-10")].map(|to| correct(act, to.map(renewed))));
            }
            Event::ActOverturned(_) => asked.extend([overturn(act, "2026-04-28").into(), correct(act, None)]),
            Event::CertificationWithdrawn(_) => {
                asked.extend([overturn(act, "2026-04-21").into(), correct(act, None)]);
            }
            Event::ActCorrected(_) => last_correction = Some(act),
            _ => {}
        }
    }
    asked.extend(last_correction.map(|act| correct(act, None)));
    asked
}

/// What is written down says the day on which the term is over; and of one that is live again nothing says that it is, but where a later act shows why.
fn holds(history: &History) {
    let facts: Vec<&Event> = history.facts().collect();
    let stands = as_corrected(facts.iter().copied());
    let state = history.state();
    let held = &state.certifications[0];
    let names = || facts.iter().map(|fact| fact.name()).collect::<Vec<_>>();
    let written = |act: Act| stands[usize::try_from(act.get()).unwrap() - 1];
    if let Some(act) = held.expiry_recorded {
        let Some(Event::CertificationExpired(e)) = written(act) else { panic!("{act} is no more: {:?}", names()) };
        assert_eq!(Some(e.effective_on), held.valid_to.map(|last| last.plus_days(1)), "{:?}", names());
    }
    if !held.live_on(day("2026-07-01")) {
        return;
    }
    assert_eq!(held.expiry_recorded, None, "{:?}", names());
    for (at, fact) in stands.iter().enumerate().filter(|(_, fact)| matches!(fact, Some(Event::CertificationExpired(_))))
    {
        let shows = |later: &&Event| matches!(later, Event::CertificationRenewed(_) | Event::ActOverturned(_));
        assert!(stands[at..].iter().flatten().any(shows), "{fact:?} stands beside a term that runs: {:?}", names());
    }
}

#[test]
fn that_a_term_ended_is_asked_again_whatever_makes_it_another() {
    let mut begun = History::default();
    for command in [register(), pledge(), until("2026-04-10")] {
        assert!(recorded(&mut begun, "2026-03-20", &command.into()));
    }
    let (mut open, mut seen) = (vec![(begun, 0)], 0);
    while let Some((history, depth)) = open.pop() {
        holds(&history);
        seen += 1;
        if depth == DEPTH {
            continue;
        }
        for asked in next(&history) {
            let mut history = history.clone();
            if recorded(&mut history, "2026-07-01", &asked) {
                open.push((history, depth + 1));
            }
        }
    }
    assert!(seen > 400, "{seen}");
}

/// Recorded in either order, a renewal that was entered too short and is put right leaves no end of its term.
#[test]
fn an_end_of_a_term_goes_where_the_renewal_is_corrected_to_run_on() {
    let expiry = || Asked::from(command::Command::RecordExpiry(command::RecordExpiry { category: category(CARE) }));
    for renewed_first in [true, false] {
        let mut history = History::default();
        for command in [register(), pledge(), until("2026-04-10")] {
            assert!(recorded(&mut history, "2026-03-20", &command.into()));
        }
        let renewal = if renewed_first { 4 } else { 5 };
        if !renewed_first {
            assert!(recorded(&mut history, "2026-07-01", &expiry()));
        }
        assert!(recorded(&mut history, "2026-07-01", &renewed("2026-05-10").into()));
        assert!(recorded(&mut history, "2026-07-01", &expiry()));
        let kept = |history: &History| history.state().certifications[0].expiry_recorded.map(Act::get);
        assert_eq!(kept(&history), Some(renewal + 1));
        assert!(recorded(&mut history, "2026-07-01", &correct(renewal, Some(renewed("2029-04-10")))));
        let names: Vec<&str> = history.commits.last().unwrap().events.iter().map(Event::name).collect();
        assert_eq!((kept(&history), names), (None, vec!["ActCorrected", "ActCorrected"]));
        // And the reverse: entered too long, it had ended by now.
        assert!(recorded(&mut history, "2026-07-01", &correct(renewal, Some(renewed("2026-05-10")))));
        assert_eq!(kept(&history), Some(renewal + 1));
    }
}
