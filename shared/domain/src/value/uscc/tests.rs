//! Credit codes: vectors, broken rules, identity numbers, codes that a bureau confirms.

use super::*;

#[test]
fn every_vector_comes_out_as_its_column_says() {
    let table = include_str!("../../../../../data/vectors/uscc_vectors.csv");
    let mut seen = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(Uscc::parse(fields[0]).is_ok(), fields[2] == "True", "{line}");
        seen += 1;
    }
    assert_eq!(seen, 22);
}

#[test]
fn each_broken_rule_has_its_name() {
    for (text, rule) in [
        ("", "EMPTY"),
        ("9144030019220382", "LENGTH"),
        ("91440300I922038216", "ALPHABET"),
        ("91440A001922038216", "FORMAT"),
        ("914403001922038210", "CHECK_CHARACTER"),
    ] {
        assert_eq!(Uscc::parse(text).unwrap_err().rule, rule, "{text}");
    }
}

#[test]
fn a_right_outer_check_does_not_excuse_a_wrong_inner_one() {
    // The organisation code's own check is made wrong and the outer check computed anew.
    let mut bytes = *b"91440300192203822X";
    let mut values: Vec<u32> = bytes.iter().map(|b| value(*b).unwrap()).collect();
    values[17] = 0;
    bytes[17] = ALPHABET[usize::try_from(check_value(&values)).unwrap()];
    let invalid = Uscc::parse(std::str::from_utf8(&bytes).unwrap()).unwrap_err();
    assert!(invalid.en.contains("GB 11714"), "{invalid}");
}

#[test]
fn a_key_to_be_completed_can_never_be_read_as_a_credit_code() {
    let key = OperatorCode::to_be_completed("330326", 0x1234_5678_9abc_def0_u64.to_be_bytes()).unwrap();
    // It is the outlet's for ever, however often the list is read.
    assert_eq!(key.as_str(), "Z330326FBMRK2GTNDP");
    for (text, rule) in [
        (&key.as_str()[..17], "LENGTH"),
        ("Z33032A0000000000X", "ALPHABET"),
        ("Z330326I000000000X", "ALPHABET"),
        ("Z3303260000000000X", "CHECK_CHARACTER"),
    ] {
        assert_eq!(OperatorCode::parse(text).unwrap_err().rule, rule, "{text}");
    }
    assert_eq!(format!("{:?}", Uscc::parse("914403001922038216").unwrap()), "Uscc(\"914403001922038216\")");
    assert!(Uscc::parse(key.as_str()).is_err());
    assert_eq!(OperatorCode::parse(&key.as_str().to_lowercase()), Ok(key.clone()));
    let wrong = format!("{}{}", &key.as_str()[..17], if key.as_str().ends_with('0') { '1' } else { '0' });
    assert_eq!(OperatorCode::parse(&wrong).unwrap_err().rule, "CHECK_CHARACTER");
}

#[test]
fn a_citizens_identity_number_is_no_code_however_its_checks_fall() {
    // The third passes both checks of a credit code as well; the last two are mistyped.
    for text in ["11010519491231002X", "32100318510228009x", "321003185101113767", "511102199003070021"] {
        for read in [Uscc::parse, Uscc::parse_confirmed] {
            assert_eq!(read(text).unwrap_err().rule, "IDENTITY_NUMBER", "{text}");
        }
    }
    assert_eq!(Uscc::parse("511102199003070022").unwrap_err().rule, "CHECK_CHARACTER");
    assert_eq!(Uscc::parse_confirmed("511102199003070022").unwrap_err().rule, "IDENTITY_NUMBER");
    assert_eq!(OperatorCode::parse("321003185101113767").unwrap_err().rule, "IDENTITY_NUMBER");
}

#[test]
fn a_real_code_that_fails_its_check_is_read_when_it_is_confirmed() {
    // A firm of Xiamen, registered before 2016.
    let text = "91350203M0001QKT19";
    assert_eq!(Uscc::parse(text).unwrap_err().rule, "CHECK_CHARACTER");
    let code = Uscc::parse_confirmed(&text.to_lowercase()).unwrap();
    assert_eq!((code.as_str(), code.is_well_checked()), (text, false));
    assert!(!OperatorCode::parse_confirmed(text).unwrap().is_well_checked());
    let sound = "914403001922038216";
    assert_eq!(Uscc::parse_confirmed(sound), Uscc::parse(sound));
    assert!(Uscc::parse(sound).unwrap().is_well_checked());
    for (text, rule) in [
        ("", "EMPTY"),
        ("91350203M0001QKT1", "LENGTH"),
        ("91350203M0001QKTI9", "ALPHABET"),
        ("9135020AM0001QKT19", "FORMAT"),
        ("98350203M0001QKT19", "FORMAT"),
        ("B1350203M0001QKT19", "FORMAT"),
        ("91990203M0001QKT19", "FORMAT"),
        ("91320003M0001QKT19", "FORMAT"),
        ("91321403M0001QKT19", "FORMAT"),
        ("91100001M0001QKT19", "FORMAT"),
    ] {
        assert_eq!(Uscc::parse_confirmed(text).unwrap_err().rule, rule, "{text}");
    }
}

#[test]
fn departments_kinds_and_divisions_are_those_of_the_standards() {
    for (prefix, division) in [
        ("11", "100000"),
        ("52", "321003"),
        ("54", "321003"),
        ("55", "321003"),
        ("31", "320000"),
        ("81", "321000"),
        ("N2", "321081"),
        ("Y1", "330326"),
        ("A1", "110000"),
        ("92", "320594"),
        ("91", "441900"),
        ("93", "133000"),
    ] {
        assert!(Uscc::synthetic(prefix, division, "MA1X0000").is_some(), "{prefix} {division}");
    }
    for (prefix, division) in [("98", "321003"), ("Y2", "321003"), ("14", "321003"), ("91", "990000"), ("91", "321400")]
    {
        assert!(Uscc::synthetic(prefix, division, "MA1X0000").is_none(), "{prefix} {division}");
    }
}

#[test]
fn synthetic_codes_are_valid() {
    for serial in 0..200_u32 {
        let code = Uscc::synthetic("52", "321003", &format!("{serial:08}")).unwrap();
        assert_eq!(Uscc::parse(code.as_str()), Ok(code));
    }
}

#[test]
fn what_is_no_code_is_told_as_what_it_is() {
    for (text, rule, says) in [
        ("5232IOO3MJ00000186", "ALPHABET", "改为数字0后校验相符"),
        ("5232ioo3mj00000186", "ALPHABET", "改为数字0后校验相符"),
        ("5232IOO3MJ00000181", "ALPHABET", "及其他字符"),
        ("52321003SJ00000186", "ALPHABET", "及其他字符"),
        ("321003000012345", "LENGTH", "15位的是原营业执照注册号"),
        ("12345678-8", "LENGTH", "9位的是组织机构代码"),
        ("123456788", "LENGTH", "9位的是组织机构代码"),
        ("123456789", "LENGTH", "应为18位"),
        ("52321003MJ0000018", "LENGTH", "应为18位"),
    ] {
        let invalid = Uscc::parse(text).unwrap_err();
        assert!(invalid.rule == rule && invalid.zh.contains(says), "{text}: {invalid:?}");
    }
    assert!(Uscc::parse("52321003MJ00000186").is_ok());
}
