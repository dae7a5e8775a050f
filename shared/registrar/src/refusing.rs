//! What a caller is told beside a refusal, which is found by reading the record again: in what the act that is in the way differs, and which
//! bureau recorded a bar.

use domain::{Act, Called, CodeOf, Day, Difference, Name, OperatorCode, Refusal, StreamId};
use event_log::{EventLog, Loaded};
use rulebook::Editions;

use crate::history::{History, saying};
use crate::submission::{Action, Submission, SubmitError};

/// The refusal, with what of the record explains it. Why it was refused is known, also where the record cannot be read again.
pub(crate) async fn refused<L: EventLog>(
    log: &L,
    stream: &StreamId,
    refusal: Refusal,
    (submission, editions): (&Submission, &Editions),
) -> SubmitError {
    match &refusal {
        Refusal::Barred { act, .. } => {
            let act = *act;
            SubmitError::Refused(recorded_by(log, [stream.clone()], (act, refusal), editions).await)
        }
        Refusal::OperatorBarred { act, .. } => {
            let (act, streams) = (*act, operators(log, stream, submission).await);
            SubmitError::Refused(recorded_by(log, streams, (act, refusal), editions).await)
        }
        _ => match differs(log, stream, refusal, submission).await {
            SubmitError::Differs(refusal, difference) => {
                let today = Day::of(submission.now);
                let known = editions.everywhere(today);
                let name = |of: CodeOf, code: &str| known.as_ref()?.scheme.name(of, code, today);
                let division = |code: &str| editions.divisions().name(code).map(str::to_owned);
                SubmitError::Differs(refusal, Box::new(difference.named(&name, &division)))
            }
            other => other,
        },
    }
}

/// What a bureau was called on a day, where the rules list it.
fn bureau_on(editions: &Editions, code: &Called, day: Day) -> Option<Name> {
    let id = domain::BureauId::parse(code.code()).ok()?;
    editions.scheme_of_bureau(&id, day, day)?.scheme.name(CodeOf::Bureau, code.code(), day)
}

/// In what the act on record that is in the way differs from what was asked for, if there is one.
async fn differs<L: EventLog>(log: &L, stream: &StreamId, refusal: Refusal, submission: &Submission) -> SubmitError {
    let asked = refusal.is_of_what_is_on_record().then(|| submission.action.asked(&refusal)).flatten();
    let Some(asked) = asked else { return SubmitError::Refused(refusal) };
    let Ok(commits) = log.load(stream).await else { return SubmitError::Refused(refusal) };
    let facts = commits.iter().flat_map(|recorded| &recorded.commit.events);
    match Difference::of(facts, &asked, refusal.held_against()) {
        Some(difference) => SubmitError::Differs(refusal, Box::new(difference)),
        None => SubmitError::Refused(refusal),
    }
}

/// The records of the provider's operator: under the code that it came with, and under the one that it was identified by.
async fn operators<L: EventLog>(log: &L, stream: &StreamId, submission: &Submission) -> Vec<StreamId> {
    let (Action::Provider(provider, _) | Action::CorrectProvider(provider, _)) = &submission.action else {
        return Vec::new();
    };
    let known = log.load(stream).await.map(|commits: Loaded| History::replay(&commits).provider).ok();
    let identified = known.and_then(|known| known.operator_uscc().cloned()).map(OperatorCode::Uscc);
    [Some(provider.operator().clone()), identified].into_iter().flatten().map(StreamId::Operator).collect()
}

/// The refusal with the bureau that recorded the bar: of several records the one in which that act is the bar that the refusal names.
async fn recorded_by<L: EventLog>(
    log: &L,
    streams: impl IntoIterator<Item = StreamId>,
    (act, refusal): (Act, Refusal),
    editions: &Editions,
) -> Refusal {
    for stream in streams {
        let Ok(commits) = log.load(&stream).await else { continue };
        let history = History::replay(&commits);
        let bars: Vec<_> = history.operator.each_bar().chain(history.provider.bars()).collect();
        let is_it = bars.iter().any(|bar| bar.act == act && refusal.names_bar(bar));
        if let Some(recorded) = saying(&commits, act).and_then(|at| commits.get(at)).filter(|_| is_it) {
            let (by, day) = (Called::bureau(&recorded.commit.bureau), Day::of(recorded.commit.recorded_at));
            return refusal.recorded_by(by.clone().by(&|_, _| bureau_on(editions, &by, day)));
        }
    }
    refusal
}
