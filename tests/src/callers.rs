//! Callers that send as fast as they are answered, and write down what they sent and what they were told.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::pledge::v1::MakePledgeRequest;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::{Particulars, PledgeForm, PledgeType, PromisorClass, PublicationScope};
use domain::Uscc;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::Dice;
use crate::checker::{Answer, Sent};

/// Callers at one time.
pub const CALLERS: u32 = 24;
/// Pause of a caller whom nobody serves, so that an outage is not filled with calls that fail at once.
const NOT_SERVED_PAUSE: Duration = Duration::from_millis(20);

/// A provider is written to by all once so many more requests were sent: by then its own is answered, or nearly always so.
const REGISTERED_BEFORE: u32 = 96;

/// How much is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Pause of a caller after every answer.
    pub pause: Duration,
    /// Providers that all callers write to, of those that were registered `REGISTERED_BEFORE` requests ago.
    pub shared: u32,
    /// Characters of a pledge's two long texts, up to 4,000.
    pub characters: usize,
}

impl Load {
    /// As fast as they are answered.
    pub const FULL: Self = Self { pause: Duration::ZERO, shared: 4, characters: 2 };
}

/// Callers at work.
#[derive(Debug)]
pub struct Callers {
    tasks: Vec<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    record: Record,
}

/// What the callers sent and were told so far. Clones are of the same record.
#[derive(Debug, Clone, Default)]
pub struct Record {
    sent: Arc<Mutex<Vec<Sent>>>,
    acknowledged: Arc<AtomicU64>,
    unserved: Arc<AtomicU64>,
    said: Arc<Mutex<String>>,
}

impl Record {
    /// Requests acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Requests so far that ended with neither an acknowledgement nor a "no" of the registry's rules.
    pub fn unserved(&self) -> u64 {
        self.unserved.load(Ordering::Relaxed)
    }

    /// What the last of those was told.
    pub fn said(&self) -> String {
        self.said.lock().expect("whole").clone()
    }

    /// One of the requests sent so far.
    pub fn any(&self, dice: &mut Dice) -> Option<Sent> {
        let sent = self.sent.lock().expect("whole");
        let index = dice.below(u64::try_from(sent.len().max(1)).expect("fewer"));
        sent.get(usize::try_from(index).expect("below a length")).cloned()
    }

    fn took(&self, sent: Sent, status: Option<&Status>) {
        self.acknowledged.fetch_add(u64::from(matches!(sent.answer, Answer::Acknowledged { .. })), Ordering::Relaxed);
        if let Some(status) = status.filter(|status| is_unserved(status)) {
            self.unserved.fetch_add(1, Ordering::Relaxed);
            *self.said.lock().expect("whole") = format!("{:?}: {}", status.code(), status.message());
        }
        self.sent.lock().expect("whole").push(sent);
    }
}

impl Callers {
    /// Sets them to work on the services at `url`, which may end and come again meanwhile.
    pub fn start(url: &str, next: &Arc<AtomicU32>, dice: &mut Dice) -> Self {
        Self::loading(url, next, dice, Load::FULL)
    }

    /// The same, with so much to do.
    pub fn loading(url: &str, next: &Arc<AtomicU32>, dice: &mut Dice, load: Load) -> Self {
        let (record, stop) = (Record::default(), Arc::new(AtomicBool::new(false)));
        let channel = Endpoint::from_shared(url.to_owned()).expect("an address").connect_lazy();
        let tasks = (0..CALLERS)
            .map(|_| {
                let caller = Caller {
                    certification: CertificationServiceClient::new(channel.clone()),
                    pledge: PledgeServiceClient::new(channel.clone()),
                    next: Arc::clone(next),
                    stop: Arc::clone(&stop),
                    record: record.clone(),
                    load,
                };
                tokio::spawn(caller.run(Dice(dice.below(u64::MAX))))
            })
            .collect();
        Self { tasks, stop, record }
    }

    /// Requests acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.record.acknowledged()
    }

    /// What they sent and were told so far, for others to look at meanwhile.
    pub fn record(&self) -> Record {
        self.record.clone()
    }

    /// Tells them to send no more.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Everything they sent, once each has its last answer.
    pub async fn ended(self) -> Vec<Sent> {
        self.stop();
        for task in self.tasks {
            task.await.expect("the caller ends");
        }
        std::mem::take(&mut *self.record.sent.lock().expect("whole"))
    }
}

/// What one caller does until told to stop: registers a provider of its own, or adds a pledge to one that others write too.
struct Caller {
    certification: CertificationServiceClient<Channel>,
    pledge: PledgeServiceClient<Channel>,
    next: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    record: Record,
    load: Load,
}

/// Whether the `number`-th request adds to a provider that others write to; else it registers one of its own.
fn adds(number: u32) -> bool {
    number > REGISTERED_BEFORE && number.is_multiple_of(3)
}

/// The code of the `number`-th operator.
pub fn uscc(number: u32) -> String {
    Uscc::synthetic("91", "321003", &format!("{number:08}")).expect("eight digits").to_string()
}

impl Caller {
    async fn run(mut self, mut dice: Dice) {
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let request_id = Uuid::new_v4().to_string();
            let shared = adds(number);
            let known = number.saturating_sub(REGISTERED_BEFORE).clamp(1, self.load.shared);
            let other = u32::try_from(dice.below(known.into())).expect("small");
            // Below one that adds stands one that registers.
            let operator = uscc(if shared { other - u32::from(adds(other)) } else { number });
            let provider_id = format!("{operator}-001");
            let answer = if shared {
                let mut request = pledge(&request_id, &provider_id, &operator, number);
                if let Some(form) = &mut request.pledge {
                    form.content = "合".repeat(self.load.characters);
                    form.liability.clone_from(&form.content);
                }
                let answer = self.pledge.make_pledge(request).await;
                answer.map(|answer| (answer.get_ref().position, answer.get_ref().revision))
            } else {
                let answer = self.certification.register_provider(register(&request_id, &provider_id)).await;
                answer.map(|answer| (answer.get_ref().position, answer.get_ref().revision))
            };
            let (status, answer) = match answer {
                Ok((position, revision)) => (None, Answer::Acknowledged { position, revision }),
                Err(status) => {
                    let answer = judged(&status);
                    (Some(status), answer)
                }
            };
            let served =
                status.as_ref().is_none_or(|status| status.code() != Code::Unavailable) && answer != Answer::Unknown;
            self.record.took(Sent { request_id, provider_id, answer }, status.as_ref());
            if !served {
                #[expect(clippy::disallowed_methods, reason = "nobody is there who could say when to come again")]
                tokio::time::sleep(NOT_SERVED_PAUSE).await;
            }
            if !self.load.pause.is_zero() {
                #[expect(clippy::disallowed_methods, reason = "the load is to be so much and no more")]
                tokio::time::sleep(self.load.pause).await;
            }
        }
    }
}

/// An error with a reason is the registry's own word; without one the connection ended, and nobody knows.
fn judged(status: &Status) -> Answer {
    let reason = status.get_details_error_info().map(|info| info.reason);
    match (status.code(), reason.as_deref()) {
        (_, Some("OUTCOME_UNKNOWN") | None) | (Code::Unknown | Code::Cancelled | Code::DeadlineExceeded, _) => {
            Answer::Unknown
        }
        _ => Answer::Refused,
    }
}

/// Whether this is neither an answer of the registry's rules nor of a caller that is to wait its turn.
fn is_unserved(status: &Status) -> bool {
    let reason = status.get_details_error_info().map(|info| info.reason);
    match status.code() {
        Code::FailedPrecondition | Code::InvalidArgument | Code::AlreadyExists | Code::NotFound | Code::Aborted => {
            false
        }
        Code::ResourceExhausted => reason.as_deref() != Some("BUSY"),
        _ => true,
    }
}

fn register(request_id: &str, provider_id: &str) -> RegisterProviderRequest {
    RegisterProviderRequest {
        request_id: request_id.to_owned(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "crash".to_owned(),
        provider_id: provider_id.to_owned(),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            address: "合成路1号".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    }
}

fn pledge(request_id: &str, provider_id: &str, operator: &str, number: u32) -> MakePledgeRequest {
    MakePledgeRequest {
        request_id: request_id.to_owned(),
        bureau_id: "321003-health".to_owned(),
        officer_id: "crash".to_owned(),
        provider_id: provider_id.to_owned(),
        pledge: Some(PledgeForm {
            number: format!("32100320260302{:06}", number % 1_000_000),
            promisor_name: "合成主体".to_owned(),
            promisor_class: PromisorClass::Organisation.into(),
            promisor_uscc: operator.to_owned(),
            pledge_type: PledgeType::Voluntary.into(),
            reason: "合成".to_owned(),
            made_on: "2026-03-02".to_owned(),
            accepting_unit: "合成单位".to_owned(),
            accepting_unit_uscc: operator.to_owned(),
            publication: PublicationScope::Public.into(),
            ..PledgeForm::default()
        }),
        ..MakePledgeRequest::default()
    }
}
