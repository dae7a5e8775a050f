//! What the codes of a record are called, as the directory has it: bureaus, categories, grounds, places, zones. Without it the codes are told.

use std::collections::BTreeMap;

use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{Act, GetProviderRequest, ListProvidersRequest, Provider};
use api::registry::v1::CertificationStatus;
use tonic::transport::Channel;

use super::super::super::code;
use super::super::super::to::directory;
use super::whose::Whose;
use crate::client::Servers;

const CATEGORY: &str = "category";
const GROUND: &str = "ground";
const DIVISION: &str = "division";
const ZONE: &str = "zone";
/// Fields of facts that hold a code, but for those of bureaus, which were called otherwise on other days.
const CODES: [&str; 4] = [CATEGORY, GROUND, DIVISION, ZONE];

/// Names by the codes that a record has.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// By the bureau's code and the first day on which something was recorded under the name.
    bureaus: BTreeMap<(String, String), String>,
    /// By the field that holds the code, and the code.
    codes: BTreeMap<(&'static str, String), String>,
}

impl Named {
    /// A bureau by the name of a day, with its code.
    pub(super) fn bureau(&self, id: &str, day: &str) -> String {
        let known = self.bureaus.range(..=(id.to_owned(), day.to_owned())).next_back();
        code::called(id, known.filter(|((of, _), _)| of == id).map_or("", |(_, name)| name))
    }

    /// The code that a field holds, with its name: a category, a ground, a place or a zone. `None` where the field holds no code.
    pub(super) fn code(&self, field: &str, code: &str) -> Option<String> {
        let field = CODES.into_iter().find(|known| *known == field)?;
        let name = self.codes.get(&(field, code.to_owned())).map_or("", String::as_str);
        Some(code::called(code, name))
    }

    fn made(&mut self, act: Option<&Act>) {
        if let Some(act) = act.filter(|act| act.bureau_name != act.bureau_id) {
            self.bureaus.insert((act.bureau_id.clone(), act.recorded_on.clone()), act.bureau_name.clone());
        }
    }

    fn of(record: &Provider) -> Self {
        let mut named = Self::default();
        for by in &record.recorded_by {
            named.bureaus.insert((by.bureau_id.clone(), by.since.clone()), by.bureau_name.clone());
        }
        let mut codes: Vec<(&'static str, &String, &String)> = Vec::new();
        for c in record.certifications.iter().chain(&record.certifications_ahead) {
            codes.push((CATEGORY, &c.category, &c.category_name));
            codes.extend(c.orders.iter().map(|order| (GROUND, &order.ground, &order.ground_name)));
            codes.extend(c.suspensions.iter().map(|one| (GROUND, &one.ground, &one.ground_name)));
            codes.extend(c.notices.iter().map(|notice| (GROUND, &notice.ground, &notice.ground_name)));
            codes.extend(c.ends.iter().map(|end| (GROUND, &end.ground, &end.ground_name)));
        }
        codes.extend(record.cases.iter().map(|case| (CATEGORY, &case.category, &case.category_name)));
        codes.extend(record.prices.iter().map(|price| (CATEGORY, &price.category, &price.category_name)));
        codes.extend(record.operator_bars.iter().map(|bar| (GROUND, &bar.ground, &bar.ground_name)));
        for version in &record.versions {
            if let Some(of) = &version.particulars {
                codes.push((DIVISION, &of.division, &version.division_name));
                codes.push((ZONE, &of.zone, &version.zone_name));
            }
            if let Some(release) = &version.release {
                let key = (release.bureau_id.clone(), release.released_on.clone());
                named.bureaus.entry(key).or_insert_with(|| version.releasing_bureau_name.clone());
            }
        }
        named.codes = codes.into_iter().map(|(field, code, name)| ((field, code.clone()), name.clone())).collect();
        named
    }
}

/// The names of a record. Whatever keeps the directory from telling them, the acts are told all the same.
pub(super) async fn named(servers: &Servers, whose: &Whose) -> Named {
    let Ok(mut client) = directory(servers).await else { return Named::default() };
    let id = match whose {
        Whose::Provider(id) => Some(id.clone()),
        Whose::Operator(code) => outlet_of(&mut client, code).await,
    };
    let Some(provider_id) = id else { return Named::default() };
    let request = GetProviderRequest { provider_id, ..GetProviderRequest::default() };
    let Ok(answer) = client.get_provider(request).await else { return Named::default() };
    let record = answer.into_inner().provider.unwrap_or_default();
    let mut named = Named::of(&record);
    if matches!(whose, Whose::Operator(_)) {
        for bar in &record.operator_bars {
            named.made(bar.act.as_ref());
            named.made(bar.lifted.as_ref());
        }
    }
    named
}

/// One of an operator's outlets, of each of which the bars on it are told.
async fn outlet_of(client: &mut DirectoryServiceClient<Channel>, code: &str) -> Option<String> {
    let all = [
        CertificationStatus::Valid,
        CertificationStatus::Rectifying,
        CertificationStatus::Suspended,
        CertificationStatus::Revoked,
        CertificationStatus::Withdrawn,
        CertificationStatus::Expired,
        CertificationStatus::Deregistered,
        CertificationStatus::Ahead,
    ];
    let request = ListProvidersRequest {
        operator_code: code.to_owned(),
        statuses: all.map(i32::from).to_vec(),
        page_size: 1,
        ..ListProvidersRequest::default()
    };
    let answer = client.list_providers(request).await.ok()?.into_inner();
    answer.providers.into_iter().next().map(|provider| provider.provider_id)
}

#[cfg(test)]
mod tests {
    use api::directory::v1::{Certification, RevocationNotice};

    use super::*;

    #[test]
    fn grounds_are_named_also_of_what_lies_ahead() {
        let notice = RevocationNotice {
            ground: "deceit".to_owned(),
            ground_name: "弄虚作假骗取认定".to_owned(),
            ..RevocationNotice::default()
        };
        let certification = Certification { notices: vec![notice], ..Certification::default() };
        let ahead = Provider { certifications_ahead: vec![certification], ..Provider::default() };
        let named = Named::of(&ahead);
        assert_eq!(named.code("ground", "deceit").as_deref(), Some("弄虚作假骗取认定(deceit)"));
        assert_eq!(named.code("category", "fitness").as_deref(), Some("fitness"));
        assert_eq!(named.code("reason", "deceit"), None);
    }
}
