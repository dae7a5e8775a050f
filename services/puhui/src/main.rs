//! The command `puhui`: the registry's services in one process or one by one, and what people do with them from a terminal.
//!
//! Exit codes: 0 done, 1 refused, not found, or rows of a list sent back or waiting for answers, 2 wrong usage, 3 unavailable, outcome unknown, or ended by a signal before it was done.

mod args;
mod ask;
mod bench;
mod call;
mod client;
mod confirm;
mod copied;
mod data;
mod demo;
mod failure;
mod host;
mod import;
mod json;
mod listening;
mod log;
mod named_file;
mod rebuild;
mod request_key;
mod rules;
mod scratch;
mod serving;
mod signals;
mod snapshot;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;
use tokio::runtime::Builder;

use args::{Arguments, Measure, Task};
use client::Failure;

/// Longest wait at the end for threads that are still at work.
const THREADS_END_MAX: Duration = Duration::from_secs(5);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    use_small_pages();
    // A start of this program by itself, to look at rows that may be damaged.
    if let Some(code) = directory::check_rows_if_asked() {
        return code;
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version come this way too.
            if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                json::note("puhui:命令行有误,见下,用法以 --help 查看 / the words of the command line are wrong:");
            }
            error.exit()
        }
    };
    // Kept to the end: what was logged last is written before the process is gone.
    let _telemetry = serve::telemetry::start();
    // These benches only call: on one thread they take less of the processors that they share with what is measured.
    let one_thread =
        matches!(&arguments.task, Task::Bench(bench) if matches!(bench.measure, Measure::Commands | Measure::Rebuild));
    let mut builder = if one_thread { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&Failure::unavailable(error.to_string())),
    };
    let outcome = runtime.block_on(run(arguments));
    // What a thread still does, such as writing to a pipe that nobody reads, is not waited for without end.
    runtime.shutdown_timeout(THREADS_END_MAX);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

/// A huge page is made whole, and given back whole, for what takes a part of it: the registry's memory grows and falls in small pieces, took a
/// fifth more with them, and its writer spent a quarter of its time on filling them with zeros.
fn use_small_pages() {
    // A kernel without huge pages has nothing to leave.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    signals::outlive_file_size_limit()?;
    let Arguments { servers, json, task } = arguments;
    let ask = || client::Servers::new(&servers);
    match task {
        Task::Serve(serve) => serving::run(serve).await,
        Task::Demo(demo) => demo::run(demo).await,
        Task::Import(list) => import::run(&ask()?, &list, json).await,
        Task::Provider { what } => ask::provider(&ask()?, what, json).await,
        Task::Search(search) => ask::search(&ask()?, search, json).await,
        Task::Plaque { number, as_of } => ask::plaque(&ask()?, number, as_of, json).await,
        Task::ConfirmCode(asked) => confirm::run(&ask()?, asked, json).await,
        Task::Tasks(tasks) => ask::tasks(&ask()?, tasks, json).await,
        Task::Stats(stats) => ask::stats(&ask()?, stats, json).await,
        Task::Watch(watch) => ask::watch(&ask()?, watch).await,
        Task::Replay(replay) if replay.check => ask::check(&ask()?, &replay, json).await,
        Task::Replay(replay) => ask::replay(&ask()?, replay).await,
        Task::Call { method, message } => call::run(&ask()?, &method, &message).await,
        Task::Health { service } => ask::health(&ask()?, &service).await,
        Task::Bench(bench) => bench::run(&bench, json).await,
        Task::Rebuild { action } => rebuild::rebuild(&ask()?, action, json).await,
        Task::Snapshot { what } => snapshot::snapshot(what, json).await,
        Task::Rules { what } => rules::run(&servers, what, json).await,
        Task::Dump { folder } => snapshot::dump(&folder).await,
        Task::Log { what } => {
            let Some(place) = what.place().cloned() else { return log::run(what, json).await };
            log::can_be(&place)?;
            data::log_in_place(&place)?;
            log::run(what, json).await.map_err(|failure| data::log_explained(&place, failure))
        }
    }
}

fn report(failure: &Failure) -> ExitCode {
    let code = failure.exit_code();
    if code != 0 {
        json::note(&format!("puhui: {}", failure.told()));
    }
    ExitCode::from(code)
}
