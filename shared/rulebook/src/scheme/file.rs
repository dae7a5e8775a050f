//! The shape of a scheme's file. What a scheme of a county leaves out, it inherits.

use std::collections::BTreeMap;

use domain::DayCount;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemeFile {
    #[serde(default = "everywhere")]
    pub(super) area: String,
    pub(super) version: String,
    pub(super) in_force_from: String,
    pub(super) plaque_return_days: Option<u32>,
    pub(super) repair_months: Option<RepairFile>,
    #[serde(default)]
    pub(super) defaults: RulesFile,
    #[serde(default)]
    pub(super) zones: BTreeMap<String, ZoneFile>,
    #[serde(default)]
    pub(super) grounds: BTreeMap<String, GroundFile>,
    #[serde(default)]
    pub(super) categories: BTreeMap<String, CategoryFile>,
    #[serde(default)]
    pub(super) bureaus: BTreeMap<String, BureauFile>,
}

fn everywhere() -> String {
    "*".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RepairFile {
    pub(super) general: u32,
    pub(super) serious: u32,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesFile {
    pub(super) notice_days: Option<u32>,
    pub(super) notice_count: Option<CountFile>,
    pub(super) notice_age_days: Option<u32>,
    pub(super) validity_months: Option<u32>,
    pub(super) suspension: Option<bool>,
    pub(super) renewal_window_days: Option<u32>,
    pub(super) rectification_days: Option<u32>,
    pub(super) hearing_days: Option<u32>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum CountFile {
    Working,
    Calendar,
}

impl From<CountFile> for DayCount {
    fn from(file: CountFile) -> Self {
        match file {
            CountFile::Working => Self::Working,
            CountFile::Calendar => Self::Calendar,
        }
    }
}

/// A category's own rules stand beside its name, so they are listed here again: a table within would be another line in every file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryFile {
    pub(super) name: Option<String>,
    pub(super) statistical_classes: Option<Vec<String>>,
    notice_days: Option<u32>,
    notice_count: Option<CountFile>,
    notice_age_days: Option<u32>,
    validity_months: Option<u32>,
    suspension: Option<bool>,
    renewal_window_days: Option<u32>,
    rectification_days: Option<u32>,
    hearing_days: Option<u32>,
}

impl CategoryFile {
    pub(super) fn rules(&self) -> RulesFile {
        RulesFile {
            notice_days: self.notice_days,
            notice_count: self.notice_count,
            notice_age_days: self.notice_age_days,
            validity_months: self.validity_months,
            suspension: self.suspension,
            renewal_window_days: self.renewal_window_days,
            rectification_days: self.rectification_days,
            hearing_days: self.hearing_days,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroundFile {
    pub(super) name: String,
    pub(super) bar_months: u32,
    #[serde(default)]
    pub(super) annuls: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ZoneFile {
    pub(super) name: String,
    pub(super) areas: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormerNameFile {
    pub(super) name: String,
    pub(super) until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a scheme gives each duty by itself")]
pub(super) struct BureauFile {
    pub(super) name: String,
    #[serde(default)]
    pub(super) names: Vec<FormerNameFile>,
    pub(super) until: Option<String>,
    #[serde(default)]
    pub(super) successors: Vec<String>,
    pub(super) areas: Vec<String>,
    #[serde(default)]
    pub(super) categories: Vec<String>,
    #[serde(default)]
    pub(super) back_enters: bool,
    #[serde(default)]
    pub(super) keeps_pledges: bool,
    #[serde(default)]
    pub(super) bars_operators: bool,
    #[serde(default)]
    pub(super) adopts_rules: bool,
}
