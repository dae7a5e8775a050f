//! A record as the message people read, with what is withheld left out.

use api::directory::v1;
use api::registry::v1 as registry;
use domain::{OperatorCode, ProviderId};
use serve::terms::Transit;

use super::{Names, day, optional_day, term};
use crate::outlet::known::Known;
use crate::outlet::standing::on;
use crate::outlet::status::Status;
use crate::outlet::view::{Amount, CaseView, CertificationView, PlaqueView, PledgeView, PriceView, View};

fn window(notice: Option<(i32, i32)>) -> Option<registry::NoticeWindow> {
    notice.map(|(start, end)| registry::NoticeWindow { start: day(start), end: day(end) })
}

fn price(amount: Amount) -> registry::Price {
    let Amount { fen, unit, rise_percent_max } = amount;
    registry::Price { amount_fen: fen, unit: domain::PriceUnit::from(unit).transit(), rise_percent_max }
}

fn point((latitude_microdegrees, longitude_microdegrees): (i32, i32)) -> registry::Point {
    registry::Point { latitude_microdegrees, longitude_microdegrees }
}

/// What identifies the outlet on some days.
fn particulars(known: &Known<'_>) -> registry::Particulars {
    registry::Particulars {
        name: known.name().to_owned(),
        operator_name: known.operator_name().to_owned(),
        division: known.division(),
        zone: known.zone().to_owned(),
        address: known.address().to_owned(),
        phone: known.phone().to_owned(),
        location: known.location().map(point),
        withhold_address: known.is_withheld(),
        operator_class: known.operator_class().map(domain::OperatorClass::from).transit(),
    }
}

/// Every version, by the days.
fn versions(view: &View, names: &Names) -> Vec<v1::ParticularsVersion> {
    let version = |(at, known): (usize, Known<'_>)| v1::ParticularsVersion {
        act: act(view, names, known.version.act),
        from: optional_day(known.version.from),
        until: optional_day(view.versions.get(at + 1).and_then(|next| next.from)),
        division_name: names.division(&known.division()),
        particulars: Some(particulars(&known)),
        document_number: known.version.document_number.clone(),
        site_checked_on: optional_day(known.version.site_checked_on),
    };
    view.as_recorded().enumerate().map(version).collect()
}

fn identification(view: &View, names: &Names) -> Option<v1::OperatorIdentification> {
    view.operator.as_ref().map(|operator| v1::OperatorIdentification {
        act: act(view, names, operator.act),
        operator_uscc: operator.operator_uscc.clone(),
        operator_name: operator.operator_name.clone(),
        identified_on: day(operator.identified_on),
        document_number: operator.document_number.clone(),
    })
}

/// The act with a number, as people are told of it.
pub(crate) fn act(view: &View, names: &Names, number: u32) -> Option<v1::Act> {
    let made = view.made.of(number)?;
    Some(v1::Act {
        number,
        recorded_on: day(made.recorded_on),
        bureau_id: made.bureau.to_owned(),
        bureau_name: names.bureau(made.bureau, made.recorded_on),
        scheme: made.scheme.to_owned(),
    })
}

/// The whole provider, with its certifications and prices as they stand on `today`.
pub(crate) fn provider(id: &ProviderId, view: &View, names: &Names, today: i32) -> v1::Provider {
    let (code, to_be_completed) = match (id.operator(), view.operator_uscc()) {
        (OperatorCode::Uscc(code), _) => (code.to_string(), false),
        (OperatorCode::ToBeCompleted(_), Some(code)) => (code.to_owned(), false),
        (OperatorCode::ToBeCompleted(_), None) => (id.operator().to_string(), true),
    };
    let mut certifications: Vec<_> =
        view.certifications.iter().filter_map(|c| certification(c, names, today)).collect();
    certifications.sort_by(|a, b| (&a.category, a.ordinal).cmp(&(&b.category, b.ordinal)));
    let mut cases: Vec<_> = view.cases.iter().map(case).collect();
    cases.sort_by(|a, b| a.category.cmp(&b.category));
    let mut prices: Vec<_> = view.prices.iter().map(|promise| price_promise(promise, today)).collect();
    prices.sort_by(|a, b| (&a.category, &a.item).cmp(&(&b.category, &b.item)));
    let mut pledges: Vec<_> = view.pledges.iter().map(pledge).collect();
    pledges.sort_by(|a, b| a.number.cmp(&b.number));
    let known = view.known_on(today);
    v1::Provider {
        provider_id: id.to_string(),
        particulars: known.map(|known| particulars(&known)),
        division_name: known.map(|known| names.division(&known.division())).unwrap_or_default(),
        operator_code: code,
        operator_code_to_be_completed: to_be_completed,
        certifications,
        cases,
        prices,
        pledges,
        plaques: view.plaques.iter().map(plaque).collect(),
        revision: view.revision,
        last_position: view.last_position,
        versions: versions(view, names),
        operator_identification: identification(view, names),
    }
}

/// A certification on a day; `None` where it had not begun.
fn certification(c: &CertificationView, names: &Names, today: i32) -> Option<v1::Certification> {
    let (status, since) = on(c, today)?;
    let when = |wanted: Status, value: String| if status == wanted { value } else { String::new() };
    Some(v1::Certification {
        category: c.category.clone(),
        category_name: names.category(&c.category),
        ordinal: c.ordinal,
        predecessor: c.predecessor,
        status: term::status(status),
        status_since: optional_day(since),
        valid_from: optional_day(c.valid_from),
        valid_to: optional_day(c.valid_to),
        decided_on: optional_day(c.decided_on),
        document_number: c.document_number.clone(),
        deciding_body: c.deciding_body.clone(),
        basis: c.basis.map(domain::CertificationBasis::from).transit(),
        back_entered: c.back_entered,
        source: c.source.clone(),
        rectification_due: when(Status::Rectifying, optional_day(c.rectification_due(today))),
        suspended_since: when(Status::Suspended, optional_day(since)),
        revocation_notice: c.notices.iter().rfind(|notice| !notice.is_closed).map(|notice| v1::RevocationNotice {
            noticed_on: day(notice.noticed_on),
            hearing_until: day(notice.hearing_until),
            ground: notice.ground.clone(),
        }),
        end: c.end().map(|end| v1::CertificationEnd {
            kind: term::end(end.kind),
            effective_on: day(end.effective_on),
            decided_on: day(end.decided_on),
            ground: end.ground.clone(),
            document_number: end.document_number.clone(),
            legal_basis: end.legal_basis.clone(),
            bar_until: optional_day(end.bar_until),
            reason: end.reason.clone(),
        }),
        overturned: c.ends.iter().rev().find_map(|end| end.overturned.as_ref()).map(|overturned| v1::Overturning {
            overturned_on: day(overturned.overturned_on),
            body: overturned.body.clone(),
            document_number: overturned.document_number.clone(),
        }),
        reviews: c
            .reviews
            .iter()
            .map(|review| v1::Review {
                year: review.year,
                result: domain::ReviewResult::from(review.result).transit(),
                reviewed_on: day(review.reviewed_on),
            })
            .collect(),
    })
}

fn case(case: &CaseView) -> v1::Case {
    let open = case.objections.iter().filter(|objection| objection.is_none()).count();
    v1::Case {
        category: case.category.clone(),
        stage: term::stage(case.stage),
        stage_since: day(case.since),
        notice: window(case.notice),
        published_at: case.published_at.clone(),
        open_objections: u32::try_from(open).unwrap_or(u32::MAX),
    }
}

fn price_promise(promise: &PriceView, today: i32) -> v1::PricePromise {
    // Of prices in effect the one approved last stands.
    let current = promise.approved.iter().rev().find(|(from, _)| *from <= today);
    let coming = promise.approved.iter().filter(|(from, _)| *from > today).min_by_key(|(from, _)| *from);
    v1::PricePromise {
        category: promise.category.clone(),
        item: promise.item.clone(),
        price: current.map(|(_, amount)| price(*amount)),
        effective_on: optional_day(current.map(|(from, _)| *from)),
        coming_price: coming.map(|(_, amount)| price(*amount)),
        coming_on: optional_day(coming.map(|(from, _)| *from)),
        proposed_price: promise.proposed.map(|(amount, _)| price(amount)),
        proposed_on: optional_day(promise.proposed.map(|(_, on)| on)),
    }
}

/// A pledge that is not public shows its number, its status and who may see it, and nothing else.
fn pledge(pledge: &PledgeView) -> v1::Pledge {
    let shown = v1::Pledge {
        number: pledge.number.clone(),
        status: term::pledge(pledge.status),
        publication: domain::PublicationScope::from(pledge.publication).transit(),
        ..v1::Pledge::default()
    };
    if !pledge.is_public() {
        return shown;
    }
    v1::Pledge {
        pledge_type: domain::PledgeType::from(pledge.pledge_type).transit(),
        promisor_name: pledge.promisor_name.clone(),
        promisor_class: domain::PromisorClass::from(pledge.promisor_class).transit(),
        reason: pledge.reason.clone(),
        content: pledge.content.clone(),
        liability: pledge.liability.clone(),
        made_on: day(pledge.made_on),
        valid_until: optional_day(pledge.valid_until),
        accepting_unit: pledge.accepting_unit.clone(),
        breach: pledge.breach.as_ref().map(|breach| v1::Breach {
            extent: domain::BreachExtent::from(breach.extent).transit(),
            severity: domain::BreachSeverity::from(breach.severity).transit(),
            unperformed: breach.unperformed.clone(),
            consequence: breach.consequence.clone(),
            determined_on: day(breach.determined_on),
        }),
        ..shown
    }
}

fn plaque(plaque: &PlaqueView) -> v1::Plaque {
    v1::Plaque {
        number: plaque.number.clone(),
        status: term::plaque(plaque.status),
        status_since: day(plaque.since),
        ordered_on: day(plaque.ordered_on),
        issued_on: optional_day(plaque.issued_on),
        hung_on: optional_day(plaque.hung_on),
        recovery_due: optional_day(plaque.recovery_due),
        replaced_by: plaque.replaced_by.clone(),
        design_version: plaque.design_version.clone(),
    }
}
