//! Where a list is, by all that stands above a row: each title narrows what wider ones said, a title that names a group takes the place of the group before
//! it, and one that names none of the groups (功能区, 市直属, 其他) ends them.

use super::found::{Found, short_code};
use super::scope::{Mention, Scope};
use super::tables::Places;
use crate::words::places as words;
use crate::words::stripes;

/// Where a list is, as far down as its titles were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Above {
    /// What they come to.
    pub(crate) scope: Scope,
    /// What they came to before the first that named a county and nothing more.
    wide: Option<Scope>,
}

impl Above {
    /// Nothing was read yet.
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope, wide: None }
    }

    /// Takes in one more title.
    pub(crate) fn take(&mut self, places: &Places<'_>, words: &str) {
        let mention = places.mention(words);
        let Some(group) = stripes::name(words) else { return self.narrow(&mention, words) };
        if words::level(&group).is_some() {
            return self.elsewhere(&group);
        }
        let of_counties = !mention.areas.is_empty() && mention.areas.iter().all(|area| area.len() >= 6);
        if of_counties {
            return self.group(&mention, words);
        }
        // Where the groups are counties, a group that is a place by its name and none that is known is none of those before.
        if let Some(wide) = self.wide.clone().filter(|_| mention.areas.is_empty() && is_place(&group)) {
            return match places.find(&group, &wide) {
                Ok(Found::At(place)) => {
                    let areas = vec![short_code(&place.division).to_owned()];
                    self.group(&Mention { areas, street: place.street, zone: None }, words);
                }
                Ok(Found::InZone(zone)) => {
                    self.group(&Mention { areas: zone.streets.clone(), street: None, zone: Some(zone) }, words);
                }
                _ => self.elsewhere(&group),
            };
        }
        self.narrow(&mention, words);
    }

    fn narrow(&mut self, mention: &Mention, words: &str) {
        self.scope.take(mention, words);
        match &mut self.wide {
            // The next part's title may name the city again.
            Some(wide) if mention.areas.iter().all(|area| area.len() < 6) => wide.take(mention, words),
            _ if mention.areas.is_empty() => {}
            _ => {
                self.wide = None;
                self.scope.group = None;
            }
        }
    }

    fn group(&mut self, mention: &Mention, words: &str) {
        let wide = self.wide.get_or_insert_with(|| self.scope.of_no_group());
        let mut scope = wide.clone();
        scope.take(mention, words);
        self.scope = scope;
    }

    /// None of the groups.
    fn elsewhere(&mut self, group: &str) {
        match &self.wide {
            // What the list is of as a whole it is of in every group.
            Some(wide) if wide.county().is_some() => self.scope = wide.clone(),
            Some(wide) => self.scope = wide.in_group(group),
            None => self.scope.street = None,
        }
    }
}

/// The titles of a sheet, as far as they were read for the row before.
#[derive(Debug, Default)]
pub(crate) struct Titles {
    sheet: Option<usize>,
    first: Above,
    /// Each with where the list is by it and by those before.
    taken: Vec<(String, Above)>,
}

impl Titles {
    /// Where a row is by these titles. Of those that were taken before, the first that are the same are not looked at again.
    pub(crate) fn read(
        &mut self,
        sheet: usize,
        titles: &[String],
        first: impl FnOnce() -> Above,
        places: &Places<'_>,
    ) -> &Scope {
        if self.sheet != Some(sheet) {
            *self = Self { sheet: Some(sheet), first: first(), taken: Vec::new() };
        }
        let same = titles.iter().zip(&self.taken).take_while(|(words, (own, _))| *words == own).count();
        self.taken.truncate(same);
        for words in &titles[same..] {
            let mut above = self.taken.last().map_or(&self.first, |(_, above)| above).clone();
            above.take(places, words);
            self.taken.push((words.clone(), above));
        }
        &self.taken.last().map_or(&self.first, |(_, above)| above).scope
    }
}

/// Whether a group is a place by its name, and one that is no part of a county as a community is.
fn is_place(group: &str) -> bool {
    let below = ["社区", "小区", "片区", "街区", "校区", "园区内"].iter().any(|ending| group.ends_with(ending));
    !below && group.ends_with(['区', '县', '市', '旗', '城']) || ["管委会"].iter().any(|end| group.ends_with(end))
}
