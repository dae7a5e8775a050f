//! An outlet that a list found, in the encoded form of its message.

use std::ops::Range;

use domain::Ahead;

use super::page::Encoder;
use super::{Teller, term};
use crate::outlet::ended::{Ended, EndedAhead};
use crate::rows::card::{Found, Term};

fn metres(found: &Found<'_>) -> Option<u32> {
    found.distance.and_then(|millimetres| u32::try_from((millimetres + 500) / 1000).ok())
}

/// By which decision it is ended, and which is graver.
fn end(to: &mut Encoder, ended: Ended) {
    to.number(8, ended.by.map_or(0, term::end));
    to.number(9, ended.graver.map_or(0, |(kind, _)| term::end(kind)));
    to.day(10, ended.graver.map(|(_, on)| on));
}

/// How its last day is known, and what it was worked out from.
fn last_day(to: &mut Encoder, of: &Term<'_>) {
    to.number(11, term::last_day(of.last_by_document, of.worked_out_from));
    to.text(12, of.worked_out_from);
}

/// Writes what was found as a `ProviderSummary` is encoded.
pub(crate) fn write(found: &Found<'_>, to: &mut Encoder, teller: &Teller<'_>) -> Range<usize> {
    let named = found.named;
    to.whole(|to| {
        to.text(1, found.card.id);
        to.text(2, named.name);
        to.text(3, named.operator_name);
        to.text(4, named.division);
        to.text(5, &teller.division(named.division));
        to.text(6, named.zone);
        to.text(7, named.address);
        to.text(8, named.phone);
        if let Some((latitude, longitude)) = named.location {
            to.message(9, |to| {
                to.number(1, latitude);
                to.number(2, longitude);
            });
        }
        for (of, (status, since)) in &found.standings {
            to.message(10, |to| {
                to.text(1, of.category);
                to.text(2, &teller.category(of.category));
                to.number(3, term::status(*status));
                to.day(4, *since);
                to.day(5, of.valid_from);
                to.day(6, of.last_by_document);
                to.number(7, i32::from(of.back_entered));
                end(to, of.ended((*status, *since), found.day));
                last_day(to, of);
            });
        }
        to.optional(11, metres(found));
        if let Some(other) = found.by_name {
            to.text(12, other.name);
            to.day(13, other.from);
            to.day(14, other.until);
        }
        for (of, ahead) in &found.ahead {
            to.message(15, |to| {
                to.text(1, of.category);
                to.text(2, &teller.category(of.category));
                let ended = match ahead {
                    Ahead::Begins => Ended::default(),
                    Ahead::Ended(EndedAhead { standing: (status, since), ended }) => {
                        to.number(3, term::status(*status));
                        to.day(4, Some(*since));
                        *ended
                    }
                };
                to.day(5, of.valid_from);
                to.day(6, of.last_by_document);
                to.number(7, i32::from(of.back_entered));
                end(to, ended);
                last_day(to, of);
            });
        }
        to.text(16, &teller.zone(named.zone));
    })
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use api::directory::v1::{self, LastDayBasis};
    use api::registry::v1 as registry;

    use super::*;
    use crate::outlet::choice::EndKind;
    use crate::outlet::ended::Ending;
    use crate::outlet::status::{Span, Standing, Status};
    use crate::rows::card::{Card, ComingTerm, Named};
    use crate::tell::optional_day;

    /// The message that is to be written.
    fn summary(found: &Found<'_>, teller: &Teller<'_>) -> v1::ProviderSummary {
        let (card, named) = (found.card, found.named);
        let basis = |of: &Term<'_>| -> i32 {
            let known = if of.worked_out_from.is_empty() { LastDayBasis::Stated } else { LastDayBasis::WorkedOut };
            of.last_by_document.map_or(LastDayBasis::NotStated, |_| known).into()
        };
        let told = |(of, (status, since)): &(&Term<'_>, Standing)| {
            let ended = of.ended((*status, *since), found.day);
            v1::CertificationSummary {
                category: of.category.to_owned(),
                category_name: teller.category(of.category).to_owned(),
                status: term::status(*status),
                status_since: optional_day(*since),
                valid_from: optional_day(of.valid_from),
                valid_to: optional_day(of.last_by_document),
                back_entered: of.back_entered,
                end_kind: ended.by.map_or(0, term::end),
                graver_end_kind: ended.graver.map_or(0, |(kind, _)| term::end(kind)),
                graver_end_on: optional_day(ended.graver.map(|(_, on)| on)),
                valid_to_basis: basis(of),
                valid_to_worked_out_from: of.worked_out_from.to_owned(),
            }
        };
        let ahead = |(of, ahead): &ComingTerm<'_, '_>| {
            let summary = v1::CertificationSummary {
                category: of.category.to_owned(),
                category_name: teller.category(of.category).to_owned(),
                valid_from: optional_day(of.valid_from),
                valid_to: optional_day(of.last_by_document),
                back_entered: of.back_entered,
                valid_to_basis: basis(of),
                valid_to_worked_out_from: of.worked_out_from.to_owned(),
                ..v1::CertificationSummary::default()
            };
            let Ahead::Ended(EndedAhead { standing: (status, since), ended }) = ahead else { return summary };
            v1::CertificationSummary {
                status: term::status(*status),
                status_since: optional_day(Some(*since)),
                end_kind: ended.by.map_or(0, term::end),
                graver_end_kind: ended.graver.map_or(0, |(kind, _)| term::end(kind)),
                graver_end_on: optional_day(ended.graver.map(|(_, on)| on)),
                ..summary
            }
        };
        v1::ProviderSummary {
            provider_id: card.id.to_owned(),
            name: named.name.to_owned(),
            operator_name: named.operator_name.to_owned(),
            division: named.division.to_owned(),
            division_name: teller.division(named.division).to_owned(),
            zone: named.zone.to_owned(),
            address: named.address.to_owned(),
            phone: named.phone.to_owned(),
            location: named.location.map(|(latitude_microdegrees, longitude_microdegrees)| registry::Point {
                latitude_microdegrees,
                longitude_microdegrees,
            }),
            certifications: found.standings.iter().map(told).collect(),
            distance_metres: metres(found),
            found_by_name: found.by_name.map(|other| other.name.to_owned()).unwrap_or_default(),
            found_by_name_from: optional_day(found.by_name.and_then(|other| other.from)),
            found_by_name_until: optional_day(found.by_name.and_then(|other| other.until)),
            certifications_ahead: found.ahead.iter().map(ahead).collect(),
            zone_name: teller.zone(named.zone).to_owned(),
        }
    }

    #[test]
    fn what_was_found_is_written_as_its_summary_is_encoded() {
        let term = |category, valid_from, back_entered| Term {
            category,
            decided_on: Some(20_000),
            valid_from,
            valid_to: valid_from.map(|day| day + 1000),
            last_by_document: valid_from.map(|day| day + 900),
            worked_out_from: if back_entered { "三年" } else { "" },
            spans: Vec::new(),
            back_entered,
            ends: Vec::new(),
        };
        let now = Named {
            from: Some(20_050),
            name: "文昌托育",
            operator_name: "合成主体",
            division: "321003005007",
            zone: "321003-zone",
            address: "合成路1号",
            phone: "0514-1",
            location: Some((32_390_000, 119_410_000)),
        };
        let ending = |kind, from| Ending { kind, decided_on: from, from, until: None };
        let span = |status, from| Span { status, from, until: None };
        let left = Term {
            spans: vec![span(Status::Withdrawn, 20_050), span(Status::Revoked, 20_060)],
            ends: vec![ending(EndKind::Withdrawn, 20_050), ending(EndKind::Annulled, 20_060)],
            ..term("meals", None, false)
        };
        let first = Named { from: None, name: "旧名", ..now.clone() };
        let full = Card {
            id: "91321003MA1AAAAA0A-001",
            now: now.clone(),
            before: vec![first],
            certifications: vec![
                term("childcare", None, false),
                term("elder_care", Some(20_010), true),
                left,
                term("fitness", Some(20_101), true),
                Term {
                    ends: vec![ending(EndKind::Withdrawn, 20_050), ending(EndKind::Annulled, 20_060)],
                    ..term("laundry", Some(20_101), false)
                },
            ],
        };
        let bare = Card {
            now: Named { from: None, zone: "", address: "", phone: "", location: None, ..now },
            before: Vec::new(),
            ..full.clone()
        };
        let names = crate::world::names();
        let teller = Teller::new(&names);
        for (card, distance) in [(full, Some(0)), (bare, None)] {
            let standings: Vec<_> = card.standings(20_100);
            let statuses: Vec<Status> = standings.iter().map(|(_, (status, _))| *status).collect();
            assert_eq!(statuses, [Status::Valid, Status::Valid, Status::Withdrawn]);
            let by_name = card.found_by(&["旧".to_owned()], 20_100);
            assert_eq!(by_name.is_some(), distance.is_some());
            let ahead = card.ahead(20_100);
            assert_eq!(ahead.len(), 2);
            let found = Found { card: &card, named: card.on(20_100), by_name, standings, ahead, day: 20_100, distance };
            let mut encoder = Encoder::default();
            let place = write(&found, &mut encoder, &teller);
            assert_eq!(encoder.cut(std::iter::once(place)), [summary(&found, &teller).encode_to_vec()]);
            assert!(card.standings(10_000).len() < 2, "one has not begun");
        }
    }
}
