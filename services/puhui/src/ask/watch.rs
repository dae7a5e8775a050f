//! `puhui watch`: what changes, as it does.

use api::directory::v1::WatchRequest;

use super::resume;
use super::to::directory;
use crate::args::Watch;
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui watch`. It ends only where the server ends it, and then says from where to go on.
pub(crate) async fn watch(servers: &Servers, watch: Watch) -> Result<(), Failure> {
    let request = WatchRequest { after_position: watch.after, division: watch.division, category: watch.category };
    let mut position = watch.after;
    let mut told = directory(servers).await?.watch(request).await?.into_inner();
    loop {
        match told.message().await {
            Ok(Some(message)) => {
                json::print(&message)?;
                position = message.position;
            }
            Ok(None) => {
                return Err(resume::after(tonic::Status::unavailable("服务器已结束 / the server ended it"), position));
            }
            Err(status) => return Err(resume::after(status, position)),
        }
    }
}
