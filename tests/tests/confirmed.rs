//! Real codes that fail their check, through the program: refused with what to do, confirmed by a bureau, entered, told, and decided anew the
//! same. An identity number is never a code.

use serde_json::json;
use tests::{Running, done, run};
use uuid::Uuid;

const CERTIFICATION: &str = "puhui.certification.v1.CertificationService";
/// Of a real firm; neither check character holds.
const CODE: &str = "91350203M0001QKT19";

fn register(url: &str, code: &str) -> (bool, String) {
    let message = json!({
        "request_id": Uuid::new_v4().to_string(), "bureau_id": "321003-health", "officer_id": "hj-1", "provider_id": format!("{code}-001"),
        "particulars": { "name": "测试园", "operator_name": "测试公司", "division": "321003", "address": "文昌西路1号" },
    });
    let output = run(&["--server", url, "call", &format!("{CERTIFICATION}/RegisterProvider"), &message.to_string()]);
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn confirm(url: &str, code: &str, more: &[&str]) -> (bool, String) {
    let words = ["--server", url, "confirm-code", code, "--document", "执照350203-1", "--seen", "营业执照正本"];
    let who = ["--bureau", "321003-health", "--officer", "hj-1"];
    let output = run(&[&words[..], &who, more].concat());
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_real_code_that_fails_its_check_is_entered_once_a_bureau_confirmed_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::puhui("all", &["--data", folder.path().to_str().expect("a path")]);
    let url = &server.url.clone();
    let (taken, text) = register(url, CODE);
    assert!(!taken && text.contains("CODE_NOT_CONFIRMED") && text.contains("puhui confirm-code"), "{text}");
    let (taken, text) = confirm(url, CODE, &["--validate-only"]);
    assert!(taken && text.contains("可以登记"), "{text}");
    assert!(!register(url, CODE).0, "it was only asked whether it would be");
    let (taken, text) = confirm(url, CODE, &[]);
    assert!(taken && text.contains("已核实登记"), "{text}");
    let (taken, text) = register(url, CODE);
    assert!(taken, "{text}");
    let shown = done(&["--server", url, "provider", "show", &format!("{CODE}-001")]);
    assert!(shown.contains("代码未通过校验,已由") && shown.contains("“执照350203-1”核实"), "{shown}");
    // Of K2: one passes both checks of a code, one is the standard's own.
    for person in ["321003185101113767", "11010519491231002X"] {
        for (taken, text) in [confirm(url, person, &[]), register(url, person)] {
            assert!(!taken && text.contains("IDENTITY_NUMBER"), "{person}: {text}");
        }
    }
    let (taken, text) = confirm(url, "914403001922038216", &[]);
    assert!(!taken && text.contains("CODE_NEEDS_NO_CONFIRMATION"), "{text}");
    let replayed = done(&["--server", url, "replay", "--event", "OperatorCodeConfirmed"]);
    assert_eq!(replayed.lines().count(), 1, "{replayed}");
    assert!(replayed.contains(CODE) && replayed.contains("执照350203-1"), "{replayed}");
    let checked = done(&["--server", url, "replay", "--check"]);
    assert!(checked.contains("结果均与登记一致"), "{checked}");
    server.stop();
}
