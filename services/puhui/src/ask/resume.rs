//! A stream that the server ended: from where another goes on.

use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::client::Failure;

/// What the server put into the metadata of an end that another stream goes on from.
const AFTER_POSITION: &str = "after_position";

/// The end of a stream of which everything up to `told` was printed. The position is the one the server names, else that one; a question
/// that was wrong has none.
pub(super) fn after(status: Status, told: u64) -> Failure {
    if matches!(status.code(), Code::InvalidArgument | Code::OutOfRange | Code::Unimplemented | Code::NotFound) {
        return status.into();
    }
    let info = status.get_details_error_info();
    let named = info.and_then(|info| info.metadata.get(AFTER_POSITION)?.parse::<u64>().ok());
    let position = named.unwrap_or(told);
    Failure::from(status).and(&format!("可从位置 {position} 之后继续 / go on with --after {position}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn the_position_the_server_names_counts_before_the_last_one_told() {
        let named = HashMap::from([(AFTER_POSITION.to_owned(), "41".to_owned())]);
        let details = ErrorDetails::with_error_info("DRAINING", "puhui", named);
        let drained = Status::with_error_details(Code::Unavailable, "stopping", details);
        let failure = after(drained, 7);
        assert!(failure.to_string().ends_with("--after 41"), "{failure}");
        assert_eq!(failure.exit_code(), 3);
        let cut = after(Status::unknown("the connection broke"), 7);
        assert!(cut.to_string().ends_with("--after 7"), "{cut}");
        let wrong = after(Status::invalid_argument("event_names"), 7);
        assert!(!wrong.to_string().contains("--after") && wrong.exit_code() == 2, "{wrong}");
    }
}
