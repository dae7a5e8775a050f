//! Changes after a position.

use api::directory::v1;
use projection::Snapshot;
use serve::Fields;
use tonic::{Code, Status as Answer};

use super::codes::Codes;
use super::directory::Directory;
use super::fields::bounded;
use super::fresh::{Fresh, Moment, fresh};
use super::places::{Caller, Weight};
use crate::ask::changes::{Followed, changes};
use crate::ask::effort::Effort;
use crate::tell::change::change;

const CHANGES_DEFAULT: usize = 100;
const CHANGES_MAX: usize = 1000;

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::ListChangesRequest,
) -> Result<v1::ListChangesResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let division = codes.division(&mut fields, &request.division);
    let category = codes.category(&mut fields, &request.category);
    let page_size = bounded(&mut fields, "page_size", request.page_size, CHANGES_DEFAULT, CHANGES_MAX);
    let read = (|| Some((division?, category?, page_size?)))();
    let (division, category, page_size) = codes.finish(fields, read)?;
    let fresh = reached(directory, request.after_position, fresh).await?;
    // Of one place or category most positions are passed over: single providers and plaques do not wait for that.
    let is_light = division.is_none() && category.is_none() && page_size <= CHANGES_DEFAULT;
    let weight = if is_light { Weight::Light } else { Weight::Heavy(caller) };
    let followed = Followed { after: request.after_position, division, category };
    let today = directory.today();
    let read = move |rows: &Snapshot<'_>, effort: &Effort| {
        let (found, next_after_position, has_more) = changes(rows, &followed, (today, page_size), effort)?;
        // Told where they are read: a thousand are no work for the threads that answer everybody.
        let told: Vec<_> = found.into_iter().map(|(position, row)| change(position, row)).collect();
        Ok((told, next_after_position, has_more))
    };
    let ((changes, next_after_position, has_more), Moment { position, true_at_ms, digest, .. }) =
        directory.gate.read(weight, fresh, read).await?;
    Ok(v1::ListChangesResponse {
        changes,
        next_after_position,
        has_more,
        position,
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
    })
}

/// A position to go on from that these rows have not reached is waited for, where the log has: an answer that is silent about a position that
/// does not exist would be silent for ever, for instance after a log was set up anew.
pub(super) async fn reached(directory: &Directory, after: u64, fresh: Fresh) -> Result<Fresh, Answer> {
    directory.gate.wait(Fresh::ANY).await?;
    let cursor = directory.gate.progress().borrow().cursor.0;
    if after <= cursor {
        return Ok(fresh);
    }
    let head = directory.history.head().await?;
    if after <= head {
        return Ok(Fresh { min_position: fresh.min_position.max(after), ..fresh });
    }
    let (zh, en) = (
        format!("位置{after}不存在,登记簿现有{head}条;如登记簿已更换,请从头开始"),
        format!("there is no position {after}, the log ends at {head}: begin anew if the log is another one"),
    );
    let metadata = [("position", cursor.to_string()), ("head", head.to_string())];
    Err(serve::status::detailed(Code::OutOfRange, "POSITION_AHEAD", &metadata, &zh, &en))
}
