//! Sends what is to be recorded of each row: acts of one outlet in the list's order, those of several side by side. What cannot be recorded because the
//! record is another than was known is held against it once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::correct_act_request::Right;
use api::certification::v1::{
    AmendParticularsRequest, CorrectActRequest, IdentifyOperatorRequest, RecordCertificationRequest,
    RecordEndingRequest, RegisterProviderRequest,
};
use api::registry::v1::{EndingKind, Outcome, Particulars, Point};
use domain::{Day, ProviderId};
use lists::reading::Because;
use lists::record::{Act, Decision, Lookup, Placed, Register, Step};
use lists::{Answers, Entry, Reading};
use serve::terms::Transit;
use tokio::sync::oneshot;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use super::known::Records;

/// Names the request ids that are made from rows of lists.
const ROW_IDS: Uuid = Uuid::from_u128(0x6f0c_5e1a_3f4b_4d0e_9a51_7068_7568_7569);
/// Times an act is sent again with the same request id when its outcome is not known or the log was busy.
const ATTEMPTS_MAX: u32 = 6;
/// Pause before the second attempt; doubled each time.
const PAUSE: Duration = Duration::from_millis(200);
/// Times a row is held against the record once more.
const ANEW_MAX: u32 = 3;
/// Who decided, where a list does not say.
const BODY_UNTOLD: &str = "名单未载";
/// Characters that the fields for sources and reasons hold.
const REASON_CHARS_MAX: usize = 512;

/// Characters that the field for the words of a length holds.
const WORDS_CHARS_MAX: usize = 64;

/// Who enters a list.
pub(crate) struct Desk<'a> {
    pub(crate) bureau: &'a str,
    pub(crate) officer: &'a str,
}

/// What a row came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Came {
    pub(super) end: Became,
    pub(super) id: Option<ProviderId>,
    pub(super) because: Vec<Because>,
}

/// What became of a row that was held against the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Became {
    /// Recorded now.
    Stored,
    /// What was on record was ended now.
    Ended,
    /// On record already.
    Already,
    /// The list certifies nothing by it.
    Nothing,
    /// Turned down: the rule, and the sentence in two languages.
    Rejected { rule: String, zh: String, en: String },
    /// It waits for an answer.
    Waits(String),
}

/// Sends rows.
pub(super) struct Sender<'a> {
    pub(super) client: CertificationServiceClient<Channel>,
    pub(super) records: Records,
    /// What is on record, and what was sent.
    pub(super) register: Mutex<Register>,
    pub(super) desk: &'a Desk<'a>,
    /// The file's name: the source of rows that name none.
    pub(super) name: &'a str,
    pub(super) answers: &'a Answers,
    pub(super) today: Day,
}

/// When a row's turn comes: after the row before it that is of its outlet, which tells whether it went in.
#[derive(Default)]
pub(super) struct Turn {
    after: Option<oneshot::Receiver<bool>>,
    then: Option<oneshot::Sender<bool>>,
}

/// The turns of rows that are sent in this order.
pub(super) fn turns(placed: &[Option<Placed>]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = placed.iter().map(|_| Turn::default()).collect();
    let mut last: HashMap<&ProviderId, usize> = HashMap::new();
    for (at, row) in placed.iter().enumerate() {
        let goes_in = |row: &&Placed| matches!(row.step, Step::Record(_) | Step::Already);
        let Some(id) = row.as_ref().filter(goes_in).and_then(|row| row.id.as_ref()) else { continue };
        if let Some(before) = last.insert(id, at) {
            let (then, after) = oneshot::channel();
            turns[before].then = Some(then);
            turns[at].after = Some(after);
        }
    }
    turns
}

/// What became of an act that was sent.
enum Sent {
    Recorded {
        /// The act by which what was empty of the outlet was filled along with it; 0 where nothing was.
        filled: u32,
    },
    Already,
    /// Refused: the reason, and the sentence.
    Refused(Box<Status>),
}

impl Sender<'_> {
    /// Sends what is to be recorded of a row when its turn has come.
    pub(super) async fn row(&self, row: &Reading, placed: Option<Placed>, turn: Turn) -> Result<Option<Came>, Status> {
        let (Some(entry), Some(mut placed)) = (&row.entry, placed) else { return Ok(None) };
        let went_in = match turn.after {
            Some(after) => after.await.unwrap_or(false),
            None => true,
        };
        if !went_in
            && let Some(id) = placed.id.clone()
            && let Some(again) = self.placed_anew(row, &id).await?
        {
            placed = again;
        }
        let mut anew = 0;
        let came = loop {
            let Placed { step, id, because } = placed.clone();
            let end = match (step, &id) {
                (Step::Already, _) => Became::Already,
                (Step::Nothing, _) | (Step::Record(_), None) => Became::Nothing,
                (Step::Refused(said), _) => Became::Rejected { rule: said.rule.to_owned(), zh: said.zh, en: said.en },
                (Step::Asks(question), _) => Became::Waits(question.id),
                (Step::Record(acts), Some(id)) => match self.acts(entry, id, &acts).await? {
                    Done::All { end, notes } => {
                        break Came { end, id: Some(id.clone()), because: [because, notes].concat() };
                    }
                    Done::Refused(status) => {
                        anew += 1;
                        if anew < ANEW_MAX
                            && let Some(again) = self.placed_anew(row, id).await?
                            && again != placed
                        {
                            placed = again;
                            continue;
                        }
                        rejected(&status)
                    }
                },
            };
            break Came { end, id, because };
        };
        if let Some(then) = turn.then {
            // Nobody waits any more where the import was halted.
            let _ = then.send(matches!(came.end, Became::Stored | Became::Ended | Became::Already));
        }
        Ok(Some(came))
    }

    /// Where a row belongs by what is on record of an outlet now.
    async fn placed_anew(&self, row: &Reading, id: &ProviderId) -> Result<Option<Placed>, Status> {
        let (Some(entry), Some(verdict)) = (&row.entry, &row.verdict) else { return Ok(None) };
        let head = self.records.head().await?;
        // Its operator may have outlets elsewhere.
        let code = entry.uscc.as_ref().map(|uscc| Lookup::Code(uscc.as_str().to_owned()));
        let lookups = code.into_iter().chain([Lookup::Outlet(id.clone())]);
        let mut found = Vec::new();
        for lookup in lookups {
            found.extend(self.records.look(&lookup, head).await?);
        }
        let mut register = self.register.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.iter().any(|outlet| outlet.id == *id) {
            register.forget(id);
        }
        for outlet in found {
            register.enter(outlet);
        }
        Ok(Some(register.place(entry, verdict, self.answers, self.today)))
    }

    async fn acts(&self, entry: &Entry, id: &ProviderId, acts: &[Act]) -> Result<Done, Status> {
        let (mut stored, mut ended, mut notes) = (false, false, Vec::new());
        for act in acts {
            let sent = match act {
                Act::Identify { uscc, on, document } => {
                    let request = IdentifyOperatorRequest {
                        provider_id: id.to_string(),
                        operator_uscc: uscc.to_string(),
                        operator_name: operator(entry),
                        identified_on: on.to_string(),
                        document_number: document.clone(),
                        ..IdentifyOperatorRequest::default()
                    };
                    self.sent(request).await?
                }
                Act::Fill { address, phone, point } => self.filled(entry, id, (*address, *phone, *point)).await?,
                Act::Certification { new, valid_from } => {
                    self.sent(self.certification(entry, id, *new, *valid_from)).await?
                }
                Act::Correct { act, right, reason } => {
                    self.sent(self.correction(entry, id, (*act, right, reason))).await?
                }
                Act::End { kind, decided_on } => self.sent(self.ending(entry, id, *kind, *decided_on)).await?,
            };
            let beside = matches!(act, Act::Identify { .. } | Act::Fill { .. });
            match sent {
                Sent::Recorded { .. } if matches!(act, Act::End { .. }) => ended = true,
                Sent::Recorded { filled } => {
                    stored = true;
                    if filled > 0 {
                        let zh = format!("登记簿未载的网点信息,按名单补充(第{filled}项)");
                        notes.push(Because { what: "网点".to_owned(), zh });
                    }
                }
                Sent::Already => {}
                // What the list says of the certification goes in all the same.
                Sent::Refused(status) if beside => {
                    let (zh, _) = sentences(&status);
                    let what = if matches!(act, Act::Fill { .. }) { "补充网点信息" } else { "补全代码" };
                    notes.push(Because { what: what.to_owned(), zh: format!("未能办理,请另行办理:{zh}") });
                }
                Sent::Refused(status) => return Ok(Done::Refused(status)),
            }
        }
        let end = match (stored, ended) {
            (_, true) => Became::Ended,
            (true, _) => Became::Stored,
            (false, false) => Became::Already,
        };
        Ok(Done::All { end, notes })
    }

    /// Sends the particulars on record with what was empty in them. A list tells of an outlet as it is entered: where nothing was amended since,
    /// what it came on record with is put right, which whoever enters lists may do; else they are amended from today on.
    async fn filled(
        &self,
        entry: &Entry,
        id: &ProviderId,
        (address, phone, located): (bool, bool, bool),
    ) -> Result<Sent, Status> {
        let Some(known) = self.records.provider(id, self.records.head().await?).await? else {
            return Ok(Sent::Already);
        };
        let Some(mut particulars) = known.particulars else { return Ok(Sent::Already) };
        if address && particulars.address.is_empty() {
            particulars.address = written(entry);
        }
        if phone && particulars.phone.is_empty() {
            particulars.phone = entry.phone.transit();
        }
        if located && particulars.location.is_none() {
            particulars.location = point(entry);
        }
        let (provider_id, today) = (id.to_string(), self.today.to_string());
        match &known.versions[..] {
            [first] => {
                let right = RegisterProviderRequest {
                    // By its own name: the one of an operator that was completed since is told by that act.
                    particulars: first.particulars.clone().map(|own| Particulars {
                        address: particulars.address,
                        phone: particulars.phone,
                        location: particulars.location,
                        ..own
                    }),
                    ..RegisterProviderRequest::default()
                };
                self.sent(CorrectActRequest {
                    provider_id,
                    act: first.act.as_ref().map_or(0, |act| act.number),
                    corrected_on: today,
                    reason: cut(&format!("登记时名单未载,按后续名单补充({})", self.name)),
                    right: Some(Right::RegisterProvider(right)),
                    ..CorrectActRequest::default()
                })
                .await
            }
            _ => {
                self.sent(AmendParticularsRequest {
                    provider_id,
                    particulars: Some(particulars),
                    effective_on: today,
                    ..AmendParticularsRequest::default()
                })
                .await
            }
        }
    }

    fn certification(
        &self,
        entry: &Entry,
        id: &ProviderId,
        new: bool,
        valid_from: Option<Day>,
    ) -> RecordCertificationRequest {
        let listed = match (valid_from == entry.valid_from, entry.valid_from) {
            (false, Some(listed)) => format!("名单所载有效期起 {listed}"),
            _ => String::new(),
        };
        RecordCertificationRequest {
            provider_id: id.to_string(),
            // What is on record of it stays as it is.
            particulars: new.then(|| Particulars {
                name: entry.name.to_string(),
                operator_name: operator(entry),
                division: entry.division.to_string(),
                address: written(entry),
                phone: entry.phone.transit(),
                location: point(entry),
                ..Particulars::default()
            }),
            category: entry.category.to_string(),
            decided_on: entry.decided_on.transit(),
            valid_from: valid_from.transit(),
            valid_to: entry.valid_to.transit(),
            document_number: entry.document.transit(),
            deciding_body: body(entry),
            publicity: cut(&entry.publicity.transit()),
            source: self.source(entry, &listed),
            valid_to_worked_out_from: words(entry.worked_out.as_deref()),
            ..RecordCertificationRequest::default()
        }
    }

    fn correction(
        &self,
        entry: &Entry,
        id: &ProviderId,
        (act, right, reason): (u32, &Decision, &str),
    ) -> CorrectActRequest {
        let given = |text: &str, else_: String| if text.is_empty() { else_ } else { text.to_owned() };
        let right = RecordCertificationRequest {
            category: entry.category.to_string(),
            decided_on: right.decided_on.transit(),
            valid_from: right.valid_from.transit(),
            valid_to: right.valid_to.transit(),
            document_number: right.document.clone().unwrap_or_default(),
            deciding_body: given(&right.body, body(entry)),
            source: given(&right.source, self.source(entry, "")),
            valid_to_worked_out_from: words(right.worked_out.as_deref()),
            ..RecordCertificationRequest::default()
        };
        CorrectActRequest {
            provider_id: id.to_string(),
            act,
            corrected_on: self.today.to_string(),
            reason: cut(&format!("{reason}({})", self.name)),
            right: Some(Right::RecordCertification(right)),
            ..CorrectActRequest::default()
        }
    }

    fn ending(
        &self,
        entry: &Entry,
        id: &ProviderId,
        kind: domain::EndingKind,
        decided_on: Option<Day>,
    ) -> RecordEndingRequest {
        RecordEndingRequest {
            provider_id: id.to_string(),
            category: entry.category.to_string(),
            kind: i32::from(match kind {
                domain::EndingKind::Cancelled => EndingKind::Cancelled,
                domain::EndingKind::Annulled => EndingKind::Annulled,
                domain::EndingKind::Withdrawn => EndingKind::Withdrawn,
                domain::EndingKind::Deregistered => EndingKind::Deregistered,
            }),
            decided_on: decided_on.transit(),
            document_number: entry.document.transit(),
            deciding_body: body(entry),
            source: self.source(entry, ""),
            ..RecordEndingRequest::default()
        }
    }

    fn source(&self, entry: &Entry, more: &str) -> String {
        let source = entry.source.as_ref().map_or_else(|| self.name.to_owned(), ToString::to_string);
        let published = entry.as_published.as_ref().map(ToString::to_string).unwrap_or_default();
        let notes: Vec<&str> = [published.as_str(), more].into_iter().filter(|note| !note.is_empty()).collect();
        let notes = if notes.is_empty() { String::new() } else { format!(";原文:{}", notes.join(";")) };
        cut(&format!("{source}{notes}"))
    }

    /// Sends an act, and again under the same request id while its outcome is not known.
    async fn sent<C: Command>(&self, mut command: C) -> Result<Sent, Status> {
        command.made_by(self.desk);
        // The line is not part of the id: the same row in a longer list is the same row.
        *command.request_id() = Uuid::new_v5(&ROW_IDS, &command.encode_to_vec()).to_string();
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let status = match command.clone().send(self.client.clone()).await {
                Ok((Outcome::Recorded, filled)) => return Ok(Sent::Recorded { filled }),
                Ok(_) => return Ok(Sent::Already),
                Err(status) => status,
            };
            match status.code() {
                Code::FailedPrecondition | Code::InvalidArgument => return Ok(Sent::Refused(Box::new(status))),
                Code::Unavailable | Code::Unknown | Code::Aborted | Code::ResourceExhausted
                    if attempt < ATTEMPTS_MAX => {}
                _ => return Err(status),
            }
            attempt += 1;
            #[expect(clippy::disallowed_methods, reason = "bounded backoff between attempts")]
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
}

/// What became of the acts of a row.
enum Done {
    All { end: Became, notes: Vec<Because> },
    Refused(Box<Status>),
}

/// A command that a list may bring.
trait Command: prost::Message + Clone {
    fn made_by(&mut self, desk: &Desk<'_>);
    fn request_id(&mut self) -> &mut String;
    /// What became of it, and the act by which something was filled along with it.
    fn send(
        self,
        client: CertificationServiceClient<Channel>,
    ) -> impl Future<Output = Result<(Outcome, u32), Status>> + Send;
}

macro_rules! commands {
    ($($message:ident $method:ident $($filled:ident)?;)*) => {$(
        impl Command for $message {
            fn made_by(&mut self, desk: &Desk<'_>) {
                desk.bureau.clone_into(&mut self.bureau_id);
                desk.officer.clone_into(&mut self.officer_id);
            }

            fn request_id(&mut self) -> &mut String {
                &mut self.request_id
            }

            async fn send(self, mut client: CertificationServiceClient<Channel>) -> Result<(Outcome, u32), Status> {
                let answer = client.$method(self).await.map(Response::into_inner)?;
                Ok((answer.outcome(), 0 $(+ answer.$filled)?))
            }
        }
    )*};
}

commands! {
    RecordCertificationRequest record_certification filled_act;
    RecordEndingRequest record_ending;
    CorrectActRequest correct_act;
    IdentifyOperatorRequest identify_operator;
    AmendParticularsRequest amend_particulars;
}

fn point(entry: &Entry) -> Option<Point> {
    entry.point.map(|point| Point {
        latitude_microdegrees: point.latitude_microdegrees(),
        longitude_microdegrees: point.longitude_microdegrees(),
    })
}

/// The operator's name: a list that names the outlet alone is taken to mean it until a bureau says otherwise.
fn operator(entry: &Entry) -> String {
    entry.operator.as_ref().unwrap_or(&entry.name).to_string()
}

fn body(entry: &Entry) -> String {
    entry.body.as_ref().map_or_else(|| BODY_UNTOLD.to_owned(), ToString::to_string)
}

/// What the last day was worked out from, as much as the field holds.
fn words(worked_out: Option<&str>) -> String {
    worked_out.unwrap_or_default().chars().take(WORDS_CHARS_MAX).collect()
}

/// The address that is kept of a row: its street where it gives no more.
fn written(entry: &Entry) -> String {
    entry.address.as_ref().map(ToString::to_string).or_else(|| entry.street.clone()).unwrap_or_default()
}

fn rejected(status: &Status) -> Became {
    let rule = status.get_details_error_info().map_or_else(|| "INVALID".to_owned(), |info| info.reason);
    let (zh, en) = sentences(status);
    Became::Rejected { rule, zh, en }
}

fn sentences(status: &Status) -> (String, String) {
    let (zh, en) = status.message().split_once(" / ").unwrap_or((status.message(), ""));
    (zh.to_owned(), en.to_owned())
}

/// As much as the field holds.
fn cut(text: &str) -> String {
    text.chars().take(REASON_CHARS_MAX).collect()
}
