//! Files of every kind, from bytes to cells: what a person who opens the file sees, and what is not seen told apart.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod made;

use lists::ListError;
use lists::book::{Book, Broken, Cell, Form, Format, Sheet, Unseen};
use lists::error::Kind;
use lists::open::open;
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook};

fn field(name: &str) -> Book {
    let path = format!("{}/tests/field/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).expect("it is carried");
    open(&bytes).expect("it opens")
}

/// A sheet as a person would write it down: `^` before what a merged cell covers, `!` before an error, `?` for what is not computed, `~` before
/// what is struck out, `#` before a number, `@` before a day; `-` before a hidden line, `=` before one struck out, `"` before a broken one.
fn told(sheet: &Sheet) -> Vec<String> {
    let cell = |cell: &Cell| {
        let form = match cell.form {
            Form::Text => "",
            Form::Number => "#",
            Form::Day => "@",
            Form::Error => "!",
            Form::NotComputed => "?",
            Form::StruckOut => "~",
        };
        format!("{}{form}{}", if cell.merged { "^" } else { "" }, cell.text)
    };
    let line = |line: &lists::book::Line| {
        let mark = match (line.unseen, line.broken) {
            (Some(Unseen::Hidden), _) => "-",
            (Some(Unseen::StruckOut), _) => "=",
            (None, Some(Broken::QuotationMark)) => "\"",
            (None, None) => "",
        };
        format!("{mark}{} {}", line.number, line.cells.iter().map(cell).collect::<Vec<_>>().join("|"))
    };
    sheet.lines.iter().map(line).collect()
}

fn names(book: &Book) -> Vec<(&str, bool)> {
    book.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.hidden)).collect()
}

#[test]
fn a_merged_cell_holds_for_all_it_covers() {
    let book = field("o06-zhengguo-merged-down.xlsx");
    let lines = told(&book.sheets[0]);
    assert_eq!(
        lines[0],
        "1 正果镇长者饭堂情况一览表|^正果镇长者饭堂情况一览表|^正果镇长者饭堂情况一览表|^正果镇长者饭堂情况一览表|^正果镇长者饭堂情况一览表|^正果镇长者饭堂情况一览表"
    );
    assert_eq!(lines[2], "3 #1|增城区|老年助餐点|居家养老中心长者饭堂|增城区正果正果敬老院|13900000000");
    assert_eq!(lines[7], "8 #6|^增城区|^老年助餐点|黄屋村长者饭堂|增城区正果镇黄屋村村委|13900000000");
    let book = field("o05-zhengguo-as-published.xlsx");
    let covered: Vec<bool> =
        book.sheets[0].lines.iter().map(|line| line.cells.iter().any(|cell| cell.merged)).collect();
    assert_eq!(covered.iter().filter(|merged| **merged).count(), 6, "{:?}", told(&book.sheets[0]));
}

#[test]
fn every_sheet_is_there_and_hidden_ones_are_told() {
    assert_eq!(field("o07-three-sheets.xlsx").sheets.iter().filter(|sheet| !sheet.lines.is_empty()).count(), 3);
    assert_eq!(names(&field("o08-hidden-first-sheet.xlsx")), [("2021旧", true), ("2024", false)]);
}

#[test]
fn hidden_and_struck_out_rows_are_told() {
    let lines = told(&field("o09-hidden-and-struck-rows.xlsx").sheets[0]);
    assert_eq!(lines[1], "2 #1|保留样例幼儿园|普惠性民办幼儿园|扬州市邗江区|2024-03-01|2027-02-28");
    assert_eq!(lines[2], "-3 #2|筛掉样例幼儿园|普惠性民办幼儿园|扬州市邗江区|2024-03-01|2027-02-28");
    assert_eq!(lines[3], "=4 ~3|~划掉样例幼儿园|~普惠性民办幼儿园|~扬州市邗江区|~2024-03-01|~2027-02-28");
}

#[test]
fn a_quotation_mark_that_is_not_closed_loses_no_line() {
    let lines = told(&field("o24-open-quotation-mark.csv").sheets[0]);
    assert_eq!(lines[1], "\"2 样例甲幼儿园|普惠性民办幼儿园|扬州市邗江区|\"原名样例");
    assert_eq!(
        lines[2..],
        ["3 样例乙幼儿园|普惠性民办幼儿园|扬州市邗江区", "4 样例丙幼儿园|普惠性民办幼儿园|扬州市邗江区"]
    );
}

#[test]
fn a_failed_formula_is_an_error_and_one_without_its_value_is_not_computed() {
    assert!(told(&field("o32-formula-errors.xlsx").sheets[0])[1].starts_with("2 !#N/A|"));
    assert_eq!(
        told(&field("o33-formula-without-value.xlsx").sheets[0])[1],
        "2 样例甲幼儿园|普惠性民办幼儿园|扬州市邗江区|2020-09-01|?"
    );
}

#[test]
fn old_workbooks_web_pages_and_open_documents_are_read() {
    let old = field("o34-old.xls");
    assert_eq!(old.format, Format::Xls);
    let lines = told(old.sheets.iter().find(|sheet| !sheet.hidden).unwrap());
    assert!(lines.iter().any(|line| line.contains("机构名称")) && lines.len() > 1, "{lines:?}");
    let page = field("o35-html-table.xls");
    assert_eq!(page.format, Format::Html);
    assert_eq!(told(&page.sheets[0])[1], "2 机构名称|类别|所属区县|备注");
    assert_eq!(told(&page.sheets[0])[2], "3 网页导出幼儿园|普惠性民办幼儿园|扬州市邗江区");
    let ods = field("o36-list.ods");
    assert_eq!((ods.format, names(&ods)), (Format::Ods, vec![("名单", false)]));
    assert_eq!(told(&ods.sheets[0])[1], "2 开放格式幼儿园|普惠性民办幼儿园|扬州市邗江区");
}

#[test]
fn a_code_that_lost_its_digits_is_a_number() {
    let lines = told(&field("o42-code-as-number.xlsx").sheets[0]);
    assert!(lines[1].contains("|#913210031000000400|"), "{lines:?}");
}

#[test]
fn every_file_of_the_field_opens() {
    let folder = format!("{}/tests/field", env!("CARGO_MANIFEST_DIR"));
    let mut opened = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending != "md") {
            let book =
                open(&std::fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(book.sheets.iter().any(|sheet| !sheet.lines.is_empty()), "{}", path.display());
            opened += 1;
        }
    }
    assert!(opened >= 44, "{opened}");
}

/// The list that `tests/formats/seen.xls` is, made with xlwt: a hidden sheet before it, and in it all that is not seen.
#[test]
fn an_old_workbook_tells_what_is_not_seen() {
    let bytes = std::fs::read(format!("{}/tests/formats/seen.xls", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let book = open(&bytes).unwrap();
    assert_eq!(names(&book), [("旧名单", true), ("2024", false)]);
    let title = "普惠性民办幼儿园名单(2024年)";
    let sheet = &book.sheets[1];
    assert_eq!(
        told(sheet),
        [
            format!("1 {title}|^{title}|^{title}|^{title}|^{title}|^{title}"),
            "2 序号|所属区县|机构名称|认定日期|有效期至|统一社会信用代码".to_owned(),
            "3 #1|扬州市邗江区|样例甲幼儿园|@2024-03-01|2026年8月|91321003100000047X".to_owned(),
            "-4 #2|^扬州市邗江区|样例乙幼儿园|@2024-03-01|2026年8月|#913210031000000500".to_owned(),
            "=5 #3|^扬州市邗江区|~样例丙幼儿园|~2024-03-01".to_owned(),
            "6 #4|^扬州市邗江区|样例丁幼儿园|@2024-03-01|2026年8月|?".to_owned(),
        ]
    );
    assert_eq!((sheet.hidden_columns[0].at, sheet.hidden_columns[0].first.as_str(), sheet.partly_struck), (6, "密", 1));
    for end in [600, 2_000, 4_000, bytes.len() - 1_500] {
        assert!(matches!(open(&bytes[..end]), Err(ListError::CutShort)), "{end}: {:?}", open(&bytes[..end]).err());
    }
}

#[test]
fn a_workbook_tells_what_is_not_seen() {
    let mut workbook = Workbook::new();
    let day = Style::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let month = Style::new().set_num_format("yyyy\"年\"m\"月\"");
    let struck = Style::new().set_font_strikethrough();
    let (plain, of_days) = (Style::new(), ExcelDateTime::from_ymd(2026, 8, 1).unwrap());
    let sheet = workbook.add_worksheet().set_name("名单").unwrap();
    sheet.merge_range(0, 0, 1, 3, "名单", &plain).unwrap();
    for (column, text) in [(0, "序号"), (1, "机构名称"), (2, "有效期至"), (3, "备注")] {
        sheet.write(2, column, text).unwrap();
    }
    sheet.write(3, 0, 1).unwrap().write(3, 1, "甲园").unwrap();
    sheet.write_datetime_with_format(3, 2, &of_days, &day).unwrap();
    sheet.write(4, 0, 2).unwrap().write_with_format(4, 1, "乙园", &struck).unwrap();
    sheet.write(5, 0, 3).unwrap().write(5, 1, "丙园").unwrap().write_with_format(5, 3, "旧注", &struck).unwrap();
    sheet.write_datetime_with_format(5, 2, &of_days, &month).unwrap();
    sheet.write(6, 0, 4).unwrap();
    sheet.write_rich_string(6, 1, &[(&struck, "旧名"), (&plain, "丁园")]).unwrap();
    sheet.write_formula(6, 2, Formula::new("A7&\"\"").set_result("")).unwrap();
    // A program that does not work its formulas out puts a 0 in their place.
    sheet.write_formula(6, 3, Formula::new("1+1")).unwrap();
    sheet.write(7, 1, "戊园").unwrap().write(7, 4, "密").unwrap().write(7, 5, "也密").unwrap();
    sheet.write(8, 1, "己园").unwrap();
    sheet.write(9, 1, "庚园").unwrap();
    sheet.set_column_hidden(4).unwrap();
    sheet.set_column_width(5, 0).unwrap();
    sheet.set_row_hidden(7).unwrap();
    sheet.set_row_height(8, 0).unwrap();
    workbook.add_worksheet().set_name("很隐").unwrap().set_very_hidden(true).write(0, 0, "密").unwrap();
    let book = open(&workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(names(&book), [("名单", false), ("很隐", true)]);
    let sheet = &book.sheets[0];
    assert_eq!(
        told(sheet),
        [
            "1 名单|^名单|^名单|^名单",
            "3 序号|机构名称|有效期至|备注",
            "4 #1|甲园|@2026-08-01",
            "=5 #2|~乙园",
            "6 #3|丙园|2026年8月|~旧注",
            "7 #4|丁园|?|?",
            "-8 |戊园",
            "-9 |己园",
            "10 |庚园",
        ]
    );
    let hidden: Vec<_> =
        sheet.hidden_columns.iter().map(|column| (column.at, column.first.as_str(), column.cells)).collect();
    assert_eq!((hidden, sheet.partly_struck), (vec![(4, "密", 1), (5, "也密", 1)], 1));
}

/// A workbook of one sheet, its XML as given.
fn xlsx(workbook: &str, sheet: &str, shared: &str, styles: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let ns = format!("xmlns:x=\"{main}\" xmlns:r=\"{relations}\"");
    let workbook = format!(
        "<x:workbook {ns}>{workbook}<x:sheets><x:sheet name=\"名单\" sheetId=\"1\" r:id=\"r1\"/></x:sheets></x:workbook>"
    );
    let relation = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"/xl/a.xml\"/><Relationship Id=\"r2\" Type=\"{relations}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    made::zip(&[
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", &relation),
        ("xl/a.xml", &format!("<x:worksheet {ns}>{sheet}</x:worksheet>")),
        ("xl/sharedStrings.xml", &format!("<x:sst {ns}>{shared}</x:sst>")),
        ("xl/styles.xml", &format!("<x:styleSheet {ns}>{styles}</x:styleSheet>")),
    ])
}

#[test]
fn workbooks_of_other_programs_are_read() {
    let shared = "<x:si><x:r><x:t>阳光</x:t></x:r><x:r><x:rPr><x:b/></x:rPr><x:t xml:space=\"preserve\"> 幼儿园</x:t></x:r><x:rPh sb=\"0\" eb=\"2\"><x:t>yangguang</x:t></x:rPh></x:si>";
    let styles = "<x:numFmts><x:numFmt numFmtId=\"170\" formatCode=\"000\"/></x:numFmts><x:fonts><x:font><x:strike val=\"0\"/></x:font></x:fonts><x:cellXfs><x:xf/><x:xf numFmtId=\"57\"/><x:xf numFmtId=\"31\"/><x:xf numFmtId=\"170\"/></x:cellXfs>";
    let sheet = "<x:cols><x:col min=\"8\" max=\"16384\" hidden=\"1\"/></x:cols><x:sheetData><x:row><x:c t=\"s\"><x:v>0</x:v></x:c><x:c t=\"inlineStr\"><x:is><x:t>行_x000D_内</x:t></x:is></x:c><x:c s=\"1\"><x:v>43890</x:v></x:c><x:c s=\"2\"><x:v>43890</x:v></x:c><x:c><x:v>45352.75</x:v></x:c><x:c s=\"3\"><x:v>7</x:v></x:c><x:c t=\"d\"><x:v>2024-03-01T00:00:00</x:v></x:c><x:c><x:v>9</x:v></x:c></x:row><x:row r=\"5\" hidden=\"true\"><x:c r=\"B5\" t=\"str\"><x:f>A1</x:f><x:v>甲&amp;乙&#20013;</x:v></x:c></x:row><x:row ht=\"0\"><x:c r=\"A6\" t=\"b\"><x:v>1</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref=\"A1:A1048576\"/></x:mergeCells>";
    let book = open(&xlsx("<x:workbookPr date1904=\"1\"/>", sheet, shared, styles)).unwrap();
    assert_eq!(
        told(&book.sheets[0]),
        [
            "1 阳光 幼儿园|行 内|2024年3月|@2024-03-01|#45352.75|#007|@2024-03-01",
            "-5 ^阳光 幼儿园|甲&乙中",
            "-6 ^阳光 幼儿园",
        ]
    );
}

#[test]
fn open_documents_tell_what_is_not_seen() {
    let content = "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\" xmlns:number=\"n\" xmlns:calcext=\"c\"><office:automatic-styles>
        <number:date-style style:name=\"N1\"><number:year/>年<number:month/>月</number:date-style>
        <style:style style:name=\"ce1\" style:family=\"table-cell\"><style:text-properties style:text-line-through-style=\"solid\"/></style:style>
        <style:style style:name=\"ce2\" style:family=\"table-cell\" style:data-style-name=\"N1\"/>
        <style:style style:name=\"T1\" style:family=\"text\"><style:text-properties style:text-line-through-style=\"solid\"/></style:style>
        <style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>
        <office:body><office:spreadsheet><table:table table:name=\"密\" table:style-name=\"ta2\"><table:table-row><table:table-cell><text:p>密</text:p></table:table-cell></table:table-row></table:table>
        <table:table table:name=\"名单\"><table:table-column/><table:table-column table:number-columns-repeated=\"3\"/><table:table-column table:visibility=\"collapse\"/>
        <table:table-row><table:table-cell table:number-columns-spanned=\"3\"><text:p>名单</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated=\"2\"/></table:table-row>
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>
        <table:table-row><table:table-cell table:number-rows-spanned=\"3\"><text:p>甲区</text:p></table:table-cell><table:table-cell><office:annotation><text:p>批注</text:p></office:annotation><text:p>一<text:s/>园</text:p><text:p>分园</text:p></table:table-cell><table:table-cell table:style-name=\"ce2\" office:value-type=\"date\" office:date-value=\"2026-08-01\"><text:p>2026年8月</text:p></table:table-cell><table:table-cell office:value-type=\"float\" office:value=\"913210031000000400\"><text:p>9.1E+17</text:p></table:table-cell><table:table-cell><text:p>密</text:p></table:table-cell></table:table-row>
        <table:table-row table:visibility=\"filter\"><table:covered-table-cell/><table:table-cell><text:p>二园</text:p></table:table-cell></table:table-row>
        <table:table-row><table:covered-table-cell/><table:table-cell table:style-name=\"ce1\"><text:p>三园</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell><text:p><text:span text:style-name=\"T1\">旧</text:span>乙区</text:p></table:table-cell><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"3\"><text:p>3</text:p></table:table-cell><table:table-cell table:formula=\"of:=A1\"/></table:table-row>
        <table:table-row><table:table-cell table:formula=\"of:=X\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"><text:p>#N/A</text:p></table:table-cell><table:table-cell office:value-type=\"date\" office:date-value=\"2024-03-01\"><text:p>24/3/1</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>";
    let file = |manifest: &str| {
        made::zip(&[
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", content),
        ])
    };
    let book = open(&file("<manifest/>")).unwrap();
    assert_eq!(names(&book), [("密", true), ("名单", false)]);
    assert_eq!(
        told(&book.sheets[1]),
        [
            "1 名单|^名单|^名单",
            "4 甲区|一 园 分园|2026年8月|#913210031000000400",
            "-5 ^甲区|二园",
            "=6 ^甲区|~三园",
            "7 乙区|#3|#3|?",
            "8 乙区|#3|#3|?",
            "9 !#N/A|@2024-03-01",
        ]
    );
    assert_eq!((book.sheets[1].hidden_columns[0].at, book.sheets[1].partly_struck), (4, 1));
    assert!(matches!(open(&file("<manifest:encryption-data/>")), Err(ListError::Password)));
    let flat = content.replace("office:document-content", "office:document").replacen(
        "xmlns:office=\"o\"",
        "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"",
        1,
    );
    assert_eq!(open(flat.as_bytes()).unwrap(), book);
}

#[test]
fn xml_spreadsheets_of_2003_are_read() {
    let text = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles><Style ss:ID=\"a\"><Font ss:StrikeThrough=\"1\"/></Style><Style ss:ID=\"m\"><NumberFormat ss:Format=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></Style></Styles>
        <Worksheet ss:Name=\"旧\"><Table><Row><Cell><Data ss:Type=\"String\">密</Data></Cell></Row></Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
        <Worksheet ss:Name=\"名单\"><Table><Column ss:Index=\"5\" ss:Hidden=\"1\"/>
        <Row ss:Index=\"2\"><Cell ss:MergeAcross=\"1\"><Data ss:Type=\"String\">名单</Data></Cell><Cell><Data ss:Type=\"String\">甲</Data></Cell></Row>
        <Row><Cell ss:Index=\"2\" ss:StyleID=\"m\"><Data ss:Type=\"DateTime\">2026-08-01T00:00:00.000</Data></Cell><Cell ss:Formula=\"=A1\"/><Cell><Data ss:Type=\"Number\">3.0</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type=\"String\">密</Data></Cell></Row>
        <Row ss:Hidden=\"1\"><Cell><Data ss:Type=\"Error\">#N/A</Data></Cell></Row>
        <Row ss:StyleID=\"a\"><Cell><Data ss:Type=\"String\">三园</Data></Cell></Row>
        <Row><Cell><ss:Data ss:Type=\"String\"><S>旧</S>四园</ss:Data></Cell></Row></Table></Worksheet></Workbook>";
    let book = open(text.as_bytes()).unwrap();
    assert_eq!((book.format, names(&book)), (Format::Xml2003, vec![("旧", true), ("名单", false)]));
    assert_eq!(told(&book.sheets[1]), ["2 名单|^名单|甲", "3 |2026年8月|?|#3", "-4 !#N/A", "=5 ~三园", "6 四园"]);
    assert_eq!((book.sheets[1].hidden_columns[0].at, book.sheets[1].partly_struck), (4, 1));
}

#[test]
fn what_is_locked_or_broken_is_told() {
    let whole = xlsx(
        "",
        "<x:sheetData><x:row><x:c t=\"inlineStr\"><x:is><x:t>甲</x:t></x:is></x:c></x:row></x:sheetData>",
        "",
        "",
    );
    assert!(open(&whole).is_ok());
    assert!(matches!(open(&whole[..whole.len() - 30]), Err(ListError::CutShort)));
    assert!(matches!(open(&whole[..whole.len() / 2]), Err(ListError::CutShort)));
    // One byte that changed is no other name: the check sum tells.
    let at = whole.windows(3).position(|window| window == "甲".as_bytes()).unwrap();
    let mut changed = whole.clone();
    changed[at + 2] ^= 1;
    assert!(matches!(open(&changed), Err(ListError::Workbook(_))), "{:?}", open(&changed));
    let nothing = xlsx("", "<x:sheetData/>", "", "");
    assert!(matches!(open(&nothing), Err(ListError::NotAList(Kind::NoSheet))));
    // A sheet that is not there is no empty one.
    let mut missing = whole.clone();
    for at in 0..missing.len() - 8 {
        if &missing[at..at + 8] == b"xl/a.xml" {
            missing[at + 3] = b'b';
            if missing[at - 1] == b'/' {
                missing[at + 3] = b'a';
            }
        }
    }
    assert!(matches!(open(&missing), Err(ListError::Workbook(_))));
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

/// The stream of a workbook of Excel 5 or 95 (its version is 5), or of a later one, with one sheet of these texts in the code page of Chinese Windows.
fn old_stream(version: u8, locked: bool, cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[[0, version, kind, 0], [0, 0, 0, 0]].concat());
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let text = |text: &str| {
        if version == 5 {
            return [&u16::try_from(gbk(text).len()).unwrap().to_le_bytes()[..], &gbk(text)].concat();
        }
        let units: Vec<u16> = text.encode_utf16().collect();
        let length = u16::try_from(units.len()).unwrap().to_le_bytes();
        [&length[..], &[1], &units.into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat()
    };
    let mut globals = begin(5);
    if locked {
        // RC4 with its salt and what the password is checked by.
        globals.extend(record(0x002F, &[&[1, 0, 1, 0, 1, 0][..], &[0x5A; 48]].concat()));
    }
    globals.extend(record(0x0042, &936_u16.to_le_bytes()));
    let name = if version == 5 { vec![4, 0xC3, 0xFB, 0xB5, 0xA5] } else { vec![2, 1, 0x0D, 0x54, 0x55, 0x53] };
    let at = globals.len() + 4 + 6 + name.len() + 4;
    globals.extend(record(0x0085, &[&u32::try_from(at).unwrap().to_le_bytes()[..], &[0, 0], &name].concat()));
    globals.extend(record(0x000A, &[]));
    globals.extend(begin(0x10));
    for (row, column, words) in cells {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        globals.extend(record(0x0204, &[place, text(words)].concat()));
    }
    globals.extend(record(0x000A, &[]));
    globals
}

#[test]
fn workbooks_of_excel_95_and_of_wps_are_read() {
    let cells = [(0, 0, "机构名称"), (0, 1, "所属区县"), (2, 0, "旧版幼儿园"), (2, 1, "邗江区")];
    let want = ["1 机构名称|所属区县", "3 旧版幼儿园|邗江区"];
    // WPS writes its .et as Excel of 97 does its .xls; Excel 95 calls the stream otherwise.
    let (et, excel_95) = (old_stream(6, false, &cells), old_stream(5, false, &cells));
    for (version, file) in
        [("et", made::ole(&[("Workbook", &et), ("ETExtData", b"x")])), ("95", made::ole(&[("Book", &excel_95)]))]
    {
        let book = open(&file).unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!((book.format, names(&book)), (Format::Xls, vec![("名单", false)]), "{version}");
        assert_eq!(told(&book.sheets[0]), want, "{version}");
    }
}

/// `tests/formats/password.xlsx` is field/o33 under the password `puhui` (msoffcrypto-tool); the others are made here as their programs make them.
#[test]
fn what_cannot_be_read_is_told_as_what_it_is_and_what_to_do() {
    let locked_xlsx = std::fs::read(format!("{}/tests/formats/password.xlsx", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let cells = [(0, 0, "机构名称")];
    let (locked, locked_95) = (old_stream(6, true, &cells), old_stream(5, true, &cells));
    let zip = |name: &str| made::zip(&[("[Content_Types].xml", "<Types/>"), (name, "x")]);
    let pdf = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
    let ole = |stream: &str| made::ole(&[("\u{5}SummaryInformation", b"x"), (stream, b"y")]);
    for (what, file, words) in [
        ("a locked .xlsx", locked_xlsx, ["打开密码", "取消密码后另存"]),
        ("a locked .xls", made::ole(&[("Workbook", &locked)]), ["打开密码", "取消密码后另存"]),
        ("a locked .xls of Excel 95", made::ole(&[("Book", &locked_95)]), ["打开密码", "取消密码后另存"]),
        ("an old .et", ole("ETDocument"), ["WPS 表格", "另存为 .xlsx"]),
        ("a .doc", ole("WordDocument"), ["文字文档", "另存为 .xlsx"]),
        ("a .wps", ole("WpsDocument"), ["文字文档", "另存为 .xlsx"]),
        ("a .docx", zip("word/document.xml"), ["文字文档", "另存为 .xlsx"]),
        ("a .ppt", ole("PowerPoint Document"), ["演示文稿", "另存为 .xlsx"]),
        ("an .xlsb", zip("xl/workbook.bin"), [".xlsb", "另存为 .xlsx"]),
        ("a PDF", pdf.into(), ["PDF", "取得其表格文件"]),
        ("a PDF behind other bytes", format!("\r\n\u{feff}{pdf}").into(), ["PDF", "取得其表格文件"]),
        ("an OFD", zip("OFD.xml"), ["OFD", "取得其表格文件"]),
        ("an archive", zip("名单/一.xlsx"), ["压缩文件", "先解压"]),
    ] {
        let told = open(&file).map(|book| book.format).expect_err(what).to_string();
        let (zh, en) = told.split_once(" / ").expect("it is told in two languages");
        assert!(words.iter().all(|word| zh.contains(word)), "{what}: {told}");
        assert!(en.is_ascii() && en.len() > 10, "{what}: {told}");
        // Cut short it is no other thing, and no list.
        for cut in [file.len() / 2, file.len() - file.len() / 8] {
            assert!(open(&file[..cut]).is_err(), "{what}, cut short");
        }
    }
}
