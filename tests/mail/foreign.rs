//! A mail server that knows nothing of us: aiosmtpd, with a certificate of a
//! CA of its own. It runs where `DUES_TEST_SMTP_PYTHON` names a Python that has it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// aiosmtpd in one of its moods; it stops with the test.
pub struct Foreign {
    server: Child,
    pub port: u16,
    folder: TempDir,
}

impl Foreign {
    /// `None` without a Python to run it, which is said on stderr.
    pub fn start(mood: &str) -> Option<Self> {
        let Some(python) = std::env::var_os("DUES_TEST_SMTP_PYTHON") else {
            eprintln!("skipped: DUES_TEST_SMTP_PYTHON names no Python with aiosmtpd");
            return None;
        };
        let folder = TempDir::new().unwrap();
        certificate(folder.path());
        let mut server = Command::new(python)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/mail/smtp_server.py"
            ))
            .arg(mood)
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        Some(Self {
            server,
            port: port.trim().parse().expect("the server says its port"),
            folder,
        })
    }

    /// Dies as by `kill -9`; what it kept stays.
    pub fn die(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The nth letter as Python's mail parser reads it.
    pub fn received(&self, n: u32) -> Value {
        let text = fs::read(self.file(&format!("received-{n}.json"))).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.die();
    }
}

/// Makes a CA and a certificate of it for 127.0.0.1.
fn certificate(folder: &Path) {
    let make = |arguments: &str| {
        let made = Command::new("openssl")
            .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(' '))
            .args(arguments.split(' '))
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
    };
    make("-keyout ca.key -out ca.pem -subj /CN=dues-test-ca");
    make(
        "-CA ca.pem -CAkey ca.key -keyout key.pem -out cert.pem -subj /CN=mail.test \
         -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=IP:127.0.0.1",
    );
}
