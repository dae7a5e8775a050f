//! Texts that name places, and what each comes to.

use super::found::short_code;
use super::{Found, Gazetteer, Places, Scope};
use crate::lexicon::{carried_divisions, carried_divisions_below};
use crate::reading::Fault;

/// What a text comes to, in a word.
fn said(found: Result<Found, Fault>) -> String {
    match found {
        Ok(Found::At(place)) => {
            let code = short_code(&place.division).to_owned();
            let street = place.street.map(|street| format!("+{street}")).unwrap_or_default();
            format!("{code}{street}")
        }
        Ok(Found::Several(codes)) => format!("?{}", codes.join(",")),
        Ok(Found::Above(area)) => format!("above {area}"),
        Ok(Found::Own(level, area)) => format!("own {level:?} {}", area.unwrap_or_default()).trim().to_owned(),
        Ok(Found::InZone(zone)) => format!("zone {}", zone.name),
        Ok(Found::Below(street)) => format!("below {street}"),
        Ok(Found::Unknown(near)) => format!("unknown {}", near.join(",")).trim().to_owned(),
        Err(fault) => format!("fault {}", fault.rule),
    }
}

/// The scope of a list with these titles, in a registry of this area.
fn scope(places: &Places<'_>, titles: &[&str], home: Option<&str>) -> Scope {
    let mut scope = Scope::at_home(home);
    for title in titles {
        scope.take(&places.mention(title), title);
    }
    scope
}

fn check(titles: &[&str], home: Option<&str>, rows: &[(&str, &str)]) {
    let table = carried_divisions_below();
    let gazetteer = Gazetteer::new(&table);
    let places = Places::new(&gazetteer);
    let scope = scope(&places, titles, home);
    for (text, expected) in rows {
        assert_eq!(said(places.find(text, &scope)), *expected, "{text} under {titles:?} at {home:?}");
    }
}

#[test]
fn counties_are_found_by_code_and_by_name() {
    check(
        &[],
        None,
        &[
            ("321003", "321003"),
            ("321003005007", "321003005007"),
            ("321003002", "321003002"),
            ("３２１０７１", "321071"),
            ("平阳县", "330326"),
            ("浙江平阳县", "330326"),
            ("江门市新会区", "440705"),
            ("江门新会区", "440705"),
            ("广东省江门市新会区", "440705"),
            ("广东江门新会", "440705"),
            ("铜川市王益区", "610202"),
            ("北京市东城区", "110101"),
            ("北京市北京市东城区", "110101"),
            ("北京市市辖区东城区", "110101"),
            ("重庆市 县 奉节县", "500236"),
            ("海南省省直辖县级行政区划琼海市", "469002"),
            ("湖北省仙桃市", "429004"),
            ("扬州市 邗江区", "321003"),
            ("扬州经济技术开发区", "321071"),
            ("江苏省-扬州市-邗江区", "321003"),
            ("江苏省/扬州市/邗江区", "321003"),
            ("邗江", "321003"),
            ("扬州邗江", "321003"),
            ("铁岭市开原市", "211282"),
            ("内蒙古自治区呼和浩特市新城区", "150102"),
            ("新疆乌鲁木齐市天山区", "650102"),
            ("延边朝鲜族自治州延吉市", "222401"),
            ("邗江区教育局", "321003"),
            ("东莞市", "441900"),
            ("东莞", "441900"),
            ("广东省东莞市南城街道", "441900+南城街道"),
            ("中山市西区", "442000+西区"),
            ("441900", "441900"),
            ("蒋王街道（邗江区）", "321003002"),
            ("邗江区本级", "321003"),
            ("上海浦东", "310115"),
            ("延边州延吉市", "222401"),
            ("黔东南州凯里市", "522601"),
            ("恩施", "above 4228"),
            ("景宁县", "331127"),
            ("吉林省吉林市", "above 2202"),
            ("杭州西湖", "330106"),
        ],
    );
}

#[test]
fn what_is_below_a_county_is_read_by_the_table_or_kept() {
    check(
        &[],
        None,
        &[
            ("邗江区蒋王街道", "321003002"),
            ("邗江蒋王街道", "321003002"),
            ("扬州市邗江区蒋王街道办事处", "321003002"),
            ("邗江区-蒋王街道", "321003002"),
            ("邗江区(蒋王街道)", "321003002"),
            ("扬州市蒋王街道", "321003002"),
            ("宝应县射阳湖镇", "321023104"),
            ("广陵区杭集镇", "321002401"),
            ("高邮市车逻镇", "321084401"),
            ("江苏省扬州市邗江区蒋王街道何桥社区", "321003002005"),
            ("邗江区蒋王街道何桥村", "321003002204"),
            ("邗江区蒋王街道不在表中的社区", "321003002+不在表中的社区"),
            ("徐汇区天平街道", "310104+天平街道"),
            ("江岸区塔子湖街", "420102+塔子湖街"),
            ("新丰县回龙镇", "440233+回龙镇"),
            ("邗江区文昌西路88号", "321003"),
            ("邗江区、广陵区", "?321002,321003"),
        ],
    );
}

#[test]
fn places_that_are_no_more_are_what_they_became() {
    check(
        &[],
        None,
        &[
            ("江都市", "321012"),
            ("扬州市江都市", "321012"),
            ("江都市仙女镇", "321012100"),
            ("维扬区", "321003"),
            ("321088", "321012"),
            ("321011", "321003"),
            ("321088001", "321012"),
            ("铜山县", "320312"),
            ("江苏省铜山县", "320312"),
            ("徐州市九里区", "?320302,320311,320312"),
            ("吴江市", "320509"),
            ("六安市寿县", "340422"),
            ("莱芜市莱城区", "370116"),
            ("大同市矿区", "140214"),
        ],
    );
    let table = carried_divisions();
    let Ok(Found::At(place)) = Places::new(&Gazetteer::new(&table)).find("江都市", &Scope::default()) else {
        panic!()
    };
    assert_eq!(place.because.as_deref(), Some("江都市(321088)2011年起为江苏省扬州市江都区"));
}

#[test]
fn a_name_of_several_places_is_asked_unless_the_list_says_its_city() {
    check(
        &[],
        None,
        &[
            ("西区", "?510403"),
            ("城区", "?140213,140214,140302,140403,140502,441502"),
            ("江苏省鼓楼区", "?320106,320302"),
            ("新市区", "?130602,650104"),
        ],
    );
    check(&["徐州市2024年普惠性民办幼儿园名单"], None, &[("鼓楼区", "320302"), ("鼓楼", "320302")]);
    check(&["大同市2017年名单"], None, &[("矿区", "140214"), ("城区", "?140213,140214")]);
    check(&["阳泉市名单"], None, &[("矿区", "140303"), ("城区", "140302")]);
    check(&[], Some("3203"), &[("鼓楼区", "320302"), ("平阳县", "330326")]);
    check(&[], Some("320311"), &[("鼓楼区", "320302")]);
    check(&["扬州市名单"], None, &[("鼓楼区", "?320106,320302,350102,410204"), ("南京市鼓楼区", "320106")]);
    check(
        &["中山市托育机构名单"],
        None,
        &[
            ("西区", "442000+西区"),
            ("石岐", "442000+石岐"),
            ("石岐街道", "442000+石岐街道"),
            ("小榄镇", "442000+小榄镇"),
        ],
    );
}

#[test]
fn levels_zones_and_streets_wait_for_what_is_missing() {
    check(
        &[],
        None,
        &[
            ("市本级", "own City"),
            ("丽水市本级", "own City 3311"),
            ("市直", "own City"),
            ("扬州市直属", "own City 3210"),
            ("省直", "own Province"),
            ("扬州市", "above 3210"),
            ("江苏", "above 32"),
            ("江苏省扬州市", "above 3210"),
            ("3210", "above 3210"),
            ("321000", "above 3210"),
            ("321000000000", "above 3210"),
            ("32", "above 32"),
            ("市辖区", "own City"),
            ("丽水市", "above 3311"),
            ("淮安市", "above 3208"),
            ("蜀冈-瘦西湖风景名胜区", "zone 蜀冈-瘦西湖风景名胜区"),
            ("蜀冈—瘦西湖风景名胜区", "zone 蜀冈-瘦西湖风景名胜区"),
            ("扬州市蜀冈瘦西湖景区", "zone 蜀冈-瘦西湖风景名胜区"),
            ("蜀冈-瘦西湖风景名胜区瘦西湖街道", "321003052"),
            ("扬州市生态科技新城杭集镇", "321002401"),
            ("天平街道", "below 天平街道"),
            ("开发区", "unknown"),
            ("321099", "fault DIVISION_UNKNOWN"),
            ("32100", "fault LENGTH"),
            ("瑜伽", "unknown"),
        ],
    );
    check(
        &["扬州市2024年普惠性民办幼儿园名单"],
        None,
        &[
            ("开发区", "321071"),
            ("经济开发区", "321071"),
            ("经开区文汇街道", "321071051"),
            ("景区", "zone 蜀冈-瘦西湖风景名胜区"),
            ("高邮经济开发区", "321084406"),
            ("邗江经济开发区", "unknown"),
            ("科技新城", "zone 生态科技新城"),
            ("科技新城泰安镇", "321002402"),
            ("蒋王街道", "321003002"),
            ("市区", "own City"),
            ("城区", "own City"),
        ],
    );
    check(&["仪征市名单"], None, &[("开发区", "321081410"), ("新集镇", "321081103")]);
    check(&["邗江区名单"], None, &[("蒋王街道", "321003002"), ("不在表中的街道", "321003+不在表中的街道")]);
}

#[test]
fn the_nearest_names_are_told() {
    check(&["扬州市名单"], None, &[("邗将区", "unknown 江苏省扬州市邗江区(321003)")]);
    check(&[], None, &[("邗讧区", "unknown 江苏省扬州市邗江区(321003)")]);
    let table = carried_divisions();
    let fault = Places::new(&Gazetteer::new(&table)).find("321030", &Scope::default()).unwrap_err();
    assert!(fault.zh.contains("321003"), "{}", fault.zh);
}

#[test]
fn titles_say_where_a_list_is() {
    let table = carried_divisions_below();
    let gazetteer = Gazetteer::new(&table);
    let places = Places::new(&gazetteer);
    for (title, expected) in [
        ("新丰县普惠性民办幼儿园名单", "440233"),
        ("2024年新丰县普惠性民办幼儿园名单", "440233"),
        ("沈北新区2023年老年人助餐地图", "210113"),
        ("徐汇区社区长者食堂一览表", "310104"),
        ("三明市区启动平价商店", "3504"),
        ("铁西区普惠性民办幼儿园认定公示", "210106,210303,220302"),
        ("四平市铁西区教育局", "220302"),
        ("延平区、建阳区平价商店", "350702,350703"),
        ("扬州市邗江区2024年名单", "321003"),
        ("关于公布邗江区2024年普惠性民办幼儿园名单的通知", "321003"),
        ("扬州市邗江区教育局", "321003"),
        ("扬州市教育局", "3210"),
        ("江苏省教育厅", "32"),
        ("丽水市本级2021年普惠性民办幼儿园名单", "3311"),
        ("中山市西区街道已备案托育机构", "442000+西区街道"),
        ("邗江区蒋王街道助餐点", "321003+蒋王街道"),
        ("天平街道", "+天平街道"),
        ("一、天平街道(3家)", "+天平街道"),
        ("正果镇长者饭堂情况一览表", "+正果镇"),
        ("邗江", "321003"),
        ("广陵", "321002"),
        ("江都市2010年普惠性民办幼儿园名单", "321012"),
        ("2024年萧县普惠性幼儿园", "341322"),
        ("2025年西安市雁塔区长安路街道", "610113+长安路街道"),
        ("附件1：扬州市邗江区2024年普惠性民办幼儿园名单", "321003"),
        ("江都区、高邮市、宝应县平价商店", "321012,321023,321084"),
        ("南京路街道长者食堂一览表", "+南京路街道"),
        ("湖南街道", "+湖南街道"),
        ("福州路养老服务点", ""),
        ("扬州2024年普惠性民办幼儿园名单", "3210"),
        ("恩施州普惠性幼儿园名单", "4228"),
        ("扬州", "3210"),
        ("Sheet1", ""),
        ("平价商店名单", ""),
        ("2021年市本级普惠性民办幼儿园名单", ""),
        ("乡镇街道普惠性民办幼儿园名单", ""),
        ("城区普惠性民办幼儿园名单", ""),
        ("北京市朝阳区、海淀区", "110105,110108"),
    ] {
        let mention = places.mention(title);
        let street = mention.street.map(|street| format!("+{street}")).unwrap_or_default();
        assert_eq!(format!("{}{street}", mention.areas.join(",")), expected, "{title}");
    }
}

#[test]
fn nearer_titles_narrow_or_replace() {
    let table = carried_divisions_below();
    let gazetteer = Gazetteer::new(&table);
    let places = Places::new(&gazetteer);
    for (titles, county, street) in [
        (&["扬州市名单", "邗江区", "蒋王街道"][..], Some("321003"), Some("蒋王街道")),
        (&["扬州市名单", "邗江区", "蒋王街道", "广陵区"], Some("321002"), None),
        (&["铁西区名单", "四平市铁西区教育局"], Some("220302"), None),
        (&["邗江区名单", "江都区"], Some("321012"), None),
        (&["扬州市名单"], None, None),
    ] {
        let scope = scope(&places, titles, None);
        assert_eq!((scope.county(), scope.street.as_deref()), (county, street), "{titles:?}");
    }
}

#[test]
fn an_address_is_evidence_where_it_names_a_county() {
    let table = carried_divisions_below();
    let gazetteer = Gazetteer::new(&table);
    let places = Places::new(&gazetteer);
    for (address, expected) in [
        ("扬州市邗江区文昌西路88号", Some("321003")),
        ("江苏省扬州市江都区仙女镇", Some("321012")),
        ("江都市仙女镇", Some("321012")),
        ("增城区正果正果敬老院", Some("440118")),
        ("中山市西区样例路1号", Some("442000")),
        ("鼓楼区中山路1号", None),
        ("文昌西路88号", None),
        ("江阴市场北路1号", None),
        ("扬州市文昌西路88号", None),
        ("北京路12号", None),
        ("西区样例路", None),
        ("沙县小吃店旁", None),
        ("吉林省吉林市船营区", Some("220204")),
    ] {
        let found = places.begins_with(address, &Scope::default());
        assert_eq!(found.as_ref().map(|place| place.division.county()), expected, "{address}");
    }
    let titles = scope(&places, &["徐州市名单"], None);
    let found = places.begins_with("鼓楼区中山路1号", &titles).unwrap();
    assert_eq!(found.division.county(), "320302");
}

#[test]
fn the_table_is_whole() {
    let table = carried_divisions();
    let of_length = |length: usize| table.rows().filter(|(code, _)| code.len() == length).count();
    assert_eq!((of_length(2), of_length(4), of_length(6)), (31, 342, 2978));
    let yangzhou: Vec<&str> =
        table.rows().map(|(code, _)| code).filter(|c| c.len() == 6 && c.starts_with("3210")).collect();
    assert_eq!(yangzhou, ["321002", "321003", "321012", "321023", "321071", "321081", "321084"]);
}

#[test]
fn a_group_takes_the_place_of_the_group_before_it() {
    let table = carried_divisions_below();
    let gazetteer = Gazetteer::new(&table);
    let places = Places::new(&gazetteer);
    let city = "扬州市普惠托育机构认定名单";
    for (titles, county, group) in [
        (&[city, "邗江区"][..], Some("321003"), None),
        (&[city, "一、邗江区(2家)", "二、江都区(1家)"], Some("321012"), None),
        (&[city, "邗江区", "市直属"], None, Some("市直属")),
        (&[city, "邗江区", "功能区"], None, Some("功能区")),
        (&[city, "邗江区", "功能区", "江都区"], Some("321012"), None),
        (&[city, "邗江区", "(三)其他:"], None, Some("其他")),
        (&[city, "邗江区", "市本级3家"], None, Some("市本级")),
        (&[city, "江都区教育局", "市教育局直属"], None, Some("市教育局直属")),
        (&[city, "邗江区", "经济技术开发区"], Some("321071"), None),
        (&[city, "邗江区", "高新区"], None, Some("高新区")),
        (&[city, "邗江区", "化工园区"], None, Some("化工园区")),
        (&[city, "邗江区", "竹西街道"], Some("321003"), None),
        (&[city, "邗江区", "竹西街道", "江都区"], Some("321012"), None),
        // What follows is a community, or names of kinds: the county stays.
        (&[city, "邗江区", "何桥社区"], Some("321003"), None),
        (&[city, "邗江区", "二、托育机构"], Some("321003"), None),
        // The list is of the one county whatever the group is called.
        (&["邗江区普惠托育机构认定名单", "区直属"], Some("321003"), None),
        (&["邗江区普惠托育机构认定名单", "其他"], Some("321003"), None),
        (&["高邮市普惠托育机构认定名单", "市直"], Some("321084"), None),
        (&["高邮市普惠托育机构认定名单", "高邮市", "市直"], Some("321084"), None),
        // A title of another list after it.
        (&[city, "邗江区", "其他", "江都区普惠托育机构认定名单"], Some("321012"), None),
        (&["邗江区", city, "江都区", city, "市本级", city], None, Some("市本级")),
    ] {
        let mut above = super::Above::new(Scope::default());
        for title in titles {
            above.take(&places, title);
        }
        let scope = &above.scope;
        assert_eq!(
            (scope.county().filter(|_| scope.group.is_none()), scope.group.as_deref()),
            (county, group),
            "{titles:?}"
        );
    }
}
