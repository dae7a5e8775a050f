//! What commits were decided with in their day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::command::{Command, CorrectAct};
use domain::{
    Act, ActCorrected, Bar, BureauId, Context, Day, Division, Entry, Event, InTheirDay, MadeBy, OperatorCode,
    Particulars, Position, ProviderId, Refusal, Scheme, Text, Uscc, as_corrected, command_of, replay_operator,
};
use event_log::Recorded;
use rulebook::{Editions, SchemeTables};

use crate::under::{OfOperators, Ruling, version};

/// What the own streams of operators said, each from a position on: the bars on them, and that their codes were confirmed.
#[derive(Debug, Default)]
pub struct Operators {
    bars: BTreeMap<OperatorCode, Vec<(Position, Vec<Bar>)>>,
    /// Codes that are confirmed from a position on, or no more.
    confirmed: BTreeMap<Position, (Uscc, bool)>,
    /// All that are, from a position on.
    all_confirmed: BTreeMap<Position, Vec<Uscc>>,
}

impl Operators {
    /// An operator, as its commits made it one after the other.
    pub fn of(&mut self, operator: OperatorCode, commits: &[Recorded]) {
        let after =
            |number: usize| replay_operator(commits.iter().take(number).flat_map(|recorded| &recorded.commit.events));
        let mut bars = Vec::new();
        for (number, recorded) in (1..).zip(commits) {
            let state = after(number);
            bars.push((recorded.position, state.each_bar().collect()));
            if let OperatorCode::Uscc(code) = &operator
                && !code.is_well_checked()
            {
                self.confirmed.insert(recorded.position, (code.clone(), state.confirmation.is_some()));
            }
        }
        self.bars.insert(operator, bars);
        let mut now = BTreeSet::new();
        for (position, (code, is_confirmed)) in &self.confirmed {
            if *is_confirmed {
                now.insert(code)
            } else {
                now.remove(code)
            };
            self.all_confirmed.insert(*position, now.iter().copied().cloned().collect());
        }
    }

    /// The codes that had been confirmed in front of a position.
    fn confirmed(&self, before: Position) -> &[Uscc] {
        self.all_confirmed.range(..before).next_back().map_or(&[], |(_, codes)| codes)
    }

    /// The bars on an operator, as they were known in front of a position.
    fn bars(&self, operator: &OperatorCode, before: Position) -> Option<&[Bar]> {
        let bars = self.bars.get(operator)?;
        let known = bars.partition_point(|(position, _)| *position < before);
        Some(&bars.get(known.checked_sub(1)?)?.1)
    }

    /// What bears on a provider, under the code it came with or was identified by, in front of a position.
    pub(crate) fn on(&self, provider: &ProviderId, identified: Option<&Uscc>, before: Position) -> OfOperators<'_> {
        let identified = identified.map(|uscc| OperatorCode::Uscc(uscc.clone()));
        let of_identified = identified.and_then(|code| self.bars(&code, before));
        let bars = [self.bars(provider.operator(), before), of_identified].map(Option::unwrap_or_default);
        OfOperators { bars, confirmed: self.confirmed(before) }
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
    /// Of a provider's commits as they stand, or once `c` has corrected one of their acts: each is ruled in the place where the outlet was then,
    /// as is known now.
    pub(crate) fn of_provider(
        editions: &Editions,
        commits: &[Recorded],
        c: Option<&CorrectAct>,
        today: Day,
    ) -> Result<Self, Refusal> {
        let taken_back = |c: &CorrectAct| ActCorrected {
            act: c.act,
            corrected_on: c.corrected_on,
            reason: c.reason.clone(),
            document_number: c.document_number.clone(),
            fact: None,
        };
        // The right act's fact is not made yet: what it says of the place its command does.
        let taken_back = c.map(taken_back).map(Event::from);
        let facts = commits.iter().flat_map(|recorded| &recorded.commit.events);
        let stands = as_corrected(facts.chain(&taken_back));
        let mut past = Past::of(editions, commits);
        let (mut places, mut of, mut number) = (Places::default(), BTreeMap::new(), 0);
        for recorded in commits {
            let recorded_on = Day::of(recorded.commit.recorded_at);
            let range = number..number + recorded.commit.events.len();
            number = range.end;
            let is_in = |act: Act| usize::try_from(act.get()).is_ok_and(|act| range.contains(&(act - 1)));
            let right = c.filter(|c| is_in(c.act)).and_then(|c| c.right.as_deref());
            let standing: Vec<Event> = stands[range].iter().copied().flatten().cloned().collect();
            let stood = || command_of(&standing).ok().map(|redone| redone.made_by);
            // What is put in its place now is judged by what is known now.
            let then = if right.is_some() { None } else { past.rules_of(recorded) };
            let rules = then.as_deref().unwrap_or(editions);
            let (ruling, place) = if let Some(MadeBy::Provider(command)) = right.cloned().or_else(stood) {
                let known = places.on(command.placed_on().unwrap_or(recorded_on));
                (Ruling::of(rules, &command, known, recorded_on)?, command.place(known).cloned())
            } else {
                let known = places.on(recorded_on);
                (in_place(rules, known, recorded_on)?, division(known).cloned())
            };
            let answers = editions.scheme(place.as_ref(), today, today).ok_or(Refusal::NoScheme)?;
            of.insert(recorded.position, (ruling, answers));
            for event in &standing {
                places.moved(event);
            }
            places.corrected(right);
        }
        Ok(Self { of, now: in_place(editions, places.on(today), today)?, today })
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

/// Where an outlet came to be, by the days from which it was there.
#[derive(Default)]
struct Places(Vec<(Option<Day>, Particulars)>);

impl Places {
    fn moved(&mut self, event: &Event) {
        match event {
            Event::ProviderRegistered(e) => self.from(None, &e.particulars),
            Event::ParticularsAmended(e) => self.from(Some(e.effective_on), &e.particulars),
            _ => {}
        }
    }

    /// By what an act should have been.
    fn corrected(&mut self, right: Option<&MadeBy>) {
        match right {
            Some(MadeBy::Provider(Command::RegisterProvider(c))) => self.from(None, &c.particulars),
            Some(MadeBy::Provider(Command::AmendParticulars(c))) => self.from(Some(c.effective_on), &c.particulars),
            _ => {}
        }
    }

    fn from(&mut self, day: Option<Day>, particulars: &Particulars) {
        let at = self.0.partition_point(|(from, _)| *from <= day);
        self.0.insert(at, (day, particulars.clone()));
    }

    fn on(&self, day: Day) -> Option<&Particulars> {
        let begun = self.0.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= day));
        begun.or_else(|| self.0.first()).map(|(_, particulars)| particulars)
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
    /// Its operator, under every code that it was known by, and whose other codes it holds.
    pub operators: &'a Operators,
    /// In front of which position of the log what is known now stands.
    pub now: Position,
}

impl InTheirDay for Then<'_> {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let mut of_operators = self.operators.on(self.provider, identified, entry.position);
        if entry.corrects {
            // What is put right goes by what is known now, also of bars that were typed after the wrong act.
            of_operators.bars = self.operators.on(self.provider, identified, self.now).bars;
        }
        let ruling = self.rules.at(entry.position);
        let mut context = ruling.context(entry.bureau, entry.recorded_on, self.provider, of_operators);
        context.beside.acting = entry.corrects.then(|| self.rules.answers(entry.position));
        context
    }
}

/// Where the commit stands that holds an act.
fn position_of(commits: &[Recorded], act: Act) -> Option<Position> {
    let mut acts = 0;
    commits.iter().find_map(|recorded| {
        acts += recorded.commit.events.len();
        (usize::try_from(act.get()).ok()? <= acts).then_some(recorded.position)
    })
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

/// The code that a fact identifies an operator by, and those that had to be confirmed before it; as it was recorded or as it corrects another.
pub(crate) fn asked_about(fact: &Event) -> impl Iterator<Item = OperatorCode> {
    let identifies = match fact {
        Event::OperatorIdentified(_) => true,
        Event::ActCorrected(e) => matches!(e.fact.as_deref(), Some(Event::OperatorIdentified(_))),
        _ => false,
    };
    let asked = fact.codes().filter(move |code| identifies || !code.is_well_checked());
    asked.cloned().map(OperatorCode::Uscc)
}
