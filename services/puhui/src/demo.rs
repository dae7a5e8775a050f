//! The main job on one page: a fresh registry takes the real lists and a city of synthetic outlets, follows a few providers through
//! their life, says no where the rules say no, answers the public, replays the log, and serves.

pub(crate) mod outlets;
mod tour;

use std::path::Path;
use std::time::Instant;

use api::audit::v1::ReplayRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{GetStatisticsRequest, ListProvidersRequest};

use crate::args::{DISK_RESERVE_MIB, Demo, Earlier, LogPlace, Serve, Service, Stats};
use crate::client::{Failure, Servers};
use crate::import::{self, Desk};
use crate::json::say;
use crate::{ask, serving};

/// The lists of real bureaus, as published, with their sources.
const REAL_LISTS: &str = include_str!("../../../data/lists/certified_lists_public.csv");

/// Prints a heading of the tour.
fn heading(started: Instant, text: &str) -> Result<(), Failure> {
    say(&format!("\n[{:>5.2} s] {text}", started.elapsed().as_secs_f64()))
}

/// `puhui demo`.
pub(crate) async fn run(demo: Demo) -> Result<(), Failure> {
    let started = Instant::now();
    let folder = std::env::temp_dir().join(format!("puhui-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = on(&demo, &folder, started).await;
    // What the demo made is of no use after it; what cannot be removed is left to the system's own cleaning.
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

async fn on(demo: &Demo, folder: &Path, started: Instant) -> Result<(), Failure> {
    let mut serve = Serve {
        services: vec![Service::All],
        place: LogPlace {
            log: "embedded".to_owned(),
            data: folder.to_owned(),
            disk_reserve_mib: DISK_RESERVE_MIB,
            nats_stream: "PUHUI".to_owned(),
            replicas: 1,
            nats_monitors: Vec::new(),
            accept_loss_on_power_cut: false,
        },
        new_log: false,
        replace_log: None,
        listen: demo.listen,
        scheme: None,
        statutory_days: None,
        metrics: None,
    };
    if std::net::TcpListener::bind(serve.listen).is_err() {
        say(&format!("{} 已被占用,改用空闲端口 / is busy, a free port is taken", serve.listen))?;
        serve.listen.set_port(0);
    }
    let mut running = serving::start(&serve).await?;
    let url = format!("http://{}", running.address);
    say(&format!(
        "普惠登记簿演示 / Puhui demo: every service in this process at {url}, embedded log in {}",
        folder.display()
    ))?;
    let servers = Servers::at(&url);
    real_lists(&servers, folder, started).await?;
    heading(started, "合成数据 / synthetic outlets over Yangzhou's real communities, through the real commands")?;
    let made = outlets::make(&servers).await?;
    say(&format!(
        "{} 个合成网点已登记、承诺、认定,共 {} 条命令 / outlets, commands: each acknowledged after fsync",
        made.outlets, made.commands
    ))?;
    let last = tour::run(&servers, started).await?;
    answers(&servers, started, last).await?;
    say(&format!("\n全部演示用时 / the whole tour took {:.2} s", started.elapsed().as_secs_f64()))?;
    if demo.exit {
        return running.stop().await;
    }
    say(&format!("\n服务中 / serving at {url}; gRPC reflection is on. Ctrl-C ends it. In another terminal try:"))?;
    say(&format!("  cargo run --release -- --server {url} search --division 321003 --category childcare"))?;
    say(&format!("  cargo run --release -- --server {url} stats --division 3210 --level 6"))?;
    say(&format!("  cargo run --release -- --server {url} tasks --bureau 321003-health"))?;
    tokio::select! {
        ended = running.ended() => ended,
        _ = tokio::signal::ctrl_c() => running.stop().await,
    }
}

async fn real_lists(servers: &Servers, folder: &Path, started: Instant) -> Result<(), Failure> {
    heading(started, "导入真实名单 / real lists as bureaus published them (data/lists, sources inside)")?;
    let desk = Desk { bureau: "open-lists", officer: "demo" };
    let report = folder.join("real-lists.report.csv");
    let counts =
        import::take(servers, REAL_LISTS.as_bytes(), "certified_lists_public.csv", &desk, &report, 32, false).await?;
    say(&format!(
        "已存 {},已有 {},退回 {}(拟认定未认定的、质量评估而非普惠的,逐行写明理由) / stored, already, rejected with reasons",
        counts.stored, counts.already, counts.rejected
    ))?;
    let mut client = DirectoryServiceClient::new(servers.connect("directory").await?);
    let head = head(servers).await?;
    let request = ListProvidersRequest { division: "330326".to_owned(), min_position: head, ..Default::default() };
    let answer = client.list_providers(request).await?.into_inner();
    heading(started, &format!("首次查询 / first answer: 平阳县 330326, {} 个网点", answer.providers.len()))?;
    for provider in answer.providers.iter().take(3) {
        say(&format!("  {}  {}", provider.provider_id, provider.name))?;
    }
    Ok(())
}

/// The last position of the log.
async fn head(servers: &Servers) -> Result<u64, Failure> {
    use api::audit::v1::GetHeadRequest;
    use api::audit::v1::audit_service_client::AuditServiceClient;
    let mut client = AuditServiceClient::new(servers.connect("audit").await?);
    Ok(client.get_head(GetHeadRequest {}).await?.into_inner().position)
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
