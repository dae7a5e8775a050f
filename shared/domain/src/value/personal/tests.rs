//! What random numbers in random surroundings come to. Which inputs are refused and which are taken, one by one, is the table
//! `tests/rules/personal.txt`.

use proptest::prelude::*;

use super::{Found, Kind, find};
use crate::value::{Content, DocumentNumber, Name, PledgeNumber, Uscc, area, identity};

const ID: Option<Found> = Some(Found::Identity);
const MOBILE: Option<Found> = Some(Found::Mobile);
const TAKEN: Option<Found> = None;

/// Spellings beside those of the table: parted by brackets and other marks, in other scripts, and figures that stand side by side.
#[test]
fn a_number_is_found_whatever_holds_its_groups_together() {
    for (texts, found) in [(IDENTITY_NUMBERS, ID), (MOBILE_NUMBERS, MOBILE), (OTHERS, TAKEN)] {
        for text in texts {
            assert_eq!(find(text, Kind::Words), found, "{text}");
            assert_eq!(Content::parse(text).is_ok(), found == TAKEN, "{text}");
        }
    }
}

const IDENTITY_NUMBERS: &[&str] = &[
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
];

const MOBILE_NUMBERS: &[&str] = &[
    "微信v13812345678a",
    "a13800138000b",
    // A letter off, it is no code.
    "N13101000000AT0P9H",
    "N13101000000AT0P9G-13800138000",
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
    // The first group ends a credit code, and is none of a mobile number's.
    "91350203M0009AKT18 00 12 34 56 7",
    // Whole credit codes, of which some digits would be a mobile number.
    "N13101000000AT0P9G",
    "由N13101000000AT0P9G受理",
    "N13101000000AT0P9G-001-07K",
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
