//! Acts that do not bear on each other - of other categories, plaques, pledges, prices, and of the particulars - give the same standing on
//! every day in whatever order they are recorded. And what happened to a plaque may be typed in any order: an act is taken where it would be, and
//! all others would, each on its day.

use std::collections::BTreeMap;

use domain::command::*;
use domain::*;
use proptest::prelude::*;

use super::sequence::Sequence;
use super::{Seen, runner};
use crate::steps::command;
use crate::world::*;

/// What may happen to a plaque that is ordered.
fn of_plaque(kind: u8, on: Day) -> Command {
    let on = on.to_string();
    match kind % 6 {
        0 => issue_on(1, &on),
        1 => Command::HangPlaque(HangPlaque { plaque_number: plaque(1), hung_on: day(&on) }),
        2 | 3 => recover(1, &on),
        4 => lose(&on),
        _ => destroy(&on),
    }
}

/// The same happening on another day.
#[expect(clippy::wildcard_enum_match_arm, reason = "what else there is happens to no plaque")]
fn of_kind(act: &Command, on: Day) -> Command {
    let kind = match act {
        Command::IssuePlaque(_) => 0,
        Command::HangPlaque(_) => 1,
        Command::RecoverPlaque(_) => 2,
        Command::ReportPlaqueLost(_) => 4,
        _ => 5,
    };
    of_plaque(kind, on)
}

/// The record after these, typed in this order, each taken.
fn typed(world: &World, acts: &[Command]) -> Option<History> {
    let mut history = History::default();
    for act in acts {
        let facts = history.decide(world, "everything", day("2026-07-01"), &act.clone().into()).ok()?;
        if !facts.is_empty() {
            history.record("everything", day("2026-07-01"), facts);
        }
    }
    Some(history)
}

#[test]
fn what_happened_to_a_plaque_is_taken_where_it_could_have_been_on_its_day() {
    let world = World::new();
    let begun = [certified(), vec![order(None)]].concat();
    let put_right = (any::<prop::sample::Index>(), any::<bool>(), 1_i64..100);
    let acts = (any::<bool>(), proptest::collection::vec((0_u8..6, 1_i64..100), 1..8), put_right);
    let seen = std::cell::RefCell::new((0_u32, 0_u32, 0_u32));
    let outcome = runner().run(&acts, |(is_out, dice, (which, to_none, days))| {
        let out = [(0, day("2026-03-11")), (1, day("2026-03-12"))];
        let later = dice.into_iter().map(|(kind, days)| (kind, day("2026-03-20").plus_days(days)));
        let mut taken: Vec<(Day, Command)> = Vec::new();
        for (kind, on) in out.into_iter().filter(|_| is_out).chain(later) {
            let act = of_plaque(kind, on);
            let commands = |acts: &[(Day, Command)]| -> Vec<Command> {
                begun.iter().cloned().chain(acts.iter().map(|(_, act)| act.clone())).collect()
            };
            let with = [taken.clone(), vec![(on, act.clone())]].concat();
            let mut by_day = with.clone();
            by_day.sort_by_key(|(on, _)| *on);
            let (told, told_by_day) = (typed(&world, &commands(&with)), typed(&world, &commands(&by_day)));
            prop_assert_eq!(told.is_some(), told_by_day.is_some(), "{:?}\nafter {:?}", act, taken);
            let (Some(told), Some(told_by_day)) = (told, told_by_day) else {
                seen.borrow_mut().1 += 1;
                continue;
            };
            let [one, other] = [told, told_by_day].map(|history| {
                let of = &history.state().plaques[&plaque(1)];
                let at: Vec<_> = (0..110).map(|days| of.at(day("2026-03-10").plus_days(days))).collect();
                (of.status, of.since, at)
            });
            prop_assert_eq!(one, other, "told otherwise: {:?}", with);
            taken = with;
            seen.borrow_mut().0 += 1;
        }
        // Put right, they could have been so as well.
        taken.dedup_by(|one, other| one == other);
        let commands =
            |acts: &[(Day, Command)]| begun.iter().cloned().chain(acts.iter().map(|(_, act)| act.clone())).collect();
        let acts: Vec<Command> = commands(&taken);
        let Some(mut history) = typed(&world, &acts).filter(|history| history.commits.len() == acts.len()) else {
            return Ok(());
        };
        let at = which.index(taken.len().max(1));
        let Some((_, wrong)) = taken.get(at) else { return Ok(()) };
        let on = day("2026-03-20").plus_days(days);
        let right = (!to_none).then(|| of_kind(wrong, on));
        let act = history.commits[..begun.len() + at].iter().map(|told| told.events.len()).sum::<usize>() + 1;
        let asked = correct(u32::try_from(act).unwrap(), right.clone());
        let Ok(events) = history.decide(&world, "everything", day("2026-07-01"), &asked) else { return Ok(()) };
        history.record("everything", day("2026-07-01"), events);
        let mut put_right = taken.clone();
        match right {
            Some(right) => put_right[at] = (on, right),
            None => drop(put_right.remove(at)),
        }
        put_right.sort_by_key(|(on, _)| *on);
        prop_assert!(
            typed(&world, &commands(&put_right)).is_some(),
            "{:?} put right is taken, and would not be\nafter {:?}",
            asked,
            taken
        );
        seen.borrow_mut().2 += 1;
        Ok(())
    });
    let (taken, refused, put_right) = *seen.borrow();
    println!("{taken} taken, {refused} refused, {put_right} put right");
    match outcome {
        Ok(()) => assert!(taken > 0 && refused > 0 && put_right > 0),
        Err(proptest::test_runner::TestError::Fail(why, _)) => panic!("{why}"),
        Err(why) => panic!("{why}"),
    }
}

/// A step of a strand: a command, or what undoes the act of an earlier step of the strand.
#[derive(Debug, Clone)]
enum Step {
    Do(Box<Command>),
    Overturn(usize),
    TakeBack(usize),
}

type Strand = Vec<Step>;

/// Which step, how many days before the day of recording, and which raw step it is made of.
type Dice = (u8, u8, u16, (u8, bool, u8));

const WORLDS: u8 = 4;

/// The strands that bear on nothing of each other, where the outlet is: 0 ends its certifications, 1 keeps them and has plaques and prices,
/// 2 applies for them, 3 ends them while plaques are out that come back, are lost or destroyed.
fn strands(of: u8, today: Day, dice: &[Vec<Dice>]) -> Vec<Strand> {
    let kinds: &[(&str, &[u8])] = match of {
        0 => &[
            (CARE, &[18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 100, 101]),
            ("domestic", &[18, 19, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 100, 101]),
            ("7", &[37, 38]),
            ("8", &[37, 38]),
            ("name", &[1, 101]),
        ],
        1 => &[
            (CARE, &[18, 19, 20, 21, 31, 100, 101]),
            ("domestic", &[18, 19, 31, 100, 101]),
            ("plaque 1", &[41, 42, 43, 44, 45, 46, 101]),
            ("plaque 2", &[41, 42, 43, 44, 45, 46, 101]),
            ("托班", &[34, 35, 36, 101]),
            ("午餐", &[34, 35, 36, 101]),
            ("7", &[37, 38, 101]),
            ("name", &[1, 101]),
        ],
        3 => &[
            (CARE, &[22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 100, 101]),
            ("domestic", &[23, 24, 25, 26, 28, 29, 30, 31, 100, 101]),
            ("plaque 1", &[43, 44, 45, 101]),
            ("plaque 2", &[43, 44, 45, 101]),
            ("name", &[1, 101]),
        ],
        _ => &[
            (CARE, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 101]),
            ("domestic", &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 101]),
            ("7", &[37, 38, 101]),
            ("name", &[1, 101]),
        ],
    };
    let strand = |((name, which), dice): (&(&str, &[u8]), &Vec<Dice>)| {
        let mut days: Vec<u8> = dice.iter().map(|(_, back, ..)| *back).collect();
        // What happened to a plaque is typed in any order.
        if !name.starts_with("plaque") {
            days.sort_unstable_by(|a, b| b.cmp(a));
        }
        let steps = dice.iter().zip(days).enumerate().map(|(at, ((kind, _, undoes, step), back))| {
            let which = which[usize::from(*kind) % which.len()];
            match which {
                100 => Step::Overturn(usize::from(*undoes) % (at + 1)),
                101 => Step::TakeBack(usize::from(*undoes) % (at + 1)),
                _ => Step::Do(Box::new(of_strand(name, which, *step, today.plus_days(-i64::from(back))))),
            }
        });
        steps.collect()
    };
    kinds.iter().zip(dice).map(strand).collect()
}

/// A raw step, made one of the strand: it names no act by a number, and no ground that bars.
#[expect(clippy::wildcard_enum_match_arm, reason = "what else there is belongs to no strand")]
fn of_strand(name: &str, which: u8, (offset, flag, choice): (u8, bool, u8), on: Day) -> Command {
    let (which, choice) = if which >= 43 { (43, which - 43) } else { (which, choice) };
    let mut command = command((which, offset, flag, choice), on);
    let of = || category(if name == "domestic" { name } else { CARE });
    let lost = || ground("conditions-lost");
    let number = || plaque(if name == "plaque 2" { 2 } else { 1 });
    let serial = name.parse().unwrap_or(9);
    match &mut command {
        Command::AmendParticulars(c) => {
            c.particulars = Particulars { name: text(&format!("改名{offset}")), ..particulars() };
            (c.effective_on, c.site_checked_on) = (on, None);
        }
        Command::Apply(c) => (c.category, c.particulars) = (of(), None),
        Command::ReturnCase(c) => c.category = of(),
        Command::SupplementCase(c) => c.category = of(),
        Command::AcceptCase(c) => c.category = of(),
        Command::RecordInspection(c) => c.category = of(),
        Command::OpenNotice(c) => c.category = of(),
        Command::RaiseObjection(c) => c.category = of(),
        Command::ResolveObjection(c) => (c.category, c.objection) = (of(), None),
        Command::RefuseCase(c) => c.category = of(),
        Command::WithdrawCase(c) => c.category = of(),
        Command::Certify(c) => (c.category, c.particulars) = (of(), None),
        Command::OrderRectification(c) => c.category = of(),
        Command::AcceptRectification(c) => c.category = of(),
        Command::Suspend(c) => c.category = of(),
        Command::Resume(c) => c.category = of(),
        Command::NoticeRevocation(c) => (c.category, c.ground) = (of(), lost()),
        Command::LiftRevocationNotice(c) => c.category = of(),
        Command::Revoke(c) => (c.category, c.ground, c.bar_until) = (of(), lost(), None),
        Command::Withdraw(c) => c.category = of(),
        Command::RecordExpiry(c) => c.category = of(),
        Command::RecordEnding(c) => (c.category, c.bar_until) = (of(), None),
        Command::Deregister(c) => c.category = of(),
        Command::Renew(c) => (c.category, c.pledge_number) = (of(), pledge_number(1)),
        Command::RecordReview(c) => c.category = of(),
        Command::ProposePrice(c) => (c.category, c.item) = (category(CARE), text(name)),
        Command::ApprovePrice(c) => (c.category, c.item, c.proposal) = (category(CARE), text(name), None),
        Command::RejectPrice(c) => (c.category, c.item, c.proposal) = (category(CARE), text(name), None),
        Command::MakePledge(c) => c.pledge = pledge_form(serial),
        Command::RecordFulfilment(c) => c.pledge_number = pledge_number(serial),
        Command::IssuePlaque(c) => c.plaque_number = number(),
        Command::HangPlaque(c) => c.plaque_number = number(),
        Command::RecoverPlaque(c) => c.plaque_number = number(),
        Command::ReportPlaqueLost(c) => c.plaque_number = number(),
        Command::DestroyPlaque(c) => c.plaque_number = number(),
        Command::RecordPlaqueNotReturned(c) => c.plaque_number = number(),
        other => panic!("of no strand: {other:?}"),
    }
    command
}

/// The answers to a strand's steps: taken, and with facts or none, or refused with this reason.
type Answers = Vec<Result<bool, &'static str>>;

/// Takes the strands' steps, each time the next of the strand that the order names.
fn take(mut sequence: Sequence, strands: &[Strand], order: &[usize], seen: &mut Seen) -> (Sequence, Vec<Answers>) {
    let mut answers: Vec<Answers> = vec![Vec::new(); strands.len()];
    let mut acts: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    for &strand in order {
        let at = answers[strand].len();
        let before = sequence.provider.rows.len();
        let answer = match &strands[strand][at] {
            Step::Do(command) => {
                sequence.ask(Command::clone(command), seen);
                let answer = &sequence.answered.last().unwrap().answer;
                if let Ok(Ok(own)) = answer.as_ref().map(|events| command_of(events).map(|redone| redone.own)) {
                    acts.insert((strand, at), u32::try_from(before + own.end).unwrap());
                }
                answer.as_ref().map(|events| !events.is_empty()).map_err(Refusal::reason)
            }
            Step::Overturn(of) => match acts.get(&(strand, *of)) {
                Some(act) => {
                    sequence.ask(overturn(*act, &sequence.today.to_string()), seen);
                    let answer = &sequence.answered.last().unwrap().answer;
                    answer.as_ref().map(|events| !events.is_empty()).map_err(Refusal::reason)
                }
                None => Ok(false),
            },
            Step::TakeBack(of) => match acts.get(&(strand, *of)) {
                Some(act) => {
                    let answer = sequence.put_right(*act, None, seen);
                    answer.map(|()| sequence.provider.rows.len() > before).map_err(|refusal| refusal.reason())
                }
                None => Ok(false),
            },
        };
        answers[strand].push(answer);
    }
    (sequence, answers)
}

/// What anybody is told, whatever numbers the acts have.
fn told(p: &Provider, today: Day) -> impl PartialEq + std::fmt::Debug + use<> {
    let days: Vec<Day> = (-80..400).map(|days| today.plus_days(days)).collect();
    let standing: Vec<_> = [CARE, "domestic"]
        .iter()
        .flat_map(|code| days.iter().map(|day| p.standing(&category(code), *day).map(|(_, standing)| standing)))
        .collect();
    let names: Vec<_> = days.iter().map(|day| p.particulars_on(*day).map(|on| on.name.to_string())).collect();
    let in_force: Vec<_> = days.iter().map(|day| p.pledged_on(*day)).collect();
    let plaques: Vec<_> = p
        .plaques
        .iter()
        .map(|(number, of)| {
            // By when it is to be back binds who has it.
            let is_held = of.is_out() || of.status == PlaqueStatus::NotReturned;
            let each: Vec<_> = days.iter().map(|day| (to_come_back_since(p, number, *day), of.at(*day))).collect();
            (number.clone(), of.status, of.since, of.recovery_due.filter(|_| is_held), of.replaced, each)
        })
        .collect();
    let pledges: Vec<_> = p.pledges.values().map(|of| (of.form.number.clone(), of.fulfilments.len())).collect();
    let prices: Vec<_> =
        p.prices
            .iter()
            .filter(|(_, promise)| !promise.proposals.is_empty())
            .map(|(of, promise)| {
                let decided = promise.proposals.iter().map(|of| {
                    (of.price.clone(), of.proposed_on, of.decision().map(|decided| decided.decision.clone()))
                });
                (of.clone(), decided.collect::<Vec<_>>())
            })
            .collect();
    let barred: Vec<_> = days.iter().map(|day| p.barred_on(*day)).collect();
    let cases: BTreeMap<_, Vec<_>> = p.cases.iter().fold(BTreeMap::new(), |mut cases, case| {
        let notices = case.notices.iter().map(|notice| (notice.window, notice.objections.len())).collect::<Vec<_>>();
        cases.entry(case.category.clone()).or_insert_with(Vec::new).push((case.stage, case.since, notices));
        cases
    });
    (standing, names, in_force, plaques, pledges, prices, cases, barred)
}

#[test]
fn acts_that_do_not_bear_on_each_other_may_come_in_any_order() {
    let dice = || (any::<u8>(), 0_u8..40, any::<u16>(), (0_u8..30, any::<bool>(), 0_u8..4));
    let strands_of = proptest::collection::vec(proptest::collection::vec(dice(), 0..7), 8);
    let cases = (0..WORLDS, 0_i64..150, strands_of, any::<prop::sample::Index>(), any::<u64>());
    let seen = std::cell::RefCell::new((Seen::default(), 0_u64, 0_u64));
    let outcome = runner().run(&cases, |(of, start, dice, rotated, shuffled)| {
        let (counts, taken, refused) = &mut *seen.borrow_mut();
        let start = day("2026-03-10").plus_days(start);
        let opening = [(2, 12), (4, 12), (0, 1), (4, 12)][usize::from(of)];
        let begin = |counts: &mut Seen| {
            let mut sequence = Sequence::new(start, false, opening, counts);
            sequence.today = start.plus_days(40);
            sequence
        };
        let strands = strands(of, start.plus_days(40), &dice);
        // One strand after the other, and one step of this and of that.
        let in_turn: Vec<usize> = strands.iter().enumerate().flat_map(|(at, of)| vec![at; of.len()]).collect();
        let mut mixed = in_turn.clone();
        if !mixed.is_empty() {
            let by = rotated.index(mixed.len());
            mixed.rotate_left(by);
            let mut state = shuffled;
            for at in (1..mixed.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let other = usize::try_from(state >> 33).unwrap() % (at + 1);
                mixed.swap(at, other);
            }
        }
        let sequence = begin(counts);
        let (one, answers) = take(sequence, &strands, &in_turn, counts);
        let sequence = begin(counts);
        let (other, answers_mixed) = take(sequence, &strands, &mixed, counts);
        let both = || format!("in turn:\n{}\nmixed:\n{}", one.written_out(), other.written_out());
        prop_assert_eq!(&answers, &answers_mixed, "answered otherwise\n{:?}\n{}", strands, both());
        let (told_one, told_other) = (told(&one.state, one.today), told(&other.state, other.today));
        prop_assert!(told_one == told_other, "told otherwise\n{}", both());
        for answer in answers.iter().flatten() {
            *if *answer == Ok(true) { &mut *taken } else { &mut *refused } += 1;
        }
        Ok(())
    });
    let (counts, taken, refused) = &*seen.borrow();
    println!("{taken} steps taken, {refused} refused or already so; facts {:?}", counts.facts);
    match outcome {
        Ok(()) => assert!(*taken > 0),
        Err(proptest::test_runner::TestError::Fail(why, _)) => panic!("{why}"),
        Err(why) => panic!("{why}"),
    }
}
