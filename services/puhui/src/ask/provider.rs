//! `puhui provider`: what is on record of one, and every commit of it.

use api::audit::v1::{Commit, ReplayRequest};
use api::directory::v1::{GetProviderRequest, Provider as Record};
use api::registry::v1::{CaseStage, CertificationStatus, PlaqueStatus, PledgeStatus};
use api::words::{self, called};
use puhui::print::{Table, harmless};

use super::replay::for_each_commit;
use super::to::{directory, of, print};
use crate::args::{Earlier, Provider};
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui provider`.
pub(crate) async fn provider(servers: &Servers, what: Provider, as_json: bool) -> Result<(), Failure> {
    match what {
        Provider::Show { id, as_of, earlier: Earlier { as_of_position, known_on } } => {
            let request = GetProviderRequest { provider_id: id, as_of, as_of_position, known_on, ..Default::default() };
            let answer = directory(servers).await?.get_provider(request).await?.into_inner();
            let record = answer.provider.unwrap_or_default();
            let of = of(answer.position, answer.as_of_position, &answer.known_on);
            if as_json { json::print(&record) } else { show(&record, &of) }
        }
        Provider::History { id } => {
            let request = ReplayRequest { provider_id: id.clone(), ..ReplayRequest::default() };
            let mut table = Table::new(&["位置", "版本", "日期", "经办单位", "经办人", "事件"]);
            let mut found = false;
            for_each_commit(servers, request, |commit| {
                found = true;
                if as_json {
                    return json::print(commit);
                }
                let day = domain::Day::of(domain::Instant(commit.recorded_at_ms)).to_string();
                table.row([
                    commit.position.to_string(),
                    commit.revision.to_string(),
                    day,
                    commit.bureau_id.clone(),
                    commit.officer_id.clone(),
                    event_names(commit).join(" "),
                ]);
                Ok(())
            })
            .await?;
            if !found {
                return Err(Failure::refused(format!("没有网点 {id} 的记录 / nothing was recorded of {id}")));
            }
            if as_json { Ok(()) } else { print(&table) }
        }
    }
}

/// The names of a commit's events, as docs/events.md has them.
fn event_names(commit: &Commit) -> Vec<&'static str> {
    commit.events.iter().filter_map(|event| event.fact.as_ref()).map(words::name_of).collect()
}

fn show(record: &Record, of: &str) -> Result<(), Failure> {
    let particulars = record.particulars.clone().unwrap_or_default();
    let code = if record.operator_code_to_be_completed { "待补全" } else { record.operator_code.as_str() };
    for (name, value) in [
        ("网点编号", record.provider_id.as_str()),
        ("名称", &particulars.name),
        ("运营主体", &particulars.operator_name),
        ("信用代码", code),
        ("区划", &record.division_name),
        ("功能区", &particulars.zone),
        ("地址", &particulars.address),
        ("电话", &particulars.phone),
    ] {
        if !value.is_empty() {
            json::say(&format!("{name}  {}", harmless(value)))?;
        }
    }
    let mut table = Table::new(&["类别", "次", "状态", "自", "有效期", "文号", "依据"]);
    for c in &record.certifications {
        let term = format!("{} — {}", c.valid_from, c.valid_to);
        let basis = if c.back_entered { "补录" } else { "认定" };
        let ordinal = c.ordinal.to_string();
        let name = if c.category_name.is_empty() { &c.category } else { &c.category_name };
        table.row([
            name,
            &ordinal,
            called::<CertificationStatus>(c.status).zh,
            &c.status_since,
            &term,
            &c.document_number,
            basis,
        ]);
    }
    section("认定", &table)?;
    let mut table = Table::new(&["类别", "阶段", "公示期", "未处理异议"]);
    for case in &record.cases {
        let notice = case.notice.clone().map(|n| format!("{} — {}", n.start, n.end)).unwrap_or_default();
        table.row([&case.category, called::<CaseStage>(case.stage).zh, &notice, &case.open_objections.to_string()]);
    }
    section("申报件", &table)?;
    let mut table = Table::new(&["承诺编码", "状态", "作出日期", "内容"]);
    for pledge in &record.pledges {
        table.row([&pledge.number, called::<PledgeStatus>(pledge.status).zh, &pledge.made_on, &pledge.content]);
    }
    section("信用承诺", &table)?;
    let mut table = Table::new(&["牌匾编号", "状态", "自", "收回期限"]);
    for plaque in &record.plaques {
        table.row([
            &plaque.number,
            called::<PlaqueStatus>(plaque.status).zh,
            &plaque.status_since,
            &plaque.recovery_due,
        ]);
    }
    section("牌匾", &table)?;
    json::say(&format!("{of},版本 {}", record.revision))
}

fn section(title: &str, table: &Table) -> Result<(), Failure> {
    if table.is_empty() {
        return Ok(());
    }
    json::say(&format!("\n{title}"))?;
    print(table)
}
