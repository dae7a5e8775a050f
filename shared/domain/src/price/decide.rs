//! What is decided about a price.

use super::commands::{ApprovePrice, ProposePrice, RejectPrice};
use super::facts::{PriceApproved, PriceProposed, PriceRejected};
use super::promised::{Applied, PromisedSince, Promisor, promised_since};
use super::state::{PricePromise, Proposal};
use super::terms::Price;
use crate::bounds::{EFFECT_MONTHS_MAX, EFFECTIVE_ON, not_beyond};
use crate::certification::state::Certification;
use crate::context::{Context, not_before, the_one};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{Act, CategoryCode, Day, Name};

/// Proposals of an outlet that may wait at once: more of them are decided first.
pub(crate) const PROPOSALS_PENDING_MAX: usize = 50;

pub(crate) fn propose(p: &Provider, c: &ProposePrice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    let promise = promise(p, &c.category, &c.item);
    context.happened(c.proposed_on)?;
    let since = in_hand(p, &c.category, c.proposed_on)?;
    if let Some(promise) = promise {
        if let Some(pending) = promise.pending().next() {
            return Err(Refusal::PricePending { proposal: pending.act });
        }
        decided_by(promise, c.proposed_on)?;
        within_promise(p.live(&c.category, c.proposed_on).ok(), promise, &c.price, (c.proposed_on, since))?;
    }
    if p.prices.values().flat_map(PricePromise::pending).count() >= PROPOSALS_PENDING_MAX {
        return Err(Refusal::PricesPendingMax { most: PROPOSALS_PENDING_MAX });
    }
    let proposed = PriceProposed {
        category: c.category.clone(),
        item: c.item.clone(),
        price: c.price.clone(),
        proposed_on: c.proposed_on,
    };
    Ok(vec![proposed.into()])
}

/// All decisions on prices of the item are of no later day than a proposal. One that is typed late is told which acts came after it: they are put right
/// to none, the newest first, and said again behind it, as each price is held against those before it.
fn decided_by(promise: &PricePromise, proposed_on: Day) -> Result<(), Refusal> {
    let Some(earliest) = promise.decided_last().filter(|last| proposed_on < *last) else { return Ok(()) };
    let later = promise.proposals.iter().flat_map(|proposal| {
        let decided = proposal.decisions.iter().filter(|decided| proposed_on < decided.decided_on());
        let decided = decided.flat_map(|decided| decided.rulings.acts().chain([decided.act]));
        decided.chain((proposed_on < proposal.proposed_on).then_some(proposal.act))
    });
    let (acts, why) = (Act::newest_first(later), Refusal::DayBefore { earliest });
    Err(Refusal::ContradictsLater { acts, zh: why.zh(), en: why.en() })
}

fn promise<'p>(p: &'p Provider, category: &CategoryCode, item: &Name) -> Option<&'p PricePromise> {
    p.prices.get(&(category.clone(), item.clone()))
}

/// Since when there is something a price is promised for on `day`: a certification that is live, or an open case. Decided on a case that was
/// kept here, its price may have been proposed with the application.
fn in_hand(p: &Provider, category: &CategoryCode, day: Day) -> Result<PromisedSince, Refusal> {
    let live = match p.live(category, day) {
        Ok(certification) => Some(certification),
        Err(_) if p.open_case(category).is_some() => None,
        Err(_) if p.of_category(category).next().is_none() => return Err(Refusal::PriceNeedsCertification),
        Err(ended) => return Err(ended),
    };
    let own = live.map(|c| Promisor { begin: c.begin(), known_since: c.known_since() });
    let others = p.of_category(category).filter(|other| live.is_none_or(|live| other.act != live.act));
    let last = p.cases_of(category).last();
    let applied = last.map(|case| Applied { applied_on: case.applied_on, is_open: case.is_open() });
    let since = promised_since(own, others.filter_map(Certification::begin), applied);
    let earliest = match since {
        PromisedSince::Day(since) => Some(since),
        PromisedSince::Nothing => applied.map(|applied| applied.applied_on),
        PromisedSince::Ever => None,
    };
    not_before(day, earliest.unwrap_or(day))?;
    Ok(since)
}

/// The price keeps what was promised since a day: over the price that stood when the certification's term began, or the first one of the term,
/// and over each that came after it, all rises together are not more than that price allowed, so that what people are told of a price binds;
/// and a later price allows none that are larger. While nothing is certified nothing is promised.
fn within_promise(
    live: Option<&Certification>,
    promise: &PricePromise,
    new: &Price,
    (day, since): (Day, PromisedSince),
) -> Result<(), Refusal> {
    let Some(certification) = live else { return Ok(()) };
    let promised = promise.promised(day, since, certification.term_from);
    let Some(last) = promised.last() else { return Ok(()) };
    if last.price.unit != new.unit {
        return Err(Refusal::PriceUnitDiffers { price: last.act });
    }
    let most = |price: &Price| u64::from(price.amount_fen.get()) * u64::from(100 + price.rise_percent_max.get());
    let is_broken = |promised: &&&Proposal| u64::from(new.amount_fen.get()) * 100 > most(&promised.price);
    if let Some(broken) = promised.iter().filter(is_broken).min_by_key(|promised| most(&promised.price)) {
        let percent = broken.price.rise_percent_max.get();
        return Err(Refusal::PriceRiseTooLarge { percent, price: broken.act });
    }
    let allowed = last.price.rise_percent_max;
    if new.rise_percent_max > allowed {
        return Err(Refusal::PriceRiseRaised { percent: allowed.get(), price: last.act });
    }
    Ok(())
}

/// The proposal that is meant. One that is named is decided once.
fn proposal<'p>(
    p: &'p Provider,
    category: &CategoryCode,
    item: &Name,
    named: Option<Act>,
) -> Result<(&'p PricePromise, &'p Proposal), Refusal> {
    let promise = promise(p, category, item).ok_or(Refusal::NoPricePending)?;
    if let Some(decided) = promise.proposals.iter().find(|known| Some(known.act) == named).and_then(Proposal::decision)
    {
        return Err(Refusal::PriceDecided { act: decided.act });
    }
    Ok((promise, the_one(promise.pending(), |proposal| proposal.act, named, Refusal::NoPricePending)?))
}

pub(crate) fn approve(p: &Provider, c: &ApprovePrice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent_for_what_is_there(&c.category, p.registered()?)?;
    let (promise, proposal) = proposal(p, &c.category, &c.item, c.proposal)?;
    let (decided_on, effective_on) = (c.decided_on, c.effective_on);
    context.happened(decided_on)?;
    not_before(decided_on, proposal.waits_since().unwrap_or(proposal.proposed_on))?;
    if effective_on < decided_on {
        return Err(Refusal::EffectBeforeDecision { earliest: decided_on });
    }
    not_beyond(effective_on, EFFECTIVE_ON, decided_on, EFFECT_MONTHS_MAX)?;
    let since = in_hand(p, &c.category, decided_on)?;
    let last = promise.approved().map(|(_, approval)| approval.effective_on).max();
    not_before(effective_on, last.unwrap_or(effective_on))?;
    within_promise(p.live(&c.category, decided_on).ok(), promise, &proposal.price, (decided_on, since))?;
    let approved = PriceApproved {
        category: c.category.clone(),
        item: c.item.clone(),
        proposal: proposal.act,
        decided_on,
        effective_on,
        from: promise.in_force(effective_on, since).map(|before| before.price.clone()),
        to: proposal.price.clone(),
        document_number: c.document_number.clone(),
    };
    Ok(vec![approved.into()])
}

pub(crate) fn reject(p: &Provider, c: &RejectPrice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent_for_what_is_there(&c.category, p.registered()?)?;
    let (_, proposal) = proposal(p, &c.category, &c.item, c.proposal)?;
    context.happened(c.rejected_on)?;
    not_before(c.rejected_on, proposal.waits_since().unwrap_or(proposal.proposed_on))?;
    let rejected = PriceRejected {
        category: c.category.clone(),
        item: c.item.clone(),
        proposal: proposal.act,
        rejected_on: c.rejected_on,
        reason: c.reason.clone(),
    };
    Ok(vec![rejected.into()])
}
