//! `puhui provider`: what is on record of one, and every commit of it.

mod acts;
mod record;

use api::audit::v1::{Commit, ReplayRequest};
use api::directory::v1::{GetProviderRequest, GetProviderResponse};
use api::words;
use puhui::print::{Column, terminal};

use acts::Acts;

use super::replay::for_each_commit;
use super::rows::Rows;
use super::to::{at, directory};
use crate::args::{Earlier, Provider};
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui provider`.
pub(crate) async fn provider(servers: &Servers, what: Provider, as_json: bool) -> Result<(), Failure> {
    match what {
        Provider::Show { id, as_of, earlier: Earlier { as_of_position, known_on } } => {
            let request = GetProviderRequest { provider_id: id, as_of, as_of_position, known_on, ..Default::default() };
            let answer = directory(servers).await?.get_provider(request).await?.into_inner();
            show(&answer, as_json)
        }
        Provider::History { id } => history(servers, id, as_json).await,
    }
}

/// What is on record: on a terminal a table a section; for other programs a line a field.
fn show(answer: &GetProviderResponse, as_json: bool) -> Result<(), Failure> {
    let record = answer.provider.clone().unwrap_or_default();
    let of = at(answer.position, answer.true_at_ms, (answer.as_of_position, &answer.known_on));
    let told = format!("{of};认定状态为 {} 的,版本 {}", answer.as_of, record.revision);
    let columns = ["部分", "编号", "字段", "内容"].map(Column::whole);
    let mut rows = Rows::new(as_json, columns);
    match terminal::columns().filter(|_| !as_json) {
        Some(columns) => json::put(&record::sections(&record).iter().map(|s| s.shown(columns)).collect::<String>())?,
        None => {
            rows.add(&record, |record| record::sections(record).iter().flat_map(record::Section::lines).collect())?;
        }
    }
    rows.end(&json::without(answer, &["provider"])?, &told)
}

async fn history(servers: &Servers, id: String, as_json: bool) -> Result<(), Failure> {
    let request = ReplayRequest { provider_id: id.clone(), ..ReplayRequest::default() };
    let columns = [
        Column::whole("位置"),
        Column::whole("版本"),
        Column::whole("日期"),
        Column::whole("经办单位"),
        Column::whole("经办人"),
        Column::whole("事项"),
        Column::text("事件"),
    ];
    let mut rows = Rows::new(as_json, columns);
    let mut acts = Acts::default();
    let told = for_each_commit(servers, request, |commit| {
        let called = acts.told(commit)?;
        rows.add(commit, |commit| line(commit, &called))
    });
    told.await?;
    if rows.is_empty() {
        return Err(Failure::refused(format!("没有网点 {id} 的记录 / nothing was recorded of {id}")));
    }
    rows.close()
}

/// A commit, and what its facts are called.
fn line(commit: &Commit, called: &str) -> Vec<Vec<String>> {
    let names: Vec<_> = commit.events.iter().filter_map(|event| event.fact.as_ref()).map(words::name_of).collect();
    vec![vec![
        commit.position.to_string(),
        commit.revision.to_string(),
        domain::Day::of(domain::Instant(commit.recorded_at_ms)).to_string(),
        commit.bureau_id.clone(),
        commit.officer_id.clone(),
        called.to_owned(),
        names.join(" "),
    ]]
}
