//! The calls as a server runs them: those the .proto file gives, of which lists are answered in their encoded form.

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
use super::list_providers;
use super::places::Caller;
use crate::tell::page::Page;

/// The directory's calls, of which lists are answered in their encoded form.
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

type Answering<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// The one call.
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

impl tonic::codegen::Service<http::Request<Body>> for Calls {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if request.uri().path() != LIST_PATH {
            return tonic::codegen::Service::call(&mut self.others, request);
        }
        let list = List(Arc::clone(&self.directory));
        Box::pin(async move {
            let codec = ProstCodec::<Page, v1::ListProvidersRequest>::default();
            let mut grpc = Grpc::new(codec).max_decoding_message_size(REQUEST_BYTES_MAX);
            Ok(grpc.unary(list, request).await)
        })
    }
}
