//! One row of cells, read into an entry.

use domain::{Division, Invalid, OperatorCode, Phone, ProviderId, Reason, Text, Uscc};
use sha2::{Digest, Sha256};

use super::bounds::CELL_CHARS_MAX;
use super::columns::{Column, Header};
use super::dates::{self, Published, Term};
use super::entry::{Entry, Rejection, Row, Stage};
use super::kinds::{self, Progress};
use super::line::Line;
use super::outlets::Draft;
use super::places::{Places, Within};
use super::tables::Tables;
use super::{fold, rule};

/// What the digest of a name begins with, so that it can never be a digest made for another purpose.
const NAME_DIGEST_PREFIX: &str = "puhui/list/v1\n";
/// What people write into a cell that has nothing to say.
const PLACEHOLDERS: &[&str] = &["-", "--", "—", "——", "–", "/", "\\", "无", "暂无"];
/// What stands for a text that holds a person's number.
const LEFT_OUT: &str = "未录入(含身份证号码或手机号码)";
/// Longest [`Entry::as_published`], in characters: that of a [`Reason`].
const AS_PUBLISHED_CHARS_MAX: usize = 512;

/// Reads the rows of one list.
pub(crate) struct Reader<'a> {
    header: &'a Header,
    tables: Tables<'a>,
    places: Places<'a>,
    title: Progress,
}

/// The days a row gives, and what it says of days without naming one.
#[derive(Default)]
struct Dates {
    decided_on: Option<domain::Day>,
    valid_from: Option<domain::Day>,
    valid_to: Option<domain::Day>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(header: &'a Header, tables: Tables<'a>, title: &str) -> Self {
        Self { header, tables, places: Places::new(tables.divisions), title: kinds::progress_of_title(title) }
    }

    pub(crate) fn read(&self, line: &Line) -> Draft {
        let cells = Cells { header: self.header, cells: &line.cells };
        let name = named(cells.raw(Column::Name));
        let read = self.entry(&cells);
        let numbered = read.as_ref().is_ok_and(|(_, numbered)| *numbered);
        Draft { row: Row { line: line.number, name, outcome: read.map(|(entry, _)| entry) }, numbered }
    }

    /// The entry, and whether the row gave an outlet number.
    fn entry(&self, cells: &Cells<'_>) -> Result<(Entry, bool), Rejection> {
        cells.check_lengths()?;
        let name: domain::Name = cells.required(Column::Name)?;
        let kind = cells.get(Column::Kind).unwrap_or_default();
        let category = kinds::category(kind, cells.title(Column::Kind), self.tables.categories)?;
        let mut notes = Notes::default();
        if fold::key(kind).contains('(') {
            notes.keep(cells, Column::Kind);
        }
        notes.keep(cells, Column::Remarks);
        let stage = self.stage(cells)?;
        let division = self.division(cells)?;
        let (provider_id, numbered) = provider_id(cells, &name, &division)?;
        let dates = dates_of(cells, stage, &mut notes)?;
        let entry = Entry {
            provider_id,
            name,
            category,
            division,
            address: cells.optional(Column::Address)?,
            deciding_body: cells.optional(Column::DecidingBody)?,
            document_number: cells.optional(Column::DocumentNumber)?,
            decided_on: dates.decided_on,
            valid_from: dates.valid_from,
            valid_to: dates.valid_to,
            publicity: cells.optional(Column::Publicity)?,
            phone: phone(cells, &mut notes),
            source: cells.optional(Column::Source)?,
            as_published: notes.into_reason(),
            stage,
        };
        Ok((entry, numbered))
    }

    fn stage(&self, cells: &Cells<'_>) -> Result<Stage, Rejection> {
        let text = |column| cells.get(column).unwrap_or_default();
        match kinds::progress(text(Column::Kind), text(Column::Status), text(Column::Remarks), self.title) {
            Progress::Certified => Ok(Stage::Certified),
            Progress::Proposed => Ok(Stage::Proposed { window: dates::window(text(Column::Publicity)) }),
            Progress::NotCertified if self.title == Progress::NotCertified => Err(kinds::not_certified("标题")),
            Progress::NotCertified => {
                let told = [Column::Status, Column::Remarks].into_iter().find(|column| cells.get(*column).is_some());
                Err(kinds::not_certified(cells.title(told.unwrap_or(Column::Kind))))
            }
        }
    }

    /// The place by its code and by its county's name. Where a row has both they must agree, and the code says more.
    fn division(&self, cells: &Cells<'_>) -> Result<Division, Rejection> {
        let within = Within { province: cells.get(Column::Province), city: cells.get(Column::City) };
        let find =
            |column| cells.get(column).map(|text| self.places.find(text, within, cells.title(column))).transpose();
        match (find(Column::DivisionCode)?, find(Column::County)?) {
            (Some(code), Some(county)) if code.county() != county.county() => Err(Rejection::new(
                cells.title(Column::DivisionCode),
                rule::DIVISION_MISMATCH,
                format!("区划代码({})与所属区县({})不是一处", code.county(), county.county()),
                format!("the division code ({}) and the county ({}) are two places", code.county(), county.county()),
            )),
            (Some(one), Some(other)) => Ok(if one.street().is_some() { one } else { other }),
            (Some(one), None) | (None, Some(one)) => Ok(one),
            (None, None) => Err(Rejection::empty(cells.title(Column::County))),
        }
    }
}

/// The outlet's name as a report gives it.
fn named(text: &str) -> String {
    if domain::Name::parse(text).is_err_and(|invalid| invalid.is_of_a_person()) {
        return LEFT_OUT.to_owned();
    }
    fold::cut(text, 200)
}

/// The outlet's id: the operator's credit code, or the key of county and name where the list has none, and the outlet
/// number, 001
/// where the list has none. A credit code that is wrong is never replaced by a key: its outlet would then stand in two
/// streams.
fn provider_id(cells: &Cells<'_>, name: &domain::Name, division: &Division) -> Result<(ProviderId, bool), Rejection> {
    let column = cells.title(Column::Uscc);
    let uscc = cells
        .get(Column::Uscc)
        .map(|text| Uscc::parse(&fold::name(text)).map_err(|invalid| Rejection::invalid(column, invalid, text)))
        .transpose()?;
    let outlet = cells.get(Column::Outlet).map(fold::name);
    let column = cells.title(Column::Outlet);
    if let Some(whole) = outlet.as_deref().filter(|text| text.contains('-')) {
        // The registry's own lists give the whole provider id.
        let id = ProviderId::parse(whole).map_err(|invalid| Rejection::invalid(column, invalid, whole))?;
        if uscc.as_ref().is_some_and(|uscc| uscc.as_str() != id.operator().as_str()) {
            return Err(Rejection::new(
                column,
                rule::OUTLET_MISMATCH,
                format!("网点编号 {id} 不属于本行的统一社会信用代码"),
                format!("the outlet {id} belongs to another credit code than the row's"),
            ));
        }
        return Ok((id, true));
    }
    let number = outlet.as_deref().map_or(Ok(1), |text| {
        let digits = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits).ok_or_else(|| Rejection::invalid(column, OUTLET_FORM, text))
    })?;
    let operator = match uscc {
        Some(uscc) => OperatorCode::Uscc(uscc),
        None => operator_to_be_completed(division, name.as_str())
            .ok_or_else(|| Rejection::invalid(cells.title(Column::County), Invalid::RANGE, division.as_str()))?,
    };
    let id = ProviderId::new(operator, number)
        .map_err(|_| Rejection::invalid(column, OUTLET_FORM, outlet.as_deref().unwrap_or_default()))?;
    Ok((id, outlet.is_some()))
}

const OUTLET_FORM: Invalid =
    Invalid { rule: "FORMAT", zh: "网点号应为001至999", en: "an outlet number is 001 to 999" };

/// The key of an operator whose credit code the list does not give: the county, and the first 8 bytes of SHA-256 over
/// `puhui/list/v1`, a line feed, and the outlet's name in half width without white space.
fn operator_to_be_completed(division: &Division, name: &str) -> Option<OperatorCode> {
    let digest = Sha256::digest(format!("{NAME_DIGEST_PREFIX}{}", fold::name(name)));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    OperatorCode::to_be_completed(division.county(), first)
}

fn dates_of(cells: &Cells<'_>, stage: Stage, notes: &mut Notes) -> Result<Dates, Rejection> {
    let mut dates = Dates::default();
    let invalid = |column, text| move |invalid| Rejection::invalid(cells.title(column), invalid, text);
    if let Some(text) = cells.get(Column::DecidedOn) {
        match (dates::read(text).map_err(invalid(Column::DecidedOn, text))?, stage) {
            (Published::Day(day), Stage::Certified) => dates.decided_on = Some(day),
            (Published::Day(day), Stage::Proposed { window: Some(window) }) if window.start() == day => {}
            (Published::Day(_) | Published::Month { .. } | Published::Year, _) => notes.keep(cells, Column::DecidedOn),
        }
    }
    if let Some(text) = cells.get(Column::ValidFrom) {
        match dates::read(text).map_err(invalid(Column::ValidFrom, text))? {
            Published::Day(day) | Published::Month { first: day, .. } => dates.valid_from = Some(day),
            Published::Year => notes.keep(cells, Column::ValidFrom),
        }
    }
    if let Some(text) = cells.get(Column::Term) {
        match dates::term(text).map_err(invalid(Column::Term, text))? {
            Term::Days { from, to } => {
                dates.valid_from = dates.valid_from.or(from);
                dates.valid_to = Some(to);
            }
            Term::Noted => notes.keep(cells, Column::Term),
        }
        if dates.valid_from.zip(dates.valid_to).is_some_and(|(from, to)| from > to) {
            return Err(invalid(Column::Term, text)(Invalid::RANGE));
        }
    }
    Ok(dates)
}

/// The outlet's telephone. A mobile number is a person's and is left out; so is what cannot be a number: no certification hangs on a telephone.
/// That it was left out is noted, the number is not.
fn phone(cells: &Cells<'_>, notes: &mut Notes) -> Option<Phone> {
    let text = fold::width(cells.get(Column::Phone)?);
    let first = text.split(['、', ';', ',', '/', '，', '；']).next().unwrap_or_default();
    let plain = first.replace('(', "").replace(')', "-");
    let phone = Phone::parse(&plain).ok();
    if phone.is_none() {
        notes.0.push(format!("{}:未录入(手机号码或无法识别)", cells.title(Column::Phone)));
    }
    phone
}

/// What a row says and no field holds.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    /// Keeps what a cell says; of one that holds a person's number, that it was left out.
    fn keep(&mut self, cells: &Cells<'_>, column: Column) {
        if let Some(text) = cells.get(column) {
            // Control characters are refused in the fields that have rules; here they have none to offend against.
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            // Read as long as a cell may be: notes are cut only when all are joined.
            let of_a_person = Text::<CELL_CHARS_MAX>::parse(&text).is_err_and(|invalid| invalid.is_of_a_person());
            self.0.push(format!("{}:{}", cells.title(column), if of_a_person { LEFT_OUT } else { &text }));
        }
    }

    fn into_reason(self) -> Option<Reason> {
        Reason::parse(&fold::cut(&self.0.join(";"), AS_PUBLISHED_CHARS_MAX)).ok()
    }
}

/// The cells of one row by column.
struct Cells<'a> {
    header: &'a Header,
    cells: &'a [String],
}

impl<'a> Cells<'a> {
    fn title(&self, column: Column) -> &'a str {
        self.header.title(column)
    }

    fn raw(&self, column: Column) -> &'a str {
        self.header.place(column).and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }

    /// The cell's text, if it has something to say.
    fn get(&self, column: Column) -> Option<&'a str> {
        Some(self.raw(column)).filter(|text| !text.is_empty() && !PLACEHOLDERS.contains(text))
    }

    fn optional<const MAX: usize>(&self, column: Column) -> Result<Option<Text<MAX>>, Rejection> {
        let read = |text| Text::parse(text).map_err(|invalid| Rejection::invalid(self.title(column), invalid, text));
        self.get(column).map(read).transpose()
    }

    fn required<const MAX: usize>(&self, column: Column) -> Result<Text<MAX>, Rejection> {
        self.optional(column)?.ok_or_else(|| Rejection::empty(self.title(column)))
    }

    fn check_lengths(&self) -> Result<(), Rejection> {
        // Bytes first: most cells are short.
        let long = |cell: &&String| cell.len() > CELL_CHARS_MAX && cell.chars().count() > CELL_CHARS_MAX;
        let Some((at, _)) = self.cells.iter().enumerate().find(|(_, cell)| long(cell)) else { return Ok(()) };
        let column = self.header.cells.get(at).map_or("", String::as_str);
        Err(Rejection::new(
            column,
            Invalid::TOO_LONG.rule,
            format!("一格超过{CELL_CHARS_MAX}字;CSV文件请检查引号是否成对"),
            format!(
                "a cell has more than {CELL_CHARS_MAX} characters; in a CSV file, see whether a quotation mark is missing"
            ),
        ))
    }
}
