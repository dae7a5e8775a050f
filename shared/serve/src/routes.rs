//! The services behind a door, by their names: a call's path is `/SERVICE/CALL`.
//!
//! tonic's own routes hold a pattern for each service and look every path up among them as a web server does, which costs a call as much as
//! deciding on it.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response};
use tonic::Status;
use tonic::codegen::Service;
use tonic::server::NamedService;

use crate::wire::failed;

/// What answers the calls of gRPC.
pub(crate) trait Routed: Clone + Send + Sync + 'static {
    /// One call, answered.
    fn route(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send + 'static;
}

type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// One service.
pub(crate) trait Serves: Send + Sync {
    /// One call of it, which does nothing before it is waited for.
    fn serve(&self, request: Request<Body>) -> Answering;
}

impl<S> Serves for S
where
    S: Service<Request<tonic::body::Body>, Response = Response<tonic::body::Body>, Error = Infallible>
        + Clone
        + Send
        + Sync,
    S::Future: Send + 'static,
{
    fn serve(&self, request: Request<Body>) -> Answering {
        // Services of gRPC are always ready.
        let answering = self.clone().call(request.map(tonic::body::Body::new));
        Box::pin(async move {
            let Ok(answer) = answering.await;
            answer.map(Body::new)
        })
    }
}

/// The services of one server.
#[derive(Default)]
pub(crate) struct Services(Vec<(&'static str, Box<dyn Serves>)>);

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Services {
    /// One more.
    pub(crate) fn add<S: Serves + NamedService + 'static>(&mut self, service: S) {
        self.0.push((S::NAME, Box::new(service)));
    }
}

impl Routed for Arc<Services> {
    fn route(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send + 'static {
        let service = request.uri().path().strip_prefix('/').and_then(|path| path.split_once('/'));
        let service = service.and_then(|(name, _)| self.0.iter().find(|(known, _)| *known == name));
        let answering = service.map(|(_, service)| service.serve(request));
        async move {
            match answering {
                Some(answering) => answering.await,
                // Told in words by who knows the table.
                None => failed(&Status::unimplemented("")),
            }
        }
    }
}

/// For tests of the door, which need no service.
#[cfg(test)]
impl Routed for axum::Router {
    fn route(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send + 'static {
        let answering = self.clone().call(request);
        async move {
            let Ok(answer) = answering.await;
            answer
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(routes: &Arc<Services>, path: &str) -> Option<tonic::Code> {
        let answer = routes.route(Request::post(path).body(Body::empty()).unwrap()).await;
        Status::from_header_map(answer.headers()).map(|status| status.code())
    }

    #[tokio::test]
    async fn a_call_is_answered_by_the_service_it_names_and_no_other() {
        let mut services = Services::default();
        let (_reporter, health) = tonic_health::server::health_reporter();
        services.add(health);
        let routes = Arc::new(services);
        assert_eq!(format!("{routes:?}"), r#"["grpc.health.v1.Health"]"#);
        // The service itself: a call without a message is no call of it.
        assert_ne!(asked(&routes, "/grpc.health.v1.Health/Check").await, Some(tonic::Code::Unimplemented));
        for other in
            ["/", "/grpc.health.v1.Health", "/grpc.health.v1.Healt/Check", "/grpc.health.v1.Health2/Check", "/nope/X"]
        {
            assert_eq!(asked(&routes, other).await, Some(tonic::Code::Unimplemented), "{other}");
        }
    }
}
