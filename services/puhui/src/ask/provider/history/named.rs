//! What the codes of a record are called, as the directory has it: bureaus, categories, grounds, places, zones. Without it the codes are told.

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{Act, GetProviderRequest, ListProvidersRequest, Provider};
use api::registry::v1::CertificationStatus;
use domain::{CodeOf, Day, DivisionTable, Scheme};
use serde_json::{Map, Value};
use serve::clock;
use tonic::transport::Channel;

use super::super::super::code;
use super::super::super::editions::editions;
use super::super::super::to::directory;
use super::act::Act as Fact;
use super::whose::Whose;
use crate::client::Servers;

const CATEGORY: &str = "category";
const GROUND: &str = "ground";
const DIVISION: &str = "division";
const ZONE: &str = "zone";
/// Fields of facts that hold a code, but for those of bureaus, which were called otherwise on other days.
const CODES: [&str; 4] = [CATEGORY, GROUND, DIVISION, ZONE];

const BUREAU: &str = "bureau_id";

/// A code without a name: the field that holds it, the code, and the day on which the act was recorded that says it.
type Unnamed = (&'static str, String, String);

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

    /// Names of codes that the directory does not tell of this record, such as grounds of what was corrected to none: by the schemes of the day on
    /// which the act was recorded, or else of today.
    fn complete(
        &mut self,
        unnamed: &BTreeSet<Unnamed>,
        (scheme_of, places): (impl Fn(Day) -> Option<Scheme>, &DivisionTable),
        today: Day,
    ) {
        let now = scheme_of(today);
        let mut then: BTreeMap<Day, Option<Scheme>> = BTreeMap::new();
        for (field, code, recorded_on) in unnamed {
            if *field == DIVISION {
                let levels = [2, 4, 6, 9, 12].into_iter().filter_map(|digits| code.get(..digits));
                let names: Vec<&str> = levels.filter_map(|prefix| places.name(prefix)).collect();
                self.codes.insert((DIVISION, code.clone()), names.join(" "));
                continue;
            }
            let Ok(on) = Day::parse(recorded_on) else { continue };
            let of = match *field {
                CATEGORY => CodeOf::Category,
                GROUND => CodeOf::Ground,
                ZONE => CodeOf::Zone,
                _ => CodeOf::Bureau,
            };
            let of_day = then.entry(on).or_insert_with(|| scheme_of(on)).as_ref();
            let name = |scheme: Option<&Scheme>| scheme.and_then(|scheme| scheme.name(of, code, on));
            let Some(name) = name(of_day).or_else(|| name(now.as_ref())) else { continue };
            if *field == BUREAU {
                self.bureaus.insert((code.clone(), recorded_on.clone()), name.to_string());
            } else {
                self.codes.entry((*field, code.clone())).or_insert_with(|| name.to_string());
            }
        }
    }

    /// The codes of an act that have no name yet.
    fn unnamed(&self, act: &Fact) -> BTreeSet<Unnamed> {
        let mut found = BTreeSet::new();
        let recorded_on = &act.made.recorded_on;
        self.look(&act.fields, recorded_on, &mut found);
        if self.bureau(&act.made.bureau, recorded_on) == act.made.bureau {
            found.insert((BUREAU, act.made.bureau.clone(), recorded_on.clone()));
        }
        found
    }

    fn look(&self, fields: &Map<String, Value>, recorded_on: &str, found: &mut BTreeSet<Unnamed>) {
        for (name, value) in fields {
            match value {
                Value::Object(inner) => self.look(inner, recorded_on, found),
                Value::String(code) if !code.is_empty() => {
                    let field = CODES.into_iter().find(|known| known == name);
                    if let Some(field) = field.filter(|field| !self.codes.contains_key(&(*field, code.clone()))) {
                        found.insert((field, code.clone(), recorded_on.to_owned()));
                    }
                    // The bureau that gave an outlet up, by its name of that day.
                    let released_on = fields.get("released_on").and_then(Value::as_str);
                    if let Some(on) = released_on.filter(|on| name == BUREAU && self.bureau(code, on) == *code) {
                        found.insert((BUREAU, code.clone(), on.to_owned()));
                    }
                }
                _ => {}
            }
        }
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

/// The names of a record with these acts. Whatever keeps the services from telling them, the acts are told all the same.
pub(super) async fn named(servers: &Servers, whose: &Whose, acts: &[Fact]) -> Named {
    let mut named = of_directory(servers, whose).await;
    let unnamed: BTreeSet<Unnamed> = acts.iter().flat_map(|act| named.unnamed(act)).collect();
    if unnamed.is_empty() {
        return named;
    }
    if let Ok(editions) = editions(servers).await {
        let scheme_of = |day: Day| editions.everywhere(day).map(|tables| tables.scheme);
        named.complete(&unnamed, (scheme_of, editions.divisions()), Day::of(clock::now()));
    }
    named
}

/// The names that the directory has with the record.
async fn of_directory(servers: &Servers, whose: &Whose) -> Named {
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
    use domain::GroundCode;
    use serde_json::json;

    use super::super::act::Made;
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

    #[test]
    fn what_the_directory_does_not_name_is_named_by_a_scheme() {
        let made = Made {
            recorded_on: "2026-03-01".to_owned(),
            bureau: "3210-development".to_owned(),
            officer: "hj-1".to_owned(),
            scheme: "甲".to_owned(),
            position: 1,
            revision: 1,
        };
        let Value::Object(fields) =
            json!({ "ground": "deceit", "reason": "overcharging", "particulars": { "division": "321003" } })
        else {
            unreachable!()
        };
        let acts = [Fact { name: "OperatorBarred", fields, made, fact: None }];
        let scheme = || serve::reference::scheme(serve::reference::YANGZHOU_SCHEME).unwrap().scheme;
        let (then, today) = (Day::parse("2026-03-01").unwrap(), Day::parse("2026-07-01").unwrap());
        let unnamed: BTreeSet<Unnamed> = acts.iter().flat_map(|act| Named::default().unnamed(act)).collect();
        assert_eq!(unnamed.len(), 3, "{unnamed:?}");
        // By the scheme of its day, with another name, and where that does not list it by the one of today.
        for (day_has_one, called) in [(true, "当时的名称(deceit)"), (false, "弄虚作假骗取认定(deceit)")] {
            let scheme_of = |day: Day| {
                let mut scheme = scheme();
                let code = GroundCode::parse("deceit").unwrap();
                if day == then && day_has_one {
                    scheme.grounds.get_mut(&code).unwrap().name = domain::Text::parse("当时的名称").unwrap();
                } else if day == then {
                    scheme.grounds.remove(&code);
                }
                Some(scheme)
            };
            let mut named = Named::default();
            named.complete(&unnamed, (scheme_of, &serve::reference::divisions()), today);
            assert!(named.code(DIVISION, "321003").is_some_and(|told| told.ends_with("邗江区(321003)")));
            assert_eq!(named.code(GROUND, "deceit").as_deref(), Some(called));
            let bureau = named.bureau("3210-development", "2026-03-01");
            assert!(bureau.ends_with("(3210-development)") && bureau != "3210-development", "{bureau}");
            assert!(acts.iter().all(|act| named.unnamed(act).is_empty()));
        }
    }
}
