//! What `--log` says, held to what it takes. A word of it may be a password, so none is shown but hosts.

use crate::args::LogPlace;
use crate::client::Failure;
use crate::host::host_and_port;

/// How an address of a NATS server may begin.
const SCHEMES: [&str; 2] = ["nats://", "tls://"];

impl LogPlace {
    /// Whether a log can be where it says.
    pub(super) fn is_well_named(&self) -> Result<(), Failure> {
        if self.is_embedded() {
            return Ok(());
        }
        if !SCHEMES.iter().any(|scheme| self.log.starts_with(scheme)) {
            return Err(Failure::usage(format!("--log {}: `embedded` or nats://HOST:PORT", shown(&self.log))));
        }
        match self.log.split(',').map(str::trim).find_map(|server| Some((server, oddity(server)?))) {
            None => Ok(()),
            Some((odd, why)) => Err(Failure::usage(format!("--log …{}:{why}", shown(odd)))),
        }
    }
}

/// What is after the last sign that may end a password.
fn shown(server: &str) -> &str {
    server.rsplit('@').next().unwrap_or_default()
}

/// Why there can be no such server.
fn oddity(server: &str) -> Option<&'static str> {
    let rest = SCHEMES.into_iter().find_map(|scheme| server.strip_prefix(scheme)).unwrap_or(server);
    let (user, host) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
    if host_and_port(host.strip_suffix('/').unwrap_or(host)).is_none() {
        return Some(
            "应写作 nats://主机:端口 / nats://HOST:PORT is what it takes, or several of them with commas between",
        );
    }
    let is_well = |user: &str| {
        let parts = user.split_once(':').filter(|(name, password)| !name.is_empty() && !password.is_empty());
        parts.is_some_and(|(name, password)| is_plain(name) && is_plain(password))
    };
    user.is_some_and(|user| !is_well(user)).then_some(
        "主机之前应为 用户:口令,其中的 @ : / ? # % 写作 %40 %3A %2F %3F %23 %25 / USER:PASSWORD is what stands before the host, and in them \
         @ : / ? # % are written %40 %3A %2F %3F %23 %25",
    )
}

/// Whether it has none of the signs that part an address, but as `%` and two digits.
fn is_plain(text: &str) -> bool {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let well = match byte {
            b'%' => [rest.next(), rest.next()].iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            b'@' | b':' | b'/' | b'?' | b'#' => false,
            other => !other.is_ascii_whitespace() && !other.is_ascii_control(),
        };
        if !well {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nats_server_has_a_host_and_who_asks_a_password() {
        for server in [
            "nats://one",
            "nats://one:4222",
            "tls://u:p%40ss@one:4222/",
            "nats://[::1]:4222",
            "nats://[::1]",
            "two:4223",
            "nats://服务:口令@one",
        ] {
            assert_eq!(oddity(server), None, "{server}");
        }
        for odd in [
            "nats://",
            "nats://:4222",
            "nats://u:p@",
            "nats://one:",
            "nats://one:99999",
            "nats://::1:4222",
            "nats://one:x",
            "nats://256.1.1.1:4222",
            "nats://one:1/path",
            "nats://one:1?x=y",
            "nats://one:1#f",
            "nats://u:pa@ss@one:4222",
            "nats://u:pa:ss@one:4222",
            "nats://%zz@one:4222",
            "nats://u:%4@one",
            "nats://u@one",
            "nats://:p@one",
            "nats://u:@one",
            "",
        ] {
            assert!(oddity(odd).is_some(), "{odd}");
        }
        assert_eq!(shown("nats://u:sec@ret@one:1"), "one:1");
    }
}
