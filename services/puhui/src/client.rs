//! Connections to the services, and what their answers mean for the exit code.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use event_log::LogError;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::host::host_and_port;

/// Longest wait for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Refused or not found.
    No,
    /// The words of the command line, or a file named there.
    Usage,
    /// Unavailable, or the outcome is unknown.
    Away,
    /// Nobody reads the answers any more, as in `puhui replay | head`.
    Enough,
}

impl Failure {
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { kind: Kind::No, message: message.into() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into() }
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self { kind: Kind::Away, message: message.into() }
    }

    /// Whoever read the output has seen enough: an end, and not an error.
    pub(crate) fn enough() -> Self {
        Self { kind: Kind::Enough, message: String::new() }
    }

    /// The same, with what to do about it.
    pub(crate) fn and(mut self, advice: &str) -> Self {
        self.message = format!("{};{advice}", self.message);
        self
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Enough => 0,
            Kind::No => 1,
            Kind::Usage => 2,
            Kind::Away => 3,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let reason = status.get_details_error_info().map(|info| format!("{}: ", info.reason));
        let message = match reason {
            Some(reason) => format!("{reason}{}", status.message()),
            // Every word of a server has a reason: this is what a broken connection leaves.
            None if std::error::Error::source(&status).is_some() => {
                format!("连接中断 / the connection broke: {}", status.message())
            }
            None => status.message().to_owned(),
        };
        // Whoever may try again later is told when.
        let waiting_helps = status.get_details_retry_info().is_some();
        match status.code() {
            Code::FailedPrecondition
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::Unauthenticated
            // What cannot be read now will not be read later.
            | Code::DataLoss => Self::refused(message),
            // REVISION_MISMATCH and COMMIT_TOO_LARGE stay so however long one waits; CONTENDED and BUSY do not.
            Code::Aborted | Code::ResourceExhausted if !waiting_helps => Self::refused(message),
            Code::InvalidArgument | Code::OutOfRange | Code::Unimplemented => Self::usage(message),
            _ => Self::unavailable(message),
        }
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unsafe(_)
            | LogError::Shorter(_)
            | LogError::Missing(_)
            | LogError::Exists(_)
            | LogError::NotOpened(_)
            | LogError::OpenedAsAnother { .. } => Self::usage(error.to_string()),
            LogError::Undecodable { .. } | LogError::Misplaced { .. } | LogError::Gap { .. } | LogError::Damaged(_) => {
                Self::refused(error.to_string())
            }
            LogError::Unavailable(_) => Self::unavailable(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::unavailable(error.to_string())
    }
}

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
                    return Err(Failure::usage(format!("--server: no service is called {name}; one of {SERVICES:?}")));
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
            .map_err(|error| Failure::usage(format!("--server {url}: {error}")))?
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
    use tonic_types::{ErrorDetails, RetryInfo};

    use super::*;

    fn code(code: Code, waiting_helps: bool) -> u8 {
        let mut details = ErrorDetails::with_error_info("REASON", "puhui", HashMap::new());
        if waiting_helps {
            details.set_retry_info(Some(Duration::from_millis(200)));
        }
        assert_eq!(details.retry_info().is_some_and(|info: &RetryInfo| info.retry_delay.is_some()), waiting_helps);
        Failure::from(Status::with_error_details(code, "an error", details)).exit_code()
    }

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

    #[test]
    fn three_is_for_what_waiting_may_mend_or_what_is_unknown() {
        for refused in
            [Code::FailedPrecondition, Code::NotFound, Code::Aborted, Code::ResourceExhausted, Code::DataLoss]
        {
            assert_eq!(code(refused, false), 1, "{refused:?}");
        }
        for wrong in [Code::InvalidArgument, Code::OutOfRange, Code::Unimplemented] {
            assert_eq!(code(wrong, false), 2, "{wrong:?}");
        }
        for again in [Code::Aborted, Code::ResourceExhausted, Code::Unavailable] {
            assert_eq!(code(again, true), 3, "{again:?}");
        }
        for unknown in [Code::Unknown, Code::DeadlineExceeded, Code::Cancelled] {
            assert_eq!(code(unknown, false), 3, "{unknown:?}");
        }
    }

    #[test]
    fn what_no_restart_mends_are_codes_of_the_program_in_the_unit() {
        let unit = include_str!("../../../deploy/systemd/puhui.service");
        let codes = (Failure::refused("").exit_code(), Failure::usage("").exit_code());
        let wanted = format!("RestartPreventExitStatus={} {}", codes.0, codes.1);
        assert!(unit.lines().any(|line| line == wanted), "the unit has no line {wanted}");
        assert_eq!(unit.matches("RestartPreventExitStatus=").count(), 1);
    }
}
