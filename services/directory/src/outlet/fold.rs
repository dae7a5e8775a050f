//! A provider's record, folded from its events. Every event is looked at: a new one does not compile before it is.

use domain::{Act, Day, EndingKind, Event, NoticeWindow, Price, Stage, as_corrected};
use event_log::Recorded;
use serve::terms::Transit;

use super::choice::{CaseStage, EndKind, PlaqueStatus};
use super::ruling::Rulings;
use super::status::{Measure, Status};
use super::view::{
    Amount, ApprovedView, BasisView, BreachView, CaseNotice, CaseView, CertificationView, CorrectionView, EndView,
    EnteredView, LiftView, NoticedView, ObjectionView, PlaqueMove, PlaqueView, PledgeView, ProposalView, RecallView,
    RenewalView, ReviewView, View,
};

fn amount(price: &Price) -> Amount {
    let (fen, rise_percent_max) = (price.amount_fen.get(), price.rise_percent_max.get());
    Amount { fen, unit: price.unit.into(), rise_percent_max }
}

fn days(notice: NoticeWindow) -> (i32, i32) {
    (notice.start().number(), notice.end().number())
}

/// The stage a case's state is kept as.
fn stage(stage: Stage) -> CaseStage {
    match stage {
        Stage::Applied => CaseStage::Applied,
        Stage::Returned => CaseStage::Returned,
        Stage::Accepted => CaseStage::Accepted,
        Stage::Inspected { .. } => CaseStage::Inspected,
        Stage::Publicised => CaseStage::Publicised,
        Stage::Certified => CaseStage::Certified,
        Stage::Refused => CaseStage::Refused,
        Stage::Withdrawn => CaseStage::Withdrawn,
    }
}

/// Whether a commit corrects what was recorded before it.
pub(crate) fn corrects(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::ActCorrected(_)))
}

/// Whether after a commit the outlet may stand elsewhere, on some day, than it did.
pub(crate) fn moves(events: &[Event]) -> bool {
    let is_of_particulars =
        |event: &Event| matches!(event, Event::ProviderRegistered(_) | Event::ParticularsAmended(_));
    corrects(events) || events.iter().any(is_of_particulars)
}

impl View {
    /// The record as these commits of one stream make it, corrections counted in.
    pub(crate) fn of(commits: &[Recorded]) -> Self {
        let facts = commits.iter().flat_map(|recorded| &recorded.commit.events);
        let mut stands = as_corrected(facts).into_iter();
        let mut view = Self::default();
        for recorded in commits {
            view.follow(recorded, stands.by_ref().take(recorded.commit.events.len()));
        }
        view.name_corrected(commits.iter().flat_map(|recorded| &recorded.commit.events));
        view
    }

    /// Says of each act that was corrected what it had been recorded as.
    pub(crate) fn name_corrected<'e>(&mut self, facts: impl Iterator<Item = &'e Event>) {
        if self.corrections.is_empty() {
            return;
        }
        let names: Vec<&str> = facts.map(Event::name).collect();
        for correction in &mut self.corrections {
            let of = usize::try_from(correction.corrected).ok().and_then(|act| names.get(act.checked_sub(1)?));
            of.copied().unwrap_or_default().clone_into(&mut correction.fact);
        }
    }

    /// Folds in a commit: what stands under each of its numbers.
    pub(crate) fn follow<'e>(&mut self, recorded: &Recorded, stands: impl Iterator<Item = Option<&'e Event>>) {
        self.made.push(self.acts, &recorded.commit);
        let on = Day::of(recorded.commit.recorded_at).number();
        for fact in stands {
            self.fold(fact, recorded.position.0, on);
        }
        (self.revision, self.last_position) = (recorded.revision.0, recorded.position.0);
    }

    /// Folds in the commit that comes after these, which is the last of them.
    pub(crate) fn then(&mut self, commits: &[Recorded]) {
        let Some(last) = commits.last() else { return };
        if corrects(&last.commit.events) {
            *self = Self::of(commits);
            return;
        }
        self.follow(last, last.commit.events.iter().map(Some));
    }

    /// Folds in what stands under the next number, of the commit at `position`, which was recorded on this day.
    pub(crate) fn fold(&mut self, event: Option<&Event>, position: u64, recorded_on: i32) {
        if self.first_position == 0 {
            (self.first_position, self.came_on) = (position, recorded_on);
        }
        let bound = self.is_bound();
        self.acts += 1;
        let Some(event) = event else { return };
        self.change(event, position, recorded_on);
        if bound && !self.is_bound() {
            self.unbound_on = Some(recorded_on);
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm an event; cutting it in pieces would hide which are folded")]
    fn change(&mut self, event: &Event, position: u64, recorded_on: i32) {
        match event {
            Event::ProviderRegistered(e) => self.registered(e, position),
            Event::ParticularsAmended(e) => self.amended(e, position),
            Event::OperatorIdentified(e) => self.identified(e),
            Event::ApplicationFiled(e) => {
                let category = e.category.as_str();
                self.cases.iter_mut().filter(|case| case.category == category).for_each(|case| {
                    case.gives_way_to(e.applied_on.number());
                });
                self.cases.push(CaseView::filed(e.category.to_string(), e.applied_on.number()));
            }
            Event::CaseReturned(e) => self.case(&e.category, e.returned_on, |case| {
                if case.moved(stage(Stage::Returned), e.returned_on.number()) {
                    case.papers_due = Some(e.due_on.number());
                }
            }),
            Event::CaseSupplemented(e) => self.case(&e.category, e.supplemented_on, |case| {
                if case.moved(stage(Stage::Applied), e.supplemented_on.number()) {
                    case.papers_due = None;
                }
            }),
            Event::CaseAccepted(e) => {
                self.case(&e.category, e.accepted_on, |case| {
                    case.moved(stage(Stage::Accepted), e.accepted_on.number());
                });
            }
            Event::CaseInspected(e) => {
                let inspected = stage(Stage::Inspected { passed: e.passed });
                self.case(&e.category, e.inspected_on, |case| {
                    case.moved(inspected, e.inspected_on.number());
                });
            }
            Event::NoticeOpened(e) => self.case(&e.category, e.notice.start(), |case| {
                case.publicised(CaseNotice { window: days(e.notice), published_at: e.published_at.transit() });
            }),
            Event::ObjectionRaised(e) => {
                let (act, number) = (self.acts, e.objection_number.to_string());
                let raised_on = e.raised_on.number();
                let objection = ObjectionView { act, number, raised_on, resolved: None };
                self.case(&e.category, e.raised_on, |case| case.objections.push(objection));
            }
            Event::ObjectionResolved(e) => {
                let objections = self.cases.iter_mut().flat_map(|case| &mut case.objections);
                for objection in objections.filter(|objection| objection.act == e.objection.get()) {
                    objection.resolved = Some((e.resolved_on.number(), e.upheld));
                }
            }
            Event::CaseRefused(e) => {
                let act = self.acts;
                self.case(&e.category, e.decided_on, |case| case.refused(act, e.decided_on.number()));
            }
            Event::CaseWithdrawn(e) => {
                self.case(&e.category, e.withdrawn_on, |case| {
                    case.moved(stage(Stage::Withdrawn), e.withdrawn_on.number());
                });
            }
            Event::Certified(e) => {
                // On evidence it decides no case that is over.
                if e.basis == domain::CertificationBasis::Case {
                    self.case(&e.category, e.decided_on, |case| {
                        case.moved(stage(Stage::Certified), e.decided_on.number());
                    });
                }
                self.certifications.push(CertificationView {
                    act: self.acts,
                    category: e.category.to_string(),
                    decided_on: Some(e.decided_on.number()),
                    valid_from: Some(e.valid_from.number()),
                    valid_to: Some(e.valid_to.number()),
                    document_number: e.document_number.to_string(),
                    deciding_body: e.deciding_body.transit(),
                    basis: Some(e.basis.into()),
                    notice: Some(days(e.notice)),
                    pledge_number: e.pledge_number.to_string(),
                    recorded_on,
                    ..CertificationView::default()
                });
                self.numbered(e.category.as_str());
            }
            Event::CertificationRecorded(e) => {
                self.certifications.push(CertificationView {
                    act: self.acts,
                    category: e.category.to_string(),
                    decided_on: e.decided_on.map(Day::number),
                    valid_from: e.valid_from.map(Day::number),
                    valid_to: e.valid_to.map(Day::number),
                    document_number: e.document_number.transit(),
                    deciding_body: e.deciding_body.to_string(),
                    back_entered: true,
                    recorded_on,
                    source: e.source.to_string(),
                    worked_out_from: e.valid_to_worked_out_from.transit(),
                    ..CertificationView::default()
                });
                self.numbered(e.category.as_str());
            }
            Event::RectificationOrdered(e) => {
                let (from, due_on) = (e.ordered_on.number(), Some(e.due_on.number()));
                let because = e.because.map_or(0, Act::get);
                // One that came to follow by a correction is over where its cause had been undone before.
                let mut cause = Rulings::default();
                for (act, ruling) in &self.undone {
                    if cause.are_about(because, *act) {
                        cause.turn(ruling);
                    }
                }
                let order = Measure { act: self.acts, status: Status::Rectifying, from, until: None, due_on, because };
                let basis = BasisView::of(&e.ground, e.document_number.transit(), e.legal_basis.transit());
                let basis = BasisView { cause, ..basis };
                self.on(e.certification, |c| c.measured(order, basis));
            }
            Event::RectificationAccepted(e) => self.over(e.order, e.accepted_on),
            Event::CertificationSuspended(e) => {
                let from = e.suspended_on.number();
                let suspension =
                    Measure { act: self.acts, status: Status::Suspended, from, until: None, due_on: None, because: 0 };
                let basis = BasisView::of(&e.ground, e.document_number.to_string(), e.legal_basis.to_string());
                self.on(e.certification, |c| c.measured(suspension, basis));
            }
            Event::CertificationResumed(e) => self.over(e.suspension, e.resumed_on),
            Event::MeasureFell(e) => self.fell(e.measure),
            Event::RevocationNoticed(e) => {
                let notice = NoticedView {
                    act: self.acts,
                    noticed_on: e.noticed_on.number(),
                    hearing_until: e.hearing_until.number(),
                    hearing_ends_on: e.hearing_ends_on.number(),
                    ground: e.ground.to_string(),
                    intended: e.kind.into(),
                    document_number: e.document_number.to_string(),
                    legal_basis: e.legal_basis.to_string(),
                    closed: None,
                    rulings: Rulings::default(),
                    fell: 0,
                };
                self.on(e.certification, |c| c.notices.push(notice));
            }
            Event::RevocationNoticeLifted(e) => self.close(e.notice, e.lifted_on),
            Event::CertificationRevoked(e) => {
                self.close(e.notice, e.decided_on);
                let end = EndView {
                    act: self.acts,
                    status: Status::Revoked,
                    effective_on: e.effective_on.number(),
                    decided_on: e.decided_on.number(),
                    kind: e.kind.into(),
                    ground: e.ground.to_string(),
                    legal_basis: e.legal_basis.to_string(),
                    document_number: e.document_number.to_string(),
                    bar_until: e.bar_until.map(Day::number),
                    reason: String::new(),
                    body: String::new(),
                    entered: None,
                    overturned: None,
                    again: 0,
                };
                self.on(e.certification, |c| c.ends.push(end));
            }
            Event::CertificationWithdrawn(e) => {
                let plain = EndView::plain(Status::Withdrawn, EndKind::Withdrawn, e.effective_on, e.requested_on);
                let end = EndView { act: self.acts, reason: e.reason.to_string(), ..plain };
                self.on(e.certification, |c| c.ends.push(end));
            }
            Event::EndingRecorded(e) => {
                let (status, kind) = match e.kind {
                    EndingKind::Cancelled => (Status::Revoked, EndKind::Cancelled),
                    EndingKind::Annulled => (Status::Revoked, EndKind::Annulled),
                    EndingKind::Withdrawn => (Status::Withdrawn, EndKind::Withdrawn),
                    EndingKind::Deregistered => (Status::Deregistered, EndKind::Deregistered),
                };
                let end = EndView {
                    act: self.acts,
                    document_number: e.document_number.as_ref().map(ToString::to_string).unwrap_or_default(),
                    bar_until: e.bar_until.map(Day::number),
                    entered: Some(EnteredView {
                        deciding_body: e.deciding_body.to_string(),
                        source: e.source.to_string(),
                        is_undated: e.effective_on.or(e.decided_on).is_none(),
                        decided_on: e.decided_on.map(Day::number),
                    }),
                    ..EndView::plain(status, kind, e.ends_on(), e.decided_by())
                };
                self.on(e.certification, |c| c.ends.push(end));
            }
            Event::CertificationDeregistered(e) => {
                let day = e.deregistered_on;
                let plain = EndView::plain(Status::Deregistered, EndKind::Deregistered, day, day);
                let (document_number, reason) = (e.document_number.transit(), e.reason.to_string());
                let end = EndView { act: self.acts, document_number, reason, ..plain };
                self.on(e.certification, |c| c.ends.push(end));
            }
            Event::CertificationRenewed(e) => {
                let renewal = RenewalView {
                    act: self.acts,
                    decided_on: e.decided_on.number(),
                    valid_from: e.valid_from.number(),
                    valid_to: e.valid_to.number(),
                    document_number: e.document_number.to_string(),
                    pledge_number: e.pledge_number.to_string(),
                    deciding_body: e.deciding_body.transit(),
                    before: None,
                    rulings: Rulings::default(),
                };
                self.on(e.certification, |c| {
                    c.renewals.push(RenewalView { before: c.valid_to, ..renewal });
                    c.valid_to = Some(e.valid_to.number());
                });
                self.stand_again();
            }
            Event::ReviewRecorded(e) => {
                let (act, year, result) = (self.acts, e.year.get(), e.result.into());
                let (note, reviewed_on) = (e.note.transit(), e.reviewed_on.number());
                let review = ReviewView { act, year, result, reviewed_on, note, rulings: Rulings::default() };
                self.on(e.certification, |c| c.reviews.push(review));
            }
            Event::ActOverturned(e) => self.overturned(e),
            Event::PriceProposed(e) => {
                let (act, proposed_on, amount) = (self.acts, e.proposed_on.number(), amount(&e.price));
                let proposal = ProposalView { act, proposed_on, amount, decisions: Vec::new() };
                self.price(&e.category, e.item.as_str(), |p| p.proposals.push(proposal));
            }
            Event::PriceApproved(e) => {
                let (act, decided_on, from) = (self.acts, e.decided_on.number(), e.effective_on.number());
                self.price(&e.category, e.item.as_str(), |p| {
                    p.decided(e.proposal.get(), (act, decided_on));
                    let (amount, rulings) = (amount(&e.to), Rulings::default());
                    p.approved.push(ApprovedView { act, decided_on, from, amount, rulings });
                });
            }
            Event::PriceRejected(e) => {
                let decided = (self.acts, e.rejected_on.number());
                self.price(&e.category, e.item.as_str(), |p| p.decided(e.proposal.get(), decided));
            }
            Event::PledgeMade(e) => self.pledges.push(PledgeView::of(self.acts, &e.pledge)),
            Event::PledgeFulfilled(e) => self.pledge(e.pledge_number.as_str(), |p| {
                p.fulfilled = Some(e.determined_on.number());
                p.settle();
            }),
            Event::PledgeBroken(e) => {
                let breach = BreachView {
                    act: self.acts,
                    extent: e.extent.into(),
                    severity: e.severity.into(),
                    unperformed: e.unperformed.to_string(),
                    consequence: e.consequence.to_string(),
                    determined_on: e.determined_on.number(),
                    position,
                    repaired: None,
                    rulings: Rulings::default(),
                    is_past: false,
                };
                self.pledge(e.pledge_number.as_str(), |p| {
                    p.breaches.push(breach);
                    p.settle();
                });
            }
            Event::PledgeRepaired(e) => {
                self.pledge(e.pledge_number.as_str(), |p| p.repair(e.breach.get(), e.repaired_on.number()));
            }
            Event::PlaqueOrdered(e) => {
                let (act, on) = (self.acts, e.ordered_on.number());
                self.plaques.push(PlaqueView {
                    number: e.plaque_number.to_string(),
                    ordered_on: on,
                    place: e.place.transit(),
                    design_version: String::new(),
                    moves: vec![PlaqueMove { act, status: PlaqueStatus::Ordered, on }],
                    recalls: Vec::new(),
                    replaced: None,
                    instead_of: e.replaces.as_ref().map(ToString::to_string).unwrap_or_default(),
                    back: None,
                });
                if let Some(old) = &e.replaces {
                    self.plaque(old.as_str(), |plaque| plaque.replaced = Some((e.plaque_number.to_string(), on)));
                }
            }
            Event::PlaqueIssued(e) => {
                self.moved(e.plaque_number.as_str(), PlaqueStatus::Issued, e.issued_on);
                let design = e.design_version.to_string();
                self.plaque(e.plaque_number.as_str(), |plaque| plaque.design_version = design);
            }
            Event::PlaqueHung(e) => self.moved(e.plaque_number.as_str(), PlaqueStatus::Hung, e.hung_on),
            Event::PlaqueRecoveryOrdered(e) => {
                let recall =
                    RecallView { act: self.acts, recorded_on, due: e.due_on.number(), lifted: None, since: None };
                self.plaque(e.plaque_number.as_str(), |plaque| plaque.recalls.push(recall));
            }
            Event::PlaqueRecoveryLifted(e) => {
                let lifted = LiftView { act: self.acts, recorded_on, since: e.lifted_on.number() };
                // One that another took the place of is over with that one.
                self.plaque(e.plaque_number.as_str(), |plaque| {
                    plaque.recalls.iter_mut().for_each(|recall| {
                        recall.lifted.get_or_insert(lifted);
                    });
                });
            }
            Event::PlaqueRecovered(e) => self.moved(e.plaque_number.as_str(), PlaqueStatus::Recovered, e.recovered_on),
            Event::PlaqueLost(e) => self.moved(e.plaque_number.as_str(), PlaqueStatus::Lost, e.lost_on),
            Event::PlaqueDestroyed(e) => self.destroyed(e.plaque_number.as_str(), e.destroyed_on),
            Event::PlaqueNotReturned(e) => {
                self.moved(e.plaque_number.as_str(), PlaqueStatus::NotReturned, e.recorded_on);
            }
            // What a correction changes is folded where it stands.
            Event::ActCorrected(e) => {
                self.made.corrected(e.act.get(), self.acts);
                self.corrections.push(CorrectionView {
                    act: self.acts,
                    corrected: e.act.get(),
                    fact: String::new(),
                    corrected_on: e.corrected_on.number(),
                    reason: e.reason.to_string(),
                    document_number: e.document_number.transit(),
                    to_none: e.fact.is_none(),
                });
            }
            // An expiry follows from the term, the event only writes it down; an operator's facts are not in a provider's stream.
            Event::CertificationExpired(_)
            | Event::OperatorBarred(_)
            | Event::OperatorBarLifted(_)
            | Event::MessageSetAside(_)
            | Event::SchemeAdopted(_)
            | Event::CalendarAdopted(_)
            | Event::PlacesAdopted(_)
            | Event::OperatorCodeConfirmed(_)
            | Event::LogOpened(_) => {}
        }
    }
}
