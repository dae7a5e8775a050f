//! What the keeper of a service watches: `GET /metrics` in the format of Prometheus, and `GET /health` as JSON with every warning.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use registrar::Outcome;
use tokio::net::TcpListener;
use tonic::Code;

/// What `GET /metrics` answers with.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Bounds of the histogram of commands, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

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

/// The figures of one process. Clones share them.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Figures>);

#[derive(Debug)]
struct Figures {
    registry: Registry,
    commands: Family<OutcomeLabel, Counter>,
    seconds: Histogram,
    log_warning: Gauge,
    log_reachable: Gauge,
    log_position: Gauge,
    directory_serving: Gauge,
    directory_position: Gauge,
    warnings: Mutex<Vec<String>>,
}

impl Metrics {
    /// Figures at their start.
    pub fn new() -> Self {
        let mut figures = Figures {
            registry: Registry::with_prefix("puhui"),
            commands: Family::default(),
            seconds: Histogram::new(SECONDS),
            log_warning: Gauge::default(),
            log_reachable: Gauge::default(),
            log_position: Gauge::default(),
            directory_serving: Gauge::default(),
            directory_position: Gauge::default(),
            warnings: Mutex::default(),
        };
        let registry = &mut figures.registry;
        registry.register("commands", "Commands answered, by outcome", figures.commands.clone());
        registry.register("command_seconds", "Time to answer a command", figures.seconds.clone());
        for (name, help, gauge) in [
            ("log_warning", "1 where a power cut may lose acknowledged commits, as was accepted", &figures.log_warning),
            ("log_reachable", "1 while the log can be reached", &figures.log_reachable),
            ("log_position", "Last position of the log", &figures.log_position),
            ("directory_serving", "1 while the directory's answers are whole", &figures.directory_serving),
            ("directory_position", "Last position the directory has applied", &figures.directory_position),
        ] {
            registry.register(name, help, gauge.clone());
        }
        figures.log_reachable.set(1);
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

    /// Where the log ends, or that it cannot be reached.
    pub fn log_is(&self, position: Option<u64>) {
        self.0.log_reachable.set(position.is_some().into());
        if let Some(position) = position {
            self.0.log_position.set(position.try_into().unwrap_or(i64::MAX));
        }
    }

    /// How far the directory is, and whether it serves.
    pub fn directory_is(&self, serves: bool, position: u64) {
        self.0.directory_serving.set(serves.into());
        self.0.directory_position.set(position.try_into().unwrap_or(i64::MAX));
    }

    pub(crate) fn command(&self, outcome: CommandOutcome, took: Duration) {
        self.0.commands.get_or_create(&OutcomeLabel { outcome: outcome.label() }).inc();
        self.0.seconds.observe(took.as_secs_f64());
    }

    fn warnings(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exposition(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = text::encode(&mut text, &self.0.registry);
        text
    }

    /// `{"status":"ok|warning|failing","warnings":[…]}`.
    fn health(&self) -> String {
        let warnings = self.warnings();
        let status = if self.0.log_reachable.get() == 0 {
            "failing"
        } else if warnings.is_empty() {
            "ok"
        } else {
            "warning"
        };
        serde_json::json!({ "status": status, "warnings": *warnings }).to_string()
    }

    /// Answers on `listener` until the process ends.
    pub async fn serve(self, listener: TcpListener) {
        let health = self.clone();
        let routes = Router::new()
            .route("/metrics", get(|| async move { ([(CONTENT_TYPE, OPENMETRICS)], self.exposition()) }))
            .route("/health", get(|| async move { ([(CONTENT_TYPE, "application/json")], health.health()) }));
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the metrics are served no more");
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
    fn a_warning_and_every_outcome_show() {
        let metrics = Metrics::new();
        assert_eq!(metrics.health(), r#"{"status":"ok","warnings":[]}"#);
        metrics.command(CommandOutcome::Done(Outcome::Recorded), Duration::from_millis(3));
        metrics.command(CommandOutcome::Failed(Code::ResourceExhausted), Duration::from_millis(1));
        metrics.log_is(Some(7));
        metrics.warn("acknowledged before synced");
        assert_eq!(metrics.health(), r#"{"status":"warning","warnings":["acknowledged before synced"]}"#);
        let text = metrics.exposition();
        for line in [
            r#"puhui_commands_total{outcome="recorded"} 1"#,
            r#"puhui_commands_total{outcome="ResourceExhausted"} 1"#,
            "puhui_command_seconds_count 2",
            "puhui_log_warning 1",
            "puhui_log_position 7",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        metrics.log_is(None);
        assert!(metrics.health().contains("failing"));
    }
}
