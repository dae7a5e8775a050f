//! `puhui rules check`: a file as it would be checked when it is adopted, without a server.

use std::path::{Path, PathBuf};

use domain::{Day, Name, Refusal};
use serve::clock;
use serve::reference::{self, ReferenceError};

use super::file;
use crate::client::Failure;
use crate::json::say;

fn refused(error: &ReferenceError, text: &str) -> Failure {
    let refusal = error.refusal(text);
    Failure::refused(format!("{}: {} / {}", refusal.reason(), refusal.zh(), refusal.en()))
}

/// Checks a file, and says what it is.
pub(super) fn check(path: &Path, above: &[PathBuf]) -> Result<(), Failure> {
    let text = file(path)?;
    // A text that a server would take for no field of a request is no question for the rules.
    domain::RulesText::parse(&text).map_err(|invalid| Failure::usage(format!("{}: {invalid}", path.display())))?;
    match text.lines().next().map(str::trim_end) {
        Some("date,kind,festival") => days(&text),
        Some("code,name,last_day") => {
            let edition = Name::parse("check").map_err(|invalid| Failure::usage(invalid.to_string()))?;
            let table = reference::places(&edition, &text).map_err(|error| refused(&error, &text))?;
            say(&format!("区划代码表 / a table of places: {}", table.rows().count()))
        }
        _ => scheme(&text, above),
    }
}

/// The days it speaks of are said when it is adopted; here all that stand in it are.
fn days(text: &str) -> Result<(), Failure> {
    // Of a line that begins with no year the table says what is wrong with it.
    let day = |line: &str, rest: &str| Day::parse(&format!("{}{rest}", line.get(..4)?)).ok();
    let of_year = |rest: &str| text.lines().skip(1).filter_map(|line| day(line, rest)).collect::<Vec<_>>();
    let (first, last) = (of_year("-01-01").into_iter().min(), of_year("-12-31").into_iter().max());
    let (Some(from), Some(until)) = (first, last) else {
        return Err(Failure::refused("RULES_REJECTED: 没有一天 / there is no day in it"));
    };
    reference::working_days(text, from, until).map_err(|error| refused(&error, text))?;
    let years = [from, until].map(|day| day.to_string().chars().take(4).collect::<String>());
    say(&format!("工作日历 / working days: {}", years.join("–")))
}

fn scheme(text: &str, above: &[PathBuf]) -> Result<(), Failure> {
    let draft = reference::read(text).map_err(|error| refused(&error, text))?;
    let mut base = above.iter().map(|path| file(path)).collect::<Result<Vec<_>, _>>()?;
    if base.is_empty() && draft.area.is_some() {
        base.push(reference::YANGZHOU_SCHEME.to_owned());
    }
    let base: Vec<&str> = base.iter().map(String::as_str).collect();
    let tables = reference::check(text, &base).map_err(|error| refused(&error, text))?;
    reference::begins(&draft, Day::of(clock::now())).map_err(|error| refused(&error, text))?;
    if base.is_empty() && draft.adopters().next().is_none() {
        let refusal = Refusal::DutyMissing { zh: "施行办法", en: "adopt rules" };
        return Err(Failure::refused(format!("{}: adopts_rules", refusal.reason())));
    }
    let area = draft.area.as_ref().map_or("*", |area| area.as_str());
    let (categories, bureaus) = (tables.scheme.categories.len(), tables.scheme.bureaus.len());
    say(&format!(
        "办法 / scheme {} ({area}),自 {} 起施行 / in force from {}: {categories} 个类别 / categories, {bureaus} 个单位 / bureaus",
        draft.version.as_str(),
        draft.in_force_from,
        draft.in_force_from,
    ))
}
