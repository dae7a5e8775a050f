//! What is decided about a price.

use super::commands::{ApprovePrice, ProposePrice, RejectPrice};
use super::facts::{PriceApproved, PriceProposed, PriceRejected};
use super::terms::Price;
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{CategoryCode, Day, Name};

pub(crate) fn propose(p: &Provider, c: &ProposePrice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    let certified = p.live(&c.category, context.today).is_ok();
    if !certified && !p.cases.contains_key(&c.category) {
        return Err(Refusal::PriceNeedsCertification);
    }
    context.happened(c.proposed_on)?;
    if let Some(promise) = p.prices.get(&(c.category.clone(), c.item.clone())) {
        if promise.pending.is_some() {
            return Err(Refusal::PricePending);
        }
        if let Some(approved) = &promise.approved {
            within_promise(approved, &c.price)?;
        }
    }
    let proposed = PriceProposed {
        category: c.category.clone(),
        item: c.item.clone(),
        price: c.price.clone(),
        proposed_on: c.proposed_on,
    };
    Ok(vec![proposed.into()])
}

fn within_promise(approved: &Price, new: &Price) -> Result<(), Refusal> {
    if approved.unit != new.unit {
        return Err(Refusal::PriceUnitDiffers);
    }
    let percent = approved.rise_percent_max.get();
    let ceiling = u64::from(approved.amount_fen.get()) * u64::from(100 + percent);
    if u64::from(new.amount_fen.get()) * 100 > ceiling {
        return Err(Refusal::PriceRiseTooLarge { percent });
    }
    Ok(())
}

fn pending_since(p: &Provider, category: &CategoryCode, item: &Name, context: &Context<'_>) -> Result<Day, Refusal> {
    context.competent(category, p.registered()?)?;
    let promise = p.prices.get(&(category.clone(), item.clone()));
    promise.and_then(|promise| promise.pending.as_ref()).map(|(_, day)| *day).ok_or(Refusal::NoPricePending)
}

pub(crate) fn approve(p: &Provider, c: &ApprovePrice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let proposed_on = pending_since(p, &c.category, &c.item, context)?;
    not_before(c.effective_on, proposed_on)?;
    let approved = PriceApproved {
        category: c.category.clone(),
        item: c.item.clone(),
        effective_on: c.effective_on,
        document_number: c.document_number.clone(),
    };
    Ok(vec![approved.into()])
}

pub(crate) fn reject(p: &Provider, c: &RejectPrice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let proposed_on = pending_since(p, &c.category, &c.item, context)?;
    context.happened(c.rejected_on)?;
    not_before(c.rejected_on, proposed_on)?;
    let rejected = PriceRejected {
        category: c.category.clone(),
        item: c.item.clone(),
        rejected_on: c.rejected_on,
        reason: c.reason.clone(),
    };
    Ok(vec![rejected.into()])
}
