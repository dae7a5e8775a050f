//! Words of the command line that can never succeed, of every command that starts something: told by the argument's name with exit code 2,
//! before anything is made and without waiting. What may succeed later is no such word.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tests::{Running, free_port, puhui};

/// Longest that a word which can never be may be thought about; the program starts on a busy machine within it.
const TOLD_WITHIN: Duration = Duration::from_secs(10);

/// The program with these words, which must end by itself.
fn ended(words: &[&str]) -> Output {
    let mut command = Command::new("timeout");
    let seconds = (4 * TOLD_WITHIN.as_secs()).to_string();
    command.args([&seconds, puhui().to_str().unwrap()]).args(words).env("PUHUI_LOG", "off").output().unwrap()
}

/// That these words are told with what they should be told with, and nothing is made.
fn told(words: &[&str], named: &[&str], never_made: &[&Path]) {
    let began = Instant::now();
    let output = ended(words);
    let took = began.elapsed();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
    for name in named {
        assert!(said.contains(name), "{words:?} is not told by {name}: {said}");
    }
    assert!(!said.contains("sEcret"), "{words:?}: {said}");
    assert!(took < TOLD_WITHIN, "{words:?} took {took:?}");
    for path in never_made {
        assert!(path.symlink_metadata().is_err(), "{words:?} made {}", path.display());
    }
}

/// Files and pipes that options are given.
struct Given(tempfile::TempDir);

impl Given {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::write(at("odd"), "x\n").unwrap();
        fs::write(at("huge"), vec![b' '; 5 * 1024 * 1024]).unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", at("astray")).unwrap();
        let scheme = fs::read_to_string(tests::root().join("data/schemes/yangzhou.toml")).unwrap();
        fs::write(at("half.toml"), scheme.replace("notice_days = 5", "notice_days = 0")).unwrap();
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        Self(folder)
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Words with `{name}` in them, each such thing with its path.
    fn words<'a>(&self, words: &'a str) -> Vec<std::borrow::Cow<'a, str>> {
        let with_path = |word: &'a str| match word.strip_prefix('@') {
            Some(name) => self.at(name).into(),
            None => word.into(),
        };
        words.split_whitespace().map(with_path).collect()
    }
}

/// Of the place of a log and of how it is kept: words, and what they are told by.
const PLACES: &[(&str, &str)] = &[
    ("--log foo", "--log foo"),
    ("--log http://127.0.0.1:4222", "--log"),
    ("--log nats://", "--log"),
    ("--log nats://256.1.1.1:4222", "256.1.1.1"),
    ("--log nats://1.2.3:4222", "1.2.3"),
    ("--log nats://user:sEcret@x@127.0.0.1:4222", "%40"),
    ("--log nats://user:sEcret@", "--log"),
    ("--log nats://%zz@127.0.0.1:4222", "127.0.0.1:4222"),
    ("--log nats://127.0.0.1:4222/path", "--log"),
    ("--log nats://127.0.0.1:0", "--log"),
    ("--log nats://127.0.0.1:1,", "--log"),
    ("--nats-monitor x --log nats://127.0.0.1:1", "--nats-monitor"),
    ("--nats-monitor http:// --log nats://127.0.0.1:1", "--nats-monitor"),
    ("--nats-monitor https://127.0.0.1:8222 --log nats://127.0.0.1:1", "--nats-monitor"),
    ("--nats-monitor http://127.0.0.1:99999 --log nats://127.0.0.1:1", "--nats-monitor"),
    ("--nats-monitor http://127.0.0.1 --log nats://127.0.0.1:1", "--nats-monitor"),
    ("--nats-stream a.b --log nats://127.0.0.1:1", "--nats-stream"),
    ("--nats-stream a*b", "--nats-stream"),
    ("--nats-stream 普惠", "--nats-stream"),
    ("--nats-stream=", "--nats-stream"),
    ("--replicas 0", "--replicas"),
    ("--replicas 2", "--replicas"),
    ("--replicas 3", "--replicas 3"),
    ("--replicas -1", "--replicas"),
    ("--disk-reserve-mib -1", "--disk-reserve-mib"),
    ("--disk-reserve-mib 99999999999999999999", "--disk-reserve-mib"),
    ("--disk-reserve-mib 18446744073709551615", "--disk-reserve-mib"),
    ("--disk-reserve-mib 17592186044415", "--disk-reserve-mib"),
    ("--data /proc/x", "/proc/x"),
    ("--data @odd", "odd"),
];

/// Of those, and others, that only who writes is held to.
const WRITES: &[(&str, &str)] = &[
    ("--request-key @folder", "--request-key"),
    ("--request-key @odd", "--request-key"),
    ("--request-key @empty", "--request-key"),
    ("--request-key @astray", "--request-key"),
    ("--request-key @pipe", "--request-key"),
    ("--request-key /dev/zero", "--request-key"),
    ("--request-key @none/key", "--request-key"),
];

const OPENED: &[(&str, &str)] = &[("--name=", "--name"), ("--opened-by no/bureau", "--opened-by")];

const SERVES: &[(&str, &str)] = &[
    ("--listen 256.0.0.1:7400", "--listen"),
    ("--listen 127.0.0.1", "--listen"),
    ("--listen 127.0.0.1:99999", "--listen"),
    ("--listen 192.0.2.1:7400", "--listen"),
    ("--listen 224.0.0.1:7400", "--listen"),
    ("--metrics x", "--metrics"),
    ("--metrics 192.0.2.1:9400", "--metrics"),
    ("--connections 0", "--connections"),
    ("--connections -1", "--connections"),
    ("--connections 65537", "--connections"),
    ("--connections-per-address 0", "--connections-per-address"),
    ("--proxy x", "--proxy"),
    ("--proxy 10.0.0.0/33", "--proxy"),
    ("--proxy-header a:b", "--proxy-header"),
    ("--accept-clock 2026-02-30", "--accept-clock"),
    ("--accept-clock x", "--accept-clock"),
    ("--accept-shorter-log x", "--accept-shorter-log"),
    ("--accept-shorter-log -1", "--accept-shorter-log"),
    ("--replace-log x", "--replace-log"),
    ("--scheme @none", "--scheme"),
    ("--scheme @folder", "--scheme"),
    ("--scheme @odd", "--scheme"),
    ("--scheme @half.toml", "notice_days"),
    ("--scheme @pipe", "--scheme"),
    ("--scheme @huge", "--scheme"),
    ("--scheme /dev/zero", "--scheme"),
];

fn each(given: &Given, before: &[&str], cases: &[(&str, &str)], after: &[&str]) {
    let data = given.0.path().join("data");
    for (words, named) in cases {
        let own = given.words(words);
        let own: Vec<&str> = own.iter().map(AsRef::as_ref).collect();
        let mut all = [before, &own].concat();
        if !own.contains(&"--data") {
            all.extend(["--data", data.to_str().unwrap()]);
        }
        for [option, value] in after.as_chunks().0 {
            if !own.contains(option) {
                all.extend([option, value]);
            }
        }
        told(&all, &[named], &[&data, &given.0.path().join("none")]);
    }
}

#[test]
fn a_service_is_not_begun_with_words_that_can_never_be() {
    let given = Given::new();
    let listens = ["--listen", "127.0.0.1:0"];
    for service in ["all", "certification", "directory", "audit"] {
        each(&given, &["serve", service], PLACES, &listens);
    }
    each(&given, &["serve", "all"], &[SERVES, OPENED, WRITES].concat(), &listens);
    each(&given, &["serve", "rules"], WRITES, &listens);
    let port = free_port();
    let (one, other) = (format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}"));
    for metrics in [&one, &other] {
        let data = given.0.path().join("data");
        let words = ["serve", "all", "--data", data.to_str().unwrap(), "--listen", &one, "--metrics", metrics];
        told(&words, &["--metrics", "--listen", " / "], &[&data]);
    }
}

#[test]
fn what_is_done_about_a_log_is_not_begun_with_such_words() {
    let given = Given::new();
    each(&given, &["log", "create"], &[PLACES, OPENED, WRITES].concat(), &[]);
    each(&given, &["log", "show"], &PLACES[..PLACES.len() - 2], &[]);
    each(&given, &["log", "inspect"], &[("--position 0", "--position"), ("--position -1", "--position")], &[]);
    each(&given, &["log", "inspect", "--position", "1"], &PLACES[..6], &[]);
    each(&given, &["log", "export", &given.at("out")], &PLACES[..6], &[]);
    let aside = [
        ("--sha256 xyz", "--sha256"),
        ("--reason=", "--reason"),
        ("--document=", "--document"),
        ("--bureau a/b", "--bureau"),
        ("--officer=", "--officer"),
        ("--position 0", "--position"),
        ("--accept-clock x", "--accept-clock"),
    ];
    let hash = "0".repeat(64);
    let whole = [
        ["--position", "1"],
        ["--sha256", &hash],
        ["--reason", "r"],
        ["--document", "d"],
        ["--bureau", "b"],
        ["--officer", "o"],
        ["--log", "nats://127.0.0.1:1"],
    ];
    for (words, named) in aside {
        let option = words.split([' ', '=']).next().unwrap();
        let rest: Vec<&str> = whole.iter().filter(|[name, _]| *name != option).flatten().copied().collect();
        each(&given, &[&["log", "set-aside"], rest.as_slice()].concat(), &[(words, named)], &[]);
    }
    let there = given.at("odd");
    told(&["log", "request-key", &there], &[&there], &[]);
    let nowhere = given.at("none/key");
    told(&["log", "request-key", &nowhere], &[&nowhere], &[]);
}

#[test]
fn what_is_asked_of_a_server_is_not_begun_with_such_words() {
    let given = Given::new();
    let (pipe, none, huge, folder) = (given.at("pipe"), given.at("none"), given.at("huge"), given.at("folder"));
    let odd = given.at("odd");
    // A copy: what is asked about a list is written beside it.
    let list = given.at("lists.csv");
    fs::copy(tests::root().join("data/lists/certified_lists_public.csv"), &list).unwrap();
    let list = list.as_str();
    // Nobody is there to be asked.
    let server = format!("http://127.0.0.1:{}", free_port());
    for (words, named) in [
        (&["import", &pipe][..], &*pipe),
        (&["import", &none], &none),
        (&["import", &folder], &folder),
        (&["import", "/dev/zero"], "/dev/zero"),
        (&["import", list, "--bureau", "a/b"], "--bureau"),
        (&["import", list, "--officer", ""], "--officer"),
        (&["import", list, "--in-flight", "0"], "--in-flight"),
        (&["import", list, "--category", "瑜伽"], "--category"),
        (&["import", list, "--category", "养老"], "elder-community"),
        (&["import", list, "--place", "无此地"], "--place"),
        (&["import", list, "--kind", "名单"], "--kind"),
        (&["import", list, "--document="], "--document"),
        (&["import", list, "--decided-on", "2026-02-30"], "--decided-on"),
        (&["import", list, "--datum", "x"], "--datum"),
        (&["import", list, "--answers", &none], &none),
        (&["import", list, "--answers", &pipe], &pipe),
        (&["import", list, "--answers", &odd], &odd),
        (&["import", list, "--report", list], "--report"),
        (&["import", list, "--explain", "x"], "--explain"),
        (&["import", list, "--explain", "999999"], "--explain"),
        (&["import", "--template", &odd], "--template"),
        (&["import"], "LIST"),
        (&["rules", "check", &pipe], &pipe),
        (&["rules", "check", &huge], &huge),
        (&["snapshot", "import", &none, &pipe], &pipe),
        (&["snapshot", "export", &none, &pipe], &none),
        (&["dump", &none], &none),
    ] {
        told(&[&["--server", &server][..], words].concat(), &[named], &[Path::new(&none)]);
    }
    for server in [
        "https://127.0.0.1:7400",
        "http://256.1.1.1:7400",
        "http://127.0.0.1:99999",
        "http://",
        "nobody=http://127.0.0.1:1",
    ] {
        told(&["--server", server, "health"], &["--server"], &[]);
    }
    let scratch = given.0.path().join("scratch");
    for listen in ["192.0.2.1:7400", "224.0.0.1:7400", "x"] {
        let mut command = Command::new("timeout");
        command.args(["40", puhui().to_str().unwrap(), "demo", "--exit", "--listen", listen]).env("TMPDIR", &scratch);
        let output = command.env("PUHUI_LOG", "off").output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(
            output.status.code() == Some(2) && said.contains("--listen") && !said.contains("busy"),
            "{listen}: {said}"
        );
        assert!(fs::read_dir(&scratch).map_or(0, Iterator::count) == 0, "{listen} left something");
    }
}

/// What waiting may mend is 3.
#[test]
fn what_may_succeed_later_is_not_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = taken.local_addr().unwrap().to_string();
    let three = |words: &[&str], named: &str| {
        let output = ended(&[&["serve", "audit", "--data", data], words].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(3) && said.contains(named), "{words:?}: {output:?}");
    };
    three(&["--listen", &busy], "--listen");
    three(&["--listen", "127.0.0.1:0", "--metrics", &busy], "--metrics");
    // The server is there, and its monitoring may come.
    let nats = Running::nats(folder.path());
    let closed = format!("http://127.0.0.1:{}", free_port());
    three(&["--listen", "127.0.0.1:0", "--log", &nats.url, "--nats-monitor", &closed], "cannot be read");
    nats.kill();
}
