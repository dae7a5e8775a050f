//! Takes lists as bureaus publish them. Every row ends as stored, already there, or rejected, in a report; a list taken again, or
//! taken on after an interruption, makes no double, because a row's request id is made from what the row says.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{RecordCertificationRequest, RecordCertificationResponse};
use api::registry::v1::{Outcome, Particulars, Point};
use domain::{DivisionTable, ProviderId};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lists::account::{Became, NotARow};
use lists::book::Book;
use lists::lexicon::LexiconError;
use lists::record;
use lists::{Answers, CategoryNames, Entry, Lexicon, List, Origin, Reading, Verdict};
use serve::reference;
use serve::terms::Transit;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::args::Import;
use crate::client::{Failure, Servers};
use crate::json;
use crate::signals::{self, Signals};

mod ask;
mod explain;
mod report;
mod template;
mod told;

pub(crate) use report::Paths;
use report::{Counts, End, Said, Writer, beside};
use told::Told;

/// Names the request ids that are made from rows of lists.
const ROW_IDS: Uuid = Uuid::from_u128(0x6f0c_5e1a_3f4b_4d0e_9a51_7068_7568_7569);
/// Times a row is sent again with the same request id when its outcome is not known or the log was busy.
const ATTEMPTS_MAX: u32 = 6;
/// Pause before the second attempt; doubled each time.
const PAUSE: Duration = Duration::from_millis(200);

/// Who enters a list.
pub(crate) struct Desk<'a> {
    pub(crate) bureau: &'a str,
    pub(crate) officer: &'a str,
}

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
    if let Some(invalid) = domain::Reason::parse(&name).err().filter(domain::Invalid::is_of_a_person) {
        return Err(Failure::usage(format!("{}: {invalid}", file.display())));
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
    let answers = asked.ask(!as_json && ask::is_somebody_there())?;
    let mut signals = Signals::new()?;
    let stop = async { signals::ended_by(signals.received().await) };
    let way = Way {
        name: &name,
        desk: Desk { bureau: &list.bureau, officer: &list.officer },
        report: &report,
        in_flight: usize::from(list.in_flight),
    };
    let Taken { counts, failed } = take(servers, &asked.read, &way, stop).await?;
    let told = Told { read: &asked.read, report: Some(&report), answers: answers.as_deref() }.say(&counts, as_json);
    // Why it ended comes before what was rejected by then.
    match failed {
        Some(failed) => Err(failed),
        None => told,
    }
}

/// A file in which nothing names the columns of a list is none that can be read.
fn holds_a_list(file: &Path, list: &List) -> Result<(), Failure> {
    let headed = list.lines.iter().any(|line| line.became == Became::Not(NotARow::Heading));
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
    lists::open::open(bytes).map_err(|error| Failure::usage(error.to_string()))
}

/// Reads a list from a file of this name, which may tell where the list is from.
fn listed(book: &Book, file: &str, answers: &Answers) -> Result<List, Failure> {
    carried(|lexicon| lists::read_from(book, Origin { file, home: None }, lexicon, answers))?
        .map_err(|error| Failure::usage(error.to_string()))
}

/// Asks what lists are read against.
fn carried<T>(asks: impl FnOnce(Lexicon<'_>) -> T) -> Result<T, Failure> {
    static DIVISIONS: LazyLock<DivisionTable> = LazyLock::new(reference::divisions);
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
    let list = &read.list;
    let client = CertificationServiceClient::new(servers.connect("certification").await?);
    let mut report = Writer::new(read, way.report)?;
    let bar = progress(list.rows.len());
    let answers = list.rows.iter().map(|row| {
        let client = client.clone();
        async move {
            let answer = match certified(row) {
                Some((entry, id)) => Some(send(client, request(entry, &id, way.name, &way.desk)).await),
                None => None,
            };
            (row, answer)
        }
    });
    // In the file's order, so that the report reads like the list.
    let mut answers = stream::iter(answers).buffered(way.in_flight.max(1));
    let mut stop = std::pin::pin!(stop);
    let mut done = 0;
    let failed = loop {
        let answer = tokio::select! {
            answer = answers.next() => answer,
            why = &mut stop => break Some(why),
        };
        let Some((row, answer)) = answer else { break None };
        match end(row, answer) {
            Ok(end) => report.row(row, row.entry.as_ref().and_then(record::new_id).as_ref(), &end)?,
            Err(status) => break Some(status.into()),
        }
        done += 1;
        bar.inc(1);
    };
    drop(answers);
    bar.finish_and_clear();
    let left = list.rows.get(done..).unwrap_or_default();
    for row in left {
        let id = row.entry.as_ref().and_then(record::new_id);
        report.row(row, id.as_ref(), &End::of(row).unwrap_or(End::Unfinished))?;
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
    Ok(Taken { counts, failed: failed.filter(|_| !left.is_empty()) })
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

type Answer = Result<RecordCertificationResponse, Status>;

/// The entry and the outlet of a row that is to be stored.
fn certified(row: &Reading) -> Option<(&Entry, ProviderId)> {
    let entry = row.entry.as_ref().filter(|_| row.verdict == Some(Verdict::Certified))?;
    Some((entry, record::new_id(entry)?))
}

/// What a row came to; the error ends the import.
fn end(row: &Reading, answer: Option<Answer>) -> Result<End, Status> {
    match answer {
        None => Ok(End::of(row).unwrap_or_else(|| {
            End::Rejected(Said {
                rule: "ENDING".to_owned(),
                zh: "名单写明已不再认定;请按程序办理终止".to_owned(),
                en: "the list says that it is certified no more: end it by the act that applies".to_owned(),
            })
        })),
        Some(Ok(response)) if response.outcome() == Outcome::Recorded => {
            Ok(if matches!(row.verdict, Some(Verdict::Ended { .. })) { End::Ended } else { End::Stored })
        }
        Some(Ok(_)) => Ok(End::Already),
        // Another list has the decision, and differs in nothing but its name.
        Some(Err(status)) if differs_in(&status) == Some("source".to_owned()) => Ok(End::Already),
        Some(Err(status)) => match status.code() {
            Code::FailedPrecondition | Code::InvalidArgument => {
                let rule = status.get_details_error_info().map_or_else(|| "INVALID".to_owned(), |info| info.reason);
                let (zh, en) = status.message().split_once(" / ").unwrap_or((status.message(), ""));
                Ok(End::Rejected(Said { rule, zh: zh.to_owned(), en: en.to_owned() }))
            }
            _ => Err(status),
        },
    }
}

/// The fields in which the decision on record is another, where a row was refused for that.
fn differs_in(status: &Status) -> Option<String> {
    let info = status.get_details_error_info().filter(|info| info.reason == "DECISION_DIFFERS")?;
    info.metadata.get("fields").cloned()
}

/// Sends a row, and again under the same request id while its outcome is not known.
async fn send(mut client: CertificationServiceClient<Channel>, request: RecordCertificationRequest) -> Answer {
    let mut pause = PAUSE;
    let mut attempt = 1;
    loop {
        let status = match client.record_certification(request.clone()).await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) => status,
        };
        let again =
            matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Aborted | Code::ResourceExhausted);
        if !again || attempt == ATTEMPTS_MAX {
            return Err(status);
        }
        attempt += 1;
        #[expect(clippy::disallowed_methods, reason = "bounded backoff between attempts")]
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

fn request(entry: &Entry, id: &ProviderId, file: &str, desk: &Desk<'_>) -> RecordCertificationRequest {
    let source = entry.source.as_ref().map_or_else(|| file.to_owned(), ToString::to_string);
    let notes = entry.as_published.as_ref().map(|text| format!(";原文:{text}")).unwrap_or_default();
    let publicity = entry.publicity.transit();
    let mut request = RecordCertificationRequest {
        request_id: String::new(),
        expected_revision: None,
        validate_only: false,
        bureau_id: desk.bureau.to_owned(),
        officer_id: desk.officer.to_owned(),
        provider_id: id.to_string(),
        particulars: Some(Particulars {
            name: entry.name.to_string(),
            // A list names the outlet; the operator's name is the same until a bureau says otherwise.
            operator_name: entry.name.to_string(),
            division: entry.division.to_string(),
            address: entry.address.transit(),
            phone: entry.phone.transit(),
            location: entry.point.map(|point| Point {
                latitude_microdegrees: point.latitude_microdegrees(),
                longitude_microdegrees: point.longitude_microdegrees(),
            }),
            ..Particulars::default()
        }),
        category: entry.category.to_string(),
        decided_on: entry.decided_on.transit(),
        valid_from: entry.valid_from.transit(),
        valid_to: entry.valid_to.transit(),
        document_number: entry.document.transit(),
        deciding_body: entry.body.as_ref().map_or_else(|| "名单未载".to_owned(), ToString::to_string),
        publicity: cut(&publicity),
        source: cut(&format!("{source}{notes}")),
        ended: None,
        valid_to_worked_out_from: entry.worked_out.iter().flat_map(|words| words.chars()).take(64).collect(),
    };
    // The line is not part of the id: the same row in a longer list is the same row.
    request.request_id = Uuid::new_v5(&ROW_IDS, &prost::Message::encode_to_vec(&request)).to_string();
    request
}

/// The first 512 characters, as much as the field holds.
fn cut(text: &str) -> String {
    text.chars().take(512).collect()
}
