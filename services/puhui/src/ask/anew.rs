//! `puhui replay --check`: every commit decided anew from what stands before it.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use api::audit::v1::{self, ReplayRequest};
use domain::{Commit, Event, NoCommand, Position, StreamId};
use event_log::{Recorded, encode};
use prost::Message as _;
use registrar::{Anew, Operators, Otherwise, stream_anew};
use serve::reference::Editions;

use super::editions::{recorded, then};
use super::replay::for_each_commit;
use crate::args::Replay;
use crate::client::{Failure, Servers};
use crate::json;

/// Commits whose streams are held in memory at one time: where the log has more, it is read once for each so many. Those of operators' own streams
/// are held throughout, and there are few.
const COMMITS_HELD: u64 = 500_000;
/// Commits that come out otherwise and are told; of more only the number is.
const TOLD_MAX: usize = 1000;

type Streams = HashMap<StreamId, Vec<Recorded>>;

/// Decides the whole log anew. Refused where a commit comes out otherwise.
pub(crate) async fn check(servers: &Servers, asked: &Replay, as_json: bool) -> Result<(), Failure> {
    // Rules and operators first, which bear on providers of whatever stream.
    let (mut operators, mut commits) = (Streams::new(), 0_u64);
    let mut rules = vec![];
    let until = asked.until;
    read(servers, until, |recorded| {
        commits += 1;
        if recorded.stream == StreamId::Rules {
            rules.push(recorded);
            return;
        }
        if let StreamId::Operator(_) = recorded.stream {
            operators.entry(recorded.stream.clone()).or_default().push(recorded);
        }
    })
    .await?;
    let (editions, rules) = (editions(&rules)?, Streams::from([(StreamId::Rules, rules)]));
    let mut known = Operators::default();
    for (stream, recorded) in &operators {
        if let StreamId::Operator(code) = stream {
            known.of(code.clone(), recorded);
        }
    }
    let mut found: Vec<(Otherwise, Recorded)> = Vec::new();
    look_at(&rules, &editions, &known, &mut found);
    look_at(&operators, &editions, &known, &mut found);
    let rounds = commits.div_ceil(COMMITS_HELD).max(1);
    for round in 0..rounds {
        let mut streams = Streams::new();
        read(servers, until, |recorded| {
            let is_of_provider = matches!(recorded.stream, StreamId::Provider(_));
            if is_of_provider && hash(&recorded.stream) % rounds == round {
                streams.entry(recorded.stream.clone()).or_default().push(recorded);
            }
        })
        .await?;
        look_at(&streams, &editions, &known, &mut found);
    }
    tell(found, commits, as_json)
}

/// The rules as of each position at which some were adopted, and before the first.
fn editions(commits: &[Recorded]) -> Result<BTreeMap<Position, Arc<Editions>>, Failure> {
    let mut now = Arc::new(Editions::default());
    let mut all = BTreeMap::from([(Position(0), Arc::clone(&now))]);
    for recorded in commits {
        now = Arc::new(then(&now, recorded)?);
        all.insert(recorded.position, Arc::clone(&now));
    }
    Ok(all)
}

fn hash(stream: &StreamId) -> u64 {
    let mut hasher = DefaultHasher::new();
    stream.hash(&mut hasher);
    hasher.finish()
}

/// Hands on every commit, up to a position, as the log holds it.
async fn read(servers: &Servers, until: u64, mut take: impl FnMut(Recorded)) -> Result<(), Failure> {
    let request = ReplayRequest { until_position: until, ..ReplayRequest::default() };
    for_each_commit(servers, request, |commit| {
        take(recorded(commit)?);
        Ok(())
    })
    .await
}

fn look_at(
    streams: &Streams,
    editions: &BTreeMap<Position, Arc<Editions>>,
    known: &Operators,
    found: &mut Vec<(Otherwise, Recorded)>,
) {
    for commits in streams.values() {
        // Those that the commit names, and no later ones.
        let rules_at = |position: Position| editions.get(&position).cloned();
        for otherwise in stream_anew(commits, rules_at, known) {
            let recorded = commits.iter().find(|recorded| recorded.position == otherwise.position);
            found.extend(recorded.map(|recorded| (otherwise, recorded.clone())));
        }
    }
}

fn tell(mut found: Vec<(Otherwise, Recorded)>, commits: u64, as_json: bool) -> Result<(), Failure> {
    found.sort_by_key(|(otherwise, _)| otherwise.position);
    for (otherwise, recorded) in found.iter().take(TOLD_MAX) {
        let line = if as_json { in_json(otherwise, recorded)? } else { in_words(otherwise, recorded)? };
        json::say(&line)?;
    }
    if found.is_empty() {
        let told =
            format!("{commits} 个提交重新办理,结果均与登记一致 / {commits} commits decided anew, each as recorded");
        if as_json {
            return json::say(&serde_json::json!({ "commits": commits, "otherwise": 0 }).to_string());
        }
        return json::say(&told);
    }
    let count = found.len();
    Err(Failure::refused(format!(
        "{commits} 个提交中有 {count} 个重新办理的结果与登记不一致 / of {commits} commits {count} come out otherwise"
    )))
}

fn name(stream: &StreamId) -> String {
    match stream {
        StreamId::Provider(id) => id.to_string(),
        StreamId::Operator(code) => code.to_string(),
        StreamId::Log => "log".to_owned(),
        StreamId::Rules => "rules".to_owned(),
    }
}

/// A commit's facts, as JSON of `puhui.audit.v1.Event`.
fn facts(recorded: &Recorded, events: Vec<Event>) -> Result<Vec<serde_json::Value>, Failure> {
    let commit = Commit { events, ..recorded.commit.clone() };
    let bytes = encode(&recorded.stream, recorded.revision, &commit);
    let odd = |error: String| Failure::unavailable(error);
    let message = v1::Commit::decode(bytes.get(1..).unwrap_or_default()).map_err(|error| odd(error.to_string()))?;
    let value = |event: &v1::Event| serde_json::from_str(&json::line(event)?).map_err(|error| odd(error.to_string()));
    message.events.iter().map(value).collect()
}

fn in_json(otherwise: &Otherwise, recorded: &Recorded) -> Result<String, Failure> {
    let before = facts(recorded, recorded.commit.events.clone())?;
    let anew = match &otherwise.anew {
        Anew::Facts(events) => serde_json::json!({ "facts": facts(recorded, events.clone())? }),
        Anew::Refused(refusal) => {
            serde_json::json!({ "refused": refusal.reason(), "zh": refusal.zh(), "en": refusal.en() })
        }
        Anew::NoCommand(why) => serde_json::json!({ "no_command": unmade(*why).1 }),
        Anew::OtherRules => serde_json::json!({ "other_rules": recorded.commit.scheme.as_str() }),
    };
    let (position, stream) = (otherwise.position.0, name(&recorded.stream));
    Ok(serde_json::json!({ "position": position, "stream": stream, "recorded": before, "anew": anew }).to_string())
}

fn in_words(otherwise: &Otherwise, recorded: &Recorded) -> Result<String, Failure> {
    let lines = |events: Vec<Event>| -> Result<String, Failure> {
        let lines: Vec<String> = facts(recorded, events)?.iter().map(ToString::to_string).collect();
        Ok(lines.join(" "))
    };
    let anew = match &otherwise.anew {
        Anew::Facts(events) if events.is_empty() => "没有变化 / nothing to record".to_owned(),
        Anew::Facts(events) => lines(events.clone())?,
        Anew::Refused(refusal) => format!("{}: {} / {}", refusal.reason(), refusal.zh(), refusal.en()),
        Anew::NoCommand(why) => format!("{} / {}", unmade(*why).0, unmade(*why).1),
        Anew::OtherRules => {
            let version = &recorded.commit.scheme;
            format!(
                "按办法 {version} 作出,此处没有该办法(--scheme) / decided under scheme {version}, which is not the one given (--scheme)"
            )
        }
    };
    let (position, stream) = (otherwise.position.0, name(&recorded.stream));
    let before = lines(recorded.commit.events.clone())?;
    Ok(format!("位置 position {position} {stream}\n  登记 recorded: {before}\n  重办 anew: {anew}"))
}

fn unmade(why: NoCommand) -> (&'static str, &'static str) {
    match why {
        NoCommand::Empty => ("没有事项", "it has no facts"),
        NoCommand::OfTheLog => ("日志自身的事项不在网点或主体名下", "a fact of the log's own stands in another stream"),
        NoCommand::NotTogether => ("没有一项办理会同时产生这些事项", "no one command makes these facts together"),
    }
}
