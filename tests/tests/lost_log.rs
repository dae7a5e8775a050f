//! A log that is gone, or another in its place: never taken for a new one in silence, never written to, and given up only by its id.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use tests::{BEGUN, Running, channel, done, free_port, requests, run};
use tonic::{Code, Status};
use uuid::Uuid;

/// Longest until health tells what is wrong.
const RED_WITHIN: Duration = Duration::from_secs(2);
/// Longest until it tells that nothing is wrong any more.
const GREEN_WITHIN: Duration = Duration::from_secs(10);

async fn register(url: &str, number: u32) -> Result<String, Status> {
    let request = requests::register(number);
    let answer = CertificationServiceClient::new(channel(url).await).register_provider(request).await?;
    Ok(answer.into_inner().log_id)
}

/// Where the log of a service ends.
/// The position of the commit that was asked for so many after those that a log begins with.
fn at(after: u64) -> String {
    (BEGUN + after).to_string()
}

async fn head(url: &str) -> u64 {
    let mut audit = AuditServiceClient::new(channel(url).await);
    audit.get_head(GetHeadRequest {}).await.unwrap().into_inner().position
}

/// Starting the services must be refused as wrong usage, and not go on serving; what was said.
fn refused(words: &[&str]) -> String {
    let listen = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new("timeout");
    command.args(["60", tests::puhui().to_str().unwrap(), "serve", "--listen", &listen]).args(words);
    let output = command.env("PUHUI_LOG", "warn").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_log_that_is_gone_is_not_replaced_by_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let service = Running::puhui("all", &words);
    let old = register(&service.url, 1).await.unwrap();
    service.stop();
    assert!(fs::read_to_string(data.join("log-known")).unwrap().starts_with(&old));
    let rows = tests::entries(&data.join("directory"));
    fs::rename(data.join("log"), folder.path().join("away")).unwrap();

    let said = refused(&words);
    assert!(said.contains(&old) && said.contains(&format!("--replace-log {old}")), "{said}");
    assert!(
        !data.join("log").exists() && tests::entries(&data.join("directory")) == rows,
        "something was made or dropped"
    );
    assert!(refused(&[&words[..], &["--new-log"]].concat()).contains(&old));
    let wrong = Uuid::new_v4().to_string();
    assert!(refused(&[&words[..], &["--replace-log", &wrong]].concat()).contains(&old));

    // Another log in its place is named beside the one that is missed.
    let other = folder.path().join("other");
    let met = done(&["log", "create", "--data", other.to_str().unwrap()]);
    let met = met.split_whitespace().last().unwrap();
    fs::rename(other.join("log"), data.join("log")).unwrap();
    let said = refused(&words);
    assert!(said.contains(&old) && said.contains(met), "{said}");

    // Back from the backup.
    fs::remove_dir_all(data.join("log")).unwrap();
    fs::rename(folder.path().join("away"), data.join("log")).unwrap();
    let service = Running::puhui("all", &words);
    assert_eq!(register(&service.url, 2).await.unwrap(), old);
    service.stop();

    // Given up by its id, once: what stands in a unit file does not give up the next one.
    fs::remove_dir_all(data.join("log")).unwrap();
    let replacing = [&words[..], &["--replace-log", &old]].concat();
    let service = Running::puhui("all", &replacing);
    let new = register(&service.url, 1).await.unwrap();
    assert_ne!(new, old);
    service.stop();
    assert!(refused(&replacing).contains(&new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_server_is_neither_made_anew_nor_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let ports = (free_port(), free_port());
    let nats = Running::empty_nats_at(folder.path(), ports);
    let (data, url, monitor) = (folder.path().join("data"), nats.url.clone(), nats.monitor.clone());
    let log = ["--log", &url, "--nats-monitor", &monitor];
    let words = [&log[..], &["--data", data.to_str().unwrap()]].concat();
    let said = refused(&words);
    assert!(said.contains("puhui log create --log"), "{said}");
    let service = Running::puhui("certification", &[&words[..], &["--new-log"]].concat());
    let old = register(&service.url, 1).await.unwrap();
    assert!(refused(&[&words[..], &["--new-log"]].concat()).contains(&old));

    // Wiped, and another made by somebody, while the service runs.
    nats.kill();
    fs::rename(folder.path().join("jetstream"), folder.path().join("away")).unwrap();
    let nats = Running::empty_nats_at(folder.path(), ports);
    assert!(refused(&words).contains(&old));
    let unseen = ["log", "create", "--log", &url, "--nats-monitor", "http://127.0.0.1:1"];
    for _ in 0..2 {
        let output = run(&unseen);
        // It may be read later.
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("cannot be read"), "it was made before it was refused: {said}");
    }
    let made = done(&[&["log", "create"], &log[..]].concat());
    let made = made.split_whitespace().last().unwrap().to_owned();
    let again = run(&[&["log", "create"], &log[..]].concat());
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    for number in [1, 2] {
        let lost = register(&service.url, number).await.unwrap_err();
        assert!(matches!(lost.code(), Code::Unavailable | Code::Unknown), "{lost}");
    }
    // To look at it takes no monitoring.
    let shown = done(&["log", "show", "--log", &url, "--nats-monitor", "http://127.0.0.1:1"]);
    assert!(shown.contains(&made) && shown.trim_end().ends_with("position 1"), "another log was written to: {shown}");
    let said = refused(&words);
    assert!(said.contains(&old) && said.contains(&made), "{said}");

    // The right one is back: the service that ran all the while goes on.
    nats.kill();
    fs::remove_dir_all(folder.path().join("jetstream")).unwrap();
    fs::rename(folder.path().join("away"), folder.path().join("jetstream")).unwrap();
    let nats = Running::empty_nats_at(folder.path(), ports);
    let began = std::time::Instant::now();
    let back = loop {
        match register(&service.url, 2).await {
            Ok(log) => break log,
            Err(status) => assert!(began.elapsed().as_secs() < 60, "{status}"),
        }
    };
    assert_eq!(back, old);
    service.stop();
    nats.kill();
}

/// The folder, copied.
fn copied(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(done.success(), "{} was not copied", from.display());
}

/// Puts a copy in the place of a folder.
fn put_back(copy: &Path, place: &Path) {
    fs::remove_dir_all(place).unwrap();
    copied(copy, place);
}

/// Registers these providers with a service that is started for it and stopped; the log's id.
async fn registered(words: &[&str], numbers: RangeInclusive<u32>) -> String {
    let service = Running::puhui("all", words);
    let mut id = String::new();
    for number in numbers {
        id = register(&service.url, number).await.unwrap();
    }
    service.stop();
    id
}

/// Whether both positions, and what to do, are said in both languages.
fn says_shorter(said: &str, last: u64, reached: u64) -> bool {
    [
        format!("止于第{last}条"),
        format!("到过第{reached}条"),
        format!("ends at position {last}"),
        format!("reached position {reached}"),
        format!("--accept-shorter-log {last}"),
    ]
    .iter()
    .all(|part| said.contains(part))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_journal_is_gone_or_cut_is_not_opened_as_a_shorter_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    registered(&words, 1..=5).await;
    let (whole, journal) = (folder.path().join("whole"), data.join("log/0.jnl"));
    copied(&data, &whole);
    let bytes = fs::read(&journal).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for (what, left) in [("removed", None), ("emptied", Some(0)), ("halved", Some(used / 2)), ("cut", Some(used - 20))]
    {
        match left {
            None => fs::remove_file(&journal).unwrap(),
            Some(left) => fs::write(&journal, &bytes[..left]).unwrap(),
        }
        let last = match left {
            None | Some(0) => 0,
            Some(left) if left > used / 2 => BEGUN + 4,
            // Half of it is less than the rules that the log begins with, and more than what says which log it is.
            Some(_) => 1,
        };
        // However often it is tried.
        for _ in 0..2 {
            let said = refused(&words);
            assert!(says_shorter(&said, last, BEGUN + 5), "{what}: {said}");
        }
        let rows = tests::entries(&data.join("directory"));
        assert_eq!(rows, tests::entries(&whole.join("directory")), "{what}: rows were put aside");
        put_back(&whole, &data);
        registered(&words, 6..=6).await;
        put_back(&whole, &data);
    }
    // What says how far the log had reached is gone as well, and the data folder knows it.
    fs::remove_file(data.join("log/reached")).unwrap();
    let said = refused(&words);
    assert!(said.contains(&format!("--accept-shorter-log {}", at(5))), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_the_log_is_accepted_by_where_it_ends_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (log, older, other) = (data.join("log"), folder.path().join("older"), folder.path().join("other"));
    let words = ["--data", data.to_str().unwrap()];
    registered(&words, 1..=2).await;
    copied(&log, &older);
    let id = registered(&words, 3..=5).await;
    let (second, third, last) = (at(2), at(3), at(5));
    let accepting = |position| [&words[..], &["--accept-shorter-log", position]].concat();
    assert!(refused(&accepting(&last)).contains("--accept-shorter-log"), "nothing is shorter");
    put_back(&older, &log);
    let said = refused(&words);
    assert!(says_shorter(&said, BEGUN + 2, BEGUN + 5), "{said}");
    let set_aside =
        ["log", "set-aside", "--position", "1", "--sha256", &"0".repeat(64), "--reason", "a", "--document", "b"];
    let by = ["--bureau", "3210-development", "--officer", "hj-0042", "--data", data.to_str().unwrap()];
    let output = run(&[&set_aside[..], &by].concat());
    assert_eq!(output.status.code(), Some(2), "a shorter log is written to by no command: {output:?}");
    let said = refused(&accepting(&third));
    assert!(says_shorter(&said, BEGUN + 2, BEGUN + 5), "{said}");
    assert_eq!(registered(&accepting(&second), 6..=8).await, id);
    assert!(refused(&accepting(&second)).contains("--accept-shorter-log"), "once");
    // As long as before, and with another commit where the one is that was known.
    copied(&log, &other);
    put_back(&older, &log);
    let said = refused(&words);
    assert!(says_shorter(&said, BEGUN + 2, BEGUN + 5), "{said}");
    fs::remove_file(data.join("log-known")).unwrap();
    registered(&words, 9..=11).await;
    put_back(&other, &log);
    let said = refused(&words);
    assert!(said.contains(&format!("第{}条", at(5))) && said.contains("another commit"), "{said}");
}

/// The greatest position that a data folder says its log has reached.
fn known(data: &Path) -> u64 {
    let text = fs::read_to_string(data.join("log-known")).unwrap();
    let positions = text.lines().filter_map(|line| line.split(' ').nth(1)?.parse().ok());
    positions.max().unwrap()
}

/// What was acknowledged is known outside the folder that may be put back before it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_put_back_in_the_moment_of_an_acknowledgement_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (log, older) = (data.join("log"), folder.path().join("older"));
    let words = ["--data", data.to_str().unwrap()];
    registered(&words, 1..=2).await;
    copied(&log, &older);
    let service = Running::puhui("all", &words);
    for number in 3..=5 {
        register(&service.url, number).await.unwrap();
        assert_eq!(known(&data), BEGUN + u64::from(number), "the answer came before it was known");
    }
    service.kill();
    put_back(&older, &log);
    let said = refused(&words);
    assert!(says_shorter(&said, BEGUN + 2, BEGUN + 5), "{said}");
}

/// So on NATS, also where several services of a data folder put down theirs in turn, and one is started beside them.
#[tokio::test(flavor = "multi_thread")]
async fn what_services_that_share_a_data_folder_acknowledge_is_known_there_before() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nats = Running::empty_nats_at(folder.path(), (free_port(), free_port()));
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let first = Running::puhui("certification", &[&words[..], &["--new-log"]].concat());
    let mut services = vec![first];
    for number in 1..=12 {
        if services.len() < 3 {
            services.push(Running::puhui("certification", &words));
        }
        let service = &services[number as usize % services.len()];
        register(&service.url, number).await.unwrap();
        assert_eq!(known(&data), BEGUN + u64::from(number), "the answer came before it was known");
    }
    nats.kill();
}

/// What says which log a data folder knows cannot be read, in neither place: the log that is there is not taken for it in silence, and the
/// way on is named and works, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_data_folder_knew_and_cannot_be_read_is_accepted_by_where_the_log_ends() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let id = registered(&words, 1..=3).await;
    let known = data.join("log-known");
    let damaged = vec![0xff; fs::read(&known).unwrap().len()];
    // Emptied, begun, of zeros, and of something else.
    for bytes in [&[][..], b"\n", &[0; 8192], &damaged] {
        fs::write(&known, bytes).unwrap();
        let said = refused(&words);
        assert!(said.contains(&format!("--accept-shorter-log {}", at(3))) && said.contains("cannot be read"), "{said}");
    }
    refused(&[&words[..], &["--accept-shorter-log", &at(1)]].concat());
    assert_eq!(fs::read(&known).unwrap(), damaged);
    let third = at(3);
    let accepting = [&words[..], &["--accept-shorter-log", &third]].concat();
    assert_eq!(registered(&accepting, 4..=4).await, id);
    assert!(refused(&accepting).contains("--accept-shorter-log"), "once");
    // And where the log is gone as well.
    fs::write(&known, &damaged).unwrap();
    fs::remove_dir_all(data.join("log")).unwrap();
    let said = refused(&words);
    assert!(said.contains("--new-log --accept-shorter-log 0") && !data.join("log").exists(), "{said}");
    let anew = [&words[..], &["--new-log", "--accept-shorter-log", "0"]].concat();
    assert_ne!(registered(&anew, 1..=1).await, id);
    assert!(refused(&anew).contains("--new-log"), "once");
}

/// The file that says which log it is: told again by what else knows it, and where nothing does, the way on is named and works.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_id_is_emptied_is_told_by_what_else_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let id = registered(&words, 1..=3).await;
    let (named, reached, known) = (data.join("log/id"), data.join("log/reached"), data.join("log-known"));
    fs::write(&named, []).unwrap();
    let shown = done(&["log", "show", "--data", data.to_str().unwrap()]);
    assert!(shown.contains(&id), "{shown}");
    fs::write(&named, []).unwrap();
    assert_eq!(registered(&words, 4..=4).await, id);
    fs::write(&named, []).unwrap();
    fs::remove_file(&reached).unwrap();
    assert_eq!(registered(&words, 5..=5).await, id);
    fs::write(&named, []).unwrap();
    fs::remove_file(&reached).unwrap();
    fs::remove_file(&known).unwrap();
    let mut command = Command::new(tests::puhui());
    let output = command.args(["serve", "--listen", "127.0.0.1:0"]).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("log_id") && said.contains("日志标识"), "{output:?}");
    assert!(said.contains(named.to_str().unwrap()), "{said}");
    fs::write(&named, &id).unwrap();
    let said = refused(&words);
    assert!(said.contains(&format!("--accept-shorter-log {}", at(5))), "{said}");
    assert_eq!(registered(&[&words[..], &["--accept-shorter-log", &at(5)]].concat(), 6..=6).await, id);
}

/// Nobody is told that it is recorded what a new start would not find, and health names the file and what to do.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_cut_under_a_service_is_told_of_by_its_health() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (words, journal) = (["--data", data.to_str().unwrap()], data.join("log/0.jnl"));
    registered(&words, 1..=3).await;
    let service = Running::puhui("all", &words);
    register(&service.url, 4).await.unwrap();
    fs::File::options().write(true).open(&journal).unwrap().set_len(0).unwrap();
    let red = tests::reported(&service.url, "", false);
    tokio::time::timeout(RED_WITHIN, red).await.expect("health is red");
    let lost = register(&service.url, 5).await.unwrap_err();
    assert_eq!(lost.code(), Code::Unavailable, "{lost}");
    let output = run(&["--server", &service.url, "health"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    for part in [journal.to_str().unwrap(), "log-writer", "从备份放回", "from a backup"] {
        assert!(said.contains(part), "{said}");
    }
    service.stop();
    let said = refused(&words);
    assert!(said.contains(&format!("到过第{}条", at(4))), "{said}");
}

/// What a snapshot leaves that was refused asks for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_was_refused_is_in_no_logs_way() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other, file) = (folder.path().join("data"), folder.path().join("other"), folder.path().join("rows"));
    registered(&["--data", data.to_str().unwrap()], 1..=3).await;
    done(&["snapshot", "export", data.to_str().unwrap(), file.to_str().unwrap()]);
    let bytes = fs::read(&file).unwrap();
    for cut in [bytes.len() - 1, bytes.len() / 2, 3] {
        fs::write(&file, &bytes[..cut]).unwrap();
        let refused = run(&["snapshot", "import", other.to_str().unwrap(), file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    }
    registered(&["--data", other.to_str().unwrap()], 1..=1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_stream_that_was_put_back_shorter_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let (data, ports) = (folder.path().join("data"), (free_port(), free_port()));
    let (store, older) = (folder.path().join("jetstream"), folder.path().join("older"));
    let nats = Running::nats_at(folder.path(), ports);
    let (url, monitor) = (nats.url.clone(), nats.monitor.clone());
    let words = ["--log", &url, "--nats-monitor", &monitor, "--data", data.to_str().unwrap()];
    registered(&words, 1..=2).await;
    nats.kill();
    copied(&store, &older);
    let nats = Running::empty_nats_at(folder.path(), ports);
    let id = registered(&words, 3..=4).await;
    // While a service runs: it has seen position 6, and the server is put back to 3.
    let service = Running::puhui("all", &words);
    register(&service.url, 5).await.unwrap();
    let began = std::time::Instant::now();
    while !fs::read_to_string(data.join("log-known")).unwrap().contains(" 6 ") {
        assert!(began.elapsed().as_secs() < 60, "position 6 is not put down");
        tokio::task::yield_now().await;
    }
    nats.kill();
    put_back(&older, &store);
    let nats = Running::empty_nats_at(folder.path(), ports);
    let lost = register(&service.url, 6).await.unwrap_err();
    assert!(matches!(lost.code(), Code::Unavailable | Code::Unknown), "{lost}");
    tests::reported(&service.url, "", false).await;
    service.stop();
    let said = refused(&words);
    assert!(said.contains("--accept-shorter-log"), "{said}");
    nats.kill();
    put_back(&older, &store);
    let nats = Running::empty_nats_at(folder.path(), ports);
    let said = refused(&words);
    assert!(says_shorter(&said, BEGUN + 2, BEGUN + 5), "{said}");
    assert_eq!(registered(&[&words[..], &["--accept-shorter-log", &at(2)]].concat(), 6..=6).await, id);
    nats.kill();
}

/// A lock that is replaced under a service would let a second one write: while somebody holds the other, nobody is told that anything is
/// recorded, and the service goes on by itself once it can hold that one.
#[tokio::test(flavor = "multi_thread")]
async fn another_lock_ends_the_acknowledgements_for_as_long_as_somebody_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (words, lock) = (["--data", data.to_str().unwrap()], data.join("log/lock"));
    registered(&words, 1..=3).await;
    let service = Running::puhui("certification", &words);
    register(&service.url, 4).await.unwrap();
    let other = data.join("other");
    let held = fs::File::create(&other).unwrap();
    held.try_lock().unwrap();
    fs::rename(&other, &lock).unwrap();
    for number in 100..120 {
        let refused = register(&service.url, number).await.unwrap_err();
        assert!(matches!(refused.code(), Code::Unavailable | Code::Unknown), "{refused}");
    }
    tokio::time::timeout(RED_WITHIN, tests::reported(&service.url, "", false)).await.expect("health is red");
    drop(held);
    tokio::time::timeout(GREEN_WITHIN, tests::reported(&service.url, "", true)).await.expect("health is green");
    register(&service.url, 5).await.unwrap();
    // One that was in the journal when the lock was missed may be on record: its outcome was told as unknown.
    let program =
        Command::new(tests::puhui()).args(["serve", "certification", "--listen", "127.0.0.1:0"]).args(words).output();
    assert!(!program.unwrap().status.success(), "a second one is kept out");
    drop(service);
    let next = Running::puhui("audit", &words);
    assert!((BEGUN + 5..=BEGUN + 6).contains(&head(&next.url).await));
}

/// What a start cannot do without is missed while the service runs, though its commits are all in the journal.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_trees_are_taken_away_records_nothing_until_they_are_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (words, trees) = (["--data", data.to_str().unwrap()], data.join("log/keyspaces"));
    let service = Running::puhui("certification", &[&words[..], &["--new-log"]].concat());
    register(&service.url, 1).await.unwrap();
    for (number, name) in [(2, "keyspaces"), (3, "version"), (4, "keyspaces/0/tables")] {
        let (path, away) = (data.join("log").join(name), data.join("away"));
        fs::rename(&path, &away).unwrap();
        tokio::time::timeout(RED_WITHIN, tests::reported(&service.url, "", false)).await.expect("health is red");
        let refused = register(&service.url, number).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable, "{name}: {refused}");
        fs::rename(&away, &path).unwrap();
        tokio::time::timeout(GREEN_WITHIN, tests::reported(&service.url, "", true)).await.expect("health is green");
        register(&service.url, number).await.unwrap();
    }
    assert!(trees.is_dir());
    drop(service);
    let next = Running::puhui("audit", &words);
    assert_eq!(head(&next.url).await, BEGUN + 4);
}

/// A start that is refused puts nothing down, and says which log is meant.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_the_name_of_another_is_refused_before_anything_is_put_down() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let id = registered(&words, 1..=3).await;
    let reached = fs::read(data.join("log/reached")).unwrap();
    fs::write(data.join("log/id"), "00000000-0000-4000-8000-000000000000").unwrap();
    let third = at(3);
    for more in [&[][..], &["--accept-shorter-log", &third]] {
        let said = refused(&[&words[..], more].concat());
        assert!(said.contains(&id) && said.contains("00000000-0000-4000-8000-000000000000"), "{said}");
        assert!(fs::read(data.join("log/reached")).unwrap() == reached);
    }
    fs::write(data.join("log/id"), &id).unwrap();
    assert_eq!(registered(&words, 4..=4).await, id);
}
