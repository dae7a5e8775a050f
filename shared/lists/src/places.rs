//! Which county a list means, by code or by name. A name that could be two counties is not guessed at.

use std::collections::HashMap;

use domain::{Division, DivisionTable};

use crate::reading::Fault;
use crate::{fold, rule};

/// Names of cities that group counties in the code table and are no places.
const GROUPS: &[&str] = &["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];
/// Candidates named in a sentence, at most.
const CANDIDATES_SHOWN_MAX: usize = 6;

/// The table of divisions, turned to be asked by name.
pub(crate) struct Places<'a> {
    table: &'a DivisionTable,
    counties: HashMap<String, Vec<&'a str>>,
    /// Provinces and cities: too coarse for a provider, yet worth telling apart from an unknown name.
    above: HashMap<String, Vec<&'a str>>,
}

/// No place's name with its city and province is longer; a text that is cannot be one.
const PLACE_CHARS_MAX: usize = 60;

/// What a row says about the place, beside the text that names it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Within<'a> {
    pub(crate) province: Option<&'a str>,
    pub(crate) city: Option<&'a str>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(table: &'a DivisionTable) -> Self {
        let mut places = Self { table, counties: HashMap::new(), above: HashMap::new() };
        for (code, name) in table.rows() {
            let key = fold::key(name);
            match code.len() {
                6 => places.counties.entry(key).or_default().push(code),
                2 | 4 if !GROUPS.contains(&name) => {
                    places.above.entry(short(&key).to_owned()).or_default().push(code);
                    places.above.entry(key).or_default().push(code);
                }
                _ => {}
            }
        }
        places
    }

    /// The place a cell names, by its code (6, 9 or 12 digits) or by the county's name, with or without its city and
    /// province.
    pub(crate) fn find(&self, text: &str, within: Within<'_>, column: &str) -> Result<Division, Fault> {
        let key = fold::key(text);
        if key.bytes().all(|b| b.is_ascii_digit()) {
            return self.by_code(&key, column);
        }
        if key.chars().count() > PLACE_CHARS_MAX {
            return Err(unknown(text, column));
        }
        let mut found: Vec<&str> = Vec::new();
        for (at, _) in key.char_indices() {
            for code in self.counties.get(&key[at..]).into_iter().flatten() {
                if self.is_above(code, &key[..at]) {
                    found.push(code);
                }
            }
        }
        let named = found.len();
        found.retain(|code| self.lies_within(code, within));
        match found.as_slice() {
            [code] => Division::parse(code).map_err(|invalid| Fault::invalid(column, invalid, text)),
            [] if named == 0 && self.above.contains_key(&key) => Err(too_coarse(text, column)),
            [] => Err(unknown(text, column)),
            several => Err(self.ambiguous(text, several, column)),
        }
    }

    fn by_code(&self, digits: &str, column: &str) -> Result<Division, Fault> {
        let coarse = matches!(digits.len(), 2 | 4)
            || (matches!(digits.len(), 6 | 9 | 12) && digits[4..].bytes().all(|b| b == b'0'));
        if coarse && self.table.name(digits.get(..2).unwrap_or_default()).is_some() {
            return Err(too_coarse(digits, column));
        }
        let division = Division::parse(digits).map_err(|invalid| Fault::invalid(column, invalid, digits))?;
        if self.table.knows(&division) { Ok(division) } else { Err(unknown(digits, column)) }
    }

    /// Whether `prefix` is nothing, the county's city, its province, or both.
    fn is_above(&self, county: &str, prefix: &str) -> bool {
        if prefix.is_empty() {
            return true;
        }
        let forms = |code: &str| -> Vec<String> {
            let name = self.table.name(code).filter(|name| !GROUPS.contains(name)).map(fold::key);
            name.map(|name| vec![short(&name).to_owned(), name]).unwrap_or_default()
        };
        let (province, city) = (forms(&county[..2]), forms(&county[..4]));
        let joined =
            || province.iter().any(|p| prefix.strip_prefix(p.as_str()).is_some_and(|c| city.iter().any(|n| n == c)));
        province.iter().chain(&city).any(|name| name == prefix) || joined()
    }

    fn lies_within(&self, county: &str, within: Within<'_>) -> bool {
        let same = |code: &str, text: Option<&str>| {
            text.is_none_or(|text| {
                let (key, name) = (fold::key(text), self.table.name(code).map(fold::key).unwrap_or_default());
                GROUPS.contains(&name.as_str()) || short(&key) == short(&name)
            })
        };
        // A city column of a municipality repeats the province: 北京市 stands where the code table has 市辖区.
        same(&county[..2], within.province) && same(&county[..4], within.city)
    }

    fn ambiguous(&self, text: &str, codes: &[&str], column: &str) -> Fault {
        let full = |code: &&str| {
            let names =
                [2, 4, 6].map(|end| self.table.name(&code[..end]).filter(|n| !GROUPS.contains(n)).unwrap_or_default());
            format!("{}({code})", names.concat())
        };
        let mut candidates: Vec<String> = codes.iter().take(CANDIDATES_SHOWN_MAX).map(full).collect();
        if codes.len() > CANDIDATES_SHOWN_MAX {
            candidates.push("…".to_owned());
        }
        let (text, candidates) = (fold::cut(text, 40), candidates.join("、"));
        Fault::new(
            column,
            rule::AMBIGUOUS,
            format!("「{text}」有{}处:{candidates};请写明省市或填区划代码", codes.len()),
            format!("\"{text}\" names {} places: {candidates}; name the city or give the code", codes.len()),
        )
    }
}

/// A province's or city's name as people shorten it. A name that would leave one character keeps its ending.
fn short(name: &str) -> &str {
    for ending in ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"] {
        if let Some(stem) = name.strip_suffix(ending).filter(|stem| stem.chars().count() >= 2) {
            return stem;
        }
    }
    name
}

fn too_coarse(text: &str, column: &str) -> Fault {
    let text = fold::cut(text, 40);
    Fault::new(
        column,
        rule::DIVISION_TOO_COARSE,
        format!("「{text}」是省或市;网点须写到县(市、区)"),
        format!("\"{text}\" is a province or city; an outlet's county is needed"),
    )
}

fn unknown(text: &str, column: &str) -> Fault {
    let text = fold::cut(text, 40);
    Fault::new(
        column,
        rule::DIVISION_UNKNOWN,
        format!("区划表中没有「{text}」,或与所填省市不符"),
        format!("the table of divisions has no \"{text}\", or not in the province and city given"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::carried_divisions as divisions;

    #[test]
    fn counties_are_found_by_code_and_by_name() {
        let table = divisions();
        let places = Places::new(&table);
        let province = |province| Within { province, city: None };
        for (text, within, expected) in [
            ("321003", Within::default(), Ok("321003000000")),
            ("321003005007", Within::default(), Ok("321003005007")),
            ("３２１０７１", Within::default(), Ok("321071000000")),
            ("平阳县", province(Some("浙江")), Ok("330326000000")),
            ("江门市新会区", province(Some("广东")), Ok("440705000000")),
            ("江门新会区", Within::default(), Ok("440705000000")),
            ("广东省江门市新会区", Within::default(), Ok("440705000000")),
            ("铜川市王益区", province(Some("陕西省")), Ok("610202000000")),
            ("北京市东城区", Within::default(), Ok("110101000000")),
            ("扬州市 邗江区", Within::default(), Ok("321003000000")),
            ("扬州经济技术开发区", Within::default(), Ok("321071000000")),
            ("鼓楼区", Within { province: Some("江苏"), city: Some("徐州市") }, Ok("320302000000")),
            ("东城区", Within { province: Some("北京"), city: Some("北京市") }, Ok("110101000000")),
            ("鼓楼区", province(Some("江苏")), Err(rule::AMBIGUOUS)),
            ("平阳县", province(Some("江苏")), Err(rule::DIVISION_UNKNOWN)),
            ("南京市新会区", Within::default(), Err(rule::DIVISION_UNKNOWN)),
            ("宿迁市", province(Some("江苏")), Err(rule::DIVISION_TOO_COARSE)),
            ("江苏", Within::default(), Err(rule::DIVISION_TOO_COARSE)),
            ("3210", Within::default(), Err(rule::DIVISION_TOO_COARSE)),
            ("321000", Within::default(), Err(rule::DIVISION_TOO_COARSE)),
            ("321000000000", Within::default(), Err(rule::DIVISION_TOO_COARSE)),
            ("321099", Within::default(), Err(rule::DIVISION_UNKNOWN)),
            ("32100", Within::default(), Err("LENGTH")),
            ("市辖区", Within::default(), Err(rule::DIVISION_UNKNOWN)),
        ] {
            let found = places.find(text, within, "县");
            assert_eq!(found.as_ref().map(Division::as_str).map_err(|r| r.rule), expected, "{text}");
        }
    }

    #[test]
    fn candidates_are_named() {
        let table = divisions();
        let within = Within { province: Some("江苏"), city: None };
        let rejection = Places::new(&table).find("鼓楼区", within, "县").unwrap_err();
        assert!(rejection.zh.contains("江苏省南京市鼓楼区(320106)、江苏省徐州市鼓楼区(320302)"), "{}", rejection.zh);
    }

    #[test]
    fn the_table_is_whole() {
        let table = divisions();
        let of_length = |length: usize| table.rows().filter(|(code, _)| code.len() == length).count();
        assert_eq!((of_length(2), of_length(4), of_length(6)), (31, 342, 2978));
        let yangzhou: Vec<&str> =
            table.rows().map(|(code, _)| code).filter(|c| c.len() == 6 && c.starts_with("3210")).collect();
        assert_eq!(yangzhou, ["321002", "321003", "321012", "321023", "321071", "321081", "321084"]);
    }
}
