//! What a decision is taken with, and what is asked of every decision alike: the day, the place, the bureau's competence.

use crate::bar::Bar;
use crate::particulars::terms::Particulars;
use crate::refusal::Refusal;
use crate::rules::calendar::Calendar;
use crate::rules::places::DivisionTable;
use crate::rules::scheme::{Bureau, Scheme};
use crate::value::{Act, BureauId, Called, CategoryCode, Day, ProviderId, Uscc};

/// What a decision is taken with, besides the provider's own state.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The scheme of the place: its numbers, categories and grounds as they are in force on the decision's day, its bureaus as they are
    /// today.
    pub scheme: &'a Scheme,
    /// Schemes of other days and places that a command asks about.
    pub beside: Beside<'a>,
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
    /// Bars on the operator, as its own streams say at the time of reading: under the code that the provider came with, and under the one that it
    /// was identified by.
    pub operator_bars: [&'a [Bar]; 2],
    /// Codes that fail their check and that bureaus had confirmed, of those that the command brings: as their own streams say at the time of
    /// reading.
    pub confirmed: &'a [Uscc],
}

/// What a decision is taken with beside the rules of its day: schemes beside the one that rules it, absent where that one is meant; and how it is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// That of the day on which the notice begins that is sent as evidence.
    pub notice: Option<&'a Scheme>,
    /// That of the place on record, where a command moves the outlet to another.
    pub left: Option<&'a Scheme>,
    /// That by which, and the day on which, who acts is judged: of who corrects, today's. Absent: those of the decision.
    pub acting: Option<(&'a Scheme, Day)>,
    /// Where the outlet was on the day of the decision, where it has moved since: what it is on record as today, and what it was then.
    pub moved: Option<(&'a Particulars, &'a Particulars)>,
    /// Whether bars are of no account: what is decided anew was decided before they came to be on record.
    pub before_bars: bool,
    /// Whether that two certifications of a category are live on one day is asked of all that is on record once it is decided, and not here: what is
    /// decided anew stands before acts that were typed after it, and an end of those may be what keeps the two apart.
    pub alone_at_the_end: bool,
}

impl Context<'_> {
    /// A refusal with what its codes are called: by the scheme of the decision's day, and bureaus as they are called today.
    pub(crate) fn named(&self, refusal: Refusal) -> Refusal {
        refusal.named(&|of, code| self.scheme.name(of, code, self.today))
    }

    /// A fact's day has come.
    pub(crate) fn happened(&self, day: Day) -> Result<(), Refusal> {
        if day > self.today { Err(Refusal::DayAhead { day }) } else { Ok(()) }
    }

    /// The scheme was in force on the day: what was before it is back-entered.
    pub(crate) fn in_force(&self, day: Day) -> Result<(), Refusal> {
        let from = self.scheme.in_force_from;
        if day < from { Err(Refusal::BeforeScheme { from }) } else { Ok(()) }
    }

    /// The last day of a term of so many days that follows by itself from what takes effect on a day. It counts from that day, or from the one on
    /// which it is recorded, and so told, where that is later: nobody is late before being told, and has the whole of the term.
    pub(crate) fn term(&self, from: Day, days: u32) -> Day {
        from.max(self.today).plus_days(i64::from(days))
    }

    /// The `number`-th working day from `from` on, by the calendar on record.
    pub(crate) fn working_day(&self, from: Day, number: u32) -> Result<Day, Refusal> {
        self.calendar.working_day(from, number).map_err(|day| Refusal::CalendarNotCovered { day })
    }

    /// The bureau decides in this place; of an outlet that has moved, where it was on the day of the decision.
    pub(crate) fn governs(&self, particulars: &Particulars) -> Result<(), Refusal> {
        let particulars = match self.beside.moved {
            Some((today, then)) if today == particulars => then,
            _ => particulars,
        };
        let zone = self.judging().0.zone_of(&particulars.division);
        if !self.acting()?.governs(&particulars.division, zone) {
            return Err(Refusal::NotCompetentForPlace);
        }
        Ok(())
    }

    /// By which scheme, and on which day, who acts is judged.
    fn judging(&self) -> (&Scheme, Day) {
        self.beside.acting.unwrap_or((self.scheme, self.today))
    }

    /// The bureau that acts decides in the place that an outlet leaves.
    pub(crate) fn decides_there(&self, left: &Particulars) -> Result<(), Refusal> {
        let (scheme, day) = self.beside.acting.unwrap_or((self.beside.left.unwrap_or(self.scheme), self.today));
        let zone = scheme.zone_of(&left.division);
        let governs = scheme.bureau_on(self.bureau, day)?.governs(&left.division, zone);
        if governs { Ok(()) } else { Err(Refusal::NotCompetentForPlace) }
    }

    /// The bureau that decides, on this day, in the place that an outlet leaves.
    pub(crate) fn decided_before(&self, id: &BureauId, left: &Particulars, day: Day) -> Result<&Bureau, Refusal> {
        let scheme = self.beside.left.unwrap_or(self.scheme);
        let zone = scheme.zone_of(&left.division);
        let bureau = scheme.bureau_on(id, day)?;
        if bureau.governs(&left.division, zone) { Ok(bureau) } else { Err(Refusal::NotCompetentForPlace) }
    }

    /// The bureau that acts, by the scheme of the day it acts.
    pub(crate) fn acting(&self) -> Result<&Bureau, Refusal> {
        let (scheme, day) = self.judging();
        scheme.bureau_on(self.bureau, day)
    }

    /// The bureau decides on this category in this place, and the scheme has the category: something may begin in it.
    pub(crate) fn competent(&self, category: &CategoryCode, particulars: &Particulars) -> Result<(), Refusal> {
        self.scheme.rules(category)?;
        self.competent_for_what_is_there(category, particulars)
    }

    /// The same of what is there already, which is followed up and ended also where the scheme has the category no more.
    pub(crate) fn competent_for_what_is_there(
        &self,
        category: &CategoryCode,
        particulars: &Particulars,
    ) -> Result<(), Refusal> {
        self.scheme.rules_of_what_is_there(category)?;
        if !self.acting()?.decides_on(category) {
            return Err(Refusal::NotCompetentForCategory { category: category.into() });
        }
        self.governs(particulars)
    }

    /// The bureau back-enters what others decided in this category, in this place.
    pub(crate) fn may_back_enter(&self, category: &CategoryCode, particulars: &Particulars) -> Result<(), Refusal> {
        if !self.acting()?.back_enters(category) {
            return Err(Refusal::NotCompetentForCategory { category: category.into() });
        }
        self.governs(particulars)
    }

    /// The place is one, and lies in the zone that is sent, if one is.
    pub(crate) fn known_place(&self, particulars: &Particulars) -> Result<(), Refusal> {
        if !self.divisions.knows(&particulars.division) {
            return Err(Refusal::DivisionUnknown);
        }
        if let Some(last) = self.divisions.last_day(&particulars.division).filter(|last| *last < self.today) {
            return Err(Refusal::DivisionRetired { last });
        }
        let Some(sent) = &particulars.zone else { return Ok(()) };
        if !self.scheme.zones.contains_key(sent) {
            return Err(Refusal::ZoneUnknown);
        }
        match self.scheme.zone_of(&particulars.division) {
            Some(zone) if zone == sent => Ok(()),
            other => Err(Refusal::ZoneNotOfPlace { zone: Called::zone(other) }),
        }
    }

    /// The particulars with the zone that the table has for the place: it follows from the place, whoever sends it or not.
    pub(crate) fn placed(&self, sent: &Particulars) -> Particulars {
        Particulars { zone: self.scheme.zone_of(&sent.division).cloned(), ..sent.clone() }
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
