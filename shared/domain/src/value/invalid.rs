//! Why a text is not a value of the type it was read as.

use std::fmt;

/// A broken rule of form. `rule` is stable and is what programs compare; `zh` and `en` are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid {
    /// Stable name of the rule. Of any value: `EMPTY`, `TOO_LONG`, `LENGTH`, `ALPHABET`, `CHECK_CHARACTER`, `FORMAT`, `RANGE`,
    /// `UNSPECIFIED`, `SAID_ABOVE`, `ONE_RECORD`. Of a text, as people see it: `INVISIBLE_CHARACTER`, `LINE_BREAK`, `FORMULA`. Of what is a person's own:
    /// `IDENTITY_NUMBER`, `MOBILE_NUMBER`, `NAME_NOT_MASKED`, `DOOR_NUMBER`, `LOCATION_WITHHELD`.
    pub rule: &'static str,
    /// The sentence an officer reads.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Invalid {
    pub(crate) const fn new(rule: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { rule, zh, en }
    }

    /// The value is missing.
    pub const EMPTY: Self = Self::new("EMPTY", "此项必填", "a value is required");
    /// The value has more characters than the field holds.
    pub const TOO_LONG: Self = Self::new("TOO_LONG", "超过字数上限", "longer than the field holds");
    /// The enum value is 0 or not one this version knows.
    pub const UNSPECIFIED: Self = Self::new("UNSPECIFIED", "须从所列值中选一项", "choose one of the listed values");
    /// A text holds a citizen's identity number.
    pub const IDENTITY_NUMBER: Self = Self::new(
        "IDENTITY_NUMBER",
        "含居民身份证号码:登记册公开且不可删改,不得录入;请删去,号码只留在本单位案卷中",
        "holds an identity number: the register is public and nothing is ever deleted, so leave it out and keep it in the bureau's own file",
    );
    /// A text holds a mobile number.
    pub const MOBILE_NUMBER: Self = Self::new(
        "MOBILE_NUMBER",
        "含手机号码:登记册公开且不可删改,个人电话不得录入;请删去,号码只留在本单位案卷中,网点的座机填「公开电话」",
        "holds a mobile number: the register is public and nothing is ever deleted, so leave it out and keep it in the bureau's own file; an outlet's landline belongs in `phone`",
    );
    /// The place of an outlet whose address is withheld.
    pub const LOCATION_WITHHELD: Self = Self::new(
        "LOCATION_WITHHELD",
        "隐去详细地址的网点不录入坐标:坐标即门牌",
        "no location where the address is withheld: a point on the ground is the door",
    );
    /// What the message around it says.
    pub const SAID_ABOVE: Self = Self::new(
        "SAID_ABOVE",
        "此项由更正请求本身填写,此处须留空",
        "the correction itself says it: leave it empty here",
    );
    /// An act is of one record.
    pub const ONE_RECORD: Self =
        Self::new("ONE_RECORD", "只填网点编号或运营主体代码之一", "give the provider or the operator, not both");
    /// A number outside its bounds.
    pub const RANGE: Self = Self::new("RANGE", "数值超出范围", "the number is out of range");
}

impl Invalid {
    /// Whether the value holds a number of a person, so that it is not to be quoted either.
    pub fn is_of_a_person(&self) -> bool {
        matches!(self.rule, "IDENTITY_NUMBER" | "MOBILE_NUMBER")
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} / {}", self.rule, self.zh, self.en)
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_a_person_is_not_quoted() {
        let of = |rule| Invalid::new(rule, "中文", "English");
        assert!(of("IDENTITY_NUMBER").is_of_a_person() && of("MOBILE_NUMBER").is_of_a_person());
        assert!(!of("FORMAT").is_of_a_person());
        assert_eq!(of("FORMAT").to_string(), "FORMAT: 中文 / English");
    }
}
