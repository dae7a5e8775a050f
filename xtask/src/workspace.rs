//! The workspace that this command belongs to, and what cargo builds of it.

use std::env;
use std::path::{Path, PathBuf};

use crate::tool::Tool;

/// Where the workspace stands, and which cargo to call.
pub(crate) struct House {
    pub(crate) root: PathBuf,
    cargo: PathBuf,
}

impl House {
    /// Both are told by cargo itself, so that the toolchain is the one this command was started with.
    pub(crate) fn find() -> Result<Self, String> {
        let told = |name: &str| {
            env::var_os(name)
                .map(PathBuf::from)
                .ok_or(format!("{name} is not set: start this command as `cargo xtask`"))
        };
        let own = told("CARGO_MANIFEST_DIR")?;
        let root = own.parent().map(Path::to_path_buf).ok_or("xtask has no folder above it")?;
        Ok(Self { root, cargo: told("CARGO")? })
    }

    /// A call of cargo at the root of the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Tool {
        Tool::new(&self.cargo, arguments).named("cargo").at(&self.root)
    }
}

/// The path of a binary of this workspace. Cargo has put it beside this one, whatever target folder is set.
pub(crate) fn built(name: &str) -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|e| format!("the path of xtask itself cannot be told: {e}"))?;
    let binary = own.with_file_name(name);
    if binary.is_file() {
        Ok(binary)
    } else {
        Err(format!("cargo built no binary `{name}` at {}: the tests have nothing to start", binary.display()))
    }
}
