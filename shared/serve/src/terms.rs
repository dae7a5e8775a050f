//! The terms of the domain as they travel: readers of choices and records, and the way back of what answers tell. Facts travel as they
//! are stored.

use api::registry::v1 as registry;
use domain::{
    Content, Day, Division, Fen, Name, NoticeWindow, Percent, Phone, PledgeNumber, Point, Reason, Text, Uscc, ZoneCode,
};

use crate::fields::Fields;

/// How a value of the domain travels.
pub trait Transit {
    /// Its form in a message.
    type Form;

    /// The value in that form.
    fn transit(&self) -> Self::Form;
}

macro_rules! choices {
    ($($read:ident $choice:ident { $($variant:ident),* })*) => {$(
        /// Reads the number of a listed value; `None` for 0 and for numbers this version does not know.
        pub fn $read(number: i32) -> Option<domain::$choice> {
            match registry::$choice::try_from(number).ok()? {
                registry::$choice::Unspecified => None,
                $(registry::$choice::$variant => Some(domain::$choice::$variant),)*
            }
        }

        impl Transit for domain::$choice {
            type Form = i32;

            fn transit(&self) -> i32 {
                match self {
                    $(Self::$variant => registry::$choice::$variant.into(),)*
                }
            }
        }
    )*};
}

choices! {
    revocation_kind RevocationKind { Cancelled, Annulled }
    review_result ReviewResult { Passed, Failed, NotTaken }
    pledge_type PledgeType { ApprovalReplacing, PapersOwed, ProofReplacing, CreditRepair, SelfDiscipline, Voluntary, Other }
    promisor_class PromisorClass { Organisation, IndividualBusiness, NaturalPerson }
    operator_class OperatorClass { Organisation, IndividualBusiness, NaturalPerson }
    publication_scope PublicationScope { Public, Limited, Closed }
    breach_extent BreachExtent { Partly, Wholly }
    breach_severity BreachSeverity { Minor, General, Serious }
    price_unit PriceUnit { Month, Meal, Night, Hour }
    certification_basis CertificationBasis { Case, Evidence }
}

macro_rules! as_text {
    ($($name:ty),* $(,)?) => {$(
        impl Transit for $name {
            type Form = String;

            fn transit(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

as_text! { Day, Phone, ZoneCode }

impl Transit for domain::Ordinal {
    type Form = u32;

    fn transit(&self) -> u32 {
        self.get()
    }
}

impl<const MAX: usize> Transit for Text<MAX> {
    type Form = String;

    fn transit(&self) -> String {
        self.to_string()
    }
}

/// What is absent travels as the form's default: an empty text, zero, no message.
impl<T: Transit> Transit for Option<T>
where
    T::Form: Default,
{
    type Form = T::Form;

    fn transit(&self) -> T::Form {
        self.as_ref().map(Transit::transit).unwrap_or_default()
    }
}

/// Reads a notice window.
pub fn notice_window(fields: &mut Fields, form: &registry::NoticeWindow) -> Option<NoticeWindow> {
    let start = fields.required("start", &form.start, Day::parse);
    let end = fields.required("end", &form.end, Day::parse);
    let (start, end) = (start?, end?);
    fields.checked("end", NoticeWindow::new(start, end))
}

/// Reads a point.
pub fn point(fields: &mut Fields, form: &registry::Point) -> Option<Point> {
    let (latitude, longitude) = (form.latitude_microdegrees, form.longitude_microdegrees);
    // Each beside a lawful other, so that the violation names the one that is wrong.
    let lawful = fields.checked("latitude_microdegrees", Point::new(latitude, 70_000_000));
    let point = fields.checked("longitude_microdegrees", Point::new(0, longitude));
    lawful.zip(point).and_then(|_| fields.checked("latitude_microdegrees", Point::new(latitude, longitude)))
}

/// Reads particulars.
pub fn particulars(fields: &mut Fields, form: &registry::Particulars) -> Option<domain::Particulars> {
    let name = fields.required("name", &form.name, Name::parse);
    let stated = form.operator_class != registry::OperatorClass::Unspecified as i32;
    let operator_class = if stated {
        fields.choice("operator_class", form.operator_class, operator_class).map(Some)
    } else {
        Some(None)
    };
    let operator_name = fields.required("operator_name", &form.operator_name, |text| match operator_class.flatten() {
        Some(class) => class.name(text),
        None => Name::parse(text),
    });
    let division = fields.required("division", &form.division, Division::parse);
    let zone = fields.optional("zone", &form.zone, ZoneCode::parse);
    let withheld = form.withhold_address;
    let address = fields.optional("address", &form.address, |text| domain::Particulars::address(text, withheld));
    let phone = fields.optional("phone", &form.phone, Phone::parse);
    let location = fields
        .optional_message("location", form.location.as_ref(), point)
        .and_then(|location| fields.checked("location", domain::Particulars::location(location, withheld)));
    let withhold_address = fields.given(withheld);
    Some(domain::Particulars {
        name: name?,
        operator_name: operator_name?,
        division: division?,
        zone: zone?,
        address: address?,
        phone: phone?,
        location: location?,
        withhold_address: withhold_address?,
        operator_class: operator_class?,
    })
}

/// Reads price.
pub fn price(fields: &mut Fields, form: &registry::Price) -> Option<domain::Price> {
    let amount_fen = fields.number("amount_fen", form.amount_fen, Fen::new);
    let unit = fields.choice("unit", form.unit, price_unit);
    let rise_percent_max = fields.number("rise_percent_max", form.rise_percent_max, Percent::new);
    Some(domain::Price { amount_fen: amount_fen?, unit: unit?, rise_percent_max: rise_percent_max? })
}

/// Reads pledge form.
pub fn pledge_form(fields: &mut Fields, form: &registry::PledgeForm) -> Option<domain::PledgeForm> {
    let number = fields.required("number", &form.number, PledgeNumber::parse);
    let promisor_class = fields.choice("promisor_class", form.promisor_class, promisor_class);
    let promisor_name = fields.required("promisor_name", &form.promisor_name, |text| match promisor_class {
        Some(class) => class.name(text),
        None => Name::parse(text),
    });
    let promisor_uscc = fields.optional("promisor_uscc", &form.promisor_uscc, Uscc::parse);
    let pledge_type = fields.choice("pledge_type", form.pledge_type, pledge_type);
    let other_type = fields.optional("other_type", &form.other_type, Text::parse);
    let reason = fields.required("reason", &form.reason, Reason::parse);
    let content = fields.required("content", &form.content, Content::parse);
    let liability = fields.required("liability", &form.liability, Content::parse);
    let made_on = fields.required("made_on", &form.made_on, Day::parse);
    let valid_until = fields.optional("valid_until", &form.valid_until, Day::parse);
    let accepting_unit = fields.required("accepting_unit", &form.accepting_unit, Name::parse);
    let accepting_unit_uscc = fields.required("accepting_unit_uscc", &form.accepting_unit_uscc, Uscc::parse);
    let publication = fields.choice("publication", form.publication, publication_scope);
    let remarks = fields.optional("remarks", &form.remarks, Reason::parse);
    Some(domain::PledgeForm {
        number: number?,
        promisor_name: promisor_name?,
        promisor_class: promisor_class?,
        promisor_uscc: promisor_uscc?,
        pledge_type: pledge_type?,
        other_type: other_type?,
        reason: reason?,
        content: content?,
        liability: liability?,
        made_on: made_on?,
        valid_until: valid_until?,
        accepting_unit: accepting_unit?,
        accepting_unit_uscc: accepting_unit_uscc?,
        publication: publication?,
        remarks: remarks?,
    })
}

#[cfg(test)]
mod tests;
