//! Streams as they are loaded: a short one backwards from its last commit, any other from its first.

use domain::{Position, StreamId};

use super::reads::{Met, Reads};
use crate::error::LogError;
use crate::recorded::{Loaded, Recorded, Tail};

/// Longest stream that is read backwards, commit by commit: one that a server looks up by its sequence costs it a small part of what a
/// look-up of a subject's messages does, but each is a round trip.
const BACKWARDS_COMMITS_MAX: u64 = 4;

impl Reads {
    /// Where `stream` ends, and its last commit.
    pub(super) async fn tail(&self, stream: &StreamId) -> Result<(Tail, Option<Recorded>), LogError> {
        match self.meet_last(stream).await {
            Ok(None) => return Ok((Tail::default(), None)),
            Ok(Some(Met { commit, before: Some(_) })) if commit.stream == *stream => {
                return Ok((commit.tail(), Some(commit)));
            }
            Err(error) if error.stray().is_none() => return Err(error),
            // Not written by this program, or not what it should be: the whole stream tells.
            Ok(Some(_)) | Err(_) => {}
        }
        let mut loaded = self.chain(stream, None).await?;
        Ok((loaded.tail, loaded.commits.pop()))
    }

    /// Every commit of `stream`.
    pub(super) async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        match self.meet_last(stream).await {
            Ok(None) => Ok(Loaded::default()),
            Ok(Some(last)) => match self.backwards_from(stream, &last).await {
                Ok(Some(mut commits)) => {
                    let tail = last.commit.tail();
                    commits.push(last.commit);
                    Ok(Loaded { commits, tail })
                }
                Err(error) if error.stray().is_none() => Err(error),
                Ok(None) | Err(_) => self.chain(stream, Some(last.commit.position)).await,
            },
            Err(error) => match error.stray() {
                Some(last) => self.chain(stream, Some(last)).await,
                None => Err(error),
            },
        }
    }

    /// The commits of a short stream before its last, each found where the one after it says. `None` where the stream is long, or one
    /// is not there. What a position holds never changes, so any copy that has it may answer.
    async fn backwards_from(&self, stream: &StreamId, last: &Met) -> Result<Option<Vec<Recorded>>, LogError> {
        if last.commit.revision.0 > BACKWARDS_COMMITS_MAX {
            return Ok(None);
        }
        let mut before = last.before;
        let mut commits: Vec<Recorded> = Vec::new();
        for revision in (1..last.commit.revision.0).rev() {
            let Some(position) = before else { return Ok(None) };
            let found = self.at(position).await?;
            let ours = |met: &Met| met.commit.stream == *stream && met.commit.revision.0 == revision;
            let Some(met) = found.filter(ours) else { return Ok(None) };
            before = met.before;
            commits.push(met.commit);
        }
        // A message that its writer did not decide on an empty stream is no first commit, whatever its bytes say.
        if before != Some(Position(0)) || last.commit.stream != *stream {
            return Ok(None);
        }
        commits.reverse();
        Ok(Some(commits))
    }
}
