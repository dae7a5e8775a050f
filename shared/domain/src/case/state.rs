//! What is known of the cases: of those that are open, and of those that are over. Notices and the objections against them outlive their case.

use std::sync::Arc;

use super::terms::NoticeCount;
use crate::refusal::Refusal;
use crate::standing::{Spans, is_about};
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, NoticeWindow, Reason, Word};

/// Every case, in the order they were filed.
pub(crate) type Cases = Vec<Arc<Case>>;

/// A case, with all that was recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The application that began it.
    pub act: Act,
    /// Its category.
    pub category: CategoryCode,
    /// Day of the application.
    pub applied_on: Day,
    /// Where it stands, or what it came to.
    pub stage: Stage,
    /// Day of the last step; of a notice its first day, which may lie ahead.
    pub since: Day,
    /// Day of the last step that is no notice.
    pub stepped_on: Day,
    /// The fact that this step is.
    pub step: Act,
    /// Where it came to stand, and from which day, in the order of its steps: one that was typed late stands among those of its time.
    pub steps: Vec<(Stage, Day)>,
    /// Every notice, in the order of their first days.
    pub notices: Vec<Notice>,
    /// Every decision against it.
    pub refusals: Vec<CaseRefusal>,
}

/// A decision against an application (不予认定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRefusal {
    /// The fact that it is.
    pub act: Act,
    /// Day of the decision.
    pub decided_on: Day,
    /// What rulings made of it: while it is undone the case may go on.
    pub rulings: Spans,
}

impl CaseRefusal {
    /// Since when it is so by this fact, and when that was undone: by its own or by a ruling on it.
    pub(crate) fn held(&self, act: Act) -> Option<(Day, Option<Day>)> {
        self.rulings.held((self.act, self.decided_on), act)
    }

    /// Whether this act is what is said against the application, or a ruling on that.
    pub(crate) fn is_about(&self, act: Act) -> bool {
        is_about(self.act, &self.rulings, act)
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// 已申报.
    Applied,
    /// 补正中.
    Returned,
    /// 已受理.
    Accepted,
    /// 已核查, with its outcome.
    Inspected {
        /// Whether it was passed.
        passed: bool,
    },
    /// 公示中, or over without a decision.
    Publicised,
    /// 已认定.
    Certified,
    /// 不予认定.
    Refused,
    /// 已撤回.
    Withdrawn,
}

/// A public notice (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The fact that it is.
    pub act: Act,
    /// Its first and last day.
    pub window: NoticeWindow,
    /// Its days as they were counted when it was opened.
    pub counted: NoticeCount,
    /// Where it was published.
    pub published_at: Option<Reason>,
    /// Every objection raised in it.
    pub objections: Vec<Objection>,
}

/// An objection (异议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The fact that it is.
    pub act: Act,
    /// The bureau's own number of it.
    pub number: DocumentNumber,
    /// Day it was raised.
    pub raised_on: Day,
    /// What is objected to.
    pub summary: Content,
    /// What came of it; `None` while it is open.
    pub resolution: Option<Resolution>,
}

/// What came of an objection (异议处理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Day it was resolved.
    pub resolved_on: Day,
    /// Whether it was upheld.
    pub upheld: bool,
    /// What was found.
    pub finding: Content,
}

impl Case {
    /// Whether it is not decided yet.
    pub fn is_open(&self) -> bool {
        self.stage.is_open()
    }

    /// Whether the certification that it asked for was decided on it.
    pub(crate) fn is_granted(&self) -> bool {
        self.stage == Stage::Certified
    }

    /// Whether it was there on a day and not decided yet, by what is known now.
    pub(crate) fn was_open_on(&self, day: Day) -> bool {
        self.applied_on <= day && (self.is_open() || day < self.since)
    }

    /// Where it stood on a day: by the last of its steps that had been taken by then.
    pub(crate) fn stage_on(&self, day: Day) -> Stage {
        let taken = self.steps.iter().rfind(|(_, since)| *since <= day);
        taken.map_or(self.stage, |(stage, _)| *stage)
    }

    /// Whether it stood refused on a day and is open only since a ruling of a later one, after which nothing was done: an application of that day took
    /// its place, as it would have had it been typed before the ruling.
    pub(crate) fn gives_way_to(&self, day: Day) -> bool {
        match self.steps[..] {
            [.., (Stage::Refused, refused_on), (stage, since)] => stage.is_open() && refused_on <= day && day < since,
            _ => false,
        }
    }

    /// The notice that runs, or ran last.
    pub fn notice(&self) -> Option<&Notice> {
        self.notices.last()
    }

    /// The notice that ran on a day.
    pub(crate) fn notice_on(&self, day: Day) -> Option<&Notice> {
        self.notices.iter().rfind(|notice| notice.window.start() <= day && day <= notice.window.end())
    }

    /// The last day on which a decision against it was overturned, so that it is decided anew.
    pub(crate) fn reopened_on(&self) -> Option<Day> {
        self.refusals.iter().filter_map(|refusal| refusal.rulings.undone_on()).max()
    }

    /// Every objection, in whichever notice.
    pub fn objections(&self) -> impl Iterator<Item = &Objection> {
        self.notices.iter().flat_map(|notice| &notice.objections)
    }
}

impl Notice {
    /// Why no decision of a day may rest on it, if so.
    pub(crate) fn objected(&self, decided_on: Day) -> Result<(), Refusal> {
        self.objections.iter().try_for_each(|objection| objection.stands_against(decided_on))
    }

    /// Why no decision of a day may rest on a notice with this window that was kept elsewhere, if so: it runs over the days of this one, against
    /// which an objection stands. One that was resolved counts until the day it was, one that is open without end.
    pub(crate) fn stands_against(&self, window: NoticeWindow, decided_on: Day) -> Result<(), Refusal> {
        let reaches = |objection: &&Objection| {
            let until = objection.resolution.as_ref().map(|resolution| self.window.end().max(resolution.resolved_on));
            window.end() >= self.window.start() && until.is_none_or(|until| window.start() <= until)
        };
        self.objections.iter().filter(reaches).try_for_each(|objection| objection.stands_against(decided_on))
    }
}

impl Objection {
    /// One that was upheld stands against a decision, and so does one that was open on its day, whatever came of it since.
    fn stands_against(&self, decided_on: Day) -> Result<(), Refusal> {
        match &self.resolution {
            None => Err(self.open()),
            Some(resolution) if resolution.upheld => Err(Refusal::ObjectionUpheld),
            Some(resolution) if (self.raised_on..resolution.resolved_on).contains(&decided_on) => Err(self.open()),
            Some(_) => Ok(()),
        }
    }

    /// That it was not resolved by a day that is asked about.
    pub(crate) fn open(&self) -> Refusal {
        Refusal::ObjectionOpen { number: self.number.clone() }
    }
}

impl Stage {
    /// Whether nothing is decided yet.
    pub fn is_open(self) -> bool {
        match self {
            Self::Applied | Self::Returned | Self::Accepted | Self::Inspected { .. } | Self::Publicised => true,
            Self::Certified | Self::Refused | Self::Withdrawn => false,
        }
    }

    /// What the stage is called.
    pub fn called(self) -> Word {
        let (zh, en) = match self {
            Self::Applied => ("已申报", "applied"),
            Self::Returned => ("补正中", "returned for missing papers"),
            Self::Accepted => ("已受理", "accepted"),
            Self::Inspected { .. } => ("已核查", "inspected"),
            Self::Publicised => ("公示中", "in public notice"),
            Self::Certified => ("已认定", "certified"),
            Self::Refused => ("不予认定", "decided against"),
            Self::Withdrawn => ("已撤回", "taken back"),
        };
        Word::new(zh, en)
    }

    /// That a step is none of this stage, but of one of those that are wanted for it.
    pub(crate) fn wrong<T>(self, wanted: &[Self]) -> Result<T, Refusal> {
        let wanted: Vec<Word> = wanted.iter().map(|stage| stage.called()).collect();
        Err(Refusal::WrongStage { stage: self.called(), wanted: Word::one_of(&wanted) })
    }
}
