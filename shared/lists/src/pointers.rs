//! Sentences beside a table that speak of some of its rows: 上述名单中第1号已取消, 带*的为普惠性幼儿园, 除序号2外均认定. They say nothing of what stands below them,
//! and are not lost. A clause decides where all of it is understood: who, by names, numbers, signs that are there; and what, by words of the tables. What
//! speaks of an end and is not understood is asked of the rows it may be about.

use std::collections::HashMap;

use crate::book::Cell;
use crate::fold;
use crate::header::Header;
use crate::tables::TableRow;
use crate::words::headings::Column;
use crate::words::marks::Mark;
use crate::words::phrases::{self, Place, Says};
use crate::words::pointers::{self, Points, after};
use crate::words::verdicts;

/// Clauses of a sheet that are looked at.
const CLAUSES_MAX: usize = 200;
/// Longest sentence, in characters: what is longer tells rules.
const SENTENCE_CHARS_MAX: usize = 120;
/// Shortest name that is looked for in a sentence, in characters.
const NAME_CHARS_MIN: usize = 4;

/// What a sentence says of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// How far its certification has come.
    Mark(Mark),
    /// Nobody but an officer can tell.
    Unclear,
    /// That others are certified.
    NotNamed,
    /// That all but it are certified.
    Excepted,
}

/// What a sentence says of a row, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointed {
    pub(crate) told: Told,
    pub(crate) words: String,
}

/// Which rows a clause is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    Numbers(Vec<u32>),
    /// A sign of one character, or several of one (*, **), or a footnote's (①, (1), 注1).
    Sign(String),
    Look,
    Above,
    Below,
    All,
    /// As many as are counted, where those are all.
    Count(u32),
    /// Those that no other clause of the sentences of its line is about.
    Rest,
    /// The ones with these names.
    Named(Vec<String>),
}

/// One clause about rows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    line: u64,
    who: Who,
    /// What is said of those it points at; of the others, where it says 除…外.
    says: Option<Told>,
    others: Option<Told>,
    words: String,
}

/// A row as sentences name it.
pub(crate) struct Row<'a> {
    line: u64,
    ordinal: Option<u32>,
    /// Its name, folded.
    name: String,
    cells: &'a [Cell],
}

impl<'a> Row<'a> {
    pub(crate) fn of(header: &Header, row: &'a TableRow<'_>) -> Self {
        let cell = |column| header.place(column).and_then(|at| row.cells.get(at)).map_or("", |cell| cell.text.as_str());
        let ordinal: String = fold::name(cell(Column::Ordinal)).chars().filter(char::is_ascii_digit).collect();
        Self { line: row.number, ordinal: ordinal.parse().ok(), name: fold::key(cell(Column::Name)), cells: &row.cells }
    }

    /// Whether one of its cells carries a sign: ** is another than *.
    fn carries(&self, sign: &str) -> bool {
        self.cells.iter().any(|cell| find_sign(&fold::key(&cell.text), sign).is_some())
    }
}

/// Where a sign stands in a folded text, by itself.
fn find_sign(key: &str, sign: &str) -> Option<usize> {
    let first = sign.chars().next()?;
    let alone = |at: usize| {
        is_number_of_a_note(sign) || !key[..at].ends_with(first) && !key[at + sign.len()..].starts_with(first)
    };
    key.match_indices(sign).map(|(at, _)| at).find(|at| alone(*at))
}

/// The sentences about rows of one sheet.
#[derive(Debug, Default)]
pub(crate) struct Pointers {
    clauses: Vec<Clause>,
    /// What of each title is no such sentence, by its line.
    rest: HashMap<u64, String>,
    /// How often each number stands before a row, and at which place the row of each line is.
    numbers: HashMap<u32, usize>,
    places: HashMap<u64, usize>,
    rows: usize,
    /// Signs that are given a meaning and no row carries: how they were set is lost.
    lost: Vec<String>,
}

/// A title or a note beside the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside<'a> {
    pub(crate) line: u64,
    pub(crate) text: &'a str,
    /// Whether it is a note, and no title: what it says of an end is of some row, or of a rule.
    pub(crate) note: bool,
}

impl Pointers {
    /// Looks at the titles and notes of a sheet.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = Beside<'a>>, rows: &[Row<'_>]) -> Self {
        let mut found = Self::default();
        let names = Names::of(rows);
        let mut looks = CLAUSES_MAX;
        for text in texts {
            let mut rest = String::new();
            let mut any = false;
            let mut before = "";
            for part in sentences(text.text) {
                let clauses = if looks == 0 { Vec::new() } else { sentence(text, before, part, &names) };
                before = if part.ends_with(['(', '（']) { part } else { "" };
                if clauses.is_empty() {
                    rest.push_str(part);
                    continue;
                }
                any = true;
                looks = looks.saturating_sub(clauses.len());
                found.clauses.extend(clauses);
            }
            if any {
                found.rest.insert(text.line, rest.trim_end_matches(['(', '（']).to_owned());
            }
        }
        // Where several things are said of rows, nobody is left out by what is said of some.
        let several: Vec<u64> =
            found.clauses.windows(2).filter(|two| two[0].line == two[1].line).map(|two| two[0].line).collect();
        for clause in found.clauses.iter_mut().filter(|clause| several.contains(&clause.line)) {
            clause.others = clause.others.take().filter(|others| *others != Told::NotNamed);
        }
        if !found.clauses.is_empty() {
            found.rows = rows.len();
            for (place, row) in rows.iter().enumerate() {
                if let Some(number) = row.ordinal {
                    *found.numbers.entry(number).or_default() += 1;
                }
                found.places.entry(row.line).or_insert(place);
            }
            for clause in &found.clauses {
                let Who::Sign(sign) = &clause.who else { continue };
                if !found.lost.contains(sign) && !rows.iter().any(|row| row.carries(sign)) {
                    found.lost.push(sign.clone());
                }
            }
        }
        found
    }

    /// Whether there are none.
    pub(crate) fn is_none(&self) -> bool {
        self.clauses.is_empty()
    }

    /// What of a title holds for what stands below it, where not all of it does.
    pub(crate) fn rest(&self, line: u64) -> Option<&str> {
        self.rest.get(&line).map(String::as_str)
    }

    /// A row whose name carries a sign that the list gives a meaning, without it: it marks the row and is no part of the name.
    pub(crate) fn without_signs<'b>(&self, header: &Header, row: &TableRow<'b>) -> Option<TableRow<'b>> {
        let at = header.place(Column::Name)?;
        let name = &row.cells.get(at)?.text;
        let mut bare = name.clone();
        for clause in &self.clauses {
            let Who::Sign(sign) = &clause.who else { continue };
            while let Some(range) = place_of_sign(&bare, sign) {
                bare.replace_range(range, "");
            }
        }
        if bare == *name || bare.trim().is_empty() {
            return None;
        }
        let mut row = row.clone();
        bare.trim().clone_into(&mut row.cells.to_mut()[at].text);
        Some(row)
    }

    /// The sentences that point at numbers no row has.
    pub(crate) fn dangling(&self) -> impl Iterator<Item = &str> {
        let misses = |clause: &&Clause| match &clause.who {
            Who::Numbers(numbers) if !self.numbers.is_empty() => !numbers.iter().any(|n| self.numbers.contains_key(n)),
            Who::Numbers(numbers) => numbers.iter().all(|n| *n as usize > self.rows),
            _ => false,
        };
        self.clauses.iter().filter(misses).map(|clause| clause.words.as_str())
    }

    /// What the sentences say of a row: what is said of it by name, number or sign comes before what is said of all and of the others; what is said in
    /// two ways nobody can tell.
    pub(crate) fn at(&self, row: &Row<'_>) -> Option<Pointed> {
        let mut told: Option<Pointed> = None;
        for of_it in [true, false] {
            for clause in &self.clauses {
                let says = match self.is_of(clause, row) {
                    Some(own) if own == of_it => if own { &clause.says } else { &clause.others }.clone(),
                    // It may be of this row.
                    None if of_it && (clause.says.is_some() || clause.others.is_some()) => Some(Told::Unclear),
                    _ => None,
                };
                let Some(says) = says else { continue };
                match &mut told {
                    Some(before) if of_it && before.told != says => before.told = Told::Unclear,
                    Some(_) => {}
                    None => told = Some(Pointed { told: says, words: clause.words.clone() }),
                }
            }
            if told.is_some() {
                break;
            }
        }
        told
    }

    /// Whether a clause is of a row, where that can be told.
    fn is_of(&self, clause: &Clause, row: &Row<'_>) -> Option<bool> {
        match &clause.who {
            Who::Numbers(numbers) if self.numbers.is_empty() => {
                // Nothing numbers the rows: it may be the one at that place.
                let place = self.places.get(&row.line)?;
                let own = u32::try_from(place + 1).ok()?;
                if numbers.contains(&own) { None } else { Some(false) }
            }
            Who::Numbers(numbers) => {
                let Some(own) = row.ordinal.filter(|own| numbers.contains(own)) else { return Some(false) };
                // Parts that number their rows anew have several of one number.
                if self.numbers.get(&own).is_some_and(|times| *times > 1) { None } else { Some(true) }
            }
            Who::Sign(sign) if self.lost.contains(sign) => None,
            Who::Sign(sign) => Some(row.carries(sign)),
            Who::Look => None,
            Who::Above => Some(row.line < clause.line),
            Who::Below => Some(row.line > clause.line),
            Who::All => Some(true),
            Who::Count(count) => (*count as usize == self.rows).then_some(true),
            Who::Rest => {
                let others = self.clauses.iter().filter(|other| other.line == clause.line && other.who != Who::Rest);
                let mut of_another = false;
                for other in others {
                    of_another |= self.is_of(other, row)?;
                }
                Some(!of_another)
            }
            Who::Named(names) => Some(names.contains(&row.name)),
        }
    }
}

/// The names of a sheet's rows, the longest first: 阳光幼儿园 within 阳光幼儿园分园 is not it.
struct Names {
    /// As it may be written, and as it stands in the row.
    names: Vec<(String, String)>,
    /// The signs of footnotes that stand in a row.
    footnotes: Vec<String>,
}

impl Names {
    fn of(rows: &[Row<'_>]) -> Self {
        let mut names: Vec<(String, String)> = Vec::new();
        let mut footnotes: Vec<String> = Vec::new();
        for row in rows {
            names.push((row.name.clone(), row.name.clone()));
            let unsigned = row.name.trim_matches(|c: char| is_sign(c) && !"()".contains(c) || is_circled(c));
            names.push((unsigned.to_owned(), row.name.clone()));
            if let Some(sign) = footnote_at_end(&row.name) {
                names.push((row.name[..row.name.len() - sign.len()].to_owned(), row.name.clone()));
                footnotes.push(sign.to_owned());
            }
        }
        names.retain(|(written, _)| written.chars().count() >= NAME_CHARS_MIN);
        names.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
        names.dedup();
        Self { names, footnotes }
    }

    /// The name at the beginning of a text: as it stands in the row, and what follows it.
    fn after<'t>(&self, text: &'t str) -> Option<(&str, &'t str)> {
        self.names.iter().find_map(|(written, own)| Some((own.as_str(), text.strip_prefix(written.as_str())?)))
    }
}

impl Names {
    /// The rows whose names stand in a text.
    fn within(&self, text: &str) -> Vec<String> {
        let mut rest = text.to_owned();
        let mut found = Vec::new();
        for (written, own) in &self.names {
            if rest.contains(written.as_str()) {
                rest = rest.replace(written.as_str(), "*");
                found.push(own.clone());
            }
        }
        found
    }
}

fn is_circled(c: char) -> bool {
    ('①'..='⑳').contains(&c)
}

/// Whether a sign is the number of a footnote: (1), 注1, ①.
fn is_number_of_a_note(sign: &str) -> bool {
    sign.starts_with(['(', '注']) || sign.starts_with(is_circled)
}

/// A footnote's sign at the end of a folded name: ①, (1), 注1.
fn footnote_at_end(key: &str) -> Option<&str> {
    if let Some(last) = key.chars().next_back().filter(|c| is_circled(*c)) {
        return Some(&key[key.len() - last.len_utf8()..]);
    }
    let inner = key.strip_suffix(')').unwrap_or(key);
    let bare = inner.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = inner.len() - bare.len();
    let sign = match (inner.len() < key.len(), bare.ends_with('('), bare.ends_with('注')) {
        (true, true, _) => &key[bare.len() - 1..],
        (false, _, true) => &key[bare.len() - '注'.len_utf8()..],
        _ => return None,
    };
    (1..=2).contains(&digits).then_some(sign)
}

/// The footnote's sign at the beginning of a folded text that some row carries, and what follows it.
fn footnote<'t>(text: &'t str, names: &Names) -> Option<(String, &'t str)> {
    let sign = names.footnotes.iter().find(|sign| {
        text.strip_prefix(sign.as_str()).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })?;
    Some((sign.clone(), &text[sign.len()..]))
}

/// Where a sign stands in a text as it is typed.
fn place_of_sign(text: &str, sign: &str) -> Option<std::ops::Range<usize>> {
    let folded = fold::key_with_places(text);
    let key: String = folded.iter().map(|(c, _)| *c).collect();
    let at = find_sign(&key, sign)?;
    let before = key[..at].chars().count();
    let last = before + sign.chars().count() - 1;
    Some(folded.get(before)?.1.start..folded.get(last)?.1.end)
}

/// The sentences of a text: brackets of which the content is about rows are sentences of their own.
fn sentences(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let mut begin = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let opens = is_circled(c) && before != ' ' && !before.is_whitespace() && text[begin..at].contains(is_circled);
        if opens || c == '\u{3000}' {
            parts.push(&text[begin..at]);
            begin = at;
        } else if matches!(c, '。' | ';' | '；' | '(' | ')' | '（' | '）') {
            parts.push(&text[begin..end]);
            begin = end;
        }
        before = c;
    }
    parts.push(&text[begin..]);
    parts.retain(|part| !part.is_empty());
    parts
}

impl Clause {
    fn new(line: u64, who: Who, says: Option<Told>, others: Option<Told>, part: &str) -> Self {
        Self { line, who, says, others, words: words(part) }
    }
}

fn words(part: &str) -> String {
    part.trim_matches(|c: char| c.is_whitespace() || "。;；()（）,，".contains(c)).to_owned()
}

/// The clauses of a sentence that are about rows: each by itself, with the rows of the one before where it names none. What it says is taken where all
/// of it is understood; where a word that ends or refuses stands in it and the rest is not understood, the rows that it may be about are asked.
fn sentence(text: Beside<'_>, before: &str, part: &str, names: &Names) -> Vec<Clause> {
    let key = fold::key(part);
    let key = key.trim_end_matches(['。', ';', '(', ')', ',']);
    let below_a_row = text.note;
    if key.is_empty() || key.chars().count() > SENTENCE_CHARS_MAX {
        return Vec::new();
    }
    let mut found: Vec<Clause> = Vec::new();
    let mut who: Option<Who> = None;
    let mut open = false;
    let mut pieces = key.split(',').peekable();
    let is_rule = key.split(',').any(tells_a_rule);
    while let Some(piece) = pieces.next() {
        let mut piece = piece.to_owned();
        // 除序号2外,其余…: what follows is of the others.
        if piece.contains('除')
            && piece.ends_with('外')
            && let Some(next) = pieces.next()
        {
            piece.push_str(next);
        }
        let piece = without_beginning(&piece, names);
        let decisive = is_decisive(piece);
        if let Some(clause) = exception(text.line, piece, part, names) {
            found.push(clause);
            who = None;
            continue;
        }
        let (own, behind) = subject(piece, names);
        let pinned = |who: &Who| matches!(who, Who::Numbers(_) | Who::Sign(_) | Who::Named(_) | Who::Rest | Who::Look);
        let inherits = own.is_none();
        if own.is_some() {
            (who, open) = (own, false);
        }
        let exact = who.as_ref().is_some_and(pinned);
        if behind.is_empty() {
            continue;
        }
        // A rule is of no row, unless it names one.
        if is_rule && !exact {
            return Vec::new();
        }
        let says = match told(behind) {
            Some(Said::Nothing) => None,
            Some(Said::Mark(mark)) if open && inherits && mark != Mark::Certified => Some(Told::Unclear),
            Some(Said::Mark(mark)) => Some(Told::Mark(mark)),
            Some(Said::Unclear) => Some(Told::Unclear),
            None if decisive || exact && verdicts::is_unclear(behind, Place::Status) => {
                if excludes(piece) && !exact && names.within(piece).is_empty() { None } else { Some(Told::Unclear) }
            }
            None => {
                // What went before and is not understood leaves open what follows, a reason excepted.
                open |= !behind.starts_with(['因', '经']);
                None
            }
        };
        let Some(says) = says else { continue };
        let of = match &who {
            Some(Who::Look) => Who::Look,
            Some(own) if exact => own.clone(),
            // That all are certified is what the title says.
            _ if says == Told::Mark(Mark::Certified) || says == Told::Mark(Mark::Proposed) && who.is_none() => continue,
            Some(Who::Below) if says == Told::Unclear && !below_a_row => continue,
            Some(own) => own.clone(),
            None if below_a_row && decisive => {
                // 甲园原名乙园(已注销): of the ones that the sentence around the brackets names.
                let beside = !before.is_empty();
                let within = names.within(if beside { before } else { piece });
                let all = within.is_empty() || !beside && !excludes(piece);
                let of = if all { Who::All } else { Who::Named(within) };
                found.push(Clause::new(text.line, of, Some(Told::Unclear), None, part));
                continue;
            }
            None => continue,
        };
        let others = (says == Told::Mark(Mark::Certified)).then_some(Told::NotNamed);
        found.push(Clause::new(text.line, of, Some(says), others, part));
    }
    found
}

/// 除序号2外均已取消: who is excepted, and what is said of the others.
fn exception(line: u64, piece: &str, part: &str, names: &Names) -> Option<Clause> {
    let piece = without_scope(piece).1;
    let inner = piece.strip_prefix('除').or_else(|| piece.strip_prefix("除了"))?;
    let (inner, rest) = inner.split_once('外')?;
    let rest = rest.trim_start_matches([',', '的']);
    let rest = after(rest, Points::Rest).unwrap_or(rest);
    let unclear = || is_decisive(piece).then(|| Clause::new(line, Who::All, Some(Told::Unclear), None, part));
    let (Some(who @ (Who::Numbers(_) | Who::Sign(_) | Who::Named(_))), of_them) =
        subject(inner.trim_end_matches(['之', '以']), names)
    else {
        return unclear();
    };
    let said = |text: &str| match told(text) {
        Some(Said::Mark(mark)) => Some(Told::Mark(mark)),
        Some(Said::Unclear) => Some(Told::Unclear),
        Some(Said::Nothing) => None,
        None => is_decisive(text).then_some(Told::Unclear),
    };
    let others = said(rest);
    let says = said(of_them).or((others == Some(Told::Mark(Mark::Certified))).then_some(Told::Excepted));
    if says.is_none() && others.is_none() {
        return None;
    }
    Some(Clause::new(line, who, says, others, part))
}

/// What a predicate says that is wholly understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Mark(Mark),
    Unclear,
    /// That it did not end, which is what it was.
    Nothing,
}

/// What a predicate says; `None` where not all of it is understood.
fn told(text: &str) -> Option<Said> {
    let mut rest = text.trim_matches([':', '、', '"', '“', '”']);
    let mut said: Vec<Mark> = Vec::new();
    let (mut unclear, mut nothing) = (false, false);
    while !rest.is_empty() {
        if let Some(behind) = day(rest).or_else(|| document(rest)) {
            rest = behind;
        } else if let Some(behind) = after(rest, Points::Revoked) {
            said.push(Mark::Revoked);
            rest = behind;
        } else if let Some((says, behind)) = phrases::begins(rest, Place::Status) {
            // 已取消认定: what was taken away.
            let object = ["认定", "普惠"].iter().any(|word| rest.strip_suffix(behind) == Some(word));
            let ended = said.last().is_some_and(|mark| *mark != Mark::Certified);
            match says {
                Says::Mark(Mark::Certified) if object && ended => {}
                Says::Mark(mark) => said.push(mark),
                Says::Unclear if matches!(phrases::begins(rest, Place::Remark), Some((Says::Past, _))) => {
                    nothing = true;
                }
                Says::Unclear => unclear = true,
                _ => return None,
            }
            rest = behind;
        } else if let Some(behind) = after(rest, Points::Filler) {
            rest = behind;
        } else {
            return None;
        }
    }
    if unclear {
        return Some(Said::Unclear);
    }
    if nothing {
        return said.iter().all(|mark| *mark == Mark::Certified).then_some(Said::Nothing);
    }
    // What is refused names what it refuses, what is proposed what it proposes.
    if said.contains(&Mark::Refused) || said.contains(&Mark::Proposed) {
        said.retain(|mark| *mark != Mark::Certified);
    }
    let first = *said.first()?;
    said.iter().all(|mark| *mark == first).then_some(Said::Mark(first)).or(Some(Said::Unclear))
}

/// What follows a day, a month or a year at the beginning of a text.
fn day(text: &str) -> Option<&str> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let mut rest = text;
    let mut any = false;
    for (units, longest) in [(&["年度", "年", ".", "-", "/"][..], 4), (&["月", ".", "-", "/"], 2), (&["日", "号"], 2)]
    {
        let own = digits(rest);
        if own == 0 || own > longest {
            continue;
        }
        let Some(behind) = units.iter().find_map(|unit| rest[own..].strip_prefix(unit)) else { continue };
        rest = behind;
        any = true;
    }
    // 2025.8 and 2025.8.1 end without a unit.
    let own = digits(rest);
    if any && own > 0 && own <= 2 && text[..text.len() - rest.len()].ends_with(['.', '-', '/']) {
        rest = &rest[own..];
    }
    any.then_some(rest)
}

/// What follows the number of a document at the beginning of a text: 仪卫(2025)3号.
fn document(text: &str) -> Option<&str> {
    let (office, rest) = text.split_once('(')?;
    let (year, rest) = rest.split_once(')')?;
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let known = office.chars().count() <= OFFICE_CHARS_MAX && !is_decisive(office);
    (known && year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) && digits > 0)
        .then(|| rest[digits..].strip_prefix('号'))?
}

/// Longest abbreviation of an office in a document's number, in characters.
const OFFICE_CHARS_MAX: usize = 8;

/// Whether a word that ends or refuses stands in a text.
fn is_decisive(text: &str) -> bool {
    let over = |says: &Says| matches!(says, Says::Mark(mark) if !matches!(mark, Mark::Certified | Mark::Proposed));
    phrases::found(text, Place::Status).iter().any(over)
        || phrases::found(text, Place::Remark).iter().any(over)
        || pointers::has(text, Points::Revoked)
        || pointers::has(text, Points::Void)
        || excludes(text)
}

/// Whether a text says that others are not in the list (不含已取消的机构).
fn excludes(text: &str) -> bool {
    pointers::has(text, Points::Excludes)
}

/// Whether a clause tells a rule, or what happens when something is the case.
fn tells_a_rule(piece: &str) -> bool {
    verdicts::tells_rules(piece)
        || pointers::has(piece, Points::Rule)
        || (piece.ends_with('的') && !piece.contains('为'))
}

/// A clause without what stands before it and says nothing: 注:, 1., 2025年8月:, 其中.
fn without_beginning<'t>(piece: &'t str, names: &Names) -> &'t str {
    let mut rest = piece;
    loop {
        let own = rest.trim_start_matches([',', '、', ' ', ':', '"', '“', '”', '。', ';']);
        if footnote(own, names).is_some() {
            return own;
        }
        let own = after(own, Points::Begins).unwrap_or(own);
        let digits = own.chars().take_while(char::is_ascii_digit).count();
        // 1.序号1为新认定; 1、3号 names rows.
        let own = match own[digits..].strip_prefix(['.', '、']) {
            Some(behind) if (1..=2).contains(&digits) && number(behind).is_none() => behind,
            _ => own,
        };
        let own = match day(own).and_then(|behind| behind.strip_prefix(':')) {
            Some(behind) => behind,
            None => own,
        };
        if own.len() == rest.len() {
            return own;
        }
        rest = own;
    }
}

/// The words at the beginning of a clause that say that it is of the rows above, below or all, and what follows them.
fn without_scope(piece: &str) -> (Option<Who>, &str) {
    let mut who = None;
    let mut rest = piece;
    for (points, scope) in [(Points::Back, Who::Above), (Points::All, Who::All), (Points::Forward, Who::Below)] {
        if let Some(behind) = after(rest, points) {
            (who, rest) = (Some(scope), behind);
            break;
        }
    }
    if who.is_some() {
        while let Some(behind) = after(rest, Points::Noun) {
            rest = behind;
        }
    }
    (who, rest)
}

/// Which rows a clause is about by the words it begins with, and what it says of them.
fn subject<'t>(piece: &'t str, names: &Names) -> (Option<Who>, &'t str) {
    if let Some((sign, behind)) = footnote(piece, names) {
        let behind = behind.trim_start_matches([':', '.', '、']);
        return (Some(Who::Sign(sign)), after(behind, Points::It).unwrap_or(behind));
    }
    let (scope, rest) = without_scope(piece);
    if let Some(found) = names_of(rest, names) {
        return found;
    }
    if let Some(behind) = after(rest, Points::Rest) {
        return (Some(Who::Rest), without_nouns(behind));
    }
    if let Some((who, behind)) = points(rest) {
        return (Some(who), without_nouns(behind));
    }
    // 以上2家: a count.
    if let Some((count, behind)) = number(rest)
        && let Some(behind) = after(behind, Points::Counter).filter(|_| !rest.starts_with('第'))
        && !behind.starts_with('第')
    {
        return (Some(Who::Count(count)), without_nouns(behind));
    }
    (scope, rest)
}

fn without_nouns(mut text: &str) -> &str {
    while let Some(behind) = after(text, Points::Noun) {
        text = behind;
    }
    text
}

/// The names that a clause begins with: 甲园、乙园和丙园.
fn names_of<'t>(text: &'t str, names: &Names) -> Option<(Option<Who>, &'t str)> {
    let (first, mut rest) = names.after(text)?;
    let mut all = vec![first.to_owned()];
    while let Some((own, behind)) = rest.strip_prefix(['、', '和', '及', '与', ',']).and_then(|rest| names.after(rest))
    {
        all.push(own.to_owned());
        rest = behind;
    }
    Some((Some(Who::Named(all)), rest))
}

/// The rows that a text points at by its first words, and what stands behind those.
fn points(key: &str) -> Option<(Who, &str)> {
    if let Some(behind) = after(key, Points::Look) {
        return Some((Who::Look, behind.trim_start_matches(['字', '体', '色', '的', '部', '分'])));
    }
    let listed = after(key, Points::Number).map(|rest| rest.trim_start_matches(['为', '是', ':', '第']));
    if let Some((numbers, behind)) = listed.and_then(numbers) {
        return Some((Who::Numbers(numbers), after(behind, Points::Counter).unwrap_or(behind)));
    }
    if let Some(rest) = key.strip_prefix('第')
        && let Some((numbers, behind)) = numbers(rest)
        && let Some(behind) = after(behind, Points::Counter)
        && !behind.starts_with(['文', '令', '公', '楼'])
    {
        return Some((Who::Numbers(numbers), behind));
    }
    // 1-2为认定, 2号已停办.
    if let Some((numbers, behind)) = numbers(key) {
        let counted = behind.strip_prefix('号').filter(|rest| !rest.starts_with(['文', '令', '公', '楼', '线', '院']));
        let said = after(behind, Points::Is).map(|_| behind);
        if let Some(behind) = counted.or(said) {
            return Some((Who::Numbers(numbers), behind));
        }
    }
    let before_a_sign = ["名称后", "名称前", "名称", "名后", "后面", "前面", "后", "前"];
    let placed = before_a_sign.iter().find_map(|word| key.strip_prefix(word)).unwrap_or(key);
    let signed = after(placed, Points::Sign).map(|rest| rest.trim_start_matches(['"', '“', '”', '\'', '(', '‘']));
    for (text, alone) in [(signed, false), (Some(key), true)] {
        let Some(text) = text else { continue };
        let Some(first) = text.chars().next().filter(|c| is_sign(*c)) else { continue };
        let length = text.chars().take_while(|c| *c == first).count() * first.len_utf8();
        let behind = text[length..].trim_start_matches(['"', '”', '\'', ')', '’', '号', '的', ':']);
        // A sign by itself says something only where its meaning follows.
        if !alone || after(behind, Points::Is).is_some() {
            return Some((Who::Sign(text[..length].to_owned()), behind));
        }
    }
    None
}

/// Whether a character is one that marks rows: no letter, no digit, none of the signs that sentences are set with.
fn is_sign(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !"、,.;:!?()-~—…·/\\\"'“”‘’%&@=+|<>《》_。，；：".contains(c)
}

/// The numbers at the beginning of a text: 3、5, 1-3, 第3至第5, 三和五; with what stands behind them.
fn numbers(text: &str) -> Option<(Vec<u32>, &str)> {
    let mut all: Vec<u32> = Vec::new();
    let (mut rest, mut through) = (text, false);
    loop {
        let (number, behind) = number(rest)?;
        match all.last() {
            Some(first) if through && *first < number && number - first < 1000 => all.extend(first + 1..=number),
            _ => all.push(number),
        }
        rest = behind;
        let behind = behind.strip_prefix('号').unwrap_or(behind);
        let next = |separators: &[char]| {
            let after = behind.strip_prefix(separators)?.trim_start_matches(['第', '序', '号']);
            number_begins(after).then_some(after)
        };
        if let Some(after) = next(&['至', '到', '-', '~', '—']) {
            (rest, through) = (after, true);
        } else if let Some(after) = next(&['、', ',', '和', '及', '与', '.']) {
            (rest, through) = (after, false);
        } else {
            return Some((all, rest));
        }
    }
}

fn number_begins(text: &str) -> bool {
    number(text).is_some()
}

const DIGITS: &str = "零一二三四五六七八九";

fn number(text: &str) -> Option<(u32, &str)> {
    let arabic = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if arabic.len() < text.len() {
        // A year is no row.
        let digits = &text[..text.len() - arabic.len()];
        return Some((digits.parse().ok().filter(|number| *number < 100_000)?, arabic))
            .filter(|(_, rest)| !rest.starts_with('年'));
    }
    let rest = text.trim_start_matches(|c: char| DIGITS.contains(c) || c == '十');
    let digits = &text[..text.len() - rest.len()];
    let digit = |c: char| DIGITS.chars().position(|own| own == c).and_then(|at| u32::try_from(at).ok());
    let value = match digits.split_once('十') {
        Some((tens, ones)) => {
            let of = |text: &str, none: u32| if text.is_empty() { Some(none) } else { digit(text.chars().next()?) };
            of(tens, 1)? * 10 + of(ones, 0)?
        }
        None => digit(Some(digits).filter(|digits| digits.chars().count() == 1)?.chars().next()?)?,
    };
    Some((value, rest))
}

#[cfg(test)]
mod tests;
