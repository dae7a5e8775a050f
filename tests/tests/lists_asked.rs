//! A list and who enters it: what it does not say is asked, at a terminal or in a file; what does not wait goes in; answers serve again; a check, an
//! explanation and a template need no server; the exit code and the one object of `--json` agree with the report.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use calamine::{Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use tempfile::TempDir;
use tests::{Running, done, entries, free_port, puhui, run};

/// Says neither what its outlets are, nor where, nor whether they are certified.
const BARE: &str = "机构名称,地址\n样例甲社区网点,样例路1号\n样例乙社区网点,样例路2号\n";
/// Says it all.
const WHOLE: &str =
    "机构名称,类别,所属区县,状态,文号,认定日期\n样例丙托育园,普惠托育,邗江区,认定,扬邗卫〔2026〕1号,2026-01-05\n";

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn put(&self, name: &str, text: &str) -> String {
        fs::write(self.folder.path().join(name), text).unwrap();
        self.at(name)
    }

    fn server(&self) -> Running {
        Running::puhui("all", &["--data", &self.at("data")])
    }
}

/// Runs an import that ends with this code, and answers the one object on its standard output.
fn object(code: i32, words: &[&str]) -> Value {
    let output = run(&[&["--json", "import"], words].concat());
    assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    let object: Value = serde_json::from_str(&said).unwrap();
    let number = |name: &str| object[name].as_u64().unwrap_or_else(|| panic!("{name}: {object}"));
    let ends = ["stored", "ended", "already", "proposed", "refused", "rejected", "waiting", "unfinished", "readable"];
    assert_eq!(ends.into_iter().map(number).sum::<u64>(), number("rows"), "{object}");
    assert_eq!(number("lines_with_rows") + number("titles") + number("not_rows"), number("lines"), "{object}");
    let open = number("rejected") + number("waiting") > 0 || !object["questions"].as_array().unwrap().is_empty();
    assert_eq!(code, i32::from(open), "{object}");
    object
}

fn ids(object: &Value) -> Vec<&str> {
    object["questions"].as_array().unwrap().iter().map(|question| question["id"].as_str().unwrap()).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_a_list_does_not_say_is_written_down_and_answered_there() {
    let desk = Desk::new();
    let server = desk.server();
    let list = desk.put(
        "名单.csv",
        &WHOLE.replace("\n样例丙", "\n样例丁托育园,普惠托育,邗江区,甲乙丙丁,扬邗卫〔2026〕1号,2026-01-05\n样例丙"),
    );
    let own = ["--server", &server.url];
    let words = [&own[..], &[&list]].concat();
    // One row is not understood; the other goes in.
    let first = object(1, &words);
    assert_eq!((&first["stored"], &first["waiting"]), (&1.into(), &1.into()), "{first}");
    let [id] = ids(&first)[..] else { panic!("{first}") };
    let answers = desk.at("名单.csv.answers.toml");
    assert_eq!(first["answers"], *answers);
    let text = fs::read_to_string(&answers).unwrap();
    let waits = format!("# \"{id}\" = \"\"");
    assert!(text.contains(&waits) && text.contains("#   \"certified\"  "), "{text}");
    let report = fs::read_to_string(desk.at("名单.csv.report.csv")).unwrap();
    assert!(report.lines().any(|line| line.contains("待答 waiting") && line.contains(id)), "{report}");
    // Taken again as it is, nothing is written twice; a person's own words stay.
    let noted = text.replace(&waits, &format!("# 王科长定\n{waits}"));
    fs::write(&answers, &noted).unwrap();
    assert_eq!(object(1, &words)["already"], 1);
    assert_eq!(fs::read_to_string(&answers).unwrap(), noted);
    // Answered by the choice's value, or by its words.
    for answer in ["certified", "已认定"] {
        fs::write(&answers, noted.replace(&waits, &format!("\"{id}\" = \"{answer}\""))).unwrap();
        let next = object(0, &words);
        assert_eq!(next["stored"].as_u64().unwrap() + next["already"].as_u64().unwrap(), 2, "{next}");
        assert_eq!(next["answers"], Value::Null);
    }
    // The next edition has another name: the same answers serve it, and are kept beside it.
    let edition = desk.put("名单2027.csv", &fs::read_to_string(&list).unwrap());
    let next = object(0, &[&own[..], &[&edition, "--answers", &answers]].concat());
    assert_eq!(next["already"], 2, "{next}");
    assert!(fs::read_to_string(desk.at("名单2027.csv.answers.toml")).unwrap().contains(&format!("\"{id}\" = ")));
    assert_eq!(object(0, &[&own[..], &[&edition]].concat())["already"], 2);
    server.stop();
}

#[test]
fn options_answer_beforehand_and_nothing_is_asked() {
    let desk = Desk::new();
    let server = desk.server();
    let list = desk.put("list.csv", BARE);
    let before = object(1, &["--server", &server.url, &list]);
    assert_eq!((ids(&before), &before["waiting"]), (vec!["category", "kind", "place"], &2.into()), "{before}");
    fs::remove_file(desk.at("list.csv.answers.toml")).unwrap();
    let words = ["--server", &server.url, &list, "--category", "托育", "--place", "邗江区", "--kind", "已认定"];
    let more = ["--document", "扬邗卫〔2026〕9号", "--decided-on", "2026年3月16日"];
    let taken = object(0, &[&words[..], &more].concat());
    assert_eq!((&taken["stored"], &taken["answers"]), (&2.into(), &Value::Null), "{taken}");
    assert!(!Path::new(&desk.at("list.csv.answers.toml")).exists());
    let report = fs::read_to_string(desk.at("list.csv.report.csv")).unwrap();
    let id = report.lines().find(|line| line.contains("样例甲")).unwrap().split(',').nth(4).unwrap();
    let shown = done(&["--server", &server.url, "--json", "provider", "show", id]);
    for part in ["扬邗卫〔2026〕9号", "2026-03-16", "321003", "childcare"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    server.stop();
}

#[test]
fn an_answer_that_does_not_fit_is_told_with_its_line_and_key() {
    let desk = Desk::new();
    let list = desk.put("list.csv", BARE);
    let nobody = format!("http://127.0.0.1:{}", free_port());
    for (text, named) in [
        ("category = \"childcare\"\nkind = certified\n", &["第2行", "line 2", "kind"][..]),
        ("kind = \"某某\"\n", &["第1行", "line 1", "kind", "certified"]),
        ("\ncategory = \"瑜伽\"\n", &["第2行", "category", "childcare"]),
        ("place = \"无此地\"\n", &["第1行", "place"]),
        ("kind = [1]\n", &["第1行", "kind"]),
        ("decided-on = \"三月\"\n", &["第1行", "decided-on"]),
    ] {
        fs::write(desk.at("list.csv.answers.toml"), text).unwrap();
        let other = desk.put("other.toml", text);
        let plain = desk.put("plain.csv", BARE);
        let words = [["--check", &list].to_vec(), vec![&list], vec![&plain, "--answers", &other]];
        for words in words {
            let output = run(&[&["--server", &nobody, "import"][..], &words].concat());
            let told = said(&output);
            assert_eq!(output.status.code(), Some(2), "{text}: {told}");
            assert!(named.iter().all(|part| told.contains(part)) && told.contains(".toml"), "{text}: {told}");
        }
        assert_eq!(fs::read_to_string(desk.at("list.csv.answers.toml")).unwrap(), text);
    }
    // A name that is no question's is said, and holds nothing up.
    fs::write(desk.at("list.csv.answers.toml"), "categroy = \"childcare\"\n").unwrap();
    let told = object(1, &["--check", &list]);
    assert!(told["warnings"].to_string().contains("categroy"), "{told}");
}

#[test]
fn a_check_needs_no_server_and_writes_nothing() {
    let desk = Desk::new();
    let faulty = "机构名称,类别,所属区县,状态,统一社会信用代码,认定日期,有效期至\n\
                  样例丙托育园,瑜伽,无此地,认定,91321003MA1N000000,2026-02-30,2029-13-01\n";
    let lists = [desk.put("bare.csv", BARE), desk.put("whole.csv", WHOLE), desk.put("faulty.csv", faulty)];
    let proposed = desk.put("proposed.csv", &WHOLE.replace(",认定,", ",拟认定,"));
    let before = entries(desk.folder.path());
    assert_eq!(object(1, &["--check", &lists[0]])["waiting"], 2);
    assert_eq!(object(0, &["--check", &lists[1]])["readable"], 1);
    assert_eq!(object(0, &["--check", &proposed])["proposed"], 1);
    let told = object(1, &["--check", &lists[2]]);
    assert_eq!((&told["rejected"], &told["report"]), (&1.into(), &Value::Null));
    // For people: the row, and all that is wrong with it.
    let output = run(&["import", "--check", &lists[2]]);
    let row = String::from_utf8(output.stdout).unwrap();
    for part in ["第2行", "样例丙", "91321003MA1N000000", "2029-13-01", "2026-02-30", "退回 rejected 1"] {
        assert!(row.contains(part), "{part}: {row}");
    }
    assert_eq!(entries(desk.folder.path()), before, "something was written");
    // A file that cannot be read is another matter.
    for (name, text) in
        [("no.xlsx", "PK\u{3}\u{4}x"), ("no.csv", ""), ("letter.csv", "关于做好有关工作的通知\n请各单位抓好落实。\n")]
    {
        let output = run(&["import", "--check", &desk.put(name, text)]);
        assert!(output.status.code() == Some(2) && said(&output).contains(" / "), "{name}: {output:?}");
    }
    // A report that was asked for is written.
    object(1, &["--check", &lists[2], "--report", &desk.at("r.xlsx")]);
    let mut book: Xlsx<_> = open_workbook(desk.at("r.xlsx")).unwrap();
    let names = book.sheet_names().clone();
    let rows = book.worksheet_range(&names[1]).unwrap();
    let line = rows.rows().find(|row| row[5].to_string().contains("样例丙")).unwrap();
    // A day that does not exist is wrong; a category and a place that are not known are asked.
    assert!(line[3].to_string().contains("退回") && line[7].to_string().contains("2026-02-30"), "{line:?}");
    assert_eq!(line[8].to_string(), "category:瑜伽、place:无此地", "{line:?}");
    assert!(Path::new(&desk.at("r.csv")).exists());
    // Nobody is there: that is told with another code, and the list is as it was.
    let nobody = format!("http://127.0.0.1:{}", free_port());
    assert_eq!(run(&["--server", &nobody, "import", &lists[1]]).status.code(), Some(3));
}

#[test]
fn a_row_is_explained() {
    let desk = Desk::new();
    let list = desk.put("list.csv", &format!("扬州市名单\n{WHOLE}合计,1\n"));
    let explained = |words: &[&str]| -> Value {
        serde_json::from_str(&done(&[&["--json", "import", "--explain"], words].concat())).unwrap()
    };
    let row = explained(&["3", &list]);
    assert_eq!((&row["became"], &row["verdict"]), (&"row".into(), &"certified".into()), "{row}");
    assert_eq!(row["fields"]["category"], "childcare");
    assert_eq!(row["fields"]["division"], "321003000000");
    assert!(row["because"].as_array().unwrap().iter().any(|because| because["zh"].as_str().unwrap().contains("认定")));
    assert_eq!(explained(&["1", &list])["became"], "title");
    assert_eq!(explained(&["2", &list])["text"], "HEADING");
    assert_eq!(explained(&["4", &list])["text"], "TOTAL");
    let shown = done(&["import", "--explain", "3", &list]);
    assert!(shown.lines().any(|line| line.starts_with("所属区县\t321003")), "{shown}");
    // A question and a fault are told as well, and a person's number is not.
    let odd = desk.put("odd.csv", "机构名称,认定日期,备注\n样例戊,2026-02-30,负责人 13800000000\n");
    let row = explained(&["2", &odd]);
    assert!(
        row["faults"].to_string().contains("2026-02-30") && row["waits_for"].to_string().contains("place"),
        "{row}"
    );
    assert!(!row.to_string().contains("13800000000"), "{row}");
    // Which sheet, where several have the row.
    let book = desk.at("two.xlsx");
    let mut two = Workbook::new();
    for name in ["一季度", "二季度"] {
        let sheet = two.add_worksheet().set_name(name).unwrap();
        for (row, line) in (0..).zip(WHOLE.lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    two.save(&book).unwrap();
    let output = run(&["import", "--explain", "2", &book]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("二季度!2"), "{}", said(&output));
    assert_eq!(explained(&["二季度!2", &book])["sheet"], "二季度");
    assert_eq!(entries(desk.folder.path()), 3);
}

#[test]
fn a_template_is_filled_in_and_taken() {
    let desk = Desk::new();
    let server = desk.server();
    let template = desk.at("模板.xlsx");
    done(&["import", "--template", &template]);
    // As it is it holds no row: the example is no outlet.
    let empty = object(0, &["--server", &server.url, &template]);
    assert_eq!((&empty["rows"], &empty["not_rows_because"]["EXAMPLE"]), (&0.into(), &1.into()), "{empty}");
    assert_eq!(run(&["import", "--template", &template]).status.code(), Some(2), "it was written over");
    let mut book: Xlsx<_> = open_workbook(&template).unwrap();
    let range = book.worksheet_range("名单").unwrap();
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert!(rows[1][0] == "示例" && rows.len() == 2, "{rows:?}");
    let mut filled = Workbook::new();
    let sheet = filled.add_worksheet();
    let mine = rows[1].iter().map(|cell| cell.replace("示例", "样例己"));
    let mine: Vec<String> = std::iter::once("1".to_owned()).chain(mine.skip(1)).collect();
    for (row, cells) in (0..).zip([&rows[0], &rows[1], &mine]) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let list = desk.at("名单.xlsx");
    filled.save(&list).unwrap();
    let taken = object(0, &["--server", &server.url, &list]);
    assert_eq!((&taken["stored"], &taken["rows"]), (&1.into(), &1.into()), "{taken}");
    let head: Value =
        serde_json::from_str(&done(&["--server", &server.url, "call", "puhui.audit.v1.AuditService/GetHead", "{}"]))
            .unwrap();
    let seen = head["position"].to_string();
    let found = done(&["--server", &server.url, "search", "样例己", "--status", "all", "--min-position", &seen]);
    assert!(found.contains("样例己托育园"), "{found}");
    server.stop();
}

/// Runs an import at a terminal at which this is typed.
fn typed(words: &[&str], keys: &str) -> (Option<i32>, String) {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let line = format!("stty cols 200 rows 40; '{}' {}", puhui().display(), quoted.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env("PUHUI_LOG", "warn").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut script = script.spawn().expect("script runs (util-linux)");
    script.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    let output = script.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

#[test]
fn at_a_terminal_each_question_is_asked_once_and_its_answer_kept() {
    let desk = Desk::new();
    let server = desk.server();
    let list = desk.put("list.csv", BARE);
    let words = ["--server", &server.url, "import", &list];
    // Passed over, by itself and all at once: nothing is answered.
    let (code, shown) = typed(&words, "-\nq\n");
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("[1/3]") && shown.contains("[2/3]") && !shown.contains("[3/3]"), "{shown}");
    // A number, what does not fit, a text.
    let (code, shown) = typed(&words, "99\n1\n1\n无此地\n邗江区\n");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("1) 普惠托育 childcare") && shown.contains("已存 stored 2"), "{shown}");
    let answers = fs::read_to_string(desk.at("list.csv.answers.toml")).unwrap();
    for line in ["category = \"childcare\"", "kind = \"certified\"", "place = \"邗江区\""] {
        assert!(answers.lines().any(|own| own == line), "{line}: {answers}");
    }
    // Not asked again, and neither where a program reads.
    let (code, shown) = typed(&words, "");
    assert!(code == Some(0) && !shown.contains("[1/"), "{shown}");
    fs::remove_file(desk.at("list.csv.answers.toml")).unwrap();
    let (code, shown) = typed(&[&["--json"], &words[..]].concat(), "");
    assert!(code == Some(1) && !shown.contains("[1/"), "{shown}");
    server.stop();
}

/// The page for officers shows lists as they were published, and says what becomes of each.
#[test]
fn the_page_for_officers_says_what_is_so() {
    let page = fs::read_to_string(tests::root().join("docs/lists.zh.md")).unwrap();
    let help = done(&["import", "--help"]) + "--json";
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    for option in page.split(|c| !letters(c)).filter(|word| word.starts_with("--") && word.len() > 4) {
        assert!(help.contains(option), "{option} is no option of import");
    }
    let field = |name: &str| tests::root().join("shared/lists/tests/field").join(name).to_str().unwrap().to_owned();
    let blocks = object(0, &["--check", &field("o10-xinfeng-side-by-side.xlsx")]);
    assert!(blocks["readable"] == 14 && page.contains("→ **14 行**"), "{blocks}");
    let two = object(0, &["--check", &field("o13-second-table-revoked.xlsx")]);
    assert_eq!((&two["readable"], &two["titles"]), (&2.into(), &2.into()), "{two}");
    let streets = field("o03-xuhui-street-rows.xlsx");
    let asked = object(1, &["--check", &streets]);
    assert!(ids(&asked) == ["kind"] && asked["waiting"] == 9 && page.contains("→ **9 行**"), "{asked}");
    assert_eq!(asked["not_rows_because"]["TOTAL"], 1);
    assert_eq!(object(0, &["--check", "--kind", "已认定", &streets])["readable"], 9);
    // Every outcome that a report knows is explained.
    for (end, _) in asked.as_object().unwrap() {
        let is_end = ["stored", "already", "ended", "proposed", "refused", "rejected", "waiting", "unfinished"];
        assert!(!is_end.contains(&end.as_str()) || page.contains(&format!(" {end} |")), "{end} is not on the page");
    }
}
