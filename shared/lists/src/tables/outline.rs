//! The titles of a sheet as an outline: which of them still hold where another begins. 二、 ends what stood under 一、; 仪征市 ends 江都区 and its streets.

use crate::words::marks::Mark;
use crate::words::{parts, places, sections, titles, verdicts};

/// A text that holds for what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Its line in the sheet.
    pub number: u64,
    /// What it says.
    pub text: String,
    /// The title it stands under, by its place among the sheet's titles.
    pub under: Option<usize>,
    /// The title in whose place it stands: a group beside it.
    pub beside: Option<usize>,
    /// What of wider titles it ends beside those it does not stand under.
    pub ends: Ends,
    /// The table whose own title it is, by its place in the sheet, where tables stand side by side; otherwise it is of all of them.
    pub own: Option<usize>,
}

/// What a title ends of what wider ones say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ends {
    /// Nothing.
    #[default]
    Nothing,
    /// It begins a list of its own: what wider titles say of verdicts and categories is of other lists.
    Lists,
    /// It comes after a title that says what became of outlets, and nobody can tell whether that still holds: 取消名单 between 邗江区 and 广陵区.
    Verdicts,
}

/// Titles of which one ends another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// 一、 (一) 1. (1): the depth.
    Numbered(u8),
    /// A county, a street, a community: the depth.
    Place(u8),
    /// What is said of a group beside groups of places: 功能区.
    Among,
    /// What became of the outlets: 取消名单.
    Verdict,
    /// A category: 公办幼儿园.
    Category,
    /// Any other.
    Plain,
}

impl Style {
    fn of(text: &str) -> Self {
        if let Some(depth) = numbered(text) {
            return Self::Numbered(depth);
        }
        match place(text) {
            Some(depth) => Self::Place(depth),
            None if is_among(text) => Self::Among,
            None if titles::is_category(text) => Self::Category,
            None if verdicts::speaks(text) => Self::Verdict,
            None => Self::Plain,
        }
    }
}

fn is_among(text: &str) -> bool {
    titles::is_among(text) || places::level(&crate::fold::key(text)).is_some()
}

const NUMERALS: &str = "一二三四五六七八九十百";

/// How deep the number before a text stands: 一、 above (一), 1. and (1). A number alone is none.
pub(super) fn numbered(text: &str) -> Option<u8> {
    let key = crate::fold::key(text);
    let (opened, rest) = match key.strip_prefix('(') {
        Some(rest) => (true, rest),
        None => (false, key.as_str()),
    };
    let rest = rest.strip_prefix('第').unwrap_or(rest);
    let of = |digit: fn(char) -> bool| {
        let behind = rest.trim_start_matches(digit);
        let begins = if opened { behind.starts_with(')') } else { behind.starts_with(['、', '.', '．', ',', ':']) };
        (behind.len() < rest.len() && begins && behind.chars().count() > 1).then_some(())
    };
    let chinese = of(|c| NUMERALS.contains(c)).map(|()| if opened { 2 } else { 1 });
    chinese.or_else(|| of(|c| c.is_ascii_digit()).map(|()| if opened { 4 } else { 3 }))
}

/// Whether the number before a text is the first: 一、 1.
fn is_first(text: &str) -> bool {
    let key = crate::fold::key(text);
    let bare = key.trim_start_matches(['(', '第']);
    bare.strip_prefix(['一', '1']).is_some_and(|rest| rest.starts_with([')', '、', '.', '．', ',', ':']))
}

/// Longest name of a place that is a title by itself, in characters.
const PLACE_CHARS_MAX: usize = 12;

/// How deep the place is that a text is the name of, and no more than its name and what it counts: 1 a county, 2 a street, 3 a community.
pub(super) fn place(text: &str) -> Option<u8> {
    let (base, _notes) = crate::fold::without_notes(&crate::fold::key(text));
    let base = base.trim_end_matches(':');
    if base.chars().count() > PLACE_CHARS_MAX || !(2..).contains(&base.chars().count()) {
        return None;
    }
    // An outlet of a place is none, such as 三家村便利店.
    if titles::is_outlet(base) && !base.ends_with("农业园") || !parts::codes(base).is_empty() {
        return None;
    }
    match base.chars().next_back()? {
        _ if places::is_street(base) => Some(2),
        '县' | '市' | '旗' | '州' => Some(1),
        '区' if !base.ends_with("社区") && !base.ends_with("小区") && !titles::is_among(base) => Some(1),
        _ if places::is_below_county(base) => Some(3),
        _ => None,
    }
}

/// The titles that stand above, from the widest to the nearest, each by its place among the sheet's titles.
#[derive(Debug, Clone, Default)]
pub(super) struct Stack {
    open: Vec<Open>,
    /// How many counties and categories were titles between rows.
    groups: usize,
    /// The table whose titles these are, where each of several side by side has its own.
    own: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    at: usize,
    style: Style,
    /// Whether it stands above the sheet's first headings.
    base: bool,
    /// Whether it is that of a list below others: what stands between the rows of that list ends it no more than it does the sheet's first.
    list: bool,
    /// Whether rows stand between it and the title before.
    first: bool,
}

impl Open {
    /// Whether it stands between the rows of a list.
    fn is_free(&self) -> bool {
        !self.base && !self.list
    }
}

/// Where a title stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Above the sheet's first headings.
    Above,
    /// Between rows; whether it is the first of those that follow each other.
    Between { first: bool },
    /// Directly above headings below others.
    AboveHeadings { first: bool },
}

/// Most titles above the first headings that are kept: an officer reads no more, and each row's are gone through.
const BASE_MAX: usize = 80;

/// Most titles that a title stands under.
const DEPTH_MAX: usize = 2 * BASE_MAX;

impl Stack {
    /// The same titles, as those of one of several tables side by side.
    pub(super) fn of_table(&self, table: usize) -> Self {
        Self { own: Some(table), ..self.clone() }
    }

    /// The nearest title.
    pub(super) fn nearest(&self) -> Option<usize> {
        self.open.last().map(|open| open.at)
    }

    /// Takes in one more.
    pub(super) fn take(&mut self, titles: &mut Vec<Title>, number: u64, text: &str, stands: Stands) {
        let style = Style::of(text);
        let base = stands == Stands::Above;
        let first = matches!(stands, Stands::Between { first: true } | Stands::AboveHeadings { first: true });
        let mut ends = Ends::Nothing;
        let before = self.open.clone();
        match stands {
            Stands::Above => {
                // The first say what the list is, the last stand right above it.
                if self.open.len() >= BASE_MAX {
                    let gone = self.open.remove(BASE_MAX / 4);
                    let under = titles.get(gone.at).and_then(|title| title.under);
                    // No row stands below any of them yet.
                    if let Some(next) = self.open.get(BASE_MAX / 4).and_then(|open| titles.get_mut(open.at)) {
                        next.under = under;
                    }
                }
            }
            Stands::AboveHeadings { .. } if begins_a_list(text, style) => {
                ends = Ends::Lists;
                self.end_list(titles, text);
            }
            Stands::AboveHeadings { .. } | Stands::Between { .. } => {
                let of_part = matches!(stands, Stands::AboveHeadings { .. });
                if self.end(titles, text, style, first, of_part) {
                    ends = Ends::Verdicts;
                }
            }
        }
        let replaced = before.get(self.open.len()).copied();
        // Of a long run of titles without a row between them the last gives way to the next.
        if !base && !first && self.open.len() >= DEPTH_MAX {
            self.open.pop();
        }
        self.groups += usize::from(!base && matches!(style, Style::Place(1) | Style::Category));
        let under = self.nearest();
        // 二、 stands where 一、 stood.
        let first = replaced.filter(|open| open.style == style).map_or(first, |open| open.first);
        let groups = |open: &Open| open.style == style || style == Style::Among;
        // Of groups that are none of the others the first stands beside one of those.
        let beside = replaced.filter(groups).and_then(|open| match open.style {
            Style::Among => titles.get(open.at).and_then(|title| title.beside),
            _ => Some(open.at),
        });
        titles.push(Title { number, text: text.to_owned(), under, beside, ends, own: self.own });
        self.open.push(Open { at: titles.len() - 1, style, base, list: ends == Ends::Lists, first });
    }

    /// A title of a whole list ends all that stood between the rows of the list before, and that list's own title.
    fn end_list(&mut self, titles: &[Title], text: &str) {
        self.open.retain(|open| open.base);
        let of_list = |open: &Open| titles.get(open.at).is_some_and(|title| begins_a_list(&title.text, open.style));
        if names_a_place(text)
            && let Some(at) = self.open.iter().rposition(of_list)
        {
            self.open.truncate(at);
        }
    }

    /// Ends the titles beside which another cannot hold; answers whether a verdict among them may hold on. `of_part` where headings follow.
    fn end(&mut self, titles: &[Title], text: &str, style: Style, first: bool, of_part: bool) -> bool {
        let at = |fits: &dyn Fn(&Open) -> bool| self.open.iter().position(fits);
        let same = match style {
            Style::Numbered(depth) => at(&|open| matches!(open.style, Style::Numbered(other) if other >= depth)),
            Style::Place(depth) => {
                let deeper = at(&|open| open.is_free() && matches!(open.style, Style::Place(other) if other >= depth));
                deeper.or_else(|| at(&|open| open.is_free() && first && open.style == Style::Among))
            }
            Style::Among => at(&|open| open.is_free() && matches!(open.style, Style::Place(_) | Style::Among)),
            Style::Verdict => {
                // 取消名单 between 邗江区 and what follows may be of the whole list.
                let same = at(&|open| open.is_free() && open.style == style);
                let whole = first && (self.groups > 1 || of_part);
                same.or_else(|| at(&|open| whole && open.is_free() && !matches!(open.style, Style::Numbered(_))))
            }
            Style::Category | Style::Plain => at(&|open| open.is_free() && open.style == style),
        };
        // 二、 where no 一、 stands begins another part of the list, and so does any number over headings of its own.
        let part = || {
            let another = matches!(style, Style::Numbered(_)) && (of_part || !is_first(text));
            at(&|open| another && open.is_free() && !matches!(open.style, Style::Numbered(_)))
        };
        let Some(at) =
            same.filter(|_| first || !matches!(style, Style::Plain | Style::Verdict | Style::Category)).or_else(part)
        else {
            return false;
        };
        let says = |open: &Open| titles.get(open.at).is_some_and(|title| verdicts::speaks(&title.text));
        let ended = &self.open[at..];
        let doubt = !matches!(style, Style::Numbered(_) | Style::Verdict)
            && ended.iter().skip(1).any(|open| !matches!(open.style, Style::Place(_)) && open.first && says(open));
        self.open.truncate(at);
        doubt
    }
}

/// Whether a title directly above headings is that of a list, and not of a part of one: it says what kind of outlets the list is of, or where, and not that
/// they are no more.
fn begins_a_list(text: &str, style: Style) -> bool {
    let of_outlets = || !parts::codes(&crate::fold::key(text)).is_empty();
    let of_a_place = || {
        let over = verdicts::of_title(text).is_some_and(|mark| !matches!(mark, Mark::Certified | Mark::Proposed));
        names_a_place(text) && sections::is_of_a_list(text) && !over
    };
    !matches!(style, Style::Numbered(_) | Style::Place(_))
        && !titles::is_category(text)
        && (of_outlets() || of_a_place())
}

fn names_a_place(text: &str) -> bool {
    let before: String = text.chars().take(12).collect();
    before.contains(['市', '县', '区', '镇', '乡', '旗']) && !before.starts_with("社区")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What holds below the last of some titles, rows standing between each group of them.
    fn holds(base: &[&str], groups: &[(bool, &[&str])]) -> Vec<String> {
        let (mut titles, mut stack) = (Vec::new(), Stack::default());
        for text in base {
            stack.take(&mut titles, 1, text, Stands::Above);
        }
        for (headings, group) in groups {
            for (at, text) in group.iter().enumerate() {
                let first = at == 0;
                let stands = if *headings { Stands::AboveHeadings { first } } else { Stands::Between { first } };
                stack.take(&mut titles, 1, text, stands);
            }
        }
        let mut chain = Vec::new();
        let mut at = stack.nearest();
        while let Some(title) = at.map(|at| &titles[at]) {
            chain.push({
                let mark = match title.ends {
                    Ends::Nothing => "",
                    Ends::Lists => "!",
                    Ends::Verdicts => "?",
                };
                format!("{mark}{}", title.text)
            });
            at = title.under;
        }
        chain.reverse();
        chain
    }

    #[test]
    fn a_title_ends_those_that_cannot_hold_beside_it() {
        const LIST: &[&str] = &["邗江区普惠托育机构认定名单"];
        for (base, groups, expected) in [
            (LIST, &[(false, &["一、认定"][..]), (false, &["二、取消"])][..], &["二、取消"][..]),
            (
                LIST,
                &[(false, &["一、认定", "(一)城区"]), (false, &["(二)乡镇"]), (false, &["二、取消"])],
                &["二、取消"],
            ),
            (
                LIST,
                &[(false, &["一、认定", "(一)托育", "1.公办"]), (false, &["2.民办"])],
                &["一、认定", "(一)托育", "2.民办"],
            ),
            (LIST, &[(false, &["仪征市", "真州镇"]), (false, &["月塘镇"]), (false, &["江都区"])], &["江都区"]),
            (LIST, &[(false, &["仪征市", "真州镇"]), (false, &["月塘镇"])], &["仪征市", "月塘镇"]),
            (LIST, &[(false, &["江都区（1家）"]), (false, &["功能区"])], &["功能区"]),
            (LIST, &[(false, &["江都区"]), (false, &["功能区"]), (false, &["仪征市（0家）"])], &["仪征市（0家）"]),
            (LIST, &[(false, &["江都区", "托育机构"]), (false, &["养老机构"])], &["江都区", "养老机构"]),
            (LIST, &[(false, &["江都区"]), (false, &["仪征市"]), (false, &["取消认定名单"])], &["取消认定名单"]),
            (LIST, &[(false, &["江都区"]), (false, &["取消认定名单"])], &["江都区", "取消认定名单"]),
            (LIST, &[(false, &["江都区"]), (false, &["取消名单"]), (false, &["仪征市"])], &["?仪征市"]),
            (LIST, &[(false, &["江都区", "取消名单"]), (false, &["仪征市"])], &["仪征市"]),
            (
                LIST,
                &[(false, &["江都区"]), (true, &["取消名单", "仪征市"]), (false, &["江都区"])],
                &["取消名单", "江都区"],
            ),
            (
                LIST,
                &[(false, &["江都区"]), (true, &["二、取消认定名单"]), (false, &["仪征市"])],
                &["二、取消认定名单", "仪征市"],
            ),
            (LIST, &[(false, &["江都区"]), (false, &["二、取消"]), (false, &["仪征市"])], &["二、取消", "仪征市"]),
            (
                LIST,
                &[(false, &["江都区", "一、认定"]), (false, &["二、取消"]), (false, &["仪征市", "一、认定"])],
                &["仪征市", "一、认定"],
            ),
            (LIST, &[(true, &["二、取消认定名单"])], &["二、取消认定名单"]),
            (
                LIST,
                &[(false, &["幼儿园"]), (true, &["取消认定的机构"]), (false, &["托育机构"]), (false, &["养老机构"])],
                &["取消认定的机构", "养老机构"],
            ),
            (LIST, &[(false, &["幼儿园"]), (false, &["取消名单"]), (false, &["托育机构"])], &["?托育机构"]),
            (LIST, &[(true, &["取消认定的机构"])], &["取消认定的机构"]),
        ] {
            let chain = holds(base, groups);
            let wanted: Vec<&str> = base.iter().chain(expected).copied().collect();
            assert_eq!(chain, wanted, "{groups:?}");
        }
        let other = "江都区2024年普惠性生活服务机构认定名单";
        let part = "未通过认定的机构";
        assert_eq!(
            holds(&["邗江区2024年普惠性生活服务机构认定名单"], &[(true, &[other]), (true, &[part])]),
            [&format!("!{other}"), part]
        );
        let other = "邗江区无证幼儿园名单";
        assert_eq!(holds(LIST, &[(true, &[other])]), [format!("!{other}")]);
        assert_eq!(holds(&["一、认定名单"], &[(true, &["二、取消名单"])]), ["二、取消名单"]);
        let two = &["关于公布2024年名单的通知", "附件1 邗江区普惠托育名单"];
        assert_eq!(holds(two, &[(true, &["附件2 邗江区取消普惠托育名单"])])[0], two[0]);
        assert_eq!(holds(LIST, &[(true, &["未通过的普惠托育机构名单"])]), [LIST[0], "!未通过的普惠托育机构名单"]);
    }

    #[test]
    fn places_and_numbers_are_known_as_such() {
        for (text, depth) in [
            ("仪征市", Some(1)),
            ("邗江区（2家）", Some(1)),
            ("天平街道", Some(2)),
            ("何桥村", Some(3)),
            ("文汇社区", Some(3)),
            ("城区", None),
            ("爱心养老院", None),
            ("便民超市", None),
            ("普惠性民办幼儿园", None),
        ] {
            assert_eq!(place(text), depth, "{text}");
        }
        for (text, depth) in [
            ("一、认定", Some(1)),
            ("（二）取消", Some(2)),
            ("3.民办", Some(3)),
            ("(1)城区", Some(4)),
            ("一中幼儿园", None),
            ("6+1幼儿园", None),
        ] {
            assert_eq!(numbered(text), depth, "{text}");
        }
    }
}
