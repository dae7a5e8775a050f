//! What keeps a data folder from being opened and no waiting mends, looked for so that it is told by its path, with what to do about it.
//!
//! Two looks: one before the log is opened, at what stands in the place of what; and one after something could not be opened, at what the
//! system's error may be of. The latter never makes an error of one that passes.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat, statvfs};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use crate::args::LogPlace;
use crate::failure::{Failure, may_pass, of_path};

/// Files and folders that are looked at, at most.
const LOOKED_MAX: usize = 100_000;
/// Of what is found, so many are named.
const NAMED_MAX: usize = 3;
/// With less free on the disk, in MiB, what fails for the time being fails for want of it.
const FREE_MIB_MIN: u64 = 32;
/// The folder of the directory's rows, in the data folder.
pub(crate) const ROWS: &str = "directory";
/// The folder of the embedded log.
pub(crate) const LOG: &str = "log";
/// The file of a tree of the log that says which of its others it is made of.
const CURRENT: &str = "current";
/// What says which log the data folder knows, and how far that had reached.
pub(crate) const KNOWN: &str = "log-known";

/// The file of the request key.
pub(crate) const REQUEST_KEY: &str = "request-key";
/// What says under which key requests were digested last.
pub(crate) const REQUEST_KEY_KNOWN: &str = "request-key-known";

/// What is to stand at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
}

/// What is to stand at a path below the data folder, where that is known. The folder of the rows is none of it: rows heal.
fn kind_of(names: &[&str]) -> Option<Kind> {
    match names {
        ["log"] | ["log", "keyspaces"] | ["log", "keyspaces", _] | ["log", "keyspaces", _, "tables" | "blobs"] => {
            Some(Kind::Folder)
        }
        ["log-known"]
        | ["log", "id" | "lock" | "reached" | "version"]
        | ["log", "keyspaces", _, "current"]
        | ["log", "keyspaces", _, "tables" | "blobs", _] => Some(Kind::File),
        _ => None,
    }
}

/// Whether there is to be a file at a path below the data folder with something in it. Versions that serve no more may be anything.
fn is_to_say_something(names: &[&str]) -> bool {
    match names {
        ["log", "version"] | ["log", "keyspaces", _, "tables" | "blobs", _] => true,
        ["log", "keyspaces", _, name] => !["tables", "blobs"].contains(name),
        _ => false,
    }
}

/// The paths below `data` from `roots` on, each folder before what is in it, that `wanted` picks; a few of them.
fn found(data: &Path, roots: &[&str], wanted: impl Fn(&Path, &[&str]) -> bool) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = roots.iter().map(|root| data.join(root)).collect();
    let (mut found, mut looked) = (Vec::new(), 0);
    while let Some(path) = paths.pop() {
        looked += 1;
        if looked > LOOKED_MAX || found.len() == NAMED_MAX {
            break;
        }
        let below = path.strip_prefix(data).unwrap_or(&path).to_owned();
        let names: Vec<&str> = below.iter().filter_map(|name| name.to_str()).collect();
        // Nobody opens what was put aside.
        if names.last().is_some_and(|name| name.starts_with("aside-")) {
            continue;
        }
        if wanted(&path, &names) {
            found.push(path);
            continue;
        }
        // What cannot be read is found by who looks for that; what is no folder holds nothing.
        if let Ok(entries) = fs::read_dir(&path) {
            paths.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    found.sort();
    found
}

fn named(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("、")
}

/// Whether something else stands there than is to. A link counts as what it leads to.
fn is_misplaced(path: &Path, names: &[&str]) -> bool {
    let Some(kind) = kind_of(names) else { return false };
    match (fs::metadata(path), kind) {
        (Ok(there), Kind::Folder) => !there.is_dir(),
        (Ok(there), Kind::File) => !there.is_file(),
        (Err(_), _) => is_astray(path),
    }
}

/// Makes the data folder where there is none, or says why that cannot be.
pub(crate) fn made(data: &Path) -> Result<(), Failure> {
    match fs::create_dir_all(data) {
        Ok(()) => Ok(()),
        Err(_) if fs::symlink_metadata(data).is_ok() && !data.is_dir() => Err(Failure::usage(format!(
            "{0}:不是文件夹,请移走或以 --data 另指 / {0} is no folder: take it away, or name another with --data",
            data.display()
        ))),
        Err(error) => Err(of_path(data)(error).and("数据文件夹无法建立 / the data folder cannot be made")),
    }
}

/// Whether it is a tree of the log without the file that says which of its others it is made of. The store would take it for a new one, make
/// that file anew, and end at the first of the others.
fn is_half_a_tree(path: &Path, names: &[&str]) -> bool {
    let is_file = |entry: fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
    matches!(names, ["log", "keyspaces", _])
        && fs::symlink_metadata(path.join(CURRENT)).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        && fs::read_dir(path).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(is_file)))
}

/// Looks, before the log in a data folder is opened, whether each thing of it is the file or the folder that it is to be, and there where
/// the store would make it anew.
fn in_place(data: &Path, roots: &[&str]) -> Result<(), Failure> {
    let halves = if roots.contains(&LOG) { found(data, &[LOG], is_half_a_tree) } else { Vec::new() };
    if let Some(tree) = halves.first() {
        let path = tree.join(CURRENT);
        return Err(Failure::refused(format!(
            "{0} 不见了,请从备份放回 / {0} is not there: put it back from a backup",
            path.display()
        )));
    }
    for root in roots {
        let Some(misplaced) = found(data, &[root], is_misplaced).into_iter().next() else { continue };
        let (zh, en) = if misplaced.is_dir() {
            ("应为文件而是文件夹", "a folder stands where a file is to be")
        } else {
            ("应为文件夹而不是,或是失效的链接", "a file stands where a folder is to be, or a link that leads nowhere")
        };
        let said = format!(
            "{}:{zh},请移走并从备份放回 / {en}: take it away, and put the right one back from a backup",
            misplaced.display()
        );
        return Err(if *root == LOG { Failure::refused(said) } else { Failure::usage(said) });
    }
    Ok(())
}

/// The system's error in the words of a failure: what opens logs and rows hands on no more than how the library shows it.
fn errno(failure: &Failure) -> Option<Errno> {
    let said = failure.to_string();
    let (_, number) = said.rsplit_once("(os error ")?;
    number.split_once(')')?.0.parse().ok().map(Errno::from_raw_os_error)
}

/// Whether this process may not read it, or not write it.
fn is_barred(path: &Path, _: &[&str]) -> bool {
    let mut access = Access::READ_OK | Access::WRITE_OK;
    if path.is_dir() {
        access |= Access::EXEC_OK;
    }
    let refused = accessat(CWD, path, access, AtFlags::EACCESS);
    matches!(refused, Err(Errno::ACCESS | Errno::PERM | Errno::ROFS))
}

fn says_nothing(path: &Path, names: &[&str]) -> bool {
    is_to_say_something(names) && fs::metadata(path).is_ok_and(|there| !there.is_file() || there.len() == 0)
}

/// Why something below `roots` of a data folder could not be opened, with the path and what to do, where that can be found; else the
/// failure as it is.
pub(crate) fn explained(data: &Path, roots: &[&str], failure: Failure) -> Failure {
    let cause = match errno(&failure) {
        Some(Errno::ACCESS | Errno::PERM | Errno::ROFS) => barred(data, roots),
        Some(Errno::FBIG) => Some((false, too_long())),
        Some(Errno::INVAL) => silent(data, roots),
        Some(Errno::NOTDIR | Errno::NOENT) => {
            astray(data, roots).or_else(|| without_lock(data, roots)).or_else(|| takes_nothing(data, roots))
        }
        Some(Errno::EXIST) => astray(data, roots),
        // A look at rows in a process of its own says only that they could not be reached.
        None if roots == [ROWS] && failure.exit_code() == 3 => barred(data, roots).or_else(|| astray(data, roots)),
        _ => None,
    };
    match cause {
        Some((refused, cause)) => {
            let told = format!("{failure}。{cause}");
            if refused { Failure::refused(told) } else { Failure::usage(told) }
        }
        // What is damaged, in the store's own words. A sentence that asks for something to be done is whole.
        None if roots.contains(&LOG) && failure.exit_code() == 1 && !failure.to_string().contains('请') => {
            let log = data.join(LOG);
            failure
                .and(&format!("请从备份放回 {0} / put {0} back from a backup, or what of it is damaged", log.display()))
        }
        None => match free_mib(data).filter(|free| failure.exit_code() == 3 && *free < FREE_MIB_MIN) {
            Some(free) => failure.and(&format!(
                "{0} 所在磁盘仅余 {free} MiB,腾出空间后即可启动 / only {free} MiB are free on the disk of {0}: it starts once there is more",
                data.display()
            )),
            None => failure,
        },
    }
}

/// Free on the disk, in MiB.
fn free_mib(data: &Path) -> Option<u64> {
    let disk = statvfs(data).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) >> 20)
}

/// How large the disk is on which a data folder is, or would be made, in MiB.
pub(crate) fn disk_mib(data: &Path) -> Option<u64> {
    let there = data.ancestors().find(|folder| folder.is_dir())?;
    // Of a relative path nothing is left at the end.
    let disk = statvfs(if there.as_os_str().is_empty() { Path::new(".") } else { there }).ok()?;
    Some(disk.f_blocks.saturating_mul(disk.f_frsize) >> 20)
}

/// Whether a cause is of what is on record, and what is said of it.
type Cause = Option<(bool, String)>;

fn barred(data: &Path, roots: &[&str]) -> Cause {
    let barred = if is_barred(data, &[]) { vec![data.to_owned()] } else { found(data, roots, is_barred) };
    let uid = rustix::process::geteuid().as_raw();
    let say = |paths| {
        format!(
            "{paths}:本进程(uid {uid})无权读写,请改其属主或权限(chown、chmod) / this process (uid {uid}) may not read and write {paths}: give it \
             to the user that the service runs as (chown, chmod)"
        )
    };
    (!barred.is_empty()).then(|| (false, say(named(&barred))))
}

fn too_long() -> String {
    let bytes = getrlimit(Resource::Fsize).current.map_or_else(|| "—".to_owned(), |bytes| bytes.to_string());
    format!(
        "本进程的文件限长为 {bytes} 字节,请放宽(ulimit -f、LimitFSIZE) / files of this process may have {bytes} bytes: let them be longer \
         (ulimit -f, LimitFSIZE)"
    )
}

fn silent(data: &Path, roots: &[&str]) -> Cause {
    let silent = found(data, roots, says_nothing);
    let say = |paths| {
        format!("{paths}:是空的,或不是文件,请从备份放回 / {paths} is empty, or no file: put it back from a backup")
    };
    (!silent.is_empty()).then(|| (true, say(named(&silent))))
}

fn astray(data: &Path, roots: &[&str]) -> Cause {
    let astray = found(data, roots, |path, names| is_no_folder(path, names) || is_astray(path));
    let say = |paths| {
        format!(
            "{paths}:不是文件夹,或是失效的链接 / {paths} is no folder, or a link that leads nowhere: take it away, or put right what it leads to"
        )
    };
    (!astray.is_empty()).then(|| (false, say(named(&astray))))
}

fn without_lock(data: &Path, roots: &[&str]) -> Cause {
    let lock = data.join("log/lock");
    let lacks = roots.contains(&LOG) && data.join("log/version").exists() && fs::symlink_metadata(&lock).is_err();
    let say = |path| {
        format!(
            "{path} 不见了,它是空文件,可用 touch 重建 / {path} is not there; it is an empty file: make it with touch"
        )
    };
    lacks.then(|| (false, say(lock.display())))
}

/// A data folder without a log in which none can be made: where the system shows things of its own that are no files, say.
fn takes_nothing(data: &Path, roots: &[&str]) -> Cause {
    if !roots.contains(&LOG) || data.join(LOG).exists() {
        return None;
    }
    let tried = data.join(format!("{LOG}.{}", std::process::id()));
    let error = fs::create_dir(&tried).and_then(|()| fs::remove_dir(&tried)).err().filter(|error| !may_pass(error))?;
    let data = data.display();
    Some((
        false,
        format!(
            "{data}:其中不能新建文件夹({error}),请以 --data 另指 / no folder can be made in {data} ({error}): name another with --data"
        ),
    ))
}

/// Whether something else than a folder stands in the place of the log or of the rows.
fn is_no_folder(path: &Path, names: &[&str]) -> bool {
    matches!(names, [LOG | ROWS]) && fs::metadata(path).is_ok_and(|there| !there.is_dir())
}

/// Whether it is a link that leads nowhere, such as to a disk that is not there.
fn is_astray(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
        && fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// [`explained`], of the log that a place names: one on servers has no more than its name in the data folder.
pub(crate) fn log_explained(place: &LogPlace, failure: Failure) -> Failure {
    let roots = if place.is_embedded() { &[KNOWN, LOG][..] } else { &[KNOWN] };
    explained(&place.data, roots, failure)
}

/// [`in_place`], of the log that a place names.
pub(crate) fn log_in_place(place: &LogPlace) -> Result<(), Failure> {
    let roots = if place.is_embedded() { &[KNOWN, LOG][..] } else { &[KNOWN] };
    in_place(&place.data, roots)
}
