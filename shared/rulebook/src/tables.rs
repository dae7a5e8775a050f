//! What a scheme is read into.

use std::collections::BTreeMap;

use domain::{CategoryCode, Scheme};

/// A scheme and what readers need beside the rules.
#[derive(Debug, Clone)]
pub struct SchemeTables {
    /// The rules.
    pub scheme: Scheme,
    /// Codes of the statistical classification of life services (2019), by category.
    pub statistical_classes: BTreeMap<CategoryCode, Vec<String>>,
}
