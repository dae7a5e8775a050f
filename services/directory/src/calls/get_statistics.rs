//! Counts on a day.

use api::directory::v1;
use domain::{CategoryCode, Day, DivisionPrefix, ZoneCode};
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::directory::Directory;
use super::fields::{earlier, group_digits};
use super::fresh::{Moment, fresh};
use super::then::counts_then;
use crate::ask::counts::{Counts, counts};
use crate::ask::{Filter, STATISTICS_ROWS_MAX};
use crate::tell::counts::statistics;
use crate::tell::day;

pub(super) fn too_many_rows() -> Answer {
    Answer::resource_exhausted("统计行数过多,请缩小区划 / too many rows: name a smaller place or fewer digits")
}

pub(crate) async fn answer(
    directory: &Directory,
    request: &v1::GetStatisticsRequest,
) -> Result<v1::GetStatisticsResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let division = fields.optional("division", &request.division, DivisionPrefix::parse);
    let zone = fields.optional("zone", &request.zone, ZoneCode::parse);
    let category = fields.optional("category", &request.category, CategoryCode::parse);
    let digits = group_digits(&mut fields, request.group_digits);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let read = (|| {
        let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
        Some((filter, digits?, as_of?.map(Day::number), earlier?))
    })();
    let (filter, digits, as_of, earlier) = fields.finish(read)?;
    if let Some(earlier) = earlier {
        let (found, moment, then, on) = counts_then(directory, fresh, earlier, (filter, digits, as_of)).await?;
        let answer = told(directory, found, moment, on)?;
        return Ok(v1::GetStatisticsResponse { as_of_position: then.position, known_on: day(then.known_on), ..answer });
    }
    let on = as_of.unwrap_or_else(|| directory.today());
    let read = move |rows: &Snapshot<'_>| counts(rows, &filter, on, digits);
    let (found, moment) = directory.gate.read(fresh, read).await?;
    told(directory, found, moment, on)
}

fn told(
    directory: &Directory,
    found: Option<Counts>,
    moment: Moment,
    on: i32,
) -> Result<v1::GetStatisticsResponse, Answer> {
    let found = found.filter(|counts| counts.certifications.len() <= STATISTICS_ROWS_MAX);
    let Counts { certifications, providers, live_providers } = found.ok_or_else(too_many_rows)?;
    let (rows, totals) = statistics(certifications, &directory.names);
    let Moment { position, true_at_ms, digest } = moment;
    Ok(v1::GetStatisticsResponse {
        rows,
        totals,
        providers,
        live_providers,
        position,
        as_of: day(on),
        true_at_ms,
        digest,
        ..Default::default()
    })
}
