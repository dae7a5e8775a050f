//! What one file says, in the domain's types: a scheme, or what a scheme of an area changes of the one above.

use std::collections::BTreeMap;

use domain::{
    Area, Bureau, BureauId, CategoryCode, Day, DayCount, DivisionPrefix, FormerName, Ground, GroundCode, Invalid, Name,
    RevocationKind, Text, Zone, ZoneCode,
};

use super::file::{BureauFile, CategoryFile, RulesFile, SchemeFile, ZoneFile};
use crate::error::ReferenceError;

/// One file of a scheme, read.
#[derive(Debug, Clone)]
pub struct SchemeDraft {
    /// Where it holds; `None`: the whole registry.
    pub area: Option<DivisionPrefix>,
    /// Name and edition.
    pub version: Text<64>,
    /// First day of the scheme.
    pub in_force_from: Day,
    pub(crate) plaque_return_days: Option<u32>,
    pub(crate) repair_months: Option<(u32, u32)>,
    pub(crate) defaults: PartialRules,
    pub(crate) zones: BTreeMap<ZoneCode, Zone>,
    pub(crate) grounds: BTreeMap<GroundCode, Ground>,
    pub(crate) categories: BTreeMap<CategoryCode, CategoryDraft>,
    pub(crate) bureaus: BTreeMap<BureauId, Bureau>,
}

/// What is said of a category.
#[derive(Debug, Clone)]
pub(crate) struct CategoryDraft {
    pub(crate) name: Option<Name>,
    pub(crate) statistical_classes: Option<Vec<String>>,
    pub(crate) rules: PartialRules,
}

/// Rules of which some are said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PartialRules {
    pub(crate) notice_days: Option<u32>,
    pub(crate) notice_count: Option<DayCount>,
    pub(crate) notice_age_days: Option<u32>,
    pub(crate) validity_months: Option<u32>,
    pub(crate) suspension: Option<bool>,
    pub(crate) renewal_window_days: Option<u32>,
    pub(crate) rectification_days: Option<u32>,
    pub(crate) hearing_days: Option<u32>,
}

impl PartialRules {
    /// These, and where they say nothing what `below` says.
    #[must_use]
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            notice_days: self.notice_days.or(below.notice_days),
            notice_count: self.notice_count.or(below.notice_count),
            notice_age_days: self.notice_age_days.or(below.notice_age_days),
            validity_months: self.validity_months.or(below.validity_months),
            suspension: self.suspension.or(below.suspension),
            renewal_window_days: self.renewal_window_days.or(below.renewal_window_days),
            rectification_days: self.rectification_days.or(below.rectification_days),
            hearing_days: self.hearing_days.or(below.hearing_days),
        }
    }
}

impl From<RulesFile> for PartialRules {
    fn from(file: RulesFile) -> Self {
        Self {
            notice_days: file.notice_days,
            notice_count: file.notice_count.map(DayCount::from),
            notice_age_days: file.notice_age_days,
            validity_months: file.validity_months,
            suspension: file.suspension,
            renewal_window_days: file.renewal_window_days,
            rectification_days: file.rectification_days,
            hearing_days: file.hearing_days,
        }
    }
}

/// Whether a file is read that somebody wrote, or one that is on record: what was accepted once stays readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Written,
    OnRecord,
}

impl Reading {
    fn text<const MAX: usize>(self, place: &str, text: &str) -> Result<Text<MAX>, ReferenceError> {
        value(place, if self == Self::Written { Text::parse(text) } else { Text::stored(text) })
    }
}

fn value<T>(place: impl Into<String>, value: Result<T, Invalid>) -> Result<T, ReferenceError> {
    value.map_err(|invalid| ReferenceError::Value { place: place.into(), invalid })
}

impl SchemeDraft {
    /// The bureaus that it lets adopt rules.
    pub fn adopters(&self) -> impl Iterator<Item = &BureauId> {
        self.bureaus.iter().filter(|(_, bureau)| bureau.adopts_rules).map(|(id, _)| id)
    }

    pub(crate) fn of(text: &str, reading: Reading) -> Result<Self, ReferenceError> {
        let file: SchemeFile = toml::from_str(text)?;
        if reading == Reading::Written {
            no_persons_in_comments(text)?;
        }
        let area = match file.area.as_str() {
            "*" => None,
            digits => Some(value("area", DivisionPrefix::parse(digits))?),
        };
        let mut categories = BTreeMap::new();
        for (code, category) in &file.categories {
            let place = format!("categories.{code}");
            categories.insert(value(&place, CategoryCode::parse(code))?, category_of(&place, category, reading)?);
        }
        let mut bureaus = BTreeMap::new();
        for (id, bureau) in &file.bureaus {
            let place = format!("bureaus.{id}");
            bureaus.insert(value(&place, BureauId::parse(id))?, bureau_of(&place, bureau, reading)?);
        }
        let mut grounds = BTreeMap::new();
        for (code, ground) in &file.grounds {
            let place = format!("grounds.{code}");
            let name = reading.text(&place, &ground.name)?;
            let revocation = if ground.annuls { RevocationKind::Annulled } else { RevocationKind::Cancelled };
            let ground = Ground { name, bar_months: ground.bar_months, revocation };
            grounds.insert(value(&place, GroundCode::parse(code))?, ground);
        }
        let mut zones = BTreeMap::new();
        for (code, zone) in &file.zones {
            let place = format!("zones.{code}");
            zones.insert(value(&place, ZoneCode::parse(code))?, zone_of(&place, zone, reading)?);
        }
        Ok(Self {
            area,
            version: reading.text("version", &file.version)?,
            in_force_from: value("in_force_from", Day::parse(&file.in_force_from))?,
            plaque_return_days: file.plaque_return_days,
            repair_months: file.repair_months.map(|months| (months.general, months.serious)),
            defaults: file.defaults.into(),
            zones,
            grounds,
            categories,
            bureaus,
        })
    }
}

/// The file is on record for ever as it is, comments and all.
fn no_persons_in_comments(text: &str) -> Result<(), ReferenceError> {
    for (index, line) in text.lines().enumerate() {
        let Some((_, comment)) = line.split_once('#') else { continue };
        match Text::<4000>::parse(comment) {
            Err(invalid) if invalid.rule != Invalid::EMPTY.rule => {
                return Err(ReferenceError::line(index + 1, invalid.zh, format!("{}: {}", invalid.rule, invalid.en)));
            }
            _ => {}
        }
    }
    Ok(())
}

fn category_of(place: &str, file: &CategoryFile, reading: Reading) -> Result<CategoryDraft, ReferenceError> {
    Ok(CategoryDraft {
        name: file.name.as_ref().map(|name| reading.text(place, name)).transpose()?,
        statistical_classes: file.statistical_classes.clone(),
        rules: file.rules().into(),
    })
}

fn zone_of(place: &str, file: &ZoneFile, reading: Reading) -> Result<Zone, ReferenceError> {
    let areas = file.areas.iter().map(|area| value(format!("{place}.areas"), DivisionPrefix::parse(area)));
    Ok(Zone { name: reading.text(place, &file.name)?, areas: areas.collect::<Result<_, _>>()? })
}

fn bureau_of(place: &str, file: &BureauFile, reading: Reading) -> Result<Bureau, ReferenceError> {
    let areas = format!("{place}.areas");
    let area = |text: &String| match (text.as_str(), text.strip_prefix("zone:")) {
        ("*", _) => Ok(Area::Everywhere),
        (_, Some(zone)) => value(&areas, ZoneCode::parse(zone)).map(Area::Zone),
        (digits, None) => value(&areas, DivisionPrefix::parse(digits)).map(Area::Division),
    };
    let category = |code: &String| value(format!("{place}.categories"), CategoryCode::parse(code));
    let former = file.names.iter().map(|former| {
        let place = format!("{place}.names");
        Ok(FormerName { name: reading.text(&place, &former.name)?, until: value(&place, Day::parse(&former.until))? })
    });
    let every_category = matches!(file.categories.as_slice(), [all] if all == "*");
    let listed: &[String] = if every_category { &[] } else { &file.categories };
    let successor = |id: &String| value(format!("{place}.successors"), BureauId::parse(id));
    Ok(Bureau {
        name: reading.text(place, &file.name)?,
        former_names: former.collect::<Result<_, ReferenceError>>()?,
        until: file.until.as_ref().map(|day| value(format!("{place}.until"), Day::parse(day))).transpose()?,
        successors: file.successors.iter().map(successor).collect::<Result<_, _>>()?,
        areas: file.areas.iter().map(area).collect::<Result<_, _>>()?,
        every_category,
        categories: listed.iter().map(category).collect::<Result<_, _>>()?,
        winds_up: Vec::new(),
        back_enters: file.back_enters,
        keeps_pledges: file.keeps_pledges,
        bars_operators: file.bars_operators,
        adopts_rules: file.adopts_rules,
    })
}
