//! A file that is the user's own, or the system's, and no other's to write.
//!
//! It is looked at through the handle that it is read by, so that what was
//! looked at is what is read.

use std::path::Path;

use crate::problem::{Problem, Result};

/// A configuration is small; what is longer is something else.
const MOST_BYTES: u64 = 1 << 20;

/// The text of the file, if it is one, and ours. A pipe is not waited for.
pub(super) fn text_of(path: &Path) -> std::io::Result<Result<String>> {
    use std::io::Read;
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    if let Err(problem) = refuse_if_not_ours(path, &file.metadata()?) {
        return Ok(Err(problem));
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(Ok(text))
}

fn refuse_if_not_ours(path: &Path, meta: &std::fs::Metadata) -> Result<()> {
    let shown = path.display();
    if !meta.is_file() {
        return Err(
            Problem::setup("config_not_a_file", format!("{shown} is not a file"))
                .hint("Name a file with `--config FILE`."),
        );
    }
    if meta.len() > MOST_BYTES {
        return Err(Problem::setup(
            "config_unreadable",
            format!("{shown} is too long for a configuration"),
        )
        .hint("Name the right file with `--config FILE`."));
    }
    refuse_if_others_can_write(path, meta)
}

#[cfg(unix)]
fn refuse_if_others_can_write(path: &Path, meta: &std::fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let shown = path.display();
    let refused = |fact: String, hint: String| {
        let hint = format!("It can name programs to run; {hint}.");
        Err(Problem::setup("config_not_yours", fact).hint(hint))
    };
    if meta.mode() & 0o022 != 0 {
        return refused(
            format!("others can write to the configuration {shown}"),
            format!("close it with `chmod 600 {shown}`"),
        );
    }
    let ours = rustix::process::geteuid().as_raw();
    if meta.uid() != ours && meta.uid() != 0 {
        return refused(
            format!("the configuration {shown} belongs to another user"),
            "make a copy of your own, and name that with `--config FILE`".to_owned(),
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_others_can_write(_: &Path, _: &std::fs::Metadata) -> Result<()> {
    Ok(())
}
