//! Whether the servers that keep the NATS stream sync before they acknowledge, and still store, as their monitoring says.
//!
//! A NATS server's default is to sync every two minutes and to acknowledge before that: a machine that stops loses commits which
//! somebody was told are kept. Clients are not told the setting, so it is asked of `/varz`: before anything is written, and again while a
//! service runs, for a server may be started with another.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::stream::{Info, Stream};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::config::JetStreamConfig;
use super::confirmed::Number;
use super::room::{self, Look, Seen};
use super::standing::Standing;
use super::storing;
use super::waiting::Waiting;
use crate::error::LogError;

/// Port where a server's monitoring is by convention.
const MONITOR_PORT: u16 = 8222;
/// Longest wait for a server's monitoring.
const MONITOR_MAX: Duration = Duration::from_secs(3);
/// Pause between two looks at whether the connection is another.
const GLANCE_PAUSE: Duration = Duration::from_millis(100);
/// Glances between two times that the servers are asked over one connection, half a minute: one of a cluster may be started anew without it.
const GLANCES: u32 = 300;
/// The same after an answer that leaves the setting unread, a second.
const GLANCES_UNREAD: u32 = 10;
/// The same while commits are not answered, or were not stored: the servers' monitoring says why.
const GLANCES_TROUBLED: u32 = 10;
/// Answers over a new connection that leave the setting unread, before nothing more is written: a server that starts may not say yet.
const UNREAD_MAX: u32 = 3;

/// What `/varz` says of a server, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Varz {
    server_id: String,
    server_name: String,
    /// Whether clients must say who they are.
    #[serde(default)]
    auth_required: bool,
    /// Whether they must prove it with a certificate.
    #[serde(default)]
    tls_verify: bool,
    #[serde(default)]
    jetstream: Option<JetStreamVars>,
    /// Why it stores nothing more of the log: `/healthz` says it.
    #[serde(skip)]
    write_error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct JetStreamVars {
    config: Option<JetStreamSettings>,
    stats: Option<JetStreamStats>,
}

#[derive(Debug, Deserialize)]
struct JetStreamStats {
    /// Bytes.
    storage: u64,
}

#[derive(Debug, Deserialize)]
struct JetStreamSettings {
    #[serde(default)]
    sync_always: bool,
    /// Nanoseconds.
    #[serde(default)]
    sync_interval: u64,
    /// Bytes.
    max_storage: Option<u64>,
}

impl Varz {
    /// Bytes it has stored, and bytes it may.
    fn usage(&self) -> Option<(u64, u64)> {
        let jetstream = self.jetstream.as_ref()?;
        Some((jetstream.stats.as_ref()?.storage, jetstream.config.as_ref()?.max_storage?))
    }
}

/// What the servers' monitoring says of the log they keep.
pub(super) struct Told {
    /// Why acknowledged commits may be lost when a machine loses power; `None` when enough copies are known to be synced.
    pub(super) loss: Option<String>,
    /// Whether that is only because too few servers said anything.
    pub(super) is_unread: bool,
    /// Why anybody who reaches a server can write to the log; `None` where every server that answers asks who it is.
    pub(super) open: Option<String>,
    /// Why nothing is stored any more.
    pub(super) refused: Option<String>,
    /// Whether the servers that keep the log may store more.
    pub(super) room: Seen,
}

/// What the monitoring of every server says, of this NATS stream among it, and which of them say nothing.
async fn answers(config: &JetStreamConfig, nats_stream: &str) -> (Vec<Varz>, Vec<String>) {
    let mut answers = Vec::new();
    let mut silent = Vec::new();
    for monitor in monitors(config) {
        match tokio::time::timeout(MONITOR_MAX, ask(&monitor, nats_stream)).await {
            Ok(Ok(server)) => answers.push(server),
            Ok(Err(why)) => silent.push(format!("{monitor}: {why}")),
            Err(_) => silent.push(format!("{monitor}: no answer")),
        }
    }
    (answers, silent)
}

/// Why acknowledged commits may be lost by a log that is about to be made, as [`ask_all`] will say of it once it is there; and whether that is
/// only because too few servers said anything.
pub(super) async fn ask_before(client: &Client, config: &JetStreamConfig) -> (Option<String>, bool) {
    // There is nothing yet that it could store.
    let (answers, silent) = answers(config, "").await;
    let info = client.server_info();
    // On which servers of a cluster it will be kept is not known yet: it may be any of those that answer, and others.
    let mut holders: Vec<&str> = Vec::new();
    if info.cluster.is_some() {
        holders.extend(answers.iter().map(|server| server.server_name.as_str()));
        holders.resize(holders.len().max(config.replicas), "another");
    }
    let loss = judge(&info.server_id, &holders, &answers, &silent);
    let is_unread = matches!(loss, Some(Loss::Unread(_)));
    (loss.map(Loss::into_why), is_unread)
}

/// Asks every server's monitoring.
pub(super) async fn ask_all(client: &Client, config: &JetStreamConfig, info: &Info) -> Told {
    let (answers, silent) = answers(config, &info.config.name).await;
    // A server that stands alone is known by its id; those of a cluster that hold a copy are named by the NATS stream.
    let own = client.server_info().server_id;
    let holders: Vec<&str> = info.cluster.as_ref().map_or_else(Vec::new, |cluster| {
        cluster.leader.iter().chain(cluster.replicas.iter().map(|peer| &peer.name)).map(String::as_str).collect()
    });
    // The server that was connected to says of itself whether it asks.
    let own_asks = client.server_info().auth_required || answers.iter().any(|server| server.server_id == own);
    let loss = judge(&own, &holders, &answers, &silent);
    let is_unread = matches!(loss, Some(Loss::Unread(_)));
    let keeping = || answers.iter().filter(|server| holds(server, &own, &holders));
    let usages: Vec<_> = keeping().map(|server| (&*server.server_name, server.usage())).collect();
    let room = room::of_servers(&usages);
    let failed: Vec<_> =
        keeping().filter_map(|server| Some((&*server.server_name, server.write_error.as_deref()?))).collect();
    let refused = storing::judge(holders.len().max(1), &failed);
    Told { loss: loss.map(Loss::into_why), is_unread, open: open_to_anybody(&answers, own_asks), refused, room }
}

/// Asks the servers' monitoring while the log is open.
pub(super) struct Monitoring {
    pub(super) client: Client,
    pub(super) config: JetStreamConfig,
    pub(super) nats_stream: Arc<Stream>,
    pub(super) standing: Arc<Standing>,
    /// Tells when nobody holds the log any more.
    pub(super) queue: mpsc::WeakSender<Waiting>,
}

impl Monitoring {
    /// Asks over each new connection, and now and then, until nobody holds the log any more. A task of its own: an answer may take seconds,
    /// and no other look waits for it. `over` is the connection over which the setting was read last.
    pub(super) async fn run(self, over: Number) {
        let (mut read_over, mut asked_over, mut unread, mut pause) = (over, over, 0_u32, GLANCES);
        loop {
            for glance in 1..=pause {
                #[expect(clippy::disallowed_methods, reason = "a server tells nobody how it was started")]
                tokio::time::sleep(GLANCE_PAUSE).await;
                if self.queue.upgrade().is_none() {
                    return;
                }
                if self.standing.connection() != asked_over {
                    unread = 0;
                    break;
                }
                if glance >= GLANCES_TROUBLED && self.standing.is_troubled() {
                    break;
                }
            }
            asked_over = self.standing.connection();
            // A server that does not answer for the NATS stream is told of by the connection.
            let Ok(info) = self.nats_stream.get_info().await else {
                pause = GLANCES_UNREAD;
                continue;
            };
            let sought = self.standing.room_sought();
            let account = room::of_account(&self.client, sought.needed, info.config.num_replicas);
            let (told, account) = tokio::join!(ask_all(&self.client, &self.config, &info), account);
            self.standing.learn_storing(told.refused);
            self.standing.learn_room(sought, Look { account, servers: told.room });
            if !told.is_unread {
                (read_over, unread, pause) = (asked_over, 0, GLANCES);
                self.learn(told.loss);
                continue;
            }
            // Over the connection over which it was read it is as it was: what says nothing for a while was not started anew.
            unread = unread.saturating_add(1);
            // Who accepts the loss need not be told soon.
            pause = if self.config.accept_loss_on_power_cut { GLANCES } else { GLANCES_UNREAD };
            if asked_over != read_over && unread >= UNREAD_MAX {
                self.learn(told.loss);
            }
        }
    }

    fn learn(&self, loss: Option<String>) {
        self.standing.learn_syncing(self.config.accepts(loss, false).err().map(|error| match error {
            LogError::Unsafe(why) => why,
            other => other.to_string(),
        }));
    }
}

/// Why acknowledged commits may be lost when a machine loses power.
#[derive(Debug, PartialEq, Eq)]
enum Loss {
    /// A server says so.
    Lazy(String),
    /// Too few say anything.
    Unread(String),
}

impl Loss {
    fn into_why(self) -> String {
        match self {
            Self::Lazy(why) | Self::Unread(why) => why,
        }
    }
}

/// Why anybody who reaches a server can write to the log.
fn open_to_anybody(answers: &[Varz], own_asks: bool) -> Option<String> {
    let open =
        answers.iter().find(|server| !server.auth_required && !server.tls_verify).map(|server| &*server.server_name);
    let open = open.or((!own_asks).then_some("that was connected to"))?;
    Some(format!(
        "NATS server {open} lets anybody who reaches it publish to the log; give it an account for the services (authorization in its \
         configuration)"
    ))
}

/// Whether a server keeps a copy: one of those named, or the one that stands alone.
fn holds(server: &Varz, own: &str, holders: &[&str]) -> bool {
    if holders.is_empty() { server.server_id == own } else { holders.contains(&server.server_name.as_str()) }
}

/// Every copy that answers must be synced, and so many must answer that no commit can have been acknowledged without one of them.
fn judge(own: &str, holders: &[&str], answers: &[Varz], silent: &[String]) -> Option<Loss> {
    let mut synced: Vec<&str> = Vec::new();
    for server in answers.iter().filter(|server| holds(server, own, holders)) {
        let settings = server.jetstream.as_ref().and_then(|jetstream| jetstream.config.as_ref());
        match settings {
            Some(settings) if settings.sync_always => synced.push(&server.server_id),
            Some(settings) => {
                return Some(Loss::Lazy(format!(
                    "NATS server {} acknowledges commits up to {} s before it syncs them; set `sync_interval: always` in its \
                     jetstream block",
                    server.server_name,
                    settings.sync_interval / 1_000_000_000
                )));
            }
            None => {
                return Some(Loss::Unread(format!("NATS server {} says nothing of JetStream", server.server_name)));
            }
        }
    }
    synced.sort_unstable();
    synced.dedup();
    let copies = holders.len().max(1);
    (synced.len() < copies / 2 + 1).then(|| {
        let silent = if silent.is_empty() { String::new() } else { format!(" ({})", silent.join("; ")) };
        Loss::Unread(format!(
            "the sync setting of {} of the {copies} NATS servers that hold the log cannot be read{silent}; set `http: HOST:8222` in \
             their configuration and name them with --nats-monitor",
            copies - synced.len()
        ))
    })
}

/// Where the servers' monitoring is.
fn monitors(config: &JetStreamConfig) -> Vec<String> {
    if !config.monitors.is_empty() {
        return config.monitors.clone();
    }
    let host = |url: &str| {
        let rest = url.trim().rsplit_once("//").map_or(url, |(_, rest)| rest);
        let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
        format!("http://{host}:{MONITOR_PORT}")
    };
    config.url.split(',').map(host).collect()
}

async fn ask(monitor: &str, nats_stream: &str) -> Result<Varz, String> {
    let (status, body) = get(monitor, "/varz").await?;
    if status != StatusCode::OK {
        return Err(format!("answered {status}"));
    }
    let varz: Varz =
        serde_json::from_slice(&body).map_err(|error| format!("answered what no NATS server does: {error}"))?;
    let (status, health) = get(monitor, "/healthz").await?;
    let write_error = if status == StatusCode::OK { None } else { storing::write_error(&health, nats_stream) };
    Ok(Varz { write_error, ..varz })
}

async fn get(monitor: &str, path: &str) -> Result<(StatusCode, Bytes), String> {
    let address = monitor.strip_prefix("http://").ok_or("it does not begin with http://")?.trim_end_matches('/');
    let said = |error: &dyn std::error::Error| error.to_string();
    let connection = TcpStream::connect(address).await.map_err(|error| said(&error))?;
    let (mut sender, driver) =
        hyper::client::conn::http1::handshake(TokioIo::new(connection)).await.map_err(|error| said(&error))?;
    // It ends with the sender, which this function drops.
    tokio::spawn(driver);
    let request = Request::get(path).header("host", address).body(Empty::<Bytes>::new());
    let answer = sender.send_request(request.map_err(|error| said(&error))?).await.map_err(|error| said(&error))?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|error| said(&error))?.to_bytes();
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, sync_always: bool) -> Varz {
        let settings = JetStreamSettings { sync_always, sync_interval: 120_000_000_000, max_storage: None };
        let jetstream = Some(JetStreamVars { config: Some(settings), stats: None });
        Varz {
            server_id: format!("id-{id}"),
            server_name: id.to_owned(),
            auth_required: true,
            tls_verify: false,
            jetstream,
            write_error: None,
        }
    }

    #[test]
    fn a_server_that_lets_anybody_in_is_named() {
        assert_eq!(open_to_anybody(&[server("a", true)], true), None);
        let anonymous = Varz { auth_required: false, ..server("b", true) };
        let told = open_to_anybody(&[server("a", true), anonymous], true);
        assert!(told.is_some_and(|told| told.contains("NATS server b lets anybody")));
        let proven = Varz { auth_required: false, tls_verify: true, ..server("c", true) };
        assert_eq!(open_to_anybody(&[proven], true), None);
        assert!(open_to_anybody(&[], false).is_some(), "nobody answers, and the connection was not asked who it is");
    }

    #[test]
    fn enough_copies_must_be_known_to_sync() {
        let (synced, lazy) = (|id| server(id, true), |id| server(id, false));
        for (holders, answers, expected) in [
            (vec![], vec![synced("a")], None),
            (vec![], vec![lazy("a")], Some("up to 120 s before")),
            (vec![], vec![], Some("1 of the 1")),
            // Another server's answer says nothing of this one's.
            (vec![], vec![synced("b")], Some("1 of the 1")),
            (vec!["a", "b", "c"], vec![synced("a"), synced("b"), synced("c")], None),
            (vec!["a", "b", "c"], vec![synced("a"), synced("c")], None),
            (vec!["a", "b", "c"], vec![synced("a"), synced("a")], Some("2 of the 3")),
            (vec!["a", "b", "c"], vec![synced("a"), synced("b"), lazy("c")], Some("NATS server c")),
            (vec!["a", "b", "c"], vec![synced("a"), synced("b"), lazy("d")], None),
        ] {
            let said = judge("id-a", &holders, &answers, &[]).map(Loss::into_why);
            match expected {
                None => assert_eq!(said, None, "{holders:?} {answers:?}"),
                Some(part) => assert!(said.as_ref().is_some_and(|said| said.contains(part)), "{said:?} {part}"),
            }
        }
    }

    #[test]
    fn monitoring_is_looked_for_where_it_is_by_convention() {
        let config = JetStreamConfig::new("nats://user:word@one:4222, tls://two");
        assert_eq!(monitors(&config), ["http://one:8222", "http://two:8222"]);
        let named = JetStreamConfig { monitors: vec!["http://three:1".to_owned()], ..config };
        assert_eq!(monitors(&named), ["http://three:1"]);
    }
}
