//! Commits as they travel, and which of them were asked for.

use api::audit::v1;
use domain::{BureauId, OperatorCode, ProviderId, StreamId};
use event_log::{Followed, Recorded};
use serve::{facts, hex};

/// What a replay is filtered by. All must hold.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) provider: Option<ProviderId>,
    pub(crate) operator: Option<OperatorCode>,
    pub(crate) bureau: Option<BureauId>,
    pub(crate) event_names: Vec<String>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        let Self { provider, operator, bureau, event_names } = self;
        provider.is_none() && operator.is_none() && bureau.is_none() && event_names.is_empty()
    }

    pub(crate) fn passes(&self, recorded: &Recorded) -> bool {
        let (provider, operator) = match &recorded.stream {
            StreamId::Provider(id) => (Some(id), Some(id.operator())),
            StreamId::Operator(code) => (None, Some(code)),
            StreamId::Log => (None, None),
        };
        let named = |name: &str| self.event_names.iter().any(|wanted| wanted == name);
        self.provider.as_ref().is_none_or(|wanted| provider == Some(wanted))
            && self.operator.as_ref().is_none_or(|wanted| operator == Some(wanted))
            && self.bureau.as_ref().is_none_or(|wanted| recorded.commit.bureau == *wanted)
            && (self.event_names.is_empty() || recorded.commit.events.iter().any(|event| named(event.name())))
    }
}

/// What stands at a position as it travels, if it passes. What was set aside says nothing that could be filtered by, so it is told to
/// who asks for everything.
pub(crate) fn replayed(next: &Followed, filter: &Filter) -> Option<v1::ReplayResponse> {
    match next {
        Followed::Commit(recorded) => filter
            .passes(recorded)
            .then(|| v1::ReplayResponse { commit: Some(commit(recorded)), ..v1::ReplayResponse::default() }),
        Followed::SetAside(aside) => filter.is_empty().then(|| v1::ReplayResponse {
            set_aside: Some(v1::SetAside {
                position: aside.position.0,
                sha256: aside.sha256.to_string(),
                by_position: aside.by.0,
            }),
            ..v1::ReplayResponse::default()
        }),
    }
}

/// A commit as it travels.
pub fn commit(recorded: &Recorded) -> v1::Commit {
    let (provider_id, operator_code) = match &recorded.stream {
        StreamId::Provider(id) => (id.to_string(), String::new()),
        StreamId::Operator(code) => (String::new(), code.to_string()),
        StreamId::Log => (String::new(), String::new()),
    };
    let commit = &recorded.commit;
    v1::Commit {
        position: recorded.position.0,
        revision: recorded.revision.0,
        provider_id,
        operator_code,
        request_id: commit.id.to_string(),
        request_digest: hex(&commit.digest),
        bureau_id: commit.bureau.to_string(),
        officer_id: commit.officer.to_string(),
        recorded_at_ms: commit.recorded_at.0,
        scheme_version: commit.scheme.to_string(),
        events: commit.events.iter().map(facts::event).collect(),
    }
}
