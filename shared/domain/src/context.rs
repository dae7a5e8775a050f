//! What a decision is taken with, and what is asked of every decision alike: the day, the place, the bureau's competence.

use crate::particulars::terms::Particulars;
use crate::refusal::Refusal;
use crate::rules::calendar::Calendar;
use crate::rules::places::DivisionTable;
use crate::rules::scheme::Scheme;
use crate::value::{Act, BureauId, CategoryCode, Day, ProviderId};

/// What a decision is taken with, besides the provider's own state.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The rules of the place.
    pub scheme: &'a Scheme,
    /// Working days.
    pub calendar: &'a Calendar,
    /// Places that exist.
    pub divisions: &'a DivisionTable,
    /// Who acts.
    pub bureau: &'a BureauId,
    /// The Chinese calendar day of the command.
    pub today: Day,
    /// The provider.
    pub provider: &'a ProviderId,
    /// Last day of a bar on the operator, as its own stream says at the time of reading.
    pub operator_barred_until: Option<Day>,
}

impl Context<'_> {
    /// A fact's day has come.
    pub(crate) fn happened(&self, day: Day) -> Result<(), Refusal> {
        if day > self.today { Err(Refusal::DayAhead { day }) } else { Ok(()) }
    }

    /// The bureau decides in this place.
    pub(crate) fn governs(&self, particulars: &Particulars) -> Result<(), Refusal> {
        let bureau = self.scheme.bureau(self.bureau)?;
        if !bureau.governs(&particulars.division, particulars.zone.as_ref()) {
            return Err(Refusal::NotCompetentForPlace);
        }
        Ok(())
    }

    /// The bureau decides on this category in this place, and the scheme has the category.
    pub(crate) fn competent(&self, category: &CategoryCode, particulars: &Particulars) -> Result<(), Refusal> {
        self.scheme.rules(category)?;
        if !self.scheme.bureau(self.bureau)?.decides_on(category) {
            return Err(Refusal::NotCompetentForCategory { category: category.clone() });
        }
        self.governs(particulars)
    }

    pub(crate) fn known_place(&self, particulars: &Particulars) -> Result<(), Refusal> {
        if !self.divisions.knows(&particulars.division) {
            return Err(Refusal::DivisionUnknown);
        }
        match &particulars.zone {
            Some(zone) if !self.scheme.zones.contains_key(zone) => Err(Refusal::ZoneUnknown),
            _ => Ok(()),
        }
    }
}

/// The one of those `open` that is meant: the one named, or the only one.
pub(crate) fn the_one<'a, T: 'a>(
    open: impl Iterator<Item = &'a T>,
    act: impl Fn(&T) -> Act,
    named: Option<Act>,
    none: Refusal,
) -> Result<&'a T, Refusal> {
    let mut open = open.peekable();
    if let Some(named) = named {
        return open.find(|one| act(one) == named).ok_or(Refusal::ActNotOpen { act: named });
    }
    let first = open.next().ok_or(none)?;
    if open.peek().is_none() {
        return Ok(first);
    }
    let acts: Vec<String> = std::iter::once(first).chain(open).map(|one| act(one).to_string()).collect();
    Err(Refusal::SeveralOpen { acts: acts.join("、") })
}

/// A step is not dated before the one it follows.
pub(crate) fn not_before(day: Day, earliest: Day) -> Result<(), Refusal> {
    if day < earliest { Err(Refusal::DayBefore { earliest }) } else { Ok(()) }
}
