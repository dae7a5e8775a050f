//! What a fact says, in the words people read: no names of the .proto files, no JSON.

use api::fields::field;
use api::words;
use serde_json::{Map, Value};

use super::named::Named;

/// Fields of facts that hold the number of an act.
const ACTS: [&str; 11] = [
    "act",
    "order",
    "suspension",
    "notice",
    "bar",
    "because",
    "proposal",
    "breach",
    "objection",
    "certification",
    "notice_opened",
];

/// What a field is called, and what it says.
pub(super) type Said = (String, String);

/// What a fact is called. 取消 and 撤销 are two acts, and what was noticed is one of them.
pub(super) fn what(fact: &str, fields: &Map<String, Value>) -> String {
    let kind = words::value(text(fields, "kind")).map(|word| word.zh);
    match (fact, kind) {
        ("CertificationRevoked", Some(kind)) => kind.to_owned(),
        ("RevocationNoticed", Some(kind)) => format!("拟{kind}告知"),
        _ => words::fact(fact).map_or(fact, |word| word.zh).to_owned(),
    }
}

/// Everything that a fact says, field by field; what it leaves open is left out, but for what was found not to be so.
pub(super) fn said(fact: &str, fields: &Map<String, Value>, named: &Named) -> Vec<Said> {
    Saying { named, is_whole: false }.fields(fact, fields)
}

/// How the fields of facts are told.
#[derive(Clone, Copy)]
struct Saying<'n> {
    named: &'n Named,
    /// Whether of what is not so that is told as well: where two are held against each other.
    is_whole: bool,
}

impl Saying<'_> {
    fn fields(self, fact: &str, fields: &Map<String, Value>) -> Vec<Said> {
        fields.iter().flat_map(|(name, value)| self.one(fact, name, value)).collect()
    }

    fn one(self, fact: &str, name: &str, value: &Value) -> Vec<Said> {
        let called = field(fact, name).unwrap_or(name);
        let with = |text: String| if text.is_empty() { Vec::new() } else { vec![(called.to_owned(), text)] };
        match value {
            Value::Object(fields) => match name {
                "price" | "from" | "to" => with(price(fields)),
                "notice" => with(window(fields)),
                "counted" => with(counted(fields)),
                "location" => with(point(fields)),
                "release" => with(self.release(fields)),
                // A correction says what stands by itself.
                "fact" => Vec::new(),
                _ => self.fields(fact, fields),
            },
            Value::Number(number) if ACTS.contains(&name) => {
                with(if number.as_u64() == Some(0) { String::new() } else { format!("第{number}项") })
            }
            Value::Number(number) => with(if number.as_u64() == Some(0) { String::new() } else { number.to_string() }),
            Value::Bool(is) => with(self.yes(name, *is)),
            Value::String(text) if text.is_empty() => Vec::new(),
            Value::String(text) => with(
                self.named
                    .code(name, text)
                    .unwrap_or_else(|| words::value(text).map_or_else(|| text.clone(), |word| word.zh.to_owned())),
            ),
            Value::Null | Value::Array(_) => Vec::new(),
        }
    }

    /// What was found is said either way; what is an exception only where it is one.
    fn yes(self, name: &str, is: bool) -> String {
        match (name, is) {
            (_, true) => "是".to_owned(),
            ("passed" | "upheld", false) => "否".to_owned(),
            (_, false) if self.is_whole => "否".to_owned(),
            (_, false) => String::new(),
        }
    }

    /// `邗江区卫生健康委员会(321003-health) 迁出1号(2026-03-01)`.
    fn release(self, fields: &Map<String, Value>) -> String {
        let on = text(fields, "released_on");
        format!("{} {}({on})", self.named.bureau(text(fields, "bureau_id"), on), text(fields, "document_number"))
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(fields: &Map<String, Value>, name: &str) -> i64 {
    fields.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// `2000.00元/月,允许涨幅10%`.
fn price(fields: &Map<String, Value>) -> String {
    let (fen, unit) = (number(fields, "amount_fen"), words::value(text(fields, "unit")).map_or("", |word| word.zh));
    format!("{}.{:02}元/{unit},允许涨幅{}%", fen / 100, fen % 100, number(fields, "rise_percent_max"))
}

/// `2026-03-01 至 2026-03-09(含)`.
fn window(fields: &Map<String, Value>) -> String {
    format!("{} 至 {}(含当日)", text(fields, "start"), text(fields, "end"))
}

/// `5个工作日(办法 城市办法2026)`.
fn counted(fields: &Map<String, Value>) -> String {
    let count = words::value(text(fields, "count")).map_or("", |word| word.zh);
    format!("{}{count}(办法 {})", number(fields, "days"), text(fields, "scheme"))
}

/// `北纬32.393000°,东经119.412000°`.
fn point(fields: &Map<String, Value>) -> String {
    let degrees = |name: &str| {
        let microdegrees = number(fields, name);
        format!("{}.{:06}°", microdegrees / 1_000_000, microdegrees.abs() % 1_000_000)
    };
    format!("北纬{},东经{}", degrees("latitude_microdegrees"), degrees("longitude_microdegrees"))
}

/// In what two of one kind differ: what the first said, and what the second says.
pub(super) fn differences(fact: &str, was: &Map<String, Value>, is: &Map<String, Value>, named: &Named) -> String {
    let saying = Saying { named, is_whole: true };
    let (before, after) = (saying.fields(fact, was), saying.fields(fact, is));
    let value = |said: &[Said], called: &String| {
        said.iter().find(|(name, _)| name == called).map_or_else(|| "无".to_owned(), |(_, text)| text.clone())
    };
    let mut told = Vec::new();
    for (called, text) in &after {
        let old = value(&before, called);
        if old != *text {
            told.push(format!("{called} 原 {old},改为 {text}"));
        }
    }
    let gone = before.iter().filter(|(called, _)| !after.iter().any(|(other, _)| other == called));
    told.extend(gone.map(|(called, text)| format!("{called} 原 {text},改为 无")));
    told.join(";")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    fn told(fact: &str, value: &Value) -> String {
        let said = said(fact, fields(value), &Named::default());
        said.iter().map(|(called, text)| format!("{called} {text}")).collect::<Vec<_>>().join(";")
    }

    #[test]
    fn what_a_fact_says_is_told_in_words() {
        let price = json!({ "item": "午餐", "price": { "amount_fen": 90_005, "unit": "PRICE_UNIT_MEAL", "rise_percent_max": 10 } });
        assert_eq!(told("PriceProposed", &price), "收费项目 午餐;普惠价格 900.05元/餐,允许涨幅10%");
        let inspected = json!({ "passed": false, "findings": "缺灭火器", "inspected_on": "2026-03-01" });
        assert_eq!(told("CaseInspected", &inspected), "核查情况 缺灭火器;现场核查日期 2026-03-01;核查是否合格 否");
        let opened = json!({
            "notice": { "start": "2026-03-01", "end": "2026-03-09" },
            "counted": { "days": 5, "count": "DAY_COUNT_WORKING", "scheme": "甲" },
            "published_at": "",
        });
        assert_eq!(
            told("NoticeOpened", &opened),
            "公示期计算 5个工作日(办法 甲);公示 2026-03-01 至 2026-03-09(含当日)"
        );
        let lifted = json!({ "notice": 7, "reason": "已整改" });
        assert_eq!(told("RevocationNoticeLifted", &lifted), "所撤回的告知 第7项;理由 已整改");
    }

    #[test]
    fn a_correction_tells_old_and_new_in_words() {
        let was = json!({ "particulars": { "name": "甲", "address": "一号", "withhold_address": true }, "effective_on": "2026-01-01" });
        let is = json!({ "particulars": { "name": "乙", "address": "", "withhold_address": false }, "effective_on": "2026-01-01" });
        let told = |was, is| differences("ParticularsAmended", fields(was), fields(is), &Named::default());
        assert_eq!(told(&was, &is), "网点名称 原 甲,改为 乙;隐去详细地址 原 是,改为 否;地址 原 一号,改为 无");
        assert_eq!(told(&is, &was), "地址 原 无,改为 一号;网点名称 原 乙,改为 甲;隐去详细地址 原 否,改为 是");
    }

    fn look(message: &MessageDescriptor, fact: &str, missing: &mut BTreeSet<String>, depth: usize) {
        for of in message.fields() {
            if field(fact, of.name()).is_none() {
                missing.insert(format!("{fact}.{}", of.name()));
            }
            match of.kind() {
                // What a correction puts in the place of an act is a fact by itself.
                Kind::Message(inner) if inner.name() != "Event" && depth > 0 => look(&inner, fact, missing, depth - 1),
                Kind::Enum(choices) => {
                    for value in choices.values() {
                        if words::value(value.name()).is_none() {
                            missing.insert(value.name().to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_field_and_value_of_every_fact_has_its_word() {
        let pool = DescriptorPool::decode(api::DESCRIPTORS).unwrap();
        let event = pool.get_message_by_name("puhui.audit.v1.Event").unwrap();
        let mut missing = BTreeSet::new();
        for fact in event.fields() {
            let Kind::Message(message) = fact.kind() else { panic!("{}", fact.name()) };
            look(&message, message.name(), &mut missing, 3);
        }
        assert!(missing.is_empty(), "without a word in shared/api: {missing:?}");
    }
}
