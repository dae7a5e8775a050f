//! A data folder in which something is emptied, gone, something else than it is to be, or closed to the program: each start serves, with
//! the rows that the log gives, or ends by a code for which waiting changes nothing, with a path and what to do about it.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{GetProgressRequest, GetProgressResponse, RowsState};
use tests::{Running, channel, free_port, puhui, requests};

/// Providers on record.
const PROVIDERS: u32 = 20;

/// What is done to a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    Emptied,
    Gone,
    /// A folder in the place of a file, a file in that of a folder.
    OtherKind,
    /// A link that leads nowhere, as to a disk that is not there.
    Astray,
    /// Neither to be read nor written by the program.
    Closed,
}

use Damage::{Astray, Closed, Emptied, Gone, OtherKind};

fn gone(path: &Path) {
    if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
}

fn damage(path: &Path, damage: Damage) {
    let folder = path.is_dir();
    match damage {
        Closed => return fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap(),
        Emptied if !folder => return fs::write(path, b"").unwrap(),
        _ => gone(path),
    }
    match damage {
        Gone | Closed => {}
        OtherKind if folder => fs::write(path, b"something else").unwrap(),
        Emptied | OtherKind => fs::create_dir(path).unwrap(),
        Astray => symlink("/nowhere/at/all", path).unwrap(),
    }
}

/// `puhui` that may do no more to files than their modes say, also where the tests run as root.
fn bound_by_modes(folder: &Path) -> Command {
    if fs::metadata(folder).unwrap().uid() != 0 {
        return Command::new(puhui());
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]).arg(puhui());
    command
}

/// A start that has come to its word: that it listens, or its end.
struct Started {
    child: Child,
    url: Option<String>,
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(data: &Path) -> Started {
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = bound_by_modes(data.parent().unwrap());
    command.args(["serve", "--listen", &address, "--data", data.to_str().unwrap()]).env("PUHUI_LOG", "off");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let told = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(told == 0 || line.contains("listening on"), "{line}");
    Started { child, url: (told > 0).then(|| format!("http://{address}")) }
}

/// The rows once they hold everything up to `position`.
async fn whole(url: &str, position: u64) -> GetProgressResponse {
    let mut rows = RowsServiceClient::new(channel(url).await);
    loop {
        let now = rows.get_progress(GetProgressRequest {}).await.unwrap().into_inner();
        if now.state() == RowsState::Live && now.position == position {
            return now;
        }
        #[expect(clippy::disallowed_methods, reason = "a process that starts can only be asked again")]
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

async fn registered(url: &str) -> u64 {
    let mut client = CertificationServiceClient::new(channel(url).await);
    let mut position = 0;
    for number in 0..PROVIDERS {
        let request = requests::register(number);
        position = client.register_provider(request).await.unwrap().into_inner().position;
    }
    position
}

/// Everything in a folder, each folder before what is in it.
fn everything(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        found.push(path.clone());
        if folder.join(&path).is_dir() {
            everything(folder, &path, found);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_became_of_the_data_folder_a_start_serves_or_says_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base");
    let running = Running::puhui("all", &["--data", base.to_str().unwrap()]);
    let position = registered(&running.url).await;
    let digest = whole(&running.url, position).await.digest;
    running.stop();
    let mut paths = vec![PathBuf::new()];
    everything(&base, Path::new(""), &mut paths);
    paths.sort();
    let (mut served, mut refused) = (0, 0);
    for path in &paths {
        for kind in [Emptied, Gone, OtherKind, Astray, Closed] {
            let data = folder.path().join("data");
            copy(&base, &data);
            // What is joined with nothing would end with a slash.
            let struck = if path.as_os_str().is_empty() { data.clone() } else { data.join(path) };
            damage(&struck, kind);
            let mut started = start(&data);
            let case = format!("{path:?} {kind:?}");
            if let Some(url) = &started.url {
                served += 1;
                // A data folder of which nothing is left is that of a new registry.
                if !data.join("log-known").exists() || path.as_os_str().is_empty() {
                    assert!(path.as_os_str().is_empty(), "{case}");
                } else {
                    assert_eq!(whole(url, position).await.digest, digest, "{case}");
                }
            } else {
                refused += 1;
                let mut said = String::new();
                started.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                let code = started.child.wait().unwrap().code();
                assert!(matches!(code, Some(1 | 2)), "{case}: {code:?}, {said}");
                let last = said.lines().last().unwrap_or_default();
                assert!(last.starts_with("puhui: ") && last.contains(" / "), "{case}: {said}");
                // What a log lacks at its end is told by its position, and by what is to be said about it.
                let told = last.contains(data.to_str().unwrap()) || last.contains("--accept-shorter-log");
                assert!(told, "{case}: {said}");
                assert!(
                    !path.starts_with("directory") || kind == Closed || kind == Astray,
                    "rows heal: {case}: {said}"
                );
            }
            drop(started);
            if kind == Closed && struck.exists() {
                fs::set_permissions(&struck, Permissions::from_mode(0o700)).unwrap();
            }
            if data.symlink_metadata().is_ok() {
                gone(&data);
            }
        }
    }
    println!("{served} starts served, {refused} were refused by path");
    // 0 would mean that nothing was tried.
    assert!(served > 0 && refused > 0);
}

/// A start that is refused must tell the file that is missing, and make nothing in its place.
#[test]
fn a_tree_of_the_log_that_lacks_a_file_is_told_by_that_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    Running::puhui("all", &["--data", data.to_str().unwrap()]).stop();
    let mut trees: Vec<_> =
        fs::read_dir(data.join("log/keyspaces")).unwrap().map(|tree| tree.unwrap().path()).collect();
    trees.sort();
    assert!(trees.len() > 1, "{trees:?}");
    for tree in trees {
        let (current, away) = (tree.join("current"), folder.path().join("away"));
        fs::rename(&current, &away).unwrap();
        for _ in 0..2 {
            let (code, said) = ended(&["--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
            assert!(code == Some(1) && said.contains(current.to_str().unwrap()), "{code:?}: {said}");
            assert!(!current.exists(), "it was made anew");
        }
        fs::rename(&away, &current).unwrap();
    }
    Running::puhui("all", &["--data", data.to_str().unwrap()]).stop();
}

/// `puhui serve` with these words, which must end by itself: its code, and what it said.
fn ended(words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new("timeout");
    command.args(["60", puhui().to_str().unwrap(), "serve"]).args(words).env("PUHUI_LOG", "off");
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What no waiting mends is no reason to be started again and again; what may pass is.
#[test]
fn a_place_or_an_address_that_can_never_be_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    // Addresses for documentation, which no machine has.
    let foreign = ["192.0.2.1:7400", "[2001:db8::1]:7400"];
    let mut cases = vec![("/proc/x", "127.0.0.1:0"), ("/proc", "127.0.0.1:0"), ("/proc/x/y", "127.0.0.1:0")];
    cases.extend(foreign.map(|address| (data, address)));
    // A link-local one without its interface, one of an interface that is none, and those of many machines at once.
    let odd = [
        "[fe80::1]:7400",
        "[fe80::1%nowhere]:7400",
        "[fe80::1%lo]:7400",
        "224.0.0.1:7400",
        "[ff02::1]:7400",
        "255.255.255.255:7400",
    ];
    cases.extend(odd.map(|address| (data, address)));
    for (data, listen) in cases {
        let (code, said) = ended(&["--data", data, "--listen", listen]);
        // An interface is shown by its number.
        let (shown, _) = listen.split_once('%').unwrap_or((listen, ""));
        let what = if listen.starts_with("127") { data } else { shown };
        assert!(code == Some(2) && said.contains(what) && said.contains(" / "), "{what}: {code:?}: {said}");
        assert!(what == data || said.contains("--listen"), "{what}: {said}");
    }
    let (code, said) = ended(&["--data", data, "--listen", "127.0.0.1:0", "--metrics", "[fe80::1]:7400"]);
    assert!(code == Some(2) && said.contains("--metrics [fe80::1]:7400") && said.contains("%eth0"), "{code:?}: {said}");
    for server in
        ["nats://", "nats://u:secret@", "nats://:4222", "nats://127.0.0.1:99999", "nats://127.0.0.1:1,nats://"]
    {
        let (code, said) = ended(&["--data", data, "--listen", "127.0.0.1:0", "--log", server]);
        assert!(code == Some(2) && said.contains("--log") && !said.contains("secret"), "{server}: {code:?}: {said}");
    }
    let words = ["--data", data, "--listen", "127.0.0.1:0"];
    let (code, said) = ended(&[&words[..], &["--metrics", foreign[0]]].concat());
    assert!(code == Some(2) && said.contains("--metrics 192.0.2.1"), "{code:?}: {said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = taken.local_addr().unwrap().to_string();
    let (code, said) = ended(&["--data", data, "--listen", &busy]);
    assert!(code == Some(3) && said.contains(&busy), "{code:?}: {said}");
}
