//! The process itself: private files, no core dumps, no death by a full disk,
//! and a last word when it is told to stop.

#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::AtomicBool;

/// Keeps what the process knows to itself: files are made for their owner
/// only, and a crash writes no memory to the disk. A file that may not grow is
/// an error of the write, and no death in the middle of it.
pub fn harden() {
    #[cfg(unix)]
    {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        let none = rustix::process::Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
        // Whoever listens to a signal does not die of it.
        let heard = Arc::new(AtomicBool::new(false));
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, heard);
    }
}

/// That somebody wants the process to stop: by Ctrl-C, by closing its terminal
/// or by ending the session.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    signal: i32,
}

#[expect(
    clippy::disallowed_methods,
    reason = "who is stopped does not come back to main"
)]
impl Stop {
    /// Ends the process with this exit code.
    pub fn with_code(self, code: u8) -> ! {
        std::process::exit(i32::from(code))
    }

    /// Ends the process as if nobody had listened, so that a shell's loop
    /// around it stops as well.
    pub fn as_asked(self) -> ! {
        #[cfg(unix)]
        let _ = signal_hook::low_level::emulate_default_handler(self.signal);
        std::process::exit(128 + self.signal)
    }
}

/// Has the last word said when somebody wants the process to stop.
pub fn on_stop(last_word: impl FnOnce(Stop) + Send + 'static) {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

        let wanted = [SIGHUP, SIGINT, SIGTERM]
            .into_iter()
            // `nohup` and a shell's `&` asked for those not to be heard.
            .filter(|signal| !is_ignored(*signal));
        let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else {
            return;
        };
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let stop = Stop { signal };
                last_word(stop);
                stop.as_asked();
            }
        });
    }
    #[cfg(not(unix))]
    drop(last_word);
}

/// Whether the process was started deaf to this signal. Where nobody can tell
/// it was not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Waits for the end of a process that is being stopped: it has its last word
/// in another thread.
pub fn await_the_end() {
    std::thread::sleep(std::time::Duration::from_secs(20));
}
