//! Changes after a position.

use api::directory::v1;
use domain::{CategoryCode, DivisionPrefix};
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::directory::Directory;
use super::fields::bounded;
use super::fresh::{Moment, fresh};
use crate::ask::changes::{Followed, changes};
use crate::tell::change::change;

const CHANGES_DEFAULT: usize = 100;
const CHANGES_MAX: usize = 1000;

pub(crate) async fn answer(
    directory: &Directory,
    request: &v1::ListChangesRequest,
) -> Result<v1::ListChangesResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let division = fields.optional("division", &request.division, DivisionPrefix::parse);
    let category = fields.optional("category", &request.category, CategoryCode::parse);
    let page_size = bounded(&mut fields, "page_size", request.page_size, CHANGES_DEFAULT, CHANGES_MAX);
    let read = (|| Some((division?, category?, page_size?)))();
    let (division, category, page_size) = fields.finish(read)?;
    let followed = Followed { after: request.after_position, division, category };
    let read = move |rows: &Snapshot<'_>| changes(rows, &followed, page_size);
    let ((found, next_after_position, has_more), Moment { position, true_at_ms, digest }) =
        directory.gate.read(fresh, read).await?;
    let changes = found.into_iter().map(|(position, row)| change(position, row)).collect();
    Ok(v1::ListChangesResponse { changes, next_after_position, has_more, position, true_at_ms, digest })
}
