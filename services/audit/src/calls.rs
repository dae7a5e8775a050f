//! The calls as a server runs them: those the .proto file gives, of which replays are answered with what is stored, undecoded.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use api::audit::v1;
use api::audit::v1::audit_service_server::AuditServiceServer;
use event_log::StoredLog;
use serve::REQUEST_BYTES_MAX;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{Grpc, NamedService, ServerStreamingService};
use tonic::{Request, Response, Status};

use crate::audit::{Answers, Audit};
use crate::replay::Answer;

/// The path of the call that replays.
const REPLAY_PATH: &str = "/puhui.audit.v1.AuditService/Replay";

/// The audit's calls, of which replays are answered with what is stored.
#[derive(Debug)]
pub struct Calls<L> {
    audit: Audit<L>,
    others: AuditServiceServer<Audit<L>>,
}

impl<L: Clone> Clone for Calls<L> {
    fn clone(&self) -> Self {
        Self { audit: self.audit.clone(), others: self.others.clone() }
    }
}

impl<L: StoredLog + Clone> Calls<L> {
    pub(crate) fn new(audit: Audit<L>) -> Self {
        let others = AuditServiceServer::new(audit.clone()).max_decoding_message_size(REQUEST_BYTES_MAX);
        Self { audit, others }
    }
}

impl<L> NamedService for Calls<L> {
    const NAME: &'static str = <AuditServiceServer<Audit<L>> as NamedService>::NAME;
}

type Answering<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// The one call.
struct Replay<L>(Audit<L>);

impl<L: StoredLog + Clone> ServerStreamingService<v1::ReplayRequest> for Replay<L> {
    type Response = Answer;
    type ResponseStream = Answers;
    type Future = Answering<Response<Answers>, Status>;

    fn call(&mut self, request: Request<v1::ReplayRequest>) -> Self::Future {
        let audit = self.0.clone();
        Box::pin(async move { audit.answers(request).await.map(Response::new) })
    }
}

impl<L: StoredLog + Clone> tonic::codegen::Service<http::Request<Body>> for Calls<L> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if request.uri().path() != REPLAY_PATH {
            return tonic::codegen::Service::call(&mut self.others, request);
        }
        let replay = Replay(self.audit.clone());
        Box::pin(async move {
            let codec = api::Codec::<Answer, v1::ReplayRequest>::default();
            let mut grpc = Grpc::new(codec).max_decoding_message_size(REQUEST_BYTES_MAX);
            Ok(grpc.server_streaming(replay, request).await)
        })
    }
}
