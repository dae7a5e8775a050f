//! The command `puhui`: the registry's services in one process or one by one, and what people do with them from a terminal.
//!
//! Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 unavailable or outcome unknown.

mod args;
mod ask;
mod bench;
mod call;
mod client;
mod demo;
mod import;
mod json;
mod log;
mod rows;
mod serving;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use args::{Arguments, Measure, Task};
use client::Failure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    serve::telemetry::start();
    // These benches only call: on one thread they take less of the processors that they share with what is measured.
    let one_thread =
        matches!(&arguments.task, Task::Bench(bench) if matches!(bench.measure, Measure::Commands | Measure::Rebuild));
    let mut builder = if one_thread { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&Failure::unavailable(error.to_string())),
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { servers, json, task } = arguments;
    let ask = || client::Servers::new(&servers);
    match task {
        Task::Serve(serve) => serving::run(serve).await,
        Task::Demo(demo) => demo::run(demo).await,
        Task::Import(list) => import::run(&ask()?, &list, json).await,
        Task::Provider { what } => ask::provider(&ask()?, what, json).await,
        Task::Search(search) => ask::search(&ask()?, search, json).await,
        Task::Plaque { number, as_of } => ask::plaque(&ask()?, number, as_of, json).await,
        Task::Tasks(tasks) => ask::tasks(&ask()?, tasks, json).await,
        Task::Stats(stats) => ask::stats(&ask()?, stats, json).await,
        Task::Watch(watch) => ask::watch(&ask()?, watch).await,
        Task::Replay(replay) => ask::replay(&ask()?, replay).await,
        Task::Call { method, message } => call::run(&ask()?, &method, &message).await,
        Task::Health { service } => ask::health(&ask()?, &service).await,
        Task::Bench(bench) => bench::run(&bench, json).await,
        Task::Rebuild { action } => rows::rebuild(&ask()?, action, json).await,
        Task::Snapshot { what } => rows::snapshot(&what, json),
        Task::Log { what } => log::run(what, json).await,
        Task::Dump { folder } => serving::dump(&folder),
    }
}

fn report(failure: &Failure) -> ExitCode {
    let code = failure.exit_code();
    if code != 0 {
        eprintln!("puhui: {failure}");
    }
    ExitCode::from(code)
}
