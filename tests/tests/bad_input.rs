//! Bad input, field by field: every field of every mutation with an empty, an oversized, a wrong-alphabet and a wrong-check value gets
//! `INVALID_ARGUMENT` that names the field and the rule, and nothing is written.
//!
//! Driven by the descriptor set: a new mutation or field is met here without a word being added, or fails for want of one. Whether a
//! field may be empty is read from its own comment in the .proto file, so the comments are held to be true as well.

use std::collections::BTreeMap;

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use domain::{PlaqueNumber, ProviderId};
use prost::Message;
use prost::bytes::{Buf, BufMut};
use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    ReflectMessage, Value,
};
use tests::{Running, channel};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

const SERVICES: [&str; 3] =
    ["puhui.certification.v1.CertificationService", "puhui.pledge.v1.PledgeService", "puhui.signage.v1.SignageService"];
const PROVIDER: &str = "914403001922038216-001";

/// A lawful text for a field, and unlawful ones with the rule each breaks.
struct Texts {
    good: String,
    bad: Vec<(String, &'static str)>,
}

fn texts(good: &str, bad: &[(&str, &'static str)]) -> Texts {
    Texts { good: good.to_owned(), bad: bad.iter().map(|(text, rule)| ((*text).to_owned(), *rule)).collect() }
}

fn free_text(max: usize) -> Texts {
    let mut texts = texts(
        "合成",
        &[
            ("\u{7}合成", "ALPHABET"),
            (&"字".repeat(max + 1), "TOO_LONG"),
            ("  ", "EMPTY"),
            ("合\u{202E}成", "INVISIBLE_CHARACTER"),
            ("王某 321003 18510111 3767", "IDENTITY_NUMBER"),
            ("电话１３８００１３８０００", "MOBILE_NUMBER"),
        ],
    );
    if max < 512 {
        texts.bad.push(("合\n成".to_owned(), "LINE_BREAK"));
    }
    if max == 200 {
        texts.bad.push(("=合成".to_owned(), "FORMULA"));
    }
    texts
}

/// What is lawful in a field, by its name. A field of a name that is not here fails the test.
fn by_name(field: &str) -> Texts {
    let long = "9".repeat(64);
    match field {
        "request_id" => texts(
            &Uuid::new_v4().to_string(),
            &[
                ("not-a-uuid", "FORMAT"),
                ("00000000-0000-0000-0000-000000000000", "FORMAT"),
                ("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz", "FORMAT"),
                (&long, "TOO_LONG"),
            ],
        ),
        "bureau_id" | "category" | "ground" | "zone" => {
            let good = match field {
                "bureau_id" => "321003-health",
                "ground" => "overcharging",
                "zone" => "eco-tech-city",
                _ => "childcare",
            };
            texts(
                good,
                &[("托育", "ALPHABET"), ("Childcare", "ALPHABET"), ("a-", "ALPHABET"), (&"a".repeat(41), "TOO_LONG")],
            )
        }
        "officer_id" => texts(
            "hj-0042",
            &[
                ("张三", "ALPHABET"),
                ("hj-11010519491231002X", "IDENTITY_NUMBER"),
                ("hj-13800138000", "MOBILE_NUMBER"),
                (&"a".repeat(65), "TOO_LONG"),
            ],
        ),
        "provider_id" => texts(
            PROVIDER,
            &[
                // One that fails its check may have been confirmed: the rules ask (tests/confirmed.rs).
                ("744403001922038216-001", "FORMAT"),
                ("91440300I922038216-001", "ALPHABET"),
                ("914403001922038216-000", "FORMAT"),
                ("914403001922038216", "FORMAT"),
                ("321003185101113767-001", "IDENTITY_NUMBER"),
                (&long, "TOO_LONG"),
            ],
        ),
        "operator_code" | "operator_uscc" | "promisor_uscc" | "accepting_unit_uscc" | "determining_unit_uscc" => texts(
            "914403001922038216",
            &[
                ("744403001922038216", "FORMAT"),
                ("91440300I922038216", "ALPHABET"),
                ("321003185101113767", "IDENTITY_NUMBER"),
                ("9144", "LENGTH"),
                (&long, "LENGTH"),
            ],
        ),
        "pledge_number" | "number" => texts(
            "32100320260211000001",
            &[
                ("32100320260230000001", "FORMAT"),
                ("3210032026021100000A", "ALPHABET"),
                ("321003", "LENGTH"),
                (&long, "LENGTH"),
            ],
        ),
        "plaque_number" | "replaces" => {
            let good = PlaqueNumber::new(ProviderId::parse(PROVIDER).expect("valid"), 1).expect("valid");
            let wrong = good.as_str().replace("-01", "-02");
            texts(good.as_str(), &[(&wrong, "CHECK_CHARACTER"), ("牌匾", "FORMAT"), (&long, "TOO_LONG")])
        }
        "division" => {
            let bad = [("32100a", "ALPHABET"), ("3210", "LENGTH"), ("991003", "FORMAT"), ("3210030050071", "TOO_LONG")];
            texts("321003005007", &bad)
        }
        "phone" => phone(&long),
        "document_number"
        | "valid_to_worked_out_from"
        | "objection_number"
        | "design_version"
        | "place"
        | "other_type" => free_text(64),
        "name" | "operator_name" | "deciding_body" | "body" | "item" | "promisor_name" | "accepting_unit"
        | "determining_unit" => free_text(200),
        "address" => free_text(300),
        "reason" | "published_at" | "publicity" | "source" | "legal_basis" | "note" | "remarks" => free_text(512),
        "missing" | "findings" | "summary" | "finding" | "explanation" | "detail" | "unperformed" | "consequence"
        | "statement" | "content" | "liability" | "seen" => free_text(4000),
        day if day.ends_with("_on") => days(),
        "valid_from" | "valid_to" | "valid_until" | "hearing_until" | "bar_until" | "until" | "start" | "end" => days(),
        other => panic!("say in this table what is lawful in a field called {other}"),
    }
}

fn phone(long: &str) -> Texts {
    texts(
        "0514-87341234",
        &[
            ("12-3", "LENGTH"),
            ("电话电话", "ALPHABET"),
            ("+86 138 0013 8000", "MOBILE_NUMBER"),
            ("321003185101113767", "IDENTITY_NUMBER"),
            (long, "TOO_LONG"),
        ],
    )
}

fn days() -> Texts {
    let bad = [
        ("2026-02-30", "FORMAT"),
        ("2026/03/02", "FORMAT"),
        ("1800-01-01", "RANGE"),
        ("2026-03-02T00:00:00Z", "TOO_LONG"),
    ];
    texts("2026-03-02", &bad)
}

/// A lawful number and unlawful ones, by name.
fn numbers(field: &str) -> (i64, &'static [i64]) {
    match field {
        "act" => (3, &[0, 4_000_000_001]),
        "order" | "suspension" | "notice" | "bar" | "objection" | "proposal" | "breach" | "certification" => {
            (3, &[4_000_000_001])
        }
        "year" => (2026, &[0, 1948, 2200]),
        "amount_fen" => (200_000, &[0, 10_000_001]),
        "rise_percent_max" => (10, &[101]),
        "latitude_microdegrees" => (32_390_000, &[-1, 60_000_001]),
        "longitude_microdegrees" => (119_420_000, &[0, 140_000_001]),
        other => panic!("say in this table what is lawful in a number called {other}"),
    }
}

fn number(kind: &Kind, number: i64) -> Value {
    match kind {
        Kind::Uint32 => Value::U32(u32::try_from(number).expect("in range")),
        Kind::Int32 => Value::I32(i32::try_from(number).expect("in range")),
        other => panic!("no numbers of kind {other:?} are expected"),
    }
}

/// The fields the header of every mutation has beside its texts; and of a correction the right act, which is none here and is read by the table of
/// its own call, and the operator, which stands in the place of the provider.
fn is_switch(field: &FieldDescriptor) -> bool {
    let is_right = field.containing_oneof().is_some_and(|choice| !choice.is_synthetic());
    let is_other_target =
        field.name() == "operator_code" && field.parent_message().get_field_by_name("provider_id").is_some();
    is_right || is_other_target || field.name() == "expected_revision" || field.kind() == Kind::Bool
}

/// A message with every field lawful.
fn lawful(descriptor: &MessageDescriptor) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields().filter(|field| !is_switch(field)) {
        assert_ne!(field.cardinality(), Cardinality::Repeated, "{}", field.full_name());
        let value = match field.kind() {
            Kind::String => Value::String(by_name(field.name()).good),
            Kind::Message(inner) => Value::Message(lawful(&inner)),
            Kind::Enum(_) => Value::EnumNumber(1),
            kind => number(&kind, numbers(field.name()).0),
        };
        message.set_field(&field, value);
    }
    message
}

/// What the field's comment says of an empty value.
fn may_be_empty(field: &FieldDescriptor) -> bool {
    let file = field.parent_message().parent_file();
    let mut path = field.parent_message().path().to_vec();
    path.extend([
        2,
        i32::try_from(field.parent_message().fields().position(|f| f == *field).expect("its own")).expect("few"),
    ]);
    let proto = file.file_descriptor_proto();
    let info = proto.source_code_info.as_ref().expect("the descriptors carry comments");
    let location = info.location.iter().find(|location| location.path == path || location.path == field.path());
    let comment = location.map(|location| location.leading_comments().to_owned()).unwrap_or_default();
    let (required, optional) = (comment.contains("Required."), comment.contains("Optional"));
    assert!(
        required != optional,
        "{}: its comment says neither or both of Required and Optional: {comment}",
        field.full_name()
    );
    optional
}

struct Case {
    message: DynamicMessage,
    field: String,
    /// `None`: the value is lawful, and the field must not be named.
    rule: Option<&'static str>,
}

/// Every unlawful variant of `message`, field by field, nested ones as well; `wrap` puts a changed part back into the whole.
fn cases(part: &DynamicMessage, prefix: &str, wrap: &dyn Fn(DynamicMessage) -> DynamicMessage, out: &mut Vec<Case>) {
    for field in part.descriptor().fields().filter(|field| !is_switch(field)) {
        let name = format!("{prefix}{}", field.name());
        let mut add = |value: Option<Value>, rule: Option<&'static str>| {
            let mut changed = part.clone();
            match value {
                Some(value) => changed.set_field(&field, value),
                None => changed.clear_field(&field),
            }
            out.push(Case { message: wrap(changed), field: name.clone(), rule });
        };
        match field.kind() {
            Kind::String => {
                for (text, rule) in by_name(field.name()).bad {
                    add(Some(Value::String(text)), Some(rule));
                }
                add(None, if may_be_empty(&field) { None } else { Some("EMPTY") });
            }
            Kind::Enum(_) => {
                add(Some(Value::EnumNumber(0)), if may_be_empty(&field) { None } else { Some("UNSPECIFIED") });
                add(Some(Value::EnumNumber(9999)), Some("UNSPECIFIED"));
            }
            Kind::Message(inner) => {
                // Points have no comment of their own on being required: they are optional wherever they stand.
                add(None, if may_be_empty(&field) { None } else { Some("EMPTY") });
                let value = part.get_field(&field);
                let Value::Message(nested) = value.as_ref() else { panic!("{name}: a message") };
                assert_eq!(nested.descriptor(), inner);
                let put_back = |changed: DynamicMessage| {
                    let mut whole = part.clone();
                    whole.set_field(&field, Value::Message(changed));
                    wrap(whole)
                };
                cases(nested, &format!("{name}."), &put_back, out);
            }
            kind => {
                for wrong in numbers(field.name()).1 {
                    add(Some(number(&kind, *wrong)), Some("RANGE"));
                }
            }
        }
    }
}

/// A message that breaks a rule in every field it has but for those within other messages, and the rules.
fn all_wrong(base: &DynamicMessage) -> (DynamicMessage, BTreeMap<String, String>) {
    let (mut message, mut rules) = (base.clone(), BTreeMap::new());
    for field in base.descriptor().fields().filter(|field| !is_switch(field)) {
        let (value, rule) = match field.kind() {
            Kind::String => {
                let (text, rule) = by_name(field.name()).bad.swap_remove(0);
                (Value::String(text), rule)
            }
            Kind::Enum(_) => (Value::EnumNumber(9999), "UNSPECIFIED"),
            Kind::Message(_) => continue,
            kind => match numbers(field.name()).1.first() {
                Some(wrong) => (number(&kind, *wrong), "RANGE"),
                None => continue,
            },
        };
        message.set_field(&field, value);
        rules.insert(field.name().to_owned(), rule.to_owned());
    }
    (message, rules)
}

/// Messages of one method, by its descriptor.
#[derive(Clone)]
struct Dynamic(MethodDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        self.clone()
    }

    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put_slice(&item.encode_to_vec());
        Ok(())
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = bytes.copy_to_bytes(bytes.remaining());
        DynamicMessage::decode(self.0.output(), bytes).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

async fn call(channel: &Channel, method: &MethodDescriptor, message: DynamicMessage) -> Result<(), Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name()).parse().expect("a path");
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.expect("ready");
    client.unary(Request::new(message), path, Dynamic(method.clone())).await.map(|_| ())
}

/// Each violated field with its rule.
fn violations(status: &Status) -> BTreeMap<String, String> {
    let violations = status.get_details_bad_request().map(|details| details.field_violations).unwrap_or_default();
    let rule = |description: &str| description.split(':').next().unwrap_or_default().to_owned();
    violations.into_iter().map(|violation| (violation.field, rule(&violation.description))).collect()
}

#[tokio::test]
async fn every_field_of_every_mutation_is_checked_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let channel = channel(&server.url).await;
    let pool = DescriptorPool::decode(api::DESCRIPTORS).unwrap();
    let (mut methods, mut tried, mut wrong) = (0, 0, Vec::new());
    for service in SERVICES {
        for method in pool.get_service_by_name(service).unwrap().methods() {
            methods += 1;
            let base = lawful(&method.input());
            let mut whole = base.clone();
            whole.set_field_by_name("validate_only", Value::Bool(true));
            if let Err(status) = call(&channel, &method, whole).await {
                assert_eq!(status.code(), Code::FailedPrecondition, "{}: {status}", method.full_name());
            }
            let (message, rules) = all_wrong(&base);
            let status = call(&channel, &method, message).await.unwrap_err();
            assert_eq!(violations(&status), rules, "{}: all violations at once", method.name());
            let mut all = Vec::new();
            cases(&base, "", &|message| message, &mut all);
            for case in all {
                tried += 1;
                let mut message = case.message;
                if case.rule.is_none() {
                    message.set_field_by_name("validate_only", Value::Bool(true));
                }
                let answer = call(&channel, &method, message).await;
                let named = answer.as_ref().err().map(violations).unwrap_or_default();
                let got = named.get(&case.field).map(String::as_str);
                let invalid = answer.as_ref().is_err_and(|status| status.code() == Code::InvalidArgument);
                if got != case.rule || invalid != case.rule.is_some() {
                    wrong.push(format!("{} {}: {:?} expected, {named:?} got", method.name(), case.field, case.rule));
                }
            }
        }
    }
    println!("{methods} mutations, {tried} bad or empty values");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(methods >= 45 && tried > 1500, "{methods} {tried}");
    let head = AuditServiceClient::new(channel).get_head(GetHeadRequest {}).await.unwrap().into_inner();
    assert_eq!(head.position, tests::BEGUN, "something was written");
}

#[tokio::test]
async fn a_window_that_runs_backwards_is_named_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("certification", &["--data", folder.path().to_str().unwrap()]);
    let channel = channel(&server.url).await;
    let pool = DescriptorPool::decode(api::DESCRIPTORS).unwrap();
    let service = pool.get_service_by_name(SERVICES[0]).unwrap();
    let method = service.methods().find(|method| method.name() == "OpenNotice").unwrap();
    let mut message = lawful(&method.input());
    let mut notice = message.get_field_by_name("notice").unwrap().as_message().unwrap().clone();
    notice.set_field_by_name("end", Value::String("2026-03-01".to_owned()));
    message.set_field_by_name("notice", Value::Message(notice));
    let status = call(&channel, &method, message).await.unwrap_err();
    assert_eq!(violations(&status).get("notice.end").map(String::as_str), Some("RANGE"), "{status}");
}
