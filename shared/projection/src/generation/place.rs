//! Where a generation lies.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::copy::Copy;
use super::ending::{Ending, Making};
use super::lock::lock;
use super::names::{COMPARED, PAUSED, ROWS, WHOLE};
use super::open_error::OpenError;
use crate::clear::clear;
use crate::projection::Projection;

/// Which generation: rows of one version may be built more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) parent: PathBuf,
    pub(super) name: &'static str,
    version: u32,
    /// First bytes of keys whose blocks are not packed.
    pub(super) plain: &'static [u8],
    /// 0 for the first of a version.
    pub(crate) build: u32,
}

impl Place {
    /// The generation that serves, and the one that was being built beside it.
    pub(crate) fn find<P: Projection>(parent: &Path) -> io::Result<(Self, Option<Self>)> {
        let (name, version) = (P::NAME, P::VERSION);
        let place = |build| Self { parent: parent.to_owned(), name, version, plain: P::PLAIN, build };
        let mut builds = Vec::new();
        let entries = match fs::read_dir(parent) {
            Ok(entries) => Some(entries),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        for entry in entries.into_iter().flatten() {
            let found = entry?.file_name();
            let build = found.to_str().and_then(|found| found.strip_prefix(&format!("{name}-v{version}-")));
            builds.extend(build.and_then(|build| build.parse().ok()).filter(|build: &u32| *build > 0));
        }
        let serving = builds.iter().copied().filter(|build| place(*build).folder().join(WHOLE).exists()).max();
        let serving = place(serving.unwrap_or(0));
        let building = builds.into_iter().filter(|build| *build > serving.build).max().map(place);
        Ok((serving, building))
    }

    /// The generation to be built beside this one.
    pub(crate) fn next(&self) -> Self {
        Self { build: self.build + 1, ..self.clone() }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        let Self { parent, name, version, build, .. } = self;
        parent.join(if *build == 0 { format!("{name}-v{version}") } else { format!("{name}-v{version}-{build}") })
    }

    /// A copy of this generation, and its place there.
    pub(crate) fn copied(&self, ending: &Ending, making: &mut Making<'_>) -> Result<(Copy, Self), OpenError> {
        let folder = self.folder();
        if !folder.join(ROWS).is_dir() {
            return Err(OpenError::None(folder));
        }
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or(self.name);
        match Copy::of(&folder, name, ending, making)? {
            Some(copy) => {
                let parent = copy.parent().to_owned();
                Ok((copy, Self { parent, ..self.clone() }))
            }
            None => Err(OpenError::InUse(folder)),
        }
    }

    /// From now on this is the generation that serves, at the next start as well.
    pub(crate) fn take_over(&self) -> io::Result<()> {
        clear(&self.folder().join(COMPARED))?;
        if self.build > 0 { fs::write(self.folder().join(WHOLE), b"") } else { Ok(()) }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.folder().join(PAUSED).exists()
    }

    pub(crate) fn pause(&self, paused: bool) -> io::Result<()> {
        let mark = self.folder().join(PAUSED);
        if paused {
            fs::create_dir_all(self.folder())?;
            return fs::write(mark, b"");
        }
        clear(&mark)
    }

    /// Removes the folder, if no process has it open.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let folder = self.folder();
        if folder.is_dir() && lock(&folder)?.is_some() {
            fs::remove_dir_all(&folder)?;
            tracing::info!(folder = %folder.display(), "rows that serve no more removed");
        }
        Ok(())
    }

    /// Removes the folders of lower versions, and of lower builds of this one, that no process has open.
    pub(crate) fn drop_older(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.parent)? {
            let found = entry?.file_name();
            let Some(rest) = found.to_str().and_then(|found| found.strip_prefix(&format!("{}-v", self.name))) else {
                continue;
            };
            let (version, build) = rest.split_once('-').unwrap_or((rest, "0"));
            let (Ok(version), Ok(build)) = (version.parse(), build.parse()) else { continue };
            if (version, build) < (self.version, self.build) {
                Self { version, build, ..self.clone() }.remove()?;
            }
        }
        Ok(())
    }
}
