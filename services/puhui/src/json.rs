//! Messages as JSON: one object a line, fields named as in the .proto files, enums by name, numbers as numbers, also those of 64 bits.

use std::io::{self, Write};
use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::{Map, Value};

use crate::failure::{Failure, of_system};

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

/// A message in two parts: the fields of these names, and the others.
pub(crate) fn parted<M: Message + Name>(message: &M, names: &[&str]) -> Result<(Value, Value), Failure> {
    let fields: Map<String, Value> =
        serde_json::from_str(&line(message)?).map_err(|error| Failure::unavailable(error.to_string()))?;
    let (these, others): (Map<_, _>, Map<_, _>) =
        fields.into_iter().partition(|(name, _)| names.contains(&name.as_str()));
    Ok((Value::Object(these), Value::Object(others)))
}

/// What an answer says of itself: the message without its rows.
pub(crate) fn without<M: Message + Name>(message: &M, rows: &[&str]) -> Result<Value, Failure> {
    parted(message, rows).map(|(_, others)| others)
}

/// Prints one line. Where the reader has seen enough (`puhui replay | head`) the program is to end, without an error and with all it
/// started.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    put(&format!("{line}\n"))
}

/// Prints a text, as [`say`] prints a line.
pub(crate) fn put(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::enough()),
        // Whose disk is full is to be said: it is that of who asked, and not the server's.
        Err(error) => Err(of_system(
            "标准输出(在运行本命令的机器上)",
            "standard output, on the machine where this command runs",
            &error,
        )),
    }
}

/// Says something about what is printed. It goes to standard error, and whether anybody reads it there changes nothing.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
