//! Damage to the files of rows: whatever became of them, the first start serves, as soon as rows that are made anew would, and the
//! process does not end.
//!
//! `PUHUI_CASES` makes it long, `PUHUI_OUTLETS` the files, `PUHUI_SEED` makes it as one likes. The directory is damaged as it was left by a first stop,
//! by a later one, and by a SIGKILL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{GetProgressRequest, GetProgressResponse, RowsState};
use api::registry::v1::Particulars;
use domain::Uscc;
use tests::{Dice, Running, channel, done, free_port, puhui, run, setting};
use uuid::Uuid;

/// Longest that a start may take beyond what one takes that makes the rows anew.
const MORE_MAX: Duration = Duration::from_secs(2);
/// Longest that one may take that makes the rows anew.
const ANEW_MAX: Duration = Duration::from_mins(1);
/// Pause before a server that is not there yet is asked again.
const ASK_AGAIN_PAUSE: Duration = Duration::from_millis(5);
/// Writes so often that a SIGKILL finds most rows in files.
const OFTEN: Option<(&str, &str)> = Some(("PUHUI_ROWS_WRITE_EVERY_MS", "20"));

fn start(data: &Path, port: u16, setting: Option<(&str, &str)>) -> Running {
    Running::puhui_in("all", &["--data", data.to_str().expect("UTF-8")], port, setting)
}

/// Starts a registry, and waits until its directory is live at `position`.
async fn served(data: &Path, position: u64, longest: Duration) -> (Running, Duration, GetProgressResponse) {
    let began = Instant::now();
    let running = start(data, free_port(), None);
    let mut rows = RowsServiceClient::new(channel(&running.url).await);
    loop {
        let now = rows.get_progress(GetProgressRequest {}).await.expect("it goes on").into_inner();
        if now.state() == RowsState::Live && now.position == position {
            return (running, began.elapsed(), now);
        }
        assert!(began.elapsed() <= longest, "not served {:?} after the start: {now:?}", began.elapsed());
        #[expect(clippy::disallowed_methods, reason = "a process that starts can only be asked again")]
        tokio::time::sleep(ASK_AGAIN_PAUSE).await;
    }
}

/// Puts as many more outlets on record as `PUHUI_OUTLETS` says; returns the position of the last.
async fn outlets(running: &Running, round: u32) -> u64 {
    let count = u32::try_from(setting("PUHUI_OUTLETS", 4_000)).expect("not so many");
    let mut client = CertificationServiceClient::new(channel(&running.url).await);
    let mut position = 0;
    for number in round * count..(round + 1) * count {
        let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).expect("eight digits");
        let particulars = Particulars {
            name: format!("合成网点{}", number % 97),
            operator_name: "合成主体".to_owned(),
            division: ["321003005007", "321003006001"][(number % 2) as usize].to_owned(),
            address: format!("合成路{number}号"),
            ..Particulars::default()
        };
        let request = RegisterProviderRequest {
            request_id: Uuid::new_v4().to_string(),
            bureau_id: "3210-development".to_owned(),
            officer_id: "damage".to_owned(),
            provider_id: format!("{uscc}-001"),
            particulars: Some(particulars),
            ..RegisterProviderRequest::default()
        };
        let answer = client.register_provider(request).await.expect("registered").into_inner();
        position = answer.position;
    }
    position
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
}

/// The files of the rows, and what lies beside them.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().is_some_and(|name| name != "lock") {
            found.push(path);
        }
    }
    found.sort();
}

/// Does something to one file, and says what.
fn damage(data: &Path, dice: &mut Dice) -> String {
    let rows = fs::read_dir(data.join("directory")).expect("readable").map(|entry| entry.expect("readable").path());
    let generation = rows.filter(|path| path.is_dir()).max().expect("rows");
    let mut found = Vec::new();
    files(&generation, &mut found);
    let any = |dice: &mut Dice, end: usize| {
        usize::try_from(dice.below(u64::try_from(end.max(1)).expect("64 bits"))).expect("64 bits")
    };
    // Half of all hit the file that is longest by far.
    let db = generation.join("rows/db");
    let path = if dice.below(2) == 0 && db.exists() { db } else { found[any(dice, found.len())].clone() };
    let mut bytes = fs::read(&path).expect("readable");
    let at = any(dice, bytes.len());
    let what = match dice.below(8) {
        0 | 1 => {
            let flips = 1 + any(dice, 8);
            for _ in 0..flips {
                let at = any(dice, bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            format!("{flips} bits flipped")
        }
        2 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        3 => {
            let end = (at + 1 + any(dice, 16 * 1024)).min(bytes.len());
            bytes[at..end].fill(0);
            format!("zeros from {at} to {end}")
        }
        4 => {
            bytes.fill(0);
            "all zeros".to_owned()
        }
        5 => {
            fs::remove_file(&path).expect("removed");
            return format!("{} removed", path.display());
        }
        6 => {
            fs::remove_file(&path).expect("removed");
            fs::create_dir(&path).expect("made");
            fs::write(path.join("within"), bytes).expect("written");
            return format!("{}: a folder in its place", path.display());
        }
        _ => {
            let folders = [generation.clone(), generation.join("rows"), generation.join("rows/blobs")];
            let folder = &folders[any(dice, folders.len())];
            if folder.is_dir() {
                fs::remove_dir_all(folder).expect("removed");
            }
            fs::write(folder, bytes).expect("written");
            return format!("{}: a file in its place", folder.display());
        }
    };
    fs::write(&path, bytes).expect("written");
    format!("{}: {what}", path.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_after_damage_serves_and_the_process_does_not_end() {
    let (cases, seed) = (setting("PUHUI_CASES", 12), setting("PUHUI_SEED", u64::from(std::process::id())));
    println!("PUHUI_CASES={cases} PUHUI_SEED={seed}");
    let mut dice = Dice(seed);
    let folder = tempfile::tempdir().unwrap();
    let [first, stopped, killed] = ["first", "stopped", "killed"].map(|name| folder.path().join(name));
    let running = start(&stopped, free_port(), OFTEN);
    let once = outlets(&running, 0).await;
    running.stop();
    // sled keeps what it has read at an opening, and reads everything where there was none.
    copy(&stopped, &first);
    let running = start(&stopped, free_port(), OFTEN);
    let position = outlets(&running, 1).await;
    running.stop();
    let (running, ..) = served(&stopped, position, ANEW_MAX).await;
    running.stop();
    copy(&stopped, &killed);
    let running = start(&killed, free_port(), OFTEN);
    let later = outlets(&running, 2).await;
    running.kill();
    let mut longest = Duration::ZERO;
    let mut anew = Vec::new();
    for (name, base, position) in [("first", &first, once), ("stopped", &stopped, position), ("killed", &killed, later)]
    {
        let data = folder.path().join("anew");
        copy(base, &data);
        fs::remove_dir_all(data.join("directory")).unwrap();
        let (running, time, now) = served(&data, position, ANEW_MAX).await;
        running.stop();
        let dump = done(&["dump", data.to_str().expect("UTF-8")]);
        fs::remove_dir_all(&data).unwrap();
        println!("{name}: the rows are made anew in {time:?}");
        anew.push((base, position, time, now.digest, dump));
        // Undamaged, they are not.
        copy(base, &data);
        let (running, time, now) = served(&data, position, ANEW_MAX).await;
        assert_eq!(now.dropped_because, "", "{name}");
        println!("{name}: they are opened in {time:?}");
        running.kill();
        fs::remove_dir_all(&data).unwrap();
    }
    let mut dropped = 0;
    for case in 0..cases {
        let (base, position, time, digest, dump) = &anew[usize::try_from(case % 3).unwrap()];
        let data = folder.path().join("damaged");
        copy(base, &data);
        let what = damage(&data, &mut dice);
        println!("case {case}: {}", what.replace(&folder.path().display().to_string(), ""));
        let (running, took, now) = served(&data, *position, ANEW_MAX).await;
        let mut time = *time;
        if took > time + MORE_MAX {
            // The machine may be busier than it was: made anew at the same moment, it takes as long.
            let data = folder.path().join("anew");
            copy(base, &data);
            fs::remove_dir_all(data.join("directory")).unwrap();
            let (running, again, _) = served(&data, *position, ANEW_MAX).await;
            running.kill();
            fs::remove_dir_all(&data).unwrap();
            assert!(took <= again + MORE_MAX, "{what}: served after {took:?}; made anew, in {time:?} and {again:?}");
            time = again;
        }
        assert_eq!(now.digest, *digest, "{what}");
        dropped += u64::from(!now.dropped_because.is_empty());
        longest = longest.max(took.saturating_sub(time));
        // The digest is carried from row to row: that the rows themselves are right is seen from a look at each.
        running.stop();
        assert!(done(&["dump", data.to_str().expect("UTF-8")]) == *dump, "{what}: the rows are others");
        fs::remove_dir_all(&data).unwrap();
    }
    println!(
        "{cases} damages, seed {seed}: each first start served, at most {longest:?} after one that makes rows anew; {dropped} were put aside"
    );
}

#[test]
fn commands_that_read_make_nothing_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let (words, file) = (nowhere.to_str().unwrap(), folder.path().join("file"));
    assert!(!run(&["dump", words]).status.success());
    assert!(!run(&["snapshot", "export", words, file.to_str().unwrap()]).status.success());
    assert!(!nowhere.exists() && !file.exists(), "nothing was made");
}

/// Every file and folder below, with what is in it.
fn contents(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.push((path.clone(), Vec::new()));
            contents(&path, found);
        } else {
            let bytes = fs::read(&path).expect("readable");
            found.push((path, bytes));
        }
    }
    found.sort();
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_read_change_nothing() {
    let (folder, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = folder.path().join("data");
    let running = start(&data, free_port(), OFTEN);
    let position = outlets(&running, 0).await;
    running.stop();
    let (running, ..) = served(&data, position, ANEW_MAX).await;
    let words = data.to_str().expect("UTF-8");
    let rows = || {
        let mut found = Vec::new();
        contents(&data, &mut found);
        found
    };
    // As they lie after a sudden end, and then after a stop.
    running.kill();
    for (number, end) in ["killed", "stopped"].into_iter().enumerate() {
        let before = rows();
        let file = folder.path().join(format!("{number}.puhui"));
        let export = ["snapshot", "export", words, file.to_str().expect("UTF-8")];
        for arguments in [&["dump", words][..], &export] {
            let mut command = Command::new(tests::puhui());
            let ended = command.args(arguments).env("TMPDIR", copies.path()).output().expect("started");
            assert!(ended.status.success(), "{end}: {}", String::from_utf8_lossy(&ended.stderr));
            let after = rows();
            let differ = before.iter().chain(&after).filter(|file| !(before.contains(file) && after.contains(file)));
            let names: Vec<_> = differ.map(|(path, _)| path.display().to_string()).collect();
            assert!(names.is_empty(), "{end}: {arguments:?} changed {names:?}");
            assert_eq!(fs::read_dir(copies.path()).expect("readable").count(), 0, "the copy is gone");
        }
        if end == "killed" {
            let (running, ..) = served(&data, position, ANEW_MAX).await;
            running.stop();
        }
    }
}

/// A look at rows that gets no thread says nothing of them: it is tried again later, and they are not put aside.
#[test]
fn a_look_that_gets_no_thread_finds_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    Running::puhui("all", &["--data", data.to_str().unwrap()]).stop();
    let mut rows = fs::read_dir(data.join("directory")).unwrap().map(|entry| entry.unwrap().path());
    let rows = rows.find(|path| path.join("rows").is_dir()).expect("rows");
    let name = rows.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once("-v")).unwrap().0;
    // Stacks of 1 PiB cannot be had, wherever this runs and as whom.
    for (stack_bytes, code) in [(1_u64 << 21, 0), (1 << 50, 11)] {
        let mut look = Command::new(puhui());
        look.env("PUHUI_CHECK_ROWS", &rows).env("PUHUI_CHECK_ROWS_NAME", name);
        look.env("RUST_MIN_STACK", stack_bytes.to_string()).stdin(std::process::Stdio::piped());
        let mut look = look.spawn().unwrap();
        // Who asks holds the other end until it has ended.
        let asks = look.stdin.take();
        assert_eq!(look.wait().unwrap().code(), Some(code), "{stack_bytes}");
        drop(asks);
    }
}
