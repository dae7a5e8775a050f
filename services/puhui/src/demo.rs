//! The main job on one page: a fresh registry takes the real lists and a city of synthetic outlets, follows a few providers through
//! their life, says no where the rules say no, answers the public, replays the log, and serves.

mod heading;
pub(crate) mod outlets;
mod tour;

use std::path::{Path, PathBuf};
use std::time::Instant;

use api::audit::v1::ReplayRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{GetStatisticsRequest, ListProvidersRequest};
use lists::Answers;
use serve::ProxyHeader;

use crate::args::{DISK_RESERVE_MIB, Demo, Earlier, LogPlace, OpeningWords, Serve, Service, Stats};
use crate::client::{Failure, Servers};
use crate::import::{self, Desk, Paths, Taken, Way};
use crate::json::say;
use crate::scratch::Scratch;
use crate::signals::{self, Signals};
use crate::{ask, serving};
use heading::heading;

/// The lists of real bureaus, as published, with their sources.
const REAL_LISTS: &str = include_str!("../../../data/lists/certified_lists_public.csv");

/// `puhui demo`. Whichever way it ends, the folder it made is removed.
pub(crate) async fn run(demo: Demo) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let started = Instant::now();
    let scratch = Scratch::new(&std::env::temp_dir(), "puhui-demo")?;
    let serve = services(&demo, scratch.path())?;
    let mut running = serving::start(&serve).await?;
    let url = format!("http://{}", running.address);
    let toured = tokio::select! {
        toured = beside(url.clone(), scratch.path().to_owned(), started) => toured,
        name = signals.received() => Err(signals::ended_by(name)),
    };
    let invited = toured.and_then(|()| if demo.exit { Ok(()) } else { invite(&url) });
    if invited.is_ok() && !demo.exit {
        tokio::select! {
            ended = running.ended() => return ended,
            _ = signals.received() => {}
        }
    }
    let stopped = running.stop().await;
    invited.and(stopped)
}

/// Every service on an embedded log in `folder`.
fn services(demo: &Demo, folder: &Path) -> Result<Serve, Failure> {
    let mut serve = Serve {
        services: vec![Service::All],
        place: LogPlace {
            log: "embedded".to_owned(),
            data: folder.to_owned(),
            disk_reserve_mib: DISK_RESERVE_MIB,
            nats_stream: "PUHUI".to_owned(),
            replicas: 1,
            nats_monitors: Vec::new(),
            request_key: None,
            accept_loss_on_power_cut: false,
        },
        new_log: false,
        replace_log: None,
        accept_shorter_log: None,
        accept_request_key: None,
        accept_clock: None,
        opening: OpeningWords::default(),
        listen: demo.listen,
        scheme: None,
        metrics: None,
        connections: None,
        connections_per_address: None,
        proxies: Vec::new(),
        proxy_header: ProxyHeader::default(),
    };
    // An address that cannot be is told by who listens there.
    let bound = std::net::TcpListener::bind(serve.listen).map(drop);
    if bound.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse) {
        say(&format!("{} 已被占用,改用空闲端口 / is busy, a free port is taken", serve.listen))?;
        serve.listen.set_port(0);
    }
    Ok(serve)
}

/// The tour on a thread of its own, which may wait for whoever reads what it prints while this one waits for signals. It ends with the
/// returned future.
async fn beside(url: String, folder: PathBuf, started: Instant) -> Result<(), Failure> {
    let (mut told, outcome) = tokio::sync::oneshot::channel();
    let tour = move || {
        let toured = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(async {
                tokio::select! {
                    toured = tour(&url, &folder, started) => toured,
                    () = told.closed() => Ok(()),
                }
            }),
            Err(error) => Err(error.into()),
        };
        // Nobody asks any more where a signal came first.
        let _ = told.send(toured);
    };
    std::thread::Builder::new().name("demo-tour".to_owned()).spawn(tour)?;
    outcome.await.unwrap_or_else(|_| Err(Failure::unavailable("the tour's thread ended before the tour")))
}

async fn tour(url: &str, folder: &Path, started: Instant) -> Result<(), Failure> {
    say(&format!(
        "普惠登记簿演示 / Puhui demo: every service in this process at {url}, embedded log in {}",
        folder.display()
    ))?;
    let servers = Servers::at(url);
    real_lists(&servers, folder, started).await?;
    heading(started, "合成数据 / synthetic outlets over Yangzhou's real communities, through the real commands")?;
    let made = outlets::make(&servers).await?;
    say(&format!(
        "{} 个合成网点已登记、承诺、认定,共 {} 条命令 / outlets, commands: each acknowledged after fsync",
        made.outlets, made.commands
    ))?;
    let last = tour::run(&servers, started).await?;
    answers(&servers, started, last).await?;
    say(&format!("\n全部演示用时 / the whole tour took {:.2} s", started.elapsed().as_secs_f64()))
}

/// Says what can be tried while it serves.
fn invite(url: &str) -> Result<(), Failure> {
    say(&format!("\n服务中 / serving at {url}; gRPC reflection is on. Ctrl-C ends it. In another terminal try:"))?;
    say(&format!("  cargo run --release -- --server {url} search --division 321003 --category childcare"))?;
    say(&format!("  cargo run --release -- --server {url} stats --division 3210 --level 6"))?;
    say(&format!("  cargo run --release -- --server {url} tasks --bureau 321003-health"))
}

async fn real_lists(servers: &Servers, folder: &Path, started: Instant) -> Result<(), Failure> {
    heading(started, "导入真实名单 / real lists as bureaus published them (data/lists, sources inside)")?;
    let way = Way {
        name: "certified_lists_public.csv",
        desk: Desk { bureau: "open-lists", officer: "demo" },
        report: &Paths::named(&folder.join("real-lists.report.csv")),
        in_flight: 32,
    };
    let read = import::read(REAL_LISTS.as_bytes(), &Answers::default())?;
    let Taken { counts, failed, .. } = import::take(servers, &read, &way, std::future::pending()).await?;
    if let Some(failed) = failed {
        return Err(failed);
    }
    say(&format!(
        "已存 {},已有 {},拟认定未认定 {},退回 {}(质量评估而非普惠的等,逐行写明理由) / stored, already, proposed, rejected with reasons",
        counts.stored, counts.already, counts.proposed, counts.rejected
    ))?;
    let mut client = DirectoryServiceClient::new(servers.connect("directory").await?);
    let head = ask::head(servers).await?;
    let request = ListProvidersRequest { division: "330326".to_owned(), min_position: head, ..Default::default() };
    let answer = client.list_providers(request).await?.into_inner();
    heading(started, &format!("首次查询 / first answer: 平阳县 330326, {} 个网点", answer.providers.len()))?;
    for provider in answer.providers.iter().take(3) {
        say(&format!("  {}  {}", provider.provider_id, provider.name))?;
    }
    Ok(())
}

async fn answers(servers: &Servers, started: Instant, last: u64) -> Result<(), Failure> {
    heading(started, "按区划和类别查询 / by district and category: 邗江区 321003, childcare")?;
    let mut client = DirectoryServiceClient::new(servers.connect("directory").await?);
    let request = ListProvidersRequest {
        division: "321003".to_owned(),
        category: "childcare".to_owned(),
        min_position: last,
        page_size: 5,
        ..Default::default()
    };
    for provider in client.list_providers(request).await?.into_inner().providers {
        say(&format!("  {}  {}  {}", provider.provider_id, provider.name, provider.division_name))?;
    }
    heading(started, "统计 / statistics of the city by county")?;
    let stats = Stats {
        division: "3210".to_owned(),
        zone: String::new(),
        category: "childcare".to_owned(),
        level: 6,
        as_of: String::new(),
        earlier: Earlier::default(),
        from_month: None,
        to_month: None,
    };
    ask::stats(servers, stats, false).await?;
    let request = GetStatisticsRequest { min_position: last, ..Default::default() };
    let counted = client.get_statistics(request).await?.into_inner();
    heading(started, "回放 / replay of the whole log")?;
    let (mut commits, mut events, mut expected) = (0_u64, 0_usize, 1);
    ask::for_each_commit(servers, ReplayRequest::default(), |commit| {
        if commit.position != expected {
            return Err(Failure::unavailable(format!("position {expected} is missing")));
        }
        expected += 1;
        commits += 1;
        events += commit.events.len();
        Ok(())
    })
    .await?;
    say(&format!(
        "{commits} 条提交、{events} 个事件,位置连续;网点 {} 个 / commits and events without a gap, {} live outlets",
        counted.providers, counted.live_providers
    ))?;
    Ok(())
}
