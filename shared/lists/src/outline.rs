//! How the titles of a sheet stand to its rows and to each other: which begins a list of its own, which is a part of one, and how deep.

use std::collections::HashMap;

use crate::account::{Became, NotARow};
use crate::fold;
use crate::tables::{Table, Tables};
use crate::words::headings::Column;

/// How one title stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// How deep its number says that it stands (一、 (一) 1.); none where it has no number.
    pub(crate) level: Option<u8>,
    /// Whether headings follow it, with rows of another list before it.
    pub(crate) begins: bool,
    /// Whether it stands below headings.
    pub(crate) inside: bool,
    /// Whether rows stand between it and the title before it.
    pub(crate) after_rows: bool,
    /// What it begins where it has stood there before.
    pub(crate) again: Again,
}

/// What a title begins that has stood there before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Again {
    /// Nobody can tell.
    #[default]
    Unclear,
    /// A page of what stands before it: the running numbers go on.
    Page,
    /// The list anew: its headings are others, and its numbers begin at one.
    Anew,
}

impl Again {
    fn of(last: Option<u64>, first: Option<u64>, other: bool) -> Self {
        match (last, first) {
            (Some(last), Some(first)) if last.checked_add(1) == Some(first) => Self::Page,
            (_, Some(1)) if other => Self::Anew,
            _ => Self::Unclear,
        }
    }
}

/// The least and the greatest running number of each line's rows.
fn numbers(tables: &[Table<'_>]) -> HashMap<u64, (u64, u64)> {
    let mut numbers: HashMap<u64, (u64, u64)> = HashMap::new();
    for table in tables {
        let Some(at) = table.header.place(Column::Ordinal) else { continue };
        for row in &table.rows {
            let Some(number) = row.cells.get(at).and_then(|cell| fold::key(&cell.text).parse().ok()) else { continue };
            let of_line = numbers.entry(row.number).or_insert((number, number));
            *of_line = (of_line.0.min(number), of_line.1.max(number));
        }
    }
    numbers
}

/// How each title of a sheet stands, by its line.
pub(crate) fn of(found: &Tables<'_>, sheet: usize) -> HashMap<u64, Step> {
    let own = found.lines_of(sheet);
    let numbers = numbers(found.tables_of(sheet));
    let titles = found.titles.get(sheet).map(Vec::as_slice).unwrap_or_default();
    let texts: HashMap<u64, &str> = titles.iter().map(|title| (title.number, title.text.as_str())).collect();
    let mut steps: HashMap<u64, Step> = HashMap::new();
    let (mut inside, mut rows, mut any_rows) = (false, false, false);
    // Titles since the last row or heading: headings that follow make them the beginning of a list.
    let mut waiting: Vec<u64> = Vec::new();
    // Titles since the last row, whether other headings followed them, and that row's number.
    let (mut fresh, mut other, mut last): (Vec<u64>, bool, Option<u64>) = (Vec::new(), false, None);
    for line in own {
        match line.became {
            Became::Rows(_) => {
                (rows, any_rows) = (true, true);
                waiting.clear();
                let of_line = numbers.get(&line.number);
                for number in fresh.drain(..) {
                    if let Some(step) = steps.get_mut(&number) {
                        step.again = Again::of(last, of_line.map(|(first, _)| *first), other);
                    }
                }
                other = false;
                last = of_line.map(|(_, last)| *last);
            }
            Became::Not(why @ (NotARow::Heading | NotARow::HeadingAgain)) => {
                inside = true;
                other |= why == NotARow::Heading;
                for number in waiting.drain(..) {
                    if let Some(step) = steps.get_mut(&number).filter(|_| any_rows) {
                        step.begins = true;
                    }
                }
            }
            Became::Title => {
                let level = texts.get(&line.number).and_then(|text| level(text));
                let after_rows = std::mem::take(&mut rows);
                steps.insert(line.number, Step { level, inside, after_rows, ..Step::default() });
                waiting.push(line.number);
                fresh.push(line.number);
            }
            Became::Not(_) => {}
        }
    }
    steps
}

/// How deep the number before a title says that it stands.
fn level(text: &str) -> Option<u8> {
    const DIGITS: &str = "一二三四五六七八九十百";
    let key = fold::key(text);
    let chinese = |c: char| DIGITS.contains(c);
    let arabic = |c: char| c.is_ascii_digit();
    let after = |text: &str, number: &dyn Fn(char) -> bool| {
        let rest = text.trim_start_matches(number);
        (rest.len() < text.len()).then(|| rest.to_owned())
    };
    if ["附件", "附表", "附录"].iter().any(|word| key.starts_with(word)) {
        return Some(0);
    }
    if let Some(rest) = key.strip_prefix('第') {
        let rest = after(rest, &chinese).or_else(|| after(rest, &arabic))?;
        return ["部分", "类", "章"].iter().any(|word| rest.starts_with(word)).then_some(1);
    }
    if let Some(rest) = key.strip_prefix('(') {
        if after(rest, &chinese).is_some_and(|rest| rest.starts_with(')')) {
            return Some(2);
        }
        return after(rest, &arabic).filter(|rest| rest.starts_with(')')).map(|_| 4);
    }
    if after(&key, &chinese).is_some_and(|rest| rest.starts_with(['、', '.', ',', ':'])) {
        return Some(1);
    }
    after(&key, &arabic).filter(|rest| rest.starts_with(['、', '.', ',', ')'])).map(|_| 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_stands_there_again_begins_what_numbers_and_headings_say() {
        for (last, first, other, expected) in [
            (Some(3), Some(4), false, Again::Page),
            (Some(3), Some(4), true, Again::Page),
            (Some(3), Some(1), true, Again::Anew),
            (None, Some(1), true, Again::Anew),
            (Some(3), Some(1), false, Again::Unclear),
            (Some(3), Some(7), true, Again::Unclear),
            (None, None, true, Again::Unclear),
        ] {
            assert_eq!(Again::of(last, first, other), expected, "{last:?} {first:?} {other}");
        }
    }

    #[test]
    fn a_number_tells_how_deep_a_title_stands() {
        for (text, expected) in [
            ("附件2 取消认定名单", Some(0)),
            ("一、新增(2家)", Some(1)),
            ("十二、其他", Some(1)),
            ("第二部分 取消", Some(1)),
            ("（三）整改期内", Some(2)),
            ("2.取消", Some(3)),
            ("3、取消", Some(3)),
            ("(2)取消", Some(4)),
            ("取消认定名单", None),
            ("2024年名单", None),
            ("一家亲托育园", None),
            ("第三幼儿园", None),
        ] {
            assert_eq!(level(text), expected, "{text}");
        }
    }
}
