//! Schemes laid over one another, the widest area's first: the more specific one sets what it says, and inherits the rest.

use domain::{CategoryRules, Scheme};

use super::checks::no_less;
use super::draft::{CategoryDraft, PartialRules, SchemeDraft};
use crate::error::ReferenceError;
use crate::tables::SchemeTables;

/// What some layers make together.
#[derive(Debug, Clone)]
pub(crate) struct Layered {
    pub(crate) tables: SchemeTables,
    /// What a category that is new in the next layer inherits.
    defaults: PartialRules,
}

/// Lays `draft` over `below`. A number of a category is the one that the layer says of it; else the one that the layer says of all; else
/// the one of the layer below. Refused where it gives the party less time to be heard, or a bar fewer months, than the layer below.
pub(crate) fn lay(below: Option<Layered>, draft: &SchemeDraft) -> Result<Layered, ReferenceError> {
    let Some(below) = below else { return first(draft) };
    let SchemeTables { mut scheme, mut statistical_classes } = below.tables;
    for (code, rules) in &mut scheme.categories {
        let own = draft.categories.get(code);
        let said = own.map_or(draft.defaults, |own| own.rules.over(draft.defaults));
        let name = own.and_then(|own| own.name.clone()).unwrap_or_else(|| rules.name.clone());
        let laid = whole(code.as_str(), name, said.over(said_of(rules)))?;
        no_less(format!("categories.{}.hearing_days", code.as_str()), laid.hearing_days, rules.hearing_days)?;
        *rules = laid;
    }
    let defaults = draft.defaults.over(below.defaults);
    for (code, own) in &draft.categories {
        if !scheme.categories.contains_key(code) {
            let laid = new_category(code.as_str(), own, defaults)?;
            // Of all that the scheme below says nothing else of, it says its defaults.
            let least = below.defaults.hearing_days.unwrap_or(laid.hearing_days);
            no_less(format!("categories.{}.hearing_days", code.as_str()), laid.hearing_days, least)?;
            scheme.categories.insert(code.clone(), laid);
        }
        if own.statistical_classes.is_some() || !statistical_classes.contains_key(code) {
            statistical_classes.insert(code.clone(), own.statistical_classes.clone().unwrap_or_default());
        }
    }
    for (code, ground) in &draft.grounds {
        let least = scheme.grounds.get(code).map_or(0, |ground| ground.bar_months);
        no_less(format!("grounds.{}.bar_months", code.as_str()), ground.bar_months, least)?;
    }
    scheme.bureaus.extend(draft.bureaus.clone());
    scheme.grounds.extend(draft.grounds.clone());
    scheme.zones.extend(draft.zones.clone());
    let scheme = Scheme {
        version: draft.version.clone(),
        in_force_from: draft.in_force_from.max(scheme.in_force_from),
        plaque_return_days: draft.plaque_return_days.unwrap_or(scheme.plaque_return_days),
        repair_months: draft.repair_months.unwrap_or(scheme.repair_months),
        ..scheme
    };
    Ok(Layered { tables: SchemeTables { scheme, statistical_classes }, defaults })
}

/// The lowest layer has to say everything.
fn first(draft: &SchemeDraft) -> Result<Layered, ReferenceError> {
    let mut categories = std::collections::BTreeMap::new();
    let mut statistical_classes = std::collections::BTreeMap::new();
    for (code, own) in &draft.categories {
        categories.insert(code.clone(), new_category(code.as_str(), own, draft.defaults)?);
        statistical_classes.insert(code.clone(), own.statistical_classes.clone().unwrap_or_default());
    }
    let scheme = Scheme {
        version: draft.version.clone(),
        in_force_from: draft.in_force_from,
        categories,
        dropped: std::collections::BTreeMap::new(),
        bureaus: draft.bureaus.clone(),
        grounds: draft.grounds.clone(),
        zones: draft.zones.clone(),
        plaque_return_days: draft.plaque_return_days.ok_or_else(|| missing("plaque_return_days"))?,
        repair_months: draft.repair_months.ok_or_else(|| missing("repair_months"))?,
    };
    Ok(Layered { tables: SchemeTables { scheme, statistical_classes }, defaults: draft.defaults })
}

fn missing(place: &str) -> ReferenceError {
    ReferenceError::scheme(place, "缺少此项,且没有可承接的上级办法", "it is missing, and no scheme above says it")
}

fn new_category(code: &str, own: &CategoryDraft, defaults: PartialRules) -> Result<CategoryRules, ReferenceError> {
    let name = own.name.clone().ok_or_else(|| missing(&format!("categories.{code}.name")))?;
    whole(code, name, own.rules.over(defaults))
}

fn whole(code: &str, name: domain::Name, said: PartialRules) -> Result<CategoryRules, ReferenceError> {
    let place = |key: &str| missing(&format!("categories.{code}.{key}"));
    Ok(CategoryRules {
        name,
        notice_days: said.notice_days.ok_or_else(|| place("notice_days"))?,
        notice_count: said.notice_count.ok_or_else(|| place("notice_count"))?,
        notice_age_days: said.notice_age_days.ok_or_else(|| place("notice_age_days"))?,
        validity_months: said.validity_months.ok_or_else(|| place("validity_months"))?,
        suspension: said.suspension.ok_or_else(|| place("suspension"))?,
        renewal_window_days: said.renewal_window_days.ok_or_else(|| place("renewal_window_days"))?,
        rectification_days: said.rectification_days.ok_or_else(|| place("rectification_days"))?,
        hearing_days: said.hearing_days.ok_or_else(|| place("hearing_days"))?,
    })
}

fn said_of(rules: &CategoryRules) -> PartialRules {
    PartialRules {
        notice_days: Some(rules.notice_days),
        notice_count: Some(rules.notice_count),
        notice_age_days: Some(rules.notice_age_days),
        validity_months: Some(rules.validity_months),
        suspension: Some(rules.suspension),
        renewal_window_days: Some(rules.renewal_window_days),
        rectification_days: Some(rules.rectification_days),
        hearing_days: Some(rules.hearing_days),
    }
}
