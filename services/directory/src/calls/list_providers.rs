//! Lists of providers.

use std::sync::Arc;

use api::directory::v1;
use domain::Day;
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::codes::Codes;
use super::directory::Directory;
use super::fields::{bounded, earlier, list_filter, page_end, well_checked};
use super::fresh::{Fresh, Moment, fresh};
use super::list_changes::reached;
use super::places::{Caller, Weight};
use super::then::{Listing, list_then, page_after, too_many_to_sort};
use super::token::{PageEnd, Question};
use crate::ask;
use crate::ask::effort::{Effort, Fault};
use crate::ask::list::{list, moves_on};
use crate::tell::page::Page;
use crate::tell::{Names, day};

const PAGE_DEFAULT: usize = 20;
const PAGE_MAX: usize = 100;

/// A page of a list as it is told, encoded; `None` where too much would have to be sorted.
fn look(
    rows: &Snapshot<'_>,
    asked: &Listing,
    of: (&Names, i32, &Effort),
) -> Result<Option<ask::Page<prost::bytes::Bytes>>, Fault> {
    let (found, encoder) = asked.found(of, |ask, after, mut tell| list(rows, ask, after, &mut tell))?;
    Ok(found.map(|(places, end)| (encoder.cut(places.into_iter()), end)))
}

/// A page of a list.
pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::ListProvidersRequest,
) -> Result<Page, Answer> {
    // All that is asked for, but for the page of it and for how fresh it is to be.
    let asked = v1::ListProvidersRequest {
        page_size: 0,
        page_token: String::new(),
        min_position: 0,
        max_age_seconds: 0,
        ..request.clone()
    };
    let question = Question::new(directory.log_id, "list", &asked);
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let filter = list_filter(&mut fields, &mut codes, request);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let page_size = bounded(&mut fields, "page_size", request.page_size, PAGE_DEFAULT, PAGE_MAX);
    let after = page_end(&mut fields, &question, &request.page_token);
    let read = (|| Some((filter?, as_of?.map(Day::number), earlier?, page_size?, after?)))();
    let (filter, as_of, earlier, page_size, after) = codes.finish(fields, read)?;
    let asked = Arc::new(Listing { question, filter, as_of, page_size, after });
    let page = match (&asked.after, earlier) {
        (_, Some(earlier)) => list_then(directory, caller, fresh, earlier, &asked).await?,
        (Some(end), None) if !moves_on(&asked.filter, &end.place) => {
            list_since(directory, caller, fresh, &asked).await?
        }
        (_, None) => now(directory, caller, fresh, &asked).await?,
    };
    match &asked.filter.operator {
        Some(code) if page.providers.is_empty() && asked.after.is_none() => {
            well_checked("operator_code", code).map(|()| page)
        }
        _ => Ok(page),
    }
}

/// A page of what is on record now.
async fn now(directory: &Directory, caller: Caller, fresh: Fresh, asked: &Arc<Listing>) -> Result<Page, Answer> {
    let Listing { question, filter, page_size, .. } = &**asked;
    let page_size = *page_size;
    // The pages that follow keep the first page's day.
    let (on, after) = match &asked.after {
        Some(end) => (end.day, Some(end.place.as_slice())),
        None => (asked.as_of.unwrap_or_else(|| directory.today()), None),
    };
    // A page that a short look fills is answered at once.
    let short = |rows: &Snapshot<'_>, effort: &Effort| {
        let page = look(rows, asked, (&directory.names(), on, effort))?;
        Ok(page.filter(|(page, end)| page.len() == page_size || end.is_none()))
    };
    let straight = filter.goes_straight(on, directory.today());
    let mut answer = if straight { directory.gate.at_once(fresh, short) } else { None };
    let weights = if straight { vec![Weight::Light, Weight::Heavy(caller)] } else { vec![Weight::Heavy(caller)] };
    for weight in weights {
        if answer.as_ref().is_none_or(|((page, end), _)| page.is_empty() && end.is_some()) {
            let (names, of) = (directory.names(), Arc::clone(asked));
            let read = move |rows: &Snapshot<'_>, effort: &Effort| look(rows, &of, (&names, on, effort));
            let (page, moment) = directory.gate.read(weight, fresh, read).await?;
            answer = Some((page.ok_or_else(too_many_to_sort)?, moment));
        }
    }
    let ((providers, end), moment) = answer.unwrap_or_default();
    if providers.is_empty() && end.is_none() {
        moment.absent()?;
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    let each_page_at_its_own_position = after.into_iter().chain(end.as_deref()).any(|place| moves_on(filter, place));
    let end = end.map(|place| PageEnd { day: on, position, place });
    Ok(Page {
        providers,
        next_page_token: question.token(end.as_ref()),
        position,
        as_of: day(on),
        each_page_at_its_own_position,
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        ..Default::default()
    })
}

/// A page that follows on another, as the record was when that was told.
async fn list_since(directory: &Directory, caller: Caller, fresh: Fresh, asked: &Arc<Listing>) -> Result<Page, Answer> {
    let Some(PageEnd { position: at, day: on, .. }) = asked.after else {
        return now(directory, caller, fresh, asked).await;
    };
    let cursor = directory.gate.progress().borrow().cursor.0;
    if at == cursor {
        let page = now(directory, caller, fresh, asked).await?;
        // Else something was recorded just now.
        if page.position == at {
            return Ok(page);
        }
    }
    if at > cursor {
        // The first page came from a directory that was ahead of this one.
        reached(directory, at, fresh).await?;
    }
    let fresh = Fresh { min_position: fresh.min_position.max(at), ..fresh };
    let ((providers, end), moment) = page_after(directory, caller, fresh, (at, on), asked).await?;
    let Moment { position, true_at_ms, digest, .. } = moment;
    let end = end.map(|place| PageEnd { day: on, position: at, place });
    Ok(Page {
        providers,
        next_page_token: asked.question.token(end.as_ref()),
        position,
        as_of: day(on),
        as_of_position: at,
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        ..Default::default()
    })
}
