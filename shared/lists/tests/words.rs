//! What words of a list say of a certification and a category, and what of a person is not kept: the lists that were tried, and others of their kinds.

use lists::reading::Ending;
use lists::{Answers, Lexicon, List, Reading, Verdict};

fn read_bytes(bytes: &[u8]) -> List {
    let categories = lists::lexicon::carried_categories().expect("carried");
    let divisions = lists::lexicon::divisions("2023", include_str!("../../../data/tables/divisions_above_street.csv"));
    let divisions = divisions.expect("carried");
    let book = lists::open::open(bytes).expect("opened");
    lists::read(&book, Lexicon { categories: &categories, divisions: &divisions }, &Answers::default()).expect("read")
}

fn read(text: &str) -> List {
    read_bytes(text.as_bytes())
}

fn field(name: &str) -> List {
    let path = format!("{}/tests/field/{name}", env!("CARGO_MANIFEST_DIR"));
    read_bytes(&std::fs::read(path).expect("a field file"))
}

/// What is told of a row's certification, in a word.
fn told(row: &Reading) -> &'static str {
    match row.verdict {
        Some(Verdict::Certified) => "certified",
        Some(Verdict::Proposed { .. }) => "proposed",
        Some(Verdict::Refused) => "refused",
        Some(Verdict::Ended { kind: Ending::Revoked, .. }) => "revoked",
        Some(Verdict::Ended { kind: Ending::Annulled, .. }) => "annulled",
        Some(Verdict::Ended { kind: Ending::Withdrawn, .. }) => "withdrawn",
        Some(Verdict::Ended { kind: Ending::Deregistered, .. }) => "gone",
        Some(Verdict::Ended { kind: Ending::Expired, .. }) => "expired",
        None => "asked",
    }
}

fn all_told(list: &List) -> Vec<&'static str> {
    list.rows.iter().map(told).collect()
}

fn asked(list: &List) -> Vec<&str> {
    list.questions.iter().map(|question| question.id.as_str()).collect()
}

#[test]
fn results_of_the_lists_that_were_tried_say_yes_only_where_they_do() {
    assert!(all_told(&field("o11-yueyanglou-first-result.xlsx")).iter().all(|told| *told == "proposed"));
    let words = all_told(&field("o12-result-words.csv"));
    assert_eq!(words[..6], ["certified", "refused", "refused", "refused", "refused", "refused"]);
    assert_eq!(words[6..10], ["proposed", "proposed", "refused", "gone"]);
    let second = all_told(&field("o13-second-table-revoked.xlsx"));
    assert_eq!(second.last(), Some(&"revoked"), "{second:?}");
    assert!(second.contains(&"certified"), "{second:?}");
    // Sixty-three that may leave have not left.
    assert!(all_told(&field("o15-wenshang-note-above.xlsx")).iter().all(|told| *told == "certified"));
    assert_eq!(all_told(&field("o38-2-revoked.csv")), ["revoked"]);
    assert_eq!(all_told(&field("o29-other-headings.csv")), ["certified"]);
}

#[test]
fn categories_of_the_list_that_was_tried_are_known() {
    let found = field("o31-categories.csv");
    let ids = asked(&found);
    assert!(ids.iter().all(|id| !id.starts_with("category")), "{ids:?}");
    assert!(found.rows.iter().all(|row| row.faults.is_empty()));
}

#[test]
fn a_status_that_a_remark_or_a_title_contradicts_is_no_yes() {
    for (list, expected) in [
        ("名称,类别,区县,结果,备注\n甲园,普惠性幼儿园,邗江区,认定,2024年已退出\n", "withdrawn"),
        ("名称,类别,区县,结果,备注\n甲园,普惠性幼儿园,邗江区,认定,到期换证\n", "certified"),
        ("名称,类别,区县,结果,备注\n甲园,普惠性幼儿园,邗江区,认定,周日歇业\n", "certified"),
        ("名称,类别,区县,结果\n甲园,普惠性幼儿园,邗江区,认定(2024年退出)\n", "asked"),
        ("名称,类别,区县,结果\n甲园,普惠性幼儿园,邗江区,暂停\n", "asked"),
        ("取消普惠性幼儿园认定名单\n名称,类别,区县\n甲园,普惠性幼儿园(2016已认定),邗江区\n", "asked"),
        ("普惠性幼儿园认定及取消名单\n名称,类别,区县,认定日期\n甲园,普惠性幼儿园,邗江区,2024-01-05\n", "asked"),
        ("拟取消普惠性幼儿园名单公示\n名称,类别,区县,认定日期\n甲园,普惠性幼儿园,邗江区,2024-01-05\n", "asked"),
        ("邗江区备案托育机构一览表\n名称,类别,区县,有效期\n甲园,普惠托育,邗江区,2024-01-05\n", "asked"),
        ("普惠托育机构拟认定名单公示\n名称,类别,区县,结果\n甲园,普惠托育,邗江区,通过\n", "proposed"),
    ] {
        let found = read(list);
        assert_eq!(all_told(&found), [expected], "{list}");
        assert_eq!(found.questions.is_empty(), expected != "asked", "{list}");
        assert!(!found.rows[0].because.is_empty() || expected == "asked", "{list}");
    }
}

#[test]
fn what_a_name_looks_like_is_suggested_and_never_taken() {
    let found = read("名称,区县,认定日期\n阳光幼儿园,邗江区,2024-01-05\n");
    assert_eq!(asked(&found), ["category"]);
    assert_eq!(found.questions[0].suggested.as_deref(), Some("kindergarten"));
    let found = read("名称,类别,区县,认定日期\n阳光驿站,邻里中心,邗江区,2024-01-05\n");
    assert_eq!(asked(&found), ["category:邻里中心"]);
    assert_eq!(found.questions[0].suggested, None);
}

/// Whether anything that is kept of a list holds what is a person's.
fn holds(list: &List, texts: &[&str]) -> bool {
    let list = format!("{list:?}");
    texts.iter().any(|text| list.contains(text))
}

#[test]
fn nothing_of_a_person_is_kept_or_repeated() {
    let found = field("o22-person-in-remark.csv");
    assert!(!holds(&found, &["1390000", "321003185101", "张三"]), "{found:?}");
    assert!(found.rows[0].left_out.contains(&"备注".to_owned()), "{found:?}");
    let found = field("o23-identity-number-as-code.csv");
    assert!(!holds(&found, &["321003185101"]) && found.rows[0].faults[0].rule == "IDENTITY_NUMBER", "{found:?}");
    for (column, cell) in [
        ("备注", "负责人张三"),
        ("备注", "已退出 13900000000"),
        ("认定结果", "已退出13900000000"),
        ("认定结果", "联系13900000000"),
        ("地址", "文昌路1号(联系人:张三)"),
        ("地址", "文昌路1号(１３９０００００００0)"),
        ("统一社会信用代码", "13900000000"),
        ("统一社会信用代码", "139 0000 0000"),
        ("认定日期", "13900000000"),
        ("负责人", "张三"),
        ("联系电话", "张三13900000000"),
        ("来源", "联系人张三"),
    ] {
        let found = read(&format!("普惠托育认定名单\n名称,类别,区县,{column}\n甲园,普惠托育,邗江区,{cell}\n"));
        assert!(!holds(&found, &["1390000", "139 0000", "１３９００", "张三"]), "{column} {cell}: {found:?}");
    }
}

#[test]
fn all_that_is_wrong_with_a_code_or_a_row_is_told_at_once() {
    let found = field("o42-code-as-number.xlsx");
    assert!(found.rows[0].faults.iter().any(|fault| fault.rule == "DIGITS_LOST"), "{found:?}");
    let found = field("o40-many-faults.csv");
    assert!(found.rows[0].faults.len() + found.rows[0].waits_for.len() >= 5, "{found:?}");
}
