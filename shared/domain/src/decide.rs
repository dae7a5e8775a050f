//! The rules: a provider's state and a command in, facts or a refusal out.
//!
//! `Ok` with no events means that it is on record. Nothing here panics on input, and nothing here knows a clock.

use std::borrow::Cow;

use crate::case::decide as case;
use crate::certification::decide as certification;
use crate::command::{Command, RecordCertification};
use crate::context::{Beside, Context};
use crate::ending::decide as ending;
use crate::ending::lapse::lapses;
use crate::event::Event;
use crate::evolve::moved;
use crate::operator::codes;
use crate::overturning::decide as overturning;
use crate::particulars::decide as particulars;
use crate::plaque::decide as plaque;
use crate::plaque::recall::recalls;
use crate::pledge::decide as pledge;
use crate::price::decide as price;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::repeats::{Repeats, but_for_its_end, repeats};
use crate::supervision::decide as supervision;
use crate::supervision::fall::falls;
use crate::value::{Act, Day};

/// Grounds on which the rules open a rectification by themselves: every scheme has to have them.
pub const GROUNDS_OF_THE_RULES: [&str; 2] = [pledge::PLEDGE_BROKEN, supervision::REVIEW_FAILED];

/// What the command makes of the provider: the facts to record, none when it repeats an act on record, or a refusal.
///
/// Terms that have ended since the last commit are recorded first, in the same commit; then what is asked for, what falls with a certification that it
/// ends, and last plaques are ordered back.
///
/// # Errors
///
/// Why the rules say no.
pub fn decide(provider: &Provider, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    match decided(provider, command, context) {
        Ok(Decided::Facts(events)) => Ok(events),
        Ok(Decided::Repeats(_)) => Ok(Vec::new()),
        Err(refusal) => Err(context.named(refusal)),
    }
}

/// The act on record that the command repeats: of which [`decide`] makes nothing.
pub fn repeated(provider: &Provider, command: &Command, context: &Context<'_>) -> Option<Act> {
    match decided(provider, command, context) {
        Ok(Decided::Repeats(act)) => Some(act),
        Ok(Decided::Facts(_)) | Err(_) => None,
    }
}

/// What comes of a command.
enum Decided {
    /// Facts to record.
    Facts(Vec<Event>),
    /// It is on record as this act.
    Repeats(Act),
}

fn decided(provider: &Provider, command: &Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let mut events = lapses(provider, context.today);
    if let Command::RecordExpiry(c) = command {
        // What is asked for stands last, whatever else has ended: it is all that tells which was.
        events.sort_by_key(|lapsed| matches!(lapsed, Event::CertificationExpired(e) if e.category == c.category));
    }
    let state = match &*events {
        [] => Cow::Borrowed(provider),
        lapsed => Cow::Owned(lapsed.iter().fold(provider.clone(), moved)),
    };
    if let Command::RecordExpiry(c) = command {
        codes::hold(&state, command, context)?;
        let expiry = ending::expiry(&state, c, context)?;
        // What is asked for stands last among what was just written down, or on record.
        if expiry.get() <= provider.acts {
            return Ok(Decided::Repeats(expiry));
        }
    }
    let then = &on_its_day(&state, command, context);
    let repeats = repeats(&state, command, then).filter(|_| names_the_outlet(&state, command, then));
    let made = codes::hold(&state, command, then).and_then(|()| facts(&state, command, then));
    let own = match (made, repeats) {
        (Err(refusal), _) if refusal.is_of_competence() => return Err(refusal),
        (Ok(_), Some(Repeats::ActOrAnswers(act))) => return Err(Refusal::ActUnnamed { act }),
        (facts @ Ok(_), Some(Repeats::ActOrStep(_))) | (facts, None) => facts?,
        // Also where it is of no consequence any more, or would be refused now: it was recorded.
        (_, Some(repeats)) => return Ok(Decided::Repeats(repeats.act())),
    };
    nothing_goes_astray(&state, &own, command)?;
    let own = with_orders(&state, own, command, then)?;
    if !events.is_empty() && !own.is_empty() {
        // Renewed or ended before its last day, and typed later: by that term nothing ended.
        let still = lapses(&own.iter().fold(provider.clone(), moved), context.today);
        events.retain(|lapsed| still.contains(lapsed));
    }
    let follow = by_now(&state, &own, context);
    events.extend(own);
    events.extend(follow);
    Ok(Decided::Facts(events))
}

/// What follows from the record once these facts stand on it: what fell with its certification, and plaques that are called back or may stay.
fn by_now(before: &Provider, own: &[Event], context: &Context<'_>) -> Vec<Event> {
    // A plaque that is ordered is not out yet: where there was none, nothing is to come back. Nor does what is measured now fall.
    if before.plaques.is_empty()
        && before.certifications.iter().all(|c| c.orders.is_empty() && c.suspensions.is_empty() && c.notices.is_empty())
    {
        return Vec::new();
    }
    let after = own.iter().fold(before.clone(), moved);
    let mut events = falls(&after);
    if !before.plaques.is_empty() {
        events.extend(recalls(&after, context));
    }
    events
}

/// Nothing that is on record of a later day would have been said of another certification with these facts before it: an end is overtaken by an
/// earlier one, but where another certification is live by then it would have ended that.
fn nothing_goes_astray(before: &Provider, own: &[Event], command: &Command) -> Result<(), Refusal> {
    let may_be_late = matches!(
        command,
        Command::Certify(_)
            | Command::RecordCertification(_)
            | Command::Renew(_)
            | Command::Overturn(_)
            | Command::Revoke(_)
            | Command::Withdraw(_)
            | Command::Deregister(_)
            | Command::RecordEnding(_)
    );
    if !may_be_late || before.certifications.is_empty() {
        return Ok(());
    }
    let astray = certification::astray(&own.iter().fold(before.clone(), moved));
    if astray.is_empty() {
        return Ok(());
    }
    let known = certification::astray(before);
    let is_new = |(act, _): &&(Act, Day)| act.get() <= before.acts && known.iter().all(|(known, _)| known != act);
    let new: Vec<&(Act, Day)> = astray.iter().filter(is_new).collect();
    let Some((_, since)) = new.first() else { return Ok(()) };
    let why = Refusal::NotLive { since: *since };
    let acts = Act::newest_first(new.iter().map(|(act, _)| *act));
    Err(Refusal::ContradictsLater { acts, zh: why.zh(), en: why.en() })
}

/// The facts of a command, and the orders that follow from breaches of before, of a day on which a certification comes to have been live by them.
fn with_orders(
    state: &Provider,
    mut own: Vec<Event>,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let revives = matches!(
        command,
        Command::Certify(_) | Command::RecordCertification(_) | Command::Renew(_) | Command::Overturn(_)
    );
    if revives && state.pledges.values().any(|of| !of.breaches.is_empty()) {
        let after = own.iter().fold(state.clone(), moved);
        own.extend(pledge::orders_that_follow(state, &after, context)?);
    }
    Ok(own)
}

/// Whether the particulars that came with a command, if any, are those of the outlet.
#[expect(clippy::wildcard_enum_match_arm, reason = "three commands of the many may enter a provider")]
fn names_the_outlet(provider: &Provider, command: &Command, context: &Context<'_>) -> bool {
    let (sent, day) = match command {
        Command::Apply(c) => (&c.particulars, Some(c.applied_on)),
        Command::Certify(c) => (&c.particulars, Some(c.decided_on)),
        Command::RecordCertification(c) => {
            let of_day = (c.decided_on.or(c.valid_from), c.document_number.as_ref());
            let named = particulars::entering_of_a_list(provider, c.particulars.as_ref(), of_day, context);
            return c.particulars.is_none() || named.is_ok_and(|(_, filled)| filled.is_empty());
        }
        _ => return true,
    };
    sent.is_none() || particulars::entering(provider, sent.as_ref(), day, context).is_ok()
}

/// The context with what the outlet was on the day of the decision, where it has moved since: the bureau of that place took it.
fn on_its_day<'c>(provider: &'c Provider, command: &Command, context: &Context<'c>) -> Context<'c> {
    let today = provider.particulars.last().map(|version| &version.particulars);
    let then = command.decided_on().and_then(|day| provider.version_on(day)).map(|version| &version.particulars);
    let moved = today.zip(then).filter(|(today, then)| today.division != then.division);
    Context { beside: Beside { moved, ..context.beside }, ..*context }
}

/// The facts that the rules make by themselves of what is on record: terms that have ended, what fell with a certification, and plaques that are
/// called back or may stay.
pub(crate) fn following(provider: &Provider, context: &Context<'_>) -> Vec<Event> {
    let mut events = lapses(provider, context.today);
    let after = events.iter().fold(provider.clone(), moved);
    events.extend(falls(&after));
    events.extend(recalls(&after, context));
    events
}

/// A certification that others decided, and how it ended where that is told along: each is asked of what the one before it makes.
fn back_enter(provider: &Provider, c: &RecordCertification, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let of_its_end = |refusal| match (refusal, but_for_its_end(provider, c)) {
        (Refusal::DecisionDiffers { .. }, Some(act)) => Refusal::DecisionDiffers { act },
        (refusal, _) => refusal,
    };
    let mut events = certification::back_enter(provider, c, context).map_err(of_its_end)?;
    let mut after = events.iter().fold(provider.clone(), moved);
    let act = Act::after(after.acts.saturating_sub(1));
    if let Some(ended) = &c.ended {
        let end = ending::told_along(&after, (act, &c.category), ended, context)?;
        after = moved(after, &end);
        events.push(end);
    }
    if !context.beside.alone_at_the_end {
        certification::stands_alone(&after, (act, &c.category))?;
    }
    Ok(events)
}

/// One arm a command, no other arm: a new command does not compile before it has its rule.
fn facts(provider: &Provider, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::RegisterProvider(c) => particulars::register(provider, c, context),
        Command::AmendParticulars(c) => particulars::amend(provider, c, context),
        Command::IdentifyOperator(c) => particulars::identify_operator(provider, c, context),
        Command::Apply(c) => case::apply(provider, c, context),
        Command::ReturnCase(c) => case::return_for_papers(provider, c, context),
        Command::SupplementCase(c) => case::supplement(provider, c, context),
        Command::AcceptCase(c) => case::accept(provider, c, context),
        Command::RecordInspection(c) => case::inspect(provider, c, context),
        Command::OpenNotice(c) => case::open_notice(provider, c, context),
        Command::RaiseObjection(c) => case::raise_objection(provider, c, context),
        Command::ResolveObjection(c) => case::resolve_objection(provider, c, context),
        Command::RefuseCase(c) => case::refuse(provider, c, context),
        Command::WithdrawCase(c) => case::withdraw(provider, c, context),
        Command::Certify(c) => certification::certify(provider, c, context),
        Command::RecordCertification(c) => back_enter(provider, c, context),
        Command::OrderRectification(c) => supervision::order_rectification(provider, c, context),
        Command::AcceptRectification(c) => supervision::accept_rectification(provider, c, context),
        Command::Suspend(c) => supervision::suspend(provider, c, context),
        Command::Resume(c) => supervision::resume(provider, c, context),
        Command::NoticeRevocation(c) => ending::notice_revocation(provider, c, context),
        Command::LiftRevocationNotice(c) => ending::lift_notice(provider, c, context),
        Command::Revoke(c) => ending::revoke(provider, c, context),
        Command::Withdraw(c) => ending::withdraw(provider, c, context),
        // Recorded before the command was looked at.
        Command::RecordExpiry(_) => Ok(Vec::new()),
        Command::RecordEnding(c) => ending::record_ending(provider, c, context),
        Command::Deregister(c) => ending::deregister(provider, c, context),
        Command::Renew(c) => certification::renew(provider, c, context),
        Command::RecordReview(c) => supervision::record_review(provider, c, context),
        Command::Overturn(c) => overturning::overturn(provider, c, context),
        Command::ProposePrice(c) => price::propose(provider, c, context),
        Command::ApprovePrice(c) => price::approve(provider, c, context),
        Command::RejectPrice(c) => price::reject(provider, c, context),
        Command::MakePledge(c) => pledge::make(provider, c, context),
        Command::RecordFulfilment(c) => pledge::fulfil(provider, c, context),
        Command::RecordBreach(c) => pledge::record_breach(provider, c, context),
        Command::RepairPledge(c) => pledge::repair(provider, c, context),
        Command::OrderPlaque(c) => plaque::order(provider, c, context),
        Command::IssuePlaque(c) => plaque::issue(provider, c, context),
        Command::HangPlaque(c) => plaque::hang(provider, c, context),
        Command::RecoverPlaque(c) => plaque::recover(provider, c, context),
        Command::ReportPlaqueLost(c) => plaque::report_lost(provider, c, context),
        Command::DestroyPlaque(c) => plaque::destroy(provider, c, context),
        Command::RecordPlaqueNotReturned(c) => plaque::record_not_returned(provider, c, context),
    }
}
