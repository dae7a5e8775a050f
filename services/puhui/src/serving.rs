//! Runs services: every one in this process, or one of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use event_log::{EventLog, Log};
use registrar::{Registrar, Rules};
use serve::reference::{self, SchemeTables};
use serve::{CommandDesk, Metrics, Server, clock};
use tokio::net::TcpListener;

use crate::args::{Serve, Service};
use crate::client::Failure;

/// Pause between two looks whether the log can be reached.
const LOG_WATCH_PAUSE: Duration = Duration::from_secs(2);

/// Longest a stopping process waits for the directory's rows to be written.
const ROWS_WRITTEN_MAX: Duration = Duration::from_secs(5);
/// Full name of the directory's service.
const DIRECTORY: &str = "puhui.directory.v1.DirectoryService";

/// A running set of services.
pub(crate) struct Running {
    pub(crate) address: std::net::SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<Result<(), serve::ServerError>>,
    directory: Option<directory::Started>,
}

impl Running {
    /// Asks the services to end, and waits until they have.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        if let Some(directory) = &self.directory {
            directory.drain();
        }
        if let Some(stop) = self.stop.take() {
            // The server may be gone already, and then its end says why.
            let _ = stop.send(());
        }
        let ended = self.ended().await;
        if let Some(directory) = &self.directory {
            // What is not written now would only be replayed at the next start, so this wait is bounded.
            if tokio::time::timeout(ROWS_WRITTEN_MAX, directory.stop()).await.is_err() {
                tracing::warn!(
                    "the directory's last rows were not written in time; they are replayed at the next start"
                );
            }
        }
        ended
    }

    /// Waits until the services end by themselves.
    pub(crate) async fn ended(&mut self) -> Result<(), Failure> {
        match (&mut self.ended).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::unavailable(error.to_string())),
            Err(error) => Err(Failure::unavailable(error.to_string())),
        }
    }
}

/// Prints a line for whoever started the services. They go on whether it is read or not.
fn tell(line: &str) {
    let _ = crate::json::say(line);
}

/// Runs until a signal to stop.
pub(crate) async fn run(serve: Serve) -> Result<(), Failure> {
    let mut running = start(&serve).await?;
    tell(&format!("puhui {:?} listening on http://{}", serve.services, running.address));
    tokio::select! {
        ended = running.ended() => return ended,
        () = stop_signal() => {}
    }
    tracing::info!("stopping: calls under way may finish");
    running.stop().await
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be waited for");
                std::future::pending().await
            }
        };
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

pub(crate) fn file(path: Option<&Path>, carried: &str) -> Result<String, Failure> {
    match path {
        None => Ok(carried.to_owned()),
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
        }
    }
}

/// Starts the services and returns once they answer.
pub(crate) async fn start(serve: &Serve) -> Result<Running, Failure> {
    let scheme = file(serve.scheme.as_deref(), reference::YANGZHOU_SCHEME)?;
    let tables = reference::scheme(&scheme).map_err(|error| Failure::usage(format!("--scheme: {error}")))?;
    let days = file(serve.statutory_days.as_deref(), reference::STATUTORY_DAYS)?;
    let calendar = reference::calendar(&days).map_err(|error| Failure::usage(format!("--statutory-days: {error}")))?;
    let divisions = reference::divisions();
    let listener = TcpListener::bind(serve.listen).await;
    let listener = listener.map_err(|error| Failure::unavailable(format!("{}: {error}", serve.listen)))?;
    let address = listener.local_addr()?;
    let log = crate::log::open_for_serving(serve).await?;
    let mut server = Server::new().map_err(|error| Failure::unavailable(error.to_string()))?;
    let runs = |service| serve.services.contains(&Service::All) || serve.services.contains(&service);
    let SchemeTables { scheme, statistical_classes } = tables;
    let rules = Rules { scheme: scheme.clone(), calendar, divisions: divisions.clone() };
    let metrics = Metrics::new();
    if let Some(warning) = log.warning() {
        tracing::warn!(warning, "the log may lose acknowledged commits when a machine loses power, as was accepted");
        metrics.warn(warning);
    }
    if let Some(warning) = log.open_to_anybody() {
        tracing::warn!(warning, "whoever reaches the log can write to it");
        metrics.advise(warning);
    }
    let desk = CommandDesk::new(Arc::new(Registrar::new(log.clone(), Arc::new(rules))), metrics.clone());
    if runs(Service::Certification) {
        server.add(certification::service(desk.clone()));
    }
    if runs(Service::Pledge) {
        server.add(pledge::service(desk.clone()));
    }
    if runs(Service::Signage) {
        server.add(signage::service(desk));
    }
    if runs(Service::Audit) {
        server.add(audit::service(log.clone()));
    }
    let on_log = server.names();
    let watched = log.clone();
    let names = Arc::new(directory::Names { divisions, scheme, statistical_classes });
    let directory = if runs(Service::Directory) {
        let folder = serve.place.data.join("directory");
        std::fs::create_dir_all(&folder)?;
        let started = directory::start(log, &folder, names, clock::now);
        let started = started.map_err(|error| Failure::unavailable(error.to_string()))?;
        server.add(started.service());
        server.add(started.maintenance());
        Some(started)
    } else {
        None
    };
    let health = server.health();
    health.set(true).await;
    if let Some(directory) = directory.clone() {
        // Before the first call is taken: a directory that is behind is never reported as serving.
        let whole = directory.progress().borrow().health.serves();
        health.set_one(DIRECTORY, whole).await;
        tokio::spawn(watch_directory(directory, health.clone(), metrics.clone()));
    }
    tokio::spawn(watch_log(watched, health, on_log, metrics.clone()));
    if let Some(address) = serve.metrics {
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| Failure::unavailable(format!("--metrics {address}: {error}")))?;
        tell(&format!("metrics at http://{}/metrics", listener.local_addr()?));
        tokio::spawn(metrics.serve(listener));
    }
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let ended = tokio::spawn(server.run(listener, async {
        // A dropped sender stops the server as a sent word does.
        let _ = stopped.await;
    }));
    Ok(Running { address, stop: Some(stop), ended, directory })
}

/// Reports the services that need the log for every call as serving only while it can be reached.
async fn watch_log(log: Log, health: serve::Health, names: Vec<&'static str>, metrics: Metrics) {
    let mut last = true;
    loop {
        #[expect(clippy::disallowed_methods, reason = "the log is asked now and then")]
        tokio::time::sleep(LOG_WATCH_PAUSE).await;
        let head = log.head().await;
        let reachable = head.is_ok();
        metrics.log_is(head.ok().map(|head| head.0));
        if reachable != last {
            tracing::warn!(reachable, "the log can be reached, or not any more");
            for name in &names {
                health.set_one(name, reachable).await;
            }
            last = reachable;
        }
    }
}

/// Reports the directory as serving only while its answers are whole.
async fn watch_directory(directory: directory::Started, health: serve::Health, metrics: Metrics) {
    let mut progress = directory.progress();
    let mut last = None;
    loop {
        let (serves, position) = {
            let progress = progress.borrow_and_update();
            (progress.health.serves(), progress.cursor.0)
        };
        metrics.directory_is(serves, position);
        if last != Some(serves) {
            health.set_one(DIRECTORY, serves).await;
            last = Some(serves);
        }
        if progress.changed().await.is_err() {
            health.set_one(DIRECTORY, false).await;
            return;
        }
    }
}

/// Prints every row of a directory that is not running.
pub(crate) fn dump(folder: &Path) -> Result<(), Failure> {
    let rows = directory::dump(&folder.join("directory")).map_err(|error| Failure::unavailable(error.to_string()))?;
    for (key, value) in rows {
        crate::json::say(&format!("{} {}", serve::hex(&key), serve::hex(&value)))?;
    }
    Ok(())
}
