//! A workbook as it would be opened, as a file, and as a person would see it.

use std::fmt::Write as _;

use lists::book::{Book, Cell, Format, HiddenColumn, Line, Sheet, Unseen};
use rust_xlsxwriter::{Format as Look, Workbook};

use crate::dice::Dice;
use crate::kinds::{Case, Page};

impl Case {
    /// The book as it would be opened.
    pub(super) fn book(&self) -> Book {
        let sheet = |page: &Page| {
            let mut lines: Vec<Line> = page
                .lines
                .iter()
                .enumerate()
                .map(|(at, set)| Line {
                    number: at as u64 + 1,
                    cells: set.cells.iter().map(|text| Cell::text(text)).collect(),
                    unseen: if set.hidden { Some(Unseen::Hidden) } else { set.struck.then_some(Unseen::StruckOut) },
                    ..Line::default()
                })
                .collect();
            for (line, set) in lines.iter_mut().zip(&page.lines).filter(|(_, set)| set.over && page.width > 1) {
                line.cells.resize(page.width, Cell::default());
                for cell in &mut line.cells[1..] {
                    *cell = Cell { text: set.cells[0].clone(), merged: true, ..Cell::default() };
                }
            }
            for (line, first, last) in &page.across {
                let text = lines[*line].cells[*first].text.clone();
                for cell in &mut lines[*line].cells[first + 1..=*last] {
                    *cell = Cell { text: text.clone(), merged: true, ..Cell::default() };
                }
            }
            for (first, last, column) in &page.down {
                let text = lines[*first].cells[*column].text.clone();
                for line in &mut lines[first + 1..=*last] {
                    line.cells[*column] = Cell { text: text.clone(), merged: true, ..Cell::default() };
                }
            }
            let mut hidden_columns = Vec::new();
            if let Some(at) = page.hidden {
                let mut hidden = HiddenColumn { at, first: String::new(), cells: 0 };
                for cell in lines.iter_mut().filter_map(|line| line.cells.get_mut(at)) {
                    let cell = std::mem::take(cell);
                    hidden.cells += u64::from(!cell.is_empty() && !cell.merged);
                }
                hidden_columns.push(hidden);
            }
            lines.retain(|line| line.cells.iter().any(|cell| !cell.is_empty()));
            Sheet { name: page.name.clone(), lines, hidden_columns, ..Sheet::default() }
        };
        Book { format: Format::Xlsx, sheets: self.pages.iter().map(sheet).collect() }
    }

    /// The file's bytes.
    pub(super) fn bytes(&self, dice: &mut Dice) -> Vec<u8> {
        if self.setting.text { self.csv(dice) } else { self.xlsx() }
    }

    fn csv(&self, dice: &mut Dice) -> Vec<u8> {
        let delimiter = *dice.pick(b",\t;");
        let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(Vec::new());
        for set in &self.pages[0].lines {
            writer.write_record(&set.cells).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        match dice.below(6) {
            0 => text.into_bytes(),
            3 => wide(u16::to_le_bytes),
            4 => [vec![0xFE, 0xFF], wide(u16::to_be_bytes)].concat(),
            1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            2 => encoding_rs::GB18030.encode(&text).0.into_owned(),
            _ => [vec![0xFF, 0xFE], wide(u16::to_le_bytes)].concat(),
        }
    }

    fn xlsx(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let plain = Look::new();
        let struck = Look::new().set_font_strikethrough();
        for page in &self.pages {
            let sheet = book.add_worksheet();
            sheet.set_name(&page.name).unwrap();
            for (at, set) in page.lines.iter().enumerate() {
                let row = u32::try_from(at).unwrap();
                let look = if set.struck { &struck } else { &plain };
                if set.over && page.width > 1 {
                    let last = u16::try_from(page.width - 1).unwrap();
                    sheet.merge_range(row, 0, row, last, &set.cells[0], look).unwrap();
                } else {
                    for (column, text) in set.cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                        sheet.write_string_with_format(row, u16::try_from(column).unwrap(), text, look).unwrap();
                    }
                }
                if set.hidden {
                    sheet.set_row_hidden(row).unwrap();
                }
            }
            if let Some(hidden) = page.hidden {
                sheet.set_column_hidden(u16::try_from(hidden).unwrap()).unwrap();
            }
            for (line, first, last) in &page.across {
                let text = &page.lines[*line].cells[*first];
                let (line, first, last) =
                    (u32::try_from(*line).unwrap(), u16::try_from(*first).unwrap(), u16::try_from(*last).unwrap());
                sheet.merge_range(line, first, line, last, text, &plain).unwrap();
            }
            for (first, last, column) in &page.down {
                let (first, last) = (u32::try_from(*first).unwrap(), u32::try_from(*last).unwrap());
                let column = u16::try_from(*column).unwrap();
                let text = &page.lines[first as usize].cells[usize::from(column)];
                sheet.merge_range(first, column, last, column, text, &plain).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }
}

/// The page as a person would see it, for a failure.
pub(super) fn shown(case: &Case) -> String {
    let mut out = format!("{:?}\n", case.setting);
    for page in &case.pages {
        for set in &page.lines {
            let mark = if set.hidden {
                "hidden "
            } else if set.struck {
                "struck "
            } else if set.over {
                "over "
            } else {
                ""
            };
            let _ = writeln!(out, "  {mark}{}", set.cells.join(" | "));
        }
        let _ = writeln!(out, "  merged down: {:?}", page.down);
    }
    out
}
