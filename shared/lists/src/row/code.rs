//! The credit code of a row, and the outlet's number.

use domain::{Invalid, OperatorCode, ProviderId, Uscc};

use super::privacy::is_of_a_person;
use super::work::Work;
use crate::book::Form;
use crate::reading::Fault;
use crate::words::codes;
use crate::words::headings::Column;
use crate::{fold, rule};

/// Characters of a registration number of before 2015, and of an old identity number.
const OLD_CHARS: usize = 15;

impl Work<'_, '_> {
    /// The credit code. What stands beside it is passed over; none is completed, and one that the spreadsheet has rounded is told as that.
    pub(super) fn uscc(&mut self) -> Option<Uscc> {
        let at = self.cells.header.place(Column::Uscc)?;
        let form = self.cells.cells.get(at).map(|cell| cell.form);
        let text = self.cells.get(Column::Uscc)?.to_owned();
        let title = self.cells.title(Column::Uscc).to_owned();
        let key = fold::name(&text).to_uppercase();
        let key = key.rsplit(':').next().unwrap_or_default();
        let (code, _copies) = fold::without_notes(key);
        if codes::is_none(&code) {
            self.because(Column::Uscc, format!("「{title}」写「{}」:没有代码", fold::cut(&text, 20)));
            return None;
        }
        if is_of_a_person(&code) {
            // Fifteen covered digits may be a business's, and nobody can tell.
            let old = code.chars().count() == OLD_CHARS;
            self.fault(Fault::invalid(&title, if old { Uscc::OLD_NUMBER } else { Uscc::OF_A_PERSON }, ""));
            return None;
        }
        let digits = code.len() >= 16 && code.bytes().all(|b| b.is_ascii_digit());
        if (form == Some(Form::Number) && digits) || is_rounded(&text) {
            self.fault(Fault::new(
                &title,
                rule::DIGITS_LOST,
                format!("「{title}」被表格软件当作数字,只保留15位,末几位已丢失;请将该列设为文本格式,重新录入代码"),
                format!("{title}: the spreadsheet took it for a number and keeps 15 digits: set the column to text and enter the code again"),
            ));
            return None;
        }
        match (Uscc::parse(&code), Uscc::parse_confirmed(&code)) {
            (Ok(uscc), _) => Some(uscc),
            // Whether a bureau has confirmed it stands on record: the registry refuses one that none has.
            (Err(invalid), Ok(uscc)) if invalid.rule == "CHECK_CHARACTER" => {
                self.because(
                    Column::Uscc,
                    format!("「{title}」校验不符:经单位核实(puhui confirm-code)的方可录入,未核实的退回;请核对是否录错"),
                );
                self.found.unconfirmed = Some(Fault::invalid(&title, invalid, &text));
                Some(uscc)
            }
            (Err(invalid), _) => {
                self.fault(Fault::invalid(&title, invalid, &text));
                None
            }
        }
    }

    /// The outlet's number, and the code that stands before it: the registry's own lists give the whole provider id.
    pub(super) fn outlet(&mut self, uscc: Option<Uscc>) -> (Option<Uscc>, Option<u16>) {
        const FORM: Invalid =
            Invalid { rule: "FORMAT", zh: "网点号应为001至999", en: "an outlet number is 001 to 999" };
        let Some(text) = self.cells.get(Column::Outlet).map(fold::name) else { return (uscc, None) };
        let title = self.cells.title(Column::Outlet).to_owned();
        let Some(whole) = Some(text.as_str()).filter(|text| text.contains('-')) else {
            let digits = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
            let number = text.parse::<u16>().ok().filter(|number| digits && (1..=999).contains(number));
            if number.is_none() {
                self.fault(Fault::invalid(&title, FORM, &text));
            }
            return (uscc, number);
        };
        let id = match ProviderId::parse(whole) {
            Ok(id) => id,
            Err(invalid) => {
                self.fault(Fault::invalid(&title, invalid, whole));
                return (uscc, None);
            }
        };
        if uscc.as_ref().is_some_and(|uscc| uscc.as_str() != id.operator().as_str()) {
            self.fault(Fault::new(
                &title,
                rule::OUTLET_MISMATCH,
                format!("网点编号 {id} 不属于本行的统一社会信用代码"),
                format!("the outlet {id} belongs to another credit code than the row's"),
            ));
        }
        let own = match id.operator() {
            OperatorCode::Uscc(own) => Some(own.clone()),
            OperatorCode::ToBeCompleted(_) => None,
        };
        (uscc.or(own), id.as_str().rsplit('-').next().and_then(|number| number.parse().ok()))
    }
}

/// Whether a text is a number with an exponent, such as `9.1321E+17`.
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && exponent.parse::<u8>().is_ok_and(|exponent| (10..=20).contains(&exponent))
}
