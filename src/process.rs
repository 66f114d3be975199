//! The process itself: private files, no core dumps, and no death by a full disk.

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
