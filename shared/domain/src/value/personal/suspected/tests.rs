//! What is covered of a text and what is not, one row each: covered characters stand as `█`.

use proptest::prelude::*;

use super::super::find;
use super::*;

fn covered(text: &str, within: Within) -> String {
    let ranges = numbers_of_persons(text, within);
    text.char_indices()
        .map(|(at, c)| if c.is_alphanumeric() && ranges.iter().any(|range| range.contains(&at)) { '█' } else { c })
        .collect()
}

#[test]
fn what_may_be_a_number_of_a_person_is_found_where_it_stands() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        // Sure by themselves.
        ("李13812345678", "李███████████"),
        ("①13900000000", "①███████████"),
        ("⑴13900000000", "⑴███████████"),
        ("㎡²13900000000", "㎡²███████████"),
        ("１３９-0000-0000", "███-████-████"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", "███████████"),
        ("+8613900000000", "+█████████████"),
        ("0086 139 0000 0000转8", "0086 ███ ████ ████转8"),
        ("139\u{200b}0000\u{200b}0000", "███\u{200b}████\u{200b}████"),
        ("139\n0000\n0000", "███\n████\n████"),
        ("321084185101011232", "██████████████████"),
        ("11010519491231002X", "██████████████████"),
        // Spelt in other signs.
        ("电话一三八一二三四五六七八", "电话███████████"),
        ("幺三八一二三四五六七八", "███████████"),
        ("一三八 一二三四 五六七八", "███ ████ ████"),
        ("壹叁捌壹贰叁肆伍陆柒捌", "███████████"),
        ("138一二三四5678", "███████████"),
        ("三二一〇八四一八五一〇一〇一一二三二", "██████████████████"),
        ("李老师l3812345678", "李老师███████████"),
        ("138I2345O78", "███████████"),
        // Without a check that holds, and however parted.
        ("32108419800101123X", "██████████████████"),
        ("321084/1980/0101/1234", "██████/████/████/████"),
        ("321084 1980 0101 1234", "██████ ████ ████ ████"),
        ("32108419800101 1234", "██████████████ ████"),
        ("321084.19800101.1234", "██████.████████.████"),
        // Behind another number.
        ("0514-8461234513812345678", "0514-███████████████████"),
        ("05148461234513812345678", "███████████████████████"),
        ("1381234567813912345678", "██████████████████████"),
        ("138.12345678", "███.████████"),
        // Parts.
        ("秦邮路15号 1381234", "秦邮路15号 ███████"),
        ("前七位1381234", "前七位███████"),
        ("东首138-1234", "东首███-████"),
        // Cards, documents, cars.
        ("卡6222021234567890123", "卡███████████████████"),
        ("6222 0212 3456 7890", "████ ████ ████ ████"),
        ("4111111111111111", "████████████████"),
        ("E12345678 李", "█████████ 李"),
        ("护照:EA1234567", "护照:█████████"),
        ("Ｃ１２３４５６７８", "█████████"),
        ("回乡证H1234567801", "回乡证███████████"),
        ("ABC110019800101", "███████████████"),
        ("A123456(7)", "███████(█)"),
        ("车苏K12345", "车███████"),
        ("苏K·D1234学", "██·█████学"),
        ("123456789@qq.com", "█████████@qq.com"),
    ] {
        let once = covered(text, Within::Words);
        let again = covered(&once, Within::Words);
        if once != expected || again != expected {
            wrong.push(format!("{text}: {once}, again {again}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_a_persons_stays() {
    for text in [
        // Telephones of organisations.
        "0514-84612345",
        "(0514)87341234转8001",
        "051484612345",
        "400-820-8820",
        "4008208820",
        "12345",
        "联系电话:0514-84612345、84612346",
        // Codes and numbers of organisations.
        "914403001922038216",
        "914403001922038216-001",
        "Z3210035B3TT4DYX7C-001",
        "91321081MA1N0000XK",
        "N13101000000AT0P9G",
        "教民132108160000010号",
        "JY13210030012345",
        "苏扬民证字第010123号",
        "扬邗卫〔2024〕15号",
        "邮卫备〔2024〕1381234号",
        "321003202611260001",
        "32100320250301000001",
        "321003005007",
        "浙B2-20080224",
        "E1234567-8",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        // Places, days, sums.
        "119.412345,32.391234",
        "131.12345678,45.12345678",
        "120.112198 31.2051234",
        "东经119°24′12″ 北纬32°23′45″",
        "2024年5月1日至2027年4月30日",
        "2023.9-2026.8",
        "19980901",
        "建于19980901前",
        "每月1500-2000元",
        "投资1500000元",
        "面积1380000平方米",
        "1500000",
        "资金13800138000元",
        "分别为150、1600、2300元",
        "138****5678",
        "文昌路1388号13幢1302室",
        "班数:13 1400 2500",
        "一、二、三、四、五、六、七、八、九、十",
        "二〇二六年一月一日",
        "http://www.example.gov.cn/art/2022/7/19/art_1229287042_57336628.html",
        "jyj@yangzhou.gov.cn",
    ] {
        assert_eq!(covered(text, Within::Words), text);
    }
}

#[test]
fn a_column_says_what_its_digits_are() {
    for (within, text, expected) in [
        (Within::Code, "321084198001011234", "██████████████████"),
        (Within::Code, "32108419800101123x", "██████████████████"),
        (Within::Code, "914403001922038216", "914403001922038216"),
        (Within::Code, "N13101000000AT0P9H", "N13101000000AT0P9H"),
        (Within::Code, "9132108IMA1NOOOOXK", "9132108IMA1NOOOOXK"),
        (Within::Code, "13800138000", "███████████"),
        (Within::Code, "李建国 321084198001011234", "李建国 ██████████████████"),
        (Within::Document, "321003202611260005", "321003202611260005"),
        (Within::Document, "321003260115001", "321003260115001"),
        (Within::Document, "邮卫〔2024〕13812345678号", "邮卫〔2024〕███████████号"),
        (Within::FileName, "名单1715587200.xlsx", "名单1715587200.xlsx"),
        (Within::FileName, "名单李建国13812345678.xlsx", "名单李建国███████████.xlsx"),
        (Within::FileName, "苏K12345.csv", "███████.csv"),
        (Within::Telephone, "1381234", "███████"),
        (Within::Telephone, "138", "███"),
        (Within::Telephone, "139 1234567 8", "███ ███████ █"),
        (Within::Telephone, "1 3 8 1 2 3 4 5 6 7 8", "█ █ █ █ █ █ █ █ █ █ █"),
        (Within::Telephone, "12345678", "████████"),
        (Within::Telephone, "12345", "12345"),
        (Within::Telephone, "12315", "12315"),
        (Within::Telephone, "1010-1234", "1010-1234"),
        (Within::Telephone, "84612345", "84612345"),
        (Within::Telephone, "0514-84612345/13812345678", "0514-84612345/███████████"),
        (Within::Telephone, "4008208820", "4008208820"),
        (Within::Telephone, "85112233/李", "85112233/李"),
    ] {
        assert_eq!(covered(text, within), expected, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// What is surely a number of a person is suspected, and nothing is left of it that would be refused.
    #[test]
    fn nothing_that_is_refused_is_left(
        text in "([1-9]{0,3}[0-9]{1,6}[ \\-./、:()年①-⑨X一-七a-cＡ-Ｃ０-９甲路号]{0,3}){1,6}|\\PC{0,24}|1[3-9][0-9]{9}",
    ) {
        let once = covered(&text, Within::Words);
        prop_assert!(find(&once, Kind::Words).is_none(), "{}: {}", text, once);
        prop_assert_eq!(once == text, find(&text, Kind::Words).is_none() && numbers_of_persons(&text, Within::Words).is_empty());
        for within in [Within::Code, Within::Document, Within::Telephone] {
            let ranges = numbers_of_persons(&text, within);
            prop_assert!(ranges.iter().all(|range| text.get(range.clone()).is_some()), "{:?}", ranges);
        }
    }
}
