//! Where the log ends.

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;

use crate::client::{Failure, Servers};

/// The last position of the log.
pub(crate) async fn head(servers: &Servers) -> Result<u64, Failure> {
    let mut client = AuditServiceClient::new(servers.connect("audit").await?);
    Ok(client.get_head(GetHeadRequest {}).await?.into_inner().position)
}
