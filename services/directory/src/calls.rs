//! The calls, a file each: read the fields of the request, wait for the rows, ask, and tell.

mod codes;
pub(crate) mod directory;
pub(crate) mod feed;
mod fields;
pub(crate) mod fresh;
mod get_flows;
mod get_provider;
mod get_statistics;
pub(crate) mod history;
mod list_changes;
mod list_providers;
mod list_tasks;
pub(crate) mod places;
pub(crate) mod record;
pub(crate) mod rows;
pub(crate) mod service;
mod then;
pub(crate) mod token;
mod verify_plaque;
mod watch;
mod watcher;
pub(crate) mod whole;

#[cfg(test)]
pub(crate) mod tests;

use std::pin::Pin;

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use futures_util::Stream;
use tonic::{Request, Response, Status as Answer};

use directory::Directory;
use places::Caller;

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn get_provider(
        &self,
        request: Request<v1::GetProviderRequest>,
    ) -> Result<Response<v1::GetProviderResponse>, Answer> {
        get_provider::answer(self, Caller::of(&request), &request.into_inner()).await?.decoded().map(Response::new)
    }

    async fn list_providers(
        &self,
        request: Request<v1::ListProvidersRequest>,
    ) -> Result<Response<v1::ListProvidersResponse>, Answer> {
        list_providers::answer(self, Caller::of(&request), &request.into_inner()).await?.decoded().map(Response::new)
    }

    async fn verify_plaque(
        &self,
        request: Request<v1::VerifyPlaqueRequest>,
    ) -> Result<Response<v1::VerifyPlaqueResponse>, Answer> {
        verify_plaque::answer(self, Caller::of(&request), &request.into_inner()).await.map(Response::new)
    }

    async fn list_changes(
        &self,
        request: Request<v1::ListChangesRequest>,
    ) -> Result<Response<v1::ListChangesResponse>, Answer> {
        list_changes::answer(self, Caller::of(&request), &request.into_inner()).await.map(Response::new)
    }

    type WatchStream = Pin<Box<dyn Stream<Item = Result<v1::WatchResponse, Answer>> + Send>>;

    async fn watch(&self, request: Request<v1::WatchRequest>) -> Result<Response<Self::WatchStream>, Answer> {
        Ok(Response::new(Box::pin(watch::answer(self, &request.into_inner()).await?)))
    }

    async fn list_tasks(
        &self,
        request: Request<v1::ListTasksRequest>,
    ) -> Result<Response<v1::ListTasksResponse>, Answer> {
        list_tasks::answer(self, Caller::of(&request), &request.into_inner()).await.map(Response::new)
    }

    async fn get_flows(&self, request: Request<v1::GetFlowsRequest>) -> Result<Response<v1::GetFlowsResponse>, Answer> {
        get_flows::answer(self, Caller::of(&request), &request.into_inner()).await.map(Response::new)
    }

    async fn get_statistics(
        &self,
        request: Request<v1::GetStatisticsRequest>,
    ) -> Result<Response<v1::GetStatisticsResponse>, Answer> {
        get_statistics::answer(self, Caller::of(&request), &request.into_inner()).await.map(Response::new)
    }
}
