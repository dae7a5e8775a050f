//! The one table from what went wrong to what the caller is told.

use std::collections::HashMap;
use std::time::Duration;

use domain::{Invalid, Refusal};
use event_log::LogError;
use registrar::SubmitError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, ErrorInfo, StatusExt};

/// The domain of google.rpc.ErrorInfo.
const ERROR_DOMAIN: &str = "puhui";
/// After how long a caller may try again when the log is busy or away.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Reason of `RESOURCE_EXHAUSTED` where trying again later helps.
const BUSY: &str = "BUSY";

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
    if matches!(code, Code::Unavailable | Code::Aborted) || reason == BUSY {
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
    with_reason(Code::FailedPrecondition, refusal.reason(), &refusal.zh(), &refusal.en())
}

/// What a caller of a command is told.
pub(crate) fn of_submit_error(error: &SubmitError) -> Status {
    match error {
        SubmitError::Refused(refusal) => refused(refusal),
        SubmitError::RequestReused => {
            let invalid = Invalid {
                rule: "REUSED",
                zh: "该请求编号已用于另一项内容",
                en: "this request id was used for another command",
            };
            invalid_argument(&[("request_id".to_owned(), invalid)])
        }
        SubmitError::RevisionMismatch { actual } => with_reason(
            Code::Aborted,
            "REVISION_MISMATCH",
            &format!("记录已变更,当前版本为 {}", actual.0),
            &format!("the record has changed, it is at revision {}", actual.0),
        ),
        SubmitError::Contended => with_reason(
            Code::Aborted,
            "CONTENDED",
            "他人正在办理同一网点,请重试",
            "others are writing to this provider, try again",
        ),
        SubmitError::OutcomeUnknown(why) => {
            tracing::warn!(why, "the outcome of a command is unknown");
            with_reason(
                Code::Unknown,
                "OUTCOME_UNKNOWN",
                "结果未知,请用同一请求编号重新提交以查明",
                "the outcome is unknown: send it again with the same request_id",
            )
        }
        SubmitError::Unavailable(why) => unavailable(why),
        SubmitError::Busy { waiting } => busy(*waiting),
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
    if let LogError::Unavailable(why) = error {
        return unavailable(why);
    }
    tracing::error!(%error, "the log cannot be read");
    with_reason(Code::DataLoss, "LOG_UNREADABLE", "登记簿有无法读取的内容", &error.to_string())
}
