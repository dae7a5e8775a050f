//! `kill -9` of `puhui serve` in the middle of an import, again and again: each row is there exactly once at the end, the log has no
//! gap, and a deleted projection comes back byte for byte.
//!
//! `PUHUI_ROWS` and `PUHUI_KILLS` make it as long as one likes; `PUHUI_SEED` repeats a run.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use domain::Uscc;
use tests::{BEGUN, Running, channel, done, free_port, puhui, setting};

fn list(folder: &Path, rows: u64) -> String {
    let mut text = "序号,统一社会信用代码,机构名称,类别,行政区划,地址,认定单位,文号,认定日期,有效期至\n".to_owned();
    for row in 0..rows {
        let uscc = Uscc::synthetic("91", "321003", &format!("{row:08}")).expect("eight digits");
        writeln!(
            text,
            "{row},{uscc},合成网点{row},普惠托育,321003005007,合成路{row}号,邗江区卫生健康委员会,合成〔2025〕{row}号,2025-03-03,2028-03-02"
        )
        .expect("written");
    }
    let path = folder.join("list.csv");
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("written").to_owned()
}

/// Waits until the log is at `position`, or the import has ended.
async fn until(url: &str, position: u64, import: &mut std::process::Child) {
    let mut client = AuditServiceClient::new(channel(url).await);
    while client.get_head(GetHeadRequest {}).await.expect("answered").into_inner().position < position {
        if import.try_wait().expect("answered").is_some() {
            return;
        }
    }
}

#[tokio::test]
async fn an_import_survives_kill_minus_nine() {
    let (rows, kills) = (setting("PUHUI_ROWS", 1_500), setting("PUHUI_KILLS", 4));
    let mut seed = setting("PUHUI_SEED", u64::from(std::process::id()));
    println!("PUHUI_ROWS={rows} PUHUI_KILLS={kills} PUHUI_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    let list = list(folder.path(), rows);
    let port = free_port();
    let mut reached = 0;
    for kill in 0..kills {
        let server = Running::puhui_at("all", &["--data", &data], port);
        let mut import = Command::new(puhui())
            .args(["--server", &server.url, "import", &list, "--in-flight", "32"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let step = rows / (kills + 1);
        let target = kill * step + (seed >> 33) % step.max(1) + 1;
        until(&server.url, target, &mut import).await;
        server.kill();
        // Nobody answers any more: the import gives up, says so, and can be run again.
        import.kill().unwrap();
        import.wait().unwrap();
        reached = target;
    }
    let server = Running::puhui_at("all", &["--data", &data], port);
    let ended = done(&["--server", &server.url, "--json", "import", &list]);
    let counts: serde_json::Value = serde_json::from_str(&ended).unwrap();
    assert_eq!(counts["rejected"], 0, "{ended}");
    assert_eq!(counts["stored"].as_u64().unwrap() + counts["already"].as_u64().unwrap(), rows, "{ended}");
    assert!(counts["already"].as_u64().unwrap() >= reached.saturating_sub(1), "{ended}");
    check_log(&done(&["--server", &server.url, "replay"]), rows);
    server.stop();
    // A deleted projection comes back byte for byte.
    let before = done(&["dump", &data]);
    assert!(u64::try_from(before.lines().count()).unwrap() > rows);
    std::fs::remove_dir_all(Path::new(&data).join("directory")).unwrap();
    let server = Running::puhui_at("all", &["--data", &data], port);
    done(&["--server", &server.url, "search", "--min-position", &rows.to_string(), "--limit", "1"]);
    server.stop();
    assert!(done(&["dump", &data]) == before, "the rebuilt rows differ");
}

fn check_log(replay: &str, rows: u64) {
    let mut providers = BTreeSet::new();
    for (line, position) in replay.lines().zip(1_u64..).skip(usize::try_from(BEGUN).expect("small")) {
        let commit: serde_json::Value = serde_json::from_str(line).expect("a commit");
        assert_eq!(commit["position"].as_u64(), Some(position), "the log has a gap");
        assert_eq!(commit["revision"], 1);
        assert!(
            providers.insert(commit["provider_id"].as_str().expect("a commit").to_owned()),
            "a row is there twice: {line}"
        );
    }
    assert_eq!(u64::try_from(providers.len()).expect("a commit"), rows);
}
