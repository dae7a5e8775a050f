//! A record as the message people read, with what is withheld left out.

use api::directory::v1;
use api::registry::v1 as registry;
use domain::{OperatorCode, ProviderId};
use serve::terms::Transit;

use super::act::{act, overturning, recorded_by};
use super::certification::{ahead as certification_ahead, certification};
use super::change::fact;
use super::plaque::on_record;
use super::{Names, day, optional_day, sentence, term};
use crate::outlet::case::RefusalView;
use crate::outlet::known::Known;
use crate::outlet::view::{Amount, BreachView, CaseView, CorrectionView, ObjectionView, PledgeView, PriceView, View};
use crate::rows::confirmed::ConfirmedRow;

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

/// Every version that had come to hold by a day, by the days.
fn versions(view: &View, names: &Names, on: i32) -> Vec<v1::ParticularsVersion> {
    let version = |(at, known): (usize, Known<'_>)| v1::ParticularsVersion {
        act: act(view, names, known.version.act),
        from: optional_day(known.version.from),
        until: optional_day(view.versions.get(at + 1).and_then(|next| next.from).filter(|until| *until <= on)),
        release: known.version.release.as_ref().map(|(bureau_id, document_number, released_on)| registry::Release {
            bureau_id: bureau_id.clone(),
            document_number: document_number.clone(),
            released_on: day(*released_on),
        }),
        releasing_bureau_name: known
            .version
            .release
            .as_ref()
            .map(|(bureau, _, on)| names.bureau(bureau, *on))
            .unwrap_or_default(),
        division_name: names.division(&known.division()),
        zone_name: names.zone(known.zone()),
        particulars: Some(particulars(&known)),
        document_number: known.version.document_number.clone(),
        site_checked_on: optional_day(known.version.site_checked_on),
    };
    let begun = |(_, known): &(usize, Known<'_>)| known.version.from.is_none_or(|from| from <= on);
    view.as_recorded().enumerate().filter(begun).map(version).collect()
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

/// The operator's code as it is known, and whether it is a key that is yet to be completed.
pub(crate) fn operator_code(id: &ProviderId, view: &View) -> (String, bool) {
    match (id.operator(), view.operator_uscc()) {
        (OperatorCode::Uscc(code), _) => (code.to_string(), false),
        (OperatorCode::ToBeCompleted(_), Some(code)) => (code.to_owned(), false),
        (OperatorCode::ToBeCompleted(_), None) => (id.operator().to_string(), true),
    }
}

/// What is told of a code that fails its check.
fn confirmation(code: &str, confirmed: Option<&ConfirmedRow>, names: &Names) -> Option<v1::CodeConfirmation> {
    if OperatorCode::parse_confirmed(code).is_ok_and(|code| code.is_well_checked()) {
        return None;
    }
    let Some(row) = confirmed else {
        let (zh, en) = (
            "代码未通过校验,核实登记已更正为无",
            "the code fails its check, and its confirmation was corrected to none",
        );
        return Some(v1::CodeConfirmation { sentence: sentence(zh, en), ..v1::CodeConfirmation::default() });
    };
    let (bureau_name, on) = (names.bureau(&row.bureau, row.recorded_on), day(row.confirmed_on));
    let zh = format!("代码未通过校验,已由{bureau_name}于{on}按“{}”核实", row.document_number);
    let en = format!("the code fails its check; {bureau_name} confirmed it on {on} from {}", row.document_number);
    Some(v1::CodeConfirmation {
        act: Some(v1::Act {
            number: row.act,
            recorded_on: day(row.recorded_on),
            bureau_id: row.bureau.clone(),
            bureau_name,
            scheme: row.scheme.clone(),
            corrected_by: 0,
        }),
        confirmed_on: on,
        document_number: row.document_number.clone(),
        seen: row.seen.clone(),
        sentence: sentence(&zh, &en),
    })
}

/// The whole provider, with its certifications and prices as they stand on `today`; `confirmed` is what is known of its operator's code where that
/// fails its check.
pub(crate) fn provider(
    id: &ProviderId,
    view: &View,
    confirmed: Option<&ConfirmedRow>,
    names: &Names,
    today: i32,
) -> v1::Provider {
    let (code, to_be_completed) = operator_code(id, view);
    let mut certifications: Vec<_> =
        view.certifications.iter().filter_map(|c| certification((view, c), names, today)).collect();
    certifications.sort_by(|a, b| (&a.category, a.ordinal).cmp(&(&b.category, b.ordinal)));
    let mut ahead: Vec<_> =
        view.certifications.iter().filter_map(|c| certification_ahead((view, c), names, today)).collect();
    ahead.sort_by(|a, b| (&a.category, a.ordinal).cmp(&(&b.category, b.ordinal)));
    let mut cases: Vec<_> = view.cases.iter().map(|one| case(view, names, one)).collect();
    // Those of a category stay in the order they were filed.
    cases.sort_by(|a, b| a.category.cmp(&b.category));
    let price = |promise| price_promise((view, promise), names, today);
    let mut prices: Vec<_> = view.prices.iter().filter_map(price).collect();
    prices.sort_by(|a, b| (&a.category, &a.item).cmp(&(&b.category, &b.item)));
    let mut pledges: Vec<_> = view.pledges.iter().map(|one| pledge(view, names, one)).collect();
    pledges.sort_by(|a, b| a.number.cmp(&b.number));
    let known = view.known_on(today);
    v1::Provider {
        provider_id: id.to_string(),
        particulars: known.map(|known| particulars(&known)),
        division_name: known.map(|known| names.division(&known.division())).unwrap_or_default(),
        zone_name: known.map(|known| names.zone(known.zone())).unwrap_or_default(),
        code_confirmation: confirmation(&code, confirmed, names),
        operator_code: code,
        operator_code_to_be_completed: to_be_completed,
        certifications,
        cases,
        prices,
        pledges,
        plaques: view.plaques.iter().map(on_record).collect(),
        revision: view.revision,
        last_position: view.last_position,
        versions: versions(view, names, today),
        operator_identification: identification(view, names),
        operator_bars: Vec::new(),
        recorded_by: recorded_by(view, names),
        certifications_ahead: ahead,
        corrections: view.shown_corrections().map(|one| correction(view, names, one)).collect(),
    }
}

fn case(view: &View, names: &Names, case: &CaseView) -> v1::Case {
    v1::Case {
        category: case.category.clone(),
        category_name: names.category(&case.category),
        stage: term::stage(case.stage),
        stage_since: day(case.since),
        notice: window(case.notice().map(|notice| notice.window)),
        published_at: case.notice().map(|notice| notice.published_at.clone()).unwrap_or_default(),
        open_objections: u32::try_from(case.open_objections().count()).unwrap_or(u32::MAX),
        objections: case.objections.iter().map(objection).collect(),
        refusals: case.refusals.iter().map(|one| refusal(view, names, one)).collect(),
    }
}

fn refusal(view: &View, names: &Names, refusal: &RefusalView) -> v1::CaseRefusal {
    v1::CaseRefusal {
        act: act(view, names, refusal.act),
        decided_on: day(refusal.decided_on),
        overturned: refusal.rulings.undoing().map(|ruling| overturning(view, names, ruling)),
        again: act(view, names, refusal.rulings.again()),
    }
}

fn objection(objection: &ObjectionView) -> v1::Objection {
    v1::Objection {
        act: objection.act,
        objection_number: objection.number.clone(),
        raised_on: day(objection.raised_on),
        resolved_on: optional_day(objection.resolved.map(|(on, _)| on)),
        upheld: objection.resolved.is_some_and(|(_, upheld)| upheld),
    }
}

/// What is promised for an item; `None` where nothing is paid, to be paid or proposed.
fn price_promise((view, promise): (&View, &PriceView), names: &Names, today: i32) -> Option<v1::PricePromise> {
    let since = view.promised_since(&promise.category, today);
    let [current, coming] = promise.on(today, since);
    let proposed = promise.proposed();
    if current.is_none() && coming.is_none() && proposed.is_none() {
        return None;
    }
    Some(v1::PricePromise {
        category: promise.category.clone(),
        category_name: names.category(&promise.category),
        item: promise.item.clone(),
        price: current.map(|approved| price(approved.amount)),
        effective_on: optional_day(current.map(|approved| promise.paid_since(approved, today, since))),
        coming_price: coming.map(|approved| price(approved.amount)),
        coming_on: optional_day(coming.map(|approved| approved.from)),
        proposed_price: proposed.map(|proposal| price(proposal.amount)),
        proposed_on: optional_day(proposed.map(|proposal| proposal.proposed_on)),
        proposal: proposed.map(|proposal| proposal.act).unwrap_or_default(),
        approval: current.map(|approved| approved.act).unwrap_or_default(),
        coming_approval: coming.map(|approved| approved.act).unwrap_or_default(),
        approval_again: act(view, names, current.map(|approved| approved.rulings.again()).unwrap_or_default()),
        coming_approval_again: act(view, names, coming.map(|approved| approved.rulings.again()).unwrap_or_default()),
    })
}

/// A pledge that is not public shows its number, its status and who may see it, and nothing else.
fn pledge(view: &View, names: &Names, pledge: &PledgeView) -> v1::Pledge {
    let shown = v1::Pledge {
        number: pledge.number.clone(),
        act: pledge.act,
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
        breaches: pledge.shown().map(|one| breach(view, names, one)).collect(),
        ..shown
    }
}

fn breach(view: &View, names: &Names, breach: &BreachView) -> v1::Breach {
    v1::Breach {
        extent: domain::BreachExtent::from(breach.extent).transit(),
        severity: domain::BreachSeverity::from(breach.severity).transit(),
        unperformed: breach.unperformed.clone(),
        consequence: breach.consequence.clone(),
        determined_on: day(breach.determined_on),
        act: breach.act,
        again: act(view, names, breach.rulings.again()),
    }
}

fn correction(view: &View, names: &Names, one: &CorrectionView) -> v1::Correction {
    let (zh, en) = fact(&one.fact);
    v1::Correction {
        act: act(view, names, one.act),
        corrected: one.corrected,
        fact: one.fact.clone(),
        fact_called: sentence(zh, en),
        corrected_on: day(one.corrected_on),
        reason: one.reason.clone(),
        document_number: one.document_number.clone(),
        to_none: one.to_none,
    }
}
