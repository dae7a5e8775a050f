//! The whole log decided anew by the program: a life with a correction in it comes out as it is recorded, and a commit that the rules would
//! not have given is found with both sides.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use domain::{
    Act, BureauId, CategoryCode, CertificationWithdrawn, Commit, Day, Instant, OfficerId, ProviderId, RequestId,
    StreamId, Text, Uscc,
};
use event_log::{Embedded, EventLog, Reserves};
use serde_json::{Value, json};
use tests::{Running, done, run};
use uuid::Uuid;

const CERTIFICATION: &str = "puhui.certification.v1.CertificationService";

fn uscc() -> String {
    Uscc::synthetic("91", "321003", "00000001").unwrap().to_string()
}

fn provider() -> String {
    format!("{}-001", uscc())
}

/// The day it is in China.
#[expect(clippy::disallowed_methods, reason = "a correction is of the day on which it is made")]
fn today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Day::of(Instant(u64::try_from(since.as_millis()).unwrap())).to_string()
}

/// One call; what it prints, and whether it was taken.
fn call(url: &str, method: &str, bureau: &str, fields: &Value) -> (bool, String) {
    let mut message = json!({ "request_id": Uuid::new_v4().to_string(), "bureau_id": bureau, "officer_id": "hj-1" });
    let message_fields = message.as_object_mut().unwrap();
    if fields.get("operator_code").is_none() {
        message_fields.insert("provider_id".to_owned(), json!(provider()));
    }
    message_fields.extend(fields.as_object().unwrap().clone());
    let output = run(&["--server", url, "call", method, &message.to_string()]);
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn taken(url: &str, method: &str, fields: &Value) {
    let (done, text) = call(url, method, "321003-health", fields);
    assert!(done, "{method}: {text}");
}

fn certify(to: &str) -> Value {
    json!({
        "category": "childcare", "decided_on": "2026-03-16", "valid_from": "2026-03-16", "valid_to": to, "document_number": "D1",
        "pledge_number": "32100320260302000001", "notice": { "start": "2026-03-09", "end": "2026-03-13" },
    })
}

fn pledge() -> Value {
    json!({ "pledge": {
        "number": "32100320260302000001", "promisor_name": "合成主体", "promisor_class": 1, "promisor_uscc": uscc(), "pledge_type": 6,
        "reason": "r", "content": "c", "liability": "l", "made_on": "2026-03-02", "accepting_unit": "u",
        "accepting_unit_uscc": "11370829004333734U", "publication": 1,
    }})
}

#[test]
fn a_log_says_what_the_rules_make_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let words = |folder: &std::path::Path| vec!["--data".to_owned(), folder.display().to_string()];
    let data = words(folder.path());
    let data: Vec<&str> = data.iter().map(String::as_str).collect();
    let server = Running::puhui("all", &data);
    let url = &server.url.clone();
    let of = |call: &str| format!("{CERTIFICATION}/{call}");
    let particulars =
        json!({ "name": "测试园", "operator_name": "测试公司", "division": "321003", "address": "文昌西路1号" });
    taken(url, &of("RegisterProvider"), &json!({ "particulars": particulars }));
    taken(url, "puhui.pledge.v1.PledgeService/MakePledge", &pledge());
    taken(url, &of("Certify"), &certify("2029-03-15"));
    taken(url, "puhui.signage.v1.SignageService/OrderPlaque", &json!({ "ordered_on": "2026-11-02" }));
    // A breach of another outlet was entered here: it goes, and the order that followed from it.
    let breach = json!({
        "pledge_number": "32100320260302000001", "extent": 1, "severity": 3, "unperformed": "x", "consequence": "x",
        "determined_on": "2026-11-02",
    });
    taken(url, "puhui.pledge.v1.PledgeService/RecordBreach", &breach);
    let shown = || done(&["--server", url, "provider", "show", &provider()]);
    let rectifies = || shown().lines().any(|line| line.contains("限期整改") && !line.starts_with("更正"));
    assert!(rectifies(), "{}", shown());
    let mend = |act: u32| json!({ "act": act, "corrected_on": today(), "reason": "录入有误" });
    taken(url, "puhui.pledge.v1.PledgeService/CorrectAct", &mend(5));
    assert!(!rectifies(), "{}", shown());
    // The certification's term was mistyped.
    let mut term = mend(3);
    term.as_object_mut().unwrap().insert("certify".to_owned(), certify("2029-03-01"));
    taken(url, &of("CorrectAct"), &term);
    assert!(shown().contains("2029-03-01"), "{}", shown());
    let history = done(&["--server", url, "provider", "history", &provider()]);
    assert!(history.contains("更正为无,不再成立") && history.contains("已更正为无(见第7项)"), "{history}");
    assert!(history.contains("有效期至 原 2029-03-15,改为 2029-03-01"), "{history}");
    // What it rests on cannot go, and who acts is said once.
    let (done_so, text) = call(url, "puhui.pledge.v1.PledgeService/CorrectAct", "321003-health", &mend(2));
    assert!(!done_so && text.contains("ACT_RESTS_ON_IT"), "{text}");
    let mut twice = mend(3);
    let mut right = certify("2029-02-01");
    right.as_object_mut().unwrap().insert("bureau_id".to_owned(), json!("321003-health"));
    twice.as_object_mut().unwrap().insert("certify".to_owned(), right);
    let (done_so, text) = call(url, &of("CorrectAct"), "321003-health", &twice);
    assert!(!done_so && text.contains("certify.bureau_id") && text.contains("SAID_ABOVE"), "{text}");
    // A bar that was mistyped, in the operator's own record.
    let bar = |until: &str| json!({ "ground": "deceit", "barred_on": "2026-11-01", "until": until, "document_number": "B1", "detail": "x" });
    let with_operator = |mut fields: Value| {
        fields.as_object_mut().unwrap().insert("operator_code".to_owned(), json!(uscc()));
        fields
    };
    let (done_so, text) = call(url, &of("BarOperator"), "3210-development", &with_operator(bar("2052-10-31")));
    assert!(done_so, "{text}");
    let mut lift = with_operator(mend(1));
    lift.as_object_mut().unwrap().insert("bar_operator".to_owned(), bar("2029-11-01"));
    let mut both = lift.clone();
    both.as_object_mut().unwrap().insert("provider_id".to_owned(), json!(provider()));
    let (done_so, text) = call(url, &of("CorrectAct"), "3210-development", &both);
    assert!(!done_so && text.contains("ONE_RECORD"), "{text}");
    let (done_so, text) = call(url, &of("CorrectAct"), "3210-development", &lift);
    assert!(done_so, "{text}");
    // A ruling undoes the certification; it was live until then.
    let ruling = json!({
        "act": 3, "overturned_on": today(), "body": "某市人民政府", "document_number": "复议1号", "explanation": "x",
    });
    taken(url, &of("Overturn"), &ruling);
    assert!(shown().contains("被撤销"), "{}", shown());
    let history = done(&["--server", url, "provider", "history", &provider()]);
    assert!(history.contains("撤销原决定"), "{history}");
    let checked = done(&["--server", url, "replay", "--check"]);
    assert!(checked.contains("decided anew, each as recorded"), "{checked}");
    server.stop();

    planted(folder.path());
    let server = Running::puhui("all", &data);
    let output = run(&["--server", &server.url, "--json", "replay", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [found] = &found[..] else { panic!("{found:?}") };
    assert_eq!(found["stream"], json!(provider()));
    assert_eq!(found["anew"]["refused"], json!("EFFECT_BEFORE_DECISION"), "{found}");
    assert_eq!(found["recorded"][0]["certification_withdrawn"]["requested_on"], json!("2026-11-20"), "{found}");
    let output = run(&["--server", &server.url, "replay", "--check"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let position = found["position"].as_u64().unwrap();
    assert!(
        text.starts_with(&format!("位置 position {position} ")) && text.contains("EFFECT_BEFORE_DECISION"),
        "{text}"
    );
    server.stop();
}

/// A withdrawal of what had ended already, and from before it was asked for, written past the program.
fn planted(folder: &std::path::Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let log = Embedded::open_existing(&folder.join("log"), Reserves::default()).unwrap();
        let stream = StreamId::Provider(ProviderId::parse(&provider()).unwrap());
        let loaded = log.load(&stream).await.unwrap();
        let last = &loaded.last().unwrap().commit;
        let day = |text| Day::parse(text).unwrap();
        let withdrawn = CertificationWithdrawn {
            category: CategoryCode::parse("childcare").unwrap(),
            certification: Act::new(3).unwrap(),
            requested_on: day("2026-11-20"),
            effective_on: day("2026-11-19"),
            reason: Text::parse("停业").unwrap(),
        };
        let commit = Commit {
            id: RequestId::from_bytes([7; 16]),
            digest: last.digest,
            bureau: BureauId::parse("321003-health").unwrap(),
            officer: OfficerId::parse("hj-1").unwrap(),
            recorded_at: Instant(last.recorded_at.0),
            scheme: last.scheme.clone(),
            rules: last.rules,
            events: vec![withdrawn.into()],
        };
        log.append(&stream, loaded.tail, &commit).await.unwrap();
    });
}
