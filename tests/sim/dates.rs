//! Charges on a date: who plans them, and cron that makes them.

use std::sync::Arc;

use dues::books::Tx;
use dues::domain::cadence::{Cadence, Ending, Every};
use dues::domain::hour::Hour;
use dues::domain::ids::{AutopayId, ScheduleId};
use dues::domain::schedule::{Aim, Autopay, Schedule};
use dues::jobs::due::Rules;
use dues::jobs::flight::Askers;
use dues::jobs::run_due::{Limits, Stop, run_due};
use dues::problem::Result;
use jiff::ToSpan;

use super::actors::heard;
use super::shop::{CUSTOMERS, run, usd};
use super::stage::Stage;

/// So many agreements a book has at most; more would leave no turn for others.
const MOST: usize = 6;

/// A customer agrees to be charged on dates, or whenever something is due.
pub fn agrees(stage: &Arc<Stage>, process: usize, book: usize) {
    let customer = {
        let mut state = stage.state();
        state.rng.pick(&CUSTOMERS).copied().unwrap_or("ACME")
    };
    let at = stage.hands().wall();
    let (kind, days, step) = (stage.below(4), stage.between(0, 4), stage.between(1, 10));
    let amount = usd(stage.between(100, 5_000));
    let _ = run(stage, process, book, "agree on dates", |world| {
        world.write_at(at, |tx| {
            let who = tx.read().find_customer(customer)?;
            let hour = nine();
            let first_on = hour.date(at).saturating_add(days.days());
            if kind == 0 {
                return goes_on_autopay(tx, customer);
            }
            if tx.read().schedules(None, false)?.len() >= MOST {
                return Ok(());
            }
            let aim = match kind {
                1 => Aim::AllDue,
                _ => Aim::Amount {
                    amount,
                    on_account: true,
                },
            };
            tx.add_schedule(&Schedule {
                id: ScheduleId(0),
                customer: who.id,
                card: None,
                aim,
                use_credits: false,
                is_locked: false,
                cadence: Cadence {
                    first_on,
                    every: Some(Every::parse(&format!("{step} days"))?),
                    day: first_on.day(),
                    ends: Ending::After(12),
                },
                hour,
                memo: None,
                wants_mail: false,
                planned_at: at,
                ended: None,
            })?;
            Ok(())
        })
    });
}

/// From now on whatever is due of the customer is charged.
pub fn goes_on_autopay(tx: &Tx<'_>, customer: &str) -> Result<()> {
    let who = tx.read().find_customer(customer)?;
    if tx.read().autopay_of(who.id)?.is_some() {
        return Ok(());
    }
    tx.begin_autopay(&Autopay {
        id: AutopayId(0),
        customer: who.id,
        card: None,
        after_days: 0,
        most: None,
        use_credits: false,
        hour: nine(),
        begun_at: tx.at(),
        ended_at: None,
    })?;
    Ok(())
}

fn nine() -> Hour {
    Hour::read("09:00", "America/New_York").expect("an hour")
}

/// What cron calls, with one request after the other or several in flight: who
/// is answered first, and what is booked together, is drawn.
pub fn cron_runs(stage: &Arc<Stage>, process: usize, book: usize) {
    let in_flight = usize::try_from(stage.between(1, 4)).unwrap_or(1);
    let draw = |waiting: usize| usize::try_from(stage.below(waiting as u64 + 1)).unwrap_or(0);
    let name = format!("run what is due, {in_flight} at once");
    let ran = run(stage, process, book, &name, |world| {
        run_due(
            world,
            &Limits {
                askers: Askers::Writer(in_flight, &draw),
                rules: Rules::default(),
                max_total: None,
                max_count: None,
                stop_after_declines: None,
                bad_rules: None,
                large_is_agreed: true,
                by_hand: false,
                refuse: &|_| None,
            },
        )
    });
    if let Some(ran) = heard(stage, book, ran) {
        for done in &ran.done {
            stage.note(format_args!("{}: {:?}", done.name, done.outcome));
        }
        if let Some(stop) = &ran.stopped {
            stage.note(format_args!("stopped: {stop}"));
        }
        if let Some(Stop::Failed(problem)) = ran.stopped {
            heard(stage, book, Some(Err::<(), _>(problem)));
        }
    }
}
