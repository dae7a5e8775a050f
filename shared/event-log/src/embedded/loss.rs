//! What was done to the files of an open log, in the operator's words.

use std::fmt;
use std::io;
use std::path::Path;

use rustix::io::Errno;

/// Why what is written would not be found at a new start: a sentence that names the file, and what is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loss(String);

impl Loss {
    fn of(path: &Path, zh: &str, en: &str) -> Self {
        let path = path.display();
        Self(format!(
            "服务运行时,日志的 {path} {zh},不再登记。放回原样即自行恢复;否则停止服务,从备份放回日志后再启动 / {path} of the log {en} while the \
             service runs, and nothing more is recorded. Put it back as it was, and the service goes on by itself; or stop the service, \
             put the log back from a backup, and start it"
        ))
    }

    pub(super) fn taken(path: &Path) -> Self {
        Self::of(path, "被移走", "was taken away")
    }

    pub(super) fn replaced(path: &Path) -> Self {
        Self::of(path, "被另一个替换", "was replaced by another")
    }

    pub(super) fn cut(path: &Path) -> Self {
        Self::of(path, "被截短", "was cut off")
    }

    pub(super) fn overwritten(path: &Path) -> Self {
        Self::of(path, "被改写,已写入的不在其中", "was changed, and what was written is not in it")
    }

    pub(super) fn barred(path: &Path, error: Errno) -> Self {
        let path = path.display();
        Self(format!(
            "{path}:本进程无权读写日志的文件夹({error}),不再登记,请改其属主、权限或属性(chown、chmod、chattr) / this process may not read and write {path}, the \
             folder of the log ({error}), and nothing more is recorded: give it to the user that the service runs as (chown, chmod, chattr -i)"
        ))
    }

    pub(super) fn unread(path: &Path, error: &io::Error) -> Self {
        Self::of(path, &format!("不可读({error})"), &format!("cannot be read ({error})"))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
