//! The rules: a provider's state and a command in, facts or a refusal out.
//!
//! `Ok` with no events means that it is already so. Nothing here panics on input, and nothing here knows a clock.

mod case;
mod certification;
mod ending;
mod plaque;
mod pledge;
mod price;
mod record;

use std::borrow::Cow;
use std::sync::Arc;

use crate::command::Command;
use crate::{
    BureauId, Calendar, CategoryCode, Certification, CertificationExpired, Day, DivisionTable, EndKind, Event,
    Particulars, PlaqueRecoveryOrdered, Provider, ProviderId, Refusal, Scheme, evolve,
};

/// Grounds on which the rules open a rectification by themselves: every scheme has to have them.
pub const GROUNDS_OF_THE_RULES: [&str; 2] = [pledge::PLEDGE_BROKEN, certification::REVIEW_FAILED];

/// What a decision is taken with, besides the provider's own state.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The rules of the place.
    pub scheme: &'a Scheme,
    /// Working days.
    pub calendar: &'a Calendar,
    /// Places that exist.
    pub divisions: &'a DivisionTable,
    /// Who acts.
    pub bureau: &'a BureauId,
    /// The Chinese calendar day of the command.
    pub today: Day,
    /// The provider.
    pub provider: &'a ProviderId,
    /// Last day of a bar on the operator, as its own stream says at the time of reading.
    pub operator_barred_until: Option<Day>,
}

/// What the command makes of the provider: the facts to record, none when it is already so, or a refusal.
///
/// Terms that have ended since the last commit are recorded first, in the same commit; plaques are ordered back last.
pub fn decide(provider: &Provider, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let mut events = lapses(provider, context.today);
    let state = match &*events {
        [] => Cow::Borrowed(provider),
        lapsed => Cow::Owned(lapsed.iter().fold(provider.clone(), evolve)),
    };
    let own = facts(&state, command, context)?;
    let records_expiry = matches!(command, Command::RecordExpiry(_));
    let expiry_to_record = records_expiry && !events.is_empty();
    if own.is_empty() && !expiry_to_record {
        return Ok(Vec::new());
    }
    let after = own.iter().fold(state.into_owned(), evolve);
    events.extend(own);
    events.extend(recalls(&after, context));
    Ok(events)
}

/// One arm a command, no other arm: a new command does not compile before it has its rule.
fn facts(provider: &Provider, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::RegisterProvider(c) => record::register(provider, c, context),
        Command::AmendParticulars(c) => record::amend(provider, c, context),
        Command::IdentifyOperator(c) => record::identify_operator(provider, c, context),
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
        Command::OrderRectification(c) => certification::order_rectification(provider, c, context),
        Command::AcceptRectification(c) => certification::accept_rectification(provider, c, context),
        Command::Suspend(c) => certification::suspend(provider, c, context),
        Command::Resume(c) => certification::resume(provider, c, context),
        Command::NoticeRevocation(c) => ending::notice_revocation(provider, c, context),
        Command::LiftRevocationNotice(c) => ending::lift_notice(provider, c, context),
        Command::Revoke(c) => ending::revoke(provider, c, context),
        Command::Withdraw(c) => ending::withdraw(provider, c, context),
        Command::RecordExpiry(c) => ending::record_expiry(provider, c, context),
        Command::Deregister(c) => ending::deregister(provider, c, context),
        Command::Renew(c) => certification::renew(provider, c, context),
        Command::RecordReview(c) => certification::record_review(provider, c, context),
        Command::Overturn(c) => ending::overturn(provider, c, context),
        Command::CorrectCertification(c) => certification::correct(provider, c, context),
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

/// Terms that have ended by themselves and are not written down yet.
fn lapses(provider: &Provider, today: Day) -> Vec<Event> {
    let lapsed = |(category, c): (&CategoryCode, &Arc<Certification>)| {
        let effective_on = c.valid_to.filter(|last| *last < today)?.plus_days(1);
        // Another end that came first stands.
        if c.end.as_ref().is_some_and(|end| end.effective_on <= effective_on) {
            return None;
        }
        Some(CertificationExpired { category: category.clone(), effective_on }.into())
    };
    provider.certifications.iter().filter_map(lapsed).collect()
}

/// Orders back the plaques that are out once no certification is live: today, or from the day an end takes effect.
fn recalls(provider: &Provider, context: &Context<'_>) -> Vec<Event> {
    let ends = provider.certifications.values().filter_map(|c| c.over_since());
    let uncovered = ends
        .map(|day| day.max(context.today))
        .filter(|day| !provider.certified_on(*day))
        // An end by term that lies ahead may still be renewed; only decided ends are acted on in advance.
        .filter(|day| *day == context.today || decided_end_on(provider, *day))
        .min();
    let Some(day) = uncovered else { return Vec::new() };
    let due_on = day.plus_days(i64::from(context.scheme.plaque_return_days));
    let out = provider.plaques.iter().filter(|(_, plaque)| plaque.is_out() && plaque.recovery_due.is_none());
    out.map(|(number, _)| PlaqueRecoveryOrdered { plaque_number: number.clone(), due_on }.into()).collect()
}

fn decided_end_on(provider: &Provider, day: Day) -> bool {
    let ends = provider.certifications.values().filter_map(|c| c.end.as_ref());
    ends.filter(|end| end.kind != EndKind::Expired).any(|end| end.effective_on == day)
}

impl Context<'_> {
    /// A fact's day has come.
    fn happened(&self, day: Day) -> Result<(), Refusal> {
        if day > self.today { Err(Refusal::DayAhead { day }) } else { Ok(()) }
    }

    /// The bureau decides in this place.
    fn governs(&self, particulars: &Particulars) -> Result<(), Refusal> {
        let bureau = self.scheme.bureau(self.bureau)?;
        if !bureau.governs(&particulars.division, particulars.zone.as_ref()) {
            return Err(Refusal::NotCompetentForPlace);
        }
        Ok(())
    }

    /// The bureau decides on this category in this place, and the scheme has the category.
    fn competent(&self, category: &CategoryCode, particulars: &Particulars) -> Result<(), Refusal> {
        self.scheme.rules(category)?;
        if !self.scheme.bureau(self.bureau)?.decides_on(category) {
            return Err(Refusal::NotCompetentForCategory { category: category.clone() });
        }
        self.governs(particulars)
    }

    fn known_place(&self, particulars: &Particulars) -> Result<(), Refusal> {
        if !self.divisions.knows(&particulars.division) {
            return Err(Refusal::DivisionUnknown);
        }
        match &particulars.zone {
            Some(zone) if !self.scheme.zones.contains_key(zone) => Err(Refusal::ZoneUnknown),
            _ => Ok(()),
        }
    }
}

/// A step is not dated before the one it follows.
fn not_before(day: Day, earliest: Day) -> Result<(), Refusal> {
    if day < earliest { Err(Refusal::DayBefore { earliest }) } else { Ok(()) }
}

impl Provider {
    /// The particulars, which every decision about a registered provider needs.
    fn registered(&self) -> Result<&Particulars, Refusal> {
        self.particulars.as_deref().ok_or(Refusal::NotRegistered)
    }

    /// The latest certification of a category, live today.
    fn live(&self, category: &CategoryCode, today: Day) -> Result<&Certification, Refusal> {
        let certification = self.certified(category)?;
        match certification.over_since() {
            Some(since) if since <= today => Err(Refusal::NotLive { since }),
            _ => Ok(certification),
        }
    }

    /// The latest certification of a category, live or not.
    fn certified(&self, category: &CategoryCode) -> Result<&Certification, Refusal> {
        self.certifications
            .get(category)
            .map(|held| &**held)
            .ok_or_else(|| Refusal::NotCertified { category: category.clone() })
    }

    /// No bar on the provider or its operator reaches today.
    fn not_barred(&self, context: &Context<'_>) -> Result<(), Refusal> {
        if let Some(until) = self.bars.values().max().filter(|until| **until >= context.today) {
            return Err(Refusal::Barred { until: *until });
        }
        if let Some(until) = context.operator_barred_until.filter(|until| *until >= context.today) {
            return Err(Refusal::OperatorBarred { until });
        }
        Ok(())
    }
}
