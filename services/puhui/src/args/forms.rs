//! The forms that words of the command line have to have: what can never be is told by the option's name, before anything is begun.

use domain::Day;

use crate::host::host_and_port;

/// Longest name of a NATS stream, in bytes, so that the log's digits have room behind it.
const NATS_STREAM_BYTES_MAX: usize = 200;
/// Copies that a NATS stream may have: of an even number a majority is no more than of one less.
const COPIES: [usize; 3] = [1, 3, 5];

/// Digits of a request key's name.
const KEY_NAME_DIGITS: usize = 8;

/// A day.
pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|invalid| invalid.to_string())
}

/// A number of copies.
pub(super) fn copies(text: &str) -> Result<usize, String> {
    let known = text.parse().ok().filter(|copies| COPIES.contains(copies));
    known.ok_or_else(|| "只能是 1、3 或 5 / 1, 3 or 5 is what it takes".to_owned())
}

/// The name of a request key.
pub(super) fn key_name(text: &str) -> Result<String, String> {
    if text.len() == KEY_NAME_DIGITS && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(format!("应为 {KEY_NAME_DIGITS} 位十六进制数字 / {KEY_NAME_DIGITS} hexadecimal digits is what it takes"))
}

/// How the name of a NATS stream begins.
pub(super) fn nats_stream(text: &str) -> Result<String, String> {
    let fits = (1..=NATS_STREAM_BYTES_MAX).contains(&text.len());
    if fits && text.bytes().all(|byte| byte.is_ascii_graphic() && !b".*>/\\".contains(&byte)) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "应为 1 至 {NATS_STREAM_BYTES_MAX} 个可见的 ASCII 字符,不得含 . * > / \\ / 1 to {NATS_STREAM_BYTES_MAX} visible ASCII characters without . * > / \\ \
         is what NATS takes"
    ))
}

/// Where the monitoring of a NATS server is.
pub(super) fn nats_monitor(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    match rest.and_then(host_and_port) {
        Some((_, Some(_))) => Ok(text.to_owned()),
        _ => Err("应写作 http://主机:端口,如 http://127.0.0.1:8222 / http://HOST:PORT is what it takes".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nats_would_refuse_is_refused() {
        assert!(nats_stream("PUHUI").is_ok() && nats_stream(&"x".repeat(NATS_STREAM_BYTES_MAX)).is_ok());
        for odd in ["", "a.b", "a*b", ">", "a/b", "a b", "普惠", "a\\b", "a\n", &"x".repeat(NATS_STREAM_BYTES_MAX + 1)]
        {
            assert!(nats_stream(odd).is_err(), "{odd}");
        }
        assert!(nats_monitor("http://one:8222").is_ok() && nats_monitor("http://[::1]:8222/").is_ok());
        for odd in [
            "",
            "x",
            "http://",
            "http://one",
            "https://one:8222",
            "http://one:99999",
            "http://one:0",
            "http://one:1/varz",
        ] {
            assert!(nats_monitor(odd).is_err(), "{odd}");
        }
        assert!(key_name("00AB12cd").is_ok_and(|name| name == "00ab12cd"));
        assert!(["", "0", "0000000g", "000000000"].iter().all(|odd| key_name(odd).is_err()));
        assert!(copies("3").is_ok() && ["0", "2", "4", "7", "-1", "x", ""].iter().all(|odd| copies(odd).is_err()));
    }
}
