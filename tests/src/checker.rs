//! Knows every request that was sent and what was answered, and reads the log against it.

use std::collections::HashMap;
use std::fmt;

use api::audit::v1::Commit;

use crate::BEGUN;

/// What the caller was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// On disk, there.
    Acknowledged {
        /// In the log.
        position: u64,
        /// Of the provider.
        revision: u64,
    },
    /// Nothing was written.
    Refused,
    /// Nothing, or that it is not known.
    Unknown,
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The command's own id.
    pub request_id: String,
    /// Whose record it was for.
    pub provider_id: String,
    /// What the caller was told.
    pub answer: Answer,
}

/// How many requests ended how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// On disk, the caller was told, and so it is.
    pub acknowledged: u64,
    refused: u64,
    unknown: u64,
    /// Of the unknown ones, those that are in the log.
    unknown_stored: u64,
}

impl Counts {
    /// Counts these as well.
    pub fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.unknown_stored += other.unknown_stored;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, refused, unknown, unknown_stored } = self;
        write!(f, "{acknowledged} acknowledged, {refused} refused, {unknown} unknown ({unknown_stored} of them stored)")
    }
}

/// Every request so far.
#[derive(Debug, Default)]
pub struct Checker {
    sent: HashMap<String, Sent>,
    counts: Counts,
}

impl Checker {
    /// Takes note of what was sent.
    pub fn sent(&mut self, sent: Vec<Sent>) {
        self.sent.extend(sent.into_iter().map(|sent| (sent.request_id.clone(), sent)));
    }

    /// How many requests ended how, when the log was last read.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Every acknowledged commit is there exactly once and where it was said to be, no refused one, unknown ones at most once; no
    /// position and no revision is missing or there twice; and no commit was recorded at an earlier time than the one before it.
    ///
    /// # Errors
    ///
    /// What is wrong, in words.
    pub fn check(&mut self, commits: &[Commit]) -> Result<(), String> {
        let mut found: HashMap<&str, &Commit> = HashMap::new();
        let mut revisions: HashMap<(&str, &str), u64> = HashMap::new();
        let mut recorded_at_ms = 0;
        for (commit, position) in commits.iter().zip(1..) {
            if commit.position != position {
                return Err(format!("position {position} is missing: {} follows", commit.position));
            }
            if commit.recorded_at_ms < recorded_at_ms {
                let earlier = recorded_at_ms - commit.recorded_at_ms;
                return Err(format!("time falls: {position} was recorded {earlier} ms before the one before it"));
            }
            recorded_at_ms = commit.recorded_at_ms;
            // What the log begins with, nobody asked for.
            if position <= BEGUN && commit.provider_id.is_empty() && commit.operator_code.is_empty() {
                continue;
            }
            let revision = revisions.entry((&commit.provider_id, &commit.operator_code)).or_default();
            *revision += 1;
            if commit.revision != *revision {
                return Err(format!("forked: {} of {}, not {revision}", commit.revision, commit.provider_id));
            }
            let Some(sent) = self.sent.get(&commit.request_id) else {
                return Err(format!("nobody sent {}", commit.request_id));
            };
            if sent.provider_id != commit.provider_id {
                return Err(format!("{} is of another provider", commit.request_id));
            }
            if found.insert(&commit.request_id, commit).is_some() {
                return Err(format!("doubled: {}", commit.request_id));
            }
        }
        let mut counts = Counts::default();
        for sent in self.sent.values() {
            let there = found.get(sent.request_id.as_str());
            match (sent.answer, there) {
                (Answer::Acknowledged { .. }, None) => return Err(format!("lost: {sent:?}")),
                (Answer::Acknowledged { position, revision }, Some(commit)) => {
                    if (commit.position, commit.revision) != (position, revision) {
                        return Err(format!("elsewhere: {sent:?} is at {} {}", commit.position, commit.revision));
                    }
                    counts.acknowledged += 1;
                }
                (Answer::Refused, Some(commit)) => {
                    return Err(format!("refused and stored: {sent:?} at {}", commit.position));
                }
                (Answer::Refused, None) => counts.refused += 1,
                (Answer::Unknown, there) => {
                    counts.unknown += 1;
                    counts.unknown_stored += u64::from(there.is_some());
                }
            }
        }
        self.counts = counts;
        Ok(())
    }
}

/// Makes something go wrong.
pub type Plant = fn(&mut Checker, &mut Vec<Commit>);

/// What can go wrong, the word the checker has for it, and how to make it so.
pub const FAULTS: &[(&str, Plant)] = &[
    ("lost", |_, commits| {
        commits.pop();
    }),
    ("missing", |_, commits| {
        commits.remove(0);
    }),
    ("doubled", |_, commits| {
        let mut again = commits[0].clone();
        (again.position, again.revision) = (4, 4);
        commits.push(again);
    }),
    ("forked", |_, commits| commits[2].revision = 1),
    ("time falls", |_, commits| commits[1].recorded_at_ms = 7),
    ("elsewhere", |checker, _| {
        let sent = checker.sent.get_mut("a").expect("sent");
        sent.answer = Answer::Acknowledged { position: 2, revision: 1 };
    }),
    ("refused and stored", |checker, _| checker.sent.get_mut("b").expect("sent").answer = Answer::Refused),
    ("nobody sent", |checker, _| {
        checker.sent.remove("b");
    }),
];

/// What the checker says of three commits after `plant` has had its way with them.
///
/// # Errors
///
/// As [`Checker::check`].
pub fn planted(plant: Plant) -> Result<(), String> {
    let commit = |request_id: &str, position: u64, revision: u64| Commit {
        position,
        revision,
        provider_id: "one".to_owned(),
        request_id: request_id.to_owned(),
        ..Commit::default()
    };
    let mut commits = vec![commit("a", 1, 1), commit("b", 2, 2), commit("c", 3, 3)];
    let mut checker = Checker::default();
    let answer = |commit: &Commit| Answer::Acknowledged { position: commit.position, revision: commit.revision };
    checker.sent(
        commits
            .iter()
            .map(|c| Sent { request_id: c.request_id.clone(), provider_id: c.provider_id.clone(), answer: answer(c) })
            .collect(),
    );
    plant(&mut checker, &mut commits);
    checker.check(&commits)
}
