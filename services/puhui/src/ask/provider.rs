//! `puhui provider`: what is on record of one, and every commit of it.

mod acts;
mod ends;
mod history;
mod record;
mod section;

use api::directory::v1::{GetProviderRequest, GetProviderResponse};
use puhui::print::{Column, terminal};

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
        Provider::History { id } => history::history(servers, history::Whose::typed(id), as_json).await,
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
        Some(columns) => {
            json::put(&record::sections(&record, &answer.as_of).iter().map(|s| s.shown(columns)).collect::<String>())?;
        }
        None => {
            rows.add(&record, |record| {
                record::sections(record, &answer.as_of).iter().flat_map(section::Section::lines).collect()
            })?;
        }
    }
    rows.end(&json::without(answer, &["provider"])?, &told)
}
