//! How many bytes a stream's state takes in memory, counted from what it holds: texts, trees, requests.
//!
//! An estimate that is the same for equal states. Every field is named, so that one that is added is not forgotten.

use std::collections::{BTreeMap, HashMap};
use std::mem::size_of;

use domain::{
    Act, Breach, Case, Certification, CodeConfirmation, Day, Decided, Decision, Determination, End, Identified, Notice,
    Objection, Operator, OperatorBar, Order, Particulars, Plaque, Pledge, PledgeForm, PriceDecision, PricePromise,
    Proposal, Provider, Release, Repair, RequestDigest, RequestId, Resolution, RevocationNotice, Spans, Text, Version,
};

/// Bytes that an allocator adds to a block: its own and those lost to rounding.
const BLOCK: usize = 16;
/// Counts beside a shared value.
const COUNTS: usize = 2 * size_of::<usize>();
/// Places of a tree's node, and how many of them are taken where keys come in order.
const NODE_PLACES: usize = 11;
const NODE_TAKEN: usize = 6;

pub(crate) fn of_text<const MAX: usize>(text: &Text<MAX>) -> usize {
    of_str(text.as_str())
}

fn of_str(text: &str) -> usize {
    BLOCK + text.len()
}

fn of_option<T>(value: Option<&T>, weight: impl Fn(&T) -> usize) -> usize {
    value.map_or(0, weight)
}

/// The nodes of a tree, without what its keys and values point at.
fn of_nodes<K, V>(tree: &BTreeMap<K, V>) -> usize {
    let node = BLOCK + COUNTS + NODE_PLACES * (size_of::<K>() + size_of::<V>());
    tree.len().div_ceil(NODE_TAKEN) * node
}

/// A tree, with what its keys and values point at.
fn of_tree<K, V>(tree: &BTreeMap<K, V>, key: impl Fn(&K) -> usize, value: impl Fn(&V) -> usize) -> usize {
    of_nodes(tree) + tree.iter().map(|(k, v)| key(k) + value(v)).sum::<usize>()
}

/// A list and what its members hold beside it.
fn of_list<T>(list: &Vec<T>, weight: impl Fn(&T) -> usize) -> usize {
    if list.capacity() == 0 {
        0
    } else {
        BLOCK + list.capacity() * size_of::<T>() + list.iter().map(weight).sum::<usize>()
    }
}

fn of_shared<T>(value: &T, weight: impl Fn(&T) -> usize) -> usize {
    BLOCK + COUNTS + size_of::<T>() + weight(value)
}

pub(crate) fn of_requests<S>(requests: &HashMap<RequestId, RequestDigest, S>) -> usize {
    // A table has a power of two of places, of which seven eighths may be taken, and a byte beside each.
    let places = (requests.capacity() * 8).div_ceil(7);
    places * (size_of::<(RequestId, RequestDigest)>() + 1) + BLOCK
}

pub(crate) fn of_operator(operator: &Operator) -> usize {
    let Operator { acts: _, said, bars, confirmation } = operator;
    let of_bar = |bar: &OperatorBar| {
        let OperatorBar { act: _, ground, barred_on: _, until: _, document_number, lifted_on: _, rulings } = bar;
        of_str(ground.as_str()) + of_text(document_number) + of_rulings(rulings)
    };
    let of_confirmation = |confirmation: &CodeConfirmation| {
        let CodeConfirmation { act: _, confirmed_on: _, document_number, seen } = confirmation;
        of_text(document_number) + of_text(seen)
    };
    BLOCK + said.bytes() + of_list(bars, of_bar) + of_option(confirmation.as_ref(), of_confirmation)
}

pub(crate) fn of_provider(provider: &Provider) -> usize {
    let Provider {
        acts: _,
        said,
        particulars,
        operator,
        cases,
        certifications,
        prices,
        pledges,
        plaques,
        plaques_numbered: _,
    } = provider;
    let of_said = of_shared(&**said, |said| BLOCK + said.bytes());
    of_said
        + of_list(particulars, |version| of_shared(&**version, of_version))
        + of_option(operator.as_ref(), |operator| of_shared(&**operator, of_identified))
        + of_list(cases, |case| of_shared(&**case, of_case))
        + of_list(certifications, |value| of_shared(&**value, of_certification))
        + of_tree(prices, |(category, item)| of_str(category.as_str()) + of_text(item), of_price)
        + of_tree(pledges, |_| 0, |pledge| of_shared(&**pledge, of_pledge))
        + of_tree(plaques, |_| 0, of_plaque)
}

fn of_plaque(plaque: &Plaque) -> usize {
    let Plaque {
        place,
        told,
        lifted,
        steps,
        act: _,
        ordered_on: _,
        replaces: _,
        status: _,
        recovery_due: _,
        replaced: _,
        since: _,
    } = plaque;
    of_option(place.as_ref(), of_text) + of_list(told, |_| 0) + of_list(lifted, |_| 0) + of_list(steps, |_| 0)
}

fn of_version(version: &Version) -> usize {
    let Version { act: _, from: _, particulars, document_number, site_checked_on: _, release } = version;
    let of_release = |release: &Release| of_text(&release.document_number) + release.bureau_id.as_str().len();
    of_particulars(particulars) + of_option(document_number.as_ref(), of_text) + of_option(release.as_ref(), of_release)
}

fn of_identified(operator: &Identified) -> usize {
    let Identified { act: _, operator_uscc: _, operator_name, identified_on: _, document_number } = operator;
    of_text(operator_name) + of_text(document_number)
}

fn of_particulars(particulars: &Particulars) -> usize {
    let Particulars {
        name,
        operator_name,
        division: _,
        zone,
        address,
        phone,
        location: _,
        withhold_address: _,
        operator_class: _,
    } = particulars;
    of_text(name)
        + of_text(operator_name)
        + of_option(zone.as_ref(), |zone| of_str(zone.as_str()))
        + of_option(address.as_ref(), of_text)
        + of_option(phone.as_ref(), |phone| of_str(phone.as_str()))
}

fn of_case(case: &Case) -> usize {
    let Case { act: _, category, applied_on: _, stage: _, since: _, stepped_on: _, step: _, steps, notices, refusals } =
        case;
    let beside = of_list(steps, |_| 0)
        + of_list(notices, of_public_notice)
        + of_list(refusals, |refusal| of_rulings(&refusal.rulings));
    of_str(category.as_str()) + beside
}

fn of_public_notice(notice: &Notice) -> usize {
    let Notice { act: _, window: _, counted, published_at, objections } = notice;
    of_text(&counted.scheme) + of_option(published_at.as_ref(), of_text) + of_list(objections, of_objection)
}

fn of_objection(objection: &Objection) -> usize {
    let Objection { act: _, number, raised_on: _, summary, resolution } = objection;
    let of_resolution = |resolution: &Resolution| {
        let Resolution { resolved_on: _, upheld: _, finding } = resolution;
        of_text(finding)
    };
    of_text(number) + of_text(summary) + of_option(resolution.as_ref(), of_resolution)
}

fn of_certification(certification: &Certification) -> usize {
    let Certification {
        act: _,
        category,
        ordinal: _,
        decided_on: _,
        valid_from: _,
        term_from: _,
        valid_to: _,
        document_number,
        notice: _,
        recorded_as,
        back_entered: _,
        orders,
        suspensions,
        notices,
        ends,
        elsewhere,
        expiry_recorded: _,
        reviews,
        renewals,
    } = certification;
    let Decision { decided_on: _, valid_from: _, valid_to: _, document_number: recorded } = &**recorded_as;
    of_str(category.as_str())
        + of_option(document_number.as_ref(), of_text)
        + of_shared(&**recorded_as, |_| of_option(recorded.as_ref(), of_text))
        + of_list(orders, of_order)
        + of_list(suspensions, |suspension| of_rulings(&suspension.rulings))
        + of_list(notices, of_notice)
        + of_list(ends, of_end)
        + of_list(elsewhere, |told| of_option(told.document_number.as_ref(), of_text))
        + of_list(reviews, |review| of_rulings(&review.rulings))
        + of_list(renewals, |renewal| of_rulings(&renewal.rulings))
}

fn of_order(order: &Order) -> usize {
    let Order {
        act: _,
        ground,
        ordered_on: _,
        due_on: _,
        document_number,
        met_on: _,
        because: _,
        rulings,
        cause,
        fell: _,
    } = order;
    of_str(ground.as_str()) + of_option(document_number.as_ref(), of_text) + of_rulings(rulings) + of_rulings(cause)
}

/// Rulings on an act: a number and a day each.
fn of_rulings(rulings: &Spans) -> usize {
    // A list of what is as small begins with room for four.
    let room = rulings.count().next_power_of_two().max(4);
    if rulings.count() == 0 { 0 } else { BLOCK + room * size_of::<(Act, Day)>() }
}

fn of_notice(notice: &RevocationNotice) -> usize {
    let RevocationNotice {
        act: _,
        ground,
        kind: _,
        noticed_on: _,
        hearing_until: _,
        hearing_ends_on: _,
        decided_on: _,
        lifted_on: _,
        rulings,
        fell: _,
    } = notice;
    of_str(ground.as_str()) + of_rulings(rulings)
}

fn of_end(end: &End) -> usize {
    let End {
        act: _,
        kind: _,
        decided_on: _,
        effective_on: _,
        ground,
        document_number,
        bar_until: _,
        overturned_on: _,
        overturned_by: _,
        again: _,
    } = end;
    of_option(ground.as_ref(), |ground| of_str(ground.as_str())) + of_option(document_number.as_ref(), of_text)
}

fn of_price(promise: &PricePromise) -> usize {
    let PricePromise { proposals } = promise;
    let of_decision = |decision: &PriceDecision| match decision {
        PriceDecision::Approved(approval) => of_option(approval.document_number.as_ref(), of_text),
        PriceDecision::Rejected(rejection) => of_text(&rejection.reason),
    };
    let of_proposal = |proposal: &Proposal| {
        let Proposal { act: _, price: _, proposed_on: _, decisions } = proposal;
        of_list(decisions, |Decided { act: _, decision, rulings }| of_decision(decision) + of_rulings(rulings))
    };
    of_list(proposals, of_proposal)
}

fn of_pledge(pledge: &Pledge) -> usize {
    let Pledge { act: _, form, fulfilments, breaches } = pledge;
    let PledgeForm {
        number: _,
        promisor_name,
        promisor_class: _,
        promisor_uscc: _,
        pledge_type: _,
        other_type,
        reason,
        content,
        liability,
        made_on: _,
        valid_until: _,
        accepting_unit,
        accepting_unit_uscc: _,
        publication: _,
        remarks,
    } = form;
    of_text(promisor_name)
        + of_option(other_type.as_ref(), of_text)
        + of_text(reason)
        + of_text(content)
        + of_text(liability)
        + of_text(accepting_unit)
        + of_option(remarks.as_ref(), of_text)
        + of_list(fulfilments, of_determination)
        + of_list(breaches, of_breach)
}

fn of_determination(determination: &Determination) -> usize {
    let Determination { act: _, determined_on: _, determining_unit, determining_unit_uscc: _ } = determination;
    of_option(determining_unit.as_ref(), of_text)
}

fn of_breach(breach: &Breach) -> usize {
    let Breach { determination, extent: _, severity: _, unperformed, consequence, repair, rulings } = breach;
    let of_repair = |repair: &Repair| of_text(&repair.document_number);
    of_determination(determination)
        + of_text(unperformed)
        + of_text(consequence)
        + of_option(repair.as_ref(), of_repair)
        + of_rulings(rulings)
}
