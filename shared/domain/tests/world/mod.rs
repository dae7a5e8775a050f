//! A small place to try the rules in: a scheme, a calendar, divisions, one provider, and a word for each command.

#![allow(dead_code, reason = "each test crate uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a value of the table that is not one ends the test")]

mod history;

use std::collections::BTreeMap;

use domain::command::*;
use domain::*;
#[allow(unused_imports, reason = "each test crate uses a part of it")]
pub(crate) use history::*;

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}

pub(crate) fn category(code: &str) -> CategoryCode {
    CategoryCode::parse(code).unwrap()
}

pub(crate) fn ground(code: &str) -> GroundCode {
    GroundCode::parse(code).unwrap()
}

pub(crate) const CARE: &str = "childcare";

pub(crate) fn uscc() -> Uscc {
    Uscc::parse("914403001922038216").unwrap()
}

/// The operator of [`provider_id`].
pub(crate) fn operator_code() -> OperatorCode {
    OperatorCode::Uscc(uscc())
}

pub(crate) fn provider_id() -> ProviderId {
    ProviderId::new(OperatorCode::Uscc(uscc()), 1).unwrap()
}

/// The provider of a list that gave no credit code.
pub(crate) fn listed_id() -> ProviderId {
    ProviderId::new(OperatorCode::to_be_completed("321003", [7; 8]).unwrap(), 1).unwrap()
}

fn calendar() -> Calendar {
    let table = include_str!("../../../../data/tables/statutory_days.csv");
    let rows = table.lines().skip(1).map(|line| {
        let kind = if line.contains(",holiday,") { DayKind::Holiday } else { DayKind::MakeUpWorkday };
        (day(&line[..10]), kind)
    });
    Calendar::covering(day("2004-01-01"), day("2026-12-31"), rows)
}

pub(crate) fn scheme() -> Scheme {
    let rules = CategoryRules {
        name: text("类别"),
        notice_days: 5,
        notice_count: DayCount::Working,
        notice_age_days: 180,
        validity_months: 36,
        suspension: true,
        renewal_window_days: 180,
        rectification_days: 30,
        hearing_days: 5,
    };
    let bureau = |areas: Vec<Area>, categories: &[&str], back_enters: bool, bars_operators| Bureau {
        keeps_pledges: false,
        every_category: categories.is_empty() && !back_enters,
        name: text("单位"),
        areas,
        categories: categories.iter().map(|code| category(code)).collect(),
        back_enters,
        bars_operators,
        former_names: Vec::new(),
        until: None,
        successors: Vec::new(),
        winds_up: Vec::new(),
        adopts_rules: false,
    };
    let area = |digits: &str| vec![Area::Division(DivisionPrefix::parse(digits).unwrap())];
    let id = |text: &str| BureauId::parse(text).unwrap();
    let ground_as = |bar_months, revocation| Ground { name: text("事由"), bar_months, revocation };
    let ground_of = |bar_months| ground_as(bar_months, RevocationKind::Cancelled);
    Scheme {
        version: text("test-1"),
        in_force_from: day("2022-12-01"),
        categories: BTreeMap::from([
            (category(CARE), rules.clone()),
            (category("domestic"), CategoryRules { suspension: false, notice_count: DayCount::Calendar, ..rules }),
        ]),
        bureaus: BTreeMap::from([
            (id("health"), bureau(area("321003"), &[CARE], false, false)),
            (id("everything"), bureau(area("3210"), &[], false, false)),
            (id("commerce"), bureau(area("321003"), &["domestic"], false, false)),
            (id("elsewhere"), bureau(area("321002"), &[CARE], false, false)),
            (id("zone"), bureau(vec![Area::Zone(ZoneCode::parse("lake").unwrap())], &[], false, false)),
            (
                id("merged"),
                Bureau {
                    until: Some(day("2026-01-31")),
                    successors: vec![id("everything")],
                    ..bureau(area("3210"), &[], false, false)
                },
            ),
            (id("credit"), Bureau { keeps_pledges: true, ..bureau(area("3210"), &["fitness"], false, false) }),
            (id("lists"), bureau(vec![Area::Everywhere], &[], true, true)),
        ]),
        grounds: BTreeMap::from([
            (ground("overcharging"), ground_of(24)),
            (ground("conditions-lost"), ground_of(0)),
            (ground("deceit"), ground_as(24, RevocationKind::Annulled)),
            (ground("pledge-broken"), ground_of(24)),
            (ground("review-failed"), ground_of(12)),
        ]),
        zones: BTreeMap::from([(
            ZoneCode::parse("lake").unwrap(),
            Zone { name: text("湖区"), areas: vec![DivisionPrefix::parse("321003006").unwrap()] },
        )]),
        dropped: BTreeMap::new(),
        plaque_return_days: 15,
        repair_months: (3, 12),
    }
}

/// Everything a decision is taken with, on a day and by a bureau.
pub(crate) struct World {
    pub(crate) scheme: Scheme,
    pub(crate) calendar: Calendar,
    pub(crate) divisions: DivisionTable,
    pub(crate) provider: ProviderId,
    pub(crate) operator_bars: Vec<Bar>,
    pub(crate) confirmed: Vec<Uscc>,
    /// Whether what is decided was so before the bars that hold on its day by now.
    pub(crate) before_bars: bool,
    pub(crate) alone_at_the_end: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let rows = ["321002", "321003", "321003005", "321003005007", "321003006", "321011"]
            .map(|code| (code.to_owned(), code.to_owned()));
        Self {
            scheme: scheme(),
            calendar: calendar(),
            divisions: DivisionTable::new("test", rows).retiring([("321011".to_owned(), day("2011-11-12"))]),
            provider: provider_id(),
            operator_bars: Vec::new(),
            confirmed: Vec::new(),
            before_bars: false,
            alone_at_the_end: false,
        }
    }

    pub(crate) fn decide(
        &self,
        state: &Provider,
        bureau: &str,
        today: Day,
        command: &Command,
    ) -> Result<Vec<Event>, Refusal> {
        let bureau = BureauId::parse(bureau).unwrap();
        let context = Context {
            scheme: &self.scheme,
            calendar: &self.calendar,
            divisions: &self.divisions,
            bureau: &bureau,
            today,
            provider: &self.provider,
            operator_bars: [&self.operator_bars, &[]],
            confirmed: &self.confirmed,
            beside: Beside {
                before_bars: self.before_bars,
                alone_at_the_end: self.alone_at_the_end,
                ..Beside::default()
            },
        };
        decide(state, command, &context)
    }
}

/// The state after facts of which none corrects another.
pub(crate) fn then(state: Provider, facts: &[Event]) -> Provider {
    facts.iter().fold(state, |state, fact| evolve(state, fact).unwrap())
}

/// The same of an operator.
pub(crate) fn then_of_operator(operator: Operator, facts: &[Event]) -> Operator {
    facts.iter().fold(operator, |operator, fact| evolve_operator(operator, fact).unwrap())
}

pub(crate) fn particulars() -> Particulars {
    Particulars {
        name: text("虹桥托育园"),
        operator_name: text("虹桥托育"),
        division: Division::parse("321003005007").unwrap(),
        zone: None,
        address: Some(text("文昌西路1号")),
        phone: None,
        location: None,
        withhold_address: false,
        operator_class: None,
    }
}

pub(crate) fn register() -> Command {
    Command::RegisterProvider(RegisterProvider { particulars: particulars() })
}

pub(crate) fn register_as(particulars: Particulars) -> Command {
    Command::RegisterProvider(RegisterProvider { particulars })
}

pub(crate) fn amend(particulars: Particulars, effective_on: &str, site_checked_on: Option<&str>) -> Command {
    let site_checked_on = site_checked_on.map(day);
    Command::AmendParticulars(AmendParticulars {
        particulars,
        effective_on: day(effective_on),
        document_number: None,
        site_checked_on,
        release: None,
    })
}

pub(crate) fn identify(code: &str) -> Command {
    let operator_uscc = Uscc::parse(code).unwrap();
    let (identified_on, document_number) = (day("2026-06-01"), text("营业执照 1号"));
    Command::IdentifyOperator(IdentifyOperator {
        operator_uscc,
        operator_name: text("运营主体"),
        identified_on,
        document_number,
    })
}

pub(crate) fn apply(on: &str) -> Command {
    Command::Apply(Apply { particulars: Some(particulars()), category: category(CARE), applied_on: day(on) })
}

pub(crate) fn return_case(on: &str, due: &str) -> Command {
    let (returned_on, due_on) = (day(on), day(due));
    Command::ReturnCase(ReturnCase { category: category(CARE), missing: text("备案回执"), returned_on, due_on })
}

pub(crate) fn supplement(on: &str) -> Command {
    Command::SupplementCase(SupplementCase { category: category(CARE), supplemented_on: day(on) })
}

pub(crate) fn accept(on: &str) -> Command {
    Command::AcceptCase(AcceptCase { category: category(CARE), accepted_on: day(on) })
}

pub(crate) fn inspect(on: &str, passed: bool) -> Command {
    Command::RecordInspection(RecordInspection {
        category: category(CARE),
        inspected_on: day(on),
        passed,
        findings: text("情况"),
    })
}

pub(crate) fn window(start: &str, end: &str) -> NoticeWindow {
    NoticeWindow::new(day(start), day(end)).unwrap()
}

pub(crate) fn notice(start: &str, end: &str) -> Command {
    notice_at(None, start, end)
}

pub(crate) fn notice_at(place: Option<&str>, start: &str, end: &str) -> Command {
    let published_at = place.map(text);
    Command::OpenNotice(OpenNotice { category: category(CARE), notice: window(start, end), published_at })
}

pub(crate) fn object(on: &str) -> Command {
    object_as(1, on, "异议")
}

/// The bureau's objection of this number.
pub(crate) fn object_as(number: u32, on: &str, summary: &str) -> Command {
    Command::RaiseObjection(RaiseObjection {
        category: category(CARE),
        objection_number: text(&format!("异议〔2026〕{number}号")),
        raised_on: day(on),
        summary: text(summary),
    })
}

pub(crate) fn resolve(on: &str, upheld: bool) -> Command {
    resolve_of(None, on, upheld)
}

/// Of the objection with this number in the record.
pub(crate) fn resolve_of(objection: Option<u32>, on: &str, upheld: bool) -> Command {
    let objection = objection.map(|act| Act::new(act).unwrap());
    Command::ResolveObjection(ResolveObjection {
        category: category(CARE),
        objection,
        resolved_on: day(on),
        upheld,
        finding: text("结论"),
    })
}

pub(crate) fn refuse(on: &str) -> Command {
    let document_number = text("不予〔2026〕1号");
    Command::RefuseCase(RefuseCase {
        category: category(CARE),
        decided_on: day(on),
        explanation: text("理由"),
        document_number,
    })
}

pub(crate) fn withdraw_case(on: &str) -> Command {
    Command::WithdrawCase(WithdrawCase { category: category(CARE), withdrawn_on: day(on), reason: None })
}

pub(crate) fn pledge_number(serial: u32) -> PledgeNumber {
    PledgeNumber::parse(&format!("32100320260211{serial:06}")).unwrap()
}

pub(crate) fn pledge_form(serial: u32) -> PledgeForm {
    PledgeForm {
        number: pledge_number(serial),
        promisor_name: text("虹桥托育"),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: Some(uscc()),
        pledge_type: PledgeType::Voluntary,
        other_type: None,
        reason: text("申请认定"),
        content: text("按公示价格收费"),
        liability: text("限期整改"),
        made_on: day("2026-02-11"),
        valid_until: None,
        accepting_unit: text("单位"),
        accepting_unit_uscc: uscc(),
        publication: PublicationScope::Public,
        remarks: None,
    }
}

pub(crate) fn pledge() -> Command {
    Command::MakePledge(MakePledge { pledge: pledge_form(1) })
}

pub(crate) fn pledge_as(pledge: PledgeForm) -> Command {
    Command::MakePledge(MakePledge { pledge })
}

pub(crate) fn fulfil(on: &str) -> Command {
    let (determining_unit, determining_unit_uscc) = (None, None);
    Command::RecordFulfilment(RecordFulfilment {
        pledge_number: pledge_number(1),
        determined_on: day(on),
        determining_unit,
        determining_unit_uscc,
    })
}

pub(crate) fn breach(on: &str, severity: BreachSeverity) -> Command {
    breach_of("未公示", on, severity)
}

pub(crate) fn breach_of(unperformed: &str, on: &str, severity: BreachSeverity) -> Command {
    Command::RecordBreach(RecordBreach {
        pledge_number: pledge_number(1),
        extent: BreachExtent::Partly,
        severity,
        unperformed: text(unperformed),
        consequence: text("整改"),
        determined_on: day(on),
        determining_unit: None,
        determining_unit_uscc: None,
    })
}

pub(crate) fn repair(on: &str) -> Command {
    repair_of(None, on)
}

/// Of the breach with this number.
pub(crate) fn repair_of(breach: Option<u32>, on: &str) -> Command {
    let breach = breach.map(|act| Act::new(act).unwrap());
    Command::RepairPledge(RepairPledge {
        pledge_number: pledge_number(1),
        breach,
        repaired_on: day(on),
        document_number: text("修复1号"),
    })
}

/// A decision on a notice sent as evidence, 2026-03-02 to 2026-03-06.
pub(crate) fn certify_as(change: impl FnOnce(&mut Certify)) -> Command {
    let mut certify = Certify {
        particulars: None,
        category: category(CARE),
        decided_on: day("2026-03-09"),
        valid_from: day("2026-03-09"),
        valid_to: day("2029-03-08"),
        document_number: text("认定〔2026〕12号"),
        pledge_number: pledge_number(1),
        notice: Some(window("2026-03-02", "2026-03-06")),
        deciding_body: None,
    };
    change(&mut certify);
    Command::Certify(certify)
}

pub(crate) fn certify() -> Command {
    certify_as(|_| {})
}

pub(crate) fn back_enter_as(change: impl FnOnce(&mut RecordCertification)) -> Command {
    let mut record = RecordCertification {
        particulars: Some(particulars()),
        category: category(CARE),
        decided_on: Some(day("2024-05-06")),
        valid_from: None,
        valid_to: None,
        document_number: None,
        deciding_body: text("教育局"),
        publicity: None,
        source: text("名单第1行"),
        ended: None,
        valid_to_worked_out_from: None,
    };
    change(&mut record);
    Command::RecordCertification(record)
}

pub(crate) fn back_enter() -> Command {
    back_enter_as(|_| {})
}

pub(crate) fn rectify(on: &str, due: &str) -> Command {
    rectify_for("overcharging", on, due)
}

pub(crate) fn rectify_for(code: &str, on: &str, due: &str) -> Command {
    let (ordered_on, due_on) = (day(on), day(due));
    Command::OrderRectification(OrderRectification {
        category: category(CARE),
        ground: ground(code),
        detail: text("情形"),
        ordered_on,
        due_on,
        legal_basis: text("第十一条"),
        document_number: text("责改〔2026〕1号"),
    })
}

pub(crate) fn rectified(on: &str) -> Command {
    accept_order(None, on)
}

fn accept_order(order: Option<Act>, on: &str) -> Command {
    let (accepted_on, findings) = (day(on), text("已整改"));
    Command::AcceptRectification(AcceptRectification { order, category: category(CARE), accepted_on, findings })
}

/// Of the order with this number.
pub(crate) fn rectified_of(order: u32, on: &str) -> Command {
    accept_order(Some(Act::new(order).unwrap()), on)
}

pub(crate) fn suspend(code: &str, on: &str) -> Command {
    Command::Suspend(Suspend {
        category: category(code),
        ground: ground("overcharging"),
        detail: text("情形"),
        suspended_on: day(on),
        legal_basis: text("第十一条"),
        document_number: text("暂停〔2026〕1号"),
    })
}

pub(crate) fn resume(on: &str) -> Command {
    Command::Resume(Resume { suspension: None, category: category(CARE), resumed_on: day(on) })
}

/// Of the suspension with this number.
pub(crate) fn resume_of(suspension: u32, on: &str) -> Command {
    let suspension = Some(Act::new(suspension).unwrap());
    Command::Resume(Resume { suspension, category: category(CARE), resumed_on: day(on) })
}

pub(crate) fn notice_revocation(on: &str, until: &str) -> Command {
    notice_revocation_for("overcharging", on, until)
}

pub(crate) fn notice_revocation_for(code: &str, on: &str, until: &str) -> Command {
    Command::NoticeRevocation(NoticeRevocation {
        certification: None,
        category: category(CARE),
        ground: ground(code),
        detail: text("向家长多收餐费"),
        noticed_on: day(on),
        hearing_until: day(until),
        legal_basis: text("第十二条"),
        document_number: text("告知〔2026〕1号"),
    })
}

pub(crate) fn lift_notice(on: &str) -> Command {
    lift_notice_of(None, on)
}

/// Of the notice with this number.
pub(crate) fn lift_notice_of(notice: Option<u32>, on: &str) -> Command {
    Command::LiftRevocationNotice(LiftRevocationNotice {
        notice: notice.map(|act| Act::new(act).unwrap()),
        category: category(CARE),
        lifted_on: day(on),
        reason: text("已整改"),
    })
}

pub(crate) fn revoke_as(change: impl FnOnce(&mut Revoke)) -> Command {
    let mut revoke = Revoke {
        certification: None,
        notice: None,
        category: category(CARE),
        kind: RevocationKind::Cancelled,
        ground: ground("overcharging"),
        legal_basis: text("第十二条"),
        document_number: text("取消〔2026〕3号"),
        decided_on: day("2026-06-16"),
        effective_on: day("2026-06-16"),
        bar_until: None,
    };
    change(&mut revoke);
    Command::Revoke(revoke)
}

pub(crate) fn revoke() -> Command {
    revoke_as(|_| {})
}

/// Obtained by deceit, and void from the day it began.
pub(crate) fn annul() -> Command {
    revoke_as(|c| {
        (c.kind, c.ground, c.effective_on) = (RevocationKind::Annulled, ground("deceit"), day("2026-03-09"));
    })
}

pub(crate) fn withdraw(on: &str, effective: &str) -> Command {
    let (requested_on, effective_on) = (day(on), day(effective));
    Command::Withdraw(Withdraw { category: category(CARE), requested_on, effective_on, reason: text("停业") })
}

pub(crate) fn expire() -> Command {
    Command::RecordExpiry(RecordExpiry { category: category(CARE) })
}

pub(crate) fn deregister(on: &str) -> Command {
    let deregistered_on = day(on);
    Command::Deregister(Deregister {
        category: category(CARE),
        deregistered_on,
        reason: text("注销登记"),
        document_number: None,
    })
}

/// Cancelled elsewhere, of which neither a day nor a document is known; `change` says what is.
pub(crate) fn record_ending(change: impl FnOnce(&mut RecordEnding)) -> Command {
    let mut ending = RecordEnding {
        category: category("childcare"),
        kind: EndingKind::Cancelled,
        decided_on: None,
        effective_on: None,
        document_number: None,
        deciding_body: text("开原市教育局"),
        source: text("2024年撤销名单"),
        bar_until: None,
    };
    change(&mut ending);
    Command::RecordEnding(ending)
}

pub(crate) fn renew(on: &str, from: &str, to: &str) -> Command {
    let (decided_on, valid_from, valid_to) = (day(on), day(from), day(to));
    Command::Renew(Renew {
        category: category(CARE),
        decided_on,
        valid_from,
        valid_to,
        document_number: text("延续1号"),
        pledge_number: pledge_number(1),
        deciding_body: None,
    })
}

pub(crate) fn review(year: u32, result: ReviewResult, on: &str) -> Command {
    let year = Year::new(year).unwrap();
    Command::RecordReview(RecordReview { category: category(CARE), year, result, reviewed_on: day(on), note: None })
}

pub(crate) fn overturn(act: u32, on: &str) -> Command {
    let (body, document_number) = (text("市政府"), text("复议1号"));
    Command::Overturn(Overturn {
        act: Act::new(act).unwrap(),
        overturned_on: day(on),
        body,
        document_number,
        explanation: text("理由"),
    })
}

pub(crate) fn price(fen: u32, unit: PriceUnit) -> Price {
    Price { amount_fen: Fen::new(fen).unwrap(), unit, rise_percent_max: Percent::new(10).unwrap() }
}

pub(crate) fn propose(fen: u32, unit: PriceUnit) -> Command {
    propose_as("2026-04-01", price(fen, unit))
}

pub(crate) fn propose_as(on: &str, price: Price) -> Command {
    propose_for("全日托", on, price)
}

pub(crate) fn propose_for(item: &str, on: &str, price: Price) -> Command {
    let (item, proposed_on) = (text(item), day(on));
    Command::ProposePrice(ProposePrice { category: category(CARE), item, price, proposed_on })
}

pub(crate) fn approve_price() -> Command {
    approve_on("2026-04-10", "2026-05-01")
}

pub(crate) fn approve_on(on: &str, effective: &str) -> Command {
    approve_of(None, on, effective)
}

/// Of the proposal with this number.
pub(crate) fn approve_of(proposal: Option<u32>, on: &str, effective: &str) -> Command {
    let proposal = proposal.map(|act| Act::new(act).unwrap());
    Command::ApprovePrice(ApprovePrice {
        category: category(CARE),
        item: text("全日托"),
        proposal,
        decided_on: day(on),
        effective_on: day(effective),
        document_number: None,
    })
}

pub(crate) fn reject_price() -> Command {
    reject_of(None, "2026-04-02")
}

/// Of the proposal with this number.
pub(crate) fn reject_of(proposal: Option<u32>, on: &str) -> Command {
    let proposal = proposal.map(|act| Act::new(act).unwrap());
    Command::RejectPrice(RejectPrice {
        category: category(CARE),
        item: text("全日托"),
        proposal,
        rejected_on: day(on),
        reason: text("过高"),
    })
}

pub(crate) fn plaque(ordinal: u16) -> PlaqueNumber {
    PlaqueNumber::new(provider_id(), ordinal).unwrap()
}

pub(crate) fn order(replaces: Option<u16>) -> Command {
    order_on("2026-03-10", replaces)
}

/// For another place than the first.
pub(crate) fn order_at(on: &str, place: &str) -> Command {
    Command::OrderPlaque(OrderPlaque { ordered_on: day(on), replaces: None, place: Some(text(place)) })
}

pub(crate) fn order_on(on: &str, replaces: Option<u16>) -> Command {
    Command::OrderPlaque(OrderPlaque { ordered_on: day(on), replaces: replaces.map(plaque), place: None })
}

pub(crate) fn issue_on(number: u16, on: &str) -> Command {
    let (plaque_number, issued_on) = (plaque(number), day(on));
    Command::IssuePlaque(IssuePlaque { plaque_number, issued_on, design_version: text("2026") })
}

pub(crate) fn issue(ordinal: u16) -> Command {
    let (plaque_number, issued_on) = (plaque(ordinal), day("2026-03-18"));
    Command::IssuePlaque(IssuePlaque { plaque_number, issued_on, design_version: text("2026") })
}

pub(crate) fn hang(ordinal: u16) -> Command {
    Command::HangPlaque(HangPlaque { plaque_number: plaque(ordinal), hung_on: day("2026-03-20") })
}

pub(crate) fn recover(ordinal: u16, on: &str) -> Command {
    Command::RecoverPlaque(RecoverPlaque { plaque_number: plaque(ordinal), recovered_on: day(on) })
}

pub(crate) fn lose(on: &str) -> Command {
    Command::ReportPlaqueLost(ReportPlaqueLost {
        plaque_number: plaque(1),
        lost_on: day(on),
        statement: text("声明作废"),
    })
}

pub(crate) fn destroy(on: &str) -> Command {
    destroy_of(1, on)
}

pub(crate) fn destroy_of(number: u16, on: &str) -> Command {
    Command::DestroyPlaque(DestroyPlaque {
        plaque_number: plaque(number), destroyed_on: day(on), reason: text("破损")
    })
}

pub(crate) fn not_returned(on: &str) -> Command {
    Command::RecordPlaqueNotReturned(RecordPlaqueNotReturned {
        plaque_number: plaque(1),
        recorded_on: day(on),
        detail: text("失联"),
    })
}

/// On record, pledged and certified from 2026-03-09 to 2029-03-08.
pub(crate) fn certified() -> Vec<Command> {
    vec![register(), pledge(), certify()]
}

/// Certified, with a plaque on the wall.
pub(crate) fn hung() -> Vec<Command> {
    [certified(), vec![order(None), issue(1), hang(1)]].concat()
}

/// Certified, hung, told, heard and revoked on 2026-06-16.
pub(crate) fn revoked() -> Vec<Command> {
    [hung(), vec![notice_revocation("2026-06-08", "2026-06-15"), revoke()]].concat()
}

/// A case with a notice from 2026-03-02 to 2026-03-06.
pub(crate) fn publicised() -> Vec<Command> {
    let case = vec![
        apply("2026-02-02"),
        accept("2026-02-03"),
        inspect("2026-02-10", true),
        notice("2026-03-02", "2026-03-06"),
    ];
    [case, vec![pledge()]].concat()
}
