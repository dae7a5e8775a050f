//! A directory over the log's twin in memory, and what is recorded in it, for tests.

use std::sync::Arc;
use std::time::Duration;

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::*;
use event_log::{EventLog, Memory};
use projection::Health;
use tonic::Request;

use crate::{Directory, Names, Started};

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}

pub(crate) fn care() -> CategoryCode {
    CategoryCode::parse("childcare").unwrap()
}

pub(crate) fn id(number: u32) -> ProviderId {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap();
    ProviderId::new(OperatorCode::Uscc(uscc), 1).unwrap()
}

/// 2026-07-01 in China.
pub(crate) fn clock() -> Instant {
    Instant(1_782_864_000_000)
}

pub(crate) fn names() -> Arc<Names> {
    let tables = serve::reference::scheme(serve::reference::YANGZHOU_SCHEME).unwrap();
    let divisions = serve::reference::divisions();
    Arc::new(Names { divisions, scheme: tables.scheme, statistical_classes: tables.statistical_classes })
}

/// A directory over a log in memory.
pub(crate) struct World {
    pub(crate) log: Memory,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) started: Started,
    /// Number of the last commit's request.
    pub(crate) commits: u128,
    /// When the next commit is recorded.
    pub(crate) recorded_at: Instant,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::at(clock)
    }

    pub(crate) fn at(clock: fn() -> Instant) -> Self {
        let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
        let started = crate::start(log.clone(), folder.path(), names(), clock).unwrap();
        Self { log, folder, started, commits: 0, recorded_at: clock() }
    }

    pub(crate) async fn add(&mut self, provider: u32, events: Vec<Event>) -> Position {
        self.commits += 1;
        let stream = StreamId::Provider(id(provider));
        let commit = commit(self.commits, self.recorded_at, events);
        let tail = self.log.tail(&stream).await.unwrap();
        self.log.append(&stream, tail, &commit).await.unwrap().position
    }

    pub(crate) async fn directory(&self) -> &Directory {
        let head = self.log.head().await.unwrap();
        let mut progress = self.started.progress();
        let stopped = |health: &Health| !matches!(health, Health::Live | Health::CatchingUp);
        let there = progress.wait_for(|now| now.health == Health::Live && now.cursor >= head || stopped(&now.health));
        let now = tokio::time::timeout(Duration::from_secs(20), there).await.unwrap().unwrap().clone();
        assert!(now.health == Health::Live, "{now:?}");
        &self.started.directory
    }

    pub(crate) async fn list(&self, request: v1::ListProvidersRequest) -> v1::ListProvidersResponse {
        self.directory().await.list_providers(Request::new(request)).await.unwrap().into_inner()
    }

    /// Stops the directory and starts it again, on its rows or without them.
    pub(crate) async fn restart(self, keep_rows: bool) -> Self {
        let Self { log, folder, started, commits, recorded_at } = self;
        started.stop().await;
        drop(started);
        let folders = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        for rows in folders.filter(|path| path.is_dir() && !keep_rows) {
            std::fs::remove_dir_all(rows).unwrap();
        }
        let started = crate::start(log.clone(), folder.path(), names(), clock).unwrap();
        Self { log, folder, started, commits, recorded_at }
    }

    pub(crate) async fn get(&self, provider: u32, as_of: &str) -> v1::Provider {
        let request = v1::GetProviderRequest {
            provider_id: id(provider).to_string(),
            as_of: as_of.to_owned(),
            ..Default::default()
        };
        self.directory().await.get_provider(Request::new(request)).await.unwrap().into_inner().provider.unwrap()
    }

    pub(crate) async fn verify(&self, number: &str, as_of: &str) -> v1::VerifyPlaqueResponse {
        let request =
            v1::VerifyPlaqueRequest { plaque_number: number.to_owned(), as_of: as_of.to_owned(), ..Default::default() };
        self.directory().await.verify_plaque(Request::new(request)).await.unwrap().into_inner()
    }
}

/// The commit of a request by this number.
pub(crate) fn commit(number: u128, recorded_at: Instant, events: Vec<Event>) -> Commit {
    Commit {
        id: RequestId::from_bytes(number.to_be_bytes()),
        digest: RequestDigest::of_no_request([0; 16]),
        bureau: BureauId::parse("321003-health").unwrap(),
        officer: OfficerId::parse("hj-1").unwrap(),
        recorded_at,
        scheme: text("test"),
        rules: domain::Position(0),
        events,
    }
}

pub(crate) fn registered(name: &str, division: &str) -> Event {
    let particulars = Particulars {
        name: text(name),
        operator_name: text("运营主体"),
        division: Division::parse(division).unwrap(),
        zone: None,
        address: Some(text("文昌西路1号")),
        phone: None,
        location: None,
        withhold_address: false,
        operator_class: None,
    };
    ProviderRegistered { particulars }.into()
}

pub(crate) fn amended(particulars: Particulars) -> Event {
    let (effective_on, document_number, site_checked_on) = (day("2026-01-01"), None, None);
    ParticularsAmended { particulars, effective_on, document_number, site_checked_on, release: None }.into()
}

pub(crate) fn certified(from: &str, to: &str) -> Event {
    Certified {
        category: care(),
        ordinal: Ordinal::FIRST,
        predecessor: None,
        basis: CertificationBasis::Evidence,
        decided_on: day(from),
        valid_from: day(from),
        valid_to: day(to),
        document_number: text("认定1号"),
        pledge_number: pledge_number(),
        notice: NoticeWindow::new(day("2020-01-01"), day("2020-01-09")).unwrap(),
        counted: counted(),
        notice_opened: None,
        deciding_body: None,
    }
    .into()
}

pub(crate) fn counted() -> NoticeCount {
    NoticeCount { days: NoticeDays::new(5).unwrap(), count: DayCount::Working, scheme: text("1") }
}

pub(crate) fn pledge_number() -> PledgeNumber {
    PledgeNumber::parse("32100320200101000001").unwrap()
}

/// A public pledge of an organisation.
pub(crate) fn pledge_form() -> PledgeForm {
    PledgeForm {
        number: pledge_number(),
        promisor_name: text("主体"),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: Some(Uscc::parse("914403001922038216").unwrap()),
        pledge_type: PledgeType::Voluntary,
        other_type: None,
        reason: text("认定"),
        content: text("按价收费"),
        liability: text("整改"),
        made_on: day("2020-01-01"),
        valid_until: None,
        accepting_unit: text("单位"),
        accepting_unit_uscc: Uscc::parse("914403001922038216").unwrap(),
        publication: PublicationScope::Public,
        remarks: None,
    }
}

/// That pledge found broken.
pub(crate) fn broken() -> PledgeBroken {
    PledgeBroken {
        pledge_number: pledge_number(),
        extent: BreachExtent::Partly,
        severity: BreachSeverity::Minor,
        unperformed: text("未公示"),
        consequence: text("整改"),
        determined_on: day("2026-05-01"),
        determining_unit: None,
        determining_unit_uscc: None,
    }
}

/// And repaired: the breach of this number.
pub(crate) fn repaired(breach: u32) -> PledgeRepaired {
    let breach = Act::new(breach).unwrap();
    PledgeRepaired {
        pledge_number: pledge_number(),
        breach,
        repaired_on: day("2026-05-02"),
        document_number: text("1"),
    }
}

/// The second fact of a provider, which certifies it after it was registered.
pub(crate) fn second() -> Act {
    Act::new(2).unwrap()
}

pub(crate) fn withdrawn(effective: &str) -> Event {
    let effective_on = day(effective);
    CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2025-01-01"),
        effective_on,
        reason: text("停业"),
    }
    .into()
}

/// A certification of a list, without days and without a pledge.
pub(crate) fn recorded() -> Event {
    CertificationRecorded {
        category: care(),
        ordinal: Ordinal::FIRST,
        predecessor: None,
        decided_on: None,
        valid_from: None,
        valid_to: None,
        document_number: None,
        deciding_body: text("单位"),
        publicity: None,
        source: text("名单"),
        valid_to_worked_out_from: None,
    }
    .into()
}
