//! What people call things in lists: tables with their sources (`data/words/`), each word matched after one fold of text.

pub mod awards;
pub mod blanks;
pub mod codes;
pub mod dates;
pub mod doubts;
pub mod headings;
pub mod marks;
pub mod notes;
pub mod parts;
pub mod persons;
pub mod phrases;
pub mod places;
pub mod pointers;
pub mod results;
pub mod sections;
pub mod verdicts;

/// The rows of a carried table below its header, cell by cell. A table that is carried is whole: its test says so.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = csv::StringRecord> {
    csv::ReaderBuilder::new().from_reader(table.as_bytes()).into_records().map_while(Result::ok)
}
