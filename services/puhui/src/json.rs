//! Messages as JSON: one object a line, fields named as in the .proto files, enums by name, numbers as numbers.

use std::io::{self, Write};
use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use crate::client::Failure;

/// Descriptors of the messages this program knows.
static POOL: LazyLock<Result<DescriptorPool, String>> =
    LazyLock::new(|| DescriptorPool::decode(api::DESCRIPTORS).map_err(|error| error.to_string()));

fn options() -> SerializeOptions {
    SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false).skip_default_fields(false)
}

/// A message as one line of JSON.
pub(crate) fn line<M: Message + Name>(message: &M) -> Result<String, Failure> {
    let pool = POOL.as_ref().map_err(Failure::unavailable)?;
    let descriptor = pool.get_message_by_name(&M::full_name());
    let descriptor = descriptor.ok_or_else(|| Failure::unavailable(format!("{} has no descriptor", M::full_name())))?;
    let bytes = message.encode_to_vec();
    let message = DynamicMessage::decode(descriptor, bytes.as_slice());
    dynamic(&message.map_err(|error| Failure::unavailable(error.to_string()))?)
}

/// A message known only by its descriptor, as one line of JSON.
pub(crate) fn dynamic(message: &DynamicMessage) -> Result<String, Failure> {
    let mut out = serde_json::Serializer::new(Vec::new());
    message.serialize_with_options(&mut out, &options()).map_err(|error| Failure::unavailable(error.to_string()))?;
    String::from_utf8(out.into_inner()).map_err(|error| Failure::unavailable(error.to_string()))
}

/// Prints a message as one line.
pub(crate) fn print<M: Message + Name>(message: &M) -> Result<(), Failure> {
    say(&line(message)?)
}

/// Prints one line. Where the reader has seen enough (`puhui replay | head`) the program is to end, without an error and with all it
/// started.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{line}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::enough()),
        Err(error) => Err(error.into()),
    }
}
