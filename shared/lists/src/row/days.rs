//! The days a row gives: of the decision, and of its term, as stated, as worked out from a length, or as not stated.

use domain::{Day, Invalid, NoticeWindow};

use super::work::Work;
use crate::dates::{self, Length, Published, Term};
use crate::fold;
use crate::reading::{Fault, Verdict};
use crate::words::headings::Column;

const ENDS_BEFORE_DECIDED: Invalid = Invalid {
    rule: "RANGE",
    zh: "有效期在认定之前已经结束:请核对认定日期和有效期",
    en: "the term ends before the decision: check the two",
};
const LENGTH_DIFFERS: Invalid = Invalid {
    rule: "RANGE",
    zh: "年限与起止日期不一致:请核对,只保留正确的一个",
    en: "the length and the dates do not agree: check them and keep the one that is right",
};
const WHICH_END: Invalid = Invalid {
    rule: "FORMAT",
    zh: "分不清这个日期是开始还是截止:请写作 自2025-03-01起三年,或写明起止日期",
    en: "it is not clear whether this day is the first or the last: write a first and a last day",
};

/// The days a row gives.
#[derive(Default)]
pub(super) struct Dates {
    pub(super) decided_on: Option<Day>,
    pub(super) valid_from: Option<Day>,
    pub(super) valid_to: Option<Day>,
    /// The length that the last day was worked out from.
    pub(super) worked_out: Option<String>,
}

/// What the cells and titles say of a term, under way.
#[derive(Default)]
struct Stated {
    from: Option<Day>,
    to: Option<Day>,
    length: Option<Length>,
    either: Option<Published>,
    /// Whether the row says anything of a term, be it that no day follows from it.
    said: bool,
}

impl Work<'_, '_> {
    /// The days of a row; of one that ended, the decision's day is that of ending it.
    pub(super) fn dates(&mut self, verdict: Option<Verdict>) -> (Option<Verdict>, Dates) {
        let mut dates = Dates::default();
        let window: Option<NoticeWindow> = match verdict {
            Some(Verdict::Proposed { window }) => window,
            _ => None,
        };
        let proposed = matches!(verdict, Some(Verdict::Proposed { .. }));
        match self.published(Column::Decided) {
            Some(Published::Day(day)) if !proposed => dates.decided_on = Some(day),
            Some(Published::Day(day)) if window.is_some_and(|window| window.start() == day) => {}
            Some(_) => self.keep(Column::Decided),
            // A proposal has no decision.
            None if proposed => {}
            None => dates.decided_on = self.decided_beforehand(),
        }
        if let Some(Verdict::Ended { kind, decided_on: None }) = verdict {
            let decided_on = dates.decided_on.take();
            let verdict = Verdict::Ended { kind, decided_on };
            self.valid(None, &mut dates, false);
            return (Some(verdict), dates);
        }
        self.valid(dates.decided_on, &mut dates, verdict == Some(Verdict::Certified));
        (verdict, dates)
    }

    /// The term: the row's own words, and where it has none, those above the table.
    fn valid(&mut self, decided_on: Option<Day>, dates: &mut Dates, certified: bool) {
        let mut stated = Stated::default();
        match self.published(Column::From) {
            Some(published @ (Published::Day(_) | Published::Month { .. })) => stated.from = published.first(),
            Some(Published::Year | Published::YearEnd { .. }) => self.keep(Column::From),
            None => {}
        }
        let mut faulty = false;
        for column in [Column::Term, Column::To] {
            faulty |= !self.term(column, &mut stated);
        }
        if faulty {
            return;
        }
        self.term_above(&mut stated, certified);
        let column = if self.cells.get(Column::Term).is_some() { Column::Term } else { Column::To };
        if let Err(invalid) = self.settle(stated, decided_on, dates) {
            let text = self.cells.get(column).unwrap_or_default().to_owned();
            let title = self.cells.title(column).to_owned();
            self.fault(Fault::invalid(&title, invalid, &text));
            return;
        }
        if certified && dates.valid_to.is_none() && self.found.faults.is_empty() {
            self.because(Column::To, "名单没有写明截止日期:有效期未载明".to_owned());
        }
    }

    /// Takes in one cell of a term; whether it could be read.
    fn term(&mut self, column: Column, stated: &mut Stated) -> bool {
        let Some(text) = self.cells.get(column).map(str::to_owned) else { return true };
        let title = self.cells.title(column).to_owned();
        match dates::term(&with_unit(&text, &title)) {
            Ok(term) => {
                stated.said = true;
                // A text without a day is kept as it is; so is one that says more than its days.
                if term == Term::default() || text.contains(['(', '（']) {
                    self.keep(column);
                }
                let differs = |one: Option<Day>, other: Option<Day>| one.is_some() && other.is_some() && one != other;
                if differs(stated.from, term.from) || differs(stated.to, term.to) {
                    self.fault(Fault::invalid(&title, LENGTH_DIFFERS, &text));
                    return false;
                }
                stated.from = stated.from.or(term.from);
                stated.to = stated.to.or(term.to);
                stated.length = stated.length.take().or(term.length);
                stated.either = stated.either.or(term.either);
                true
            }
            Err(invalid) => {
                self.fault(Fault::invalid(&title, invalid, &text));
                false
            }
        }
    }

    /// A term that stands above the table holds for rows that do not state one.
    fn term_above(&mut self, stated: &mut Stated, certified: bool) {
        if stated.to.is_some() || stated.either.is_some() || (stated.said && stated.length.is_none()) {
            return;
        }
        // In the brackets of a proposal's title stand the days of its notice.
        let term = |title: &String| {
            let mut known = self.reader.terms.borrow_mut();
            let of_title = || (dates::term_in_title(title), dates::range_in_brackets(title));
            let (stated, in_brackets) = known.entry(title.clone()).or_insert_with(of_title);
            stated.clone().or_else(|| in_brackets.clone().filter(|_| certified))
        };
        let found = self.above.places.iter().rev().find_map(|title| Some((term(title)?, title)));
        let Some((term, title)) = found else { return };
        if term.from.is_none() && term.to.is_none() && stated.length.is_some() {
            return;
        }
        let title = fold::cut(title, 60);
        self.because(Column::Term, format!("表格上方写明「{title}」"));
        stated.from = stated.from.or(term.from);
        stated.to = term.to;
        stated.length = stated.length.take().or(term.length);
        stated.either = term.either;
    }

    /// What was stated comes before what is worked out; what contradicts is refused.
    fn settle(&mut self, mut stated: Stated, decided_on: Option<Day>, dates: &mut Dates) -> Result<(), Invalid> {
        if let (Some(either), Some(length)) = (stated.either, &stated.length) {
            let begins = either.first().filter(|first| stated.from.or(decided_on) == Some(*first));
            let start = stated.from.or(decided_on);
            let ends = either.last().filter(|last| start.is_some_and(|start| length.agrees(start, *last)));
            match (begins, ends) {
                (Some(first), _) => stated.from = Some(first),
                (None, Some(last)) => stated.to = Some(last),
                (None, None) => return Err(WHICH_END),
            }
        }
        dates.valid_from = stated.from;
        dates.valid_to = stated.to;
        let start = stated.from.or(decided_on);
        if let Some(length) = &stated.length {
            match (stated.to, start) {
                (Some(to), Some(_)) if stated.from.is_some_and(|from| !length.agrees(from, to)) => {
                    return Err(LENGTH_DIFFERS);
                }
                (Some(_), _) => {}
                (None, Some(start)) => {
                    let to = length.last_day(start);
                    dates.valid_to = Some(to);
                    dates.worked_out = Some(length.words.clone());
                    let of = if stated.from.is_some() { "有效期的第一天" } else { "认定日期" };
                    self.because(Column::To, format!("名单写明「{}」,从{of}{start}推算至{to}", length.words));
                }
                (None, None) => {
                    self.because(Column::To, format!("名单写明「{}」,没有起算的日期,未推算", length.words));
                }
            }
            if dates.worked_out.is_none() && stated.to.is_none() {
                self.notes.push(format!("有效期:{}", length.words));
            }
        }
        match (dates.valid_from, dates.valid_to) {
            (Some(from), Some(to)) if from > to => Err(Invalid::RANGE),
            // One day that is the decision's: nothing is certified for no time, so the day may be the first.
            (None, Some(to)) if decided_on == Some(to) => Err(WHICH_END),
            (_, Some(to)) if decided_on.is_some_and(|decided| decided > to) => Err(ENDS_BEFORE_DECIDED),
            _ => Ok(()),
        }
    }

    fn published(&mut self, column: Column) -> Option<Published> {
        let text = self.cells.get(column)?.to_owned();
        match dates::read(&text) {
            Ok(published) => {
                if text.contains(['(', '（']) {
                    self.keep(column);
                }
                Some(published)
            }
            Err(invalid) => {
                let title = self.cells.title(column).to_owned();
                self.fault(Fault::invalid(&title, invalid, &text));
                None
            }
        }
    }
}

/// A bare number with the unit that its heading names: 3 below 有效期(年).
fn with_unit(text: &str, heading: &str) -> String {
    let text = fold::width(text.trim());
    if text.is_empty() || text.len() > 3 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    match fold::key(heading) {
        heading if heading.contains("(年)") || heading.contains("年限") => format!("{text}年"),
        heading if heading.contains("月)") => format!("{text}个月"),
        _ => text,
    }
}
