//! What commits were decided with in their day.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    BureauId, Context, Day, Division, Entry, Event, InTheirDay, MadeBy, OperatorCode, Particulars, Position,
    ProviderId, Refusal, Scheme, Text, Uscc, command_of, replay_operator,
};
use event_log::Recorded;
use rulebook::{Editions, SchemeTables};

use crate::correction::position_of;
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

/// What rules the commits of a stream when they are decided anew: each by its place and its day, by the rules that it was decided under, and by
/// those of today who answers for it now.
#[derive(Debug)]
pub(crate) struct InForce {
    /// By the position of each commit: what rules it, and the scheme by which somebody answers for it today.
    of: BTreeMap<Position, (Ruling, Arc<SchemeTables>)>,
    /// Of what is decided now.
    now: Ruling,
    today: Day,
}

impl InForce {
    /// Of a provider's commits; `right` is what the act in the commit at a position should have been.
    pub(crate) fn of_provider(
        editions: &Editions,
        commits: &[Recorded],
        right: Option<(Position, &MadeBy)>,
        today: Day,
    ) -> Result<Self, Refusal> {
        let mut past = Past::of(editions, commits);
        let mut known = Known::default();
        let mut of = BTreeMap::new();
        for recorded in commits {
            let recorded_on = Day::of(recorded.commit.recorded_at);
            let corrected =
                right.filter(|(position, _)| *position == recorded.position).map(|(_, right)| right.clone());
            // What is put in its place now is judged by what is known now.
            let then = if corrected.is_some() { None } else { past.rules_of(recorded) };
            let rules = then.as_deref().unwrap_or(editions);
            let made_by = corrected.or_else(|| command_of(&recorded.commit.events).ok().map(|redone| redone.made_by));
            let (ruling, place) = match &made_by {
                Some(MadeBy::Provider(command)) => {
                    let known = known.on(command.decided_on().unwrap_or(recorded_on));
                    (Ruling::of(rules, command, known, recorded_on)?, command.place(known).cloned())
                }
                _ => {
                    let known = known.on(recorded_on);
                    (in_place(rules, known, recorded_on)?, division(known).cloned())
                }
            };
            let answers = editions.scheme(place.as_ref(), today, today).ok_or(Refusal::NoScheme)?;
            of.insert(recorded.position, (ruling, answers));
            recorded.commit.events.iter().for_each(|event| known.learn(event));
        }
        Ok(Self { of, now: in_place(editions, known.on(today), today)?, today })
    }

    /// Of an operator's commits, which are ruled by what rules the bureau.
    pub(crate) fn of_operator(
        editions: &Editions,
        commits: &[Recorded],
        bureau: &BureauId,
        today: Day,
    ) -> Result<Self, Refusal> {
        let mut past = Past::of(editions, commits);
        let on = |editions: &Editions, bureau: &BureauId, day: Day| {
            let tables = editions.scheme_of_bureau(bureau, day, day).ok_or(Refusal::NoScheme)?;
            Ok(Ruling::by(editions, tables))
        };
        let now = on(editions, bureau, today)?;
        let each = commits.iter().map(|recorded| {
            let then = past.rules_of(recorded);
            let rules = then.as_deref().unwrap_or(editions);
            let ruling = on(rules, &recorded.commit.bureau, Day::of(recorded.commit.recorded_at))?;
            Ok((recorded.position, (ruling, Arc::clone(&now.tables))))
        });
        let of = each.collect::<Result<_, Refusal>>()?;
        Ok(Self { of, now, today })
    }

    fn at(&self, position: Position) -> &Ruling {
        self.of.get(&position).map_or(&self.now, |(ruling, _)| ruling)
    }

    /// The scheme by which, and the day on which, somebody answers today for what a commit did.
    fn answers(&self, position: Position) -> (&Scheme, Day) {
        let tables = self.of.get(&position).map_or(&self.now.tables, |(_, answers)| answers);
        (&tables.scheme, self.today)
    }

    pub(crate) fn scheme(&self, position: Position) -> &Scheme {
        &self.at(position).tables.scheme
    }

    /// The version of the scheme that rules what is decided now.
    pub(crate) fn version(&self) -> Text<64> {
        version(&self.now.tables)
    }
}

/// The rules that commits were decided under: of each those that it names, and of one that was corrected those of its correction.
struct Past<'e> {
    editions: &'e Editions,
    /// By the position of the commit that was corrected.
    of_corrections: BTreeMap<Position, Position>,
    /// As of a position; `None`: what is known now.
    made: BTreeMap<Position, Option<Arc<Editions>>>,
}

impl<'e> Past<'e> {
    fn of(editions: &'e Editions, commits: &[Recorded]) -> Self {
        let mut of_corrections = BTreeMap::new();
        for recorded in commits {
            for event in &recorded.commit.events {
                let Event::ActCorrected(correction) = event else { continue };
                let Some(corrected) = position_of(commits, correction.act) else { continue };
                of_corrections.insert(corrected, recorded.commit.rules);
            }
        }
        Self { editions, of_corrections, made: BTreeMap::new() }
    }

    fn rules_of(&mut self, recorded: &Recorded) -> Option<Arc<Editions>> {
        let rules = self.of_corrections.get(&recorded.position).copied().unwrap_or(recorded.commit.rules);
        let editions = self.editions;
        self.made.entry(rules).or_insert_with(|| editions.as_of(rules).map(Arc::new)).clone()
    }
}

/// What the outlet was, each from a day on.
#[derive(Default)]
struct Known(Vec<(Option<Day>, Particulars)>);

impl Known {
    fn learn(&mut self, event: &Event) {
        let (from, particulars) = match event {
            Event::ProviderRegistered(e) => (None, &e.particulars),
            Event::ParticularsAmended(e) => (Some(e.effective_on), &e.particulars),
            _ => return,
        };
        let at = self.0.partition_point(|(before, _)| *before <= from);
        self.0.insert(at, (from, particulars.clone()));
    }

    fn on(&self, day: Day) -> Option<&Particulars> {
        let begun = self.0.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= day));
        begun.or_else(|| self.0.first()).map(|(_, particulars)| particulars)
    }
}

fn division(known: Option<&Particulars>) -> Option<&Division> {
    known.map(|known| &known.division)
}

/// What rules in the place on record.
fn in_place(editions: &Editions, known: Option<&Particulars>, today: Day) -> Result<Ruling, Refusal> {
    let tables = editions.scheme(division(known), today, today).ok_or(Refusal::NoScheme)?;
    Ok(Ruling::by(editions, tables))
}

/// What a provider's commits were decided with in their day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Then<'a> {
    /// The rules.
    pub rules: &'a InForce,
    /// The provider.
    pub provider: &'a ProviderId,
    /// The bars on its operator, under every code that it was known by.
    pub bars: &'a Bars,
}

impl InTheirDay for Then<'_> {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let bar = self.bars.on(self.provider, identified, entry.position);
        let mut context = self.rules.at(entry.position).context(entry.bureau, entry.recorded_on, self.provider, bar);
        context.beside.acting = entry.corrects.then(|| self.rules.answers(entry.position));
        context
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
            corrects: false,
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
