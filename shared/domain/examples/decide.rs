//! How many commands a second are decided, and their facts folded, on one thread: the whole life of an outlet, each command asked of the state
//! that it meets, and asked again after it was recorded. Pure: no log, no requests.
//!
//! `cargo run --release -p domain --example decide [ROUNDS]`. It stands on the words of the tests alone, so that another version of the domain is
//! measured by putting this file into it.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "figures of a measurement, of commands that are taken"
)]

#[path = "../tests/world/mod.rs"]
#[expect(
    clippy::wildcard_imports,
    reason = "the words of the tests are written for tests, where they are taken all together"
)]
mod world;

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::command::Command;
use domain::{BreachSeverity, PriceUnit, Provider, ReviewResult};
use world::{
    CARE, World, breach, certify_as, day, lift_notice, notice_revocation, propose, publicised, rectified, rectify,
    resume, review, suspend, then, withdraw,
};

/// How often the life is gone through, a round.
const LIVES: u32 = 20_000;

/// Rounds where nothing else is said.
const ROUNDS: usize = 7;

/// The bureau that does it all, and the day it is typed on.
const BUREAU: &str = "everything";
const TODAY: &str = "2026-07-01";

/// From its registration to its end, by steps that every version of these rules takes alike.
fn life() -> Vec<Command> {
    let mut life = publicised();
    life.extend([
        certify_as(|certify| certify.notice = None),
        propose(1_200, PriceUnit::Month),
        rectify("2026-03-20", "2026-04-10"),
        rectified("2026-04-08"),
        suspend(CARE, "2026-04-20"),
        resume("2026-05-06"),
        review(2026, ReviewResult::Passed, "2026-05-20"),
        breach("2026-06-01", BreachSeverity::Minor),
        rectified("2026-06-10"),
        notice_revocation("2026-06-12", "2026-06-23"),
        lift_notice("2026-06-24"),
        withdraw("2026-06-25", "2026-06-28"),
    ]);
    life
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 * f64::from(LIVES) / took.as_secs_f64()
}

fn main() {
    let rounds = std::env::args().nth(1).map_or(ROUNDS, |told| told.parse().unwrap());
    let (world, today, life) = (World::new(), day(TODAY), life());
    let mut states = vec![Provider::default()];
    let mut facts = Vec::new();
    for command in &life {
        let state = states.last().unwrap();
        let events = world.decide(state, BUREAU, today, command);
        let events = events.unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"));
        states.push(then(state.clone(), &events));
        facts.extend(events);
    }
    let (mut taken, mut repeated, mut folded) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let began = Instant::now();
        for _ in 0..LIVES {
            for (command, state) in life.iter().zip(&states) {
                black_box(world.decide(state, BUREAU, today, command).unwrap());
            }
        }
        taken.push(rate(life.len(), began.elapsed()));
        let (began, last) = (Instant::now(), states.last().unwrap());
        for _ in 0..LIVES {
            for command in &life {
                // On record, or refused: which of the two is a matter of the rules.
                let _ = black_box(world.decide(last, BUREAU, today, command));
            }
        }
        repeated.push(rate(life.len(), began.elapsed()));
        let began = Instant::now();
        for _ in 0..LIVES {
            black_box(then(Provider::default(), &facts));
        }
        folded.push(rate(facts.len(), began.elapsed()));
    }
    println!("decide: {:.0} commands/s, median of {rounds} rounds of {} commands", median(taken), life.len());
    println!("decide, of what is on record: {:.0} commands/s", median(repeated));
    println!("fold: {:.0} facts/s, {} facts", median(folded), facts.len());
}
