//! Pages of lists in their encoded form. A page is asked for more often than anything else, and to make a message with some three hundred
//! texts of its own only to write it takes longer than to find its rows: a card is written straight into the answer.

use std::ops::Range;

use api::directory::v1;
use domain::Day;
use prost::Message as _;
use prost::bytes::Bytes;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};
use tonic::{Code, Status as Answer};

/// Bytes that most providers of a page take at most.
const PROVIDER_BYTES_USUAL: usize = 384;

/// A [`v1::ListProvidersResponse`] whose providers are encoded: both forms have one encoding.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Page {
    /// [`v1::ProviderSummary`], each encoded.
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub providers: Vec<Bytes>,
    /// As there.
    #[prost(string, tag = "2")]
    pub next_page_token: String,
    /// As there.
    #[prost(uint64, tag = "3")]
    pub position: u64,
    /// As there.
    #[prost(string, tag = "4")]
    pub as_of: String,
    /// As there.
    #[prost(uint64, tag = "5")]
    pub as_of_position: u64,
    /// As there.
    #[prost(string, tag = "6")]
    pub known_on: String,
    /// As there.
    #[prost(bool, tag = "7")]
    pub each_page_at_its_own_position: bool,
    /// As there.
    #[prost(uint64, tag = "20")]
    pub true_at_ms: u64,
    /// As there.
    #[prost(string, tag = "21")]
    pub digest: String,
    /// As there.
    #[prost(string, tag = "22")]
    pub log_id: String,
}

impl Page {
    /// The page as the message that callers read.
    pub(crate) fn decoded(&self) -> Result<v1::ListProvidersResponse, Answer> {
        v1::ListProvidersResponse::decode(self.encode_to_vec().as_slice()).map_err(|error| malformed(&error))
    }
}

/// What a caller is told where the encoded form of an answer is not that of its message.
pub(super) fn malformed(error: &prost::DecodeError) -> Answer {
    tracing::error!(%error, "an encoded answer has another form than its message");
    let (zh, en) = ("答复编码有误", "the answer could not be put into its message");
    serve::status::reasoned(Code::Internal, "ANSWER_MALFORMED", zh, en)
}

/// Writes fields of messages one after another, as protobuf encodes them. What is empty, or 0, is left out.
#[derive(Debug, Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    /// With room for the providers of a page.
    pub(crate) fn of_page(providers: usize) -> Self {
        Self(Vec::with_capacity(providers * PROVIDER_BYTES_USUAL))
    }

    pub(crate) fn text(&mut self, tag: u32, text: &str) {
        if !text.is_empty() {
            encode_key(tag, WireType::LengthDelimited, &mut self.0);
            encode_varint(text.len() as u64, &mut self.0);
            self.0.extend_from_slice(text.as_bytes());
        }
    }

    /// The day with this number, as text.
    pub(crate) fn day(&mut self, tag: u32, number: Option<i32>) {
        if let Some(day) = number.and_then(|number| Day::from_number(number).ok()) {
            self.text(tag, &day.text());
        }
    }

    /// A number of type `int32`, or one of an enumeration.
    pub(crate) fn number(&mut self, tag: u32, number: i32) {
        if number != 0 {
            encode_key(tag, WireType::Varint, &mut self.0);
            // A negative number is widened with its sign.
            encode_varint(i64::from(number).cast_unsigned(), &mut self.0);
        }
    }

    /// A number that may be absent; 0 is written where it is there.
    pub(crate) fn optional(&mut self, tag: u32, number: Option<u32>) {
        if let Some(number) = number {
            encode_key(tag, WireType::Varint, &mut self.0);
            encode_varint(u64::from(number), &mut self.0);
        }
    }

    /// A message within this one.
    pub(crate) fn message(&mut self, tag: u32, write: impl FnOnce(&mut Self)) {
        encode_key(tag, WireType::LengthDelimited, &mut self.0);
        let place = self.whole(write);
        let length = place.len() as u64;
        encode_varint(length, &mut self.0);
        // The length stands before what it is the length of.
        self.0[place.start..].rotate_right(encoded_len_varint(length));
    }

    /// Where a message stands that is not within another.
    pub(crate) fn whole(&mut self, write: impl FnOnce(&mut Self)) -> Range<usize> {
        let start = self.0.len();
        write(self);
        start..self.0.len()
    }

    /// The messages that stand there.
    pub(crate) fn cut(self, places: impl Iterator<Item = Range<usize>>) -> Vec<Bytes> {
        let bytes = Bytes::from(self.0);
        places.map(|place| bytes.slice(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(providers: &[v1::ProviderSummary]) -> Vec<Bytes> {
        providers.iter().map(|provider| provider.encode_to_vec().into()).collect()
    }

    #[test]
    fn both_forms_of_a_page_have_one_encoding() {
        let provider = |name: &str| v1::ProviderSummary { name: name.to_owned(), ..Default::default() };
        let page = v1::ListProvidersResponse {
            providers: vec![provider("甲"), provider(""), provider(&"丙".repeat(100))],
            next_page_token: "token".to_owned(),
            position: 7,
            as_of: "2026-01-02".to_owned(),
            as_of_position: 6,
            known_on: "2026-01-01".to_owned(),
            each_page_at_its_own_position: true,
            true_at_ms: 1 << 40,
            digest: "abc".to_owned(),
            log_id: "def".to_owned(),
        };
        let other = Page::decode(page.encode_to_vec().as_slice()).unwrap();
        assert_eq!(other.providers, encoded(&page.providers));
        assert_eq!(other.encode_to_vec(), page.encode_to_vec());
        assert_eq!(other.decoded().unwrap(), page);
    }

    #[test]
    fn a_message_within_another_may_be_long() {
        for length in [0, 1, 127, 128, 129, 20_000] {
            let mut encoder = Encoder::default();
            let text = "a".repeat(length);
            let place = encoder.whole(|encoder| {
                encoder.text(1, "id");
                encoder.message(10, |encoder| {
                    encoder.text(1, &text);
                    encoder.number(3, -1);
                });
                encoder.text(8, "110");
            });
            let bytes = encoder.cut(std::iter::once(place));
            let told = v1::ProviderSummary::decode(bytes[0].clone()).unwrap();
            assert_eq!((told.certifications[0].category.len(), told.certifications[0].status), (length, -1));
            assert_eq!((told.provider_id.as_str(), told.phone.as_str()), ("id", "110"));
        }
    }
}
