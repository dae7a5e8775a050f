//! An address down to the street: without what leads to the door.

use super::invalid::Invalid;
use super::text::{ADDRESS_CHARS_MAX, Text};

impl Text<ADDRESS_CHARS_MAX> {
    /// Reads the address of an outlet whose address is withheld because it is a home: down to the street, road, village or community, without
    /// the number of a house, building, flat or group of households.
    pub fn parse_to_street(text: &str) -> Result<Self, Invalid> {
        let address = Self::parse(text)?;
        if leads_to_a_door(address.as_str()) {
            return Err(Invalid::new(
                "DOOR_NUMBER",
                "隐去详细地址的,地址只写到路、街、巷、社区或村,不写门牌、楼栋、室号和村民小组",
                "a withheld address ends with its road, street, community or village: no house, building or flat number",
            ));
        }
        Ok(address)
    }
}

/// What follows a number in the name of a road or place, and does not number a door: 318国道, 第二大街, 五一路, 三里屯, 八一社区.
const NAMES: [&str; 22] = [
    "国道", "省道", "县道", "乡道", "公路", "大道", "大街", "路", "街", "巷", "道", "胡同", "里", "村", "社区", "镇",
    "乡", "庄", "桥", "圩", "港", "河",
];
/// What numbers a door, or what is nearer to it than a street.
const DOORS: [&str; 14] = ["号", "弄", "栋", "幢", "座", "单元", "室", "户", "层", "楼", "排", "组", "队", "#"];

/// Whether a number of a house, building or flat stands in an address, in figures, letters or Chinese numerals.
fn leads_to_a_door(address: &str) -> bool {
    let mut rest = address;
    while let Some(at) = rest.find(is_number) {
        let from = rest.get(at..).unwrap_or_default();
        let ends = from.find(|c| !is_number(c)).unwrap_or(from.len());
        let (number, after) = from.split_at(ends);
        if numbers_a_door(number, after) {
            return true;
        }
        rest = after;
    }
    false
}

fn numbers_a_door(number: &str, after: &str) -> bool {
    let after = after.trim_start();
    let names = |text: &str| NAMES.iter().any(|name| text.starts_with(name));
    if names(after) {
        return false;
    }
    // 1号路, 二号桥: the number is the road's.
    if after.strip_prefix('号').is_some_and(names) {
        return false;
    }
    let door = DOORS.iter().any(|door| after.starts_with(door));
    // Figures without a name behind them are a door's; words that hold a numeral are many (三元, 五台山, 百货).
    door || number.contains(is_figure)
}

fn is_number(c: char) -> bool {
    is_figure(c)
        || c.is_ascii_alphabetic()
        || ('Ａ'..='Ｚ').contains(&c)
        || ('ａ'..='ｚ').contains(&c)
        || ('①'..='⑳').contains(&c)
        || matches!(
            c,
            '〇' | '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百' | '千' | '两'
        )
        || matches!(c, '甲' | '乙' | '丙' | '丁')
}

fn is_figure(c: char) -> bool {
    super::personal::digit(c).is_some() || ('①'..='⑳').contains(&c)
}

#[cfg(test)]
mod tests {
    use crate::value::text::Address;

    #[test]
    fn a_withheld_address_ends_before_the_door() {
        for taken in [
            "邗江区文昌西路",
            "扬州市广陵区东关街",
            "蒋王街道何桥社区",
            "高邮市三垛镇少游村",
            "邗江区五一路",
            "318国道旁",
            "仪征市第二大街",
            "1号路",
            "开发区二号桥附近",
            "文昌西路阳光花园",
            "百货大楼旁",
            "三里屯",
            "经二路与纬三路交叉口",
            "３１８国道",
            "八一社区",
            "三门路",
            "十里铺",
        ] {
            assert!(Address::parse_to_street(taken).is_ok(), "{taken}");
        }
        for door in [
            "文昌西路88号",
            "文昌西路８８号",
            "文昌西路88",
            "文昌西路八十八号",
            "文昌西路88-1号",
            "文昌西路 88 号",
            "长宁路12弄",
            "阳光花园3栋",
            "阳光花园三幢二单元",
            "阳光花园A座",
            "阳光花园Ｂ座",
            "阳光花园3-2-501",
            "阳光花园五楼",
            "少游村三组",
            "少游村6组",
            "少游村十二队",
            "318国道88号",
            "东关街甲1号",
            "东关街88#",
            "东关街①号",
        ] {
            assert_eq!(Address::parse_to_street(door).unwrap_err().rule, "DOOR_NUMBER", "{door}");
        }
        assert!(Address::parse("文昌西路88号").is_ok());
    }
}
