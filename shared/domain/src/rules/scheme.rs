//! The scheme (办法): what differs from place to place, as a versioned file sets it, never a constant of the program.

use std::collections::BTreeMap;

use super::calendar::DayCount;
use crate::ending::terms::RevocationKind;
use crate::pledge::terms::BreachSeverity;
use crate::refusal::Refusal;
use crate::value::{
    BureauId, Called, CategoryCode, CodeOf, Day, Division, DivisionPrefix, GroundCode, Name, Text, ZoneCode,
};

/// The rules of one place at one time. The version a decision was taken under stands in its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Name and edition, such as `yangzhou-2026.1`.
    pub version: Text<64>,
    /// First day of the scheme.
    pub in_force_from: Day,
    /// The categories it certifies.
    pub categories: BTreeMap<CategoryCode, CategoryRules>,
    /// Categories of earlier schemes that it has no more, under the last rules they had: nothing begins in them, and what is there can be
    /// followed up and ended.
    pub dropped: BTreeMap<CategoryCode, CategoryRules>,
    /// The bureaus that act, each within its area and categories.
    pub bureaus: BTreeMap<BureauId, Bureau>,
    /// Grounds for rectification, revocation and bars.
    pub grounds: BTreeMap<GroundCode, Ground>,
    /// Administering zones (功能区) of the place.
    pub zones: BTreeMap<ZoneCode, Zone>,
    /// Days within which a plaque comes back after its certification ended.
    pub plaque_return_days: u32,
    /// Least months a breach is shown before repair: general, serious. Minor breaches may be repaired at once.
    /// Source: 信用修复管理办法 (in force 2026-04-01).
    pub repair_months: (u32, u32),
}

/// The rules of one category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRules {
    /// What it is called.
    pub name: Name,
    /// Least length of the public notice, first and last day included.
    pub notice_days: u32,
    /// How those days are counted.
    pub notice_count: DayCount,
    /// How many days after its last day a notice can still be decided on.
    pub notice_age_days: u32,
    /// Longest term of a certification, in months.
    pub validity_months: u32,
    /// Whether a certification can be suspended.
    pub suspension: bool,
    /// How many days before its end a term can be renewed.
    pub renewal_window_days: u32,
    /// Longest term to mend a breach, in days.
    pub rectification_days: u32,
    /// Least days to state one's case, counted as working days from the day after the notice.
    pub hearing_days: u32,
}

/// An administering zone (功能区): what it is called and which places it governs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// What it is called.
    pub name: Name,
    /// The places, at any level below a city. No place is of two zones.
    pub areas: Vec<DivisionPrefix>,
}

/// What a bureau was called earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// The name.
    pub name: Name,
    /// The last day it bore it.
    pub until: Day,
}

/// A bureau of the scheme. Its id outlives its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a scheme gives each duty by itself")]
pub struct Bureau {
    /// What it is called.
    pub name: Name,
    /// What it was called earlier, the earliest name first.
    pub former_names: Vec<FormerName>,
    /// The last day on which it acts, where it was merged or divided.
    pub until: Option<Day>,
    /// Who takes over what is open, where it ends.
    pub successors: Vec<BureauId>,
    /// Where it decides.
    pub areas: Vec<Area>,
    /// What it decides on. One without any has the duties alone that it is given.
    pub categories: Vec<CategoryCode>,
    /// Whether it decides on every category there is.
    pub every_category: bool,
    /// What it decided on by earlier schemes, of the categories that are dropped: it ends what is there.
    pub winds_up: Vec<CategoryCode>,
    /// Whether it may back-enter decisions of other bodies (补录), in its categories, or in all where it has none of its own.
    pub back_enters: bool,
    /// Whether it keeps the pledges of every outlet in its area, whatever the category.
    pub keeps_pledges: bool,
    /// Whether it may bar operators.
    pub bars_operators: bool,
    /// Whether it may adopt rules for its areas.
    pub adopts_rules: bool,
}

/// Where a bureau decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Area {
    /// Everywhere the table of divisions reaches.
    Everywhere,
    /// A division at any level.
    Division(DivisionPrefix),
    /// An administering zone.
    Zone(ZoneCode),
}

/// A ground and the bar that a revocation on it brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// What it is called.
    pub name: Name,
    /// Months of the bar on the provider; 0: none.
    pub bar_months: u32,
    /// Which act a revocation on it is.
    pub revocation: RevocationKind,
}

impl Ground {
    /// Last day of the least bar that a decision of this day brings; `None` where the ground has none.
    pub(crate) fn least_bar(&self, decided_on: Day) -> Option<Day> {
        (self.bar_months > 0).then(|| decided_on.plus_months(self.bar_months))
    }
}

impl Scheme {
    /// What a code is called, or was, of a bureau on `day`; `None` where the scheme does not list it.
    pub fn name(&self, of: CodeOf, code: &str, day: Day) -> Option<Name> {
        match of {
            CodeOf::Category => {
                let code = CategoryCode::parse(code).ok()?;
                let rules = self.categories.get(&code).or_else(|| self.dropped.get(&code));
                rules.map(|rules| rules.name.clone())
            }
            CodeOf::Ground => Some(self.grounds.get(&GroundCode::parse(code).ok()?)?.name.clone()),
            CodeOf::Bureau => Some(self.bureaus.get(&BureauId::parse(code).ok()?)?.name_on(day).clone()),
            CodeOf::Zone => Some(self.zones.get(&ZoneCode::parse(code).ok()?)?.name.clone()),
        }
    }

    pub(crate) fn rules(&self, category: &CategoryCode) -> Result<&CategoryRules, Refusal> {
        self.categories.get(category).ok_or_else(|| Refusal::CategoryUnknown { category: category.into() })
    }

    /// The rules of a category for what is there already: those of today, or the last there were.
    pub(crate) fn rules_of_what_is_there(&self, category: &CategoryCode) -> Result<&CategoryRules, Refusal> {
        self.dropped.get(category).map_or_else(|| self.rules(category), Ok)
    }

    /// The bureau, where it is one that acts on `day`.
    pub fn bureau_on(&self, id: &BureauId, day: Day) -> Result<&Bureau, Refusal> {
        let bureau = self.bureaus.get(id).ok_or(Refusal::BureauUnknown)?;
        match bureau.until {
            Some(until) if until < day => {
                let name = |id: &BureauId| Called::bureau(id).by(&|of, code| self.name(of, code, day)).to_string();
                let successors: Vec<String> = bureau.successors.iter().map(name).collect();
                Err(Refusal::BureauEnded { until, successors: successors.join("、") })
            }
            _ => Ok(bureau),
        }
    }

    /// The zone that governs a place, as the scheme's table says.
    pub fn zone_of(&self, division: &Division) -> Option<&ZoneCode> {
        let holds = |zone: &Zone| zone.areas.iter().any(|area| area.holds(division));
        self.zones.iter().find(|(_, zone)| holds(zone)).map(|(code, _)| code)
    }

    pub(crate) fn ground(&self, code: &GroundCode) -> Result<&Ground, Refusal> {
        self.grounds.get(code).ok_or(Refusal::GroundUnknown)
    }

    pub(crate) fn repair_months(&self, severity: BreachSeverity) -> u32 {
        match severity {
            BreachSeverity::Minor => 0,
            BreachSeverity::General => self.repair_months.0,
            BreachSeverity::Serious => self.repair_months.1,
        }
    }
}

impl Bureau {
    /// Whether the bureau decides in this place.
    pub fn governs(&self, division: &Division, zone: Option<&ZoneCode>) -> bool {
        self.areas.iter().any(|area| match area {
            Area::Everywhere => true,
            Area::Division(prefix) => prefix.holds(division),
            Area::Zone(own) => zone == Some(own),
        })
    }

    /// Whether the bureau decides on this category, or winds it up.
    pub fn decides_on(&self, category: &CategoryCode) -> bool {
        self.every_category || self.categories.contains(category) || self.winds_up.contains(category)
    }

    /// Whether the bureau may back-enter what others decided in this category.
    pub fn back_enters(&self, category: &CategoryCode) -> bool {
        self.back_enters && (self.categories.is_empty() || self.decides_on(category))
    }

    /// What it was called on `day`.
    pub fn name_on(&self, day: Day) -> &Name {
        self.former_names.iter().find(|former| day <= former.until).map_or(&self.name, |former| &former.name)
    }
}
