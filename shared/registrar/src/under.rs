//! A command decided under the rules of one position: the scheme that rules its place on its day, and nothing later.

use std::sync::Arc;

use domain::{Beside, Context, Day, Event, Refusal, Text, decide, decide_operator};
use rulebook::{Editions, SchemeTables};

use crate::history::History;
use crate::submission::{Action, Submission};

/// What came of it, and the version of the scheme it was decided by.
pub(crate) struct Decided {
    pub(crate) scheme: Text<64>,
    pub(crate) events: Vec<Event>,
}

/// What the rules up to a position say of a command, where this bar is on the operator.
pub(crate) fn decide_under(
    editions: &Editions,
    bar: Option<Day>,
    history: &History,
    submission: &Submission,
) -> Result<Decided, Refusal> {
    let today = Day::of(submission.now);
    match &submission.action {
        Action::Provider(id, command) => {
            let known = history.provider.particulars.last().map(|version| &version.particulars);
            let place = command.place(known);
            let on = |day: Day| editions.scheme(place, day, today).ok_or(Refusal::NoScheme);
            // A day that lies ahead is refused for that, and not for what may rule on it.
            let day = command.decided_on().unwrap_or(today);
            let tables = on(day)?;
            let notice = command.evidence_from().filter(|from| *from < day).map(on).transpose()?;
            let left = known.map(|known| &known.division).filter(|known| Some(*known) != place);
            let left = left.and_then(|left| editions.scheme(Some(left), day, today));
            let context = Context {
                scheme: &tables.scheme,
                beside: Beside {
                    notice: notice.as_deref().map(|tables| &tables.scheme),
                    left: left.as_deref().map(|tables| &tables.scheme),
                },
                calendar: editions.calendar(),
                divisions: editions.divisions(),
                bureau: &submission.bureau,
                today,
                provider: id,
                operator_barred_until: bar,
            };
            let events = decide(&history.provider, command, &context)?;
            Ok(Decided { scheme: version(&tables), events })
        }
        Action::Operator(_, command) => {
            let tables = editions.scheme_of_bureau(&submission.bureau, today, today).ok_or(Refusal::NoScheme)?;
            let events = decide_operator(&history.operator, command, &tables.scheme, &submission.bureau, today)?;
            Ok(Decided { scheme: version(&tables), events })
        }
        Action::Rules(command) => {
            let events = rulebook::adopt(editions, command, &submission.bureau, today)?;
            let known = editions.scheme_of_bureau(&submission.bureau, today, today);
            let adopted = events.iter().find_map(|event| match event {
                Event::SchemeAdopted(fact) => Some(fact.version.clone()),
                _ => None,
            });
            // Of the first of all there is none before.
            let scheme = known.as_ref().map(version).or(adopted).ok_or(Refusal::NoScheme)?;
            Ok(Decided { scheme, events })
        }
    }
}

fn version(tables: &Arc<SchemeTables>) -> Text<64> {
    tables.scheme.version.clone()
}
