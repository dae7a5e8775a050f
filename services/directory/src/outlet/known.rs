//! What identifies an outlet on a day: its name, its operator, its place. Which version a day is about is the domain's rule.

use domain::{
    Day, OperatorIdentified, ParticularsAmended, ProviderId, ProviderRegistered, Release, Stretch, stretch_on,
    stretches,
};
use serve::terms::Transit;

use super::choice::OperatorClass;
use super::shown::street;
use super::view::{IdentifiedView, VersionView, View};

/// What identifies the outlet on some days, as far as the public may see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The first of them; none: all days before those that follow.
    pub(crate) from: Option<i32>,
    pub(crate) version: &'a VersionView,
    /// Where the operator is named as it was identified.
    identified: Option<&'a IdentifiedView>,
    is_withheld: bool,
}

impl<'a> Known<'a> {
    pub(crate) fn name(&self) -> &'a str {
        &self.version.name
    }

    pub(crate) fn operator_name(&self) -> &'a str {
        self.identified.map_or(&self.version.operator_name, |identified| &identified.operator_name)
    }

    pub(crate) fn operator_class(&self) -> Option<OperatorClass> {
        self.identified.map_or(self.version.operator_class, |identified| Some(identified.operator_class))
    }

    pub(crate) fn zone(&self) -> &'a str {
        &self.version.zone
    }

    pub(crate) fn phone(&self) -> &'a str {
        &self.version.phone
    }

    /// The division as the public may see it: to the street where the address is a home.
    pub(crate) fn division(&self) -> String {
        if self.is_withheld { street(&self.version.division) } else { self.version.division.clone() }
    }

    /// The address as the public may see it.
    pub(crate) fn address(&self) -> &'a str {
        if self.is_withheld { "" } else { &self.version.address }
    }

    /// Where the outlet stands, as the public may see it: latitude and longitude in millionths of a degree.
    pub(crate) fn location(&self) -> Option<(i32, i32)> {
        self.version.location.filter(|_| !self.is_withheld)
    }

    pub(crate) fn is_withheld(&self) -> bool {
        self.is_withheld
    }
}

impl View {
    /// Whether the provider came on record.
    pub(crate) fn is_registered(&self) -> bool {
        !self.versions.is_empty()
    }

    fn stretches(&self) -> Vec<Stretch<i32>> {
        let versions: Vec<_> = self.versions.iter().map(|version| (version.from, version.act)).collect();
        stretches(&versions, self.operator.as_ref().map(|operator| (operator.identified_on, operator.act)))
    }

    /// What one stretch of days is about. An address that was shown once may be the home that was withheld on later days.
    fn known_in(&self, stretch: &Stretch<i32>) -> Option<Known<'_>> {
        let version = self.versions.get(stretch.version)?;
        let is_withheld = version.withheld_since || self.versions[stretch.version..].iter().any(|v| v.withhold_address);
        let identified = self.operator.as_ref().filter(|_| stretch.is_identified);
        Some(Known { from: stretch.from, version, identified, is_withheld })
    }

    /// What identified it, by the days; nothing before it is registered.
    pub(crate) fn known(&self) -> Vec<Known<'_>> {
        self.stretches().iter().filter_map(|stretch| self.known_in(stretch)).collect()
    }

    /// Every version as it was recorded, by the days, also one that holds on no day.
    pub(crate) fn as_recorded(&self) -> impl Iterator<Item = Known<'_>> {
        let whole =
            |(version, known): (usize, &VersionView)| Stretch { from: known.from, version, is_identified: false };
        self.versions.iter().enumerate().map(whole).filter_map(|stretch| self.known_in(&stretch))
    }

    /// What identifies it on a day.
    pub(crate) fn known_on(&self, day: i32) -> Option<Known<'_>> {
        stretch_on(&self.stretches(), day).and_then(|stretch| self.known_in(stretch))
    }

    /// What it is called on a day; empty before it came on record.
    pub(crate) fn name_on(&self, day: i32) -> &str {
        self.known_on(day).map_or("", |known| known.name())
    }

    /// What identifies it today, and last: nothing takes effect after the day it is recorded.
    pub(crate) fn known_now(&self) -> Option<Known<'_>> {
        // Nearly every outlet was never amended.
        if let ([version], None) = (self.versions.as_slice(), &self.operator) {
            return self.known_in(&Stretch { from: version.from, version: 0, is_identified: false });
        }
        self.stretches().last().and_then(|stretch| self.known_in(stretch))
    }

    /// Its name today; empty before it is registered.
    pub(crate) fn name(&self) -> &str {
        self.known_now().map_or("", |known| known.name())
    }

    /// Its division today, as the public may see it; empty before it is registered.
    pub(crate) fn division(&self) -> String {
        self.known_now().map(|known| known.division()).unwrap_or_default()
    }

    /// Its zone today; empty where it is in none.
    pub(crate) fn zone(&self) -> &str {
        self.known_now().map_or("", |known| known.zone())
    }

    /// Whether its address of today is withheld.
    pub(crate) fn is_withheld(&self) -> bool {
        self.known_now().is_some_and(|known| known.is_withheld())
    }

    /// Every code that the operator is or was known by.
    pub(crate) fn codes<'a>(&'a self, id: &'a ProviderId) -> impl Iterator<Item = &'a str> {
        std::iter::once(id.operator().as_str()).chain(self.operator_uscc())
    }

    /// The operator's code, where it was supplied after the provider id was made.
    pub(crate) fn operator_uscc(&self) -> Option<&str> {
        self.operator.as_ref().map(|operator| operator.operator_uscc.as_str())
    }

    pub(super) fn registered(&mut self, e: &ProviderRegistered, position: u64) {
        self.place(VersionView { act: self.acts, ..VersionView::of(&e.particulars) }, position);
    }

    pub(super) fn amended(&mut self, e: &ParticularsAmended, position: u64) {
        let version = VersionView {
            act: self.acts,
            from: Some(e.effective_on.number()),
            document_number: e.document_number.transit(),
            site_checked_on: e.site_checked_on.map(Day::number),
            release: e.release.as_ref().map(|release| {
                let Release { bureau_id, document_number, released_on } = release;
                (bureau_id.to_string(), document_number.to_string(), released_on.number())
            }),
            ..VersionView::of(&e.particulars)
        };
        self.place(version, position);
    }

    /// By the day from which it holds, whenever it was recorded.
    fn place(&mut self, version: VersionView, position: u64) {
        let withheld = version.withhold_address || self.is_withheld();
        let at = self.versions.partition_point(|other| (other.from, other.act) <= (version.from, version.act));
        self.versions.insert(at, version);
        if withheld && !self.is_withheld() {
            self.withheld_until = position;
        }
    }

    pub(super) fn identified(&mut self, e: &OperatorIdentified) {
        self.operator = Some(IdentifiedView {
            act: self.acts,
            operator_uscc: e.operator_uscc.to_string(),
            operator_name: e.operator_name.to_string(),
            operator_class: domain::OperatorClass::of(&e.operator_uscc).into(),
            identified_on: e.identified_on.number(),
            document_number: e.document_number.to_string(),
        });
    }
}

impl VersionView {
    fn of(particulars: &domain::Particulars) -> Self {
        Self {
            name: particulars.name.to_string(),
            operator_name: particulars.operator_name.to_string(),
            operator_class: particulars.operator_class.map(Into::into),
            division: particulars.division.to_string(),
            zone: particulars.zone.transit(),
            address: particulars.address.transit(),
            phone: particulars.phone.transit(),
            location: particulars.location.map(|p| (p.latitude_microdegrees(), p.longitude_microdegrees())),
            withhold_address: particulars.withhold_address,
            ..Self::default()
        }
    }
}
