//! Whom to ask, and how an answer says what it is true of.

use api::directory::v1::directory_service_client::DirectoryServiceClient;
use domain::{Day, Instant};
use tonic::transport::Channel;

use crate::client::{Failure, Servers};

/// How far Chinese clocks are ahead of UTC, in seconds.
const CHINA_AHEAD_SECONDS: u64 = 8 * 3600;

pub(super) async fn directory(servers: &Servers) -> Result<DirectoryServiceClient<Channel>, Failure> {
    Ok(DirectoryServiceClient::new(servers.connect("directory").await?))
}

/// The position an answer is true at, the moment it held everything, and the earlier position it tells of.
pub(super) fn at(position: u64, true_at_ms: u64, (as_of_position, known_on): (u64, &str)) -> String {
    let until = if true_at_ms == 0 { String::new() } else { format!(",数据截至 {}", moment(true_at_ms)) };
    let told = format!("数据位置 {position}{until}");
    if known_on.is_empty() {
        told
    } else {
        format!("{told};所示为 {known_on} 位置 {as_of_position} 的登记内容")
    }
}

/// A moment by the Chinese clock: `2026-11-26 12:30:05`.
fn moment(ms: u64) -> String {
    let seconds = (ms / 1000 + CHINA_AHEAD_SECONDS) % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{} {hour:02}:{minute:02}:{second:02}", Day::of(Instant(ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_by_the_chinese_clock() {
        assert_eq!(moment(0), "1970-01-01 08:00:00");
        assert_eq!(moment(1_764_131_405_123), "2025-11-26 12:30:05");
        assert_eq!(at(7, 0, (0, "")), "数据位置 7");
    }
}
