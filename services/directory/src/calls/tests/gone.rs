//! Callers that leave before their answer.

use std::time::{Duration, Instant};

use projection::Snapshot;
use tokio::sync::oneshot;

use crate::ask::effort::{Effort, Fault};
use crate::calls::fresh::Fresh;
use crate::calls::places::{Caller, Weight};
use crate::world::{World, registered};

/// Longest that work is looked for which should have ended: that of a planted fault ends as well.
const LONGEST: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_a_question_ends_with_its_call() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    let directory = world.directory().await;
    for weight in [Weight::Light, Weight::Heavy(Caller::at([192, 0, 2, 1]))] {
        let ((reading, begins), (outcome_told, ends)) = (oneshot::channel(), oneshot::channel());
        let read = move |_: &Snapshot<'_>, effort: &Effort| {
            let _ = reading.send(());
            let began = Instant::now();
            let outcome = loop {
                match effort.step() {
                    Ok(()) if began.elapsed() < LONGEST => {}
                    outcome => break outcome,
                }
            };
            let _ = outcome_told.send(matches!(outcome, Err(Fault::Gone)));
            outcome
        };
        let gate = directory.gate.clone();
        let call = tokio::spawn(async move { gate.read(weight, Fresh::ANY, read).await.map(|_| ()) });
        begins.await.unwrap();
        call.abort();
        assert!(ends.await.unwrap(), "{weight:?}: the work went on for nobody");
    }
}
