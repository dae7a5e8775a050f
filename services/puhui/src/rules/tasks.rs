//! `puhui rules adopt|show|history`: asked of a running service.

use api::registry::v1::Outcome;
use api::rules::v1::rules_service_client::RulesServiceClient;
use api::rules::v1::{
    AdoptCalendarRequest, AdoptPlacesRequest, AdoptSchemeRequest, Edition, EditionKind, GetRulesRequest,
    ListEditionsRequest,
};
use domain::Day;
use puhui::print::harmless;
use serve::clock;
use tonic::transport::Channel;
use uuid::Uuid;

use super::{check, file};
use crate::args::{AdoptTask, Adopter, RulesTask};
use crate::client::{Failure, Servers};
use crate::json::{self, say};

/// `puhui rules`.
pub(crate) async fn run(servers: &[String], task: RulesTask, as_json: bool) -> Result<(), Failure> {
    if let RulesTask::Check { file, above } = &task {
        return check::check(file, above);
    }
    let channel = Servers::new(servers)?.connect("rules").await?;
    let mut client = RulesServiceClient::new(channel);
    match task {
        RulesTask::Adopt { what } => adopt(&mut client, what, as_json).await,
        RulesTask::Show { on } => show(&mut client, on, as_json).await,
        RulesTask::History { limit } => history(&mut client, limit, as_json).await,
        RulesTask::Check { .. } => Ok(()),
    }
}

/// The day an act is dated, where nobody dates it.
fn or_today(day: String) -> String {
    if day.is_empty() { Day::of(clock::now()).to_string() } else { day }
}

/// Sends what adopts rules: the fields that all have, and those of the kind.
macro_rules! adopted {
    ($client:ident.$call:ident($request:ident { $($field:ident),* $(,)? }), $path:expr, $by:expr) => {{
        let Adopter { body, document, adopted_on, bureau, officer, corrects, validate_only } = $by;
        let request = $request {
            request_id: Uuid::new_v4().to_string(),
            expected_revision: None,
            validate_only,
            bureau_id: bureau,
            officer_id: officer,
            text: file(&$path)?,
            adopted_on: or_today(adopted_on),
            adopted_by: body,
            document_number: document,
            corrects,
            $($field,)*
        };
        let answer = $client.$call(request).await?.into_inner();
        (answer.position, answer.act, answer.outcome, answer.log_id)
    }};
}

async fn adopt(client: &mut RulesServiceClient<Channel>, task: AdoptTask, as_json: bool) -> Result<(), Failure> {
    let (position, act, outcome, log_id) = match task {
        AdoptTask::Scheme { file: path, by } => adopted!(client.adopt_scheme(AdoptSchemeRequest {}), path, by),
        AdoptTask::Calendar { file: path, from: covered_from, until: covered_until, source, by } => {
            adopted!(client.adopt_calendar(AdoptCalendarRequest { covered_from, covered_until, source }), path, by)
        }
        AdoptTask::Places { file: path, edition, by } => {
            adopted!(client.adopt_places(AdoptPlacesRequest { edition }), path, by)
        }
    };
    let outcome = Outcome::try_from(outcome).unwrap_or(Outcome::Unspecified);
    if as_json {
        let line = serde_json::json!({
            "position": position, "act": act, "outcome": outcome.as_str_name(), "log_id": log_id,
        });
        return say(&line.to_string());
    }
    say(match outcome {
        Outcome::Recorded => "已施行 / adopted",
        Outcome::AlreadyRecorded => "此前已施行 / adopted before",
        Outcome::Validated => "可以施行 / it would be adopted",
        Outcome::Unspecified => "—",
    })?;
    let act = if act > 0 { format!("第{act}项 act {act},") } else { String::new() };
    say(&format!("{act}位置 position {position}"))
}

/// One edition, on one line.
fn line(edition: &Edition) -> String {
    let kind = match edition.kind() {
        EditionKind::Scheme => "办法 scheme",
        EditionKind::Calendar => "工作日历 calendar",
        EditionKind::Places => "区划代码表 places",
        EditionKind::Unspecified => "—",
    };
    let area = match (edition.kind(), edition.area.as_str()) {
        (EditionKind::Scheme, "") => "(全域 everywhere) ".to_owned(),
        (EditionKind::Scheme, area) => {
            format!("({}) ", harmless([edition.area_name.as_str(), area].join(" ").trim_start()))
        }
        _ => String::new(),
    };
    let until = if edition.until.is_empty() { String::new() } else { format!("至 {} ", edition.until) };
    let from = if edition.from.is_empty() { String::new() } else { format!("自 {} 起 {until}", edition.from) };
    let by = match (edition.adopted_by.as_str(), edition.document_number.as_str()) {
        ("", "") => "随登记簿启用 with the log".to_owned(),
        (body, document) => format!("{} {}", harmless(body), harmless(document)),
    };
    let corrects = if edition.corrects == 0 { String::new() } else { format!(" · 更正第{}条", edition.corrects) };
    let gone = match edition.corrected_by {
        0 => String::new(),
        by => format!(" · 已由第{by}条更正,不再适用 / corrected by position {by}"),
    };
    format!(
        "{kind} {area}{} {from}· {by} · {} 由 {} {} 录入{corrects}{gone} · 第{}条 position {} · sha256 {}",
        harmless(&edition.version),
        harmless(&edition.entered_on),
        harmless(&edition.bureau_name),
        harmless(&edition.officer_id),
        edition.position,
        edition.position,
        edition.sha256.get(..12).unwrap_or_default(),
    )
}

async fn show(client: &mut RulesServiceClient<Channel>, on: String, as_json: bool) -> Result<(), Failure> {
    let answer = client.get_rules(GetRulesRequest { on }).await?.into_inner();
    if as_json {
        return json::print(&answer);
    }
    for scheme in &answer.schemes {
        say(&line(scheme))?;
    }
    for covered in &answer.calendar {
        say(&format!("工作日已知 working days are known:{} 至 {}", covered.from, covered.until))?;
    }
    say(&format!("区划代码 places:{} · {}", answer.places, harmless(&answer.places_edition)))?;
    say(&format!("截至第{}条 / as of position {}, {}", answer.rules_position, answer.rules_position, answer.on))
}

async fn history(client: &mut RulesServiceClient<Channel>, limit: u32, as_json: bool) -> Result<(), Failure> {
    let request = ListEditionsRequest { page_size: limit, ..ListEditionsRequest::default() };
    let answer = client.list_editions(request).await?.into_inner();
    for edition in &answer.editions {
        if as_json {
            json::print(edition)?;
        } else {
            say(&format!("{} {}", edition.adopted_on, line(edition)))?;
        }
    }
    Ok(())
}
