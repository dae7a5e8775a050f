//! Counts on a day.

use std::sync::Arc;

use api::directory::v1;
use domain::Day;
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::codes::Codes;
use super::directory::Directory;
use super::fields::{earlier, group_digits, page_end};
use super::fresh::{Fresh, Moment, fresh};
use super::places::{Caller, Weight};
use super::then::{Counting, counts_then};
use super::token::{PageEnd, Question};
use crate::ask::Filter;
use crate::ask::counts::{Counts, counts};
use crate::ask::effort::Effort;
use crate::ask::then::Earlier;
use crate::tell::counts::statistics;
use crate::tell::day;

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::GetStatisticsRequest,
) -> Result<v1::GetStatisticsResponse, Answer> {
    // All that is asked for, but for the page of it and for how fresh it is to be.
    let asked =
        v1::GetStatisticsRequest { page_token: String::new(), min_position: 0, max_age_seconds: 0, ..request.clone() };
    let question = Question::new(directory.log_id, "counts", &asked);
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let division = codes.division(&mut fields, &request.division);
    let zone = codes.zone(&mut fields, &request.zone);
    let category = codes.category(&mut fields, &request.category);
    let digits = group_digits(&mut fields, request.group_digits);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let after = page_end(&mut fields, &question, &request.page_token);
    let read = (|| {
        let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
        Some((filter, digits?, as_of?.map(Day::number), earlier?, after?))
    })();
    let (filter, digits, as_of, earlier, after) = codes.finish(fields, read)?;
    let asked = Counting { question, filter, as_of, digits, after };
    match (earlier, &asked.after) {
        (Some(earlier), _) => then(directory, caller, fresh, earlier, asked).await,
        // The pages that follow are told as the record was at the first page's position.
        (None, Some(end)) => {
            let earlier = Earlier::Position(end.position);
            let page = then(directory, caller, fresh, earlier, asked).await?;
            let as_of_position = page.as_of_position;
            let as_of_position = if as_of_position == page.position { 0 } else { as_of_position };
            Ok(v1::GetStatisticsResponse { as_of_position, known_on: String::new(), ..page })
        }
        (None, None) => now(directory, caller, fresh, asked).await,
    }
}

/// The first page of what is on record now.
async fn now(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    asked: Counting,
) -> Result<v1::GetStatisticsResponse, Answer> {
    let on = asked.as_of.unwrap_or_else(|| directory.today());
    let (filter, digits) = (asked.filter, asked.digits);
    let read = move |rows: &Snapshot<'_>, effort: &Effort| counts(rows, &filter, (on, digits), None, effort);
    let ((found, part), moment) = directory.gate.read(Weight::Heavy(caller), fresh, read).await?;
    if found.providers == 0 && part.end.is_none() {
        moment.absent()?;
    }
    let end = part.end.map(|place| PageEnd { day: on, position: moment.position, place });
    Ok(told(directory, found, asked.question.token(end.as_ref()), moment, on))
}

/// A page of what was on record earlier.
async fn then(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    earlier: Earlier,
    asked: Counting,
) -> Result<v1::GetStatisticsResponse, Answer> {
    let asked = Arc::new(asked);
    let ((found, end), moment, then, on) = counts_then(directory, caller, fresh, earlier, &asked).await?;
    let whole = asked.after.is_none() && end.is_none();
    if found.providers == 0 && whole && !earlier.is_over(then, moment.position) {
        moment.absent()?;
    }
    let end = end.map(|place| PageEnd { day: on, position: then.position, place });
    let answer = told(directory, found, asked.question.token(end.as_ref()), moment, on);
    Ok(v1::GetStatisticsResponse { as_of_position: then.position, known_on: day(then.known_on), ..answer })
}

fn told(
    directory: &Directory,
    found: Counts,
    next_page_token: String,
    moment: Moment,
    on: i32,
) -> v1::GetStatisticsResponse {
    let Counts { certifications, unstated, providers, live_providers } = found;
    let (rows, totals) = statistics(certifications, &unstated, &directory.names());
    let Moment { position, true_at_ms, digest, .. } = moment;
    v1::GetStatisticsResponse {
        rows,
        totals,
        providers,
        live_providers,
        next_page_token,
        position,
        as_of: day(on),
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        ..Default::default()
    }
}
