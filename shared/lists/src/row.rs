//! One row of cells, read: all that it says, all that is wrong with it, and what it leaves to be asked.

use crate::context::Context;
use crate::fold;
use crate::places::Place;
use crate::question::Asked;
use crate::reading::{At, Entry, Fault, Reading, Verdict};
use crate::rule;
use crate::words::headings::Column;
use crate::words::notes;

mod category;
mod cells;
mod code;
mod days;
mod document;
mod kept;
mod place;
mod point;
mod privacy;
mod verdict;
mod work;

pub(crate) use verdict::kinds_to_choose;
pub(crate) use work::{Given, Reader};

use cells::Cells;
use privacy::{named, scrubbed};
use work::{Found, Work};

/// Texts that are remembered to hold nothing of a person.
const PLAIN_MAX: usize = 4_096;

impl Reader<'_> {
    /// Covers what two cells that stand side by side in a sentence may come to.
    fn scrub(&self, text: &mut String) {
        if self.plain.borrow().contains(text.as_str()) {
            // Millions of them are held.
            text.shrink_to_fit();
            return;
        }
        let covered = scrubbed(text);
        if covered == *text && self.plain.borrow().len() < PLAIN_MAX {
            self.plain.borrow_mut().insert(covered.clone());
        }
        *text = covered;
    }

    /// Reads a row of a table under what stands above it.
    pub(crate) fn read(&self, at: At, given: &Given<'_>, above: &Context, asked: &mut Asked) -> Reading {
        let cells = Cells { header: given.header, cells: &given.row.cells };
        let (results, pointed) = (given.results, given.pointed.as_ref());
        let mut work =
            Work { cells, above, results, pointed, reader: self, asked, found: Found::default(), notes: Vec::new() };
        for unknown in &given.unknown {
            let question = &unknown.question;
            work.ask(&question.id, || question.clone());
        }
        let of_unknown = given.name.and_then(|at| given.row.cells.get(at)).map(|cell| cell.text.as_str());
        let name = named(of_unknown.unwrap_or_else(|| work.cells.raw(Column::Name)));
        if given.row.doubtful {
            let fault = (
                "本行只有这几个字,既像网点名称又像小标题,无法判断;是网点的请补填序号或地址,是小标题的请写到表格之外",
                "the row says no more than this: it may be an outlet or a title; give an outlet its number or address",
            );
            work.fault(Fault::new(
                work.cells.title(Column::Name),
                rule::NAME_ALONE,
                fault.0.to_owned(),
                fault.1.to_owned(),
            ));
        }
        let (verdict, entry) = if given.name.is_some() || given.row.doubtful { (None, None) } else { work.all() };
        let Found { unconfirmed, mut because, mut faults, waits_for, mut left_out } = work.found;
        // The registry knows whether a bureau has confirmed the code; of a row that does not get there all faults are told at once.
        faults.extend(unconfirmed.filter(|_| !faults.is_empty() || !waits_for.is_empty()));
        // A report is passed on like a list: no sentence of it repeats a person's number.
        for told in because.iter_mut().map(|because| &mut because.zh) {
            self.scrub(told);
        }
        for told in faults.iter_mut().flat_map(|fault| [&mut fault.zh, &mut fault.en]) {
            self.scrub(told);
        }
        let entry = entry.filter(|_| faults.is_empty() && waits_for.is_empty()).map(|entry| {
            let (entry, lost) = privacy::kept(entry);
            left_out.extend(lost.then(|| given.header.title(Column::Street).to_owned()));
            entry
        });
        Reading { at, name, verdict, entry, because, faults, waits_for, left_out }
    }
}

impl Work<'_, '_> {
    /// Marks for the cell above that stand below none.
    fn ditto(&mut self) {
        let header = self.cells.header;
        let is_open = |column: &Column| !matches!(column, Column::Name | Column::Ordinal | Column::Other);
        for (column, at) in header.columns().iter().filter(|(column, _)| is_open(column)) {
            let Some(text) = self.cells.at(*at).filter(|text| notes::is_ditto(text)) else { continue };
            let (title, text) = (header.title(*column), fold::cut(text, 10));
            self.fault(Fault::new(
                title,
                rule::NAME_ALONE,
                format!("「{title}」写「{text}」,上一行没有可取的内容;请补填"),
                format!("{title} is \"{text}\", and nothing stands above it: fill it in"),
            ));
        }
    }

    /// What stands in the place of a name and names no outlet by its words.
    fn no_name(&mut self) {
        let Some(text) = self.cells.get(Column::Name).filter(|text| notes::is_no_name(text)) else { return };
        let (title, text) = (self.cells.title(Column::Name), fold::cut(text, 40));
        let fault = Fault::new(
            title,
            rule::NAME_ALONE,
            format!(
                "「{title}」写「{text}」,不是网点名称(像是说明、签署、表格项目或「同上」);是网点的请写明名称,不是的请移到表格之外"
            ),
            format!(
                "{title} is \"{text}\", which names no outlet: give the outlet's name, or move the line out of the table"
            ),
        );
        self.fault(fault);
    }

    fn all(&mut self) -> (Option<Verdict>, Option<Entry>) {
        self.lengths();
        self.values();
        self.ditto();
        self.no_name();
        let name = self.required::<200>(Column::Name);
        let verdict = self.verdict();
        let category = self.category();
        self.keep(Column::Remarks);
        self.further_addresses();
        // What certifies something else is recorded nowhere: nobody has to say where it is.
        let other = self.found.faults.iter().any(|fault| fault.rule == rule::NOT_INCLUSIVE_CERTIFICATION);
        let place = if other { None } else { self.place() };
        let uscc = self.uscc();
        let (uscc, outlet) = self.outlet(uscc);
        let (verdict, dates) = self.dates(verdict, category.as_ref());
        let point = self.point(place.as_ref().map(|place| &place.division));
        let phone = self.phone();
        self.persons();
        let address = self.optional(Column::Address);
        let body = self.optional(Column::Body);
        let (former, operator) = (self.former(), self.operator());
        let document = self.document(verdict);
        let publicity = self.optional(Column::Publicity);
        let source = self.optional(Column::Source);
        let entry = || {
            let Place { division, street, .. } = place?;
            Some(Entry {
                name: name?,
                former,
                operator,
                beside: None,
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
                as_published: kept::reason(&self.notes),
            })
        };
        (verdict, entry())
    }
}
