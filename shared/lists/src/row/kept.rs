//! What a row says beyond the fields that have rules of their own: names, texts, telephones, remarks. What is a person's is left out, and that is said.

use domain::{Name, Phone, Reason, Text};

use super::privacy::{self, LEFT_OUT, is_of_a_person};
use super::work::Work;
use crate::fold;
use crate::reading::Fault;
use crate::words::headings::{Column, column};
use crate::words::{names, persons};

/// Longest [`Entry::as_published`], in characters: that of a [`Reason`].
const AS_PUBLISHED_CHARS_MAX: usize = 512;

impl Work<'_, '_> {
    /// The outlet's telephone: the first number of the cell that can be one. A mobile number is a person's and is left out; so is what cannot be a
    /// number: no certification hangs on a telephone.
    pub(super) fn phone(&mut self) -> Option<Phone> {
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

    /// What the name's brackets and the remarks say that the outlet was called before.
    pub(super) fn former(&self) -> Vec<String> {
        let (_, noted) = fold::without_notes(&fold::key(self.cells.raw(Column::Name)));
        let remarks = self.cells.get(Column::Remarks).unwrap_or_default();
        let mut found = names::former(&noted);
        found.extend(names::former(remarks));
        found.dedup();
        found
    }

    /// The operator's name where it is a body's: a person's, as those of kindergartens may be, is not kept.
    pub(super) fn operator(&mut self) -> Option<Name> {
        let text = self.cells.get(Column::Operator)?.to_owned();
        let plain = !is_of_a_person(&text) && !persons::is_named(&text) && names::is_body(&text);
        let name = Name::parse(text.trim()).ok().filter(|_| plain);
        if name.is_none() {
            let title = self.cells.title(Column::Operator).to_owned();
            self.found.left_out.push(title);
        }
        name
    }

    /// Persons' names and numbers that have a column of their own: none is kept.
    pub(super) fn persons(&mut self) {
        for column in [Column::Person, Column::PersonNumber] {
            if self.cells.get(column).is_some() {
                self.found.left_out.push(self.cells.title(column).to_owned());
            }
        }
    }

    /// Keeps what a cell says; of one that holds a person's number, that it was left out.
    pub(super) fn keep(&mut self, column: Column) {
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

    /// Keeps a further address that the row gives, such as the licence's: it is no place of the outlet's.
    pub(super) fn further_addresses(&mut self) {
        for at in &self.cells.header.repeated {
            let title = self.cells.header.cells.get(*at).map_or("", String::as_str);
            let Some(cell) = self.cells.cells.get(*at).filter(|cell| !cell.is_empty()) else { continue };
            let known = self.cells.get(Column::Address).is_some_and(|own| fold::key(own) == fold::key(&cell.text));
            if known || column(title) != Some(Column::Address) {
                continue;
            }
            let text: String = cell.text.chars().filter(|c| !c.is_control()).collect();
            if is_of_a_person(&text) || persons::is_named(&text) {
                self.notes.push(format!("{title}:{LEFT_OUT}"));
                self.found.left_out.push(title.to_owned());
            } else {
                self.notes.push(format!("{title}:{text}"));
            }
        }
    }

    /// A text that a field keeps. Where it holds a person's number it is kept without its notes in brackets, or else left out, and that is said.
    pub(super) fn optional<const MAX: usize>(&mut self, column: Column) -> Option<Text<MAX>> {
        let text = self.cells.get(column)?.to_owned();
        let named =
            is_of_a_person(&text) || (!matches!(column, Column::Body | Column::Document) && persons::is_named(&text));
        let invalid = match Text::parse(&text) {
            Ok(text) if !named => return Some(text),
            Ok(_) => None,
            Err(invalid) => Some(invalid),
        };
        let title = self.cells.title(column).to_owned();
        let (plain, _notes) = fold::without_notes(&fold::width(&text));
        if column == Column::Name && is_of_a_person(&plain) {
            // Nobody can tell what the outlet is called without it.
            self.fault(Fault::invalid(&title, privacy::invalid(&plain), ""));
            return None;
        }
        let is_plain = !persons::is_named(&plain) && !is_of_a_person(&plain);
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

    pub(super) fn required<const MAX: usize>(&mut self, column: Column) -> Option<Text<MAX>> {
        // A formula's error is told as that.
        let told = self.found.faults.iter().any(|fault| fault.column == self.cells.title(column));
        if self.cells.get(column).is_none() && !told {
            let title = self.cells.title(column).to_owned();
            self.fault(Fault::empty(&title));
        }
        self.optional(column)
    }
}

pub(super) fn reason(notes: &[String]) -> Option<Reason> {
    let notes = notes.iter().map(|note| {
        let title = note.split_once(':').map_or("", |(title, _)| title);
        if is_of_a_person(note) { format!("{title}:{LEFT_OUT}") } else { note.clone() }
    });
    Reason::parse(&fold::cut(&notes.collect::<Vec<_>>().join(";"), AS_PUBLISHED_CHARS_MAX)).ok()
}
