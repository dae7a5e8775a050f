//! What its facts make of the particulars.

use std::sync::Arc;

use super::facts::{OperatorIdentified, ParticularsAmended, ProviderRegistered};
use super::state::{Identified, Version};
use crate::value::Act;

pub(crate) fn registered(versions: &mut Vec<Arc<Version>>, act: Act, e: &ProviderRegistered) {
    let particulars = e.particulars.clone();
    place(
        versions,
        Version { act, from: None, particulars, document_number: None, site_checked_on: None, release: None },
    );
}

pub(crate) fn amended(versions: &mut Vec<Arc<Version>>, act: Act, e: &ParticularsAmended) {
    let version = Version {
        act,
        from: Some(e.effective_on),
        particulars: e.particulars.clone(),
        document_number: e.document_number.clone(),
        site_checked_on: e.site_checked_on,
        release: e.release.clone(),
    };
    place(versions, version);
}

/// By the day from which it holds, whenever it was recorded.
fn place(versions: &mut Vec<Arc<Version>>, version: Version) {
    let at = versions.partition_point(|other| (other.from, other.act) <= (version.from, version.act));
    versions.insert(at, Arc::new(version));
}

pub(crate) fn identified(operator: &mut Option<Arc<Identified>>, act: Act, e: &OperatorIdentified) {
    *operator = Some(Arc::new(Identified {
        act,
        operator_uscc: e.operator_uscc.clone(),
        operator_name: e.operator_name.clone(),
        identified_on: e.identified_on,
        document_number: e.document_number.clone(),
    }));
}
