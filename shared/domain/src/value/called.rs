//! Codes and choices as a sentence says them: nobody who reads one has to look up what a code stands for.

use std::borrow::Cow;
use std::fmt;

use super::code::{BureauId, CategoryCode, GroundCode, ZoneCode};
use super::day::Day;
use super::text::Name;

/// What a code is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOf {
    /// A service category (服务类别).
    Category,
    /// A ground (事由).
    Ground,
    /// A bureau (经办单位).
    Bureau,
    /// An administering zone (功能区).
    Zone,
}

/// Said in the place of what the record does not say.
pub const NOT_STATED: &str = "—";

/// A code with its name beside it, as far as that is known: `托育(childcare)`, in English (`{:#}`) `childcare (托育)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called(Box<Parts>);

/// Apart, so that a refusal stays small on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    of: CodeOf,
    code: Box<str>,
    name: Box<str>,
}

impl Called {
    fn new(of: CodeOf, code: &str) -> Self {
        Self(Box::new(Parts { of, code: code.into(), name: Box::default() }))
    }

    /// A bureau.
    pub fn bureau(id: &BureauId) -> Self {
        Self::new(CodeOf::Bureau, id.as_str())
    }

    /// A bureau that is not known.
    pub(crate) fn no_bureau() -> Self {
        Self::new(CodeOf::Bureau, "")
    }

    /// A ground, where one is known.
    pub(crate) fn ground(code: Option<&GroundCode>) -> Self {
        Self::new(CodeOf::Ground, code.map_or("", GroundCode::as_str))
    }

    /// A zone, where there is one.
    pub(crate) fn zone(code: Option<&ZoneCode>) -> Self {
        Self::new(CodeOf::Zone, code.map_or("", ZoneCode::as_str))
    }

    /// The code. Empty where none is known.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The same with its name; one that has its name keeps it.
    #[must_use]
    pub fn by(mut self, names: Names<'_>) -> Self {
        self.take(names);
        self
    }

    pub(crate) fn take(&mut self, names: Names<'_>) {
        let Parts { of, code, name } = &mut *self.0;
        if name.is_empty()
            && !code.is_empty()
            && let Some(known) = names(*of, code)
        {
            *name = known.as_str().into();
        }
    }
}

/// What codes are called, by those who know it.
pub type Names<'n> = &'n dyn Fn(CodeOf, &str) -> Option<Name>;

impl From<&CategoryCode> for Called {
    fn from(code: &CategoryCode) -> Self {
        Self::new(CodeOf::Category, code.as_str())
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { code, name, .. } = &*self.0;
        match (&**code, &**name) {
            ("", _) => f.write_str(NOT_STATED),
            (code, "") => f.write_str(code),
            (code, name) if f.alternate() => write!(f, "{code} ({name})"),
            (code, name) => write!(f, "{name}({code})"),
        }
    }
}

/// What a choice is called: in Chinese, and in English (`{:#}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(Box<[Cow<'static, str>; 2]>);

impl Word {
    pub(crate) fn new(zh: &'static str, en: &'static str) -> Self {
        Self(Box::new([Cow::Borrowed(zh), Cow::Borrowed(en)]))
    }

    fn zh(&self) -> &str {
        &self.0[0]
    }

    fn en(&self) -> &str {
        &self.0[1]
    }

    /// Until when something goes on: its last day, where there is one on record.
    pub(crate) fn until(last: Option<Day>) -> Self {
        let (zh, en) = last.map_or_else(
            || ("登记中没有止日".into(), "with no last day on record".into()),
            |last| (format!("至 {last} 止").into(), format!("to {last}").into()),
        );
        Self(Box::new([zh, en]))
    }

    /// One of several, as they stand between the quotation marks of a sentence: `已受理”“已核查”或“公示中`.
    pub(crate) fn one_of(words: &[Self]) -> Self {
        let listed = |between: &str, before_last: &str, said: fn(&Self) -> &str| match words {
            [] => String::new(),
            [one] => said(one).to_owned(),
            [first @ .., last] => {
                let first: Vec<&str> = first.iter().map(said).collect();
                [&first.join(between), before_last, said(last)].concat()
            }
        };
        let (zh, en) = (listed("”“", "”或“", Self::zh), listed(", ", " or ", Self::en));
        Self(Box::new([zh.into(), en.into()]))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if f.alternate() { self.en() } else { self.zh() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_said_with_its_name_and_by_itself_where_it_has_none() {
        let code = CategoryCode::parse("childcare").unwrap();
        let named = Called::from(&code).by(&|_, _| Name::parse("托育").ok());
        assert_eq!((named.to_string(), format!("{named:#}")), ("托育(childcare)".into(), "childcare (托育)".into()));
        // The name that it has is that of its own day.
        assert_eq!(named.by(&|_, _| Name::parse("他名").ok()).to_string(), "托育(childcare)");
        assert_eq!(Called::from(&code).to_string(), "childcare");
        assert_eq!((Called::from(&code).code(), Called::ground(None).code()), ("childcare", ""));
        assert_eq!(Called::ground(None).by(&|_, _| Name::parse("他名").ok()).to_string(), NOT_STATED);
    }

    #[test]
    fn of_several_choices_each_is_said() {
        let word = |at: usize| [Word::new("甲", "a"), Word::new("乙", "b"), Word::new("丙", "c")][at].clone();
        let said = |words: &[Word]| (Word::one_of(words).to_string(), format!("{:#}", Word::one_of(words)));
        assert_eq!(said(&[word(0)]), ("甲".into(), "a".into()));
        assert_eq!(said(&[word(0), word(1)]), ("甲”或“乙".into(), "a or b".into()));
        assert_eq!(said(&[word(0), word(1), word(2)]), ("甲”“乙”或“丙".into(), "a, b or c".into()));
    }
}
