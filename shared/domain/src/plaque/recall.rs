//! When plaques are called back.

use super::facts::PlaqueRecoveryOrdered;
use crate::context::Context;
use crate::ending::state::EndKind;
use crate::event::Event;
use crate::provider::Provider;
use crate::value::Day;

/// Orders back the plaques that are out once no certification is live: today, or from the day an end takes effect.
pub(crate) fn recalls(provider: &Provider, context: &Context<'_>) -> Vec<Event> {
    let ends = provider.certifications.values().filter_map(|c| c.over_since());
    let uncovered = ends
        .map(|day| day.max(context.today))
        .filter(|day| !provider.certified_on(*day))
        // An end by term that lies ahead may still be renewed; only decided ends are acted on in advance.
        .filter(|day| *day == context.today || decided_end_on(provider, *day))
        .min();
    let Some(day) = uncovered else { return Vec::new() };
    let due_on = day.plus_days(i64::from(context.scheme.plaque_return_days));
    let out = provider.plaques.iter().filter(|(_, plaque)| plaque.is_out() && plaque.recovery_due.is_none());
    out.map(|(number, _)| PlaqueRecoveryOrdered { plaque_number: number.clone(), due_on }.into()).collect()
}

fn decided_end_on(provider: &Provider, day: Day) -> bool {
    let ends = provider.certifications.values().filter_map(|c| c.end.as_ref());
    ends.filter(|end| end.kind != EndKind::Expired).any(|end| end.effective_on == day)
}
