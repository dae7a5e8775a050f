//! Whether the servers that keep the NATS stream still store, as their monitoring says.
//!
//! A NATS server one of whose writes failed (a full disk, say) takes nothing more for that NATS stream until it is started anew, also when
//! there is room again. It says so to no client: publishes have no answer, and questions are answered as before. `/healthz` says it.

use serde::Deserialize;

/// What `/healthz` says of a server that is not well.
#[derive(Debug, Deserialize)]
struct Health {
    #[serde(default)]
    error: String,
}

/// Why a server stores nothing more of this NATS stream, by what its `/healthz` answers.
pub(super) fn write_error(answer: &[u8], nats_stream: &str) -> Option<String> {
    let Health { error } = serde_json::from_slice(answer).ok()?;
    (error.contains("write error") && error.contains(&format!("> {nats_stream}'"))).then_some(error)
}

/// Why nothing is stored, where too few of so many copies take anything for a commit to be acknowledged: what each of the others says.
pub(super) fn judge(copies: usize, failed: &[(&str, &str)]) -> Option<String> {
    let enough = copies / 2 + 1;
    let (server, why) = failed.first()?;
    (copies.saturating_sub(failed.len()) < enough).then(|| {
        format!(
            "NATS 服务器写入失败后已停止存储,请腾出磁盘空间并重启 nats-server / NATS server {server} stores nothing more after a failed write, \
             and will not by itself: free room and restart nats-server ({why})"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_failed_is_told_of_the_nats_stream_it_was_for() {
        let answer = br#"{"status":"unavailable","error":"JetStream stream '$G \u003e PUHUI-1' write error: write 1.blk: no space left on device"}"#;
        assert!(write_error(answer, "PUHUI-1").is_some_and(|error| error.ends_with("no space left on device")));
        assert_eq!(write_error(answer, "PUHUI"), None);
        let behind = br#"{"status":"unavailable","error":"JetStream stream '$G \u003e PUHUI-1' is not current"}"#;
        assert_eq!(write_error(behind, "PUHUI-1"), None);
        assert_eq!(write_error(b"not found", "PUHUI-1"), None);
    }

    #[test]
    fn a_copy_less_of_three_stores_and_two_less_do_not() {
        let failed = [("a", "full"), ("b", "full")];
        assert_eq!(judge(1, &failed[..0]), None);
        assert!(judge(1, &failed[..1]).is_some_and(|why| why.contains("NATS server a") && why.contains("restart")));
        assert_eq!(judge(3, &failed[..1]), None);
        assert!(judge(3, &failed).is_some());
    }
}
