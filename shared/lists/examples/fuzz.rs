//! Damages files of every kind and reads them: none may end in a panic, take more than 512 MiB, or more than 2 s a MiB (a smaller file counts as one).
//!
//! `cargo run --profile proofs -p lists --example fuzz -- READER SECONDS SEED`, where READER is one of those printed without arguments, or `all`.
//! Every case is made of its own number alone, so that one is made again by `-- READER 0 SEED CASE`; what offends is also written to the folder for temporary files.

#[path = "../tests/made/mod.rs"]
mod made;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use lists::{Answers, CategoryNames, Lexicon};

const MEMORY_MIB_MAX: u64 = 512;
const SECONDS_A_MIB_MAX: f64 = 2.0;
const MIB: usize = 1024 * 1024;
const READERS: &[&str] = &["xlsx", "ods", "xls", "ole", "html", "xml2003", "mht", "text"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    let (Some(reader), Some(seconds), Some(seed)) = (arguments.first(), number(1), number(2)) else {
        println!("fuzz READER SECONDS SEED [CASE]; readers: all {}", READERS.join(" "));
        return;
    };
    let readers: Vec<&str> = READERS.iter().copied().filter(|name| reader == "all" || reader == name).collect();
    std::panic::set_hook(Box::new(|info| println!("panic: {info}")));
    let mut offences = 0;
    for reader in readers {
        offences += Fuzz::new(reader, seed).run(seconds, number(3));
    }
    std::process::exit(i32::from(offences > 0));
}

struct Fuzz {
    reader: &'static str,
    seed: u64,
    samples: Vec<Sample>,
    categories: Vec<CategoryNames>,
    divisions: domain::DivisionTable,
    opened: u64,
    refused: u64,
    slowest: (f64, u64),
    largest: (u64, u64),
    offences: u64,
}

/// A file taken apart so far that a change in it is met by the reader.
enum Sample {
    Parts(Vec<(String, Vec<u8>)>),
    Records(Vec<(u16, Vec<u8>)>),
    Bytes(Vec<u8>),
}

impl Fuzz {
    fn new(reader: &'static str, seed: u64) -> Self {
        let table = include_str!("../../../data/tables/divisions_above_street.csv");
        let categories = lists::lexicon::carried_categories().unwrap_or_default();
        let divisions = lists::lexicon::divisions("2023", table);
        let divisions = divisions.unwrap_or_else(|error| panic!("a table that is carried can be read: {error}"));
        let samples = samples(reader);
        assert!(!samples.is_empty(), "there are samples");
        Self {
            reader,
            seed,
            samples,
            categories,
            divisions,
            opened: 0,
            refused: 0,
            slowest: (0.0, 0),
            largest: (0, 0),
            offences: 0,
        }
    }

    fn run(mut self, seconds: u64, only: Option<u64>) -> u64 {
        let begun = Instant::now();
        let mut case = only.unwrap_or(0);
        loop {
            self.case(case);
            case += 1;
            if only.is_some() || begun.elapsed() >= Duration::from_secs(seconds) {
                break;
            }
        }
        let Self { reader, seed, opened, refused, slowest, largest, offences, .. } = self;
        println!(
            "{reader}: seed {seed}, {} files in {} s, {opened} opened, {refused} refused, {offences} offences; slowest {:.2} s a MiB (case {}), most memory {} MiB (case {})",
            opened + refused,
            begun.elapsed().as_secs(),
            slowest.0,
            slowest.1,
            largest.0,
            largest.1
        );
        offences
    }

    fn case(&mut self, case: u64) {
        let mut chance = Chance(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ case);
        let sample = chance.below(self.samples.len());
        let file = damaged(&self.samples[sample], &mut chance);
        let lexicon = Lexicon { categories: &self.categories, divisions: &self.divisions };
        forget_most_memory();
        let begun = Instant::now();
        let opened = std::sync::atomic::AtomicU64::new(0);
        let read = catch_unwind(|| {
            let book = lists::open::open(&file).ok();
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            opened.store(took, std::sync::atomic::Ordering::Relaxed);
            let book = book?;
            // What it says is not asked here, only that reading it ends.
            let _ = lists::read(&book, lexicon, &Answers::default());
            Some(())
        });
        // In 64 KiB, so that nothing is lost.
        let mib = f64::from(u32::try_from(file.len().max(MIB) / 65_536).unwrap_or(u32::MAX)) / 16.0;
        let took = begun.elapsed().as_secs_f64() / mib;
        let memory = most_memory();
        let mut offends = |what: &str| {
            self.offences += 1;
            let path = std::env::temp_dir().join(format!("fuzz-{}-{}-{case}", self.reader, self.seed));
            let kept =
                std::fs::write(&path, &file).map_or_else(|error| error.to_string(), |()| path.display().to_string());
            println!("{} seed {} case {case}: {what} ({} bytes, {kept})", self.reader, self.seed, file.len());
        };
        match read {
            Ok(Some(())) => self.opened += 1,
            Ok(None) => self.refused += 1,
            Err(_) => offends("panic"),
        }
        if took > SECONDS_A_MIB_MAX {
            let opened = opened.load(std::sync::atomic::Ordering::Relaxed);
            offends(&format!("{took:.2} s a MiB, {opened} ms of all to open it"));
        }
        if memory > MEMORY_MIB_MAX {
            offends(&format!("{memory} MiB"));
        }
        if took > self.slowest.0 {
            self.slowest = (took, case);
        }
        if memory > self.largest.0 {
            self.largest = (memory, case);
        }
    }
}

/// The most memory that the process has held, in MiB, since that was last forgotten.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn forget_most_memory() {
    // Where it may not be written, the most of all cases is told.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn samples(reader: &str) -> Vec<Sample> {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for folder in ["tests/field", "tests/formats"] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push((name, std::fs::read(entry.path()).unwrap_or_default()));
        }
    }
    files.sort();
    let ending = |ending: &str| {
        files.iter().filter(|(name, _)| name.ends_with(ending)).map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>()
    };
    let old = || ending(".xls").into_iter().filter(|bytes| bytes.starts_with(&[0xD0, 0xCF]));
    match reader {
        "xlsx" => ending(".xlsx").iter().map(|bytes| Sample::Parts(made::unzip(bytes))).chain([Sample::Parts(rich())]).collect(),
        "ods" => ending(".ods").iter().map(|bytes| Sample::Parts(made::unzip(bytes))).chain([Sample::Parts(document())]).collect(),
        // The workbook's stream lies in one piece behind the container's first sector in what is carried.
        "xls" => old().map(|bytes| Sample::Records(records(&bytes[512..]))).collect(),
        "ole" => old().map(Sample::Bytes).collect(),
        "html" => {
            let page = ending(".xls").into_iter().filter(|bytes| bytes.starts_with(b"<"));
            page.chain([PAGE.into()]).map(Sample::Bytes).collect()
        }
        "xml2003" => vec![Sample::Bytes(XML_2003.into())],
        "mht" => vec![Sample::Bytes(format!("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"xx\"\r\n\r\n--xx\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n{PAGE}\r\n--xx\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<table><tr><td colspan=3D2>=E7=94=B2</table>\r\n--xx--").into_bytes())],
        _ => ending(".csv").into_iter().map(Sample::Bytes).collect(),
    }
}

const PAGE: &str = "<html><head><meta charset=utf-8><title>名单公示</title><style>.x{display:none} .y{text-decoration:line-through}</style></head><body><h1>名单</h1><table><caption>一</caption><tr><td colspan=4>名单</td></tr><tr><th>序号<th>机构名称<th>类别<th>所属区县</tr><tr><td rowspan=3>1<td><s>旧</s>甲&amp;园<td class=y>园<td rowspan=0>区</tr><tr class=x><td>乙<td>园</tr><tr><td>丙<table><tr><td>内<td>&#20013;</table><td style='display:none'>9<td>园</table></body></html>";
const XML_2003: &str = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles><Style ss:ID=\"a\"><Font ss:StrikeThrough=\"1\"/><NumberFormat ss:Format=\"yyyy&quot;年&quot;m\"/></Style></Styles><Worksheet ss:Name=\"名单\"><Table><Column ss:Index=\"5\" ss:Span=\"2\" ss:Hidden=\"1\"/><Row ss:Index=\"2\"><Cell ss:MergeAcross=\"3\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">名单</Data></Cell></Row><Row><Cell ss:Index=\"2\" ss:StyleID=\"a\"><Data ss:Type=\"DateTime\">2026-08-01T00:00:00</Data></Cell><Cell ss:Formula=\"=A1\"/><Cell><Data ss:Type=\"Number\">45352.5</Data></Cell></Row><Row ss:Hidden=\"1\"><Cell><Data ss:Type=\"Error\">#N/A</Data></Cell></Row><Row ss:StyleID=\"a\"><Cell><ss:Data ss:Type=\"String\"><S>旧</S>机构名称</ss:Data></Cell></Row></Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>";

/// A workbook in which much is met that lists have.
fn rich() -> Vec<(String, Vec<u8>)> {
    let parts = [
        (
            "xl/workbook.xml",
            "<workbook><workbookPr date1904=\"0\"/><sheets><sheet name=\"一\" r:id=\"r1\"/><sheet name=\"二\" state=\"hidden\" r:id=\"r2\"/></sheets><calcPr fullCalcOnLoad=\"1\"/></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"a.xml\"/><Relationship Id=\"r2\" Type=\"x/worksheet\" Target=\"/xl/a.xml\"/><Relationship Id=\"r3\" Type=\"x/styles\" Target=\"../xl/styles.xml\"/></Relationships>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>机构名称</t></si><si><r><rPr><strike/></rPr><t>旧_x000D_</t></r><r><t>甲园</t></r><rPh sb=\"0\" eb=\"1\"><t>jia</t></rPh></si></sst>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;;[h]:mm AM/PM\"/><numFmt numFmtId=\"171\" formatCode=\"000000000000000000\"/></numFmts><fonts><font/><font><strike/></font></fonts><cellXfs><xf/><xf numFmtId=\"14\" fontId=\"1\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/></cellXfs></styleSheet>",
        ),
        (
            "xl/a.xml",
            "<worksheet><cols><col min=\"3\" max=\"3\" hidden=\"1\"/><col min=\"9\" max=\"16384\" width=\"0\"/></cols><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>类别</t></is></c><c><v>1</v></c><c t=\"str\"><f>A1</f><v>所属区县</v></c></row><row r=\"2\" hidden=\"1\"><c r=\"A2\" t=\"s\"><v>1</v></c><c s=\"1\"><v>45352.5</v></c></row><row ht=\"0\"><c t=\"e\"><v>#N/A</v></c><c s=\"2\"><v>45352</v></c><c s=\"3\"><v>7</v></c><c t=\"d\"><v>2024-03-01</v></c><c><f>B2</f><v/></c><c r=\"XFD3\"><v>9</v></c></row><row r=\"1048576\"><c t=\"b\"><v>1</v></c><c s=\"1\"><v>9.132100310000004E+17</v></c></row></sheetData><mergeCells count=\"2\"><mergeCell ref=\"A1:A1048576\"/><mergeCell ref=\"B2:XFD3\"/></mergeCells></worksheet>",
        ),
    ];
    parts.map(|(name, body)| (name.to_owned(), body.as_bytes().to_vec())).into()
}

fn document() -> Vec<(String, Vec<u8>)> {
    let content = "<office:document-content><office:automatic-styles><number:date-style style:name=\"N1\"><number:year/><number:month/></number:date-style><style:style style:name=\"a\"><style:text-properties style:text-line-through-style=\"solid\"/></style:style><style:style style:name=\"b\" style:data-style-name=\"N1\"/></office:automatic-styles><table:table table:name=\"一\" table:style-name=\"b\"><table:table-column table:number-columns-repeated=\"3\"/><table:table-column table:visibility=\"collapse\" table:default-cell-style-name=\"a\" table:number-columns-repeated=\"16381\"/><table:table-row><table:table-cell table:number-columns-spanned=\"4\" table:number-rows-spanned=\"2\"><text:p>机构名称</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated=\"3\"/></table:table-row><table:table-row table:number-rows-repeated=\"3\" table:visibility=\"filter\"><table:table-cell table:style-name=\"a\"><text:p><text:span text:style-name=\"a\">旧</text:span>甲<text:s text:c=\"3\"/></text:p></table:table-cell><table:table-cell table:number-columns-repeated=\"2\" table:style-name=\"b\" office:value-type=\"date\" office:date-value=\"2026-08-01\"/><table:table-cell table:formula=\"of:=A1\"/></table:table-row><table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table></office:document-content>";
    vec![
        ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("content.xml".to_owned(), content.into()),
    ]
}

fn records(stream: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(head) = stream.get(at..at + 4) {
        let width = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let Some(data) = stream.get(at + 4..at + 4 + width) else { break };
        let kind = u16::from_le_bytes([head[0], head[1]]);
        if kind == 0 {
            break;
        }
        found.push((kind, data.to_vec()));
        at += 4 + width;
    }
    found
}

/// Chance that is the same again for the same seed (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "65535",
    "65536",
    "1048576",
    "1048577",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "1e308",
    "-1e-308",
    "NaN",
    "inf",
    "",
    "XFD1048576",
    "A1:XFD1048576",
    "ZZZZZZZZ9",
];
const PIECES: &[&str] = &[
    "<",
    ">",
    "\"",
    "'",
    "&",
    "&#0;",
    "&#x110000;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "/>",
    "</",
    "\0",
    "\u{FEFF}",
    "\r",
    "\n",
    ",",
    "\t",
    "\"\"",
    "=",
    "<td>",
    "<table>",
    "<tr>",
    "</table>",
    "<row>",
    "<c>",
    "<v>",
    "</c>",
    "</row>",
    "<s>",
    "_x",
    "_x0041_",
    "sep=",
    "机构名称",
    "#N/A",
];

fn damaged(sample: &Sample, chance: &mut Chance) -> Vec<u8> {
    let many = 1 + chance.below(6);
    let mut file = match sample {
        Sample::Parts(parts) => {
            let mut parts = parts.clone();
            for _ in 0..many {
                let at = chance.below(parts.len());
                match chance.below(40) {
                    0 => drop(parts.remove(at)),
                    1 => {
                        let other = chance.below(parts.len());
                        let body = parts[other].1.clone();
                        parts[at].1 = body;
                    }
                    _ => markup(&mut parts[at].1, chance),
                }
                if parts.is_empty() {
                    break;
                }
            }
            let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, body)| (name.as_str(), body.as_slice())).collect();
            made::zip(&parts)
        }
        Sample::Records(records) => {
            let mut records = records.clone();
            for _ in 0..many {
                record(&mut records, chance);
            }
            let mut stream = Vec::new();
            for (kind, data) in &records {
                stream.extend(kind.to_le_bytes());
                stream.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_le_bytes());
                stream.extend(data);
            }
            stream
        }
        Sample::Bytes(bytes) => {
            let mut bytes = bytes.clone();
            for _ in 0..many {
                if bytes.starts_with(&[0xD0, 0xCF]) { flip(&mut bytes, chance) } else { markup(&mut bytes, chance) }
            }
            bytes
        }
    };
    if chance.one_in(12) {
        flip(&mut file, chance);
    }
    if chance.one_in(40) {
        file.truncate(chance.below(file.len()));
    }
    file
}

/// Changes some bytes, or a number of four.
fn flip(bytes: &mut [u8], chance: &mut Chance) {
    for _ in 0..=chance.below(8) {
        if bytes.len() < 8 {
            return;
        }
        // The head says where everything is.
        let end = if chance.one_in(3) { 512.min(bytes.len()) } else { bytes.len() };
        let at = chance.below(end - 4);
        if chance.one_in(2) {
            bytes[at] ^= 1 << chance.below(8);
        } else {
            let value = [0_u32, 1, 2, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x7FFF_FFFF, 0xFFFF][chance.below(7)];
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
}

/// A piece of markup or of lines, from one border to another.
fn piece(bytes: &[u8], chance: &mut Chance) -> std::ops::Range<usize> {
    let from = chance.below(bytes.len());
    let border = |byte: &u8| matches!(byte, b'<' | b'\n' | b',' | b' ');
    let from = from + bytes[from..].iter().position(border).unwrap_or(0);
    let mut to = from;
    for _ in 0..=chance.below(12) {
        to += bytes.get(to + 1..).and_then(|rest| rest.iter().position(border)).map_or(0, |at| at + 1);
    }
    from..to
}

fn markup(bytes: &mut Vec<u8>, chance: &mut Chance) {
    if bytes.is_empty() {
        return;
    }
    match chance.below(10) {
        0 => flip(bytes, chance),
        // A number in a text, or where one stands.
        1 | 2 => {
            let at = chance.below(bytes.len());
            let from = at + bytes[at..].iter().position(u8::is_ascii_digit).unwrap_or(0);
            let end = from + bytes[from..].iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(0);
            bytes.splice(from..end, chance.pick(NUMBERS).bytes());
        }
        3 => {
            let at = chance.below(bytes.len() + 1);
            bytes.splice(at..at, chance.pick(PIECES).bytes());
        }
        4 => drop(bytes.drain(piece(bytes, chance))),
        5 => {
            let (from, to) = (piece(bytes, chance), piece(bytes, chance));
            let taken = bytes[from].to_vec();
            bytes.splice(to, taken);
        }
        // Doubled, mostly some times, now and then up to a few megabytes.
        6 | 7 => {
            let range = piece(bytes, chance);
            let taken =
                if chance.one_in(3) { chance.pick(PIECES).as_bytes().to_vec() } else { bytes[range.clone()].to_vec() };
            let most = if chance.one_in(40) { 4 * MIB } else { 4 * 1024 };
            let times = (chance.below(most) / taken.len().max(1)).max(1);
            bytes.splice(range.end..range.end, taken.repeat(times));
        }
        8 => bytes.truncate(chance.below(bytes.len())),
        _ => {
            let at = chance.below(bytes.len());
            bytes[at] = chance.next().to_le_bytes()[0];
        }
    }
}

fn record(records: &mut Vec<(u16, Vec<u8>)>, chance: &mut Chance) {
    // The first one says what it is.
    let at = 1 + chance.below(records.len().saturating_sub(1));
    if at >= records.len() {
        return;
    }
    match chance.below(9) {
        0 => drop(records.remove(at)),
        1 => records[at].0 = [0x3C, 0xFC, 0x06, 0xE5, 0x208, 0x809, 0x0A, 0x85, 0x41E, 0x207, 0xBD][chance.below(11)],
        2 => {
            let length = chance.below(records[at].1.len() + 1);
            records[at].1.truncate(length);
        }
        3 => {
            let most = if chance.one_in(10) { 65_535 } else { 64 };
            let length = chance.below(most);
            records[at].1.resize(length, 0xFF);
        }
        4 => {
            let other = chance.below(records.len());
            records.swap(at, other);
        }
        5 => {
            let taken = records[at].clone();
            let most = if chance.one_in(20) { 50_000 } else { 300 };
            let times = chance.below(most).min(2 * MIB / (taken.1.len() + 4));
            records.splice(at..at, std::iter::repeat_n(taken, times));
        }
        _ => {
            for _ in 0..=chance.below(3) {
                let data = &mut records[at].1;
                if data.len() < 2 {
                    return;
                }
                let place = chance.below(data.len() - 1);
                let value = [0_u16, 1, 2, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF][chance.below(9)];
                if chance.one_in(2) {
                    data[place..place + 2].copy_from_slice(&value.to_le_bytes());
                } else {
                    data[place] ^= 1 << chance.below(8);
                }
            }
        }
    }
}
