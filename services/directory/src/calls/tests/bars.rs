//! Bars on an operator are told of each of its outlets: which act, on what, by which document, until when, and what became of it.

use api::directory::v1;
use domain::*;
use event_log::EventLog;

use super::then::noon;
use crate::world::{World, commit, day, id, registered, text};

fn barred(document: &str, on: &str, until: &str) -> Event {
    OperatorBarred {
        ground: GroundCode::parse("overcharging").unwrap(),
        barred_on: day(on),
        until: day(until),
        document_number: text(document),
        detail: text("情形"),
    }
    .into()
}

/// Records facts of the operator of outlet 1.
async fn add(world: &mut World, events: Vec<Event>) {
    world.commits += 1;
    let stream = StreamId::Operator(id(1).operator().clone());
    let tail = world.log.tail(&stream).await.unwrap();
    let commit = commit(world.commits, world.recorded_at, events);
    world.log.append(&stream, tail, &commit).await.unwrap();
}

fn told(provider: &v1::Provider) -> Vec<(u32, String, String, bool, String)> {
    let of = |bar: &v1::OperatorBar| {
        assert!(!bar.ground_name.is_empty() && bar.operator_code == id(1).operator().as_str());
        let act = bar.act.as_ref().unwrap().number;
        (act, bar.document_number.clone(), bar.until.clone(), bar.in_force, bar.lifted_on.clone())
    };
    provider.operator_bars.iter().map(of).collect()
}

#[tokio::test]
async fn an_outlet_is_told_with_the_bars_on_its_operator() {
    let mut world = World::new();
    world.recorded_at = noon("2026-02-01");
    world.add(1, vec![registered("网点", "321003")]).await;
    assert!(told(&world.get(1, "").await).is_empty());
    world.recorded_at = noon("2026-03-02");
    add(&mut world, vec![barred("禁1号", "2026-03-01", "2027-02-28")]).await;
    world.recorded_at = noon("2026-04-02");
    add(&mut world, vec![barred("禁2号", "2026-04-01", "2028-03-31")]).await;
    let lifted = OperatorBarLifted {
        bar: Act::new(1).unwrap(),
        lifted_on: day("2026-05-01"),
        document_number: text("解1号"),
        reason: text("已改正"),
    };
    world.recorded_at = noon("2026-05-02");
    add(&mut world, vec![lifted.into()]).await;
    let bar = |act, document: &str, until: &str, in_force, lifted: &str| {
        (act, document.to_owned(), until.to_owned(), in_force, lifted.to_owned())
    };
    let first = bar(1, "禁1号", "2027-02-28", false, "2026-05-01");
    let second = bar(2, "禁2号", "2028-03-31", true, "");
    assert_eq!(told(&world.get(1, "").await), [first, second.clone()]);
    // On a past day what had been decided by then, and in force then.
    assert_eq!(told(&world.get(1, "2026-03-15").await), [bar(1, "禁1号", "2027-02-28", true, "")]);
    // An outlet of another operator has none.
    world.add(2, vec![registered("乙", "321003")]).await;
    assert!(told(&world.get(2, "").await).is_empty());
    // One that was mistyped is told as it was corrected, and one that was none not at all.
    let right = barred("禁2号", "2026-04-01", "2027-03-31");
    let corrected = |act: u32, fact: Option<Event>| {
        let act = Act::new(act).unwrap();
        let (reason, document_number) = (text("录入有误"), None);
        Event::from(ActCorrected {
            act,
            corrected_on: day("2026-06-01"),
            reason,
            document_number,
            fact: fact.map(Box::new),
        })
    };
    world.recorded_at = noon("2026-06-02");
    add(&mut world, vec![corrected(2, Some(right)), corrected(1, None)]).await;
    let now = world.get(1, "").await;
    assert_eq!(told(&now), [bar(2, "禁2号", "2027-03-31", true, "")]);
    assert_eq!(now.operator_bars[0].act.as_ref().unwrap().corrected_by, 4);
    // One that review undid held until then.
    let ruling = ActOverturned {
        act: Act::new(2).unwrap(),
        overturned_on: day("2026-06-10"),
        body: text("扬州市人民政府"),
        document_number: text("复议1号"),
        explanation: text("事实不清"),
    };
    world.recorded_at = noon("2026-06-11");
    add(&mut world, vec![ruling.into()]).await;
    let (before, after) = (world.get(1, "2026-06-09").await, world.get(1, "2026-06-10").await);
    assert_eq!([before.operator_bars[0].in_force, after.operator_bars[0].in_force], [true, false]);
    assert!(before.operator_bars[0].overturned.is_none());
    assert_eq!(after.operator_bars[0].overturned.as_ref().unwrap().body, "扬州市人民政府");
    // Nor did that ruling stand: the bar holds again, and its outlets are told so.
    let undone = ActOverturned {
        act: Act::new(6).unwrap(),
        overturned_on: day("2026-06-15"),
        body: text("人民法院"),
        document_number: text("判1号"),
        explanation: text("复议程序违法"),
    };
    world.recorded_at = noon("2026-06-16");
    add(&mut world, vec![undone.into()]).await;
    let (meanwhile, after) = (world.get(1, "2026-06-14").await, world.get(1, "2026-06-15").await);
    assert_eq!([meanwhile.operator_bars[0].in_force, after.operator_bars[0].in_force], [false, true]);
    assert_eq!(meanwhile.operator_bars[0].overturned.as_ref().unwrap().body, "扬州市人民政府");
    assert!(meanwhile.operator_bars[0].again.is_none() && after.operator_bars[0].overturned.is_none());
    assert_eq!(after.operator_bars[0].again.as_ref().unwrap().number, 7);
    // The rows are the same when they are made anew.
    let digest = |world: &World| world.started.reader().rows().snapshot().digest();
    let before = digest(&world);
    let world = world.restart(false).await;
    world.directory().await;
    assert_eq!(digest(&world), before);
}
