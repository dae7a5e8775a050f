//! The host and the port in an address that is typed: what can be one.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest name of a host, in bytes.
const HOST_BYTES_MAX: usize = 253;
/// Longest part of one, in bytes.
const LABEL_BYTES_MAX: usize = 63;

/// A host and a port, if it says one, where both can be.
pub(crate) fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = if let Some((host, after)) = bracketed {
        host.parse::<Ipv6Addr>().ok()?;
        (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
    } else {
        let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
        (Some(host).filter(|host| is_host(host))?, port)
    };
    match port {
        None => Some((host, None)),
        Some(port) => Some((host, Some(port.parse().ok().filter(|port| *port > 0)?))),
    }
}

/// Whether it is an address of the fourth version, or a name. What ends in a number is no name: no root has such a zone.
fn is_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    let is_of_names = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let is_label = |label: &str| (1..=LABEL_BYTES_MAX).contains(&label.len()) && label.chars().all(is_of_names);
    host.len() <= HOST_BYTES_MAX && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_that_can_be() {
        for (text, expected) in [
            ("one", Some(("one", None))),
            ("one:4222", Some(("one", Some(4222)))),
            ("nats-1.example.", Some(("nats-1.example.", None))),
            ("数据.中国:1", Some(("数据.中国", Some(1)))),
            ("127.0.0.1:1", Some(("127.0.0.1", Some(1)))),
            ("[::1]:4222", Some(("::1", Some(4222)))),
            ("[::1]", Some(("::1", None))),
        ] {
            assert_eq!(host_and_port(text), expected, "{text}");
        }
        for odd in [
            "",
            ":1",
            "one:",
            "one:0",
            "one:x",
            "one:99999",
            "::1:1",
            "[::1",
            "[::1]x",
            "[one]:1",
            "256.1.1.1:1",
            "1.2.3:1",
            "a b",
            "a..b",
            "one/two",
            "one?x",
            "one#x",
            "1",
        ] {
            assert_eq!(host_and_port(odd), None, "{odd}");
        }
        let long = "a".repeat(LABEL_BYTES_MAX);
        assert!(is_host(&long) && !is_host(&format!("{long}a")) && !is_host(&[&*long; 4].join(".")));
    }
}
