//! Lists of providers.

use std::sync::Arc;

use api::directory::v1;
use domain::Day;
use projection::{ReadError, Snapshot};
use serve::Fields;
use tonic::Status as Answer;

use super::directory::Directory;
use super::fields::{bounded, earlier, list_filter, page_end};
use super::fresh::{Moment, fresh};
use super::then::{Listing, list_then, too_many_to_sort};
use super::token::PageEnd;
use crate::ask::list::list;
use crate::ask::{self, Ask, SCAN_ROWS_MAX};
use crate::tell::page::{Encoder, Page};
use crate::tell::{Names, Teller, day, summary};

const PAGE_DEFAULT: usize = 20;
const PAGE_MAX: usize = 100;

/// A page of a list as it is told, encoded; `None` where too much would have to be sorted.
fn look(
    rows: &Snapshot<'_>,
    names: &Names,
    ask: Ask<'_>,
    after: Option<&[u8]>,
) -> Result<Option<ask::Page<prost::bytes::Bytes>>, ReadError> {
    let (teller, mut encoder) = (Teller::new(names), Encoder::of_page(ask.page_size));
    let found = list(rows, ask, after, &mut |found| summary::write(found, &mut encoder, &teller))?;
    Ok(found.map(|(places, end)| (encoder.cut(places.into_iter()), end)))
}

/// A page of a list.
pub(crate) async fn answer(directory: &Directory, request: &v1::ListProvidersRequest) -> Result<Page, Answer> {
    let question = format!(
        "list|{}|{}|{}|{}|{:?}|{}|{}|{}|{}|{:?}|{}|{}|{}",
        request.division,
        request.zone,
        request.category,
        request.statistical_class,
        request.statuses,
        request.operator_code,
        request.as_of,
        request.text,
        request.number,
        request.near,
        request.order,
        request.as_of_position,
        request.known_on,
    );
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let filter = list_filter(&mut fields, request, &directory.names);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let page_size = bounded(&mut fields, "page_size", request.page_size, PAGE_DEFAULT, PAGE_MAX);
    let after = page_end(directory, &mut fields, &question, &request.page_token);
    let read = (|| Some((filter?, as_of?.map(Day::number), earlier?, page_size?, after?)))();
    let (filter, as_of, earlier, page_size, after) = fields.finish(read)?;
    if let Some(earlier) = earlier {
        let asked = Listing { question, filter, as_of, page_size, after };
        return list_then(directory, fresh, earlier, asked).await;
    }
    // The pages that follow keep the first page's day.
    let (on, after) = match after {
        Some(end) => (end.day, Some(end.place)),
        None => (as_of.unwrap_or_else(|| directory.today()), None),
    };
    // A page that a short look fills is answered at once.
    let short = |rows: &Snapshot<'_>| {
        let ask = Ask { filter: &filter, day: on, page_size, rows_max: 2 * PAGE_MAX };
        let page = look(rows, &directory.names, ask, after.as_deref())?;
        Ok(page.filter(|(page, end)| page.len() == page_size || end.is_none()))
    };
    let at_once = if filter.by_division() { directory.gate.at_once(fresh, short) } else { None };
    let ((providers, end), Moment { position, true_at_ms, digest }) = if let Some(answer) = at_once {
        answer
    } else {
        let names = Arc::clone(&directory.names);
        let read = move |rows: &Snapshot<'_>| {
            let ask = Ask { filter: &filter, day: on, page_size, rows_max: SCAN_ROWS_MAX };
            look(rows, &names, ask, after.as_deref())
        };
        let (page, moment) = directory.gate.read(fresh, read).await?;
        (page.ok_or_else(too_many_to_sort)?, moment)
    };
    let end = end.map(|place| PageEnd { day: on, position: 0, place });
    Ok(Page {
        providers,
        next_page_token: directory.tokens.next(&question, end.as_ref()),
        position,
        as_of: day(on),
        true_at_ms,
        digest,
        ..Default::default()
    })
}
