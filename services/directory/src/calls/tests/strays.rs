//! A provider's commits follow one another: rows stop before one that does not, and go on once it was set aside on record.

use std::time::Duration;

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::{Commit, Event, MessageSetAside, Position, RequestId, Revision, StreamId};
use event_log::{EventLog, Inspect, Tail, encode};
use projection::Health;
use tonic::Request;

use crate::world::{World, id, registered, text};

const LONGEST: Duration = Duration::from_secs(20);

async fn digest(world: &World) -> String {
    let request = v1::GetStatisticsRequest::default();
    world.directory().await.get_statistics(Request::new(request)).await.unwrap().into_inner().digest
}

#[tokio::test]
async fn a_revision_that_does_not_follow_stops_the_rows_until_it_is_set_aside() {
    let mut world = World::new();
    world.add(1, vec![registered("甲", "321003005007")]).await;
    let stream = StreamId::Provider(id(1));
    let first = world.log.load(&stream).await.unwrap()[0].commit.clone();
    // Its own first commit once more, under another id.
    let again = Commit { id: RequestId::from_bytes([7; 16]), ..first.clone() };
    world.log.publish(&stream, encode(&stream, Revision(1), &again));
    world.add(2, vec![registered("乙", "321003005007")]).await;
    let mut progress = world.started.progress();
    let stopped = |health: &Health| matches!(health, Health::Stopped { reason } if reason.contains("position 2") && reason.contains("revision 2 follows"));
    let stops = progress.wait_for(|now| stopped(&now.health) && now.cursor == Position(1));
    tokio::time::timeout(LONGEST, stops).await.unwrap().unwrap();

    let inspected = world.log.inspect(Position(2)).await.unwrap().unwrap();
    let aside = MessageSetAside {
        position: Position(2),
        sha256: inspected.sha256(),
        reason: text("误发"),
        document_number: text("扬数〔2026〕3号"),
    };
    let commit = Commit { id: RequestId::from_bytes([8; 16]), events: vec![Event::from(aside)], ..first };
    world.log.append(&StreamId::Log, Tail::default(), &commit).await.unwrap();
    let goes_on = progress.wait_for(|now| now.health == Health::Live && now.cursor == Position(4));
    tokio::time::timeout(LONGEST, goes_on).await.unwrap().unwrap();
    world.add(1, vec![registered("甲", "321003005007")]).await;
    let before = digest(&world).await;
    assert_eq!(digest(&world.restart(false).await).await, before);
}
