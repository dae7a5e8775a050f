//! The rules: a provider's state and a command in, facts or a refusal out.
//!
//! `Ok` with no events means that it is already so. Nothing here panics on input, and nothing here knows a clock.

use std::borrow::Cow;

use crate::case::decide as case;
use crate::certification::decide as certification;
use crate::command::Command;
use crate::context::{Beside, Context};
use crate::ending::decide as ending;
use crate::ending::lapse::lapses;
use crate::event::Event;
use crate::evolve::folded;
use crate::operator::codes;
use crate::overturning::decide as overturning;
use crate::particulars::decide as particulars;
use crate::plaque::decide as plaque;
use crate::plaque::recall::recalls;
use crate::pledge::decide as pledge;
use crate::price::decide as price;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::supervision::decide as supervision;

/// Grounds on which the rules open a rectification by themselves: every scheme has to have them.
pub const GROUNDS_OF_THE_RULES: [&str; 2] = [pledge::PLEDGE_BROKEN, supervision::REVIEW_FAILED];

/// What the command makes of the provider: the facts to record, none when it is already so, or a refusal.
///
/// Terms that have ended since the last commit are recorded first, in the same commit; plaques are ordered back last.
pub fn decide(provider: &Provider, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let mut events = lapses(provider, context.today);
    if let Command::RecordExpiry(c) = command {
        // What is asked for stands last, whatever else has ended: it is all that tells which was.
        events.sort_by_key(|lapsed| matches!(lapsed, Event::CertificationExpired(e) if e.category == c.category));
    }
    let state = match &*events {
        [] => Cow::Borrowed(provider),
        lapsed => Cow::Owned(lapsed.iter().fold(provider.clone(), folded)),
    };
    codes::hold(&state, command, context)?;
    let own = facts(&state, command, &on_its_day(&state, command, context))?;
    if !events.is_empty() && !own.is_empty() {
        // Renewed or ended before its last day, and typed later: by that term nothing ended.
        let still = lapses(&own.iter().fold(provider.clone(), folded), context.today);
        events.retain(|lapsed| still.contains(lapsed));
    }
    let expiry_to_record = matches!((command, events.last()), (Command::RecordExpiry(c), Some(Event::CertificationExpired(e))) if e.category == c.category);
    if own.is_empty() && !expiry_to_record {
        return Ok(Vec::new());
    }
    let after = own.iter().fold(state.into_owned(), folded);
    events.extend(own);
    events.extend(recalls(&after, context));
    Ok(events)
}

/// The context with what the outlet was on the day of the decision, where it has moved since: the bureau of that place took it.
fn on_its_day<'c>(provider: &'c Provider, command: &Command, context: &Context<'c>) -> Context<'c> {
    let today = provider.particulars.last().map(|version| &version.particulars);
    let then = command.decided_on().and_then(|day| provider.version_on(day)).map(|version| &version.particulars);
    let moved = today.zip(then).filter(|(today, then)| today.division != then.division);
    Context { beside: Beside { moved, ..context.beside }, ..*context }
}

/// The facts that the rules make by themselves of what is on record: terms that have ended, and plaques that are called back or may stay.
pub(crate) fn following(provider: &Provider, context: &Context<'_>) -> Vec<Event> {
    let mut events = lapses(provider, context.today);
    let after = events.iter().fold(provider.clone(), folded);
    events.extend(recalls(&after, context));
    events
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
        Command::RecordCertification(c) => certification::back_enter(provider, c, context),
        Command::OrderRectification(c) => supervision::order_rectification(provider, c, context),
        Command::AcceptRectification(c) => supervision::accept_rectification(provider, c, context),
        Command::Suspend(c) => supervision::suspend(provider, c, context),
        Command::Resume(c) => supervision::resume(provider, c, context),
        Command::NoticeRevocation(c) => ending::notice_revocation(provider, c, context),
        Command::LiftRevocationNotice(c) => ending::lift_notice(provider, c, context),
        Command::Revoke(c) => ending::revoke(provider, c, context),
        Command::Withdraw(c) => ending::withdraw(provider, c, context),
        Command::RecordExpiry(c) => ending::record_expiry(provider, c, context),
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
