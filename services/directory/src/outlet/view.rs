//! What is on record of one outlet.

use std::collections::BTreeMap;

use domain::Bearing;
use serde::{Deserialize, Serialize};

use super::choice::{Basis, EndKind, OperatorClass, ReviewResult};
use super::made::Made;
use super::ruling::{OverturnedView, Rulings};
use super::status::{Measure, Status};

pub(crate) use super::case::{CaseNotice, CaseView, ObjectionView};
pub(crate) use super::plaque::{Back, LiftView, PlaqueMove, PlaqueView, RecallView};
pub(crate) use super::pledge::{BreachView, PledgeView};
pub(crate) use super::price::{Amount, ApprovedView, PriceView, ProposalView};

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
    /// Its pledge numbers that other outlets hold as well, in order.
    pub(crate) doubled: Vec<DoubledView>,
    /// Bars that stand in the records of its operator and of that one's other outlets, in order; none of an outlet without a certification.
    pub(crate) beside: Vec<BesideView>,
    /// How many facts its stream holds.
    pub(crate) acts: u32,
    /// Who recorded them.
    pub(crate) made: Made,
    /// Acts that were overturned, each with the ruling.
    pub(crate) undone: Vec<(u32, OverturnedView)>,
    /// Acts that were corrected, in the order of their corrections.
    pub(crate) corrections: Vec<CorrectionView>,
    /// The day on which its first commit was recorded.
    pub(crate) came_on: i32,
    /// The day on which it was recorded that the last pledge that could be relied on no longer can.
    pub(crate) unbound_on: Option<i32>,
    pub(crate) revision: u64,
    /// Of its first commit: the short name of a provider in the keys of the text index.
    pub(crate) first_position: u64,
    pub(crate) last_position: u64,
}

/// A pledge number that other outlets hold as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DoubledView {
    pub(crate) number: String,
    /// Their ids, in order.
    pub(crate) others: Vec<String>,
    /// The day on which it was recorded that it is doubled.
    pub(crate) since: i32,
}

/// A bar in another record than the outlet's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct BesideView {
    /// The operator's code, or the id of another of its outlets.
    pub(crate) of: String,
    pub(crate) bar: BarredView,
}

/// When a bar holds, and on which ground.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct BarredView {
    pub(crate) act: u32,
    pub(crate) ground: String,
    pub(crate) from: i32,
    pub(crate) until: i32,
    pub(crate) lifted_on: Option<i32>,
}

impl BarredView {
    /// Whether it holds on a day.
    pub(crate) fn holds_on(&self, day: i32) -> bool {
        domain::lies_within(day, (self.from, self.until), self.lifted_on)
    }
}

/// The particulars as an act gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VersionView {
    /// The number of the fact that it is.
    pub(crate) act: u32,
    /// The first day on which it holds; none of what the outlet came on record with.
    pub(crate) from: Option<i32>,
    pub(crate) document_number: String,
    pub(crate) site_checked_on: Option<i32>,
    pub(crate) name: String,
    pub(crate) operator_name: String,
    pub(crate) operator_class: Option<OperatorClass>,
    pub(crate) division: String,
    pub(crate) zone: String,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) location: Option<(i32, i32)>,
    pub(crate) withhold_address: bool,
    /// The bureau that gave the outlet up to another's place, its document and that document's day.
    pub(crate) release: Option<(String, String, i32)>,
    /// Whether the public has been kept from it by what was recorded after the record is told of.
    pub(crate) withheld_since: bool,
}

/// How the operator's code became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdentifiedView {
    pub(crate) act: u32,
    pub(crate) operator_uscc: String,
    pub(crate) operator_name: String,
    pub(crate) operator_class: OperatorClass,
    pub(crate) identified_on: i32,
    pub(crate) document_number: String,
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
    /// The words of the list that its last day was worked out from, or empty.
    pub(crate) worked_out_from: String,
    pub(crate) notice: Option<(i32, i32)>,
    pub(crate) pledge_number: String,
    /// Orders and suspensions.
    pub(crate) measures: Vec<Measure>,
    /// What they rest on, one each in the same order.
    pub(crate) bases: Vec<BasisView>,
    pub(crate) notices: Vec<NoticedView>,
    /// Ends by decision.
    pub(crate) ends: Vec<EndView>,
    pub(crate) reviews: Vec<ReviewView>,
}

/// That an act was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CorrectionView {
    pub(crate) act: u32,
    /// The act that was entered wrong.
    pub(crate) corrected: u32,
    /// What that was, by the name of its fact; empty where the public is not to know it.
    pub(crate) fact: String,
    pub(crate) corrected_on: i32,
    pub(crate) reason: String,
    pub(crate) document_number: String,
    /// Whether nothing stands in its place.
    pub(crate) to_none: bool,
}

/// A yearly review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReviewView {
    pub(crate) act: u32,
    pub(crate) year: u32,
    pub(crate) result: ReviewResult,
    pub(crate) reviewed_on: i32,
    pub(crate) note: String,
    pub(crate) rulings: Rulings,
}

/// A term that was added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RenewalView {
    pub(crate) act: u32,
    pub(crate) decided_on: i32,
    pub(crate) valid_from: i32,
    pub(crate) valid_to: i32,
    pub(crate) document_number: String,
    pub(crate) pledge_number: String,
    pub(crate) deciding_body: String,
    /// Last day of the term before it.
    pub(crate) before: Option<i32>,
    pub(crate) rulings: Rulings,
}

impl RenewalView {
    /// Whether it stands, as far as the rulings on it go.
    pub(crate) fn stands(&self) -> bool {
        self.rulings.undoing().is_none()
    }

    /// The last day of a certification once so many rulings leave it undone, which was `held` before. It was live until the ruling, also where the term before had
    /// ended by then; and no longer than it would have been without.
    pub(super) fn undone(&self, held: Option<i32>, rulings: usize) -> Option<i32> {
        let ruling = self.held_to(rulings);
        let held = held.map_or(ruling, |held| held.min(ruling));
        self.before.map(|last| last.max(held))
    }

    /// The last day that it held by the first so many rulings, of which the last undoes it (the domain's rule).
    pub(super) fn held_to(&self, rulings: usize) -> i32 {
        let until = domain::held_until(self.rulings.days().take(rulings), self.valid_to);
        until.map_or(self.valid_to, |until| until.saturating_sub(1))
    }

    /// The same once it is put back on a day: after its last one that changes nothing.
    pub(super) fn put_back(&self, held: Option<i32>, on: i32) -> Option<i32> {
        if on <= self.valid_to { held.max(Some(self.valid_to)) } else { held }
    }

    /// The stretches in which the certification was over because it was undone, before it was put back (the domain's rule).
    pub(super) fn lapses(&self) -> impl Iterator<Item = (i32, i32)> + Clone + '_ {
        let over = self.before.map(|last| last.saturating_add(1));
        let lapses = over.into_iter().flat_map(|over| domain::lapses_between(self.rulings.days(), over));
        lapses.filter(|(_, back)| *back <= self.valid_to)
    }
}

/// What an order or a suspension rests on, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BasisView {
    pub(crate) ground: String,
    pub(crate) document_number: String,
    pub(crate) legal_basis: String,
    /// The act by which it was met or resumed, and its day.
    pub(crate) over: Option<(u32, i32)>,
    pub(crate) rulings: Rulings,
    /// Rulings on what it followed from by itself, with which it is undone.
    pub(crate) cause: Rulings,
    /// The act by which it fell, as its certification had been over by its day; 0 where it did not, or stands again.
    pub(crate) fell: u32,
}

impl BasisView {
    /// The ruling by which it is undone, if it is.
    pub(crate) fn undoing(&self) -> Option<&OverturnedView> {
        self.rulings.undoing().or_else(|| self.cause.undoing())
    }

    /// The act by which it stands again, where it was undone once; else 0.
    pub(crate) fn again(&self) -> u32 {
        if self.undoing().is_some() { 0 } else { self.rulings.again().max(self.cause.again()) }
    }
}

/// A notice of an intended revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoticedView {
    pub(crate) act: u32,
    pub(crate) noticed_on: i32,
    pub(crate) hearing_until: i32,
    /// The day on which that time ends.
    pub(crate) hearing_ends_on: i32,
    pub(crate) ground: String,
    /// Which end is intended: one of the two by which a certification is revoked.
    pub(crate) intended: EndKind,
    pub(crate) document_number: String,
    pub(crate) legal_basis: String,
    /// The act by which it was dropped, or on it decided, and its day.
    pub(crate) closed: Option<(u32, i32)>,
    pub(crate) rulings: Rulings,
    /// The act by which it fell, as its certification had been over by its day; 0 where it did not, or stands again.
    pub(crate) fell: u32,
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
    /// The review body or court that undid the certification itself, where one did; else empty.
    pub(crate) body: String,
    /// Where it was decided outside the registry, who decided, and what is known of it.
    pub(crate) entered: Option<EnteredView>,
    pub(crate) overturned: Option<OverturnedView>,
    /// Where it stands again since the ruling that undid it was undone itself: the act by which it does, of which the days of decision and effect
    /// are; else 0.
    pub(crate) again: u32,
}

/// What is known of an end that was decided outside the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EnteredView {
    pub(crate) deciding_body: String,
    pub(crate) source: String,
    /// Whether neither the day of the decision nor that of its effect is known.
    pub(crate) is_undated: bool,
    pub(crate) decided_on: Option<i32>,
}

impl View {
    /// The bars that its own ends brought.
    pub(crate) fn own_bars(&self) -> impl Iterator<Item = BarredView> + '_ {
        self.certifications.iter().flat_map(|c| &c.ends).filter_map(|end| {
            Some(BarredView {
                act: end.act,
                ground: end.ground.clone(),
                from: end.decided_on,
                until: end.bar_until?,
                lifted_on: end.overturned.as_ref().map(|ruling| ruling.overturned_on),
            })
        })
    }

    /// Every category the provider has a case or a certification of.
    pub(crate) fn categories(&self) -> impl Iterator<Item = &str> {
        let certified = self.certifications.iter().enumerate().filter_map(|(index, c)| {
            let before = self.certifications[..index].iter().any(|other| other.category == c.category);
            (!before).then_some(c.category.as_str())
        });
        let applied = self.cases.iter().enumerate().filter_map(|(index, case)| {
            let before = self.cases[..index].iter().any(|other| other.category == case.category);
            (!before).then_some(case.category.as_str())
        });
        certified.chain(applied.filter(|category| !self.certifications.iter().any(|c| c.category == *category)))
    }

    /// Every breach that is shown.
    pub(crate) fn breaches(&self) -> impl Iterator<Item = &BreachView> {
        self.pledges.iter().flat_map(PledgeView::shown)
    }

    /// Whether a pledge can still be relied on.
    pub(crate) fn is_bound(&self) -> bool {
        self.pledges.iter().any(|pledge| pledge.status.binds())
    }
}

impl NoticedView {
    /// Whether it hangs over the certification on a day (the domain's rule).
    pub(crate) fn is_open_on(&self, day: i32) -> bool {
        self.fell == 0 && domain::is_open_on(self.noticed_on, [self.closed.map(|(_, on)| on)], self.rulings.days(), day)
    }
}

impl EndView {
    /// As it stands again once the ruling that undid it is undone on a day, by this act (the domain's rule).
    pub(super) fn standing_again(&self, by: u32, on: i32) -> Self {
        let effective_on = domain::effective_again((self.decided_on, self.effective_on), on);
        Self { decided_on: on, effective_on, overturned: None, again: by, ..self.clone() }
    }

    /// From when to when it bears on where the certification stands. One that reached back reaches back no more once it is overturned.
    pub(crate) fn bearing(&self) -> Bearing<i32> {
        let until = self.overturned.as_ref().map(|overturned| overturned.overturned_on);
        let from = if until.is_some() { self.effective_on.max(self.decided_on) } else { self.effective_on };
        Bearing { status: self.status.into(), from, until }
    }
}

impl CertificationView {
    /// The first day of its first term, or the day it was decided where the record does not say.
    pub(crate) fn begin(&self) -> Option<i32> {
        self.valid_from.or(self.decided_on)
    }

    /// The day of its decision, or else the first of its term, where the record says one.
    pub(crate) fn known_since(&self) -> Option<i32> {
        self.decided_on.or(self.valid_from)
    }

    /// Last day of its last term as the documents say it: those of renewals that were undone say nothing. `valid_to` is how long it held, which of
    /// a renewal that was undone is until the ruling.
    pub(crate) fn last_by_document(&self) -> Option<i32> {
        let stands = self.renewals.iter().rfind(|renewal| renewal.stands()).map(|renewal| renewal.valid_to);
        match self.renewals.first() {
            Some(first) => stands.or(first.before),
            None => self.valid_to,
        }
    }

    /// The words that its last day by the documents was worked out from, or empty: a renewal states its own.
    pub(crate) fn last_worked_out_from(&self) -> &str {
        let is_renewed = self.renewals.iter().any(RenewalView::stands);
        if is_renewed { "" } else { &self.worked_out_from }
    }

    /// Whether no document says how long it holds.
    pub(crate) fn states_no_end(&self) -> bool {
        self.last_by_document().is_none()
    }

    /// The first day after its term.
    pub(crate) fn over(&self) -> Option<i32> {
        self.valid_to.map(|last| last.saturating_add(1))
    }

    /// What bears on where it stands.
    pub(crate) fn bearings(&self) -> impl Iterator<Item = Bearing<i32>> + Clone + '_ {
        self.by_itself().chain(self.ends.iter().map(EndView::bearing))
    }

    /// What bears on it beside its decided ends.
    pub(super) fn by_itself(&self) -> impl Iterator<Item = Bearing<i32>> + Clone + '_ {
        let over = |(from, back)| Bearing { status: domain::Status::Expired, from, until: Some(back) };
        self.measured_by().chain(self.renewals.iter().flat_map(RenewalView::lapses).map(over))
    }

    /// Its last day as the renewals that are on record and the rulings on them leave it, in the order in which they were recorded.
    pub(super) fn last_by_renewals(&self) -> Option<i32> {
        let Some(first) = self.renewals.first() else { return self.valid_to };
        let mut steps: Vec<(u32, &RenewalView, Option<i32>)> = Vec::new();
        for renewal in &self.renewals {
            steps.push((renewal.act, renewal, None));
            steps.extend(renewal.rulings.each().map(|ruling| (ruling.act, renewal, Some(ruling.overturned_on))));
        }
        steps.sort_unstable_by_key(|(act, ..)| *act);
        let mut rulings = BTreeMap::<u32, usize>::new();
        steps.into_iter().fold(first.before, |held, (_, renewal, ruling)| {
            let Some(on) = ruling else { return Some(renewal.valid_to) };
            let by_then = rulings.entry(renewal.act).or_default();
            *by_then += 1;
            if by_then.is_multiple_of(2) { renewal.put_back(held, on) } else { renewal.undone(held, *by_then) }
        })
    }

    /// The orders and suspensions among it.
    pub(super) fn measured_by(&self) -> impl Iterator<Item = Bearing<i32>> + Clone + '_ {
        self.measures.iter().zip(&self.bases).flat_map(|(measure, basis)| {
            let stretches = domain::stretches_of(measure.from, [basis.rulings.days(), basis.cause.days()]);
            let until = |until| [measure.until, until].into_iter().flatten().min();
            stretches.map(move |(from, to)| Bearing { status: measure.status.into(), from, until: until(to) })
        })
    }

    /// By when the breach that is due first is to be mended, of those that are not on a day.
    pub(crate) fn rectification_due(&self, day: i32) -> Option<i32> {
        let stands = |basis: &BasisView| basis.rulings.hold_on(day) && basis.cause.hold_on(day);
        let standing = self.measures.iter().zip(&self.bases).filter(|(_, basis)| stands(basis)).map(|(m, _)| m);
        let open = standing.filter(|m| m.from <= day && m.until.is_none_or(|until| day < until));
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
