//! The table the requests of the rules service are read by, a line a call. What a file says is read where it is decided about, since it is held
//! against all that is on record.

use api::rules::v1;
use serve::command_requests;

use crate::Here;

command_requests! {
    AdoptSchemeRequest -> AdoptSchemeResponse: rules AdoptScheme { text, adopted_on, adopted_by, document_number, corrects }
    AdoptCalendarRequest -> AdoptCalendarResponse: rules AdoptCalendar { text, covered_from, covered_until, source, adopted_on, adopted_by, document_number, corrects }
    AdoptPlacesRequest -> AdoptPlacesResponse: rules AdoptPlaces { text, edition, adopted_on, adopted_by, document_number, corrects }
}
