//! What call and door tell alike: whether a call was a command, and an answer that is an error and nothing else.

use api::certification::v1::certification_service_server;
use api::pledge::v1::pledge_service_server;
use api::signage::v1::signage_service_server;
use axum::body::Body;
use axum::http::Response;
use tonic::Status;

use crate::status;

/// The services whose calls are commands.
const COMMANDS: [&str; 3] = [
    certification_service_server::SERVICE_NAME,
    pledge_service_server::SERVICE_NAME,
    signage_service_server::SERVICE_NAME,
];

/// Whether a call is of one of the services that take commands, and those alone.
pub(crate) fn is_command(path: &str) -> bool {
    let service = path.strip_prefix('/').and_then(|path| path.split_once('/')).map(|(service, _)| service);
    service.is_some_and(|service| COMMANDS.contains(&service))
}

/// An answer that is an error and nothing else.
pub(crate) fn failed(status: &Status) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.headers_mut() = status::trailers(status);
    answer.headers_mut().insert(axum::http::header::CONTENT_TYPE, GRPC);
    answer
}

const GRPC: axum::http::HeaderValue = axum::http::HeaderValue::from_static("application/grpc");
