//! One provider.

use api::directory::v1;
use domain::{Day, ProviderId};
use serve::Fields;
use tonic::{Code, Status as Answer};

use super::directory::Directory;
use super::fields::earlier;
use super::fresh::{Moment, fresh};
use super::places::Weight;
use super::then::provider_then;
use crate::rows::card::view;
use crate::tell::{day, provider};

pub(crate) async fn answer(
    directory: &Directory,
    request: &v1::GetProviderRequest,
) -> Result<v1::GetProviderResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let id = fields.required("provider_id", &request.provider_id, ProviderId::parse);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let earlier = earlier(&mut fields, request.as_of_position, &request.known_on, directory.today());
    let read = (|| Some((id?, as_of?.map(Day::number), earlier?)))();
    let (id, as_of, earlier) = fields.finish(read)?;
    if let Some(earlier) = earlier {
        return provider_then(directory, fresh, &id, earlier, as_of).await;
    }
    let on = as_of.unwrap_or_else(|| directory.today());
    let key = id.to_string();
    let (view, moment) = directory.gate.read(Weight::Light, fresh, move |rows, _| Ok(view(rows, &key)?)).await?;
    let Some(view) = view else {
        moment.absent()?;
        let (zh, en) = ("没有这个网点的记录", "nothing was recorded of this provider");
        return Err(serve::status::reasoned(Code::NotFound, "NOT_FOUND", zh, en));
    };
    let Moment { position, true_at_ms, digest, .. } = moment;
    let provider = Some(provider::provider(&id, &view, &directory.names(), on));
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
