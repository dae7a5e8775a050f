//! One provider.

use api::directory::v1;
use domain::{Day, ProviderId};
use projection::Snapshot;
use serve::Fields;
use tonic::{Code, Status as Answer};

use super::directory::Directory;
use super::fields::{earlier, well_checked};
use super::fresh::{Moment, fresh};
use super::places::Weight;
use super::then::provider_then;
use crate::ask::effort::Effort;
use crate::rows::bars::bars;
use crate::rows::card::view;
use crate::rows::confirmed::confirmed;
use crate::tell::provider::{self, operator_code};
use crate::tell::{bar, day};

pub(crate) async fn answer(
    directory: &Directory,
    request: &v1::GetProviderRequest,
) -> Result<v1::GetProviderResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let id = fields.required("provider_id", &request.provider_id, ProviderId::parse_confirmed);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let read = (|| Some((id?, as_of?.map(Day::number), earlier?)))();
    let (id, as_of, earlier) = fields.finish(read)?;
    if let Some(earlier) = earlier {
        return provider_then(directory, fresh, &id, earlier, as_of).await;
    }
    let on = as_of.unwrap_or_else(|| directory.today());
    let key = id.to_string();
    let of = id.clone();
    let read = move |rows: &Snapshot<'_>, _: &Effort| {
        let Some(view) = view(rows, &key)? else { return Ok(None) };
        let confirmed = confirmed(rows, &operator_code(&of, &view).0, u64::MAX)?;
        let bars = bars(rows, view.codes(&of), u64::MAX)?;
        Ok(Some((view, confirmed, bars)))
    };
    let (found, moment) = directory.gate.read(Weight::Light, fresh, read).await?;
    let Some((view, confirmed, barred)) = found else {
        moment.absent()?;
        well_checked("provider_id", id.operator())?;
        let (zh, en) = ("没有这个网点的记录", "nothing was recorded of this provider");
        return Err(serve::status::reasoned(Code::NotFound, "NOT_FOUND", zh, en));
    };
    let Moment { position, true_at_ms, digest, .. } = moment;
    let names = directory.names();
    let view = view.told_of(on).shown_on(directory.today());
    let told = provider::provider(&id, &view, confirmed.as_ref(), &names, on);
    let provider = Some(v1::Provider { operator_bars: bar::bars(&barred, (&id, &view), &names, on), ..told });
    Ok(v1::GetProviderResponse {
        provider,
        position,
        as_of: day(on),
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        ..Default::default()
    })
}
