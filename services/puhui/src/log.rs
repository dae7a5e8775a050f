//! The log itself: where it is, and what an operator does about it by hand. Which one a service may open is in `known`.

mod address;
mod export;
mod known;

use std::path::PathBuf;

use domain::{BureauId, Day, DocumentNumber, OfficerId, Position, Reason, RequestId, Sha256, StreamId};
use event_log::{Embedded, EventLog, Inspect, JetStream, JetStreamConfig, Log, LogError, Reached, Reserves};
use puhui::print::harmless;
use registrar::{ClockGuard, SetAsideError, SettingAside, set_aside};
use serve::clock;
use serve::reference::{self, Editions, SchemeTables};
use uuid::Uuid;

use crate::args::{LogPlace, LogTask, OpeningWords, SetAside};
use crate::client::Failure;
use crate::data;
use crate::json::say;
use crate::request_key;
use crate::rules::Beginning;

use known::Remembered;
pub(crate) use known::{Keeping, can_be_served, open_for_serving};

/// Bytes of the disk that are left alone at least: with less, what fits is chance, and health is to say so before a commit fails.
const DISK_RESERVE_MIN_BYTES: u64 = 256 * 1024;
/// Bytes of a message that are shown.
const SHOWN_BYTES_MAX: usize = 96;

impl LogPlace {
    pub(crate) fn is_embedded(&self) -> bool {
        self.log == "embedded"
    }

    fn jetstream(&self, new_log: bool) -> Result<JetStreamConfig, Failure> {
        self.is_well_named()?;
        Ok(JetStreamConfig {
            nats_stream: self.nats_stream.clone(),
            new_log,
            replicas: self.replicas,
            monitors: self.nats_monitors.clone(),
            accept_loss_on_power_cut: self.accept_loss_on_power_cut,
            ..JetStreamConfig::new(&self.log)
        })
    }

    /// Where the embedded log is, and what is kept in reserve there.
    fn folder(&self) -> (PathBuf, Reserves) {
        let disk_bytes = self.disk_reserve_mib.saturating_mul(1 << 20).max(DISK_RESERVE_MIN_BYTES);
        (self.data.join(data::LOG), Reserves { disk_bytes, ..Reserves::default() })
    }

    /// The log; `make` one where there is none. What the data folder knows of it says which it is where its own folder does not.
    async fn open(&self, make: bool, known: Option<&Reached>) -> Result<Log, LogOpenError> {
        if self.is_embedded() {
            let (folder, reserves) = self.folder();
            let opened = match known {
                _ if make => Embedded::open_with(&folder, reserves),
                Some(known) => Embedded::open_known(&folder, reserves, known),
                None => Embedded::open_existing(&folder, reserves),
            };
            return Ok(Log::Embedded(opened?));
        }
        Ok(Log::JetStream(JetStream::connect(&self.jetstream(make)?).await?))
    }

    /// The log that is there, to be looked at.
    async fn open_to_read(&self) -> Result<Log, LogOpenError> {
        if self.is_embedded() {
            return self.open(false, known::read(&self.data)?.reached().as_ref()).await;
        }
        let config = JetStreamConfig { read_only: true, ..self.jetstream(false)? };
        Ok(Log::JetStream(JetStream::connect(&config).await?))
    }
}

/// What is told of a place, before anything is made there, where no log can ever be kept as it says.
pub(crate) fn can_be(place: &LogPlace) -> Result<(), Failure> {
    place.is_well_named()?;
    if !place.is_embedded() {
        return Ok(());
    }
    if place.replicas != 1 {
        return Err(Failure::usage(format!(
            "--replicas {0}:本机日志只有一份,多份须用 NATS / the embedded log is kept in one copy, and {0} take as many NATS servers (--log nats://…)",
            place.replicas
        )));
    }
    match data::disk_mib(&place.data).filter(|whole| *whole <= place.disk_reserve_mib) {
        None => Ok(()),
        Some(whole) => Err(Failure::usage(format!(
            "--disk-reserve-mib {}:数据所在磁盘总共只有 {whole} MiB / the disk of {} has {whole} MiB in all, so that nothing could ever be recorded",
            place.disk_reserve_mib,
            place.data.display()
        ))),
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

/// What an operator asks of the log itself.
pub(crate) async fn run(task: LogTask, as_json: bool) -> Result<(), Failure> {
    match task {
        LogTask::Create { place, opening } => create(&place, &opening).await,
        LogTask::Show { place } => {
            let log = place.open_to_read().await?;
            let (id, head) = (log.id(), log.head().await?.0);
            let name = event_log::opened(&log).await?.map(|opened| opened.name.to_string());
            if as_json {
                let line = serde_json::json!({ "log_id": id.to_string(), "position": head, "name": name });
                return say(&line.to_string());
            }
            let name = name.map_or_else(|| "(尚未启用 not opened yet)".to_owned(), |name| harmless(&name));
            say(&format!("日志 log {id} {name},位置 position {head}"))
        }
        LogTask::RequestKey { file } => {
            if file.symlink_metadata().is_ok() {
                return Err(Failure::usage(format!("{}:已有此文件 / is there already", file.display())));
            }
            let name = request_key::make(&file)?;
            say(&format!("请求密钥 request key {name}: {}", file.display()))
        }
        LogTask::Export(asked) => export::export(&asked, as_json).await,
        LogTask::Inspect { place, position } => inspect(&place, Position(position), as_json).await,
        LogTask::SetAside(asked) => aside(&asked, as_json).await,
    }
}

async fn create(place: &LogPlace, words: &OpeningWords) -> Result<(), Failure> {
    let opening = Beginning::new(None)?.opening(words)?;
    request_key::can_be(place, true)?;
    let made = if place.is_embedded() {
        let data = place.data.display();
        match known::read(&place.data)? {
            Remembered::Nothing => {}
            Remembered::Log(Reached { log: id, .. }) => {
                return Err(Failure::refused(format!(
                    "{data} 已记住日志 {id} / knows the log {id}; give it up with `puhui serve --replace-log {id}`"
                )));
            }
            Remembered::Unreadable => {
                return Err(Failure::refused(format!(
                    "{data} 记得一个日志而读不出是哪个 / knows a log, and what says which cannot be read; begin a new one with `puhui serve --new-log \
                     --accept-shorter-log 0`"
                )));
            }
        }
        Embedded::create(&place.data.join(data::LOG), Reserves::default()).map(Log::Embedded)
    } else {
        let config = place.jetstream(false)?;
        match JetStream::connect(&JetStreamConfig { read_only: true, ..config }).await {
            Ok(log) => Err(LogError::Exists(log.id())),
            Err(LogError::Missing(_)) => JetStream::connect(&place.jetstream(true)?).await.map(Log::JetStream),
            Err(error) => Err(error),
        }
    };
    match made {
        Ok(log) => {
            request_key::made(place)?;
            // Where it cannot be written, or the clock is wrong, the first service that writes it opens it.
            let guard = ClockGuard::new(place.data.join("clock"), None);
            let now = clock::now();
            guard
                .check(now, log.newest())
                .map_err(|fault| Failure::refused(format!("{} / {}", fault.zh(), fault.en())))?;
            event_log::open(&log, &opening, now).await.map_err(|error| Failure::unavailable(error.to_string()))?;
            say(&format!("日志 log {}", log.id()))
        }
        Err(LogError::Exists(id)) => Err(Failure::refused(format!("已有日志 / there is a log already: {id}"))),
        Err(error) => Err(error.into()),
    }
}

async fn inspect(place: &LogPlace, position: Position, as_json: bool) -> Result<(), Failure> {
    let log = place.open_to_read().await?;
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

/// What is said of the message, and by whom, as it was typed.
struct Asked {
    sha256: Sha256,
    reason: Reason,
    document_number: DocumentNumber,
    bureau: BureauId,
    officer: OfficerId,
}

impl Asked {
    fn read(words: &SetAside) -> Result<Self, Failure> {
        Ok(Self {
            sha256: word("--sha256", Sha256::parse(&words.sha256))?,
            reason: word("--reason", Reason::parse(&words.reason))?,
            document_number: word("--document", DocumentNumber::parse(&words.document))?,
            bureau: word("--bureau", BureauId::parse(&words.bureau))?,
            officer: word("--officer", OfficerId::parse(&words.officer))?,
        })
    }

    /// By the rules that the log has.
    fn under(self, words: &SetAside, editions: &Editions) -> Result<SettingAside, Failure> {
        let (now, Self { sha256, reason, document_number, bureau, officer }) = (clock::now(), self);
        let scheme = match editions.scheme_of_bureau(&bureau, Day::of(now), Day::of(now)) {
            Some(tables) => SchemeTables::clone(&tables).scheme,
            // Of a log that has no rules yet, the example that it would begin with.
            None => reference::scheme(reference::YANGZHOU_SCHEME).map_err(|e| Failure::usage(e.to_string()))?.scheme,
        };
        if !scheme.bureaus.contains_key(&bureau) {
            return Err(Failure::usage(format!("--bureau {bureau}:办法中没有 / the scheme names no such bureau")));
        }
        Ok(SettingAside {
            position: Position(words.position),
            sha256,
            reason,
            document_number,
            not_newer: words.not_newer,
            id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
            bureau,
            officer,
            now,
            scheme: scheme.version,
            rules: editions.position(),
        })
    }
}

async fn aside(words: &SetAside, as_json: bool) -> Result<(), Failure> {
    // Before a log is waited for.
    let asked = Asked::read(words)?;
    let guard = ClockGuard::new(words.place.data.join("clock"), words.accept_clock);
    let log = known::open_to_write(&words.place).await?;
    let rules = log.load(&StreamId::Rules).await?;
    let editions = Editions::of(rules.iter().map(|recorded| (recorded.position, &recorded.commit)));
    let asked = asked.under(words, &editions.map_err(|error| Failure::refused(error.to_string()))?)?;
    let done = set_aside(&log, &asked, &guard).await.map_err(|error| match error {
        SetAsideError::NothingThere(_)
        | SetAsideError::Believed(_)
        | SetAsideError::OtherBytes { .. }
        | SetAsideError::Newer(_) => Failure::refused(error.to_string()),
        SetAsideError::Clock(fault) => Failure::refused(format!("{} / {}", fault.zh(), fault.en())),
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
