//! What happened, in a few words, for people who follow changes.

use api::directory::v1;

use super::sentence;
use crate::rows::change::ChangeRow;

/// A change as it travels.
pub(crate) fn change(position: u64, change: ChangeRow) -> v1::Change {
    let (zh, en): (Vec<_>, Vec<_>) = change.events.iter().map(|name| fact(name)).unzip();
    let summary = sentence(&zh.join("、"), &en.join("; "));
    v1::Change {
        position,
        provider_id: change.provider_id,
        operator_code: change.operator_code,
        event_names: change.events,
        recorded_at_ms: change.recorded_at_ms,
        summary,
    }
}

/// The name of a fact in both languages; an unknown one is told by its name.
pub(crate) fn fact(name: &str) -> (&str, &str) {
    api::words::fact(name).map_or((name, name), |word| (word.zh, word.en))
}
