//! What an outlet is called, without what one list writes and another leaves out: the places it lies in before it, its form in law behind it, notes in
//! brackets, other characters for one word. Two names that are one then are most likely of one outlet, and what tells branches apart stays.

use crate::fold;
use crate::words::names;
use crate::words::places::names_above;
use crate::words::verdicts;

use super::alike;

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Called {
    /// What tells the outlet from others.
    core: String,
    /// The street or town that the name begins with.
    street: Option<String>,
}

/// The key by which two names are one whatever is said beside them of a certification: 己风托育园(注销).
pub(super) fn key(name: &str) -> String {
    let name = fold::name(name);
    if !name.contains('(') {
        return name;
    }
    parts(&name).into_iter().filter(|part| !part.noted || verdicts::of_cell(part.text).is_none()).fold(
        String::with_capacity(name.len()),
        |mut kept, part| {
            if part.noted {
                kept.extend(["(", part.text, ")"]);
            } else {
                kept.push_str(part.text);
            }
            kept
        },
    )
}

/// A piece of a name: in brackets, or not.
struct Part<'t> {
    text: &'t str,
    noted: bool,
}

fn parts(name: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('(') {
        parts.push(Part { text: before, noted: false });
        match after.split_once(')') {
            Some((noted, behind)) => {
                parts.push(Part { text: noted, noted: true });
                rest = behind;
            }
            None => rest = after,
        }
    }
    parts.push(Part { text: rest, noted: false });
    parts.retain(|part| !part.text.is_empty());
    parts
}

impl Called {
    /// A name in a county.
    pub(super) fn of(name: &str, county: &str) -> Self {
        let key = fold::key(name);
        let places = names_above(county);
        let aside = |note: &str| {
            names::is_aside(note)
                || places.iter().any(|place| place == note)
                || verdicts::of_cell(note).is_some()
                || !names::former(note).is_empty()
        };
        let kept = parts(&key).into_iter().filter(|part| !part.noted || !aside(part.text));
        let mut whole: String = kept.map(|part| part.text).collect();
        whole.retain(|c| c.is_alphanumeric() || matches!(c, '+' | '#'));
        let whole = names::in_one_form(&names::without_legal_forms(&whole));
        let mut rest = whole.as_str();
        let told = |rest: &str| rest.chars().count() >= 2 && !names::is_kind(rest);
        while let Some(after) = places.iter().find_map(|place| rest.strip_prefix(place.as_str())).filter(|r| told(r)) {
            rest = after;
        }
        let street = alike::leading_street(rest);
        let rest = street.map(|(_, after)| after).filter(|after| told(after)).unwrap_or(rest);
        Self { core: numbered(rest), street: street.map(|(street, _)| street.to_owned()) }
    }

    /// What names of one outlet have in common.
    pub(super) fn core(&self) -> &str {
        &self.core
    }

    /// Whether two names of one core are of one outlet as far as they say: no two streets stand before them.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.core == other.core && !self.is_in_another_street(other)
    }

    fn is_in_another_street(&self, other: &Self) -> bool {
        self.street.as_ref().zip(other.street.as_ref()).is_some_and(|(one, other)| one != other)
    }

    /// Whether two names are of two outlets whatever else is equal: a branch, a building, a number is told of one that is not told of the other.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        if self.core == other.core || self.is_in_another_street(other) {
            return self.is_in_another_street(other);
        }
        let (one, other) = (self.core.as_str(), other.core.as_str());
        let longer = one.strip_prefix(other).or_else(|| other.strip_prefix(one));
        let of_branch = longer.is_some_and(|more| {
            more.chars().count() >= 2
                && more.ends_with(['店', '部', '园', '站', '点', '校', '区', '楼', '室', '班'])
                && !names::is_kind(more)
        });
        of_branch || names::is_branch(one) || names::is_branch(other) || numbers(one) != numbers(other)
    }

    /// Whether two names share what tells outlets apart, beside what outlets are: 西湖托育园 and 西湖宝贝托育园.
    pub(super) fn shares(&self, other: &Self) -> bool {
        let (one, other) = (names::without_kind(&self.core), names::without_kind(&other.core));
        let chars: Vec<char> = one.chars().collect();
        chars.windows(2).any(|pair| other.contains(pair.iter().collect::<String>().as_str()))
    }
}

/// The numbers in a name.
fn numbers(name: &str) -> Vec<&str> {
    name.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).collect()
}

/// A name in which a number of a branch, a building, a school is written in one way: 第一分园, 1分园.
fn numbered(name: &str) -> String {
    const UNITS: [char; 20] = [
        '号', '部', '园', '店', '期', '区', '校', '所', '站', '室', '班', '分', '幢', '栋', '楼', '院', '组', '村',
        '中', '小',
    ];
    let chars: Vec<char> = name.chars().collect();
    let (mut out, mut at) = (String::with_capacity(name.len()), 0);
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| value(**c).is_some()).count();
        let ordinal = at > 0 && chars[at - 1] == '第';
        let counted = chars.get(at + run).is_some_and(|c| UNITS.contains(c));
        match number(&chars[at..at + run]).filter(|_| ordinal || counted) {
            Some(number) => out.push_str(&number.to_string()),
            None => out.extend(&chars[at..at + run.max(1)]),
        }
        at += run.max(1);
    }
    out.replace('第', "")
}

fn value(c: char) -> Option<u32> {
    "零一二三四五六七八九十".chars().position(|known| known == c).and_then(|at| u32::try_from(at).ok())
}

/// What Chinese digits come to, of at most two places.
fn number(digits: &[char]) -> Option<u32> {
    let values: Vec<u32> = digits.iter().filter_map(|c| value(*c)).collect();
    match values[..] {
        [one] => Some(one),
        [10, ones] if ones < 10 => Some(10 + ones),
        [tens, 10] if tens < 10 => Some(tens * 10),
        [tens, 10, ones] if tens < 10 && ones < 10 => Some(tens * 10 + ones),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Called {
        Called::of(name, "321003")
    }

    #[test]
    fn names_of_one_outlet_are_written_in_many_ways() {
        for (one, other) in [
            ("新盛托育园", "邗江区新盛托育园"),
            ("新盛托育园", "扬州市邗江区新盛托育园有限公司"),
            ("新盛托育园", "江苏省扬州市邗江区新盛托育园(普通合伙)"),
            ("新盛托育园", "扬州邗江新盛托育园有限责任公司"),
            ("新盛托育园", "扬州新盛托育园（个体工商户）"),
            ("新盛托育园", "維揚區新盛託育園"),
            ("新盛托育园", "新盛托育园(民办)"),
            ("新盛托育园", "新盛托育园（已取消）"),
            ("新盛托育园", "新盛托育园(原邗江托育园)"),
            ("新盛托育园", "蒋王街道新盛托育园"),
            ("逢泰托儿所服务有限公司", "逢泰(扬州)托儿所服务有限公司"),
            ("新盛幼稚园", "邗江新盛幼儿园"),
            ("第一幼儿园", "第1幼儿园"),
            ("新盛幼儿园第一分园", "新盛幼儿园一分园"),
            ("新盛幼儿园二部", "新盛幼儿园2部"),
            ("新盛幼儿园(十二分园)", "新盛幼儿园第12分园"),
            ("为民超市(大庆店)", "为民超市大庆店"),
            ("“新盛”托育园", "新盛托育园"),
        ] {
            let (one, other) = (of(one), of(other));
            assert!(one.is_like(&other) && !one.is_apart(&other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_of_two_outlets_stay_two() {
        for (one, other) in [
            ("新盛托育园", "新盛托育园二部"),
            ("新盛托育园一部", "新盛托育园二部"),
            ("新盛幼儿园", "新盛幼儿园第一分园"),
            ("新盛幼儿园东园", "新盛幼儿园西园"),
            ("为民超市", "为民超市(大庆店)"),
            ("为民超市", "为民超市3号店"),
            ("新盛托育园(3号楼)", "新盛托育园(5号楼)"),
            ("第一幼儿园", "第二幼儿园"),
            ("6+1幼儿园", "6+2幼儿园"),
            ("蒋王街道中心幼儿园", "双桥街道中心幼儿园"),
            ("方巷镇卫星幼儿园", "公道镇卫星幼儿园"),
            ("百步亭托育有限公司", "百步亭托育有限公司江岸分公司"),
        ] {
            let (one, other) = (of(one), of(other));
            assert!(!one.is_like(&other) && one.is_apart(&other), "{one:?} {other:?}");
        }
        // Names that nothing ties together are of two outlets, or of one that was renamed.
        for (one, other) in [("朝阳托育园", "阳光托育园"), ("西湖托育园", "西湖宝贝托育园"), ("为民超市", "惠民超市")]
        {
            assert!(!of(one).is_like(&of(other)) && !of(one).is_apart(&of(other)), "{one} {other}");
        }
        assert!(of("西湖托育园").shares(&of("西湖宝贝托育园")) && !of("为民超市").shares(&of("惠民超市")));
    }

    #[test]
    fn a_name_that_is_a_place_and_a_kind_keeps_its_place() {
        for name in ["邗江区幼儿园", "扬州市邗江区", "古镇幼儿园", "欢乐小镇幼儿园"] {
            assert!(of(name).core().chars().count() >= 3, "{name}: {:?}", of(name));
        }
        assert!(!of("邗江区幼儿园").is_like(&Called::of("江都区幼儿园", "321003")));
    }

    #[test]
    fn what_is_said_beside_a_name_of_a_certification_is_no_part_of_it() {
        for (name, expected) in [
            ("己风托育园(注销)", "己风托育园"),
            ("己风托育园（已取消）", "己风托育园"),
            ("为民超市(大庆店)", "为民超市(大庆店)"),
            ("为民超市(", "为民超市"),
            ("甲(乙)丙(停办)", "甲(乙)丙"),
        ] {
            assert_eq!(key(name), expected);
        }
    }
}
