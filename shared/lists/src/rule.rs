//! Names of the rules a row can break, beside those of [`domain::Invalid`]. Programs compare them; they do not change.

/// The kind is a quality grade or another award.
pub const NOT_INCLUSIVE_CERTIFICATION: &str = "NOT_INCLUSIVE_CERTIFICATION";
/// No category is called so.
pub const CATEGORY_UNKNOWN: &str = "CATEGORY_UNKNOWN";
/// No division is called so, or none in the province and city given.
pub const DIVISION_UNKNOWN: &str = "DIVISION_UNKNOWN";
/// The division code, the county, the address or the point are not of one place.
pub const DIVISION_MISMATCH: &str = "DIVISION_MISMATCH";
/// The outlet number belongs to another credit code.
pub const OUTLET_MISMATCH: &str = "OUTLET_MISMATCH";
/// A cell holds a formula's error.
pub const FORMULA_ERROR: &str = "FORMULA_ERROR";
/// A cell holds a formula whose value is not in the file.
pub const NOT_COMPUTED: &str = "NOT_COMPUTED";
/// What stands in the cell is struck out, in a row that is not.
pub const STRUCK_OUT: &str = "STRUCK_OUT";
/// The row says no more than a name, and may be a title as well.
pub const NAME_ALONE: &str = "NAME_ALONE";
/// A spreadsheet took the code for a number and rounded it.
pub const DIGITS_LOST: &str = "DIGITS_LOST";
