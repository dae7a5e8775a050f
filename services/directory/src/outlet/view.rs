//! What is on record of one outlet.

use domain::Bearing;
use serde::{Deserialize, Serialize};

use super::choice::{
    Basis, BreachExtent, BreachSeverity, CaseStage, EndKind, PlaqueStatus, PledgeStatus, PledgeType, PriceUnit,
    PromisorClass, PublicationScope, ReviewResult,
};
use super::known::{IdentifiedView, VersionView};
use super::made::Made;
use super::status::{Measure, Status};

/// One provider's row. Days are numbers of days since 1970-01-01, choices this crate's own: they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct View {
    /// The versions of its particulars, by the days from which they hold.
    pub(crate) versions: Vec<VersionView>,
    /// How its operator's code became known, where it was supplied later.
    pub(crate) operator: Option<IdentifiedView>,
    /// The commit from which on the address is not withheld any more; 0 where it never was.
    pub(crate) withheld_until: u64,
    pub(crate) certifications: Vec<CertificationView>,
    pub(crate) cases: Vec<CaseView>,
    pub(crate) prices: Vec<PriceView>,
    pub(crate) pledges: Vec<PledgeView>,
    pub(crate) plaques: Vec<PlaqueView>,
    /// How many facts its stream holds.
    pub(crate) acts: u32,
    /// Who recorded them.
    pub(crate) made: Made,
    /// The day on which its first commit was recorded.
    pub(crate) came_on: i32,
    /// The day on which it was recorded that the last pledge that could be relied on no longer can.
    pub(crate) unbound_on: Option<i32>,
    pub(crate) revision: u64,
    /// Of its first commit: the short name of a provider in the keys of the text index.
    pub(crate) first_position: u64,
    pub(crate) last_position: u64,
}

/// One certification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CertificationView {
    /// The number of the fact that made it.
    pub(crate) act: u32,
    pub(crate) category: String,
    pub(crate) ordinal: u32,
    pub(crate) predecessor: u32,
    pub(crate) decided_on: Option<i32>,
    pub(crate) valid_from: Option<i32>,
    pub(crate) valid_to: Option<i32>,
    /// The terms that follow the first one.
    pub(crate) renewals: Vec<RenewalView>,
    pub(crate) document_number: String,
    pub(crate) deciding_body: String,
    /// None where it was back-entered.
    pub(crate) basis: Option<Basis>,
    pub(crate) back_entered: bool,
    /// The day on which it was recorded.
    pub(crate) recorded_on: i32,
    pub(crate) source: String,
    pub(crate) notice: Option<(i32, i32)>,
    pub(crate) pledge_number: String,
    /// Orders and suspensions.
    pub(crate) measures: Vec<Measure>,
    pub(crate) notices: Vec<NoticedView>,
    /// Ends by decision.
    pub(crate) ends: Vec<EndView>,
    pub(crate) reviews: Vec<ReviewView>,
}

/// A term that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RenewalView {
    pub(crate) act: u32,
    /// First day of it.
    pub(crate) from: i32,
    /// Last day of the one before it.
    pub(crate) before: Option<i32>,
}

/// A yearly review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReviewView {
    pub(crate) act: u32,
    pub(crate) year: u32,
    pub(crate) result: ReviewResult,
    pub(crate) reviewed_on: i32,
}

/// A notice of an intended revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoticedView {
    pub(crate) act: u32,
    pub(crate) noticed_on: i32,
    pub(crate) hearing_until: i32,
    pub(crate) ground: String,
    pub(crate) is_closed: bool,
}

/// How a certification was ended by decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndView {
    pub(crate) act: u32,
    pub(crate) status: Status,
    pub(crate) effective_on: i32,
    pub(crate) decided_on: i32,
    pub(crate) kind: EndKind,
    pub(crate) ground: String,
    pub(crate) legal_basis: String,
    pub(crate) document_number: String,
    pub(crate) bar_until: Option<i32>,
    pub(crate) reason: String,
    pub(crate) overturned: Option<OverturnedView>,
}

/// How an end was overturned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OverturnedView {
    pub(crate) overturned_on: i32,
    pub(crate) body: String,
    pub(crate) document_number: String,
}

/// The latest case of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseView {
    pub(crate) category: String,
    pub(crate) stage: CaseStage,
    pub(crate) since: i32,
    pub(crate) published_at: String,
    pub(crate) notice: Option<(i32, i32)>,
    pub(crate) objections: Vec<Option<bool>>,
    pub(crate) papers_due: Option<i32>,
}

/// A price promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PriceView {
    pub(crate) category: String,
    pub(crate) item: String,
    /// From which day. In the order they were approved.
    pub(crate) approved: Vec<(i32, Amount)>,
    /// The proposal that waits, and its day.
    pub(crate) proposed: Option<(Amount, i32)>,
}

/// What is paid, in fen, for what, and by how many percent it may rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Amount {
    pub(crate) fen: u32,
    pub(crate) unit: PriceUnit,
    pub(crate) rise_percent_max: u32,
}

/// A pledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PledgeView {
    pub(crate) number: String,
    pub(crate) status: PledgeStatus,
    pub(crate) pledge_type: PledgeType,
    pub(crate) made_on: i32,
    pub(crate) valid_until: Option<i32>,
    pub(crate) publication: PublicationScope,
    /// Empty for a natural person.
    pub(crate) promisor_name: String,
    pub(crate) promisor_class: PromisorClass,
    pub(crate) reason: String,
    pub(crate) content: String,
    pub(crate) liability: String,
    pub(crate) accepting_unit: String,
    pub(crate) breach: Option<BreachView>,
}

/// A breach that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BreachView {
    pub(crate) extent: BreachExtent,
    pub(crate) severity: BreachSeverity,
    pub(crate) unperformed: String,
    pub(crate) consequence: String,
    pub(crate) determined_on: i32,
    /// Where it was recorded, so that a repair can take it out of the list of changes.
    pub(crate) position: u64,
}

/// A plaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaqueView {
    pub(crate) number: String,
    pub(crate) status: PlaqueStatus,
    pub(crate) since: i32,
    pub(crate) ordered_on: i32,
    pub(crate) issued_on: Option<i32>,
    pub(crate) hung_on: Option<i32>,
    pub(crate) design_version: String,
    pub(crate) recovery_due: Option<i32>,
    pub(crate) replaced_by: String,
}

impl View {
    /// Every category the provider has a case or a certification of.
    pub(crate) fn categories(&self) -> impl Iterator<Item = &str> {
        let certified = self.certifications.iter().enumerate().filter_map(|(index, c)| {
            let before = self.certifications[..index].iter().any(|other| other.category == c.category);
            (!before).then_some(c.category.as_str())
        });
        let applied = self.cases.iter().map(|case| case.category.as_str());
        certified.chain(applied.filter(|category| !self.certifications.iter().any(|c| c.category == *category)))
    }

    /// Whether a pledge can still be relied on.
    pub(crate) fn is_bound(&self) -> bool {
        self.pledges.iter().any(|pledge| pledge.status.binds())
    }
}

impl CertificationView {
    /// The first day of its first term, or the day it was decided where the record does not say.
    pub(crate) fn begin(&self) -> Option<i32> {
        self.valid_from.or(self.decided_on)
    }

    /// The first day after its term.
    pub(crate) fn over(&self) -> Option<i32> {
        self.valid_to.map(|last| last.saturating_add(1))
    }

    /// What bears on where it stands.
    pub(crate) fn bearings(&self) -> impl Iterator<Item = Bearing<i32>> + Clone + '_ {
        let measure = |m: &Measure| Bearing { status: m.status.into(), from: m.from, until: m.until };
        let end = |end: &EndView| Bearing {
            status: end.status.into(),
            from: end.effective_on,
            until: end.overturned.as_ref().map(|overturned| overturned.overturned_on),
        };
        self.measures.iter().map(measure).chain(self.ends.iter().map(end))
    }

    /// By when the breach that is due first is to be mended, of those that are not on a day.
    pub(crate) fn rectification_due(&self, day: i32) -> Option<i32> {
        let open = self.measures.iter().filter(|m| m.from <= day && m.until.is_none_or(|until| day < until));
        open.filter_map(|m| m.due_on).min()
    }

    /// The days on which it may come to stand otherwise.
    pub(crate) fn turns(&self) -> impl Iterator<Item = i32> + '_ {
        let bearings = self.bearings().flat_map(|bearing| [Some(bearing.from), bearing.until]);
        bearings.chain([self.begin(), self.over()]).flatten()
    }

    /// The end that stands and comes first.
    pub(crate) fn end(&self) -> Option<&EndView> {
        self.ends.iter().filter(|end| end.overturned.is_none()).min_by_key(|end| end.effective_on)
    }
}
