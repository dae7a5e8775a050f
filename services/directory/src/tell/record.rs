//! One outlet's record in its encoded form. It is told, and encoded, where it is read: of a long one that takes as long as the reading, and the
//! threads that answer everybody are not for that.

use api::directory::v1;
use prost::Message as _;
use prost::bytes::Bytes;
use tonic::Status as Answer;

use super::page::malformed;

/// A [`v1::GetProviderResponse`] whose provider is encoded: both forms have one encoding.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Record {
    /// [`v1::Provider`], encoded.
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub(crate) provider: Option<Bytes>,
    /// As there.
    #[prost(uint64, tag = "2")]
    pub(crate) position: u64,
    /// As there.
    #[prost(string, tag = "3")]
    pub(crate) as_of: String,
    /// As there.
    #[prost(uint64, tag = "4")]
    pub(crate) as_of_position: u64,
    /// As there.
    #[prost(string, tag = "5")]
    pub(crate) known_on: String,
    /// As there.
    #[prost(uint64, tag = "20")]
    pub(crate) true_at_ms: u64,
    /// As there.
    #[prost(string, tag = "21")]
    pub(crate) digest: String,
    /// As there.
    #[prost(string, tag = "22")]
    pub(crate) log_id: String,
}

impl Record {
    /// The record as the message that callers read.
    pub(crate) fn decoded(&self) -> Result<v1::GetProviderResponse, Answer> {
        v1::GetProviderResponse::decode(self.encode_to_vec().as_slice()).map_err(|error| malformed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_record_have_one_encoding() {
        let provider = v1::Provider { provider_id: "甲".to_owned(), revision: 7, ..v1::Provider::default() };
        let answer = v1::GetProviderResponse {
            provider: Some(provider.clone()),
            position: 7,
            as_of: "2026-01-02".to_owned(),
            as_of_position: 6,
            known_on: "2026-01-01".to_owned(),
            true_at_ms: 1 << 40,
            digest: "abc".to_owned(),
            log_id: "def".to_owned(),
        };
        for answer in [answer.clone(), v1::GetProviderResponse { provider: None, ..answer }] {
            let record = Record::decode(answer.encode_to_vec().as_slice()).unwrap();
            assert_eq!(record.provider, answer.provider.as_ref().map(|_| Bytes::from(provider.encode_to_vec())));
            assert_eq!(record.encode_to_vec(), answer.encode_to_vec());
            assert_eq!(record.decoded().unwrap(), answer);
        }
    }
}
