//! `puhui import --template FILE`: an empty list to fill in, as a workbook: its headings, choices where there are any, columns that keep what is typed into
//! them, one row as an example, and a page on how to fill it in.

use std::path::Path;

use lists::CategoryNames;
use rust_xlsxwriter::{Color, DataValidation, DataValidationErrorStyle, Format, Workbook, XlsxError};

use super::report::{of_book, unfinished};
use crate::client::Failure;
use crate::failure::of_path;
use crate::json;

/// Rows that have choices and formats.
const ROWS: u32 = 5_000;
/// What a cell of a column is kept as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// As it was typed: digits are not taken for a number, nor a number for a day.
    Text,
    /// A day, or a text.
    Day,
    /// One of the categories.
    Category,
    /// Whether it is certified.
    Kind,
}

/// Headings with their widths, how a cell is kept, the example, and how to fill it in.
const COLUMNS: [(&str, f64, Kept, &str, &str); 14] = [
    ("序号", 7.0, Kept::Text, "示例", "填 1、2、3…。写有「示例」的行不会录入。"),
    ("统一社会信用代码", 24.0, Kept::Text, "", "18位;没有时留空,以后可补录。本列已设为文本,请勿改为数字。"),
    ("机构名称", 30.0, Kept::Text, "示例托育园", "必填。填网点的全称,如门店名称、园名、站点名称。"),
    ("类别", 22.0, Kept::Category, "普惠托育", "必填。从下拉列表选一项。"),
    ("所属区县", 14.0, Kept::Text, "邗江区", "必填。县(市、区)名称,或6位区划代码。"),
    ("所属街道", 16.0, Kept::Text, "蒋王街道", "街道或乡镇,可留空。"),
    ("地址", 36.0, Kept::Text, "示例路1号", "网点所在的地址,可留空。"),
    (
        "联系电话",
        16.0,
        Kept::Text,
        "0514-87000000",
        "网点对外公开的固定电话。请勿填写个人手机号码和身份证号码,不会录入。",
    ),
    ("认定单位", 24.0, Kept::Text, "邗江区卫生健康委员会", "作出认定的单位。"),
    ("文号", 22.0, Kept::Text, "扬邗卫〔2026〕1号", "认定文件的文号。"),
    ("认定日期", 14.0, Kept::Day, "2026-01-05", "作出认定的日期,如 2026-01-05。"),
    ("有效期起", 14.0, Kept::Day, "2026-01-05", "可留空。"),
    ("有效期至", 14.0, Kept::Day, "2029-01-04", "名单没有写明有效期时留空,登记为「未载明」。"),
    ("认定结果", 14.0, Kept::Kind, "认定", "必填。从下拉列表选一项:认定,或已不再认定的情形。"),
];
/// What the column on the result may hold.
const KINDS: [&str; 7] = ["认定", "拟认定", "不予认定", "取消认定", "退出", "注销", "停办"];
const ABOUT: [&str; 5] = [
    "普惠生活服务名单模板:请在「名单」表中填写,一个网点一行;保存后用 puhui import 文件名 导入。",
    "先用 puhui import --check 文件名 检查:列出有误的行和要回答的问题,不作任何登记。",
    "列的次序可以调换,不用的列可以删去,表头上方可以加标题。",
    "导入后,同名的「.report.xlsx」写明每一行的结果和改正办法;退回的行改好后,整份再导入一次,不会重复登记。",
    "各列的填法:",
];

/// Writes the template into a new file.
pub(crate) fn write(file: &Path, as_json: bool) -> Result<(), Failure> {
    if file.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!(
            "--template {0}:已有此文件,未改动 / {0} is there already and was left as it is",
            file.display()
        )));
    }
    let categories = lists::lexicon::carried_categories().map_err(|error| Failure::usage(error.to_string()))?;
    let mut book = made(&categories, &[]).map_err(|error| of_book(file, error))?;
    let part = unfinished(file);
    book.save(&part).map_err(|error| of_book(&part, error))?;
    std::fs::rename(&part, file).map_err(of_path(file))?;
    if as_json {
        return json::say(&serde_json::json!({ "template": file.display().to_string() }).to_string());
    }
    json::say(&format!("模板已写入 the template is written: {}", file.display()))
}

/// The template with these rows filled in below the example.
fn made(categories: &[CategoryNames], filled: &[[&str; COLUMNS.len()]]) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_background_color(Color::RGB(0x00DD_EBF7));
    let grey = Format::new().set_italic().set_font_color(Color::Gray).set_num_format("@");
    let text = Format::new().set_num_format("@");
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet().set_name("名单")?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (heading, width, kept, example, how)) in (0_u16..).zip(COLUMNS) {
        sheet
            .set_column_width(column, width)?
            .set_column_format(column, if kept == Kept::Day { &day } else { &text })?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
        if !example.is_empty() {
            sheet.write_string_with_format(1, column, example, &grey)?;
        }
        let told = DataValidation::new().set_input_title(heading)?.set_input_message(how)?;
        let told = match kept {
            Kept::Category => chosen(told.allow_list_strings(&names(categories))?)?,
            Kept::Kind => chosen(told.allow_list_strings(&KINDS)?)?,
            Kept::Text | Kept::Day => told,
        };
        sheet.add_data_validation(1, column, ROWS, column, &told)?;
        for (row, cells) in (2..).zip(filled) {
            let cell = cells[usize::from(column)];
            if !cell.is_empty() {
                sheet.write_string(row, column, cell)?;
            }
        }
    }
    let page = book.add_worksheet().set_name("填写说明")?;
    page.set_column_width(0, 110)?;
    let about = ABOUT.iter().map(|line| (*line).to_owned());
    let columns = COLUMNS.iter().map(|(heading, .., how)| format!("【{heading}】{how}"));
    for (row, line) in (0..).zip(about.chain(columns)) {
        page.write_string(row, 0, line)?;
    }
    Ok(book)
}

fn names(categories: &[CategoryNames]) -> Vec<&str> {
    categories.iter().map(|category| category.name.as_str()).collect()
}

/// Another text is warned of and can be kept: a list may know a category by another name.
fn chosen(list: DataValidation) -> Result<DataValidation, XlsxError> {
    list.set_error_style(DataValidationErrorStyle::Warning).set_error_message("不在所列各项之中,仍要填写吗?")
}

#[cfg(test)]
mod tests {
    use lists::account::{self, NotARow};
    use lists::{Answers, Verdict};

    use super::*;

    fn read(filled: &[[&str; COLUMNS.len()]]) -> lists::List {
        let categories = lists::lexicon::carried_categories().unwrap();
        let bytes = made(&categories, filled).unwrap().save_to_buffer().unwrap();
        super::super::read(&bytes, &Answers::default()).unwrap().list
    }

    #[test]
    fn an_empty_template_holds_no_row_and_asks_nothing() {
        let list = read(&[]);
        assert_eq!((list.rows.len(), list.questions.len()), (0, 0), "{list:?}");
        let counts = account::count(&list.lines);
        assert_eq!(counts.not.get(&NotARow::Example), Some(&1));
        assert_eq!(counts.lines, 2 + 5 + u64::try_from(COLUMNS.len()).unwrap());
    }

    #[test]
    fn every_choice_of_a_template_is_read_as_what_it_says() {
        let categories = lists::lexicon::carried_categories().unwrap();
        for category in &categories {
            let mut row = COLUMNS.map(|(.., example, _)| example);
            (row[0], row[3]) = ("1", category.name.as_str());
            let list = read(&[row]);
            let entry = list.rows[0].entry.as_ref().unwrap_or_else(|| panic!("{:?}", list.rows[0]));
            assert_eq!(entry.category, category.code);
            assert_eq!(list.rows[0].verdict, Some(Verdict::Certified));
            assert_eq!(entry.valid_to.map(|day| day.to_string()).as_deref(), Some("2029-01-04"));
            assert!(list.rows[0].left_out.is_empty(), "{:?}", list.rows[0].left_out);
        }
        for kind in KINDS {
            let mut row = COLUMNS.map(|(.., example, _)| example);
            (row[0], row[13]) = ("1", kind);
            let list = read(&[row]);
            let verdict = list.rows[0].verdict;
            assert!(
                verdict.is_some() && (verdict == Some(Verdict::Certified)) == (kind == "认定"),
                "{kind}: {verdict:?}"
            );
        }
    }
}
