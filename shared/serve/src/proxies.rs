//! Proxies that are trusted to say who comes through them, in the one header that the operator names: to what stands there each adds whom
//! it was called by. It is read from its end, because only what a trusted proxy added is known: the last address that is no trusted proxy
//! is the caller. Another header is not looked at: callers write what a proxy passes through.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, header};

use crate::peer::Caller;

/// Addresses of one header that are looked at, from its end.
const HOPS_MAX: usize = 16;
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The header in which proxies say who comes through them: `forwarded` as RFC 7239 has it, any other as a list of addresses. As long as
/// nobody names another it is `x-forwarded-for`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyHeader(HeaderName);

impl Default for ProxyHeader {
    fn default() -> Self {
        Self(X_FORWARDED_FOR)
    }
}

impl FromStr for ProxyHeader {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.parse().map_err(|_| format!("“{text}”不是标头名 / {text:?} is no name of a header"))?;
        Ok(Self(name))
    }
}

impl std::fmt::Display for ProxyHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Addresses with the same beginning: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// Bits of the beginning.
    length: u8,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}”不是地址或网段 / {text:?} is neither ADDRESS nor ADDRESS/BITS");
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Ok(most), str::parse).ok().filter(|length| *length <= most);
        Ok(Self { address, length: length.ok_or_else(wrong)? })
    }
}

impl Network {
    fn holds(&self, other: IpAddr) -> bool {
        // Shifted by all its bits, nothing is left to differ in.
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differs = own.to_bits() ^ other.to_bits();
                differs.checked_shr(32 - u32::from(self.length)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differs = own.to_bits() ^ other.to_bits();
                differs.checked_shr(128 - u32::from(self.length)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The proxies that are trusted. None, unless an operator names them.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    networks: Arc<[Network]>,
    header: ProxyHeader,
}

impl Proxies {
    /// Proxies in these networks, each of which says in this header who comes through it.
    pub fn new(networks: &[Network], header: ProxyHeader) -> Self {
        Self { networks: networks.into(), header }
    }

    /// Whether the address is one of them.
    pub(crate) fn hold(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(address))
    }

    /// Who sent a request that came from one of them. All whom the header does not name are one caller: nobody who makes it unreadable
    /// has more than another.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Caller {
        self.named(headers).and_then(Caller::of).unwrap_or(Caller::UNNAMED)
    }

    fn named(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let read = if self.header.0 == header::FORWARDED { forwarded_for } else { address };
        // Bytes that are no text may stand in what a caller wrote, before what the proxy added.
        let values =
            headers.get_all(&self.header.0).iter().rev().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let mut looked = 0;
        for value in values {
            for hop in value.rsplit(',') {
                let address = read(hop.trim()).filter(|_| looked < HOPS_MAX)?;
                if !self.hold(address) {
                    return Some(address.to_canonical());
                }
                looked += 1;
            }
        }
        None
    }
}

/// An address, with or without brackets and a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bare)
}

/// The address of `for=` in one element of `forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(networks: &[&str], header: &str) -> Proxies {
        let networks: Vec<Network> = networks.iter().map(|network| network.parse().unwrap()).collect();
        Proxies::new(&networks, header.parse().unwrap())
    }

    #[test]
    fn a_network_holds_what_begins_alike() {
        for (network, inside, outside) in [
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("10.0.0.0/8", "10.255.1.1", "11.0.0.0"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
        ] {
            let proxies = proxies(&[network], "x-forwarded-for");
            assert!(proxies.hold(inside.parse().unwrap()) && !proxies.hold(outside.parse().unwrap()), "{network}");
        }
        for wrong in ["", "10", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8", "example.org"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    type Headers = [(&'static str, &'static [u8])];

    fn caller(header: &str, headers: &Headers) -> Caller {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        proxies(&["10.0.0.0/8", "2001:db8::/32"], header).caller(&map)
    }

    const LIST: &str = "x-forwarded-for";
    const STANDARD: &str = "forwarded";

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_caller() {
        let one = Caller::of("198.51.100.7".parse().unwrap()).unwrap();
        let cases: [(&str, &Headers); 9] = [
            (LIST, &[(LIST, b"198.51.100.7")]),
            // What stands before it anybody may have written, also bytes that are no text.
            (LIST, &[(LIST, b"203.0.113.9, 198.51.100.7, 10.1.1.1")]),
            (LIST, &[(LIST, b"\xff\xfe, 198.51.100.7, 10.1.1.1")]),
            (LIST, &[(LIST, b"203.0.113.9"), (LIST, b"198.51.100.7:4711"), (LIST, b"10.1.1.1")]),
            (STANDARD, &[(STANDARD, b"for=203.0.113.9, For=\"198.51.100.7:1\";proto=http;by=10.1.1.1")]),
            (STANDARD, &[(STANDARD, b"proto=https; for=198.51.100.7, for=\"[2001:db8::5]:8080\"")]),
            // Another header than the one that is named says nothing.
            (LIST, &[(LIST, b"198.51.100.7"), (STANDARD, b"for=_x")]),
            (STANDARD, &[(LIST, b"203.0.113.9"), (STANDARD, b"for=198.51.100.7")]),
            ("x-real-ip", &[(LIST, b"203.0.113.9"), ("x-real-ip", b"198.51.100.7")]),
        ];
        for (header, named) in cases {
            assert_eq!(caller(header, named), one, "{header}: {named:?}");
        }
    }

    #[test]
    fn all_whom_the_header_does_not_name_are_one_caller() {
        let cases: [(&str, &Headers); 9] = [
            (LIST, &[]),
            (LIST, &[(LIST, b"")]),
            (LIST, &[(LIST, b"10.1.1.1, 10.2.2.2")]),
            (LIST, &[(LIST, b"198.51.100.7, unknown")]),
            (LIST, &[(STANDARD, b"for=198.51.100.7")]),
            (STANDARD, &[(STANDARD, b"for=_hidden")]),
            (STANDARD, &[(STANDARD, b"by=198.51.100.7")]),
            (STANDARD, &[(LIST, b"198.51.100.7")]),
            // An address of the proxy's own machine, or of this one: nobody's.
            (LIST, &[(LIST, b"127.0.0.1")]),
        ];
        for (header, nobody) in cases {
            assert_eq!(caller(header, nobody), Caller::UNNAMED, "{header}: {nobody:?}");
        }
        let hops = |count: usize| {
            let value = format!("198.51.100.7{}", ", 10.0.0.1".repeat(count));
            let headers = HeaderMap::from_iter([(X_FORWARDED_FOR, HeaderValue::from_str(&value).unwrap())]);
            proxies(&["10.0.0.0/8"], LIST).caller(&headers)
        };
        assert_ne!(hops(HOPS_MAX - 1), Caller::UNNAMED);
        assert_eq!(hops(HOPS_MAX), Caller::UNNAMED, "more hops than are looked at");
    }
}
