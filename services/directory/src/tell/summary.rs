//! An outlet that a list found, in the encoded form of its message.

use std::ops::Range;

use super::page::Encoder;
use super::{Teller, term};
use crate::rows::card::Found;

fn metres(found: &Found<'_>) -> Option<u32> {
    found.distance.and_then(|millimetres| u32::try_from((millimetres + 500) / 1000).ok())
}

/// Writes what was found as a `ProviderSummary` is encoded.
pub(crate) fn write(found: &Found<'_>, to: &mut Encoder, teller: &Teller<'_>) -> Range<usize> {
    let card = found.card;
    to.whole(|to| {
        to.text(1, card.id);
        to.text(2, card.name);
        to.text(3, card.operator_name);
        to.text(4, card.division);
        to.text(5, &teller.division(card.division));
        to.text(6, card.zone);
        to.text(7, card.address);
        to.text(8, card.phone);
        if let Some((latitude, longitude)) = card.location {
            to.message(9, |to| {
                to.number(1, latitude);
                to.number(2, longitude);
            });
        }
        for (term, (status, since)) in &found.standings {
            to.message(10, |to| {
                to.text(1, term.category);
                to.text(2, &teller.category(term.category));
                to.number(3, term::status(*status));
                to.day(4, *since);
                to.day(5, term.valid_from);
                to.day(6, term.valid_to);
                to.number(7, i32::from(term.back_entered));
            });
        }
        to.optional(11, metres(found));
    })
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use api::directory::v1;
    use api::registry::v1 as registry;

    use super::*;
    use crate::outlet::status::{Standing, Status};
    use crate::rows::card::{Card, Term};
    use crate::tell::optional_day;

    /// The message that is to be written.
    fn summary(found: &Found<'_>, teller: &Teller<'_>) -> v1::ProviderSummary {
        let card = found.card;
        let told = |(term, (status, since)): &(&Term<'_>, Standing)| v1::CertificationSummary {
            category: term.category.to_owned(),
            category_name: teller.category(term.category).to_owned(),
            status: term::status(*status),
            status_since: optional_day(*since),
            valid_from: optional_day(term.valid_from),
            valid_to: optional_day(term.valid_to),
            back_entered: term.back_entered,
        };
        v1::ProviderSummary {
            provider_id: card.id.to_owned(),
            name: card.name.to_owned(),
            operator_name: card.operator_name.to_owned(),
            division: card.division.to_owned(),
            division_name: teller.division(card.division).to_owned(),
            zone: card.zone.to_owned(),
            address: card.address.to_owned(),
            phone: card.phone.to_owned(),
            location: card.location.map(|(latitude_microdegrees, longitude_microdegrees)| registry::Point {
                latitude_microdegrees,
                longitude_microdegrees,
            }),
            certifications: found.standings.iter().map(told).collect(),
            distance_metres: metres(found),
        }
    }

    #[test]
    fn what_was_found_is_written_as_its_summary_is_encoded() {
        let term = |category, valid_from, back_entered| Term {
            category,
            decided_on: Some(20_000),
            valid_from,
            valid_to: valid_from.map(|day| day + 1000),
            spans: Vec::new(),
            back_entered,
        };
        let full = Card {
            id: "91321003MA1AAAAA0A-001",
            name: "文昌托育",
            operator_name: "合成主体",
            division: "321003005007",
            zone: "321003-zone",
            address: "合成路1号",
            phone: "0514-1",
            location: Some((32_390_000, 119_410_000)),
            certifications: vec![term("childcare", None, false), term("elder_care", Some(20_010), true)],
        };
        let bare = Card { zone: "", address: "", phone: "", location: None, ..full.clone() };
        let names = crate::world::names();
        let teller = Teller::new(&names);
        for (card, distance) in [(full, Some(0)), (bare, None)] {
            let standings: Vec<_> = card.standings(20_100);
            assert_eq!(standings.iter().map(|(_, (status, _))| *status).collect::<Vec<_>>(), [Status::Valid; 2]);
            let found = Found { card: &card, standings, distance };
            let mut encoder = Encoder::default();
            let place = write(&found, &mut encoder, &teller);
            assert_eq!(encoder.cut(std::iter::once(place)), [summary(&found, &teller).encode_to_vec()]);
            assert!(card.standings(10_000).len() < 2, "one has not begun");
        }
    }
}
