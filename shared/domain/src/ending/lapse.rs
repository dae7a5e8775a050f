//! Terms that end by themselves.

use std::sync::Arc;

use super::facts::CertificationExpired;
use crate::certification::state::Certification;
use crate::event::Event;
use crate::provider::Provider;
use crate::value::Day;

/// Terms that have ended by themselves and are not written down yet.
pub(crate) fn lapses(provider: &Provider, today: Day) -> Vec<Event> {
    let lapsed = |c: &Arc<Certification>| {
        let effective_on = c.valid_to.filter(|last| *last < today && c.expiry_recorded.is_none())?.plus_days(1);
        // Another end that came first stands.
        if c.ends_that_stand().any(|end| end.effective_on <= effective_on) {
            return None;
        }
        Some(CertificationExpired { category: c.category.clone(), certification: c.act, effective_on }.into())
    };
    provider.certifications.iter().filter_map(lapsed).collect()
}
