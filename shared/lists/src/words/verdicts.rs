//! What a text says of a certification: a status, a remark, a title, each by its own phrases.

use super::endings;
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
        Says::Rule | Says::Past | Says::Unclear | Says::Both => true,
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
    if place == Place::Title {
        return heads(text) == Heads::Unclear;
    }
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

/// What a title says as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heads {
    Nothing,
    Mark(Mark),
    /// Nobody but an officer can tell.
    Unclear,
}

/// What a title says of the certifications of its list. One that is about ended ones comes before all else, where all of it is understood; a notice
/// proposes, unless it says that what was put to the public is decided.
fn heads(text: &str) -> Heads {
    // A merged cell's text may be told once for each of its cells.
    let mut told = text.split('|').map(str::trim);
    let text = told.next().filter(|first| told.all(|other| other == *first)).unwrap_or(text);
    let key = endings::without_excluded(&fold::key(unnumbered(text)));
    let found = phrases::found(&key, Place::Title);
    let certified = found.contains(&Says::Mark(Mark::Certified));
    // A sentence that says that what was put to the public is certified now: 公示期满无异议,现予认定。
    let sentence = text.contains('。') && !(found.contains(&Says::Decided) && certified);
    if found.contains(&Says::Rule)
        || key.chars().count() > TITLE_CHARS_MAX
        || (notes::is_note(text) && !decides(text))
        || sentence
    {
        return Heads::Nothing;
    }
    if found.iter().any(|says| matches!(says, Says::Unclear | Says::Both)) {
        return Heads::Unclear;
    }
    match lax(&key, &found) {
        Some(mark) if !matches!(mark, Mark::Certified | Mark::Proposed) && !endings::is_understood(&key) => {
            Heads::Unclear
        }
        Some(mark) => Heads::Mark(mark),
        None if found.contains(&Says::Registered) => Heads::Unclear,
        None => Heads::Nothing,
    }
}

/// Whether a sentence says no more than that what was put to the public is certified now.
fn decides(text: &str) -> bool {
    let found = phrases::found(text, Place::Title);
    let known =
        |says: &Says| matches!(says, Says::Decided | Says::Nothing | Says::Inclusive | Says::Mark(Mark::Certified));
    found.contains(&Says::Decided) && fold::key(text).contains("现予") && found.iter().all(known)
}

/// What a title says of the certifications of its list, where it can be told.
pub fn of_title(text: &str) -> Option<Mark> {
    match heads(text) {
        Heads::Mark(mark) => Some(mark),
        Heads::Nothing | Heads::Unclear => None,
    }
}

/// Whether a title speaks of how far certifications have come, whether that can be told or not.
pub fn speaks(text: &str) -> bool {
    heads(text) != Heads::Nothing
}

/// What the phrases of a clause say, whatever stands around them.
pub fn of_clause(text: &str) -> Option<Mark> {
    let key = fold::key(unnumbered(text));
    let found = phrases::found(&key, Place::Title);
    let aside = found.iter().any(|says| matches!(says, Says::Rule | Says::Unclear | Says::Both));
    if aside || key.chars().count() > TITLE_CHARS_MAX || notes::is_note(text) {
        return None;
    }
    lax(&key, &found)
}

fn lax(key: &str, found: &[Says]) -> Option<Mark> {
    let marks = marks(found);
    let ended = marks.iter().find(|mark| !matches!(mark, Mark::Certified | Mark::Proposed)).copied();
    // What was put to the public (经仪卫公〔2025〕2号公示) is decided now.
    let heard = key.split([',', ';', '|']).any(|clause| clause.starts_with('经') && clause.ends_with("公示"));
    let decided = heard || found.contains(&Says::Decided);
    // 拟 proposes whatever is published.
    let proposed = marks.contains(&Mark::Proposed) && (!decided || key.contains('拟'));
    let certified = marks.contains(&Mark::Certified) || (decided && !found.contains(&Says::Registered));
    ended.or(proposed.then_some(Mark::Proposed)).or(certified.then_some(Mark::Certified))
}

/// Whether a title is that of a notice of two kinds, certified and ended ones, each of whose lists says of itself which it is.
pub fn is_of_both(text: &str) -> bool {
    let found = phrases::found(unnumbered(text), Place::Title);
    let open = |says: &Says| matches!(says, Says::Unclear | Says::Rule | Says::Mark(Mark::Proposed));
    found.contains(&Says::Both) && !found.iter().any(open)
}

/// Whether a title is a sentence on rules (取消认定的机构三年内不得申报), which says nothing of any list.
pub fn tells_rules(text: &str) -> bool {
    phrases::found(unnumbered(text), Place::Title).contains(&Says::Rule)
}

/// Whether a title says no more than that its outlets are inclusive (普惠): they are by a certification, where nothing wider says how far that has come.
pub fn is_inclusive(text: &str) -> bool {
    let found = phrases::found(&endings::without_excluded(&fold::key(unnumbered(text))), Place::Title);
    let aside =
        |says: &Says| matches!(says, Says::Rule | Says::Registered | Says::Unclear | Says::Both | Says::Mark(_));
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
    fn a_title_decides_only_where_all_of_it_is_understood() {
        for text in [
            "认定名单(撤销原名单)",
            "认定名单(2025年取消部分机构后)",
            "邗江区普惠性民办幼儿园认定名单（取消的以删除线标出）",
            "邗江区普惠性民办幼儿园补助发放名单（取消资格的不予发放）",
            "邗江区普惠托育机构名单（经公示取消异议后认定）",
            "邗江区撤销取消决定的普惠托育机构名单",
            "关于撤销《关于取消邗江区部分普惠性民办幼儿园资格的决定》的通知",
            "认定名单（动态管理，不合格取消）",
            "普惠和非普惠托育机构名单",
            "邗江区重新认定普惠托育机构名单（原认定到期）",
            "到期重新认定普惠托育机构名单",
            "邗江区普惠托育机构认定即将到期名单",
            "邗江区普惠托育机构认定到期提醒名单",
            "邗江区退出后重新准入普惠托育机构名单",
            "邗江区退出再次准入幼儿园名单",
            "关于不同意甲托育园退出普惠的批复",
            "关于纠正取消阳光幼儿园资格的通知",
            "(二)上年度退出后重新认定",
            "(二)已到期并完成续认",
            "二、保留资格(取消其补贴)",
            "二、新增(替换退出的机构)",
            "停办机构转入",
            "2024年取消2025年恢复",
            "二、认定机构变更情况(含注销)",
            "下列机构未提交延续申请,资格自然终止:",
            "下列机构认定有效期届满,经复核准予延续三年:",
            "邗江区收回普惠托育机构称号的决定",
            "邗江区普惠托育机构资格暂扣名单",
            "邗江区普惠托育机构评审通过名单（待区政府批准）",
            "邗江区普惠性民办幼儿园认定异议名单",
            "邗江区普惠托育机构入围名单",
            "邗江区普惠托育机构认定名单（被扬邗卫〔2025〕3号取代）",
            "不列入本次认定",
            "江都区普惠托育机构认定名单(已退出)",
        ] {
            assert_eq!((of_title(text), is_unclear(text, Place::Title)), (None, true), "{text}");
        }
        for (text, expected) in [
            ("邗江区普惠托育机构认定名单（剔除已注销机构）", Some(Mark::Certified)),
            ("江都区普惠托育机构认定名单（退出机构见附件2）", Some(Mark::Certified)),
            ("邗江区普惠性民办幼儿园认定名单（不含已取消的3所）", Some(Mark::Certified)),
            ("仪征市取消普惠托育机构认定名单(2家)", Some(Mark::Revoked)),
            ("关于取消阳光幼儿园普惠资格的通知", Some(Mark::Revoked)),
            ("关于同意甲托育园等退出普惠的批复(邗江区)", Some(Mark::Withdrawn)),
            ("邗江区普惠性民办幼儿园认定失效名单", Some(Mark::Expired)),
            ("邗江区取消认定公示期满未提异议的普惠性民办幼儿园名单", Some(Mark::Revoked)),
            ("经公示无异议,现将取消认定的普惠托育机构名单公布如下:", Some(Mark::Revoked)),
            ("下列机构经复核不予延续:", Some(Mark::Refused)),
            ("邗江区未通过普惠托育机构认定名单 | 邗江区未通过普惠托育机构认定名单", Some(Mark::Refused)),
            ("申报截止:2025年6月30日", None),
            ("根据仪卫(2022)3号 | 经仪卫公(2025)2号公示 | 认定下列机构", Some(Mark::Certified)),
            ("(公示时间:2025年3月1日—3月7日。公示期满无异议,现予认定)", Some(Mark::Certified)),
        ] {
            assert_eq!((of_title(text), is_unclear(text, Place::Title)), (expected, false), "{text}");
        }
        assert!(is_inclusive("邗江区现有普惠托育机构名单(已停办的除外)"));
    }

    #[test]
    fn a_title_of_inclusive_ones_says_so_and_a_note_does_not() {
        assert!(is_inclusive("新丰县普惠性民办幼儿园名单") && is_inclusive("普惠托育"));
        assert!(!is_inclusive("普惠性民办幼儿园拟认定名单") && !is_inclusive("普惠性幼儿园须按标准收费"));
    }
}
