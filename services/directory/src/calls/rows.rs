//! The rows themselves, for those who run a directory: how far they are, and building them anew.

use api::directory::v1;
use api::directory::v1::rows_service_server::RowsService;
use domain::Instant;
use event_log::LogId;
use projection::{Health, NotKept, Reader};
use serve::{Fields, UnknownCodes};
use tonic::{Code, Request, Response, Status as Answer};

use super::fresh::moment_ms;

/// What can be asked of a building.
const ACTIONS: [v1::RebuildAction; 3] = [v1::RebuildAction::Begin, v1::RebuildAction::Pause, v1::RebuildAction::Resume];

/// Answers about the rows.
#[derive(Debug, Clone)]
pub struct Maintenance {
    log_id: LogId,
    reader: Reader,
    clock: fn() -> Instant,
}

impl Maintenance {
    pub(crate) fn new(log_id: LogId, reader: Reader, clock: fn() -> Instant) -> Self {
        Self { log_id, reader, clock }
    }

    fn progress(&self) -> v1::GetProgressResponse {
        use v1::RowsState::{CatchingUp, Live, LogAway, Stopped};

        let progress = self.reader.progress().borrow().clone();
        let (state, stopped_because) = match progress.health {
            Health::CatchingUp => (CatchingUp, String::new()),
            Health::Live => (Live, String::new()),
            Health::LogAway => (LogAway, String::new()),
            Health::Stopped { reason } => (Stopped, reason),
        };
        let (building, failed) = self.reader.building();
        let rows = self.reader.rows();
        let snapshot = rows.snapshot();
        v1::GetProgressResponse {
            position: snapshot.position().0,
            state: state.into(),
            stopped_because,
            generation: self.reader.generation(),
            dropped_because: rows.dropped_because().unwrap_or_default().to_owned(),
            building: building.map(|building| v1::Building {
                position: building.cursor.map_or(0, |cursor| cursor.0),
                head: building.head.map_or(0, |head| head.0),
                paused: building.paused,
                held_up_because: building.held_up.unwrap_or_default(),
            }),
            building_failed_because: failed.unwrap_or_default(),
            true_at_ms: moment_ms(self.clock, progress.current),
            digest: snapshot.digest().hex(),
            unconfirmed: progress.unconfirmed,
            log_id: self.log_id.to_string(),
        }
    }
}

#[tonic::async_trait]
impl RowsService for Maintenance {
    async fn get_progress(
        &self,
        _: Request<v1::GetProgressRequest>,
    ) -> Result<Response<v1::GetProgressResponse>, Answer> {
        Ok(Response::new(self.progress()))
    }

    async fn rebuild(&self, request: Request<v1::RebuildRequest>) -> Result<Response<v1::RebuildResponse>, Answer> {
        let action = request.into_inner().action;
        let known = ACTIONS.map(|action| (action.into(), action.as_str_name(), action));
        let missing =
            domain::Invalid {
                rule: "REQUIRED", zh: "请选择开始、暂停或继续", en: "one of begin, pause and resume"
            };
        let mut fields = Fields::new();
        fields.checked("action", if action == 0 { Err(missing) } else { Ok(()) });
        fields.finish(Some(()))?;
        let mut unknown = UnknownCodes::new();
        let action = unknown.number("action", action, &known);
        let action = action.ok_or_else(|| unknown.refusal().unwrap_or_else(|| serve::invalid_argument(&[])))?;
        let paused = match action {
            v1::RebuildAction::Pause => true,
            v1::RebuildAction::Resume => false,
            v1::RebuildAction::Begin | v1::RebuildAction::Unspecified => {
                let begun = self.reader.rebuild().map_err(|NotKept| {
                    let (zh, en) =
                        ("名录数据的更新已结束,无法重建", "nobody applies the log any more, so nothing can be built");
                    serve::status::reasoned(Code::FailedPrecondition, "ROWS_NOT_KEPT", zh, en)
                });
                return begun.map(|changed| Response::new(v1::RebuildResponse { changed }));
            }
        };
        let there = self.reader.pause(paused).map_err(|error| {
            tracing::error!(%error, "a building could not be paused or resumed");
            serve::status::reasoned(
                Code::Internal,
                "PAUSE_NOT_KEPT",
                "暂停或继续未能保存",
                "the pause could not be kept",
            )
        })?;
        if !there {
            let (zh, en) = ("当前没有正在进行的重建", "nothing is being built");
            return Err(serve::status::reasoned(Code::FailedPrecondition, "NOT_BUILDING", zh, en));
        }
        Ok(Response::new(v1::RebuildResponse { changed: true }))
    }
}
