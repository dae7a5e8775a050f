//! Tags and texts of markup as people's programs write it: nothing is required of it, and nothing in it stops the reading.

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<td colspan=2>`, and whether it ends itself.
    Start(Tag<'a>, bool),
    /// `</td>`.
    End(&'a str),
    /// A text, its entities as written.
    Text(&'a str),
}

/// An element's name and its attributes, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name, with its prefix.
    pub(super) name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, as written; empty where it has none.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
            // An `=` without a name before it.
            if end == 0 {
                rest = rest.get(1..)?;
                continue;
            }
            let key = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                (value, rest) = match quote {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => after.split_at(after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len())),
                };
            }
            if key.eq_ignore_ascii_case(name) {
                return Some(value);
            }
        }
    }

    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.raw(name).map(unescape)
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        let value = self.raw(name)?.trim();
        let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        value[..digits].parse().ok()
    }
}

/// Markup.
pub(super) struct Markup<'a> {
    rest: &'a str,
    /// Whether what stands in a script or a style is passed over, as in web pages.
    page: bool,
}

impl<'a> Markup<'a> {
    pub(super) fn page(text: &'a str) -> Self {
        Self { rest: text, page: true }
    }

    pub(super) fn document(text: &'a str) -> Self {
        Self { rest: text, page: false }
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let inside = &self.rest[1..];
        let end = tag_end(inside)?;
        let (tag, rest) = (&inside[..end], inside.get(end + 1..).unwrap_or_default());
        self.rest = rest;
        if let Some(name) = tag.strip_prefix('/') {
            let end = name.find(|c: char| c.is_ascii_whitespace()).unwrap_or(name.len());
            return Some(Token::End(&name[..end]));
        }
        let closes = tag.ends_with('/');
        let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(end);
        if self.page
            && ["script", "style", "textarea", "noscript"].iter().any(|raw| name.eq_ignore_ascii_case(raw))
            && !closes
        {
            self.pass_over(name);
        }
        Some(Token::Start(Tag { name, attributes }, closes))
    }

    /// Goes on behind the end of an element whose content is no markup.
    fn pass_over(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let closes = |at: usize| {
            bytes.get(at + 2..at + 2 + name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        let mut at = 0;
        while let Some(found) = self.rest[at..].find("</") {
            at += found;
            if closes(at) {
                self.rest = &self.rest[at..];
                return;
            }
            at += 2;
        }
        self.rest = "";
    }
}

/// Where a tag ends: a `>` within quotation marks is none, unless the marks do not close.
fn tag_end(inside: &str) -> Option<usize> {
    const LONGEST: usize = 64 * 1024;
    let mut quote: Option<u8> = None;
    let mut value = false;
    for (at, byte) in inside.bytes().enumerate().take(LONGEST) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            // What begins anew was no tag.
            (None, b'<') => return None,
            (None, b'"' | b'\'') if value => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        // A mark opens right behind a `=` alone.
        value = byte == b'=' || (value && byte.is_ascii_whitespace());
    }
    inside
        .bytes()
        .take(LONGEST)
        .position(|byte| matches!(byte, b'>' | b'<'))
        .filter(|at| inside.as_bytes()[*at] == b'>')
}

impl<'a> Iterator for Markup<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(after) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            };
            if let Some(comment) = after.strip_prefix("!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            } else if let Some(data) = after.strip_prefix("![CDATA[").filter(|_| !self.page) {
                let (text, rest) = data.split_once("]]>").unwrap_or((data, ""));
                self.rest = rest;
                return Some(Token::Text(text));
            } else if after.starts_with(['!', '?']) {
                self.rest = after.split_once('>').map_or("", |(_, rest)| rest);
            } else if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
                && let Some(token) = self.tag()
            {
                return Some(token);
            } else {
                // A `<` that begins nothing is one.
                let end = after.find('<').map_or(self.rest.len(), |at| at + 1);
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            }
        }
    }
}

/// A text as it is meant.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).unwrap_or(rest.len());
        match entity(&rest[..end]) {
            Some(c) => {
                out.push(c);
                rest = rest[end..].strip_prefix(';').unwrap_or(&rest[end..]);
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "mdash" => '—',
        "ndash" => '–',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "laquo" => '«',
        "raquo" => '»',
        "hellip" => '…',
        "middot" => '·',
        "bull" => '•',
        "times" => '×',
        "divide" => '÷',
        "deg" => '°',
        "copy" => '©',
        "reg" => '®',
        "radic" => '√',
        "rarr" => '→',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_read_however_it_is_written() {
        let text = "<!DOCTYPE html><TABLE border=1><tr><td title='a>b' ColSpan=\"2\">甲&amp;乙 < 丙<br/></td><script>if (a<b) '</td>'</script><!-- <td> --></tr>";
        let found: Vec<String> = Markup::page(text)
            .map(|token| match token {
                Token::Start(tag, closes) => format!("{}{}", tag.name, if closes { "/" } else { "" }),
                Token::End(name) => format!("/{name}"),
                Token::Text(text) => unescape(text),
            })
            .collect();
        assert_eq!(found, ["TABLE", "tr", "td", "甲&乙 ", "< 丙", "br/", "/td", "script", "/script", "/tr"]);
        let tag =
            Tag { name: "td", attributes: " title='a>b' = ColSpan=\"2\" rowspan=3px hidden style = 'display: none'" };
        assert_eq!((tag.number("colspan"), tag.number("rowspan")), (Some(2), Some(3)));
        assert_eq!((tag.raw("hidden"), tag.raw("style"), tag.raw("id")), (Some(""), Some("display: none"), None));
        assert_eq!(unescape("&lt;&#20013;&#x4E2D&nbsp;A&B&zzz;&"), "<中中 A&B&zzz;&");
    }
}
