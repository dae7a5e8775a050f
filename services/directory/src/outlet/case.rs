//! A case as it is on record: where it stood on each day, its notices and objections.

use serde::{Deserialize, Serialize};

use super::choice::CaseStage;
use super::ruling::Rulings;

/// A case of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseView {
    pub(crate) category: String,
    pub(crate) stage: CaseStage,
    pub(crate) since: i32,
    /// Every step, the stage that it led to and its day.
    pub(crate) steps: Vec<(CaseStage, i32)>,
    /// Its notices, the last of which is the one that counts.
    pub(crate) notices: Vec<CaseNotice>,
    /// Of whichever notice of it.
    pub(crate) objections: Vec<ObjectionView>,
    pub(crate) papers_due: Option<i32>,
    /// Decisions against it.
    pub(crate) refusals: Vec<RefusalView>,
}

/// A decision against an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RefusalView {
    pub(crate) act: u32,
    pub(crate) decided_on: i32,
    /// The rulings on it: while it is undone the case may go on.
    pub(crate) rulings: Rulings,
}

/// A public notice of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseNotice {
    pub(crate) window: (i32, i32),
    pub(crate) published_at: String,
}

/// An objection. What was objected to stays in the log: the public is told of its number and its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObjectionView {
    pub(crate) act: u32,
    pub(crate) number: String,
    pub(crate) raised_on: i32,
    /// The day it was resolved, and whether it was upheld.
    pub(crate) resolved: Option<(i32, bool)>,
}

impl CaseView {
    /// One that was filed on a day.
    pub(crate) fn filed(category: String, on: i32) -> Self {
        Self {
            category,
            stage: CaseStage::Applied,
            since: on,
            steps: vec![(CaseStage::Applied, on)],
            notices: Vec::new(),
            objections: Vec::new(),
            papers_due: None,
            refusals: Vec::new(),
        }
    }

    /// It was decided against.
    pub(super) fn refused(&mut self, act: u32, decided_on: i32) {
        self.refusals.push(RefusalView { act, decided_on, rulings: Rulings::default() });
        self.moved(CaseStage::Refused, decided_on);
    }

    /// It came to a stage on a day. A step that is typed after the case went on, or was over, is told of its own days alone. A case is decided and
    /// taken back also before a notice that lies ahead. Whether it stands there now.
    pub(super) fn moved(&mut self, stage: CaseStage, since: i32) -> bool {
        let is_behind = !self.stage.is_open() || stage.is_open() && since < self.since;
        let at = self.steps.iter().position(|(_, later)| *later > since).filter(|_| is_behind);
        self.steps.insert(at.unwrap_or(self.steps.len()), (stage, since));
        if !is_behind {
            (self.stage, self.since) = (stage, since);
        }
        !is_behind
    }

    /// A notice of it was opened.
    pub(super) fn publicised(&mut self, notice: CaseNotice) {
        self.moved(CaseStage::Publicised, notice.window.0);
        let at = self.notices.partition_point(|before| before.window.0 <= notice.window.0);
        self.notices.insert(at, notice);
    }

    /// A ruling undid the decision against it: it goes on from where it stood.
    pub(super) fn reopened(&mut self, ruling: i32) {
        let before = self.steps.iter().rfind(|(stage, _)| stage.is_open()).copied();
        if let Some((stage, since)) = before {
            (self.stage, self.since) = (stage, since.max(ruling));
            self.steps.push((self.stage, self.since));
        }
    }

    /// An application of a day took its place where it stood refused then and is open only since a ruling of a later one (the domain's rule).
    pub(super) fn gives_way_to(&mut self, day: i32) {
        let [.., refused @ (CaseStage::Refused, refused_on), (stage, since)] = self.steps[..] else { return };
        if stage.is_open() && refused_on <= day && day < since {
            self.steps.pop();
            (self.stage, self.since) = refused;
        }
    }

    /// A ruling put the decision against it back: it is decided by that.
    pub(super) fn decided_again(&mut self, ruling: i32) {
        if !matches!(self.stage, CaseStage::Refused | CaseStage::Withdrawn) {
            (self.stage, self.since) = (CaseStage::Refused, ruling);
            self.steps.push((self.stage, self.since));
        }
    }

    /// Whether it was there on a day and not decided yet, by what is known now.
    pub(super) fn was_open_on(&self, day: i32) -> bool {
        let filed = self.steps.first().map_or(self.since, |(_, filed)| *filed);
        filed <= day && (self.stage.is_open() || day < self.since)
    }

    /// The notice that counts.
    pub(crate) fn notice(&self) -> Option<&CaseNotice> {
        self.notices.last()
    }

    /// Objections that are not resolved.
    pub(crate) fn open_objections(&self) -> impl Iterator<Item = &ObjectionView> {
        self.objections.iter().filter(|objection| objection.resolved.is_none())
    }

    /// As it stood on a day; `None` before it was filed.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.steps.retain(|(_, since)| *since <= day);
        (self.stage, self.since) = *self.steps.last()?;
        self.notices.retain(|notice| notice.window.0 <= day);
        self.refusals.retain(|refusal| refusal.decided_on <= day);
        for refusal in &mut self.refusals {
            refusal.rulings.keep_until(day);
        }
        self.objections.retain(|objection| objection.raised_on <= day);
        for objection in &mut self.objections {
            objection.resolved = objection.resolved.filter(|(on, _)| *on <= day);
        }
        Some(self)
    }
}
