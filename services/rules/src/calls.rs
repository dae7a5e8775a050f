//! The rules service: its calls as gRPC.

use std::sync::Arc;

use api::rules::v1;
use api::rules::v1::rules_service_server::RulesService;
use domain::{Day, Instant, Invalid};
use event_log::EventLog;
use registrar::Registrar;
use rulebook::{Adopted, Editions, Kind};
use serve::{CommandDesk, Fields};
use tonic::{Request, Response, Status};

use crate::Here;

/// Editions a page of the list holds unless it is told otherwise.
const PAGE_SIZE: u32 = 100;
/// Editions a page of the list holds at most.
const PAGE_SIZE_MAX: u32 = 1000;

/// The calls of the rules service on one registrar.
#[derive(Debug)]
pub struct Rules<L> {
    pub(crate) desk: CommandDesk<L>,
    pub(crate) registrar: Arc<Registrar<L>>,
    pub(crate) clock: fn() -> Instant,
}

/// An edition as it is told. Who entered it is named as it was called then, by the rules as they are known now.
fn edition(editions: &Editions, adopted: &Adopted, today: Day) -> v1::Edition {
    let named = editions.scheme_of_bureau(&adopted.bureau, today, today);
    let bureau = named.as_ref().and_then(|tables| tables.scheme.bureaus.get(&adopted.bureau));
    let bureau_name = bureau.map_or(adopted.bureau.as_str(), |bureau| bureau.name_on(adopted.entered_on).as_str());
    let (kind, area, from, until) = match &adopted.kind {
        Kind::Scheme { area, in_force_from } => {
            let area = area.as_ref().map(|area| area.as_str().to_owned()).unwrap_or_default();
            (v1::EditionKind::Scheme, area, in_force_from.to_string(), String::new())
        }
        Kind::Calendar { from, until } => {
            (v1::EditionKind::Calendar, String::new(), from.to_string(), until.to_string())
        }
        Kind::Places => (v1::EditionKind::Places, String::new(), String::new(), String::new()),
    };
    let area_name = editions.divisions().name(&area).unwrap_or_default().to_owned();
    v1::Edition {
        kind: kind.into(),
        position: adopted.position.0,
        area,
        version: adopted.version.clone(),
        from,
        until,
        sha256: adopted.sha256.to_string(),
        adopted_on: adopted.adopted_on.to_string(),
        adopted_by: adopted.adopted_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        document_number: adopted.document_number.as_ref().map(ToString::to_string).unwrap_or_default(),
        bureau_id: adopted.bureau.to_string(),
        officer_id: adopted.officer.as_str().to_owned(),
        corrects: adopted.corrects.map_or(0, |position| position.0),
        corrected_by: adopted.corrected_by.map_or(0, |position| position.0),
        bureau_name: bureau_name.to_owned(),
        entered_on: adopted.entered_on.to_string(),
        area_name,
    }
}

impl<L: EventLog> Rules<L> {
    async fn editions(&self) -> Result<Arc<Editions>, Status> {
        self.registrar.current_rules().await.map_err(|error| serve::status::of_submit_error(&error))
    }
}

#[tonic::async_trait]
impl<L: EventLog> RulesService for Rules<L> {
    async fn adopt_scheme(
        &self,
        request: Request<v1::AdoptSchemeRequest>,
    ) -> Result<Response<v1::AdoptSchemeResponse>, Status> {
        self.desk.call::<Here, _>(request).await
    }

    async fn adopt_calendar(
        &self,
        request: Request<v1::AdoptCalendarRequest>,
    ) -> Result<Response<v1::AdoptCalendarResponse>, Status> {
        self.desk.call::<Here, _>(request).await
    }

    async fn adopt_places(
        &self,
        request: Request<v1::AdoptPlacesRequest>,
    ) -> Result<Response<v1::AdoptPlacesResponse>, Status> {
        self.desk.call::<Here, _>(request).await
    }

    async fn get_rules(&self, request: Request<v1::GetRulesRequest>) -> Result<Response<v1::GetRulesResponse>, Status> {
        let mut fields = Fields::new();
        let on = fields.optional("on", &request.get_ref().on, Day::parse);
        let today = Day::of((self.clock)());
        let on = fields.finish(on)?.unwrap_or(today);
        let editions = self.editions().await?;
        let covered = editions.calendar().covered();
        Ok(Response::new(v1::GetRulesResponse {
            rules_position: editions.position().0,
            schemes: editions.in_force(on).into_iter().map(|one| edition(&editions, one, today)).collect(),
            calendar: covered
                .map(|(from, until)| v1::Covered { from: from.to_string(), until: until.to_string() })
                .collect(),
            places_edition: editions.divisions().edition().to_owned(),
            places: u64::try_from(editions.divisions().rows().count()).unwrap_or(u64::MAX),
            log_id: self.registrar.log().id().to_string(),
            on: on.to_string(),
        }))
    }

    async fn list_editions(
        &self,
        request: Request<v1::ListEditionsRequest>,
    ) -> Result<Response<v1::ListEditionsResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let kind = v1::EditionKind::try_from(request.kind).map_err(|_| Invalid::UNSPECIFIED);
        let kind = fields.checked("kind", kind);
        let size = if request.page_size == 0 { PAGE_SIZE } else { request.page_size };
        let size = fields.checked("page_size", if size > PAGE_SIZE_MAX { Err(Invalid::RANGE) } else { Ok(size) });
        let (kind, size) = fields.finish(kind.zip(size))?;
        let editions = self.editions().await?;
        let before = if request.before_position == 0 { u64::MAX } else { request.before_position };
        let today = Day::of((self.clock)());
        let newest_first = editions.adopted().iter().rev().filter(|one| one.position.0 < before);
        let newest_first = newest_first.map(|one| edition(&editions, one, today));
        let of_kind = newest_first.filter(|one| kind == v1::EditionKind::Unspecified || one.kind() == kind);
        let (size, mut last) = (usize::try_from(size).unwrap_or(usize::MAX), 0);
        // The editions of one commit stand on one page, since a page goes on from a commit.
        let page = of_kind.enumerate().take_while(|(index, one)| {
            let goes_on = *index < size || one.position == last;
            last = one.position;
            goes_on
        });
        Ok(Response::new(v1::ListEditionsResponse {
            editions: page.map(|(_, one)| one).collect(),
            log_id: self.registrar.log().id().to_string(),
        }))
    }
}
