//! `puhui replay`: every commit of the log.

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{Commit, ReplayRequest, SetAside};

use super::resume;
use crate::args::Replay;
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui replay`. That there was nothing to tell is said; where something was asked for and nothing fits it, that is a "no".
pub(crate) async fn replay(servers: &Servers, replay: Replay) -> Result<(), Failure> {
    let wanted = !(replay.provider.is_empty() && replay.bureau.is_empty() && replay.events.is_empty());
    let after = replay.after;
    let request = ReplayRequest {
        after_position: replay.after,
        until_position: replay.until,
        provider_id: replay.provider,
        operator_code: String::new(),
        bureau_id: replay.bureau,
        event_names: replay.events,
    };
    let mut nothing = true;
    let print = |what: What<'_>| {
        nothing = false;
        match what {
            What::Commit(commit) => json::print(commit),
            // Without it, its position would seem to be missing.
            What::SetAside(aside) => json::say(&format!("{{\"set_aside\":{}}}", json::line(aside)?)),
        }
    };
    let reached = for_each(servers, request, print).await?;
    if nothing && wanted {
        let (zh, en) = ("没有符合条件的提交,已查至位置", "no commit fits, up to position");
        return Err(Failure::refused(format!("{zh} {reached} / {en} {reached}")));
    }
    if nothing {
        json::note(&format!("位置 {after} 之后没有提交 / there are no commits after position {after}"));
    }
    Ok(())
}

/// What stands at a position.
enum What<'a> {
    Commit(&'a Commit),
    SetAside(&'a SetAside),
}

/// Hands every commit of a replay to `take`. Where the server ends it before its time, the failure says from where to go on.
pub(crate) async fn for_each_commit(
    servers: &Servers,
    request: ReplayRequest,
    mut take: impl FnMut(&Commit) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let take = |what: What<'_>| match what {
        What::Commit(commit) => take(commit),
        What::SetAside(_) => Ok(()),
    };
    for_each(servers, request, take).await.map(drop)
}

/// Hands on what stands at each position, and returns up to which one was looked.
async fn for_each(
    servers: &Servers,
    request: ReplayRequest,
    mut take: impl FnMut(What<'_>) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let mut client = AuditServiceClient::new(servers.connect("audit").await?);
    let mut told = request.after_position;
    let mut commits = client.replay(request).await?.into_inner();
    loop {
        let Some(answer) = commits.message().await.map_err(|status| resume::after(status, told))? else {
            return Ok(told);
        };
        answer.commits.iter().try_for_each(|commit| take(What::Commit(commit)))?;
        if let Some(aside) = &answer.set_aside {
            take(What::SetAside(aside))?;
        }
        told = answer.reached_position;
    }
}
