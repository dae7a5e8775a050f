//! What an officer says of a whole list beforehand, and rows that are marked as an example.

use lists::account::{self, Became, NotARow};
use lists::{Answers, Lexicon, List, Verdict};

fn read(text: &str, answers: &[(&str, &str)]) -> List {
    let categories = lists::lexicon::carried_categories().expect("carried");
    let divisions = lists::lexicon::divisions("2023", include_str!("../../../data/tables/divisions_above_street.csv"));
    let divisions = divisions.expect("carried");
    let mut said = Answers::default();
    for (id, answer) in answers {
        said.set(id, answer);
    }
    let book = lists::open::open(text.as_bytes()).expect("opened");
    lists::read(&book, Lexicon { categories: &categories, divisions: &divisions }, &said).expect("read")
}

#[test]
fn a_document_and_a_day_said_of_the_list_hold_for_rows_that_give_none() {
    let list = "名称,类别,区县,文号,认定日期\n甲托育园,普惠托育,邗江区,扬邗卫〔2026〕1号,2026-01-05\n乙托育园,普惠托育,邗江区,,\n";
    let said = [("document", "扬邗卫〔2026〕9号"), ("decided-on", "2026-03-16")];
    let found = read(list, &said);
    let told: Vec<_> = found.rows.iter().map(|row| row.entry.as_ref().expect("an entry")).collect();
    let of =
        |at: usize| (told[at].document.as_ref().map(ToString::to_string), told[at].decided_on.map(|d| d.to_string()));
    assert_eq!(of(0), (Some("扬邗卫〔2026〕1号".to_owned()), Some("2026-01-05".to_owned())));
    assert_eq!(of(1), (Some("扬邗卫〔2026〕9号".to_owned()), Some("2026-03-16".to_owned())));
    let why: Vec<_> =
        found.rows[1].because.iter().filter(|b| b.zh.contains("经办人")).map(|b| b.what.as_str()).collect();
    assert_eq!(why, ["认定日期", "文号"]);
    // A proposal is not decided, whatever is said of the list.
    let proposed = read("名称,类别,区县,状态\n甲托育园,普惠托育,邗江区,拟认定\n", &said);
    assert!(matches!(proposed.rows[0].verdict, Some(Verdict::Proposed { .. })));
    assert_eq!(proposed.rows[0].entry.as_ref().and_then(|entry| entry.decided_on), None);
}

#[test]
fn a_row_marked_as_an_example_is_told_and_never_taken() {
    let list = "序号,名称,类别,区县,状态\n示例,示例托育园,普惠托育,邗江区,认定\n1,甲托育园,普惠托育,邗江区,认定\n";
    let found = read(list, &[]);
    assert_eq!(found.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["甲托育园"]);
    assert_eq!(found.lines[1].became, Became::Not(NotARow::Example));
    assert!(found.warnings.iter().any(|warning| warning.zh.contains("第2行")), "{:?}", found.warnings);
    let counts = account::count(&found.lines);
    assert_eq!((counts.lines, counts.with_rows, counts.rows, counts.not.values().sum::<u64>()), (3, 1, 1, 2));
}
