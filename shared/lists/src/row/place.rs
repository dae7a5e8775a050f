//! Where a row's outlet is: by its own cells, by what the list says of itself, and by its address where that says it unmistakably.

use domain::{Division, Name};

use super::work::Work;
use crate::places::{Above, Found, Mention, Place, Scope};
use crate::question::{Choice, Question};
use crate::reading::Fault;
use crate::words::headings::Column;
use crate::words::places::{Level, Zone, level};
use crate::{fold, rule};

/// As many places as an officer can choose from.
const CHOICES_MAX: usize = 60;
/// Longest text of a cell that names a question, in characters.
const TEXT_CHARS_MAX: usize = 40;

impl Work<'_, '_> {
    /// The place of a row: the county by its own cells or the list's words, the street by the table or as written.
    pub(super) fn place(&mut self) -> Option<Place> {
        let scope = self.scope();
        let mut place = self.county(&scope)?;
        for text in self.streets(&scope) {
            place = self.reader.places.below(place, &text);
        }
        let of_a_person = |text: &String| Name::parse(text).is_err_and(|invalid| invalid.is_of_a_person());
        if place.street.as_ref().is_some_and(of_a_person) {
            let title = self.cells.title(Column::Street).to_owned();
            self.found.left_out.push(title);
            place.street = None;
        }
        Some(place)
    }

    /// What the list and the row say of the city: from the file's name to the row's own cells, the nearer before the wider.
    fn scope(&self) -> Scope {
        let places = self.reader.places;
        let mut scope = self.scope_of_titles();
        if let Some(body) = self.cells.get(Column::Body) {
            // The street office that decides for its outlets is no word on where each stands.
            scope.take(&Mention { street: None, ..places.mention(body) }, body);
        }
        for column in [Column::Province, Column::City] {
            let Some(text) = self.cells.get(column) else { continue };
            if let Ok(Found::Above(area)) = places.find(text, &scope.bare()) {
                scope.take_areas(&[area]);
            }
        }
        scope
    }

    /// The same of what stands above the row. Rows have most of it in common: only titles that came since the row before are looked at.
    fn scope_of_titles(&self) -> Scope {
        let places = self.reader.places;
        let first = || {
            let mut above = Above::new(Scope::at_home(self.home().as_deref()));
            let file = self.reader.origin.file;
            let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            for words in std::iter::once(file).chain(self.above.signed.iter().map(String::as_str)) {
                above.take(places, words);
            }
            above
        };
        self.reader.titles.borrow_mut().read(self.above.sheet, &self.above.places, first, places).clone()
    }

    /// The registry's area, or the one that the officer names for the whole list: what a name most likely means where the list says nothing.
    fn home(&self) -> Option<String> {
        if let Some(home) = self.reader.origin.home {
            return Some(home.as_str().to_owned());
        }
        match self.reader.places.find(self.reader.answers.get("place")?, &Scope::default()) {
            Ok(Found::At(place)) => Some(place.division.county().to_owned()),
            Ok(Found::Above(area)) => Some(area),
            Ok(_) | Err(_) => None,
        }
    }

    /// What says the street: the row's cells, else the title between rows.
    fn streets(&self, scope: &Scope) -> Vec<String> {
        let cells = [Column::Street, Column::Community];
        let own: Vec<String> = cells.iter().filter_map(|column| self.cells.get(*column)).map(str::to_owned).collect();
        if self.cells.get(Column::Street).is_some() { own } else { scope.street.iter().cloned().chain(own).collect() }
    }

    fn county(&mut self, scope: &Scope) -> Option<Place> {
        let mut found = Vec::new();
        for column in [Column::DivisionCode, Column::County] {
            let Some(text) = self.cells.get(column).map(str::to_owned) else { continue };
            found.push(self.resolved(column, &text, scope)?);
        }
        match found.as_slice() {
            [code, county] if code.division.county() != county.division.county() => {
                let (code, county) = (code.division.county().to_owned(), county.division.county().to_owned());
                let title = self.cells.title(Column::DivisionCode).to_owned();
                self.fault(Fault::new(
                    &title,
                    rule::DIVISION_MISMATCH,
                    format!("区划代码({code})与所属区县({county})不是一处"),
                    format!("the division code ({code}) and the county ({county}) are two places"),
                ));
                None
            }
            [code, county] => {
                let nearer = if code.division.street().is_some() { code } else { county };
                Some(Place { street: county.street.clone(), ..nearer.clone() })
            }
            [one] => Some(one.clone()),
            _ => self.place_of_the_list(scope),
        }
    }

    /// The place that a cell names, or the question that it leaves.
    fn resolved(&mut self, column: Column, text: &str, scope: &Scope) -> Option<Place> {
        let title = self.cells.title(column).to_owned();
        let shown = fold::cut(&fold::key(text), TEXT_CHARS_MAX);
        let id = format!("place:{shown}");
        if let Some(place) = self.answered(&id, scope) {
            self.because(Column::County, format!("「{title}」写「{shown}」,经办人说明是{}", self.name_of(&place)));
            return Some(place);
        }
        let found = match self.reader.places.find(text, scope) {
            Ok(found) => found,
            Err(fault) => {
                self.fault(Fault { zh: format!("「{title}」:{}", fault.zh), column: title, ..fault });
                return None;
            }
        };
        if let Found::At(place) = found {
            if let Some(because) = &place.because {
                self.because(Column::County, because.clone());
            }
            return self.against_address(&title, place, scope);
        }
        if let Some(place) = self.by_other_words(&title, text, &found, scope) {
            return Some(place);
        }
        let mut found = found;
        if let Found::Own(_, area @ None) = &mut found
            && scope.areas().next().is_none()
        {
            // The names of what a city certifies itself mostly begin with it.
            *area = self.cells.get(Column::Name).and_then(|name| self.reader.places.city_of(name));
        }
        let places = self.reader.places;
        self.ask(&id.clone(), || Question { id, ..asked(&title, &shown, &found, scope, places) });
        None
    }

    /// The place of a text that does not say it by itself, where the street, the address or the name beside it does.
    fn by_other_words(&mut self, title: &str, text: &str, found: &Found, scope: &Scope) -> Option<Place> {
        if let Found::InZone(zone) = found {
            return self.in_zone(zone, scope);
        }
        if let Found::Own(Level::County, None) = found
            && let Some(county) = scope.county()
        {
            let division = Division::parse(county).ok()?;
            return Some(Place { division, street: None, explicit: false, because: None });
        }
        let fits = |code: &str| match found {
            Found::Several(codes) => codes.iter().any(|one| one.starts_with(code) || code.starts_with(one.as_str())),
            Found::Above(area) | Found::Own(_, Some(area)) => code.starts_with(area.as_str()),
            Found::Own(_, None) => scope.areas().next().is_none() || scope.areas().any(|area| code.starts_with(area)),
            Found::Below(_) => true,
            Found::At(_) | Found::InZone(_) | Found::Unknown(_) => false,
        };
        let (what, evidence) = self.evidence(scope)?;
        let county = evidence.division.county().to_owned();
        if fits(&county) {
            let street = match found {
                Found::Below(street) => Some(street.clone()),
                _ => None,
            };
            let own = match found {
                Found::Own(Level::City, _) => "由市自行认定;",
                Found::Own(Level::Province, _) => "由省自行认定;",
                _ => "",
            };
            let name = self.reader.places.full_name(&county);
            self.because(
                Column::County,
                format!("「{title}」写「{}」,{own}{what}写明{name}", fold::cut(text, TEXT_CHARS_MAX)),
            );
            return Some(Place { street, ..evidence });
        }
        // A name that several places have, and one of them in the city that the address names.
        if let Found::Several(codes) = found {
            let in_city: Vec<&String> = codes.iter().filter(|code| code.starts_with(&county[..4])).collect();
            if let [one] = in_city.as_slice() {
                let division = Division::parse(one).ok()?;
                let name = self.reader.places.full_name(one);
                self.because(Column::County, format!("{what}在同一市:是{name}"));
                return Some(Place { division, street: None, explicit: false, because: None });
            }
        }
        // A city without counties: what stands for a county is a street of it.
        if county.ends_with("00") && !matches!(found, Found::Above(_)) {
            let name = self.reader.places.full_name(&county);
            self.because(Column::County, format!("{what}写明{name};{name}不设区县,「{text}」是其街道"));
            return Some(Place { street: Some(text.to_owned()), ..evidence });
        }
        None
    }

    /// A place in a zone by its street: of the row's cells, the title, the address.
    fn in_zone(&mut self, zone: &'static Zone, scope: &Scope) -> Option<Place> {
        let places = self.reader.places;
        if let Some(place) = self.streets(scope).iter().find_map(|street| places.street_in_zone(zone, street)) {
            return Some(place);
        }
        let address = self.cells.get(Column::Address)?;
        let place = places.street_of_zone_in(zone, address)?;
        let name = self.name_of(&place);
        self.because(Column::County, format!("地址写明{name},属{}", zone.name));
        Some(place)
    }

    /// What the address says of the county, else the outlet's name where it begins with its city.
    fn evidence(&self, scope: &Scope) -> Option<(&'static str, Place)> {
        let places = self.reader.places;
        let of = |column, what| {
            let place = places.begins_with(self.cells.get(column)?, scope)?;
            (what == "地址" || place.explicit).then_some((what, place))
        };
        of(Column::Address, "地址").or_else(|| of(Column::Name, "名称"))
    }

    /// A place that the address contradicts is none that a list can be taken at its word for.
    fn against_address(&mut self, title: &str, place: Place, scope: &Scope) -> Option<Place> {
        let address = self.cells.get(Column::Address).map(str::to_owned);
        let said = address.as_deref().and_then(|address| self.reader.places.begins_with(address, scope));
        let Some(said) = said else { return Some(place) };
        let (here, there) = (place.division.county(), said.division.county());
        if here == there || is_zone(here) || is_zone(there) {
            return Some(place);
        }
        let (here, there) = (self.reader.places.full_name(here), self.reader.places.full_name(there));
        self.fault(Fault::new(
            title,
            rule::DIVISION_MISMATCH,
            format!("「{title}」是{here},地址却在{there}:请核对,以网点所在地为准"),
            format!("{title} is {here}, and the address is in {there}: check which is right"),
        ));
        None
    }

    /// The place where the row names none: what its city or street cell, the titles, the officer, the address say.
    fn place_of_the_list(&mut self, scope: &Scope) -> Option<Place> {
        let places = self.reader.places;
        for column in [Column::City, Column::Street] {
            let Some(text) = self.cells.get(column).map(str::to_owned) else { continue };
            if let Ok(Found::At(place)) = places.find(&text, scope) {
                let because = place.because.clone().filter(|_| scope.county().is_none());
                if let Some(because) = because {
                    self.because(Column::County, because);
                }
                let title = self.cells.title(column).to_owned();
                return self.against_address(&title, place, scope);
            }
        }
        if let Some(zone) = scope.zone {
            if let Some(place) = self.in_zone(zone, scope) {
                return Some(place);
            }
            let id = format!("place:{}", zone.name);
            if let Some(place) = self.answered(&id, scope) {
                return Some(place);
            }
            self.ask(&id.clone(), || Question {
                id,
                ..asked("标题", &zone.name, &Found::InZone(zone), scope, self.reader.places)
            });
            return None;
        }
        if let Some(group) = scope.group.clone() {
            return self.in_group(&group, scope);
        }
        if let Some(county) = scope.county() {
            let division = Division::parse(county).ok()?;
            let words = fold::cut(scope.words.as_deref().unwrap_or_default(), 60);
            let name = places.full_name(county);
            self.because(Column::County, format!("名单的标题、名称或认定单位写明「{words}」:{name}"));
            let place = Place { division, street: None, explicit: false, because: None };
            return self.against_address("名单", place, scope);
        }
        if let Some(place) = self.answered("place", scope) {
            self.because(Column::County, "经办人为整份名单选定".to_owned());
            return self.against_address("名单", place, scope);
        }
        if let Some((what, place)) = self.evidence(scope) {
            let county = place.division.county();
            if scope.areas().next().is_none() || scope.areas().any(|area| county.starts_with(area)) {
                self.because(Column::County, format!("{what}写明{}", places.full_name(county)));
                return Some(place);
            }
        }
        self.ask("place", || {
            let choices = choices_of(scope.areas(), places);
            let words = scope.words.as_ref().filter(|_| !choices.is_empty());
            let said = words.map(|words| format!("(名单写「{}」)", fold::cut(words, 60))).unwrap_or_default();
            let home = scope.home().next().filter(|home| home.len() == 6);
            Question {
                id: "place".to_owned(),
                zh: format!("名单没有写明区县{said};这些网点在哪个县(市、区)?"),
                en: "the list names no county: where are its outlets?".to_owned(),
                suggested: home
                    .filter(|home| choices.is_empty() || choices.iter().any(|choice| choice.value == *home))
                    .map(str::to_owned),
                choices,
                rows: 0,
            }
        });
        None
    }

    /// The place of a row in a group that is none of those that are places: what its address or name says, or the officer does.
    fn in_group(&mut self, group: &str, scope: &Scope) -> Option<Place> {
        let level = level(group).unwrap_or(Level::Other);
        let found = Found::Own(level, None);
        if let Some(place) = self.by_other_words("标题", group, &found, scope) {
            return Some(place);
        }
        let id = format!("place:{group}");
        if let Some(place) = self.answered(&id, scope) {
            self.because(Column::County, format!("标题写「{group}」,经办人说明是{}", self.name_of(&place)));
            return Some(place);
        }
        self.ask(&id.clone(), || Question { id, ..asked("标题", group, &found, scope, self.reader.places) });
        None
    }

    /// The place that an officer answered, where the answer names one: else the question stays open.
    fn answered(&self, id: &str, scope: &Scope) -> Option<Place> {
        match self.reader.places.find(self.reader.answers.get(id)?, scope) {
            Ok(Found::At(place)) => Some(place),
            Ok(_) | Err(_) => None,
        }
    }

    fn name_of(&self, place: &Place) -> String {
        let code = place.division.street().unwrap_or(place.division.county());
        self.reader.places.full_name(code)
    }
}

/// The code of a zone that the statistical table lists beside the counties it lies in: an address names the county.
fn is_zone(county: &str) -> bool {
    matches!(county.as_bytes(), [_, _, _, _, b'7', _])
}

fn choices_of<'c>(areas: impl Iterator<Item = &'c str>, places: &crate::places::Places<'_>) -> Vec<Choice> {
    let mut codes: Vec<String> = Vec::new();
    for area in areas {
        if area.len() >= 6 { codes.push(area.to_owned()) } else { codes.extend(places.counties_of(area)) }
    }
    codes.sort_unstable();
    codes.dedup();
    if codes.len() > CHOICES_MAX {
        return Vec::new();
    }
    codes.into_iter().map(|code| Choice { zh: places.full_name(&code), value: code }).collect()
}

/// What is to be asked of a text that does not name one place.
fn asked(title: &str, text: &str, found: &Found, scope: &Scope, places: &crate::places::Places<'_>) -> Question {
    let counties = |area: Option<&str>| match area {
        Some(area) => choices_of(std::iter::once(area), places),
        None => choices_of(scope.areas(), places),
    };
    let (zh, en, choices) = match found {
        Found::Several(codes) if codes.len() == 1 => (
            "这个名称许多地方都有,名单没有写明是哪个市;是哪里?".to_owned(),
            "a name that many places have, and the list names no city: which is it?",
            choices_of(codes.iter().map(String::as_str), places),
        ),
        Found::Several(codes) => (
            format!("有{}处;是哪一处?", codes.len()),
            "names several places: which is it?",
            choices_of(codes.iter().map(String::as_str), places),
        ),
        Found::Above(area) => (
            "是省或市;这些网点在哪个县(市、区)?".to_owned(),
            "is a province or city: which county are these outlets in?",
            counties(Some(area)),
        ),
        Found::Own(Level::Province | Level::City, area) => (
            "不是区县,由省市自行认定;这些网点在哪个县(市、区)?".to_owned(),
            "is the province or city itself: which county are these outlets in?",
            counties(area.as_deref()),
        ),
        Found::Own(Level::County | Level::Other, area) => (
            "没有写明是哪个县(市、区);是哪一个?".to_owned(),
            "names no county: which one is it?",
            counties(area.as_deref()),
        ),
        Found::InZone(zone) => (
            "是功能区;这些网点在它的哪个街道(乡镇)?".to_owned(),
            "is a zone: which of its streets are these outlets in?",
            choices_of(zone.streets.iter().map(String::as_str), places),
        ),
        Found::Below(_) => {
            ("是街道或乡镇;在哪个县(市、区)?".to_owned(), "is a street or town: in which county?", counties(None))
        }
        Found::Unknown(near) if !near.is_empty() => (
            format!("区划表中没有;最接近的是{};是哪个县(市、区)?", near.join("、")),
            "is not in the table of divisions: which county is it?",
            Vec::new(),
        ),
        Found::Unknown(_) | Found::At(_) => (
            "区划表中没有;是哪个县(市、区)?".to_owned(),
            "is not in the table of divisions: which county is it?",
            counties(None),
        ),
    };
    Question {
        id: String::new(),
        zh: format!("「{title}」写「{text}」,{zh}"),
        en: format!("{title}: \"{text}\" {en}"),
        choices: if matches!(found, Found::Several(codes) if codes.len() == 1) { Vec::new() } else { choices },
        suggested: None,
        rows: 0,
    }
}
