//! What was recorded of the provider, commit by commit, so that it can be corrected.

use super::*;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Of(Box<Command>),
    Correct(CorrectAct),
}

impl From<Command> for Asked {
    fn from(command: Command) -> Self {
        Self::Of(Box::new(command))
    }
}

/// One commit.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) bureau: BureauId,
    pub(crate) today: Day,
    pub(crate) events: Vec<Event>,
}

/// A provider's commits.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    pub(crate) commits: Vec<Told>,
}

impl InTheirDay for World {
    fn context<'a>(&'a self, entry: &Entry<'a>, _: Option<&Uscc>) -> Context<'a> {
        Context {
            scheme: &self.scheme,
            calendar: &self.calendar,
            divisions: &self.divisions,
            bureau: entry.bureau,
            today: entry.recorded_on,
            provider: &self.provider,
            operator_bars: [&self.operator_bars, &[]],
            confirmed: &self.confirmed,
            // Who corrects is asked about on the day of the correction.
            beside: Beside { acting: entry.corrects.then(|| (&self.scheme, day("2026-07-01"))), ..Beside::default() },
        }
    }
}

/// As the record holds them.
pub(crate) fn entries(commits: &[Told]) -> Vec<Entry<'_>> {
    commits
        .iter()
        .zip(1..)
        .map(|(told, position)| Entry {
            position: Position(position),
            recorded_on: told.today,
            bureau: &told.bureau,
            corrects: false,
            events: &told.events,
        })
        .collect()
}

impl History {
    pub(crate) fn facts(&self) -> impl Iterator<Item = &Event> {
        self.commits.iter().flat_map(|told| &told.events)
    }

    pub(crate) fn state(&self) -> Provider {
        replay(self.facts())
    }

    pub(crate) fn decide(&self, world: &World, bureau: &str, today: Day, asked: &Asked) -> Result<Vec<Event>, Refusal> {
        match asked {
            Asked::Of(command) => {
                let state = self.state();
                let events = world.decide(&state, bureau, today, command)?;
                if !events.is_empty() && is_late(&state, command) {
                    stands_beside(&entries(&self.commits), command, &events, world)?;
                }
                Ok(events)
            }
            Asked::Correct(command) => {
                let bureau = BureauId::parse(bureau).unwrap();
                let now = Entry {
                    position: Position(u64::MAX),
                    recorded_on: today,
                    bureau: &bureau,
                    corrects: true,
                    events: &[],
                };
                decide_correction(&entries(&self.commits), command, world, &world.context(&now, None))
            }
        }
    }

    pub(crate) fn record(&mut self, bureau: &str, today: Day, events: Vec<Event>) {
        self.commits.push(Told { bureau: BureauId::parse(bureau).unwrap(), today, events });
    }
}

/// A correction of an act to what it should have been.
pub(crate) fn correct(act: u32, right: Option<Command>) -> Asked {
    Asked::Correct(CorrectAct {
        act: Act::new(act).unwrap(),
        corrected_on: day("2026-07-01"),
        reason: text("录入有误"),
        document_number: None,
        right: right.map(|right| Box::new(MadeBy::Provider(right))),
    })
}
