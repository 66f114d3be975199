//! The key in a real keyring: gnome-keyring in a session of the test's own,
//! when `DUES_TEST_KEYRING=1`.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;

use crate::fake_stripe::{Fake, KEY};
use crate::shop::Shop;
use crate::surroundings::{exits, files_with, piped, shop_with};

const CHARGE: &str = "charge acme --invoice INV-1 --yes";

/// A session bus in the shop's folder, and the keyring on it.
struct Desktop {
    bus: Child,
    keyring: Child,
    address: String,
}

impl Desktop {
    /// Logs in for the first time, which makes the keyring and opens it.
    /// `None` where no keyring is to be tried, which is said on stderr.
    fn log_in(shop: &mut Shop) -> Option<Self> {
        if std::env::var_os("DUES_TEST_KEYRING").is_none_or(|on| on != "1") {
            eprintln!("skipped: DUES_TEST_KEYRING=1 asks a real gnome-keyring");
            return None;
        }
        let runtime = shop.path("run");
        fs::create_dir(&runtime).unwrap();
        fs::set_permissions(&runtime, Permissions::from_mode(0o700)).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim().to_owned();
        shop.put_around("DBUS_SESSION_BUS_ADDRESS", &address);
        let keyring = keyring(shop, &address, &["--unlock"]);
        Some(Self {
            bus,
            keyring,
            address,
        })
    }

    /// The next day, before anybody has logged in.
    fn lock(&mut self, shop: &Shop) {
        self.keyring.kill().unwrap();
        self.keyring.wait().unwrap();
        self.keyring = keyring(shop, &self.address, &[]);
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in [&mut self.keyring, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn keyring(shop: &Shop, address: &str, options: &[&str]) -> Child {
    let mut keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets"])
        .args(options)
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env("HOME", shop.path("desktop"))
        .env("XDG_DATA_HOME", shop.path("desktop"))
        .env("XDG_RUNTIME_DIR", shop.path("run"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The newline is the password of the keyring.
    let _ = writeln!(keyring.stdin.take().unwrap());
    let on_the_bus = || {
        Command::new("dbus-send")
            .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
            .args(["/", "org.freedesktop.DBus.GetNameOwner"])
            .arg("string:org.freedesktop.secrets")
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .output()
            .unwrap()
            .status
            .success()
    };
    while !on_the_bus() {
        thread::sleep(Duration::from_millis(50));
    }
    keyring
}

fn configured(fake: &Fake) -> Shop {
    shop_with(&format!("[gateway.stripe]\nendpoint = '{}'\n", fake.url()))
}

#[test]
fn a_key_in_the_keyring_charges_until_the_keyring_is_locked() {
    let fake = Fake::start();
    let mut shop = configured(&fake);
    let Some(mut desktop) = Desktop::log_in(&mut shop) else {
        return;
    };
    shop.make_book("--gateway stripe");

    let login = piped(&shop, "gateway login stripe", KEY);
    assert!(login.status.success(), "{login:?}");
    shop.add_acme("pm_Visa");
    exits(&shop, CHARGE, KEY, 0);
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));

    desktop.lock(&shop);
    let asked = fake.requests().len();
    let line = "charge acme --invoice INV-2 --yes";
    shop.refuses(line, "keyring_locked", 3);
    assert_snapshot!(exits(&shop, line, KEY, 3), @"
    $ dues charge acme --invoice INV-2 --yes
    error: the keyring is locked, or not set up yet; nothing was charged
    hint: Log in to the desktop and unlock its keyring. Where nobody logs in (cron, servers), use the `file` or `credential` source.
    [exit 3]
    ");
    drop(desktop);
    shop.refuses(line, "no_keyring", 3);
    assert_snapshot!(exits(&shop, line, KEY, 3), @"
    $ dues charge acme --invoice INV-2 --yes
    error: there is no keyring to reach; nothing was charged
    hint: Log in to the desktop and unlock its keyring. Where nobody logs in (cron, servers), use the `file` or `credential` source.
    [exit 3]
    ");

    assert_eq!(fake.requests().len(), asked);
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));
    assert!(files_with(&shop, KEY).is_empty());
    shop.must("check");
}

/// No bus, no keyring: found out before the key is asked for.
#[test]
fn without_a_keyring_nobody_is_asked_for_a_key() {
    let fake = Fake::start();
    let mut shop = configured(&fake);
    let bus = format!("unix:path={}", shop.path("none").display());
    shop.put_around("DBUS_SESSION_BUS_ADDRESS", bus);
    shop.make_book("--gateway stripe");

    let login = piped(&shop, "gateway login stripe", KEY);

    assert_snapshot!(shop.seen("gateway login stripe", &login), @"
    $ dues gateway login stripe
    error: there is no keyring to reach
    hint: Log in to the desktop and unlock its keyring. Where nobody logs in (cron, servers), use the `file` or `credential` source.
    [exit 3]
    ");
    shop.refuses("gateway login stripe", "no_keyring", 3);
    assert!(fake.requests().is_empty());
    assert!(files_with(&shop, KEY).is_empty());
}
