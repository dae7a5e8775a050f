//! The terms of the domain as they travel: how a request brings each, and the way back of what answers tell. Facts travel as they are
//! stored.

use api::registry::v1 as registry;
use domain::{
    Act, BureauId, CategoryCode, Day, Division, Fen, GroundCode, Invalid, Name, NoticeWindow, Ordinal, Percent, Phone,
    PlaqueNumber, PledgeNumber, Point, Text, Uscc, Year, ZoneCode,
};

use crate::fields::{Brought, Fields};

/// How a value of the domain travels.
pub trait Transit {
    /// Its form in a message.
    type Form;

    /// The value in that form.
    fn transit(&self) -> Self::Form;
}

macro_rules! choices {
    ($($choice:ident { $($variant:ident),* })*) => {$(
        /// 0 says nothing, and there are numbers that this version does not know.
        impl Brought for domain::$choice {
            type Form = i32;

            fn read(fields: &mut Fields, field: &str, form: &i32) -> Option<Self> {
                let known = match registry::$choice::try_from(*form) {
                    Ok(registry::$choice::Unspecified) | Err(_) => None,
                    $(Ok(registry::$choice::$variant) => Some(Self::$variant),)*
                };
                fields.checked(field, known.ok_or(Invalid::UNSPECIFIED))
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
    EndingKind { Cancelled, Annulled, Withdrawn, Deregistered }
    RevocationKind { Cancelled, Annulled }
    ReviewResult { Passed, Failed, NotTaken }
    PledgeType { ApprovalReplacing, PapersOwed, ProofReplacing, CreditRepair, SelfDiscipline, Voluntary, Other }
    PromisorClass { Organisation, IndividualBusiness, NaturalPerson }
    OperatorClass { Organisation, IndividualBusiness, NaturalPerson }
    PublicationScope { Public, Limited, Closed }
    BreachExtent { Partly, Wholly }
    BreachSeverity { Minor, General, Serious }
    PriceUnit { Month, Meal, Night, Hour }
    CertificationBasis { Case, Evidence }
}

macro_rules! texts {
    ($($name:ty),* $(,)?) => {$(
        impl Brought for $name {
            type Form = String;

            fn read(fields: &mut Fields, field: &str, form: &String) -> Option<Self> {
                fields.required(field, form, Self::parse)
            }
        }

        impl Transit for $name {
            type Form = String;

            fn transit(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

texts! { BureauId, Day, Phone, ZoneCode, CategoryCode, GroundCode, Division, PledgeNumber, PlaqueNumber }

/// One that fails its check may have been confirmed: the rules ask.
impl Brought for Uscc {
    type Form = String;

    fn read(fields: &mut Fields, field: &str, form: &String) -> Option<Self> {
        fields.required(field, form, Self::parse_confirmed)
    }
}

impl Brought for domain::RulesText {
    type Form = String;

    fn read(fields: &mut Fields, field: &str, form: &String) -> Option<Self> {
        fields.required(field, form, Self::parse)
    }
}

impl<const MAX: usize> Brought for Text<MAX> {
    type Form = String;

    fn read(fields: &mut Fields, field: &str, form: &String) -> Option<Self> {
        fields.required(field, form, Self::parse)
    }
}

/// Where a commit stands: positions are counted from 1.
impl Brought for domain::Position {
    type Form = u64;

    fn read(fields: &mut Fields, field: &str, form: &u64) -> Option<Self> {
        fields.checked(field, if *form == 0 { Err(Invalid::EMPTY) } else { Ok(Self(*form)) })
    }
}

macro_rules! numbers {
    ($($name:ty),* $(,)?) => {$(
        impl Brought for $name {
            type Form = u32;

            fn read(fields: &mut Fields, field: &str, form: &u32) -> Option<Self> {
                fields.number(field, *form, Self::new)
            }
        }
    )*};
}

numbers! { Act, Ordinal, Year, Fen, Percent }

/// Records, a line a field: read by the rules of its type, or as said there, where another field has a say in it.
macro_rules! records {
    ($fields:ident, $form:ident; $($record:ident { $($field:ident $(= $read:expr)?),* $(,)? })*) => {$(
        impl Brought for domain::$record {
            type Form = Option<registry::$record>;

            fn read($fields: &mut Fields, field: &str, form: &Self::Form) -> Option<Self> {
                $fields.message(field, form.as_ref(), |$fields, $form| {
                    $(let $field = records!(@ $fields, $form, $field $(= $read)?);)*
                    Some(Self { $($field: $field?),* })
                })
            }
        }
    )*};
    (@ $fields:ident, $form:ident, $field:ident) => {
        $fields.read(stringify!($field), &$form.$field)
    };
    (@ $fields:ident, $form:ident, $field:ident = $read:expr) => {
        $read
    };
}

records! { fields, form;
    Particulars {
        name,
        operator_class = fields.read::<Option<domain::OperatorClass>>("operator_class", &form.operator_class),
        operator_name = fields.required("operator_name", &form.operator_name, |text| match operator_class.flatten() {
            Some(class) => class.name(text),
            None => Name::parse(text),
        }),
        division,
        zone,
        address = fields.optional("address", &form.address, |text| domain::Particulars::address(text, form.withhold_address)),
        phone,
        location = fields
            .read("location", &form.location)
            .and_then(|location| fields.checked("location", domain::Particulars::location(location, form.withhold_address))),
        withhold_address,
    }
    Release {
        bureau_id,
        document_number,
        released_on,
    }
    Ended {
        kind,
        decided_on,
        effective_on,
        document_number,
        deciding_body,
        source,
        bar_until,
    }
    Price {
        amount_fen,
        unit,
        rise_percent_max,
    }
    PledgeForm {
        number,
        promisor_class = fields.read::<domain::PromisorClass>("promisor_class", &form.promisor_class),
        promisor_name = fields.required("promisor_name", &form.promisor_name, |text| match promisor_class {
            Some(class) => class.name(text),
            None => Name::parse(text),
        }),
        promisor_uscc,
        pledge_type,
        other_type,
        reason,
        content,
        liability,
        made_on,
        valid_until,
        accepting_unit,
        accepting_unit_uscc,
        publication,
        remarks,
    }
}

impl Brought for NoticeWindow {
    type Form = Option<registry::NoticeWindow>;

    fn read(fields: &mut Fields, field: &str, form: &Self::Form) -> Option<Self> {
        fields.message(field, form.as_ref(), |fields, form| {
            let start = fields.read("start", &form.start);
            let end = fields.read("end", &form.end);
            let (start, end) = (start?, end?);
            fields.checked("end", Self::new(start, end))
        })
    }
}

impl Brought for Point {
    type Form = Option<registry::Point>;

    fn read(fields: &mut Fields, field: &str, form: &Self::Form) -> Option<Self> {
        fields.message(field, form.as_ref(), |fields, form| {
            let (latitude, longitude) = (form.latitude_microdegrees, form.longitude_microdegrees);
            // Each beside a lawful other, so that the violation names the one that is wrong.
            let lawful = fields.checked("latitude_microdegrees", Self::new(latitude, 70_000_000));
            let point = fields.checked("longitude_microdegrees", Self::new(0, longitude));
            lawful.zip(point).and_then(|_| fields.checked("latitude_microdegrees", Self::new(latitude, longitude)))
        })
    }
}

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

#[cfg(test)]
mod tests;
