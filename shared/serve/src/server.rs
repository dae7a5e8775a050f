//! The gRPC server every service runs in: its calls, health, reflection, and an end that lets calls under way finish.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use parts::Watch;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};
use tonic::server::NamedService;

use crate::call::Grpc;
use crate::door::{Bounds, Door, Protocol};
use crate::health::Parts;
use crate::routes::Services;

/// Longest a stopping server waits for calls under way.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);

/// A server in the making.
#[derive(Debug, Default)]
pub struct Server {
    routes: Services,
    services: Vec<(&'static str, Vec<Watch>)>,
    process: Vec<Watch>,
}

/// Why a server could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Reflection could not be built from the descriptors.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

impl Server {
    /// A server with no calls yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a service and the parts it needs: it is reported as serving while all of them are well.
    pub fn add<S>(&mut self, service: S, needs: &[Watch])
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.services.push((S::NAME, needs.to_vec()));
        self.routes.add(service);
    }

    /// Parts that the process as a whole needs, whichever services do.
    pub fn needs(&mut self, parts: &[Watch]) {
        self.process.extend_from_slice(parts);
    }

    /// The server as it is to run: with health and reflection beside what was added.
    pub fn ready(mut self) -> Result<Ready, ServerError> {
        let (reporter, health) = tonic_health::server::health_reporter();
        let describe = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(api::DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let parts = Parts::new(self.services, self.process);
        self.routes.add(health);
        self.routes.add(parts.service());
        // Clients in the field ask for either version.
        self.routes.add(describe().build_v1()?);
        self.routes.add(describe().build_v1alpha()?);
        Ok(Ready { routes: self.routes, parts, reporter })
    }
}

/// A server that can run.
#[derive(Debug)]
pub struct Ready {
    routes: Services,
    parts: Parts,
    reporter: tonic_health::server::HealthReporter,
}

impl Ready {
    /// The parts its services need, for [`crate::Metrics::serve`].
    pub fn parts(&self) -> Parts {
        self.parts.clone()
    }

    /// Serves on `listener`, within `bounds`, until `stop` is done, then lets calls under way finish for at most [`DRAIN_MAX`].
    pub async fn run(self, listener: TcpListener, bounds: Bounds, stop: impl Future<Output = ()> + Send) {
        let Self { routes, parts, reporter } = self;
        // Before the first call is taken: what is not whole yet is never reported as serving.
        parts.tell(&reporter).await;
        let telling = tokio::spawn(parts.clone().keep_telling(reporter.clone()));
        let stop = async move {
            stop.await;
            telling.abort();
            // Waited for, so that its last word does not come after this one; an error says that it was aborted.
            let _ = telling.await;
            parts.tell_end(&reporter).await;
        };
        let door = Door::new(Grpc::new(Arc::new(routes)), Protocol::Http2, bounds);
        if !door.serve(listener, stop, DRAIN_MAX).await {
            tracing::warn!(drain_max_s = DRAIN_MAX.as_secs(), "calls were cut off at the end of the drain");
        }
    }
}
