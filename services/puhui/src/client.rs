//! Connections to the services.

use std::collections::HashMap;
use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

pub(crate) use crate::failure::Failure;
use crate::host::host_and_port;

/// Longest wait for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Bytes of answers that may be on their way on one connection.
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;

/// Where the services are.
#[derive(Debug, Clone)]
pub(crate) struct Servers {
    default: String,
    by_service: HashMap<String, String>,
}

/// The services that can be named in `--server NAME=URL`.
const SERVICES: [&str; 6] = ["certification", "pledge", "signage", "directory", "audit", "rules"];

/// An address that is spoken to as it says: without encryption, and never where encryption was asked for.
fn plain(url: &str) -> Result<&str, Failure> {
    let address = url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    if address.is_some_and(|address| host_and_port(address).is_some()) {
        return Ok(url);
    }
    Err(Failure::usage(format!(
        "--server {url}:须为 http://主机:端口;加密由其前的代理承担 / http://HOST:PORT is what it takes; encryption is the matter of a proxy before it"
    )))
}

impl Servers {
    pub(crate) fn new(servers: &[String]) -> Result<Self, Failure> {
        let mut default = "http://127.0.0.1:7400".to_owned();
        let mut by_service = HashMap::new();
        for server in servers {
            match server.split_once('=') {
                Some((name, url)) if SERVICES.contains(&name) => {
                    by_service.insert(name.to_owned(), plain(url)?.to_owned());
                }
                Some((name, _)) => {
                    return Err(Failure::usage(format!(
                        "--server:没有名为 {name} 的服务 / no service is called {name}; one of {SERVICES:?}"
                    )));
                }
                None => plain(server)?.clone_into(&mut default),
            }
        }
        Ok(Self { default, by_service })
    }

    /// One server for everything.
    pub(crate) fn at(url: &str) -> Self {
        Self { default: url.to_owned(), by_service: HashMap::new() }
    }

    fn url(&self, service: &str) -> &str {
        self.by_service.get(service).unwrap_or(&self.default)
    }

    /// A connection to the server of `service`.
    pub(crate) async fn connect(&self, service: &str) -> Result<Channel, Failure> {
        let url = self.url(service);
        let endpoint = Endpoint::from_shared(url.to_owned())
            .map_err(|error| {
                Failure::usage(format!("--server {url}:不是服务器地址 / is no address of a server: {error}"))
            })?
            .connect_timeout(CONNECT_MAX)
            // By default 64 KiB of answers may be on their way to a connection: ten pages of a list.
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .tcp_nodelay(true);
        let unreachable = |error| {
            Failure::unavailable(format!(
                "无法连接 {url} / no server at {url}: {error:#}; start one with `puhui serve`"
            ))
        };
        endpoint.connect().await.map_err(unreachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_as_it_is_spoken_to() {
        for refused in [
            "https://127.0.0.1:7400",
            "garbage",
            "directory=https://127.0.0.1:7400",
            "http://256.1.1.1:1",
            "http://a:99999",
        ] {
            assert_eq!(Servers::new(&[refused.to_owned()]).err().map(|error| error.exit_code()), Some(2), "{refused}");
        }
        let servers = ["http://127.0.0.1:1", "audit=http://127.0.0.1:2"].map(str::to_owned);
        let servers = Servers::new(&servers).ok().unwrap();
        assert_eq!((servers.url("audit"), servers.url("directory")), ("http://127.0.0.1:2", "http://127.0.0.1:1"));
    }
}
