//! The one table from what went wrong to what the caller is told.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::HeaderMap;
use domain::{Difference, Invalid, Refusal};
use event_log::{Halt, LogError, Reserve};
use registrar::SubmitError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, ErrorInfo, StatusExt};

use crate::bounds::REQUEST_BYTES_MAX;

/// The domain of google.rpc.ErrorInfo.
const ERROR_DOMAIN: &str = "puhui";
/// After how long a caller may try again when the log is busy or away.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Reason of `RESOURCE_EXHAUSTED` where trying again later helps.
const BUSY: &str = "BUSY";
/// Reason of `ABORTED` where trying again helps.
const CONTENDED: &str = "CONTENDED";

/// `INVALID_ARGUMENT` with google.rpc.BadRequest: each field and the rule it breaks.
pub fn invalid_argument(violations: &[(String, Invalid)]) -> Status {
    let mut details = ErrorDetails::new();
    let mut sentences = Vec::new();
    for (field, invalid) in violations {
        details.add_bad_request_violation(field.as_str(), invalid.to_string());
        sentences.push(format!("{field}: {invalid}"));
    }
    Status::with_error_details(Code::InvalidArgument, sentences.join("; "), details)
}

/// `INVALID_ARGUMENT` for codes that are in no table: of each the field, and the sentence in Chinese and in English.
pub fn unknown_codes(codes: &[(String, String, String)]) -> Status {
    let mut details = ErrorDetails::new();
    let mut sentences = Vec::new();
    for (field, zh, en) in codes {
        let sentence = format!("UNKNOWN: {zh} / {en}");
        details.add_bad_request_violation(field.as_str(), sentence.as_str());
        sentences.push(format!("{field}: {sentence}"));
    }
    Status::with_error_details(Code::InvalidArgument, sentences.join("; "), details)
}

fn with_reason(code: Code, reason: &str, zh: &str, en: &str) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, ERROR_DOMAIN, HashMap::new());
    details.set_localized_message("zh-CN", zh);
    if code == Code::Unavailable || [BUSY, CONTENDED].contains(&reason) {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    Status::with_error_details(code, format!("{zh} / {en}"), details)
}

/// An end of a stream that says in its metadata (`after_position`) from where another goes on.
pub fn resume(code: Code, reason: &str, after_position: u64, zh: &str, en: &str) -> Status {
    let metadata = HashMap::from([("after_position".to_owned(), after_position.to_string())]);
    let mut details = ErrorDetails::with_error_info(reason, ERROR_DOMAIN, metadata);
    details.set_localized_message("zh-CN", zh);
    details.set_retry_info(Some(RETRY_AFTER));
    Status::with_error_details(code, format!("{zh} / {en}"), details)
}

/// An answer with a stable reason, what a program needs beside it, and words for people.
pub fn detailed(code: Code, reason: &str, metadata: &[(&str, String)], zh: &str, en: &str) -> Status {
    let metadata: HashMap<_, _> = metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let mut details = ErrorDetails::with_error_info(reason, ERROR_DOMAIN, metadata);
    details.set_localized_message("zh-CN", zh);
    if matches!(code, Code::Unavailable | Code::Aborted) || reason == BUSY {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    Status::with_error_details(code, format!("{zh} / {en}"), details)
}

/// An answer as the end of a stream: it says in its metadata (`after_position`) from where another goes on.
pub fn resumed(answer: &Status, after_position: u64) -> Status {
    let mut details = answer.get_error_details();
    let mut info =
        details.error_info().cloned().unwrap_or_else(|| ErrorInfo::new("READ_FAILED", ERROR_DOMAIN, HashMap::new()));
    info.metadata.insert("after_position".to_owned(), after_position.to_string());
    details.set_error_info(info.reason, info.domain, info.metadata);
    Status::with_error_details(answer.code(), answer.message(), details)
}

/// An answer with a stable reason, and words for people.
pub fn reasoned(code: Code, reason: &str, zh: &str, en: &str) -> Status {
    with_reason(code, reason, zh, en)
}

fn refused(refusal: &Refusal) -> Status {
    // Of a bar, what lifts it has to name.
    if let Refusal::Barred { until, act, document, bureau, .. }
    | Refusal::OperatorBarred { until, act, document, bureau, .. } = refusal
    {
        let metadata = [
            ("until", until.to_string()),
            ("act", act.to_string()),
            ("document_number", document.clone()),
            ("bureau", bureau.code().to_owned()),
        ];
        return detailed(Code::FailedPrecondition, refusal.reason(), &metadata, &refusal.zh(), &refusal.en());
    }
    with_reason(Code::FailedPrecondition, refusal.reason(), &refusal.zh(), &refusal.en())
}

/// A refusal for an act on record: in its metadata that act's number, and the names of the fields that differ, with a comma between.
fn differs(refusal: &Refusal, difference: &Difference) -> Status {
    let metadata = [("act", difference.act.to_string()), ("fields", difference.names())];
    let (zh, en) = (format!("{};{}", refusal.zh(), difference.zh()), format!("{}; {}", refusal.en(), difference.en()));
    detailed(Code::FailedPrecondition, refusal.reason(), &metadata, &zh, &en)
}

/// What a caller of a command is told.
pub fn of_submit_error(error: &SubmitError) -> Status {
    match error {
        SubmitError::Refused(refusal) => refused(refusal),
        SubmitError::Differs(refusal, difference) => differs(refusal, difference),
        SubmitError::RequestReused => {
            let invalid = Invalid {
                rule: "REUSED",
                zh: "该请求编号已用于另一项内容",
                en: "this request id was used for another command",
            };
            invalid_argument(&[("request_id".to_owned(), invalid)])
        }
        SubmitError::RequestKeyDiffers => reasoned(
            Code::FailedPrecondition,
            "REQUEST_KEY_DIFFERS",
            "该请求编号已记录在案,但其摘要由另一把请求密钥作出,无法辨别是否同一内容;请查阅登记簿,确未记录的换一个请求编号提交",
            "this request id is on record, digested under another request key, so that it cannot be told whether it asked for the same: look \
             at the record, and send what is not there with a new request_id",
        ),
        SubmitError::RevisionMismatch { actual } => with_reason(
            Code::Aborted,
            "REVISION_MISMATCH",
            &format!("记录已变更,当前版本为 {}", actual.0),
            &format!("the record has changed, it is at revision {}", actual.0),
        ),
        SubmitError::Contended => with_reason(
            Code::Aborted,
            CONTENDED,
            "他人正在办理同一网点,请重试",
            "others are writing to this provider, try again",
        ),
        SubmitError::OutcomeUnknown(why) => outcome_unknown(why),
        SubmitError::Unavailable(why) | SubmitError::Log(LogError::Unavailable(why)) => unavailable(why),
        // What a server holds that was put back from an older copy is not gone by: it is told by health, and may be put right.
        SubmitError::Log(LogError::Shorter(shortfall)) => unavailable(&shortfall.to_string()),
        SubmitError::RulesUnreadable(why) => with_reason(
            Code::Unavailable,
            "RULES_UNREADABLE",
            &format!("登记簿中的办法由更新的版本写入,本程序无法读取:{why}"),
            why,
        ),
        SubmitError::RequestKeyAway(why) => key_away(why),
        SubmitError::Clock(fault) => with_reason(Code::Unavailable, fault.reason(), &fault.zh(), &fault.en()),
        SubmitError::Busy { waiting } => busy(*waiting),
        SubmitError::NoRoom { of, left, needed } => no_room(*of, *left, *needed),
        SubmitError::NotStoring { halt, why } => not_storing(*halt, why),
        SubmitError::TooLarge { bytes } => with_reason(
            Code::ResourceExhausted,
            "COMMIT_TOO_LARGE",
            &format!("内容过大({bytes}字节)"),
            &format!("the content is too large ({bytes} bytes)"),
        ),
        SubmitError::Log(error) => of_log_error(error),
    }
}

/// What a caller is told when as many commands wait as may wait. Nothing was written.
pub(crate) fn busy(waiting: usize) -> Status {
    with_reason(
        Code::ResourceExhausted,
        BUSY,
        &format!("办理中的业务已达上限({waiting}件),未写入任何内容,请稍后再试"),
        &format!("{waiting} commands are under way, nothing was written, try again later"),
    )
}

/// What a caller is told whose command may be stored or not.
pub(crate) fn outcome_unknown(why: &str) -> Status {
    tracing::warn!(why, "the outcome of a command is unknown");
    with_reason(
        Code::Unknown,
        "OUTCOME_UNKNOWN",
        "结果未知,请用同一请求编号重新提交以查明",
        "the outcome is unknown: send it again with the same request_id",
    )
}

/// What a caller is told whose time is over before anything was begun that may be stored. Who gave a command hears so; who asked a question
/// expects nothing to be written.
pub(crate) fn timed_out(is_command: bool) -> Status {
    let (zh, en) = if is_command {
        ("未能在时限内答复,未写入任何内容", "the answer did not come in time, nothing was written")
    } else {
        ("未能在时限内答复,请稍后再试", "the answer did not come in time, try again later")
    };
    with_reason(Code::DeadlineExceeded, "TIMED_OUT", zh, en)
}

/// What a caller is told whose `grpc-timeout` is no time.
pub(crate) fn malformed_timeout() -> Status {
    with_reason(
        Code::InvalidArgument,
        "MALFORMED",
        "时限(grpc-timeout)无法解析",
        "grpc-timeout is no time: up to eight digits and one of H, M, S, m, u, n",
    )
}

/// What a caller is told who takes none of the answers to its calls. The call was not begun, or wrote nothing.
pub(crate) fn answers_untaken() -> Status {
    with_reason(
        Code::ResourceExhausted,
        BUSY,
        "该连接上待取的答复过多,请先取走再试,未写入任何内容",
        "too many answers wait on this connection: take them and try again, nothing was written",
    )
}

/// What a caller is told while as many questions are under way as may be, of its own or in all.
pub(crate) fn too_many_questions() -> Status {
    with_reason(Code::Unavailable, BUSY, "查询过多,请稍后再试", "too many questions are under way, try again later")
}

/// How a call ends that is still under way when its connection has to end, or the server stops.
pub(crate) fn ends(server_stops: bool) -> Status {
    if server_stops {
        return with_reason(
            Code::Unavailable,
            "DRAINING",
            "服务正在停止,请重新连接并继续",
            "the server is stopping: connect again and go on from where you are",
        );
    }
    with_reason(
        Code::Unavailable,
        "CONNECTION_ENDS",
        "连接将关闭,请重新连接并继续",
        "this connection has to end: connect again and go on from where you are",
    )
}

/// How tonic's and prost's own errors begin that mean bytes which are no message of gRPC. `tests/tests/bad_input.rs` sends
/// each kind.
const MALFORMED: [&str; 4] = [
    "failed to decode Protobuf message",
    "Missing request message",
    "Unexpected EOF decoding stream",
    "protocol error: received message with",
];
/// How tonic's own error begins that means a message over its bound.
const TOO_LARGE: &str = "Error, decoded message length too large";

/// The error in the header fields or trailers of an answer, where it says only its code, as those of the transport do, with
/// what this table promises: a stable reason.
pub(crate) fn completed(headers: &HeaderMap) -> Option<Status> {
    let code = headers.get(Status::GRPC_STATUS)?;
    // Most answers end here.
    if code == "0" || headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return None;
    }
    let bare = Status::from_header_map(headers)?;
    let message = bare.message();
    let told = match bare.code() {
        Code::Internal if MALFORMED.iter().any(|start| message.starts_with(start)) => with_reason(
            Code::InvalidArgument,
            "MALFORMED",
            "请求无法解析",
            &format!("the request is no message of this call: {message}"),
        ),
        Code::OutOfRange if message.starts_with(TOO_LARGE) => with_reason(
            Code::OutOfRange,
            "MESSAGE_TOO_LARGE",
            &format!("请求过大,上限{REQUEST_BYTES_MAX}字节"),
            &format!("the request is too large: at most {REQUEST_BYTES_MAX} bytes"),
        ),
        Code::Unimplemented if message.is_empty() => with_reason(
            Code::Unimplemented,
            "UNKNOWN_METHOD",
            "没有这个调用",
            "there is no such call here; reflection lists those there are",
        ),
        code => {
            let mut details = ErrorDetails::with_error_info(reason_of(code), ERROR_DOMAIN, HashMap::new());
            if code == Code::Unavailable {
                details.set_retry_info(Some(RETRY_AFTER));
            }
            Status::with_error_details_and_metadata(code, message, details, bare.metadata().clone())
        }
    };
    Some(told)
}

/// The reason of an error that has none of its own: its code, as gRPC spells it.
fn reason_of(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// A status as trailers carry it.
pub(crate) fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    if status.add_header(&mut trailers).is_err() {
        // Only a value that no header may hold comes here, and the code alone holds none.
        trailers.insert(Status::GRPC_STATUS, i32::from(status.code()).into());
    }
    trailers
}

/// What a caller is told while the log takes nothing more. Where and why is said to the operator alone.
fn not_storing(halt: Halt, why: &str) -> Status {
    tracing::warn!(why, "{halt}");
    let (zh, en) = match halt {
        Halt::FailedWrite => (
            "登记簿服务器写入失败后已停止存储,未写入任何内容,请运维人员腾出磁盘空间并重启该服务器",
            "the log's server stores nothing more after a failed write, nothing was written: its operator has to free room and restart it",
        ),
        Halt::Full => (
            "登记簿服务器的存储已达上限,未写入任何内容,请运维人员腾出空间或放宽该服务器的存储上限",
            "the log's server has reached the limit of what it may store, nothing was written: its operator has to free room or raise that limit",
        ),
        Halt::Unnoted => (
            "数据目录中的 log-known 不能写入,未写入任何内容,请运维人员使其可写",
            "the file log-known in the data folder cannot be written, nothing was written: the operator has to make it writable",
        ),
        Halt::Limited => (
            "存放登记簿的 NATS 流被设了上限,未写入任何内容,请运维人员取消该上限",
            "the NATS stream of the log was given a limit of what it may hold, nothing was written: its operator has to lift that limit",
        ),
        Halt::Unsafe => (
            "登记簿服务器的设置会丢失已登记的内容,未写入任何内容,请运维人员改正该设置",
            "the log's server is set so that it would lose what is recorded, nothing was written: its operator has to mend the setting",
        ),
        Halt::Harmed => (
            "登记簿的文件被移走、替换或改动,或其内容少于已登记的,未写入任何内容,请运维人员放回原来的登记簿",
            "the log was taken away, replaced or changed, or holds less than was recorded, nothing was written: its operator has to put it back",
        ),
    };
    with_reason(Code::Unavailable, "LOG_NOT_STORING", zh, en)
}

/// What a caller is told while what is recorded could not be matched later. Where the key is and what is wrong is said to the operator alone.
fn key_away(why: &str) -> Status {
    tracing::warn!(why, "the request key is not where it should be");
    with_reason(
        Code::Unavailable,
        "REQUEST_KEY_AWAY",
        "服务器上的请求密钥文件被移走、替换或不可读,未写入任何内容,请运维人员放回原来的请求密钥",
        "the file of the request key was taken away, replaced, or cannot be read, nothing was written: the operator has to put the right one back",
    )
}

/// What a caller is told while the log has less left than it keeps in reserve. Nothing was written.
fn no_room(of: Reserve, left: u64, needed: u64) -> Status {
    let (reason, zh, en) = match of {
        Reserve::Disk => (
            "DISK_RESERVE",
            format!("登记簿所在磁盘仅余{left}字节,低于预留的{needed}字节,未写入任何内容,请运维人员清理后再试"),
            format!(
                "the log's disk has {left} bytes left of the {needed} kept in reserve, nothing was written, try again"
            ),
        ),
        Reserve::Descriptors => (
            "DESCRIPTOR_RESERVE",
            format!("进程可用的文件描述符仅余{left}个,低于预留的{needed}个,未写入任何内容,请稍后再试"),
            format!("{left} file descriptors are left of the {needed} kept in reserve, nothing was written, try again"),
        ),
        Reserve::FileSize => (
            "FILE_SIZE_LIMIT",
            format!(
                "本进程的文件限长{left}字节,低于登记簿所需的{needed}字节,未写入任何内容,请运维人员放宽(LimitFSIZE)后再试"
            ),
            format!(
                "files of this process may have {left} bytes of the {needed} that the log needs (RLIMIT_FSIZE), nothing was written, try again"
            ),
        ),
    };
    with_reason(Code::Unavailable, reason, &zh, &en)
}

fn unavailable(why: &str) -> Status {
    tracing::warn!(why, "the log is unavailable");
    with_reason(
        Code::Unavailable,
        "LOG_UNAVAILABLE",
        "登记簿暂不可用,未写入任何内容,请稍后再试",
        "the log is unavailable, nothing was written, try again",
    )
}

/// What a reader of the log is told.
pub fn of_log_error(error: &LogError) -> Status {
    let away = match error {
        LogError::Unavailable(why) => Some(why.clone()),
        LogError::Shorter(shortfall) => Some(shortfall.to_string()),
        _ => None,
    };
    if let Some(why) = away {
        tracing::warn!(why, "the log cannot be read now");
        let (zh, en) = ("登记簿暂不可读,请稍后再试", "the log cannot be read now, try again");
        return with_reason(Code::Unavailable, "LOG_UNAVAILABLE", zh, en);
    }
    tracing::error!(%error, "the log cannot be read");
    let zh = match error.stray() {
        Some(position) if error.is_newer() => {
            format!("登记簿第{}条由更新的版本写入,本程序须先升级", position.0)
        }
        Some(position) => format!("登记簿第{}条不可信,须经核查并记录搁置后方可继续", position.0),
        None => "登记簿有无法读取的内容".to_owned(),
    };
    with_reason(Code::DataLoss, "LOG_UNREADABLE", &zh, &error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_stores_nothing_is_told_with_the_remedy() {
        for (halt, remedy) in [
            (Halt::FailedWrite, ["restart it", "重启"]),
            (Halt::Full, ["raise that limit", "放宽"]),
            (Halt::Unnoted, ["make it writable", "可写"]),
            (Halt::Limited, ["lift that limit", "取消该上限"]),
            (Halt::Unsafe, ["mend the setting", "改正该设置"]),
            (Halt::Harmed, ["put it back", "放回"]),
        ] {
            let why = "server a: 1.blk: no space left on device".to_owned();
            let status = of_submit_error(&SubmitError::NotStoring { halt, why });
            let details = status.get_error_details();
            assert_eq!(status.code(), Code::Unavailable);
            assert_eq!(details.error_info().map(|info| info.reason.as_str()), Some("LOG_NOT_STORING"));
            assert!(details.retry_info().is_some() && !status.message().contains("1.blk"), "{details:?}");
            assert!(remedy.iter().all(|remedy| status.message().contains(remedy)), "{}", status.message());
        }
    }

    #[test]
    fn without_room_a_caller_is_told_what_is_missing_and_that_it_may_come_back() {
        for (of, reason) in [
            (Reserve::Disk, "DISK_RESERVE"),
            (Reserve::Descriptors, "DESCRIPTOR_RESERVE"),
            (Reserve::FileSize, "FILE_SIZE_LIMIT"),
        ] {
            let status = of_submit_error(&SubmitError::NoRoom { of, left: 7, needed: 64 });
            assert_eq!(status.code(), Code::Unavailable);
            let details = status.get_error_details();
            assert_eq!(details.error_info().map(|info| info.reason.as_str()), Some(reason));
            assert!(details.retry_info().is_some() && details.localized_message().is_some(), "{details:?}");
            assert!(status.message().contains("nothing was written"), "{}", status.message());
        }
    }
}
