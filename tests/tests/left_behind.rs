//! Signals at any moment, and readers that are gone: nothing is left of what the command made for itself, no folder and no process, and a
//! report that was begun is whole.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use tests::{BEGUN, Running, entries, puhui};

/// The program under way.
struct Begun {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Begun {
    /// Starts it with `temporary` for what it makes, and with every signal as it is at first: the tests may have been started by
    /// somebody who ignores some, as `nohup` does.
    fn new(words: &[&str], temporary: &Path) -> Self {
        let mut command = Command::new("env");
        command.arg("--default-signal").arg(puhui());
        command.args(words).env("TMPDIR", temporary).env("PUHUI_LOG", "error");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// Reads up to a line with this in it.
    fn until(&mut self, part: &str) {
        let found = self.lines.by_ref().map(|line| line.expect("readable")).any(|line| line.contains(part));
        assert!(found, "it ended before it said {part}");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Its end. The rest of what it says is read, so that it never waits for a full pipe.
    fn end(mut self) -> ExitStatus {
        for line in self.lines.by_ref() {
            drop(line);
        }
        self.child.wait().expect("waited for")
    }
}

/// Processes whose command line or environment names this folder.
fn processes_in(folder: &Path) -> usize {
    let name = folder.as_os_str().as_encoded_bytes();
    let of = |process: &Path, part: &str| std::fs::read(process.join(part)).unwrap_or_default();
    let names = |bytes: Vec<u8>| bytes.windows(name.len()).any(|window| window == name);
    let processes = std::fs::read_dir("/proc").expect("readable").flatten().map(|process| process.path());
    processes.filter(|process| names(of(process, "cmdline")) || names(of(process, "environ"))).count()
}

fn nothing_in(folder: &Path, what: &str) {
    assert_eq!((processes_in(folder), entries(folder)), (0, 0), "{what}");
}

/// From when the folder is made to when the services serve.
#[test]
fn a_demo_that_a_signal_ends_removes_its_registry() {
    let folder = tempfile::tempdir().unwrap();
    for (part, signal, well) in [
        ("Puhui demo", "TERM", false),
        ("real lists", "INT", false),
        ("首次查询", "TERM", false),
        ("synthetic outlets", "HUP", false),
        ("synthetic outlets", "QUIT", false),
        ("synthetic outlets", "TERM", false),
        ("the life of a nursery", "INT", false),
        ("replay of the whole log", "TERM", false),
        ("In another terminal try", "HUP", true),
        ("In another terminal try", "QUIT", true),
        ("In another terminal try", "TERM", true),
    ] {
        let mut demo = Begun::new(&["demo", "--listen", "127.0.0.1:0"], folder.path());
        demo.until(part);
        demo.signal(signal);
        let ended = demo.end();
        assert_eq!(ended.code(), Some(if well { 0 } else { 3 }), "{signal} at {part}: {ended}");
        nothing_in(folder.path(), &format!("{signal} at {part}"));
    }
}

/// The moment the folder is there: nothing was said yet.
#[test]
fn a_demo_that_ends_at_once_removes_its_registry() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["TERM", "HUP"] {
        let demo = Begun::new(&["demo", "--listen", "127.0.0.1:0"], folder.path());
        while entries(folder.path()) == 0 {
            std::thread::yield_now();
        }
        demo.signal(signal);
        assert_eq!(demo.end().code(), Some(3), "{signal}");
        nothing_in(folder.path(), signal);
    }
}

/// The one that reads is stopped: the tour waits for it, and a signal is heard all the same.
#[test]
fn a_demo_that_nobody_reads_hears_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    // A pipe that is full already.
    let fill = writer.try_clone().unwrap();
    let filled = std::thread::spawn(move || std::io::Write::write_all(&mut &fill, &vec![b'\n'; 1 << 16]));
    let mut command = Command::new(puhui());
    command.args(["demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", folder.path()).env("PUHUI_LOG", "error");
    let mut demo = command.stdout(writer).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    filled.join().unwrap().unwrap();
    while !folder.path().join(format!("puhui-demo-{}/directory", demo.id())).exists() {
        std::thread::yield_now();
    }
    let sent = Command::new("kill").arg(demo.id().to_string()).status().unwrap();
    assert!(sent.success());
    let ended = demo.wait().unwrap();
    drop(reader);
    assert_eq!(ended.code(), Some(3));
    nothing_in(folder.path(), "nobody reads");
}

#[test]
fn a_bench_that_a_signal_ends_leaves_no_server_and_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().to_str().unwrap();
    // Once its folder is made, and twice once the services run that it measures.
    for (signal, processes) in [("TERM", 1), ("INT", 2), ("HUP", 2)] {
        let words = ["bench", "commands", "--count", "20000", "--rounds", "100", "--folder", there];
        let bench = Begun::new(&words, folder.path());
        while entries(folder.path()) == 0 || processes_in(folder.path()) < processes {
            std::thread::yield_now();
        }
        bench.signal(signal);
        assert_eq!(bench.end().code(), Some(3), "{signal}");
        nothing_in(folder.path(), signal);
    }
}

/// A row a line, whichever moment the import was ended at, and taken on it makes no double.
#[test]
fn the_report_of_an_import_that_was_ended_has_every_row() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().join("data").to_str().unwrap()]);
    let list = folder.path().join("list.csv");
    let rows = 3_000;
    let row = |row| format!("合成托育园{row},普惠托育,邗江区,演示〔2026〕{row}号,2026-03-16\n");
    let text: String = std::iter::once("名称,类别,区县,文号,认定日期\n".to_owned()).chain((0..rows).map(row)).collect();
    std::fs::write(&list, text).unwrap();
    let report = folder.path().join("list.csv.report.csv");
    let part = folder.path().join("list.csv.report.csv.part");
    let words = ["--server", &server.url, "import", list.to_str().unwrap()];
    let begun = |signal: &str| {
        let mut import = Begun::new(&words, folder.path());
        // Some of it is written: the report is begun and rows are on record.
        while std::fs::metadata(&part).map_or(0, |part| part.len()) < 8_000 {
            assert!(import.child.try_wait().unwrap().is_none(), "it ended before it was ended");
            std::thread::yield_now();
        }
        import.signal(signal);
        import.end()
    };
    assert_eq!(begun("TERM").code(), Some(3));
    let told = std::fs::read_to_string(&report).unwrap();
    // Its own headings, a line a row, and one for the list's headings, which are no row.
    assert_eq!(told.lines().count(), rows + 2, "{told}");
    let count = |told: &str, word: &str| told.lines().filter(|line| line.contains(word)).count();
    let (stored, unfinished) = (count(&told, "已存"), count(&told, "未完成"));
    assert!(stored > 0 && unfinished > 0 && stored + unfinished == rows, "{stored} {unfinished}");
    assert!(!part.exists());
    // The same as a workbook, whole as well.
    let book = folder.path().join("list.csv.report.xlsx");
    let whole = std::fs::read(&book).unwrap();
    assert!(whole.starts_with(b"PK") && !folder.path().join("list.csv.report.xlsx.part").exists());
    // Killed at once it leaves the report that was whole as it was.
    begun("KILL");
    assert_eq!(std::fs::read_to_string(&report).unwrap(), told);
    assert!(std::fs::read(&book).unwrap() == whole, "the workbook was touched");
    assert!(Begun::new(&words, folder.path()).end().success());
    let told = std::fs::read_to_string(&report).unwrap();
    assert_eq!(count(&told, "已存") + count(&told, "已有"), rows);
    assert!(count(&told, "已有") >= stored);
    let replayed = tests::done(&["--server", &server.url, "replay"]);
    assert_eq!(replayed.lines().count(), rows + usize::try_from(BEGUN).unwrap());
    server.stop();
}

/// A data folder with rows of a few thousand outlets: more than a pipe takes in.
fn with_rows(folder: &Path) -> std::path::PathBuf {
    let (data, list) = (folder.join("data"), folder.join("list.csv"));
    let row = |row| format!("合成托育园{row},普惠托育,邗江区,演示〔2026〕{row}号,2026-03-16\n");
    let text: String =
        std::iter::once("名称,类别,区县,文号,认定日期\n".to_owned()).chain((0..2_000).map(row)).collect();
    std::fs::write(&list, text).expect("written");
    let server = Running::puhui("all", &["--data", data.to_str().expect("UTF-8")]);
    tests::done(&["--server", &server.url, "import", list.to_str().expect("UTF-8")]);
    server.stop();
    data
}

/// Rows hold what the public is not told, and what reads them reads a copy.
#[test]
fn no_copy_of_rows_outlives_a_dump_or_an_export_that_a_signal_ends() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = with_rows(folder.path());
    let data = data.to_str().unwrap();
    // Nobody reads on: it waits in the middle of a line.
    for signal in ["TERM", "INT", "HUP"] {
        let mut dump = Begun::new(&["dump", data], temporary.path());
        dump.until(" ");
        assert_eq!(entries(temporary.path()), 1, "what is read is a copy");
        dump.signal(signal);
        assert_eq!(dump.child.wait().unwrap().code(), Some(3), "{signal}");
        nothing_in(temporary.path(), signal);
    }
    // At any moment from when the copy is begun.
    for signal in ["TERM", "INT", "QUIT"] {
        let mut dump = Begun::new(&["dump", data], temporary.path());
        while entries(temporary.path()) == 0 {
            std::thread::yield_now();
        }
        dump.signal(signal);
        assert_eq!(dump.child.wait().unwrap().code(), Some(3), "{signal}");
        nothing_in(temporary.path(), signal);
    }
    // A file that takes nothing in holds the export up, and one that does not is there whole or not at all.
    let to = folder.path().join("held.puhui");
    let part = folder.path().join(".held.puhui.part");
    assert!(Command::new("mkfifo").arg(&part).status().unwrap().success());
    for (file, held) in [(to, true), (folder.path().join("rows.puhui"), false)] {
        let mut export = Begun::new(&["snapshot", "export", data, file.to_str().unwrap()], temporary.path());
        let mut ended = None;
        while entries(temporary.path()) == 0 && ended.is_none() {
            std::thread::yield_now();
            ended = export.child.try_wait().unwrap();
        }
        if ended.is_none() {
            export.signal("TERM");
        }
        let ended = export.end().code();
        assert!(ended == Some(3) || !held && ended == Some(0), "{ended:?}");
        assert_eq!(file.exists(), ended == Some(0));
        assert!(held || !folder.path().join(".rows.puhui.part").exists());
        nothing_in(temporary.path(), "export");
    }
}

/// Rows that were not closed in order are looked at by a process of their own, which goes as well.
#[test]
fn no_process_that_looks_at_a_copy_outlives_a_dump_that_a_signal_ends() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = with_rows(folder.path());
    // What is broken was changed since it was sealed.
    let seal = folder.path().join("data/directory").read_dir().unwrap().map(|entry| entry.unwrap().path().join("seal"));
    let seals: Vec<_> = seal.filter(|seal| seal.exists()).collect();
    assert_eq!(seals.len(), 1, "{seals:?}");
    std::fs::remove_file(&seals[0]).unwrap();
    let mut dump = Begun::new(&["dump", data.to_str().unwrap()], temporary.path());
    while processes_in(temporary.path()) < 2 {
        assert!(dump.child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    dump.signal("TERM");
    assert_eq!(dump.child.wait().unwrap().code(), Some(3));
    nothing_in(temporary.path(), "a look");
}
