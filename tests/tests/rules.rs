//! Rules on record: schemes of a city and a county, adopted while three services run on one NATS server, in force in all within a second; a
//! decision of a day before goes by the rules of that day; every commit names the rules it was decided under.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::time::{Duration, Instant};

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::event::Fact;
use api::audit::v1::{Commit, ReplayRequest};
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{ApplyRequest, CertifyRequest, RegisterProviderRequest};
use api::pledge::v1::RecordFulfilmentRequest;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::NoticeWindow;
use api::rules::v1::rules_service_client::RulesServiceClient;
use api::rules::v1::{AdoptSchemeRequest, GetRulesRequest};
use api::signage::v1::OrderPlaqueRequest;
use api::signage::v1::signage_service_client::SignageServiceClient;
use tests::{BEGUN, Running, channel, done, requests, run};
use tonic::Status;
use tonic_types::StatusExt;
use uuid::Uuid;

/// Longest until rules are in force in every process.
const IN_FORCE_WITHIN: Duration = Duration::from_secs(1);
/// Editions that are adopted while commands come in.
const ADOPTIONS: u32 = 50;

const CITY: &str = "3210-development";

fn county(version: &str, from: &str, more: &str) -> String {
    format!(
        "area = \"321003\"\nversion = \"{version}\"\nin_force_from = \"{from}\"\n[defaults]\nnotice_days = 7\n\
         [categories.study-room]\nname = \"社区自习室\"\n{more}"
    )
}

async fn adopt(url: &str, text: &str) -> Result<u64, Status> {
    let request = AdoptSchemeRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: CITY.to_owned(),
        officer_id: "hj-0042".to_owned(),
        text: text.to_owned(),
        adopted_on: "2026-10-20".to_owned(),
        adopted_by: "邗江区人民政府".to_owned(),
        document_number: "邗政办〔2026〕1号".to_owned(),
        ..AdoptSchemeRequest::default()
    };
    Ok(RulesServiceClient::new(channel(url).await).adopt_scheme(request).await?.into_inner().position)
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// What is said of a certification on a notice that ran these days, of an outlet without a pledge.
async fn certified_on(url: &str, provider_id: &str, category: &str, notice: (&str, &str), decided_on: &str) -> String {
    let request = CertifyRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: true,
        bureau_id: CITY.to_owned(),
        officer_id: "hj-0042".to_owned(),
        provider_id: provider_id.to_owned(),
        category: category.to_owned(),
        decided_on: decided_on.to_owned(),
        valid_from: decided_on.to_owned(),
        valid_to: "2027-10-01".to_owned(),
        document_number: "1号".to_owned(),
        pledge_number: "32100320260302000001".to_owned(),
        notice: Some(NoticeWindow { start: notice.0.to_owned(), end: notice.1.to_owned() }),
        ..CertifyRequest::default()
    };
    reason(&CertificationServiceClient::new(channel(url).await).certify(request).await.unwrap_err())
}

async fn replayed(url: &str) -> Vec<Commit> {
    let mut service = AuditServiceClient::new(channel(url).await);
    let mut replay = service.replay(ReplayRequest::default()).await.unwrap().into_inner();
    let mut commits = Vec::new();
    while let Some(answer) = replay.message().await.unwrap() {
        commits.extend(answer.commits);
    }
    commits
}

/// Asks until a bureau that the newest scheme alone names is known.
async fn known_within<F: Future<Output = Result<(), Status>>>(what: &str, since: Instant, ask: impl Fn() -> F) {
    loop {
        match ask().await {
            Err(status) if reason(&status) == "BUREAU_UNKNOWN" => {
                assert!(since.elapsed() < IN_FORCE_WITHIN, "{what}: not in force within a second");
            }
            _ => return println!("{what}: in force after {:?}", since.elapsed()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheme_is_in_force_in_three_services_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", folder.path().to_str().unwrap()];
    let [certification, pledge, signage, rules, audit] =
        ["certification", "pledge", "signage", "rules", "audit"].map(|service| Running::puhui(service, &words));
    let register = requests::register(1);
    let id = register.provider_id.clone();
    let mut registers = CertificationServiceClient::new(channel(&certification.url).await);
    registers.register_provider(register).await.unwrap();
    // The city's five working days, and the county's seven from a day on, beside a category of its own.
    let (five, seven) = (("2026-10-12", "2026-10-16"), ("2026-10-20", "2026-10-28"));
    assert_eq!(certified_on(&certification.url, &id, "childcare", five, "2026-10-17").await, "PLEDGE_UNKNOWN");
    assert_eq!(certified_on(&certification.url, &id, "study-room", five, "2026-10-17").await, "CATEGORY_UNKNOWN");
    adopt(&rules.url, &county("hanjiang-1", "2026-10-19", "")).await.unwrap();
    let trial = "[bureaus.321003-trial]\nname = \"邗江区试点办公室\"\nareas = [\"321003\"]\ncategories = [\"*\"]\n";
    let position = adopt(&rules.url, &county("hanjiang-2", "2026-11-01", trial)).await.unwrap();
    let since = Instant::now();
    let (request_id, officer_id) = (|| Uuid::new_v4().to_string(), "hj-0042".to_owned());
    let by = "321003-trial".to_owned();
    let applying = known_within("certification", since, async || {
        let mut client = CertificationServiceClient::new(channel(&certification.url).await);
        let request = ApplyRequest {
            request_id: request_id(),
            bureau_id: by.clone(),
            officer_id: officer_id.clone(),
            provider_id: id.clone(),
            category: "study-room".to_owned(),
            applied_on: "2026-11-02".to_owned(),
            ..ApplyRequest::default()
        };
        client.apply(request).await.map(|_| ())
    });
    let fulfilling = known_within("pledge", since, async || {
        let request = RecordFulfilmentRequest {
            request_id: request_id(),
            bureau_id: by.clone(),
            officer_id: officer_id.clone(),
            provider_id: id.clone(),
            pledge_number: "32100320260302000001".to_owned(),
            determined_on: "2026-11-02".to_owned(),
            determining_unit: "单位".to_owned(),
            determining_unit_uscc: "11370829004333734U".to_owned(),
            ..RecordFulfilmentRequest::default()
        };
        PledgeServiceClient::new(channel(&pledge.url).await).record_fulfilment(request).await.map(|_| ())
    });
    let ordering = known_within("signage", since, async || {
        let request = OrderPlaqueRequest {
            request_id: request_id(),
            bureau_id: by.clone(),
            officer_id: officer_id.clone(),
            provider_id: id.clone(),
            ordered_on: "2026-11-02".to_owned(),
            ..OrderPlaqueRequest::default()
        };
        SignageServiceClient::new(channel(&signage.url).await).order_plaque(request).await.map(|_| ())
    });
    futures_util::future::join3(applying, fulfilling, ordering).await;

    // A decision of a day before goes by the rules of that day, whenever it is typed.
    for (category, notice, decided_on, said) in [
        ("childcare", five, "2026-10-18", "PLEDGE_UNKNOWN"),
        // The notice began under the five days, and stays as it was counted.
        ("childcare", five, "2026-10-19", "PLEDGE_UNKNOWN"),
        ("childcare", ("2026-10-19", "2026-10-23"), "2026-10-30", "NOTICE_TOO_SHORT"),
        ("childcare", seven, "2026-10-30", "PLEDGE_UNKNOWN"),
        ("study-room", five, "2026-10-18", "CATEGORY_UNKNOWN"),
    ] {
        let refused = certified_on(&certification.url, &id, category, notice, decided_on).await;
        assert_eq!(refused, said, "{category} {notice:?} {decided_on}");
    }
    let commits = replayed(&audit.url).await;
    let applied = commits.iter().find(|commit| commit.bureau_id == by).unwrap();
    assert_eq!((applied.rules_position, applied.scheme_version.as_str()), (position, "hanjiang-2"));
    let first = &commits[usize::try_from(BEGUN).unwrap()];
    assert_eq!((first.rules_position, first.scheme_version.as_str()), (BEGUN, "yangzhou-2026.1"));
}

/// The rules up to each position, and when each was recorded.
fn rules_of(commits: &[Commit]) -> Vec<(u64, u64)> {
    commits.iter().filter(|commit| commit.of_rules).map(|commit| (commit.position, commit.recorded_at_ms)).collect()
}

/// Every commit names rules that were the newest there were, but for the second that they have to get about; along what one process wrote
/// (its officer) their positions never fall.
fn names_its_rules(commits: &[Commit], within_ms: u64) {
    let rules = rules_of(commits);
    let mut newest: std::collections::HashMap<&str, u64> = std::collections::HashMap::new();
    for commit in commits.iter().filter(|commit| commit.position > BEGUN) {
        let at = rules.iter().position(|(position, _)| *position == commit.rules_position);
        let at = at.unwrap_or_else(|| panic!("position {}: no rules at {}", commit.position, commit.rules_position));
        assert!(commit.rules_position < commit.position);
        if let Some((_, recorded_at)) = rules.get(at + 1).filter(|(position, _)| *position < commit.position) {
            let late = commit.recorded_at_ms.saturating_sub(*recorded_at);
            assert!(
                late <= within_ms,
                "position {}: decided under rules that had passed {late} ms ago",
                commit.position
            );
        }
        let before = newest.insert(&commit.officer_id, commit.rules_position).unwrap_or_default();
        assert!(before <= commit.rules_position, "position {}: rules older than before", commit.position);
    }
}

fn register(number: u32, officer: &str) -> RegisterProviderRequest {
    RegisterProviderRequest { officer_id: officer.to_owned(), ..requests::register(number) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_commit_under_load_names_the_rules_it_was_decided_under() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", folder.path().to_str().unwrap()];
    let writers = ["certification", "certification"].map(|service| Running::puhui(service, &words));
    let [rules, audit] = ["rules", "audit"].map(|service| Running::puhui(service, &words));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let load = futures_util::future::join_all((0..4_u32).map(|client| {
        let (url, stop) = (&writers[usize::from(client % 2 == 0)].url, &stop);
        async move {
            let mut registers = CertificationServiceClient::new(channel(url).await);
            let mut number = client;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                // Two clients of one process: what one was answered the other's next is not older than.
                let officer = if client % 2 == 0 { "even" } else { "odd" };
                registers.register_provider(register(number, officer)).await.unwrap();
                number += 4;
            }
            number / 4
        }
    }));
    let adoptions = async {
        for edition in 0..ADOPTIONS {
            let (month, day) = (1 + edition / 25, 1 + edition % 25);
            let text = county(&format!("hanjiang-{edition}"), &format!("2026-{month:02}-{day:02}"), "");
            adopt(&rules.url, &text).await.unwrap();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    let (written, ()) = futures_util::future::join(load, adoptions).await;
    let commits = replayed(&audit.url).await;
    assert_eq!(rules_of(&commits).len(), usize::try_from(ADOPTIONS).unwrap() + 1);
    println!("{} commits beside {ADOPTIONS} adoptions", written.iter().sum::<u32>());
    assert!(written.iter().sum::<u32>() > 4);
    names_its_rules(&commits, 1000);
}

/// In one process an adoption is in force when it is answered.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_command_after_an_adoption_is_decided_under_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let mut registers = CertificationServiceClient::new(channel(&server.url).await);
    for number in 1..=5 {
        let text = county(&format!("hanjiang-{number}"), &format!("2026-10-{number:02}"), "");
        let position = adopt(&server.url, &text).await.unwrap();
        registers.register_provider(requests::register(number)).await.unwrap();
        let last = replayed(&server.url).await.pop().unwrap();
        assert_eq!((last.rules_position, last.scheme_version), (position, format!("hanjiang-{number}")));
    }
    names_its_rules(&replayed(&server.url).await, 0);
    // What a start says of `--scheme` where the log has rules.
    let carried = tests::root().join("data/schemes/yangzhou.toml");
    let other = folder.path().join("other.toml");
    std::fs::write(&other, county("other", "2026-11-01", "")).unwrap();
    let shown = done(&["--server", &server.url, "rules", "show"]);
    assert!(
        shown.contains("yangzhou-2026.1") && shown.contains("hanjiang-5") && !shown.contains("hanjiang-4"),
        "{shown}"
    );
    server.stop();
    let data = folder.path().to_str().unwrap();
    let refused = run(&["serve", "--data", data, "--scheme", other.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && said.contains("rules adopt scheme"), "{said}");
    let server = Running::puhui("all", &["--data", data, "--scheme", carried.to_str().unwrap()]);
    let asked = RulesServiceClient::new(channel(&server.url).await).get_rules(GetRulesRequest::default()).await;
    assert_eq!(asked.unwrap().into_inner().schemes.len(), 2);
    server.stop();
}

/// A file that is wrong is refused by line and reason, offline and by a server alike.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_wrong_is_refused_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().join("data").to_str().unwrap()]);
    let before = replayed(&server.url).await.len();
    let right = county("hanjiang-1", "2026-10-19", "");
    for (text, said) in [
        (right.replace("notice_days = 7", "notice_days = 0"), "notice_days"),
        (right.replace("notice_days = 7", "notice_days = 7\nnotice_days = 8"), "line 6"),
        (right.replace("notice_days = 7", "notice_dayz = 7"), "line 5"),
        (right.replace("[defaults]", "[defaults]\nvalidity_months = 4000000000"), "validity_months"),
        (
            county("h", "2026-10-19", "[bureaus.x]\nname = \"某局\"\nareas = [\"zone:nowhere\"]\n"),
            "line 10, bureaus.x.areas",
        ),
        (
            county(
                "h",
                "2026-10-19",
                "[bureaus.x]\nname = \"某局\"\nareas = [\"321003\"]\ncategories = [\"childcar\"]\n",
            ),
            "childcar",
        ),
    ] {
        let refused = adopt(&server.url, &text).await.unwrap_err();
        assert_eq!(reason(&refused), "RULES_REJECTED", "{refused}");
        assert!(refused.message().contains(said) && refused.message().contains("line "), "{said}: {refused}");
        let file = folder.path().join("file.toml");
        std::fs::write(&file, &text).unwrap();
        let offline = run(&["rules", "check", file.to_str().unwrap()]);
        let told = String::from_utf8_lossy(&offline.stderr).into_owned();
        assert!(offline.status.code() == Some(1) && told.contains(said), "{told}");
        // The same file, the same word of the rules, the same exit; a start that is given it cannot use it.
        let by = ["--body", "邗江区人民政府", "--document", "邗政办〔2026〕1号", "--bureau", CITY, "--officer", "hj-1"];
        let sent =
            run(&[&["--server", &server.url, "rules", "adopt", "scheme", file.to_str().unwrap()], &by[..]].concat());
        let told = String::from_utf8_lossy(&sent.stderr).into_owned();
        assert!(sent.status.code() == Some(1) && told.contains("RULES_REJECTED"), "{told}");
        let other = folder.path().join("other");
        let start = run(&["serve", "--data", other.to_str().unwrap(), "--scheme", file.to_str().unwrap()]);
        assert_eq!(start.status.code(), Some(2), "{}", String::from_utf8_lossy(&start.stderr));
    }
    assert_eq!(replayed(&server.url).await.len(), before, "nothing was written");
    let facts = replayed(&server.url).await;
    let last = &facts[usize::try_from(BEGUN).unwrap() - 1];
    assert!(matches!(last.events[0].fact, Some(Fact::SchemeAdopted(_))));
    server.stop();
}
