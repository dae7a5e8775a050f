//! What its facts make of the particulars.

use std::sync::Arc;

use super::facts::{OperatorIdentified, ParticularsAmended, ProviderRegistered};
use super::terms::Particulars;
use crate::value::Uscc;

pub(crate) fn registered(particulars: &mut Option<Arc<Particulars>>, e: &ProviderRegistered) {
    *particulars = Some(Arc::new(e.particulars.clone()));
}

pub(crate) fn amended(particulars: &mut Option<Arc<Particulars>>, e: &ParticularsAmended) {
    *particulars = Some(Arc::new(e.particulars.clone()));
}

pub(crate) fn identified(operator_uscc: &mut Option<Uscc>, e: &OperatorIdentified) {
    *operator_uscc = Some(e.operator_uscc.clone());
}
