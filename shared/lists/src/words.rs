//! What people call things in lists: tables with their sources (`data/words/`), each word matched after one fold of text.

pub mod awards;
pub mod blanks;
pub mod codes;
pub mod dates;
pub mod doubts;
mod endings;
pub mod headings;
pub mod marks;
pub mod names;
pub mod notes;
pub mod parts;
pub mod persons;
pub mod phrases;
pub mod places;
pub mod pointers;
pub mod results;
pub mod sections;
pub mod stripes;
pub mod terms;
pub mod titles;
pub mod verdicts;

/// The rows of a carried table below its header, cell by cell. A row that cannot be read is passed over and ends nothing; a table that is carried has
/// none: its test says so.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = csv::StringRecord> {
    csv::ReaderBuilder::new().from_reader(table.as_bytes()).into_records().filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// A row that is longer or shorter than the header is an error of its reader: each table is read to its end, as a file, whether the code reads it or not.
    #[test]
    fn every_carried_table_can_be_read_to_its_end() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        for (folder, source) in [("words", true), ("tables", false)] {
            for file in std::fs::read_dir(data.join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
                let text = std::fs::read_to_string(&file).unwrap();
                let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
                let rows: Vec<_> = reader.records().map(|row| row.map_err(|bad| format!("{file:?}: {bad}"))).collect();
                assert!(!rows.is_empty(), "{file:?} is empty");
                for row in rows {
                    let row = row.unwrap();
                    let told = |at: usize| row.get(at).is_some_and(|cell| !cell.is_empty());
                    assert!(told(0), "{file:?}: {row:?} has no word");
                    assert!(!source || told(row.len() - 1), "{file:?}: {row:?} has no source");
                }
                // What stands within quotation marks may hold line breaks: none does here, so that a line is a row.
                let lines = text.lines().filter(|line| !line.is_empty()).count();
                assert_eq!(csv::Reader::from_reader(text.as_bytes()).records().count() + 1, lines, "{file:?}");
            }
        }
    }

    #[test]
    fn a_row_of_another_length_ends_no_table() {
        let words: Vec<_> = super::rows("word,source\n甲,a\n乙,b,c\n丙\n丁,d\n").map(|row| row[0].to_owned()).collect();
        assert_eq!(words, ["甲", "丁"]);
    }
}
