//! Callers that are slow to take what was read for them.

use std::sync::mpsc;
use std::time::Duration;

use futures_util::FutureExt;
use tonic_types::StatusExt;

use crate::calls::fresh::Fresh;
use crate::calls::places::{Caller, HEAVY, LIGHT, Weight};
use crate::world::{World, registered};

/// Longest that a read is waited for.
const LONGEST: Duration = Duration::from_secs(20);
/// Far longer than a place takes that is given back.
const WHILE: Duration = Duration::from_millis(200);

/// A page that was read waits in memory until its call makes an answer of it. Were its place another's by then, as many would wait as are
/// asked for.
#[tokio::test]
async fn what_was_read_keeps_its_place_until_it_is_taken() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    let gate = world.directory().await.gate.clone();
    let (done, read) = mpsc::channel();
    let (mut held, mut asked) = (Vec::new(), 0);
    while held.len() < LIGHT.all {
        let done = done.clone();
        let mut reading = Box::pin(gate.read(Weight::Light, Fresh::ANY, move |_, _| {
            let _ = done.send(());
            Ok(())
        }));
        asked += 1;
        // Without it what is polled here in one go would be made to wait.
        tokio::task::yield_now().await;
        // One that is answered at once is taken.
        if reading.as_mut().now_or_never().is_none() {
            held.push(reading);
        }
    }
    for _ in 0..asked {
        read.recv_timeout(LONGEST).expect("read");
    }
    assert!(
        tokio::time::timeout(WHILE, gate.light_place()).await.is_err(),
        "its place was given back before it was taken"
    );
    held.pop().expect("one is held").await.expect("read");
    assert!(gate.light_place().await.is_ok());
}

/// Who asks for rows that are younger than they are known to be waits for them, and keeps nobody from what the rows can tell.
#[tokio::test]
async fn who_waits_for_younger_rows_holds_no_place() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    let gate = world.directory().await.gate.clone();
    let (young, caller) = (Fresh { min_position: 0, max_age_seconds: 1 }, Caller::at([192, 0, 2, 1]));
    let read = |weight| gate.read(weight, young, |_, _| Ok(()));
    // A log that cannot be asked: what was known a second ago is not known to be true any more.
    world.log.set_away(true);
    while read(Weight::Light).await.is_ok() {}
    let mut waiting: Vec<_> = (0..LIGHT.all).map(|_| Box::pin(read(Weight::Light))).collect();
    waiting.extend((0..HEAVY.all).map(|_| Box::pin(read(Weight::Heavy(caller)))));
    for waits in &mut waiting {
        assert!(tokio::task::unconstrained(waits).now_or_never().is_none(), "it waits");
    }
    assert!(gate.light_place().now_or_never().is_some_and(|place| place.is_ok()), "they hold the light places");
    assert!(gate.heavy_place(caller).now_or_never().is_some_and(|place| place.is_ok()), "they hold the heavy places");
    // They are told, in their turn, that they waited in vain; and where the log comes back, what it holds.
    let in_vain = waiting.remove(0).await.unwrap_err();
    assert_eq!(in_vain.get_details_error_info().unwrap().reason, "STALE");
    drop(waiting);
    let waits = read(Weight::Heavy(caller));
    world.log.set_away(false);
    waits.await.expect("read");
}
