//! `puhui search`: outlets by place, category, words, number or nearness.

use api::directory::v1::{
    CertificationSummary, ListOrder, ListProvidersRequest, ListProvidersResponse, Near, ProviderSummary,
};
use api::registry::v1::{CertificationStatus, Point};
use puhui::print::Column;

use super::code::is_code;
use super::ended;
use super::pages::pages;
use super::rows::Rows;
use super::to::{at, directory};
use crate::args::Search;
use crate::client::{Failure, Servers};
use crate::json;

/// What `--status all` stands for.
const EVERY_STATUS: [CertificationStatus; 8] = [
    CertificationStatus::Valid,
    CertificationStatus::Rectifying,
    CertificationStatus::Suspended,
    CertificationStatus::Revoked,
    CertificationStatus::Withdrawn,
    CertificationStatus::Expired,
    CertificationStatus::Deregistered,
    CertificationStatus::Ahead,
];

/// A point as it is typed.
fn point(text: &str) -> Result<Point, Failure> {
    let odd = || {
        Failure::usage(format!("--near {text}:写作 纬度,经度(度) / LATITUDE,LONGITUDE in degrees, as 32.393,119.412"))
    };
    let (latitude, longitude) = text.split_once(',').ok_or_else(odd)?;
    let microdegrees = |text: &str| text.trim().parse::<f64>().ok().filter(|d| d.abs() <= 180.0).ok_or_else(odd);
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 millions")]
    let microdegrees = |text: &str| microdegrees(text).map(|degrees| (degrees * 1e6).round() as i32);
    Ok(Point { latitude_microdegrees: microdegrees(latitude)?, longitude_microdegrees: microdegrees(longitude)? })
}

fn statuses(names: &[String]) -> Result<Vec<i32>, Failure> {
    if names == ["all"] {
        return Ok(EVERY_STATUS.map(i32::from).to_vec());
    }
    let status = |name: &String| {
        let full = format!("CERTIFICATION_STATUS_{}", name.to_uppercase());
        CertificationStatus::from_str_name(&full).map(i32::from).ok_or_else(|| {
            Failure::usage(format!(
                "--status {name}: valid, rectifying, suspended, revoked, withdrawn, expired, deregistered or ahead; or all"
            ))
        })
    };
    names.iter().map(status).collect()
}

fn request(search: Search) -> Result<ListProvidersRequest, Failure> {
    let near = search.near.as_deref().map(|text| point(text).map(|point| (point, search.within))).transpose()?;
    let order = format!("LIST_ORDER_{}", search.order.to_uppercase().replace('-', "_"));
    let order = ListOrder::from_str_name(&order).ok_or_else(|| {
        Failure::usage(format!("--order {}:只能是 / is one of name, certified-on, distance", search.order))
    })?;
    // A code is no word of a name or an address: who types one means the outlets of that operator.
    let (operator_code, text) = match &search.words[..] {
        [code] if is_code(code) => (code.clone(), String::new()),
        words => (String::new(), words.join(" ")),
    };
    Ok(ListProvidersRequest {
        number: search.number,
        near: near.map(|(point, within_metres)| Near { point: Some(point), within_metres }),
        order: order.into(),
        division: search.division,
        zone: search.zone,
        category: search.category,
        statistical_class: search.class,
        statuses: statuses(&search.statuses)?,
        operator_code,
        text,
        as_of: search.as_of,
        as_of_position: search.earlier.as_of_position,
        known_on: search.earlier.known_on,
        min_position: search.min_position,
        ..ListProvidersRequest::default()
    })
}

/// What it is called on the day, and the other name that the words found it by.
fn name(provider: &ProviderSummary) -> String {
    let ProviderSummary { name, found_by_name, found_by_name_until, .. } = provider;
    match (found_by_name.as_str(), found_by_name_until.as_str()) {
        ("", _) => name.clone(),
        (other, "") => format!("{name}(后用名 {other})"),
        (other, until) => format!("{name}(曾用名 {other},{until} 起不用)"),
    }
}

/// A line for each certification that fits.
fn lines(provider: &ProviderSummary) -> Vec<Vec<String>> {
    let line = |(c, is_ahead): (&CertificationSummary, bool)| {
        let category = if c.category_name.is_empty() { &c.category } else { &c.category_name };
        let stands = || {
            let stands = ended::stands(c.status, c.end_kind, (c.graver_end_kind, &c.graver_end_on));
            ended::for_a_term(c.status, stands, c.valid_to_basis())
        };
        let status = match (c.status() == CertificationStatus::Unspecified, is_ahead) {
            (true, _) => ended::begins_on(&c.valid_from),
            (false, true) => ended::never_began(&stands()),
            (false, false) => stands(),
        };
        let of = |text: &String| text.clone();
        let last = ended::last_day(&c.valid_to, c.valid_to_basis());
        let mut cells = vec![of(&provider.provider_id), name(provider), of(category), status, last];
        cells.extend([of(&provider.division_name), of(&provider.address)]);
        cells.push(provider.distance_metres.map(|metres| metres.to_string()).unwrap_or_default());
        cells
    };
    let begun = provider.certifications.iter().map(|c| (c, false));
    begun.chain(provider.certifications_ahead.iter().map(|c| (c, true))).map(line).collect()
}

/// `puhui search`.
pub(crate) async fn search(servers: &Servers, search: Search, as_json: bool) -> Result<(), Failure> {
    let (limit, token) = (search.limit, search.page_token.clone());
    let request = request(search)?;
    let client = directory(servers).await?;
    let ask = async |page_size: u32, page_token: String| {
        let request = ListProvidersRequest { page_size, page_token, ..request.clone() };
        client.clone().list_providers(request).await.map(tonic::Response::into_inner)
    };
    let columns = [
        Column::whole("网点编号"),
        Column::text("名称"),
        Column::whole("类别"),
        Column::whole("状态"),
        Column::whole("有效期至"),
        Column::text("区划"),
        Column::text("地址"),
    ];
    let columns = columns.into_iter().chain(request.near.is_some().then(|| Column::whole("距离/米")));
    let mut rows = Rows::new(as_json, columns);
    let last = pages(limit, token, ask, |provider| rows.add(&provider, lines)).await?;
    let nothing = rows.is_empty();
    rows.end(&json::without(&last, &["providers"])?, &if nothing { String::new() } else { end(&last) })?;
    if !nothing {
        return Ok(());
    }
    let elsewhere = request.statuses.is_empty() && {
        let any = ListProvidersRequest { statuses: statuses(&["all".to_owned()])?, page_size: 1, ..request };
        // Only a hint: where it cannot be had, the answer is the same without it.
        client.clone().list_providers(any).await.is_ok_and(|any| !any.into_inner().providers.is_empty())
    };
    let hint = if elsewhere {
        ";另有尚未起算、已取消、退出、到期或注销的,加 --status all / ones that are yet to begin, revoked, withdrawn, expired or deregistered do: --status all"
    } else {
        ""
    };
    Err(Failure::refused(format!("没有符合条件的网点 / nothing fits{hint}")))
}

fn end(last: &ListProvidersResponse) -> String {
    let of = at(last.position, last.true_at_ms, (last.as_of_position, &last.known_on));
    let more = if last.next_page_token.is_empty() { "" } else { ";还有更多 / there are more (--limit)" };
    format!("{of};认定状态为 {} 的{more}", last.as_of)
}
