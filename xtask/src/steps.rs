//! Steps that run one after another, each under a heading and with its duration, up to the first that fails.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// The steps done so far, of a number known beforehand.
pub(crate) struct Steps {
    total: usize,
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// No step done yet, of `total`.
    pub(crate) fn of(total: usize) -> Self {
        Self { total, done: Vec::with_capacity(total) }
    }

    /// Runs one step. Its failure names the step, and is meant to end the run.
    pub(crate) fn run(&mut self, title: &'static str, step: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let place = format!("{}/{}", self.done.len() + 1, self.total);
        println!("\n== {place} {title}");
        let start = Instant::now();
        let outcome = step();
        let duration = start.elapsed();
        match outcome {
            Ok(()) => {
                println!("-- {place} {title}: done in {}", seconds(duration));
                self.done.push((title, duration));
                Ok(())
            }
            Err(reason) => Err(format!(
                "step {place}, {title}, failed after {}: {reason}. Nothing after it was run.",
                seconds(duration)
            )),
        }
    }

    /// What took how long.
    pub(crate) fn table(&self) -> String {
        table(&self.done)
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn table(rows: &[(&str, Duration)]) -> String {
    let total: Duration = rows.iter().map(|(_, duration)| duration).sum();
    let width = rows.iter().map(|(title, _)| title.len()).max().unwrap_or(0).max("total".len());
    let mut text = String::new();
    for (title, duration) in rows.iter().copied().chain([("total", total)]) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{title:width$}  {:>9}", seconds(duration));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lines_up_and_ends_in_the_total() {
        let rows = [("format", Duration::from_millis(1250)), ("documentation", Duration::from_secs(100))];
        let expected = "\
format             1.2 s
documentation    100.0 s
total            101.2 s
";
        assert_eq!(table(&rows), expected);
    }

    #[test]
    fn an_empty_table_is_only_a_total() {
        assert_eq!(table(&[]), "total      0.0 s\n");
    }

    #[test]
    fn a_step_that_fails_is_named_and_not_counted_as_done() {
        let mut steps = Steps::of(2);
        assert_eq!(steps.run("first", || Ok(())), Ok(()));
        let reason = steps.run("second", || Err("`tool` ended with 1".to_owned())).unwrap_err();
        assert!(reason.starts_with("step 2/2, second, failed after"), "{reason}");
        assert!(reason.contains("`tool` ended with 1"), "{reason}");
        assert_eq!(steps.done.len(), 1);
    }
}
