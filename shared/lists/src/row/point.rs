//! Where a row says that its outlet stands on the ground.

use domain::{Division, Invalid, Point};

use super::work::Work;
use crate::point::{self, Datum};
use crate::question::{Choice, Question};
use crate::reading::Fault;
use crate::words::headings::Column;
use crate::{fold, rule};

const OTHER_MISSING: Invalid = Invalid {
    rule: "EMPTY",
    zh: "经度和纬度应同时填写:请补上另一个,或都删去",
    en: "a longitude and a latitude belong together: give the other, or neither",
};

impl Work<'_, '_> {
    /// The point that a row gives, in the datum of the registry; the datum it is given in is the list's to say, else the officer's.
    pub(super) fn point(&mut self, division: Option<&Division>) -> Option<Point> {
        let (column, text, given) = match self.cells.get(Column::Point) {
            Some(text) => (Column::Point, text.to_owned(), point::of_one(text)),
            None => match (self.cells.get(Column::Longitude), self.cells.get(Column::Latitude)) {
                (Some(east), Some(north)) => (Column::Longitude, format!("{east},{north}"), point::of_two(east, north)),
                (None, None) => return None,
                (Some(one), None) => (Column::Longitude, one.to_owned(), Err(OTHER_MISSING)),
                (None, Some(one)) => (Column::Latitude, one.to_owned(), Err(OTHER_MISSING)),
            },
        };
        let title = self.cells.title(column).to_owned();
        let given = match given {
            Ok(given) => given,
            Err(invalid) => {
                self.fault(Fault::invalid(&title, invalid, &text));
                return None;
            }
        };
        let datum = self.datum()?;
        let Ok(point) = point::converted(given.degrees, datum) else {
            self.fault(Fault::invalid(&title, point::ABROAD, &text));
            return None;
        };
        if given.swapped {
            self.because(column, "「经度」与「纬度」两栏的数值互换,已按数值读取".to_owned());
        }
        let division = division?;
        if !point::is_near(point, division) {
            let county = self.reader.places.full_name(division.county());
            let text = fold::cut(&text, 40);
            self.fault(Fault::new(
                &title,
                rule::DIVISION_MISMATCH,
                format!("「{title}」{text}不在{county}或其附近:请核对坐标和区县,或删去坐标后重新导入"),
                format!(
                    "{title} \"{text}\" is not in or near {}: check both, or leave the point out",
                    division.county()
                ),
            ));
            return None;
        }
        Some(point)
    }

    /// What the coordinates are in: by their headings, by what stands above the table, by the officer's answer.
    fn datum(&mut self) -> Option<Datum> {
        let columns = [Column::Point, Column::Longitude, Column::Latitude];
        let given: Vec<Column> = columns.into_iter().filter(|column| self.cells.get(*column).is_some()).collect();
        let of_heading = given.iter().find_map(|column| Datum::named_in(self.cells.title(*column)));
        let of_title = || self.above.places.iter().rev().find_map(|title| Datum::named_in(title));
        let answered = || self.reader.answers.get("datum").and_then(Datum::of);
        let (datum, who) = match (of_heading.or_else(of_title), answered()) {
            (Some(datum), _) => (datum, "名单写明"),
            (None, Some(datum)) => (datum, "经办人说明"),
            (None, None) => {
                self.ask("datum", || Question {
                    id: "datum".to_owned(),
                    zh: "名单的经纬度是哪个坐标系?".to_owned(),
                    en: "which datum are the list's coordinates in?".to_owned(),
                    choices: Datum::ALL
                        .iter()
                        .map(|(_, code, zh)| Choice { value: (*code).to_owned(), zh: (*zh).to_owned() })
                        .collect(),
                    suggested: None,
                    rows: 0,
                });
                return None;
            }
        };
        let column = given.first().copied().unwrap_or(Column::Point);
        match datum {
            Datum::Cgcs2000 | Datum::Wgs84 => {
                self.because(column, format!("{who}坐标系为{}", datum.code().to_uppercase()));
            }
            Datum::Gcj02 | Datum::Bd09 => {
                self.because(column, format!("{who}坐标系为{},已换算为CGCS2000", datum.code().to_uppercase()));
                let texts: Vec<&str> = given.iter().filter_map(|column| self.cells.get(*column)).collect();
                let text = format!("坐标:{}({})", texts.join(","), datum.code().to_uppercase());
                self.notes.push(text);
            }
        }
        Some(datum)
    }
}
