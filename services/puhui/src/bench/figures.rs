//! Samples, their medians, and how they are told.

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use crate::client::Failure;

/// Paced work under way or next to be begun; where more would be, the rate that is told falls.
const PACED_MAX: usize = 2_000;

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

    /// What it says by itself.
    pub(crate) fn figure(&self) -> Figure {
        Figure::of([self])
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

/// Begins `work` at a steady rate, whether what was begun before has ended or not; each is timed from its own
/// beginning, so that the timer's millisecond is not in it.
pub(crate) async fn paced<F>(a_second: u32, count: u32, work: impl Fn() -> F) -> Result<Sample, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let started = tokio::time::Instant::now();
    let each = (0..count).map(|index| {
        let due = started + Duration::from_secs(1) * index / a_second;
        let work = &work;
        async move {
            tokio::time::sleep_until(due).await;
            let began = Instant::now();
            work().await.map(|()| began.elapsed())
        }
    });
    // Those that are not due yet wait beside those that are.
    let waits: Vec<Duration> = stream::iter(each).buffer_unordered(PACED_MAX).try_collect().await?;
    Ok(Sample::new(count, started.elapsed(), waits))
}

/// The median rate of some rounds, and how long each piece of work took over all of them, in milliseconds.
pub(crate) struct Figure {
    rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Figure {
    pub(crate) fn of<'a>(samples: impl IntoIterator<Item = &'a Sample> + Clone) -> Self {
        let mut waits: Vec<Duration> =
            samples.clone().into_iter().flat_map(|sample| sample.waits.iter().copied()).collect();
        waits.sort_unstable();
        Self {
            rate: median(samples.into_iter().map(|sample| sample.rate).collect()),
            p50: percentile(&waits, 50),
            p99: percentile(&waits, 99),
            max: percentile(&waits, 100),
        }
    }
}

/// A figure beside the limit it is held against.
pub(crate) struct Measurement {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) limit_name: String,
    pub(crate) settings: String,
    ours: Figure,
    limit: Figure,
    /// Seconds of processor time each process took in our rounds.
    cpu: Vec<(String, f64)>,
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
    /// Medians of the rounds; percentiles over all of them.
    pub(crate) fn of(
        (name, unit): (&'static str, &'static str),
        ours: &[Sample],
        (limit_name, limits): (&str, &[Sample]),
        settings: &str,
    ) -> Self {
        Self {
            name,
            unit,
            limit_name: limit_name.to_owned(),
            settings: settings.to_owned(),
            ours: Figure::of(ours),
            limit: Figure::of(limits),
            cpu: Vec::new(),
        }
    }

    /// The median rate of some rounds and the waits in them, in words.
    pub(crate) fn rates(samples: &[Sample]) -> String {
        let figure = Figure::of(samples);
        format!("{:.0}/s, p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms", figure.rate, figure.p50, figure.p99, figure.max)
    }

    /// With the processor time of each process in our rounds.
    pub(crate) fn with_cpu(mut self, cpu: Vec<(String, f64)>) -> Self {
        self.cpu = cpu;
        self
    }

    /// One line for people, or one object.
    pub(crate) fn print(&self, as_json: bool) -> Result<(), Failure> {
        let (ours, limit) = (&self.ours, &self.limit);
        let ratio = ours.rate / limit.rate.max(1e-9);
        if as_json {
            let cpu: serde_json::Map<String, serde_json::Value> =
                self.cpu.iter().map(|(process, seconds)| (process.clone(), json!(seconds))).collect();
            let line = json!({
                "name": self.name, "figure": ours.rate, "unit": self.unit, "limit": limit.rate,
                "limit_name": self.limit_name, "ratio": ratio,
                "p50_ms": ours.p50, "p99_ms": ours.p99, "max_ms": ours.max,
                "limit_p50_ms": limit.p50, "limit_p99_ms": limit.p99, "limit_max_ms": limit.max,
                "cpu_s": cpu, "settings": self.settings,
            });
            return crate::json::say(&line.to_string());
        }
        let cpu: Vec<String> = self.cpu.iter().map(|(process, seconds)| format!("{process} {seconds:.2} s")).collect();
        crate::json::say(&format!(
            "{}: {:.0} {} against {:.0} ({}), ratio {ratio:.2}\n    p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms; the limit's p50 \
             {:.2} ms, p99 {:.2} ms, max {:.2} ms\n    {}{}{}",
            self.name,
            ours.rate,
            self.unit,
            limit.rate,
            self.limit_name,
            ours.p50,
            ours.p99,
            ours.max,
            limit.p50,
            limit.p99,
            limit.max,
            self.settings,
            if cpu.is_empty() { "" } else { "; processor time: " },
            cpu.join(", "),
        ))
    }
}

/// A figure that is to stay below a bound, and the waits that it was taken from.
pub(crate) struct Bound<'a> {
    pub(crate) name: &'static str,
    pub(crate) figure: f64,
    pub(crate) unit: &'static str,
    /// The most that it may be.
    pub(crate) limit: f64,
    pub(crate) limit_name: String,
    pub(crate) of: &'a Figure,
    pub(crate) settings: &'a str,
}

impl Bound<'_> {
    /// One line for people, or one object.
    pub(crate) fn print(&self, as_json: bool) -> Result<(), Failure> {
        let Self { name, figure, unit, limit, limit_name, of, settings } = self;
        let Figure { p50, p99, max, .. } = of;
        let held = figure <= limit;
        // Nothing that is to be nothing, and is, is neither more nor less of it.
        let ratio = if *limit > 0.0 { figure / limit } else { *figure };
        if as_json {
            let line = json!({
                "name": name, "figure": figure, "unit": unit, "limit": limit, "limit_name": limit_name, "ratio": ratio,
                "held": held, "p50_ms": p50, "p99_ms": p99, "max_ms": max, "settings": settings,
            });
            return crate::json::say(&line.to_string());
        }
        crate::json::say(&format!(
            "{name}: {figure:.2} {unit}, at most {limit} ({limit_name}): {}\n    p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.2} \
             ms\n    {settings}",
            if held { "held" } else { "NOT HELD" },
        ))
    }
}
