//! One row of cells, read: all that it says, all that is wrong with it, and what it leaves to be asked.

use std::cell::RefCell;
use std::collections::HashMap;

use domain::{CategoryCode, Day, Invalid, OperatorCode, Phone, ProviderId, Reason, Text, Uscc};

use crate::book::{Cell, Form};
use crate::bounds::CELL_CHARS_MAX;
use crate::columns::Unknown;
use crate::context::Context;
use crate::dates;
use crate::header::Header;
use crate::lexicon::{CategoryNames, Lexicon};
use crate::origin::Origin;
use crate::places::{Place, Places};
use crate::question::{Answers, Asked, Choice, Question};
use crate::reading::{At, Because, Ending, Entry, Fault, Reading, Verdict};
use crate::tables::TableRow;
use crate::words::codes;
use crate::words::headings::Column;
use crate::words::marks::Mark;
use crate::words::persons;
use crate::words::phrases::Place as Stands;
use crate::words::verdicts;
use crate::{fold, kinds, rule};

mod days;
mod place;
mod point;

/// What people write into a cell that has nothing to say.
const PLACEHOLDERS: &[&str] = &["-", "--", "—", "——", "–", "/", "\\", "无", "暂无"];
/// What stands for a text that holds a person's number.
const LEFT_OUT: &str = "未录入(含个人姓名、身份证号码或手机号码)";
/// What an officer is told of words that leave open how far a certification has come.
const UNCLEAR: &str = "备案不是认定,拟取消尚未取消,暂停不是终止:仍有效的请选「已认定」,再另行登记暂停";
/// Longest [`Entry::as_published`], in characters: that of a [`Reason`].
const AS_PUBLISHED_CHARS_MAX: usize = 512;

/// What rows are read against.
pub(crate) struct Reader<'a> {
    pub(crate) lexicon: Lexicon<'a>,
    pub(crate) places: &'a Places<'a>,
    pub(crate) answers: &'a Answers,
    pub(crate) origin: Origin<'a>,
    /// The term that each title states, and the one in its brackets: a title is looked at once and stands above many rows.
    pub(crate) terms: RefCell<HashMap<String, TermsOfTitle>>,
}

/// The term that a title states, and the range that stands alone in its brackets.
pub(crate) type TermsOfTitle = (Option<dates::Term>, Option<dates::Term>);

impl Reader<'_> {
    /// Reads a row of a table under what stands above it.
    pub(crate) fn read(&self, at: At, given: &Given<'_>, above: &Context, asked: &mut Asked) -> Reading {
        let cells = Cells { header: given.header, cells: &given.row.cells };
        let mut work = Work { cells, above, reader: self, asked, found: Found::default(), notes: Vec::new() };
        for unknown in &given.unknown {
            let question = &unknown.question;
            work.ask(&question.id, || question.clone());
        }
        let of_unknown = given.name.and_then(|at| given.row.cells.get(at)).map(|cell| cell.text.as_str());
        let name = named(of_unknown.unwrap_or_else(|| work.cells.raw(Column::Name)));
        let (verdict, entry) = if given.name.is_some() { (None, None) } else { work.all() };
        let Found { unconfirmed, mut because, mut faults, waits_for, left_out } = work.found;
        // The registry knows whether a bureau has confirmed the code; of a row that does not get there all faults are told at once.
        faults.extend(unconfirmed.filter(|_| !faults.is_empty() || !waits_for.is_empty()));
        // A report is passed on like a list: no sentence of it repeats a person's number.
        for told in because.iter_mut().map(|because| &mut because.zh) {
            scrub(told);
        }
        for told in faults.iter_mut().flat_map(|fault| [&mut fault.zh, &mut fault.en]) {
            scrub(told);
        }
        let entry = entry.filter(|_| faults.is_empty() && waits_for.is_empty());
        Reading { at, name, verdict, entry, because, faults, waits_for, left_out }
    }
}

/// A row and what is known of its columns.
pub(crate) struct Given<'a> {
    pub(crate) header: &'a Header,
    pub(crate) row: &'a TableRow,
    /// The columns it fills of which nobody knows yet what they hold.
    pub(crate) unknown: Vec<&'a Unknown>,
    /// The one of them that seems to hold the name, where no known one does.
    pub(crate) name: Option<usize>,
}

/// What reading a row comes to beside its entry.
#[derive(Default)]
struct Found {
    /// That the code fails its check, which is a fault unless a bureau has confirmed it.
    unconfirmed: Option<Fault>,
    because: Vec<Because>,
    faults: Vec<Fault>,
    waits_for: Vec<String>,
    left_out: Vec<String>,
}

/// A row under way.
struct Work<'a, 'l> {
    cells: Cells<'a>,
    above: &'a Context,
    reader: &'a Reader<'l>,
    asked: &'a mut Asked,
    found: Found,
    /// What the row says and no field holds.
    notes: Vec<String>,
}

impl Work<'_, '_> {
    fn all(&mut self) -> (Option<Verdict>, Option<Entry>) {
        self.lengths();
        self.values();
        let name = self.required::<200>(Column::Name);
        let verdict = self.verdict();
        let category = self.category();
        self.keep(Column::Remarks);
        let place = self.place();
        let uscc = self.uscc();
        let (uscc, outlet) = self.outlet(uscc);
        let (verdict, dates) = self.dates(verdict);
        let point = self.point(place.as_ref().map(|place| &place.division));
        let phone = self.phone();
        self.persons();
        let address = self.optional(Column::Address);
        let body = self.optional(Column::Body);
        let document = self.optional(Column::Document).or_else(|| self.said_beforehand("document", Column::Document));
        let publicity = self.optional(Column::Publicity);
        let source = self.optional(Column::Source);
        let entry = || {
            let Place { division, street, .. } = place?;
            Some(Entry {
                name: name?,
                category: category?,
                division,
                street,
                uscc,
                outlet,
                address,
                point,
                body,
                document,
                decided_on: dates.decided_on,
                valid_from: dates.valid_from,
                valid_to: dates.valid_to,
                worked_out: dates.worked_out,
                publicity,
                phone,
                source,
                as_published: reason(&self.notes),
            })
        };
        (verdict, entry())
    }

    fn fault(&mut self, fault: Fault) {
        self.found.faults.push(fault);
    }

    /// What the officer said of the whole list, for a row whose own cell says nothing.
    fn said_beforehand<const MAX: usize>(&mut self, id: &str, column: Column) -> Option<Text<MAX>> {
        if self.cells.get(column).is_some() {
            return None;
        }
        let said = Text::parse(self.reader.answers.get(id)?).ok()?;
        self.because(column, "经办人为整份名单说明".to_owned());
        Some(said)
    }

    /// The day of the decision that the officer gave for the whole list, for a row that gives none.
    fn decided_beforehand(&mut self) -> Option<Day> {
        if self.cells.get(Column::Decided).is_some() {
            return None;
        }
        let day = Day::parse(self.reader.answers.get("decided-on")?).ok()?;
        self.because(Column::Decided, "经办人为整份名单说明".to_owned());
        Some(day)
    }

    /// The row waits for a question's answer.
    fn ask(&mut self, id: &str, question: impl FnOnce() -> Question) {
        // The file of answers is passed on like a report: no question repeats a person's number.
        let id = scrubbed(id);
        let scrubbed_question = || {
            let question = question();
            Question { id: id.clone(), zh: scrubbed(&question.zh), en: scrubbed(&question.en), ..question }
        };
        self.asked.ask(scrubbed_question, &id);
        self.found.waits_for.push(id);
    }

    fn because(&mut self, column: Column, zh: String) {
        self.found.because.push(Because { what: column.label().to_owned(), zh });
    }

    fn lengths(&mut self) {
        // Bytes first: most cells are short.
        let long = |cell: &&Cell| cell.text.len() > CELL_CHARS_MAX && cell.text.chars().count() > CELL_CHARS_MAX;
        let Some((at, _)) = self.cells.cells.iter().enumerate().find(|(_, cell)| long(cell)) else { return };
        let column = self.cells.header.cells.get(at).cloned().unwrap_or_default();
        self.fault(Fault::new(
            &column,
            Invalid::TOO_LONG.rule,
            format!("一格超过{CELL_CHARS_MAX}字;CSV文件请检查引号是否成对"),
            format!(
                "a cell has more than {CELL_CHARS_MAX} characters; in a CSV file, see whether a quotation mark is missing"
            ),
        ));
    }

    /// Cells of known columns that hold no value.
    fn values(&mut self) {
        for (column, at) in self.cells.header.columns() {
            let Some(cell) = self.cells.cells.get(*at) else { continue };
            let title = self.cells.title(*column);
            match cell.form {
                Form::Error => self.found.faults.push(Fault::new(
                    title,
                    rule::FORMULA_ERROR,
                    format!("「{title}」是公式错误 {},不是内容;请改为内容后重新导入", fold::cut(&cell.text, 20)),
                    format!("{title} is a formula's error ({}), no value", fold::cut(&cell.text, 20)),
                )),
                Form::NotComputed => self.found.faults.push(Fault::new(
                    title,
                    rule::NOT_COMPUTED,
                    format!("「{title}」是公式,文件中没有其结果;请在表格软件中打开并保存一次,或粘贴为数值"),
                    format!("{title} is a formula whose value is not in the file: open and save it once, or paste its values"),
                )),
                // What is struck out of a remark or a telephone number is gone; what else a row says of an outlet is not told apart by guessing.
                Form::StruckOut if matches!(column, Column::Ordinal | Column::Phone | Column::Remarks | Column::Source) => {
                    self.notes.push(format!("{title}:已划去,未录入"));
                }
                Form::StruckOut => self.found.faults.push(Fault::new(
                    title,
                    rule::STRUCK_OUT,
                    format!("「{title}」已划去,而本行没有;请删去不再有效的内容,或取消删除线后重新导入"),
                    format!("{title} is struck out in a row that is not: delete what no longer holds, or take the line away"),
                )),
                Form::Text | Form::Number | Form::Day => {}
            }
        }
    }

    /// How far the certification has come: the row's own words come before what stands above it.
    fn verdict(&mut self) -> Option<Verdict> {
        let mark = self.mark()?;
        let window = || self.cells.get(Column::Publicity).and_then(dates::window);
        Some(match mark {
            Mark::Certified => Verdict::Certified,
            Mark::Proposed => Verdict::Proposed { window: window() },
            Mark::Refused => Verdict::Refused,
            Mark::Revoked => Verdict::Ended { kind: Ending::Revoked, decided_on: None },
            Mark::Annulled => Verdict::Ended { kind: Ending::Annulled, decided_on: None },
            Mark::Withdrawn => Verdict::Ended { kind: Ending::Withdrawn, decided_on: None },
            Mark::Deregistered | Mark::Closed => Verdict::Ended { kind: Ending::Deregistered, decided_on: None },
            Mark::Expired => Verdict::Ended { kind: Ending::Expired, decided_on: None },
        })
    }

    /// The row's own words come before what stands above it, a notice's title excepted: what it lists is proposed, whatever a review said.
    fn mark(&mut self) -> Option<Mark> {
        let above = self.above.mark.clone();
        let ended = |mark: Mark| !matches!(mark, Mark::Certified | Mark::Proposed);
        if let Some(text) = self.cells.get(Column::Status).map(str::to_owned) {
            let shown = scrubbed(&fold::cut(&text, 40));
            let id = format!("status:{}", fold::cut(&scrubbed(&fold::key(&text)), 40));
            let answered = self.reader.answers.get(&id).and_then(Mark::of_code);
            let title = self.cells.title(Column::Status).to_owned();
            let Some(mark) = answered.or_else(|| verdicts::of_cell(&text)) else {
                let hint = if verdicts::is_unclear(&text, Stands::Status) { UNCLEAR } else { "" };
                self.ask(&id.clone(), || Question {
                    id,
                    zh: format!("「{title}」一栏写「{shown}」,是什么意思?{hint}"),
                    en: format!("what does \"{shown}\" under {title} mean?"),
                    choices: kinds_to_choose(),
                    suggested: None,
                    rows: 0,
                });
                return None;
            };
            // What was certified may have ended since: the remark that says so came later.
            if mark == Mark::Certified
                && let Some(text) = self.cells.get(Column::Remarks).map(str::to_owned)
                && let Some(noted) = verdicts::of_remark(&text).filter(|noted| *noted != Mark::Certified)
            {
                let remarks = self.cells.title(Column::Remarks).to_owned();
                let told = format!("「{title}」写明「{shown}」,「{remarks}」写明「{}」", fold::cut(&text, 40));
                if noted == Mark::Refused && answered.is_none() {
                    return self.kind_of_the_list(Some(scrubbed(&told)));
                }
                self.because(Column::Status, told);
                return Some(noted);
            }
            match above {
                Some(said) if mark == Mark::Certified && said.value == Mark::Proposed && answered.is_none() => {
                    let words = fold::cut(&said.words, 60);
                    self.because(Column::Status, format!("标题写明「{words}」,「{title}」写明「{shown}」:尚在公示"));
                    return Some(Mark::Proposed);
                }
                // The title lists what has ended, and the row says that it has not.
                Some(said) if mark == Mark::Certified && ended(said.value) && answered.is_none() => {
                    return self
                        .kind_of_the_list(Some(format!("标题写明「{}」,而「{title}」写明「{shown}」", said.words)));
                }
                _ => {}
            }
            self.because(Column::Status, format!("「{title}」写明「{shown}」"));
            return Some(mark);
        }
        let noted = self.cells.get(Column::Category).and_then(|text| {
            let (_, notes) = fold::without_notes(&fold::key(text));
            verdicts::of_cell(&notes)
        });
        if let Some(mark) = noted {
            if let Some(said) = above.as_ref().filter(|said| mark == Mark::Certified && ended(said.value)) {
                let why = format!("标题写明「{}」,而类别旁注明已认定", said.words);
                return self.kind_of_the_list(Some(why));
            }
            self.because(Column::Status, "类别旁注明".to_owned());
            return Some(mark);
        }
        if let Some(mark) = self.beside_the_name() {
            return Some(mark);
        }
        if let Some(text) = self.cells.get(Column::Remarks).map(str::to_owned)
            && let Some(mark) = verdicts::of_remark(&text)
        {
            let title = self.cells.title(Column::Remarks).to_owned();
            self.because(Column::Status, format!("「{title}」写明「{}」", fold::cut(&text, 40)));
            return Some(mark);
        }
        if let Some(mark) = self.kind_beforehand() {
            return Some(mark);
        }
        if let Some(said) = above {
            self.because(Column::Status, format!("标题写明「{}」", fold::cut(&said.words, 60)));
            return Some(said.value);
        }
        if let Some(words) = &self.above.unclear {
            return self.kind_of_the_list(Some(format!("标题写明「{}」,{UNCLEAR}", fold::cut(words, 60))));
        }
        let of_decisions = [Column::Decided, Column::Document, Column::Term, Column::To, Column::Body];
        if let Some(column) = of_decisions.into_iter().find(|column| self.cells.header.place(*column).is_some()) {
            let title = self.cells.title(column).to_owned();
            self.because(Column::Status, format!("名单有「{title}」一栏,是认定的名单"));
            return Some(Mark::Certified);
        }
        if self.cells.get(Column::Category).is_some_and(|text| fold::key(text).contains("普惠")) {
            self.because(Column::Status, "类别写明「普惠」".to_owned());
            return Some(Mark::Certified);
        }
        self.kind_of_the_list(None)
    }

    /// What ended is told beside the name as well: 己风托育园(注销).
    fn beside_the_name(&mut self) -> Option<Mark> {
        let (_, beside) = fold::without_notes(&fold::key(self.cells.raw(Column::Name)));
        let mark = verdicts::of_cell(&beside).filter(|mark| *mark != Mark::Certified)?;
        self.because(Column::Status, format!("名称旁注明「{}」", fold::cut(beside.trim(), 20)));
        Some(mark)
    }

    /// What the officer has said that the list is.
    fn kind_beforehand(&mut self) -> Option<Mark> {
        let mark = self.reader.answers.get("kind").and_then(Mark::of_code)?;
        self.because(Column::Status, "经办人说明了名单的性质".to_owned());
        Some(mark)
    }

    /// What the officer says that the list is, or the question.
    fn kind_of_the_list(&mut self, why: Option<String>) -> Option<Mark> {
        if let Some(mark) = self.kind_beforehand() {
            return Some(mark);
        }
        let why = why.unwrap_or_else(|| "名单本身没有写明是否已经认定".to_owned());
        self.ask("kind", || Question {
            id: "kind".to_owned(),
            zh: format!("这份名单是什么名单?{why}"),
            en: "what is this a list of? It does not say whether the certifications are decided, or says two things"
                .to_owned(),
            choices: kinds_to_choose(),
            suggested: None,
            rows: 0,
        });
        None
    }

    fn category(&mut self) -> Option<CategoryCode> {
        let categories = self.reader.lexicon.categories;
        if let Some(text) = self.cells.get(Column::Category) {
            let text = text.to_owned();
            if fold::key(&text).contains('(') {
                self.keep(Column::Category);
            }
            let title = self.cells.title(Column::Category).to_owned();
            let id = format!("category:{}", fold::cut(&scrubbed(&fold::key(&text)), 40));
            let answered = self.reader.answers.get(&id).map(str::to_owned);
            if let Some(code) = answered.and_then(|answer| kinds::category(&answer, &title, categories).ok()) {
                self.because(Column::Category, format!("经办人说明「{}」的类别", fold::cut(&text, 40)));
                return Some(code);
            }
            return match kinds::category(&text, &title, categories) {
                Ok(category) => Some(category),
                Err(fault) if fault.rule == rule::CATEGORY_UNKNOWN => {
                    let shown = scrubbed(&fold::cut(&text, 40));
                    let suggested = self.category_by_name();
                    self.ask(&id.clone(), || Question {
                        id,
                        zh: format!("「{title}」一栏写「{shown}」,属于哪一类?"),
                        en: format!("which category is \"{shown}\" under {title}?"),
                        choices: categories_to_choose(categories),
                        suggested,
                        rows: 0,
                    });
                    None
                }
                Err(fault) => {
                    self.fault(fault);
                    None
                }
            };
        }
        let answered = self.reader.answers.get("category");
        if let Some(code) = answered.and_then(|answer| kinds::category(answer, "category", categories).ok()) {
            self.because(Column::Category, "经办人为整份名单选定".to_owned());
            return Some(code);
        }
        if let Some(said) = &self.above.category {
            self.because(Column::Category, format!("标题写明「{}」", fold::cut(&said.words, 60)));
            return Some(said.value.clone());
        }
        let heading = self.cells.title(Column::Name).to_owned();
        if let Some(code) = kinds::category_in_title(&heading, categories) {
            self.because(Column::Category, format!("名称一栏的表头为「{heading}」"));
            return Some(code);
        }
        let suggested = self.category_by_name();
        self.ask("category", || Question {
            id: "category".to_owned(),
            zh: "名单没有类别;这些网点属于哪一类?".to_owned(),
            en: "the list names no category: which one are its outlets of?".to_owned(),
            choices: categories_to_choose(categories),
            suggested,
            rows: 0,
        });
        None
    }

    /// What the outlet's name looks like: never more than what is suggested to the officer.
    fn category_by_name(&self) -> Option<String> {
        let found = kinds::category_in_title(self.cells.raw(Column::Name), self.reader.lexicon.categories)?;
        Some(found.to_string())
    }

    /// The credit code. What stands beside it is passed over; none is completed, and one that the spreadsheet has rounded is told as that.
    fn uscc(&mut self) -> Option<Uscc> {
        let at = self.cells.header.place(Column::Uscc)?;
        let form = self.cells.cells.get(at).map(|cell| cell.form);
        let text = self.cells.get(Column::Uscc)?.to_owned();
        let title = self.cells.title(Column::Uscc).to_owned();
        let key = fold::name(&text).to_uppercase();
        let key = key.rsplit(':').next().unwrap_or_default();
        let (code, _copies) = fold::without_notes(key);
        if codes::is_none(&code) {
            self.because(Column::Uscc, format!("「{title}」写「{}」:没有代码", fold::cut(&text, 20)));
            return None;
        }
        let digits = code.len() >= 16 && code.bytes().all(|b| b.is_ascii_digit());
        if (form == Some(Form::Number) && digits) || is_rounded(&text) {
            self.fault(Fault::new(
                &title,
                rule::DIGITS_LOST,
                format!("「{title}」被表格软件当作数字,只保留15位,末几位已丢失;请将该列设为文本格式,重新录入代码"),
                format!("{title}: the spreadsheet took it for a number and keeps 15 digits: set the column to text and enter the code again"),
            ));
            return None;
        }
        match (Uscc::parse(&code), Uscc::parse_confirmed(&code)) {
            (Ok(uscc), _) => Some(uscc),
            // Whether a bureau has confirmed it stands on record: the registry refuses one that none has.
            (Err(invalid), Ok(uscc)) if invalid.rule == "CHECK_CHARACTER" => {
                self.because(
                    Column::Uscc,
                    format!("「{title}」校验不符:经单位核实(puhui confirm-code)的方可录入,未核实的退回;请核对是否录错"),
                );
                self.found.unconfirmed = Some(Fault::invalid(&title, invalid, &text));
                Some(uscc)
            }
            (Err(invalid), _) => {
                self.fault(Fault::invalid(&title, invalid, &text));
                None
            }
        }
    }

    /// The outlet's number, and the code that stands before it: the registry's own lists give the whole provider id.
    fn outlet(&mut self, uscc: Option<Uscc>) -> (Option<Uscc>, Option<u16>) {
        const FORM: Invalid =
            Invalid { rule: "FORMAT", zh: "网点号应为001至999", en: "an outlet number is 001 to 999" };
        let Some(text) = self.cells.get(Column::Outlet).map(fold::name) else { return (uscc, None) };
        let title = self.cells.title(Column::Outlet).to_owned();
        let Some(whole) = Some(text.as_str()).filter(|text| text.contains('-')) else {
            let digits = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
            let number = text.parse::<u16>().ok().filter(|number| digits && (1..=999).contains(number));
            if number.is_none() {
                self.fault(Fault::invalid(&title, FORM, &text));
            }
            return (uscc, number);
        };
        let id = match ProviderId::parse(whole) {
            Ok(id) => id,
            Err(invalid) => {
                self.fault(Fault::invalid(&title, invalid, whole));
                return (uscc, None);
            }
        };
        if uscc.as_ref().is_some_and(|uscc| uscc.as_str() != id.operator().as_str()) {
            self.fault(Fault::new(
                &title,
                rule::OUTLET_MISMATCH,
                format!("网点编号 {id} 不属于本行的统一社会信用代码"),
                format!("the outlet {id} belongs to another credit code than the row's"),
            ));
        }
        let own = match id.operator() {
            OperatorCode::Uscc(own) => Some(own.clone()),
            OperatorCode::ToBeCompleted(_) => None,
        };
        (uscc.or(own), id.as_str().rsplit('-').next().and_then(|number| number.parse().ok()))
    }

    /// The outlet's telephone: the first number of the cell that can be one. A mobile number is a person's and is left out; so is what cannot be a
    /// number: no certification hangs on a telephone.
    fn phone(&mut self) -> Option<Phone> {
        let text = fold::width(self.cells.get(Column::Phone)?);
        let parts = text.split(['、', ';', ',', '/', '，', '；', ' ']).map(str::trim).filter(|part| !part.is_empty());
        let plain = |part: &str| Phone::parse(&part.replace('(', "").replace(')', "-")).ok();
        let (mut phone, mut left) = (Phone::parse(text.trim()).ok(), 0);
        if phone.is_none() {
            for part in parts {
                match plain(part) {
                    Some(found) if phone.is_none() => phone = Some(found),
                    _ => left += 1,
                }
            }
        }
        if left > 0 || phone.is_none() {
            let title = self.cells.title(Column::Phone).to_owned();
            self.notes.push(format!("{title}:未录入(手机号码、第二个号码或无法识别)"));
            self.found.left_out.push(title);
        }
        phone
    }

    /// Persons' names and numbers that have a column of their own: none is kept.
    fn persons(&mut self) {
        for column in [Column::Person, Column::PersonNumber] {
            if self.cells.get(column).is_some() {
                self.found.left_out.push(self.cells.title(column).to_owned());
            }
        }
    }

    /// Keeps what a cell says; of one that holds a person's number, that it was left out.
    fn keep(&mut self, column: Column) {
        let Some(text) = self.cells.get(column) else { return };
        // Control characters are refused in the fields that have rules; here they have none to offend against.
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let title = self.cells.title(column).to_owned();
        // Read as long as a cell may be: notes are cut only when all are joined.
        let of_a_person = is_of_a_person(&text) || persons::is_named(&text);
        self.notes.push(format!("{title}:{}", if of_a_person { LEFT_OUT } else { &text }));
        if of_a_person {
            self.found.left_out.push(title);
        }
    }

    /// A text that a field keeps. Where it holds a person's number it is kept without its notes in brackets, or else left out, and that is said.
    fn optional<const MAX: usize>(&mut self, column: Column) -> Option<Text<MAX>> {
        let text = self.cells.get(column)?.to_owned();
        let named = !matches!(column, Column::Body | Column::Document) && persons::is_named(&text);
        let invalid = match Text::parse(&text) {
            Ok(text) if !named => return Some(text),
            Ok(_) => None,
            Err(invalid) => Some(invalid),
        };
        let title = self.cells.title(column).to_owned();
        let (plain, _notes) = fold::without_notes(&fold::width(&text));
        let is_plain = !persons::is_named(&plain);
        let Some(invalid) = invalid.filter(|invalid| !invalid.is_of_a_person() || column == Column::Name) else {
            if column == Column::Name && !is_plain {
                return Text::parse(&text).ok();
            }
            self.notes.push(format!("{title}:{LEFT_OUT}"));
            self.found.left_out.push(title);
            return Text::parse(plain.trim()).ok().filter(|_| is_plain);
        };
        self.fault(Fault::invalid(&title, invalid, &text));
        None
    }

    fn required<const MAX: usize>(&mut self, column: Column) -> Option<Text<MAX>> {
        // A formula's error is told as that.
        let told = self.found.faults.iter().any(|fault| fault.column == self.cells.title(column));
        if self.cells.get(column).is_none() && !told {
            let title = self.cells.title(column).to_owned();
            self.fault(Fault::empty(&title));
        }
        self.optional(column)
    }
}

/// Whether a text is a number with an exponent, such as `9.1321E+17`.
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && exponent.parse::<u8>().is_ok_and(|exponent| (10..=20).contains(&exponent))
}

/// The categories of the scheme.
fn categories_to_choose(categories: &[CategoryNames]) -> Vec<Choice> {
    categories.iter().map(|c| Choice { value: c.code.to_string(), zh: c.name.clone() }).collect()
}

/// What a list can be of.
pub(crate) fn kinds_to_choose() -> Vec<Choice> {
    let choice = |mark: Mark, zh: &str| Choice { value: mark.code().to_owned(), zh: zh.to_owned() };
    vec![
        choice(Mark::Certified, "已认定"),
        choice(Mark::Proposed, "拟认定、公示中,尚未认定"),
        choice(Mark::Refused, "不予认定或暂缓"),
        choice(Mark::Revoked, "取消认定"),
        choice(Mark::Annulled, "撤销认定(自始不应认定)"),
        choice(Mark::Withdrawn, "自愿退出"),
        choice(Mark::Deregistered, "注销"),
        choice(Mark::Closed, "停办"),
        choice(Mark::Expired, "到期"),
    ]
}

/// Whether a text holds a person's number.
fn is_of_a_person(text: &str) -> bool {
    Text::<CELL_CHARS_MAX>::parse(text).is_err_and(|invalid| invalid.is_of_a_person())
}

/// Takes every digit out of a text that holds a person's number.
fn scrub(text: &mut String) {
    // Most sentences hold no digits at all, and a number of a person has eleven.
    if text.chars().filter(|c| c.is_numeric()).count() >= 11 && is_of_a_person(text) {
        *text = text.chars().map(|c| if c.is_numeric() { '*' } else { c }).collect();
    }
}

fn scrubbed(text: &str) -> String {
    let mut text = text.to_owned();
    scrub(&mut text);
    text
}

/// The outlet's name as a report gives it.
fn named(text: &str) -> String {
    if domain::Name::parse(text).is_err_and(|invalid| invalid.is_of_a_person()) {
        return LEFT_OUT.to_owned();
    }
    fold::cut(text, 200)
}

fn reason(notes: &[String]) -> Option<Reason> {
    Reason::parse(&fold::cut(&notes.join(";"), AS_PUBLISHED_CHARS_MAX)).ok()
}

/// The cells of one row by column.
#[derive(Clone, Copy)]
struct Cells<'a> {
    header: &'a Header,
    cells: &'a [Cell],
}

impl<'a> Cells<'a> {
    fn title(&self, column: Column) -> &'a str {
        self.header.title(column)
    }

    fn raw(&self, column: Column) -> &'a str {
        self.header.place(column).and_then(|at| self.cells.get(at)).map_or("", |cell| cell.text.as_str())
    }

    /// The cell's text, if it has something to say.
    fn get(&self, column: Column) -> Option<&'a str> {
        let at = self.header.place(column)?;
        let cell = self
            .cells
            .get(at)
            .filter(|cell| !matches!(cell.form, Form::Error | Form::NotComputed | Form::StruckOut))?;
        Some(cell.text.as_str()).filter(|text| !text.is_empty() && !PLACEHOLDERS.contains(text))
    }
}
