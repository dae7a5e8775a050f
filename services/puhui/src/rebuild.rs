//! `puhui rebuild`: the directory's rows built anew, beside those that answer.

use std::time::Duration;

use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{GetProgressRequest, GetProgressResponse, RebuildAction, RebuildRequest, RowsState};
use api::words::Called;
use puhui::print::harmless;
use tonic::transport::Channel;

use crate::args::Rebuild;
use crate::client::{Failure, Servers};
use crate::json;

/// Pause between two looks how far a building is.
const LOOK_PAUSE: Duration = Duration::from_millis(500);

async fn progress(client: &mut RowsServiceClient<Channel>) -> Result<GetProgressResponse, Failure> {
    Ok(client.get_progress(GetProgressRequest {}).await?.into_inner())
}

fn told(now: &GetProgressResponse) -> String {
    let state = match now.state() {
        RowsState::Unspecified => RowsState::CatchingUp.called(),
        told => told.called(),
    };
    let state = format!("{} / {}", state.zh, state.en);
    let mut text = format!(
        "第{}代 generation {}:{state},位置 position {},摘要 digest {}",
        now.generation, now.generation, now.position, now.digest
    );
    let because = |zh: &str, reason: &str| format!("\n{zh} because: {}", harmless(reason));
    for (zh, reason) in [
        ("停止原因 stopped", &now.stopped_because),
        ("启动时重建 dropped at the start", &now.dropped_because),
        ("上次重建失败 the last building failed", &now.building_failed_because),
    ] {
        if !reason.is_empty() {
            text.push_str(&because(zh, reason));
        }
    }
    if let Some(building) = &now.building {
        let paused = if building.paused { "(已暂停 paused)" } else { "" };
        let of_hundred = (100 * building.position).checked_div(building.head).unwrap_or(0).min(100);
        let (at, head) = (building.position, building.head);
        text.push_str(&["\n重建中 building", paused, &format!(":{at}/{head} ({of_hundred} %)")].concat());
    }
    text
}

/// Begins, pauses, resumes or tells.
pub(crate) async fn rebuild(servers: &Servers, asked: Rebuild, as_json: bool) -> Result<(), Failure> {
    let mut client = RowsServiceClient::new(servers.connect("directory").await?);
    let before = progress(&mut client).await?;
    let action = match asked {
        Rebuild::Begin | Rebuild::Wait => Some(RebuildAction::Begin),
        Rebuild::Pause => Some(RebuildAction::Pause),
        Rebuild::Resume => Some(RebuildAction::Resume),
        Rebuild::Status => None,
    };
    if let Some(action) = action {
        client.rebuild(RebuildRequest { action: action.into() }).await?;
    }
    loop {
        let now = progress(&mut client).await?;
        let under_way = asked == Rebuild::Wait && now.generation == before.generation && now.building.is_some();
        if as_json {
            json::print(&now)?;
        } else {
            json::say(&told(&now))?;
        }
        if !under_way {
            let failed = asked == Rebuild::Wait && now.generation == before.generation;
            return if failed { Err(Failure::unavailable(now.building_failed_because)) } else { Ok(()) };
        }
        #[expect(clippy::disallowed_methods, reason = "the building is looked at now and then")]
        tokio::time::sleep(LOOK_PAUSE).await;
    }
}
