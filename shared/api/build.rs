//! Compiles proto/ without a system protoc: protox makes the descriptor set, tonic's generator the Rust code.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    proto_files(&root, &mut files)?;
    files.sort();
    let set = protox::compile(&files, [&root])?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("descriptors.bin"), set.encode_to_vec())?;
    // Names let any message be told by its descriptor, for JSON.
    let mut config = prost_build::Config::new();
    config.enable_type_names();
    tonic_prost_build::configure().codec_path("crate::Codec").compile_fds_with_config(set, config)?;
    Ok(())
}

fn proto_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            proto_files(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
