//! What is decided about the rules themselves: who may adopt what, and whether it goes together with all that is on record.

use std::sync::Arc;

use domain::command::{BeginRules, RulesCommand};
use domain::{
    Area, Bureau, BureauId, CalendarAdopted, Day, DivisionPrefix, DocumentNumber, Event, Name, PlacesAdopted, Position,
    Reason, Refusal, RulesText, Scheme, SchemeAdopted, Sha256, ZoneCode,
};

use crate::calendar::working_days;
use crate::editions::Editions;
use crate::error::ReferenceError;
use crate::filed::{Adopted, Kind};
use crate::hash::{said, sha256};
use crate::places::places;
use crate::scheme::layers::lay;
use crate::scheme::{SchemeDraft, checks, read};
use crate::succession::all_taken_over;

/// What the command makes of the rules: facts, none where it repeats what is on record, or a refusal.
pub fn adopt(
    editions: &Editions,
    command: &RulesCommand,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    match command {
        RulesCommand::AdoptScheme(c) => {
            let by = By::of(c.adopted_on, &c.adopted_by, &c.document_number, c.corrects);
            let draft = read(c.text.as_str()).map_err(|error| error.refusal(c.text.as_str()))?;
            may_adopt(editions, &draft, bureau, today)?;
            if already(editions, command).is_some() {
                return Ok(Vec::new());
            }
            scheme(editions, &c.text, draft, by, today)
        }
        RulesCommand::AdoptCalendar(c) => {
            has_duty(editions, bureau, today, None)?;
            if already(editions, command).is_some() {
                return Ok(Vec::new());
            }
            let by = By::of(c.adopted_on, &c.adopted_by, &c.document_number, c.corrects);
            calendar_of(editions, (c.covered_from, c.covered_until), &c.source, &c.text, by, today)
        }
        RulesCommand::AdoptPlaces(c) => {
            has_duty(editions, bureau, today, None)?;
            if already(editions, command).is_some() {
                return Ok(Vec::new());
            }
            let by = By::of(c.adopted_on, &c.adopted_by, &c.document_number, c.corrects);
            places_of(editions, &c.edition, &c.text, by, today)
        }
        RulesCommand::BeginRules(c) => begin(editions, c, bureau, today),
    }
}

/// When something was adopted, by whom and under which document, if by anybody; and what it corrects.
#[derive(Clone, Copy)]
struct By<'a> {
    on: Day,
    body: Option<&'a Name>,
    document: Option<&'a DocumentNumber>,
    corrects: Option<Position>,
}

impl<'a> By<'a> {
    fn of(on: Day, body: &'a Name, document: &'a DocumentNumber, corrects: Option<Position>) -> Self {
        Self { on, body: Some(body), document: Some(document), corrects }
    }
}

/// Where the commit stands that adopted what a command says, all of it: it is that one sent again. That the registry begins is said once; where
/// rules are on record it has begun, whoever was first.
pub fn already(editions: &Editions, command: &RulesCommand) -> Option<Position> {
    if let RulesCommand::BeginRules(_) = command {
        return editions.adopted().first().map(|one| one.position);
    }
    let asked = said(command);
    editions.adopted().iter().find(|one| one.said == Some(asked)).map(|one| one.position)
}

/// The edition of this kind that is corrected: one that stands.
fn corrected<'e>(editions: &'e Editions, by: By<'_>, of: fn(&Kind) -> bool) -> Result<Option<&'e Adopted>, Refusal> {
    let Some(position) = by.corrects else { return Ok(None) };
    let stands = |one: &&Adopted| one.position == position && one.corrected_by.is_none() && of(&one.kind);
    editions.adopted().iter().find(stands).map(Some).ok_or(Refusal::EditionUnknown { position: position.0 })
}

const NO_DUTY: Refusal = Refusal::DutyMissing { zh: "施行办法", en: "adopt rules" };

/// The bureau has the duty to adopt rules, by the scheme of today that names it. Where they hold everywhere, the scheme of the widest area gives
/// it the duty, and it decides wherever that one's bureaus do.
fn has_duty(editions: &Editions, id: &BureauId, today: Day, area: Option<&DivisionPrefix>) -> Result<(), Refusal> {
    let known = editions.scheme_of_bureau(id, today, today).ok_or(Refusal::NoScheme)?;
    let bureau = known.scheme.bureau_on(id, today)?;
    let Some(area) = area else {
        let widest = editions.scheme_at("", today, today).ok_or(Refusal::NoScheme)?;
        let given = widest.scheme.bureaus.get(id).filter(|bureau| bureau.adopts_rules).ok_or(NO_DUTY)?;
        return if reaches_all(given, &widest.scheme) { Ok(()) } else { Err(Refusal::NotCompetentForPlace) };
    };
    if !bureau.adopts_rules {
        return Err(NO_DUTY);
    }
    let within = |its: &Area| match its {
        Area::Everywhere => true,
        Area::Division(prefix) => area.as_str().starts_with(prefix.as_str()),
        Area::Zone(zone) => {
            let places = known.scheme.zones.get(zone).map(|zone| &zone.areas);
            places.is_some_and(|places| places.iter().any(|place| area.as_str().starts_with(place.as_str())))
        }
    };
    if bureau.areas.iter().any(within) { Ok(()) } else { Err(Refusal::NotCompetentForPlace) }
}

/// Whether a bureau decides wherever any of the scheme's does that decides in some places only.
fn reaches_all(bureau: &Bureau, scheme: &Scheme) -> bool {
    let is_within = |place: &DivisionPrefix| {
        bureau.areas.iter().any(|its| match its {
            Area::Everywhere => true,
            Area::Division(prefix) => place.as_str().starts_with(prefix.as_str()),
            Area::Zone(_) => false,
        })
    };
    scheme.bureaus.values().flat_map(|other| &other.areas).all(|area| match area {
        Area::Everywhere => true,
        Area::Division(place) => is_within(place),
        Area::Zone(code) => scheme.zones.get(code).is_none_or(|zone| zone.areas.iter().all(is_within)),
    })
}

fn has_come(day: Day, today: Day) -> Result<(), Refusal> {
    if day > today { Err(Refusal::DayAhead { day }) } else { Ok(()) }
}

/// The bureau adopts schemes for the area: by the scheme on record, or where there is none, by this one.
fn may_adopt(editions: &Editions, draft: &SchemeDraft, id: &BureauId, today: Day) -> Result<(), Refusal> {
    if !editions.is_empty() {
        return has_duty(editions, id, today, draft.area.as_ref());
    }
    let named = draft.bureaus.get(id).ok_or(Refusal::BureauUnknown)?;
    if named.adopts_rules { Ok(()) } else { Err(NO_DUTY) }
}

fn scheme(
    editions: &Editions,
    file: &RulesText,
    draft: SchemeDraft,
    by: By<'_>,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    let text = file.as_str();
    has_come(by.on, today)?;
    checks::begins(draft.in_force_from, today).map_err(|error| error.refusal(text))?;
    let wrong = corrected(editions, by, |kind| matches!(kind, Kind::Scheme { .. }))?
        .and_then(|one| editions.scheme_standing_at(one.position));
    if let Some(other) = wrong.as_ref().filter(|wrong| wrong.area != draft.area) {
        let area = other.area.as_ref().map_or("*", DivisionPrefix::as_str).to_owned();
        return Err(Refusal::CorrectsAnotherArea { area });
    }
    follows(editions, &draft, wrong.as_ref(), (sha256(text), by.corrects))?;
    let zone = |code: &ZoneCode| editions.schemes().iter().rev().find_map(|other| other.zones.get(code));
    checks::within_its_area(&draft, zone).map_err(|error| error.refusal(text))?;
    let own = draft.area.as_ref().map_or("", DivisionPrefix::as_str);
    if !editions.areas().iter().all(|area| area.starts_with(own)) {
        checks::bars_nowhere_else(&draft).map_err(|error| error.refusal(text))?;
    }
    let adopted = SchemeAdopted {
        area: draft.area.clone(),
        version: draft.version.clone(),
        in_force_from: draft.in_force_from,
        sha256: sha256(text),
        text: file.clone(),
        adopted_on: by.on,
        adopted_by: by.body.cloned(),
        document_number: by.document.cloned(),
        corrects: by.corrects,
    };
    goes_together(editions, draft, wrong.as_ref(), text)?;
    Ok(vec![adopted.into()])
}

/// It begins after every scheme of its area, under a version of its own, and lists every bureau that the one before listed. One that corrects
/// another has its place, between those before and after it.
fn follows(
    editions: &Editions,
    draft: &SchemeDraft,
    wrong: Option<&Arc<SchemeDraft>>,
    (hash, corrects): (Sha256, Option<Position>),
) -> Result<(), Refusal> {
    let mut adopted = editions.adopted().iter().filter(|one| matches!(one.kind, Kind::Scheme { .. }));
    // The same text comes again in a correction: of how it was adopted, or of what had taken its place.
    let again = |one: &Adopted| one.sha256 == hash && (one.corrected_by.is_some() || corrects == Some(one.position));
    if let Some(other) = adopted.find(|one| one.version == draft.version.as_str() && !again(one)) {
        return Err(Refusal::SchemeVersionTaken { version: other.version.clone() });
    }
    let stands = |other: &&Arc<SchemeDraft>| other.area == draft.area && !wrong.is_some_and(|w| Arc::ptr_eq(w, other));
    let of_area = || editions.schemes().iter().filter(stands);
    let last = if wrong.is_some() {
        if let Some(same) = of_area().find(|other| other.in_force_from == draft.in_force_from) {
            return Err(not_newer(same));
        }
        of_area().filter(|other| other.in_force_from < draft.in_force_from).max_by_key(|other| other.in_force_from)
    } else {
        of_area().max_by_key(|other| other.in_force_from)
    };
    let later = of_area().filter(|other| other.in_force_from > draft.in_force_from);
    if let Some(next) = later.min_by_key(|other| other.in_force_from).filter(|_| wrong.is_some()) {
        lists_all(draft, next)?;
    }
    let Some(last) = last else { return Ok(()) };
    if last.in_force_from >= draft.in_force_from {
        return Err(not_newer(last));
    }
    lists_all(last, draft)
}

fn not_newer(other: &SchemeDraft) -> Refusal {
    Refusal::SchemeNotNewer { version: other.version.to_string(), from: other.in_force_from }
}

/// Every bureau of the one stands in the one after it.
fn lists_all(last: &SchemeDraft, draft: &SchemeDraft) -> Result<(), Refusal> {
    if let Some(gone) = last.bureaus.keys().find(|id| !draft.bureaus.contains_key(*id)) {
        let error = ReferenceError::scheme(
            format!("bureaus.{gone}"),
            "前一版办法有此单位;撤并的单位仍须列出,并写明截止日和承接单位",
            "the scheme before lists this bureau; one that ends stays listed, with its last day and its successors",
        );
        return Err(error.refusal(""));
    }
    Ok(())
}

/// On every day from its first on on which anything changes, in its area and in each that inherits from it, there is a whole scheme.
fn goes_together(
    editions: &Editions,
    draft: SchemeDraft,
    wrong: Option<&Arc<SchemeDraft>>,
    text: &str,
) -> Result<(), Refusal> {
    let own = draft.area.clone();
    // Where one is corrected, what it held up may stand on nothing from its own first day on.
    let from = wrong.map_or(draft.in_force_from, |wrong| wrong.in_force_from.min(draft.in_force_from));
    let own = own.as_ref().map_or("", DivisionPrefix::as_str).to_owned();
    let base = editions.schemes().iter().any(|other| {
        let area = other.area.as_ref().map_or("", DivisionPrefix::as_str);
        own.starts_with(area) && area != own && other.in_force_from <= from
    });
    if !own.is_empty() && !base && lay(None, &draft).is_err() {
        return Err(Refusal::SchemeWithoutBase);
    }
    let after = editions.with(draft, wrong);
    for area in after.areas().iter().filter(|area| area.starts_with(&own)) {
        let days = after.changes(area).into_iter().filter(|day| *day >= from);
        for day in days.collect::<Vec<_>>() {
            let whole = after.layers_at(area, day).and_then(|tables| tables.map_or(Ok(()), |t| checks::whole(&t)));
            let Err(error) = whole else { continue };
            if *area == own {
                return Err(error.refusal(text));
            }
            // What the narrower scheme says does not go with this one: named by the area it is of.
            let said = error.to_string();
            let error = ReferenceError::scheme(
                "area",
                format!("与 {area} 的办法不能并用:{said}"),
                format!("it does not go together with the scheme of {area}: {said}"),
            );
            return Err(error.refusal(text));
        }
    }
    all_taken_over(editions, &after, &own, from).map_err(|error| error.refusal(text))
}

fn calendar_of(
    editions: &Editions,
    (covered_from, covered_until): (Day, Day),
    source: &Reason,
    file: &RulesText,
    by: By<'_>,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    let text = file.as_str();
    working_days(text, covered_from, covered_until).map_err(|error| error.refusal(text))?;
    has_come(by.on, today)?;
    corrected(editions, by, |kind| matches!(kind, Kind::Calendar { .. }))?;
    let adopted = CalendarAdopted {
        covered_from,
        covered_until,
        source: source.clone(),
        sha256: sha256(text),
        text: file.clone(),
        adopted_on: by.on,
        adopted_by: by.body.cloned(),
        document_number: by.document.cloned(),
        corrects: by.corrects,
    };
    Ok(vec![adopted.into()])
}

fn places_of(
    editions: &Editions,
    edition: &Name,
    file: &RulesText,
    by: By<'_>,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    let text = file.as_str();
    places(edition, text).map_err(|error| error.refusal(text))?;
    has_come(by.on, today)?;
    corrected(editions, by, |kind| matches!(kind, Kind::Places))?;
    let adopted = PlacesAdopted {
        edition: edition.clone(),
        sha256: sha256(text),
        text: file.clone(),
        adopted_on: by.on,
        adopted_by: by.body.cloned(),
        document_number: by.document.cloned(),
        corrects: by.corrects,
    };
    Ok(vec![adopted.into()])
}

/// The registry begins: where rules are on record it has begun.
fn begin(editions: &Editions, c: &BeginRules, id: &BureauId, today: Day) -> Result<Vec<Event>, Refusal> {
    if !editions.is_empty() {
        return Ok(Vec::new());
    }
    let by = By { on: c.adopted_on, body: None, document: None, corrects: None };
    let draft = read(c.scheme.as_str()).map_err(|error| error.refusal(c.scheme.as_str()))?;
    may_adopt(editions, &draft, id, today)?;
    let mut facts = scheme(editions, &c.scheme, draft, by, today)?;
    facts.extend(calendar_of(editions, (c.covered_from, c.covered_until), &c.source, &c.days, by, today)?);
    facts.extend(places_of(editions, &c.edition, &c.places, by, today)?);
    Ok(facts)
}
