//! What is decided about an overturning.

use super::commands::Overturn;
use super::facts::ActOverturned;
use crate::certification::state::{Certification, Renewal};
use crate::context::{Context, not_before};
use crate::ending::state::{End, EndKind, RevocationNotice};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{Act, CategoryCode, Day};

/// An act that can be overturned.
struct Held<'p> {
    /// The category that a bureau has to decide on; of a pledge, which is the whole outlet's, none.
    category: Option<&'p CategoryCode>,
    /// Since when it is so, where the record says.
    since: Option<Day>,
    /// On which day it was overturned.
    overturned_on: Option<Day>,
}

impl<'p> Held<'p> {
    /// The act with this number, if it decides something that binds from a day on, and could be overturned on this one.
    fn of(p: &'p Provider, act: Act, day: Day) -> Option<Self> {
        let certified = || p.certifications.iter().find_map(|c| Self::of_certification(c, act, day));
        certified()
            .or_else(|| Self::of_case(p, act))
            .or_else(|| Self::of_price(p, act))
            .or_else(|| Self::of_pledge(p, act))
    }

    fn of_certification(c: &'p Certification, act: Act, day: Day) -> Option<Self> {
        let (since, overturned_on) = since(c, act, day)?;
        Some(Self { category: Some(&c.category), since, overturned_on })
    }

    fn of_case(p: &'p Provider, act: Act) -> Option<Self> {
        p.cases.iter().find_map(|case| {
            let (since, overturned_on) = case.refusals.iter().find_map(|refusal| refusal.held(act))?;
            Some(Self { category: Some(&case.category), since: Some(since), overturned_on })
        })
    }

    fn of_price(p: &'p Provider, act: Act) -> Option<Self> {
        p.prices.iter().find_map(|((category, _), promise)| {
            let (since, overturned_on) = promise.decided().find_map(|(_, decided)| decided.held(act))?;
            Some(Self { category: Some(category), since: Some(since), overturned_on })
        })
    }

    fn of_pledge(p: &'p Provider, act: Act) -> Option<Self> {
        let mut breaches = p.pledges.values().flat_map(|pledge| &pledge.breaches);
        let (since, overturned_on) = breaches.find_map(|breach| breach.held(act))?;
        Some(Self { category: None, since: Some(since), overturned_on })
    }
}

/// Since when an act of a certification is so that could be overturned on a day, and when it was.
fn since(c: &Certification, act: Act, day: Day) -> Option<(Option<Day>, Option<Day>)> {
    let by_ruling = |end: &&End| end.kind == EndKind::Overturned && end.overturned_on.is_none();
    let overturned = || c.ends.iter().rfind(by_ruling).map(|end| end.decided_on);
    let itself = (c.act == act).then(|| (c.known_since(), overturned()));
    let renewal = || c.renewals.iter().find_map(|of| of.held(act));
    let order = || c.orders.iter().find_map(|of| of.rulings.held((of.act, of.ordered_on), act));
    let suspension = || c.suspensions.iter().find_map(|of| of.rulings.held((of.act, of.since), act));
    let review = || c.reviews.iter().find_map(|of| of.rulings.held((of.act, of.reviewed_on), act));
    // What rests on a notice is overturned, and not the notice.
    let is_open = |of: &&RevocationNotice| of.act != act || of.may_be_undone(day);
    let mut notices = c.notices.iter().filter(is_open);
    let notice = || notices.find_map(|of| of.rulings.held((of.act, of.noticed_on), act));
    let measured = order().or_else(suspension).or_else(review).or_else(notice).or_else(renewal);
    // That the certification was overturned is an end like others, and so is what stands again.
    let end = c.ends.iter().rfind(|of| of.is_by(act));
    itself
        .or_else(|| measured.map(|(since, undone_on)| (Some(since), undone_on)))
        .or_else(|| end.map(|of| (Some(of.decided_on), of.overturned_on)))
        .or_else(|| ruling(c, act))
}

/// Since when an end of a certification was undone by a ruling, and when that was undone itself, so that the end stands again.
fn ruling(c: &Certification, act: Act) -> Option<(Option<Day>, Option<Day>)> {
    let at = c.ends.iter().position(|end| end.overturned_by == Some(act))?;
    let undone = &c.ends[at];
    let again = c.ends[at + 1..].iter().find(|later| later.act == undone.act);
    Some((undone.overturned_on, again.map(|again| again.decided_on)))
}

pub(crate) fn overturn(p: &Provider, c: &Overturn, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let particulars = p.registered()?;
    if c.act >= p.next_act() {
        return Err(Refusal::ActUnknown { act: c.act });
    }
    let found = Held::of(p, c.act, c.overturned_on).ok_or(Refusal::ActNotOverturnable { act: c.act })?;
    match found.category {
        Some(category) => context.competent_for_what_is_there(category, particulars)?,
        None => p.in_charge(context)?,
    }
    context.happened(c.overturned_on)?;
    not_before(c.overturned_on, found.since.unwrap_or(c.overturned_on))?;
    if found.overturned_on.is_some() {
        return Err(Refusal::ActNotOpen { act: c.act });
    }
    nothing_added(p, c)?;
    if !context.beside.alone_at_the_end {
        nothing_beside(p, c)?;
    }
    no_other_review(p, c)?;
    no_other_decision(p, c)?;
    nothing_granted(p, c)?;
    Ok(vec![overturned(c)])
}

/// The fact of an overturning, of whomever the act is that it undoes.
pub(crate) fn overturned(c: &Overturn) -> Event {
    let overturned = ActOverturned {
        act: c.act,
        overturned_on: c.overturned_on,
        body: c.body.clone(),
        document_number: c.document_number.clone(),
        explanation: c.explanation.clone(),
    };
    overturned.into()
}

/// A term is added to the one before it: what stands on it is overturned first, and no sooner in days, as what was added to a term was held
/// with it.
fn nothing_added(p: &Provider, c: &Overturn) -> Result<(), Refusal> {
    let Some((renewals, at)) = p.certifications.iter().find_map(|held| {
        let at = held.renewals.iter().position(|renewal| renewal.is_about(c.act))?;
        Some((&held.renewals, at))
    }) else {
        return Ok(());
    };
    let (before, renewal, added) = (&renewals[..at], &renewals[at], &renewals[at + 1..]);
    if let Some(later) = added.iter().rfind(|later| later.stands()) {
        return Err(if renewal.stands() {
            Refusal::SeveralOpen { acts: format!("{}、{}", c.act, later.act) }
        } else {
            Refusal::RenewedSince { act: later.act }
        });
    }
    // It comes back after what it was added to.
    let gone = |known: &&Renewal| known.rulings.undone_by().is_some_and(|ruling| ruling > renewal.act);
    if let Some(first) = before.iter().find(gone).filter(|_| !renewal.stands()) {
        return Err(Refusal::RenewalBeforeUndone { act: first.act });
    }
    let ruled_on = added.iter().flat_map(|later| later.rulings.days()).max();
    ruled_on.map_or(Ok(()), |held| not_before(c.overturned_on, held))
}

/// Of a category one certification is live. Where another was certified after the end, or the ruling on a renewal, that is overturned now, that one
/// is ended first: which of both stands is for the bureau to say, and not for the registry. An annulment that is overturned reached back to no day before
/// its decision: another that was put there since, as there never had been one, is in the way as well.
fn nothing_beside(p: &Provider, c: &Overturn) -> Result<(), Refusal> {
    let is_put_back = |renewal: &Renewal| !renewal.stands() && renewal.is_about(c.act);
    let is_ended_by =
        |held: &&Certification| held.ends.iter().any(|end| end.is_by(c.act)) || held.renewals.iter().any(is_put_back);
    let ended = p.certifications.iter().map(|held| &**held);
    let Some(held) = ended.clone().find(is_ended_by) else { return Ok(()) };
    let restored = held.restored(c.act, c.overturned_on);
    let others = ended.filter(|other| other.act != held.act && other.category == held.category);
    // What stood beside it before does so whatever is overturned.
    let since = |other: &Certification| restored.live_beside(other).filter(|day| !held.live_on(*day)).min();
    let beside = others.filter_map(|other| Some((other.act, since(other)?)));
    beside.min_by_key(|(_, from)| *from).map_or(Ok(()), |(act, from)| Err(Refusal::CertifiedSince { act, from }))
}

/// Of a year one review stands: where it was reviewed anew since the ruling that is overturned now, that one is overturned first.
fn no_other_review(p: &Provider, c: &Overturn) -> Result<(), Refusal> {
    for held in &p.certifications {
        let Some(back) = held.reviews.iter().find(|review| review.rulings.are_by(c.act)) else { continue };
        let others = held.reviews.iter().filter(|other| other.act != back.act && other.year == back.year);
        // One that is undone by now stood once beside nothing.
        if back.rulings.undone_on().is_some() && others.into_iter().any(|other| other.rulings.undone_on().is_none()) {
            return Err(Refusal::YearReviewed);
        }
    }
    Ok(())
}

/// Of a proposal one decision stands: where it was decided anew since the ruling that is overturned now, that one is overturned first.
fn no_other_decision(p: &Provider, c: &Overturn) -> Result<(), Refusal> {
    for proposal in p.prices.values().flat_map(|promise| &promise.proposals) {
        let Some(back) = proposal.decisions.iter().find(|decided| decided.rulings.are_by(c.act)) else { continue };
        if let Some(beside) = proposal.decision().filter(|_| back.rulings.undone_on().is_some()) {
            return Err(Refusal::PriceDecided { act: beside.act });
        }
    }
    Ok(())
}

/// A decision against an application does not stand again beside the certification that was decided on that application since: that is ended first.
fn nothing_granted(p: &Provider, c: &Overturn) -> Result<(), Refusal> {
    let day = c.overturned_on;
    for case in p.cases.iter().filter(|case| case.is_granted()) {
        let back = case.refusals.iter().find(|refusal| refusal.rulings.are_by(c.act));
        if back.is_none_or(|refusal| refusal.rulings.undone_on().is_none()) {
            continue;
        }
        let on_it = |held: &&Certification| case.notices.iter().any(|notice| Some(notice.window) == held.notice);
        let mut granted = p.of_category(&case.category).filter(on_it);
        if let Some(held) = granted.find(|held| held.live_on(day) || held.lies_ahead(day)) {
            return Err(Refusal::CaseGrantedSince { act: held.act });
        }
    }
    Ok(())
}
