//! Callers that are slow to take what was read for them.

use std::sync::mpsc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::calls::fresh::Fresh;
use crate::calls::places::{LIGHT, Weight};
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
