//! The connection and the NATS stream: made right, or found right, or refused.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::GetStreamByNameErrorKind;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, State, StorageType, Stream,
};
use async_nats::{Client, ConnectOptions};

use super::config::JetStreamConfig;
use super::monitor;
use crate::error::{COMMIT_BYTES_MAX, LogError};
use crate::subject::ALL;
use domain::LogId;

/// Attempts to reach the server at start, one second apart: services and server may start together.
const CONNECT_ATTEMPTS_MAX: u32 = 30;
const CONNECT_PAUSE: Duration = Duration::from_secs(1);
/// A server that leaves this and two more pings unanswered is left for another: within 6 s, as long as a cluster takes to choose a
/// leader. The client's own default notices a server that is cut off after two minutes.
const PING_INTERVAL: Duration = Duration::from_secs(2);
/// Longest pause before a connection that was lost is tried again. The client's own default grows to four seconds: a wire that was cut for
/// half a second was away for two.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_millis(200);
/// Attempts to find the NATS stream on a cluster, which chooses a leader within ten seconds once a majority is there. Each takes up to
/// `ANSWER_MAX`, and a pause.
const LEADER_ATTEMPTS_MAX: u32 = 15;
/// Times a cluster has to say that there is no log before that is believed: one that was just started may not have heard of it yet.
const MISSING_ATTEMPTS: u32 = 3;
/// The subjects of the NATS stream, and all of them: a message of another would stand between commits.
const SUBJECTS: [&str; 4] = ["puhui.log", "puhui.operator.*", "puhui.provider.*", "puhui.rules"];
/// Where the NATS stream's metadata says which log it holds.
const LOG_ID: &str = "puhui-log-id";
/// Room for the headers of a publish, in bytes. They have about 170.
const HEADERS_BYTES_MAX: usize = 1024;

pub(super) async fn client(config: &JetStreamConfig) -> Result<Client, LogError> {
    let mut attempt = 1;
    loop {
        let options = ConnectOptions::new().name("puhui").ping_interval(PING_INTERVAL);
        // Twice as long each time, up to that.
        let pause = |attempts: usize| RECONNECT_PAUSE_MAX.min(Duration::from_millis(1 << attempts.min(16)));
        let options = options.reconnect_delay_callback(pause);
        let options = match config.credentials() {
            Some((user, password)) => options.user_and_password(user, password),
            None => options,
        };
        let error = match options.connect(config.servers()).await {
            Ok(client) => return roomy(client),
            Err(error) => error,
        };
        if attempt == CONNECT_ATTEMPTS_MAX {
            return Err(LogError::Unavailable(format!("{}: {error}", config.shown())));
        }
        tracing::info!(attempt, %error, url = config.shown(), "the NATS server is not there yet");
        attempt += 1;
        #[expect(
            clippy::disallowed_methods,
            reason = "bounded wait for a server that starts together with this program"
        )]
        tokio::time::sleep(CONNECT_PAUSE).await;
    }
}

/// The client, if its server takes the largest commit.
fn roomy(client: Client) -> Result<Client, LogError> {
    let (found, needed) = (client.server_info().max_payload, COMMIT_BYTES_MAX + HEADERS_BYTES_MAX);
    if found >= needed {
        return Ok(client);
    }
    let why = format!("the NATS server takes messages of {found} bytes; set max_payload to {needed} or more");
    Err(LogError::Unavailable(why))
}

fn wanted(config: &JetStreamConfig, id: LogId) -> Config {
    Config {
        name: config.name(id),
        metadata: HashMap::from([(LOG_ID.to_owned(), id.to_string())]),
        description: Some("Puhui: every commit of the registry, for ever".to_owned()),
        subjects: SUBJECTS.map(str::to_owned).to_vec(),
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: config.replicas,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        allow_atomic_publish: true,
        ..Config::default()
    }
}

/// The NATS stream, made or found right, and the log it holds. A cluster is waited for until it has leaders, as a server is until it is
/// there.
pub(super) async fn nats_stream(
    client: &Client,
    context: &Context,
    config: &JetStreamConfig,
) -> Result<(Stream, LogId), LogError> {
    let clustered = client.server_info().cluster.is_some();
    let mut attempt = 1;
    loop {
        match made_or_found(client, context, config).await {
            Err(LogError::Unavailable(error)) if clustered && attempt < LEADER_ATTEMPTS_MAX => {
                tracing::info!(attempt, error, "the NATS cluster does not serve the NATS stream yet");
            }
            Err(LogError::Missing(_)) if clustered && attempt < MISSING_ATTEMPTS => {}
            outcome => return outcome,
        }
        attempt += 1;
        #[expect(clippy::disallowed_methods, reason = "bounded wait for the servers to choose a leader")]
        tokio::time::sleep(CONNECT_PAUSE).await;
    }
}

fn unavailable(error: &dyn std::error::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// The name of the NATS stream that holds our subjects.
pub(crate) async fn name(context: &Context) -> Result<Option<String>, LogError> {
    match context.stream_by_subject(ALL).await {
        Ok(name) => Ok(Some(name)),
        Err(error) if error.kind() == GetStreamByNameErrorKind::NotFound => Ok(None),
        Err(error) => Err(unavailable(&error)),
    }
}

async fn made_or_found(
    client: &Client,
    context: &Context,
    config: &JetStreamConfig,
) -> Result<(Stream, LogId), LogError> {
    let name = match name(context).await? {
        Some(name) => name,
        None if config.new_log => {
            // One that is refused afterwards is there all the same, and empty.
            let (loss, is_unread) = monitor::ask_before(client, config).await;
            config.accepts(loss, is_unread)?;
            let id = crate::id::new_log_id();
            let made = context.create_stream(wanted(config, id)).await;
            // Of services that start together one makes it, the others find it.
            match (made, self::name(context).await?) {
                (_, Some(name)) => name,
                (Err(error), None) => return Err(unavailable(&error)),
                (Ok(_), None) => return Err(LogError::Unavailable("the NATS stream was made and is gone".to_owned())),
            }
        }
        None => return Err(LogError::Missing(format!("no NATS stream at {} holds one", config.shown()))),
    };
    let stream = context.get_stream(&name).await.map_err(|error| unavailable(&error))?;
    let id = checked(config, &stream)?;
    Ok((stream, id))
}

/// Which log the NATS stream holds, if it keeps the log's promises.
fn checked(config: &JetStreamConfig, stream: &Stream) -> Result<LogId, LogError> {
    let found = &stream.cached_info().config;
    let mut losses = losses_of(found, config.replicas);
    let id = found.metadata.get(LOG_ID).and_then(|id| LogId::parse(id).ok());
    match id {
        None => losses.push(format!("its metadata has no {LOG_ID}, so nothing says which log it holds")),
        Some(id) if config.name(id) != found.name => {
            losses.push(format!("the log {id} is kept in {}", config.name(id)));
        }
        Some(_) => {}
    }
    let (Some(id), true) = (id, losses.is_empty()) else {
        return Err(LogError::Unsafe(format!("NATS stream {}: {}", found.name, losses.join("; "))));
    };
    match gone(&stream.cached_info().state) {
        Some(why) => Err(LogError::Damaged(format!("NATS stream {}: {why}", found.name))),
        None => Ok(id),
    }
}

/// What in these settings would lose a commit where as many copies are asked for, and what to set instead.
pub(super) fn losses_of(found: &Config, copies: usize) -> Vec<String> {
    let mut losses: Vec<String> = losses(found).into_iter().map(str::to_owned).collect();
    losses.extend(too_few_copies(found.num_replicas, copies));
    losses
}

/// That messages are missing: positions are 1, 2, 3 …, so as many are there as the last one's number says.
pub(super) fn gone(state: &State) -> Option<String> {
    let why = || format!("it holds {} messages, and its last one has number {}", state.messages, state.last_sequence);
    (state.messages != state.last_sequence).then(why)
}

/// An acknowledgement promises as many copies as were asked for. More of them promise no less.
fn too_few_copies(found: usize, asked: usize) -> Option<String> {
    let why = || {
        format!("it has {found} copies where {asked} are asked for; set its replicas to {asked}, or ask for {found}")
    };
    (found < asked).then(why)
}

/// That what is wrong with these settings is only how much may be held: there is room again once that is lifted.
pub(super) fn is_only_limited(found: &Config, copies: usize) -> bool {
    too_few_copies(found.num_replicas, copies).is_none() && losses(found).iter().all(|why| LIMITED.contains(why))
}

/// What is said of a limit of messages, of bytes, and of messages a subject.
const LIMITED: [&str; 3] = [
    "it holds a limited number of messages; set max_msgs to -1",
    "it holds a limited number of bytes; set max_bytes to -1",
    "it holds a limited number of messages a subject; set max_msgs_per_subject to -1",
];

/// What in these settings would lose a commit, and what to set instead.
fn losses(found: &Config) -> Vec<&'static str> {
    let mut subjects: Vec<&str> = found.subjects.iter().map(String::as_str).collect();
    subjects.sort_unstable();
    let rules = [
        (found.storage != StorageType::File, "it is kept in memory; set storage to file"),
        (!found.deny_delete, "messages can be deleted; set deny_delete"),
        (!found.deny_purge, "it can be purged; set deny_purge"),
        (found.retention != RetentionPolicy::Limits, "it forgets what was read; set retention to limits"),
        (!found.max_age.is_zero(), "it forgets what is old; set max_age to 0"),
        (found.max_messages > 0, LIMITED[0]),
        (found.max_bytes > 0, LIMITED[1]),
        (found.max_messages_per_subject > 0, LIMITED[2]),
        (
            found.persist_mode == Some(PersistenceMode::Async),
            "it acknowledges before writing; set persist_mode to default",
        ),
        (found.sealed, "it is sealed, which nobody can undo; put the log back from a backup that is not"),
        (found.no_ack, "it does not acknowledge; unset no_ack"),
        (found.allow_message_ttl, "a message can name its own end; unset allow_msg_ttl"),
        (found.max_message_size > 0, "it refuses large messages; set max_msg_size to -1"),
        (
            subjects != SUBJECTS,
            "its subjects are others; set them to puhui.log, puhui.operator.*, puhui.provider.* and puhui.rules",
        ),
        (
            found.mirror.is_some() || found.sources.is_some() || found.subject_transform.is_some(),
            "it holds messages of others; unset mirror, sources and subject_transform",
        ),
    ];
    rules.into_iter().filter_map(|(loses, why)| loses.then_some(why)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_this_program_makes_loses_nothing() {
        assert_eq!(
            losses(&wanted(&JetStreamConfig::new("nats://127.0.0.1:4222"), crate::id::new_log_id())),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn fewer_copies_than_asked_for_are_refused() {
        assert_eq!(too_few_copies(3, 1), None);
        assert_eq!(too_few_copies(3, 3), None);
        assert!(too_few_copies(1, 3).is_some_and(|why| why.contains("set its replicas to 3")));
    }

    #[test]
    fn each_lossy_setting_is_named() {
        let spoil: [fn(&mut Config); 12] = [
            |c| c.storage = StorageType::Memory,
            |c| c.deny_delete = false,
            |c| c.max_age = Duration::from_secs(1),
            |c| c.max_messages = 10,
            |c| c.max_bytes = 1 << 20,
            |c| c.sealed = true,
            |c| c.persist_mode = Some(PersistenceMode::Async),
            |c| c.retention = RetentionPolicy::WorkQueue,
            |c| c.allow_message_ttl = true,
            |c| c.max_message_size = 1024,
            |c| c.subjects.push("puhui.other".to_owned()),
            |c| c.sources = Some(Vec::new()),
        ];
        for (index, spoil) in spoil.into_iter().enumerate() {
            let mut config = wanted(&JetStreamConfig::new("nats://127.0.0.1:4222"), crate::id::new_log_id());
            spoil(&mut config);
            assert_eq!(losses(&config).len(), 1, "{index}");
        }
    }
}
