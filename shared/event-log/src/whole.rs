//! Small files that are written whole or not at all.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use uuid::Uuid;

/// Who may do what with such a file.
const FILE_MODE: u32 = 0o600;

/// Makes `path` a file of these bytes, whole or not at all, and returns once it is on disk. The folder must be there.
///
/// Its owner alone may open it: who may read a file may keep it locked.
///
/// It is written beside and renamed. Several processes may do so at the same time, and a process's number is 1 in every container, so the
/// name beside is one of this call's own. What a power cut leaves beside is in nobody's way.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<File> {
    placed(path, bytes, |beside| std::fs::rename(beside, path))
}

/// The same where there is nothing yet; `None` where there is something by now, which stays: of several that make it one has made it.
pub(crate) fn write_whole_anew(path: &Path, bytes: &[u8]) -> io::Result<Option<File>> {
    let place = |beside: &Path| {
        std::fs::hard_link(beside, path)?;
        // A name too many is in nobody's way.
        let _ = std::fs::remove_file(beside);
        Ok(())
    };
    match placed(path, bytes, place) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}

fn placed(path: &Path, bytes: &[u8], place: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<File> {
    let (folder, mut beside) = (path.parent().unwrap_or(Path::new(".")), OsString::from(path));
    beside.push(format!(".{}", Uuid::new_v4().simple()));
    let beside = Path::new(&beside);
    let written = written(beside, bytes).and_then(|file| place(beside).map(|()| file));
    let written = written.inspect_err(|_| {
        // It may never have been there; the error that is told is the first.
        let _ = std::fs::remove_file(beside);
    })?;
    File::open(folder)?.sync_all()?;
    Ok(written)
}

fn written(beside: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = File::options().read(true).write(true).create_new(true).mode(FILE_MODE).open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_at_one_moment_leave_one_of_them_and_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::thread::scope(|scope| {
            for said in 0..8_u8 {
                let path = &path;
                scope.spawn(move || (0..50).for_each(|_| drop(write_whole(path, &[said; 4096]).unwrap())));
            }
        });
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.len() == 4096 && bytes.iter().all(|byte| *byte == bytes[0]), "two were mixed");
        // Of several that make it where there is none, one does.
        let anew = folder.path().join("anew");
        let made = std::thread::scope(|scope| {
            let made: Vec<_> = (0..8_u8)
                .map(|said| {
                    scope.spawn({
                        let anew = &anew;
                        move || write_whole_anew(anew, &[said; 9]).unwrap()
                    })
                })
                .collect();
            made.into_iter().filter_map(|made| made.join().unwrap()).count()
        });
        assert_eq!((made, std::fs::read_dir(folder.path()).unwrap().count()), (1, 2));
        std::fs::remove_file(&anew).unwrap();
        // Where it cannot take its place, neither is anything left.
        std::fs::create_dir(folder.path().join("taken")).unwrap();
        write_whole(&folder.path().join("taken"), b"said").unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
