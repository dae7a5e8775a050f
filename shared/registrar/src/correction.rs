//! A correction: the one command that is asked of the whole stream, and not of the state that it has come to.

use domain::command::{Command, CorrectAct};
use domain::{
    Day, Entry, Event, InTheirDay, MadeBy, OperatorCode, Position, ProviderId, StreamId, decide_correction,
    decide_operator_correction,
};
use event_log::{EventLog, Recorded, Tail};

use crate::rules::Rules;
use crate::submission::{Action, Submission, SubmitError};
use crate::then::{Bars, Then, entries, identifies};

/// What a correction makes of the stream as it is after `tail`.
pub(crate) async fn decided<L: EventLog>(
    log: &L,
    rules: &Rules,
    asked: (&CorrectAct, &Action),
    tail: Tail,
    submission: &Submission,
) -> Result<Vec<Event>, SubmitError> {
    let loaded = log.load(&asked.1.stream()).await?;
    let known = loaded.partition_point(|recorded| recorded.revision <= tail.revision);
    of(log, rules, asked, loaded.get(..known).unwrap_or_default(), submission).await
}

/// Where the commit stands since which the correction has nothing to change.
pub(crate) async fn since<L: EventLog>(
    log: &L,
    rules: &Rules,
    asked: (&CorrectAct, &Action),
    submission: &Submission,
) -> Result<Option<Tail>, SubmitError> {
    let loaded = log.load(&asked.1.stream()).await?;
    let mut since = None;
    // From the end back, so that mostly one look is enough.
    for known in (0..=loaded.len()).rev() {
        let commits = loaded.get(..known).unwrap_or_default();
        match of(log, rules, asked, commits, submission).await {
            Ok(events) if events.is_empty() => since = Some(commits.last().map_or(Tail::default(), Recorded::tail)),
            Ok(_) | Err(SubmitError::Refused(_)) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(since)
}

/// What it makes of a stream of these commits.
async fn of<L: EventLog>(
    log: &L,
    rules: &Rules,
    (c, action): (&CorrectAct, &Action),
    commits: &[Recorded],
    submission: &Submission,
) -> Result<Vec<Event>, SubmitError> {
    let (bureau, today) = (&submission.bureau, Day::of(submission.now));
    let record = entries(commits);
    let decided = match action {
        Action::Provider(provider, _) | Action::CorrectProvider(provider, _) => {
            let bars = bars(log, provider, c, commits).await?;
            let then = Then { rules, provider, bars: &bars };
            let now = Entry { position: Position(u64::MAX), recorded_on: today, bureau, events: &[] };
            decide_correction(&record, c, &then, &then.context(&now, None))
        }
        Action::Operator(..) | Action::CorrectOperator(..) => {
            decide_operator_correction(&record, c, |_| &rules.scheme, bureau, today)
        }
    };
    decided.map_err(SubmitError::Refused)
}

/// The bars there were on the provider's operator, under each code that it was ever known by, or is to be.
async fn bars<L: EventLog>(
    log: &L,
    provider: &ProviderId,
    c: &CorrectAct,
    commits: &[Recorded],
) -> Result<Bars, SubmitError> {
    let known = commits.iter().flat_map(|recorded| &recorded.commit.events).filter_map(identifies);
    let right = match c.right.as_deref() {
        Some(MadeBy::Provider(Command::IdentifyOperator(right))) => {
            Some(OperatorCode::Uscc(right.operator_uscc.clone()))
        }
        _ => None,
    };
    let mut bars = Bars::default();
    for operator in known.chain(right).chain([provider.operator().clone()]) {
        let commits = log.load(&StreamId::Operator(operator.clone())).await?;
        bars.of(operator, &commits);
    }
    Ok(bars)
}
