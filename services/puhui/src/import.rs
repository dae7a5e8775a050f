//! Takes lists as bureaus publish them. Every row ends as stored, already there, or rejected, in a report; a list taken again, or
//! taken on after an interruption, makes no double, because a row's request id is made from what the row says.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{RecordCertificationRequest, RecordCertificationResponse};
use api::registry::v1::{Outcome, Particulars};
use domain::ProviderId;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lists::record;
use lists::{Answers, Entry, Lexicon, Origin, Reading, Verdict};
use serve::reference;
use serve::terms::Transit;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::args::Import;
use crate::client::{Failure, Servers};
use crate::failure::of_path;
use crate::json;
use crate::named_file;
use crate::signals::{self, Signals};

mod report;

use report::{Counts, Writer};

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
    let bytes = named_file::read(&list.file, lists::FILE_BYTES_MAX).map_err(of_path(&list.file))?;
    // Each row would be refused for it.
    let word = |name: &str, invalid: domain::Invalid| Failure::usage(format!("{name}: {invalid}"));
    domain::BureauId::parse(&list.bureau).map_err(|invalid| word("--bureau", invalid))?;
    domain::OfficerId::parse(&list.officer).map_err(|invalid| word("--officer", invalid))?;
    let report = list.report.clone().unwrap_or_else(|| beside(&list.file));
    let name = list.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // It stands as the source of every row that names none.
    if let Some(invalid) = domain::Reason::parse(&name).err().filter(domain::Invalid::is_of_a_person) {
        return Err(Failure::usage(format!("{}: {invalid}", list.file.display())));
    }
    let mut signals = Signals::new()?;
    let stop = async { signals::ended_by(signals.received().await) };
    let way = Way {
        name: &name,
        desk: Desk { bureau: &list.bureau, officer: &list.officer },
        report: &report,
        in_flight: usize::from(list.in_flight),
        warn: !as_json,
    };
    let counts = take(servers, &bytes, &way, stop).await?;
    if as_json {
        let line = serde_json::json!({
            "stored": counts.stored, "already": counts.already, "rejected": counts.rejected,
            "report": report.display().to_string(),
        });
        return json::say(&line.to_string());
    }
    json::say(&format!(
        "已存 stored {},已有 already {},退回 rejected {};报告 report: {}",
        counts.stored,
        counts.already,
        counts.rejected,
        report.display()
    ))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".report.csv");
    file.with_file_name(name)
}

/// How a list is taken.
pub(crate) struct Way<'a> {
    /// Stands as the source of rows that name none.
    pub(crate) name: &'a str,
    pub(crate) desk: Desk<'a>,
    /// Where the report goes.
    pub(crate) report: &'a Path,
    /// Commands under way at one time.
    pub(crate) in_flight: usize,
    /// Whether remarks on the whole file are said.
    pub(crate) warn: bool,
}

/// Takes a list's bytes. Where `stop` comes first, or a row cannot be sent, the report says of every row that is not done that it is not.
pub(crate) async fn take(
    servers: &Servers,
    bytes: &[u8],
    way: &Way<'_>,
    stop: impl Future<Output = Failure>,
) -> Result<Counts, Failure> {
    let categories = lists::lexicon::carried_categories().map_err(|error| Failure::usage(error.to_string()))?;
    let divisions = reference::divisions();
    let lexicon = Lexicon { categories: &categories, divisions: &divisions };
    let unreadable = |error: lists::ListError| Failure::usage(error.to_string());
    let book = lists::open::open(bytes).map_err(unreadable)?;
    let origin = Origin { file: way.name, home: None };
    let list = lists::read_from(&book, origin, lexicon, &Answers::default()).map_err(unreadable)?;
    for warning in list.warnings.iter().filter(|_| way.warn) {
        json::note(&format!("{} / {}", warning.zh, warning.en));
    }
    let client = CertificationServiceClient::new(servers.connect("certification").await?);
    let unfinished = unfinished(way.report);
    let report = File::create(&unfinished).and_then(Writer::new);
    let mut report = report.map_err(of_path(&unfinished))?;
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
        if let Err(status) = write(&mut report, row, answer).map_err(of_path(&unfinished))? {
            break Some(status.into());
        }
        done += 1;
        bar.inc(1);
    };
    drop(answers);
    bar.finish_and_clear();
    let left = list.rows.get(done..).unwrap_or_default();
    for row in left {
        let id = row.entry.as_ref().and_then(record::new_id);
        report.unfinished(row.at.line, id.as_ref(), &row.name).map_err(of_path(&unfinished))?;
    }
    let counts = report.finish().map_err(of_path(&unfinished))?;
    // A report that stands under its name is whole, also where this process was killed at any moment.
    std::fs::rename(&unfinished, way.report).map_err(of_path(way.report))?;
    match (failed, left.first()) {
        (Some(why), Some(first)) => Err(why.and(&format!(
            "第{}行起未完成,请再次运行以继续 / not done from line {} on, run again to go on; report: {}",
            first.at.line,
            first.at.line,
            way.report.display()
        ))),
        _ => Ok(counts),
    }
}

/// Where a report is written until it is whole.
fn unfinished(report: &Path) -> PathBuf {
    let mut name = report.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    report.with_file_name(name)
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

/// Notes a row's end in the report; the inner error ends the import.
fn write(report: &mut Writer<File>, row: &Reading, answer: Option<Answer>) -> io::Result<Result<(), Status>> {
    let Some(entry) = &row.entry else {
        report.rejected(&row.at, &row.name, &row.faults, &row.waits_for)?;
        return Ok(Ok(()));
    };
    let line = row.at.line;
    let Some(id) = &record::new_id(entry) else { return Ok(Ok(())) };
    match answer {
        None => report.refused(
            line,
            Some(id),
            &row.name,
            "PROPOSED_ONLY",
            "名单为拟认定公示,尚未认定;认定后请导入认定名单",
            "the list proposes it and does not certify it: import the list of those certified",
        )?,
        Some(Ok(response)) if response.outcome() == Outcome::Recorded => report.stored(line, id, &row.name)?,
        Some(Ok(_)) => report.already(line, id, &row.name)?,
        // Another list has the decision, and differs in nothing but its name.
        Some(Err(status)) if differs_in(&status) == Some("source".to_owned()) => {
            report.already(line, id, &row.name)?;
        }
        Some(Err(status)) => match status.code() {
            Code::FailedPrecondition | Code::InvalidArgument => {
                let reason = status.get_details_error_info().map_or_else(|| "INVALID".to_owned(), |info| info.reason);
                let (zh, en) = status.message().split_once(" / ").unwrap_or((status.message(), ""));
                report.refused(line, Some(id), &row.name, &reason, zh, en)?;
            }
            _ => return Ok(Err(status)),
        },
    }
    Ok(Ok(()))
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
    };
    // The line is not part of the id: the same row in a longer list is the same row.
    request.request_id = Uuid::new_v5(&ROW_IDS, &prost::Message::encode_to_vec(&request)).to_string();
    request
}

/// The first 512 characters, as much as the field holds.
fn cut(text: &str) -> String {
    text.chars().take(512).collect()
}
