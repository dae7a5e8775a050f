//! Whether a table of working days knows the statutory festivals of the years it covers (全国年节及纪念日放假办法 第二条): one that lacks them would
//! have working days counted that are none.

use domain::{Calendar, Day};

use crate::error::ReferenceError;

/// The first year for which a table is held to them: since then 清明, 端午 and 中秋 are among them.
const SINCE: i32 = 2008;

/// A festival with the days of the year in which it lies, written `MM-DD`.
enum When {
    /// These days are off.
    Each(&'static [&'static str]),
    /// By the moon: some day between these, from Monday to Friday, is off. One that falls on a weekend is made up for by such a day.
    Between(&'static str, &'static str),
}

/// The festivals, each with the first year it is held to; in the order of the year.
const FESTIVALS: &[(&str, &str, i32, When)] = &[
    ("元旦", "New Year's Day", SINCE, When::Each(&["01-01"])),
    ("春节", "the Spring Festival", SINCE, When::Between("01-20", "02-25")),
    ("清明节", "Tomb-sweeping Day", SINCE, When::Between("04-03", "04-08")),
    ("劳动节", "Labour Day", SINCE, When::Each(&["05-01"])),
    // 国务院令第795号, from 2025 on.
    ("劳动节5月2日", "the second day of Labour Day", 2025, When::Each(&["05-02"])),
    ("端午节", "the Dragon Boat Festival", SINCE, When::Between("05-27", "06-25")),
    ("中秋节", "the Mid-autumn Festival", SINCE, When::Between("09-07", "10-09")),
    ("国庆节", "National Day", SINCE, When::Each(&["10-01", "10-02", "10-03"])),
];

/// Holds a table that covers the days from `from` to `until` to know each festival that lies wholly among them.
pub(crate) fn knows_festivals(calendar: &Calendar, from: Day, until: Day) -> Result<(), ReferenceError> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for year in from.year()..=until.year() {
        for (name, english, _, when) in FESTIVALS.iter().filter(|(_, _, since, _)| year >= *since) {
            if !is_known(calendar, year, when, (from, until)) {
                zh.push(format!("{year}年{name}"));
                en.push(format!("{english} {year}"));
            }
        }
    }
    if zh.is_empty() {
        return Ok(());
    }
    let zh = format!("缺少法定节假日:{}(全国年节及纪念日放假办法第二条)", zh.join("、"));
    Err(ReferenceError::line(1, zh, format!("it lacks days off that are statutory: {}", en.join(", "))))
}

fn is_known(calendar: &Calendar, year: i32, when: &When, (from, until): (Day, Day)) -> bool {
    let day = |text: &str| Day::parse(&format!("{year:04}-{text}")).ok();
    let covered = |day: Day| (from..=until).contains(&day);
    match when {
        When::Each(days) => days
            .iter()
            .filter_map(|text| day(text))
            .filter(|day| covered(*day))
            .all(|day| !calendar.is_working_day(day)),
        When::Between(first, last) => {
            let (Some(first), Some(last)) = (day(first), day(last)) else { return true };
            let weekdays = Calendar::default();
            let days = std::iter::successors(Some(first), |day| Some(day.plus_days(1)).filter(|next| *next <= last));
            !covered(first) || !covered(last) || { days }
                .any(|day| weekdays.is_working_day(day) && !calendar.is_working_day(day))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carried;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn lacks(text: &str, (from, until): (&str, &str)) -> String {
        let (from, until) = (day(from), day(until));
        let calendar = crate::calendar::calendar(text, from, until).unwrap();
        knows_festivals(&calendar, from, until).map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn the_days_of_every_year_that_was_published_are_known() {
        let days = carried::days().unwrap();
        knows_festivals(&carried::calendar().unwrap(), days.from, days.until).unwrap();
    }

    #[test]
    fn a_year_without_a_festival_is_told_which() {
        let of = |year: &str, without: &str| {
            let rows = crate::STATUTORY_DAYS.lines().filter(|line| line.starts_with(year) && !line.contains(without));
            let text: String = std::iter::once("date,kind,festival").chain(rows).collect::<Vec<_>>().join("\n");
            lacks(&text, (&format!("{year}-01-01"), &format!("{year}-12-31")))
        };
        for year in ["2008", "2014", "2017", "2021", "2023", "2024", "2026"] {
            for (festival, said) in [
                ("New Year", "元旦"),
                ("Spring Festival", "春节"),
                ("Tomb-sweeping", "清明节"),
                ("Labour Day", "劳动节"),
                ("Dragon Boat", "端午节"),
                ("National Day", "国庆节"),
            ] {
                // One that falls on a weekend is off without a word in the table.
                let lacking = of(year, festival);
                let weekend = lacking.is_empty() && matches!(festival, "New Year" | "Labour Day");
                assert!(weekend || lacking.contains(&format!("{year}年{said}")), "{year} {festival}: {lacking}");
            }
            assert_eq!(of(year, "nothing"), "");
        }
        assert!(of("2021", "Mid-autumn").is_empty() || of("2021", "Mid-autumn").contains("中秋节"));
        let one = lacks("date,kind,festival\n2027-01-04,holiday,x\n", ("2027-01-01", "2027-12-31"));
        for festival in ["元旦", "清明节", "端午节", "中秋节", "国庆节"] {
            assert!(one.starts_with("line 1: ") && one.contains(&format!("2027年{festival}")), "{one}");
        }
        // A few days say nothing of the rest of the year.
        assert_eq!(lacks("date,kind,festival\n2027-01-01,holiday,x\n", ("2027-01-01", "2027-01-03")), "");
    }
}
