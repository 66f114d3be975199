//! Money that is given back: reserved while it is asked for, gone once, and where it goes if it comes back.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::{Books, Hand, NewAttempt, NewBook, NewCharge, NewRefund, RefundRow, Tx};
use crate::domain::authorization::{Authorization, Scope};
use crate::domain::card::{Card, CardFacts};
use crate::domain::charge::{Event, State, Verdict};
use crate::domain::customer::Customer;
use crate::domain::decline::{Class, Decline};
use crate::domain::gateway_account::{GatewayAccount, Mode};
use crate::domain::ids::{AttemptName, BookId, ChargeId, InvoiceId, PaymentId, RefundId};
use crate::domain::intent::Intent;
use crate::domain::invoice::{InvoiceNumber, NewInvoice};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Payment;
use crate::domain::purpose::Purpose;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::domain::spread::{Share, Spread};
use crate::problem::Result;

pub(super) fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn hand() -> Hand {
    Hand {
        actor: "tester".to_owned(),
        command: "test".to_owned(),
    }
}

/// ACME paid INV-1 (100.00) and INV-2 (50.00) by card, and 50.00 on account.
pub(super) struct Shop {
    pub(super) books: Books,
    minute: i64,
    _folder: tempfile::TempDir,
}

impl Shop {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewBook {
            id: BookId("0123456789abcdef".repeat(2)),
            name: "Tulip".to_owned(),
            currency: Currency::parse("USD").unwrap(),
            zone: "UTC".to_owned(),
            gateway: "sandbox".to_owned(),
            mode: Mode::Test,
        };
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let books = Books::create(&folder.path().join("book.db"), &hand(), &new, at).unwrap();
        let mut shop = Self {
            books,
            minute: 0,
            _folder: folder,
        };
        shop.write(paid);
        shop.step(Purpose::Take(ChargeId(1)), &Event::Sent);
        shop.hears(Purpose::Take(ChargeId(1)), "sbx_1");
        shop
    }

    pub(super) fn try_to<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.minute += 1;
        let at =
            Timestamp::from_second(1_795_000_000).unwrap() + SignedDuration::from_mins(self.minute);
        self.books.write(&hand(), at, change)
    }

    pub(super) fn write<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> T {
        self.try_to(change).unwrap()
    }

    fn step(&mut self, purpose: Purpose, event: &Event) -> State {
        let decline = Decline {
            class: Class::Soft,
            code: "insufficient_funds".into(),
            message: "not enough money".into(),
            advice: None,
            id: None,
            reference: None,
        };
        let is_no = *event == Event::Heard(Verdict::Declined);
        self.write(|tx| {
            let attempt = tx.read().newest_attempt(purpose)?;
            Ok(tx.step(&attempt, event, is_no.then_some(&decline), None)?)
        })
        .to
    }

    fn hears(&mut self, purpose: Purpose, id: &str) {
        self.step(purpose, &Event::Heard(Verdict::Taken { id: id.to_owned() }));
    }

    /// Asks for a refund of this much from each: INV-1, INV-2, the account.
    pub(super) fn ask(&mut self, parts: [i64; 3]) -> Result<RefundRow> {
        let sources = [Some(1), Some(2), None];
        let shares: Vec<RefundShare> = (sources.iter().zip(parts))
            .filter(|(_, minor)| *minor > 0)
            .map(|(invoice, minor)| RefundShare {
                from: invoice.map_or(TakenFrom::Account, |n| TakenFrom::Invoice {
                    id: InvoiceId(n),
                    number: format!("INV-{n}"),
                }),
                amount: usd(minor),
            })
            .collect();
        self.try_to(|tx| {
            let (id, intent) = tx.add_refund(&NewRefund {
                payment: &tx.read().payment(PaymentId(1))?,
                amount: usd(parts.iter().sum()),
                shares: &shares,
                is_void: false,
                because: None,
                wants_mail: false,
                on: date(2026, 11, 22),
            })?;
            prepare(
                tx,
                Purpose::GiveBack(id),
                &intent,
                1,
                usd(parts.iter().sum()),
            )?;
            tx.read().refund(id)
        })
    }

    /// As [`Shop::ask`]; the gateway gives it back.
    pub(super) fn give_back(&mut self, parts: [i64; 3]) -> RefundId {
        let id = self.ask(parts).unwrap().id;
        self.gives(id);
        id
    }

    /// The gateway gives back what was asked for.
    pub(super) fn gives(&mut self, id: RefundId) {
        self.step(Purpose::GiveBack(id), &Event::Sent);
        self.hears(Purpose::GiveBack(id), &format!("sbx_{id}"));
    }

    pub(super) fn come_back(&mut self, refund: RefundId, minor: i64) -> Result<Vec<RefundShare>> {
        self.try_to(|tx| tx.take_back(&tx.read().refund(refund)?, usd(minor), date(2026, 11, 29)))
    }

    pub(super) fn payment(&self) -> Payment {
        self.books.read().payment(PaymentId(1)).unwrap()
    }

    /// What is open of INV-1 and INV-2, on account and of that not reserved, and
    /// what was given back; no rule of the book is broken.
    pub(super) fn stands(&self) -> [i64; 5] {
        let book = self.books.read();
        assert_eq!(book.violations().unwrap(), []);
        assert_eq!(book.violations_of_what_is_open().unwrap(), []);
        let payment = self.payment();
        let open = |number: &str| book.find_invoice(number, None).unwrap().open;
        [
            open("INV-1"),
            open("INV-2"),
            payment.credit.open,
            payment.credit.available(),
            payment.given_back,
        ]
        .map(Money::minor)
    }
}

pub(super) fn acme(tx: &Tx<'_>) -> Result<(Customer, Card)> {
    let customer = tx.read().find_customer("ACME")?;
    let card = tx.read().find_card(&customer, None)?;
    Ok((customer, card))
}

fn prepare(tx: &Tx<'_>, purpose: Purpose, intent: &Intent, n: u32, amount: Money) -> Result<()> {
    let (customer, card) = acme(tx)?;
    let name = AttemptName::of(&tx.read().facts()?.id, intent, customer.id, n);
    tx.prepare(&NewAttempt {
        purpose,
        n,
        card: &card,
        token: &card.facts.token,
        amount,
        name: &name,
        request: b"as asked",
        witnessed: true,
    })?;
    Ok(())
}

fn paid(tx: &Tx<'_>) -> Result<()> {
    let id = tx.add_customer("ACME", "Acme", None, 30)?;
    let customer = tx.read().customer(id)?;
    let facts = CardFacts {
        token: "tok".to_owned(),
        brand: "visa".to_owned(),
        last4: "4242".to_owned(),
        expiry: None,
    };
    let card = tx.add_card(
        &customer,
        &GatewayAccount::new("sandbox", "sandbox"),
        &facts,
        None,
    )?;
    let consent = Authorization {
        scope: Scope::Any,
        ceiling: None,
        until: None,
        given_by: "A. Cme".to_owned(),
        how: "signed form".to_owned(),
        recorded_at: tx.at(),
    };
    tx.authorize_card(&tx.read().card(card)?, &consent)?;
    let mut shares = Vec::new();
    for (number, minor) in [("INV-1", 100_00), ("INV-2", 50_00)] {
        let invoice = tx.add_invoice(
            &customer,
            &NewInvoice {
                terms: None,
                po_number: None,
                number: InvoiceNumber::parse(number)?,
                total: usd(minor),
                issued_on: date(2026, 1, 1),
                due_on: date(2026, 1, 31),
                memo: None,
            },
        )?;
        shares.push(Share {
            invoice,
            number: number.to_owned(),
            amount: usd(minor),
            from: None,
        });
    }
    let authorization = tx.read().consent(card)?.unwrap().id;
    let (charge, intent) = tx.add_charge(&NewCharge {
        intent: None,
        customer: &customer,
        card: &tx.read().card(card)?,
        authorization,
        spread: &Spread {
            charged: usd(200_00),
            shares,
            unapplied: usd(50_00),
        },
        request: None,
        memo: None,
        wants_mail: false,
        on: date(2026, 11, 22),
    })?;
    prepare(tx, Purpose::Take(charge), &intent, 1, usd(200_00))
}

#[test]
fn a_refund_reserves_what_it_takes_and_takes_it_when_the_gateway_gave_it() {
    let mut shop = Shop::new();
    assert_eq!(shop.stands(), [0, 0, 50_00, 50_00, 0]);

    let refund = shop.ask([80_00, 0, 40_00]).unwrap();
    let asked = shop.stands();
    shop.step(Purpose::GiveBack(refund.id), &Event::Sent);
    shop.hears(Purpose::GiveBack(refund.id), "sbx_re_1");
    // The same answer once more.
    shop.hears(Purpose::GiveBack(refund.id), "sbx_re_1");

    assert_eq!(asked, [0, 0, 50_00, 10_00, 0]);
    assert_eq!(shop.stands(), [80_00, 0, 10_00, 10_00, 120_00]);
    let refund = shop.books.read().refund(refund.id).unwrap();
    assert_eq!(refund.given_back, usd(120_00));
    assert_eq!(refund.attempt.state, State::Succeeded);
    assert!(shop.books.read().open_refunds().unwrap().is_empty());
}

#[test]
fn what_is_asked_back_is_not_asked_back_twice_nor_paid_with() {
    let mut shop = Shop::new();
    let open = shop.ask([80_00, 0, 40_00]).unwrap();
    let table = [
        ([30_00, 0, 0], "taken back from an invoice"),
        ([0, 0, 20_00], "than is on account"),
        ([0, 60_00, 0], "taken back from an invoice"),
        ([60_00, 50_00, 10_00], "given back than was paid"),
    ];

    for (parts, why) in table {
        let refused = format!("{:?}", shop.ask(parts).unwrap_err());
        assert!(refused.contains(why), "{parts:?}: {refused}");
    }
    // Nor does it pay an invoice meanwhile.
    let refused = shop.try_to(|tx| {
        let (customer, _) = acme(tx)?;
        let new = NewInvoice {
            terms: None,
            po_number: None,
            number: InvoiceNumber::parse("INV-3")?,
            total: usd(50_00),
            issued_on: date(2026, 1, 1),
            due_on: date(2026, 1, 31),
            memo: None,
        };
        tx.add_invoice(&customer, &new)?;
        let invoice = tx.read().find_invoice("INV-3", None)?;
        let credit = tx.read().payment(PaymentId(1))?.credit;
        tx.apply_credit(&credit, &invoice, usd(10_01))
    });
    assert_eq!(refused.unwrap_err().code(), "more_than_open");
    assert_eq!(shop.stands(), [0, 0, 50_00, 10_00, 0]);

    // What the gateway refuses is free again, and may be tried again.
    let again = Purpose::GiveBack(open.id);
    shop.step(again, &Event::Sent);
    shop.step(again, &Event::Heard(Verdict::Declined));
    assert_eq!(shop.stands(), [0, 0, 50_00, 50_00, 0]);
    let other = shop.give_back([100_00, 50_00, 0]);
    assert_eq!(shop.stands(), [100_00, 50_00, 50_00, 50_00, 150_00]);
    let refused = shop.try_to(|tx| prepare(tx, again, &open.intent, 2, usd(120_00)));
    assert!(refused.is_err(), "{other} gave it back");
}

/// A bank may send it back after weeks: what was open again is paid again.
#[test]
fn what_comes_back_pays_again_what_is_still_open() {
    let mut shop = Shop::new();
    let refund = shop.give_back([100_00, 30_00, 20_00]);
    assert_eq!(shop.stands(), [100_00, 30_00, 30_00, 30_00, 150_00]);

    // Meanwhile 25.00 of INV-2 were paid from the account.
    shop.write(|tx| {
        let invoice = tx.read().find_invoice("INV-2", None)?;
        let credit = tx.read().payment(PaymentId(1))?.credit;
        tx.apply_credit(&credit, &invoice, usd(25_00))
    });
    let part = shop.come_back(refund, 60_00).unwrap();
    assert_eq!(shop.stands(), [40_00, 5_00, 5_00, 5_00, 90_00]);
    let rest = shop.come_back(refund, 90_00).unwrap();
    let more = shop.come_back(refund, 1).unwrap_err();

    let places = |shares: &[RefundShare]| -> Vec<String> {
        let place = |share: &RefundShare| match &share.from {
            TakenFrom::Account => format!("account {}", share.amount),
            TakenFrom::Invoice { number, .. } => format!("{number} {}", share.amount),
        };
        shares.iter().map(place).collect()
    };
    assert_eq!(places(&part), ["INV-1 60.00 USD"]);
    assert_eq!(
        places(&rest),
        ["INV-1 40.00 USD", "INV-2 5.00 USD", "account 45.00 USD"]
    );
    assert!(format!("{more:?}").contains("came back"), "{more:?}");
    assert_eq!(shop.stands(), [0, 0, 50_00, 50_00, 0]);
    // It can be given back once more.
    shop.give_back([0, 0, 50_00]);
    assert_eq!(shop.stands(), [0, 0, 0, 0, 50_00]);
}

/// A person may accept what the gateway gave, though it is not what was asked.
#[test]
fn what_the_gateway_gave_is_booked_whatever_was_planned() {
    for (gave, expected) in [
        (30_00, [30_00, 0, 50_00, 50_00, 30_00]),
        (95_00, [40_00, 5_00, 0, 0, 95_00]),
        (200_00, [100_00, 50_00, 0, 0, 200_00]),
    ] {
        let mut shop = Shop::new();
        let refund = shop.ask([40_00, 0, 0]).unwrap();
        let differs = Event::Heard(Verdict::Differs {
            id: Some("sbx_re".to_owned()),
            why: "another amount".to_owned(),
        });
        shop.step(Purpose::GiveBack(refund.id), &Event::Sent);
        shop.step(Purpose::GiveBack(refund.id), &differs);
        let found = Event::FoundCharged {
            id: "sbx_re".to_owned(),
        };

        shop.write(|tx| {
            let attempt = tx.read().refund(refund.id)?.attempt;
            let note = Some("seen there");
            Ok(tx.step_accepting(&attempt, &found, None, note, Some(usd(gave)))?)
        });

        assert_eq!(shop.stands(), expected, "{gave}");
    }
}

/// What only another program could write, the book refuses.
#[test]
fn the_book_refuses_what_no_refund_does() {
    let mut shop = Shop::new();
    let refund = shop.give_back([100_00, 0, 0]);
    shop.ask([0, 20_00, 10_00]).unwrap();
    let now = "'2026-11-22', '2026-11-22T10:00:00Z'";
    let refund_row = format!("'again', 0, {now}");
    for tampering in [
        // More than the payment, or in another currency.
        &format!("insert into refunds (payment_id, amount_minor, currency, is_void, intent, wants_mail, refunded_on, created_at)
                  values (1, 200_01, 'USD', 0, {refund_row})"),
        &format!("insert into refunds (payment_id, amount_minor, currency, is_void, intent, wants_mail, refunded_on, created_at)
                  values (1, 1, 'EUR', 0, {refund_row})"),
        "update refunds set amount_minor = 1",
        "delete from refunds",
        "update refund_shares set amount_minor = 1",
        "delete from refund_shares",
        "insert into refund_shares values (2, 9, null, 1)",
        // 100.00 were given back, 30.00 are asked for, so 70.00 are left.
        &format!("insert into given_back (refund_id, credit_id, amount_minor, given_on, given_at) values (1, 1, 70_01, {now})"),
        &format!("insert into given_back (refund_id, credit_id, amount_minor, given_on, given_at) values (1, 1, -100_01, {now})"),
        &format!("insert into given_back (refund_id, credit_id, amount_minor, given_on, given_at) values (2, 1, -1, {now})"),
        &format!("insert into given_back (refund_id, credit_id, amount_minor, given_on, given_at) values (1, 2, 1, {now})"),
        "update given_back set amount_minor = 1",
        "delete from given_back",
        // 50.00 are applied to INV-2, and 20.00 of them are to be given back.
        "insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at) values (1, 2, -30_01, '2026-11-22', 'now')",
        "insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at) values (1, 1, -1, '2026-11-22', 'now')",
        // An attempt is of one thing.
        "update attempts set refund_id = 1 where charge_id = 1",
        "insert into attempts (charge_id, refund_id, n, gateway, account, token, amount_minor, currency, key, reference,
           request, request_sha256, state, prepared_at, changed_at)
         select 1, 1, 9, gateway, account, token, amount_minor, currency, 'k', 'r', request, request_sha256, 'not_made',
           prepared_at, changed_at from attempts where id = 1",
        "insert into attempts (n, gateway, account, token, amount_minor, currency, key, reference,
           request, request_sha256, state, prepared_at, changed_at)
         select 9, gateway, account, token, amount_minor, currency, 'k', 'r', request, request_sha256, 'not_made',
           prepared_at, changed_at from attempts where id = 1",
        // A second attempt beside one that is live.
        "insert into attempts (refund_id, n, gateway, account, token, amount_minor, currency, key, reference,
           request, request_sha256, state, prepared_at, changed_at)
         select 2, 2, gateway, account, token, 1, currency, 'k', 'r', request, request_sha256, 'prepared',
           prepared_at, changed_at from attempts where id = 1",
    ] {
        let refused = shop.books.connection.execute_batch(tampering);
        assert!(refused.is_err(), "{tampering}");
    }
    assert_eq!(shop.stands(), [100_00, 0, 50_00, 40_00, 100_00]);
    assert_eq!(
        shop.books.read().refunds_of(PaymentId(1)).unwrap()[0].id,
        refund
    );
}
