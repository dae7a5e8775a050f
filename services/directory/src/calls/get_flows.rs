//! What happened in some months.

use api::directory::v1;
use domain::Invalid;
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::codes::Codes;
use super::directory::Directory;
use super::fields::{group_digits, month, page_end};
use super::fresh::{Moment, fresh};
use super::places::{Caller, Weight};
use super::token::{PageEnd, Question};
use crate::ask::Filter;
use crate::ask::counts::flows;
use crate::ask::effort::Effort;
use crate::tell::counts;

/// Months that flows are told of in one answer.
const MONTHS_MAX: i32 = 120;

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::GetFlowsRequest,
) -> Result<v1::GetFlowsResponse, Answer> {
    // All that is asked for, but for the page of it and for how fresh it is to be.
    let asked =
        v1::GetFlowsRequest { page_token: String::new(), min_position: 0, max_age_seconds: 0, ..request.clone() };
    let question = Question::new(directory.log_id, "flows", &asked);
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let first = fields.required("from_month", &request.from_month, month);
    let last = fields.required("to_month", &request.to_month, month);
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let division = codes.division(&mut fields, &request.division);
    let zone = codes.zone(&mut fields, &request.zone);
    let category = codes.category(&mut fields, &request.category);
    let digits = group_digits(&mut fields, request.group_digits);
    if let Some(((from, _), (to, _))) = first.zip(last)
        && !(0..MONTHS_MAX).contains(&(to - from))
    {
        fields.violate("to_month", Invalid::RANGE);
    }
    let after = page_end(&mut fields, &question, &request.page_token);
    let read = (|| {
        let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
        // Up to the day before the month that follows the last.
        Some((filter, digits?, (first?.1, last?.1), after?))
    })();
    let (filter, digits, (first, last), after) = codes.finish(fields, read)?;
    let days = (first.0, last.1);
    let (whole, told_with) = (after.is_none(), directory.names());
    let read = move |rows: &Snapshot<'_>, effort: &Effort| {
        let after = after.as_ref().map(|end| end.place.as_slice());
        let (found, end) = flows(rows, &filter, days, (digits, after), effort)?;
        // Told where they are counted: there may be thousands.
        Ok((counts::flows(found, &told_with), end))
    };
    let ((rows, end), moment) = directory.gate.read(Weight::Heavy(caller), fresh, read).await?;
    if rows.is_empty() && whole && end.is_none() {
        moment.absent()?;
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    let end = end.map(|place| PageEnd { day: directory.today(), position, place });
    let (next_page_token, log_id) = (question.token(end.as_ref()), directory.log_id.to_string());
    Ok(v1::GetFlowsResponse { rows, next_page_token, position, true_at_ms, digest, log_id })
}
