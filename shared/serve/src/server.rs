//! The gRPC server every service runs in: its calls, grpc.health.v1, reflection, and an end that lets calls under way finish.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};
use tonic::server::NamedService;
use tonic::service::RoutesBuilder;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// Longest a stopping server waits for calls under way.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);
/// Longest a single call may take before its answer begins.
const CALL_MAX: Duration = Duration::from_secs(30);
/// Calls under way on one connection.
const CALLS_A_CONNECTION_MAX: usize = 1024;

/// A server in the making.
#[derive(Debug)]
pub struct Server {
    routes: RoutesBuilder,
    health: HealthReporter,
    names: Vec<&'static str>,
}

/// Why a server ended other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Reflection could not be built from the descriptors.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("the server ended: {0}")]
    Transport(#[from] tonic::transport::Error),
}

impl Server {
    /// A server with health and reflection and no calls yet.
    pub fn new() -> Result<Self, ServerError> {
        let (health, health_service) = tonic_health::server::health_reporter();
        let describe = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(api::DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let mut routes = RoutesBuilder::default();
        routes.add_service(health_service);
        // Clients in the field ask for either version.
        routes.add_service(describe().build_v1()?);
        routes.add_service(describe().build_v1alpha()?);
        Ok(Self { routes, health, names: Vec::new() })
    }

    /// Adds a service. It counts as not serving until [`Server::health`] says otherwise.
    pub fn add<S>(&mut self, service: S)
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.names.push(S::NAME);
        self.routes.add_service(service);
    }

    /// Full names of the services added so far.
    pub fn names(&self) -> Vec<&'static str> {
        self.names.clone()
    }

    /// Where services are reported as serving or not.
    pub fn health(&self) -> Health {
        Health { reporter: self.health.clone(), names: self.names.clone() }
    }

    /// Serves on `listener` until `stop` is done, then lets calls under way finish for at most [`DRAIN_MAX`].
    pub async fn run(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) -> Result<(), ServerError> {
        let health = self.health();
        let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
        // Set on each connection: the builder's own setting is not applied to a listener that is given. Without it an answer waits up
        // to 40 ms for the caller's acknowledgement of the one before.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = tonic::transport::Server::builder()
            .timeout(CALL_MAX)
            .concurrency_limit_per_connection(CALLS_A_CONNECTION_MAX)
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .add_routes(self.routes.routes())
            .serve_with_incoming_shutdown(incoming, async move {
                stop.await;
                health.set(false).await;
                let _ = stopping.send(());
            });
        let drained = async {
            // An error means that the server is gone already.
            let _ = stopped.await;
            #[expect(clippy::disallowed_methods, reason = "the bound on draining is a time")]
            tokio::time::sleep(DRAIN_MAX).await;
        };
        tokio::select! {
            ended = server => ended.map_err(ServerError::Transport),
            () = drained => {
                tracing::warn!(drain_max_s = DRAIN_MAX.as_secs(), "calls were cut off at the end of the drain");
                Ok(())
            }
        }
    }
}

/// Reports services as serving or not, for grpc.health.v1.
#[derive(Debug, Clone)]
pub struct Health {
    reporter: HealthReporter,
    names: Vec<&'static str>,
}

impl Health {
    /// Reports every service of the server, and the server itself.
    pub async fn set(&self, serving: bool) {
        let status = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        for name in self.names.iter().copied().chain([""]) {
            self.reporter.set_service_status(name, status).await;
        }
    }

    /// Reports one service, and leaves the others.
    pub async fn set_one(&self, name: &'static str, serving: bool) {
        let status = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.reporter.set_service_status(name, status).await;
    }
}
