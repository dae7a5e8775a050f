//! Writes a long list as a workbook, to take the figure of an import: `cargo run -p lists --example long_list -- 50000 list.xlsx`. Outlets of every county of
//! Yangzhou, each with a code of its own, an address, a document and a term; with `--no-codes` as lists without them are.

use std::error::Error;

use domain::Uscc;
use rust_xlsxwriter::Workbook;

const COUNTIES: [(&str, &str); 6] = [
    ("321002", "广陵区"),
    ("321003", "邗江区"),
    ("321012", "江都区"),
    ("321023", "宝应县"),
    ("321081", "仪征市"),
    ("321084", "高邮市"),
];
const HEADINGS: [&str; 9] =
    ["序号", "机构名称", "统一社会信用代码", "类别", "所属区县", "地址", "文号", "认定日期", "有效期至"];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let with_codes = !words.iter().any(|word| word == "--no-codes");
    let words: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let [rows, file] = words[..] else { return Err("ROWS FILE [--no-codes]".into()) };
    let rows: u32 = rows.parse()?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "扬州市普惠托育机构认定名单")?;
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write(1, column, heading)?;
    }
    for row in 0..rows {
        let (county, name) = COUNTIES[row as usize % COUNTIES.len()];
        let code = Uscc::synthetic("91", county, &format!("{row:08}")).ok_or("eight digits")?.to_string();
        let cells = [
            (row + 1).to_string(),
            format!("合成托育园{row}"),
            if with_codes { code } else { String::new() },
            "普惠托育".to_owned(),
            format!("扬州市{name}"),
            format!("合成路{}号", row % 997),
            format!("合成卫〔2025〕{}号", row % 40 + 1),
            "2025-03-03".to_owned(),
            "2028-03-02".to_owned(),
        ];
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row + 2, column, cell)?;
        }
    }
    book.save(file)?;
    Ok(())
}
