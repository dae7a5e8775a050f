//! The code generated from proto/, the codec it goes through, and what its values are called in front of people. The .proto files
//! are the documentation.

mod codec;
pub mod fields;
pub mod words;

pub use codec::Codec;

/// The compiled descriptor set of every file in proto/, for reflection and generic clients.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

macro_rules! packages {
    ($($name:ident $package:literal),* $(,)?) => {$(
        #[doc = $package]
        pub mod $name {
            #[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated code")]
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    )*};
}

packages! {
    audit "puhui.audit.v1",
    certification "puhui.certification.v1",
    directory "puhui.directory.v1",
    health "puhui.health.v1",
    pledge "puhui.pledge.v1",
    registry "puhui.registry.v1",
    rules "puhui.rules.v1",
    signage "puhui.signage.v1",
}
