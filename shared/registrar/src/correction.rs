//! A correction: the one command that is asked of the whole stream, and not of the state that it has come to.

use domain::command::{Command, CorrectAct};
use domain::{
    Act, Day, Entry, InTheirDay, MadeBy, OperatorCode, Position, ProviderId, StreamId, decide_correction,
    decide_operator_correction,
};
use event_log::{EventLog, Recorded, Tail};
use rulebook::Editions;

use crate::submission::{Action, Submission, SubmitError};
use crate::then::{Bars, InForce, Then, entries, identifies};
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

/// Where the commit stands since which the correction has nothing to change.
pub(crate) async fn since<L: EventLog>(
    log: &L,
    editions: &Editions,
    asked: (&CorrectAct, &Action),
    submission: &Submission,
) -> Result<Option<Tail>, SubmitError> {
    let loaded = log.load(&asked.1.stream()).await?;
    let mut since = None;
    // From the end back, so that mostly one look is enough.
    for known in (0..=loaded.len()).rev() {
        let commits = loaded.get(..known).unwrap_or_default();
        match of(log, editions, asked, commits, submission).await {
            Ok(decided) if decided.events.is_empty() => {
                since = Some(commits.last().map_or(Tail::default(), Recorded::tail));
            }
            Ok(_) | Err(SubmitError::Refused(_)) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(since)
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
        Action::Operator(..) | Action::CorrectOperator(..) | Action::Rules(_) => {
            let rules = InForce::of_operator(editions, commits, bureau, today).map_err(SubmitError::Refused)?;
            let scheme = |entry: &Entry<'_>| rules.scheme(entry.position);
            (decide_operator_correction(&record, c, scheme, bureau, today), rules.version())
        }
        Action::Provider(provider, _) | Action::CorrectProvider(provider, _) => {
            let bars = bars(log, provider, c, commits).await?;
            let right = c.right.as_deref().and_then(|right| Some((position_of(commits, c.act)?, right)));
            let rules = InForce::of_provider(editions, commits, right, today).map_err(SubmitError::Refused)?;
            let then = Then { rules: &rules, provider, bars: &bars };
            let now = Entry { position: Position(u64::MAX), recorded_on: today, bureau, corrects: true, events: &[] };
            (decide_correction(&record, c, &then, &then.context(&now, None)), rules.version())
        }
    };
    decided.map(|events| Decided { scheme, events }).map_err(SubmitError::Refused)
}

/// Where the commit stands that holds an act.
pub(crate) fn position_of(commits: &[Recorded], act: Act) -> Option<Position> {
    let mut acts = 0;
    commits.iter().find_map(|recorded| {
        acts += recorded.commit.events.len();
        (usize::try_from(act.get()).ok()? <= acts).then_some(recorded.position)
    })
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
