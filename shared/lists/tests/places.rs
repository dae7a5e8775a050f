//! Whole lists: where their outlets are, from when until when, and what is asked instead of guessed.

#![expect(clippy::unwrap_used, reason = "a file or a table that cannot be read ends the test")]

use lists::{Answers, CategoryNames, Lexicon, List, Origin};

fn divisions() -> domain::DivisionTable {
    let above = include_str!("../../../data/tables/divisions_above_street.csv");
    let column = |table: &'static str, at: usize| {
        table.lines().skip(1).filter_map(move |line| {
            let mut cells = line.split(',');
            Some((cells.next()?.to_owned(), cells.nth(at - 1)?.to_owned()))
        })
    };
    let streets = column(include_str!("../../../data/tables/yangzhou_streets.csv"), 2);
    let communities = column(include_str!("../../../data/tables/yangzhou_villages.csv"), 1);
    let below = domain::DivisionTable::new("2023", streets.chain(communities));
    lists::lexicon::divisions("2023", above).unwrap().with(&below)
}

fn read(bytes: &[u8], origin: Origin<'_>, answers: &[(&str, &str)]) -> List {
    let categories: Vec<CategoryNames> = lists::lexicon::carried_categories().unwrap();
    let divisions = divisions();
    let lexicon = Lexicon { categories: &categories, divisions: &divisions };
    let mut given = Answers::default();
    for (id, answer) in answers {
        given.set(id, answer);
    }
    lists::read_from(&lists::open::open(bytes).unwrap(), origin, lexicon, &given).unwrap()
}

fn field(name: &str, answers: &[(&str, &str)]) -> List {
    let path = format!("{}/tests/field/{name}", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read(path).unwrap(), Origin { file: name, home: None }, answers)
}

fn text(csv: &str, answers: &[(&str, &str)]) -> List {
    read(csv.as_bytes(), Origin::default(), answers)
}

/// What each row comes to as a place: its code and street, what it waits for, or what is wrong with it.
fn places(list: &List) -> Vec<String> {
    let told = |row: &lists::Reading| match &row.entry {
        Some(entry) => {
            let street = entry.street.as_ref().map(|street| format!("+{street}")).unwrap_or_default();
            format!("{}{street}", entry.division.as_str().trim_end_matches('0'))
        }
        None if row.faults.is_empty() => format!("asks {}", row.waits_for.join(",")),
        None => format!("fault {}", row.faults.iter().map(|fault| fault.rule).collect::<Vec<_>>().join(",")),
    };
    list.rows.iter().map(told).collect()
}

fn because(list: &List, row: usize, words: &str) -> bool {
    list.rows[row].because.iter().any(|because| because.zh.contains(words))
}

/// From when until when each row's certification holds, and what the end was worked out from.
fn terms(list: &List) -> Vec<String> {
    let told = |row: &lists::Reading| {
        let Some(entry) = &row.entry else { return format!("{:?}", row.faults) };
        let day = |day: Option<domain::Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let worked_out = entry.worked_out.as_ref().map(|words| format!(" ({words})")).unwrap_or_default();
        format!("{}/{}{worked_out}", day(entry.valid_from), day(entry.valid_to))
    };
    list.rows.iter().map(told).collect()
}

#[test]
fn county_forms_of_the_field() {
    let list = field("o26-county-forms.csv", &[("kind", "certified")]);
    assert_eq!(
        places(&list),
        ["321003", "321003", "321003002", "321012", "asks place:蜀冈-瘦西湖风景名胜区", "asks place:市本级", "321012",]
    );
    assert!(because(&list, 3, "江都市(321088)2011年起为江苏省扬州市江都区"), "{:?}", list.rows[3].because);
    let zone = list.questions.iter().find(|question| question.id == "place:蜀冈-瘦西湖风景名胜区").unwrap();
    let streets: Vec<&str> = zone.choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(streets, ["321003006", "321003052", "321003053", "321003350"]);
    let answers =
        [("kind", "certified"), ("place:蜀冈-瘦西湖风景名胜区", "321003052"), ("place:市本级", "扬州市广陵区")];
    let list = field("o26-county-forms.csv", &answers);
    assert_eq!(places(&list)[4..6], ["321003052", "321002"]);
    assert_eq!(list.questions, []);
}

#[test]
fn a_city_without_counties_is_never_another_citys_district() {
    let list = field("o25-xiqu.csv", &[("kind", "certified")]);
    assert_eq!(places(&list), ["442+西区"]);
    assert!(because(&list, 0, "广东省中山市"), "{:?}", list.rows[0].because);
    for (csv, expected) in [
        ("机构名称,类别,区县\n中山市西区样例托育中心,普惠托育,西区\n", "442+西区"),
        ("机构名称,类别,区县\n样例托育中心,普惠托育,西区\n", "asks place:西区"),
        ("中山市普惠托育机构名单\n机构名称,类别,区县\n样例托育中心,普惠托育,西区\n", "442+西区"),
        ("攀枝花市普惠托育机构名单\n机构名称,类别,区县\n样例托育中心,普惠托育,西区\n", "510403"),
        ("机构名称,类别,城市,区县\n样例托育中心,普惠托育,攀枝花市,西区\n", "510403"),
    ] {
        assert_eq!(places(&text(csv, &[("kind", "certified")])), [expected], "{csv}");
    }
}

#[test]
fn what_a_city_certifies_itself_is_asked_once() {
    let list = field("o27-lishui-city-level.xlsx", &[("kind", "certified")]);
    assert_eq!(list.rows.len(), 7);
    assert!(places(&list).iter().all(|place| place == "asks place:市本级"), "{:?}", places(&list));
    assert_eq!(list.questions.len(), 1);
    assert_eq!(list.questions[0].rows, 7);
    // The names begin with 丽水市.
    assert!(list.questions[0].choices.iter().any(|choice| choice.value == "331102"), "{:?}", list.questions[0]);
    let list = field("o27-lishui-city-level.xlsx", &[("kind", "certified"), ("place:市本级", "莲都区")]);
    assert!(places(&list).iter().all(|place| place == "331102"), "{:?}", places(&list));
    assert_eq!(list.rows[0].entry.as_ref().unwrap().decided_on.unwrap().to_string(), "2022-07-19");
    let with_address = "机构名称,类别,区县,地址\n样例园,普惠性民办幼儿园,市本级,丽水市莲都区样例路1号\n";
    let list = text(with_address, &[("kind", "certified")]);
    assert_eq!(places(&list), ["331102"]);
    assert!(because(&list, 0, "由市自行认定"), "{:?}", list.rows[0].because);
}

#[test]
fn the_lists_own_city_comes_first_and_the_rest_is_asked() {
    let kind = [("kind", "certified")];
    for (csv, expected) in [
        (
            "徐州市普惠性民办幼儿园名单\n机构名称,区县\n甲园,鼓楼区\n乙园,云龙\n丙园,九里区\n",
            &["320302", "320303", "asks place:九里区"][..],
        ),
        ("普惠性民办幼儿园名单\n机构名称,区县\n甲园,鼓楼区\n乙园,邗江区\n", &["asks place:鼓楼区", "321003"]),
        ("普惠性民办幼儿园名单\n机构名称,区县,认定单位\n甲园,鼓楼区,徐州市教育局\n", &["320302"]),
        ("普惠性民办幼儿园名单\n机构名称,区县,地址\n甲园,鼓楼区,徐州市鼓楼区样例路1号\n", &["320302"]),
        (
            "普惠性民办幼儿园名单\n机构名称,区县,地址\n甲园,扬州市,扬州市邗江区样例路1号\n乙园,扬州市,样例路2号\n",
            &["321003", "asks place:扬州市"],
        ),
        (
            "邗江区普惠性民办幼儿园名单\n机构名称,地址\n甲园,样例路1号\n乙园,扬州市广陵区样例路2号\n",
            &["321003", "fault DIVISION_MISMATCH"],
        ),
        ("普惠性民办幼儿园名单\n机构名称,区县,地址\n甲园,邗江区,扬州市广陵区样例路1号\n", &["fault DIVISION_MISMATCH"]),
        (
            "普惠性民办幼儿园名单\n机构名称,地址\n甲园,增城区正果镇样例路1号\n乙园,样例路2号\n",
            &["440118", "asks place"],
        ),
        (
            "普惠性民办幼儿园名单\n机构名称,区县,街道,社区\n甲园,邗江区,蒋王街道,何桥社区\n乙园,徐汇区,天平街道,样例居委会\n",
            &["321003002005", "310104+天平街道样例居委会"],
        ),
        (
            "扬州市普惠性民办幼儿园名单\n机构名称,街道\n甲园,蒋王街道\n乙园,邗江区双桥街道\n",
            &["321003002", "321003005"],
        ),
        (
            "扬州市普惠性民办幼儿园名单\n机构名称,区县,街道\n甲园,景区,瘦西湖街道\n乙园,开发区,文汇街道\n丙园,科技新城,\n",
            &["321003052", "321071051", "asks place:科技新城"],
        ),
        ("三明市区普惠性民办幼儿园名单\n机构名称,地址\n甲园,样例路1号\n", &["asks place"]),
        ("机构名称,类别,城市\n甲园,普惠性民办幼儿园,昆山市\n", &["320583"]),
        (
            "普惠性民办幼儿园名单\n机构名称,区划代码,区县\n甲园,321003,邗江\n乙园,321002,邗江\n丙园,321030,\n",
            &["321003", "fault DIVISION_MISMATCH", "fault DIVISION_UNKNOWN"],
        ),
    ] {
        assert_eq!(places(&text(csv, &kind)), expected, "{csv}");
    }
}

#[test]
fn an_officers_answer_fills_what_the_list_does_not_say() {
    let csv = "普惠性民办幼儿园名单\n机构名称,地址\n甲园,样例路1号\n乙园,样例路2号\n";
    for (answer, expected) in [
        ("邗江", "321003"),
        ("321003", "321003"),
        ("邗江区蒋王街道", "321003002"),
        // An answer that names no county leaves the question open.
        ("扬州市", "asks place"),
        ("鼓楼区", "asks place"),
    ] {
        assert_eq!(places(&text(csv, &[("place", answer)])), [expected, expected], "{answer}");
    }
    let titled = format!("铁西区{csv}");
    let list = text(&titled, &[]);
    assert_eq!(places(&list), ["asks place", "asks place"]);
    let choices: Vec<&str> = list.questions[0].choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!((choices, list.questions[0].rows), (vec!["210106", "210303", "220302"], 2));
    assert_eq!(places(&text(&titled, &[("place", "220302")])), ["220302", "220302"]);
}

#[test]
fn who_signed_below_tells_the_city() {
    let list = field("o01-siping-names-only.xlsx", &[("kind", "certified")]);
    assert_eq!(places(&list), vec!["220302"; 13]);
    let list = field("o05-zhengguo-as-published.xlsx", &[("kind", "certified")]);
    assert!(places(&list).iter().all(|place| place.starts_with("440118")), "{:?}", places(&list));
    let list = field("o03-xuhui-street-rows.xlsx", &[("kind", "certified")]);
    assert_eq!(places(&list)[0], "310104+天平街道");
    assert_eq!(places(&list)[8], "310104+湖南街道");
}

#[test]
fn a_files_name_and_the_registrys_home_tell_the_city() {
    let csv = "普惠性民办幼儿园名单\n机构名称,区县\n甲园,鼓楼区\n".as_bytes();
    let home = domain::DivisionPrefix::parse("320311").unwrap();
    let file = Origin { file: "徐州市2024年名单.csv", home: None };
    for (origin, expected) in [
        (file, "320302"),
        (Origin { file: "", home: Some(&home) }, "320302"),
        (Origin { file: "南京市名单.csv", home: Some(&home) }, "320106"),
        (Origin::default(), "asks place:鼓楼区"),
    ] {
        assert_eq!(places(&read(csv, origin, &[])), [expected], "{origin:?}");
    }
}

#[test]
fn titles_between_rows_narrow_or_replace() {
    let csv = "邗江区普惠性民办幼儿园名单\n序号,机构名称,地址\n,蒋王街道,\n1,甲园,样例路1号\n,不在表中街道,\n2,乙园,样例路2号\n,江都区,\n3,丙园,样例路3号\n";
    let list = text(csv, &[]);
    assert_eq!(places(&list), ["321003002", "321003+不在表中街道", "321012"]);
}

#[test]
fn terms_of_the_field() {
    let list = field("o16-terms.csv", &[("kind", "certified")]);
    assert_eq!(
        terms(&list),
        [
            "2023-09-01/2026-08-31",
            "/2021-12-13 (三年)",
            "2015-10-01/2018-10-31",
            "/",
            "2023-09-01/2026-08-31 (自2023年9月1日起三年)",
            "2023-09-01/2026-08-31",
            "2023-09-01/2026-08-31",
            "/2026-08-31",
        ]
    );
    assert!(because(&list, 1, "从认定日期2018-12-14推算至2021-12-13"), "{:?}", list.rows[1].because);
    assert!(because(&list, 3, "未载明"), "{:?}", list.rows[3].because);
    let kept = list.rows[3].entry.as_ref().unwrap().as_published.as_ref().unwrap().to_string();
    assert!(kept.contains("2020-2023年"), "{kept}");
}

#[test]
fn dates_of_the_field() {
    let list = field("o28-dates.csv", &[("kind", "certified")]);
    let decided: Vec<Option<String>> =
        list.rows.iter().map(|row| row.entry.as_ref().unwrap().decided_on.map(|day| day.to_string())).collect();
    let day = Some("2024-03-01".to_owned());
    let (one, none) = (|| day.clone(), None);
    assert_eq!(decided, [one(), one(), one(), none, one(), one(), one()]);
    let kept = list.rows[3].entry.as_ref().unwrap().as_published.as_ref().unwrap().to_string();
    assert!(kept.contains("2024年度"), "{kept}");
    assert_eq!(terms(&field("o29-other-headings.csv", &[("kind", "certified")])), ["/2023-08-31"]);
}

#[test]
fn a_formula_without_its_value_is_not_taken_for_nothing_said() {
    let list = field("o33-formula-without-value.xlsx", &[("kind", "certified")]);
    assert_eq!(list.rows[0].faults.iter().map(|fault| fault.rule).collect::<Vec<_>>(), ["NOT_COMPUTED"]);
    assert!(list.rows[0].entry.is_none() && !because(&list, 0, "未载明"), "{:?}", list.rows[0]);
}

#[test]
fn terms_above_the_table_hold_for_rows_that_state_none() {
    for (csv, expected) in [
        (
            "邗江区普惠性民办幼儿园名单(有效期2023年12月-2026年12月)\n机构名称,地址\n甲园,样例路1号\n",
            &["2023-12-01/2026-12-31"][..],
        ),
        (
            "邗江区普惠性民办幼儿园名单\n有效期三年\n机构名称,认定日期,有效期,地址\n甲园,2023-09-01,,\n乙园,,,样例路1号\n丙园,2023-09-01,2025-08-31,\n",
            &["/2026-08-31 (有效期三年)", "/", "/2025-08-31"],
        ),
        (
            "邗江区普惠性民办幼儿园名单(2021年2月1日起至2021年3月3日)\n机构名称,地址\n甲园,样例路1号\n",
            &["2021-02-01/2021-03-03"],
        ),
        ("邗江区普惠性民办幼儿园名单\n机构名称,认定日期,有效期(年)\n甲园,2023-09-01,3\n", &["/2026-08-31 (3年)"]),
    ] {
        assert_eq!(terms(&text(csv, &[])), expected, "{csv}");
    }
}

#[test]
fn contradictions_are_told() {
    for (cells, rule, words) in [
        ("2023-09-01,三年(2023年9月-2025年8月)", "RANGE", "年限与起止日期不一致"),
        ("2023-09-01,2022-08-31", "RANGE", "认定之前已经结束"),
        ("2023-02-30,三年", "FORMAT", "没有这一天"),
        ("2024.13.1,", "FORMAT", "没有这一天"),
        ("1948-05-01,", "RANGE", "超出范围"),
        ("24.3.1,", "FORMAT", "四位"),
        ("2023-09-01,\"2024-03-01,三年\"", "FORMAT", "分不清"),
        ("2023-09-01,2026-08/2023-09", "RANGE", "晚于"),
        ("2023-09-01,2023-09-01", "FORMAT", "分不清"),
    ] {
        let csv = format!("邗江区普惠性民办幼儿园名单\n机构名称,认定日期,有效期\n甲园,{cells}\n");
        let list = text(&csv, &[]);
        let fault = list.rows[0].faults.first().unwrap_or_else(|| panic!("{cells}: {:?}", list.rows[0]));
        assert_eq!(fault.rule, rule, "{cells}");
        assert!(fault.zh.contains(words), "{cells}: {}", fault.zh);
    }
}

/// What becomes of a day of decision and a term as they stand in a list's cells.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of one row for each shape")]
fn days_and_terms_of_every_shape_become_what_they_are() {
    let mut wrong = Vec::new();
    for (decided, term, expected) in [
        // A term of two months runs from the first day of the one to the last of the other.
        ("2023年8月20日", "2023.9–2026.8", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023年8月20日", "2023.9—2026.8", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023/8/20", "2023/9/1-2026/8/31", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023/8/20", "2023-9-1至2026-8-31", "2023-08-20 2023-09-01..2026-08-31"),
        ("二〇二三年八月二十日", "二〇二三年九月至二〇二六年八月", "2023-08-20 2023-09-01..2026-08-31"),
        ("２０２３．８．２０", "２０２３．９．１～２０２６．８．３１", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023.08.20", "2023.09.01-2026.08.31", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023年8月20日", "2023年9月1日至2026年8月", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023年8月20日", "2023年9月起至2026年8月止", "2023-08-20 2023-09-01..2026-08-31"),
        ("2023年8月20日", "2023年9月1日起三年", "2023-08-20 2023-09-01..2026-08-31 (2023年9月1日起三年)"),
        (
            "2023年8月20日",
            "三年，自2023年9月1日起",
            "2023-08-20 2023-09-01..2026-08-31 (三年,自2023年9月1日起) {有效期:三年，自2023年9月1日起}",
        ),
        ("2023年8月20日", "贰年", "2023-08-20 ..2025-08-19 (贰年)"),
        // A serial number of a spreadsheet, as text and with its time of day; times that programs add.
        ("45158", "46265", "2023-08-20 ..2026-08-31"),
        ("45158.5", "46265.0", "2023-08-20 ..2026-08-31"),
        ("2023-08-20 00:00:00", "2026-08-31 23:59:59", "2023-08-20 ..2026-08-31"),
        ("2023-08-20T08:00:00+08:00", "2026-08-31T00:00:00.000", "2023-08-20 ..2026-08-31"),
        ("8/20/2023 12:00:00 AM", "8/31/2026 12:00 AM", "2023-08-20 ..2026-08-31"),
        ("2023年8月20日 星期日", "2026年8月31日上午9:00", "2023-08-20 ..2026-08-31"),
        // A year that stands last: told where one of the two numbers is no month.
        ("20/8/2023", "31/8/2026", "2023-08-20 ..2026-08-31"),
        ("08-20-2023", "08.31.2026", "2023-08-20 ..2026-08-31"),
        ("08/08/2023", "09/01/2023-08/31/2026", "2023-08-08 2023-09-01..2026-08-31"),
        ("08/09/2023", "2026-08-31", "asks date-order"),
        ("2023-08-20", "01/09/2023-01/08/2026", "asks date-order"),
        // Years, halves of years, terms at school: no day, and kept as they are.
        ("2023", "2023-2026", "- .. {认定日期:2023;有效期:2023-2026}"),
        ("2023年度", "2023学年", "- .. {认定日期:2023年度;有效期:2023学年}"),
        ("2023年秋季", "2023-2024学年度", "- .. {认定日期:2023年秋季;有效期:2023-2024学年度}"),
        ("2023-08-20", "2023年秋季学期起", "2023-08-20 .. {有效期:2023年秋季学期起}"),
        ("2023-08-20", "2023年上半年至2026年上半年", "2023-08-20 .. {有效期:2023年上半年至2026年上半年}"),
        ("2023-08-20", "长期有效", "2023-08-20 .. {有效期:长期有效}"),
        ("2023年8月", "2023年9月1日起", "- 2023-09-01.. {认定日期:2023年8月}"),
        ("2023-08-20", "至2026年底", "2023-08-20 ..2026-12-31"),
        // A day ahead is one like another: what has not been decided yet, the registry refuses.
        ("2033-08-20", "2036-08-19", "2033-08-20 ..2036-08-19"),
        ("2023-08-20", "2033-08-31", "2023-08-20 ..2033-08-31"),
        ("2023-08-20", "2033-12-31", "asks long-term"),
        ("2023-08-20", "二十年", "asks long-term"),
        // What is no day, what goes backwards, what says two things.
        ("2023-02-30", "三年", "fault 没有这一天"),
        ("2023-08-20", "2026-02-29", "fault 没有这一天"),
        ("2023年13月1日", "三年", "fault 没有这一天"),
        ("00/20/2023", "三年", "fault 没有这一天"),
        ("2023-08-20", "2026-08-31至2023-09-01", "fault 开始晚于结束"),
        ("2023-08-20", "2023-08-19", "fault 认定之前已经结束"),
        ("23年9月", "三年", "fault 四位"),
        ("23.9.1", "三年", "fault 四位"),
        ("2023-08-20", "23年9月-26年8月", "fault 四位"),
        ("113年6月1日", "三年", "fault 年-月-日"),
        ("令和5年8月20日", "三年", "fault 年-月-日"),
        ("2023-08-20", "令和8年8月31日", "fault 起止日期"),
        ("1923-08-20", "三年", "fault 超出范围"),
        ("0000-00-00", "三年", "fault 超出范围"),
        ("2023-08-20", "0年", "fault 起止日期"),
        ("2023-08-20", "3", "fault 起止日期"),
        ("2023-08-20", "不超过三年", "fault 起止日期"),
        ("2023-08-20", "三年以内", "fault 起止日期"),
        ("2023-08-20", "2026年8月31日前有效", "fault 起止日期"),
        ("2023-08-20", "至下次复评", "fault 起止日期"),
        ("2023-08-20", "三年，到期须复审", "2023-08-20 ..2026-08-19 (三年) {有效期:三年，到期须复审}"),
        ("2023-08-20", "三年,期满自动延续", "fault 起止日期"),
        ("2023-08-20", "三年,试运行一年", "fault 起止日期"),
        ("2023-08-20", "三年(延长至2027年8月)", "fault 分不清延长"),
        ("2023-08-20", "三年(含试运行一年)", "fault 起止日期"),
        ("2024-02-29T16:00:00Z", "三年", "fault 年-月-日"),
        ("2023-08-20至2023-08-25", "三年", "fault 年-月-日"),
    ] {
        let csv = format!("邗江区普惠性民办幼儿园认定名单\n机构名称,认定日期,有效期\n甲园,\"{decided}\",\"{term}\"\n");
        let list = text(&csv, &[]);
        let row = &list.rows[0];
        let day = |day: Option<domain::Day>| day.map(|day| day.to_string());
        let found = match (&row.entry, row.faults.first()) {
            (Some(entry), _) => {
                let words = entry.worked_out.as_ref().map(|words| format!(" ({words})")).unwrap_or_default();
                let kept = entry.as_published.as_ref().map(|kept| format!(" {{{kept}}}")).unwrap_or_default();
                let [from, to] = [entry.valid_from, entry.valid_to].map(|of| day(of).unwrap_or_default());
                format!("{} {from}..{to}{words}{kept}", day(entry.decided_on).unwrap_or_else(|| "-".to_owned()))
            }
            (None, Some(fault)) => format!("fault {}", fault.zh),
            (None, None) => format!("asks {}", row.waits_for.join(",")),
        };
        let is = match expected.strip_prefix("fault ") {
            Some(words) => found.starts_with("fault ") && found.contains(words),
            None => found == expected,
        };
        if !is {
            wrong.push(format!("{decided} | {term}: {found}, is {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// From what a length is counted: from publication only where a day of it is given, or an officer says so.
#[test]
fn a_length_is_counted_from_the_day_it_names() {
    for (heading, term, answers, expected) in [
        ("认定日期", "三年", &[][..], "/2026-08-19 (三年)"),
        ("认定日期", "自认定之日起三年", &[], "/2026-08-19 (自认定之日起三年)"),
        ("批准时间", "自批准之日起三年", &[], "/2026-08-19 (自批准之日起三年)"),
        ("公布时间", "自公布之日起三年", &[], "/2026-08-19 (自公布之日起三年)"),
        ("发文时间", "自印发之日起三年", &[], "/2026-08-19 (自印发之日起三年)"),
        ("发证日期", "自发证之日起三年", &[], "/2026-08-19 (自发证之日起三年)"),
        ("认定日期", "自公布之日起三年", &[], "asks term-begins"),
        ("认定日期", "自发文之日起三年", &[], "asks term-begins"),
        ("公布时间", "自发证之日起三年", &[], "asks term-begins"),
        ("认定日期", "自公布之日起三年", &[("term-begins", "decided")], "/2026-08-19 (自公布之日起三年)"),
        ("认定日期", "自公布之日起三年", &[("term-begins", "unstated")], "/"),
    ] {
        let csv = format!("邗江区普惠性民办幼儿园认定名单\n机构名称,{heading},有效期\n甲园,2023-08-20,{term}\n");
        let list = text(&csv, answers);
        let found = match list.rows[0].waits_for.as_slice() {
            [] => terms(&list).concat(),
            waits => format!("asks {}", waits.join(",")),
        };
        assert_eq!(found, expected, "{heading} {term}");
    }
}

/// Days of ending: of their column, of the words, of the title; never that of certifying.
#[test]
fn an_ending_has_its_own_day_and_document() {
    let mixed = "邗江区普惠性民办幼儿园认定名单";
    let mut wrong = Vec::new();
    for (title, head, cells, expected) in [
        (mixed, "取消日期", "2024-10-29", "Revoked 2024-10-29 "),
        (mixed, "退出时间", "2024年10月29日", "Withdrawn 2024-10-29 "),
        (mixed, "注销时间", "2024.10.29", "Deregistered 2024-10-29 "),
        (mixed, "停办时间", "2024/10/29", "Deregistered 2024-10-29 "),
        (mixed, "退出时间", "2024年10月", "Withdrawn - "),
        (mixed, "认定日期,退出时间", "2022-05-01,2024-10-29", "Withdrawn 2024-10-29 "),
        (mixed, "退出时间,认定日期", "2024-10-29,2022-05-01", "Withdrawn 2024-10-29 "),
        (mixed, "认定日期,退出时间", "2022-05-01,", "certified 2022-05-01 "),
        (mixed, "认定日期,退出时间", "2022-05-01,/", "certified 2022-05-01 "),
        (mixed, "退出时间", "未定", "fault"),
        (mixed, "认定日期,备注", "2022-05-01,2024年10月29日已取消认定", "Revoked 2024-10-29 "),
        (mixed, "认定日期,备注", "2022-05-01,已取消认定", "Revoked - "),
        (mixed, "认定日期,状态", "2022-05-01,已退出(2024年10月29日)", "Withdrawn 2024-10-29 "),
        (
            mixed,
            "文号,认定日期,备注",
            "扬邗教〔2022〕1号,2022-05-01,根据扬邗教〔2024〕5号文已取消认定",
            "Revoked - 扬邗教〔2024〕5号",
        ),
        (mixed, "认定日期,备注", "2022-05-01,2022年5月1日认定的现已取消认定", "Revoked - "),
        (mixed, "认定日期,备注", "2022-05-01,已取消认定(2022年5月1日认定)", "Revoked - "),
        (mixed, "文号,取消日期", "扬邗教〔2022〕1号,2024-10-29", "Revoked 2024-10-29 "),
        (mixed, "认定日期,有效期至,备注", "2022-05-01,2025-04-30,有效期延长至2026年4月30日", "fault"),
        (mixed, "认定日期,有效期至,备注", "2022-05-01,2026-04-30,有效期延长至2026年4月30日", "certified 2022-05-01 "),
        ("邗江区取消普惠性民办幼儿园认定名单", "认定日期", "2022-05-01", "asks ended-on"),
        ("邗江区取消普惠性民办幼儿园认定名单", "发文日期", "2024-10-29", "Revoked 2024-10-29 "),
        ("邗江区取消普惠性民办幼儿园认定名单", "终止日期", "2024-10-29", "Revoked 2024-10-29 "),
        ("邗江区2024年取消普惠性民办幼儿园认定名单", "认定日期,文号", "2022-05-01,扬邗教〔2022〕1号", "Revoked - "),
        (
            "邗江区普惠性民办幼儿园名单(2024年10月29日取消)",
            "认定日期,文号",
            "2022-05-01,扬邗教〔2022〕1号",
            "Revoked 2024-10-29 ",
        ),
        ("邗江区2024年10月29日取消普惠性民办幼儿园认定名单", "地址", "样例路1号", "Revoked 2024-10-29 "),
        ("邗江区取消普惠性民办幼儿园认定名单(扬邗教〔2024〕5号)", "地址", "样例路1号", "Revoked - 扬邗教〔2024〕5号"),
        ("邗江区取消普惠性民办幼儿园认定名单(截至2024年10月29日)", "地址", "样例路1号", "Revoked - "),
        (
            "邗江区取消普惠性民办幼儿园认定名单",
            "取消时间,文号",
            "2024-10-29,扬邗教〔2024〕5号",
            "Revoked 2024-10-29 扬邗教〔2024〕5号",
        ),
        ("邗江区取消普惠性民办幼儿园认定名单", "认定日期,取消时间", "2022-05-01,2024-10-29", "Revoked 2024-10-29 "),
    ] {
        let csv = format!("{title}\n机构名称,{head}\n甲园,{cells}\n");
        let list = text(&csv, &[]);
        let row = &list.rows[0];
        let day = |day: Option<domain::Day>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let document = |entry: &lists::Entry| entry.document.as_ref().map(ToString::to_string).unwrap_or_default();
        let found = match (&row.entry, row.verdict) {
            (Some(entry), Some(lists::Verdict::Ended { kind, decided_on })) => {
                assert_eq!(entry.decided_on, None, "{csv}");
                format!("{kind:?} {} {}", day(decided_on), document(entry))
            }
            (Some(entry), _) => format!("certified {} {}", day(entry.decided_on), document(entry)),
            (None, _) if !row.faults.is_empty() => "fault".to_owned(),
            (None, _) => format!("asks {}", row.waits_for.join(",")),
        };
        if found != expected {
            wrong.push(format!("{csv}: {found}, is {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_day_of_a_list_of_ended_ones_is_that_of_ending() {
    let csv = "2024年取消普惠性民办幼儿园名单\n机构名称,区县,认定日期\n甲园,铁岭市开原市,2024-10-29\n";
    let list = text(csv, &[]);
    let Some(lists::Verdict::Ended { decided_on, .. }) = list.rows[0].verdict else { panic!("{:?}", list.rows[0]) };
    assert_eq!(decided_on.unwrap().to_string(), "2024-10-29");
    assert_eq!(list.rows[0].entry.as_ref().unwrap().decided_on, None);
}

/// The point of each row in millionths of a degree, east and north; what it waits for; or what is wrong with it.
fn points(list: &List) -> Vec<String> {
    let told = |row: &lists::Reading| match &row.entry {
        Some(entry) => entry.point.map_or_else(String::new, |point| {
            format!("{},{}", point.longitude_microdegrees(), point.latitude_microdegrees())
        }),
        None if row.faults.is_empty() => format!("asks {}", row.waits_for.join(",")),
        None => row.faults.iter().map(|fault| fault.zh.clone()).collect(),
    };
    list.rows.iter().map(told).collect()
}

#[test]
fn coordinates_are_taken_with_their_datum() {
    let list = |headings: &str, rows: &str| format!("邗江区普惠性民办幼儿园名单\n机构名称,地址,{headings}\n{rows}");
    let two = list("经度,纬度", "甲园,样例路1号,119.42,32.39\n乙园,样例路2号,,\n丙园,样例路3号,32.39,119.42\n");
    let asked = text(&two, &[]);
    assert_eq!(points(&asked), ["asks datum", "", "asks datum"]);
    assert_eq!((asked.questions.len(), asked.questions[0].choices.len()), (1, 4));
    let same = "119420000,32390000";
    assert_eq!(points(&text(&two, &[("datum", "cgcs2000")])), [same, "", same]);
    // As another implementation of the formulas has it within a metre; some 500 metres to the west.
    let shifted = text(&two, &[("datum", "gcj-02")]);
    assert_eq!(points(&shifted)[0], "119414521,32391881");
    assert!(because(&shifted, 0, "已换算为CGCS2000"), "{:?}", shifted.rows[0].because);
    let kept = shifted.rows[0].entry.as_ref().unwrap().as_published.as_ref().unwrap().to_string();
    assert!(kept.contains("119.42,32.39(GCJ-02)"), "{kept}");
    assert!(because(&shifted, 2, "互换"), "{:?}", shifted.rows[2].because);
    assert_ne!(points(&text(&two, &[("datum", "百度")])), points(&shifted));
    for (headings, row, expected) in [
        ("经纬度(WGS84)", "甲园,样例路1号,\"119.42,32.39\"", same),
        ("坐标(CGCS2000)", "甲园,样例路1号,\"32.39,119.42\"", same),
        ("坐标(CGCS2000)", "甲园,样例路1号,119°25′12″E 32°23′24″N", same),
        ("坐标(CGCS2000)", "甲园,样例路1号,\"139.69,35.69\"", "不在中国境内"),
        ("坐标(CGCS2000)", "甲园,样例路1号,\"116.404,39.915\"", "不在江苏省扬州市邗江区或其附近"),
        ("坐标(CGCS2000)", "甲园,样例路1号,文昌路口", "经纬度应写作度数"),
        ("经度(WGS-84),纬度(WGS-84)", "甲园,样例路1号,119.42,", "应同时填写"),
    ] {
        let found = points(&text(&list(headings, row), &[]));
        assert!(found[0].contains(expected), "{headings} {row}: {found:?}");
    }
    let noted =
        format!("邗江区普惠性民办幼儿园名单\n坐标系:国家2000\n{}", &two["邗江区普惠性民办幼儿园名单\n".len()..]);
    assert_eq!(points(&text(&noted, &[])), [same, "", same]);
}
