//! One call of another program, and what to say when it goes wrong.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program with its arguments, ready to be started.
pub(crate) struct Tool {
    command: Command,
    /// The call as a person would type it, for messages.
    line: String,
}

impl Tool {
    /// A call of `program`, named in messages as it is called.
    pub(crate) fn new(program: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        // Nothing here asks anything of the user; a tool that tries to should fail, not wait.
        command.args(arguments).stdin(Stdio::null());
        Self { command, line: shown(&program.to_string_lossy(), arguments) }
    }

    /// Shows `name` in messages in place of the program's full path.
    pub(crate) fn named(mut self, name: &str) -> Self {
        let arguments: Vec<_> = self.command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
        self.line = shown(name, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        self
    }

    /// Starts the program in `folder`.
    pub(crate) fn at(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs the program to its end, with its output on the terminal.
    pub(crate) fn run(mut self) -> Result<(), String> {
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{}` ended with {status}", self.line)),
            Err(error) => Err(format!("`{}` cannot be started: {error}", self.line)),
        }
    }

    /// Runs the program unheard; true if it could be started and ended well.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    }

    /// Runs the program and hands back what it printed.
    pub(crate) fn output(mut self) -> Result<String, String> {
        match self.command.output() {
            Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Ok(output) => Err(format!("`{}` ended with {}", self.line, output.status)),
            Err(error) => Err(format!("`{}` cannot be started: {error}", self.line)),
        }
    }
}

fn shown(program: &str, arguments: &[&str]) -> String {
    [&[program], arguments].concat().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_the_call_as_it_would_be_typed() {
        let tool = Tool::new("/opt/toolchain/bin/cargo", &["fmt", "--check"]).named("cargo");
        assert_eq!(tool.line, "cargo fmt --check");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let reason = Tool::new("no-such-program", &["--version"]).run().unwrap_err();
        assert!(reason.starts_with("`no-such-program --version` cannot be started"), "{reason}");
        assert!(!Tool::new("no-such-program", &[]).succeeds());
    }
}
