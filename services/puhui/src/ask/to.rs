//! Whom to ask, and how an answer says what it is true of.

use api::directory::v1::directory_service_client::DirectoryServiceClient;
use puhui::print::Table;
use tonic::transport::Channel;

use crate::client::{Failure, Servers};

/// Rows asked for in one page.
pub(super) const PAGE: u32 = 100;

pub(super) async fn directory(servers: &Servers) -> Result<DirectoryServiceClient<Channel>, Failure> {
    Ok(DirectoryServiceClient::new(servers.connect("directory").await?))
}

pub(super) fn print(table: &Table) -> Result<(), Failure> {
    table.print().map_err(Failure::from)
}

/// The position an answer is true at, and the earlier one it tells of.
pub(super) fn of(position: u64, as_of_position: u64, known_on: &str) -> String {
    if known_on.is_empty() {
        return format!("数据位置 {position}");
    }
    format!("数据位置 {position},所示为 {known_on} 位置 {as_of_position} 的登记内容")
}
