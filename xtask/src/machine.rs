//! What is installed on this machine for everybody: packages of Debian, and Python's pip.

use crate::tool::Tool;

/// Installs a Debian package, where that is possible.
pub(crate) fn package(name: &str) -> Result<(), String> {
    let is_root = Tool::new("id", &["-u"]).output().is_ok_and(|id| id.trim() == "0");
    if !is_root || !Tool::new("apt-get", &["--version"]).succeeds() {
        return Err(format!("as root on Debian, `apt-get install {name}` brings it"));
    }
    println!("Installing {name} on this machine, with apt-get.");
    let apt = |arguments: &[&str]| Tool::new("apt-get", arguments).with("DEBIAN_FRONTEND", "noninteractive").run();
    apt(&["update", "--quiet=2"])?;
    apt(&["install", "--yes", "--quiet=2", "--no-install-recommends", name])
}

/// Makes sure that `python3 -m pip` works, which brings the pinned packages.
pub(crate) fn pip() -> Result<(), String> {
    let present = || Tool::new("python3", &["-m", "pip", "--version"]).succeeds();
    if present() {
        return Ok(());
    }
    let missing = "Python's pip is missing; install Python 3 with pip (on Debian: `apt-get install python3-pip`)";
    package("python3-pip").map_err(|reason| format!("{missing} ({reason})"))?;
    if present() { Ok(()) } else { Err(missing.to_owned()) }
}
