//! What of a book is covered, by the column it stands in.

use super::*;
use crate::book::{Cell, Format, Line, Sheet};

fn book(name: &str, lines: &[&str]) -> Book {
    let line = |(number, line): (u64, &&str)| Line {
        number,
        cells: line.split('|').map(Cell::text).collect(),
        ..Line::default()
    };
    let sheet = Sheet { name: name.to_owned(), lines: (1..).zip(lines).map(line).collect(), ..Sheet::default() };
    Book { format: Format::Xlsx, sheets: vec![sheet] }
}

fn texts(book: &Book) -> Vec<String> {
    let line = |line: &Line| line.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>().join("|");
    book.sheets[0].lines.iter().map(line).collect()
}

#[test]
fn each_column_has_what_is_a_persons_in_it_covered() {
    let given = [
        "名单 联系人:李建国13812345678",
        "机构名称|统一社会信用代码|地址|负责人|联系电话|文号|经度|备注|联系人手机13912345678",
        "李老师托管园|914403001922038216|文昌路1号 李建国|王五|0514-84612345/13812345678|〔2024〕1号|131.12345678|QQ 12345|x",
        "甲园(李建国13812345678)|321084198001011234|文昌路1号|无|1381234|321003260115001|119.4|余5678|x",
        "乙园|62321003MA1N0000XK|文昌路5678号|/|1381234|〔2024〕1号|119.4|共5678人|x",
    ];
    let mut own = book("李建国13812345678", &given);
    cover(&mut own);
    assert_eq!(own.sheets[0].name, "██████████████");
    assert_eq!(
        texts(&own),
        [
            "名单 联系人:██████████████",
            "机构名称|统一社会信用代码|地址|负责人|联系电话|文号|经度|备注|联系人手机███████████",
            "李老师托管园|914403001922038216|文昌路1号 李建国|██|0514-84612345/███████████|〔2024〕1号|131.12345678|QQ █████|x",
            "甲园(██████████████)|██████████████████|文昌路1号|无|███████|321003260115001|119.4|余████|x",
            "乙园|62321003MA1N0000XK|文昌路5678号|/|███████|〔2024〕1号|119.4|共5678人|x",
        ]
    );
    let once = texts(&own);
    cover(&mut own);
    assert_eq!(texts(&own), once);
    let changes = |book: &Book| book_covered(book, &tables::find(book)).is_some();
    assert!(!changes(&own) && changes(&book("", &given)));
}
