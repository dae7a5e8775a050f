//! What the log on NATS tells of its server: gone, back, and set to lose commits while it runs.

use async_nats::jetstream;
use async_nats::jetstream::stream::Config;
use event_log::conformance::{commit, provider};
use event_log::{AppendError, EventLog, Tail};
use parts::State;
use std::time::Duration;

use super::{GREEN_WITHIN, RED_WITHIN, connected, part, told};
use crate::support::Nats;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_or_is_killed_is_told_of_and_so_is_its_return() {
    let mut nats = Nats::new();
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    told(&mut connection, true, RED_WITHIN).await;
    nats.signal("STOP");
    told(&mut connection, false, RED_WITHIN).await;
    nats.signal("CONT");
    told(&mut connection, true, GREEN_WITHIN).await;
    nats.kill();
    told(&mut connection, false, RED_WITHIN).await;
    nats.start();
    told(&mut connection, true, GREEN_WITHIN).await;
    assert!(part(log.parts(), "log-writer").state().is_well());
    log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    drop(log);
    while connection.changed().await {}
    assert!(!connection.state().is_well(), "it has ended and says so");
}

/// What is refused at the start is seen as well when it is set later, and nothing is written meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_set_while_services_run_is_told_of_and_nothing_is_written_under_it() {
    let nats = Nats::new();
    let log = connected(&nats).await;
    let tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    let mut connection = part(log.parts(), "log-connection");
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let stream = context.get_stream(&nats.config().nats_stream).await.unwrap();
    let kept = stream.cached_info().config.clone();
    context.update_stream(Config { max_age: Duration::from_hours(1), ..kept.clone() }).await.unwrap();
    told(&mut connection, false, RED_WITHIN).await;
    let State::Unwell { why, .. } = connection.state() else { panic!("unwell") };
    assert!(why.contains("set max_age to 0"), "{why}");
    let refused = log.append(&provider(1), tail, &commit(2)).await;
    assert!(matches!(&refused, Err(AppendError::Unavailable(why)) if why.contains("max_age")), "{refused:?}");
    context.update_stream(kept).await.unwrap();
    told(&mut connection, true, GREEN_WITHIN).await;
    assert_eq!(log.append(&provider(1), tail, &commit(2)).await.unwrap().position.0, 2);
}
