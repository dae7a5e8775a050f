//! The days a row gives: of the decision, and of its term, as stated, as worked out from a length, or as not stated.

use std::rc::Rc;

use domain::{CategoryCode, Day, DocumentNumber, Invalid, NoticeWindow};

use super::document;
use super::work::{Reader, Work};
use crate::context::Context;
use crate::dates::above::{self, Statement, TermsOfTitle};
use crate::dates::{self, Length, Order, Published, Term, Turned};
use crate::fold;
use crate::question::{Choice, Question};
use crate::reading::{Ending, Fault, Verdict};
use crate::tables::TITLE_SEPARATOR;
use crate::words::headings::{self, Column};
use crate::words::marks::Mark;
use crate::words::terms;
use crate::words::verdicts;

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
const EXTENDED: Invalid = Invalid {
    rule: "RANGE",
    zh: "写明有效期已延长,与本行的有效期不一致:请把延长后的截止日期填入有效期一栏",
    en: "it says that the term was made longer, and the row's last day is another: write the later one into its column",
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

impl Reader<'_> {
    /// Holds what a title states of a term for the rows below it: a title is looked at once and stands above many tables.
    pub(crate) fn hold(&self, above: &mut Context, title: &str) {
        above.hold(title, self.stated(title));
    }

    /// The same of a note below the last row.
    pub(crate) fn hold_below(&self, above: &mut Context, note: &str) {
        above.hold_below(note, self.stated(note));
    }

    fn stated(&self, title: &str) -> Rc<TermsOfTitle> {
        let mut known = self.terms.borrow_mut();
        if let Some(known) = known.get(title) {
            return Rc::clone(known);
        }
        let statements = above::statements(&title.replace(TITLE_SEPARATOR, ","));
        let stated = Rc::new(TermsOfTitle { statements, in_brackets: above::in_brackets(title) });
        known.insert(title.to_owned(), Rc::clone(&stated));
        stated
    }
}

impl Work<'_, '_> {
    /// The days of a row; of one that ended, the decision's day is that of ending it.
    pub(super) fn dates(
        &mut self,
        verdict: Option<Verdict>,
        category: Option<&CategoryCode>,
    ) -> (Option<Verdict>, Dates) {
        let verdict = self.ended_by_a_column(verdict);
        let mut dates = Dates::default();
        let window: Option<NoticeWindow> = match verdict {
            Some(Verdict::Proposed { window }) => window,
            _ => None,
        };
        let proposed = matches!(verdict, Some(Verdict::Proposed { .. }));
        // 自2024年9月1日起执行 below 认定日期 tells when it begins.
        let effect = self.cells.get(Column::Decided).and_then(dates::takes_effect);
        if effect.is_some() {
            self.keep(Column::Decided);
        }
        let published = if effect.is_some() { None } else { self.published(Column::Decided) };
        let mut span = published.and_then(|published| published.first().zip(published.last()));
        match published {
            Some(Published::Day(day)) if !proposed => dates.decided_on = self.the_one_decided(day),
            Some(Published::Day(day)) if window.is_some_and(|window| window.start() == day) => {}
            Some(published) => {
                if published == Published::Year {
                    span = self.cells.get(Column::Decided).and_then(dates::year);
                }
                self.keep(Column::Decided);
            }
            // A proposal has no decision.
            None if proposed => {}
            None => {
                dates.decided_on = self.decided_beforehand().or_else(|| self.decided_above());
                span = dates.decided_on.map(|day| (day, day));
            }
        }
        let began = effect.and_then(Published::first);
        if let Some(Verdict::Ended { kind, decided_on: None }) = verdict {
            let decided_on = self.ended_on(dates.decided_on.take());
            let verdict = Verdict::Ended { kind, decided_on };
            self.valid(&Row { began, span, category, certified: false }, &mut dates);
            return (Some(verdict), dates);
        }
        self.valid(&Row { began, span, category, certified: verdict == Some(Verdict::Certified) }, &mut dates);
        (verdict, dates)
    }

    /// A row of certified ones whose day of ending stands in a column of its own (取消日期) is certified no more.
    fn ended_by_a_column(&mut self, verdict: Option<Verdict>) -> Option<Verdict> {
        let (Some(Verdict::Certified), Some(text)) = (verdict, self.cells.get(Column::Ended)) else { return verdict };
        let (text, title) = (text.to_owned(), self.cells.title(Column::Ended).to_owned());
        let Some(kind) = kind_of_end(&title) else { return verdict };
        let turned = self.turned(&text)?;
        if let Err(invalid) = dates::read(&turned) {
            self.fault(Fault::invalid(&title, invalid, &text));
            return verdict;
        }
        let text = fold::cut(&text, 40);
        self.because(Column::Status, format!("「{title}」写明「{text}」"));
        Some(Verdict::Ended { kind, decided_on: None })
    }

    /// The day on which a certification was ended: of its own column, of the words that say so, of the title; and where the list is one of ended ones, what
    /// it gives as the day of decision. In a list of certified ones that is the day of certifying.
    fn ended_on(&mut self, decided_on: Option<Day>) -> Option<Day> {
        match self.published(Column::Ended) {
            Some(Published::Day(day)) => return Some(day),
            Some(_) => {
                self.keep(Column::Ended);
                return None;
            }
            None => {}
        }
        for column in [Column::Status, Column::Remarks, Column::Category, Column::Name] {
            let Some(text) = self.cells.get(column) else { continue };
            if let Some(day) = day_of_end(text) {
                let title = self.cells.title(column).to_owned();
                self.because(Column::Status, format!("「{title}」写明终止于{day}"));
                return Some(day);
            }
        }
        // 终止日期 in a list of ended ones.
        let title = self.cells.title(Column::To).to_owned();
        if self.cells.header.place(Column::From).is_none()
            && title.contains("终止")
            && let Some(Published::Day(day)) = self.published(Column::To)
        {
            self.because(Column::Status, format!("「{title}」写明{day}"));
            return Some(day);
        }
        let words = self.above.mark.as_ref().filter(|said| is_ended(said.value)).map(|said| said.words.clone());
        let of_title = words.as_deref().filter(|words| !words.contains('截')).and_then(day_of_end);
        let is_given = self.cells.get(Column::Decided).is_some();
        if let Some(day) = of_title {
            if is_given && decided_on != Some(day) {
                self.keep(Column::Decided);
            }
            self.because(Column::Status, format!("标题写明终止于{day}"));
            return Some(day);
        }
        let (Some(day), Some(words)) = (decided_on, words) else {
            // The day on which it was certified stands there, and not when that ended.
            if is_given && decided_on.is_some() {
                self.keep(Column::Decided);
            }
            return None;
        };
        let heading = self.cells.title(Column::Decided).to_owned();
        let certifies =
            is_given && ["认定", "评定", "命名", "授牌", "挂牌", "发证"].iter().any(|word| heading.contains(word));
        if !certifies || dates::year(&words).is_some_and(|(first, last)| first <= day && day <= last) {
            return Some(day);
        }
        match (self.reader.answers.get("ended-on"), dates::year(&words)) {
            (Some("ended"), _) => Some(day),
            // Of another year than the title's: it was certified then.
            (Some("certified"), _) | (None, Some(_)) => {
                self.keep(Column::Decided);
                None
            }
            _ => {
                self.ask("ended-on", || Question {
                    id: "ended-on".to_owned(),
                    zh: format!("「{heading}」(如 {day})是终止认定的日期,还是当初认定的日期?"),
                    en: format!("is {heading} (such as {day}) the day of the ending, or that of certifying?"),
                    choices: vec![
                        Choice { value: "ended".to_owned(), zh: "终止认定的日期".to_owned() },
                        Choice { value: "certified".to_owned(), zh: "当初认定的日期".to_owned() },
                    ],
                    suggested: None,
                    rows: 0,
                });
                None
            }
        }
    }

    /// Where a list gives two days of decision (批准时间, 发文时间) and they differ, an officer says which is the certification's.
    fn the_one_decided(&mut self, first: Day) -> Option<Day> {
        let header = self.cells.header;
        let of_another = |at: &&usize| headings::column(&header.cells[**at]) == Some(Column::Decided);
        let day = |at: usize| match dates::read(&self.cells.cells.get(at)?.text) {
            Ok(Published::Day(day)) => Some(day),
            _ => None,
        };
        let others: Vec<(String, Day)> = header
            .repeated
            .iter()
            .filter(of_another)
            .filter_map(|at| Some((header.cells[*at].clone(), day(*at)?)))
            .collect();
        if others.iter().all(|(_, other)| *other == first) {
            return Some(first);
        }
        let own = self.cells.title(Column::Decided).to_owned();
        let all: Vec<(String, Day)> = std::iter::once((own, first)).chain(others).collect();
        if let Some(answer) = self.reader.answers.get("decided-column")
            && let Some((title, day)) = all.iter().find(|(title, _)| fold::key(title) == fold::key(answer))
        {
            self.because(Column::Decided, format!("经办人说明认定日期在「{title}」一栏"));
            return Some(*day);
        }
        let choice = |(title, _): &(String, Day)| Choice { value: title.clone(), zh: title.clone() };
        self.ask("decided-column", || Question {
            id: "decided-column".to_owned(),
            zh: format!(
                "哪一栏是认定日期?{}",
                all.iter().map(|(title, day)| format!("「{title}」如 {day}")).collect::<Vec<_>>().join(",")
            ),
            en: "which column holds the day of the certification's decision?".to_owned(),
            choices: all.iter().map(choice).collect(),
            suggested: None,
            rows: 0,
        });
        None
    }

    /// The day of the decision that stands above the table under a name of its own (发文日期:2024年4月15日).
    fn decided_above(&mut self) -> Option<Day> {
        if self.cells.get(Column::Decided).is_some() {
            return None;
        }
        let of_title = |title: &String| {
            let (label, text) = title.split_once(TITLE_SEPARATOR).or_else(|| title.split_once([':', '：']))?;
            if headings::column(label) != Some(Column::Decided) || dates::takes_effect(text).is_some() {
                return None;
            }
            match dates::read(text) {
                Ok(Published::Day(day)) => Some((day, title.clone())),
                _ => None,
            }
        };
        let (day, title) = self.above.places.iter().rev().find_map(of_title)?;
        self.because(Column::Decided, format!("表格上方写明「{}」", fold::cut(&title, 40)));
        Some(day)
    }

    /// The number of the document that carries the decision; of a row that ended, that of ending it. In a list of certified ones what stands in the column
    /// is the number of the certification.
    pub(super) fn document(&mut self, verdict: Option<Verdict>) -> Option<DocumentNumber> {
        let ended_list = self.above.mark.as_ref().filter(|said| is_ended(said.value)).map(|said| said.words.clone());
        if matches!(verdict, Some(Verdict::Ended { .. })) {
            for column in [Column::Status, Column::Remarks] {
                let Some(number) = self.cells.get(column).and_then(document::in_text) else { continue };
                let title = self.cells.title(column).to_owned();
                self.because(Column::Document, format!("「{title}」写明「{number}」"));
                return Some(number);
            }
            // A number beside the day of certifying is of that.
            let beside =
                matches!(verdict, Some(Verdict::Ended { decided_on, .. }) if self.is_of_certifying(decided_on));
            let Some(words) = ended_list.filter(|words| !beside || document::in_text(words).is_some()) else {
                self.keep(Column::Document);
                return None;
            };
            if let Some(number) = document::in_text(&words) {
                let own = self.cells.get(Column::Document).map(domain::document_key);
                if own.is_some_and(|own| own != domain::document_key(number.as_str())) {
                    self.keep(Column::Document);
                }
                self.because(Column::Document, format!("标题写明「{number}」"));
                return Some(number);
            }
        }
        let own = self.optional(Column::Document).or_else(|| self.said_beforehand("document", Column::Document));
        own.or_else(|| self.document_above())
    }

    /// Whether a row that ended on a day gives another one as that of its decision: it was certified then.
    fn is_of_certifying(&self, ended_on: Option<Day>) -> bool {
        let given = self.cells.get(Column::Decided).map(dates::read);
        matches!(given, Some(Ok(Published::Day(day))) if ended_on != Some(day))
    }

    /// The number that stands above the table under a name of its own (文号:扬邗卫〔2024〕15号).
    fn document_above(&mut self) -> Option<DocumentNumber> {
        if self.cells.get(Column::Document).is_some() {
            return None;
        }
        let of_title = |title: &String| {
            let (label, text) = title.split_once(TITLE_SEPARATOR).or_else(|| title.split_once([':', '：']))?;
            let number = document::in_text(text).filter(|_| headings::column(label) == Some(Column::Document))?;
            Some((number, title.clone()))
        };
        let (number, title) = self.above.places.iter().rev().find_map(of_title)?;
        self.because(Column::Document, format!("表格上方写明「{}」", fold::cut(&title, 40)));
        Some(number)
    }

    /// The term: the row's own words, and where it has none, those above the table.
    fn valid(&mut self, row: &Row<'_>, dates: &mut Dates) {
        let waits_before = self.found.waits_for.len();
        let mut stated = Stated { from: row.began, ..Stated::default() };
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
        let decided_on = dates.decided_on;
        self.term_above(&mut stated, row, decided_on);
        let column = if self.cells.get(Column::Term).is_some() { Column::Term } else { Column::To };
        if let Err(invalid) = self.settle(stated, decided_on, dates) {
            let text = self.cells.get(column).unwrap_or_default().to_owned();
            let title = self.cells.title(column).to_owned();
            self.fault(Fault::invalid(&title, invalid, &text));
            return;
        }
        self.is_it_so_long(dates);
        if row.certified {
            self.is_it_extended(dates);
        }
        if row.certified
            && dates.valid_to.is_none()
            && self.found.faults.is_empty()
            && self.found.waits_for.len() == waits_before
        {
            self.because(Column::To, "名单没有写明截止日期:有效期未载明".to_owned());
        }
    }

    /// A remark that says until when the term was made longer is not passed over where the row's last day is another.
    fn is_it_extended(&mut self, dates: &Dates) {
        let Some(text) = self.cells.get(Column::Remarks).map(fold::width) else { return };
        let changes = |clause: &&str| ["延长", "顺延", "延期", "延续", "续期"].iter().any(|word| clause.contains(word));
        let until = text.split(CLAUSES).filter(changes).find_map(|clause| dates::last_date(clause)?.last());
        if until.is_none_or(|until| dates.valid_to == Some(until)) {
            return;
        }
        let title = self.cells.title(Column::Remarks).to_owned();
        self.fault(Fault::invalid(&title, EXTENDED, &text));
    }

    /// A term of many years may be a slip of the pen: it is asked about once.
    fn is_it_so_long(&mut self, dates: &Dates) {
        let (Some(from), Some(to)) = (dates.valid_from.or(dates.decided_on), dates.valid_to) else { return };
        if to <= from.plus_months(LONG_MONTHS).plus_days(ROUNDED_DAYS)
            || self.reader.answers.get("long-term") == Some("yes")
        {
            return;
        }
        self.ask("long-term", || Question {
            id: "long-term".to_owned(),
            zh: format!("有效期超过十年(如 {from} 至 {to}),是否无误?"),
            en: format!("terms of more than ten years (such as {from} to {to}): are they right?"),
            choices: vec![Choice { value: "yes".to_owned(), zh: "无误,照录".to_owned() }],
            suggested: None,
            rows: 0,
        });
    }

    /// Takes in one cell of a term; whether it could be read.
    fn term(&mut self, column: Column, stated: &mut Stated) -> bool {
        let Some(text) = self.cells.get(column).map(str::to_owned) else { return true };
        let title = self.cells.title(column).to_owned();
        let Some(turned) = self.turned(&text) else { return false };
        match dates::term(&with_unit(&turned, &title)) {
            Ok(term) => {
                stated.said = true;
                // A text without a day is kept as it is; so is one that says more than its days.
                if term == Term::default() || text.contains(['(', '（', ',', '，', ';', '；', '。']) {
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

    /// A text whose dates have their year first; `None` where an officer has to say how they are written.
    fn turned(&mut self, text: &str) -> Option<String> {
        let order = match self.reader.answers.get("date-order") {
            Some("month-first") => Some(Order::MonthFirst),
            Some("day-first") => Some(Order::DayFirst),
            _ => None,
        };
        match dates::turned(text, order) {
            Turned::AsItIs => Some(text.to_owned()),
            Turned::To(turned) => Some(turned),
            Turned::Unclear => {
                let shown = fold::cut(text, 40);
                self.ask("date-order", || Question {
                    id: "date-order".to_owned(),
                    zh: format!("日期「{shown}」怎样读?"),
                    en: format!("is the month or the day first in \"{shown}\"?"),
                    choices: vec![
                        Choice { value: "month-first".to_owned(), zh: "月/日/年".to_owned() },
                        Choice { value: "day-first".to_owned(), zh: "日/月/年".to_owned() },
                    ],
                    suggested: None,
                    rows: 0,
                });
                None
            }
        }
    }

    /// A term that stands above the table, or in a note below it, holds for rows that do not state one.
    fn term_above(&mut self, stated: &mut Stated, row: &Row<'_>, decided_on: Option<Day>) {
        let above = self.above;
        let titles = || above.terms.iter().rev().chain(&above.terms_below);
        let all =
            || titles().flat_map(|of| of.stated.statements.iter().map(|statement| (statement, of.title.as_str())));
        let fits = |statement: &Statement| {
            let names = &statement.categories;
            names.is_empty() || row.category.is_none_or(|category| names.contains(&category.as_str()))
        };
        let is_known = |statement: &Statement| !statement.unclear || self.whose(statement) == Some(true);
        let within = |statement: &Statement| {
            row.span.map(|(from, to)| statement.decided.iter().any(|(first, last)| *first <= from && to <= *last))
        };
        let begins = |first: Day| decided_on.is_none_or(|decided| decided <= first);
        let begun = all()
            .filter(|(s, _)| {
                s.only_begins() && is_known(s) && fits(s) && (s.decided.is_empty() || within(s) == Some(true))
            })
            .find_map(|(s, title)| Some((s.term.from.filter(|first| begins(*first))?, title.to_owned())));
        if stated.to.is_some() || stated.either.is_some() || (stated.said && stated.length.is_none()) {
            self.begun(stated, begun);
            return;
        }
        // 带*的有效期一年: nothing here tells which those are, and an officer does.
        let of_some = all().find(|(s, _)| s.some && !s.only_begins() && self.whose(s).is_none());
        if let Some((statement, title)) = of_some.map(|(s, title)| (s.clone(), title.to_owned()))
            && row.certified
        {
            self.ask_whose(&statement, &title);
            return;
        }
        let of_these = || all().filter(|(s, _)| !s.only_begins() && is_known(s));
        let scoped = of_these().find(|(s, _)| !s.decided.is_empty() && within(s) == Some(true) && fits(s));
        // In the brackets of a proposal's title stand the days of its notice.
        let of_list = || {
            titles().find_map(|of| {
                let own = |s: &&Statement| {
                    !s.only_begins() && is_known(s) && fits(s) && (s.decided.is_empty() || self.whose(s) == Some(true))
                };
                let own = of.stated.statements.iter().find(own).map(|statement| statement.term.clone());
                Some((own.or_else(|| of.stated.in_brackets.clone().filter(|_| row.certified))?, of.title.as_str()))
            })
        };
        let found = scoped.map(|(s, title)| (s.term.clone(), title)).or_else(of_list);
        let Some((term, title)) = found.map(|(term, title)| (term, title.to_owned())) else {
            // Only what may be of it, or of some of its rows: an officer says so.
            let open = |s: &Statement| s.unclear || !fits(s) || !s.decided.is_empty() && within(s).is_none();
            let asked = all().find(|(s, _)| !s.only_begins() && open(s) && self.whose(s).is_none());
            if let Some((statement, title)) = asked.map(|(s, title)| (s.clone(), title.to_owned()))
                && row.certified
            {
                self.ask_whose(&statement, &title);
            }
            self.begun(stated, begun);
            return;
        };
        if term.from.is_none() && term.to.is_none() && stated.length.is_some() {
            self.begun(stated, begun);
            return;
        }
        if term == Term::default() {
            self.notes.push(format!("有效期:{}", fold::cut(&title, 60)));
        }
        let title = fold::cut(&title, 60);
        self.because(Column::Term, format!("表格上方或下方写明「{title}」"));
        stated.from = stated.from.or(term.from);
        stated.to = term.to;
        stated.length = stated.length.take().or(term.length);
        stated.either = term.either;
        self.begun(stated, begun);
    }

    /// The first day that stands above, for a row that states none.
    fn begun(&mut self, stated: &mut Stated, begun: Option<(Day, String)>) {
        let Some((first, title)) = begun.filter(|_| stated.from.is_none() && stated.either.is_none()) else { return };
        self.because(Column::From, format!("表格上方或下方写明「{}」", fold::cut(&title, 60)));
        stated.from = Some(first);
    }

    /// Whether an officer has said that what is stated is the certification's.
    fn whose(&self, statement: &Statement) -> Option<bool> {
        match self.reader.answers.get(&id_of(statement)) {
            Some("certification") => Some(true),
            Some("other") => Some(false),
            _ => None,
        }
    }

    fn ask_whose(&mut self, statement: &Statement, title: &str) {
        let (id, title) = (id_of(statement), fold::cut(title, 60));
        self.ask(&id.clone(), || Question {
            id,
            zh: format!("「{title}」是不是没有写明有效期的各行的有效期?"),
            en: format!("is \"{title}\" the term of the rows that state none?"),
            choices: vec![
                Choice { value: "certification".to_owned(), zh: "是这些行的认定有效期".to_owned() },
                Choice { value: "other".to_owned(), zh: "不是:是其他事项或其他机构的期限".to_owned() },
            ],
            suggested: None,
            rows: 0,
        });
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
        let start = stated.from.or_else(|| self.counted_from(stated.length.as_ref()?, decided_on));
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

    /// The day from which a length is counted. 自公布之日起 is counted from the decision where the list gives that as what was made public, or gives it a
    /// name that leaves it open, or an officer says so.
    fn counted_from(&mut self, length: &Length, decided_on: Option<Day>) -> Option<Day> {
        let decided_on = decided_on?;
        let Some(event) = terms::event(&length.words).filter(|_| length.words.contains('日')) else {
            return Some(decided_on);
        };
        // A day that stands above or was answered is of the list's document, which is what was made public.
        let column = self.cells.get(Column::Decided).map(|_| self.cells.title(Column::Decided).to_owned());
        let of_column = column.as_deref().map_or(Some(terms::Means::Publication), terms::event);
        if of_column == Some(event) || self.reader.answers.get("term-begins") == Some("decided") {
            return Some(decided_on);
        }
        if self.reader.answers.get("term-begins") == Some("unstated") {
            return None;
        }
        let words = length.words.clone();
        let title = column.unwrap_or_else(|| Column::Decided.label().to_owned());
        self.ask("term-begins", || Question {
            id: "term-begins".to_owned(),
            zh: format!("名单写明「{words}」,而只有「{title}」;是否从「{title}」起算?"),
            en: format!("the list says \"{words}\" and gives {title} alone: is the term counted from that day?"),
            choices: vec![
                Choice { value: "decided".to_owned(), zh: format!("是:从「{title}」起算") },
                Choice { value: "unstated".to_owned(), zh: "否:截止日期记为未载明".to_owned() },
            ],
            suggested: None,
            rows: 0,
        });
        None
    }

    fn published(&mut self, column: Column) -> Option<Published> {
        let text = self.cells.get(column)?.to_owned();
        let turned = self.turned(&text)?;
        match dates::read(&turned) {
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

/// What is known of a row when its term is read.
struct Row<'a> {
    /// The first day, where it stands in another column than its own.
    began: Option<Day>,
    /// The days among which the decision's is.
    span: Option<(Day, Day)>,
    category: Option<&'a CategoryCode>,
    certified: bool,
}

/// Months of a term that is taken as it is.
const LONG_MONTHS: u32 = 120;
/// Days by which such a term may be longer: to the end of a school year.
const ROUNDED_DAYS: i64 = 31;
/// What ends a clause of a remark or a title.
const CLAUSES: [char; 5] = [',', ';', '。', '(', ')'];

fn is_ended(mark: Mark) -> bool {
    !matches!(mark, Mark::Certified | Mark::Proposed | Mark::Refused)
}

/// Whether a clause says that a certification ended.
fn says_ended(clause: &str) -> bool {
    [verdicts::of_remark(clause), verdicts::of_clause(clause)].into_iter().flatten().any(is_ended)
}

/// The one day that the words which say that a certification ended name for that: 2024年10月29日取消, 已退出(2024年10月29日). The day of certifying may stand
/// beside them.
fn day_of_end(text: &str) -> Option<Day> {
    let text = fold::width(text);
    let certifies = |clause: &str| ["日认定", "日批准", "日评定", "日公布"].iter().any(|word| clause.contains(word));
    let of_words = |clause: &&str| says_ended(clause) && !certifies(clause);
    let in_brackets = |clause: &str| {
        let (outside, notes) = fold::without_notes(clause);
        match dates::read(&notes) {
            Ok(Published::Day(day)) if says_ended(&outside) => Some(day),
            _ => None,
        }
    };
    let of_clause = text.split(CLAUSES).filter(of_words).find_map(dates::one_day);
    of_clause.or_else(|| text.split([',', ';', '。']).filter(|clause| !certifies(clause)).find_map(in_brackets))
}

/// How a certification ended by the heading over its day (取消日期、退出时间).
fn kind_of_end(heading: &str) -> Option<Ending> {
    let key = fold::key(heading);
    let word = ["日期", "时间", "年月", "日"].iter().find_map(|unit| key.strip_suffix(unit)).unwrap_or(&key);
    Some(match verdicts::of_cell(word)? {
        Mark::Revoked => Ending::Revoked,
        Mark::Annulled => Ending::Annulled,
        Mark::Withdrawn => Ending::Withdrawn,
        Mark::Deregistered | Mark::Closed => Ending::Deregistered,
        Mark::Certified | Mark::Proposed | Mark::Refused | Mark::Expired => return None,
    })
}

/// The question's name.
fn id_of(statement: &Statement) -> String {
    format!("term:{}", fold::cut(&fold::key(&statement.words), 40))
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
