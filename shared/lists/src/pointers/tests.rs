//! What sentences beside a table say of its rows.

use super::*;

fn at(text: &str, note: bool, ordinal: u32, name: &str) -> Option<Told> {
    let names = [(1, "北星幼儿园"), (2, "南星幼儿园"), (3, "东星幼儿园△"), (5, "西星幼儿园*")];
    let cells: Vec<Vec<Cell>> = names.iter().map(|(_, name)| vec![Cell::text(name)]).collect();
    let row = |at: usize| Row {
        line: at as u64 + 3,
        ordinal: Some(names[at].0),
        name: fold::key(names[at].1),
        cells: &cells[at],
    };
    let rows: Vec<Row<'_>> = (0..4).map(row).collect();
    let found = Pointers::of([Beside { line: 9, text, note }].into_iter(), &rows);
    let asked = rows.iter().find(|row| row.ordinal == Some(ordinal)).unwrap();
    assert!(fold::key(name).starts_with(&asked.name[..6]), "{name}");
    found.at(asked).map(|pointed| pointed.told)
}

#[test]
fn sentences_point_at_rows() {
    use Mark::{Certified, Closed, Proposed, Revoked};
    let mark = |mark| Some(Told::Mark(mark));
    for (text, ordinal, name, expected) in [
        ("上述名单中第1号已取消", 1, "北星幼儿园", mark(Revoked)),
        ("上述名单中第1号已取消", 2, "南星幼儿园", None),
        ("序号3、5的为拟认定", 5, "西星幼儿园", mark(Proposed)),
        ("序号3、5的为拟认定", 2, "南星幼儿园", None),
        ("注：第3至5号已停办。", 3, "东星幼儿园", mark(Closed)),
        ("注：第3至5号已停办。", 1, "北星幼儿园", None),
        ("第三号、第五号取消认定", 5, "西星幼儿园", mark(Revoked)),
        ("邗江区民办幼儿园一览表(带*的为普惠性幼儿园)", 5, "西星幼儿园*", mark(Certified)),
        ("邗江区民办幼儿园一览表(带*的为普惠性幼儿园)", 2, "南星幼儿园", Some(Told::NotNamed)),
        ("名称后标注“△”的为拟取消", 3, "东星幼儿园△", Some(Told::Unclear)),
        ("名称后标注“△”的为拟取消", 2, "南星幼儿园", None),
        ("注:△表示已停办;*表示拟认定", 3, "东星幼儿园△", mark(Closed)),
        ("注:△表示已停办;*表示拟认定", 5, "西星幼儿园*", mark(Proposed)),
        ("注:*为新增", 5, "西星幼儿园*", None),
        ("带*的为省级示范园", 5, "西星幼儿园*", None),
        ("以下机构中除序号2外均认定为普惠托育机构", 2, "南星幼儿园", Some(Told::Excepted)),
        ("以下机构中除序号2外均认定为普惠托育机构", 1, "北星幼儿园", mark(Certified)),
        ("除第2号取消外，其余继续认定", 2, "南星幼儿园", mark(Revoked)),
        ("除第2号取消外，其余继续认定", 1, "北星幼儿园", mark(Certified)),
        ("标红的为拟取消", 1, "北星幼儿园", Some(Told::Unclear)),
        ("红色字体的已停办", 1, "北星幼儿园", Some(Told::Unclear)),
        ("北星幼儿园已于2024年9月停办", 1, "北星幼儿园", mark(Closed)),
        ("北星幼儿园已于2024年9月停办", 2, "南星幼儿园", None),
        ("上述机构均已取消", 2, "南星幼儿园", mark(Revoked)),
        // Sentences on rules, documents, and what is no verdict.
        ("上述机构收费超标的,取消资格", 2, "南星幼儿园", None),
        ("依据扬教〔2024〕第2号文认定", 2, "南星幼儿园", None),
        ("第2批认定名单", 2, "南星幼儿园", None),
        ("二、取消认定名单(2家)", 2, "南星幼儿园", None),
        ("2024年第2号公告认定", 2, "南星幼儿园", None),
        ("序号2由镇里代为申领", 2, "南星幼儿园", None),
        ("序号2待补材料", 2, "南星幼儿园", Some(Told::Unclear)),
    ] {
        assert_eq!(at(text, false, ordinal, name), expected, "{text} {ordinal}");
    }
}

#[test]
fn each_clause_is_of_its_own_rows_and_what_is_not_understood_is_asked() {
    use Mark::{Certified, Closed, Refused, Revoked, Withdrawn};
    let mark = |mark| Some(Told::Mark(mark));
    for (text, ordinal, name, expected) in [
        ("说明:序号1—2为首次认定,序号3为复核认定,序号5为取消认定。", 5, "西星幼儿园*", mark(Revoked)),
        ("说明:序号1—2为首次认定,序号3为复核认定,序号5为取消认定。", 2, "南星幼儿园", mark(Certified)),
        ("1.序号1、3为新认定;2.序号2已注销;3.第4、5家自愿退出", 2, "南星幼儿园", mark(Mark::Deregistered)),
        ("1.序号1、3为新认定;2.序号2已注销;3.第4、5家自愿退出", 5, "西星幼儿园*", mark(Withdrawn)),
        ("以上1-2为认定,3为取消。", 3, "东星幼儿园△", mark(Revoked)),
        ("以上1-2为认定,3为取消。", 1, "北星幼儿园", mark(Certified)),
        ("除北星幼儿园外均已取消", 1, "北星幼儿园", None),
        ("除北星幼儿园外均已取消", 2, "南星幼儿园", mark(Revoked)),
        ("除北星幼儿园外,其余均已取消", 2, "南星幼儿园", mark(Revoked)),
        ("以上4家已全部取消", 2, "南星幼儿园", mark(Revoked)),
        ("以上2家已取消", 2, "南星幼儿园", Some(Told::Unclear)),
        ("上述机构全部退出", 2, "南星幼儿园", mark(Withdrawn)),
        ("本名单1-2号机构均自2025年9月1日起退出", 2, "南星幼儿园", mark(Withdrawn)),
        ("本名单1-2号机构均自2025年9月1日起退出", 3, "东星幼儿园△", None),
        ("2号已停办", 2, "南星幼儿园", mark(Closed)),
        ("北星幼儿园2025年8月31日起不再具有普惠资格", 1, "北星幼儿园", mark(Revoked)),
        ("注:北星幼儿园(仪卫〔2025〕3号取消)", 2, "南星幼儿园", None),
        ("北星幼儿园接收南星幼儿园幼儿,南星幼儿园关停", 1, "北星幼儿园", None),
        ("北星幼儿园接收南星幼儿园幼儿,南星幼儿园关停", 2, "南星幼儿园", mark(Closed)),
        ("南星幼儿园因整改未完成,本次不予认定", 2, "南星幼儿园", mark(Refused)),
        ("北星幼儿园承接已停办的丙星幼儿园", 1, "北星幼儿园", Some(Told::Unclear)),
        ("北星幼儿园承接已停办的丙星幼儿园", 2, "南星幼儿园", None),
        ("北星幼儿园不存在取消认定的情形", 2, "南星幼儿园", None),
        ("北星幼儿园不存在取消认定的情形", 1, "北星幼儿园", Some(Told::Unclear)),
        ("北星幼儿园除外", 1, "北星幼儿园", Some(Told::Unclear)),
        ("不含北星幼儿园", 1, "北星幼儿园", Some(Told::Unclear)),
        ("不含北星幼儿园", 2, "南星幼儿园", None),
        ("注:本名单不含已取消的机构", 1, "北星幼儿园", None),
        ("注:取消认定的机构不在本名单内", 1, "北星幼儿园", None),
        ("注:以上机构中民办的1家已取消", 1, "北星幼儿园", Some(Told::Unclear)),
        ("注:末一家取消", 1, "北星幼儿园", Some(Told::Unclear)),
        ("注:以上名单有效期三年,逾期作废", 1, "北星幼儿园", None),
        // No row carries **: how it was set is lost.
        ("*为2025年新认定　**为2025年取消认定", 5, "西星幼儿园*", Some(Told::Unclear)),
        ("*为2025年新认定　△为2025年取消认定", 5, "西星幼儿园*", mark(Certified)),
        ("△表示示范机构,*表示已停业", 3, "东星幼儿园△", None),
        ("△表示示范机构,*表示已停业", 5, "西星幼儿园*", mark(Closed)),
        ("带△的已取消认定,其余为认定", 1, "北星幼儿园", mark(Certified)),
        ("带△的已取消认定,其余为认定", 3, "东星幼儿园△", mark(Revoked)),
    ] {
        assert_eq!(at(text, true, ordinal, name), expected, "{text} {ordinal}");
    }
}

#[test]
fn what_of_a_title_is_no_such_sentence_stays() {
    let found = Pointers::of(
        [Beside { line: 1, text: "邗江区民办幼儿园一览表(带*的为普惠性幼儿园)", note: false }].into_iter(),
        &[],
    );
    assert_eq!(found.rest(1), Some("邗江区民办幼儿园一览表"));
    let found =
        Pointers::of([Beside { line: 1, text: "邗江区普惠托育机构认定名单(2024)", note: false }].into_iter(), &[]);
    assert_eq!(found.rest(1), None);
}
