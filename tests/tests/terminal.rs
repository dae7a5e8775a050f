//! What people and other programs read of the command: on a terminal of any width ids are whole; through a pipe lines of tabs and nothing
//! else; as JSON an object a line, the last of which says what the rows are true of; and exit codes that agree whichever is asked for.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tests::{Running, done, puhui, root, run};

/// The real lists as bureaus published them.
const LISTS: &str = "data/lists/certified_lists_public.csv";

/// A registry that took the real lists.
struct Registry {
    server: Running,
    _folder: TempDir,
}

impl Registry {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Running::puhui("all", &["--data", folder.path().join("data").to_str().expect("UTF-8")]);
        let report = folder.path().join("report.csv");
        // What stays to be asked is written beside the list: not among the project's files.
        let lists = folder.path().join("lists.csv");
        std::fs::copy(root().join(LISTS), &lists).expect("a copy");
        let words = ["import", lists.to_str().expect("UTF-8"), "--report", report.to_str().expect("UTF-8")];
        // Some of the rows are sent back, and that is told by the exit code.
        let taken = run(&[&["--server", &server.url], &words[..]].concat());
        assert_eq!(taken.status.code(), Some(1), "{taken:?}");
        let registry = Self { server, _folder: folder };
        // Whatever was recorded is seen from here on.
        let head = registry.done(&["call", "puhui.audit.v1.AuditService/GetHead", "{}"]);
        let head: Value = serde_json::from_str(&head).expect("JSON");
        let seen = head["position"].to_string();
        registry.done(&["search", "--min-position", &seen]);
        registry
    }

    fn words<'a>(&'a self, words: &[&'a str]) -> Vec<&'a str> {
        [&["--server", &self.server.url], words].concat()
    }

    fn run(&self, words: &[&str]) -> Output {
        run(&self.words(words))
    }

    fn done(&self, words: &[&str]) -> String {
        done(&self.words(words))
    }

    /// What stands on a terminal of this width.
    fn shown(&self, columns: u32, words: &[&str]) -> String {
        let quoted: Vec<String> = self.words(words).iter().map(|word| format!("'{word}'")).collect();
        let line = format!("stty cols {columns} rows 40; '{}' {}", puhui().display(), quoted.join(" "));
        // The terminal is asked, and not a variable of some shell.
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).env_remove("COLUMNS").env("PUHUI_LOG", "warn");
        let output = script.stdin(Stdio::null()).output().expect("script runs (util-linux)");
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8").replace('\r', "")
    }

    /// The rows of a piped answer, whose first line is the titles.
    fn rows(&self, words: &[&str]) -> Vec<Vec<String>> {
        let said = self.done(words);
        let rows: Vec<Vec<String>> =
            said.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>()).collect();
        let titles = rows.first().unwrap_or_else(|| panic!("{words:?} told nothing")).len();
        assert!(titles > 1 && rows.iter().all(|row| row.len() == titles), "{words:?}: {said}");
        rows
    }

    fn objects(&self, words: &[&str]) -> Vec<Value> {
        let said = self.done(&[&["--json"], words].concat());
        said.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{words:?}: {e}: {line}")))
            .collect()
    }

    /// The ids of all outlets, as the server has them.
    fn ids(&self) -> Vec<String> {
        let all = self.objects(&["search", "--limit", "100000", "--status", "valid,expired"]);
        let ids = all.iter().filter_map(|row| row["provider_id"].as_str().map(str::to_owned)).collect::<Vec<_>>();
        assert!(ids.len() >= 17, "{ids:?}");
        ids
    }
}

#[test]
fn ids_are_whole_at_every_width_and_nothing_is_cut_where_there_is_room() {
    let registry = Registry::new();
    let ids = registry.ids();
    for columns in [60, 80, 100, 200] {
        let shown = registry.shown(columns, &["search", "--limit", "1000", "--status", "valid,expired"]);
        for id in &ids {
            assert!(shown.contains(id.as_str()), "{columns}: {id} is not whole in: {shown}");
        }
        assert!(columns == 100 || !shown.contains('…'), "{columns}: {shown}");
        // Below 100 columns a block of lines an outlet: the title of the id stands once for each.
        let titles = shown.matches("网点编号").count();
        assert_eq!(titles, if columns < 100 { ids.len() } else { 1 }, "{columns}: {shown}");
        let work = registry.shown(columns, &["tasks"]);
        assert!(work.contains(ids[0].as_str()) || work.contains(ids[1].as_str()), "{work}");
    }
}

#[test]
fn the_outlets_of_an_operator_are_found_by_its_code() {
    let registry = Registry::new();
    let ids = registry.ids();
    let record = &registry.objects(&["provider", "show", &ids[0]])[0];
    let code = record["operatorCode"].as_str().or(record["operator_code"].as_str()).expect("a code");
    let found = registry.rows(&["search", code, "--status", "all"]);
    let found: Vec<_> = found[1..].iter().map(|row| &row[0]).collect();
    assert!(found.contains(&&ids[0]) && found.len() < ids.len(), "{code}: {found:?}");
    let refused = registry.run(&["search", "91321003MA1000000X", "--status", "all"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
}

#[test]
fn what_is_piped_is_lines_of_tabs_and_nothing_else() {
    let registry = Registry::new();
    let ids = registry.ids();
    let found = registry.rows(&["search", "--limit", "3"]);
    assert_eq!(found.len(), 4);
    assert!(found[1..].iter().all(|row| ids.contains(&row[0])), "{found:?}");
    for words in [
        &["tasks", "--limit", "3"][..],
        &["stats", "--level", "2"],
        &["provider", "show", &ids[0]],
        &["provider", "history", &ids[0]],
        &["stats", "--from-month", "2018-01", "--to-month", "2020-12"],
    ] {
        assert!(registry.rows(words).len() > 1, "{words:?}");
    }
    // Where there is more is said beside it.
    let some = registry.run(&["tasks", "--limit", "3"]);
    let beside = String::from_utf8_lossy(&some.stderr).into_owned();
    assert!(beside.contains("还有更多") && beside.contains("数据位置"), "{beside}");
}

#[test]
fn json_is_an_object_a_line_and_the_last_says_what_they_are_true_of() {
    let registry = Registry::new();
    let id = &registry.ids()[0];
    let number = format!("{id}-01X");
    for (words, fields) in [
        (&["search", "--limit", "3"][..], &["next_page_token"][..]),
        (&["tasks", "--limit", "3"], &["next_page_token"]),
        (&["stats"], &["providers", "live_providers", "totals"]),
        (&["stats", "--from-month", "2018-01", "--to-month", "2020-12"], &[]),
        (&["provider", "show", id], &["known_on"]),
    ] {
        let lines = registry.objects(words);
        let (page, rows) = lines.split_last().unwrap();
        assert!(rows.iter().all(|row| row.get("page").is_none()) && !rows.is_empty(), "{words:?}");
        let page = &page["page"];
        assert!(
            page["position"].is_u64()
                && page["true_at_ms"].is_u64()
                && page["digest"].is_string()
                && page["log_id"].is_string(),
            "{words:?}: {page}"
        );
        assert!(words.contains(&"--from-month") || page["as_of"].is_string(), "{words:?}: {page}");
        assert!(fields.iter().all(|field| !page[field].is_null()), "{words:?}: {page}");
    }
    let refused = registry.run(&["--json", "plaque", &number]);
    let lines: Vec<Value> =
        String::from_utf8(refused.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["verdict"].is_string() && lines[1]["page"]["position"].is_u64(), "{lines:?}");
}

#[test]
fn a_list_is_gone_through_by_its_token_and_each_outlet_comes_once() {
    let registry = Registry::new();
    let ids = registry.ids();
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let words = ["search", "--status", "valid,expired", "--limit", "5", "--page-token", &token];
        let lines = registry.objects(&words);
        let (page, rows) = lines.split_last().unwrap();
        seen.extend(rows.iter().map(|row| row["provider_id"].as_str().unwrap().to_owned()));
        page["page"]["next_page_token"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            break;
        }
        assert_eq!(rows.len(), 5);
    }
    assert_eq!(seen, ids);
    let all = registry.objects(&["tasks", "--limit", "1000"]).len() - 1;
    let kinds = ["operator-to-identify", "pledge-to-check", "last-day-to-state"];
    let parts = kinds.map(|kind| registry.objects(&["tasks", "--limit", "1000", "--kind", kind]).len() - 1);
    assert!(parts.iter().all(|part| *part > 0) && parts.iter().sum::<usize>() == all, "{parts:?} of {all}");
}

#[test]
fn exit_codes_agree_whichever_form_is_asked_for() {
    let registry = Registry::new();
    let code = |words: &[&str]| registry.run(words).status.code().unwrap();
    for (words, wanted) in [
        (&["search", "没有这样的网点"][..], 1),
        (&["--json", "search", "没有这样的网点"], 1),
        (&["plaque", "914403001922038216-001-01X"], 1),
        (&["--json", "plaque", "914403001922038216-001-01X"], 1),
        (&["provider", "show", "914403001922038216-001"], 1),
        (&["provider", "history", "914403001922038216-001"], 1),
        (&["search", "--limit", "0"], 2),
        (&["tasks", "--limit", "0"], 2),
        (&["tasks", "--kind", "nosuch"], 2),
        (&["search", "--status", "nosuch"], 2),
        (&["stats", "--from-month", "2018-01", "--to-month", "2018-12", "--as-of", "2018-06-01"], 2),
        (&["stats", "--from-month", "2018-13", "--to-month", "2018-12"], 2),
        (&["tasks", "--kind", "hearing-ended"], 0),
    ] {
        assert_eq!(code(words), wanted, "{words:?}");
    }
    let month = registry.run(&["stats", "--from-month", "2018-13", "--to-month", "2019-01"]);
    let said = String::from_utf8_lossy(&month.stderr).into_owned();
    assert!(said.contains("yyyy-mm") && !said.contains("yyyy-mm-dd"), "{said}");
    // What is not found among the live ones and is there all the same is said.
    let expired = registry.objects(&["search", "--status", "expired", "--limit", "1"]);
    let hidden = registry.run(&["search", expired[0]["name"].as_str().unwrap()]);
    assert_eq!(hidden.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&hidden.stderr).contains("--status all"), "{hidden:?}");
}

/// A mistyped folder or file is told by its name, and nothing is made there.
#[test]
fn what_reads_rows_makes_nothing_where_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (typo, file, empty) = (at("no/such"), at("rows.puhui"), at("empty"));
    std::fs::create_dir(&empty).unwrap();
    for words in [
        &["dump", &typo][..],
        &["dump", &empty],
        &["snapshot", "export", &typo, &file],
        &["snapshot", "export", &empty, &file],
        &["snapshot", "import", &empty, &file],
    ] {
        let output = run(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(words.iter().any(|word| word.starts_with('/') && said.contains(word)), "{words:?}: {said}");
        assert_eq!((tests::entries(folder.path()), tests::entries(empty.as_ref())), (1, 0), "{words:?}");
    }
}

#[test]
fn a_snapshot_tells_its_numbers_as_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, file, other) = (at("data"), at("rows.puhui"), at("other"));
    Running::puhui("all", &["--data", &data]).stop();
    for words in [["snapshot", "export", &data, &file], ["snapshot", "import", &other, &file]] {
        let told: Value = serde_json::from_str(&done(&[&["--json"], &words[..]].concat())).unwrap();
        assert!(told["position"].is_u64() && told["rows"].is_u64() && told["digest"].is_string(), "{told}");
    }
}

/// That nothing fits is a "no"; that nothing has been recorded since is none. Both are said.
#[test]
fn a_replay_of_nothing_says_so() {
    let registry = Registry::new();
    let last: Value = serde_json::from_str(registry.done(&["replay"]).lines().last().unwrap()).unwrap();
    let replayed = |words: &[&str]| {
        let output = registry.run(&[&["replay"], words].concat());
        assert!(output.stdout.is_empty(), "{output:?}");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for words in [["--provider", "914403001922038216-001"], ["--bureau", "321003-civil"], ["--event", "PledgeBroken"]] {
        let (code, said) = replayed(&words);
        assert!(code == Some(1) && said.contains("no commit fits"), "{words:?}: {code:?} {said}");
    }
    let (code, said) = replayed(&["--after", &last["position"].to_string()]);
    assert!(code == Some(0) && said.contains("no commits after position"), "{code:?} {said}");
}

/// A watch ends only where the server ends it, and then says from where to go on.
#[test]
fn a_watch_that_the_server_ends_names_the_position_to_go_on_from() {
    let registry = Registry::new();
    let last: Value = serde_json::from_str(registry.done(&["replay"]).lines().last().unwrap()).unwrap();
    let mut command = Command::new(puhui());
    command.args(registry.words(&["watch"])).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut watch = command.spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    // Everything there was is told.
    let told = lines.by_ref().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    assert!(told.into_iter().any(|line| line["position"] == last["position"]));
    registry.server.stop();
    drop(lines);
    let ended = watch.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("--after {}", last["position"])), "{said}");
}
