//! What stands below a county: streets and communities, by the table where it has them, else as the list writes them.

use std::collections::HashMap;

use domain::{Division, DivisionTable};

use crate::fold;
use crate::words::places::{self as words, Zone};

/// Streets and communities by their county.
pub(super) struct Below<'a> {
    streets: HashMap<&'a str, Vec<Form<'a>>>,
    communities: HashMap<&'a str, Vec<Form<'a>>>,
}

/// What a street or community is called.
struct Form<'a> {
    code: &'a str,
    name: String,
    /// Whether it is called so only where nothing follows: its name without its ending.
    alone: bool,
}

/// What a text below a county comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The place.
    pub(super) division: Division,
    /// What the table does not hold, as written.
    pub(super) text: Option<String>,
}

/// What says no more of a street than its name.
const OFFICES: &[&str] = &["办事处", "街道办事处", "办", "居委会", "村委会", "居民委员会", "村民委员会", "委会"];
/// What an address has and a place has not.
const OF_ADDRESSES: &[char] = &['路', '号', '巷', '弄', '幢', '栋', '楼', '室', '组', '街', '道', '旁', '内'];

impl<'a> Below<'a> {
    pub(super) fn new(table: &'a DivisionTable) -> Self {
        let mut below = Self { streets: HashMap::new(), communities: HashMap::new() };
        for (code, name) in table.rows().filter(|(code, _)| code.len() > 6) {
            let of_street = code.len() == 9;
            let (map, endings) = if of_street {
                (&mut below.streets, &["街道", "镇", "乡"][..])
            } else {
                (&mut below.communities, &["社区", "村"][..])
            };
            let forms = map.entry(&code[..6]).or_default();
            for (name, alone) in names(&fold::key(name)) {
                for ending in endings {
                    if let Some(stem) = name.strip_suffix(ending).filter(|stem| stem.chars().count() >= 2) {
                        forms.push(Form { code, name: stem.to_owned(), alone: true });
                        if of_street && *ending == "街道" {
                            forms.push(Form { code, name: format!("{stem}街"), alone: true });
                        }
                    }
                }
                forms.push(Form { code, name, alone });
            }
        }
        for forms in below.streets.values_mut().chain(below.communities.values_mut()) {
            forms.sort_by_key(|form| std::cmp::Reverse(form.name.len()));
        }
        below
    }

    /// What a text says of a place in a county: a street, a community, both, or an address, which says nothing here. A text that can be none of
    /// them is none.
    pub(super) fn find(&self, county: &str, text: &str) -> Option<Found> {
        let text = bare(text);
        let at = |code: &str, text: Option<String>| Some(Found { division: Division::parse(code).ok()?, text });
        if text.is_empty() {
            return at(county, None);
        }
        if let Some((street, rest)) = self.street(county, text) {
            let rest = bare(rest);
            if rest.is_empty() || OFFICES.contains(&rest) {
                return at(street, None);
            }
            return match self.community(street, rest) {
                Some(community) => at(community, None),
                None if is_address(rest) => at(street, None),
                None => at(street, Some(rest.to_owned())),
            };
        }
        if let Some(community) = self.community(county, text) {
            return at(community, None);
        }
        // Of a city without counties the streets are the next level, and some are called 西区.
        let of_a_city = county.ends_with("00") && text.ends_with('区') && text.chars().count() <= 6;
        if is_place(text) || of_a_city {
            return at(county, Some(text.to_owned()));
        }
        (words::is_body(text) || is_address(text)).then(|| at(county, None)).flatten()
    }

    /// The streets of this name in an area, each once.
    pub(super) fn streets_named(&self, area: &str, text: &str) -> Vec<Found> {
        let counties = self.streets.keys().filter(|county| county.starts_with(area));
        let mut found: Vec<Found> = counties
            .filter(|county| self.street(county, bare(text)).is_some())
            .filter_map(|county| self.find(county, text))
            .collect();
        found.sort_by(|one, other| one.division.cmp(&other.division));
        found
    }

    /// The one street of a zone that an address names in full.
    pub(super) fn street_in_address(&self, zone: &Zone, address: &str) -> Option<&'a str> {
        let address = fold::key(address);
        let named = |form: &&Form<'a>| {
            !form.alone && zone.streets.iter().any(|street| street == form.code) && address.contains(&form.name)
        };
        let mut found: Vec<&str> = self.streets.values().flatten().filter(named).map(|form| form.code).collect();
        found.dedup();
        match found.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    fn street<'t>(&self, county: &str, text: &'t str) -> Option<(&'a str, &'t str)> {
        self.streets.get(county)?.iter().find_map(|form| {
            let rest = text.strip_prefix(form.name.as_str())?;
            let alone = rest.is_empty() || OFFICES.contains(&rest);
            (!form.alone || alone).then_some((form.code, rest))
        })
    }

    /// The one community of a street or county that a text names.
    fn community(&self, within: &str, text: &str) -> Option<&'a str> {
        let text = bare(text);
        let called = |form: &&Form<'a>| {
            let rest = text.strip_prefix(form.name.as_str());
            form.code.starts_with(within)
                && rest
                    .is_some_and(|rest| rest.is_empty() || OFFICES.contains(&rest) || (!form.alone && is_address(rest)))
        };
        let mut found: Vec<&str> =
            self.communities.get(within.get(..6)?)?.iter().filter(called).map(|form| form.code).collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// What the table's name of a place is written as, and whether only where nothing follows: without its city, its zone and its committee, and what
/// stands in its brackets.
fn names(name: &str) -> Vec<(String, bool)> {
    let (base, noted) = fold::without_notes(name);
    let mut names = vec![(base.clone(), false)];
    names.extend(Some(noted.trim().to_owned()).filter(|noted| !noted.is_empty()).map(|noted| (noted, false)));
    if let Some((_, own)) = base.split_once("新城").filter(|(_, own)| own.chars().count() >= 2) {
        names.push((own.to_owned(), false));
    }
    for office in ["居民委员会", "村民委员会", "居委会", "村委会"] {
        if let Some(stem) = base.strip_suffix(office).filter(|stem| stem.chars().count() >= 2) {
            let ending = if office.starts_with('村') { "村" } else { "社区" };
            names.push((stem.to_owned(), !stem.ends_with(ending)));
            if !stem.ends_with(ending) {
                names.push((format!("{stem}{ending}"), false));
            }
        }
    }
    names
}

/// Without what people set around a place.
pub(super) fn bare(text: &str) -> &str {
    text.trim_matches([
        '-', '/', '>', '·', '.', '|', '_', '(', ')', ',', '、', ':', ';', '\\', '–', '—', '[', ']', '【', '】',
    ])
}

/// Whether a text ends as streets and communities do, and says one thing.
pub(super) fn is_place(text: &str) -> bool {
    (2..=30).contains(&text.chars().count())
        && !text.contains(['、', ',', ';', '和', '及'])
        && words::is_below_county(text)
}

/// Whether a text is a street or town by its ending.
pub(super) fn is_street(text: &str) -> bool {
    is_place(text) && words::is_street(text)
}

fn is_address(text: &str) -> bool {
    text.contains(OF_ADDRESSES) || text.chars().any(|c| c.is_ascii_digit())
}
