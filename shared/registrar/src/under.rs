//! A command decided under the rules of one position: the scheme that rules its place on its day, and nothing later.

use std::sync::Arc;

use domain::command::Command;
use domain::{
    Act, Bar, Beside, BureauId, Calendar, Context, Day, DivisionTable, Event, Particulars, Provider, ProviderId,
    Refusal, Text, Uscc, decide, decide_operator, repeated, repeated_of_operator,
};
use rulebook::{Editions, SchemeTables};

use crate::history::History;
use crate::submission::{Action, Submission};

/// What came of it, and the version of the scheme it was decided by.
pub(crate) struct Decided {
    pub(crate) scheme: Text<64>,
    pub(crate) events: Vec<Event>,
}

/// What the own streams of operators say that bears on a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfOperators<'a> {
    /// The bars on the provider's operator, under the code it came with and under the one it was identified by.
    pub(crate) bars: [&'a [Bar]; 2],
    /// Codes that fail their check and were confirmed.
    pub(crate) confirmed: &'a [Uscc],
}

/// What rules a command on a provider: the schemes of its place and day, and those that it asks about beside.
#[derive(Debug)]
pub(crate) struct Ruling {
    pub(crate) tables: Arc<SchemeTables>,
    notice: Option<Arc<SchemeTables>>,
    left: Option<Arc<SchemeTables>>,
    calendar: Arc<Calendar>,
    divisions: Arc<DivisionTable>,
}

impl Ruling {
    /// By these editions, of a command where these particulars are on record.
    pub(crate) fn of(
        editions: &Editions,
        command: &Command,
        known: Option<&Particulars>,
        today: Day,
    ) -> Result<Self, Refusal> {
        let place = command.place(known);
        let on = |day: Day| editions.scheme(place, day, today).ok_or(Refusal::NoScheme);
        // A day that lies ahead is refused for that, and not for what may rule on it.
        let day = command.decided_on().unwrap_or(today);
        let notice = command.evidence_from().filter(|from| *from < day).map(on).transpose()?;
        let left = known.map(|known| &known.division).filter(|known| Some(*known) != place);
        Ok(Self {
            tables: on(day)?,
            notice,
            left: left.and_then(|left| editions.scheme(Some(left), day, today)),
            calendar: Arc::clone(editions.calendar()),
            divisions: Arc::clone(editions.divisions()),
        })
    }

    /// By these editions, of what no command asks for: the scheme alone.
    pub(crate) fn by(editions: &Editions, tables: Arc<SchemeTables>) -> Self {
        let (calendar, divisions) = (Arc::clone(editions.calendar()), Arc::clone(editions.divisions()));
        Self { tables, notice: None, left: None, calendar, divisions }
    }

    pub(crate) fn context<'a>(
        &'a self,
        bureau: &'a BureauId,
        today: Day,
        provider: &'a ProviderId,
        of_operators: OfOperators<'a>,
    ) -> Context<'a> {
        Context {
            scheme: &self.tables.scheme,
            beside: Beside {
                notice: self.notice.as_deref().map(|tables| &tables.scheme),
                left: self.left.as_deref().map(|tables| &tables.scheme),
                ..Beside::default()
            },
            calendar: &self.calendar,
            divisions: &self.divisions,
            bureau,
            today,
            provider,
            operator_bars: of_operators.bars,
            confirmed: of_operators.confirmed,
        }
    }
}

/// The particulars that hold on the day of the decision, or before an amendment: they say where it was, and so whose rules it goes by.
pub(crate) fn known_on<'p>(provider: &'p Provider, command: &Command, today: Day) -> Option<&'p Particulars> {
    provider.version_on(command.placed_on().unwrap_or(today)).map(|version| &version.particulars)
}

/// What the rules up to a position say of a command, where operators' own streams say this.
pub(crate) fn decide_under(
    editions: &Editions,
    of_operators: OfOperators<'_>,
    history: &History,
    submission: &Submission,
) -> Result<Decided, Refusal> {
    let today = Day::of(submission.now);
    match &submission.action {
        Action::Provider(id, command) => {
            let known = known_on(&history.provider, command, today);
            let ruling = Ruling::of(editions, command, known, today)?;
            let context = ruling.context(&submission.bureau, today, id, of_operators);
            let events = decide(&history.provider, command, &context)?;
            Ok(Decided { scheme: version(&ruling.tables), events })
        }
        Action::Operator(code, command) => {
            let tables = editions.scheme_of_bureau(&submission.bureau, today, today).ok_or(Refusal::NoScheme)?;
            let events = decide_operator(&history.operator, code, command, &tables.scheme, &submission.bureau, today)?;
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
        // Asked of the record, by who knows it.
        Action::CorrectProvider(..) | Action::CorrectOperator(..) => Err(Refusal::CorrectsAnother),
    }
}

/// The act on record that a command repeats by the rules up to a position; `None` of a correction, and of what is asked of the rules.
pub(crate) fn repeated_under(
    editions: &Editions,
    of_operators: OfOperators<'_>,
    history: &History,
    submission: &Submission,
) -> Option<Act> {
    let today = Day::of(submission.now);
    match &submission.action {
        Action::Provider(id, command) => {
            let known = known_on(&history.provider, command, today);
            let ruling = Ruling::of(editions, command, known, today).ok()?;
            repeated(&history.provider, command, &ruling.context(&submission.bureau, today, id, of_operators))
        }
        Action::Operator(_, command) => repeated_of_operator(&history.operator, command),
        Action::Rules(_) | Action::CorrectProvider(..) | Action::CorrectOperator(..) => None,
    }
}

pub(crate) fn version(tables: &Arc<SchemeTables>) -> Text<64> {
    tables.scheme.version.clone()
}
