//! The terms that titles and notes state: what each is of, and of which rows it holds. 收费标准有效期 is not the certification's, and 2021年认定的有效期至2024年
//! holds for those rows alone.

use domain::Day;

use super::plain::{is_numeral, plain};
use super::{Term, range_in_brackets, scan, whole_term};
use crate::fold;
use crate::words::parts;
use crate::words::terms::{self, Means};

/// A term that a title or a note states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Whether it may be of something else, or of some rows only that nothing here tells apart.
    pub(crate) unclear: bool,
    /// Whether it says that it holds for some rows only: 带*的, 其他机构, 丙园.
    pub(crate) some: bool,
    /// The days of decision that it holds for (2021年认定的), each from the first to the last; none: every row.
    pub(crate) decided: Vec<(Day, Day)>,
    /// The categories it names as its own (托育机构有效期三年,幼儿园有效期五年); none: every one.
    pub(crate) categories: Vec<&'static str>,
    /// The term. Where no day follows from it, none of its parts is known.
    pub(crate) term: Term,
    /// Its words.
    pub(crate) words: String,
}

/// What a title or a note says of terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TermsOfTitle {
    /// What it states, in its order.
    pub(crate) statements: Vec<Statement>,
    /// The range that stands alone in its brackets.
    pub(crate) in_brackets: Option<Term>,
}

impl Statement {
    /// Whether it says no more than a first day (自2024年9月1日起执行).
    pub(crate) fn only_begins(&self) -> bool {
        self.term.from.is_some() && self.term.to.is_none() && self.term.length.is_none()
    }
}

/// Words that a term follows.
const ABOUT: [&str; 3] = ["有效期", "认定期限", "期限"];
/// Words that a first day follows.
const BEGINS: [&str; 3] = ["自", "从", "由"];
/// Longest text of a term that is looked for, in characters.
const TERM_CHARS_MAX: usize = 60;
/// Statements that are read of one text: a title has one, a note some.
const STATEMENTS_MAX: usize = 16;

/// The terms that a title or a note states, in its order.
pub(crate) fn statements(text: &str) -> Vec<Statement> {
    let text = fold::width(text);
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < STATEMENTS_MAX
        && let Some((start, about)) = next_of(&text, at)
    {
        // What no word says to be one begins somewhere: 起.
        let part = sentence(&text[start..]);
        let Some((length, term)) = Some(part).filter(|part| about || part.contains('起')).and_then(longest_term)
        else {
            at = start + text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let behind = &text[start + length..];
        // 自2024年9月1日起接受申报 says what begins, and it is no term.
        if !about && (term.from.is_none() || !ends_there(&text[start..start + length], behind)) {
            at = start + text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        at = start + length;
        found.extend(of(&text, start..at, term));
    }
    if found.is_empty() && !ABOUT.iter().any(|word| text.contains(word)) {
        found.extend(with_both(&text));
    }
    found
}

/// The range that stands by itself in the brackets of a title: 平价商店名单(2021年2月1日起至2021年3月3日).
pub(crate) fn in_brackets(title: &str) -> Option<Term> {
    let before = title.find(['(', '（']).map_or("", |at| &title[..at]);
    range_in_brackets(title).filter(|_| subject(before).0 != Of::Other)
}

/// Where the next term may begin, and whether a word says that it is one.
fn next_of(text: &str, at: usize) -> Option<(usize, bool)> {
    let about = ABOUT.iter().filter_map(|word| text[at..].find(word)).min();
    let begins = BEGINS.iter().filter_map(|word| text[at..].find(word)).min();
    // 2024年9月1日起执行, without 自.
    let year =
        |(offset, c): (usize, char)| c.is_ascii_digit() && !text[..at + offset].ends_with(|c: char| c.is_ascii_digit());
    let dated = text[at..].char_indices().find(|of| year(*of)).map(|(offset, _)| offset);
    let first = [about, begins, dated].into_iter().flatten().min()?;
    Some((at + first, about == Some(first)))
}

/// Whether a first day and what is said of it is all that a clause says: 起执行, 起享受普惠政策. Money may be paid from another day on.
fn ends_there(own: &str, behind: &str) -> bool {
    let clause = behind.split([',', ';', '。', '!', '(', ')', ':']).next().unwrap_or_default();
    let enjoyed = own.ends_with("享受") && !clause.contains(['补', '奖', '资']);
    own.contains('起') && (clause.trim().is_empty() || enjoyed)
}

/// Fewest numerals of a length with both of its dates: 2024年3-5月, and 半年 without one.
const BOTH_NUMERALS_MIN: usize = 5;

/// A length with both of its dates is a term, whatever stands around it: 三年(2015年10月至2018年10月).
fn with_both(text: &str) -> Option<Statement> {
    // A year, a month and a length are so many numerals at least.
    if text.chars().filter(|c| is_numeral(*c)).count() < BOTH_NUMERALS_MIN || !text.contains(['年', '月']) {
        return None;
    }
    let digit_at = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let begins = |at: &usize| !(digit_at(*at) && at.checked_sub(1).is_some_and(digit_at));
    text.char_indices().map(|(at, _)| at).filter(begins).find_map(|at| {
        let part = sentence(&text[at..]);
        let plain: String = plain(part).into_iter().collect();
        let (length, term) = Some(part).filter(|_| scan::has_length(&plain)).and_then(longest_term)?;
        let both = term.from.is_some() && term.to.is_some() && term.length.is_some();
        both.then(|| of(text, at..at + length, term))?
    })
}

/// What is stated in a part of a text; `None` where it is of something else.
fn of(text: &str, part: std::ops::Range<usize>, term: Term) -> Option<Statement> {
    let behind = &text[part.end..];
    let words = text[part.clone()].trim_matches([' ', '(', ')', ',']).to_owned();
    let (of, direct) = subject(&text[..part.start]);
    if of == Of::Other {
        return None;
    }
    let years = years(direct);
    // What a list calls itself holds for all of it: 2024年认定名单有效期三年.
    let decided = match years {
        Some(years) if !fold::key(direct).contains("名单") => years,
        _ => Vec::new(),
    };
    let scoped = !decided.is_empty();
    if term == Term::default() && !scoped {
        return None;
    }
    let some = !scoped && names_some(direct);
    let unclear = of == Of::Unclear || terms::is_loose(behind) || is_of_some(direct, scoped) || some;
    Some(Statement { unclear, some, decided, categories: parts::codes(&fold::key(direct)), term, words })
}

/// What ends a clause. What stands before a colon is of what stands behind it (考核时间:2024年).
const SEPARATORS: [char; 6] = [',', ';', '。', '!', '(', ')'];

/// What a term is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Own,
    Other,
    Unclear,
}

/// What the term behind a text is of, by the clause it stands in or else by the nearest one before that says anything; and its own clause.
fn subject(before: &str) -> (Of, &str) {
    let mut clauses = before.rsplit(SEPARATORS);
    let direct = clauses.next().unwrap_or_default();
    let mut document = false;
    for (at, clause) in std::iter::once(direct).chain(clauses).enumerate() {
        let (clause, numbered) = without_document(clause);
        document |= numbered;
        match terms::whose(&clause) {
            Some(Means::Other) => return (Of::Other, direct),
            // A number of a document stands between: (仪政办发〔2020〕33号,有效期至2025年12月31日).
            Some(Means::Own) if document && at > 0 && !numbered => return (Of::Unclear, direct),
            Some(Means::Own) => return (Of::Own, direct),
            Some(_) => return (Of::Unclear, direct),
            None if at == 0 && says_something(&clause) => return (Of::Unclear, direct),
            None => {}
        }
    }
    (if document { Of::Unclear } else { Of::Own }, direct)
}

/// A clause without the number of a document, and whether it has one.
fn without_document(clause: &str) -> (String, bool) {
    let clause = clause.replace('[', "〔").replace(']', "〕");
    let Some((office, rest)) = clause.split_once('〔') else { return (clause, false) };
    let Some((year, rest)) = rest.split_once('〕').filter(|(year, _)| year.len() == 4) else { return (clause, false) };
    if !year.bytes().all(|b| b.is_ascii_digit()) {
        return (clause, false);
    }
    let behind = rest.split_once('号').map_or(rest, |(_, behind)| behind);
    let kept = office.chars().count().saturating_sub(OFFICE_CHARS_MAX);
    let office: String = office.chars().take(kept).collect();
    (format!("{office}{behind}"), true)
}

/// Longest abbreviation of an office in a document's number, in characters.
const OFFICE_CHARS_MAX: usize = 8;

/// Whether anything stands in a clause beside numbers and what joins.
fn says_something(clause: &str) -> bool {
    let mut rest: String = plain(clause).into_iter().collect();
    for word in ["年度", "第", "批", "的", "为", "其", "均", "注", "说明", "备注", "并", "且", "共", "所", "家", "个"]
    {
        rest = rest.replace(word, "");
    }
    rest.chars()
        .any(|c| c.is_alphabetic() && !matches!(c, '年' | '月' | '日' | '号' | '一' | '二' | '三' | '四' | '五'))
}

/// Whether a clause speaks of some rows that nothing in it tells apart by their days: 第一批, A类园的, 2021年以前认定的.
fn is_of_some(direct: &str, scoped: bool) -> bool {
    let key = fold::key(direct);
    if key.is_empty() || key.contains("名单") {
        return false;
    }
    if scoped {
        return ["以前", "之前", "及前", "以后", "之后", "学年", "年前", "年后", "年起"]
            .iter()
            .any(|word| key.contains(word));
    }
    if key.contains("学年") {
        return true;
    }
    // A batch and nothing more.
    let rest: String = plain(&key).into_iter().filter(|c| !c.is_ascii_digit()).collect();
    let rest = ["首批", "第批", "第一批", "第二批", "第三批", "第四批", "第五批"]
        .iter()
        .fold(rest, |rest, word| rest.replace(word, "*"));
    rest.contains('*') && rest.replace('*', "").chars().all(|c| "一二三四五六七八九十认定的".contains(c))
}

/// Whether a clause says that it is of some rows: by a sign, by what sets them apart, by a name.
fn names_some(direct: &str) -> bool {
    let key = fold::key(direct);
    if ["其中", "其他", "其它", "其余", "剩余", "试点", "带", "标注", "序号"].iter().any(|word| key.contains(word))
    {
        return true;
    }
    if !["园", "点", "院", "中心", "站", "店"].iter().any(|end| key.ends_with(end)) {
        return false;
    }
    // What is left of 丙园 when its kind is taken away is its name.
    let own = key.rsplit([':', '.', '区', '县', '市', '局', '委', '的']).next().unwrap_or_default();
    let left = [
        "普惠性",
        "普惠",
        "民办",
        "公办",
        "认定",
        "以上",
        "上述",
        "本次",
        "本批",
        "全部",
        "所有",
        "各",
        "每",
        "经",
        "新",
        "社区",
        "老年",
    ]
    .iter()
    .fold(parts::beside(own), |left, word| left.replace(word, ""));
    left.chars().filter(|c| c.is_alphabetic() && !"园点院站店所".contains(*c)).count() >= 2
}

/// The years, or months, that a clause names before 认定的, each from its first to its last day; `None` where it names none.
fn years(clause: &str) -> Option<Vec<(Day, Day)>> {
    let (clause, _) = without_document(clause);
    let chars = plain(&clause);
    let mut spans: Vec<(Day, Day)> = Vec::new();
    let (mut at, mut between) = (0, String::new());
    while at < chars.len() {
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let own: String = chars[at..at + digits.max(1)].iter().collect();
        at += own.chars().count();
        if digits != 4 {
            between.push_str(&own);
            continue;
        }
        let after: String = chars[at..].iter().take(4).collect();
        let month = after.strip_prefix('年').and_then(|rest| rest.split_once('月')?.0.parse::<u8>().ok());
        let first = Day::new(own.parse().ok()?, month.unwrap_or(1), 1).ok()?;
        let last = first.plus_months(if month.is_some() { 1 } else { 12 }).plus_days(-1);
        between.retain(|c| !c.is_ascii_digit() && !matches!(c, '年' | '月' | '度'));
        match spans.last_mut().filter(|_| matches!(between.as_str(), "-" | "~" | "至" | "到")) {
            Some(before) => before.1 = last,
            None => spans.push((first, last)),
        }
        between.clear();
    }
    Some(spans).filter(|spans| !spans.is_empty())
}

/// What of a text a term can be that it begins with: up to the end of its sentence at most.
fn sentence(text: &str) -> &str {
    let end = text.find(['。', ';', '!', '\n']).unwrap_or(text.len());
    let end = text[..end].char_indices().nth(TERM_CHARS_MAX).map_or(end, |(at, _)| at);
    &text[..scan::reach(&text[..end])]
}

/// The term that the longest beginning of a sentence is, and how long that beginning is.
fn longest_term(sentence: &str) -> Option<(usize, Term)> {
    let first = sentence.chars().next().filter(|c| !c.is_whitespace() && !matches!(c, ')' | ','))?;
    let mut ends: Vec<usize> = sentence.char_indices().map(|(at, c)| at + c.len_utf8()).take(TERM_CHARS_MAX).collect();
    ends.retain(|end| *end > first.len_utf8());
    let read = |text: &str| whole_term(text.trim_end_matches(['(', ',', ' '])).ok();
    let (end, found) = ends.into_iter().rev().find_map(|end| Some((end, read(&sentence[..end])?)))?;
    // What follows a comma and adds nothing is no part of its words (有效期为三年,期满须复评).
    let same = |of: &Term| {
        let months = |of: &Term| of.length.as_ref().map(|length| length.months);
        (of.from, of.to, of.either, months(of)) == (found.from, found.to, found.either, months(&found))
    };
    let shorter = sentence[..end].rsplit_once(',').and_then(|(own, _)| read(own).filter(same));
    let unclosed =
        || read(sentence[..end].trim_end_matches(')')).filter(|of| same(of) && !sentence[..end].contains('('));
    Some((end, shorter.or_else(unclosed).unwrap_or(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// What is stated in short: `from..to length`, before it the days of decision that it holds for, and a `?` where it is unclear.
    fn short(text: &str) -> Vec<String> {
        let told = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let one = |s: Statement| {
            let decided: Vec<String> = s.decided.iter().map(|(from, to)| format!("{from}~{to}: ")).collect();
            let length = s.term.length.map(|length| format!(" {}", length.months)).unwrap_or_default();
            let unclear = if s.unclear { "? " } else { "" };
            format!("{unclear}{}{}..{}{length}", decided.concat(), told(s.term.from), told(s.term.to))
        };
        statements(text).into_iter().map(one).collect()
    }

    #[test]
    fn a_title_states_a_term() {
        for (title, expected) in [
            ("普惠性民办幼儿园名单(有效期 2023年12月-2026年12月)", &["2023-12-01..2026-12-31"][..]),
            ("有效期:2023年12月至2026年12月。逾期须重新申请", &["2023-12-01..2026-12-31"]),
            (
                "经认定的普惠性民办幼儿园有效期为三年,即2015年10月至2018年10月;有效期内自愿退出的,应当书面提出申请。",
                &["2015-10-01..2018-10-31 36"],
            ),
            ("认定普惠性民办幼儿园63所,三年(2015年10月至2018年10月)", &["2015-10-01..2018-10-31 36"]),
            ("以下园所有效期三年,名单如下", &[".. 36"]),
            ("公示期:2025年9月26日至2025年10月9日", &[]),
            ("2025年第一批普惠性托育机构名单", &[]),
            ("有效期内自愿退出的,应当书面提出申请", &[]),
            ("2020-2023年普惠性民办幼儿园名单", &[]),
            ("认定名单(有效期三年)", &[".. 36"]),
            ("2024年认定名单有效期三年", &[".. 36"]),
            ("注:1.本名单有效期三年,自2024年5月1日起计算。", &["2024-05-01.. 36"]),
        ] {
            assert_eq!(short(title), expected, "{title}");
        }
    }

    #[test]
    fn the_term_of_something_else_is_not_the_certifications() {
        for title in [
            "(仪征市普惠托育认定办法(仪政办发〔2020〕33号),有效期至2025年12月31日)",
            "依据《江苏省普惠性幼儿园认定办法》(苏教规〔2018〕3号,2018年5月1日起施行,有效期至2023年4月30日)",
            "依据《江苏省普惠性幼儿园认定办法》(苏教规〔2018〕3号,自2018年5月1日起施行)",
            "本办法有效期至2025年12月31日",
            "认定办法自2024年1月1日起施行。有效期五年。",
            "收费标准有效期:2024年9月1日至2025年8月31日",
            "收费标准自2024年9月1日起执行",
            "申报材料报送截止至2024年6月30日;奖补政策有效期至2025年12月31日。",
            "奖补政策有效期三年",
            "本通知自2024年9月1日起施行,有效期五年",
            "协议期限:2024年1月1日至2024年12月31日",
            "服务协议有效期三年",
            "租赁期限2020年1月至2030年1月",
            "营业执照有效期至2030年1月1日",
            "食品经营许可证有效期至2026年5月1日",
            "办学许可证有效期三年(2022年9月至2025年9月)",
            "公示期限为2024年3月1日至2024年3月7日",
            "公示时间:自2024年5月1日起至2024年5月7日",
            "备案有效期至2026年5月1日",
            "报名期限2024年5月1日至2024年5月7日",
            "自2024年5月1日起接受申报",
            "自2024年9月1日起按普惠标准收费",
            "从2024年9月起享受奖补资金",
            "整改期限:2024年9月1日至2024年9月30日",
        ] {
            assert_eq!(short(title), [""; 0], "{title}");
        }
    }

    #[test]
    fn a_term_of_some_rows_is_known_as_one() {
        for (text, expected) in [
            ("注:丙竹托育园有效期一年", true),
            ("试点机构有效期一年", true),
            ("其他机构有效期三年", true),
            ("其中带*的有效期至2025年12月31日", true),
            ("本名单有效期三年", false),
            ("经认定的普惠性民办幼儿园有效期为三年", false),
            ("邗江区普惠托育园认定有效期三年", false),
            ("认定的助餐点有效期三年", false),
        ] {
            assert!(statements(text).iter().all(|statement| statement.some == expected), "{text}");
        }
    }

    #[test]
    fn a_first_day_is_stated_by_what_begins() {
        for (title, expected) in [
            (
                "(经2024年4月10日局长办公会研究同意,自2024年9月1日起执行,有效期至2027年8月31日)",
                "2024-09-01..2027-08-31",
            ),
            ("(2024年9月1日起执行,有效期至2027年8月31日)", "2024-09-01..2027-08-31"),
            ("经公示无异议,自2024年9月1日起执行", "2024-09-01.."),
            ("认定结果自2024年9月1日起生效", "2024-09-01.."),
            ("以上机构从2024年9月起享受普惠政策", "2024-09-01.."),
            ("自2024年9月1日起实施,期限三年", "2024-09-01.. 36"),
        ] {
            assert_eq!(short(title), [expected], "{title}");
        }
    }

    #[test]
    fn a_term_holds_for_those_it_names() {
        for (title, expected) in [
            (
                "本名单有效期三年;2021年认定的有效期至2024年4月30日止。",
                &[".. 36", "2021-01-01~2021-12-31: ..2024-04-30"][..],
            ),
            (
                "2021年认定的有效期至2024年,2022年认定的有效期至2025年",
                &["2021-01-01~2021-12-31: ..", "2022-01-01~2022-12-31: .."],
            ),
            ("2020-2021年认定的机构有效期至2024年6月30日", &["2020-01-01~2021-12-31: ..2024-06-30"]),
            ("2020年至2021年认定的有效期三年", &["2020-01-01~2021-12-31: .. 36"]),
            ("2020、2022年认定的有效期三年", &["2020-01-01~2020-12-31: 2022-01-01~2022-12-31: .. 36"]),
            ("2023年12月认定的有效期三年", &["2023-12-01~2023-12-31: .. 36"]),
            ("2021年以前认定的有效期至2024年4月30日", &["? 2021-01-01~2021-12-31: ..2024-04-30"]),
            ("认定名单(第三批,2023年12月认定,有效期三年;第一批有效期至2024年12月)", &[".. 36", "? ..2024-12-31"]),
            ("A类园有效期三年,B类园有效期两年", &["? .. 36", "? .. 24"]),
            ("复核通过的有效期三年", &["? .. 36"]),
            ("(仪政办发〔2020〕33号,有效期至2025年12月31日)", &["? ..2025-12-31"]),
            ("证书有效期三年", &["? .. 36"]),
            ("有效期三年以内", &["? .. 36"]),
        ] {
            assert_eq!(short(title), expected, "{title}");
        }
        let of = |text| statements(text).into_iter().map(|s| s.categories).collect::<Vec<_>>();
        assert_eq!(of("托育机构有效期三年,幼儿园有效期五年"), [["childcare"], ["kindergarten"]]);
    }

    #[test]
    fn a_range_alone_in_brackets_is_a_term_unless_it_is_of_something_else() {
        let range = |title| in_brackets(title).map(|term| (term.from, term.to));
        let expected = Some((Some(day("2021-02-01")), Some(day("2021-03-03"))));
        assert_eq!(range("平价商店名单(2021年2月1日起至2021年3月3日)"), expected);
        assert_eq!(range("平价商店价格公示表(2021年2月1日起至2021年3月3日)"), None);
    }
}
