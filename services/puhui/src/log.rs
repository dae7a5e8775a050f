//! The log itself: which one a service may open, and what an operator does about it by hand.
//!
//! A data folder remembers the log it has known. A log that is gone, or another in its place, is never taken for a new one in silence:
//! the service says so and does not start, and only `--replace-log` with the id of the log that is given up lets it go on.

use std::path::Path;

use domain::{BureauId, DocumentNumber, OfficerId, Position, Reason, RequestId, Sha256};
use event_log::{Embedded, EventLog, Inspect, JetStream, JetStreamConfig, Log, LogError, LogId, Reserves};
use puhui::print::harmless;
use registrar::{SetAsideError, SettingAside, set_aside};
use serve::clock;
use serve::reference;
use uuid::Uuid;

use crate::args::{LogPlace, LogTask, Serve, SetAside};
use crate::client::Failure;
use crate::json::say;
use crate::serving::file;

/// The file of a data folder that holds the id of the log it has known.
const KNOWN: &str = "log-known";
/// Bytes of a message that are shown.
const SHOWN_BYTES_MAX: usize = 96;

impl LogPlace {
    fn is_embedded(&self) -> bool {
        self.log == "embedded"
    }

    fn jetstream(&self, new_log: bool) -> Result<JetStreamConfig, Failure> {
        if !self.log.starts_with("nats://") && !self.log.starts_with("tls://") {
            return Err(Failure::usage(format!("--log {}: `embedded` or nats://HOST:PORT", self.log)));
        }
        Ok(JetStreamConfig {
            nats_stream: self.nats_stream.clone(),
            new_log,
            replicas: self.replicas,
            monitors: self.nats_monitors.clone(),
            accept_loss_on_power_cut: self.accept_loss_on_power_cut,
            ..JetStreamConfig::new(&self.log)
        })
    }

    /// The log; `make` one where there is none.
    async fn open(&self, make: bool) -> Result<Log, LogOpenError> {
        if self.is_embedded() {
            let folder = self.data.join("log");
            let reserves =
                Reserves { disk_bytes: self.disk_reserve_mib.saturating_mul(1 << 20), ..Reserves::default() };
            let opened =
                if make { Embedded::open_with(&folder, reserves) } else { Embedded::open_existing(&folder, reserves) };
            return Ok(Log::Embedded(opened?));
        }
        Ok(Log::JetStream(JetStream::connect(&self.jetstream(make)?).await?))
    }
}

/// Why a log was not opened.
enum LogOpenError {
    Log(LogError),
    Words(Failure),
}

impl From<LogError> for LogOpenError {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl From<Failure> for LogOpenError {
    fn from(failure: Failure) -> Self {
        Self::Words(failure)
    }
}

impl From<LogOpenError> for Failure {
    fn from(error: LogOpenError) -> Self {
        match error {
            LogOpenError::Log(error) => error.into(),
            LogOpenError::Words(failure) => failure,
        }
    }
}

/// Whether the folder has rows that were made from some log.
fn has_rows(data: &Path) -> bool {
    std::fs::read_dir(data.join("directory")).is_ok_and(|mut entries| entries.next().is_some())
}

/// The log that the folder knows and is told to give up.
fn given_up(serve: &Serve, known: Option<LogId>) -> Result<bool, Failure> {
    let data = serve.place.data.display();
    match (&serve.replace_log, known) {
        (None, Some(id)) if serve.new_log => Err(Failure::usage(format!(
            "{data} 已记住日志 {id},不能用 --new-log 新建 / knows the log {id}: leave --new-log away, or give that log up with \
             --replace-log {id}"
        ))),
        (None, _) => Ok(false),
        (Some(given), Some(id)) if *given == id => Ok(true),
        (Some(given), known) => {
            let known = known.map_or_else(|| "no log".to_owned(), |id| format!("the log {id}"));
            Err(Failure::usage(format!(
                "--replace-log {given}:{data} 记住的不是它 / the data folder knows {known}: leave --replace-log away"
            )))
        }
    }
}

/// The log for a service, if it is the one that the data folder knows.
pub(crate) async fn open_for_serving(serve: &Serve) -> Result<Log, Failure> {
    let place = &serve.place;
    std::fs::create_dir_all(&place.data)?;
    let remembered = place.data.join(KNOWN);
    let known = match LogId::read_from(&remembered) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Err(Failure::usage(error.to_string())),
        other => other?,
    };
    let given_up = given_up(serve, known)?;
    let fresh = known.is_none() && place.is_embedded() && !has_rows(&place.data);
    let data = place.data.display();
    let log = match (place.open(given_up || serve.new_log || fresh).await, known) {
        (Ok(log), _) => log,
        (Err(LogOpenError::Log(LogError::Missing(why))), Some(id)) => {
            return Err(Failure::usage(format!(
                "{data} 记住的日志 {id} 不见了 / the log {id} that this data folder knows is not there: {why}. Put it back from a \
                 backup; or give it up, with everything in it, and begin a new one with --replace-log {id}"
            )));
        }
        (Err(LogOpenError::Log(LogError::Missing(why))), None) if place.is_embedded() => {
            return Err(Failure::usage(format!(
                "{data} 有索引而没有日志 / there are rows in this data folder and not the log they were made from: {why}. Put it back \
                 from a backup, or begin a new one with --new-log"
            )));
        }
        (Err(LogOpenError::Log(LogError::Missing(why))), None) => {
            return Err(Failure::usage(format!(
                "没有日志 / there is no log: {why}. Make it once with `puhui log create --log {}`, or start one service with --new-log",
                place.log
            )));
        }
        (Err(error), _) => return Err(error.into()),
    };
    let met = log.id();
    if let Some(id) = known.filter(|id| *id != met && !given_up) {
        return Err(Failure::usage(format!(
            "{data} 记住的日志是 {id},现在的是 {met} / this data folder knows the log {id}, and there is the log {met} in its place. \
             Bring the right one back, or give it up with --replace-log {id}"
        )));
    }
    if known != Some(met) {
        met.write_to(&remembered)?;
    }
    Ok(log)
}

/// What an operator asks of the log itself.
pub(crate) async fn run(task: LogTask, as_json: bool) -> Result<(), Failure> {
    match task {
        LogTask::Create { place } => create(&place).await,
        LogTask::Show { place } => {
            let log = place.open(false).await?;
            let (id, head) = (log.id(), log.head().await?.0);
            if as_json {
                return say(&serde_json::json!({ "log_id": id.to_string(), "position": head }).to_string());
            }
            say(&format!("日志 log {id},位置 position {head}"))
        }
        LogTask::Inspect { place, position } => inspect(&place, Position(position), as_json).await,
        LogTask::SetAside(asked) => aside(&asked, as_json).await,
    }
}

async fn create(place: &LogPlace) -> Result<(), Failure> {
    let made = if place.is_embedded() {
        let known = LogId::read_from(&place.data.join(KNOWN))?;
        if let Some(id) = known {
            return Err(Failure::refused(format!(
                "{} knows the log {id}; give it up with `puhui serve --replace-log {id}`",
                place.data.display()
            )));
        }
        Embedded::create(&place.data.join("log"), Reserves::default()).map(Log::Embedded)
    } else {
        match JetStream::connect(&place.jetstream(false)?).await {
            Ok(log) => Err(LogError::Exists(log.id())),
            Err(LogError::Missing(_)) => JetStream::connect(&place.jetstream(true)?).await.map(Log::JetStream),
            Err(error) => Err(error),
        }
    };
    match made {
        Ok(log) => say(&format!("日志 log {}", log.id())),
        Err(LogError::Exists(id)) => Err(Failure::refused(format!("已有日志 / there is a log already: {id}"))),
        Err(error) => Err(error.into()),
    }
}

async fn inspect(place: &LogPlace, position: Position, as_json: bool) -> Result<(), Failure> {
    let log = place.open(false).await?;
    let nothing = || Failure::refused(format!("日志没有第{}条 / the log has no such position", position.0));
    let inspected = log.inspect(position).await?.ok_or_else(nothing)?;
    let (sha256, length) = (inspected.sha256(), inspected.bytes.len());
    let trouble = inspected.trouble.as_ref().map(ToString::to_string);
    let shown = inspected.bytes.get(..SHOWN_BYTES_MAX).unwrap_or(&inspected.bytes);
    let text = harmless(&String::from_utf8_lossy(shown));
    if as_json {
        return say(&serde_json::json!({
            "log_id": log.id().to_string(), "position": position.0, "subject": inspected.subject, "bytes": length,
            "sha256": sha256.to_string(), "begins": text, "not_believed_because": trouble,
            "set_aside_by_position": inspected.set_aside.map(|by| by.0),
        })
        .to_string());
    }
    say(&format!("日志 log {}", log.id()))?;
    say(&format!("位置 position {}", position.0))?;
    say(&format!("主题 subject {}", harmless(inspected.subject.as_deref().unwrap_or("—"))))?;
    say(&format!("字节 bytes {length}"))?;
    say(&format!("哈希 sha256 {sha256}"))?;
    say(&format!("开头 begins {text}"))?;
    match (trouble, inspected.set_aside) {
        (None, _) => say("是提交,各方均采信 / a commit, which every reader believes"),
        (Some(why), None) => say(&format!("不可采信 not believed: {}", harmless(&why))),
        (Some(why), Some(by)) => {
            say(&format!("不可采信 not believed: {}", harmless(&why)))?;
            say(&format!("已由第{}条搁置 / set aside by the commit at position {}", by.0, by.0))
        }
    }
}

/// A value of the command line.
fn word<T>(name: &str, read: Result<T, domain::Invalid>) -> Result<T, Failure> {
    read.map_err(|invalid| Failure::usage(format!("{name}: {invalid}")))
}

fn asked(words: &SetAside) -> Result<SettingAside, Failure> {
    let text = file(words.scheme.as_deref(), reference::YANGZHOU_SCHEME)?;
    let scheme = reference::scheme(&text).map_err(|error| Failure::usage(format!("--scheme: {error}")))?.scheme;
    let bureau = word("--bureau", BureauId::parse(&words.bureau))?;
    if !scheme.bureaus.contains_key(&bureau) {
        return Err(Failure::usage(format!("--bureau {bureau}:办法中没有 / the scheme names no such bureau")));
    }
    Ok(SettingAside {
        position: Position(words.position),
        sha256: word("--sha256", Sha256::parse(&words.sha256))?,
        reason: word("--reason", Reason::parse(&words.reason))?,
        document_number: word("--document", DocumentNumber::parse(&words.document))?,
        not_newer: words.not_newer,
        id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
        bureau,
        officer: word("--officer", OfficerId::parse(&words.officer))?,
        now: clock::now(),
        scheme: scheme.version,
    })
}

async fn aside(words: &SetAside, as_json: bool) -> Result<(), Failure> {
    let asked = asked(words)?;
    let log = words.place.open(false).await?;
    let done = set_aside(&log, &asked).await.map_err(|error| match error {
        SetAsideError::NothingThere(_)
        | SetAsideError::Believed(_)
        | SetAsideError::OtherBytes { .. }
        | SetAsideError::Newer(_) => Failure::refused(error.to_string()),
        SetAsideError::Log(error) => error.into(),
        SetAsideError::Append(_) => Failure::unavailable(error.to_string()),
    })?;
    if as_json {
        let line =
            serde_json::json!({ "log_id": log.id().to_string(), "by_position": done.by.0, "already": done.already });
        return say(&line.to_string());
    }
    let already = if done.already { "(此前已搁置 before)" } else { "" };
    say(&format!(
        "已搁置第{}条,记录于第{}条{already} / set aside, on record at position {}",
        words.position, done.by.0, done.by.0
    ))
}
