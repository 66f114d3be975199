//! Occurrences against an independent calendar: python-dateutil, with its own zones.
//!
//! It runs where `DUES_TEST_PYTHON` names a Python with `python-dateutil` and `tzdata`.

use std::io::Write;
use std::process::{Command, Stdio};

use dues::domain::cadence::{Cadence, Ending, Every, Unit, moment};
use jiff::ToSpan;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Both halves of the world, half and three-quarter hours, and a zone whose
/// clock goes by thirty minutes.
const ZONES: [&str; 10] = [
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/London",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
];

const COUNT: u32 = 40;

struct Case {
    from: Date,
    every: Every,
    zone: &'static str,
    at: Time,
}

/// Every step from every end of a month and from both sides of each change of
/// the clock, at hours that a change leaves out or doubles.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut days: Vec<Date> = vec![
        date(2026, 3, 7),
        date(2026, 3, 8),
        date(2026, 10, 25),
        date(2026, 11, 1),
        date(2027, 4, 3),
        date(2028, 2, 29),
    ];
    days.extend((0..14).map(|n: i32| {
        let month = date(2026, 12, 1).checked_add(n.months()).unwrap();
        month.last_of_month()
    }));
    days.extend([28, 29, 30].map(|day| date(2027, 1, day)));
    let steps = [
        (1, Unit::Day),
        (10, Unit::Day),
        (1, Unit::Week),
        (2, Unit::Week),
    ];
    let longer = [
        (1, Unit::Month),
        (2, Unit::Month),
        (3, Unit::Month),
        (1, Unit::Year),
    ];
    let hours = [(0, 0), (1, 30), (2, 0), (2, 30), (9, 0), (23, 59)];
    for (at, from) in days.iter().enumerate() {
        for (step, (n, unit)) in steps.into_iter().chain(longer).enumerate() {
            for zone in 0..ZONES.len() {
                let (hour, minute) = hours[(at + step + zone) % hours.len()];
                cases.push(Case {
                    from: *from,
                    every: Every { n, unit },
                    zone: ZONES[zone],
                    at: Time::new(hour, minute, 0, 0).unwrap(),
                });
            }
        }
    }
    cases
}

fn ours(case: &Case) -> Vec<String> {
    let cadence = Cadence::repeated(case.from, case.every, None, Ending::After(COUNT)).unwrap();
    let zone = TimeZone::get(case.zone).unwrap();
    cadence
        .from(case.from)
        .map(|on| moment(on, case.at, &zone).unwrap().to_string())
        .collect()
}

#[test]
fn every_occurrence_is_the_one_that_dateutil_computes() {
    let Some(python) = std::env::var_os("DUES_TEST_PYTHON") else {
        eprintln!("skipped: DUES_TEST_PYTHON names no Python with python-dateutil and tzdata");
        return;
    };
    let cases = cases();
    let asked: Vec<String> = cases
        .iter()
        .map(|case| {
            let line = json!({
                "from": case.from.to_string(), "n": case.every.n, "unit": case.every.unit.word(),
                "zone": case.zone, "at": [case.at.hour(), case.at.minute()], "count": COUNT,
            });
            line.to_string()
        })
        .collect();
    let mut child = Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/schedules/independent.py"
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all((asked.join("\n") + "\n").as_bytes()));

    let output = child.wait_with_output().unwrap();

    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), cases.len());
    for (case, line) in cases.iter().zip(answers.lines()) {
        let theirs: Vec<Value> = serde_json::from_str(line).unwrap();
        assert_eq!(
            ours(case),
            theirs,
            "{} from {} at {} in {}",
            case.every,
            case.from,
            case.at,
            case.zone
        );
    }
}
