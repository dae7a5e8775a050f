//! `puhui health`: whether a server, or one of its services, is serving.

use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::client::{Failure, Servers};
use crate::json;

/// `puhui health`.
pub(crate) async fn health(servers: &Servers, service: &str) -> Result<(), Failure> {
    let of = service.split('.').nth(1).unwrap_or("certification");
    let mut client = HealthClient::new(servers.connect(of).await?);
    let request = HealthCheckRequest { service: service.to_owned() };
    let answer = client.check(request).await?.into_inner();
    if answer.status() == ServingStatus::Serving {
        return json::say("SERVING");
    }
    Err(Failure::unavailable(answer.status().as_str_name()))
}
