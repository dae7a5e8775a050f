//! `puhui replay`: every commit of the log.

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{Commit, ReplayRequest};

use super::resume;
use crate::args::Replay;
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui replay`.
pub(crate) async fn replay(servers: &Servers, replay: Replay) -> Result<(), Failure> {
    let request = ReplayRequest {
        after_position: replay.after,
        until_position: replay.until,
        provider_id: replay.provider,
        operator_code: String::new(),
        bureau_id: replay.bureau,
        event_names: replay.events,
    };
    for_each_commit(servers, request, json::print).await
}

/// Hands every commit of a replay to `take`. Where the server ends it before its time, the failure says from where to go on.
pub(crate) async fn for_each_commit(
    servers: &Servers,
    request: ReplayRequest,
    mut take: impl FnMut(&Commit) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut client = AuditServiceClient::new(servers.connect("audit").await?);
    let mut told = request.after_position;
    let mut commits = client.replay(request).await?.into_inner();
    loop {
        let Some(answer) = commits.message().await.map_err(|status| resume::after(status, told))? else {
            return Ok(());
        };
        if let Some(commit) = &answer.commit {
            take(commit)?;
            told = commit.position;
        }
    }
}
