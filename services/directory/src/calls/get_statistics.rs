//! Counts on a day.

use api::directory::v1;
use domain::Day;
use projection::Snapshot;
use serve::Fields;
use tonic::{Code, Status as Answer};

use super::codes::Codes;
use super::directory::Directory;
use super::fields::{earlier, group_digits};
use super::fresh::{Moment, fresh};
use super::places::{Caller, Weight};
use super::then::counts_then;
use crate::ask::counts::{Counts, counts};
use crate::ask::effort::Effort;
use crate::ask::{Filter, STATISTICS_ROWS_MAX};
use crate::tell::counts::statistics;
use crate::tell::day;

pub(super) fn too_many_rows() -> Answer {
    let (zh, en) = ("统计行数过多,请缩小区划", "too many rows: name a smaller place or fewer digits");
    serve::status::reasoned(Code::FailedPrecondition, "TOO_MANY_ROWS", zh, en)
}

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::GetStatisticsRequest,
) -> Result<v1::GetStatisticsResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let mut codes = Codes::new(&directory.names);
    let division = codes.division(&mut fields, &request.division);
    let zone = codes.zone(&mut fields, &request.zone);
    let category = codes.category(&mut fields, &request.category);
    let digits = group_digits(&mut fields, request.group_digits);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let read = (|| {
        let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
        Some((filter, digits?, as_of?.map(Day::number), earlier?))
    })();
    let (filter, digits, as_of, earlier) = codes.finish(fields, read)?;
    if let Some(earlier) = earlier {
        let (found, moment, then, on) = counts_then(directory, caller, fresh, earlier, (filter, digits, as_of)).await?;
        let doubt = moment.doubt.clone().filter(|_| !earlier.is_over(then, moment.position));
        let answer = told(directory, found, moment, doubt, on)?;
        return Ok(v1::GetStatisticsResponse { as_of_position: then.position, known_on: day(then.known_on), ..answer });
    }
    let on = as_of.unwrap_or_else(|| directory.today());
    let read = move |rows: &Snapshot<'_>, effort: &Effort| counts(rows, &filter, on, digits, effort);
    let (found, moment) = directory.gate.read(Weight::Heavy(caller), fresh, read).await?;
    let doubt = moment.doubt.clone();
    told(directory, found, moment, doubt, on)
}

fn told(
    directory: &Directory,
    found: Option<Counts>,
    moment: Moment,
    doubt: Option<Answer>,
    on: i32,
) -> Result<v1::GetStatisticsResponse, Answer> {
    let found = found.filter(|counts| counts.certifications.len() <= STATISTICS_ROWS_MAX);
    let Counts { certifications, providers, live_providers } = found.ok_or_else(too_many_rows)?;
    if providers == 0
        && let Some(doubt) = doubt
    {
        return Err(doubt);
    }
    let (rows, totals) = statistics(certifications, &directory.names);
    let Moment { position, true_at_ms, digest, .. } = moment;
    Ok(v1::GetStatisticsResponse {
        rows,
        totals,
        providers,
        live_providers,
        position,
        as_of: day(on),
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        ..Default::default()
    })
}
