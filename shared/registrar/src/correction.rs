//! A correction: the one command that is asked of the whole stream, and not of the state that it has come to.

use std::collections::BTreeSet;

use domain::command::CorrectAct;
use domain::{
    Day, Entry, InTheirDay, MadeBy, OperatorCode, Position, ProviderId, Refusal, StreamId, decide_correction,
    decide_operator_correction,
};
use event_log::{EventLog, Recorded, Tail};
use rulebook::Editions;

use crate::submission::{Action, Submission, SubmitError};
use crate::then::{InForce, Operators, Then, asked_about, entries};
use crate::under::Decided;

/// What a correction makes of the stream as it is after `tail`.
pub(crate) async fn decided<L: EventLog>(
    log: &L,
    editions: &Editions,
    asked: (&CorrectAct, &Action),
    tail: Tail,
    submission: &Submission,
) -> Result<Decided, SubmitError> {
    let loaded = log.load(&asked.1.stream()).await?;
    let known = loaded.partition_point(|recorded| recorded.revision <= tail.revision);
    of(log, editions, asked, loaded.get(..known).unwrap_or_default(), submission).await
}

/// What it makes of a stream of these commits.
async fn of<L: EventLog>(
    log: &L,
    editions: &Editions,
    (c, action): (&CorrectAct, &Action),
    commits: &[Recorded],
    submission: &Submission,
) -> Result<Decided, SubmitError> {
    let (bureau, today) = (&submission.bureau, Day::of(submission.now));
    let record = entries(commits);
    let (decided, scheme) = match action {
        // What is corrected of the rules is refused before.
        Action::Rules(_) => return Err(SubmitError::Refused(Refusal::CorrectsAnother)),
        Action::Operator(code, _) | Action::CorrectOperator(code, _) => {
            let rules = InForce::of_operator(editions, commits, bureau, today).map_err(SubmitError::Refused)?;
            let scheme = |entry: &Entry<'_>| rules.scheme(entry.position);
            (decide_operator_correction(&record, code, c, scheme, bureau, today), rules.version())
        }
        Action::Provider(provider, _) | Action::CorrectProvider(provider, _) => {
            let operators = operators(log, provider, c.right.as_deref(), commits).await?;
            let rules = InForce::of_provider(editions, commits, Some(c), today).map_err(SubmitError::Refused)?;
            let position = Position(u64::MAX);
            let then = Then { rules: &rules, provider, operators: &operators, now: position };
            let now = Entry { position, recorded_on: today, bureau, corrects: true, events: &[] };
            (decide_correction(&record, c, &then, &then.context(&now, None)), rules.version())
        }
    };
    decided.map(|events| Decided { scheme, events }).map_err(SubmitError::Refused)
}

/// What the own streams said of the provider's operator, under each code that it was ever known by, or is to be, and of the other codes that
/// had to be confirmed.
pub(crate) async fn operators<L: EventLog>(
    log: &L,
    provider: &ProviderId,
    right: Option<&MadeBy>,
    commits: &[Recorded],
) -> Result<Operators, SubmitError> {
    let known = commits.iter().flat_map(|recorded| &recorded.commit.events).flat_map(asked_about);
    let right: Vec<OperatorCode> = match right {
        Some(MadeBy::Provider(right)) => right.codes().cloned().map(OperatorCode::Uscc).collect(),
        _ => Vec::new(),
    };
    let codes: BTreeSet<OperatorCode> = known.chain(right).chain([provider.operator().clone()]).collect();
    let mut operators = Operators::default();
    for operator in codes {
        let commits = log.load(&StreamId::Operator(operator.clone())).await?;
        operators.of(operator, &commits);
    }
    Ok(operators)
}
