//! Lists as files of every kind, written as programs write them and as none does: a value in any of its forms, markup a hundred thousand deep.

use std::fmt::Write as _;

use crate::Sample;
use crate::dice::Dice;
use crate::grown::{self, Line, Sheet};

/// A file for this reader.
pub(crate) fn sample(reader: &str, dice: &mut Dice) -> Sample {
    let sheets = grown::sheets(dice);
    match reader {
        "xlsx" => Sample::Parts(xlsx(&sheets, dice)),
        "ods" => Sample::Parts(ods(&sheets, dice)),
        "xls" | "ole" => Sample::Records(xls(&sheets, dice)),
        "html" => Sample::Bytes(html(&sheets, dice).into_bytes()),
        "mht" => Sample::Bytes(mht(&sheets, dice)),
        "xml2003" => Sample::Bytes(xml2003(&sheets, dice).into_bytes()),
        _ => Sample::Bytes(text(&sheets, dice)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text within elements that do not end for long.
fn nested(dice: &mut Dice, open: &str, close: &str, text: &str) -> String {
    let deep = match dice.below(400) {
        0 if dice.one_in(100) => 100_000,
        0 => 300,
        1..=20 => 2,
        _ => return escaped(text),
    };
    format!("{}{}{}", open.repeat(deep), escaped(text), close.repeat(if dice.one_in(3) { 0 } else { deep }))
}

fn column(mut at: usize) -> String {
    let mut name = Vec::new();
    at += 1;
    while at > 0 {
        name.push(b'A' + u8::try_from((at - 1) % 26).unwrap_or(0));
        at = (at - 1) / 26;
    }
    name.reverse();
    String::from_utf8(name).unwrap_or_default()
}

fn filled(line: &Line) -> impl Iterator<Item = (usize, &String)> {
    line.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty())
}

fn xlsx(sheets: &[Sheet], dice: &mut Dice) -> Vec<(String, Vec<u8>)> {
    let mut shared: Vec<String> = Vec::new();
    let (mut outline, mut relations) = (String::new(), String::new());
    let mut parts = Vec::new();
    // Programs repeat a sheet's part as often as they like.
    let one_part = dice.one_in(20);
    for (at, sheet) in sheets.iter().enumerate() {
        let part = if one_part { 0 } else { at };
        let state = if sheet.hidden { " state=\"hidden\"" } else { "" };
        let _ = write!(outline, "<sheet name=\"{}\"{state} r:id=\"r{at}\"/>", escaped(&sheet.name));
        let _ =
            write!(relations, "<Relationship Id=\"r{at}\" Type=\"x/worksheet\" Target=\"worksheets/s{part}.xml\"/>");
        if part == at {
            let body = xlsx_sheet(sheet, dice, &mut shared);
            parts.push((format!("xl/worksheets/s{at}.xml"), body.into_bytes()));
        }
    }
    let mut strings = String::from("<sst>");
    for text in &shared {
        let text = nested(dice, "<r><rPr><strike val=\"0\"/></rPr><t>x</t>", "</r>", text);
        let _ = write!(strings, "<si><t xml:space=\"preserve\">{text}</t></si>");
    }
    strings.push_str("</sst>");
    let mut styles = String::from("<styleSheet><numFmts>");
    let many = if dice.one_in(30) { 80_000 } else { 3 };
    for at in 0..many {
        let _ = write!(styles, "<numFmt numFmtId=\"{}\" formatCode=\"yyyy&quot;年&quot;m\"/>", 165 + at);
    }
    styles.push_str(
        "</numFmts><fonts><font/><font><strike/></font></fonts><cellXfs><xf/><xf numFmtId=\"14\"/><xf fontId=\"1\"/>",
    );
    styles.push_str(&"<xf numFmtId=\"166\"/>".repeat(many));
    styles.push_str("</cellXfs></styleSheet>");
    parts.extend([
        ("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{outline}</sheets></workbook>").into_bytes()),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>").into_bytes()),
        ("xl/sharedStrings.xml".to_owned(), strings.into_bytes()),
        ("xl/styles.xml".to_owned(), styles.into_bytes()),
    ]);
    parts
}

fn xlsx_sheet(sheet: &Sheet, dice: &mut Dice, shared: &mut Vec<String>) -> String {
    let mut out = String::from("<worksheet><dimension ref=\"A1:XFD1048576\"/><cols>");
    for (from, many) in &sheet.hidden_columns {
        let _ = write!(out, "<col min=\"{}\" max=\"{}\" hidden=\"1\"/>", from + 1, from + many + 1);
    }
    out.push_str("</cols><sheetData>");
    let places = !dice.one_in(5);
    for line in &sheet.lines {
        let hidden = if line.hidden { " hidden=\"1\"" } else { "" };
        if places {
            let _ = write!(out, "<row r=\"{}\"{hidden}>", line.row + 1);
        } else {
            let _ = write!(out, "<row{hidden}>");
        }
        for (at, text) in filled(line) {
            let style = dice.below(5);
            let place = if places { format!(" r=\"{}{}\"", column(at), line.row + 1) } else { String::new() };
            match dice.below(6) {
                0 => {
                    let words = nested(dice, "<is><r><t>", "</t></r></is>", text);
                    let _ = write!(out, "<c{place} t=\"inlineStr\"><is><t>{words}</t></is></c>");
                }
                1 => {
                    let _ = write!(out, "<c{place} s=\"{style}\" t=\"str\"><f>A1</f><v>{}</v></c>", escaped(text));
                }
                2 => {
                    let _ = write!(out, "<c{place} s=\"{style}\"><v>{}</v></c>", dice.below(1 << 40));
                }
                _ => {
                    let at = if dice.one_in(2) { dice.below(shared.len()) } else { shared.len() };
                    if at == shared.len() {
                        shared.push(text.clone());
                    }
                    let _ = write!(out, "<c{place} s=\"{style}\" t=\"s\"><v>{at}</v></c>");
                }
            }
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData><mergeCells>");
    for [first, last, from, to] in &sheet.merged {
        let _ = write!(out, "<mergeCell ref=\"{}{}:{}{}\"/>", column(*from), first + 1, column(*to), last + 1);
    }
    out.push_str("</mergeCells></worksheet>");
    out
}

fn ods(sheets: &[Sheet], dice: &mut Dice) -> Vec<(String, Vec<u8>)> {
    let mut out = String::from(
        "<office:document-content><office:automatic-styles><style:style style:name=\"a\"><style:text-properties style:text-line-through-style=\"solid\"/></style:style></office:automatic-styles>",
    );
    for sheet in sheets {
        let _ = write!(out, "<table:table table:name=\"{}\">", escaped(&sheet.name));
        for (from, many) in &sheet.hidden_columns {
            let _ = write!(
                out,
                "<table:table-column table:number-columns-repeated=\"{from}\"/><table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"{many}\"/>"
            );
        }
        let mut row = 0;
        let mut merged = sheet.merged.iter();
        for line in &sheet.lines {
            if line.row > row {
                let _ = write!(out, "<table:table-row table:number-rows-repeated=\"{}\"/>", line.row - row);
            }
            row = line.row + 1;
            let hidden = if line.hidden { " table:visibility=\"filter\"" } else { "" };
            let _ = write!(out, "<table:table-row{hidden} table:number-rows-repeated=\"{}\">", line.repeated);
            for cell in &line.cells {
                let repeated = if dice.one_in(500) { dice.below(20_000) } else { 1 };
                let span = match merged.next().filter(|_| dice.one_in(3)) {
                    Some([first, last, from, to]) => format!(
                        " table:number-rows-spanned=\"{}\" table:number-columns-spanned=\"{}\"",
                        last - first + 1,
                        to - from + 1
                    ),
                    None => String::new(),
                };
                let words = nested(dice, "<text:span text:style-name=\"a\">", "</text:span>", cell);
                let kind = match dice.below(8) {
                    0 => " office:value-type=\"date\" office:date-value=\"2026-08-01\"".to_owned(),
                    1 => format!(" office:value-type=\"float\" office:value=\"{}\"", dice.below(1 << 40)),
                    _ => " office:value-type=\"string\"".to_owned(),
                };
                let _ = write!(
                    out,
                    "<table:table-cell{span}{kind} table:number-columns-repeated=\"{repeated}\"><text:p>{words}</text:p></table:table-cell>"
                );
            }
            out.push_str("</table:table-row>");
        }
        out.push_str("</table:table>");
    }
    out.push_str("</office:document-content>");
    vec![
        ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("content.xml".to_owned(), out.into_bytes()),
    ]
}

fn html(sheets: &[Sheet], dice: &mut Dice) -> String {
    let mut out = String::from("<html><head><meta charset=utf-8><style>");
    let rules = if dice.one_in(30) { 50_000 } else { 3 };
    for at in 0..rules {
        let _ = write!(out, ".x{at},td.y{at}{{display:none}}");
    }
    out.push_str("</style></head><body>");
    // Tables within tables, as pages are laid out.
    let deep = if dice.one_in(20) { dice.below(3_000) } else { 0 };
    out.push_str(&"<table><tr><td>".repeat(deep));
    for sheet in sheets {
        let _ = write!(out, "<h2>{}</h2><table>", escaped(&sheet.name));
        let mut merged = sheet.merged.iter();
        for line in &sheet.lines {
            out.push_str(if line.hidden { "<tr class=x1>" } else { "<tr>" });
            for cell in &line.cells {
                let span = match merged.next().filter(|_| dice.one_in(3)) {
                    Some([first, last, from, to]) => format!(" rowspan={} colspan={}", last - first + 1, to - from + 1),
                    None => String::new(),
                };
                let hidden = if dice.one_in(40) { " style='display:none'" } else { "" };
                let open = *dice.pick(&["<b>", "<s>", "<div><p>", "<span class='x1 y2'>", "<table><tr><td>"]);
                let _ =
                    write!(out, "<td{span}{hidden}>{}</td>", nested(dice, open, "</b></s></div></span></table>", cell));
            }
            out.push_str("</tr>");
        }
        out.push_str("</table>");
    }
    out
}

fn mht(sheets: &[Sheet], dice: &mut Dice) -> Vec<u8> {
    let mut out = String::from("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"xx\"\r\n\r\n");
    let each = dice.one_in(2);
    let pages: Vec<&[Sheet]> = if each { sheets.chunks(1).collect() } else { vec![sheets] };
    for page in pages {
        let page = html(page, dice);
        out.push_str("--xx\r\nContent-Type: text/html; charset=\"utf-8\"\r\n");
        if dice.one_in(2) {
            out.push_str("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
            for byte in page.bytes() {
                if byte.is_ascii() && byte != b'=' {
                    out.push(char::from(byte));
                } else {
                    let _ = write!(out, "={byte:02X}");
                }
            }
        } else {
            let _ = write!(out, "\r\n{page}");
        }
        out.push_str("\r\n");
    }
    out.push_str("--xx--\r\n");
    out.into_bytes()
}

fn xml2003(sheets: &[Sheet], dice: &mut Dice) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles>",
    );
    let styles = if dice.one_in(30) { 120_000 } else { 3 };
    for at in 0..styles {
        let _ = write!(
            out,
            "<Style ss:ID=\"s{at}\" ss:Parent=\"s{}\"><Font ss:StrikeThrough=\"{}\"/></Style>",
            at / 2,
            at % 2
        );
    }
    out.push_str("</Styles>");
    for sheet in sheets {
        let _ = write!(out, "<Worksheet ss:Name=\"{}\"><Table>", escaped(&sheet.name));
        for (from, many) in &sheet.hidden_columns {
            let _ = write!(out, "<Column ss:Index=\"{}\" ss:Span=\"{many}\" ss:Hidden=\"1\"/>", from + 1);
        }
        let mut merged = sheet.merged.iter();
        for line in &sheet.lines {
            let hidden = if line.hidden { " ss:Hidden=\"1\"" } else { "" };
            let _ = write!(out, "<Row ss:Index=\"{}\"{hidden}>", line.row + 1);
            for (at, cell) in filled(line) {
                let span = match merged.next().filter(|_| dice.one_in(3)) {
                    Some([first, last, from, to]) => {
                        format!(" ss:MergeDown=\"{}\" ss:MergeAcross=\"{}\"", last - first, to - from)
                    }
                    None => String::new(),
                };
                let kind = *dice.pick(&["String", "String", "Number", "DateTime"]);
                let words = nested(dice, "<S><Font>", "</Font></S>", cell);
                let _ = write!(
                    out,
                    "<Cell ss:Index=\"{}\" ss:StyleID=\"s{}\"{span}><Data ss:Type=\"{kind}\">{words}</Data></Cell>",
                    at + 1,
                    dice.below(4)
                );
            }
            out.push_str("</Row>");
        }
        out.push_str("</Table></Worksheet>");
    }
    out.push_str("</Workbook>");
    out
}

fn text(sheets: &[Sheet], dice: &mut Dice) -> Vec<u8> {
    let delimiter = *dice.pick(&[",", "\t", ";", "|", "，"]);
    let end = *dice.pick(&["\n", "\r\n", "\r"]);
    let mut out = String::new();
    if dice.one_in(12) {
        let _ = write!(out, "sep={delimiter}{end}");
    }
    for sheet in sheets {
        for line in &sheet.lines {
            for (at, cell) in line.cells.iter().enumerate() {
                if at > 0 {
                    out.push_str(delimiter);
                }
                let quoted = dice.one_in(6) || cell.contains([',', ';', '\t', '|', '"', '\n']) && !dice.one_in(20);
                if quoted {
                    let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
                } else {
                    out.push_str(cell);
                }
            }
            out.push_str(end);
        }
    }
    match dice.below(5) {
        0 => encoding_rs::GB18030.encode(&out).0.into_owned(),
        1 => [0xFF, 0xFE].into_iter().chain(out.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => [b"\xEF\xBB\xBF", out.as_bytes()].concat(),
        _ => out.into_bytes(),
    }
}

/// Records of a workbook. Where its sheets begin is filled in once they are written.
fn xls(sheets: &[Sheet], dice: &mut Dice) -> Vec<(u16, Vec<u8>)> {
    let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
    let begin = |kind: u8| (0x0809_u16, vec![0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let wide = |text: &str, most: usize| -> (usize, Vec<u8>) {
        let units: Vec<u16> = text.encode_utf16().take(most).collect();
        (units.len(), units.iter().flat_map(|unit| unit.to_le_bytes()).collect())
    };
    let mut out = vec![begin(5), (0x0042, vec![0xB0, 4])];
    for struck in [0_u8, 0, 0, 0, 8] {
        out.push((0x0031, vec![0xC8, 0, struck, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }
    for (font, format) in [(0_u8, 0_u8), (0, 14), (5, 0), (0, 57)] {
        out.push((0x00E0, vec![font, 0, format, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }
    for sheet in sheets {
        let (units, name) = wide(&sheet.name, 31);
        let length = u8::try_from(units).unwrap_or(31);
        out.push((0x0085, [vec![0, 0, 0, 0, u8::from(sheet.hidden), 0, length, 1], name].concat()));
    }
    let (mut shared, mut strings) = (0_usize, Vec::new());
    let mut of_sheets = Vec::new();
    for sheet in sheets {
        of_sheets.push(begin(0x10));
        for (from, many) in &sheet.hidden_columns {
            of_sheets.push((0x007D, [short(*from), short(from + many), [0, 1], [0, 0], [1, 0], [0, 0]].concat()));
        }
        for line in &sheet.lines {
            if line.hidden {
                let row = [short(line.row), [0, 0], [9, 0], [255, 0], [0, 0], [0, 0], [0x20, 0], [0, 0]].concat();
                of_sheets.push((0x0208, row));
            }
            for (at, cell) in filled(line) {
                let place = [short(line.row), short(at), short(dice.below(5))].concat();
                match dice.below(6) {
                    0 => of_sheets.push((0x0203, [place, f64::from(u32::MAX).to_le_bytes().to_vec()].concat())),
                    1 => of_sheets.push((0x027E, [place, vec![2, 0x5A, 0x0B, 0]].concat())),
                    2 => {
                        let (units, text) = wide(cell, 4_000);
                        of_sheets.push((0x0204, [place, short(units).to_vec(), vec![1], text].concat()));
                    }
                    3 => {
                        let (units, text) = wide(cell, 4_000);
                        of_sheets.push((0x0006, [place, vec![0, 0, 0, 0, 0, 0, 0xFF, 0xFF], vec![0; 8]].concat()));
                        of_sheets.push((0x0207, [short(units).to_vec(), vec![1], text].concat()));
                    }
                    _ => {
                        let index = if dice.one_in(2) { dice.below(shared) } else { shared };
                        if index == shared {
                            let (units, text) = wide(cell, 4_000);
                            let runs = if dice.one_in(9) { dice.below(400) } else { 0 };
                            let flags = if runs > 0 { 9 } else { 1 };
                            let head = if runs > 0 { short(runs).to_vec() } else { Vec::new() };
                            let fonts = (0..runs).flat_map(|run| [short(run), [5, 0]].concat()).collect();
                            strings.push([short(units).to_vec(), vec![flags], head, text, fonts].concat());
                            shared += 1;
                        }
                        let index = u32::try_from(index).unwrap_or(0).to_le_bytes();
                        of_sheets.push((0x00FD, [place, index.to_vec()].concat()));
                    }
                }
            }
        }
        for areas in sheet.merged.chunks(1_000) {
            let of_area = |area: &[usize; 4]| area.map(short).concat();
            of_sheets.push((0x00E5, [short(areas.len()).to_vec(), areas.iter().flat_map(of_area).collect()].concat()));
        }
        of_sheets.push((0x000A, Vec::new()));
    }
    // Texts go on in further records, each of which begins with a whole one here.
    let mut table = vec![0_u8; 8];
    let mut kind = 0x00FC;
    for text in strings {
        if table.len() + text.len() > 8_000 {
            out.push((kind, std::mem::take(&mut table)));
            kind = 0x003C;
        }
        table.extend(text);
    }
    out.push((kind, table));
    out.push((0x000A, Vec::new()));
    out.extend(of_sheets);
    out
}
