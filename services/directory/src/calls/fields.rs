//! What a caller asks for, read from the fields of its request.

use api::directory::v1;
use api::registry::v1::CertificationStatus;
use domain::{Day, Invalid, OperatorCode, Point};
use serve::Fields;

use super::codes::Codes;
use super::token::{PageEnd, Question};
use crate::ask::then::Earlier;
use crate::ask::{Filter, Near, Order};
use crate::outlet::status::Status;
use crate::text::words;

const TEXT_WORDS_MAX: usize = 8;
const TEXT_CHARS_MAX: usize = 100;
/// Largest circle asked about, in metres.
const NEAR_METRES_MAX: u32 = 50_000;

/// A size between 1 and `max`; 0 stands for `default`.
pub(crate) fn bounded(fields: &mut Fields, field: &str, number: u32, default: usize, max: usize) -> Option<usize> {
    match usize::try_from(number) {
        Ok(0) => Some(default),
        Ok(size) if size <= max => Some(size),
        _ => fields.checked(field, Err(Invalid::RANGE)),
    }
}

/// The statuses by their numbers; none of what has no status yet.
const STATUSES: [(CertificationStatus, Option<Status>); 8] = [
    (CertificationStatus::Valid, Some(Status::Valid)),
    (CertificationStatus::Rectifying, Some(Status::Rectifying)),
    (CertificationStatus::Suspended, Some(Status::Suspended)),
    (CertificationStatus::Revoked, Some(Status::Revoked)),
    (CertificationStatus::Withdrawn, Some(Status::Withdrawn)),
    (CertificationStatus::Expired, Some(Status::Expired)),
    (CertificationStatus::Deregistered, Some(Status::Deregistered)),
    (CertificationStatus::Ahead, None),
];

/// The statuses asked for, and whether certifications that are yet to begin are: where none is given, the live ones, and those where an outlet is
/// asked for by its name, number or operator (`is_named`).
fn statuses(
    fields: &mut Fields,
    codes: &mut Codes<'_>,
    (numbers, is_named): (&[i32], bool),
) -> Option<(Vec<Status>, bool)> {
    if numbers.is_empty() {
        return Some((vec![Status::Valid, Status::Rectifying, Status::Suspended], is_named));
    }
    if numbers.len() > STATUSES.len() {
        return fields.checked("statuses", Err(Invalid::TOO_LONG));
    }
    let known = STATUSES.map(|(form, own)| (form.into(), form.as_str_name(), own));
    let asked = codes.numbers("statuses", numbers, &known);
    Some((asked.iter().copied().flatten().collect(), asked.contains(&None)))
}

/// The circle asked about; `Some(None)` where none is.
#[expect(clippy::option_option, reason = "the outer says whether it could be read, the inner whether it was given")]
fn near(fields: &mut Fields, near: Option<&v1::Near>) -> Option<Option<Near>> {
    let Some(near) = near else { return Some(None) };
    let missing = Invalid { rule: "REQUIRED", zh: "必填", en: "required" };
    let point = near
        .point
        .as_ref()
        .map_or(Err(missing), |point| Point::new(point.latitude_microdegrees, point.longitude_microdegrees));
    let point = fields.checked("near.point", point);
    let metres = (1..=NEAR_METRES_MAX).contains(&near.within_metres).then_some(near.within_metres);
    let metres = fields.checked("near.within_metres", metres.ok_or(Invalid::RANGE));
    let (point, metres) = point.zip(metres)?;
    Some(Some(Near { point: (point.latitude_microdegrees(), point.longitude_microdegrees()), metres }))
}

fn order(fields: &mut Fields, codes: &mut Codes<'_>, number: i32, near: bool) -> Option<Order> {
    use v1::ListOrder::{CertifiedOn, Distance, Name, Unspecified};

    let known = [Unspecified, Name, CertifiedOn, Distance].map(|order| (order.into(), order.as_str_name(), order));
    let pointless = Invalid { rule: "REQUIRED", zh: "按距离排序须给出位置", en: "this order needs a point" };
    // One that is unknown is told at the end.
    let order = codes.numbers("order", &[number], &known).first().copied().unwrap_or(Unspecified);
    let order = match order {
        Unspecified | Distance if near => Ok(Order::Distance),
        Unspecified => Ok(Order::Plain),
        Name => Ok(Order::Name),
        CertifiedOn => Ok(Order::CertifiedOn),
        Distance => Err(pointless),
    };
    fields.checked("order", order)
}

/// How many digits of a division rows are grouped by: whole levels of the code; 0 stands for counties.
pub(crate) fn group_digits(fields: &mut Fields, digits: u32) -> Option<usize> {
    match digits {
        0 => Some(6),
        2 | 4 | 6 | 9 | 12 => usize::try_from(digits).ok(),
        _ => {
            let levels = Invalid { rule: "RANGE", zh: "应为2、4、6、9或12位", en: "2, 4, 6, 9 or 12 digits" };
            fields.checked("group_digits", Err(levels))
        }
    }
}

/// A month (yyyy-mm): its number, counted in months, and its first and last day.
pub(crate) fn month(text: &str) -> Result<(i32, (i32, i32)), Invalid> {
    let form = Invalid { rule: "FORMAT", zh: "月份应为yyyy-mm", en: "a month is yyyy-mm" };
    let first = Day::parse(&format!("{text}-01"))?;
    let number = |text: &str| text.parse::<i32>().map_err(|_| form);
    let (year, month) = text.split_once('-').ok_or(form)?;
    let number = number(year)? * 12 + number(month)?;
    let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
    let next = Day::parse(&format!("{year:04}-{month:02}-01"))?;
    Ok((number, (first.number(), next.number() - 1)))
}

/// What a list is filtered and ordered by.
pub(crate) fn list_filter(
    fields: &mut Fields,
    codes: &mut Codes<'_>,
    request: &v1::ListProvidersRequest,
) -> Option<Filter> {
    let division = codes.division(fields, &request.division);
    let zone = codes.zone(fields, &request.zone);
    let category = codes.category(fields, &request.category);
    let operator = fields.optional("operator_code", &request.operator_code, OperatorCode::parse_confirmed);
    let of_class = codes.class(fields, &request.statistical_class);
    let is_named = !words(&request.text).is_empty() || !request.number.is_empty() || !request.operator_code.is_empty();
    let statuses = statuses(fields, codes, (&request.statuses, is_named));
    let long = request.text.chars().count() > TEXT_CHARS_MAX;
    if long || request.text.split_whitespace().count() > TEXT_WORDS_MAX {
        fields.violate("text", Invalid::TOO_LONG);
    }
    if request.number.chars().count() > TEXT_CHARS_MAX {
        fields.violate("number", Invalid::TOO_LONG);
    }
    let near = near(fields, request.near.as_ref());
    let order = order(fields, codes, request.order, request.near.is_some());
    let (statuses, ahead) = statuses?;
    Some(Filter {
        division: division?,
        zone: zone?,
        category: category?,
        operator: operator?,
        of_class: of_class?,
        statuses,
        ahead,
        words: words(&request.text),
        number: request.number.clone(),
        near: near?,
        order: order?,
    })
}

/// A code that fails its check and of which nothing is on record was mistyped.
pub(crate) fn well_checked(field: &str, code: &OperatorCode) -> Result<(), tonic::Status> {
    let mut fields = Fields::new();
    let code = fields.required(field, code.as_str(), OperatorCode::parse);
    fields.finish(code).map(drop)
}

/// The earlier record a request asks for; `Some(None)` is the record as it is now.
#[expect(clippy::option_option, reason = "the outer says whether it could be read, the inner whether it was given")]
pub(crate) fn earlier(fields: &mut Fields, position: u64, known_on: &str, today: i32) -> Option<Option<Earlier>> {
    let day = fields.optional("known_on", known_on, Day::parse)?.map(Day::number);
    let wrong = match (position, day) {
        (0, None) => return Some(None),
        (_, None) => return Some(Some(Earlier::Position(position))),
        (0, Some(day)) if day <= today => return Some(Some(Earlier::Day(day))),
        (0, Some(_)) => Invalid { rule: "RANGE", zh: "该日尚未到来", en: "this day has not come yet" },
        (_, Some(_)) => Invalid {
            rule: "EXCLUSIVE",
            zh: "不能与as_of_position同时填写",
            en: "not beside as_of_position: give one of them",
        },
    };
    fields.checked("known_on", Err(wrong))
}

/// Where the page before ended, as its token says; `Some(None)` for the first page.
#[expect(clippy::option_option, reason = "the outer says whether it could be read, the inner whether it was given")]
pub(crate) fn page_end(fields: &mut Fields, question: &Question, token: &str) -> Option<Option<PageEnd>> {
    if token.is_empty() {
        return Some(None);
    }
    fields.checked("page_token", question.end(token).ok_or(FOREIGN)).map(Some)
}

/// A token that was not made for a question to this log.
pub(crate) const FOREIGN: Invalid = Invalid {
    rule: "FORMAT",
    zh: "翻页标记无效,或不属于此查询、此登记簿",
    en: "not a token of this question in this log",
};
