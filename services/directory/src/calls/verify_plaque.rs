//! Is a plaque genuine.

use api::directory::v1;
use api::directory::v1::PlaqueVerdict;
use domain::{Day, Invalid, PlaqueNumber};
use projection::Snapshot;
use serve::Fields;
use tonic::Status as Answer;

use super::directory::Directory;
use super::fresh::{Moment, fresh};
use super::places::{Caller, Weight};
use super::record::{self, Told};
use crate::ask::effort::Effort;
use crate::rows::card::view;
use crate::tell::{day, plaque};

const PLAQUE_BYTES_MAX: usize = 64;

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::VerifyPlaqueRequest,
) -> Result<v1::VerifyPlaqueResponse, Answer> {
    let mut fields = Fields::new();
    let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
    let as_of = fields.optional("as_of", &request.as_of, Day::parse);
    let text = fields.required("plaque_number", request.plaque_number.trim(), |text| {
        if text.len() > PLAQUE_BYTES_MAX { Err(Invalid::TOO_LONG) } else { Ok(text.to_owned()) }
    });
    let (text, as_of) = fields.finish(text.zip(as_of))?;
    let on = as_of.map_or_else(|| directory.today(), Day::number);
    let names = directory.names();
    let ((answer, follows_from_rows), moment) = match PlaqueNumber::parse(&text) {
        // No rows would hold it.
        Err(invalid) => {
            let read = move |_: &Snapshot<'_>, _: &Effort| Ok((plaque::unreadable(&invalid), false));
            directory.gate.read(Weight::Light, fresh, read).await?
        }
        Ok(number) => {
            let provider = number.provider().clone();
            let of = provider.clone();
            let tell = move |rows: &Snapshot<'_>| {
                let view = view(rows, of.as_str())?;
                Ok((plaque::verify(&number, view.as_ref(), &names, on), true))
            };
            record::read(directory, caller, fresh, &provider, Told::Little, tell).await?
        }
    };
    let absent = matches!(answer.verdict(), PlaqueVerdict::NeverIssued | PlaqueVerdict::NotYetIssued);
    if follows_from_rows && absent {
        moment.absent()?;
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    Ok(v1::VerifyPlaqueResponse {
        position,
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        as_of: day(on),
        ..answer
    })
}
