//! Every recorded fact is visible in what the registry tells, or undone by a fact that names it.

use domain::*;
use proptest::prelude::*;

use super::sequence::Stream;

/// A record of a provider: its facts as they were recorded, what stands in their places, and what is told.
struct Told<'r> {
    facts: &'r [Event],
    stands: &'r [Option<&'r Event>],
    state: &'r Provider,
}

/// Where the fact of a provider can be seen: one arm a fact, no other arm. A new fact says here where it is told.
#[expect(clippy::too_many_lines, reason = "one arm a fact")]
fn is_told(told: &Told<'_>, act: Act, fact: &Event) -> bool {
    let p = told.state;
    let certification = |of: Act| p.certifications.iter().map(|c| &**c).find(|c| c.act == of);
    let of_case = |of: &CategoryCode| p.cases_of(of).filter(|case| case.act < act).last();
    // Whatever came after it, or was on record before it: where the case stood from its day on.
    let stepped =
        |of: &CategoryCode, step: (Stage, Day)| p.cases_of(of).any(|case| case.act < act && case.steps.contains(&step));
    let plaque = |number: &PlaqueNumber, is_last: &dyn Fn(&Plaque) -> bool| {
        let later = || told.later(act).any(|(later, _)| plaque_of(later) == Some(number));
        p.plaques.get(number).is_some_and(|plaque| is_last(plaque) || later())
    };
    let objection = |of: Act| p.cases.iter().flat_map(|case| case.objections()).find(|objection| objection.act == of);
    let proposal =
        |of: Act| p.prices.values().flat_map(|promise| &promise.proposals).find(|proposal| proposal.act == of);
    match fact {
        Event::ProviderRegistered(e) => p.particulars.iter().any(|v| (v.act, v.from, &v.particulars) == (act, None, &e.particulars)),
        Event::ParticularsAmended(e) => {
            let version = p.particulars.iter().find(|v| v.act == act);
            let held = p.particulars_on(e.effective_on).map(|on| on.name == e.particulars.name && on.division == e.particulars.division);
            let again = told.later(act).any(|(later, _)| matches!(later, Event::ParticularsAmended(a) if a.effective_on == e.effective_on));
            version.is_some_and(|v| v.particulars == e.particulars && v.document_number == e.document_number) && (held == Some(true) || again)
        }
        Event::OperatorIdentified(e) => p.operator_uscc() == Some(&e.operator_uscc),
        Event::ApplicationFiled(e) => p.cases.iter().any(|c| (c.act, &c.category, c.applied_on) == (act, &e.category, e.applied_on)),
        Event::CaseReturned(e) => stepped(&e.category, (Stage::Returned, e.returned_on)),
        Event::CaseSupplemented(e) => stepped(&e.category, (Stage::Applied, e.supplemented_on)),
        Event::CaseAccepted(e) => stepped(&e.category, (Stage::Accepted, e.accepted_on)),
        Event::CaseInspected(e) => stepped(&e.category, (Stage::Inspected { passed: e.passed }, e.inspected_on)),
        Event::NoticeOpened(e) => p.cases_of(&e.category).flat_map(|c| &c.notices).any(|n| (n.act, n.window) == (act, e.notice)),
        Event::ObjectionRaised(e) => {
            let notice = p.cases.iter().flat_map(|c| &c.notices).find(|n| n.act == e.notice);
            notice.is_some_and(|n| n.objections.iter().any(|o| (o.act, o.raised_on, &o.summary) == (act, e.raised_on, &e.summary)))
        }
        Event::ObjectionResolved(e) => objection(e.objection)
            .and_then(|o| o.resolution.as_ref())
            .is_some_and(|r| (r.resolved_on, r.upheld, &r.finding) == (e.resolved_on, e.upheld, &e.finding)),
        Event::CaseRefused(e) => of_case(&e.category).is_some_and(|c| {
            let refusal = c.refusals.iter().find(|r| (r.act, r.decided_on) == (act, e.decided_on));
            refusal.is_some_and(|r| r.rulings.count() > 0 || (c.stage, c.since) == (Stage::Refused, e.decided_on))
        }),
        Event::CaseWithdrawn(e) => of_case(&e.category).is_some_and(|c| (c.stage, c.since) == (Stage::Withdrawn, e.withdrawn_on)),
        Event::Certified(e) => certification(act).is_some_and(|c| {
            let told = (&c.category, c.decided_on, c.valid_from, c.notice, c.document_number.as_ref(), c.back_entered);
            told == (&e.category, Some(e.decided_on), Some(e.valid_from), Some(e.notice), Some(&e.document_number), false)
                && begins_as_told(c)
        }),
        Event::CertificationRecorded(e) => certification(act).is_some_and(|c| {
            let told = (&c.category, c.decided_on, c.valid_from, c.document_number.as_ref(), c.back_entered);
            told == (&e.category, e.decided_on, e.valid_from, e.document_number.as_ref(), true) && begins_as_told(c)
        }),
        Event::CertificationRenewed(e) => certification(e.certification).is_some_and(|c| {
            let renewal = c.renewals.iter().find(|r| r.act == act);
            // The last of those that stand is the running term; one that was overturned after it may have been held longer.
            let last = c.renewals.iter().rfind(|r| r.stands());
            let running = last.is_none_or(|last| last.act != act) || c.term_from == Some(e.valid_from) && c.valid_to >= Some(e.valid_to)
                || renewal.is_some_and(|r| r.rulings.count() > 0);
            renewal.is_some_and(|r| r.decided_on == e.decided_on) && running
        }),
        Event::RectificationOrdered(e) => certification(e.certification).is_some_and(|c| {
            c.orders.iter().any(|o| (o.act, &o.ground, o.ordered_on, o.due_on, o.because) == (act, &e.ground, e.ordered_on, e.due_on, e.because))
        }),
        Event::RectificationAccepted(e) => {
            p.certifications.iter().flat_map(|c| &c.orders).any(|o| (o.act, o.met_on) == (e.order, Some(e.accepted_on)))
        }
        Event::CertificationSuspended(e) => {
            certification(e.certification).is_some_and(|c| c.suspensions.iter().any(|s| (s.act, s.since) == (act, e.suspended_on)))
        }
        Event::CertificationResumed(e) => {
            let suspensions = || p.certifications.iter().flat_map(|c| &c.suspensions);
            suspensions().any(|s| (s.act, s.resumed_on) == (e.suspension, Some(e.resumed_on)))
        }
        Event::MeasureFell(e) => certification(e.certification).is_some_and(|c| {
            let orders = c.orders.iter().map(|of| (of.act, of.fell));
            let notices = c.notices.iter().map(|of| (of.act, of.fell));
            let mut measures = orders.chain(c.suspensions.iter().map(|of| (of.act, of.fell))).chain(notices);
            // It stands, or falls again, by what says that its certification was live then after all.
            let undone = told.later(act).any(|(later, _)| matches!(later, Event::ActOverturned(_) | Event::CertificationRenewed(_)));
            measures.any(|(of, fell)| of == e.measure && (fell == Some(act) || undone && fell.is_none_or(|again| again > act)))
        }),
        Event::RevocationNoticed(e) => certification(e.certification).is_some_and(|c| {
            c.notices.iter().any(|n| (n.act, &n.ground, n.noticed_on, n.hearing_until, n.hearing_ends_on) == (act, &e.ground, e.noticed_on, e.hearing_until, e.hearing_ends_on))
        }),
        Event::RevocationNoticeLifted(e) => {
            p.certifications.iter().flat_map(|c| &c.notices).any(|n| (n.act, n.lifted_on) == (e.notice, Some(e.lifted_on)))
        }
        Event::CertificationRevoked(e) => ends(certification(e.certification), act, EndKind::Revoked, e.effective_on, e.bar_until),
        Event::CertificationWithdrawn(e) => ends(certification(e.certification), act, EndKind::Withdrawn, e.effective_on, None),
        Event::CertificationDeregistered(e) => {
            ends(certification(e.certification), act, EndKind::Deregistered, e.deregistered_on, None)
        }
        Event::EndingRecorded(e) => {
            let kind = match e.kind {
                EndingKind::Cancelled | EndingKind::Annulled => EndKind::Revoked,
                EndingKind::Withdrawn => EndKind::Withdrawn,
                EndingKind::Deregistered => EndKind::Deregistered,
            };
            ends(certification(e.certification), act, kind, e.ends_on(), e.bar_until)
        }
        // Written down, it stands until the term is another: by a renewal, or by one that was overturned.
        Event::CertificationExpired(e) => certification(e.certification).is_some_and(|c| {
            let another = told.later(act).any(|(later, _)| match later {
                Event::CertificationRenewed(r) => r.certification == e.certification,
                Event::ActOverturned(o) => c.renewals.iter().any(|r| r.act == o.act || r.rulings.are_by(o.act)),
                _ => false,
            });
            c.expiry_recorded.is_some() || another
        }),
        Event::ReviewRecorded(e) => certification(e.certification).is_some_and(|c| {
            c.reviews.iter().any(|r| (r.act, r.year, r.result, r.reviewed_on) == (act, e.year, e.result, e.reviewed_on))
        }),
        Event::ActOverturned(e) => p.certifications.iter().any(|c| is_overturned(c, act, e)) || is_undone(p, act),
        Event::PriceProposed(e) => {
            proposal(act).is_some_and(|of| (&of.price, of.proposed_on) == (&e.price, e.proposed_on))
                && p.prices.contains_key(&(e.category.clone(), e.item.clone()))
        }
        Event::PriceApproved(e) => {
            let promise = p.prices.get(&(e.category.clone(), e.item.clone()));
            let approved = promise.is_some_and(|promise| {
                promise.decided().any(|(of, d)| {
                    let PriceDecision::Approved(a) = &d.decision else { return false };
                    (of.act, d.act, a.decided_on, a.effective_on) == (e.proposal, act, e.decided_on, e.effective_on)
                })
            });
            approved && proposal(e.proposal).is_some_and(|of| of.price == e.to)
        }
        Event::PriceRejected(e) => proposal(e.proposal).is_some_and(|of| {
            of.decisions.iter().any(|d| {
                d.act == act && matches!(&d.decision, PriceDecision::Rejected(r) if (r.rejected_on, &r.reason) == (e.rejected_on, &e.reason))
            })
        }),
        Event::PledgeMade(e) => p.pledges.get(&e.pledge.number).is_some_and(|of| (of.act, &of.form) == (act, &e.pledge)),
        Event::PledgeFulfilled(e) => p.pledges.get(&e.pledge_number).is_some_and(|of| {
            of.fulfilments.iter().any(|d| (d.act, d.determined_on) == (act, e.determined_on))
        }),
        Event::PledgeBroken(e) => p.pledges.get(&e.pledge_number).is_some_and(|of| {
            let breach = of.breaches.iter().find(|b| (b.determination.act, b.determination.determined_on) == (act, e.determined_on));
            breach.is_some_and(|b| b.repair.is_some() || b.rulings.count() > 0 || b.shown_on(e.determined_on))
        }),
        Event::PledgeRepaired(e) => p.pledges.get(&e.pledge_number).is_some_and(|of| {
            of.breaches.iter().any(|b| b.determination.act == e.breach && !b.shown_on(e.repaired_on))
        }),
        Event::PlaqueOrdered(e) => p.plaques.get(&e.plaque_number).is_some_and(|of| {
            let replaced = e.replaces.as_ref().is_none_or(|old| p.plaques.get(old).is_some_and(|old| old.replaced));
            let replaced = replaced || of.status == PlaqueStatus::Destroyed;
            (of.act, of.ordered_on, &of.replaces, &of.place) == (act, e.ordered_on, &e.replaces, &e.place) && replaced
        }),
        Event::PlaqueIssued(e) => plaque(&e.plaque_number, &|of| was(of, PlaqueStatus::Issued, e.issued_on)),
        Event::PlaqueHung(e) => plaque(&e.plaque_number, &|of| was(of, PlaqueStatus::Hung, e.hung_on)),
        Event::PlaqueRecovered(e) => plaque(&e.plaque_number, &|of| was(of, PlaqueStatus::Recovered, e.recovered_on)),
        Event::PlaqueLost(e) => plaque(&e.plaque_number, &|of| was(of, PlaqueStatus::Lost, e.lost_on)),
        Event::PlaqueDestroyed(e) => plaque(&e.plaque_number, &|of| was(of, PlaqueStatus::Destroyed, e.destroyed_on)),
        // Typed once it may stay, it tells of the days before.
        Event::PlaqueNotReturned(e) => plaque(&e.plaque_number, &|of| {
            (of.status, of.since) == (PlaqueStatus::NotReturned, e.recorded_on)
                || was(of, PlaqueStatus::NotReturned, e.recorded_on)
        }),
        Event::PlaqueRecoveryOrdered(e) => plaque(&e.plaque_number, &|of| of.recovery_due == Some(e.due_on)),
        Event::PlaqueRecoveryLifted(e) => plaque(&e.plaque_number, &|of| of.recovery_due.is_none()),
        // What it corrects is looked at where that stands.
        Event::ActCorrected(e) => {
            let index = usize::try_from(e.act.get()).unwrap() - 1;
            let right = told.stands[index] == e.fact.as_deref();
            let again = told.later(act).any(|(later, _)| matches!(later, Event::ActCorrected(a) if a.act == e.act || a.act == act));
            right || again
        }
        // Of an operator's own stream, of the log's, or of the rules'.
        Event::OperatorBarred(_)
        | Event::OperatorBarLifted(_)
        | Event::MessageSetAside(_)
        | Event::LogOpened(_)
        | Event::OperatorCodeConfirmed(_)
        | Event::SchemeAdopted(_)
        | Event::CalendarAdopted(_)
        | Event::PlacesAdopted(_) => false,
    }
}

impl<'r> Told<'r> {
    /// The facts that stand after an act.
    fn later(&self, act: Act) -> impl Iterator<Item = (&'r Event, usize)> {
        let from = usize::try_from(act.get()).unwrap();
        let stands = self.stands;
        stands[from..].iter().copied().enumerate().filter_map(|(at, fact)| Some((fact?, at)))
    }
}

/// A plaque is told to have been there on a day, or where something put it later on that day.
fn was(plaque: &Plaque, status: PlaqueStatus, on: Day) -> bool {
    plaque.at(on) == (status, on) || plaque.steps.iter().filter(|step| step.on == on).count() > 1
}

/// A certification is told from its first day on, and not before.
fn begins_as_told(c: &Certification) -> bool {
    c.begin().is_none_or(|begin| c.standing(begin).is_some() && c.standing(begin.plus_days(-1)).is_none())
}

fn ends(c: Option<&Certification>, act: Act, kind: EndKind, from: Day, bar: Option<Day>) -> bool {
    c.is_some_and(|c| {
        let end = c.ends.iter().find(|end| end.act == act);
        let is_it = |end: &End| (end.kind, end.effective_on, end.bar_until) == (kind, from, bar);
        // It is over on its day, unless it had been overturned by then, or had not begun.
        let over = |end: &End| match end.overturned_on {
            // What was overturned reaches back no more.
            Some(on) => on <= from.max(end.decided_on) || !c.live_on(from.max(end.decided_on)),
            None => !c.live_on(from),
        };
        end.is_some_and(|end| is_it(end) && over(end))
    })
}

fn is_overturned(c: &Certification, act: Act, e: &ActOverturned) -> bool {
    let by = |on: Option<Day>| on.is_some_and(|on| on <= e.overturned_on);
    let itself = c.act == e.act
        && c.ends.iter().any(|end| (end.kind, end.effective_on) == (EndKind::Overturned, e.overturned_on));
    itself
        || c.renewals.iter().any(|of| of.rulings.are_by(act))
        || c.orders.iter().any(|of| of.rulings.are_by(act) || of.cause.are_by(act))
        || c.suspensions.iter().any(|of| of.rulings.are_by(act))
        || c.notices.iter().any(|of| of.rulings.are_by(act))
        || c.ends.iter().any(|of| [Some(of.act), of.again].contains(&Some(e.act)) && by(of.overturned_on))
        || c.ends.iter().any(|of| of.overturned_by == Some(e.act)) && stands_again(c, e)
        || c.reviews.iter().any(|of| of.rulings.are_by(act))
}

/// Whether an end stands again since the day on which the ruling that undid it was undone itself.
fn stands_again(c: &Certification, e: &ActOverturned) -> bool {
    c.ends.iter().any(|of| of.again.is_some() && of.decided_on == e.overturned_on)
}

/// The same of what is no act of a certification: a case that was refused, a price, a breach.
fn is_undone(p: &Provider, act: Act) -> bool {
    p.cases.iter().flat_map(|case| &case.refusals).any(|of| of.rulings.are_by(act))
        || p.prices.values().flat_map(PricePromise::decided).any(|(_, of)| of.rulings.are_by(act))
        || p.pledges.values().flat_map(|pledge| &pledge.breaches).any(|of| of.rulings.are_by(act))
}

/// The plaque that a fact takes a step with.
#[expect(clippy::wildcard_enum_match_arm, reason = "the steps of a plaque, of many facts")]
fn plaque_of(fact: &Event) -> Option<&PlaqueNumber> {
    match fact {
        Event::PlaqueIssued(e) => Some(&e.plaque_number),
        Event::PlaqueHung(e) => Some(&e.plaque_number),
        Event::PlaqueRecovered(e) => Some(&e.plaque_number),
        Event::PlaqueLost(e) => Some(&e.plaque_number),
        Event::PlaqueDestroyed(e) => Some(&e.plaque_number),
        Event::PlaqueNotReturned(e) => Some(&e.plaque_number),
        Event::PlaqueRecoveryOrdered(e) => Some(&e.plaque_number),
        Event::PlaqueRecoveryLifted(e) => Some(&e.plaque_number),
        _ => None,
    }
}

/// Every fact of a provider is told, or undone by one that names it.
pub(crate) fn every_fact_is_told(state: &Provider, stream: &Stream) -> Result<(), TestCaseError> {
    let facts = stream.facts();
    let stands = as_corrected(&facts);
    let told = Told { facts: &facts, stands: &stands, state };
    for (index, recorded) in told.facts.iter().enumerate() {
        let act = Act::new(u32::try_from(index).unwrap() + 1).unwrap();
        let corrects = |fact: &Event| matches!(fact, Event::ActCorrected(e) if e.act == act);
        let named = told.stands[index + 1..].iter().flatten().any(|fact| corrects(fact));
        prop_assert!(
            told.stands[index] == Some(recorded) || named,
            "act {act} is gone, and no fact names it: {recorded:?}"
        );
        if let Some(fact) = told.stands[index] {
            prop_assert!(is_told(&told, act, fact), "act {act} is not told: {fact:?}");
        }
    }
    Ok(())
}

/// The same of an operator.
pub(crate) fn every_bar_is_told(operator: &Operator, stream: &Stream) -> Result<(), TestCaseError> {
    let facts = stream.facts();
    let stands = as_corrected(&facts);
    for (number, fact) in (1_u32..).zip(&stands) {
        let is_told = match fact {
            Some(Event::OperatorBarred(e)) => operator.bars.iter().any(|bar| {
                let told = (bar.act.get(), bar.barred_on, bar.until) == (number, e.barred_on, e.until);
                let is_held = operator.barred_on(e.barred_on) >= Some(e.until);
                let over = bar.bars().next().and_then(|bar| bar.lifted_on);
                // Overturned on its own day it never was, by a fact that names it.
                let never_was = !bar.rulings.hold_on(e.barred_on);
                told && (never_was || over.is_some_and(|over| over <= e.barred_on) || is_held)
            }),
            Some(Event::OperatorBarLifted(e)) => {
                operator.bars.iter().any(|bar| bar.act == e.bar && bar.lifted_on == Some(e.lifted_on))
            }
            Some(Event::OperatorCodeConfirmed(e)) => operator
                .confirmation
                .as_ref()
                .is_some_and(|of| (of.act.get(), of.confirmed_on, &of.seen) == (number, e.confirmed_on, &e.seen)),
            Some(Event::ActOverturned(_)) => {
                operator.bars.iter().any(|bar| bar.rulings.are_by(Act::new(number).unwrap()))
            }
            Some(Event::ActCorrected(_)) | None => true,
            Some(_) => false,
        };
        prop_assert!(is_told, "act {number} of the operator is not told: {fact:#?}");
    }
    Ok(())
}
