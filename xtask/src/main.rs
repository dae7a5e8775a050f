//! The developer's commands, run as `cargo xtask <command>`: set up, test, crash, plant faults, check the dependencies, and build what is given
//! away.
//! Standard library only, because everyone who clones the repository compiles this before anything else.

mod deny;
mod machine;
mod mutants;
mod release;
mod setup;
mod steps;
mod tool;
mod wheel;
mod workspace;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use steps::Steps;
use workspace::{House, built};

const HELP: &str = "\
The developer's commands of Puhui.

    cargo xtask setup    install what the tests need, and say what and where
    cargo xtask test     everything that must hold before a change is handed in
    cargo xtask crash --cycles N [--body BODY] [--seed S] [--fault FAULT]
                         N sudden ends under load on each body, and N power cuts where /dev/fuse may be mounted.
                         BODY: embedded, nats; nats-r3 (three servers with a copy each, killed and cut off, about 7 s
                         each); directory (which serves within 2 s what a fresh replay gives; a release build);
                         directory-writes (the same on a debug build that writes all the time; no bound on the time);
                         embedded-environment, nats-environment (nothing is killed: a disk fills, descriptors run out,
                         nobody reads stderr, the clock jumps, a server or the wire to it is away; about 4 s each).
                         FAULT leaves one of those: data-disk, store-disk, descriptors, idle-connections, stderr-closed,
                         stderr-stuck, clock, server-stopped, wire-cut
    cargo xtask mutants [--sample N] [--seed S]
                         plants faults in the rules (shared/domain), one at a time, and tells which of them no test sees: all of
                         them, or about N over all files, from the S-th on. Wants cargo-mutants, and hours for all
    cargo xtask deny     licences, number and sources of the dependencies; advisories where their database can be had
    cargo xtask release  the program as it is given away, under 30 MB, and beside it the line tables that decode a backtrace
    cargo xtask help     this text
";

/// The exit code of a wrong command line, as `puhui` has it too.
const EXIT_USAGE: u8 = 2;

#[derive(Debug, PartialEq, Eq)]
enum Task {
    Setup,
    Test,
    Crash(Vec<(&'static str, String)>),
    Mutants(Vec<(&'static str, String)>),
    Deny,
    Release,
    Help,
}

/// The options of `crash` and the settings of the crash suite they are passed on as.
const CRASH_OPTIONS: [(&str, &str); 4] =
    [("--cycles", "PUHUI_CYCLES"), ("--body", "PUHUI_BODY"), ("--seed", "PUHUI_SEED"), ("--fault", "PUHUI_FAULT")];

/// The options of `mutants`, under their own names.
const MUTANTS_OPTIONS: [(&str, &str); 2] = [("--sample", "--sample"), ("--seed", "--seed")];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let task = match parse(&words) {
        Ok(task) => task,
        Err(reason) => {
            eprintln!("xtask: {reason}\n\n{HELP}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    match run(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nxtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn parse(words: &[String]) -> Result<Task, String> {
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["setup"] => Ok(Task::Setup),
        ["test"] => Ok(Task::Test),
        ["crash", options @ ..] => settings("crash", &CRASH_OPTIONS, options).map(Task::Crash),
        ["mutants", options @ ..] => settings("mutants", &MUTANTS_OPTIONS, options).map(Task::Mutants),
        ["deny"] => Ok(Task::Deny),
        ["release"] => Ok(Task::Release),
        [] | ["help" | "--help" | "-h"] => Ok(Task::Help),
        [first, ..] if ["setup", "test", "deny", "release", "help"].contains(first) => {
            Err(format!("`{first}` takes no further words"))
        }
        [other, ..] => Err(format!("there is no command `{other}`")),
    }
}

/// `--cycles 500` and the like, as settings.
fn settings(
    command: &str,
    known: &[(&str, &'static str)],
    options: &[&str],
) -> Result<Vec<(&'static str, String)>, String> {
    let pairs = options.chunks(2).map(|pair| match pair {
        [option, value] => {
            let known = known.iter().find(|(name, _)| name == option);
            known
                .map(|(_, setting)| (*setting, (*value).to_owned()))
                .ok_or(format!("{command} has no option `{option}`"))
        }
        _ => Err(format!("`{}` wants a value", pair.concat())),
    });
    pairs.collect()
}

fn run(task: &Task) -> Result<(), String> {
    if *task == Task::Help {
        print!("{HELP}");
        return Ok(());
    }
    let house = House::find()?;
    match task {
        Task::Setup => setup::run(&house),
        Task::Test => test(&house),
        Task::Crash(settings) => crash(&house, settings),
        Task::Mutants(settings) => mutants::run(&house, settings),
        Task::Deny => deny::run(&house),
        Task::Release => release::run(&house),
        Task::Help => Ok(()),
    }
}

/// What must hold before a change is handed in. The quick checks come first, so that a slip shows early.
fn test(house: &House) -> Result<(), String> {
    let mut steps = Steps::of(7);
    steps.run("setup", || setup::run(house))?;
    steps.run("format", || house.cargo(&["fmt", "--all", "--check"]).run())?;
    steps.run("dependencies", || deny::at_hand(house))?;
    steps.run("lints", || house.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run())?;
    steps.run("documentation", || {
        house.cargo(&["doc", "--workspace", "--no-deps"]).with("RUSTDOCFLAGS", "-D warnings").run()
    })?;
    let mut puhui = PathBuf::new();
    steps.run("the puhui command", || {
        house.cargo(&["build", "--package", "puhui"]).run()?;
        puhui = built("puhui")?;
        Ok(())
    })?;
    // The black-box tests start the binary itself; cargo tells its path only to tests of the same package.
    steps.run("tests", || house.cargo(&["test", "--workspace"]).with("PUHUI_BIN", &puhui).run())?;
    print!("\n{}", steps.table());
    Ok(())
}

/// The crash suite, as long as one likes. On the debug build, which holds the failpoints; the directory, whose starts have a bound, as it
/// is deployed.
fn crash(house: &House, settings: &[(&'static str, String)]) -> Result<(), String> {
    setup::run(house)?;
    let debug = &["build", "--package", "puhui"][..];
    let body = settings.iter().find(|(name, _)| *name == "PUHUI_BODY").map(|(_, body)| body.as_str());
    let (suite, build, binary) = match body {
        Some("directory") => ("directory_kills", &["build", "--release", "--package", "puhui"][..], "../release/puhui"),
        Some("directory-writes") => ("directory_kills", debug, "puhui"),
        Some("embedded-environment" | "nats-environment") => ("environment", debug, "puhui"),
        _ => ("crash", debug, "puhui"),
    };
    house.cargo(build).run()?;
    let suite = ["test", "--package", "tests", "--test", suite, "--", "--nocapture", "survive"];
    let suite = house.cargo(&suite).with("PUHUI_BIN", built(binary)?);
    settings.iter().fold(suite, |suite, (name, value)| suite.with(name, value)).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn each_command_has_its_word() {
        for (line, task) in [
            ("setup", Task::Setup),
            ("test", Task::Test),
            ("crash", Task::Crash(Vec::new())),
            ("crash --cycles 9", Task::Crash(vec![("PUHUI_CYCLES", "9".to_owned())])),
            ("mutants --seed 3", Task::Mutants(vec![("--seed", "3".to_owned())])),
            ("deny", Task::Deny),
            ("release", Task::Release),
            ("help", Task::Help),
            ("--help", Task::Help),
            ("", Task::Help),
        ] {
            assert_eq!(parsed(line), Ok(task), "{line:?}");
        }
    }

    #[test]
    fn a_wrong_word_is_named_in_the_refusal() {
        assert_eq!(parsed("tests"), Err("there is no command `tests`".to_owned()));
        assert_eq!(parsed("crash --cycle 9"), Err("crash has no option `--cycle`".to_owned()));
        assert_eq!(parsed("crash --cycles"), Err("`--cycles` wants a value".to_owned()));
        assert_eq!(parsed("test --all"), Err("`test` takes no further words".to_owned()));
    }

    #[test]
    fn the_help_names_every_command() {
        for word in ["setup", "test", "crash", "mutants", "deny", "release", "help"] {
            assert!(HELP.contains(&format!("cargo xtask {word}")), "{word}");
        }
    }
}
