//! Samples, their medians, and how they are told.

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use crate::client::Failure;

/// One round.
pub(crate) struct Sample {
    rate: f64,
    waits: Vec<Duration>,
}

impl Sample {
    /// `count` of something in `elapsed`, with the time each took.
    pub(crate) fn new(count: u32, elapsed: Duration, waits: Vec<Duration>) -> Self {
        Self { rate: f64::from(count) / elapsed.as_secs_f64().max(1e-9), waits }
    }
}

/// Does `work` `count` times, `in_flight` at a time.
pub(crate) async fn sampled<F>(count: u32, in_flight: u32, work: impl Fn() -> F) -> Result<Sample, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let started = Instant::now();
    let each = (0..count).map(|_| async {
        let began = Instant::now();
        work().await.map(|()| began.elapsed())
    });
    let in_flight = usize::try_from(in_flight).unwrap_or(1);
    let waits: Vec<Duration> = stream::iter(each).buffer_unordered(in_flight).try_collect().await?;
    Ok(Sample::new(count, started.elapsed(), waits))
}

/// A figure beside the limit it is held against.
pub(crate) struct Measurement {
    name: &'static str,
    unit: &'static str,
    figure: f64,
    limit: f64,
    limit_name: String,
    p50: f64,
    p99: f64,
    max: f64,
    settings: String,
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// The wait that this many of a hundred do not exceed, in milliseconds.
fn percentile(waits: &[Duration], percent: usize) -> f64 {
    let index = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
    waits.get(index).map_or(0.0, |wait| wait.as_secs_f64() * 1000.0)
}

impl Measurement {
    /// Medians of the rounds; percentiles over all of ours.
    pub(crate) fn of(
        name: &'static str,
        unit: &'static str,
        ours: &[Sample],
        limit_name: &str,
        limits: &[Sample],
        settings: String,
    ) -> Self {
        let mut waits: Vec<Duration> = ours.iter().flat_map(|sample| sample.waits.iter().copied()).collect();
        waits.sort_unstable();
        Self {
            name,
            unit,
            figure: median(ours.iter().map(|sample| sample.rate).collect()),
            limit: median(limits.iter().map(|sample| sample.rate).collect()),
            limit_name: limit_name.to_owned(),
            p50: percentile(&waits, 50),
            p99: percentile(&waits, 99),
            max: percentile(&waits, 100),
            settings,
        }
    }

    /// One line for people, or one object.
    pub(crate) fn print(&self, as_json: bool) -> Result<(), Failure> {
        let ratio = self.figure / self.limit.max(1e-9);
        if as_json {
            let line = json!({
                "name": self.name, "figure": self.figure, "unit": self.unit, "limit": self.limit,
                "limit_name": self.limit_name, "ratio": ratio, "p50_ms": self.p50, "p99_ms": self.p99, "max_ms": self.max,
                "settings": self.settings,
            });
            return crate::json::say(&line.to_string());
        }
        crate::json::say(&format!(
            "{}: {:.0} {} against {:.0} ({}), ratio {ratio:.2}; p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms; {}",
            self.name, self.figure, self.unit, self.limit, self.limit_name, self.p50, self.p99, self.max, self.settings
        ))
    }
}
