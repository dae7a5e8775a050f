//! Holds what the domain tells against the model, on every day that matters, the day before, and now and then on every day there is.

use std::collections::BTreeMap;

use domain::command::*;
use domain::*;
use proptest::prelude::*;

use super::days::{Number, months_later};
use super::painted::{LIVE, category_in, fell, strips};
use super::plaques::{Piece, back_since, is_covered, pieces};
use super::rest::{barred_on, bars, named_on, operator_bars, pledge_on, price_on, prices_that_wait, zone_of};
use super::sequence::{Answered, Sequence, Stream};
use super::table::{Says, days_that_matter, standing_rows};
use super::transcribe::{on, plaque_word, pledge_word, word};
use crate::world::CARE;

const CATEGORIES: [&str; 2] = [CARE, "domestic"];

fn day(number: Number) -> Day {
    Day::from_number(i32::try_from(number).unwrap()).unwrap()
}

/// The domain and the model tell the same of a provider, on these days: all between the first and the last that matter, or those that matter
/// and the day before each.
pub(crate) fn provider_agrees(state: &Provider, stream: &Stream, every_day: bool) -> Result<(), TestCaseError> {
    let rows = standing_rows(&stream.rows);
    let axis = days_that_matter(&stream.rows, &stream.commits);
    let (Some(first), Some(last)) = (axis.first(), axis.last()) else { return Ok(()) };
    let axis: Vec<Number> = std::iter::once(first - 2).chain(axis.iter().copied()).collect();
    let days: Vec<Number> = if every_day {
        (first - 2..last + 2).collect()
    } else {
        let mut days: Vec<Number> = axis.iter().flat_map(|day| [day - 1, *day]).skip(1).collect();
        days.dedup();
        days
    };
    let strips = strips(&rows, &axis);
    let barred = bars(&rows);
    for number in days {
        let cell = axis.partition_point(|first| *first <= number) - 1;
        let today = day(number);
        for code in CATEGORIES {
            let told = state.standing(&CategoryCode::parse(code).unwrap(), today);
            let told = told.map(|(of, standing)| (of.act.get(), word(standing.status), standing.since.map(on)));
            let model = category_in(&strips, &axis, code, cell);
            prop_assert_eq!(&told, &model, "{} on {} (domain, model)", code, today);
        }
        for strip in &strips {
            let of = state.certifications.iter().find(|of| of.act.get() == strip.act).unwrap();
            let told = of.standing(today).map(|standing| word(standing.status));
            prop_assert_eq!(
                told,
                strip.cells[cell].map(|(word, _)| word),
                "act {} on {} (domain, model)",
                strip.act,
                today
            );
        }
        for code in CATEGORIES {
            let of_category = strips.iter().filter(|strip| strip.category == code);
            let live = of_category.filter(|strip| strip.cells[cell].is_some_and(|(word, _)| LIVE.contains(&word)));
            let acts: Vec<u32> = live.map(|strip| strip.act).collect();
            prop_assert!(acts.len() < 2, "two of {} are live on {}: {:?} (model)", code, today, acts);
        }
        let live = strips.iter().any(|strip| strip.cells[cell].is_some_and(|(word, _)| LIVE.contains(&word)));
        prop_assert_eq!(state.certified_on(today), live, "certified on {}", today);
        let named = state.particulars_on(today).map(|of| {
            let zone = of.zone.as_ref().map(ToString::to_string);
            (of.name.to_string(), of.operator_name.to_string(), of.division.to_string(), zone)
        });
        let model = named_on(&rows, number).map(|(name, operator, place)| {
            let zone = zone_of(&place).map(str::to_owned);
            (name, operator, place, zone)
        });
        prop_assert_eq!(named, model, "particulars on {}", today);
        let mut pledged = false;
        for (number_of, pledge) in &state.pledges {
            let told = Some((pledge_word(pledge.status_on(today)), pledge.in_force_on(today)));
            let model = pledge_on(&rows, &number_of.to_string(), number);
            prop_assert_eq!(told, model, "pledge {} on {}", number_of, today);
            pledged |= model.is_some_and(|(_, binds)| binds);
        }
        prop_assert_eq!(state.pledged_on(today), pledged, "pledged on {}", today);
        prop_assert_eq!(state.barred_on(today).map(on), barred_on(&barred, number), "barred on {}", today);
    }
    prices_agree(state, &rows, &axis)?;
    let certified = rows.iter().filter(|(_, _, says)| matches!(says, Says::Certified { .. })).count();
    prop_assert_eq!(state.certifications.len(), certified, "certifications");
    let pledges = rows.iter().filter(|(_, _, says)| matches!(says, Says::Pledged { .. })).count();
    prop_assert_eq!(state.pledges.len(), pledges, "pledges");
    plaques_agree(state, &pieces(&rows, &stream.rows, &stream.commits))
}

/// Each price of a day is the one that the model has.
fn prices_agree(state: &Provider, rows: &[(u32, usize, Says)], days: &[Number]) -> Result<(), TestCaseError> {
    for ((category, item), promise) in &state.prices {
        for number in days {
            let told =
                promise.in_force(day(*number), PromisedSince::Ever).map(|proposal| proposal.price.amount_fen.get());
            let model = price_on(rows, (category.as_str(), item.as_str()), *number);
            prop_assert_eq!(told, model, "price of {} {} on {} (domain, model)", category, item, day(*number));
        }
        let waits: Vec<u32> = promise.pending().map(|proposal| proposal.act.get()).collect();
        prop_assert_eq!(
            waits,
            prices_that_wait(rows, (category.as_str(), item.as_str())),
            "waiting prices of {}",
            item
        );
    }
    Ok(())
}

/// Where each plaque is, by when it is to come back, and from when on it may stay.
fn plaques_agree(state: &Provider, pieces: &BTreeMap<String, Piece>) -> Result<(), TestCaseError> {
    prop_assert_eq!(state.plaques.len(), pieces.len(), "plaques");
    for (number, plaque) in &state.plaques {
        let piece = &pieces[&number.to_string()];
        let told = (plaque_word(plaque.status), on(plaque.since), plaque.replaced);
        prop_assert_eq!(told, (piece.word, piece.since, piece.replaced), "plaque {} (domain, model)", number);
        prop_assert_eq!(plaque.recovery_due.map(on), piece.due, "due back: {} (domain, model)", number);
        let lifted: Vec<Number> = plaque.lifted.iter().map(|(_, lifted)| on(*lifted)).collect();
        prop_assert_eq!(&lifted, &piece.stays, "may stay: {} (domain, model)", number);
        prop_assert_eq!(plaque.is_out(), piece.is_out(), "out: {}", number);
        let holds = !piece.replaced && (piece.is_out() || piece.word == "ordered");
        prop_assert_eq!(plaque.holds_place(), holds, "holds its place: {}", number);
        let place = plaque.place.as_ref().map(ToString::to_string).unwrap_or_default();
        prop_assert_eq!(&place, &piece.place, "place of {}", number);
    }
    Ok(())
}

/// On each day that matters, since when each plaque that was out is to come back, as far as its steps tell that without asking for orders.
pub(crate) fn recalls_agree(state: &Provider, stream: &Stream) -> Result<(), TestCaseError> {
    let rows = standing_rows(&stream.rows);
    let pieces = pieces(&rows, &stream.rows, &stream.commits);
    let axis = days_that_matter(&stream.rows, &stream.commits);
    let covered: Vec<bool> = axis.iter().map(|day| is_covered(&rows, *day)).collect();
    for (number, piece) in &pieces {
        let plaque_number = PlaqueNumber::parse(number).unwrap();
        for (on, model) in back_since(&pieces, number, piece, (&axis, &covered)) {
            let told = to_come_back_since(state, &plaque_number, day(on)).map(self::on);
            prop_assert_eq!(told, model, "back since: {} on {} (domain, model)", number, day(on));
        }
    }
    Ok(())
}

pub(crate) fn operator_agrees(operator: &Operator, stream: &Stream) -> Result<(), TestCaseError> {
    let bars = operator_bars(&standing_rows(&stream.rows));
    for number in days_that_matter(&stream.rows, &stream.commits) {
        let told = operator.barred_on(day(number)).map(on);
        prop_assert_eq!(told, barred_on(&bars, number), "operator barred on {} (domain, model)", day(number));
    }
    Ok(())
}

/// Nothing begins under a bar, and nobody is told of a bar that is none.
pub(crate) fn bars_agree(sequence: &Sequence, asked: &Answered) -> Result<(), TestCaseError> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "three commands begin something; what others decided is no beginning here"
    )]
    let decided = match &asked.command {
        Command::Apply(c) => Some(c.applied_on),
        Command::Certify(c) => Some(c.decided_on),
        Command::Renew(c) => Some(c.decided_on),
        _ => None,
    };
    let rows = standing_rows(&sequence.provider.rows[..asked.before.0]);
    let operator = standing_rows(&sequence.operator.rows[..asked.before.1]);
    let bar = |day: Day| barred_on(&bars(&rows), on(day));
    let of_operator = |day: Day| barred_on(&operator_bars(&operator), on(day));
    match &asked.answer {
        Ok(events) if !events.is_empty() => {
            if let Some(decided) = decided {
                prop_assert_eq!(bar(decided), None, "begun under a bar: {:?}", asked.command);
                prop_assert_eq!(of_operator(decided), None, "begun under a bar on the operator: {:?}", asked.command);
            }
            if let Command::Revoke(c) = &asked.command {
                let months = if c.ground.to_string() == "conditions-lost" { 0 } else { 24 };
                let least = (months > 0).then(|| months_later(on(c.decided_on), months));
                let told = events.iter().find_map(|event| match event {
                    Event::CertificationRevoked(e) => Some(e.bar_until.map(on)),
                    _ => None,
                });
                prop_assert_eq!(told, Some(c.bar_until.map(on).or(least)), "the bar of {:?}", c);
                prop_assert!(told.flatten() >= least, "a bar shorter than the scheme's: {:?}", c);
            }
        }
        Err(Refusal::Barred { until, .. }) => {
            prop_assert_eq!(Some(on(*until)), decided.and_then(bar), "told of another bar");
        }
        Err(Refusal::OperatorBarred { until, .. }) => {
            prop_assert_eq!(Some(on(*until)), decided.and_then(of_operator), "told of another bar on the operator");
        }
        Ok(_) | Err(_) => {}
    }
    Ok(())
}

/// No certification rests on a notice with an objection against it that was not answered by the day of the decision, or was upheld. Only what was
/// recorded before it is held against it here: of what is typed later, that refuses it.
pub(crate) fn no_objection_was_open(stream: &Stream) -> Result<(), TestCaseError> {
    let rows = standing_rows(&stream.rows);
    for (number, _, says) in &rows {
        let Says::Certified { category, decided: Some(decided), rests_on: Some(rests_on), .. } = says else { continue };
        let bears = |notice: u32| match rests_on.notice {
            Some(run_here) => run_here == notice,
            None => rows.iter().any(|(act, _, says)| {
                matches!(says, Says::Publicised { category: of, from, last }
                    if *act == notice && of == category && *from <= rests_on.last && rests_on.from <= *last)
            }),
        };
        let raised = rows.iter().filter(|(act, _, _)| act < number).filter_map(|(act, _, says)| match says {
            Says::Objected { notice, on } if bears(*notice) && on <= decided => Some(*act),
            _ => None,
        });
        for objection in raised {
            let answered = rows.iter().any(|(_, _, says)| {
                matches!(says, Says::Answered { objection: of, on, upheld: false } if *of == objection && on <= decided)
            });
            prop_assert!(answered, "act {number} was decided while the objection no. {objection} was open, or upheld");
        }
    }
    Ok(())
}

/// Whether there was a certification by a day, begun and not past the last day that was ever added to it; ends are not looked at.
fn was_there(rows: &[(u32, usize, Says)], certification: u32, day: Number) -> bool {
    let added = rows.iter().filter_map(|(_, _, says)| match says {
        Says::Renewed { certification: of, last, .. } if *of == certification => Some(*last),
        _ => None,
    });
    let longest = added.max();
    rows.iter().any(|(act, _, says)| match says {
        Says::Certified { decided, from, last, .. } if *act == certification => {
            let begun = (*decided).max(*from).is_none_or(|since| since <= day);
            begun && last.is_none_or(|last| day <= longest.map_or(last, |longest| longest.max(last)))
        }
        _ => false,
    })
}

/// Each breach and each failed review that stands has its order of each certification that it left unmended, and no order follows from
/// nothing.
pub(crate) fn orders_follow(stream: &Stream) -> Result<(), TestCaseError> {
    let rows = standing_rows(&stream.rows);
    let cause = |act: u32| rows.iter().find(|(number, _, _)| *number == act).map(|(_, _, says)| says);
    for (number, _, says) in &rows {
        match says {
            Says::Measure { because: Some(because), certification, .. } => {
                let follows = match cause(*because) {
                    Some(Says::Broken { .. }) => true,
                    Some(Says::Reviewed { certification: of, failed: true }) => of == certification,
                    _ => false,
                };
                prop_assert!(follows, "order {number} follows from act {because}, which is no breach");
                if let Some(Says::Broken { on, .. }) = cause(*because) {
                    let there = was_there(&rows, *certification, *on);
                    prop_assert!(
                        there,
                        "order {number} follows from the breach {because} of a day without {certification}"
                    );
                }
            }
            Says::Reviewed { certification, failed: true } => {
                let orders = rows.iter().filter(|(_, _, says)| {
                    matches!(says, Says::Measure { because: Some(because), certification: of, .. } if (because, of) == (number, certification))
                });
                prop_assert_eq!(orders.count(), 1, "orders that follow from the failed review {}", number);
            }
            Says::Broken { on, .. } => {
                let is_touched = |act: u32| {
                    rows.iter().any(|(_, _, says)| match says {
                        Says::Ended { certification, .. } | Says::Renewed { certification, .. } => {
                            *certification == act
                        }
                        Says::Overturned { act: undone, .. } => *undone == act,
                        _ => false,
                    })
                };
                let mut of: Vec<u32> = rows
                    .iter()
                    .filter_map(|(_, _, says)| match says {
                        Says::Measure { because: Some(because), certification, .. } if because == number => {
                            Some(*certification)
                        }
                        _ => None,
                    })
                    .collect();
                let left_alone = rows.iter().filter(|(act, _, says)| {
                    matches!(says, Says::Certified { .. }) && act < number && !is_touched(*act)
                });
                for (act, _, _) in left_alone.filter(|(act, _, _)| was_there(&rows, *act, *on)) {
                    prop_assert!(
                        of.contains(act),
                        "no order of {act} follows from breach {number} of a day on which it was live"
                    );
                }
                // One that fell binds nobody, and another follows where its certification comes to have been live on the day after all.
                let fallen = rows.iter().filter(|(act, _, says)| {
                    matches!(says, Says::Measure { because: Some(because), .. } if because == number)
                        && fell(&rows, *act)
                });
                let orders = of.len() - fallen.count();
                of.retain(|certification| {
                    rows.iter().any(|(act, _, says)| {
                        matches!(says, Says::Measure { because: Some(because), certification: known, .. } if because == number && known == certification)
                            && !fell(&rows, *act)
                    })
                });
                of.sort_unstable();
                of.dedup();
                prop_assert_eq!(of.len(), orders, "two orders of one certification follow from breach {}", number);
            }
            _ => {}
        }
    }
    Ok(())
}
