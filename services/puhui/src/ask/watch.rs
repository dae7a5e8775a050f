//! `puhui watch`: what changes, as it does.

use api::directory::v1::WatchRequest;

use super::to::directory;
use crate::args::Watch;
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui watch`.
pub(crate) async fn watch(servers: &Servers, watch: Watch) -> Result<(), Failure> {
    let request = WatchRequest { after_position: watch.after, division: watch.division, category: watch.category };
    let mut told = directory(servers).await?.watch(request).await?.into_inner();
    while let Some(message) = told.message().await? {
        json::print(&message)?;
    }
    Ok(())
}
