//! What the keeper of a service watches: `GET /metrics` in the format of Prometheus, and `GET /health` as JSON with every
//! warning.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use event_log::EventLog;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use registrar::Outcome;
use tokio::net::TcpListener;
use tonic::Code;
use tonic::codegen::Service;

use crate::door::bounds::METRICS_CONNECTIONS_MAX;
use crate::door::{Answers, Bounds, Door, Protocol};
use crate::health::Parts;

/// What `GET /metrics` answers with.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Bounds of the histogram of commands, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Pause between two questions where the log ends.
const LOG_LOOK_PAUSE: Duration = Duration::from_millis(500);
/// Longest wait for the answer to one.
const LOG_ANSWER_MAX: Duration = Duration::from_secs(5);

/// What became of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CommandOutcome {
    /// It was answered.
    Done(Outcome),
    /// It was answered with an error.
    Failed(Code),
}

impl CommandOutcome {
    fn label(self) -> String {
        match self {
            Self::Done(Outcome::Recorded) => "recorded".to_owned(),
            Self::Done(Outcome::AlreadyRecorded) => "already_recorded".to_owned(),
            Self::Done(Outcome::Validated) => "validated".to_owned(),
            Self::Failed(code) => format!("{code:?}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: String,
}

fn commands_of(commands: &Family<OutcomeLabel, Counter>, outcome: CommandOutcome) -> Counter {
    commands.get_or_create_owned(&OutcomeLabel { outcome: outcome.label() })
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartLabel {
    part: String,
}

/// The figures of one process. Clones share them.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Figures>);

#[derive(Debug)]
struct Figures {
    registry: Registry,
    commands: Family<OutcomeLabel, Counter>,
    /// That of the outcome that most have.
    recorded: Counter,
    seconds: Histogram,
    part_well: Family<PartLabel, Gauge>,
    part_warns: Family<PartLabel, Gauge>,
    calendar_days_ahead: Gauge,
    log_warning: Gauge,
    log_position: Gauge,
    directory_position: Gauge,
    /// How far the directory is.
    directory: AtomicU64,
    /// Where the log ended, and how far the directory was just before that was asked. Held while it is told, so that what is told is of one moment.
    positions: Mutex<Positions>,
    warnings: Mutex<Vec<String>>,
}

/// Positions of one moment.
#[derive(Debug, Clone, Copy, Default)]
struct Positions {
    log: u64,
    directory: u64,
}

impl Metrics {
    /// Figures at their start.
    pub fn new() -> Self {
        let commands = Family::default();
        let mut figures = Figures {
            registry: Registry::with_prefix("puhui"),
            recorded: commands_of(&commands, CommandOutcome::Done(Outcome::Recorded)),
            commands,
            seconds: Histogram::new(SECONDS),
            part_well: Family::default(),
            part_warns: Family::default(),
            calendar_days_ahead: Gauge::default(),
            log_warning: Gauge::default(),
            log_position: Gauge::default(),
            directory_position: Gauge::default(),
            directory: AtomicU64::new(0),
            positions: Mutex::default(),
            warnings: Mutex::default(),
        };
        let registry = &mut figures.registry;
        registry.register("commands", "Commands answered, by outcome", figures.commands.clone());
        registry.register("command_seconds", "Time to answer a command", figures.seconds.clone());
        for (name, help, gauge) in [
            ("log_warning", "1 where a power cut may lose acknowledged commits, as was accepted", &figures.log_warning),
            ("log_position", "Last position of the log", &figures.log_position),
            ("directory_position", "Last position the directory has applied", &figures.directory_position),
            (
                "calendar_days_ahead",
                "Days from today on for which working days are known",
                &figures.calendar_days_ahead,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
        registry.register("part_well", "1 while the part does its work", figures.part_well.clone());
        registry.register("part_warns", "1 while the part does its work and warns", figures.part_warns.clone());
        Self(Arc::new(figures))
    }

    /// A warning that stays as long as the process.
    pub fn warn(&self, warning: &str) {
        self.0.log_warning.set(1);
        self.warnings().push(warning.to_owned());
    }

    /// What could be safer, as long as the process runs.
    pub fn advise(&self, advice: &str) {
        self.warnings().push(advice.to_owned());
    }

    /// Asks the log now and then where it ends, for as long as the process lives. Whether it answers is what its own parts tell.
    pub async fn watch(self, log: impl EventLog) {
        loop {
            // Taken before the log is asked, which then has at least as much, or was cut.
            let directory = self.directory();
            // Where it does not answer, the last answer stands.
            if let Ok(Ok(head)) = tokio::time::timeout(LOG_ANSWER_MAX, log.head()).await {
                *self.positions() = Positions { log: head.0, directory };
            }
            #[expect(clippy::disallowed_methods, reason = "the log is asked now and then")]
            tokio::time::sleep(LOG_LOOK_PAUSE).await;
        }
    }

    fn positions(&self) -> MutexGuard<'_, Positions> {
        self.0.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn directory(&self) -> u64 {
        self.0.directory.load(Ordering::Relaxed)
    }

    /// How far the directory is.
    pub fn directory_is(&self, position: u64) {
        self.0.directory.store(position, Ordering::Relaxed);
    }

    /// For how many days from today on working days are known.
    pub fn calendar_reaches(&self, days: i64) {
        self.0.calendar_days_ahead.set(days);
    }

    pub(crate) fn command(&self, outcome: CommandOutcome, took: Duration) {
        match outcome {
            CommandOutcome::Done(Outcome::Recorded) => self.0.recorded.inc(),
            other => commands_of(&self.0.commands, other).inc(),
        };
        self.0.seconds.observe(took.as_secs_f64());
    }

    fn warnings(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exposition(&self, parts: &Parts) -> String {
        for part in parts.told() {
            let label = PartLabel { part: part.name.to_owned() };
            self.0.part_well.get_or_create(&label).set(part.unwell.is_none().into());
            self.0.part_warns.get_or_create(&label).set(part.warns.is_some().into());
        }
        let positions = self.positions();
        self.0.log_position.set(positions.log.try_into().unwrap_or(i64::MAX));
        self.0.directory_position.set(positions.directory.try_into().unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = text::encode(&mut text, &self.0.registry);
        text
    }

    /// Whether every part is well, and
    /// `{"status":"ok|warning|failing","warnings":[…],"parts":[{"name","well","warns","why","since"}]}`; `why` and `since` (RFC
    /// 3339, UTC) are null for a part that is well and warns of nothing.
    fn health(&self, parts: &Parts) -> (StatusCode, String) {
        let warnings = self.warnings();
        let well = parts.all_well();
        let told = parts.told();
        let status = match (well, warnings.is_empty() && told.iter().all(|part| part.warns.is_none())) {
            (false, _) => "failing",
            (true, false) => "warning",
            (true, true) => "ok",
        };
        let told = told.into_iter().map(|part| {
            let (well, warns) = (part.unwell.is_none(), part.warns.is_some());
            let (why, since) = part.unwell.or(part.warns).unzip();
            serde_json::json!({ "name": part.name, "well": well, "warns": warns, "why": why, "since": since })
        });
        let told: Vec<_> = told.collect();
        let body = serde_json::json!({ "status": status, "warnings": *warnings, "parts": told }).to_string();
        (if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, body)
    }

    /// Answers on `listener` until the process ends: figures, and how `parts` are (200, or 503 where one is not well).
    pub async fn serve(self, listener: TcpListener, parts: Parts) {
        let (health, of) = (self.clone(), parts.clone());
        let pages = Router::new()
            .route("/metrics", get(|| async move { ([(CONTENT_TYPE, OPENMETRICS)], self.exposition(&parts)) }))
            .route(
                "/health",
                get(|| async move {
                    let (status, body) = health.health(&of);
                    (status, [(CONTENT_TYPE, "application/json")], body)
                }),
            );
        let bounds = Bounds {
            connections: METRICS_CONNECTIONS_MAX,
            connections_an_address: METRICS_CONNECTIONS_MAX,
            connections_of_this_machine: METRICS_CONNECTIONS_MAX,
            ..Bounds::new(u64::MAX)
        };
        Door::new(Pages(pages), Protocol::Http1, bounds).serve(listener, std::future::pending(), Duration::ZERO).await;
        tracing::error!("the metrics are served no more");
    }
}

/// The pages of this listener.
#[derive(Debug, Clone)]
struct Pages(Router);

impl Answers for Pages {
    fn answer(&self, request: Request<Body>, _: Instant) -> impl Future<Output = Response<Body>> + Send + 'static {
        let answering = self.0.clone().call(request);
        async move {
            match answering.await {
                Ok(answer) => answer,
                Err(never) => match never {},
            }
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_a_sick_part_and_every_outcome_show() {
        let metrics = Metrics::new();
        let writer = parts::Part::new("log-writer");
        let parts = Parts::new(vec![("a.Service", vec![writer.watch()])], vec![]);
        let well = r#"[{"name":"log-writer","since":null,"warns":false,"well":true,"why":null}]"#;
        let health = format!(r#"{{"parts":{well},"status":"ok","warnings":[]}}"#);
        assert_eq!(metrics.health(&parts), (StatusCode::OK, health));
        metrics.command(CommandOutcome::Done(Outcome::Recorded), Duration::from_millis(3));
        metrics.command(CommandOutcome::Failed(Code::ResourceExhausted), Duration::from_millis(1));
        *metrics.positions() = Positions { log: 7, directory: 6 };
        metrics.warn("acknowledged before synced");
        let health = format!(r#"{{"parts":{well},"status":"warning","warnings":["acknowledged before synced"]}}"#);
        assert_eq!(metrics.health(&parts), (StatusCode::OK, health));
        let text = metrics.exposition(&parts);
        for line in [
            r#"puhui_commands_total{outcome="recorded"} 1"#,
            r#"puhui_commands_total{outcome="ResourceExhausted"} 1"#,
            "puhui_command_seconds_count 2",
            "puhui_log_warning 1",
            "puhui_log_position 7",
            "puhui_directory_position 6",
            r#"puhui_part_well{part="log-writer"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        writer.warns("the disk fills");
        let (status, health) = metrics.health(&parts);
        assert!(status == StatusCode::OK && health.contains(r#""warns":true,"well":true"#), "{health}");
        assert!(metrics.exposition(&parts).contains(r#"puhui_part_warns{part="log-writer"} 1"#));
        writer.unwell("the disk is full");
        let (status, health) = metrics.health(&parts);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            health.contains(r#""status":"failing""#)
                && health.contains(r#"登记簿不能写入 / the log takes no commits: the disk is full""#),
            "{health}"
        );
        assert!(metrics.exposition(&parts).contains(r#"puhui_part_well{part="log-writer"} 0"#));
    }

    /// The log is asked now and then, and the directory follows it at once: it is told as it was when the log was asked.
    #[test]
    fn no_scrape_tells_of_a_directory_ahead_of_its_log() {
        let (metrics, parts) = (Metrics::new(), Parts::new(vec![], vec![]));
        metrics.directory_is(6);
        let directory = metrics.directory();
        *metrics.positions() = Positions { log: 7, directory };
        metrics.directory_is(9);
        let text = metrics.exposition(&parts);
        for line in ["puhui_log_position 7", "puhui_directory_position 6"] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
