//! `puhui search`: outlets by place, category, words, number or nearness.

use api::directory::v1::{ListOrder, ListProvidersRequest, Near};
use api::registry::v1::{CertificationStatus, Point};
use api::words::called;
use puhui::print::Table;

use super::to::{PAGE, directory, of, print};
use crate::args::Search;
use crate::client::{Failure, Servers};
use crate::json;

/// A point as it is typed.
fn point(text: &str) -> Result<Point, Failure> {
    let odd = || Failure::usage(format!("--near {text}: LATITUDE,LONGITUDE in degrees, as 32.393,119.412"));
    let (latitude, longitude) = text.split_once(',').ok_or_else(odd)?;
    let microdegrees = |text: &str| text.trim().parse::<f64>().ok().filter(|d| d.abs() <= 180.0).ok_or_else(odd);
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 millions")]
    let microdegrees = |text: &str| microdegrees(text).map(|degrees| (degrees * 1e6).round() as i32);
    Ok(Point { latitude_microdegrees: microdegrees(latitude)?, longitude_microdegrees: microdegrees(longitude)? })
}

/// `puhui search`.
pub(crate) async fn search(servers: &Servers, search: Search, as_json: bool) -> Result<(), Failure> {
    let statuses = search.statuses.iter().map(|name| {
        let full = format!("CERTIFICATION_STATUS_{}", name.to_uppercase());
        CertificationStatus::from_str_name(&full).map(i32::from).ok_or_else(|| {
            Failure::usage(format!(
                "--status {name}: valid, rectifying, suspended, revoked, withdrawn, expired or deregistered"
            ))
        })
    });
    let near = search.near.as_deref().map(|text| point(text).map(|point| (point, search.within))).transpose()?;
    let order = format!("LIST_ORDER_{}", search.order.to_uppercase().replace('-', "_"));
    let order = ListOrder::from_str_name(&order)
        .ok_or_else(|| Failure::usage(format!("--order {}: name, certified-on or distance", search.order)))?;
    let mut request = ListProvidersRequest {
        number: search.number,
        near: near.map(|(point, within_metres)| Near { point: Some(point), within_metres }),
        order: order.into(),
        division: search.division,
        zone: search.zone,
        category: search.category,
        statistical_class: search.class,
        statuses: statuses.collect::<Result<_, _>>()?,
        text: search.words.join(" "),
        as_of: search.as_of,
        as_of_position: search.earlier.as_of_position,
        known_on: search.earlier.known_on,
        min_position: search.min_position,
        page_size: PAGE.min(u32::try_from(search.limit).unwrap_or(PAGE)),
        ..ListProvidersRequest::default()
    };
    let mut client = directory(servers).await?;
    let mut table = Table::new(&["网点编号", "名称", "类别", "状态", "有效期至", "区划", "地址"]);
    let mut left = search.limit;
    let (of, more) = loop {
        let answer = client.list_providers(request.clone()).await?.into_inner();
        for provider in answer.providers.into_iter().take(left) {
            left -= 1;
            if as_json {
                json::print(&provider)?;
                continue;
            }
            for c in &provider.certifications {
                let name = if c.category_name.is_empty() { &c.category } else { &c.category_name };
                table.row([
                    &provider.provider_id,
                    &provider.name,
                    name,
                    called::<CertificationStatus>(c.status).zh,
                    &c.valid_to,
                    &provider.division_name,
                    &provider.address,
                ]);
            }
        }
        if left == 0 || answer.next_page_token.is_empty() {
            let of = of(answer.position, answer.as_of_position, &answer.known_on);
            break (of, !answer.next_page_token.is_empty());
        }
        request.page_token = answer.next_page_token;
    };
    if as_json {
        return Ok(());
    }
    if table.is_empty() {
        return Err(Failure::refused("没有符合条件的网点 / nothing fits"));
    }
    print(&table)?;
    let more = if more { ",还有更多(--limit)" } else { "" };
    json::say(&format!("{of}{more}"))
}
