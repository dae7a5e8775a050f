//! The command behind facts of the rules.

use crate::command::{AdoptCalendar, AdoptPlaces, AdoptScheme, BeginRules, RulesCommand};
use crate::event::Event;

/// Whether a fact is one of the rules.
pub(super) fn is_of_rules(event: &Event) -> bool {
    matches!(event, Event::SchemeAdopted(_) | Event::CalendarAdopted(_) | Event::PlacesAdopted(_))
}

/// The command that made these facts of the rules; `None` where none makes them together.
pub(super) fn command_of(events: &[Event]) -> Option<RulesCommand> {
    match events {
        [Event::SchemeAdopted(e)] => e.adopted_by.clone().zip(e.document_number.clone()).map(|(by, document)| {
            RulesCommand::AdoptScheme(AdoptScheme {
                text: e.text.clone(),
                adopted_on: e.adopted_on,
                adopted_by: by,
                document_number: document,
                corrects: e.corrects,
            })
        }),
        [Event::CalendarAdopted(e)] => e.adopted_by.clone().zip(e.document_number.clone()).map(|(by, document)| {
            RulesCommand::AdoptCalendar(AdoptCalendar {
                covered_from: e.covered_from,
                covered_until: e.covered_until,
                source: e.source.clone(),
                text: e.text.clone(),
                adopted_on: e.adopted_on,
                adopted_by: by,
                document_number: document,
                corrects: e.corrects,
            })
        }),
        [Event::PlacesAdopted(e)] => e.adopted_by.clone().zip(e.document_number.clone()).map(|(by, document)| {
            RulesCommand::AdoptPlaces(AdoptPlaces {
                edition: e.edition.clone(),
                text: e.text.clone(),
                adopted_on: e.adopted_on,
                adopted_by: by,
                document_number: document,
                corrects: e.corrects,
            })
        }),
        [Event::SchemeAdopted(scheme), Event::CalendarAdopted(days), Event::PlacesAdopted(places)] => {
            let nobody = scheme.adopted_by.is_none() && days.adopted_by.is_none() && places.adopted_by.is_none();
            let nothing = [scheme.corrects, days.corrects, places.corrects] == [None; 3];
            (nobody && nothing).then(|| {
                RulesCommand::BeginRules(Box::new(BeginRules {
                    scheme: scheme.text.clone(),
                    covered_from: days.covered_from,
                    covered_until: days.covered_until,
                    source: days.source.clone(),
                    days: days.text.clone(),
                    edition: places.edition.clone(),
                    places: places.text.clone(),
                    adopted_on: scheme.adopted_on,
                }))
            })
        }
        _ => None,
    }
}
