//! Whose record is asked for.

use api::audit::v1::{Commit, ReplayRequest};

use crate::ask::code::is_code;
use crate::client::Failure;

/// Whose record is told.
pub(crate) enum Whose {
    Provider(String),
    Operator(String),
}

impl Whose {
    /// An operator's code is 18 characters; whatever else is typed the server reads as a provider's id.
    pub(crate) fn typed(text: String) -> Self {
        if is_code(&text) { Self::Operator(text) } else { Self::Provider(text) }
    }

    pub(super) fn request(&self) -> ReplayRequest {
        match self {
            Self::Provider(id) => ReplayRequest { provider_id: id.clone(), ..ReplayRequest::default() },
            Self::Operator(code) => ReplayRequest { operator_code: code.clone(), ..ReplayRequest::default() },
        }
    }

    /// Whether a commit is of this record: with an operator's come those of its outlets.
    pub(super) fn has(&self, commit: &Commit) -> bool {
        match self {
            Self::Provider(_) => true,
            Self::Operator(_) => !commit.operator_code.is_empty(),
        }
    }

    pub(super) fn nothing(&self) -> Failure {
        Failure::refused(match self {
            Self::Provider(id) => format!("没有网点 {id} 的记录 / nothing was recorded of {id}"),
            Self::Operator(code) => {
                format!("没有运营主体 {code} 自身的记录(禁入等) / nothing was recorded of the operator {code} itself")
            }
        })
    }
}
