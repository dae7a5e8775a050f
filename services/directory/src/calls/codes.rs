//! Codes that callers give: those that are in no table are refused by name, with the nearest that are. Answered with nothing, a code that was
//! mistyped would read as "there is nothing".

use domain::{Bureau, BureauId, CategoryCode, DivisionPrefix, ZoneCode};
use serve::{Fields, UnknownCodes, nearest};

use crate::tell::Names;

/// Digits of a division, by its levels from the province down.
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// Reads the fields of a request that hold codes.
pub(crate) struct Codes<'a> {
    names: &'a Names,
    unknown: UnknownCodes,
}

#[expect(clippy::option_option, reason = "the outer says whether it could be read, the inner whether it was given")]
impl<'a> Codes<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names, unknown: UnknownCodes::new() }
    }

    /// A code that is to be one of a table; `Some(None)` where none is given.
    fn of<T>(
        &mut self,
        fields: &mut Fields,
        (field, text): (&str, &str),
        parse: impl Fn(&str) -> Result<T, domain::Invalid>,
        known: &[&str],
    ) -> Option<Option<T>> {
        let code = fields.optional(field, text, parse)?;
        if code.is_some() {
            self.unknown.check(field, text, known);
        }
        Some(code)
    }

    pub(crate) fn category(&mut self, fields: &mut Fields, text: &str) -> Option<Option<CategoryCode>> {
        let (of_today, dropped) = (self.names.scheme.categories.keys(), self.names.scheme.dropped.keys());
        let known: Vec<&str> = of_today.chain(dropped).map(CategoryCode::as_str).collect();
        self.of(fields, ("category", text), CategoryCode::parse, &known)
    }

    pub(crate) fn zone(&mut self, fields: &mut Fields, text: &str) -> Option<Option<ZoneCode>> {
        let known: Vec<&str> = self.names.scheme.zones.keys().map(ZoneCode::as_str).collect();
        self.of(fields, ("zone", text), ZoneCode::parse, &known)
    }

    pub(crate) fn bureau(&mut self, fields: &mut Fields, text: &str) -> Option<Option<Bureau>> {
        let known: Vec<&str> = self.names.scheme.bureaus.keys().map(BureauId::as_str).collect();
        let id = self.of(fields, ("bureau_id", text), BureauId::parse, &known)?;
        Some(id.and_then(|id| self.names.scheme.bureaus.get(&id).cloned()))
    }

    /// A division that is in no table, though what it begins with may be: the nearest are those of the level that is not known.
    fn unknown_division(&mut self, code: &str, known: &str) {
        let table = &self.names.divisions;
        let level = LEVELS.into_iter().find(|level| *level > known.len()).unwrap_or(code.len());
        let siblings = table.rows().filter(|(other, _)| other.len() == level && other.starts_with(known));
        let siblings: Vec<&str> = siblings.map(|(other, _)| other).collect();
        let mut near = nearest(code.get(..level).unwrap_or(code), &siblings);
        near.extend(Some(known.to_owned()).filter(|known| near.is_empty() && !known.is_empty()));
        let named = |code: &String| format!("{code} {}", table.name(code).unwrap_or_default());
        let near: Vec<String> = near.iter().map(named).collect();
        self.unknown.add("division", code, &near);
    }

    /// Streets and communities are looked up where the table lists those of the county.
    pub(crate) fn division(&mut self, fields: &mut Fields, text: &str) -> Option<Option<DivisionPrefix>> {
        if LEVELS.contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && DivisionPrefix::parse(text).is_err()
        {
            // Of no province.
            self.unknown_division(text, "");
            return None;
        }
        let division = fields.optional("division", text, DivisionPrefix::parse)?;
        let Some(code) = division.as_ref().map(DivisionPrefix::as_str) else { return Some(None) };
        let table = &self.names.divisions;
        let above = |code: &str| match code.len() {
            12 => 9,
            9 => 6,
            6 => 4,
            _ => 2,
        };
        let mut known = code;
        while table.name(known).is_none() && known.len() > 2 {
            known = &known[..above(known)];
        }
        let lists_below = || table.rows().any(|(other, _)| other.len() > known.len() && other.starts_with(known));
        if table.name(known).is_none() || (known != code && (known.len() < 6 || lists_below())) {
            self.unknown_division(text, table.name(known).map_or("", |_| known));
        }
        Some(division)
    }

    /// The categories of a statistical class; `Some(None)` where none is given.
    pub(crate) fn class(&mut self, fields: &mut Fields, text: &str) -> Option<Option<Vec<CategoryCode>>> {
        let form =
            domain::Invalid {
                rule: "FORMAT", zh: "统计分类代码应为2或3位数字", en: "a class has 2 or 3 digits"
            };
        let right = matches!(text.len(), 0 | 2 | 3) && text.bytes().all(|b| b.is_ascii_digit());
        fields.checked("statistical_class", right.then_some(()).ok_or(form))?;
        if text.is_empty() {
            return Some(None);
        }
        let categories = self.names.of_class(text);
        if categories.is_empty() {
            let known: Vec<&str> = self.names.statistical_classes.values().flatten().map(String::as_str).collect();
            self.unknown.check("statistical_class", text, &known);
        }
        Some(Some(categories))
    }

    /// Numbers that are to be those of an enumeration, each with what it stands for; which it lists is told by its names in the interface.
    pub(crate) fn numbers<T: Copy>(&mut self, field: &str, numbers: &[i32], known: &[(i32, &str, T)]) -> Vec<T> {
        numbers.iter().filter_map(|number| self.unknown.number(field, *number, known)).collect()
    }

    /// What was read, unless a field was wrong or a code is unknown.
    pub(crate) fn finish<T>(self, fields: Fields, read: Option<T>) -> Result<T, tonic::Status> {
        fields.finish(Some(()))?;
        if let Some(refusal) = self.unknown.refusal() {
            return Err(refusal);
        }
        read.ok_or_else(|| serve::status::invalid_argument(&[]))
    }
}
