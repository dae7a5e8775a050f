//! A place with one category and one bureau, and what is asked of it.

#![allow(dead_code, reason = "each test crate uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::EventLog;
use registrar::{Action, Outcome, Registrar, Rules, Submission, SubmitError};

pub(crate) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn rules() -> Arc<Rules> {
    let rules = CategoryRules {
        name: text("托育"),
        notice_days: 5,
        notice_count: DayCount::Calendar,
        notice_age_days: 180,
        validity_months: 36,
        suspension: true,
        renewal_window_days: 180,
        rectification_days: 30,
        hearing_days: 5,
    };
    let bureau = Bureau {
        name: text("单位"),
        areas: vec![Area::Everywhere],
        categories: vec![],
        every_category: true,
        back_enters: true,
        bars_operators: true,
        former_names: Vec::new(),
        until: None,
        successors: Vec::new(),
        winds_up: Vec::new(),
        adopts_rules: false,
        keeps_pledges: false,
    };
    let scheme = Scheme {
        version: text("test-1"),
        in_force_from: day("2022-12-01"),
        categories: BTreeMap::from([(CategoryCode::parse("childcare").unwrap(), rules)]),
        bureaus: BTreeMap::from([(BureauId::parse("health").unwrap(), bureau)]),
        grounds: BTreeMap::from([(
            GroundCode::parse("overcharging").unwrap(),
            Ground { name: text("乱收费"), bar_months: 24, revocation: RevocationKind::Cancelled },
        )]),
        zones: BTreeMap::new(),
        dropped: BTreeMap::new(),
        plaque_return_days: 15,
        repair_months: (3, 12),
    };
    let divisions = DivisionTable::new("test", [("321003".to_owned(), "邗江区".to_owned())]);
    Arc::new(Rules { scheme, calendar: Calendar::default(), divisions })
}

pub(crate) fn on<L: EventLog + Clone>(log: &L) -> Registrar<L> {
    Registrar::new(log.clone(), &rules())
}

pub(crate) fn operator() -> OperatorCode {
    OperatorCode::parse("914403001922038216").unwrap()
}

pub(crate) fn provider() -> ProviderId {
    ProviderId::new(operator(), 1).unwrap()
}

pub(crate) fn submission(id: u128, command: Command) -> Submission {
    let body = u8::try_from(id % 251).unwrap();
    Submission {
        id: RequestId::from_bytes(id.to_be_bytes()),
        digest: digest(body),
        bureau: BureauId::parse("health").unwrap(),
        officer: OfficerId::parse("hj-1").unwrap(),
        now: Instant(1_782_864_000_000),
        expected_revision: None,
        validate_only: false,
        action: Action::Provider(provider(), command),
    }
}

pub(crate) fn particulars(name: &str) -> Particulars {
    Particulars {
        name: text(name),
        operator_name: text("主体"),
        division: Division::parse("321003").unwrap(),
        zone: None,
        address: None,
        phone: None,
        location: None,
        withhold_address: false,
        operator_class: None,
    }
}

pub(crate) fn register() -> Command {
    Command::RegisterProvider(RegisterProvider { particulars: particulars("网点") })
}

pub(crate) fn apply() -> Command {
    Command::Apply(Apply {
        particulars: Some(particulars("网点")),
        category: CategoryCode::parse("childcare").unwrap(),
        applied_on: day("2026-06-01"),
    })
}

pub(crate) fn rename(name: &str) -> Command {
    Command::AmendParticulars(AmendParticulars {
        particulars: particulars(name),
        effective_on: day("2026-06-01"),
        document_number: None,
        site_checked_on: None,
        release: None,
    })
}

/// A digest that says so much, under the one key there is.
pub(crate) fn digest(of: u8) -> domain::RequestDigest {
    domain::RequestDigest::from_bytes(std::array::from_fn(|index| if index < 4 { 1 } else { of }))
}

/// The rules that the program carries, put on record.
pub(crate) fn begin() -> Action {
    let days = rulebook::carried::days().unwrap();
    let (edition, places) = rulebook::carried::places().unwrap();
    Action::Rules(RulesCommand::BeginRules(Box::new(BeginRules {
        scheme: RulesText::parse(rulebook::YANGZHOU_SCHEME).unwrap(),
        covered_from: days.from,
        covered_until: days.until,
        source: days.source,
        days: RulesText::parse(rulebook::STATUTORY_DAYS).unwrap(),
        edition,
        places,
        adopted_on: day("2026-06-01"),
    })))
}

/// How a command of a bureau ends, or why it is refused.
pub(crate) async fn ask(
    registrar: &Registrar<impl EventLog>,
    id: u128,
    bureau: &str,
    action: Action,
) -> Result<Outcome, Refusal> {
    let bureau = BureauId::parse(bureau).unwrap();
    match registrar.submit(&Submission { bureau, action, ..submission(id, register()) }).await {
        Ok(receipt) => Ok(receipt.outcome),
        Err(SubmitError::Refused(refusal)) => Err(refusal),
        Err(other) => panic!("{other}"),
    }
}
