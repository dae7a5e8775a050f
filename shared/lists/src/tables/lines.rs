//! What each line of a table is in one block of columns: a row, a title, a total, a note. What the table is tells it before words do: whether its rows are
//! numbered, what else they hold, how their names end, what stands before and behind.

use std::collections::HashMap;

use super::outline;
use crate::account::NotARow;
use crate::book::{Cell, Form, Line};
use crate::header::Header;
use crate::words::headings::Column;
use crate::words::{notes, places, sections, titles, verdicts};

/// What a line is within a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Is {
    /// A row. Doubtful where it may be a title or a name and says no more than that.
    Row { doubtful: bool },
    /// A title and its words.
    Title(String),
    /// Neither.
    Not(NotARow),
}

/// A block's part of a line that holds anything.
struct Part<'a> {
    /// The line's place among the table's.
    line: usize,
    cells: &'a [Cell],
    /// Its texts, of a merged cell once and without numbers, each with its column in the block.
    texts: Vec<(usize, &'a str)>,
    number: Number,
    /// Whether it has a name and something beside it, or a number and a name.
    clear: bool,
}

/// What stands in the column of running numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    None,
    /// 3, 3.
    Of(u64),
    /// 1-1, A01.
    Code,
    /// 三、 (三)
    Chinese,
    /// * or △: a mark.
    Mark,
    /// A text.
    Other,
}

impl Number {
    fn counts(self) -> bool {
        matches!(self, Self::Of(_) | Self::Code)
    }
}

/// What the rows of a block are like.
struct Shape {
    /// Most have a running number.
    numbered: bool,
    /// Nearly all have a name and nothing beside it.
    names_alone: bool,
    /// How many cells of a row hold a text, mostly.
    filled: usize,
    /// The last two characters of names, and how many end so.
    endings: HashMap<[char; 2], usize>,
    /// The last line that is clearly a row.
    last_clear: Option<usize>,
}

/// What the lines of a table are in one block; lines that hold nothing in it are left out. `rest` also takes the cells on its right: of the last block.
pub(super) fn of_block(header: &Header, lines: &[&Line], rest: bool) -> Vec<(usize, Is)> {
    let parts: Vec<Part<'_>> =
        lines.iter().enumerate().filter_map(|(at, line)| Part::of(header, at, line, rest)).collect();
    let shape = Shape::of(header, &parts);
    let mut after_note = false;
    let mut found = Vec::with_capacity(parts.len());
    let next = next_of(&parts, |part| part.number.counts());
    let below = next_of(&parts, |part| part.clear && !part.counts(header));
    let mut last: Option<usize> = None;
    for (at, part) in parts.iter().enumerate() {
        let near = Near {
            last: last.map(|at| &parts[at]),
            below: below[at].map(|at| &parts[at]),
            gap: gap(&parts, last, at, next[at]),
        };
        let is = part.is(header, &shape, &near, after_note);
        match &is {
            Is::Not(NotARow::Note) => after_note |= part.begins_notes(),
            // What stands below the title of another list is of that.
            Is::Title(text) if sections::is_of_a_list(text) && outline::numbered(text).is_none() => after_note = false,
            Is::Row { doubtful: false } => {
                after_note = false;
                if part.number.counts() {
                    last = Some(at);
                }
            }
            _ => {}
        }
        found.push((part.line, is));
    }
    found
}

/// What stands around a line.
struct Near<'a, 'l> {
    /// The last row above that has a number.
    last: Option<&'a Part<'l>>,
    /// The next row below.
    below: Option<&'a Part<'l>>,
    /// Whether the numbers leave out as many as there are lines between.
    gap: bool,
}

/// For each line the next below it that is such.
fn next_of(parts: &[Part<'_>], is: impl Fn(&Part<'_>) -> bool) -> Vec<Option<usize>> {
    let mut next = vec![None; parts.len()];
    let mut below = None;
    for at in (0..parts.len()).rev() {
        next[at] = below;
        if is(&parts[at]) {
            below = Some(at);
        }
    }
    next
}

fn gap(parts: &[Part<'_>], last: Option<usize>, _at: usize, next: Option<usize>) -> bool {
    let (Some(last), Some(next)) = (last, next) else { return false };
    let (Number::Of(from), Number::Of(to)) = (parts[last].number, parts[next].number) else { return false };
    to.checked_sub(from).is_some_and(|steps| steps > 1 && steps == (next - last) as u64)
}

impl Shape {
    fn of(header: &Header, parts: &[Part<'_>]) -> Self {
        let name = header.place(Column::Name).or_else(|| header.unknown.first().copied());
        let outlet = |part: &&Part<'_>| part.texts.len() == 1 && titles::is_outlet(part.texts[0].1);
        let last_name = parts.iter().rev().find(outlet).map(|part| part.line);
        let (mut clear, mut numbered, mut beside, mut named) = (0_usize, 0_usize, 0_usize, 0_usize);
        let mut filled = 0_usize;
        let mut endings: HashMap<[char; 2], usize> = HashMap::new();
        let mut last_clear = None;
        for part in parts {
            let text = name.and_then(|at| part.cells.get(at)).map_or("", |cell| cell.text.as_str());
            named += usize::from(!text.is_empty());
            if !part.clear {
                continue;
            }
            clear += 1;
            last_clear = Some(part.line);
            numbered += usize::from(part.number.counts());
            beside += usize::from(part.texts.len() > 1);
            filled += part.texts.len();
            if let Some(ending) = ending(text) {
                *endings.entry(ending).or_default() += 1;
            }
        }
        // Titles and notes are few beside the names of a list of names.
        let names_alone = beside * 10 <= named && (named > 2 || header.columns().len() < 3);
        let last_clear = last_clear.or(last_name);
        Self { numbered: numbered * 2 > clear, names_alone, filled: filled / clear.max(1), endings, last_clear }
    }

    /// Whether a text ends as outlets' names do, here or elsewhere.
    fn is_outlet(&self, text: &str, counted: bool) -> bool {
        let others = |ending| self.endings.get(&ending).is_some_and(|many| *many > usize::from(counted));
        titles::is_outlet(text) || ending(text).is_some_and(others)
    }
}

fn ending(text: &str) -> Option<[char; 2]> {
    let (base, _notes) = crate::fold::without_notes(&crate::fold::key(text));
    let mut last = base.chars().rev();
    let (second, first) = (last.next()?, last.next()?);
    Some([first, second])
}

impl<'a> Part<'a> {
    fn of(header: &Header, line: usize, from: &'a Line, rest: bool) -> Option<Self> {
        let end = if rest { from.cells.len() } else { header.span.end.min(from.cells.len()) };
        let cells = from.cells.get(header.span.start.min(end)..end)?;
        if cells.iter().all(Cell::is_empty) {
            return None;
        }
        let texts = texts(cells);
        let ordinal = header.place(Column::Ordinal);
        let number = ordinal.and_then(|at| cells.get(at)).map_or(Number::None, number);
        let name = header.place(Column::Name).or_else(|| header.unknown.first().copied());
        let named = name.and_then(|at| cells.get(at)).is_some_and(|cell| !cell.is_empty());
        let beside = || {
            let own = cells
                .iter()
                .enumerate()
                .filter(|(at, cell)| Some(*at) != ordinal && Some(*at) != name && !cell.is_empty());
            let text = name.and_then(|at| cells.get(at)).map_or("", |cell| cell.text.as_str());
            own.filter(|(_, cell)| !(cell.merged && cell.text == text)).count() > 0
        };
        let clear = named && (number.counts() || beside());
        Some(Self { line, cells, texts, number, clear })
    }

    fn is(&self, header: &Header, shape: &Shape, near: &Near<'_, '_>, after_note: bool) -> Is {
        let Some((_, first)) = self.texts.first() else { return Is::Not(NotARow::Numbered) };
        if header.persons && (self.number.counts() || self.texts.len() > 1) {
            return Is::Not(NotARow::Persons);
        }
        if notes::is_example(first) {
            return Is::Not(NotARow::Example);
        }
        let name = header.place(Column::Name).or_else(|| header.unknown.first().copied());
        let ordinal = header.place(Column::Ordinal);
        let own = |at: &usize| Some(*at) != ordinal || self.number == Number::Other;
        let texts: Vec<(usize, &str)> = self.texts.iter().filter(|(at, _)| own(at)).copied().collect();
        let named = texts.iter().find(|(at, _)| Some(*at) == name).map(|(_, text)| *text);
        if texts.iter().all(|(_, text)| notes::is_blank(text)) && named.is_none_or(notes::is_blank) {
            return Is::Not(NotARow::Numbered);
        }
        if named.or(texts.first().map(|(_, text)| *text)).is_some_and(notes::is_end) {
            return Is::Not(NotARow::Note);
        }
        if let Some(is) = self.total(header, named, &texts, near) {
            return is;
        }
        if self.is_note(header, named, &texts) {
            return Is::Not(NotARow::Note);
        }
        if self.is_signature(header, named) {
            // Rows that follow may be of another list.
            let last = shape.last_clear.is_none_or(|last| self.line >= last);
            return if last { Is::Not(NotARow::Note) } else { Is::Row { doubtful: true } };
        }
        if self.is_issuer(shape, named) {
            return Is::Not(NotARow::Note);
        }
        match texts.as_slice() {
            [] => Is::Not(NotARow::Numbered),
            // 一 | 城区: a title whose number has a cell of its own, where rows are numbered otherwise.
            [(_, text)] if self.number == Number::Chinese && shape.numbered => Is::Title((*text).to_owned()),
            [(at, text)] => self.alone(*at, text, name, shape, near, after_note),
            // In a numbered list that leaves no number out, what has none and little else may belong to the row above.
            _ => Is::Row {
                doubtful: shape.numbered && !near.gap && self.number == Number::None && texts.len() * 3 < shape.filled,
            },
        }
    }

    /// A total, or the title of a group with what it counts.
    fn total(&self, header: &Header, named: Option<&str>, texts: &[(usize, &str)], near: &Near<'_, '_>) -> Option<Is> {
        let (at, first) = *texts.first()?;
        let told = named.is_some_and(notes::is_total) || notes::is_total(first);
        if !told && !texts.iter().any(|(_, text)| notes::is_total_alone(text)) {
            return None;
        }
        // A name that happens to be a count has a place of its own.
        let address = header.place(Column::Address).and_then(|at| self.cells.get(at));
        let goes_on = match (near.last.map(|part| part.number), self.number) {
            (Some(Number::Of(last)), Number::Of(own)) => last.checked_add(1) == Some(own),
            (None, Number::Of(own)) => own == 1,
            _ => false,
        };
        if goes_on && address.is_some_and(|cell| !cell.is_empty() && !notes::is_total(&cell.text)) {
            return None;
        }
        // 真州镇 | 2家 above the rows of the town, which leave its cell empty.
        let group = outline::place(first).is_some() && named.is_some_and(|text| text != first && notes::is_total(text));
        let above_rows = group && near.below.is_some_and(|part| part.cells.get(at).is_none_or(Cell::is_empty));
        Some(if above_rows { Is::Title(first.to_owned()) } else { Is::Not(NotARow::Total) })
    }

    /// Whether its name is a total.
    fn counts(&self, header: &Header) -> bool {
        let named = header.place(Column::Name).and_then(|at| self.cells.get(at));
        named.is_some_and(|cell| notes::is_total(&cell.text))
    }

    fn is_note(&self, header: &Header, named: Option<&str>, texts: &[(usize, &str)]) -> bool {
        let Some((at, first)) = texts.first() else { return false };
        let first_of_all = named.is_none() || named == Some(first) || self.number == Number::Other;
        let label = first_of_all && notes::is_label(first);
        let all = notes::is_note(first) && texts.iter().skip(1).all(|(_, text)| notes::is_note(text) || is_day(text));
        // A note's words may fill more cells than one where a comma was taken for their end.
        let sentence = notes::is_note(first)
            && (Some(*at) == header.place(Column::Ordinal) || named == Some(first))
            && !self.number.counts()
            && texts.len() <= 3;
        label || all || sentence
    }

    /// Whether it says who issued the list and when: a body's name, and a day where rows have other things.
    fn is_signature(&self, header: &Header, named: Option<&str>) -> bool {
        let days = [Column::Decided, Column::From, Column::To, Column::Term, Column::Publicity];
        let of_days = |at: usize| days.iter().any(|column| header.place(*column) == Some(at));
        let day = |(at, text): &(usize, &str)| is_day(text) && !of_days(*at) || notes::is_label(text);
        match self.texts.as_slice() {
            [(_, one), others @ ..] if !others.is_empty() => {
                is_body(one) && named.is_none_or(|text| text == *one) && others.iter().all(day)
            }
            _ => false,
        }
    }

    /// Whether it says who issued the list, or when, and nothing more, below the last row.
    fn is_issuer(&self, shape: &Shape, named: Option<&str>) -> bool {
        let last = shape.last_clear.is_none_or(|last| self.line >= last);
        match self.texts.as_slice() {
            [(_, one)] => last && (is_body(one) || is_day(one)) && !self.goes_on_clearly(named),
            _ => false,
        }
    }

    /// Whether a number and a name say that it is a row whatever its name is.
    fn goes_on_clearly(&self, named: Option<&str>) -> bool {
        self.number.counts() && named.is_some_and(|text| !places::is_body(text))
    }

    /// A text with nothing beside it.
    fn alone(
        &self,
        at: usize,
        text: &str,
        name: Option<usize>,
        shape: &Shape,
        near: &Near<'_, '_>,
        after_note: bool,
    ) -> Is {
        let row = Is::Row { doubtful: false };
        let doubtful = Is::Row { doubtful: true };
        let title = || Is::Title(text.to_owned());
        let merged = self.cells.iter().enumerate().any(|(other, cell)| other != at && cell.merged && cell.text == text);
        let outlet = shape.is_outlet(text, self.clear);
        let strong = is_title(text, outlet);
        if merged {
            return title();
        }
        if self.number.counts() {
            let restarts = match (near.last.map(|part| part.number), self.number) {
                (Some(Number::Of(last)), Number::Of(number)) => number <= last,
                _ => false,
            };
            return match Some(at) == name {
                // 说明: and below it 1, 2, 3.
                true if after_note && !shape.names_alone && (restarts || !outlet) => Is::Not(NotARow::Note),
                true if strong && !shape.names_alone => doubtful,
                false if strong => title(),
                _ => row,
            };
        }
        let in_brackets = |text: &str| text.starts_with(['(', '（']) && text.ends_with([')', '）']);
        if in_brackets(text) && outline::numbered(text).is_none() && shape.numbered && near.last.is_some() {
            // What belongs to the row above and did not find room there.
            return Is::Not(NotARow::Note);
        }
        if after_note && !strong && !outlet {
            return Is::Not(NotARow::Note);
        }
        if strong {
            return title();
        }
        match name {
            Some(name) if at == name && shape.numbered => match (near.gap, outlet) {
                (true, _) => row,
                (false, true) => doubtful,
                (false, false) => title(),
            },
            Some(name) if at == name && (shape.names_alone || outlet) => row,
            // A list whose running numbers or groups stand first may name its outlets there.
            _ => title(),
        }
    }

    /// Whether a note is followed by more of them, as 说明: is.
    fn begins_notes(&self) -> bool {
        self.texts.first().is_some_and(|(_, text)| notes::opens(text))
    }
}

/// Whether a text can only be a title, whatever stands around it.
fn is_title(text: &str, outlet: bool) -> bool {
    let numbered = outline::numbered(text).is_some_and(|depth| depth <= 2);
    let counted = || {
        let (_, notes) = crate::fold::without_notes(&crate::fold::key(text));
        notes::is_total(notes.trim())
    };
    numbered
        || titles::is_category(text)
        || outline::place(text).is_some()
        || titles::is_among(text)
        || titles::is_group(text) && !outlet
        || !outlet && (places::level(&crate::fold::key(text)).is_some() || verdicts::speaks(text) || counted())
}

/// Whether a text is the name of a body that issues lists.
fn is_body(text: &str) -> bool {
    places::is_body(text) && !titles::is_outlet(text)
}

/// Whether a text is a day and nothing more.
pub(super) fn is_day(text: &str) -> bool {
    let key = crate::fold::key(text);
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let day = |c: char| c.is_ascii_digit() || "年月日-./〇零一二三四五六七八九十".contains(c);
    key.chars().all(day) && (digits >= 4 || key.contains('年') && key.contains('月'))
}

/// What a cell of running numbers holds.
fn number(cell: &Cell) -> Number {
    let key = crate::fold::key(&cell.text);
    if key.is_empty() || cell.form == Form::Error {
        return Number::None;
    }
    let bare = key.trim_matches(|c| "().、．,:".contains(c));
    if let Ok(number) = bare.parse::<u64>() {
        return Number::Of(number);
    }
    if !bare.is_empty() && bare.chars().all(|c| "一二三四五六七八九十百".contains(c)) {
        return Number::Chinese;
    }
    if !bare.chars().any(char::is_alphanumeric) {
        return Number::Mark;
    }
    // 1-1, 2.3, A01
    if bare.chars().any(|c| c.is_ascii_digit()) && bare.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
    {
        return Number::Code;
    }
    Number::Other
}

/// The texts of a line, of a merged cell once, each with its place. Numbers alone are none.
pub(super) fn texts(cells: &[Cell]) -> Vec<(usize, &str)> {
    let mut texts: Vec<(usize, &str)> = Vec::new();
    let mut left: Option<&str> = None;
    for (at, cell) in cells.iter().enumerate() {
        let again = cell.merged && left == Some(cell.text.as_str());
        if !cell.is_empty() && !again && !cell.text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            texts.push((at, &cell.text));
        }
        // Over a hidden column, of which nothing is left here, a merged cell goes on.
        left = Some(cell.text.as_str()).filter(|text| !text.is_empty()).or(left);
    }
    texts
}
