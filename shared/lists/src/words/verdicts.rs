//! What a text says of a certification: a status, a remark, a title, each by its own phrases.

use super::marks::{self, Mark};
use super::notes;
use super::phrases::{self, Place, Says};
use crate::fold;

/// What a status cell says: a known word, or phrases that agree. `None` where it says nothing known, or two things.
pub fn of_cell(text: &str) -> Option<Mark> {
    let key = fold::key(text);
    if let Some(mark) = marks::of_word(&key) {
        return Some(mark);
    }
    let (base, notes) = fold::without_notes(&key);
    // A term's last day is no end; any other note that says otherwise (认定(2024年退出)) is not passed over.
    let otherwise = |says| match says {
        Says::Mark(mark) => !matches!(mark, Mark::Certified | Mark::Expired),
        Says::Rule | Says::Past | Says::Unclear => true,
        Says::Inclusive | Says::Decided | Says::Registered | Says::Nothing => false,
    };
    match marks::of_word(&base) {
        Some(Mark::Certified) if phrases::found(&notes, Place::Status).into_iter().any(otherwise) => None,
        Some(mark) => Some(mark),
        None => of_status(&key),
    }
}

/// Whether a status or a title says what only an officer can tell: two things at once, an end that is proposed, a suspension, what is registered.
pub fn is_unclear(text: &str, place: Place) -> bool {
    let aside = |says: &Says| matches!(says, Says::Unclear | Says::Registered);
    let found = phrases::found(unnumbered(text), place);
    // A remark that tells a rule (不合格的限期整改) is of no row.
    let rule = place == Place::Remark && found.contains(&Says::Rule);
    fold::key(text).chars().count() <= TITLE_CHARS_MAX && !rule && found.iter().any(aside)
}

/// Longest status of which the phrases are believed, in characters: what is longer tells a story.
const STATUS_CHARS_MAX: usize = 30;

fn of_status(key: &str) -> Option<Mark> {
    if key.chars().count() > STATUS_CHARS_MAX {
        return None;
    }
    let mut said: Vec<Mark> = Vec::new();
    for clause in key.split([',', ';', '。', '、']) {
        let found = phrases::found(clause, Place::Status);
        if found.iter().any(|says| matches!(says, Says::Rule | Says::Past | Says::Unclear)) {
            return None;
        }
        let mut marks = marks(&found);
        // What is refused names what it refuses (不同意认定), what is proposed what it proposes (拟认定为合格), within one clause.
        if marks.contains(&Mark::Refused) {
            marks.retain(|mark| !matches!(mark, Mark::Certified | Mark::Proposed));
        }
        if marks.contains(&Mark::Proposed) {
            marks.retain(|mark| *mark != Mark::Certified);
        }
        said.extend(marks);
    }
    // What was found good and is then proposed is proposed (合格,拟认定); the other way round nobody can tell.
    if said.last() == Some(&Mark::Proposed) {
        said.retain(|mark| *mark != Mark::Certified);
    }
    one(&said)
}

/// What a remark says of the row's certification, where it does so unmistakably: a sentence on rules, or on what was before, says nothing of it.
pub fn of_remark(text: &str) -> Option<Mark> {
    let found = phrases::found(text, Place::Remark);
    let aside = |says: &Says| matches!(says, Says::Rule | Says::Past);
    if found.iter().any(aside) || text.chars().count() > STATUS_CHARS_MAX {
        return None;
    }
    // A remark that is a word of a status and nothing more is one, an ending's at least.
    let word = marks::of_word(&fold::key(text)).filter(|mark| !matches!(mark, Mark::Certified));
    word.or_else(|| one(&marks(&found)))
}

/// A title without the number before it (二、取消认定名单), whose mark would join what stands behind it to nothing.
fn unnumbered(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace() || c.is_ascii_digit() || "一二三四五六七八九十()（）、.．".contains(c)
    })
}

/// Longest title, in characters: what is longer tells rules.
const TITLE_CHARS_MAX: usize = 60;

/// What a title says of the certifications of its list. One that is about ended ones comes before all else; a notice proposes, unless it says that
/// what was put to the public is decided.
pub fn of_title(text: &str) -> Option<Mark> {
    let found = phrases::found(unnumbered(text), Place::Title);
    let key = fold::key(text);
    let tells_rules =
        found.iter().any(|says| matches!(says, Says::Rule | Says::Unclear)) || key.chars().count() > TITLE_CHARS_MAX;
    if tells_rules || notes::is_note(text) {
        return None;
    }
    let marks = marks(&found);
    let ended = marks.iter().find(|mark| !matches!(mark, Mark::Certified | Mark::Proposed)).copied();
    let decided = found.contains(&Says::Decided);
    // 拟 proposes whatever is published.
    let proposed = marks.contains(&Mark::Proposed) && (!decided || key.contains('拟'));
    let certified = marks.contains(&Mark::Certified) || (decided && !found.contains(&Says::Registered));
    ended.or(proposed.then_some(Mark::Proposed)).or(certified.then_some(Mark::Certified))
}

/// Whether a title is a sentence on rules (取消认定的机构三年内不得申报), which says nothing of any list.
pub fn tells_rules(text: &str) -> bool {
    phrases::found(unnumbered(text), Place::Title).contains(&Says::Rule)
}

/// Whether a title says no more than that its outlets are inclusive (普惠): they are by a certification, where nothing wider says how far that has come.
pub fn is_inclusive(text: &str) -> bool {
    let found = phrases::found(unnumbered(text), Place::Title);
    let aside = |says: &Says| matches!(says, Says::Rule | Says::Registered | Says::Unclear | Says::Mark(_));
    found.contains(&Says::Inclusive) && !found.iter().any(aside) && text.chars().count() <= TITLE_CHARS_MAX
}

fn marks(found: &[Says]) -> Vec<Mark> {
    let mark = |says: &Says| if let Says::Mark(mark) = says { Some(*mark) } else { None };
    found.iter().filter_map(mark).collect()
}

/// The one thing that all say.
fn one(marks: &[Mark]) -> Option<Mark> {
    let first = *marks.first()?;
    marks.iter().all(|mark| *mark == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_say_what_they_say_and_no_more() {
        for (text, expected) in [
            ("同意认定", Some(Mark::Certified)),
            ("不同意认定", Some(Mark::Refused)),
            ("经复核,予以认定", Some(Mark::Certified)),
            ("拟不予认定", Some(Mark::Refused)),
            ("拟认定为普惠园", Some(Mark::Proposed)),
            ("未达到标准", Some(Mark::Refused)),
            ("已于2024年6月注销", Some(Mark::Deregistered)),
            ("有效(2027年到期)", Some(Mark::Certified)),
            ("取消后重新认定", None),
            ("A类", None),
            ("85分", None),
            ("认定(2024年退出)", None),
            ("是(已停办)", None),
            ("通过(2024年)", Some(Mark::Certified)),
            ("未达标,整改后通过", None),
            ("整改后合格", Some(Mark::Certified)),
            ("待整改", Some(Mark::Refused)),
            ("现场核查合格,拟认定", Some(Mark::Proposed)),
            ("初审通过,认定", None),
            ("公示无异议,认定", Some(Mark::Certified)),
            ("公示无异议", None),
            ("未取消", None),
            ("拟取消", None),
            ("暂停", None),
        ] {
            assert_eq!(of_cell(text), expected, "{text}");
        }
        for (text, expected) in [
            ("2024年已退出", Some(Mark::Withdrawn)),
            ("2025年3月起停办", Some(Mark::Closed)),
            ("到期前三个月申请复核", None),
            ("原民办园退出后改办", None),
            ("收费超标的,取消认定", None),
            ("取消午餐收费", None),
            ("周日歇业", None),
            ("不合格的限期整改", None),
            ("年检不达标的责令停业", None),
            ("春节期间停止营业", None),
            ("20:00停止营业", None),
            ("未取消认定", None),
            ("拟取消认定", None),
            ("暂停营业", None),
            ("到期换证", None),
            ("2022年取消后重新认定", None),
        ] {
            assert_eq!(of_remark(text), expected, "{text}");
        }
        for (text, expected) in [
            ("2024年拟认定普惠性托育机构公示", Some(Mark::Proposed)),
            ("普惠性托育服务机构初步认定结果公示", Some(Mark::Proposed)),
            ("普惠性民办幼儿园认定公示", Some(Mark::Proposed)),
            ("关于公布2024年普惠性幼儿园名单的通知", Some(Mark::Certified)),
            ("经公示无异议,现将名单公布如下", Some(Mark::Certified)),
            ("2024年撤销的1所民办幼儿园名单公示", Some(Mark::Revoked)),
            ("二、取消认定名单", Some(Mark::Revoked)),
            ("三、不再认定(1所)", Some(Mark::Revoked)),
            ("二、复核通过继续认定", Some(Mark::Certified)),
            ("邗江区已备案托育机构一览表", None),
            ("正果镇长者饭堂情况一览表", None),
            ("新丰县普惠性民办幼儿园名单", None),
            ("有效期内自愿退出的,应当书面提出申请。", None),
            ("注:不合格的取消认定", None),
            ("2025年申报普惠性托育机构名单", Some(Mark::Proposed)),
            ("未通过普惠性民办幼儿园认定名单", Some(Mark::Refused)),
            ("关于取消阳光等3所普惠性幼儿园认定的通知", Some(Mark::Revoked)),
            ("2024年普惠性幼儿园认定及取消名单", None),
            ("新认定、退出普惠性幼儿园名单", None),
            ("拟取消普惠性民办幼儿园认定名单公示", None),
            ("认定有效期自2024年3月1日起至2027年2月28日止", None),
            ("认定单位:扬州市邗江区教育局", None),
            ("普惠性幼儿园认定名单(认定有效期三年)", Some(Mark::Certified)),
        ] {
            assert_eq!(of_title(text), expected, "{text}");
        }
    }

    #[test]
    fn a_title_of_inclusive_ones_says_so_and_a_note_does_not() {
        assert!(is_inclusive("新丰县普惠性民办幼儿园名单") && is_inclusive("普惠托育"));
        assert!(!is_inclusive("普惠性民办幼儿园拟认定名单") && !is_inclusive("普惠性幼儿园须按标准收费"));
    }
}
