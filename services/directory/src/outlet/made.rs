//! Who recorded the facts of an outlet, when, and under which scheme.

use domain::{Commit, Day};
use serde::{Deserialize, Serialize};

/// Of every commit, or several of one day and bureau; bureaus and schemes are few, and kept once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Made {
    names: Vec<String>,
    /// In the order of their facts.
    commits: Vec<MadeBy>,
    /// Facts that were corrected, each with the correction, by their numbers.
    corrections: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct MadeBy {
    /// The number of its first fact.
    first: u32,
    recorded_on: i32,
    /// Places among the names.
    bureau: u32,
    scheme: u32,
}

/// What made one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MadeOf<'a> {
    pub(crate) recorded_on: i32,
    pub(crate) bureau: &'a str,
    pub(crate) scheme: &'a str,
}

impl Made {
    /// A commit follows on so many facts.
    pub(crate) fn push(&mut self, acts: u32, commit: &Commit) {
        let (bureau, scheme) = (self.place(commit.bureau.as_str()), self.place(commit.scheme.as_str()));
        let recorded_on = Day::of(commit.recorded_at).number();
        let same = |last: &MadeBy| (last.recorded_on, last.bureau, last.scheme) == (recorded_on, bureau, scheme);
        if !self.commits.last().is_some_and(same) {
            self.commits.push(MadeBy { first: acts.saturating_add(1), recorded_on, bureau, scheme });
        }
    }

    /// The day on which the last commit was recorded.
    pub(crate) fn last_on(&self) -> i32 {
        self.commits.last().map_or(i32::MIN, |last| last.recorded_on)
    }

    /// A fact was corrected by another.
    pub(crate) fn corrected(&mut self, act: u32, by: u32) {
        self.corrections.push((act, by));
    }

    /// The last correction of a fact.
    pub(crate) fn correction_of(&self, act: u32) -> Option<u32> {
        self.corrections.iter().rfind(|(corrected, _)| *corrected == act).map(|(_, by)| *by)
    }

    fn place(&mut self, name: &str) -> u32 {
        let at = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// Which bureaus recorded it, each with the days on which it began to, in the order they were recorded.
    pub(crate) fn bureaus(&self) -> impl Iterator<Item = (&str, i32)> {
        self.commits.iter().filter_map(|commit| {
            let name = self.names.get(usize::try_from(commit.bureau).ok()?)?;
            Some((name.as_str(), commit.recorded_on))
        })
    }

    /// What made the fact with this number; `None` where none has it.
    pub(crate) fn of(&self, act: u32) -> Option<MadeOf<'_>> {
        let before = self.commits.partition_point(|commit| commit.first <= act);
        let commit = self.commits.get(before.checked_sub(1)?)?;
        let name = |at: u32| self.names.get(usize::try_from(at).ok()?).map(String::as_str);
        Some(MadeOf { recorded_on: commit.recorded_on, bureau: name(commit.bureau)?, scheme: name(commit.scheme)? })
    }
}
