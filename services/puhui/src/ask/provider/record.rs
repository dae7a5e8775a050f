//! What is on record of a provider, in sections: of the outlet, its certifications, cases, prices, pledges and plaques.

use api::directory::v1::{
    Breach, Case, CaseRefusal, Certification, CertificationEnd, Correction, EndKind, Objection, OperatorBar, Plaque,
    PlaqueAct, PlaqueActKind, PricePromise, Provider, RevocationNotice,
};
use api::registry::v1::{
    BreachExtent, BreachSeverity, CaseStage, CertificationStatus, PlaqueStatus, PledgeStatus, Price, PriceUnit,
};
use api::words::called;
use puhui::print::Column;

use super::super::code;
use super::super::ended::{begins_on, for_a_term, never_began};
use super::acts::{acts, by, hearing, intended, number, ruling, versions};
use super::ends::{again, end, listed, term, with};
use super::section::Section;

/// Every section, in the order people read them, told of a day.
pub(super) fn sections(record: &Provider, day: &str) -> Vec<Section> {
    vec![
        outlet(record),
        bars(record),
        versions(record),
        certifications(record, day),
        acts(record),
        cases(record),
        prices(record),
        pledges(record),
        breaches(record),
        plaques(record),
        plaque_acts(record),
        corrections(record),
    ]
}

fn outlet(record: &Provider) -> Section {
    let of = record.particulars.clone().unwrap_or_default();
    let uscc = if record.operator_code_to_be_completed { "待补全" } else { record.operator_code.as_str() };
    let columns = [
        Column::whole("网点编号"),
        Column::text("名称"),
        Column::text("运营主体"),
        Column::whole("信用代码"),
        Column::text("区划"),
        Column::whole("功能区"),
        Column::text("地址"),
        Column::whole("电话"),
        Column::text("代码核实"),
    ];
    let confirmed = record.code_confirmation.as_ref().and_then(|of| of.sentence.clone()).unwrap_or_default().zh;
    let id = record.provider_id.clone();
    let place = record.division_name.clone();
    let zone = code::called(&of.zone, &record.zone_name);
    let thing = vec![id, of.name, of.operator_name, uscc.to_owned(), place, zone, of.address, of.phone, confirmed];
    Section::new("网点", columns, vec![thing])
}

fn certifications(record: &Provider, day: &str) -> Section {
    let columns = [
        Column::whole("类别与次"),
        Column::whole("第几项"),
        Column::whole("类别"),
        Column::whole("状态"),
        Column::whole("自"),
        Column::whole("决定日期"),
        Column::whole("有效期"),
        Column::whole("文号"),
        Column::whole("依据"),
        Column::text("认定单位"),
        Column::whole("办法"),
        Column::text("终止"),
        Column::text("拟取消或拟撤销"),
    ];
    Section::new(
        "认定",
        columns,
        record.certifications.iter().chain(&record.certifications_ahead).map(|c| certification(c, day)).collect(),
    )
}

fn certification(c: &Certification, day: &str) -> Vec<String> {
    let name = if c.category_name.is_empty() { &c.category } else { &c.category_name };
    let status = match c.end.as_ref().map(CertificationEnd::kind) {
        // 取消 and 撤销 are two acts: one ends a certification, the other says that it never should have been.
        Some(kind @ (EndKind::Cancelled | EndKind::Annulled)) if c.status() == CertificationStatus::Revoked => {
            format!("已{}", called::<EndKind>(kind.into()).zh)
        }
        Some(EndKind::Overturned) if c.status() == CertificationStatus::Revoked => "原决定被撤销".to_owned(),
        Some(EndKind::RenewalOverturned) if c.status() == CertificationStatus::Expired => "延续被撤销".to_owned(),
        _ if c.status() == CertificationStatus::Unspecified => begins_on(&c.valid_from),
        _ => for_a_term(c.status, called::<CertificationStatus>(c.status).zh.to_owned(), c.valid_to_basis()),
    };
    let is_ahead = c.valid_from.as_str() > day && c.status() != CertificationStatus::Unspecified;
    let status = if is_ahead { never_began(&status) } else { status };
    // All that are open, by their days.
    let mut open: Vec<&RevocationNotice> = c.notices.iter().filter(|n| !n.is_closed).collect();
    open.sort_by_key(|n| (&n.noticed_on, n.act.as_ref().map(|act| act.number)));
    let notices = open.into_iter().map(|n| {
        let noticed = format!("{} {}", n.noticed_on, intended(n));
        listed([noticed, with("申辩至 ", &hearing(n)), n.ground_name.clone()])
    });
    let decided_by = if c.deciding_body.is_empty() { by(c.act.as_ref()) } else { c.deciding_body.clone() };
    vec![
        format!("{}#{}", c.category, c.ordinal),
        number(c.act.as_ref()),
        name.clone(),
        status,
        c.status_since.clone(),
        c.decided_on.clone(),
        term(c),
        c.document_number.clone(),
        if c.back_entered { "补录" } else { "认定" }.to_owned(),
        decided_by,
        c.act.clone().unwrap_or_default().scheme,
        end(c, day),
        notices.collect::<Vec<_>>().join(";"),
    ]
}

fn bars(record: &Provider) -> Section {
    let columns = [
        Column::whole("运营主体记录"),
        Column::whole("运营主体代码"),
        Column::whole("状态"),
        Column::whole("决定日期"),
        Column::whole("期限"),
        Column::text("事由"),
        Column::whole("文号"),
        Column::text("解除"),
        Column::text("登记"),
    ];
    let thing = |bar: &OperatorBar| {
        let lifted = bar.lifted.as_ref().map(|act| {
            listed([
                format!("{} 解除(第{}项)", bar.lifted_on, act.number),
                with("文号 ", &bar.lifting_document_number),
                with("理由 ", &bar.lifting_reason),
            ])
        });
        let status = match (bar.in_force, bar.overturned.is_some(), bar.lifted.is_some()) {
            (true, _, _) => "禁入中",
            (false, true, _) => "已撤销",
            (false, false, true) => "已解除",
            (false, false, false) => "期满",
        };
        let ruled = bar.overturned.as_ref().map(ruling).or_else(|| bar.again.as_ref().map(again));
        let undone = lifted.into_iter().chain(ruled).collect::<Vec<_>>().join(";");
        vec![
            number(bar.act.as_ref()),
            bar.operator_code.clone(),
            status.to_owned(),
            bar.barred_on.clone(),
            format!("至 {} 止(含当日)", bar.until),
            bar.ground_name.clone(),
            bar.document_number.clone(),
            undone,
            by(bar.act.as_ref()),
        ]
    };
    Section::new("运营主体禁入", columns, record.operator_bars.iter().map(thing).collect())
}

fn breaches(record: &Provider) -> Section {
    let columns = [
        Column::whole("第几项"),
        Column::whole("承诺编码"),
        Column::whole("履行状态"),
        Column::whole("失信程度"),
        Column::whole("履行状态认定日期"),
        Column::text("未履行的内容"),
        Column::text("责任追究"),
        Column::text("恢复"),
    ];
    let thing = |(number, breach): (&String, &Breach)| {
        vec![
            format!("第{}项", breach.act),
            number.clone(),
            called::<BreachExtent>(breach.extent).zh.to_owned(),
            called::<BreachSeverity>(breach.severity).zh.to_owned(),
            breach.determined_on.clone(),
            breach.unperformed.clone(),
            breach.consequence.clone(),
            breach.again.as_ref().map(again).unwrap_or_default(),
        ]
    };
    let all = record.pledges.iter().flat_map(|pledge| pledge.breaches.iter().map(|breach| (&pledge.number, breach)));
    Section::new("未履行承诺", columns, all.map(thing).collect())
}

fn plaque_acts(record: &Provider) -> Section {
    let columns = [
        Column::whole("第几项"),
        Column::whole("牌匾编号"),
        Column::whole("事项"),
        Column::whole("日期"),
        Column::whole("期限"),
        Column::text("说明"),
    ];
    let thing = |(number, act): (&String, &PlaqueAct)| {
        let due = if act.due_on.is_empty() { String::new() } else { format!("至 {} 止(含当日)", act.due_on) };
        let what = called::<PlaqueActKind>(act.kind).zh.to_owned();
        vec![format!("第{}项", act.act), number.clone(), what, act.on.clone(), due, besides(act)]
    };
    let mut all: Vec<(&String, &PlaqueAct)> =
        record.plaques.iter().flat_map(|plaque| plaque.acts.iter().map(|act| (&plaque.number, act))).collect();
    all.sort_by_key(|(_, act)| act.act);
    Section::new("牌匾事项", columns, all.into_iter().map(thing).collect())
}

/// What is told of an act of a plaque besides its day: for what day a recall is, since when the plaque may stay, and that what was found does not hold.
fn besides(act: &PlaqueAct) -> String {
    match (act.kind(), act.since.as_str()) {
        (PlaqueActKind::RecoveryOrdered, "") => "原事由已不存在".to_owned(),
        (PlaqueActKind::RecoveryOrdered, since) => format!("事由日 {since}"),
        (PlaqueActKind::RecoveryLifted, since) => format!("可留用自 {since}"),
        _ if act.not_so => "该日无已逾期的收回责令,不成立".to_owned(),
        _ => String::new(),
    }
}

fn corrections(record: &Provider) -> Section {
    let columns = [
        Column::whole("第几项"),
        Column::whole("所更正"),
        Column::whole("原事项"),
        Column::whole("更正为"),
        Column::whole("日期"),
        Column::text("理由"),
        Column::whole("文号"),
        Column::text("登记"),
    ];
    let thing = |one: &Correction| {
        vec![
            number(one.act.as_ref()),
            format!("第{}项", one.corrected),
            one.fact_called.clone().unwrap_or_default().zh,
            if one.to_none { "无(不再成立)" } else { "见该项" }.to_owned(),
            one.corrected_on.clone(),
            one.reason.clone(),
            one.document_number.clone(),
            by(one.act.as_ref()),
        ]
    };
    Section::new("更正", columns, record.corrections.iter().map(thing).collect())
}

fn cases(record: &Provider) -> Section {
    let columns = [
        Column::whole("类别"),
        Column::whole("阶段"),
        Column::whole("自"),
        Column::whole("公示期"),
        Column::whole("未处理异议"),
        Column::text("异议"),
        Column::text("不予认定"),
    ];
    let thing = |case: &Case| {
        let notice = case.notice.clone().map(|n| format!("{} 至 {} 止(含当日)", n.start, n.end)).unwrap_or_default();
        let stage = called::<CaseStage>(case.stage).zh.to_owned();
        let objections: Vec<String> = case.objections.iter().map(objection).collect();
        let open = case.open_objections.to_string();
        let refusals: Vec<String> = case.refusals.iter().map(refusal).collect();
        let (since, refusals) = (case.stage_since.clone(), refusals.join(";"));
        let category = code::called(&case.category, &case.category_name);
        vec![category, stage, since, notice, open, objections.join(";"), refusals]
    };
    Section::new("申报件", columns, record.cases.iter().map(thing).collect())
}

/// A decision against a case, and by whom it was undone or put back.
fn refusal(refusal: &CaseRefusal) -> String {
    let act = refusal.act.as_ref().map_or(0, |act| act.number);
    let said = format!("{} 不予认定(第{act}项)", refusal.decided_on);
    let ruled = refusal.overturned.as_ref().map(ruling).or_else(|| refusal.again.as_ref().map(again));
    std::iter::once(said).chain(ruled).collect::<Vec<_>>().join(";")
}

/// An objection by its number and act: what was objected to stays in the record of acts.
fn objection(objection: &Objection) -> String {
    let Objection { act, objection_number, raised_on, resolved_on, upheld } = objection;
    let became = match (resolved_on.as_str(), upheld) {
        ("", _) => "未处理".to_owned(),
        (on, true) => format!("{on} 成立"),
        (on, false) => format!("{on} 不成立"),
    };
    format!("第{act}项 {objection_number} {raised_on} 提出,{became}")
}

fn prices(record: &Provider) -> Section {
    let columns = [
        Column::text("收费项目"),
        Column::whole("类别"),
        Column::whole("现行普惠价格"),
        Column::whole("已确定、将执行"),
        Column::whole("报价待确定"),
    ];
    let since = |price: Option<&Price>, said: String| price.map(|p| format!("{},{said}", told(p))).unwrap_or_default();
    let from = |price: Option<&Price>, day: &str, act: u32| since(price, format!("自 {day} 起(第{act}项)"));
    let thing = |promise: &PricePromise| {
        let proposed = format!("{} 提出(第{}项)", promise.proposed_on, promise.proposal);
        vec![
            promise.item.clone(),
            code::called(&promise.category, &promise.category_name),
            from(promise.price.as_ref(), &promise.effective_on, promise.approval),
            from(promise.coming_price.as_ref(), &promise.coming_on, promise.coming_approval),
            since(promise.proposed_price.as_ref(), proposed),
        ]
    };
    Section::new("价格", columns, record.prices.iter().map(thing).collect())
}

/// A price as people say it: `2000.00元/月(允许涨幅10%)`.
fn told(price: &Price) -> String {
    let unit = called::<PriceUnit>(price.unit).zh;
    let (fen, rise) = (price.amount_fen, price.rise_percent_max);
    format!("{}.{:02}元/{unit}(允许涨幅{rise}%)", fen / 100, fen % 100)
}

fn pledges(record: &Provider) -> Section {
    let columns = [
        Column::whole("承诺编码"),
        Column::whole("第几项"),
        Column::whole("状态"),
        Column::whole("作出日期"),
        Column::text("内容"),
    ];
    let thing = |pledge: &api::directory::v1::Pledge| {
        let status = match pledge.status() {
            PledgeStatus::Unspecified => "(公示期满,不再公示)".to_owned(),
            _ => called::<PledgeStatus>(pledge.status).zh.to_owned(),
        };
        let act = if pledge.act == 0 { String::new() } else { format!("第{}项", pledge.act) };
        vec![pledge.number.clone(), act, status, pledge.made_on.clone(), pledge.content.clone()]
    };
    Section::new("信用承诺", columns, record.pledges.iter().map(thing).collect())
}

fn plaques(record: &Provider) -> Section {
    let columns = [
        Column::whole("牌匾编号"),
        Column::whole("状态"),
        Column::whole("自"),
        Column::whole("应收回自"),
        Column::whole("收回期限"),
        Column::whole("由何牌替换"),
    ];
    let thing = |plaque: &Plaque| {
        let status = called::<PlaqueStatus>(plaque.status).zh.to_owned();
        let (since, due) = (plaque.due_back_since.clone(), plaque.recovery_due.clone());
        vec![plaque.number.clone(), status, plaque.status_since.clone(), since, due, plaque.replaced_by.clone()]
    };
    Section::new("牌匾", columns, record.plaques.iter().map(thing).collect())
}
