//! Rows on a disk of their own that is full. The log goes on; the directory answers from memory for as long as that is bounded by, then gets
//! nowhere, and says so by health and by what it answers. With room again it goes on by itself, without a new start.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::GetProviderRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::health::v1::ListPartsRequest;
use api::health::v1::health_service_client::HealthServiceClient;
use api::pledge::v1::MakePledgeRequest;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::{PledgeForm, PledgeType, PromisorClass, PublicationScope};
use domain::Uscc;
use tests::{Running, channel, reported, requests};
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

const DIRECTORY: &str = "puhui.directory.v1.DirectoryService";
const CERTIFICATION: &str = "puhui.certification.v1.CertificationService";
/// Bytes of the disk: with room for what memory holds, twice, which is written down before it is written where it belongs.
const DISK_BYTES: u64 = 448 << 20;
/// Characters of each of a pledge's two long texts: as many as there may be, three bytes each.
const CHARACTERS: usize = 4_000;
/// Such pledges of a provider.
const PLEDGES: u32 = 4;
/// Providers that are put on record at most: more than rows that cannot be written keep in memory.
const PROVIDERS_MAX: u32 = 8_000;
/// Callers at one time.
const CALLERS: usize = 48;
/// Longest that anything here is waited for.
const LONGEST: Duration = Duration::from_mins(2);

fn mounted(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).unwrap();
    let size = format!("size={DISK_BYTES}");
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "puhui-tests"]).arg(folder).output().unwrap();
    mount.status.success()
}

/// Unmounted at the end, however it comes.
struct Disk<'a>(&'a Path);

impl Disk<'_> {
    fn fill(&self) {
        let mut filler = File::create(self.0.join("filler")).unwrap();
        for piece in [1 << 20, 1 << 10, 1] {
            while filler.write_all(&vec![7; piece]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // Lazily: a program that was just killed may still be letting go of its files.
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

fn operator(number: u32) -> String {
    Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap().to_string()
}

/// A provider and its pledges; the position of the last.
async fn put(channel: Channel, number: u32) -> u64 {
    let operator = operator(number);
    let request = requests::register(number);
    CertificationServiceClient::new(channel.clone()).register_provider(request).await.unwrap();
    let mut position = 0;
    for pledge in 0..PLEDGES {
        let request = MakePledgeRequest {
            request_id: Uuid::new_v4().to_string(),
            bureau_id: "321003-health".to_owned(),
            officer_id: "rows-disk".to_owned(),
            provider_id: format!("{operator}-001"),
            pledge: Some(PledgeForm {
                number: format!("32100320260302{:06}", number * PLEDGES + pledge),
                promisor_name: "合成主体".to_owned(),
                promisor_class: PromisorClass::Organisation.into(),
                promisor_uscc: operator.clone(),
                pledge_type: PledgeType::Voluntary.into(),
                reason: "合成".to_owned(),
                content: "合".repeat(CHARACTERS),
                liability: "成".repeat(CHARACTERS),
                made_on: "2026-03-02".to_owned(),
                accepting_unit: "合成单位".to_owned(),
                accepting_unit_uscc: operator.clone(),
                publication: PublicationScope::Public.into(),
                ..PledgeForm::default()
            }),
            ..MakePledgeRequest::default()
        };
        position = PledgeServiceClient::new(channel.clone()).make_pledge(request).await.unwrap().into_inner().position;
    }
    position
}

/// How many pledges of a provider are told.
async fn shown(channel: &Channel, number: u32, min_position: u64) -> Result<usize, Status> {
    let provider_id = format!("{}-001", operator(number));
    let request = GetProviderRequest { provider_id, min_position, ..Default::default() };
    let answer = DirectoryServiceClient::new(channel.clone()).get_provider(request).await?.into_inner();
    Ok(answer.provider.unwrap().pledges.len())
}

/// Waits until a part is unwell, and says why.
async fn unwell(channel: &Channel, part: &str) -> String {
    let (began, mut health) = (Instant::now(), HealthServiceClient::new(channel.clone()));
    loop {
        let parts = health.list_parts(ListPartsRequest::default()).await.unwrap().into_inner().parts;
        if let Some(unwell) = parts.iter().find(|found| found.name == part && !found.well) {
            return unwell.why.clone();
        }
        assert!(began.elapsed() < LONGEST, "{part} is well: {parts:?}");
        #[expect(clippy::disallowed_methods, reason = "parts are told to who asks")]
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cannot_be_written_get_nowhere_when_memory_is_full_say_so_and_go_on_with_room() {
    let folder = tempfile::tempdir().unwrap();
    let (data, rows) = (folder.path().join("data"), folder.path().join("data/directory"));
    if !mounted(&rows) {
        println!("LEFT OUT: mounting a small disk takes CAP_SYS_ADMIN");
        return;
    }
    let disk = Disk(&rows);
    let server = Running::puhui("all", &["--data", data.to_str().unwrap(), "--new-log"]);
    reported(&server.url, "", true).await;
    let asking = channel(&server.url).await;
    let first = put(asking.clone(), 0).await;
    assert_eq!(shown(&asking, 0, first).await.unwrap(), PLEDGES as usize);
    disk.fill();
    // Written no more, they are told from memory.
    let second = put(asking.clone(), 1).await;
    assert_eq!(shown(&asking, 1, second).await.unwrap(), PLEDGES as usize);
    let why = unwell(&asking, "rows-writer").await;
    println!("rows-writer: {why}");
    assert_eq!(shown(&asking, 1, second).await.unwrap(), PLEDGES as usize);
    reported(&server.url, DIRECTORY, false).await;
    reported(&server.url, CERTIFICATION, true).await;
    // Until memory is full, and nothing is applied any more though the log answers.
    let (next, mut callers) = (Arc::new(AtomicU32::new(2)), JoinSet::new());
    for _ in 0..CALLERS {
        let (next, channel) = (Arc::clone(&next), channel(&server.url).await);
        callers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= PROVIDERS_MAX {
                    return;
                }
                put(channel.clone(), number).await;
            }
        });
    }
    let why = unwell(&asking, "rows-applier").await;
    println!("rows-applier with {} providers: {why}", next.load(Ordering::Relaxed));
    next.store(PROVIDERS_MAX, Ordering::Relaxed);
    callers.join_all().await;
    let last = PROVIDERS_MAX;
    let head = put(asking.clone(), last).await;
    let why = unwell(&asking, "rows-whole").await;
    assert!(why.contains("the log answers, and the rows have not held all of it for too long"), "{why}");
    // What they hold is told on; what they lack is not told as absent.
    assert_eq!(shown(&asking, 0, first).await.unwrap(), PLEDGES as usize);
    let lacks = shown(&asking, last, head).await.unwrap_err();
    assert_eq!((lacks.code(), lacks.get_details_error_info().unwrap().reason.as_str()), (Code::Unavailable, "BEHIND"));
    disk.free();
    reported(&server.url, DIRECTORY, true).await;
    reported(&server.url, "", true).await;
    assert_eq!(shown(&asking, last, head).await.unwrap(), PLEDGES as usize);
    server.stop();
}
