//! How far ahead a day may lie: a later one is a day that was mistyped.

use crate::refusal::Refusal;
use crate::value::Day;

/// Longest bar, in months from its decision. Those on record last some years, and none is for good.
pub const BAR_MONTHS_MAX: u32 = 360;

/// Longest time from a decision, request or notice to the day that it takes effect or its time is over, in months: an exit may be asked for in
/// April of the year before the summer in which the school year ends.
pub const EFFECT_MONTHS_MAX: u32 = 24;

/// A field, and what it is called.
pub(crate) type Field = (&'static str, &'static str);

pub(crate) const BAR_UNTIL: Field = ("bar_until", "不得再次申报的截止日");
pub(crate) const EFFECTIVE_ON: Field = ("effective_on", "生效日期");

/// A day that may lie ahead lies no further from the one that it counts from than so many months.
pub(crate) fn not_beyond(day: Day, (field, name): Field, from: Day, months: u32) -> Result<(), Refusal> {
    let last = from.plus_months(months);
    if day > last { Err(Refusal::DayTooFar { field, name, last }) } else { Ok(()) }
}

/// A bar counts from the decision: it ends after it, no sooner than the scheme's months for its ground, and no later than bars do.
pub(crate) fn bar_holds(field: Field, (decided_on, until): (Day, Day), months: u32) -> Result<(), Refusal> {
    if until < decided_on {
        return Err(Refusal::BarBackwards);
    }
    let least = decided_on.plus_months(months);
    if until < least {
        return Err(Refusal::BarTooShort { least });
    }
    not_beyond(until, field, decided_on, BAR_MONTHS_MAX)
}
