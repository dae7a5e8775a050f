//! One provider: the state that decisions need, folded from its events. Not what a screen shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{
    BreachSeverity, CategoryCode, Day, DocumentNumber, Event, Name, NoticeWindow, Ordinal, Particulars, PlaqueNumber,
    PledgeForm, PledgeNumber, Price, ReviewResult, Uscc, Year,
};

/// What is known of a provider. `Provider::default()` is one that nothing was recorded of.
///
/// A copy shares what is large: each decision makes one, and thousands of providers are held in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// Its particulars; `None` before it is registered.
    pub particulars: Option<Arc<Particulars>>,
    /// The operator's code, where it was supplied after the provider id was made.
    pub operator_uscc: Option<Uscc>,
    /// Open cases, at most one a category.
    pub cases: BTreeMap<CategoryCode, Case>,
    /// The latest certification of each category.
    pub certifications: BTreeMap<CategoryCode, Arc<Certification>>,
    /// Price promises by category and item.
    pub prices: BTreeMap<(CategoryCode, Name), PricePromise>,
    /// Every pledge.
    pub pledges: BTreeMap<PledgeNumber, Arc<Pledge>>,
    /// Every plaque.
    pub plaques: BTreeMap<PlaqueNumber, Plaque>,
    /// Last day of a bar, by the category whose revocation brought it.
    pub bars: BTreeMap<CategoryCode, Day>,
}

/// An open case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Where it stands.
    pub stage: Stage,
    /// Day of the last step.
    pub since: Day,
    /// Objections of the running notice, in order; `None` while open, else whether upheld.
    pub objections: Vec<Option<bool>>,
}

/// Where an open case stands.
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
    /// 公示中.
    Publicised(NoticeWindow),
}

/// The latest certification of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// Which of the category.
    pub ordinal: Ordinal,
    /// Day of the decision, where known.
    pub decided_on: Option<Day>,
    /// First day of the first term, where known.
    pub valid_from: Option<Day>,
    /// Last day of the running term; `None`: the published list states none.
    pub valid_to: Option<Day>,
    /// Number of the deciding document, where known.
    pub document_number: Option<DocumentNumber>,
    /// Whether it was back-entered (补录).
    pub back_entered: bool,
    /// How it stands while live.
    pub standing: Standing,
    /// Last day to state one's case, while a revocation is noticed.
    pub hearing_until: Option<Day>,
    /// What ends it, from which day.
    pub end: Option<End>,
    /// Yearly reviews.
    pub reviews: BTreeMap<Year, ReviewResult>,
}

/// How a live certification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// 有效.
    Valid,
    /// 限期整改.
    Rectifying {
        /// Day of the order.
        ordered_on: Day,
        /// Last day to mend.
        due_on: Day,
    },
    /// 暂停; what it goes back to.
    Suspended {
        /// Day of the suspension.
        since: Day,
        /// The rectification under way, if any.
        rectifying: Option<(Day, Day)>,
    },
}

/// What ends a certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Which end.
    pub kind: EndKind,
    /// First day it is not live any more.
    pub effective_on: Day,
    /// The deciding document, where there is one.
    pub document_number: Option<DocumentNumber>,
}

/// Kinds of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// 取消 or 撤销.
    Revoked,
    /// 自愿退出.
    Withdrawn,
    /// 到期.
    Expired,
    /// 注销.
    Deregistered,
}

/// A price and a proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PricePromise {
    /// The last approved price.
    pub approved: Option<Price>,
    /// The proposal that waits, and its day.
    pub pending: Option<(Price, Day)>,
}

/// A pledge and its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// As it was made.
    pub form: PledgeForm,
    /// Where it stands.
    pub status: PledgeStatus,
}

/// Where a pledge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PledgeStatus {
    /// 监管中.
    UnderSupervision,
    /// 全部履行.
    Fulfilled,
    /// 部分履行 or 全部未履行.
    Broken {
        /// How grave.
        severity: BreachSeverity,
        /// Since when it is shown.
        determined_on: Day,
    },
    /// 已修复.
    Repaired,
}

/// A plaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plaque {
    /// Where it is.
    pub status: PlaqueStatus,
    /// By when it is to come back, if ordered back.
    pub recovery_due: Option<Day>,
    /// Whether another was ordered in its place.
    pub replaced: bool,
    /// Day of the last step.
    pub since: Day,
}

/// Where a plaque is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaqueStatus {
    /// 制作中.
    Ordered,
    /// 已发放.
    Issued,
    /// 已挂牌.
    Hung,
    /// 已收回.
    Recovered,
    /// 遗失.
    Lost,
    /// 已销毁.
    Destroyed,
    /// 未交回.
    NotReturned,
}

impl Certification {
    /// Whether it is live on `day`: not ended and within its term.
    pub fn live_on(&self, day: Day) -> bool {
        self.end.as_ref().is_none_or(|end| end.effective_on > day) && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The first day it is not live any more, where that is known.
    pub fn over_since(&self) -> Option<Day> {
        let term = self.valid_to.map(|last| last.plus_days(1));
        let end = self.end.as_ref().map(|end| end.effective_on);
        [term, end].into_iter().flatten().min()
    }
}

impl PledgeStatus {
    /// Whether a pledge with this status still binds.
    pub fn binds(self) -> bool {
        match self {
            Self::UnderSupervision | Self::Fulfilled => true,
            Self::Broken { .. } | Self::Repaired => false,
        }
    }
}

impl Pledge {
    /// Whether it is in force on `day`.
    pub fn in_force_on(&self, day: Day) -> bool {
        self.status.binds() && self.form.made_on <= day && self.form.valid_until.is_none_or(|last| day <= last)
    }
}

impl Plaque {
    /// Whether it may be on a wall.
    pub fn is_out(&self) -> bool {
        matches!(self.status, PlaqueStatus::Issued | PlaqueStatus::Hung)
    }
}

impl Provider {
    /// Whether any certification is live on `day`.
    pub fn certified_on(&self, day: Day) -> bool {
        self.certifications.values().any(|c| c.live_on(day))
    }

    /// Whether any pledge is in force on `day`.
    pub fn pledged_on(&self, day: Day) -> bool {
        self.pledges.values().any(|p| p.in_force_on(day))
    }
}

/// Replays events onto a provider that nothing is known of.
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Provider {
    events.into_iter().fold(Provider::default(), evolve)
}

/// The state after a fact. Total: a fact cannot be refused.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm a fact; cutting it in pieces would hide which facts are folded")]
pub fn evolve(mut p: Provider, event: &Event) -> Provider {
    match event {
        Event::ProviderRegistered(e) => p.particulars = Some(Arc::new(e.particulars.clone())),
        Event::ParticularsAmended(e) => p.particulars = Some(Arc::new(e.particulars.clone())),
        Event::OperatorIdentified(e) => p.operator_uscc = Some(e.operator_uscc.clone()),
        Event::ApplicationFiled(e) => {
            let case = Case { stage: Stage::Applied, since: e.applied_on, objections: Vec::new() };
            p.cases.insert(e.category.clone(), case);
        }
        Event::CaseReturned(e) => p.step(&e.category, Stage::Returned, None),
        Event::CaseSupplemented(e) => p.step(&e.category, Stage::Applied, Some(e.supplemented_on)),
        Event::CaseAccepted(e) => p.step(&e.category, Stage::Accepted, Some(e.accepted_on)),
        Event::CaseInspected(e) => {
            p.step(&e.category, Stage::Inspected { passed: e.passed }, Some(e.inspected_on));
        }
        Event::NoticeOpened(e) => {
            p.step(&e.category, Stage::Publicised(e.notice), Some(e.notice.start()));
            if let Some(case) = p.cases.get_mut(&e.category) {
                case.objections.clear();
            }
        }
        Event::ObjectionRaised(e) => {
            if let Some(case) = p.cases.get_mut(&e.category) {
                case.objections.push(None);
            }
        }
        Event::ObjectionResolved(e) => {
            let index = usize::try_from(e.objection.get()).unwrap_or(usize::MAX);
            let objection = p.cases.get_mut(&e.category).and_then(|c| c.objections.get_mut(index.wrapping_sub(1)));
            if let Some(objection) = objection {
                *objection = Some(e.upheld);
            }
        }
        Event::CaseRefused(e) => drop(p.cases.remove(&e.category)),
        Event::CaseWithdrawn(e) => drop(p.cases.remove(&e.category)),
        Event::Certified(e) => {
            p.cases.remove(&e.category);
            let new = Certification {
                decided_on: Some(e.decided_on),
                valid_from: Some(e.valid_from),
                valid_to: Some(e.valid_to),
                document_number: Some(e.document_number.clone()),
                back_entered: false,
                ..Certification::new(e.ordinal)
            };
            p.certifications.insert(e.category.clone(), Arc::new(new));
        }
        Event::CertificationRecorded(e) => {
            let new = Certification {
                decided_on: e.decided_on,
                valid_from: e.valid_from,
                valid_to: e.valid_to,
                document_number: e.document_number.clone(),
                back_entered: true,
                ..Certification::new(e.ordinal)
            };
            p.certifications.insert(e.category.clone(), Arc::new(new));
        }
        Event::RectificationOrdered(e) => p.on(&e.category, |c| {
            c.standing = Standing::Rectifying { ordered_on: e.ordered_on, due_on: e.due_on };
        }),
        Event::RectificationAccepted(e) => p.on(&e.category, |c| c.standing = Standing::Valid),
        Event::CertificationSuspended(e) => p.on(&e.category, |c| {
            let rectifying = match c.standing {
                Standing::Rectifying { ordered_on, due_on } => Some((ordered_on, due_on)),
                Standing::Valid | Standing::Suspended { .. } => None,
            };
            c.standing = Standing::Suspended { since: e.suspended_on, rectifying };
        }),
        Event::CertificationResumed(e) => p.on(&e.category, |c| {
            c.standing = match c.standing {
                Standing::Suspended { rectifying: Some((ordered_on, due_on)), .. } => {
                    Standing::Rectifying { ordered_on, due_on }
                }
                Standing::Suspended { rectifying: None, .. } | Standing::Valid | Standing::Rectifying { .. } => {
                    Standing::Valid
                }
            };
        }),
        Event::RevocationNoticed(e) => p.on(&e.category, |c| c.hearing_until = Some(e.hearing_until)),
        Event::RevocationNoticeLifted(e) => p.on(&e.category, |c| c.hearing_until = None),
        Event::CertificationRevoked(e) => {
            p.end(&e.category, EndKind::Revoked, e.effective_on, Some(&e.document_number));
            if let Some(until) = e.bar_until {
                p.bars.insert(e.category.clone(), until);
            }
        }
        Event::CertificationWithdrawn(e) => p.end(&e.category, EndKind::Withdrawn, e.effective_on, None),
        Event::CertificationExpired(e) => p.end(&e.category, EndKind::Expired, e.effective_on, None),
        Event::CertificationDeregistered(e) => {
            p.end(&e.category, EndKind::Deregistered, e.deregistered_on, e.document_number.as_ref());
        }
        Event::CertificationRenewed(e) => p.on(&e.category, |c| c.valid_to = Some(e.valid_to)),
        Event::ReviewRecorded(e) => p.on(&e.category, |c| {
            c.reviews.insert(e.year, e.result);
        }),
        Event::CertificationOverturned(e) => {
            p.on(&e.category, |c| c.end = None);
            p.bars.remove(&e.category);
            for plaque in p.plaques.values_mut().filter(|plaque| plaque.is_out()) {
                plaque.recovery_due = None;
            }
        }
        Event::CertificationCorrected(e) => p.on(&e.category, |c| {
            c.document_number = e.document_number.clone().or_else(|| c.document_number.take());
            c.valid_from = e.valid_from.or(c.valid_from);
            if let Some(last) = e.valid_to {
                c.valid_to = Some(last);
                // An expiry followed from the wrong day; whether the right one has passed is asked anew.
                c.end = c.end.take().filter(|end| end.kind != EndKind::Expired);
            }
        }),
        Event::PriceProposed(e) => {
            let promise = p.prices.entry((e.category.clone(), e.item.clone())).or_default();
            promise.pending = Some((e.price.clone(), e.proposed_on));
        }
        Event::PriceApproved(e) => {
            let promise = p.prices.entry((e.category.clone(), e.item.clone())).or_default();
            promise.approved = promise.pending.take().map(|(price, _)| price).or_else(|| promise.approved.take());
        }
        Event::PriceRejected(e) => {
            p.prices.entry((e.category.clone(), e.item.clone())).or_default().pending = None;
        }
        Event::PledgeMade(e) => {
            let pledge = Pledge { form: e.pledge.clone(), status: PledgeStatus::UnderSupervision };
            p.pledges.insert(e.pledge.number.clone(), Arc::new(pledge));
        }
        Event::PledgeFulfilled(e) => p.pledge(&e.pledge_number, PledgeStatus::Fulfilled),
        Event::PledgeBroken(e) => {
            let status = PledgeStatus::Broken { severity: e.severity, determined_on: e.determined_on };
            p.pledge(&e.pledge_number, status);
        }
        Event::PledgeRepaired(e) => p.pledge(&e.pledge_number, PledgeStatus::Repaired),
        Event::PlaqueOrdered(e) => {
            let plaque =
                Plaque { status: PlaqueStatus::Ordered, recovery_due: None, replaced: false, since: e.ordered_on };
            p.plaques.insert(e.plaque_number.clone(), plaque);
            if let Some(old) = e.replaces.as_ref().and_then(|number| p.plaques.get_mut(number)) {
                old.replaced = true;
            }
        }
        Event::PlaqueIssued(e) => p.plaque(&e.plaque_number, PlaqueStatus::Issued, e.issued_on),
        Event::PlaqueHung(e) => p.plaque(&e.plaque_number, PlaqueStatus::Hung, e.hung_on),
        Event::PlaqueRecoveryOrdered(e) => {
            if let Some(plaque) = p.plaques.get_mut(&e.plaque_number) {
                plaque.recovery_due = Some(e.due_on);
            }
        }
        Event::PlaqueRecovered(e) => p.plaque(&e.plaque_number, PlaqueStatus::Recovered, e.recovered_on),
        Event::PlaqueLost(e) => p.plaque(&e.plaque_number, PlaqueStatus::Lost, e.lost_on),
        Event::PlaqueDestroyed(e) => p.plaque(&e.plaque_number, PlaqueStatus::Destroyed, e.destroyed_on),
        Event::PlaqueNotReturned(e) => p.plaque(&e.plaque_number, PlaqueStatus::NotReturned, e.recorded_on),
        // Facts of an operator's own stream, or of the log's, never stand in a provider's.
        Event::OperatorBarred(_) | Event::OperatorBarLifted(_) | Event::MessageSetAside(_) => {}
    }
    p
}

impl Certification {
    fn new(ordinal: Ordinal) -> Self {
        Self {
            ordinal,
            decided_on: None,
            valid_from: None,
            valid_to: None,
            document_number: None,
            back_entered: false,
            standing: Standing::Valid,
            hearing_until: None,
            end: None,
            reviews: BTreeMap::new(),
        }
    }
}

impl Provider {
    fn step(&mut self, category: &CategoryCode, stage: Stage, since: Option<Day>) {
        if let Some(case) = self.cases.get_mut(category) {
            case.stage = stage;
            case.since = since.unwrap_or(case.since);
        }
    }

    fn on(&mut self, category: &CategoryCode, change: impl FnOnce(&mut Certification)) {
        if let Some(certification) = self.certifications.get_mut(category) {
            change(Arc::make_mut(certification));
        }
    }

    fn end(&mut self, category: &CategoryCode, kind: EndKind, from: Day, document: Option<&DocumentNumber>) {
        self.on(category, |c| {
            c.hearing_until = None;
            c.end = Some(End { kind, effective_on: from, document_number: document.cloned() });
        });
    }

    fn pledge(&mut self, number: &PledgeNumber, status: PledgeStatus) {
        if let Some(pledge) = self.pledges.get_mut(number) {
            Arc::make_mut(pledge).status = status;
        }
    }

    fn plaque(&mut self, number: &PlaqueNumber, status: PlaqueStatus, since: Day) {
        if let Some(plaque) = self.plaques.get_mut(number) {
            plaque.status = status;
            plaque.since = since;
        }
    }
}
