//! Under which subject a stream's commits stand.

use domain::StreamId;

/// Every subject of ours. No two NATS streams of one account hold the same subject, so there is one log.
pub(crate) const ALL: &str = "puhui.>";
/// How the subjects of operators' streams begin.
pub(crate) const OPERATORS: &str = "puhui.operator.";
/// How the subjects of providers' streams begin.
const PROVIDERS: &str = "puhui.provider.";
/// The subject of the log's own stream.
const LOG: &str = "puhui.log";
/// The subject of the rules' stream.
const RULES: &str = "puhui.rules";

/// The subject that a stream's commits stand under.
pub(crate) fn subject(stream: &StreamId) -> String {
    let (kind, id) = match stream {
        StreamId::Provider(id) => (PROVIDERS, id.as_str()),
        StreamId::Operator(code) => (OPERATORS, code.as_str()),
        StreamId::Log => (LOG, ""),
        StreamId::Rules => (RULES, ""),
    };
    // By construction; a dot or a wildcard would name another subject, and the client lets them through.
    debug_assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'-'), "{id}");
    [kind, id].concat()
}

/// Whether `subject` is that of `stream`; without making one, since every commit that is read is asked.
pub(crate) fn stands_under(subject: &str, stream: &StreamId) -> bool {
    match stream {
        StreamId::Provider(id) => subject.strip_prefix(PROVIDERS) == Some(id.as_str()),
        StreamId::Operator(code) => subject.strip_prefix(OPERATORS) == Some(code.as_str()),
        StreamId::Log => subject == LOG,
        StreamId::Rules => subject == RULES,
    }
}
