//! How messages travel: as `tonic_prost` has them, in buffers of the size most messages have.

use std::marker::PhantomData;

use prost::Message;
use tonic::Status;
use tonic::codec::{BufferSettings, Codec as Way, EncodeBuf};
use tonic_prost::{ProstCodec, ProstEncoder};

/// What a call's buffers begin with, in bytes; they grow where a message is longer. tonic begins with 8 KiB for each message that
/// comes and each that goes, most of it never written: thousands of calls under way then take fresh memory all the time.
const BUFFER_BYTES: usize = 512;
/// Bytes of a stream's messages that go together, as tonic has it.
const TOGETHER_BYTES: usize = 32 * 1024;

/// The codec of every call: `Out` goes out, `In` comes in.
#[derive(Debug)]
pub struct Codec<Out, In>(PhantomData<(Out, In)>);

impl<Out, In> Default for Codec<Out, In> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Out: Message + 'static, In: Message + Default + 'static> Way for Codec<Out, In> {
    type Encode = Out;
    type Decode = In;
    type Encoder = Encoder<Out>;
    type Decoder = <ProstCodec<Out, In> as Way>::Decoder;

    fn encoder(&mut self) -> Self::Encoder {
        Encoder(ProstEncoder::new(buffers()))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<Out, In>::raw_decoder(buffers())
    }
}

/// Makes room for a message before it is written: a page of a list would grow its buffer five times.
#[derive(Debug)]
pub struct Encoder<Out>(ProstEncoder<Out>);

impl<Out: Message> tonic::codec::Encoder for Encoder<Out> {
    type Item = Out;
    type Error = Status;

    fn encode(&mut self, message: Out, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(message.encoded_len());
        self.0.encode(message, buffer)
    }

    fn buffer_settings(&self) -> BufferSettings {
        buffers()
    }
}

fn buffers() -> BufferSettings {
    BufferSettings::new(BUFFER_BYTES, TOGETHER_BYTES)
}
