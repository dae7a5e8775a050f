//! What happened in some months.

use api::directory::v1;
use domain::Invalid;
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::codes::Codes;
use super::directory::Directory;
use super::fields::{group_digits, month};
use super::fresh::{Moment, fresh};
use super::get_statistics::too_many_rows;
use super::places::{Caller, Weight};
use crate::ask::counts::flows;
use crate::ask::effort::Effort;
use crate::ask::{Filter, STATISTICS_ROWS_MAX};
use crate::tell::counts;

/// Months that flows are told of in one answer.
const MONTHS_MAX: i32 = 120;

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::GetFlowsRequest,
) -> Result<v1::GetFlowsResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let first = fields.required("from_month", &request.from_month, month);
    let last = fields.required("to_month", &request.to_month, month);
    let mut codes = Codes::new(&directory.names);
    let division = codes.division(&mut fields, &request.division);
    let zone = codes.zone(&mut fields, &request.zone);
    let category = codes.category(&mut fields, &request.category);
    let digits = group_digits(&mut fields, request.group_digits);
    if let Some(((from, _), (to, _))) = first.zip(last)
        && !(0..MONTHS_MAX).contains(&(to - from))
    {
        fields.violate("to_month", Invalid::RANGE);
    }
    let read = (|| {
        let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
        // Up to the day before the month that follows the last.
        Some((filter, digits?, (first?.1, last?.1)))
    })();
    let (filter, digits, (first, last)) = codes.finish(fields, read)?;
    let days = (first.0, last.1);
    let read = move |rows: &Snapshot<'_>, effort: &Effort| flows(rows, &filter, days, digits, effort);
    let (found, moment) = directory.gate.read(Weight::Heavy(caller), fresh, read).await?;
    let rows = counts::flows(found.ok_or_else(too_many_rows)?, &directory.names);
    if rows.len() > STATISTICS_ROWS_MAX {
        return Err(too_many_rows());
    }
    if rows.is_empty() {
        moment.absent()?;
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    Ok(v1::GetFlowsResponse { rows, position, true_at_ms, digest, log_id: directory.log_id.to_string() })
}
