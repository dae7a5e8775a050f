//! What is stored stays readable: golden bytes of each fact and of a whole commit, and clear errors for bytes that are none.
//!
//! The files in golden/ are never written by a test run. A change that makes this test fail has changed what is on disk; only a new fact,
//! which gets a file of its own, is written anew, with `PUHUI_BLESS=1`.

#![expect(clippy::unwrap_used, reason = "a value of the table that is not one ends the test")]

use std::path::{Path, PathBuf};

use domain::*;
use event_log::{DecodeError, LogError, decode, encode};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}

fn category() -> CategoryCode {
    CategoryCode::parse("childcare").unwrap()
}

fn ground() -> GroundCode {
    GroundCode::parse("overcharging").unwrap()
}

fn uscc() -> Uscc {
    Uscc::parse("91350100M000100Y43").unwrap()
}

fn provider() -> ProviderId {
    ProviderId::parse("91350100M000100Y43-001").unwrap()
}

fn plaque() -> PlaqueNumber {
    PlaqueNumber::new(provider(), 1).unwrap()
}

fn pledge() -> PledgeNumber {
    PledgeNumber::parse("32100320260211000001").unwrap()
}

fn notice() -> NoticeWindow {
    NoticeWindow::new(day("2026-03-02"), day("2026-03-06")).unwrap()
}

fn counted() -> NoticeCount {
    NoticeCount { days: NoticeDays::new(5).unwrap(), count: DayCount::Working, scheme: text("yangzhou-2026.1") }
}

fn one() -> Ordinal {
    Ordinal::FIRST
}

fn particulars() -> Particulars {
    Particulars {
        name: text("虹桥托育园"),
        operator_name: text("虹桥托育"),
        division: Division::parse("321003005007").unwrap(),
        zone: Some(ZoneCode::parse("shugang-shouxihu").unwrap()),
        address: Some(text("文昌西路1号")),
        phone: Some(Phone::parse("0514-87341234").unwrap()),
        location: Some(Point::new(32_390_000, 119_420_000).unwrap()),
        withhold_address: true,
        operator_class: Some(OperatorClass::Organisation),
    }
}

/// One of every fact, in the order of `Event::NAMES`.
#[expect(clippy::too_many_lines, reason = "one of every fact")]
fn facts() -> Vec<Event> {
    let act = Act::new(3).unwrap();
    let (on, to) = (day("2026-03-09"), day("2029-03-08"));
    let price = Price {
        amount_fen: Fen::new(200_000).unwrap(),
        unit: PriceUnit::Month,
        rise_percent_max: Percent::new(10).unwrap(),
    };
    let form = PledgeForm {
        number: pledge(),
        promisor_name: text("虹桥托育"),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: Some(uscc()),
        pledge_type: PledgeType::Other,
        other_type: Some(text("价格承诺")),
        reason: text("申请认定"),
        content: text("按公示价格收费"),
        liability: text("限期整改"),
        made_on: day("2026-02-11"),
        valid_until: Some(to),
        accepting_unit: text("邗江区卫生健康委员会"),
        accepting_unit_uscc: uscc(),
        publication: PublicationScope::Public,
        remarks: Some(text("无")),
    };
    let (category, document): (_, DocumentNumber) = (category(), text("扬邗卫〔2026〕12号"));
    vec![
        ProviderRegistered { particulars: particulars() }.into(),
        ParticularsAmended {
            particulars: particulars(),
            effective_on: on,
            document_number: Some(document.clone()),
            site_checked_on: Some(on),
            release: Some(Release {
                bureau_id: BureauId::parse("321002-health").unwrap(),
                document_number: document.clone(),
                released_on: on,
            }),
        }
        .into(),
        OperatorIdentified {
            operator_uscc: uscc(),
            operator_name: text("虹桥托育"),
            identified_on: on,
            document_number: document.clone(),
        }
        .into(),
        ApplicationFiled { category: category.clone(), applied_on: on }.into(),
        CaseReturned { category: category.clone(), missing: text("备案回执"), returned_on: on, due_on: on }.into(),
        CaseSupplemented { category: category.clone(), supplemented_on: on }.into(),
        CaseAccepted { category: category.clone(), accepted_on: on }.into(),
        CaseInspected { category: category.clone(), inspected_on: on, passed: true, findings: text("合格") }.into(),
        NoticeOpened { category: category.clone(), notice: notice(), counted: counted(), published_at: None }.into(),
        ObjectionRaised {
            category: category.clone(),
            notice: act,
            objection_number: text("异议1号"),
            raised_on: on,
            summary: text("占用通道"),
        }
        .into(),
        ObjectionResolved {
            category: category.clone(),
            objection: act,
            resolved_on: on,
            upheld: false,
            finding: text("不成立"),
        }
        .into(),
        CaseRefused {
            category: category.clone(),
            decided_on: on,
            explanation: text("条件不符"),
            document_number: document.clone(),
        }
        .into(),
        CaseWithdrawn { category: category.clone(), withdrawn_on: on, reason: None }.into(),
        Certified {
            category: category.clone(),
            ordinal: one().next(),
            predecessor: Some(one()),
            basis: CertificationBasis::Evidence,
            decided_on: on,
            valid_from: on,
            valid_to: to,
            document_number: document.clone(),
            pledge_number: pledge(),
            notice: notice(),
            deciding_body: Some(text("卫健委、发改委")),
            counted: counted(),
            notice_opened: Some(act),
        }
        .into(),
        CertificationRecorded {
            category: category.clone(),
            ordinal: one(),
            predecessor: None,
            decided_on: None,
            valid_from: None,
            valid_to: None,
            document_number: None,
            deciding_body: text("平阳县教育局"),
            publicity: Some(text("公示期满无异议")),
            source: text("平教普〔2018〕489号"),
            valid_to_worked_out_from: None,
        }
        .into(),
        RectificationOrdered {
            certification: act,
            category: category.clone(),
            ground: ground(),
            detail: text("乱收费"),
            ordered_on: on,
            due_on: to,
            legal_basis: Some(text("办法第十一条")),
            document_number: Some(document.clone()),
            because: None,
        }
        .into(),
        RectificationAccepted {
            order: act,
            category: category.clone(),
            accepted_on: on,
            findings: text("已按价目表收费"),
        }
        .into(),
        CertificationSuspended {
            certification: act,
            category: category.clone(),
            ground: ground(),
            detail: text("停业装修"),
            suspended_on: on,
            legal_basis: text("办法第十一条"),
            document_number: document.clone(),
        }
        .into(),
        CertificationResumed { suspension: act, category: category.clone(), resumed_on: on }.into(),
        RevocationNoticed {
            certification: act,
            category: category.clone(),
            ground: ground(),
            detail: text("逾期未整改"),
            noticed_on: on,
            hearing_until: to,
            hearing_ends_on: to,
            legal_basis: text("办法第十二条"),
            document_number: document.clone(),
            kind: RevocationKind::Annulled,
        }
        .into(),
        RevocationNoticeLifted { notice: act, category: category.clone(), lifted_on: on, reason: text("已整改") }
            .into(),
        CertificationRevoked {
            certification: act,
            notice: act,
            category: category.clone(),
            kind: RevocationKind::Annulled,
            ground: ground(),
            legal_basis: text("第十二条"),
            document_number: document.clone(),
            decided_on: on,
            effective_on: on,
            bar_until: Some(to),
        }
        .into(),
        CertificationWithdrawn {
            certification: act,
            category: category.clone(),
            requested_on: on,
            effective_on: to,
            reason: text("退休"),
        }
        .into(),
        CertificationExpired { certification: act, category: category.clone(), effective_on: on }.into(),
        CertificationDeregistered {
            certification: act,
            category: category.clone(),
            deregistered_on: on,
            reason: text("注销登记"),
            document_number: None,
        }
        .into(),
        CertificationRenewed {
            certification: act,
            category: category.clone(),
            decided_on: on,
            valid_from: on,
            valid_to: to,
            document_number: document.clone(),
            pledge_number: pledge(),
            deciding_body: Some(text("卫健委、发改委")),
        }
        .into(),
        ReviewRecorded {
            certification: act,
            category: category.clone(),
            year: Year::new(2026).unwrap(),
            result: ReviewResult::NotTaken,
            reviewed_on: on,
            note: None,
        }
        .into(),
        PriceProposed { category: category.clone(), item: text("全日托"), price: price.clone(), proposed_on: on }
            .into(),
        PriceApproved {
            category: category.clone(),
            item: text("全日托"),
            proposal: act,
            decided_on: on,
            effective_on: to,
            from: Some(Price { amount_fen: Fen::new(190_000).unwrap(), ..price.clone() }),
            to: price,
            document_number: None,
        }
        .into(),
        PriceRejected {
            category: category.clone(),
            item: text("全日托"),
            proposal: act,
            rejected_on: on,
            reason: text("超过指导价"),
        }
        .into(),
        PledgeMade { pledge: form }.into(),
        PledgeFulfilled {
            pledge_number: pledge(),
            determined_on: on,
            determining_unit: Some(text("卫健委")),
            determining_unit_uscc: Some(uscc()),
        }
        .into(),
        PledgeBroken {
            pledge_number: pledge(),
            extent: BreachExtent::Wholly,
            severity: BreachSeverity::Serious,
            unperformed: text("未公示收费"),
            consequence: text("限期整改"),
            determined_on: on,
            determining_unit: None,
            determining_unit_uscc: None,
        }
        .into(),
        PledgeRepaired { pledge_number: pledge(), breach: act, repaired_on: on, document_number: document.clone() }
            .into(),
        PlaqueOrdered { plaque_number: plaque(), ordered_on: on, replaces: None, place: Some(text("东门")) }.into(),
        PlaqueIssued { plaque_number: plaque(), issued_on: on, design_version: text("2026版") }.into(),
        PlaqueHung { plaque_number: plaque(), hung_on: on }.into(),
        PlaqueRecoveryOrdered { plaque_number: plaque(), due_on: on }.into(),
        PlaqueRecovered { plaque_number: plaque(), recovered_on: on }.into(),
        PlaqueLost { plaque_number: plaque(), lost_on: on, statement: text("声明作废") }.into(),
        PlaqueDestroyed { plaque_number: plaque(), destroyed_on: on, reason: text("破损") }.into(),
        PlaqueNotReturned { plaque_number: plaque(), recorded_on: on, detail: text("失联") }.into(),
        OperatorBarred {
            ground: ground(),
            barred_on: on,
            until: to,
            document_number: document.clone(),
            detail: text("多店乱收费"),
        }
        .into(),
        OperatorBarLifted { bar: act, lifted_on: on, document_number: document.clone(), reason: text("复议撤销") }
            .into(),
        MessageSetAside {
            position: Position(300),
            sha256: Sha256::from_bytes(*b"0123456789abcdef0123456789abcdef"),
            reason: text("误发"),
            document_number: document.clone(),
        }
        .into(),
        PlaqueRecoveryLifted { plaque_number: plaque(), lifted_on: on }.into(),
        ActCorrected {
            act,
            corrected_on: on,
            reason: text("录入有误"),
            document_number: None,
            fact: Some(Box::new(PlaqueHung { plaque_number: plaque(), hung_on: on }.into())),
        }
        .into(),
        ActOverturned {
            act,
            overturned_on: on,
            body: text("扬州市人民政府"),
            document_number: document.clone(),
            explanation: text("事实不清"),
        }
        .into(),
        EndingRecorded {
            certification: act,
            category: self::category(),
            kind: EndingKind::Annulled,
            decided_on: None,
            effective_on: Some(on),
            recorded_on: to,
            document_number: None,
            deciding_body: text("开原市教育局"),
            source: text("2024年撤销名单"),
            bar_until: None,
        }
        .into(),
        SchemeAdopted {
            area: Some(DivisionPrefix::parse("3210").unwrap()),
            version: text("yangzhou-2026.1"),
            in_force_from: on,
            sha256: Sha256::from_bytes(*b"0123456789abcdef0123456789abcdef"),
            text: RulesText::parse("version = \"yangzhou-2026.1\"\n").unwrap(),
            adopted_on: on,
            adopted_by: Some(text("扬州市人民政府办公室")),
            document_number: Some(document.clone()),
            corrects: Some(Position(7)),
        }
        .into(),
        CalendarAdopted {
            covered_from: on,
            covered_until: to,
            source: text("国务院办公厅关于部分节假日安排的通知"),
            sha256: Sha256::from_bytes(*b"0123456789abcdef0123456789abcdef"),
            text: RulesText::parse("date,kind,festival\n").unwrap(),
            adopted_on: on,
            adopted_by: Some(text("扬州市发展和改革委员会")),
            document_number: Some(document.clone()),
            corrects: Some(Position(7)),
        }
        .into(),
        PlacesAdopted {
            edition: text("统计用区划代码 2023"),
            sha256: Sha256::from_bytes(*b"0123456789abcdef0123456789abcdef"),
            text: RulesText::parse("code,name,last_day\n321003,邗江区,\n").unwrap(),
            adopted_on: on,
            adopted_by: Some(text("扬州市发展和改革委员会")),
            document_number: Some(document.clone()),
            corrects: Some(Position(7)),
        }
        .into(),
        OperatorCodeConfirmed { confirmed_on: on, document_number: document, seen: text("营业执照正本") }.into(),
        LogOpened {
            log_id: LogId::from_bytes(*b"0123456789abcdef"), name: text("扬州市普惠生活服务登记簿")
        }
        .into(),
        MeasureFell { certification: act, category, measure: act, over_since: on }.into(),
    ]
}

/// A real code that fails its check.
fn confirmed_code() -> OperatorCode {
    OperatorCode::parse_confirmed("91350203M0001QKT19").unwrap()
}

fn commit(events: Vec<Event>) -> Commit {
    Commit {
        id: RequestId::parse("6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11").unwrap(),
        digest: domain::RequestDigest::of_no_request(*b"0123456789abcdef"),
        bureau: BureauId::parse("321003-health").unwrap(),
        officer: OfficerId::parse("hj-0042").unwrap(),
        recorded_at: Instant(1_773_014_400_000),
        scheme: text("yangzhou-2026.1"),
        rules: Position(3),
        events,
    }
}

fn stream(event: &Event) -> StreamId {
    match event {
        Event::OperatorBarred(_) | Event::OperatorBarLifted(_) => StreamId::Operator(provider().operator().clone()),
        Event::OperatorCodeConfirmed(_) => StreamId::Operator(confirmed_code()),
        Event::MessageSetAside(_) | Event::LogOpened(_) => StreamId::Log,
        Event::SchemeAdopted(_) | Event::CalendarAdopted(_) | Event::PlacesAdopted(_) => StreamId::Rules,
        _ => StreamId::Provider(provider()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn golden(name: &str) -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    Path::new(&here).join("tests/golden").join(format!("{name}.hex"))
}

fn is_stored_as_it_always_was(name: &str, stream: &StreamId, commit: &Commit) {
    let bytes = encode(stream, Revision(7), commit);
    let path = golden(name);
    if std::env::var_os("PUHUI_BLESS").is_some() && !path.exists() {
        std::fs::write(&path, hex(&bytes) + "\n").unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        stored.trim_end(),
        hex(&bytes),
        "{name}: the stored form has changed; what is on disk could not be read"
    );
    assert_eq!(decode(&bytes), Ok((stream.clone(), Revision(7), commit.clone())));
}

#[test]
fn every_fact_is_stored_as_it_always_was() {
    let facts = facts();
    let names: Vec<&str> = facts.iter().map(Event::name).collect();
    assert_eq!(names, Event::NAMES, "one of every fact");
    for fact in &facts {
        is_stored_as_it_always_was(fact.name(), &stream(fact), &commit(vec![fact.clone()]));
    }
    is_stored_as_it_always_was("Commit", &StreamId::Provider(provider()), &commit(facts));
}

/// A fact with what its form got later, which the first golden bytes of it lack.
#[test]
fn what_a_fact_got_later_is_stored_as_it_always_was() {
    let Event::CertificationRecorded(recorded) = named("CertificationRecorded") else { unreachable!() };
    let (valid_from, valid_to) = (Some(day("2023-09-01")), Some(day("2026-08-31")));
    let fact: Event =
        CertificationRecorded { valid_from, valid_to, valid_to_worked_out_from: Some(text("三年")), ..recorded }.into();
    is_stored_as_it_always_was("CertificationRecorded-worked-out", &stream(&fact), &commit(vec![fact.clone()]));
}

fn of_provider(fact: &Event) -> Vec<u8> {
    encode(&StreamId::Provider(provider()), Revision(1), &commit(vec![fact.clone()]))
}

fn named(name: &str) -> Event {
    facts().into_iter().find(|fact| fact.name() == name).unwrap()
}

/// The bytes with another in the one place where these stand.
fn with(bytes: &[u8], these: &[u8], others: &[u8]) -> Vec<u8> {
    let at = bytes.windows(these.len()).position(|window| window == these).unwrap();
    [&bytes[..at], others, &bytes[at + these.len()..]].concat()
}

/// The key of a text or message with this number.
fn key(number: u32) -> Vec<u8> {
    let key = number << 3 | 2;
    if key < 128 {
        vec![u8::try_from(key).unwrap()]
    } else {
        vec![key.to_le_bytes()[0] | 128, u8::try_from(key >> 7).unwrap()]
    }
}

fn malformed(bytes: &[u8], why: &str) {
    let error = decode(bytes).unwrap_err();
    assert!(matches!(&error, DecodeError::Malformed(told) if told.contains(why)), "{why}: {error}");
}

#[test]
fn bytes_of_another_form_are_refused_with_the_reason() {
    let bytes = encode(&StreamId::Provider(provider()), Revision(1), &commit(facts()));
    assert_eq!(decode(&[]), Err(DecodeError::Empty));
    let newer = decode(&[&[2], &bytes[1..]].concat()).unwrap_err();
    assert_eq!(newer, DecodeError::UnknownForm(2));
    assert!(newer.is_newer() && newer.to_string().contains("newer version"), "{newer}");
    malformed(&bytes[..bytes.len() - 1], "ends within");
    malformed(&[&bytes[..], &[0]].concat(), "no field begins there");
    // What no version ever wrote does not say that a newer one did.
    let text = decode(b"hello").unwrap_err();
    assert_eq!(text, DecodeError::NoCommit(b'h'));
    assert!(!text.is_newer() && text.to_string().contains("no commit"), "{text}");
    // A value that could not have been made.
    let broken = with(&of_provider(&named("ApplicationFiled")), b"childcare", b"CHILDCARE");
    assert!(matches!(decode(&broken), Err(DecodeError::InvalidValue(_))));
}

#[test]
fn what_a_newer_version_wrote_is_told_by_its_number_and_a_field_more_is_passed_over() {
    let hung = of_provider(&named("PlaqueHung"));
    let newer = decode(&with(&hung, &key(39), &key(121))).unwrap_err();
    assert_eq!(newer, DecodeError::UnknownFact(121));
    assert!(newer.is_newer() && newer.to_string().starts_with("written by a newer version: fact 121"), "{newer}");
    let told = LogError::Undecodable { position: Position(300), error: newer }.to_string();
    assert!(told.starts_with("written by a newer version: fact 121 at position 300"), "{told}");
    // `kind` of a revocation is 2; there is no 9 yet.
    let revoked = of_provider(&named("CertificationRevoked"));
    let newer = decode(&with(&revoked, &[0x10, 2], &[0x10, 9])).unwrap_err();
    assert_eq!(newer, DecodeError::UnknownChoice(9));
    assert!(newer.is_newer(), "{newer}");
    let accepted = of_provider(&named("CaseAccepted"));
    let one_more = [&accepted[..], &key(40), &[3], b"abc"].concat();
    assert_eq!(decode(&one_more), decode(&accepted));
}

#[test]
fn a_correction_within_another_is_refused_whatever_stands_in_it() {
    let corrected = |fact: Event| -> Event {
        let (act, corrected_on) = (Act::new(1).unwrap(), day("2026-03-16"));
        ActCorrected {
            act, corrected_on, reason: text("录入有误"), document_number: None, fact: Some(Box::new(fact))
        }
        .into()
    };
    let deep = (0..100).fold(named("PlaqueHung"), |fact, _| corrected(fact));
    let bytes = encode(&StreamId::Provider(provider()), Revision(1), &commit(vec![deep.clone()]));
    malformed(&bytes, "within another");
    // Taken apart one by one: dropping it whole would take as much stack as reading it.
    let mut rest = Some(Box::new(deep));
    while let Some(fact) = rest.take() {
        if let Event::ActCorrected(correction) = *fact {
            rest = correction.fact;
        }
    }
}

#[test]
fn what_no_version_writes_is_refused() {
    let accepted = of_provider(&named("CaseAccepted"));
    malformed(&[&accepted[..], &key(7), &[1], b"a"].concat(), "field 7 stands more than once");
    malformed(&[&accepted[..], &[1 << 3, 9]].concat(), "says where it stands");
    malformed(&[&accepted[..], &key(4), &[18], b"91350100M000100Y43"].concat(), "of two streams");
    malformed(&with(&accepted, &[2 << 3, 1], &[2 << 3, 0x81, 0]), "ends within a field");
    // Without its event, and with one that has two facts.
    let events = accepted.windows(11).rposition(|window| window.ends_with(b"childcare")).unwrap() - 4;
    malformed(&accepted[..events], "no fact");
    let fact = &accepted[events + 2..];
    let twice = [&accepted[..events], &key(11), &[u8::try_from(2 * fact.len()).unwrap()], fact, fact].concat();
    malformed(&twice, "two facts");
    malformed(&[&accepted[..events], &key(11), &[0]].concat(), "no fact");
}

/// Rules for what people type become stricter. What is on record is read all the same.
#[test]
fn a_text_that_nobody_may_type_any_more_is_read_from_the_log() {
    let bytes = of_provider(&named("PlaqueDestroyed"));
    let bytes = with(&bytes, "破损".as_bytes(), "\u{202e}\u{7}  ".as_bytes());
    assert_eq!(Reason::parse("\u{202e}\u{7}  ").unwrap_err().rule, "INVISIBLE_CHARACTER");
    let (_, _, commit) = decode(&bytes).unwrap();
    let Event::PlaqueDestroyed(destroyed) = &commit.events[0] else { panic!("{commit:?}") };
    assert_eq!(destroyed.reason.as_str(), "\u{202e}\u{7}  ");
}

proptest! {
    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&bytes);
        let _ = decode(&[&[1], &bytes[..]].concat());
    }
}

/// Every single bit: a damaged commit is refused, or read as another, and never passes for the one that was written.
#[test]
fn no_flipped_bit_goes_unseen() {
    let bytes = encode(&StreamId::Provider(provider()), Revision(1), &commit(facts()));
    let written = decode(&bytes).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            assert_ne!(decode(&damaged).ok().as_ref(), Some(&written), "bit {bit} of byte {at}");
        }
    }
}
