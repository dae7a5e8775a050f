//! `puhui plaque`: whether one is genuine and what it stands for.

use api::directory::v1::VerifyPlaqueRequest;
use puhui::print::harmless;

use super::to::directory;
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui plaque`.
pub(crate) async fn plaque(servers: &Servers, number: String, as_of: String, as_json: bool) -> Result<(), Failure> {
    let request = VerifyPlaqueRequest { plaque_number: number, as_of, ..Default::default() };
    let answer = directory(servers).await?.verify_plaque(request).await?.into_inner();
    if as_json {
        return json::print(&answer);
    }
    let sentence = answer.sentence.clone().unwrap_or_default();
    json::say(&format!("结论 verdict: {}", answer.verdict().as_str_name().trim_start_matches("PLAQUE_VERDICT_")))?;
    for (name, value) in [("名称", &answer.outlet_name), ("地址", &answer.address), ("自", &answer.since)] {
        if !value.is_empty() {
            json::say(&format!("{name}  {}", harmless(value)))?;
        }
    }
    json::say(&harmless(&sentence.zh))?;
    json::say(&harmless(&sentence.en))
}
