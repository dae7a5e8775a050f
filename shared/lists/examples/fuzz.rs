//! Damages files of every kind and reads them: none may end in a panic, take more than 512 MiB, or more than 2 s a MiB to open (a smaller file counts as one)
//! or to read: of the file, or of what it shows, where it says of a row that it stands there many times.
//!
//! `cargo run --profile proofs -p lists --example fuzz -- READER SECONDS SEED`, where READER is one of those printed without arguments, or `all`.
//! Time is the processor's: other programs on the machine make none of it. Half of the files are those of the field, of `tests/own` and of `tests/formats`,
//! changed inside; the others are made anew (`grown`, `written`), some of them changed too.
//! Every case is made of its own number alone, so that one is made again by `-- READER 0 SEED CASE`; what offends is also written to the folder for temporary files.

#[path = "fuzz/damage.rs"]
mod damage;
#[path = "../tests/dice/mod.rs"]
mod dice;
#[path = "fuzz/grown.rs"]
mod grown;
#[path = "../tests/made/mod.rs"]
mod made;
#[path = "fuzz/written.rs"]
mod written;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dice::Dice;
use lists::{Answers, CategoryNames, Lexicon};

const MEMORY_MIB_MAX: u64 = 512;
const SECONDS_A_MIB_MAX: f64 = 2.0;
const MIB: usize = 1024 * 1024;
/// A word on how far it has come, every so many seconds of the processor.
const TOLD_EVERY: f64 = 60.0;
const READERS: &[&str] = &["xlsx", "ods", "xls", "ole", "html", "xml2003", "mht", "text"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, path] = arguments.as_slice()
        && word == "file"
    {
        let file = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut fuzz = Fuzz::new("text", 0);
        fuzz.hold(&file, 0);
        fuzz.tell(processor_seconds(), "");
        return;
    }
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    let (Some(reader), Some(seconds), Some(seed)) = (arguments.first(), number(1), number(2)) else {
        println!("fuzz READER SECONDS SEED [CASE]; readers: all {}; or fuzz file PATH", READERS.join(" "));
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
    bytes: u64,
    refused: u64,
    /// Why files were refused.
    why: BTreeMap<String, u64>,
    slowest: (f64, u64),
    largest: (u64, u64),
    offences: u64,
}

/// A file taken apart so far that a change in it is met by the reader.
#[derive(Clone)]
enum Sample {
    /// The parts of a ZIP file.
    Parts(Vec<(String, Vec<u8>)>),
    /// The records of an old workbook.
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
            bytes: 0,
            refused: 0,
            why: BTreeMap::new(),
            slowest: (0.0, 0),
            largest: (0, 0),
            offences: 0,
        }
    }

    fn run(mut self, seconds: u64, only: Option<u64>) -> u64 {
        let begun = processor_seconds();
        let seconds = f64::from(u32::try_from(seconds).unwrap_or(u32::MAX));
        let (mut case, mut told) = (only.unwrap_or(0), 0.0);
        loop {
            self.case(case);
            case += 1;
            let took = processor_seconds() - begun;
            if only.is_some() || took >= seconds {
                self.tell(took, "");
                return self.offences;
            }
            if took >= told + TOLD_EVERY {
                told = took;
                self.tell(took, "so far: ");
            }
        }
    }

    fn tell(&self, took: f64, first: &str) {
        let Self { reader, seed, opened, refused, why, bytes, slowest, largest, offences, .. } = self;
        println!(
            "{first}{reader}: seed {seed}, {} files of {} MiB in {took:.0} s of the processor, {opened} opened, {refused} refused {why:?}, {offences} offences; longest {:.2} s a MiB (case {}), most memory {} MiB (case {})",
            opened + refused,
            bytes / MIB as u64,
            slowest.0,
            slowest.1,
            largest.0,
            largest.1
        );
    }

    fn case(&mut self, case: u64) {
        let mut dice = Dice(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ case);
        let file = if dice.one_in(2) {
            let sample = dice.below(self.samples.len());
            let many = 1 + dice.below(6);
            damage::damaged(self.samples[sample].clone(), many, &mut dice)
        } else {
            let sample = written::sample(self.reader, &mut dice);
            let many = dice.below(6).saturating_sub(2);
            damage::damaged(of_ole(self.reader, sample), many, &mut dice)
        };
        // What is larger is not opened at all.
        if file.len() <= lists::FILE_BYTES_MAX {
            self.hold(&file, case);
        }
    }

    /// Reads one file and holds what that took against the bounds.
    fn hold(&mut self, file: &[u8], case: u64) {
        self.bytes += file.len() as u64;
        let lexicon = Lexicon { categories: &self.categories, divisions: &self.divisions };
        forget_most_memory();
        let begun = processor_seconds();
        // How long opening it took, and how much it shows: a row of a few bytes may say that it stands there a hundred thousand times.
        let opened = std::cell::Cell::new((0.0, 0_usize));
        let why = std::cell::Cell::new(String::new());
        let read = catch_unwind(AssertUnwindSafe(|| {
            let book = lists::open::open(file);
            opened.set((processor_seconds() - begun, book.as_ref().map_or(0, shown)));
            let book = book.map_err(|error| why.set(format!("{error:?}"))).ok()?;
            // What it says is not asked here, only that reading it ends.
            let _ = lists::read(&book, lexicon, &Answers::default());
            Some(())
        }));
        let took = processor_seconds() - begun;
        let (opening, shown) = opened.get();
        let mib = |bytes: usize| f64::from(u32::try_from(bytes.max(MIB) / 1024).unwrap_or(u32::MAX)) / 1024.0;
        let took = (took / mib(file.len().max(shown))).max(opening / mib(file.len()));
        let memory = most_memory();
        let mut offends = |what: &str| {
            self.offences += 1;
            let path = std::env::temp_dir().join(format!("fuzz-{}-{}-{case}", self.reader, self.seed));
            let kept =
                std::fs::write(&path, file).map_or_else(|error| error.to_string(), |()| path.display().to_string());
            println!("{} seed {} case {case}: {what} ({} bytes, {kept})", self.reader, self.seed, file.len());
        };
        match read {
            Ok(Some(())) => self.opened += 1,
            Ok(None) => {
                self.refused += 1;
                let why = why.take();
                let kind =
                    why.split_once('(').filter(|(kind, _)| *kind == "Workbook").map_or(why.as_str(), |(kind, _)| kind);
                *self.why.entry(kind.to_owned()).or_default() += 1;
            }
            Err(_) => offends("panic"),
        }
        if took > SECONDS_A_MIB_MAX {
            offends(&format!("{took:.2} s a MiB, {opening:.2} s of all to open it, {shown} bytes shown"));
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

/// What is made for the reader of containers is in one.
fn of_ole(reader: &str, sample: Sample) -> Sample {
    match sample {
        Sample::Records(records) if reader == "ole" => {
            let stream = damage::stream(&records, true);
            Sample::Bytes(made::ole(&[("Summary", b"x"), ("Workbook", &stream), ("Book", b"y")]))
        }
        other => other,
    }
}

/// How much a book shows, in bytes, its cells parted by one.
fn shown(book: &lists::book::Book) -> usize {
    let lines = book.sheets.iter().flat_map(|sheet| &sheet.lines);
    lines.flat_map(|line| &line.cells).map(|cell| cell.text.len() + 1).sum()
}

/// How long this program has had a processor, its own work and the kernel's for it.
fn processor_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
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
    for folder in ["tests/field", "tests/formats", "tests/own"] {
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
        "xlsx" => ending(".xlsx").iter().filter(|bytes| bytes.starts_with(b"PK")).map(|bytes| Sample::Parts(made::unzip(bytes))).chain([Sample::Parts(rich())]).collect(),
        "ods" => ending(".ods").iter().map(|bytes| Sample::Parts(made::unzip(bytes))).chain([Sample::Parts(document())]).collect(),
        // The workbook's stream lies in one piece behind the container's first sector in what is carried.
        "xls" => old().map(|bytes| Sample::Records(records(bytes.get(512..).unwrap_or_default()))).collect(),
        "ole" => old().map(Sample::Bytes).collect(),
        "html" => {
            let page = ending(".xls").into_iter().filter(|bytes| bytes.starts_with(b"<"));
            page.chain([PAGE.into()]).map(Sample::Bytes).collect()
        }
        "xml2003" => vec![Sample::Bytes(XML_2003.into())],
        "mht" => vec![Sample::Bytes(format!("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"xx\"\r\n\r\n--xx\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n{PAGE}\r\n--xx\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<table><tr><td colspan=3D2>=E7=94=B2</table>\r\n--xx--").into_bytes())],
        _ => ending(".csv").into_iter().chain(ending(".txt")).map(Sample::Bytes).collect(),
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
