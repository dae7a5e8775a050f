//! XML read piece by piece, no piece longer than is good for it.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::ListError;

/// Longest piece: a tag with its attributes, or a text. It is held in memory as a whole.
const PIECE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A reader that gives no more than so much at a time.
struct Measured<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Read for Measured<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Measured<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a piece of XML is too long"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, many: usize) {
        self.left = self.left.saturating_sub(many);
        self.inner.consume(many);
    }
}

/// What comes next.
pub(super) enum Piece<'a> {
    /// An element begins. One without content ends at once: its end comes next.
    Start(Tag<'a>),
    /// An element ends.
    End(Cow<'a, str>),
    /// A text, as it is meant.
    Text(Cow<'a, str>),
    /// A comment and the like.
    Aside,
}

/// An element's name and its attributes.
pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
}

impl Tag<'_> {
    /// The name, without its prefix.
    pub(super) fn name(&self) -> &str {
        local(self.start.name().0)
    }

    /// An attribute by its name without its prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        let found = attributes.flatten().find(|attribute| local(attribute.key.0) == name)?;
        let value = found.normalized_value(XmlVersion::Implicit1_0);
        Some(value.map_or_else(|_| found.value.to_string(), Cow::into_owned))
    }

    /// A number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.get(name)?.trim().parse().ok()
    }

    /// Whether an attribute says yes.
    pub(super) fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value.trim(), "1" | "true" | "on"))
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The XML of one part.
pub(super) struct Xml<R: BufRead> {
    reader: Reader<Measured<R>>,
    buffer: Vec<u8>,
    /// The element that ends next, where it has no content.
    ends: Option<String>,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(inner: R) -> Self {
        let mut reader = Reader::from_reader(Measured { inner, left: PIECE_BYTES_MAX });
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self { reader, buffer: Vec::new(), ends: None }
    }

    /// What comes next; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'_>>, ListError> {
        if let Some(name) = self.ends.take() {
            return Ok(Some(Piece::End(name.into())));
        }
        self.buffer.clear();
        self.reader.get_mut().left = PIECE_BYTES_MAX;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|e| ListError::Workbook(e.to_string()))?;
        Ok(Some(match event {
            Event::Eof => return Ok(None),
            Event::Start(start) => Piece::Start(Tag { start }),
            Event::Empty(start) => {
                self.ends = Some(local(start.name().0).to_owned());
                Piece::Start(Tag { start })
            }
            Event::End(end) => Piece::End(local(end.name().0).to_owned().into()),
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(reference) => Piece::Text(match reference.resolve_char_ref() {
                Ok(Some(c)) => c.to_string().into(),
                _ => entity(&reference.xml10_content()).into(),
            }),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Piece::Aside,
        }))
    }
}

/// What an entity stands for; others than XML's own are not resolved, whatever the document says of them.
fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}
