//! Given a text, refused for which number or taken; and what random numbers in random surroundings come to. Identity numbers are of people born
//! in 1851, the standard's own example, or drawn at random; mobile numbers are in nobody's hands or the operators' example (13800138000).

use proptest::prelude::*;

use super::{Found, Kind, find};
use crate::value::{Content, DocumentNumber, Name, PledgeNumber, Uscc, area, identity};

const ID: Option<Found> = Some(Found::Identity);
const MOBILE: Option<Found> = Some(Found::Mobile);
const TAKEN: Option<Found> = None;

#[test]
fn each_text_is_refused_or_taken_as_the_table_says() {
    let mut rows = 0;
    for (text, found) in
        IDENTITY_NUMBERS.iter().map(|text| (text, ID)).chain(MOBILE_NUMBERS.iter().map(|text| (text, MOBILE)))
    {
        assert_eq!(find(text, Kind::Words), found, "{text}");
        let rule = if found == ID { "IDENTITY_NUMBER" } else { "MOBILE_NUMBER" };
        assert_eq!(Content::parse(text).unwrap_err().rule, rule, "{text}");
        rows += 1;
    }
    for text in OTHERS {
        assert_eq!(find(text, Kind::Words), TAKEN, "{text}");
        assert!(Content::parse(text).is_ok(), "{text}");
        rows += 1;
    }
    assert!(rows >= 60, "{rows}");
}

const IDENTITY_NUMBERS: &[&str] = &[
    // As they are.
    "321003185101113767",
    "负责人身份证号321003185101113767,已核对",
    "11010519491231002X",
    "11010519491231002x",
    "（11010519491231002X）",
    "【321003185101113767】",
    "〔321003185101113767〕",
    "「11010519491231002x」",
    "身份证:321003185101113767。电话见案卷",
    "ID321003185101113767",
    "1.321003185101113767",
    "二〇二六年321003185101113767号",
    // Grouped.
    "321003 18510111 3767",
    "321003-18510111-3767",
    "321003 1851 0111 3767",
    "3210 0318 5101 1137 67",
    "321003.18510111.3767",
    "321003_18510111_3767",
    "321003　18510111　3767",
    "321003—18510111—3767",
    "3 2 1 0 0 3 1 8 5 1 0 1 1 1 3 7 6 7",
    "110105 19491231 002 X",
    "11010519491231002-X",
    "321003\n185101113767",
    "于2026-11-20 321003185101113767",
    // Other widths and other letters.
    "３２１００３１８５１０１１１３７６７",
    "１１０１０５１９４９１２３１００２Ｘ",
    "１１０１０５ １９４９１２３１ ００２ｘ",
    "11010519491231002×",
    "11010519491231002Ⅹ",
    "11010519491231002Х",
    "٣٢١٠٠٣١٨٥١٠١١١٣٧٦٧",
    "३२१००३१८५१०१११३७६७",
    "③②①⓪⓪③①⑧⑤①⓪①①①③⑦⑥⑦",
    "³²¹⁰⁰³¹⁸⁵¹⁰¹¹¹³⁷⁶⁷",
    "𝟑𝟐𝟏𝟎𝟎𝟑𝟏𝟖𝟓𝟏𝟎𝟏𝟏𝟏𝟑𝟕𝟔𝟕",
    // Held together by other marks, and before a unit.
    "321003/18510111/3767",
    "321003,18510111,3767",
    "321003、18510111、3767",
    "321003:18510111:3767",
    "321003~18510111~3767",
    "321003*18510111*3767",
    "321003(18510111)3767",
    "321003 / 18510111 / 3767",
    "321003185101113767元",
    // Of fifteen digits.
    "321003510111376",
    "身份证321003510111376(旧)",
    "321003 510111 376",
    "３２１００３５１０１１１３７６",
    // A registration number of a trader as they were until 2015: nothing tells it apart.
    "注册号321003600123451",
    // Of residents of Hong Kong, and of a city without counties.
    "810000199003070023",
    "441900198506151235",
];

const MOBILE_NUMBERS: &[&str] = &[
    "13800138000",
    "请拨13800138000联系",
    "138 0013 8000",
    "138-0013-8000",
    "138.0013.8000",
    "１３８００１３８０００",
    "+8613800138000",
    "+86 138 0013 8000",
    "0086-13800138000",
    "8613800138000",
    "86-138-0013-8000",
    "(86)13800138000",
    "（13800138000）",
    "【13800138000】",
    "013800138000",
    "1380013 8000",
    "1380 0138 000",
    "138 00138000",
    "138　0013　8000",
    "1 3 8 0 0 1 3 8 0 0 0",
    "1 38 00 13 80 00",
    "Tel13800138000",
    "wx13800138000(同微信)",
    "13800138000@example.cn",
    "2026-11-20 13800138000",
    "0514-87341234 13800138000",
    "13800138000,13900139000",
    "19912345678",
    "1.13800138000",
    "微信v13812345678a",
    "a13800138000b",
    // Held together by brackets and other marks.
    "(138)1234-5678",
    "(138)12345678",
    "（138）1234－5678",
    "138(1234)5678",
    "[138]1234 5678",
    "138/12345678",
    "138/1234/5678",
    "138 / 1234 / 5678",
    "138･1234･5678",
    "138ー1234ー5678",
    "138━1234━5678",
    "138,1234,5678",
    "138、1234、5678",
    "138:1234:5678",
    "138~1234~5678",
    "138**1234**5678",
    "138+1234+5678",
    "138|1234|5678",
    "138'1234'5678",
    "138→1234→5678",
    "1/3/8/0/0/1/3/8/0/0/0",
    // Of other scripts.
    "١٣٨٠٠١٣٨٠٠٠",
    "१३८००१३८०००",
    "①③⑧⓪⓪①③⑧⓪⓪⓪",
    "¹³⁸⁰⁰¹³⁸⁰⁰⁰",
    "₁₃₈₀₀₁₃₈₀₀₀",
    "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
    "电话1380013800０",
];

const OTHERS: &[&str] = &[
    // Codes: of organisations, outlets, plaques, keys, pledges, places, certificates.
    "914403001922038216",
    "9144030071526726XG",
    "12100000400000624D",
    "11370829004333734U",
    "914403001922038216-001",
    "914403001922038216-001-07K",
    "32100320250301000001",
    "信用承诺 32100320260302000010 未履行",
    "321003005007",
    "321003000000",
    "110105194912",
    "1.2.156.3005.2.11100000000013338W001.11370829004333734U.000000001.001.A",
    "0190b7a5-3c1f-7c2e-9d4b-6f1a2b3c4d5e",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    // Numbers of orders, accounts, documents, and figures.
    "订单号2026112600001",
    "1380013800012",
    "6222021001116245702",
    "321003202611260001",
    "平教普〔2018〕489号",
    "扬府办发〔2022〕80号",
    "20260001234",
    "金额12345678.90元",
    "资金13800138000元",
    "￥13800138000",
    "共138亿元",
    "每月1500-2000元",
    "收费150 2026-11-26起",
    "1380013.8000",
    "分别为150、1600、2300元",
    "收费150/1600/2300 元",
    "150¥1600¥2300",
    "15000/180000",
    "1500/1800000",
    "1500～1800、13000",
    "138,001,380,000",
    "13,800,138,000",
    "138/20261126",
    "150〔2026〕1234号",
    "人均1500(上年1380)元",
    "2026/1/31 13:00-14:30",
    "1/31 13:00-14:30",
    "1/31、13:00/14:30",
    "2026/11/20~2026/11/26",
    "第1、3、5、7、8项",
    "订单号2026/1126/00001",
    "面积130.5㎡,8间",
    // Telephones that are an organisation's.
    "0514-87341234",
    "051487341234",
    "(0514)87341234转8001",
    "400-820-8820",
    "12345",
    "02512345678",
    // Days and times.
    "2026-11-20至2026-11-26",
    "2026.11.20-2026.11.26",
    "2026年11月20日13时30分至15时",
    "2026-11-15 13:00-14:30 2026-11-16",
    // Nearly.
    "321003185101113768",
    "11010519491231003X",
    "321003185113113760",
    "991003185101113767",
    "3210031851011137671",
    "12800138000",
    "1380013800",
    "138001380001",
    "138****8000",
    "321003********3767",
    "http://www.example.gov.cn/art/2022/7/19/art_1229287042_57336628.html",
    "https://www.example.gov.cn/content/post_13800138000.html",
    // What is not looked for.
    "一三八〇〇一三八〇〇〇",
    "32100318510111376713800138000",
];

#[test]
fn a_documents_number_of_place_day_and_serial_is_none_of_a_person() {
    // The check character of an identity number holds by chance.
    for number in ["321003202611260005", "321003202611260013", "32100320261126003X", "321003260115001"] {
        assert!(DocumentNumber::parse(number).is_ok(), "{number}");
    }
    assert_eq!(DocumentNumber::parse("321003185101113767").unwrap_err().rule, "IDENTITY_NUMBER");
    assert_eq!(DocumentNumber::parse("扬13800138000号").unwrap_err().rule, "MOBILE_NUMBER");
}

#[test]
fn names_and_codes_on_record_in_tables_are_taken() {
    for table in [
        include_str!("../../../../../data/lists/certified_lists_public.csv"),
        include_str!("../../../../../data/lists/yangzhou_outlets_named.csv"),
        include_str!("../../../../../data/tables/yangzhou_villages.csv"),
        include_str!("../../../../../data/vectors/uscc_vectors.csv"),
    ] {
        for line in table.lines() {
            // The number of a sample that a row was found in is of eleven digits and looks like a mobile's: it is no field of the registry.
            let line = line.split("public code sample").next().unwrap();
            assert_eq!(find(line, Kind::Words), TAKEN, "{line}");
        }
    }
}

/// What stands around a number: Chinese text and marks, no digits, letters or what links them.
const AROUND: &str = "[\u{4E00}-\u{9FA5}，、；：（）【】《》“”！？]{0,40}";

/// An identity number: its seventeen digits and its check character, X as `10`.
fn identity_number() -> impl Strategy<Value = Vec<u8>> {
    let city = prop::sample::select(area::cities());
    (city, 0..100_u32, 1800..2100_u32, 1..13_u32, 1..29_u32, 0..1000_u32).prop_map(
        |(city, county, year, month, day, serial)| {
            let text = format!("{city:04}{county:02}{year:04}{month:02}{day:02}{serial:03}");
            let mut digits: Vec<u8> = text.bytes().map(|b| b - b'0').collect();
            let body = digits.as_slice().try_into().unwrap();
            digits.push(u8::try_from(identity::check_of(body)).unwrap());
            digits
        },
    )
}

fn spelt(digits: &[u8], groups: &[usize], between: &str, wide: bool, x: char) -> String {
    let mut text = String::new();
    for (place, digit) in digits.iter().enumerate() {
        if groups.contains(&place) {
            text.push_str(between);
        }
        let zero = if wide { 0xFF10 } else { 0x30 };
        text.push(if *digit == identity::X { x } else { char::from_u32(zero + u32::from(*digit)).unwrap() });
    }
    text
}

fn between() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![" ", "  ", "-", "—", ".", "·", "_", "\u{3000}", "\u{A0}", " - ", "－", "．"])
}

/// Where eleven digits may be parted.
const MOBILE_GROUPS: &[&[usize]] =
    &[&[], &[3, 7], &[3], &[7], &[4, 8], &[4, 7], &[3, 6], &[5], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn an_identity_number_is_found_in_any_spelling_and_any_surroundings(
        digits in identity_number(),
        groups in prop::collection::vec(1_usize..18, 0..17),
        between in between(),
        wide in any::<bool>(),
        x in prop::sample::select(vec!['x', 'X', 'ｘ', 'Ｘ', '×', 'Ⅹ', 'Х']),
        before in AROUND,
        after in AROUND,
    ) {
        let text = format!("{before}{}{after}", spelt(&digits, &groups, between, wide, x));
        prop_assert_eq!(find(&text, Kind::Words), ID, "{}", text);
        prop_assert!(Content::parse(&text).is_err());
        prop_assert!(Name::parse(&text).is_err());
    }

    #[test]
    fn a_mobile_number_is_found_in_any_spelling_and_any_surroundings(
        number in (13_u8..20, 0..1_000_000_000_u32).prop_map(|(head, rest)| format!("{head}{rest:09}")),
        groups in prop::sample::select(MOBILE_GROUPS.to_vec()),
        between in between(),
        wide in any::<bool>(),
        prefix in prop::sample::select(vec!["", "+86", "+86 ", "86", "86-", "0086", "0086 ", "0", "(+86)", "（86）"]),
        before in AROUND,
        after in AROUND,
    ) {
        // One point alone between two groups is a decimal fraction's.
        prop_assume!(groups.len() != 1 || !matches!(between, "." | "．"));
        let digits: Vec<u8> = number.bytes().map(|b| b - b'0').collect();
        // 万 and 元 behind it make an amount.
        prop_assume!(!after.starts_with(['元', '万', '亿']));
        let text = format!("{before}{prefix}{}{after}", spelt(&digits, groups, between, wide, 'X'));
        prop_assert_eq!(find(&text, Kind::Words), MOBILE, "{}", text);
        prop_assert!(Content::parse(&text).is_err());
    }

    #[test]
    fn credit_codes_pledge_numbers_and_places_are_taken(
        prefix in prop::sample::select(vec!["11", "12", "51", "52", "53", "54", "91", "92", "93", "N1", "Y1"]),
        city in prop::sample::select(area::cities()),
        county in 0..100_u32,
        organisation in "([0-9]{8}|[0-9A-HJ-NPQRTUWXY]{8})",
        day in (2000..2100_u32, 1..13_u32, 1..29_u32),
        serial in 0..1_000_000_u32,
        community in 0..1_000_000_u32,
        before in AROUND,
        after in AROUND,
    ) {
        let (year, month, day) = day;
        let pledge = format!("{city:04}{county:02}{year:04}{month:02}{day:02}{serial:06}");
        prop_assert!(PledgeNumber::parse(&pledge).is_ok());
        let place = format!("{city:04}{county:02}{community:06}");
        for number in [&pledge, &place] {
            let text = format!("{before}{number}{after}");
            prop_assert_eq!(find(&text, Kind::Words), TAKEN, "{}", text);
        }
        // A code that is an identity number by every mark is refused as a code, too: there is none to be found here.
        if let Some(code) = Uscc::synthetic(prefix, &format!("{city:04}{county:02}"), &organisation) {
            for number in [code.as_str().to_owned(), format!("{code}-001")] {
                let text = format!("{before}{number}{after}");
                prop_assert_eq!(find(&text, Kind::Words), TAKEN, "{}", text);
            }
        }
    }

    #[test]
    fn numbers_of_twelve_to_fourteen_and_of_nineteen_digits_and_more_are_taken(
        number in "([2-7][0-9]{11,13}|9[0-9]{11,13}|[0-9]{19,40})",
        before in AROUND,
        after in AROUND,
    ) {
        let text = format!("{before}{number}{after}");
        prop_assert_eq!(find(&text, Kind::Words), TAKEN, "{}", text);
    }
}

/// The share of numbers that are identity numbers by chance, as `identity` tells it: counted over what decides, not sampled.
#[test]
fn by_chance_one_random_number_in_so_many_is_an_identity_number() {
    let places = area::cities().len() * 100 + 4;
    // Days of three centuries, of a million times ten thousand strings of eight digits; one check character of eleven, of which a digit is ten.
    let days = (1800..2100_u32)
        .map(|year| if time::util::is_leap_year(year.cast_signed()) { 366_u32 } else { 365 })
        .sum::<u32>();
    let share = f64::from(u32::try_from(places).unwrap()) / 1e6 * f64::from(days) / 1e8 / 11.0;
    assert!((170_000.0..190_000.0).contains(&(1.0 / share)), "{}", 1.0 / share);
    // Fifteen digits: 366 days in leap years, and no check character.
    let old = f64::from(u32::try_from(places).unwrap()) / 1e6 * 365.25 / 1e4;
    assert!((480.0..500.0).contains(&(1.0 / old)), "{}", 1.0 / old);
}
