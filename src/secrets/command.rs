//! Secrets that a command prints: `pass`, `op`, `secret-tool`, a script.
//!
//! The command is a list of words that no shell reads. It gets no input, no
//! environment that could carry a secret on, and ten seconds; what it says on
//! stderr is not shown, for nobody knows what it says there.

use std::env;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use crate::domain::outside::Said;
use crate::ports::{Secret, SecretStore};
use crate::problem::Problem;

use super::{MOST_BYTES, checked, quoted, secret, without_newline};

/// How long a command may take: a password manager may have to decrypt.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Asked {
    program: String,
    arguments: Vec<String>,
}

impl Asked {
    pub(super) fn new(program: String, arguments: Vec<String>) -> Self {
        Self { program, arguments }
    }

    fn words(&self, name: &str) -> Vec<String> {
        self.arguments
            .iter()
            .map(|argument| argument.replace("{name}", name))
            .collect()
    }

    /// The command as a person would type it.
    fn typed(&self, name: &str) -> String {
        let mut words = vec![quoted(&self.program)];
        words.extend(self.words(name).iter().map(|word| quoted(word)));
        words.join(" ")
    }

    fn refused(&self, name: &str, code: &'static str, fact: &str) -> Problem {
        Problem::setup(code, format!("{} {fact}", quoted(&self.program))).hint(format!(
            "Run it yourself to see why: `{}`. Its first line must be the secret.",
            self.typed(name)
        ))
    }

    fn read_only(&self, name: &str) -> Problem {
        Problem::setup(
            "secret_read_only",
            format!("dues only reads what {} prints", quoted(&self.program)),
        )
        .hint(format!(
            "Change it with the program that keeps it; dues reads it back with `{}`.",
            self.typed(name)
        ))
    }
}

impl SecretStore for Asked {
    fn read(&self, name: &str) -> Result<Secret, Problem> {
        let refused = |fact: &str| self.refused(name, "secret_unreachable", fact);
        let deadline = Instant::now() + PATIENCE;
        let mut child = Running(
            Command::new(&self.program)
                .args(self.words(checked(name)?))
                .env_clear()
                .envs(env::vars_os().filter(|(key, _)| passes_on(&key.to_string_lossy())))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .process_group(0)
                .spawn()
                .map_err(|error| {
                    refused(&format!("cannot be run: {}", Said::new(&error.to_string())))
                })?,
        );
        let stdout = child.0.stdout.take().expect("its stdout is piped");
        let (send, line) = mpsc::channel();
        thread::spawn(move || listen(stdout, &send));
        let line = line
            .recv_timeout(PATIENCE)
            .map_err(|_| refused("gave no answer within 10 s"))?
            .map_err(|error| {
                refused(&format!("was not heard: {}", Said::new(&error.to_string())))
            })?;
        let status = child
            .ended_by(deadline)
            .ok_or_else(|| refused("did not end within 10 s"))?;
        if !status.success() {
            return Err(refused(&format!("ended with {status}")));
        }
        secret(
            without_newline(line),
            &format!("the answer of {}", quoted(&self.program)),
        )
    }

    fn write(&self, name: &str, _: &Secret) -> Result<(), Problem> {
        Err(self.read_only(checked(name)?))
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        Err(self.read_only(checked(name)?))
    }
}

/// A command that does not outlive the question, nor does what it started.
struct Running(Child);

impl Running {
    fn ended_by(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once it is waited for, its number may be another's.
        if let Ok(None) = self.0.try_wait() {
            let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
            let _ = self.0.wait();
        }
    }
}

/// Sends the first line on as soon as it is whole, then hears the rest out,
/// so that a talkative command is not stopped by a full pipe.
fn listen(mut stdout: impl Read, line: &mpsc::Sender<io::Result<Zeroizing<Vec<u8>>>>) {
    let mut bytes = Zeroizing::new(vec![0; MOST_BYTES + 2]);
    let mut filled = 0;
    let heard = loop {
        match stdout.read(&mut bytes[filled..]) {
            Ok(0) => break Ok(()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
        if bytes[..filled].contains(&b'\n') || filled == bytes.len() {
            break Ok(());
        }
    };
    let end = bytes[..filled]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(filled, |at| at + 1);
    // Past a deadline nobody listens any more.
    let _ = line.send(heard.map(|()| Zeroizing::new(bytes[..end].to_vec())));
    let _ = io::copy(&mut stdout, &mut io::sink());
}

/// What a password manager needs to know about its user, and nothing else.
fn passes_on(key: &str) -> bool {
    matches!(key, "PATH" | "HOME" | "LANG" | "LANGUAGE")
        || ["XDG_", "DBUS_", "LC_"]
            .iter()
            .any(|prefix| key.starts_with(prefix))
}
