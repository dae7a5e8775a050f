//! What is on record of a provider, in sections: of the outlet, its certifications, cases, prices, pledges and plaques.

use api::directory::v1::{Case, Certification, CertificationEnd, EndKind, Plaque, PricePromise, Provider};
use api::registry::v1::{CaseStage, CertificationStatus, PlaqueStatus, PledgeStatus, Price, PriceUnit};
use api::words::called;
use puhui::print::Column;

use super::acts::{acts, by, number, versions};
use super::section::Section;

/// Every section, in the order people read them, told of a day.
pub(super) fn sections(record: &Provider, day: &str) -> Vec<Section> {
    vec![
        outlet(record),
        versions(record),
        certifications(record, day),
        acts(record),
        cases(record),
        prices(record),
        pledges(record),
        plaques(record),
    ]
}

fn outlet(record: &Provider) -> Section {
    let of = record.particulars.clone().unwrap_or_default();
    let code = if record.operator_code_to_be_completed { "待补全" } else { record.operator_code.as_str() };
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
    let thing = vec![id, of.name, of.operator_name, code.to_owned(), place, of.zone, of.address, of.phone, confirmed];
    Section::new("网点", columns, vec![thing])
}

fn certifications(record: &Provider, day: &str) -> Section {
    let columns = [
        Column::whole("类别与次"),
        Column::whole("第几项"),
        Column::whole("类别"),
        Column::whole("状态"),
        Column::whole("自"),
        Column::whole("有效期"),
        Column::whole("文号"),
        Column::whole("依据"),
        Column::text("认定单位"),
        Column::whole("办法"),
        Column::text("终止"),
        Column::text("拟取消告知"),
    ];
    Section::new("认定", columns, record.certifications.iter().map(|c| certification(c, day)).collect())
}

fn certification(c: &Certification, day: &str) -> Vec<String> {
    let name = if c.category_name.is_empty() { &c.category } else { &c.category_name };
    let status = match c.end.as_ref().map(CertificationEnd::kind) {
        // 取消 and 撤销 are two acts: one ends a certification, the other says that it never should have been.
        Some(kind @ (EndKind::Cancelled | EndKind::Annulled)) if c.status() == CertificationStatus::Revoked => {
            format!("已{}", called::<EndKind>(kind.into()).zh)
        }
        _ => called::<CertificationStatus>(c.status).zh.to_owned(),
    };
    let term = match (c.valid_from.as_str(), c.valid_to.as_str()) {
        ("", "") => "期限未载明".to_owned(),
        (from, to) => format!("{from} — {to}"),
    };
    let notice = c
        .revocation_notice
        .as_ref()
        .map(|n| format!("{} 告知,申辩至 {},{}", n.noticed_on, n.hearing_until, n.ground_name));
    let decided_by = if c.deciding_body.is_empty() { by(c.act.as_ref()) } else { c.deciding_body.clone() };
    vec![
        format!("{}#{}", c.category, c.ordinal),
        number(c.act.as_ref()),
        name.clone(),
        status,
        c.status_since.clone(),
        term,
        c.document_number.clone(),
        if c.back_entered { "补录" } else { "认定" }.to_owned(),
        decided_by,
        c.act.clone().unwrap_or_default().scheme,
        end(c, day),
        notice.unwrap_or_default(),
    ]
}

/// What ends a certification: one that lies ahead of the day is intended.
fn end(c: &Certification, day: &str) -> String {
    let Some(end) = &c.end else { return String::new() };
    let intended = if end.effective_on.as_str() > day { "拟于 " } else { "" };
    let mut parts = vec![format!("{intended}{} {}", end.effective_on, called::<EndKind>(end.kind).zh)];
    for (what, value) in [("事由", &end.ground_name), ("文号", &end.document_number), ("理由", &end.reason)] {
        if !value.is_empty() {
            parts.push(format!("{what} {value}"));
        }
    }
    if end.back_entered {
        let dated = if end.undated { "(日期未载明)" } else { "" };
        parts.push(format!("补录{dated},决定单位 {},来源 {}", end.deciding_body, end.source));
    }
    if !end.bar_until.is_empty() {
        parts.push(format!("{} 前不得再次申报", end.bar_until));
    }
    parts.join(",")
}

fn cases(record: &Provider) -> Section {
    let columns = [
        Column::whole("类别"),
        Column::whole("阶段"),
        Column::whole("自"),
        Column::whole("公示期"),
        Column::whole("未处理异议"),
    ];
    let thing = |case: &Case| {
        let notice = case.notice.clone().map(|n| format!("{} — {}", n.start, n.end)).unwrap_or_default();
        let stage = called::<CaseStage>(case.stage).zh.to_owned();
        vec![case.category.clone(), stage, case.stage_since.clone(), notice, case.open_objections.to_string()]
    };
    Section::new("申报件", columns, record.cases.iter().map(thing).collect())
}

fn prices(record: &Provider) -> Section {
    let columns = [
        Column::text("项目"),
        Column::whole("类别"),
        Column::whole("普惠价格"),
        Column::whole("将执行"),
        Column::whole("待确定"),
    ];
    let from = |price: Option<&Price>, day: &str| price.map(|p| format!("{} {day}起", told(p))).unwrap_or_default();
    let thing = |promise: &PricePromise| {
        vec![
            promise.item.clone(),
            promise.category.clone(),
            from(promise.price.as_ref(), &promise.effective_on),
            from(promise.coming_price.as_ref(), &promise.coming_on),
            promise.proposed_price.as_ref().map(told).unwrap_or_default(),
        ]
    };
    Section::new("价格", columns, record.prices.iter().map(thing).collect())
}

/// A price as people say it: `2000.00元/月`.
fn told(price: &Price) -> String {
    format!("{}.{:02}元/{}", price.amount_fen / 100, price.amount_fen % 100, called::<PriceUnit>(price.unit).zh)
}

fn pledges(record: &Provider) -> Section {
    let columns = [Column::whole("承诺编码"), Column::whole("状态"), Column::whole("作出日期"), Column::text("内容")];
    let thing = |pledge: &api::directory::v1::Pledge| {
        let status = called::<PledgeStatus>(pledge.status).zh.to_owned();
        vec![pledge.number.clone(), status, pledge.made_on.clone(), pledge.content.clone()]
    };
    Section::new("信用承诺", columns, record.pledges.iter().map(thing).collect())
}

fn plaques(record: &Provider) -> Section {
    let columns = [
        Column::whole("牌匾编号"),
        Column::whole("状态"),
        Column::whole("自"),
        Column::whole("收回期限"),
        Column::whole("由何牌替换"),
    ];
    let thing = |plaque: &Plaque| {
        // A plaque that came back, or is gone, is not waited for any more.
        let out = matches!(plaque.status(), PlaqueStatus::Issued | PlaqueStatus::Hung | PlaqueStatus::NotReturned);
        let due = if out { plaque.recovery_due.clone() } else { String::new() };
        let status = called::<PlaqueStatus>(plaque.status).zh.to_owned();
        vec![plaque.number.clone(), status, plaque.status_since.clone(), due, plaque.replaced_by.clone()]
    };
    Section::new("牌匾", columns, record.plaques.iter().map(thing).collect())
}
