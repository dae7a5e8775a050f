//! Whole files: the real list, the encodings, workbooks, garbage.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::{Day, DivisionTable};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;

const REAL_LIST: &str = include_str!("../../../../data/lists/certified_lists_public.csv");
const GBK_LIST: &[u8] = include_bytes!("../../tests/lists/gbk.csv");

fn read_bytes(bytes: &[u8]) -> Result<List, ListError> {
    // Read once: the property tests ask for them hundreds of times.
    static TABLES: LazyLock<(Vec<CategoryNames>, DivisionTable)> =
        LazyLock::new(|| (tables::carried_categories().unwrap(), tables::carried_divisions()));
    read(bytes, Tables { categories: &TABLES.0, divisions: &TABLES.1 })
}

fn rows(text: &str) -> Vec<Row> {
    read_bytes(text.as_bytes()).unwrap().rows
}

/// The rows' outcomes: the provider id's ending, or the rule broken.
fn outcomes(text: &str) -> Vec<String> {
    let brief = |row: Row| match row.outcome {
        Ok(entry) => entry.provider_id.as_str()[18..].to_owned(),
        Err(rejection) => rejection.rule.to_owned(),
    };
    rows(text).into_iter().map(brief).collect()
}

fn day(text: &str) -> Option<Day> {
    Day::parse(text).ok()
}

#[test]
fn the_real_lists_come_out_as_their_rows_say() {
    let list = read_bytes(REAL_LIST.as_bytes()).unwrap();
    assert_eq!((list.warnings.len(), list.encoding), (0, Some("UTF-8")));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for row in &list.rows {
        let outcome = match &row.outcome {
            Ok(Entry { stage: Stage::Certified, .. }) => "certified",
            Ok(Entry { stage: Stage::Proposed { window: Some(_) }, .. }) => "proposed, with its window",
            Ok(Entry { stage: Stage::Proposed { window: None }, .. }) => "proposed, without a window",
            Err(rejection) => rejection.rule,
        };
        *counts.entry(outcome).or_default() += 1;
    }
    println!("{counts:?}");
    let expected = [("NOT_INCLUSIVE_CERTIFICATION", 23), ("certified", 17), ("proposed, with its window", 11)];
    assert_eq!(counts, BTreeMap::from(expected));

    let entry = |line: u64| list.rows.iter().find(|row| row.line == line).unwrap().outcome.as_ref().unwrap();
    let pingyang = entry(2);
    assert_eq!(pingyang.division.county(), "330326");
    assert_eq!(pingyang.decided_on, day("2018-12-14"));
    assert_eq!(pingyang.document_number.as_ref().unwrap().as_str(), "平教普〔2018〕489号");
    assert!(!pingyang.operator_is_known() && pingyang.provider_id.as_str().starts_with("Z330326"));
    let shiping = entry(12);
    assert_eq!((shiping.valid_from, shiping.valid_to), (day("2020-09-01"), day("2023-09-30")));
    let xinhui = entry(22);
    assert_eq!((xinhui.category.as_str(), xinhui.division.county()), ("childcare", "440705"));
    let Stage::Proposed { window: Some(window) } = xinhui.stage else { panic!("{:?}", xinhui.stage) };
    assert_eq!((Some(window.start()), Some(window.end())), (day("2025-09-26"), day("2025-10-09")));
    assert_eq!(xinhui.decided_on, None, "the day is the notice's");
    let of_2016 = list.rows.iter().find(|row| row.name == "铜川金太阳幼儿园").unwrap().outcome.as_ref().unwrap();
    assert_eq!((of_2016.stage, of_2016.decided_on), (Stage::Certified, None));
    let kept = "kind:普惠性民办幼儿园(2016已认定);decision_or_notice_date:2016";
    assert_eq!(of_2016.as_published.as_ref().unwrap().as_str(), kept);
}

#[test]
fn every_county_of_the_real_lists_resolves_or_is_a_city() {
    let table = tables::carried_divisions();
    let places = places::Places::new(&table);
    let mut seen = BTreeMap::new();
    for line in REAL_LIST.lines().skip(1) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let within = places::Within { province: record.get(1), city: None };
        let found = places.find(&record[2], within, "county");
        seen.insert(record[2].to_owned(), found.map(|d| d.county().to_owned()).map_err(|r| r.rule));
    }
    let expected = [
        ("平阳县", Ok("330326")),
        ("石屏县", Ok("532525")),
        ("铜川市王益区", Ok("610202")),
        ("江门市新会区", Ok("440705")),
        ("南昌市新建区", Ok("360112")),
        ("扬州市", Err(rule::DIVISION_TOO_COARSE)),
        ("淮安市", Err(rule::DIVISION_TOO_COARSE)),
        ("宿迁市", Err(rule::DIVISION_TOO_COARSE)),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(name, code)| (name.to_owned(), code.map(str::to_owned))).into();
    assert_eq!(seen, expected);
}

#[test]
fn a_gbk_file_with_a_title_is_read() {
    let list = read_bytes(GBK_LIST).unwrap();
    assert_eq!((list.encoding, list.title.as_str()), (Some("gb18030"), "江门市新会区2025年普惠性托育机构名单"));
    let first = list.rows[0].outcome.as_ref().unwrap();
    assert_eq!(first.provider_id.as_str(), "914403001922038216-001");
    assert_eq!((list.rows[0].line, first.name.as_str()), (3, "阳光托育园（东区）"));
    assert_eq!((first.decided_on, first.valid_to), (day("2025-10-10"), day("2028-10-09")));
    let second = list.rows[1].outcome.as_ref().unwrap();
    assert_eq!((second.operator_is_known(), second.valid_to), (false, day("2028-10-31")));
    let third = list.rows[2].outcome.as_ref().unwrap_err();
    assert_eq!((third.rule, third.column.as_str()), ("CHECK_CHARACTER", "统一社会信用代码"));
}

#[test]
fn a_workbook_is_read_from_the_first_sheet_that_has_a_header() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "填表说明").unwrap();
    let sheet = book.add_worksheet().set_name("名单").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let headers =
        ["单位名称", "信用代码", "服务类别", "行政区划", "网点号", "认定时间", "有效期限", "联系电话", "负责人"];
    sheet.write(0, 0, "拟认定家政服务网点名单").unwrap();
    for (column, header) in (0..).zip(headers) {
        sheet.write(2, column, header).unwrap();
    }
    let cells = ["甲家政", "91110108717743469k", "家政服务", "", "", "", "", "(0514)87341234、13900000000", "某人"];
    for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write(3, column, cell).unwrap();
    }
    sheet.write(3, 3, 321_003).unwrap().write(3, 4, 2).unwrap();
    sheet.write_with_format(3, 5, ExcelDateTime::from_ymd(2025, 3, 1).unwrap(), &date).unwrap();
    sheet.write(3, 6, "2025-03-01至2028-02-29").unwrap();
    sheet.write(4, 0, "乙家政").unwrap().write(4, 2, "家政").unwrap().write(4, 3, 321_003_005_007_u64).unwrap();
    sheet.write(4, 6, 45_717).unwrap().write(4, 7, "13900000000").unwrap();
    let list = read_bytes(&book.save_to_buffer().unwrap()).unwrap();

    assert_eq!((list.sheet.as_deref(), list.rows[0].line), (Some("名单"), 4));
    assert_eq!(list.warnings.len(), 1);
    assert!(list.warnings[0].zh.ends_with("负责人"));
    let first = list.rows[0].outcome.as_ref().unwrap();
    assert_eq!(first.provider_id.as_str(), "91110108717743469K-002");
    assert_eq!(first.stage, Stage::Proposed { window: None }, "the title says so");
    assert_eq!(first.phone.as_ref().unwrap().as_str(), "0514-87341234");
    assert_eq!((first.valid_from, first.valid_to), (day("2025-03-01"), day("2028-02-29")));
    assert_eq!(first.as_published.as_ref().unwrap().as_str(), "认定时间:2025-03-01", "a proposal has no decision");
    let second = list.rows[1].outcome.as_ref().unwrap();
    assert_eq!(second.division.as_str(), "321003005007");
    assert_eq!(second.valid_to, day("2025-03-01"));
    assert_eq!(second.phone, None);
    assert!(!second.as_published.as_ref().unwrap().as_str().contains("139"), "a person's number is not kept");
}

#[test]
fn each_broken_rule_has_its_name() {
    const HEADER: &str = "机构名称,类别,所属区县,省份,信用代码,网点号,认定日期,有效期,状态,区划代码\n";
    for (row, expected) in [
        ("甲,childcare,邗江区,江苏,,,,,,", "-001"),
        ("甲,childcare,邗江区,江苏,,7,,,,", "-007"),
        ("甲,childcare,邗江区,江苏,无,,—,,,", "-001"),
        ("甲,childcare,邗江区,江苏,,914403001922038216-003,,,,", "-003"),
        ("甲,childcare,邗江区,江苏,,,,,,321003001001", "-001"),
        (",childcare,邗江区,江苏,,,,,,", "EMPTY"),
        ("甲,,邗江区,江苏,,,,,,", "EMPTY"),
        ("甲,childcare,,江苏,,,,,,", "EMPTY"),
        ("甲,瑜伽,邗江区,江苏,,,,,,", rule::CATEGORY_UNKNOWN),
        ("甲,childcare,鼓楼区,,,,,,,", rule::AMBIGUOUS),
        ("甲,childcare,扬州市,江苏,,,,,,", rule::DIVISION_TOO_COARSE),
        ("甲,childcare,阿里县,江苏,,,,,,", rule::DIVISION_UNKNOWN),
        ("甲,childcare,邗江区,江苏,,,,,,321002", rule::DIVISION_MISMATCH),
        ("甲,childcare,邗江区,江苏,914403001922038210,,,,,", "CHECK_CHARACTER"),
        ("甲,childcare,邗江区,江苏,91440300192203821,,,,,", "LENGTH"),
        ("甲,childcare,邗江区,江苏,,1000,,,,", "FORMAT"),
        ("甲,childcare,邗江区,江苏,,0,,,,", "FORMAT"),
        ("甲,childcare,邗江区,江苏,91110108717743469K,914403001922038216-003,,,,", rule::OUTLET_MISMATCH),
        ("甲,childcare,邗江区,江苏,,,昨天,,,", "FORMAT"),
        ("甲,childcare,邗江区,江苏,,,,2025-01-01/2024-01-01,,", "RANGE"),
        ("甲,childcare,邗江区,江苏,,,,,已取消,", rule::NOT_CERTIFIED),
        ("\u{7},childcare,邗江区,江苏,,,,,,", "ALPHABET"),
        ("=HYPERLINK(甲),childcare,邗江区,江苏,,,,,,", "FORMULA"),
        ("甲,childcare,邗江区,江苏,321003185101113767,,,,,", "IDENTITY_NUMBER"),
        ("甲,childcare,邗江区,江苏,,321003185101113767-001,,,,", "IDENTITY_NUMBER"),
        ("甲(13800138000),childcare,邗江区,江苏,,,,,,", "MOBILE_NUMBER"),
    ] {
        assert_eq!(outcomes(&format!("{HEADER}{row}\n")), [expected], "{row}");
    }
    let long = format!("{HEADER}甲{},childcare,邗江区,江苏\n", "长".repeat(CELL_CHARS_MAX));
    assert_eq!(outcomes(&long), ["TOO_LONG"]);
}

#[test]
fn a_persons_numbers_are_kept_in_no_field_and_in_no_report() {
    let csv = "机构名称,类别,所属区县,地址,备注,认定日期,有效期\n\
        甲,childcare,邗江区,文昌路1号,负责人王某 139 0000 0000 身份证32100318510111 3767,2025-03-01,2025年3月1日至2028年2月29日\n\
        乙,childcare,邗江区,文昌路2号 13900000000,,,\n\
        丙 11010519491231002X,childcare,邗江区,,,,\n\
        丁,childcare,邗江区,,证号2026001,,\n";
    let list = read_bytes(csv.as_bytes()).unwrap();
    let first = list.rows[0].outcome.as_ref().unwrap();
    assert_eq!(first.as_published.as_ref().unwrap().as_str(), "备注:未录入(含身份证号码或手机号码)");
    for (row, rule) in [(1, "MOBILE_NUMBER"), (2, "IDENTITY_NUMBER")] {
        assert_eq!(list.rows[row].outcome.as_ref().unwrap_err().rule, rule);
    }
    assert!(list.rows[3].outcome.as_ref().unwrap().as_published.as_ref().unwrap().as_str().ends_with("2026001"));
    let told = format!("{list:?}");
    for number in ["0000 0000", "3767", "13900000000", "1231002"] {
        assert!(!told.contains(number), "{number}");
    }
}

#[test]
fn rows_are_held_against_each_other() {
    const CODE: &str = "914403001922038216";
    for (case, header, body, expected) in [
        (
            "one outlet, two categories",
            "地址",
            [("甲", "childcare", CODE, "一路"), ("甲", "kindergarten", CODE, "一路")],
            ["-001", "-001"],
        ),
        (
            "the same row twice",
            "地址",
            [("甲", "childcare", CODE, "一路"), (" 甲", "childcare", CODE, "一路")],
            ["-001", rule::DUPLICATE_ROW],
        ),
        (
            "two names",
            "地址",
            [("甲", "childcare", CODE, "一路"), ("乙", "childcare", CODE, "一路")],
            ["-001", rule::OUTLET_NUMBER_NEEDED],
        ),
        (
            "two addresses",
            "地址",
            [("甲", "childcare", CODE, "一路"), ("甲", "childcare", CODE, "二路")],
            ["-001", rule::OUTLET_NUMBER_NEEDED],
        ),
        (
            "two addresses, no code",
            "地址",
            [("甲", "childcare", "", "一路"), ("甲", "childcare", "", "二路")],
            ["-001", rule::OUTLET_NUMBER_NEEDED],
        ),
        (
            "width and spaces aside",
            "地址",
            [("甲（A）", "childcare", "", "一路"), ("甲 (A)", "kindergarten", "", "一 路")],
            ["-001", "-001"],
        ),
        ("numbered", "网点号", [("甲", "childcare", CODE, "1"), ("乙", "childcare", CODE, "2")], ["-001", "-002"]),
        (
            "one number twice",
            "网点号",
            [("甲", "childcare", CODE, "2"), ("乙", "childcare", CODE, "2")],
            ["-002", rule::OUTLET_NUMBER_TAKEN],
        ),
        (
            "a number missing",
            "网点号",
            [("甲", "childcare", CODE, ""), ("乙", "childcare", CODE, "1")],
            ["-001", rule::OUTLET_NUMBER_NEEDED],
        ),
    ] {
        let mut text = format!("区划代码,机构名称,类别,信用代码,{header}\n");
        for (name, category, code, last) in body {
            writeln!(text, "321003,{name},{category},{code},{last}").unwrap();
        }
        assert_eq!(outcomes(&text), expected, "{case}");
    }
}

#[test]
fn the_key_of_an_operator_without_a_code_does_not_change() {
    let id = |county: &str, name: &str| {
        let rows = rows(&format!("机构名称,类别,区划代码\n{name},childcare,{county}\n"));
        rows[0].outcome.as_ref().unwrap().provider_id.to_string()
    };
    assert_eq!(id("321003", "阳光托育园（东区）"), id("321003005007", "阳光 托育园(东区)"));
    assert_ne!(id("321003", "阳光托育园"), id("321002", "阳光托育园"));
    // Computed apart from this code. Stored ids hang on it: a change would enter every outlet a second time.
    assert_eq!(id("321003", "阳光托育园"), "Z3210032FP5DGM6PFB-001");
}

#[test]
fn what_is_no_list_is_refused_whole() {
    for (bytes, expected) in [
        (b"".to_vec(), "header"),
        ("名单\n甲\n".as_bytes().to_vec(), "header"),
        (b"\xFF\xFF".to_vec(), "GB18030"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1".to_vec(), ".xls"),
        (b"PK\x03\x04garbage".to_vec(), ".xlsx"),
        (vec![b'a'; FILE_BYTES_MAX + 1], "64 MiB"),
        (["名称,地址\n".as_bytes(), "甲,乙\n".repeat(ROWS_MAX + 1).as_bytes()].concat(), "200,000"),
    ] {
        let error = read_bytes(&bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let most = ["名称,地址\n".as_bytes(), "甲,乙\n".repeat(ROWS_MAX).as_bytes()].concat();
    assert_eq!(read_bytes(&most).unwrap().rows.len(), ROWS_MAX);
}

#[test]
fn a_title_that_speaks_of_ended_certifications_is_heard() {
    let rows = rows("关于取消部分普惠性幼儿园认定的名单\n机构名称,类别,区划代码\n甲,普惠性幼儿园,321003\n");
    let rejection = rows[0].outcome.as_ref().unwrap_err();
    assert_eq!((rejection.rule, rejection.column.as_str()), (rule::NOT_CERTIFIED, "标题"));
}

#[test]
fn a_header_repeated_on_each_page_is_no_row() {
    assert_eq!(outcomes("机构名称,类别\n机构名称,类别\n甲,\n").len(), 1);
}

fn workbook_bytes() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "机构名称").unwrap().write(0, 1, "类别").unwrap().write(1, 0, "甲").unwrap();
    book.save_to_buffer().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_bytes(&bytes);
        let _ = read_bytes(&["机构名称,类别,区划代码,信用代码,网点号,认定日期,有效期,公示,联系电话\n".as_bytes(), &bytes].concat());
    }

    #[test]
    fn no_cells_make_the_reader_panic(
        cells in prop::collection::vec("[-/.年月日至~0-9]{0,24}|\\PC{0,12}|(普惠托育|邗江区|321003|拟认定|\\(|\\)){0,4}", 1..40)
    ) {
        let quoted = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        let mut text = "机构名称,类别,区划代码,信用代码,网点号,认定日期,有效期,公示,联系电话\n".to_owned();
        for (at, cell) in quoted.enumerate() {
            text += &cell;
            text.push(if at % 9 == 8 { '\n' } else { ',' });
        }
        let list = read_bytes(text.as_bytes()).unwrap();
        prop_assert!(list.rows.iter().all(|row| row.line >= 2));
    }

    #[test]
    fn a_damaged_workbook_is_an_error(at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
        let mut bytes = workbook_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read_bytes(&bytes);
        bytes.truncate(end.index(bytes.len()));
        let _ = read_bytes(&bytes);
    }
}
