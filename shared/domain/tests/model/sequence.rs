//! A provider's and its operator's commits, made of random steps: any command, or one that moves on, each on its day or on one that matters;
//! corrections to none, to another day, to another command; overturnings; bars on the operator.

use domain::command::*;
use domain::*;
use proptest::prelude::*;

use super::Seen;
use super::days::Number;
use super::redate::{days_of, name};
use super::table::{Row, days_that_matter};
use super::transcribe::says;
use crate::steps::{any_step, of_step};
use crate::world::*;

/// The dice of a step: what kind of step, the step, days until it, and two numbers to choose by.
pub(crate) type Dice = (u8, (u8, u8, bool, u8), u8, u16, u16);

pub(crate) fn any_dice() -> impl Strategy<Value = Dice> {
    (0_u8..100, any_step(), 0_u8..20, any::<u16>(), any::<u16>())
}

/// A day from which a sequence begins; mostly one from which notices can be counted for some time.
pub(crate) fn any_start() -> impl Strategy<Value = Day> {
    prop_oneof![4 => 0_i64..250, 1 => 0_i64..1400].prop_map(|days| day("2026-02-11").plus_days(days))
}

/// The commits of a stream, and the table of what they say.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    pub(crate) history: History,
    pub(crate) rows: Vec<Row>,
    pub(crate) commits: Vec<Number>,
}

impl Stream {
    pub(crate) fn record(&mut self, bureau: &str, today: Day, events: Vec<Event>) {
        self.rows.extend(events.iter().map(|event| (self.commits.len(), says(event))));
        self.commits.push(super::transcribe::on(today));
        self.history.record(bureau, today, events);
    }

    pub(crate) fn facts(&self) -> Vec<Event> {
        self.history.facts().cloned().collect()
    }
}

/// What was asked and answered at a step.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) command: Command,
    pub(crate) answer: Result<Vec<Event>, Refusal>,
    /// Rows of the provider and of the operator before it.
    pub(crate) before: (usize, usize),
}

pub(crate) struct Sequence {
    pub(crate) world: World,
    pub(crate) today: Day,
    pub(crate) provider: Stream,
    pub(crate) state: Provider,
    pub(crate) operator: Stream,
    pub(crate) operator_state: Operator,
    /// The operator's code in its own stream, which may be one that fails its check.
    code: OperatorCode,
    /// The bars on the operator as they were known at each of the provider's commits.
    barred: Vec<Vec<Bar>>,
    /// And as they are known now.
    bars_now: Vec<Bar>,
    pub(crate) answered: Vec<Answered>,
}

struct InThisSequence<'s>(&'s Sequence);

impl InTheirDay for InThisSequence<'_> {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let at = usize::try_from(entry.position.0).ok().and_then(|position| self.0.barred.get(position - 1));
        let at = at.filter(|_| !entry.corrects);
        let operator_bars = [at.unwrap_or(&self.0.bars_now).as_slice(), &[]];
        Context { operator_bars, ..self.0.world.context(entry, identified) }
    }
}

/// A code that is real and fails its check.
const FAILS_ITS_CHECK: &str = "91350203M0001QKT19";

const BUREAUS: [&str; 2] = ["everything", "lists"];

impl Sequence {
    /// A provider on record with a pledge, and as far on as the opening says: certified in one category, in both, with plaques on the wall.
    pub(crate) fn new(start: Day, listed: bool, (opening, months): (u8, u8), seen: &mut Seen) -> Self {
        let provider = if listed { listed_id() } else { provider_id() };
        let mut sequence = Self {
            world: World { provider, ..World::new() },
            today: start,
            provider: Stream::default(),
            state: Provider::default(),
            operator: Stream::default(),
            operator_state: Operator::default(),
            code: if months.is_multiple_of(3) {
                OperatorCode::parse_confirmed(FAILS_ITS_CHECK).unwrap()
            } else {
                operator_code()
            },
            barred: Vec::new(),
            bars_now: Vec::new(),
            answered: Vec::new(),
        };
        let certify = |code: &str| {
            certify_as(|c| {
                c.category = category(code);
                (c.decided_on, c.valid_from) = (start, start);
                c.valid_to = start.plus_months(u32::from(months)).plus_days(-1);
                c.document_number = text(&format!("认定{code}"));
                c.notice = NoticeWindow::new(start.plus_days(-25), start.plus_days(-1)).ok();
            })
        };
        let mut commands = vec![register(), pledge()];
        commands.extend([certify("domestic"), certify(CARE)].into_iter().take(usize::from(opening)));
        let place = |place: u8| {
            Command::OrderPlaque(OrderPlaque {
                ordered_on: start,
                replaces: None,
                place: (place > 0).then(|| text("东门")),
            })
        };
        commands.extend((2..opening).map(|number| place(number - 2)));
        for command in commands {
            sequence.ask(command, seen);
        }
        for plaque_number in sequence.state.plaques.keys().cloned().collect::<Vec<_>>() {
            let number = plaque_number.clone();
            let issue = IssuePlaque { plaque_number: number, issued_on: start, design_version: text("2026") };
            sequence.ask(Command::IssuePlaque(issue), seen);
            sequence.ask(Command::HangPlaque(HangPlaque { plaque_number, hung_on: start }), seen);
        }
        sequence
    }

    /// What is on record, a line an act.
    pub(crate) fn written_out(&self) -> String {
        let of = |stream: &Stream| {
            let line = |((number, (commit, says)), fact): ((usize, &Row), &Event)| {
                let told = &stream.history.commits[*commit];
                let says = says.written_out().unwrap_or_else(|| format!("{fact:?}"));
                format!("{number} on {} ({}): {says}", told.today, told.bureau)
            };
            (1..).zip(&stream.rows).zip(&stream.facts()).map(line).collect::<Vec<_>>().join("\n")
        };
        format!("The outlet:\n{}\nIts operator:\n{}", of(&self.provider), of(&self.operator))
    }

    /// Days that matter to what is on record, with those before and after.
    fn days(&self) -> Vec<Day> {
        let days = days_that_matter(&self.provider.rows, &self.provider.commits);
        days.iter().filter_map(|day| Day::from_number(i32::try_from(*day).ok()?).ok()).collect()
    }

    /// Moves one of the days of a command to one that matters, or to the day before or after.
    fn redated(&self, mut command: Command, dice: (u16, u16)) -> Command {
        let near: Vec<Day> = self.days().into_iter().filter(|day| *day <= self.today.plus_days(1)).collect();
        let mut days = days_of(&mut command);
        if let (Some(to), false) = (near.get(usize::from(dice.0) % near.len().max(1)), days.is_empty()) {
            let which = usize::from(dice.1) % days.len();
            *days[which] = to.plus_days(-i64::from(dice.1 / 7 % 2));
        }
        command
    }

    pub(crate) fn step(&mut self, (kind, step, ahead, one, other): Dice, seen: &mut Seen) {
        let later = self.days().into_iter().filter(|day| *day > self.today).take(4).collect::<Vec<_>>();
        self.today = match later.get(usize::from(one) % 5) {
            Some(day) if ahead >= 14 && *day < self.today.plus_days(1500) => {
                day.plus_days(-i64::from(other % 2)).max(self.today)
            }
            _ => self.today.plus_days(i64::from(ahead % 12)),
        };
        match kind {
            0..70 => {
                let command = self.varied(of_step(step, &self.state, self.today), one);
                let command = if other.is_multiple_of(3) { self.redated(command, (one, other)) } else { command };
                self.ask(command, seen);
            }
            70..80 => self.correct(step, one, other, seen),
            80..86 => self.overturn(one, other, seen),
            86..94 => self.on_operator(step, one, other, seen),
            94..96 => self.ask(self.moved(step), seen),
            96 => {
                let others = ["health", "commerce", "elsewhere", "zone", "merged", "credit", "nobody"];
                let command = if other % 4 == 0 { self.moved(step) } else { of_step(step, &self.state, self.today) };
                self.ask_by(&[others[usize::from(one) % others.len()]], command, seen);
            }
            _ => {
                let Some(before) = self.answered.get(usize::from(one) % self.answered.len().max(1)) else { return };
                let command = self.redated(before.command.clone(), (other, one));
                self.ask(command, seen);
            }
        }
    }

    /// With a bar that is asked for, an end that says its days, a pledge that ends, an act of another kind than its ground's: what steps leave
    /// out.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few of the many have more to say")]
    fn varied(&self, mut command: Command, dice: u16) -> Command {
        match &mut command {
            Command::Revoke(c) if dice.is_multiple_of(3) => {
                c.bar_until = Some(
                    c.decided_on.plus_months(u32::from(dice / 3 % 2) * 24).plus_days(i64::from(dice / 7 % 40) - 3),
                );
            }
            Command::Revoke(c) if dice % 9 == 1 => {
                c.kind = match c.kind {
                    RevocationKind::Cancelled => RevocationKind::Annulled,
                    RevocationKind::Annulled => RevocationKind::Cancelled,
                };
            }
            Command::RegisterProvider(c) if dice.is_multiple_of(2) => c.particulars.name = text("他园"),
            Command::RecordEnding(c) => {
                c.effective_on = (dice.is_multiple_of(2)).then(|| self.today.plus_days(i64::from(dice / 2 % 60) - 40));
                c.bar_until = (dice.is_multiple_of(3)).then(|| self.today.plus_days(i64::from(dice / 3 % 200)));
            }
            Command::MakePledge(c) if dice.is_multiple_of(3) => {
                c.pledge.valid_until = Some(self.today.plus_days(i64::from(dice / 3 % 90)));
            }
            Command::MakePledge(c) => match dice % 10 {
                1 => c.pledge.other_type = Some(text("其他")),
                2 => c.pledge.promisor_uscc = None,
                4 => c.pledge.promisor_uscc = Uscc::parse("91110108717743469K").ok(),
                _ => {}
            },
            Command::OrderRectification(c) if dice.is_multiple_of(5) => c.ground = ground("whim"),
            Command::Apply(c) => match dice % 9 {
                0 => c.category = category("fitness"),
                1 => c.particulars = Some(Particulars { name: text("他园"), ..particulars() }),
                _ => {}
            },
            Command::ProposePrice(c) => match dice % 5 {
                0 => c.price = Price { unit: PriceUnit::Meal, ..c.price.clone() },
                1 => c.price = Price { rise_percent_max: Percent::new(50).unwrap(), ..c.price.clone() },
                _ => {}
            },
            Command::RecordFulfilment(c) if dice.is_multiple_of(7) => {
                return Command::RepairPledge(RepairPledge {
                    pledge_number: c.pledge_number.clone(),
                    breach: None,
                    repaired_on: self.today,
                    document_number: text("修复1号"),
                });
            }
            Command::RecordReview(c) if dice.is_multiple_of(2) => {
                c.year = Year::new(u32::try_from(self.today.year()).unwrap()).unwrap();
            }
            _ => {}
        }
        command
    }

    /// The outlet moves, and is inspected there; a functional zone governs one of the places.
    fn moved(&self, (_, offset, flag, choice): (u8, u8, bool, u8)) -> Command {
        let (code, zone) = match offset {
            29 => ("321011", None),
            28 => ("321004", None),
            27 => ("321003005", Some("lake")),
            26 => ("321003005", Some("moon")),
            _ => (["321003005007", "321003006", "321002", "321003005"][usize::from(choice)], None),
        };
        let on = self.today.plus_days(-i64::from(offset));
        let particulars = Particulars {
            division: Division::parse(code).unwrap(),
            zone: zone.map(|zone| ZoneCode::parse(zone).unwrap()),
            name: text(&format!("迁{choice}")),
            operator_class: (offset == 25).then_some(OperatorClass::IndividualBusiness),
            ..particulars()
        };
        Command::AmendParticulars(AmendParticulars {
            particulars,
            effective_on: on,
            document_number: None,
            site_checked_on: flag.then_some(on),
            release: None,
        })
    }

    pub(crate) fn ask(&mut self, command: Command, seen: &mut Seen) {
        self.ask_by(&BUREAUS, command, seen);
    }

    /// Asks by the first of these bureaus, and where it lacks a duty by the next.
    fn ask_by(&mut self, bureaus: &[&'static str], command: Command, seen: &mut Seen) {
        self.world.operator_bars.clone_from(&self.bars_now);
        let (mut answer, mut asked_by) = (Err(Refusal::BureauUnknown), "");
        for bureau in bureaus {
            asked_by = bureau;
            answer = self.world.decide(&self.state, bureau, self.today, &command);
            if let Ok(events) = &answer
                && !events.is_empty()
                && is_late(&self.state, &command)
            {
                let record = entries(&self.provider.history.commits);
                let stands = stands_beside(&record, &command, events, &InThisSequence(self));
                answer = stands.and(answer);
            }
            match &answer {
                Ok(events) if events.is_empty() => break,
                Ok(events) => {
                    seen.recorded(name(&command));
                    seen.facts(events);
                    let MadeBy::Provider(said) = command_of(events).unwrap().made_by else { panic!("of no provider") };
                    let anew = self.world.decide(&self.state, bureau, self.today, &said);
                    assert_eq!(anew.as_ref(), Ok(events), "decided anew");
                    break;
                }
                Err(refusal) => seen.refused(refusal.reason()),
            }
            if !matches!(answer, Err(Refusal::DutyMissing { .. })) {
                break;
            }
        }
        let before = (self.provider.rows.len(), self.operator.rows.len());
        if let Ok(events) = &answer
            && !events.is_empty()
        {
            self.state = then(std::mem::take(&mut self.state), events);
            self.provider.record(asked_by, self.today, events.clone());
            self.barred.push(self.bars_now.clone());
        }
        self.answered.push(Answered { command, answer, before });
    }

    fn correct(&mut self, step: (u8, u8, bool, u8), one: u16, other: u16, seen: &mut Seen) {
        let facts = self.provider.facts();
        let at = usize::from(one) % facts.len();
        let made_by = command_of(std::slice::from_ref(&facts[at])).ok().map(|redone| redone.made_by);
        let right = match (other % 5, made_by) {
            (0 | 1, Some(MadeBy::Provider(command))) => Some(self.redated(command, (other / 5, one))),
            (2, Some(MadeBy::Provider(command))) => Some(self.varied(command, other / 5)),
            (3, _) => Some(of_step(step, &self.state, self.today)),
            _ => None,
        };
        let _ = self.put_right(u32::try_from(at).unwrap() + 1, right, seen);
    }

    /// Corrects an act, to another or to none.
    pub(crate) fn put_right(&mut self, act: u32, right: Option<Command>, seen: &mut Seen) -> Result<(), Refusal> {
        let Asked::Correct(command) = correct(act, right) else { unreachable!() };
        let command = CorrectAct { corrected_on: self.today, ..command };
        let entries = entries(&self.provider.history.commits);
        let bureau = BureauId::parse("everything").unwrap();
        let now = Entry {
            position: Position(u64::MAX),
            recorded_on: self.today,
            bureau: &bureau,
            corrects: true,
            events: &[],
        };
        let then = InThisSequence(self);
        let events = decide_correction(&entries, &command, &then, &then.context(&now, None));
        let events = events.inspect_err(|refusal| seen.refused(refusal.reason()))?;
        if !events.is_empty() {
            let MadeBy::Correction(said) = command_of(&events).unwrap().made_by else { panic!("of no correction") };
            let anew = decide_correction(&entries, &said, &then, &then.context(&now, None));
            assert_eq!(anew.as_ref(), Ok(&events), "decided anew");
            seen.recorded("CorrectAct");
            seen.facts(&events);
            self.provider.record("everything", self.today, events);
            self.barred.push(self.bars_now.clone());
            self.state = self.provider.history.state();
        }
        Ok(())
    }

    fn overturn(&mut self, one: u16, other: u16, seen: &mut Seen) {
        let facts = self.provider.facts();
        let can_be = |fact: &Event| {
            matches!(
                fact,
                Event::Certified(_)
                    | Event::CertificationRecorded(_)
                    | Event::CertificationRenewed(_)
                    | Event::RectificationOrdered(_)
                    | Event::CertificationSuspended(_)
                    | Event::RevocationNoticed(_)
                    | Event::CertificationRevoked(_)
                    | Event::CertificationWithdrawn(_)
                    | Event::CertificationDeregistered(_)
                    | Event::EndingRecorded(_)
                    | Event::ReviewRecorded(_)
                    | Event::CaseRefused(_)
                    | Event::PriceApproved(_)
                    | Event::PriceRejected(_)
                    | Event::PledgeBroken(_)
                    | Event::ActOverturned(_)
            )
        };
        let acts: Vec<u32> = (1..).zip(&facts).filter(|(_, fact)| can_be(fact)).map(|(act, _)| act).collect();
        let Some(act) = acts.get(usize::from(one) % acts.len().max(1)) else { return };
        let command = overturn(*act, &self.today.to_string());
        let command = if other.is_multiple_of(2) { self.redated(command, (other, one)) } else { command };
        self.ask(command, seen);
    }

    /// A bar on the operator, one lifted, or a correction of either.
    fn on_operator(&mut self, (_, offset, flag, choice): (u8, u8, bool, u8), one: u16, other: u16, seen: &mut Seen) {
        let on = self.today.plus_days(-i64::from(offset % 5));
        let bar = OperatorCommand::BarOperator(BarOperator {
            ground: ground(match (choice, flag) {
                (2, true) => "whim",
                (2, false) => "overcharging",
                _ => "conditions-lost",
            }),
            barred_on: on,
            until: on.plus_days(i64::from(offset)),
            document_number: text(&format!("禁入{}号", one % 9)),
            detail: text("情形"),
        });
        let lift = OperatorCommand::LiftOperatorBar(LiftOperatorBar {
            bar: (!flag).then(|| Act::new(u32::from(one) % 5 + 1).unwrap()),
            lifted_on: on,
            document_number: text("解除1号"),
            reason: text("复议"),
        });
        let lists = BureauId::parse("lists").unwrap();
        let confirm = OperatorCommand::ConfirmOperatorCode(ConfirmOperatorCode {
            confirmed_on: on,
            document_number: text("执照1号"),
            seen: text("营业执照原件"),
        });
        let (command, of_command) = match (offset, choice) {
            (20.., _) => (confirm, "ConfirmOperatorCode"),
            (_, 0 | 2) => (bar, "BarOperator"),
            (5.., 1) => (
                OperatorCommand::of(&MadeBy::Provider(overturn(u32::from(one) % 5 + 1, &on.to_string()))).unwrap(),
                "Overturn",
            ),
            _ => (lift, "LiftOperatorBar"),
        };
        let (kind, answer) = if other.is_multiple_of(3) {
            let act = Act::new(u32::from(one) % (u32::try_from(self.operator.rows.len()).unwrap() + 1) + 1).unwrap();
            let Asked::Correct(correction) = correct(act.get(), None) else { unreachable!() };
            let right = (other.is_multiple_of(2)).then(|| Box::new(MadeBy::Operator(command)));
            let correction = CorrectAct { corrected_on: self.today, right, ..correction };
            let entries = entries(&self.operator.history.commits);
            let scheme = |_: &Entry<'_>| &self.world.scheme;
            (
                "CorrectAct of an operator",
                decide_operator_correction(&entries, &self.code, &correction, scheme, &lists, self.today),
            )
        } else {
            (
                of_command,
                decide_operator(&self.operator_state, &self.code, &command, &self.world.scheme, &lists, self.today),
            )
        };
        match answer {
            Err(refusal) => seen.refused(refusal.reason()),
            Ok(events) if events.is_empty() => {}
            Ok(events) => {
                seen.recorded(kind);
                seen.facts(&events);
                self.operator.record("lists", self.today, events);
                self.operator_state = replay_operator(self.operator.history.facts());
                self.bars_now = self.operator_state.each_bar().collect();
            }
        }
    }
}
