//! Work lists.

use api::directory::v1;
use domain::Invalid;
use projection::Snapshot;
use serve::Fields;
use tonic::{Code, Status as Answer};

use super::codes::Codes;
use super::directory::Directory;
use super::fields::{bounded, page_end};
use super::fresh::{Moment, fresh};
use super::places::{Caller, Weight};
use super::token::{PageEnd, Question};
use crate::ask::effort::Effort;
use crate::ask::work::{Desk, Task, work};
use crate::outlet::due::Kind;
use crate::tell::{day, task};

const PAGE_DEFAULT: usize = 20;
const PAGE_MAX: usize = 100;
const WITHIN_DAYS_DEFAULT: u32 = 90;
const WITHIN_DAYS_MAX: u32 = 366;
/// The kinds by their numbers.
const KINDS: [(v1::TaskKind, Kind); 12] = [
    (v1::TaskKind::NoticeEnded, Kind::NoticeEnded),
    (v1::TaskKind::CertificationExpiring, Kind::CertificationExpiring),
    (v1::TaskKind::PlaqueToRecover, Kind::PlaqueToRecover),
    (v1::TaskKind::RectificationDue, Kind::RectificationDue),
    (v1::TaskKind::PledgeToCheck, Kind::PledgeToCheck),
    (v1::TaskKind::OperatorToIdentify, Kind::OperatorToIdentify),
    (v1::TaskKind::HearingEnded, Kind::HearingEnded),
    (v1::TaskKind::CaseReturned, Kind::CaseReturned),
    (v1::TaskKind::PledgeDoubled, Kind::PledgeDoubled),
    (v1::TaskKind::ObjectionOpen, Kind::ObjectionOpen),
    (v1::TaskKind::WithinBar, Kind::WithinBar),
    (v1::TaskKind::LastDayToState, Kind::LastDayToState),
];

fn kinds(fields: &mut Fields, codes: &mut Codes<'_>, numbers: &[i32]) -> Option<Vec<Kind>> {
    if numbers.len() > KINDS.len() {
        return fields.checked("kinds", Err(Invalid::TOO_LONG));
    }
    Some(codes.numbers("kinds", numbers, &KINDS.map(|(form, own)| (form.into(), form.as_str_name(), own))))
}

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::ListTasksRequest,
) -> Result<v1::ListTasksResponse, Answer> {
    // All that is asked for, but for the page of it and for how fresh it is to be.
    let asked = v1::ListTasksRequest {
        page_size: 0,
        page_token: String::new(),
        min_position: 0,
        max_age_seconds: 0,
        ..request.clone()
    };
    let question = Question::new(directory.log_id, "tasks", &asked);
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let bureau = codes.bureau(&mut fields, &request.bureau_id);
    let division = codes.division(&mut fields, &request.division);
    let zone = codes.zone(&mut fields, &request.zone);
    let category = codes.category(&mut fields, &request.category);
    let kinds = kinds(&mut fields, &mut codes, &request.kinds);
    let within_days = match request.within_days {
        0 => Some(WITHIN_DAYS_DEFAULT),
        days if days <= WITHIN_DAYS_MAX => Some(days),
        _ => fields.checked("within_days", Err(Invalid::RANGE)),
    };
    let page_size = bounded(&mut fields, "page_size", request.page_size, PAGE_DEFAULT, PAGE_MAX);
    let after = page_end(&mut fields, &question, &request.page_token);
    let now = directory.today();
    let read = (|| {
        let desk = Desk { bureau: bureau?, division: division?, zone: zone?, category: category?, kinds: kinds? };
        let (today, after) = after?.map_or((now, None), |end| (end.day, Some(end.place)));
        Some((desk, i32::try_from(within_days?).ok()?, page_size?, today, after))
    })();
    let (desk, within_days, page_size, today, after) = codes.finish(fields, read)?;
    let read = move |rows: &Snapshot<'_>, effort: &Effort| {
        work(rows, &desk, (today, within_days), page_size, after.as_deref(), effort)
    };
    let (page, moment) = directory.gate.read(Weight::Heavy(caller), fresh, read).await?;
    let (page, end) = page.ok_or_else(|| {
        let (zh, en) = ("区县过多,请指定区划或经办单位所在地", "too many counties: name a smaller place");
        serve::status::reasoned(Code::FailedPrecondition, "TOO_MANY_COUNTIES", zh, en)
    })?;
    if page.is_empty() && end.is_none() {
        moment.absent()?;
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    let end = end.map(|place| PageEnd { day: today, position: 0, place });
    let told_with = directory.names();
    let told =
        |waiting: &Task| task::task(&waiting.id, (&waiting.name, &waiting.whose), &waiting.due, &told_with, today);
    Ok(v1::ListTasksResponse {
        tasks: page.iter().map(told).collect(),
        next_page_token: question.token(end.as_ref()),
        position,
        as_of: day(today),
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
    })
}
