//! What the door and a call both have to know of gRPC: which calls are commands, and an answer that is an error.

use api::certification::v1::certification_service_server;
use api::pledge::v1::pledge_service_server;
use api::rules::v1::rules_service_server;
use api::signage::v1::signage_service_server;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use tonic::Status;

use crate::status;

/// The services whose calls are commands.
const COMMANDS: [&str; 3] = [
    certification_service_server::SERVICE_NAME,
    pledge_service_server::SERVICE_NAME,
    signage_service_server::SERVICE_NAME,
];

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

/// What the commands among the calls of the rules service begin with; the others are questions.
const OF_RULES: &str = "Adopt";

/// Whether a call is a command: of one of the services that take those alone, or one that adopts rules.
pub(crate) fn is_command(path: &str) -> bool {
    let call_of = |service: &str| path.strip_prefix('/')?.strip_prefix(service)?.strip_prefix('/');
    COMMANDS.iter().any(|service| call_of(service).is_some())
        || call_of(rules_service_server::SERVICE_NAME).is_some_and(|call| call.starts_with(OF_RULES))
}

/// What a call costs who has to do without its answer; the later may be ended only with more reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It stays, to tell what changes or to describe the services: whoever asked asks again, and goes on from where it was.
    Stays,
    /// It is answered and writes nothing.
    Question,
    /// Its answer says what was recorded.
    Command,
}

/// What the path of a call says of it, read once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    /// It waits for what is not there yet: those of the directory and of health that tell what changes.
    pub(crate) watches: bool,
    /// It describes the services.
    pub(crate) describes: bool,
    /// It is a question that is answered from the log or from rows: it may wait for either, as health never does.
    pub(crate) asks: bool,
}

impl Call {
    pub(crate) fn of(path: &str) -> Self {
        if is_command(path) {
            return Self { kind: Kind::Command, watches: false, describes: false, asks: false };
        }
        let (watches, describes) = (path.ends_with("/Watch"), path.starts_with("/grpc.reflection."));
        let kind = if watches || describes { Kind::Stays } else { Kind::Question };
        let asks = path.strip_prefix("/puhui.").is_some_and(|rest| !rest.starts_with("health."));
        Self { kind, watches, describes, asks }
    }
}

/// An answer that is an error and nothing else.
pub(crate) fn failed(status: &Status) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.headers_mut() = status::trailers(status);
    answer.headers_mut().insert(header::CONTENT_TYPE, GRPC);
    answer
}
