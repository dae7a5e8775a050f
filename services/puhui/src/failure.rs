//! Why a command did not do what it was asked: what is said of it, in Chinese and English, and with which code the program ends. What a
//! server, the log, the rows or the system say no with is told here, the same for every command.

use std::fmt;
use std::io;
use std::path::Path;

use directory::{CarryError, DumpError, OpenError, ReadError};
use event_log::LogError;
use rustix::io::Errno;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Refused or not found.
    No,
    /// The words of the command line, or a file named there.
    Usage,
    /// Unavailable, or the outcome is unknown.
    Away,
    /// Nobody reads the answers any more, as in `puhui replay | head`.
    Enough,
}

impl Failure {
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { kind: Kind::No, message: message.into() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into() }
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self { kind: Kind::Away, message: message.into() }
    }

    /// Whoever read the output has seen enough: an end, and not an error.
    pub(crate) fn enough() -> Self {
        Self { kind: Kind::Enough, message: String::new() }
    }

    /// The same, with what to do about it.
    pub(crate) fn and(mut self, advice: &str) -> Self {
        self.message = format!("{};{advice}", self.message);
        self
    }

    /// The whole sentence for people, in Chinese and English: what a library says in English alone comes behind what that means here.
    pub(crate) fn told(&self) -> String {
        let zh = match self.kind {
            Kind::Enough => "",
            Kind::No => "未能照办",
            Kind::Usage => "命令行或所指的文件有误",
            Kind::Away => "暂不能完成,可稍后再试",
        };
        in_both(zh, self.message.clone())
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Enough => 0,
            Kind::No => 1,
            Kind::Usage => 2,
            Kind::Away => 3,
        }
    }
}

/// Whether a sentence has a Chinese half.
fn is_in_chinese(said: &str) -> bool {
    said.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// A sentence with this Chinese half before it, where it has none.
fn in_both(zh: &str, said: String) -> String {
    if is_in_chinese(&said) { said } else { format!("{zh} / {said}") }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let reason = status.get_details_error_info().map(|info| format!("{}: ", info.reason));
        let message = match reason {
            Some(reason) => format!("{reason}{}", status.message()),
            // Every word of a server has a reason: this is what a broken connection leaves.
            None if std::error::Error::source(&status).is_some() => {
                format!("连接中断 / the connection broke: {}", status.message())
            }
            None => in_both(zh_of(status.code()), status.message().to_owned()),
        };
        // Whoever may try again later is told when.
        let waiting_helps = status.get_details_retry_info().is_some();
        match status.code() {
            Code::FailedPrecondition
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::Unauthenticated
            // What cannot be read now will not be read later.
            | Code::DataLoss => Self::refused(message),
            // REVISION_MISMATCH and COMMIT_TOO_LARGE stay so however long one waits; CONTENDED and BUSY do not.
            Code::Aborted | Code::ResourceExhausted if !waiting_helps => Self::refused(message),
            Code::InvalidArgument | Code::OutOfRange | Code::Unimplemented => Self::usage(message),
            _ => Self::unavailable(message),
        }
    }
}

/// What a status says in Chinese that carries no word of ours: one that a client or a library made.
fn zh_of(code: Code) -> &'static str {
    match code {
        Code::NotFound => "没有所问的内容",
        Code::InvalidArgument | Code::OutOfRange => "请求有误,或消息过大",
        Code::Unimplemented => "该服务器没有此方法",
        Code::DeadlineExceeded => "限时已到,没有答复",
        Code::Unavailable => "服务器暂不可用",
        Code::Cancelled | Code::Unknown => "结果不明",
        Code::FailedPrecondition | Code::Aborted | Code::AlreadyExists => "未被接受",
        Code::PermissionDenied | Code::Unauthenticated => "无权",
        Code::ResourceExhausted => "超过限额",
        Code::Internal | Code::DataLoss | Code::Ok => "答复无法读取",
    }
}

/// What goes before the words of a log error that has only English ones.
fn zh_of_log(error: &LogError) -> &'static str {
    match error {
        LogError::Unavailable(_) => "日志暂不可用",
        LogError::Undecodable { .. } => "日志中有一条无法读取",
        LogError::Misplaced { .. } => "日志中有一条不可采信",
        LogError::Gap { .. } => "日志不连续",
        LogError::Unsafe(_) => "日志的存放方式会丢失记录",
        LogError::Damaged(_) => "日志已损坏",
        LogError::Missing(_) => "没有日志",
        LogError::Exists(_) => "已有日志",
        LogError::Shorter(_) | LogError::NotOpened(_) | LogError::OpenedAsAnother { .. } => "日志与所知的不同",
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        let said = in_both(zh_of_log(&error), error.to_string());
        match error {
            LogError::Unsafe(_)
            | LogError::Shorter(_)
            | LogError::Missing(_)
            | LogError::Exists(_)
            | LogError::NotOpened(_)
            | LogError::OpenedAsAnother { .. } => Self::usage(said),
            LogError::Undecodable { .. } | LogError::Misplaced { .. } | LogError::Gap { .. } | LogError::Damaged(_) => {
                Self::refused(said)
            }
            LogError::Unavailable(_) => Self::unavailable(said),
        }
    }
}

/// Whether waiting may mend it: a disk that is full, away or failing, a want of descriptors or memory, or somebody else who has it.
pub(crate) fn may_pass(error: &io::Error) -> bool {
    let of_the_moment = [
        Errno::NOSPC,
        Errno::DQUOT,
        Errno::IO,
        Errno::MFILE,
        Errno::NFILE,
        Errno::NOMEM,
        Errno::AGAIN,
        Errno::INTR,
        Errno::BUSY,
        Errno::TIMEDOUT,
        Errno::STALE,
        Errno::HOSTDOWN,
        Errno::NOTCONN,
    ];
    error.kind() == io::ErrorKind::WouldBlock
        || error.kind() == io::ErrorKind::StorageFull
        || error.raw_os_error().is_some_and(|number| of_the_moment.contains(&Errno::from_raw_os_error(number)))
}

/// The system's error in Chinese.
fn zh_of_system(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "没有此文件或文件夹",
        io::ErrorKind::PermissionDenied => "无权",
        io::ErrorKind::AlreadyExists => "已有此文件",
        io::ErrorKind::StorageFull => "所在磁盘已满",
        io::ErrorKind::QuotaExceeded => "磁盘配额已用尽",
        io::ErrorKind::FileTooLarge => "超过文件限长",
        io::ErrorKind::ReadOnlyFilesystem => "所在磁盘只读",
        io::ErrorKind::NotADirectory => "不是文件夹",
        io::ErrorKind::IsADirectory => "是文件夹",
        io::ErrorKind::WouldBlock => "正由另一进程使用",
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => "内容无法读取",
        _ => "系统报错",
    }
}

/// The system says no to something of the machine on which the command runs, named `zh` and `en`: a path is both.
pub(crate) fn of_system(zh: impl fmt::Display, en: impl fmt::Display, error: &io::Error) -> Failure {
    let said = format!("{zh}:{} / {en}: {error}", zh_of_system(error));
    if may_pass(error) { Failure::unavailable(said) } else { Failure::usage(said) }
}

/// [`of_system`], of a file or a folder.
pub(crate) fn of_path(path: &Path) -> impl FnOnce(io::Error) -> Failure + '_ {
    move |error| of_system(path.display(), path.display(), &error)
}

/// Something of this machine that is not named. Whoever knows which file it was says so.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let said =
            format!("本命令所在的机器:{} / on the machine where this command runs: {error}", zh_of_system(&error));
        Self::unavailable(said)
    }
}

/// The one rule for rows that cannot be opened, of whichever command: what another process uses is free once that ends.
impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::InUse(folder) => Self::unavailable(format!(
                "{0}:目录数据正由另一进程使用,请先停止它 / {0}: the rows are in use by another process: stop that first",
                folder.display()
            )),
            OpenError::Folder(error) => {
                of_system("目录数据所在的文件夹", "the folder of the rows cannot be used", &error)
            }
            OpenError::None(folder) => {
                Self::usage(format!("{0}:没有目录数据 / there are no rows in {0}", folder.display()))
            }
            OpenError::Damaged(why) => Self::refused(format!("目录数据已损坏 / the rows are damaged: {why}")),
            OpenError::Store(why) => {
                Self::unavailable(format!("目录数据暂不能打开 / the rows cannot be opened now: {why}"))
            }
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let said = format!("目录数据无法读写 / the rows cannot be read or written: {error}");
        if error.passes() { Self::unavailable(said) } else { Self::refused(said) }
    }
}

impl From<DumpError> for Failure {
    fn from(error: DumpError) -> Self {
        match error {
            DumpError::Open(error) => error.into(),
            DumpError::Read(error) => error.into(),
            DumpError::Ended => Self::unavailable("提前结束,未打印完 / ended before all rows were told"),
        }
    }
}

/// Why a snapshot in `file` was not written or taken.
pub(crate) fn of_snapshot(file: &Path) -> impl FnOnce(CarryError) -> Failure + '_ {
    let shown = file.display();
    move |error| match error {
        CarryError::File(error) => of_path(file)(error),
        CarryError::Open(error) => error.into(),
        CarryError::Rows(error) => error.into(),
        CarryError::Damaged(_) => Failure::refused(format!("{shown}:不是完整的快照 / {error}")),
        CarryError::Other { .. } => Failure::refused(format!("{shown}:不是本版本目录的快照 / {error}")),
        CarryError::Occupied(position) => Failure::refused(format!(
            "此处已有目录数据,至第{position}条 / there are rows already, up to position {position}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use tonic_types::{ErrorDetails, RetryInfo};

    use super::*;

    fn code(code: Code, waiting_helps: bool) -> u8 {
        let mut details = ErrorDetails::with_error_info("REASON", "puhui", HashMap::new());
        if waiting_helps {
            details.set_retry_info(Some(Duration::from_millis(200)));
        }
        assert_eq!(details.retry_info().is_some_and(|info: &RetryInfo| info.retry_delay.is_some()), waiting_helps);
        Failure::from(Status::with_error_details(code, "an error", details)).exit_code()
    }

    #[test]
    fn three_is_for_what_waiting_may_mend_or_what_is_unknown() {
        for refused in
            [Code::FailedPrecondition, Code::NotFound, Code::Aborted, Code::ResourceExhausted, Code::DataLoss]
        {
            assert_eq!(code(refused, false), 1, "{refused:?}");
        }
        for wrong in [Code::InvalidArgument, Code::OutOfRange, Code::Unimplemented] {
            assert_eq!(code(wrong, false), 2, "{wrong:?}");
        }
        for again in [Code::Aborted, Code::ResourceExhausted, Code::Unavailable] {
            assert_eq!(code(again, true), 3, "{again:?}");
        }
        for unknown in [Code::Unknown, Code::DeadlineExceeded, Code::Cancelled] {
            assert_eq!(code(unknown, false), 3, "{unknown:?}");
        }
    }

    #[test]
    fn what_no_restart_mends_are_codes_of_the_program_in_the_unit() {
        let unit = include_str!("../../../deploy/systemd/puhui.service");
        let codes = (Failure::refused("").exit_code(), Failure::usage("").exit_code());
        let wanted = format!("RestartPreventExitStatus={} {}", codes.0, codes.1);
        assert!(unit.lines().any(|line| line == wanted), "the unit has no line {wanted}");
        assert_eq!(unit.matches("RestartPreventExitStatus=").count(), 1);
    }

    #[test]
    fn what_another_process_uses_is_free_once_that_ends() {
        let folder = Path::new("data/directory");
        let rows: Failure = OpenError::InUse(folder.to_owned()).into();
        let carried = of_snapshot(Path::new("s"))(CarryError::Open(OpenError::InUse(folder.to_owned())));
        let file = of_snapshot(Path::new("s"))(CarryError::File(io::ErrorKind::WouldBlock.into()));
        let log: Failure = LogError::Unavailable("open elsewhere".to_owned()).into();
        for failure in [&rows, &carried, &file, &log] {
            assert_eq!(failure.exit_code(), 3, "{failure}");
            assert!(is_in_chinese(&failure.to_string()), "{failure}");
        }
    }

    #[test]
    fn every_failure_has_a_chinese_half_and_what_the_library_said() {
        for failure in [Failure::refused("no"), Failure::usage("no"), Failure::unavailable("no")] {
            assert!(is_in_chinese(&failure.told()) && failure.told().ends_with(" / no"), "{}", failure.told());
        }
        let full = io::Error::from_raw_os_error(Errno::NOSPC.raw_os_error());
        let told = of_system("标准输出", "standard output", &full);
        assert_eq!(told.exit_code(), 3);
        assert!(told.to_string().starts_with("标准输出:所在磁盘已满 / standard output: "), "{told}");
        let none = of_path(Path::new("nowhere"))(io::ErrorKind::NotFound.into());
        assert_eq!(none.exit_code(), 2);
    }
}
