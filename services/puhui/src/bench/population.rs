//! A population of outlets to measure on: seeded, in the real divisions and categories, crowded as cities are.

use std::collections::BTreeMap;

use domain::{
    CategoryCode, CertificationBasis, Certified, Day, DayCount, Division, Event, NoticeCount, NoticeDays, NoticeWindow,
    OperatorCode, Ordinal, Particulars, Phone, PlaqueIssued, PlaqueNumber, PlaqueOrdered, PledgeForm, PledgeMade,
    PledgeNumber, PledgeType, Point, PromisorClass, ProviderId, ProviderRegistered, PublicationScope, Text, Uscc,
};
use serve::reference;

use crate::client::Failure;

/// Facts of one outlet: registered, pledged, certified, a plaque ordered and issued. Each is a commit.
pub(crate) const COMMITS_EACH: u32 = 5;
/// How much fuller the fullest community is than the one in the middle of the table; the others lie on a curve between, as
/// Zipf's.
const SKEW: f64 = 0.8;
const WORDS: [&str; 24] = [
    "阳光",
    "康乐",
    "邻里",
    "春晖",
    "幸福",
    "安心",
    "童乐",
    "夕阳红",
    "和睦",
    "百姓",
    "惠民",
    "金色",
    "小太阳",
    "爱心",
    "温馨",
    "文昌",
    "瘦西湖",
    "运河",
    "新城",
    "万家",
    "同心",
    "美好",
    "便民",
    "悦来",
];
const KINDS: [(&str, &str); 8] = [
    ("childcare", "托育园"),
    ("elder-community", "日间照料中心"),
    ("community-meals", "助餐点"),
    ("retail", "便民菜店"),
    ("domestic", "家政服务站"),
    ("retail", "便利店"),
    ("community-meals", "社区食堂"),
    ("domestic", "保洁服务部"),
];
const ROADS: [&str; 8] =
    ["文昌中路", "运河西路", "江阳东路", "维扬路", "邗江中路", "扬子江南路", "解放北路", "汶河南路"];

/// A linear congruential generator: the same seed, the same population, on any machine.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % (end.max(1) as u64)).unwrap_or(0)
    }

    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1 << 30)).unwrap_or(0)) / f64::from(1_u32 << 30)
    }
}

/// The places outlets stand in.
#[derive(Debug)]
pub(crate) struct Population {
    /// Community, its name, its middle; the crowded ones take up more of the running sum.
    communities: Vec<(String, String, (i32, i32))>,
    sums: Vec<f64>,
    seed: u64,
}

fn odd<E>(_: E) -> Failure {
    Failure::unavailable("the bench's own values are wrong")
}

impl Population {
    pub(crate) fn new(seed: u64) -> Self {
        let table = reference::divisions();
        let rows = table.rows().filter(|(code, _)| code.len() == 12);
        let mut dice = Dice::new(seed);
        let mut communities = Vec::new();
        let mut counties: BTreeMap<String, (i32, i32)> = BTreeMap::new();
        let apart = |dice: &mut Dice, (latitude, longitude): (i32, i32), by: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "below a million")]
            let mut off = |by: f64| ((dice.unit() - 0.5) * 2.0 * by) as i32;
            (latitude + off(by), longitude + off(by))
        };
        for (code, name) in rows {
            let county = *counties
                .entry(code[..6].to_owned())
                .or_insert_with(|| apart(&mut dice, (32_500_000, 119_450_000), 300_000.0));
            communities.push((code.to_owned(), name.to_owned(), apart(&mut dice, county, 80_000.0)));
        }
        // A random order decides which communities are the crowded ones.
        for index in (1..communities.len()).rev() {
            communities.swap(index, dice.below(index + 1));
        }
        let mut sum = 0.0;
        let sums = (1..=communities.len())
            .map(|rank| {
                sum += f64::from(u32::try_from(rank).unwrap_or(u32::MAX)).powf(-SKEW);
                sum
            })
            .collect();
        Self { communities, sums, seed }
    }

    /// A community, the crowded ones more often.
    fn community(&self, dice: &mut Dice) -> &(String, String, (i32, i32)) {
        let at = dice.unit() * self.sums.last().copied().unwrap_or(0.0);
        let index = self.sums.partition_point(|sum| *sum <= at);
        &self.communities[index.min(self.communities.len() - 1)]
    }

    /// A county and a category as a caller would ask for them.
    pub(crate) fn question(&self, dice: &mut Dice) -> (String, &'static str) {
        let county = self.community(dice).0[..6].to_owned();
        (county, KINDS[dice.below(KINDS.len())].0)
    }

    /// Words a caller would look for.
    pub(crate) fn words(dice: &mut Dice) -> String {
        let (_, kind) = KINDS[dice.below(KINDS.len())];
        match dice.below(3) {
            0 => format!("{}{kind}", WORDS[dice.below(WORDS.len())]),
            1 => format!("{} {}", WORDS[dice.below(WORDS.len())], ROADS[dice.below(ROADS.len())]),
            _ => WORDS[dice.below(WORDS.len())].to_owned(),
        }
    }

    /// A point where people are.
    pub(crate) fn point(&self, dice: &mut Dice) -> (i32, i32) {
        self.community(dice).2
    }

    /// A key of the `serial`-th outlet by its category and community.
    pub(crate) fn key(&self, serial: u32) -> Result<String, Failure> {
        let (id, facts) = self.outlet(serial)?;
        let (mut community, mut category) = (None, None);
        for fact in facts {
            match fact {
                Event::ProviderRegistered(fact) => community = Some(fact.particulars.division),
                Event::Certified(fact) => category = Some(fact.category),
                _ => {}
            }
        }
        let (community, category) = community.zip(category).ok_or(()).map_err(odd)?;
        Ok(format!("{category} {community} {id}"))
    }

    /// The facts of the `serial`-th outlet, and whose they are.
    pub(crate) fn outlet(&self, serial: u32) -> Result<(ProviderId, [Event; 5]), Failure> {
        let mut dice = Dice::new(self.seed.wrapping_add(u64::from(serial).wrapping_mul(0x2545_f491_4f6c_dd1d)));
        let (community, called, middle) = self.community(&mut dice);
        let county = &community[..6];
        let uscc = Uscc::synthetic("52", county, &format!("{serial:08}")).ok_or(()).map_err(odd)?;
        let id = ProviderId::new(OperatorCode::Uscc(uscc.clone()), 1).map_err(odd)?;
        let (category, kind) = KINDS[dice.below(KINDS.len())];
        let place = called.trim_end_matches("居委会").trim_end_matches("村委会");
        let name = format!("{place}{}{kind}", WORDS[dice.below(WORDS.len())]);
        let road = ROADS[dice.below(ROADS.len())];
        let mut near = |middle: i32| middle + i32::try_from(dice.below(12_000)).unwrap_or(0) - 6_000;
        let location = Point::new(near(middle.0), near(middle.1)).map_err(odd)?;
        let day = |text: &str| Day::parse(text).map_err(odd);
        let from = day("2024-01-01")?.plus_days(i64::try_from(dice.below(600)).unwrap_or(0));
        let category = CategoryCode::parse(category).map_err(odd)?;
        let pledge_number = PledgeNumber::parse(&format!("{county}20231201{:06}", serial % 1_000_000)).map_err(odd)?;
        let plaque_number = PlaqueNumber::new(id.clone(), 1).map_err(odd)?;
        let pledge = PledgeForm {
            number: pledge_number.clone(),
            promisor_name: Text::parse(&format!("{name}运营中心")).map_err(odd)?,
            promisor_class: PromisorClass::Organisation,
            promisor_uscc: Some(uscc.clone()),
            pledge_type: PledgeType::Voluntary,
            other_type: None,
            reason: Text::parse("申请普惠性生活服务网点认定").map_err(odd)?,
            content: Text::parse("按公示价格收费,不另收费用;接受监督检查。").map_err(odd)?,
            liability: Text::parse("违反承诺的,接受限期整改直至取消认定。").map_err(odd)?,
            made_on: from,
            valid_until: None,
            accepting_unit: Text::parse("扬州市发展和改革委员会").map_err(odd)?,
            accepting_unit_uscc: uscc,
            publication: PublicationScope::Public,
            remarks: None,
        };
        let particulars = Particulars {
            operator_name: Text::parse(&format!("{name}运营中心")).map_err(odd)?,
            name: Text::parse(&name).map_err(odd)?,
            division: Division::parse(community).map_err(odd)?,
            zone: None,
            address: Some(Text::parse(&format!("{road}{}号", dice.below(300) + 1)).map_err(odd)?),
            phone: Some(Phone::parse("0514-00000000").map_err(odd)?),
            location: Some(location),
            withhold_address: false,
            operator_class: None,
        };
        let certified = Certified {
            category,
            ordinal: Ordinal::FIRST,
            predecessor: None,
            basis: CertificationBasis::Evidence,
            decided_on: from,
            valid_from: from,
            valid_to: from.plus_days(3 * 365),
            document_number: Text::parse(&format!("扬认〔2024〕{serial}号")).map_err(odd)?,
            pledge_number,
            notice: NoticeWindow::new(from.plus_days(-20), from.plus_days(-10)).map_err(odd)?,
            counted: NoticeCount {
                days: NoticeDays::new(11).map_err(odd)?,
                count: DayCount::Calendar,
                scheme: Text::parse("yangzhou-2026.1").map_err(odd)?,
            },
            notice_opened: None,
            deciding_body: None,
        };
        let ordered =
            PlaqueOrdered { plaque_number: plaque_number.clone(), ordered_on: from, replaces: None, place: None };
        let issued = PlaqueIssued { plaque_number, issued_on: from, design_version: Text::parse("2024").map_err(odd)? };
        let facts = [
            ProviderRegistered { particulars }.into(),
            PledgeMade { pledge }.into(),
            certified.into(),
            ordered.into(),
            issued.into(),
        ];
        Ok((id, facts))
    }
}
