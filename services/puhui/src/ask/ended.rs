//! How an outlet stands ended, in a few words: the end that stands, and a graver one that came beside it.

use api::directory::v1::{EndKind, LastDayBasis};
use api::registry::v1::CertificationStatus;
use api::words::called;

/// What an end made of a certification.
pub(super) fn came_to_be(kind: EndKind) -> &'static str {
    match kind {
        EndKind::Cancelled => "被取消",
        EndKind::Annulled => "被撤销",
        EndKind::Deregistered => "被注销",
        EndKind::Overturned => "被复议或诉讼撤销",
        EndKind::RenewalOverturned => "延续被撤销",
        EndKind::Withdrawn => "自愿退出",
        EndKind::Expired => "到期",
        EndKind::Unspecified => "",
    }
}

/// A status, with the end that it comes of and a graver one. 取消 and 撤销 are two acts: the status has one word for both.
pub(super) fn stands(status: i32, by: i32, (graver, on): (i32, &str)) -> String {
    let revoked = CertificationStatus::try_from(status) == Ok(CertificationStatus::Revoked);
    let by = EndKind::try_from(by).unwrap_or_default();
    let stands = match by {
        EndKind::Unspecified => called::<CertificationStatus>(status).zh,
        // A term that ran out by itself is told otherwise.
        EndKind::RenewalOverturned => came_to_be(by),
        _ if revoked => came_to_be(by),
        _ => called::<CertificationStatus>(status).zh,
    };
    match EndKind::try_from(graver).unwrap_or_default() {
        EndKind::Unspecified => stands.to_owned(),
        graver => format!("{stands};其后 {on} {}", came_to_be(graver)),
    }
}

/// A live status of which no document says until when it holds: nobody is to take it for one without an end.
pub(super) fn for_a_term(status: i32, stands: String, basis: LastDayBasis) -> String {
    use CertificationStatus::{Rectifying, Suspended, Valid};
    let status = CertificationStatus::try_from(status).unwrap_or_default();
    match (matches!(status, Valid | Rectifying | Suspended), basis) {
        (true, LastDayBasis::NotStated) => format!("{stands}(期限未载明)"),
        _ => stands,
    }
}

/// The last day of a term, in a word where there is none or it was worked out.
pub(super) fn last_day(last: &str, basis: LastDayBasis) -> String {
    match basis {
        LastDayBasis::NotStated => "未载明".to_owned(),
        LastDayBasis::WorkedOut => format!("{last}(推算)"),
        LastDayBasis::Stated | LastDayBasis::Unspecified => last.to_owned(),
    }
}

/// Of a certification that was decided and is yet to begin: from which day on it is one.
pub(super) fn begins_on(day: &str) -> String {
    format!("将于 {day} 起生效")
}

/// Of one that ended before it began.
pub(super) fn never_began(stands: &str) -> String {
    format!("{stands}(未及生效)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_status_without_a_last_day_says_so() {
        use CertificationStatus::{Expired, Revoked, Suspended, Valid};
        let of = |status: CertificationStatus, basis| for_a_term(status.into(), "有效".to_owned(), basis);
        assert_eq!(of(Valid, LastDayBasis::NotStated), "有效(期限未载明)");
        assert_eq!(of(Suspended, LastDayBasis::NotStated), "有效(期限未载明)");
        for basis in [LastDayBasis::Stated, LastDayBasis::WorkedOut, LastDayBasis::Unspecified] {
            assert_eq!(of(Valid, basis), "有效");
        }
        // What is over is so since a day.
        assert_eq!(
            (of(Revoked, LastDayBasis::NotStated), of(Expired, LastDayBasis::NotStated)),
            ("有效".into(), "有效".into())
        );
        let told = |basis| last_day("2026-08-31", basis);
        assert_eq!(told(LastDayBasis::WorkedOut), "2026-08-31(推算)");
        assert_eq!(
            (told(LastDayBasis::Stated), last_day("", LastDayBasis::NotStated)),
            ("2026-08-31".into(), "未载明".into())
        );
    }

    #[test]
    fn a_graver_end_is_told_beside_the_one_that_stands() {
        let of = |status: CertificationStatus, by: EndKind, graver: EndKind| {
            stands(status.into(), by.into(), (graver.into(), "2026-07-20"))
        };
        let left = of(CertificationStatus::Withdrawn, EndKind::Withdrawn, EndKind::Annulled);
        assert_eq!(left, "已自愿退出;其后 2026-07-20 被撤销");
        assert_eq!(of(CertificationStatus::Revoked, EndKind::Annulled, EndKind::Unspecified), "被撤销");
        assert_eq!(of(CertificationStatus::Revoked, EndKind::Cancelled, EndKind::Unspecified), "被取消");
        assert_eq!(of(CertificationStatus::Expired, EndKind::Unspecified, EndKind::Unspecified), "已到期");
        assert_eq!(of(CertificationStatus::Expired, EndKind::RenewalOverturned, EndKind::Unspecified), "延续被撤销");
    }
}
