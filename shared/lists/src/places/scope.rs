//! What a list says of where it is, before any row does: its file's name, its titles, the body that decides; and the registry's home.

use crate::words::places::Zone;

/// The places a text speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Counties, and where it names none, cities and provinces: by their codes. Several where it names several, or one name that is several places'.
    pub(crate) areas: Vec<String>,
    /// The street behind the place, as written.
    pub(crate) street: Option<String>,
    /// The zone it speaks of: then the areas are its streets.
    pub(crate) zone: Option<&'static Zone>,
}

/// Where a list is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// One of these, by their codes; nothing where the list does not say.
    areas: Vec<String>,
    /// The street that titles name.
    pub(crate) street: Option<String>,
    /// The zone that titles name.
    pub(crate) zone: Option<&'static Zone>,
    /// The words that said so, the nearest last.
    pub(crate) words: Option<String>,
    /// The group that titles name and that is no place which is known: 功能区, 其他.
    pub(crate) group: Option<String>,
    /// Where the registry is: what a name most likely means where the list says nothing.
    home: Option<String>,
}

impl Scope {
    /// A list that says nothing, in a registry of this area.
    pub(crate) fn at_home(home: Option<&str>) -> Self {
        Self { home: home.map(str::to_owned), ..Self::default() }
    }

    /// The same without the list's own words.
    pub(crate) fn bare(&self) -> Self {
        Self { home: self.home.clone(), ..Self::default() }
    }

    /// The same without street and zone, which groups have of their own.
    pub(super) fn of_no_group(&self) -> Self {
        Self { street: None, zone: None, group: None, ..self.clone() }
    }

    /// The same in a group that is no place which is known.
    pub(super) fn in_group(&self, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..self.clone() }
    }

    /// Takes in what a nearer text says: it narrows what wider ones said, or comes in its place.
    pub(crate) fn take(&mut self, mention: &Mention, words: &str) {
        if mention.areas.is_empty() {
            if mention.street.is_some() {
                self.street.clone_from(&mention.street);
            }
            return;
        }
        let narrowed = narrow(&self.areas, &mention.areas);
        if narrowed != self.areas || self.words.is_none() {
            self.words = Some(words.to_owned());
            self.street.clone_from(&mention.street);
            self.zone = mention.zone;
        } else if mention.street.is_some() {
            self.street.clone_from(&mention.street);
        }
        self.areas = narrowed;
    }

    /// Takes in areas that the row itself names.
    pub(crate) fn take_areas(&mut self, areas: &[String]) {
        if !areas.is_empty() {
            self.areas = narrow(&self.areas, areas);
        }
    }

    /// The areas, by their codes.
    pub(crate) fn areas(&self) -> impl Iterator<Item = &str> {
        self.areas.iter().map(String::as_str)
    }

    /// The one county that the list is of, where it says one.
    pub(crate) fn county(&self) -> Option<&str> {
        let mut counties: Vec<&str> = self.areas.iter().filter_map(|area| area.get(..6)).collect();
        counties.dedup();
        match counties.as_slice() {
            [one] if self.areas.iter().all(|area| area.len() >= 6) => Some(one),
            _ => None,
        }
    }

    /// The registry's county, city and province, from the nearest.
    pub(crate) fn home(&self) -> impl Iterator<Item = &str> {
        let home = self.home.as_deref().unwrap_or_default();
        [6, 4, 2].into_iter().filter_map(move |end| home.get(..end))
    }
}

/// What lies in both; where nothing does, the nearer.
fn narrow(wide: &[String], near: &[String]) -> Vec<String> {
    if wide.is_empty() {
        return near.to_vec();
    }
    let mut both: Vec<String> = Vec::new();
    for one in wide {
        for other in near {
            if one.starts_with(other.as_str()) {
                both.push(one.clone());
            } else if other.starts_with(one.as_str()) {
                both.push(other.clone());
            }
        }
    }
    both.sort_unstable();
    both.dedup();
    if both.is_empty() { near.to_vec() } else { both }
}
