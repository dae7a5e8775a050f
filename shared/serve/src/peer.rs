//! Who calls.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Who sent a request. It stands in the extensions of every request of gRPC: `request.extensions().get::<Peer>()`. Once callers prove who
/// they are, it says that as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The other end of the connection: a proxy's address where one stands in front.
    pub address: SocketAddr,
    caller: Option<Caller>,
}

/// Whom a bound by caller counts as one: an address of IPv4, or a network of 2^64 addresses of IPv6, which is what one
/// household gets; and all whom trusted proxies do not name together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Caller(Counted);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Counted {
    Address(IpAddr),
    Unnamed,
}

impl Peer {
    /// Who calls from an address that speaks for itself alone.
    pub fn at(address: SocketAddr) -> Self {
        Self { address, caller: Caller::of(address.ip()) }
    }

    /// Who calls through a trusted proxy.
    pub(crate) fn through_proxy(self, caller: Caller) -> Self {
        Self { caller: Some(caller), ..self }
    }

    /// The caller as bounds count it; `None` for an address of this machine that is no trusted proxy, because a proxy makes all of the
    /// public that one.
    pub fn caller(&self) -> Option<Caller> {
        self.caller
    }

    /// Whom the connection is counted for.
    pub(crate) fn counted_as(&self) -> Caller {
        Caller::counted(self.address.ip())
    }
}

impl Caller {
    /// Behind a trusted proxy that does not say whom it speaks for.
    pub(crate) const UNNAMED: Self = Self(Counted::Unnamed);

    /// `None` for an address of this machine.
    pub(crate) fn of(address: IpAddr) -> Option<Self> {
        Some(Self::counted(address)).filter(|caller| !caller.is_this_machine())
    }

    fn counted(address: IpAddr) -> Self {
        Self(Counted::Address(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) if address.is_loopback() => IpAddr::V6(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }))
    }

    pub(crate) fn is_this_machine(self) -> bool {
        matches!(self.0, Counted::Address(address) if address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(address: &str) -> Option<Caller> {
        Peer::at(address.parse().unwrap()).caller()
    }

    #[test]
    fn a_household_is_one_caller_and_this_machine_is_none() {
        assert_eq!(caller("[2001:db8:1:2:3::4]:5"), caller("[2001:db8:1:2:9::9]:7"));
        assert_ne!(caller("[2001:db8:1:2::4]:5"), caller("[2001:db8:1:3::4]:5"));
        assert_eq!(caller("192.0.2.1:1"), caller("[::ffff:192.0.2.1]:2"));
        assert_ne!(caller("192.0.2.1:1"), caller("192.0.2.2:1"));
        for own in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(caller(own), None);
        }
    }
}
