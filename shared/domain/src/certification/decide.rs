//! What is decided about a certification.

use std::collections::BTreeSet;

use super::commands::{Certify, RecordCertification, Renew};
use super::facts::{CertificationRecorded, CertificationRenewed, Certified};
use super::state::{Certification, Decision};
use super::terms::CertificationBasis;
use crate::bounds::{EFFECT_MONTHS_MAX, not_beyond};
use crate::case::decide::long_enough;
use crate::case::state::{Notice, Stage};
use crate::case::terms::NoticeCount;
use crate::context::{Context, not_before};
use crate::ending::state::EndKind;
use crate::ending::terms::EndingKind;
use crate::event::Event;
use crate::particulars::decide::{entering, entering_of_a_list};
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::standing::Status;
use crate::supervision::terms::ReviewResult;
use crate::value::{Act, CategoryCode, Day, DocumentNumber, NoticeWindow, Ordinal, PledgeNumber, is_same_document};

pub(crate) fn certify(p: &Provider, c: &Certify, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let (particulars, mut events) = entering(p, c.particulars.as_ref(), Some(c.decided_on), context)?;
    context.competent(&c.category, particulars)?;
    // One document holds no second decision, whatever became of the first.
    let mut decided = p.of_category(&c.category).filter(|held| !held.back_entered);
    if let Some(held) = decided.find(|held| is_document(held, &c.document_number)) {
        return Err(Refusal::DecisionDiffers { act: held.act });
    }
    if !context.beside.alone_at_the_end {
        p.uncertified(&c.category, c.decided_on)?;
    }
    context.happened(c.decided_on)?;
    context.in_force(c.decided_on)?;
    term_holds(Some(c.decided_on), c.valid_from, c.valid_to, &c.category, context)?;
    // One that was decided later may be on record already: beside it this one runs out before it begins.
    let mut later = p.of_category(&c.category).filter(|held| held.is_live_within(c.valid_from, c.valid_to));
    if let Some(later) = later.next().filter(|_| !context.beside.alone_at_the_end) {
        return Err(Refusal::CertifiedLater { act: later.act, from: later.begin().unwrap_or(c.valid_from) });
    }
    let passed = notice_passed(p, c, context)?;
    pledge_holds(p, &c.pledge_number, (c.decided_on, c.valid_from))?;
    p.not_barred(c.decided_on, context)?;
    let (ordinal, predecessor) = next_of(p, &c.category, Some(c.decided_on));
    let certified = Certified {
        category: c.category.clone(),
        ordinal,
        predecessor,
        basis: passed.basis,
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
        pledge_number: c.pledge_number.clone(),
        notice: passed.window,
        counted: passed.counted,
        notice_opened: passed.opened,
        deciding_body: c.deciding_body.clone(),
    };
    events.push(certified.into());
    Ok(events)
}

/// The pledge that a decision rests on is on record, in force on its day, and not over when the term begins that it decides on.
fn pledge_holds(p: &Provider, number: &PledgeNumber, (decided_on, valid_from): (Day, Day)) -> Result<(), Refusal> {
    let pledge = p.pledges.get(number).ok_or_else(|| Refusal::PledgeUnknown { number: number.clone() })?;
    if !pledge.in_force_on(decided_on) {
        return Err(Refusal::PledgeNotInForce);
    }
    match pledge.form.valid_until {
        Some(last) if last < valid_from => Err(Refusal::PledgeEndsBefore { number: number.clone(), last }),
        Some(_) | None => Ok(()),
    }
}

/// The notice a decision rests on.
struct Passed {
    basis: CertificationBasis,
    window: NoticeWindow,
    counted: NoticeCount,
    opened: Option<Act>,
}

/// The notice the decision rests on: ended, not too long ago, without an objection that stands against it on that day, and none that served
/// another decision.
fn notice_passed(p: &Provider, c: &Certify, context: &Context<'_>) -> Result<Passed, Refusal> {
    let rules = context.scheme.rules(&c.category)?;
    // A decision of before the application is of another case, which was kept elsewhere.
    let kept = p.open_case(&c.category).filter(|kept| kept.applied_on <= c.decided_on);
    let passed = if let Some(kept) = kept {
        let notice = kept.notice().filter(|_| kept.stage == Stage::Publicised);
        let Some(notice) = notice else { return kept.stage.wrong(&[Stage::Publicised]) };
        if c.notice.is_some_and(|sent| sent != notice.window) {
            return Err(Refusal::NoticeDiffers);
        }
        notice.objected(c.decided_on)?;
        // Nor while a decision against the application stood.
        not_before(c.decided_on, kept.reopened_on().unwrap_or(c.decided_on))?;
        // It was long enough when it was opened; the scheme of today is not asked.
        let (window, counted, opened) = (notice.window, notice.counted.clone(), Some(notice.act));
        Passed { basis: CertificationBasis::Case, window, counted, opened }
    } else {
        let window = c.notice.ok_or(Refusal::NoticeMissing)?;
        let mut kept = p.cases_of(&c.category).flat_map(|case| &case.notices);
        kept.try_for_each(|notice: &Notice| notice.stands_against(window, c.decided_on))?;
        let then = context.beside.notice.unwrap_or(context.scheme);
        // A category that began in between was not under these rules when its notice began.
        let (scheme, then) = then.rules(&c.category).map_or((context.scheme, rules), |then_rules| (then, then_rules));
        let counted = long_enough(window, scheme, then, context)?;
        Passed { basis: CertificationBasis::Evidence, window, counted, opened: None }
    };
    if passed.window.end() >= c.decided_on {
        return Err(Refusal::NoticeNotEnded { end: passed.window.end() });
    }
    let last = passed.window.end().plus_days(i64::from(rules.notice_age_days));
    if c.decided_on > last {
        return Err(Refusal::NoticeTooOld { last });
    }
    let served = |held: &Certification| held.notice.is_some_and(|notice| notice.overlaps(passed.window));
    if p.of_category(&c.category).any(served) {
        return Err(Refusal::NoticeServed);
    }
    Ok(passed)
}

/// Whether a certification was decided under this document, as it was recorded or as it was corrected.
fn is_document(held: &Certification, number: &DocumentNumber) -> bool {
    let known = [&held.document_number, &held.recorded_as.document_number];
    known.into_iter().flatten().any(|known| is_same_document(known, number))
}

/// The next number of the category, and that of the certification that one decided on this day follows: of those that were not decided later
/// the last.
fn next_of(p: &Provider, category: &CategoryCode, decided_on: Option<Day>) -> (Ordinal, Option<Ordinal>) {
    let last = p.of_category(category).map(|held| held.ordinal).max();
    let is_later = |held: &&Certification| {
        decided_on.zip(held.known_since()).is_some_and(|(decided_on, since)| since > decided_on)
    };
    let before = p.of_category(category).filter(|held| !is_later(held));
    let predecessor = before.max_by_key(|held| (held.known_since(), held.ordinal)).map(|held| held.ordinal);
    (last.map_or(Ordinal::FIRST, Ordinal::next), predecessor)
}

fn term_holds(
    decided_on: Option<Day>,
    from: Day,
    to: Day,
    category: &CategoryCode,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if let Some(decided_on) = decided_on {
        if from < decided_on {
            return Err(Refusal::TermBeforeDecision);
        }
        not_beyond(from, ("valid_from", "有效期起始日"), decided_on, EFFECT_MONTHS_MAX)?;
    }
    if to < from {
        return Err(Refusal::TermBackwards);
    }
    no_longer_than_allowed(from, to, category, context)
}

/// A term of so many months from a day ends on the day before the one of the same number: from 16 March to 15 March.
fn no_longer_than_allowed(from: Day, to: Day, category: &CategoryCode, context: &Context<'_>) -> Result<(), Refusal> {
    let months = context.scheme.rules_of_what_is_there(category)?.validity_months;
    if to >= from.plus_months(months) { Err(Refusal::TermTooLong { months }) } else { Ok(()) }
}

/// Back-entry (补录) of a decision that another system took and published. It is a fact of the past, so neither a pledge nor a
/// notice is asked of it here; a plaque still needs the pledge. Nor is a bar, which may be typed before it or after: what others decided within one
/// stands in the work list.
pub(crate) fn back_enter(p: &Provider, c: &RecordCertification, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if !context.acting()?.back_enters {
        return Err(Refusal::DutyMissing { zh: "补录", en: "back-enter" });
    }
    // A list taken again names the outlet as before; one that names it otherwise does not overwrite the record.
    let day = c.decided_on.or(c.valid_from);
    let (particulars, mut events) =
        entering_of_a_list(p, c.particulars.as_ref(), (day, c.document_number.as_ref()), context)?;
    context.scheme.rules(&c.category)?;
    context.may_back_enter(&c.category, particulars)?;
    if let Some(decided_on) = c.decided_on {
        context.happened(decided_on)?;
    }
    // The next term is decided before the last one is over. Of one that is not known to be decided it is not known either that it begins.
    match (c.decided_on, c.valid_from) {
        (Some(decided_on), Some(from)) if from > context.today => {
            not_beyond(from, ("valid_from", "有效期起始日"), decided_on, EFFECT_MONTHS_MAX)?;
        }
        (None, Some(from)) => context.happened(from)?,
        (_, _) => {}
    }
    if let (Some(from), Some(to)) = (c.valid_from, c.valid_to)
        && to < from
    {
        return Err(Refusal::TermBackwards);
    }
    if c.valid_to.is_none() && c.valid_to_worked_out_from.is_some() {
        return Err(Refusal::WorkedOutToNothing);
    }
    let asked = Decision {
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
    };
    // Of all there ever were: another list that has the decision, with another name or body, makes no second one of it, also where what it
    // says was corrected since.
    let has_it = |held: &&Certification| {
        held.back_entered && (held.recorded_as.is_same(&asked) || held.decision().is_same(&asked))
    };
    if let Some(held) = p.of_category(&c.category).find(has_it) {
        // Nothing but what it fills would be new: that is amended by itself.
        let fills = events.iter().any(|event| matches!(event, Event::ParticularsAmended(_)));
        return Err(if fills { Refusal::ParticularsDiffer } else { Refusal::DecisionDiffers { act: held.act } });
    }
    let (ordinal, predecessor) = next_of(p, &c.category, c.decided_on.or(c.valid_from));
    let recorded = CertificationRecorded {
        category: c.category.clone(),
        ordinal,
        predecessor,
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
        deciding_body: c.deciding_body.clone(),
        publicity: c.publicity.clone(),
        source: c.source.clone(),
        valid_to_worked_out_from: c.valid_to_worked_out_from.clone(),
    };
    events.push(recorded.into());
    Ok(events)
}

/// Of a category one certification is live on a day: a back-entered one, as it stands with all that is told of it, is so on no day on which another is,
/// from its first day on, whatever either came to since.
pub(crate) fn stands_alone(after: &Provider, (act, category): (Act, &CategoryCode)) -> Result<(), Refusal> {
    let Some(own) = after.of_category(category).find(|held| held.act == act) else { return Ok(()) };
    let others = after.of_category(category).filter(|other| other.act != act);
    let beside = others.filter_map(|other| Some((own.live_beside(other).min()?, other)));
    let Some((day, other)) = beside.min_by_key(|(day, _)| *day) else { return Ok(()) };
    // One that began later tells nothing of this one: which had ended by then.
    match other.begin().filter(|from| own.begin().is_some_and(|begin| begin < *from)) {
        Some(from) => Err(Refusal::CertifiedLater { act: other.act, from }),
        None => Err(other.already_on(day)),
    }
}

/// Which certifications stand beside which of their category: both live on some day; or the one decided here on a day on which the other was live, or
/// decided with a term ahead, by what had been decided by then.
pub(crate) fn beside_each_other(p: &Provider) -> BTreeSet<(Act, Act)> {
    let pairs = p.certifications.iter().enumerate().flat_map(|(at, held)| {
        let others = p.certifications.iter().enumerate().filter(move |(other, _)| *other != at);
        others.filter(|(_, other)| other.category == held.category).map(move |(_, other)| (held, other))
    });
    let was_there = |other: &Certification, day: Day| {
        let is_decided = other.known_since().is_none_or(|since| since <= day);
        other.was_live_on(day) || is_decided && other.lies_ahead(day)
    };
    let is_decided_beside = |held: &Certification, other: &Certification| {
        !held.back_entered && held.decided_on.is_some_and(|day| was_there(other, day))
    };
    let beside =
        pairs.filter(|(held, other)| held.live_beside(other).next().is_some() || is_decided_beside(held, other));
    beside.map(|(held, other)| (held.act, other.act)).collect()
}

/// What stands on record of a certification as of a day on which that had been over while another of the category was live or decided: acts, and the
/// day since which it was over, in the order they were typed. Asked of its day it would have been said of the other.
pub(crate) fn astray(p: &Provider) -> Vec<(Act, Day)> {
    let of_each = p.certifications.iter().flat_map(|held| by_their_day(held).map(move |of| (held, of)));
    let mut astray: Vec<(Act, Day)> = of_each
        .filter_map(|(held, (act, day))| {
            let was_there = |other: &Certification| {
                other.act != held.act && other.known_since().is_none_or(|since| since < day) && !other.was_over_on(day)
            };
            if !p.of_category(&held.category).any(was_there) {
                return None;
            }
            // By the ends that came before it, and not by itself.
            let mut before = Certification::clone(held);
            before.ends.retain(|end| (end.decided_on, end.act) < (day, act));
            before.was_over_on(day).then(|| (act, before.over_by(day).unwrap_or(day)))
        })
        .collect();
    astray.sort_unstable();
    astray
}

/// What was said of the certification that there was on its day, also where it fell since or a ruling undid it: ends that stand, renewals, reviews, orders that
/// follow from nothing else, suspensions and notices of cancellation. Not of one that was named, as a revocation names it by its notice. An annulment names it
/// by the day that it reaches back to, so it is asked of that one.
fn by_their_day(held: &Certification) -> impl Iterator<Item = (Act, Day)> + '_ {
    let ends = held.ends_that_stand().filter(|end| end.again.is_none());
    let ends = ends.filter_map(|end| match held.elsewhere.iter().find(|told| told.act == end.act) {
        Some(told) if told.kind == EndingKind::Annulled => Some((end.act, told.effective_on.or(told.decided_on)?)),
        Some(told) => Some((end.act, told.decided_on.or(told.effective_on)?)),
        None => matches!(end.kind, EndKind::Withdrawn | EndKind::Deregistered).then_some((end.act, end.decided_on)),
    });
    let orders = held.orders.iter().filter(|order| order.because.is_none());
    let orders = orders.map(|order| (order.act, order.ordered_on, &order.rulings));
    let suspensions = held.suspensions.iter().map(|of| (of.act, of.since, &of.rulings));
    let notices = held.notices.iter().filter(|notice| notice.falls_with_it());
    let notices = notices.map(|notice| (notice.act, notice.noticed_on, &notice.rulings));
    let renewals = held.renewals.iter().map(|renewal| (renewal.act, renewal.decided_on, &renewal.rulings));
    let reviews = held.reviews.iter().map(|review| (review.act, review.reviewed_on, &review.rulings));
    let others = renewals.chain(reviews).chain(orders).chain(suspensions).chain(notices);
    // What a ruling of a later day undid held until then, and what was put back held again.
    let held = others.filter(|(_, day, rulings)| rulings.hold_on(*day) || rulings.count() > 1);
    ends.chain(held.map(|(act, day, _)| (act, day)))
}

/// The certification of a category that the bureau is competent for and that is live on the day of an act, which is not before there was one.
pub(crate) fn live<'p>(
    p: &'p Provider,
    category: &CategoryCode,
    day: Day,
    context: &Context<'_>,
) -> Result<&'p Certification, Refusal> {
    context.competent_for_what_is_there(category, p.registered()?)?;
    context.happened(day)?;
    let certification = p.live(category, day)?;
    not_before(day, certification.known_since().unwrap_or(day))?;
    Ok(certification)
}

pub(crate) fn renew(p: &Provider, c: &Renew, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.decided_on, context)?;
    context.scheme.rules(&c.category)?;
    let last = certification.valid_to.ok_or(Refusal::TermUnstated)?;
    let status = certification.status(c.decided_on);
    if status != Status::Valid {
        return Err(Refusal::NotValid { status: status.called() });
    }
    // By what had been noticed and decided by then: what came later is held against the term that is added.
    if certification.open_notices(c.decided_on).next().is_some() {
        return Err(Refusal::AlreadyNoticed);
    }
    let mut stood = certification.ends.iter().filter(|end| end.stood_on(c.decided_on));
    if let Some(end) = stood.find(|end| end.decided_on <= c.decided_on) {
        return Err(Refusal::over(end.effective_on, context.today));
    }
    // A term that was overturned was there until the ruling, and one that was put back was not until then: another is added after it.
    let ruled_on = certification.renewals.iter().flat_map(|renewal| renewal.rulings.days()).max();
    not_before(c.decided_on, ruled_on.unwrap_or(c.decided_on))?;
    let window = i64::from(context.scheme.rules(&c.category)?.renewal_window_days);
    let opens = last.plus_days(-window);
    if c.decided_on < opens {
        return Err(Refusal::RenewalTooEarly { from: opens });
    }
    let from = last.plus_days(1);
    if c.valid_from != from {
        return Err(Refusal::RenewalGap { from });
    }
    term_holds(None, c.valid_from, c.valid_to, &c.category, context)?;
    let begun_since =
        |other: &Certification| other.act != certification.act && other.is_live_within(c.valid_from, c.valid_to);
    let mut others = p.of_category(&c.category).filter(|other| begun_since(other));
    if let Some(other) = others.next().filter(|_| !context.beside.alone_at_the_end) {
        return Err(Refusal::CertifiedLater { act: other.act, from: other.begin().unwrap_or(c.valid_from) });
    }
    let stood = certification.reviews.iter().filter(|review| review.stood_on(c.decided_on));
    let reviews = stood.filter(|review| review.reviewed_on <= c.decided_on);
    let last = reviews.max_by_key(|review| review.year);
    if last.is_some_and(|review| review.result == ReviewResult::Failed) {
        return Err(Refusal::ReviewFailed);
    }
    pledge_holds(p, &c.pledge_number, (c.decided_on, c.valid_from))?;
    p.not_barred(c.decided_on, context)?;
    let renewed = CertificationRenewed {
        category: c.category.clone(),
        certification: certification.act,
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
        pledge_number: c.pledge_number.clone(),
        deciding_body: c.deciding_body.clone(),
    };
    Ok(vec![renewed.into()])
}
