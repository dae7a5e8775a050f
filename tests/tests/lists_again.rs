//! Lists taken one after the other, through the running program: next editions, older ones after newer, the same under another name or with other
//! brackets, endings, codes and addresses that come later; and an import that was killed at any moment and is taken again. Nothing is on record twice.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use serde_json::Value;
use tests::{Dice, Running, channel, done, puhui, setting};

/// A registry, and a folder for lists.
struct Desk {
    server: Running,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap())
    }

    fn at(folder: tempfile::TempDir) -> Self {
        let data = folder.path().join("data");
        let server = Running::puhui("all", &["--data", data.to_str().unwrap()]);
        Self { server, folder }
    }

    /// The registry is killed, and begins again with what it had stored.
    fn killed(self) -> Self {
        self.server.kill();
        Self::at(self.folder)
    }

    /// Writes a list.
    fn list(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A list of the field cases, under a name.
    fn field(&self, file: &str, name: &str) -> PathBuf {
        let from = tests::root().join("shared/lists/tests/field").join(file);
        let path = self.folder.path().join(name);
        std::fs::copy(from, &path).unwrap();
        path
    }

    /// Takes a list: what the program says of it, and its report.
    fn take(&self, list: &Path, words: &[&str]) -> (Value, String) {
        let (object, report, _) = self.takes(list, words);
        (object, report)
    }

    fn takes(&self, list: &Path, words: &[&str]) -> (Value, String, Option<i32>) {
        let output = Command::new(puhui())
            .args(["--server", &self.server.url, "--json", "import"])
            .args(words)
            .arg(list)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let object = serde_json::from_str(said.lines().last().unwrap_or_default())
            .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)));
        let report = format!("{}.report.csv", list.display());
        (object, std::fs::read_to_string(report).unwrap(), output.status.code())
    }

    /// What a search shows.
    fn search(&self, words: &[&str]) -> Vec<Value> {
        let output = Command::new(puhui())
            .args(["--server", &self.server.url, "--json", "search"])
            .args(words)
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.filter(|row| row.get("page").is_none()).collect()
    }

    /// An outlet with all that is on record of it.
    fn provider(&self, id: &str) -> Value {
        let said = done(&["--server", &self.server.url, "--json", "provider", "show", id]);
        let object: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
        object.get("provider").cloned().unwrap_or(object)
    }
}

/// What became of a list's rows.
fn counts(object: &Value) -> [u64; 4] {
    ["stored", "ended", "already", "rejected"].map(|name| object[name].as_u64().unwrap())
}

/// The terms of an outlet that have begun or will.
fn terms(provider: &Value) -> Vec<(String, String)> {
    let of = |name: &str| provider[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = of("certifications").into_iter().chain(of("certifications_ahead"));
    all.map(|c| (text(&c["valid_from"]), text(&c["valid_to"]))).collect()
}

fn only(rows: &[Value]) -> String {
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0]["provider_id"].as_str().unwrap().to_owned()
}

fn term(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn an_older_list_stands_in_its_place_and_a_copy_makes_no_double() {
    let desk = Desk::new();
    let (newer, older) = (desk.field("o17-1-list-of-2023.csv", "a.csv"), desk.field("o17-2-list-of-2020.csv", "b.csv"));
    assert_eq!(counts(&desk.take(&newer, &[]).0), [1, 0, 0, 0]);
    assert_eq!(counts(&desk.take(&older, &[]).0), [1, 0, 0, 0]);
    let copy = desk.field("o17-1-list-of-2023.csv", "a副本.csv");
    for again in [&copy, &newer, &older, &desk.field("o17-2-list-of-2020.csv", "c.csv")] {
        assert_eq!(counts(&desk.take(again, &[]).0), [0, 0, 1, 0], "{}", again.display());
    }
    let id = only(&desk.search(&["--status", "all"]));
    let mut found = terms(&desk.provider(&id));
    found.sort();
    assert_eq!(found, [term("2020-09-01", "2023-08-31"), term("2023-09-01", "2026-08-31")]);
    // On a day of the later term it is that one.
    let then = desk.search(&["--as-of", "2024-01-01"]);
    assert_eq!(then[0]["certifications"][0]["valid_to"], "2026-08-31", "{then:?}");
    desk.server.stop();
}

#[test]
fn the_next_term_goes_behind_the_one_there_is() {
    let desk = Desk::new();
    let (first, next) = (desk.field("o18-1-list.csv", "a.csv"), desk.field("o18-2-next-term.csv", "b.csv"));
    assert_eq!(counts(&desk.take(&first, &[]).0), [1, 0, 0, 0]);
    let (object, report) = desk.take(&next, &[]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    assert!(report.contains("本次自 2027-01-01 起接续"), "{report}");
    assert_eq!(counts(&desk.take(&next, &[]).0), [0, 0, 1, 0]);
    assert_eq!(counts(&desk.take(&first, &[]).0), [0, 0, 1, 0]);
    let id = only(&desk.search(&["--status", "all"]));
    assert_eq!(terms(&desk.provider(&id)), [term("2024-01-01", "2026-12-31"), term("2027-01-01", "2029-12-31")]);
    desk.server.stop();
}

#[test]
fn what_was_empty_is_filled() {
    let desk = Desk::new();
    let (first, next) =
        (desk.field("o19-1-without-address.csv", "a.csv"), desk.field("o19-2-with-address.csv", "b.csv"));
    assert_eq!(counts(&desk.take(&first, &[]).0), [1, 0, 0, 0]);
    let (object, report) = desk.take(&next, &[]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    assert!(report.contains("登记簿未载地址、公开电话,按名单补充"), "{report}");
    let found = desk.search(&["样例甲幼儿园"]);
    assert_eq!((&found[0]["address"], &found[0]["phone"]), (&"邗江中路100号".into(), &"0514-80000000".into()));
    // The list that gives less takes nothing away, and neither is sent twice.
    for list in [&first, &next] {
        assert_eq!(counts(&desk.take(list, &[]).0), [0, 0, 1, 0]);
    }
    assert_eq!(desk.search(&["样例甲幼儿园"])[0]["address"], "邗江中路100号");
    // Another address is no fill: it is asked which outlet is meant, and the answer holds.
    let moved = desk.list(
        "moved.csv",
        "机构名称,类别,所属区县,地址,有效期\n样例甲幼儿园,普惠性民办幼儿园,扬州市邗江区,文汇西路8号,2023.9-2026.12\n",
    );
    let (object, _, code) = desk.takes(&moved, &[]);
    assert_eq!((counts(&object), &object["waiting"], code), ([0, 0, 0, 0], &1.into(), Some(1)));
    assert_eq!(object["questions"][0]["id"], "outlet", "{object}");
    std::fs::write(desk.folder.path().join("moved.csv.answers.toml"), "outlet = \"same\"\n").unwrap();
    assert_eq!(counts(&desk.take(&moved, &[]).0), [0, 0, 1, 0]);
    std::fs::write(desk.folder.path().join("moved.csv.answers.toml"), "outlet = \"new\"\n").unwrap();
    assert_eq!(counts(&desk.take(&moved, &[]).0), [1, 0, 0, 0]);
    assert_eq!(desk.search(&["--status", "all"]).len(), 2);
    desk.server.stop();
}

#[test]
fn what_was_worked_out_is_told_as_that_whatever_is_filled_later() {
    let desk = Desk::new();
    let head = "机构名称,类别,所属区县,文号,认定日期,有效期起,有效期\n";
    let row = |cells: &str| format!("{head}样例甲幼儿园,普惠性民办幼儿园,扬州市邗江区,{cells}\n");
    let basis = || {
        let own = desk.provider(&only(&desk.search(&["样例甲幼儿园"])))["certifications"][0].clone();
        let text = |name: &str| own[name].as_str().unwrap_or_default().to_owned();
        (text("valid_from"), text("valid_to"), text("valid_to_worked_out_from"))
    };
    let told = |from: &str, words: &str| (from.to_owned(), "2028-08-19".to_owned(), words.to_owned());
    let unstated = desk.list("a.csv", &row(",2025-08-20,,"));
    assert_eq!(counts(&desk.take(&unstated, &[]).0), [1, 0, 0, 0]);
    // The last day comes later and is worked out, then the first; the mark stays.
    let (object, report) = desk.take(&desk.list("b.csv", &row(",2025-08-20,,三年")), &[]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    assert!(report.contains("登记簿未载有效期至,按名单补载"), "{report}");
    assert_eq!(basis(), told("", "三年"));
    let (object, report) = desk.take(&desk.list("c.csv", &row("扬邗教〔2025〕20号,2025-08-20,2025-09-01,")), &[]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    assert!(report.contains("登记簿未载文号、有效期起,按名单补载"), "{report}");
    assert_eq!(basis(), told("2025-09-01", "三年"));
    // The same day, stated, is there already, and so is each list once more.
    let (object, report) = desk.take(&desk.list("d.csv", &row(",2025-08-20,,2028-08-19")), &[]);
    assert_eq!(counts(&object), [0, 0, 1, 0], "{report}");
    assert!(report.contains("据「三年」推算,名单写明同一天"), "{report}");
    for list in ["a.csv", "b.csv", "c.csv"] {
        let (object, report) = desk.take(&desk.folder.path().join(list), &[]);
        assert_eq!(counts(&object), [0, 0, 1, 0], "{list}: {report}");
    }
    assert_eq!(basis(), told("2025-09-01", "三年"));
    desk.server.stop();
}

#[test]
fn a_code_that_comes_later_makes_no_second_outlet() {
    let desk = Desk::new();
    let (first, next) = (desk.field("o20-1-without-code.csv", "a.csv"), desk.field("o20-3-with-code.csv", "b.csv"));
    assert_eq!(counts(&desk.take(&first, &[]).0), [1, 0, 0, 0]);
    let id = only(&desk.search(&["--status", "all"]));
    // By a bureau, as the work list asks for it; then the list that has it comes.
    let identify = serde_json::json!({
        "request_id": "6f0c5e1a-3f4b-4d0e-9a51-000000000001", "bureau_id": "open-lists", "officer_id": "t-1", "provider_id": id,
        "operator_uscc": "52321003585300008H", "operator_name": "样例甲幼儿园", "identified_on": "2026-08-30",
        "document_number": "证照1号",
    });
    let call = "puhui.certification.v1.CertificationService/IdentifyOperator";
    done(&["--server", &desk.server.url, "call", call, &identify.to_string()]);
    let (object, report) = desk.take(&next, &[]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    assert_eq!(only(&desk.search(&["--status", "all"])), id);
    assert_eq!(terms(&desk.provider(&id)).len(), 2);
    for list in [&first, &next] {
        assert_eq!(counts(&desk.take(list, &[]).0), [0, 0, 1, 0]);
    }
    desk.server.stop();
    // Without that the list's own document and day complete it.
    let desk = Desk::new();
    let (first, next) = (desk.field("o20-1-without-code.csv", "a.csv"), desk.field("o20-3-with-code.csv", "b.csv"));
    desk.take(&first, &[]);
    let (object, report) = desk.take(&next, &[]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    let found = desk.search(&["52321003585300008H", "--status", "all"]);
    assert_eq!(only(&found), id);
    desk.server.stop();
}

#[test]
fn a_code_that_fails_its_check_goes_in_once_a_bureau_confirmed_it() {
    let desk = Desk::new();
    let list = desk.field("o39-xiamen-code.csv", "a.csv");
    let (object, report) = desk.take(&list, &["--kind", "certified"]);
    assert_eq!(counts(&object), [0, 0, 0, 1]);
    assert!(report.contains("CODE_NOT_CONFIRMED") && report.contains("puhui confirm-code"), "{report}");
    let confirm = serde_json::json!({
        "request_id": "6f0c5e1a-3f4b-4d0e-9a51-000000000002", "bureau_id": "open-lists", "officer_id": "t-1",
        "operator_code": "91350203M0001QKT19", "confirmed_on": "2026-08-30", "document_number": "证照2号", "seen": "营业执照正本",
    });
    let call = "puhui.certification.v1.CertificationService/ConfirmOperatorCode";
    done(&["--server", &desk.server.url, "call", call, &confirm.to_string()]);
    let (object, report) = desk.take(&list, &["--kind", "certified"]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    assert_eq!(counts(&desk.take(&list, &["--kind", "certified"]).0), [0, 0, 1, 0]);
    desk.server.stop();
}

#[test]
fn two_shops_of_one_name_are_told_apart_by_their_streets() {
    let desk = Desk::new();
    let (one, other) = (desk.field("o21-1-street-a.csv", "a.csv"), desk.field("o21-2-street-b.csv", "b.csv"));
    assert_eq!(counts(&desk.take(&one, &["--kind", "certified"]).0), [1, 0, 0, 0]);
    let (object, report) = desk.take(&other, &["--kind", "certified"]);
    assert_eq!(counts(&object), [1, 0, 0, 0], "{report}");
    for list in [&one, &other] {
        assert_eq!(counts(&desk.take(list, &["--kind", "certified"]).0), [0, 0, 1, 0]);
    }
    assert_eq!(desk.search(&["为民超市", "--status", "all"]).len(), 2);
    desk.server.stop();
}

#[test]
fn a_documents_number_is_one_however_it_is_bracketed() {
    let desk = Desk::new();
    let (round, square) = (desk.field("o37-1-round.csv", "a.csv"), desk.field("o37-2-square.csv", "b.csv"));
    assert_eq!(counts(&desk.take(&round, &[]).0), [1, 0, 0, 0]);
    assert_eq!(counts(&desk.take(&square, &[]).0), [0, 0, 1, 0]);
    assert_eq!(terms(&desk.provider(&only(&desk.search(&["--status", "all"])))).len(), 1);
    desk.server.stop();
}

#[test]
fn an_ending_in_a_list_ends_what_is_on_record() {
    let desk = Desk::new();
    let (certified, revoked) = (desk.field("o38-1-certified.csv", "a.csv"), desk.field("o38-2-revoked.csv", "b.csv"));
    // Nothing is on record yet: that is said, and nothing is made up.
    let (object, report) = desk.take(&revoked, &[]);
    assert_eq!(counts(&object), [0, 0, 0, 1]);
    assert!(report.contains("NOT_ON_RECORD"), "{report}");
    assert_eq!(counts(&desk.take(&certified, &[]).0), [1, 0, 0, 0]);
    let (object, report) = desk.take(&revoked, &[]);
    assert_eq!(counts(&object), [0, 1, 0, 0], "{report}");
    assert_eq!(object["search_shows"]["ended"], 1, "{object}");
    let found = desk.search(&["开原市育才幼儿园", "--status", "all"]);
    assert_eq!(found[0]["certifications"][0]["status"], "CERTIFICATION_STATUS_REVOKED", "{found:?}");
    assert!(desk.search(&["开原市育才幼儿园"]).is_empty());
    for list in [&revoked, &certified] {
        assert_eq!(counts(&desk.take(list, &[]).0), [0, 0, 1, 0]);
    }
    desk.server.stop();
}

#[test]
fn what_is_on_record_otherwise_is_asked_and_never_overwritten() {
    let desk = Desk::new();
    let list = |to: &str| {
        format!(
            "机构名称,类别,所属区县,文号,认定日期,有效期至\n甲园,普惠性民办幼儿园,扬州市邗江区,扬邗教〔2024〕1号,2024-03-01,{to}\n"
        )
    };
    let (first, other) = (desk.list("a.csv", &list("2027-02-28")), desk.list("b.csv", &list("2028-02-29")));
    assert_eq!(counts(&desk.take(&first, &[]).0), [1, 0, 0, 0]);
    let (object, report, code) = desk.takes(&other, &[]);
    assert_eq!((counts(&object), code), ([0, 0, 0, 0], Some(1)));
    assert!(report.contains("有效期至:登记簿 2027-02-28,名单 2028-02-29"), "{report}");
    let written = std::fs::read_to_string(desk.folder.path().join("b.csv.answers.toml")).unwrap();
    assert!(written.contains("# differs ="), "{written}");
    let id = only(&desk.search(&["--status", "all"]));
    assert_eq!(terms(&desk.provider(&id)), [term("", "2027-02-28")]);
    std::fs::write(desk.folder.path().join("b.csv.answers.toml"), "differs = \"correct\"\n").unwrap();
    assert_eq!(counts(&desk.take(&other, &[]).0), [1, 0, 0, 0]);
    assert_eq!(terms(&desk.provider(&id)), [term("", "2028-02-29")]);
    assert_eq!(counts(&desk.take(&other, &[]).0), [0, 0, 1, 0]);
    desk.server.stop();
}

#[test]
fn what_a_search_will_show_is_said() {
    let desk = Desk::new();
    let list = desk.list("a.csv", "机构名称,类别,所属区县,有效期\n甲园,普惠性民办幼儿园,扬州市邗江区,2020.9-2023.8\n");
    let said = done(&["--server", &desk.server.url, "import", list.to_str().unwrap()]);
    assert!(said.contains("到期1个(查询加 --status expired)"), "{said}");
    assert!(desk.search(&["甲园"]).is_empty());
    assert_eq!(desk.search(&["甲园", "--status", "expired"]).len(), 1);
    desk.server.stop();
}

/// Lists of one county, edition by edition, of the same few outlets: what each edition makes of each of them.
const FIRST: &str = "邗江区普惠托育机构认定名单（2021年）
机构名称,地址,文号,认定日期,有效期至
新盛托育园,新盛路1号,扬邗卫〔2021〕5号,2021-05-01,2024-04-30
双桥托育园,双桥路1号,扬邗卫〔2021〕5号,2021-05-01,2024-04-30
西湖托育园,西湖路1号,扬邗卫〔2021〕5号,2021-05-01,2024-04-30
蒋王托育园,蒋王路1号,扬邗卫〔2021〕5号,2021-05-01,2027-04-30
公道托育园,,扬邗卫〔2021〕5号,2021-05-01,2024-04-30
杨庙托育园,杨庙路1号,扬邗卫〔2021〕5号,2021-05-01,2027-04-30
";
const SECOND: &str = "邗江区普惠托育机构认定名单（2024年）
机构名称,地址,文号,认定日期,有效期至,备注
邗江区新盛托育园,新盛路1号,扬邗卫〔2024〕5号,2024-05-01,2027-04-30,
双桥托育园有限公司,双桥路1号,扬邗卫〔2024〕5号,2024-05-01,2027-04-30,
西湖宝贝托育园,西湖路1号,扬邗卫〔2024〕5号,2024-05-01,2027-04-30,原西湖托育园
蒋王托育园二部,蒋王路1号,扬邗卫〔2024〕5号,2024-05-01,2027-04-30,
公道托育园,公道路1号,扬邗卫〔2024〕5号,2024-05-01,2027-04-30,
";
const ENDED: &str = "邗江区取消普惠托育机构资格名单（2025年）
机构名称,地址,取消日期,文号
扬州市邗江区新盛托育园有限公司,新盛路1号,2025-03-01,扬邗卫〔2025〕3号
双桥托育园（已取消）,,2025-03-01,扬邗卫〔2025〕3号
瓜洲托育园,,2025-03-01,扬邗卫〔2025〕3号
";

#[test]
fn editions_of_one_list_are_of_the_same_outlets() {
    let desk = Desk::new();
    let (first, second) = (desk.list("2021.csv", FIRST), desk.list("2024.csv", SECOND));
    assert_eq!(counts(&desk.take(&first, &[]).0), [6, 0, 0, 0]);
    let (object, report) = desk.take(&second, &[]);
    assert_eq!((counts(&object), &object["waiting"]), ([5, 0, 0, 0], &0.into()), "{report}");
    // Renewed under names in other forms and under a new one, with saying so; a branch is another outlet.
    for said in [
        "登记名称为「新盛托育园」",
        "登记名称为「双桥托育园」",
        "名单载明原名称「西湖托育园」",
        "登记簿未载地址,按名单补充",
    ] {
        assert!(report.contains(said), "{said}: {report}");
    }
    assert_eq!(desk.search(&["--status", "all", "--limit", "50"]).len(), 7);
    for name in ["新盛托育园", "双桥托育园", "西湖托育园", "公道托育园"] {
        let found = desk.search(&[name, "--status", "all"]);
        let provider = desk.provider(found[0]["provider_id"].as_str().unwrap());
        let mut terms = terms(&provider);
        terms.sort();
        let last: Vec<&str> = terms.iter().map(|(_, to)| to.as_str()).collect();
        assert_eq!(last, ["2024-04-30", "2027-04-30"], "{name}: {provider}");
    }
    // Who is left out is not ended, and that is said.
    let warnings = object["warnings"].to_string();
    assert!(warnings.contains("另有2个有效网点不在本名单中") && warnings.contains("杨庙托育园"), "{warnings}");
    assert_eq!(desk.search(&["杨庙托育园"]).len(), 1);
    // Both again, the older after the newer: nothing new.
    for (list, rows) in [(&second, 5), (&first, 6), (&second, 5)] {
        let (object, report) = desk.take(list, &[]);
        assert_eq!((counts(&object), &object["waiting"]), ([0, 0, rows, 0], &0.into()), "{report}");
    }
    // Endings find them however they are called; where nothing is on record, that is told, with what is nearly called so.
    let ended = desk.list("2025.csv", ENDED);
    let (object, report) = desk.take(&ended, &[]);
    assert_eq!(counts(&object), [0, 2, 0, 1], "{report}");
    assert!(report.contains("NOT_ON_RECORD"), "{report}");
    assert!(desk.search(&["新盛托育园"]).is_empty() && desk.search(&["双桥托育园"]).is_empty());
    assert_eq!(counts(&desk.take(&ended, &[]).0), [0, 0, 2, 1]);
    desk.server.stop();
}

#[test]
fn the_newer_edition_first_leaves_the_same_record() {
    let desk = Desk::new();
    let (first, second) = (desk.list("2021.csv", FIRST), desk.list("2024.csv", SECOND));
    assert_eq!(counts(&desk.take(&second, &[]).0), [5, 0, 0, 0]);
    // Only the renamed one cannot be told from a list that knows nothing of its new name.
    let (object, report) = desk.take(&first, &[]);
    assert_eq!((&object["stored"], &object["waiting"]), (&5.into(), &1.into()), "{report}");
    assert_eq!(object["questions"][0]["id"], "renamed", "{object}");
    std::fs::write(desk.folder.path().join("2021.csv.answers.toml"), "renamed = \"same\"\n").unwrap();
    assert_eq!(counts(&desk.take(&first, &[]).0), [1, 0, 5, 0]);
    assert_eq!(desk.search(&["--status", "all", "--limit", "50"]).len(), 7);
    for list in [&first, &second] {
        let (object, report) = desk.take(list, &[]);
        assert_eq!((&object["stored"], &object["waiting"]), (&0.into(), &0.into()), "{report}");
    }
    desk.server.stop();
}

#[test]
fn a_name_in_another_form_without_a_place_is_asked_once() {
    let desk = Desk::new();
    let first = desk.list("a.csv", "邗江区普惠托育机构认定名单\n机构名称,认定日期,有效期至\n甲山托育园,2022-01-01,2024-12-31\n乙山托育园,2022-01-01,2024-12-31\n");
    let next = desk.list("b.csv", "邗江区普惠托育机构认定名单\n机构名称,认定日期,有效期至\n邗江区甲山托育园,2025-01-01,2027-12-31\n扬州乙山托育园有限公司,2025-01-01,2027-12-31\n");
    assert_eq!(counts(&desk.take(&first, &[]).0), [2, 0, 0, 0]);
    let (object, _, code) = desk.takes(&next, &[]);
    assert_eq!((&object["waiting"], object["questions"].as_array().unwrap().len(), code), (&2.into(), 1, Some(1)));
    assert_eq!((&object["questions"][0]["id"], &object["questions"][0]["rows"]), (&"alike".into(), &2.into()));
    let answers = desk.folder.path().join("b.csv.answers.toml");
    assert!(std::fs::read_to_string(&answers).unwrap().contains("# alike ="));
    std::fs::write(&answers, "alike = \"same\"\n\"alike:扬州乙山托育园有限公司\" = \"new\"\n").unwrap();
    assert_eq!(counts(&desk.take(&next, &[]).0), [2, 0, 0, 0]);
    assert_eq!(desk.search(&["--status", "all"]).len(), 3);
    assert_eq!(counts(&desk.take(&next, &[]).0), [0, 0, 2, 0]);
    desk.server.stop();
}

#[test]
fn editions_that_begin_later_fill_and_correct() {
    let desk = Desk::new();
    let list = |name: &str, rows: &str| {
        desk.list(
            name,
            &format!(
                "江都区普惠性民办幼儿园名单公布\n幼儿园名称,统一社会信用代码,办园地址,联系电话,文号,有效期\n{rows}"
            ),
        )
    };
    // Of one edition only names and terms; of the next addresses and telephones; the third is decided before the second has ended.
    let first = list("1.csv", "甲川幼儿园,,,,,2019年9月-2022年8月\n乙川幼儿园,,,,,2019年9月-2022年8月\n");
    let second = list(
        "2.csv",
        "甲川幼儿园,,龙川路1号,0514-86000001,扬江教〔2022〕9号,2022年9月-2025年8月\n乙川幼儿园,52321003585300008H,龙川路2号,0514-86000002,扬江教〔2022〕9号,2022年9月-2025年8月\n",
    );
    let third = list(
        "3.csv",
        "江都区甲川幼儿园,,龙川路1号,,扬江教〔2025〕3号,2025年7月-2028年8月\n江都乙川幼儿园,52321003585300008H,龙川路2号,,扬江教〔2025〕3号,2025年7月-2028年8月\n",
    );
    assert_eq!(counts(&desk.take(&first, &[]).0), [2, 0, 0, 0]);
    let (object, report) = desk.take(&second, &[]);
    assert_eq!(counts(&object), [2, 0, 0, 0], "{report}");
    let (object, report) = desk.take(&third, &[]);
    assert_eq!((counts(&object), &object["waiting"]), ([2, 0, 0, 0], &0.into()), "{report}");
    assert!(report.contains("本次自 2025-09-01 起接续"), "{report}");
    assert_eq!(desk.search(&["--status", "all"]).len(), 2);
    let found = desk.search(&["甲川幼儿园", "--status", "all"]);
    assert_eq!((&found[0]["address"], &found[0]["phone"]), (&"龙川路1号".into(), &"0514-86000001".into()));
    let expected = [("2019-09-01", "2022-08-31"), ("2022-09-01", "2025-08-31"), ("2025-09-01", "2028-08-31")];
    let mut of_one = terms(&desk.provider(found[0]["provider_id"].as_str().unwrap()));
    of_one.sort();
    assert_eq!(of_one, expected.map(|(from, to)| term(from, to)));
    // A correction of the third: one question, and the answer corrects.
    let corrected = list("4.csv", "甲川幼儿园,,龙川路1号,,扬江教〔2025〕3号,2025年9月-2027年8月\n");
    let (object, _) = desk.take(&corrected, &[]);
    assert_eq!((&object["waiting"], &object["questions"][0]["id"]), (&1.into(), &"differs".into()), "{object}");
    std::fs::write(desk.folder.path().join("4.csv.answers.toml"), "differs = \"correct\"\n").unwrap();
    assert_eq!(counts(&desk.take(&corrected, &[]).0), [1, 0, 0, 0]);
    // Every edition once more, in any order but the corrected one: nothing new.
    for list in [&second, &first, &corrected] {
        let (object, report) = desk.take(list, &[]);
        assert_eq!(
            (&object["stored"], &object["rejected"], &object["waiting"]),
            (&0.into(), &0.into(), &0.into()),
            "{report}"
        );
    }
    assert_eq!(desk.search(&["--status", "all"]).len(), 2);
    desk.server.stop();
}

/// Waits until the log is at `position`, or the import has ended.
async fn until(url: &str, position: u64, import: &mut std::process::Child) {
    let mut client = AuditServiceClient::new(channel(url).await);
    while client.get_head(GetHeadRequest {}).await.unwrap().into_inner().position < position {
        if import.try_wait().unwrap().is_some() {
            return;
        }
    }
}

/// The import is killed, and every other time the registry just before it: `PUHUI_LIST_ROWS` and `PUHUI_LIST_KILLS` make it longer.
#[tokio::test]
async fn an_import_that_was_killed_is_taken_again_and_every_row_is_there_once() {
    let (rows, kills) = (setting("PUHUI_LIST_ROWS", 2_000), setting("PUHUI_LIST_KILLS", 5));
    let mut dice = Dice(setting("PUHUI_SEED", u64::from(std::process::id())));
    println!("PUHUI_LIST_ROWS={rows} PUHUI_LIST_KILLS={kills} PUHUI_SEED={}", dice.0);
    let mut desk = Desk::new();
    // Shops without codes; every fifth name stands in two streets.
    let mut text = "机构名称,类别,所属区县,地址,认定日期,有效期至\n".to_owned();
    for row in 0..rows {
        let (name, road) = if row % 5 == 4 { (row - 1, "乙") } else { (row, "甲") };
        writeln!(text, "合成园{name},普惠性民办幼儿园,扬州市邗江区,合成{road}路{row}号,2025-03-03,2028-03-02").unwrap();
    }
    for kill in 0..kills {
        // Under another name each time, as copies are.
        let list = desk.list(&format!("名单{kill}.csv"), &text);
        let mut import = Command::new(puhui())
            .args(["--server", &desk.server.url, "import", list.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let step = rows / (kills + 1);
        until(&desk.server.url, kill * step + dice.below(step.max(1)) + 1, &mut import).await;
        if kill % 2 == 1 {
            desk = desk.killed();
        }
        import.kill().unwrap();
        import.wait().unwrap();
    }
    let list = desk.list("名单.csv", &text);
    let (object, _) = desk.take(&list, &[]);
    let [stored, _, already, rejected] = counts(&object);
    assert_eq!((stored + already, rejected), (rows, 0), "{object}");
    assert_eq!(counts(&desk.take(&list, &[]).0), [0, 0, rows, 0]);
    let replay = done(&["--server", &desk.server.url, "replay"]);
    let mut certified: BTreeSet<String> = BTreeSet::new();
    for line in replay.lines().filter(|line| line.contains("合成园") || line.contains("certification_recorded")) {
        let commit: Value = serde_json::from_str(line).unwrap();
        let id = commit["provider_id"].as_str().unwrap().to_owned();
        assert!(certified.insert(id), "a row is there twice: {line}");
    }
    assert_eq!(u64::try_from(certified.len()).unwrap(), rows);
    desk.server.stop();
}
