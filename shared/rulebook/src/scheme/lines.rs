//! On which line of a scheme's file something stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line, from 1, of a byte.
pub(crate) fn of_byte(text: &str, byte: usize) -> usize {
    1 + text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count()
}

/// The line, from 1, of the key with this path (`categories.childcare.notice_days`), or of as much of the path as the file has.
pub(crate) fn of_place(text: &str, place: &str) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 1 };
    let mut byte = 0;
    let mut within: Option<&DeTable<'_>> = Some(table.get_ref());
    for key in place.split('.') {
        let Some((met, value)) = within.and_then(|table| entry(table, key)) else { break };
        byte = met.span().start;
        within = match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => None,
        };
    }
    of_byte(text, byte)
}

/// The key as the file has it: what a category does not say of itself, `[defaults]` says of it.
pub(crate) fn place_in(text: &str, place: &str) -> String {
    let inherited = || {
        let (_, key) = place.strip_prefix("categories.")?.split_once('.')?;
        let of_all = format!("defaults.{key}");
        (!has(text, place) && has(text, &of_all)).then_some(of_all)
    };
    inherited().unwrap_or_else(|| place.to_owned())
}

fn has(text: &str, place: &str) -> bool {
    let Ok(table) = DeTable::parse(text) else { return false };
    let mut within: Option<&DeTable<'_>> = Some(table.get_ref());
    place.split('.').all(|key| {
        let value = within.and_then(|table| entry(table, key)).map(|(_, value)| value.get_ref());
        within = if let Some(DeValue::Table(table)) = value { Some(table) } else { None };
        value.is_some()
    })
}

fn entry<'t, 'i>(
    table: &'t DeTable<'i>,
    key: &str,
) -> Option<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    table.iter().find(|(met, _)| met.get_ref().as_ref() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_on_its_line() {
        let text = "a = 1\n[b]\nc = 2\n[b.d]\ne = { f = 3,\n  g = 4 }\n";
        for (place, line) in [("a", 1), ("b.c", 3), ("b.d.e", 5), ("b.d.e.f", 5), ("b.d.nowhere", 4), ("nowhere", 1)] {
            assert_eq!(of_place(text, place), line, "{place}");
        }
        assert_eq!(of_byte("a\nb\n", 2), 2);
    }
}
