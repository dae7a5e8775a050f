//! The rules that were adopted, for telling what the codes of a record were called and for deciding it anew.

use api::audit::v1::{self, ReplayRequest};
use api::rules::v1::ListEditionsRequest;
use api::rules::v1::rules_service_client::RulesServiceClient;
use domain::Position;
use event_log::{Recorded, decode};
use prost::Message as _;
use serve::reference::Editions;

use super::replay::for_each_commit;
use crate::client::{Failure, Servers};

/// The byte that names the form of a stored commit.
const FORM: u8 = 1;
/// Editions that are asked for at one time.
const PAGE: u32 = 1000;

/// A commit as it is stored, of what travels.
pub(super) fn recorded(commit: &v1::Commit) -> Result<Recorded, Failure> {
    let position = Position(commit.position);
    // Where it stands is told around it.
    let stored = v1::Commit { position: 0, ..commit.clone() };
    let bytes = [&[FORM], stored.encode_to_vec().as_slice()].concat();
    let of = |error| Failure::refused(format!("位置 position {}: {error}", position.0));
    let (stream, revision, commit) = decode(&bytes).map_err(of)?;
    Ok(Recorded { position, stream, revision, commit })
}

/// The rules after one more commit of theirs.
pub(super) fn then(editions: &Editions, recorded: &Recorded) -> Result<Editions, Failure> {
    editions.then(recorded.position, &recorded.commit).map_err(|error| Failure::refused(error.to_string()))
}

/// Every edition there is. Each is read where it stands, so that nothing is read of all that was recorded between them.
pub(super) async fn editions(servers: &Servers) -> Result<Editions, Failure> {
    let mut client = RulesServiceClient::new(servers.connect("rules").await?);
    let mut positions: Vec<u64> = Vec::new();
    loop {
        let before_position = positions.last().copied().unwrap_or_default();
        let request = ListEditionsRequest { page_size: PAGE, before_position, ..ListEditionsRequest::default() };
        let page = client.list_editions(request).await?.into_inner().editions;
        if page.is_empty() {
            break;
        }
        positions.extend(page.iter().map(|edition| edition.position));
    }
    // One commit may adopt several.
    positions.sort_unstable();
    positions.dedup();
    let mut editions = Editions::default();
    for position in positions {
        let (after_position, until_position) = (position.saturating_sub(1), position);
        let request = ReplayRequest { after_position, until_position, ..ReplayRequest::default() };
        for_each_commit(servers, request, |commit| {
            editions = then(&editions, &recorded(commit)?)?;
            Ok(())
        })
        .await?;
    }
    Ok(editions)
}
