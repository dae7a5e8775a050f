//! What commits were decided with in their day.

use std::collections::BTreeMap;

use domain::{
    BureauId, Context, Day, Entry, Event, InTheirDay, MadeBy, OperatorCode, Particulars, Position, ProviderId, Refusal,
    Scheme, Text, Uscc, command_of, replay_operator,
};
use event_log::Recorded;
use rulebook::Editions;

use crate::under::{Ruling, version};

/// Last days of the bars on operators, each from a position on.
#[derive(Debug, Default)]
pub struct Bars(BTreeMap<OperatorCode, Vec<(Position, Option<Day>)>>);

impl Bars {
    /// The bars of an operator, as its commits made them one after the other.
    pub fn of(&mut self, operator: OperatorCode, commits: &[Recorded]) {
        let until = |number: usize| {
            let facts = commits.iter().take(number).flat_map(|recorded| &recorded.commit.events);
            replay_operator(facts).barred_until()
        };
        let each = (1..).zip(commits).map(|(number, recorded)| (recorded.position, until(number)));
        self.0.insert(operator, each.collect());
    }

    /// The last day of the bar on an operator, as it stood in front of a position.
    fn until(&self, operator: &OperatorCode, before: Position) -> Option<Day> {
        let bars = self.0.get(operator)?;
        let known = bars.partition_point(|(position, _)| *position < before);
        bars.get(known.checked_sub(1)?)?.1
    }
}

impl Bars {
    /// The last day of the bar on a provider's operator, under the code it came with or was identified by, in front of a position.
    pub(crate) fn on(&self, provider: &ProviderId, identified: Option<&Uscc>, before: Position) -> Option<Day> {
        let identified = identified.map(|uscc| OperatorCode::Uscc(uscc.clone()));
        self.until(provider.operator(), before).max(identified.and_then(|code| self.until(&code, before)))
    }
}

/// The schemes that rule the commits of a stream when they are decided anew: each by its place and its day, by the editions of one position.
#[derive(Debug)]
pub(crate) struct InForce<'e> {
    /// By the position of each commit.
    of: BTreeMap<Position, Ruling<'e>>,
    /// Of what is decided now.
    now: Ruling<'e>,
}

impl<'e> InForce<'e> {
    /// Of a provider's commits; `right` is what the act in the commit at a position should have been.
    pub(crate) fn of_provider(
        editions: &'e Editions,
        commits: &[Recorded],
        right: Option<(Position, &MadeBy)>,
        today: Day,
    ) -> Result<Self, Refusal> {
        let mut known: Option<Particulars> = None;
        let mut of = BTreeMap::new();
        for recorded in commits {
            let recorded_on = Day::of(recorded.commit.recorded_at);
            let corrected =
                right.filter(|(position, _)| *position == recorded.position).map(|(_, right)| right.clone());
            let made_by = corrected.or_else(|| command_of(&recorded.commit.events).ok().map(|redone| redone.made_by));
            let ruling = match &made_by {
                Some(MadeBy::Provider(command)) => Ruling::of(editions, command, known.as_ref(), recorded_on)?,
                _ => in_place(editions, known.as_ref(), recorded_on)?,
            };
            of.insert(recorded.position, ruling);
            for event in &recorded.commit.events {
                match event {
                    Event::ProviderRegistered(e) => known = Some(e.particulars.clone()),
                    Event::ParticularsAmended(e) => known = Some(e.particulars.clone()),
                    _ => {}
                }
            }
        }
        Ok(Self { of, now: in_place(editions, known.as_ref(), today)? })
    }

    /// Of an operator's commits, which are ruled by what rules the bureau.
    pub(crate) fn of_operator(
        editions: &'e Editions,
        commits: &[Recorded],
        bureau: &BureauId,
        today: Day,
    ) -> Result<Self, Refusal> {
        let on = |bureau: &BureauId, day: Day| {
            let tables = editions.scheme_of_bureau(bureau, day, day).ok_or(Refusal::NoScheme)?;
            Ok(Ruling::by(editions, tables))
        };
        let each = commits.iter().map(|recorded| {
            let ruling = on(&recorded.commit.bureau, Day::of(recorded.commit.recorded_at))?;
            Ok((recorded.position, ruling))
        });
        Ok(Self { of: each.collect::<Result<_, Refusal>>()?, now: on(bureau, today)? })
    }

    fn at(&self, position: Position) -> &Ruling<'e> {
        self.of.get(&position).unwrap_or(&self.now)
    }

    pub(crate) fn scheme(&self, position: Position) -> &Scheme {
        &self.at(position).tables.scheme
    }

    /// The version of the scheme that rules what is decided now.
    pub(crate) fn version(&self) -> Text<64> {
        version(&self.now.tables)
    }
}

/// What rules in the place on record.
fn in_place<'e>(editions: &'e Editions, known: Option<&Particulars>, today: Day) -> Result<Ruling<'e>, Refusal> {
    let tables = editions.scheme(known.map(|known| &known.division), today, today).ok_or(Refusal::NoScheme)?;
    Ok(Ruling::by(editions, tables))
}

/// What a provider's commits were decided with in their day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Then<'a> {
    /// The rules.
    pub rules: &'a InForce<'a>,
    /// The provider.
    pub provider: &'a ProviderId,
    /// The bars on its operator, under every code that it was known by.
    pub bars: &'a Bars,
}

impl InTheirDay for Then<'_> {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let bar = self.bars.on(self.provider, identified, entry.position);
        self.rules.at(entry.position).context(entry.bureau, entry.recorded_on, self.provider, bar)
    }
}

/// Commits as what was decided after them goes by.
pub(crate) fn entries(commits: &[Recorded]) -> Vec<Entry<'_>> {
    commits
        .iter()
        .map(|recorded| Entry {
            position: recorded.position,
            recorded_on: Day::of(recorded.commit.recorded_at),
            bureau: &recorded.commit.bureau,
            events: &recorded.commit.events,
        })
        .collect()
}

/// The code that a fact identifies an operator by, as it was recorded or as it corrects another.
pub(crate) fn identifies(fact: &Event) -> Option<OperatorCode> {
    match fact {
        Event::OperatorIdentified(e) => Some(OperatorCode::Uscc(e.operator_uscc.clone())),
        Event::ActCorrected(e) => e.fact.as_deref().and_then(identifies),
        _ => None,
    }
}
