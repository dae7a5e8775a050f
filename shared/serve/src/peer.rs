//! Who calls.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Who sent a request. It stands in the extensions of every request of gRPC: `request.extensions().get::<Peer>()`. Once callers prove who
/// they are, it says that as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The other end of the connection: a proxy's address where one stands in front.
    pub address: SocketAddr,
    caller: Option<Caller>,
    /// The number of the connection at the door; 0 for who comes over none.
    connection: u64,
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

/// Whose places are counted as one, at the door and at the desk alike: a known caller's, over all its connections; of those who are not known
/// one by one, because a proxy of this machine makes all of the public one address, what comes over one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Holder {
    /// A caller's that is known.
    Caller(Caller),
    /// That of a connection, by its number: its address may be another's while it is still going.
    Connection(u64),
}

/// How tables by holder, or by connection, are hashed: quickly, and otherwise in each process.
pub(crate) type HolderHashes = event_log::StreamHashes;

impl Holder {
    /// Who comes over no connection: the program that asks its own services.
    pub(crate) const NOBODY: Self = Self::Connection(0);

    /// Who sent something.
    pub(crate) fn of(sender: Peer) -> Self {
        sender.caller.map_or(Self::Connection(sender.connection), Self::Caller)
    }
}

impl Peer {
    /// Who calls from an address that speaks for itself alone.
    pub fn at(address: SocketAddr) -> Self {
        Self { address, caller: Caller::of(address.ip()), connection: 0 }
    }

    /// The same over a connection of this number, which are counted from 1.
    pub(crate) fn over(self, connection: u64) -> Self {
        Self { connection, ..self }
    }

    /// The number of the connection.
    pub(crate) fn connection(&self) -> u64 {
        self.connection
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

    #[test]
    fn a_known_caller_is_one_and_of_the_others_each_connection_is() {
        let holder = |address: &str, connection: u64| Holder::of(Peer::at(address.parse().unwrap()).over(connection));
        assert_eq!(holder("192.0.2.1:1", 1), holder("192.0.2.1:2", 2));
        assert_ne!(holder("192.0.2.1:1", 1), holder("192.0.2.2:1", 1));
        assert_ne!(holder("127.0.0.1:1", 1), holder("127.0.0.1:1", 2));
        assert_eq!(Holder::of(Peer::at("127.0.0.1:1".parse().unwrap())), Holder::NOBODY);
        // Behind a trusted proxy it is who stands behind it, whichever connection it comes over.
        let through =
            |connection| Peer::at("127.0.0.1:1".parse().unwrap()).over(connection).through_proxy(Caller::UNNAMED);
        assert_eq!(Holder::of(through(1)), Holder::of(through(2)));
    }
}
