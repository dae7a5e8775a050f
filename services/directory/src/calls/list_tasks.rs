//! Work lists.

use api::directory::v1;
use domain::{BureauId, CategoryCode, DivisionPrefix, Invalid, ZoneCode};
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::directory::Directory;
use super::fields::{bounded, page_end};
use super::fresh::{Moment, fresh};
use super::token::PageEnd;
use crate::ask::work::{Desk, Task, work};
use crate::outlet::due::Kind;
use crate::tell::{day, task};

const PAGE_DEFAULT: usize = 20;
const PAGE_MAX: usize = 100;
const WITHIN_DAYS_DEFAULT: u32 = 90;
const WITHIN_DAYS_MAX: u32 = 366;
const KINDS_MAX: usize = 8;

fn kinds(fields: &mut Fields, numbers: &[i32]) -> Option<Vec<Kind>> {
    let read = |number: &i32| match v1::TaskKind::try_from(*number).ok()? {
        v1::TaskKind::Unspecified => None,
        v1::TaskKind::NoticeEnded => Some(Kind::NoticeEnded),
        v1::TaskKind::CertificationExpiring => Some(Kind::CertificationExpiring),
        v1::TaskKind::PlaqueToRecover => Some(Kind::PlaqueToRecover),
        v1::TaskKind::RectificationDue => Some(Kind::RectificationDue),
        v1::TaskKind::PledgeToCheck => Some(Kind::PledgeToCheck),
        v1::TaskKind::OperatorToIdentify => Some(Kind::OperatorToIdentify),
        v1::TaskKind::HearingEnded => Some(Kind::HearingEnded),
        v1::TaskKind::CaseReturned => Some(Kind::CaseReturned),
    };
    let read = if numbers.len() > KINDS_MAX { None } else { numbers.iter().map(read).collect() };
    fields.checked("kinds", read.ok_or(Invalid::RANGE))
}

pub(crate) async fn answer(
    directory: &Directory,
    request: &v1::ListTasksRequest,
) -> Result<v1::ListTasksResponse, Answer> {
    let question = format!(
        "tasks|{}|{}|{}|{}|{:?}|{}",
        request.bureau_id, request.division, request.zone, request.category, request.kinds, request.within_days
    );
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let bureau = fields.optional("bureau_id", &request.bureau_id, BureauId::parse);
    let division = fields.optional("division", &request.division, DivisionPrefix::parse);
    let zone = fields.optional("zone", &request.zone, ZoneCode::parse);
    let category = fields.optional("category", &request.category, CategoryCode::parse);
    let kinds = kinds(&mut fields, &request.kinds);
    let within_days = match request.within_days {
        0 => Some(WITHIN_DAYS_DEFAULT),
        days if days <= WITHIN_DAYS_MAX => Some(days),
        _ => fields.checked("within_days", Err(Invalid::RANGE)),
    };
    let page_size = bounded(&mut fields, "page_size", request.page_size, PAGE_DEFAULT, PAGE_MAX);
    let after = page_end(directory, &mut fields, &question, &request.page_token);
    let now = directory.today();
    let read = (|| {
        let known = bureau?.map(|id| directory.names.scheme.bureaus.get(&id).cloned());
        let desk = Desk {
            bureau: known.clone().flatten(),
            division: division?,
            zone: zone?,
            category: category?,
            kinds: kinds?,
        };
        // A bureau the scheme does not list has nothing to do.
        let desk = Some(desk).filter(|_| known.is_none_or(|bureau| bureau.is_some()));
        let (today, after) = after?.map_or((now, None), |end| (end.day, Some(end.place)));
        Some((desk, i32::try_from(within_days?).ok()?, page_size?, today, after))
    })();
    let (desk, within_days, page_size, today, after) = fields.finish(read)?;
    let read =
        move |rows: &Snapshot<'_>| desk.map_or_else(|| Ok(Vec::new()), |desk| work(rows, &desk, today, within_days));
    let (tasks, Moment { position, true_at_ms, digest }) = directory.gate.read(fresh, read).await?;
    // The task that ended the page before may be done by now: what comes after its place is next.
    let done = after.map_or(0, |end| tasks.partition_point(|task| task.place() <= end));
    let page: Vec<&Task> = tasks.iter().skip(done).take(page_size).collect();
    let more = done + page.len() < tasks.len();
    let end = page.last().filter(|_| more).map(|last| PageEnd { day: today, position: 0, place: last.place() });
    let told = |waiting: &Task| task::task(waiting.id.as_str(), &waiting.name, &waiting.due, waiting.on, today);
    Ok(v1::ListTasksResponse {
        tasks: page.into_iter().map(told).collect(),
        next_page_token: directory.tokens.next(&question, end.as_ref()),
        position,
        as_of: day(today),
        true_at_ms,
        digest,
    })
}
