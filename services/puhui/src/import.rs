//! Takes lists as bureaus publish them. Every row ends as stored, already there, or rejected, in a report; a list taken again, or
//! taken on after an interruption, makes no double, because a row's request id is made from what the row says.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use api::certification::v1::certification_service_client::CertificationServiceClient;
use domain::{Day, DivisionTable};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lists::account::{self, NotARow};
use lists::book::Book;
use lists::cover;
use lists::lexicon::LexiconError;
use lists::record::{self, Plan, Register};
use lists::{Answers, CategoryNames, Gazetteer, Lexicon, List, Origin, Reading, Warning};
use serve::{clock, reference};

use crate::args::Import;
use crate::client::{Failure, Servers};
use crate::json;
use crate::signals::{self, Signals};

mod ask;
mod explain;
mod known;
mod report;
mod send;
mod shown;
mod template;
mod told;

use known::Records;
pub(crate) use report::Paths;
use report::{Counts, End, Said, Writer, beside};
pub(crate) use send::Desk;
use send::{Became, Came, Sender};
use shown::Found;
use told::Told;

/// `puhui import`.
pub(crate) async fn run(servers: &Servers, list: &Import, as_json: bool) -> Result<(), Failure> {
    if let Some(file) = &list.template {
        return template::write(file, as_json);
    }
    let file = list.file.as_deref().unwrap_or(Path::new(""));
    // Each row would be refused for it.
    let word = |name: &str, invalid: domain::Invalid| Failure::usage(format!("{name}: {invalid}"));
    domain::BureauId::parse(&list.bureau).map_err(|invalid| word("--bureau", invalid))?;
    domain::OfficerId::parse(&list.officer).map_err(|invalid| word("--officer", invalid))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // It stands as the source of every row that names none.
    if let Some(shown) = cover::file_name(&name) {
        return Err(Failure::usage(format!(
            "文件名含个人姓名或号码,将随登记公开,请改名后再导入:{shown} / the file's name holds a person's name or number and would be public: rename it"
        )));
    }
    let report = Paths::named(list.report.as_deref().unwrap_or(&beside(file, ".report.csv")));
    report.apart_from(file)?;
    let mut asked = ask::prepared(file, &name, list)?;
    if let Some(row) = &list.explain {
        return explain::tell(&asked.read, row, as_json);
    }
    holds_a_list(file, &asked.read.list)?;
    if !as_json {
        warn(&asked.read.list);
    }
    if list.check {
        return told::checked(&asked.read, list.report.is_some().then_some(&report), as_json);
    }
    let at_terminal = !as_json && ask::is_somebody_there();
    asked.ask(at_terminal)?;
    let known = known(servers, &asked.read, usize::from(list.in_flight)).await?;
    let answers = asked.ask_of_the_record(&known, at_terminal)?;
    if let Some(warning) = left_out(&asked, &known) {
        if !as_json {
            json::note(&format!("{} / {}", warning.zh, warning.en));
        }
        asked.read.list.warnings.push(warning);
    }
    let mut signals = Signals::new()?;
    let stop = async { signals::ended_by(signals.received().await) };
    let way = Way {
        name: &name,
        desk: Desk { bureau: &list.bureau, officer: &list.officer },
        report: &report,
        in_flight: usize::from(list.in_flight),
    };
    let Taken { counts, found, failed } = taken(servers, (&asked.read, asked.answers()), known, &way, stop).await?;
    let told =
        Told { read: &asked.read, report: Some(&report), answers: answers.as_deref(), found }.say(&counts, as_json);
    // Why it ended comes before what was rejected by then.
    match failed {
        Some(failed) => Err(failed),
        None => told,
    }
}

/// A file in which nothing names the columns of a list is none that can be read.
fn holds_a_list(file: &Path, list: &List) -> Result<(), Failure> {
    let headed = list.lines.iter().any(|line| line.became == account::Became::Not(NotARow::Heading));
    if headed || !list.rows.is_empty() || !list.questions.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{0}:没有找到名单的表头(如 机构名称、类别、所属区县);可用 puhui import --template 写出模板 / {0}: no line names the columns of a list; \
         `puhui import --template` writes one",
        file.display()
    )))
}

/// Remarks on the whole file.
fn warn(list: &List) {
    for warning in &list.warnings {
        json::note(&format!("{} / {}", warning.zh, warning.en));
    }
}

/// Outlets that are certified by the record and that a next edition has not: that ends none of them.
fn left_out(asked: &ask::Asked, known: &Known) -> Option<Warning> {
    const TOLD_MAX: usize = 10;
    let rows = &asked.read.list.rows;
    let plan = record::plan(rows, &known.register, asked.answers(), known.today);
    let left = record::left_out(rows, &plan, &known.register, known.today);
    let told = |outlet: &&record::Outlet| {
        let name = outlet.names.first().map(String::as_str).unwrap_or_default();
        format!("{name}({})", outlet.id)
    };
    let named: Vec<String> = left.iter().take(TOLD_MAX).map(told).collect();
    let (n, more) = (left.len(), if left.len() > TOLD_MAX { "等" } else { "" });
    let named = named.join("、");
    (n > 0).then(|| Warning {
        zh: format!(
            "登记簿中同区县同类别另有{n}个有效网点不在本名单中:{named}{more};未作终止处理,确已终止的请导入终止名单"
        ),
        en: format!("{n} outlets of these counties and categories are certified on record and not in this list, which ends none of them"),
    })
}

/// A file that was opened, and its list.
pub(crate) struct Read {
    pub(crate) book: Book,
    pub(crate) list: List,
}

/// Opens a file and reads its list with what is answered about it.
pub(crate) fn read(bytes: &[u8], answers: &Answers) -> Result<Read, Failure> {
    let book = opened(bytes)?;
    let list = listed(&book, "", answers)?;
    Ok(Read { book, list })
}

fn opened(bytes: &[u8]) -> Result<Book, Failure> {
    let mut book = lists::open::open(bytes).map_err(|error| Failure::usage(error.to_string()))?;
    // Nothing that is a person's is there to be stored or shown from here on.
    cover::cover(&mut book);
    Ok(book)
}

/// Reads a list from a file of this name, which may tell where the list is from.
fn listed(book: &Book, file: &str, answers: &Answers) -> Result<List, Failure> {
    static PLACES: LazyLock<Gazetteer<'static>> = LazyLock::new(|| Gazetteer::new(&DIVISIONS));
    carried(|lexicon| lists::read_in(book, Origin { file, home: None }, lexicon, &PLACES, answers))?
        .map_err(|error| Failure::usage(error.to_string()))
}

/// The divisions that the program carries.
static DIVISIONS: LazyLock<DivisionTable> = LazyLock::new(reference::divisions);

/// Asks what lists are read against.
fn carried<T>(asks: impl FnOnce(Lexicon<'_>) -> T) -> Result<T, Failure> {
    static CATEGORIES: LazyLock<Result<Vec<CategoryNames>, LexiconError>> =
        LazyLock::new(lists::lexicon::carried_categories);
    let categories = CATEGORIES.as_ref().map_err(|error| Failure::usage(error.to_string()))?;
    Ok(asks(Lexicon { categories, divisions: &DIVISIONS }))
}

/// How a list is taken.
pub(crate) struct Way<'a> {
    /// Stands as the source of rows that name none.
    pub(crate) name: &'a str,
    pub(crate) desk: Desk<'a>,
    /// Where the report goes.
    pub(crate) report: &'a Paths,
    /// Commands under way at one time.
    pub(crate) in_flight: usize,
}

/// What taking a list came to.
pub(crate) struct Taken {
    pub(crate) counts: Counts,
    /// How a search finds what it holds.
    found: Found,
    /// Why it ended before its time, if it did.
    pub(crate) failed: Option<Failure>,
}

/// Takes a list. Where `stop` comes first, or a row cannot be sent, the report says of every row that is not done that it is not.
pub(crate) async fn take(
    servers: &Servers,
    read: &Read,
    way: &Way<'_>,
    stop: impl Future<Output = Failure>,
) -> Result<Taken, Failure> {
    let known = known(servers, read, way.in_flight).await?;
    taken(servers, (read, &Answers::default()), known, way, stop).await
}

/// What is on record of the outlets that a list may be of, and the day on which it is held against that.
pub(crate) struct Known {
    records: Records,
    register: Register,
    today: Day,
}

async fn known(servers: &Servers, read: &Read, in_flight: usize) -> Result<Known, Failure> {
    let records = Records::of(servers).await?;
    let register = records.register(&read.list.rows, in_flight).await?;
    Ok(Known { records, register, today: Day::of(clock::now()) })
}

async fn taken(
    servers: &Servers,
    (read, answers): (&Read, &Answers),
    Known { records, register, today }: Known,
    way: &Way<'_>,
    stop: impl Future<Output = Failure>,
) -> Result<Taken, Failure> {
    let list = &read.list;
    let client = CertificationServiceClient::new(servers.connect("certification").await?);
    let mut report = Writer::new(read, way.report)?;
    let bar = progress(list.rows.len());
    let Plan { placed, register, .. } = record::plan(&list.rows, &register, answers, today);
    let turns = send::turns(&placed);
    let register = Mutex::new(register);
    let sender = &Sender { client, records, register, desk: &way.desk, name: way.name, answers, today };
    let rows = list.rows.iter().zip(placed.into_iter().zip(turns));
    let answers = rows.map(|(row, (placed, turn))| async move { (row, sender.row(row, placed, turn).await) });
    // In the file's order, so that the report reads like the list.
    let mut answers = stream::iter(answers).buffered(way.in_flight.max(1));
    let mut stop = std::pin::pin!(stop);
    let (mut done, mut found) = (0, Found::default());
    let failed = loop {
        let answer = tokio::select! {
            answer = answers.next() => answer,
            why = &mut stop => break Some(why),
        };
        let Some((row, answer)) = answer else { break None };
        match answer {
            Ok(came) => {
                let came = came.as_ref();
                report.row(&told_of(row, came), came.and_then(|came| came.id.as_ref()), &end_of(row, came))?;
                found.count(came, &sender.register, today);
            }
            Err(status) => break Some(status.into()),
        }
        done += 1;
        bar.inc(1);
    };
    drop(answers);
    bar.finish_and_clear();
    let left = list.rows.get(done..).unwrap_or_default();
    for row in left {
        report.row(row, None, &End::of(row).unwrap_or(End::Unfinished))?;
    }
    let counts = report.finish()?;
    let failed = failed.map(|why| match left.first() {
        Some(first) => why.and(&format!(
            "第{}行起未完成,请再次运行以继续 / not done from line {} on, run again to go on; report: {}",
            first.at.line,
            first.at.line,
            way.report.csv.display()
        )),
        None => why,
    });
    Ok(Taken { counts, found, failed: failed.filter(|_| !left.is_empty()) })
}

fn progress(rows: usize) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(rows as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} 行 {per_sec} 剩余 {eta}") {
        bar.set_style(style);
    }
    bar
}

/// What a row came to.
fn end_of(row: &Reading, came: Option<&Came>) -> End {
    match came.map(|came| &came.end) {
        None | Some(Became::Nothing) => End::of(row).unwrap_or(End::Waiting),
        Some(Became::Stored) => End::Stored,
        Some(Became::Ended) => End::Ended,
        Some(Became::Already) => End::Already,
        Some(Became::Rejected { rule, zh, en }) => {
            End::Rejected(Said { rule: rule.clone(), zh: zh.clone(), en: en.clone() })
        }
        Some(Became::Waits(_)) => End::Waiting,
    }
}

/// The row with what was found about it on record.
fn told_of(row: &Reading, came: Option<&Came>) -> Reading {
    let mut row = row.clone();
    if let Some(came) = came {
        row.because.extend(came.because.iter().cloned());
        if let Became::Waits(question) = &came.end {
            row.waits_for.push(question.clone());
        }
    }
    row
}
