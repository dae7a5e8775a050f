//! The program as it is given away: without line tables, which lie beside it for whoever has to read a backtrace.

use std::fs;

use crate::tool::Tool;
use crate::workspace::{House, built};

/// The most that the program may weigh, in bytes: line tables and names of types are five times as much as all that runs.
const PROGRAM_MAX_BYTES: u64 = 30_000_000;
/// The file with the line tables; the program names it, so that it is found beside it.
const LINES: &str = "puhui.debug";

/// Builds the program, and puts it with its line tables into `target/dist/split/`.
pub(crate) fn run(house: &House) -> Result<(), String> {
    house.cargo(&["build", "--profile", "dist", "--locked", "--package", "puhui"]).run()?;
    let whole = built("../dist/puhui")?;
    let folder = whole.with_file_name("split");
    fs::create_dir_all(&folder).map_err(|e| format!("{} cannot be made: {e}", folder.display()))?;
    let whole = whole.display().to_string();
    // objcopy is part of binutils, without which nothing was linked.
    let copy = |options: &[&str], to: &str| Tool::new("objcopy", &[options, &[&whole, to]].concat()).at(&folder).run();
    copy(&["--only-keep-debug"], LINES)?;
    // The name and a checksum of the file go into the program.
    copy(&["--strip-debug", &format!("--add-gnu-debuglink={LINES}")], "puhui")?;
    let (program, lines) = (folder.join("puhui"), folder.join(LINES));
    let weight = |file: &std::path::Path| {
        fs::metadata(file).map(|told| told.len()).map_err(|e| format!("{} is not there: {e}", file.display()))
    };
    let bytes = weight(&program)?;
    println!("{}: {bytes} bytes", program.display());
    println!(
        "{}: {} bytes; keep it: with it beside the program a backtrace names lines",
        lines.display(),
        weight(&lines)?
    );
    if bytes > PROGRAM_MAX_BYTES {
        return Err(format!("the program weighs {bytes} bytes, more than {PROGRAM_MAX_BYTES}"));
    }
    Ok(())
}
