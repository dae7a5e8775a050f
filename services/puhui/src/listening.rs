//! Where services listen: the address an option names, and why that cannot be.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use rustix::io::Errno;
use serve::door::bounds::COMING_MAX;
use tokio::net::{TcpListener, TcpSocket};

use crate::client::Failure;

/// Where the system lists its network interfaces.
const INTERFACES: &str = "/sys/class/net";
/// Where it says whether who listens on all addresses of the sixth version takes none of the fourth.
const V6_ONLY: &str = "/proc/sys/net/ipv6/bindv6only";

/// Reads an address and its port; that of one interface alone may name it: `[fe80::1%eth0]:7400`.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let with_number = match text.split_once('%').and_then(|(before, rest)| Some((before, rest.split_once(']')?))) {
        Some((before, (zone, after))) if !zone.bytes().all(|digit| digit.is_ascii_digit()) => {
            let number = interface(zone).ok_or_else(|| {
                format!("本机没有网卡{zone} / this machine has no interface {zone}; `ip link` shows those it has")
            })?;
            format!("{before}%{number}]{after}")
        }
        _ => text.to_owned(),
    };
    with_number.parse().map_err(|_| {
        "应写作 地址:端口,如 127.0.0.1:7400、[::1]:7400、[fe80::1%eth0]:7400 / an address and its port is what it takes".to_owned()
    })
}

/// The number of an interface of this machine.
fn interface(name: &str) -> Option<u32> {
    // Nothing that leads elsewhere.
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return None;
    }
    std::fs::read_to_string(Path::new(INTERFACES).join(name).join("ifindex")).ok()?.trim().parse().ok()
}

/// Listens where an option says, within a runtime. An address that no waiting makes one of this machine's is a word of the command line that is wrong.
pub(crate) fn on(option: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    if address.ip().is_multicast() || address.ip() == IpAddr::V4(Ipv4Addr::BROADCAST) {
        return Err(Failure::usage(format!(
            "{option} {address}:组播或广播地址,无人能连接 / nobody can connect to a multicast or broadcast address: name one of this machine's \
             own, or 0.0.0.0 for whichever it has"
        )));
    }
    listen(address).map_err(|error: io::Error| {
        let said = format!("{option} {address}: {error}");
        match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::INVAL) if lacks_interface(address) => Failure::usage(format!(
                "{said};链路本地地址须写明网卡 / a link-local address is one of an interface: name that as well, as in [fe80::1%eth0]:{}",
                address.port()
            )),
            Some(Errno::ADDRNOTAVAIL | Errno::AFNOSUPPORT | Errno::INVAL | Errno::NODEV) => Failure::usage(format!(
                "{said};本机没有此地址 / this machine has no such address: name one of its own, or 0.0.0.0 for whichever it has"
            )),
            Some(Errno::ACCESS | Errno::PERM) => Failure::usage(format!(
                "{said};本进程无权监听此端口 / this process may not listen there: name a port from 1024 on"
            )),
            _ => Failure::unavailable(said),
        }
    })
}

/// Listens as `TcpListener::bind` does, but for more than 128 that come at one time.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections of a process before it do not keep it from its port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(COMING_MAX)
}

/// Says so where two options name one place to listen on: who comes second never can.
pub(crate) fn apart(one: (&str, SocketAddr), other: (&str, SocketAddr)) -> Result<(), Failure> {
    if one.1.port() == 0 || one.1.port() != other.1.port() || !meets(one.1.ip(), other.1.ip()) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{2} {3}:与 {0} {1} 是同一处,请另指端口 / it is where {0} {1} listens already: name another port",
        one.0, one.1, other.0, other.1
    )))
}

/// Whether who listens on one address also takes what comes to the other.
fn meets(one: IpAddr, other: IpAddr) -> bool {
    let takes = |all: IpAddr, some: IpAddr| {
        let takes_both = || std::fs::read_to_string(V6_ONLY).is_ok_and(|only| only.trim() == "0");
        all.is_unspecified() && (all.is_ipv4() == some.is_ipv4() || (all.is_ipv6() && takes_both()))
    };
    one == other || takes(one, other) || takes(other, one)
}

fn lacks_interface(address: SocketAddr) -> bool {
    matches!(address, SocketAddr::V6(address) if address.ip().is_unicast_link_local() && address.scope_id() == 0)
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_place_is_not_listened_on_twice() {
        let both = |one: &str, other: &str| {
            let read = |text: &str| address(text).expect("an address");
            apart(("--listen", read(one)), ("--metrics", read(other))).is_err()
        };
        for (one, other, same) in [
            ("127.0.0.1:7400", "127.0.0.1:7400", true),
            ("0.0.0.0:7400", "127.0.0.1:7400", true),
            ("127.0.0.1:7400", "0.0.0.0:7400", true),
            ("[::]:7400", "[::1]:7400", true),
            ("127.0.0.1:7400", "127.0.0.2:7400", false),
            ("127.0.0.1:7400", "127.0.0.1:7401", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
            ("0.0.0.0:7400", "[::1]:7400", false),
        ] {
            assert_eq!(both(one, other), same, "{one} {other}");
        }
    }

    /// Nobody is let in, and they come all the same: a few hundred, which is more than the system's usual number.
    #[tokio::test]
    async fn many_come_at_one_time_and_none_has_to_knock_again() {
        let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").expect("told");
        let many = most.trim().parse::<usize>().expect("a number").min(300);
        let listener = on("--listen", address("127.0.0.1:0").expect("an address")).expect("it listens");
        let address = listener.local_addr().expect("an address");
        let come = tokio::task::spawn_blocking(move || {
            let connect = |_| TcpStream::connect_timeout(&address, Duration::from_millis(900));
            (0..many).map(connect).collect::<Result<Vec<_>, _>>()
        });
        let come = come.await.expect("tried");
        assert!(come.is_ok_and(|come| come.len() == many), "one of {many} has to knock again");
    }

    #[test]
    fn an_interface_is_named_by_its_name_or_its_number() {
        let number = interface("lo").expect("every machine has it");
        let named = address("[fe80::1%lo]:7400").expect("read");
        assert_eq!(named, address(&format!("[fe80::1%{number}]:7400")).expect("read"));
        assert!(matches!(named, SocketAddr::V6(address) if address.scope_id() == number));
        assert!(address("[fe80::1]:7400").is_ok_and(lacks_interface) && !lacks_interface(named));
        assert!(address("127.0.0.1:0").is_ok() && address("[::1]:7400").is_ok());
        for odd in
            ["[fe80::1%nowhere]:7400", "[fe80::1%../lo]:7400", "[fe80::1%]:7400", "[fe80::1%lo:7400", "localhost", ""]
        {
            assert!(address(odd).is_err(), "{odd}");
        }
    }
}
