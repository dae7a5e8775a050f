//! Rows that cannot serve are put aside, not deleted: somebody may want to know what became of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use domain::{Day, Instant};

use crate::clear::clear;

/// How many folders that were put aside are kept.
const ASIDE_MAX: usize = 2;
const PREFIX: &str = "aside-";

/// Why rows are put aside: a word of the folder's name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why {
    /// The files were damaged.
    Damaged,
    /// They were made from another log.
    OtherLog,
    /// They hold what their log has not any more.
    LogCut,
}

impl Why {
    fn word(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::OtherLog => "another-log",
            Self::LogCut => "log-cut",
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Damaged => "the rows were damaged",
            Self::OtherLog => "the rows were made from another log",
            Self::LogCut => "the log was cut, and had not what the rows held",
        }
    }
}

/// Moves `rows`, which are a folder where nothing is wrong with that, to `parent/aside-TIME-WHY-NAME`; the oldest of too many are removed.
pub(super) fn put(parent: &Path, rows: &Path, name: &str, why: Why) -> io::Result<PathBuf> {
    let mut kept = Vec::new();
    for entry in fs::read_dir(parent)? {
        let found = entry?.file_name();
        kept.extend(found.to_str().filter(|found| found.starts_with(PREFIX)).map(str::to_owned));
    }
    kept.sort();
    for old in kept.iter().take((kept.len() + 1).saturating_sub(ASIDE_MAX)) {
        clear(&parent.join(old))?;
    }
    let folder = format!("{PREFIX}{}-{}-{name}", time(parent)?, why.word());
    // Two of one second are told apart.
    let mut names = (0..=ASIDE_MAX).map(|count| parent.join(format!("{folder}-{count}")));
    let aside = names.find(|path| !path.exists()).unwrap_or_else(|| parent.join(&folder));
    fs::rename(rows, &aside)?;
    Ok(aside)
}

/// Makes room for the folder that generations lie in, where a file stands in its place: that is put aside in it. Whether one did.
pub(crate) fn make_room(folder: &Path, name: &str) -> io::Result<bool> {
    // A link that leads nowhere, such as to a disk that is not there, is none of it.
    if !fs::metadata(folder).is_ok_and(|there| !there.is_dir()) {
        return Ok(false);
    }
    let moved = folder.with_extension("misplaced");
    clear(&moved)?;
    fs::rename(folder, &moved)?;
    fs::create_dir(folder)?;
    let aside = put(folder, &moved, name, Why::Damaged)?;
    tracing::warn!(aside = %aside.display(), "a file stood in the place of the folder of the rows and is put aside");
    Ok(true)
}

/// Now, by the file system's clock: this crate reads no other.
fn time(parent: &Path) -> io::Result<String> {
    let told = parent.join("put-aside");
    clear(&told)?;
    fs::write(&told, b"")?;
    let since = fs::metadata(&told)?.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    clear(&told)?;
    // Days are those of China.
    let seconds = since.as_secs();
    let (hours, minutes) = ((seconds / 3600 + 8) % 24, seconds / 60 % 60);
    Ok(format!("{}T{hours:02}{minutes:02}{:02}+0800", Day::of(Instant(seconds * 1000)), seconds % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_few_are_kept() {
        let parent = tempfile::tempdir().unwrap();
        let mut last = PathBuf::new();
        for round in 0..5 {
            let rows = parent.path().join("rows");
            fs::create_dir(&rows).unwrap();
            fs::write(rows.join("db"), format!("{round}")).unwrap();
            last = put(parent.path(), &rows, "counts-v1", Why::Damaged).unwrap();
        }
        let left: Vec<_> = fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left.len(), ASIDE_MAX, "{left:?}");
        assert_eq!(fs::read(last.join("db")).unwrap(), b"4");
        let name = last.file_name().unwrap().to_str().unwrap();
        assert!(name.contains("-damaged-counts-v1"), "{name}");
    }
}
