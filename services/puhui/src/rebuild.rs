//! `puhui rebuild`: the directory's rows built anew, beside those that answer.

use std::time::Duration;

use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{Building, GetProgressRequest, GetProgressResponse, RebuildAction, RebuildRequest, RowsState};
use api::words::Called;
use puhui::print::harmless;
use tonic::transport::Channel;

use crate::args::Rebuild;
use crate::client::{Failure, Servers};
use crate::json;

/// Pause between two looks how far a building is.
const LOOK_PAUSE: Duration = Duration::from_millis(500);
/// Looks that find a building where it was before the wait is given up: two minutes.
const STILL_LOOKS_MAX: u32 = 240;

async fn progress(client: &mut RowsServiceClient<Channel>) -> Result<GetProgressResponse, Failure> {
    Ok(client.get_progress(GetProgressRequest {}).await?.into_inner())
}

fn told(now: &GetProgressResponse) -> String {
    let state = match now.state() {
        RowsState::Unspecified => RowsState::CatchingUp.called(),
        told => told.called(),
    };
    let mut text = format!(
        "第{}代 generation {}:{} / {},位置 position {},摘要 digest {}",
        now.generation, now.generation, state.zh, state.en, now.position, now.digest
    );
    for (what, reason) in [
        ("\n停止原因 stopped", &now.stopped_because),
        ("\n启动时重建 dropped at the start", &now.dropped_because),
        ("\n上次重建失败 the last building failed", &now.building_failed_because),
    ] {
        if !reason.is_empty() {
            text.push_str(&[what, " because: ", &harmless(reason)].concat());
        }
    }
    if let Some(building) = &now.building {
        text.push('\n');
        text.push_str(&how_far(building));
    }
    text
}

/// A building in a line.
fn how_far(building: &Building) -> String {
    let paused = if building.paused { "(已暂停 paused)" } else { "" };
    let (at, head) = (building.position, building.head);
    format!("重建中 building{paused}:{at}/{head} ({} %)", of_hundred(building))
}

fn of_hundred(building: &Building) -> u64 {
    (100 * building.position).checked_div(building.head).unwrap_or(0).min(100)
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
    let ended = if asked == Rebuild::Wait { wait(&mut client, &before, as_json).await } else { Ok(()) };
    let now = progress(&mut client).await?;
    if as_json {
        json::print(&now)?;
    } else {
        json::say(&told(&now))?;
    }
    ended
}

/// Looks until the building has taken over. It is told how far it is where that has changed: people on standard error, programs in lines
/// of their own.
async fn wait(
    client: &mut RowsServiceClient<Channel>,
    before: &GetProgressResponse,
    as_json: bool,
) -> Result<(), Failure> {
    let (mut last, mut still): (Option<Building>, u32) = (None, 0);
    loop {
        let now = progress(client).await?;
        if let Some(outcome) = outcome(before.generation, &now) {
            return outcome;
        }
        let building = now.building.clone().unwrap_or_default();
        let of = last.as_ref().map(|last| (last.head > 0, of_hundred(last)));
        if of != Some((building.head > 0, of_hundred(&building))) {
            if as_json { json::print(&now)? } else { json::note(&how_far(&building)) }
        }
        still = if last.as_ref() == Some(&building) { still + 1 } else { 0 };
        if still == STILL_LOOKS_MAX {
            return Err(Failure::unavailable(format!(
                "重建两分钟没有进展 / no progress in two minutes: {}",
                told(&now)
            )));
        }
        last = Some(building);
        #[expect(clippy::disallowed_methods, reason = "the building is looked at now and then")]
        tokio::time::sleep(LOOK_PAUSE).await;
    }
}

/// What became of a building that was begun at `generation`; `None` while it is under way.
fn outcome(generation: u32, now: &GetProgressResponse) -> Option<Result<(), Failure>> {
    if now.generation != generation {
        return Some(Ok(()));
    }
    match &now.building {
        Some(building) if building.paused => Some(Err(Failure::refused(format!(
            "{};不会自行继续,`puhui rebuild resume` 继续 / it is paused and will not go on by itself",
            how_far(building)
        )))),
        Some(_) => None,
        None if now.building_failed_because.is_empty() => {
            Some(Err(Failure::unavailable("重建未完成,也不再进行 / the building is neither done nor under way")))
        }
        None => {
            let why = harmless(&now.building_failed_because);
            Some(Err(Failure::unavailable(format!("重建失败 / the building failed: {why}"))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_the_building_takes_over_is_paused_or_failed() {
        let building = Building { position: 30, head: 120, ..Building::default() };
        let under_way = GetProgressResponse { generation: 2, building: Some(building), ..Default::default() };
        assert!(outcome(2, &under_way).is_none());
        assert!(outcome(1, &under_way).is_some_and(|outcome| outcome.is_ok()));
        let paused = GetProgressResponse { building: Some(Building { paused: true, ..building }), ..under_way.clone() };
        let told = outcome(2, &paused).and_then(Result::err).unwrap();
        assert_eq!(told.exit_code(), 1);
        assert!(told.to_string().contains("30/120 (25 %)") && told.to_string().contains("rebuild resume"), "{told}");
        let failed =
            GetProgressResponse { building: None, building_failed_because: "no space".to_owned(), ..under_way };
        let told = outcome(2, &failed).and_then(Result::err).unwrap();
        assert_eq!(told.exit_code(), 3);
        assert!(told.to_string().ends_with("no space"), "{told}");
    }
}
