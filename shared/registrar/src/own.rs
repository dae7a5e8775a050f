//! What the own streams of operators say that bears on a command.

use std::sync::Arc;

use domain::command::Command;
use domain::{Bar, OperatorCode, ProviderId, Uscc};

use crate::history::History;
use crate::submission::{Action, SubmitError};
use crate::under::OfOperators;

/// Where the own streams of operators are read.
pub(crate) trait OperatorStreams {
    /// What an operator's own stream says; `None` where it is empty.
    fn operator(
        &self,
        operator: OperatorCode,
    ) -> impl Future<Output = Result<Option<Arc<History>>, SubmitError>> + Send;
}

/// The bars, for the commands that a bar refuses, and which of a command's codes that fail their check were confirmed.
#[derive(Default)]
pub(crate) struct OwnStreams {
    bars: Vec<Bar>,
    confirmed: Vec<Uscc>,
}

impl OwnStreams {
    /// What bears on a command. What is recorded there between this read and the append is not seen: ARCHITECTURE.md says what that race can
    /// do.
    pub(crate) async fn read(
        streams: &(impl OperatorStreams + Sync),
        history: &History,
        action: &Action,
    ) -> Result<Self, SubmitError> {
        let Action::Provider(provider, command) = action else { return Ok(Self::default()) };
        let mut confirmed = Vec::new();
        for code in command.unchecked_codes(provider, &history.provider) {
            let known = streams.operator(OperatorCode::Uscc(code.clone())).await?;
            if known.is_some_and(|known| known.operator.confirmation.is_some()) {
                confirmed.push(code.clone());
            }
        }
        Ok(Self { bars: bars(streams, history, provider, command).await?, confirmed })
    }

    pub(crate) fn told(&self) -> OfOperators<'_> {
        OfOperators { bars: [&self.bars, &[]], confirmed: &self.confirmed }
    }
}

async fn bars(
    streams: &(impl OperatorStreams + Sync),
    history: &History,
    provider: &ProviderId,
    command: &Command,
) -> Result<Vec<Bar>, SubmitError> {
    let asks = matches!(
        command,
        Command::Apply(_) | Command::Certify(_) | Command::RecordCertification(_) | Command::Renew(_)
    );
    if !asks {
        return Ok(Vec::new());
    }
    // A bar on the key that the operator had before its code was known stands as well.
    let identified = history.provider.operator_uscc().cloned().map(OperatorCode::Uscc);
    let mut bars = Vec::new();
    for operator in [provider.operator().clone()].into_iter().chain(identified) {
        let known = streams.operator(operator).await?;
        bars.extend(known.iter().flat_map(|known| known.operator.each_bar()));
    }
    Ok(bars)
}
