//! One provider.

use api::directory::v1;
use domain::{Day, ProviderId};
use projection::Snapshot;
use prost::Message as _;
use prost::bytes::Bytes;
use serve::Fields;
use tonic::{Code, Status as Answer};

use super::directory::Directory;
use super::fields::{earlier, well_checked};
use super::fresh::{Moment, fresh};
use super::places::Caller;
use super::record::{self, Told};
use super::then::provider_then;
use crate::rows::bars::bars;
use crate::rows::card::view;
use crate::rows::confirmed::confirmed;
use crate::tell::provider::{self, operator_code};
use crate::tell::record::Record;
use crate::tell::{bar, day};

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::GetProviderRequest,
) -> Result<Record, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let id = fields.required("provider_id", &request.provider_id, ProviderId::parse_confirmed);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let read = (|| Some((id?, as_of?.map(Day::number), earlier?)))();
    let (id, as_of, earlier) = fields.finish(read)?;
    if let Some(earlier) = earlier {
        return provider_then(directory, caller, fresh, &id, earlier, as_of).await;
    }
    let today = directory.today();
    let on = as_of.unwrap_or(today);
    let (of, names) = (id.clone(), directory.names());
    let tell = move |rows: &Snapshot<'_>| {
        let Some(view) = view(rows, of.as_str())? else { return Ok(None) };
        let confirmed = confirmed(rows, &operator_code(&of, &view).0, u64::MAX)?;
        let barred = bars(rows, view.codes(&of), u64::MAX)?;
        let view = view.told_of(on).shown_on(today);
        let told = provider::provider(&of, &view, confirmed.as_ref(), &names, on);
        let told = v1::Provider { operator_bars: bar::bars(&barred, (&of, &view), &names, on), ..told };
        Ok(Some(Bytes::from(told.encode_to_vec())))
    };
    let (provider, moment) = record::read(directory, caller, fresh, &id, Told::All, tell).await?;
    if provider.is_none() {
        moment.absent()?;
        well_checked("provider_id", id.operator())?;
        let (zh, en) = ("没有这个网点的记录", "nothing was recorded of this provider");
        return Err(serve::status::reasoned(Code::NotFound, "NOT_FOUND", zh, en));
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    let log_id = directory.log_id.to_string();
    Ok(Record { provider, position, as_of: day(on), true_at_ms, digest, log_id, ..Default::default() })
}
