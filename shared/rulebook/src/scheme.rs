//! A scheme (办法) as it is written: read, laid over those it inherits from, and checked.

pub(crate) mod checks;
pub(crate) mod draft;
mod file;
pub(crate) mod layers;
pub(crate) mod lines;

use domain::Day;

use crate::error::ReferenceError;
use crate::tables::SchemeTables;
use draft::Reading;

pub use draft::SchemeDraft;

/// Reads one file of a scheme (TOML); `data/schemes/yangzhou.toml` shows every key. Whether it is whole is told with those it stands on.
pub fn read(text: &str) -> Result<SchemeDraft, ReferenceError> {
    SchemeDraft::of(text, Reading::Written)
}

/// Reads a scheme that stands by itself, and checks it.
pub fn scheme(text: &str) -> Result<SchemeTables, ReferenceError> {
    let layered = layers::lay(None, &read(text)?)?;
    checks::whole(&layered.tables)?;
    Ok(layered.tables)
}

/// Checks a file of a scheme, over those of `above`, the widest area's first, as when it is adopted. Tells what it makes with them.
pub fn check(text: &str, above: &[&str]) -> Result<SchemeTables, ReferenceError> {
    let (mut below, mut bases) = (None, Vec::new());
    for text in above {
        let base = read(text)?;
        below = Some(layers::lay(below, &base)?);
        bases.push(base);
    }
    let draft = read(text)?;
    checks::within_its_area(&draft, |code| bases.iter().rev().find_map(|base| base.zones.get(code)))?;
    if below.is_some() {
        checks::bars_nowhere_else(&draft)?;
    }
    let layered = layers::lay(below, &draft)?;
    checks::whole(&layered.tables)?;
    Ok(layered.tables)
}

/// Holds the first day of a scheme to be one that a scheme adopted `today` can have.
pub fn begins(draft: &SchemeDraft, today: Day) -> Result<(), ReferenceError> {
    checks::begins(draft.in_force_from, today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carried::YANGZHOU_SCHEME;

    #[test]
    fn the_carried_scheme_is_whole() {
        let tables = scheme(YANGZHOU_SCHEME).unwrap();
        assert_eq!((tables.scheme.categories.len(), tables.scheme.zones.len()), (15, 3));
    }

    #[test]
    fn a_scheme_says_where_it_is_wrong() {
        let wrong = YANGZHOU_SCHEME.replace("in_force_from = \"2022-12-01\"", "in_force_from = \"2022-13-01\"");
        let line = 1 + YANGZHOU_SCHEME.lines().position(|line| line.starts_with("in_force_from")).unwrap();
        let error = scheme(&wrong).unwrap_err();
        assert!(error.to_string().starts_with("in_force_from: FORMAT"), "{error}");
        assert!(error.refusal(&wrong).en().starts_with(&format!("line {line}, in_force_from: ")), "{error:?}");
        assert!(matches!(scheme("version = 1"), Err(ReferenceError::Toml(_))));
        // A key that stands twice, with its line.
        let twice = "version = \"a\"\nin_force_from = \"2026-01-01\"\nversion = \"b\"\n";
        let refusal = scheme(twice).unwrap_err().refusal(twice);
        assert!(refusal.en().starts_with("line 3") && refusal.en().contains("duplicate"), "{}", refusal.en());
        let person = "# 联系人 13800138000\nversion = \"a\"\nin_force_from = \"2026-01-01\"\n";
        assert!(scheme(person).unwrap_err().to_string().contains("MOBILE_NUMBER"));
    }

    #[test]
    fn a_county_sets_its_own_numbers_and_categories_and_inherits_the_rest() {
        let county = "area = \"321003\"\nversion = \"hanjiang-1\"\nin_force_from = \"2026-07-01\"\n\
                      [defaults]\nnotice_days = 7\n[categories.childcare]\nvalidity_months = 24\n\
                      [categories.study-room]\nname = \"社区自习室\"\n";
        let SchemeTables { scheme, .. } = check(county, &[YANGZHOU_SCHEME]).unwrap();
        let rules = |code: &str| &scheme.categories[&domain::CategoryCode::parse(code).unwrap()];
        assert_eq!((rules("childcare").notice_days, rules("childcare").validity_months), (7, 24));
        assert_eq!((rules("study-room").notice_days, rules("study-room").hearing_days), (7, 5));
        assert_eq!((rules("domestic").notice_days, rules("domestic").suspension), (7, false));
        assert_eq!((scheme.version.as_str(), scheme.plaque_return_days), ("hanjiang-1", 15));
        let error = check(county, &[]).unwrap_err();
        assert!(error.to_string().contains("no scheme above says it"), "{error}");
    }

    #[test]
    fn a_county_is_no_laxer_than_the_city_and_says_nothing_of_another_county() {
        let head = "area = \"321003\"\nversion = \"hanjiang-1\"\nin_force_from = \"2026-07-01\"\n";
        let bureau = |areas: &str| {
            format!("[bureaus.321003-health]\nname = \"卫健\"\nareas = [\"{areas}\"]\ncategories = [\"childcare\"]")
        };
        let beyond = "bureaus.321003-health.areas: ";
        for (own, said) in [
            ("[defaults]\nhearing_days = 4", "categories.breakfast.hearing_days: "),
            ("[categories.childcare]\nhearing_days = 1", "categories.childcare.hearing_days: "),
            ("[categories.new]\nname = \"新\"\nhearing_days = 4", "categories.new.hearing_days: "),
            ("[grounds.deceit]\nname = \"弄虚作假\"\nbar_months = 35\nannuls = true", "grounds.deceit.bar_months: "),
            (&bureau("321002"), beyond),
            (&bureau("*"), beyond),
            (&bureau("zone:eco-tech-city"), beyond),
            ("[zones.other]\nname = \"新区\"\nareas = [\"321002400\"]", "zones.other.areas: "),
        ] {
            let error = check(&format!("{head}{own}\n"), &[YANGZHOU_SCHEME]).unwrap_err();
            assert!(error.to_string().starts_with(said), "{own}: {error}");
        }
        for own in [
            "[defaults]\nhearing_days = 5",
            "[categories.childcare]\nhearing_days = 6",
            "[categories.new]\nname = \"新\"\nhearing_days = 5",
            "[grounds.deceit]\nname = \"弄虚作假\"\nbar_months = 36\nannuls = true",
            "[grounds.of-its-own]\nname = \"另一事由\"\nbar_months = 0",
            &bureau("321003"),
        ] {
            assert!(check(&format!("{head}{own}\n"), &[YANGZHOU_SCHEME]).is_ok(), "{own}");
        }
    }
}
