//! Proxies that are trusted to say who comes through them: in `x-forwarded-for` or `forwarded` (RFC 7239), to which each adds whom it
//! was called by. What stands there is read from its end, because only what a trusted proxy added is known: the last address that is no
//! trusted proxy is the caller.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::GetAll;
use axum::http::{HeaderName, HeaderValue, header};

use crate::peer::Caller;

/// Addresses of one header that are looked at, from its end.
const HOPS_MAX: usize = 16;
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

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
pub struct Proxies(Arc<[Network]>);

impl From<&[Network]> for Proxies {
    fn from(networks: &[Network]) -> Self {
        Self(networks.into())
    }
}

/// Whom one header names.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    /// There is no such header.
    Nobody,
    /// It is there, and names no address of a caller.
    Unknown,
    Caller(IpAddr),
}

impl Proxies {
    /// Whether the address is one of them.
    pub(crate) fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// Who sent a request that came from one of them, where its headers say so. Where the two headers name different ones, the proxy wrote
    /// one of them and somebody the other: nobody is known.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let by_list = self.named(&headers.get_all(X_FORWARDED_FOR), address);
        let by_standard = self.named(&headers.get_all(header::FORWARDED), forwarded_for);
        match (by_list, by_standard) {
            (Named::Caller(caller), Named::Nobody) | (Named::Nobody, Named::Caller(caller)) => Caller::of(caller),
            (Named::Caller(one), Named::Caller(other)) if one == other => Caller::of(one),
            _ => None,
        }
    }

    fn named(&self, values: &GetAll<'_, HeaderValue>, read: fn(&str) -> Option<IpAddr>) -> Named {
        let mut values = values.iter().rev().peekable();
        if values.peek().is_none() {
            return Named::Nobody;
        }
        let hops = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
        for hop in hops.take(HOPS_MAX) {
            match read(hop.trim()) {
                None => return Named::Unknown,
                Some(address) if self.hold(address) => {}
                Some(address) => return Named::Caller(address.to_canonical()),
            }
        }
        Named::Unknown
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
    use super::*;

    fn proxies(networks: &[&str]) -> Proxies {
        let networks: Vec<Network> = networks.iter().map(|network| network.parse().unwrap()).collect();
        Proxies::from(networks.as_slice())
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
            let proxies = proxies(&[network]);
            assert!(proxies.hold(inside.parse().unwrap()) && !proxies.hold(outside.parse().unwrap()), "{network}");
        }
        for wrong in ["", "10", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8", "example.org"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_caller() {
        let proxies = proxies(&["10.0.0.0/8", "2001:db8::/32"]);
        let caller = |headers: &[(&'static str, &'static str)]| {
            let headers =
                headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            let mut map = HeaderMap::new();
            headers.for_each(|(name, value)| {
                map.append(name, value);
            });
            proxies.caller(&map)
        };
        let list = "x-forwarded-for";
        let one = Caller::of("198.51.100.7".parse().unwrap());
        for named in [
            &[(list, "198.51.100.7")][..],
            // What stands before it anybody may have written.
            &[(list, "203.0.113.9, 198.51.100.7, 10.1.1.1")],
            &[(list, "203.0.113.9"), (list, "198.51.100.7:4711"), (list, "10.1.1.1")],
            &[("forwarded", "for=203.0.113.9, For=\"198.51.100.7:1\";proto=http;by=10.1.1.1")],
            &[("forwarded", "proto=https; for=198.51.100.7, for=\"[2001:db8::5]:8080\"")],
            &[(list, "198.51.100.7"), ("forwarded", "for=198.51.100.7")],
        ] {
            assert_eq!(caller(named), one, "{named:?}");
        }
        for nobody in [
            &[][..],
            &[(list, "")],
            &[(list, "10.1.1.1, 10.2.2.2")],
            &[(list, "198.51.100.7, unknown")],
            &[("forwarded", "for=_hidden")],
            &[("forwarded", "by=198.51.100.7")],
            // The proxy wrote one of them.
            &[(list, "198.51.100.7"), ("forwarded", "for=203.0.113.9")],
            &[(list, "127.0.0.1")],
        ] {
            assert_eq!(caller(nobody), None, "{nobody:?}");
        }
        let many = ["10.0.0.1,"; HOPS_MAX].concat() + "10.0.0.1";
        let mut headers = HeaderMap::new();
        headers.insert(X_FORWARDED_FOR, HeaderValue::from_str(&format!("198.51.100.7,{many}")).unwrap());
        assert_eq!(proxies.caller(&headers), None, "more hops than are looked at");
    }
}
