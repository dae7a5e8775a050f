//! Runs services: every one in this process, or one of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use event_log::Log;
use futures_util::future::BoxFuture;
use registrar::{ClockGuard, Registrar};
use serve::{Bounds, CommandDesk, Metrics, Proxies, Server, clock};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::args::{Serve, Service};
use crate::client::Failure;
use crate::data;
use crate::listening;
use crate::request_key;
use crate::rules::{Beginning, example, followed_names, tables_of};
use crate::signals::Signals;

/// Longest a stopping process waits for the directory's rows to be written.
const ROWS_WRITTEN_MAX: Duration = Duration::from_secs(5);
/// Longest it waits for the log to be closed.
const LOG_CLOSED_MAX: Duration = Duration::from_secs(2);

/// A running set of services.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<()>,
    directory: Option<directory::Started>,
    keeping: crate::log::Keeping,
    /// Held for as long as they run.
    _key: Option<request_key::Kept>,
    /// What goes on for as long as they run, and has the log.
    beside: JoinSet<()>,
    closed: BoxFuture<'static, ()>,
}

impl Running {
    /// Asks the services to end, and waits until they have and the log is closed.
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
        self.keeping.end().await;
        drop(self.directory);
        self.beside.shutdown().await;
        if tokio::time::timeout(LOG_CLOSED_MAX, self.closed).await.is_err() {
            tracing::debug!("somebody still reads the log");
        }
        ended
    }

    /// Waits until the services end by themselves.
    pub(crate) async fn ended(&mut self) -> Result<(), Failure> {
        (&mut self.ended).await.map_err(|error| Failure::unavailable(error.to_string()))
    }
}

/// Prints a line for whoever started the services. They go on whether it is read or not.
fn tell(line: &str) {
    let _ = crate::json::say(line);
}

/// Runs until a signal to stop.
pub(crate) async fn run(serve: Serve) -> Result<(), Failure> {
    // Before anybody is told that it runs, and may ask it to end.
    let mut signals = Signals::new()?;
    let mut running = start(&serve).await?;
    tell(&format!("puhui {:?} listening on http://{}", serve.services, running.address));
    tokio::select! {
        ended = running.ended() => return ended,
        _ = signals.received() => {}
    }
    tracing::info!("stopping: calls under way may finish");
    running.stop().await
}

/// Starts the services and returns once they answer.
pub(crate) async fn start(serve: &Serve) -> Result<Running, Failure> {
    let (beginning, example) = (Beginning::new(serve.scheme.as_deref())?, example()?);
    // What can never be is told before anything is made or listened on.
    let opening = beginning.opening(&serve.opening)?;
    let runs = |service| serve.services.contains(&Service::All) || serve.services.contains(&service);
    let writes = [Service::Certification, Service::Pledge, Service::Signage, Service::Rules].into_iter().any(runs);
    can_be(serve, writes)?;
    let bounds = bounds(serve);
    let listener = listening::on("--listen", serve.listen)?;
    let address = listener.local_addr()?;
    let metrics_listener = match serve.metrics {
        Some(address) => Some(listening::on("--metrics", address)?),
        None => None,
    };
    let (log, keeping) = opened(serve).await?;
    let (mut server, mut beside) = (Server::new(), JoinSet::new());
    let key = if writes { Some(key(serve, &log).await?) } else { None };
    let metrics = Metrics::new();
    if let Some(warning) = log.warning() {
        tracing::warn!(warning, "the log may lose acknowledged commits when a machine loses power, as was accepted");
        metrics.warn(warning);
    }
    if let Some(warning) = log.open_to_anybody() {
        tracing::warn!(warning, "whoever reaches the log can write to it");
        metrics.advise(warning);
    }
    let guard = ClockGuard::new(serve.place.data.join("clock"), serve.accept_clock);
    let mut registrar = Registrar::following(log.clone()).guarded_by(guard).opening(opening);
    if let Some(key) = &key {
        registrar = registrar.digested_under(key.watch());
    }
    let registrar = Arc::new(registrar);
    if let Some(begins) = beginning.held_against(&registrar, writes, &metrics).await? {
        beside.spawn(begins);
    }
    beside.spawn(follow(Arc::clone(&registrar), metrics.clone()));
    let (on_log, closed) = (log.parts(), Box::pin(log.closed()));
    beside.spawn(metrics.clone().watch(log.clone()));
    let commands = [on_log.clone(), registrar.parts()].concat();
    if let Some(key) = &key {
        let desk = CommandDesk::new(Arc::clone(&registrar), key.key.clone(), metrics.clone());
        if runs(Service::Certification) {
            server.add(certification::service(desk.clone()), &commands);
        }
        if runs(Service::Pledge) {
            server.add(pledge::service(desk.clone()), &commands);
        }
        if runs(Service::Signage) {
            server.add(signage::service(desk.clone()), &commands);
        }
        if runs(Service::Rules) {
            server.add(rules::service(desk, Arc::clone(&registrar), clock::now), &commands);
        }
        registrar.look_at_clock(clock::now).await;
        let registrar = Arc::clone(&registrar);
        beside.spawn(async move { registrar.watch_clock(clock::now).await });
    }
    if runs(Service::Audit) {
        let (rules, example) = (registrar.rules(), example.clone());
        let named = move || tables_of(&rules.borrow(), &example).scheme.bureaus.into_keys().collect();
        server.add(audit::service(log.clone(), audit::Bureaus::followed(named)), &on_log);
    }
    let directory = if runs(Service::Directory) {
        let started = directory(serve, log, followed_names(registrar.rules(), example))?;
        server.add(started.service(), &started.parts());
        // It tells of rows that are not well, and has them built anew.
        server.add(started.maintenance(), &[]);
        beside.spawn(count_positions(started.clone(), metrics.clone()));
        Some(started)
    } else {
        None
    };
    // The log is part of the process, whichever services of it need the log for every call.
    server.needs(&on_log);
    let server = server.ready().map_err(|error| Failure::unavailable(error.to_string()))?;
    if let Some(listener) = metrics_listener {
        tell(&format!("metrics at http://{}/metrics", listener.local_addr()?));
        beside.spawn(metrics.serve(listener, server.parts()));
    }
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let ended = tokio::spawn(server.run(listener, bounds, async {
        // A dropped sender stops the server as a sent word does.
        let _ = stopped.await;
    }));
    Ok(Running { address, stop: Some(stop), ended, directory, keeping, _key: key, beside, closed })
}

/// Opens the rows and keeps them current.
fn directory(
    serve: &Serve,
    log: Log,
    names: watch::Receiver<Arc<directory::Names>>,
) -> Result<directory::Started, Failure> {
    let started = directory::start(log, &serve.place.data.join(data::ROWS), names, clock::now);
    started.map_err(|directory::StartError::Rows(error)| {
        // Whatever else is wrong with rows may pass: they are made anew from the log.
        let failure = match error {
            directory::OpenError::InUse(_) => error.into(),
            other => Failure::unavailable(format!("目录数据暂不能打开 / the rows: {other}")),
        };
        data::explained(&serve.place.data, &[data::ROWS], failure)
    })
}

/// Whether services can ever run as they are told to, as far as that can be seen without beginning anything.
fn can_be(serve: &Serve, writes: bool) -> Result<(), Failure> {
    crate::log::can_be(&serve.place)?;
    crate::log::can_be_served(serve)?;
    if let Some(metrics) = serve.metrics {
        listening::apart(("--listen", serve.listen), ("--metrics", metrics))?;
    }
    if writes { request_key::can_be(&serve.place, makes_key(serve)) } else { Ok(()) }
}

/// Whether a request key is made where there is none, as long as nothing is recorded.
fn makes_key(serve: &Serve) -> bool {
    serve.new_log || serve.place.is_embedded()
}

/// The log, of a data folder in which everything has its place.
async fn opened(serve: &Serve) -> Result<(Log, crate::log::Keeping), Failure> {
    if serve.place.is_embedded() || serve.new_log || serve.replace_log.is_some() {
        data::made(&serve.place.data)?;
    }
    data::log_in_place(&serve.place)?;
    let opened = crate::log::open_for_serving(serve).await;
    opened.map_err(|failure| data::log_explained(&serve.place, failure))
}

/// The request key. It is made where nothing is recorded yet, before anything is: beside a log that holds commits another would know none of
/// them again by their ids.
async fn key(serve: &Serve, log: &Log) -> Result<request_key::Kept, Failure> {
    request_key::of(&serve.place, log, makes_key(serve), serve.accept_request_key.as_deref()).await
}

/// How many connections there may be, by the options and by the files this process may have open.
fn bounds(serve: &Serve) -> Bounds {
    let proxies = Proxies::new(&serve.proxies, serve.proxy_header.clone());
    let mut bounds = Bounds { proxies, ..Bounds::new(serve::take_descriptors()) };
    let number = |option: u32| usize::try_from(option).unwrap_or(usize::MAX);
    if let Some(connections) = serve.connections {
        bounds = bounds.in_all(number(connections));
    }
    if let Some(connections) = serve.connections_per_address {
        bounds = bounds.an_address(number(connections));
    }
    tracing::info!(connections = bounds.connections, "connections at one time, at most");
    bounds
}

/// Keeps the rules current, and tells the metrics for how long working days are known.
async fn follow(registrar: Arc<Registrar<event_log::Log>>, metrics: Metrics) {
    let tell = |now: domain::Instant| {
        metrics.calendar_reaches(registrar.calendar_days_ahead(domain::Day::of(now)));
        now
    };
    registrar.follow_rules(|| tell(clock::now())).await;
}

/// Tells the metrics how far the directory is.
async fn count_positions(directory: directory::Started, metrics: Metrics) {
    let mut progress = directory.progress();
    drop(directory);
    loop {
        metrics.directory_is(progress.borrow_and_update().cursor.0);
        if progress.changed().await.is_err() {
            return;
        }
    }
}
