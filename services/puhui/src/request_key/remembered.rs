//! Under which key the requests of a log were digested last, as far as a data folder knows: another key in its place, put there while the
//! service was stopped, knows none of the earlier requests again, and is not gone by in silence.
//!
//! `request-key-known` holds the log's id and the key's fingerprint, which says nothing of the key. Each data folder knows for itself; so
//! several services that share one key need nothing of one another.

use std::io;
use std::path::Path;

use event_log::{LogId, write_whole};
use serve::RequestKey;

use crate::data::REQUEST_KEY_KNOWN;
use crate::failure::{Failure, of_path};
use crate::named_file;

/// Longest file that may be one, in bytes.
const FILE_BYTES_MAX: usize = 256;

/// What a data folder knows of the key of a log.
#[derive(Debug, PartialEq, Eq)]
enum Remembered {
    /// Requests of this log were digested under the key with this fingerprint, which is called so.
    Key { log: String, name: String, fingerprint: String },
    /// Something that is no such line: a file is put down whole, so that somebody has been at it.
    Unreadable,
    /// Nothing.
    Nothing,
}

/// Holds the key in `path` against what `data` knows of `log`, which has `recorded` something or nothing yet; and has it known from then on.
/// `accepted` is the name of another key that is meant.
pub(super) fn held(
    data: &Path,
    (log, recorded): (LogId, bool),
    (path, key): (&Path, &RequestKey),
    accepted: Option<&str>,
) -> Result<(), Failure> {
    let (known_in, name) = (data.join(REQUEST_KEY_KNOWN), key.name());
    if let Some(accepted) = accepted.filter(|accepted| *accepted != name) {
        return Err(Failure::usage(format!(
            "--accept-request-key {accepted}:{0} 里的是 {name} / {0} holds the request key {name}: leave --accept-request-key away, or put the \
             key there that is meant",
            path.display()
        )));
    }
    match read(&known_in)? {
        Remembered::Key { log: of, fingerprint, .. } if of == log.to_string() && fingerprint == key.fingerprint() => {
            return Ok(());
        }
        Remembered::Key { log: of, name: before, .. } if of == log.to_string() && recorded && accepted.is_none() => {
            return Err(Failure::usage(format!(
                "{0} 里的请求密钥是 {name},而 {1} 记得此前用的是 {before}。请放回原来的;确要换的,以 --accept-request-key {name} 启动,此前登记的请求 \
                 即不再凭编号识别(REQUEST_KEY_DIFFERS) / {0} holds the request key {name}, and {1} says that requests were digested under {before} \
                 until now. Put that one back; where the other is meant, start with --accept-request-key {name}: requests recorded before are \
                 then not known again by their ids (REQUEST_KEY_DIFFERS)",
                path.display(),
                known_in.display()
            )));
        }
        Remembered::Key { log: of, name: before, .. } if of == log.to_string() && recorded => {
            tracing::warn!(
                before,
                now = name,
                "another request key is accepted: earlier requests are not known again by their ids"
            );
        }
        Remembered::Unreadable if recorded && accepted.is_none() => {
            return Err(Failure::usage(format!(
                "{1} 无法辨认,不知此前用的是哪个请求密钥。{0} 里的是 {name}:确是原来的(或确要换的),以 --accept-request-key {name} 启动 / {1} cannot be \
                 read: it is not known under which request key requests were digested until now. {0} holds {name}: where that is the one, or another \
                 is meant, start with --accept-request-key {name}",
                path.display(),
                known_in.display()
            )));
        }
        Remembered::Key { .. } | Remembered::Unreadable | Remembered::Nothing => {}
    }
    let written = write_whole(&known_in, format!("{log} {name} {}\n", key.fingerprint()).as_bytes());
    written.map(drop).map_err(of_path(&known_in))
}

/// What the file says.
fn read(path: &Path) -> Result<Remembered, Failure> {
    let bytes = match named_file::read(path, FILE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Remembered::Nothing),
        // Too long, a folder or a pipe.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput && path.is_file() => Vec::new(),
        Err(error) => {
            return Err(of_path(path)(error).and(
                "请移走它,或改其属主与权限(chown、chmod) / take it away, or give it to the user that the service runs as (chown, chmod)",
            ));
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let words: Vec<&str> = text.split_whitespace().collect();
    let [log, name, fingerprint] = words[..] else {
        return Ok(Remembered::Unreadable);
    };
    Ok(Remembered::Key { log: log.to_owned(), name: name.to_owned(), fingerprint: fingerprint.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn another_key_is_gone_by_only_where_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (data, path) = (folder.path(), Path::new("request-key"));
        let (log, other_log) = (LogId::from_bytes([1; 16]), LogId::from_bytes([2; 16]));
        let (one, other) = (RequestKey::from_bytes(&[1; 32]), RequestKey::from_bytes(&[2; 32]));
        let hold = |log, recorded, key: &RequestKey, accepted: Option<&str>| {
            held(data, (log, recorded), (path, key), accepted).map_err(|failure| failure.to_string())
        };
        // Of what is not known any key is right, and it is known from then on; what was made before anything is recorded may change.
        hold(log, false, &other, None).unwrap();
        hold(log, false, &one, None).unwrap();
        hold(log, true, &one, None).unwrap();
        let written = fs::read_to_string(data.join(REQUEST_KEY_KNOWN)).unwrap();
        assert!(written.contains(&one.fingerprint()) && !written.contains(&"01".repeat(16)), "{written}");
        let refused = hold(log, true, &other, None).unwrap_err();
        assert!(
            refused.contains(&one.name()) && refused.contains(&other.name()) && refused.contains("放回"),
            "{refused}"
        );
        assert_eq!(
            fs::read_to_string(data.join(REQUEST_KEY_KNOWN)).unwrap(),
            written,
            "nothing is put down of one that is refused"
        );
        // The flag names the one that is meant, and no other.
        assert!(hold(log, true, &other, Some(&one.name())).is_err());
        hold(log, true, &other, Some(&other.name())).unwrap();
        hold(log, true, &other, Some(&other.name())).unwrap();
        hold(log, true, &other, None).unwrap();
        assert!(hold(log, true, &one, None).is_err());
        // Another log has another history.
        hold(other_log, true, &one, None).unwrap();
        for harmed in ["", "x", &"x".repeat(FILE_BYTES_MAX + 1)] {
            // Where nothing was recorded nothing can be known otherwise.
            fs::write(data.join(REQUEST_KEY_KNOWN), harmed).unwrap();
            hold(other_log, false, &one, None).unwrap();
            fs::write(data.join(REQUEST_KEY_KNOWN), harmed).unwrap();
            let refused = hold(other_log, true, &other, None).unwrap_err();
            assert!(refused.contains(&other.name()) && refused.contains("cannot be read"), "{refused}");
            hold(other_log, true, &one, Some(&one.name())).unwrap();
            hold(other_log, true, &one, None).unwrap();
        }
        fs::remove_file(data.join(REQUEST_KEY_KNOWN)).unwrap();
        fs::create_dir(data.join(REQUEST_KEY_KNOWN)).unwrap();
        assert!(hold(other_log, true, &one, None).unwrap_err().contains("take it away"));
    }
}
