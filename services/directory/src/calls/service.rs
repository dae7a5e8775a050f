//! The calls as a server runs them: those the .proto file gives, of which lists and records are answered in their encoded form.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryServiceServer;
use serve::REQUEST_BYTES_MAX;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Request, Response, Status as Answer};
use tonic_prost::ProstCodec;

use super::directory::Directory;
use super::places::Caller;
use super::{get_provider, list_providers};
use crate::tell::page::Page;
use crate::tell::record::Record;

/// The directory's calls, of which lists and records are answered in their encoded form.
#[derive(Debug, Clone)]
pub struct Calls {
    directory: Arc<Directory>,
    others: DirectoryServiceServer<Directory>,
}

impl Calls {
    pub(crate) fn new(directory: Directory) -> Self {
        let directory = Arc::new(directory);
        let others = DirectoryServiceServer::from_arc(Arc::clone(&directory));
        Self { directory, others: others.max_decoding_message_size(REQUEST_BYTES_MAX) }
    }
}

impl NamedService for Calls {
    const NAME: &'static str = <DirectoryServiceServer<Directory> as NamedService>::NAME;
}

/// The path of the call that lists.
pub const LIST_PATH: &str = "/puhui.directory.v1.DirectoryService/ListProviders";

/// The path of the call that tells one provider.
const RECORD_PATH: &str = "/puhui.directory.v1.DirectoryService/GetProvider";

type Answering<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// The call that lists.
struct List(Arc<Directory>);

impl UnaryService<v1::ListProvidersRequest> for List {
    type Response = Page;
    type Future = Answering<Response<Page>, Answer>;

    fn call(&mut self, request: Request<v1::ListProvidersRequest>) -> Self::Future {
        let directory = Arc::clone(&self.0);
        Box::pin(async move {
            list_providers::answer(&directory, Caller::of(&request), &request.into_inner()).await.map(Response::new)
        })
    }
}

/// The call that tells one provider.
struct Get(Arc<Directory>);

impl UnaryService<v1::GetProviderRequest> for Get {
    type Response = Record;
    type Future = Answering<Response<Record>, Answer>;

    fn call(&mut self, request: Request<v1::GetProviderRequest>) -> Self::Future {
        let directory = Arc::clone(&self.0);
        Box::pin(async move {
            get_provider::answer(&directory, Caller::of(&request), &request.into_inner()).await.map(Response::new)
        })
    }
}

/// Answers one call by what answers its message.
async fn unary<Q, A>(answers: impl UnaryService<Q, Response = A>, request: http::Request<Body>) -> http::Response<Body>
where
    Q: prost::Message + Default + 'static,
    A: prost::Message + 'static,
{
    Grpc::new(ProstCodec::<A, Q>::default()).max_decoding_message_size(REQUEST_BYTES_MAX).unary(answers, request).await
}

impl tonic::codegen::Service<http::Request<Body>> for Calls {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let directory = Arc::clone(&self.directory);
        match request.uri().path() {
            LIST_PATH => Box::pin(async { Ok(unary(List(directory), request).await) }),
            RECORD_PATH => Box::pin(async { Ok(unary(Get(directory), request).await) }),
            _ => tonic::codegen::Service::call(&mut self.others, request),
        }
    }
}
