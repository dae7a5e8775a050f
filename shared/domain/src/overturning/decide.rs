//! What is decided about an overturning.

use super::commands::Overturn;
use super::facts::ActOverturned;
use crate::certification::state::Certification;
use crate::context::{Context, not_before};
use crate::ending::state::EndKind;
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{Act, Day};

/// An act of a certification that can be overturned.
struct Held {
    /// Since when it is so, where the record says.
    since: Option<Day>,
    /// On which day it was overturned.
    overturned_on: Option<Day>,
}

impl Held {
    fn new(since: Option<Day>, overturned_on: Option<Day>) -> Self {
        Self { since, overturned_on }
    }

    /// The act with this number, if it is one of this certification.
    fn of(c: &Certification, act: Act) -> Option<Self> {
        let overturned = || c.ends.iter().find(|end| end.kind == EndKind::Overturned).map(|end| end.decided_on);
        let itself = (c.act == act).then(|| Self::new(c.known_since(), overturned()));
        let renewal = c.renewals.iter().find(|of| of.act == act);
        let order = c.orders.iter().find(|of| of.act == act);
        let suspension = c.suspensions.iter().find(|of| of.act == act);
        let notice = c.notices.iter().find(|of| of.act == act && !of.is_closed);
        // An overturning is none of the acts that are overturned.
        let end = c.ends.iter().find(|of| of.act == act && of.kind != EndKind::Overturned);
        let review = c.reviews.iter().find(|of| of.act == act);
        itself
            .or_else(|| renewal.map(|of| Self::new(Some(of.decided_on), of.overturned_on)))
            .or_else(|| order.map(|of| Self::new(Some(of.ordered_on), of.overturned_on)))
            .or_else(|| suspension.map(|of| Self::new(Some(of.since), of.overturned_on)))
            .or_else(|| notice.map(|of| Self::new(Some(of.noticed_on), None)))
            .or_else(|| end.map(|of| Self::new(Some(of.decided_on), of.overturned_on)))
            .or_else(|| review.map(|of| Self::new(Some(of.reviewed_on), of.overturned_on)))
    }
}

pub(crate) fn overturn(p: &Provider, c: &Overturn, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let particulars = p.registered()?;
    if c.act >= p.next_act() {
        return Err(Refusal::ActUnknown { act: c.act });
    }
    let found = p.certifications.iter().find_map(|held| Some((held, Held::of(held, c.act)?)));
    let (certification, found) = found.ok_or(Refusal::ActNotOverturnable { act: c.act })?;
    context.competent_for_what_is_there(&certification.category, particulars)?;
    context.happened(c.overturned_on)?;
    not_before(c.overturned_on, found.since.unwrap_or(c.overturned_on))?;
    if found.overturned_on.is_some() {
        return Err(Refusal::ActNotOpen { act: c.act });
    }
    // A term is added to the one before it: what stands on it is overturned first.
    let later = certification.renewals.iter().rfind(|renewal| renewal.overturned_on.is_none());
    let is_renewal = certification.renewals.iter().any(|renewal| renewal.act == c.act);
    if let Some(later) = later.filter(|later| is_renewal && later.act != c.act) {
        return Err(Refusal::SeveralOpen { acts: format!("{}、{}", c.act, later.act) });
    }
    // And no sooner in days: what was added to a term was held with it.
    let added = certification.renewals.iter().skip_while(|renewal| renewal.act != c.act).skip(1);
    if let Some(held) = added.filter_map(|renewal| renewal.overturned_on).max() {
        not_before(c.overturned_on, held)?;
    }
    let overturned = ActOverturned {
        act: c.act,
        overturned_on: c.overturned_on,
        body: c.body.clone(),
        document_number: c.document_number.clone(),
        explanation: c.explanation.clone(),
    };
    Ok(vec![overturned.into()])
}
