//! Searches over random outlets equal what a reader of all of them would find.

use std::collections::BTreeSet;

use api::directory::v1;
use api::registry::v1 as registry;
use domain::*;
use proptest::prelude::*;

use crate::world::{World, certified, day, id, text};

const CHARS: [char; 6] = ['文', '昌', '托', '育', 'A', 'b'];
const PLACES: [&str; 3] = ["321003005007", "321003006001", "321002001001"];

/// A made-up outlet.
#[derive(Debug, Clone)]
struct Lot {
    name: String,
    address: String,
    place: usize,
    point: Option<(i32, i32)>,
    withheld: bool,
    decided: i64,
    /// It moves there later, and takes another name.
    moves: Option<(usize, String)>,
}

fn words(lengths: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(CHARS.as_slice()), lengths).prop_map(String::from_iter)
}

fn lot() -> impl Strategy<Value = Lot> {
    let point = proptest::option::of((32_390_000..32_400_000_i32, 119_400_000..119_410_000_i32));
    let moves = proptest::option::of((0_usize..3, words(1..4)));
    (words(1..5), words(1..6), 0_usize..3, point, any::<bool>(), 0_i64..5, moves).prop_map(
        |(name, address, place, point, withheld, decided, moves)| Lot {
            name,
            address,
            place,
            point,
            withheld,
            decided,
            moves,
        },
    )
}

fn particulars(lot: &Lot, place: usize, name: &str) -> Particulars {
    Particulars {
        name: text(name),
        operator_name: text("主体"),
        division: Division::parse(PLACES[place]).unwrap(),
        zone: None,
        address: Some(text(&lot.address)),
        phone: None,
        location: lot.point.map(|(latitude, longitude)| Point::new(latitude, longitude).unwrap()),
        withhold_address: lot.withheld,
        operator_class: None,
    }
}

/// An outlet as it stands in the end, told without the directory.
struct Stands {
    id: String,
    name: String,
    /// What it was called before.
    before: String,
    address: String,
    division: String,
    point: Option<(i32, i32)>,
    decided: i64,
}

async fn make(world: &mut World, lots: &[Lot]) -> Vec<Stands> {
    let mut all = Vec::new();
    for (lot, number) in lots.iter().zip(0..) {
        let from = day("2026-01-01").plus_days(lot.decided).to_string();
        let registered = ProviderRegistered { particulars: particulars(lot, lot.place, &lot.name) };
        world.add(number, vec![registered.into(), certified(&from, "2027-12-31")]).await;
        let (mut place, mut name) = (lot.place, lot.name.clone());
        if let Some((to, called)) = &lot.moves {
            (place, name) = (*to, called.clone());
            let particulars = particulars(lot, place, &name);
            let effective_on = day("2026-02-01");
            let amended = ParticularsAmended {
                particulars,
                effective_on,
                document_number: None,
                site_checked_on: None,
                release: None,
            };
            world.add(number, vec![amended.into()]).await;
        }
        let shown = |text: &str| if lot.withheld { String::new() } else { text.to_lowercase() };
        all.push(Stands {
            id: id(number).to_string(),
            name: name.to_lowercase(),
            before: lot.name.to_lowercase(),
            address: shown(&lot.address),
            division: if lot.withheld { format!("{}000", &PLACES[place][..9]) } else { PLACES[place].to_owned() },
            point: lot.point.filter(|_| !lot.withheld),
            decided: lot.decided,
        });
    }
    all
}

/// 0 to 3, or nothing where a word is missing.
fn rank(stands: &Stands, words: &[String]) -> Option<u8> {
    let whole = words.concat();
    let there = |word: &String| {
        [stands.name.as_str(), "主体", &stands.address, &stands.before].iter().any(|t| t.contains(word.as_str()))
    };
    if !words.iter().all(there) {
        return None;
    }
    let all_in_name = words.iter().all(|word| stands.name.contains(word.as_str()));
    Some(if stands.name == whole {
        0
    } else if stands.name.starts_with(&whole) {
        1
    } else if all_in_name {
        2
    } else {
        3
    })
}

/// Every page of a question.
async fn all_pages(world: &World, question: v1::ListProvidersRequest) -> Vec<v1::ProviderSummary> {
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let page = world.list(v1::ListProvidersRequest { page_token, ..question.clone() }).await;
        found.extend(page.providers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

/// Metres by the spherical law of cosines: another formula than the directory's.
fn metres(a: (i32, i32), b: (i32, i32)) -> f64 {
    let radians = |micro: i32| (f64::from(micro) / 1e6).to_radians();
    let cosine = radians(a.0).sin() * radians(b.0).sin()
        + radians(a.0).cos() * radians(b.0).cos() * (radians(a.1) - radians(b.1)).cos();
    6_371_008.8 * cosine.min(1.0).acos()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn words_find_what_a_reader_of_all_would(
        lots in proptest::collection::vec(lot(), 1..24),
        asked in proptest::collection::vec((proptest::collection::vec(words(1..4), 1..3), 0_usize..4, 1_u32..7), 1..8),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            let stands = make(&mut world, &lots).await;
            for (words, area, page_size) in asked {
                let area = ["", "321003", "321003005", "321002"][area];
                let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
                let expected: BTreeSet<(u8, String)> = stands.iter()
                    .filter(|s| s.division.starts_with(area))
                    .filter_map(|s| rank(s, &folded).map(|rank| (rank, s.id.clone())))
                    .collect();
                let found = all_pages(&world, v1::ListProvidersRequest {
                    text: words.join(" "), division: area.to_owned(), page_size, ..Default::default()
                }).await;
                let ranks: Vec<(u8, String)> = found.iter().map(|p| {
                    let stands = stands.iter().find(|s| s.id == p.provider_id).unwrap();
                    (rank(stands, &folded).unwrap_or(9), p.provider_id.clone())
                }).collect();
                prop_assert!(ranks.is_sorted_by_key(|(rank, _)| *rank), "{:?} in {:?}: {:?}", words, area, ranks);
                prop_assert_eq!(ranks.len(), expected.len(), "{:?} in {:?}: one is told twice or left out", words, area);
                prop_assert_eq!(ranks.into_iter().collect::<BTreeSet<_>>(), expected);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_nearest_come_first_and_none_is_left_out(
        lots in proptest::collection::vec(lot(), 1..24),
        asked in proptest::collection::vec(((32_389_000..32_401_000_i32, 119_399_000..119_411_000_i32), 1_u32..1_500, 1_u32..7), 1..8),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            let stands = make(&mut world, &lots).await;
            for (centre, within_metres, page_size) in asked {
                let point = registry::Point { latitude_microdegrees: centre.0, longitude_microdegrees: centre.1 };
                let near = v1::Near { point: Some(point), within_metres };
                let found = all_pages(&world, v1::ListProvidersRequest { near: Some(near), page_size, ..Default::default() }).await;
                let distance = |id: &str| metres(centre, stands.iter().find(|s| s.id == id).unwrap().point.unwrap());
                let told: Vec<u32> = found.iter().map(|p| p.distance_metres.unwrap()).collect();
                prop_assert!(told.is_sorted(), "{:?}", told);
                for provider in &found {
                    let off = distance(&provider.provider_id) - f64::from(provider.distance_metres.unwrap());
                    prop_assert!(off.abs() < 2.0, "{} is {off} m off", provider.provider_id);
                }
                let ids: Vec<&str> = found.iter().map(|p| p.provider_id.as_str()).collect();
                // On the rim the two formulas may differ.
                for s in stands.iter().filter(|s| s.point.is_some()) {
                    let distance = distance(&s.id) - f64::from(within_metres);
                    let told = ids.iter().filter(|id| **id == s.id).count();
                    prop_assert!(distance.abs() < 1.0 || told == usize::from(distance < 0.0), "{} at {distance}: {told} times", s.id);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn other_orders_hold_every_outlet_once(lots in proptest::collection::vec(lot(), 1..24), page_size in 1_u32..9) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            let stands = make(&mut world, &lots).await;
            for order in [v1::ListOrder::Name, v1::ListOrder::CertifiedOn, v1::ListOrder::Unspecified] {
                let question = v1::ListProvidersRequest { order: order.into(), page_size, ..Default::default() };
                let found = all_pages(&world, question).await;
                let of = |p: &v1::ProviderSummary| stands.iter().find(|s| s.id == p.provider_id).unwrap();
                prop_assert_eq!(found.len(), stands.len());
                prop_assert_eq!(found.iter().map(|p| &p.provider_id).collect::<BTreeSet<_>>().len(), stands.len());
                let in_order = match order {
                    v1::ListOrder::Name => found.is_sorted_by_key(|p| p.name.clone()),
                    v1::ListOrder::CertifiedOn => found.is_sorted_by_key(|p| -of(p).decided),
                    _ => found.is_sorted_by_key(|p| (p.division.clone(), p.provider_id.clone())),
                };
                prop_assert!(in_order, "{:?}", order);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_number_finds_the_outlet_it_was_given_to() {
    let mut world = World::new();
    let registered = |name: &str| {
        let lot = Lot {
            name: name.to_owned(),
            address: "文昌路1号".to_owned(),
            place: 0,
            point: None,
            withheld: false,
            decided: 0,
            moves: None,
        };
        Event::from(ProviderRegistered { particulars: particulars(&lot, 0, name) })
    };
    world.add(1, vec![registered("文昌"), certified("2026-01-01", "2027-12-31")]).await;
    world.add(2, vec![registered("托育")]).await;
    for (number, expected) in [("认定1号", 1), ("认定1号", 1), ("认定2号", 0), ("认定", 0)] {
        let found = world.list(v1::ListProvidersRequest { number: number.to_owned(), ..Default::default() }).await;
        assert_eq!(found.providers.len(), expected, "{number}");
    }
    for (operator, expected) in [(1, 1), (2, 0)] {
        let operator_code = id(operator).operator().as_str().to_owned();
        let question =
            v1::ListProvidersRequest { number: "认定1号".to_owned(), operator_code, ..Default::default() };
        assert_eq!(world.list(question).await.providers.len(), expected, "of operator {operator}");
    }
}

#[tokio::test]
async fn a_document_is_found_by_its_parts_whatever_the_brackets() {
    let mut world = World::new();
    let Event::CertificationRecorded(of_list) = crate::world::recorded() else { unreachable!() };
    let of_list = CertificationRecorded { document_number: Some(text("扬邗卫〔2026〕12号")), ..of_list };
    world.add(1, vec![crate::world::registered("文昌", "321003"), of_list.into()]).await;
    for (number, expected) in [
        ("扬邗卫〔2026〕12号", 1),
        ("扬邗卫[2026]12号", 1),
        ("扬邗卫（2026）12号", 1),
        ("扬邗卫【２０２６】 第012号", 1),
        ("扬邗卫〔2026〕12", 1),
        ("扬邗卫〔2026〕1", 0),
        ("扬邗卫〔2025〕12号", 0),
        ("邗卫〔2026〕12号", 0),
    ] {
        let found = world.list(v1::ListProvidersRequest { number: number.to_owned(), ..Default::default() }).await;
        assert_eq!(found.providers.len(), expected, "{number}");
    }
}

#[tokio::test]
async fn a_list_of_the_longest_names_goes_on() {
    let mut world = World::new();
    for number in 0..8 {
        let name = format!("{}{number}", "𠮷".repeat(199));
        world.add(number, vec![crate::world::registered(&name, "321003"), certified("2026-01-01", "2027-12-31")]).await;
    }
    let by_name = v1::ListProvidersRequest { order: v1::ListOrder::Name.into(), page_size: 1, ..Default::default() };
    assert_eq!(all_pages(&world, by_name).await.len(), 8);
    let of_words = v1::ListProvidersRequest { text: "𠮷".to_owned(), page_size: 1, ..Default::default() };
    assert_eq!(all_pages(&world, of_words).await.len(), 8);
}
