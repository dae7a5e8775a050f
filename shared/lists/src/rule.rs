//! Names of the rules a row can break, beside those of [`domain::Invalid`]. Programs compare them; they do not change.

/// The kind is a quality grade or another award.
pub const NOT_INCLUSIVE_CERTIFICATION: &str = "NOT_INCLUSIVE_CERTIFICATION";
/// The list says that the outlet was not certified, or no longer is.
pub const NOT_CERTIFIED: &str = "NOT_CERTIFIED";
/// No category is called so.
pub const CATEGORY_UNKNOWN: &str = "CATEGORY_UNKNOWN";
/// No division is called so, or none in the province and city given.
pub const DIVISION_UNKNOWN: &str = "DIVISION_UNKNOWN";
/// The place is a province or a city.
pub const DIVISION_TOO_COARSE: &str = "DIVISION_TOO_COARSE";
/// The division code and the county's name are two places.
pub const DIVISION_MISMATCH: &str = "DIVISION_MISMATCH";
/// The place's name is that of several counties.
pub const AMBIGUOUS: &str = "AMBIGUOUS";
/// Two outlets of one operator, without numbers to tell them apart.
pub const OUTLET_NUMBER_NEEDED: &str = "OUTLET_NUMBER_NEEDED";
/// Two outlets of one operator with one number.
pub const OUTLET_NUMBER_TAKEN: &str = "OUTLET_NUMBER_TAKEN";
/// The outlet number belongs to another credit code.
pub const OUTLET_MISMATCH: &str = "OUTLET_MISMATCH";
/// The same as a row above.
pub const DUPLICATE_ROW: &str = "DUPLICATE_ROW";
/// A cell holds a formula's error.
pub const FORMULA_ERROR: &str = "FORMULA_ERROR";
/// A cell holds a formula whose value is not in the file.
pub const NOT_COMPUTED: &str = "NOT_COMPUTED";
/// What stands in the cell is struck out, in a row that is not.
pub const STRUCK_OUT: &str = "STRUCK_OUT";
/// A number of more digits than a spreadsheet keeps.
pub const DIGITS_LOST: &str = "DIGITS_LOST";
