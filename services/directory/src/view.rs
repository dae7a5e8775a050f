//! A provider as readers see it, folded from its events. Every event is looked at: a new one does not compile before it is.

use api::directory::v1::EndKind;
use api::registry::v1::{CaseStage, PledgeStatus};
use domain::{CategoryCode, Day, Event, NoticeWindow, PlaqueStatus, PledgeForm, Price, PromisorClass, Stage};
use serde::{Deserialize, Serialize};
use serve::terms::Transit;

use crate::status::{Span, Status};

/// One provider's row. Days are numbers of days since 1970-01-01, choices the numbers they travel by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) operator_name: String,
    pub(crate) division: String,
    pub(crate) zone: String,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) location: Option<(i32, i32)>,
    pub(crate) withhold_address: bool,
    pub(crate) operator_uscc: Option<String>,
    pub(crate) certifications: Vec<CertificationView>,
    pub(crate) cases: Vec<CaseView>,
    pub(crate) prices: Vec<PriceView>,
    pub(crate) pledges: Vec<PledgeView>,
    pub(crate) plaques: Vec<PlaqueView>,
    pub(crate) revision: u64,
    /// Of its first commit: the short name of a provider in the keys of the text index.
    pub(crate) first_position: u64,
    pub(crate) last_position: u64,
}

/// One certification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CertificationView {
    pub(crate) category: String,
    pub(crate) ordinal: u32,
    pub(crate) predecessor: u32,
    pub(crate) decided_on: Option<i32>,
    pub(crate) valid_from: Option<i32>,
    pub(crate) valid_to: Option<i32>,
    /// First days of the terms that follow the first one.
    pub(crate) renewed: Vec<i32>,
    pub(crate) document_number: String,
    pub(crate) deciding_body: String,
    pub(crate) basis: i32,
    pub(crate) back_entered: bool,
    pub(crate) source: String,
    pub(crate) notice: Option<(i32, i32)>,
    pub(crate) pledge_number: String,
    pub(crate) spans: Vec<Span>,
    pub(crate) rectification_due: Option<i32>,
    /// Noticed on, hearing until, ground.
    pub(crate) noticed: Option<(i32, i32, String)>,
    pub(crate) end: Option<EndView>,
    /// Ruled on, by whom, document.
    pub(crate) overturned: Option<(i32, String, String)>,
    /// Year, outcome, day.
    pub(crate) reviews: Vec<(u32, i32, i32)>,
    /// What a suspension goes back to.
    pub(crate) suspended_from: Option<Status>,
}

/// How a certification was ended by decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndView {
    pub(crate) status: Status,
    pub(crate) effective_on: i32,
    pub(crate) decided_on: i32,
    pub(crate) kind: i32,
    pub(crate) ground: String,
    pub(crate) legal_basis: String,
    pub(crate) document_number: String,
    pub(crate) bar_until: Option<i32>,
    pub(crate) reason: String,
}

/// The latest case of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseView {
    pub(crate) category: String,
    pub(crate) stage: i32,
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
    /// From which day; fen, unit, percent. In the order they were approved.
    pub(crate) approved: Vec<(i32, (u32, i32, u32))>,
    /// The proposal that waits, and its day.
    pub(crate) proposed: Option<((u32, i32, u32), i32)>,
}

/// A pledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PledgeView {
    pub(crate) number: String,
    pub(crate) status: i32,
    pub(crate) pledge_type: i32,
    pub(crate) made_on: i32,
    pub(crate) valid_until: Option<i32>,
    pub(crate) publication: i32,
    /// Empty for a natural person.
    pub(crate) promisor_name: String,
    pub(crate) promisor_class: i32,
    pub(crate) reason: String,
    pub(crate) content: String,
    pub(crate) liability: String,
    pub(crate) accepting_unit: String,
    pub(crate) breach: Option<BreachView>,
}

/// A breach that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BreachView {
    pub(crate) extent: i32,
    pub(crate) severity: i32,
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
    pub(crate) status: i32,
    pub(crate) since: i32,
    pub(crate) ordered_on: i32,
    pub(crate) issued_on: Option<i32>,
    pub(crate) hung_on: Option<i32>,
    pub(crate) design_version: String,
    pub(crate) recovery_due: Option<i32>,
    pub(crate) replaced_by: String,
}

fn price(price: &Price) -> (u32, i32, u32) {
    (price.amount_fen.get(), price.unit.transit(), price.rise_percent_max.get())
}

fn days(notice: NoticeWindow) -> (i32, i32) {
    (notice.start().number(), notice.end().number())
}

/// The number a plaque's status travels by.
pub(crate) fn plaque_status(status: PlaqueStatus) -> i32 {
    use api::registry::v1::PlaqueStatus as Form;
    match status {
        PlaqueStatus::Ordered => Form::Ordered,
        PlaqueStatus::Issued => Form::Issued,
        PlaqueStatus::Hung => Form::Hung,
        PlaqueStatus::Recovered => Form::Recovered,
        PlaqueStatus::Lost => Form::Lost,
        PlaqueStatus::Destroyed => Form::Destroyed,
        PlaqueStatus::NotReturned => Form::NotReturned,
    }
    .into()
}

/// The stage an open case's state travels by; kept beside the fold so that both name every stage.
pub(crate) fn stage(stage: Stage) -> i32 {
    match stage {
        Stage::Applied => CaseStage::Applied,
        Stage::Returned => CaseStage::Returned,
        Stage::Accepted => CaseStage::Accepted,
        Stage::Inspected { .. } => CaseStage::Inspected,
        Stage::Publicised(_) => CaseStage::Publicised,
    }
    .into()
}

impl View {
    /// Folds one event of the commit at `position` in.
    #[expect(clippy::too_many_lines, reason = "one arm an event; cutting it in pieces would hide which are folded")]
    pub(crate) fn fold(&mut self, event: &Event, position: u64) {
        match event {
            Event::ProviderRegistered(e) => self.particulars(&e.particulars),
            Event::ParticularsAmended(e) => self.particulars(&e.particulars),
            Event::OperatorIdentified(e) => {
                self.operator_uscc = Some(e.operator_uscc.to_string());
                self.operator_name = e.operator_name.to_string();
            }
            Event::ApplicationFiled(e) => {
                self.cases.retain(|case| case.category != e.category.as_str());
                self.cases.push(CaseView {
                    category: e.category.to_string(),
                    stage: stage(Stage::Applied),
                    since: e.applied_on.number(),
                    published_at: String::new(),
                    notice: None,
                    objections: Vec::new(),
                    papers_due: None,
                });
            }
            Event::CaseReturned(e) => self.case(&e.category, |case| {
                case.stage = stage(Stage::Returned);
                case.papers_due = Some(e.due_on.number());
            }),
            Event::CaseSupplemented(e) => self.case(&e.category, |case| {
                case.moved(stage(Stage::Applied), e.supplemented_on);
                case.papers_due = None;
            }),
            Event::CaseAccepted(e) => self.case(&e.category, |case| case.moved(stage(Stage::Accepted), e.accepted_on)),
            Event::CaseInspected(e) => {
                let inspected = stage(Stage::Inspected { passed: e.passed });
                self.case(&e.category, |case| case.moved(inspected, e.inspected_on));
            }
            Event::NoticeOpened(e) => self.case(&e.category, |case| {
                case.moved(stage(Stage::Publicised(e.notice)), e.notice.start());
                case.published_at = e.published_at.transit();
                case.notice = Some(days(e.notice));
                case.objections.clear();
            }),
            Event::ObjectionRaised(e) => self.case(&e.category, |case| case.objections.push(None)),
            Event::ObjectionResolved(e) => self.case(&e.category, |case| {
                let index = usize::try_from(e.objection.get()).unwrap_or(usize::MAX).wrapping_sub(1);
                if let Some(objection) = case.objections.get_mut(index) {
                    *objection = Some(e.upheld);
                }
            }),
            Event::CaseRefused(e) => {
                self.case(&e.category, |case| case.moved(CaseStage::Refused.into(), e.decided_on));
            }
            Event::CaseWithdrawn(e) => {
                self.case(&e.category, |case| case.moved(CaseStage::Withdrawn.into(), e.withdrawn_on));
            }
            Event::Certified(e) => {
                self.case(&e.category, |case| case.moved(CaseStage::Certified.into(), e.decided_on));
                self.certifications.push(CertificationView {
                    category: e.category.to_string(),
                    ordinal: e.ordinal.get(),
                    predecessor: e.predecessor.transit(),
                    decided_on: Some(e.decided_on.number()),
                    valid_from: Some(e.valid_from.number()),
                    valid_to: Some(e.valid_to.number()),
                    document_number: e.document_number.to_string(),
                    deciding_body: e.deciding_body.transit(),
                    basis: e.basis.transit(),
                    notice: Some(days(e.notice)),
                    pledge_number: e.pledge_number.to_string(),
                    ..CertificationView::default()
                });
            }
            Event::CertificationRecorded(e) => self.certifications.push(CertificationView {
                category: e.category.to_string(),
                ordinal: e.ordinal.get(),
                predecessor: e.predecessor.transit(),
                decided_on: e.decided_on.map(Day::number),
                valid_from: e.valid_from.map(Day::number),
                valid_to: e.valid_to.map(Day::number),
                document_number: e.document_number.transit(),
                deciding_body: e.deciding_body.to_string(),
                back_entered: true,
                source: e.source.to_string(),
                ..CertificationView::default()
            }),
            Event::RectificationOrdered(e) => self.on(&e.category, |c| {
                c.span(e.ordered_on, Status::Rectifying);
                c.rectification_due = Some(e.due_on.number());
            }),
            Event::RectificationAccepted(e) => self.on(&e.category, |c| {
                c.span(e.accepted_on, Status::Valid);
                c.rectification_due = None;
            }),
            Event::CertificationSuspended(e) => self.on(&e.category, |c| {
                c.suspended_from = Some(if c.rectification_due.is_some() { Status::Rectifying } else { Status::Valid });
                c.span(e.suspended_on, Status::Suspended);
            }),
            Event::CertificationResumed(e) => self.on(&e.category, |c| {
                let before = c.suspended_from.take().unwrap_or(Status::Valid);
                c.span(e.resumed_on, before);
            }),
            Event::RevocationNoticed(e) => self.on(&e.category, |c| {
                c.noticed = Some((e.noticed_on.number(), e.hearing_until.number(), e.ground.to_string()));
            }),
            Event::RevocationNoticeLifted(e) => self.on(&e.category, |c| c.noticed = None),
            Event::CertificationRevoked(e) => self.on(&e.category, |c| {
                c.ended(EndView {
                    status: Status::Revoked,
                    effective_on: e.effective_on.number(),
                    decided_on: e.decided_on.number(),
                    kind: match e.kind {
                        domain::RevocationKind::Cancelled => EndKind::Cancelled,
                        domain::RevocationKind::Annulled => EndKind::Annulled,
                    }
                    .into(),
                    ground: e.ground.to_string(),
                    legal_basis: e.legal_basis.to_string(),
                    document_number: e.document_number.to_string(),
                    bar_until: e.bar_until.map(Day::number),
                    reason: String::new(),
                });
            }),
            Event::CertificationWithdrawn(e) => self.on(&e.category, |c| {
                let plain = EndView::plain(Status::Withdrawn, EndKind::Withdrawn, e.effective_on, e.requested_on);
                c.ended(EndView { reason: e.reason.to_string(), ..plain });
            }),
            Event::CertificationDeregistered(e) => self.on(&e.category, |c| {
                let day = e.deregistered_on;
                let plain = EndView::plain(Status::Deregistered, EndKind::Deregistered, day, day);
                c.ended(EndView {
                    document_number: e.document_number.transit(),
                    reason: e.reason.to_string(),
                    ..plain
                });
            }),
            Event::CertificationRenewed(e) => self.on(&e.category, |c| {
                c.valid_to = Some(e.valid_to.number());
                c.renewed.push(e.valid_from.number());
            }),
            Event::ReviewRecorded(e) => {
                self.on(&e.category, |c| {
                    c.reviews.push((e.year.get(), e.result.transit(), e.reviewed_on.number()));
                });
            }
            Event::CertificationOverturned(e) => {
                self.on(&e.category, |c| {
                    c.end = None;
                    c.overturned = Some((e.overturned_on.number(), e.body.to_string(), e.document_number.to_string()));
                    c.spans.retain(|span| span.status.is_live());
                });
                for plaque in &mut self.plaques {
                    let out = [plaque_status(PlaqueStatus::Issued), plaque_status(PlaqueStatus::Hung)];
                    if out.contains(&plaque.status) {
                        plaque.recovery_due = None;
                    }
                }
            }
            Event::CertificationCorrected(e) => self.on(&e.category, |c| {
                if let Some(number) = &e.document_number {
                    c.document_number = number.to_string();
                }
                c.valid_from = e.valid_from.map(Day::number).or(c.valid_from);
                c.valid_to = e.valid_to.map(Day::number).or(c.valid_to);
            }),
            Event::PriceProposed(e) => self.price(&e.category, e.item.as_str(), |p| {
                p.proposed = Some((price(&e.price), e.proposed_on.number()));
            }),
            Event::PriceApproved(e) => self.price(&e.category, e.item.as_str(), |p| {
                if let Some((price, _)) = p.proposed.take() {
                    p.approved.push((e.effective_on.number(), price));
                }
            }),
            Event::PriceRejected(e) => self.price(&e.category, e.item.as_str(), |p| p.proposed = None),
            Event::PledgeMade(e) => self.pledges.push(PledgeView::of(&e.pledge)),
            Event::PledgeFulfilled(e) => {
                self.pledge(e.pledge_number.as_str(), |p| p.status = PledgeStatus::Fulfilled.into());
            }
            Event::PledgeBroken(e) => self.pledge(e.pledge_number.as_str(), |p| {
                p.status = match e.extent {
                    domain::BreachExtent::Partly => PledgeStatus::PartlyFulfilled,
                    domain::BreachExtent::Wholly => PledgeStatus::Unfulfilled,
                }
                .into();
                p.breach = Some(BreachView {
                    extent: e.extent.transit(),
                    severity: e.severity.transit(),
                    unperformed: e.unperformed.to_string(),
                    consequence: e.consequence.to_string(),
                    determined_on: e.determined_on.number(),
                    position,
                });
            }),
            Event::PledgeRepaired(e) => self.pledge(e.pledge_number.as_str(), |p| {
                p.status = PledgeStatus::Repaired.into();
                p.breach = None;
            }),
            Event::PlaqueOrdered(e) => {
                self.plaques.push(PlaqueView {
                    number: e.plaque_number.to_string(),
                    status: plaque_status(PlaqueStatus::Ordered),
                    since: e.ordered_on.number(),
                    ordered_on: e.ordered_on.number(),
                    issued_on: None,
                    hung_on: None,
                    design_version: String::new(),
                    recovery_due: None,
                    replaced_by: String::new(),
                });
                if let Some(old) = &e.replaces {
                    self.plaque(old.as_str(), |plaque| plaque.replaced_by = e.plaque_number.to_string());
                }
            }
            Event::PlaqueIssued(e) => {
                self.moved(e.plaque_number.as_str(), PlaqueStatus::Issued, e.issued_on);
                self.plaque(e.plaque_number.as_str(), |plaque| {
                    plaque.issued_on = Some(e.issued_on.number());
                    plaque.design_version = e.design_version.to_string();
                });
            }
            Event::PlaqueHung(e) => {
                self.moved(e.plaque_number.as_str(), PlaqueStatus::Hung, e.hung_on);
                self.plaque(e.plaque_number.as_str(), |plaque| plaque.hung_on = Some(e.hung_on.number()));
            }
            Event::PlaqueRecoveryOrdered(e) => {
                self.plaque(e.plaque_number.as_str(), |plaque| plaque.recovery_due = Some(e.due_on.number()));
            }
            Event::PlaqueRecovered(e) => self.moved(e.plaque_number.as_str(), PlaqueStatus::Recovered, e.recovered_on),
            Event::PlaqueLost(e) => self.moved(e.plaque_number.as_str(), PlaqueStatus::Lost, e.lost_on),
            Event::PlaqueDestroyed(e) => self.moved(e.plaque_number.as_str(), PlaqueStatus::Destroyed, e.destroyed_on),
            Event::PlaqueNotReturned(e) => {
                self.moved(e.plaque_number.as_str(), PlaqueStatus::NotReturned, e.recorded_on);
            }
            // An expiry follows from the term, the event only writes it down; an operator's facts are not in a provider's stream.
            Event::CertificationExpired(_)
            | Event::OperatorBarred(_)
            | Event::OperatorBarLifted(_)
            | Event::MessageSetAside(_) => {}
        }
    }

    fn particulars(&mut self, particulars: &domain::Particulars) {
        self.name = particulars.name.to_string();
        self.operator_name = particulars.operator_name.to_string();
        self.division = particulars.division.to_string();
        self.zone = particulars.zone.transit();
        self.address = particulars.address.transit();
        self.phone = particulars.phone.transit();
        self.location = particulars.location.map(|p| (p.latitude_microdegrees(), p.longitude_microdegrees()));
        self.withhold_address = particulars.withhold_address;
    }

    fn case(&mut self, category: &CategoryCode, change: impl FnOnce(&mut CaseView)) {
        if let Some(case) = self.cases.iter_mut().find(|case| case.category == category.as_str()) {
            change(case);
        }
    }

    /// The latest certification of a category.
    fn on(&mut self, category: &CategoryCode, change: impl FnOnce(&mut CertificationView)) {
        if let Some(certification) = self.certifications.iter_mut().rfind(|c| c.category == category.as_str()) {
            change(certification);
        }
    }

    fn price(&mut self, category: &CategoryCode, item: &str, change: impl FnOnce(&mut PriceView)) {
        let same = |p: &PriceView| p.category == category.as_str() && p.item == item;
        if !self.prices.iter().any(same) {
            self.prices.push(PriceView {
                category: category.to_string(),
                item: item.to_owned(),
                approved: Vec::new(),
                proposed: None,
            });
        }
        if let Some(price) = self.prices.iter_mut().find(|p| same(p)) {
            change(price);
        }
    }

    fn pledge(&mut self, number: &str, change: impl FnOnce(&mut PledgeView)) {
        if let Some(pledge) = self.pledges.iter_mut().find(|pledge| pledge.number == number) {
            change(pledge);
        }
    }

    fn plaque(&mut self, number: &str, change: impl FnOnce(&mut PlaqueView)) {
        if let Some(plaque) = self.plaques.iter_mut().find(|plaque| plaque.number == number) {
            change(plaque);
        }
    }

    fn moved(&mut self, number: &str, status: PlaqueStatus, since: Day) {
        self.plaque(number, |plaque| {
            plaque.status = plaque_status(status);
            plaque.since = since.number();
        });
    }

    /// The latest certification of each category.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &CertificationView> {
        self.certifications.iter().enumerate().filter_map(|(index, c)| {
            let later = self.certifications[index + 1..].iter().any(|other| other.category == c.category);
            (!later).then_some(c)
        })
    }

    /// Every category the provider has a case or a certification of.
    pub(crate) fn categories(&self) -> impl Iterator<Item = &str> {
        let certified = self.latest().map(|c| c.category.as_str());
        let applied = self.cases.iter().map(|case| case.category.as_str());
        certified.chain(applied.filter(|category| !self.certifications.iter().any(|c| c.category == *category)))
    }

    /// The division as the public may see it: to the street where the address is a home.
    pub(crate) fn shown_division(&self) -> String {
        match self.division.get(..9) {
            Some(street) if self.withhold_address => format!("{street}000"),
            _ => self.division.clone(),
        }
    }

    /// The address as the public may see it.
    pub(crate) fn shown_address(&self) -> &str {
        if self.withhold_address { "" } else { &self.address }
    }
}

impl CertificationView {
    fn span(&mut self, from: Day, status: Status) {
        self.spans.push(Span { from: from.number(), status });
    }

    /// A later end takes the place of an earlier one that had not come yet.
    fn ended(&mut self, end: EndView) {
        self.noticed = None;
        self.spans.retain(|span| span.status.is_live());
        self.spans.push(Span { from: end.effective_on, status: end.status });
        self.end = Some(end);
    }
}

impl CaseView {
    fn moved(&mut self, stage: i32, since: Day) {
        self.stage = stage;
        self.since = since.number();
    }
}

impl EndView {
    fn plain(status: Status, kind: EndKind, effective_on: Day, decided_on: Day) -> Self {
        Self {
            status,
            effective_on: effective_on.number(),
            decided_on: decided_on.number(),
            kind: kind.into(),
            ground: String::new(),
            legal_basis: String::new(),
            document_number: String::new(),
            bar_until: None,
            reason: String::new(),
        }
    }
}

impl PledgeView {
    fn of(form: &PledgeForm) -> Self {
        let natural = form.promisor_class == PromisorClass::NaturalPerson;
        Self {
            number: form.number.to_string(),
            status: PledgeStatus::UnderSupervision.into(),
            pledge_type: form.pledge_type.transit(),
            made_on: form.made_on.number(),
            valid_until: form.valid_until.map(Day::number),
            publication: form.publication.transit(),
            promisor_name: if natural { String::new() } else { form.promisor_name.to_string() },
            promisor_class: form.promisor_class.transit(),
            reason: form.reason.to_string(),
            content: form.content.to_string(),
            liability: form.liability.to_string(),
            accepting_unit: form.accepting_unit.to_string(),
            breach: None,
        }
    }
}
