//! `puhui health`: whether a server serves, and where it does not, which part of it is not well and since when.

use api::health::v1::health_service_client::HealthServiceClient;
use api::health::v1::{ListPartsRequest, Part};
use puhui::print::harmless;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::client::{Failure, Servers};
use crate::json;

/// `puhui health`. `service`: a full name, or empty for the whole server.
pub(crate) async fn health(servers: &Servers, service: &str) -> Result<(), Failure> {
    let of = service.split('.').nth(1).unwrap_or("certification");
    let channel = servers.connect(of).await?;
    let request = HealthCheckRequest { service: service.to_owned() };
    let answer = HealthClient::new(channel.clone()).check(request).await.map_err(|status| match status.code() {
        Code::NotFound => {
            Failure::refused(format!("{0}:该服务器没有此服务 / this server has no service {0}", harmless(service)))
        }
        _ => status.into(),
    })?;
    let answer = answer.into_inner();
    if answer.status() == ServingStatus::Serving {
        json::say("SERVING")?;
        // It serves; what it warns of is for people.
        let warnings = lines(channel, service, |part| part.warns).await?;
        if !warnings.is_empty() {
            json::note(warnings.trim_start_matches('\n'));
        }
        return Ok(());
    }
    let why = lines(channel, service, |part| !part.well).await.unwrap_or_else(|failure| format!("\n{failure}"));
    Err(Failure::unavailable(format!("{}{why}", answer.status().as_str_name())))
}

/// A line for each part that `service` needs and that is `so`: not well, or warning.
async fn lines(channel: Channel, service: &str, so: fn(&Part) -> bool) -> Result<String, Failure> {
    let parts = HealthServiceClient::new(channel).list_parts(ListPartsRequest {}).await?.into_inner().parts;
    let needed = parts.iter().filter(|part| service.is_empty() || part.needed_by.iter().any(|name| name == service));
    let lines = needed.filter(|part| so(part)).map(|part| {
        let (name, since, why) = (harmless(&part.name), harmless(&part.since), harmless(&part.why));
        let (zh, en) = if part.warns { ("提醒", "warns") } else { ("异常", "not well") };
        format!("\n  {name}:自 {since} 起{zh} / {en} since {since}: {why}")
    });
    Ok(lines.collect())
}
