//! Terms that end by themselves.

use std::sync::Arc;

use super::facts::CertificationExpired;
use crate::certification::state::Certification;
use crate::event::Event;
use crate::provider::Provider;
use crate::value::{CategoryCode, Day};

/// Terms that have ended by themselves and are not written down yet.
pub(crate) fn lapses(provider: &Provider, today: Day) -> Vec<Event> {
    let lapsed = |(category, c): (&CategoryCode, &Arc<Certification>)| {
        let effective_on = c.valid_to.filter(|last| *last < today)?.plus_days(1);
        // Another end that came first stands.
        if c.end.as_ref().is_some_and(|end| end.effective_on <= effective_on) {
            return None;
        }
        Some(CertificationExpired { category: category.clone(), effective_on }.into())
    };
    provider.certifications.iter().filter_map(lapsed).collect()
}
