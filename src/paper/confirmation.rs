//! The mail that tells a customer what was charged, and what it paid.
//!
//! It names every sum that the book has for this payment, so that a customer
//! who keeps books too can enter it without asking.

use serde::Serialize;

use crate::domain::confirmation::{Confirmation, PaidBy};
use crate::domain::credit::AdjustmentKind;
use crate::domain::outbox::Wording;

use super::{card, fill, plain, preformatted, sent_by, written_out};

const TEXT: &str = include_str!("templates/confirmation.txt");
const HTML: &str = include_str!("templates/confirmation.html");

/// The widest invoice number that shares its line with its amounts.
const WIDEST_INVOICE: usize = 19;

/// The confirmation in words. It cannot fail: a template that will not
/// render is replaced by a plain list of the same facts.
#[must_use]
pub fn confirmation(facts: &Confirmation) -> Wording {
    worded(facts, TEXT, HTML)
}

fn worded(facts: &Confirmation, text: &str, html: &str) -> Wording {
    let page = Page::of(facts);
    let text = fill("confirmation.txt", text, &page).unwrap_or_else(|| page.plainly());
    let html = fill("confirmation.html", html, &page).unwrap_or_else(|| preformatted(&text));
    Wording {
        subject: page.subject,
        text,
        html,
    }
}

/// The facts as they are shown; what the templates are given.
#[derive(Serialize)]
struct Page {
    subject: String,
    seller: String,
    customer: String,
    payment: String,
    date: String,
    amount: String,
    /// `we charged`
    did: &'static str,
    /// `to your Amex card ending in 5544`
    by: String,
    lines: Vec<Row>,
    widths: Widths,
    /// Whether any line was paid from an earlier credit.
    credited: bool,
    /// A sentence each.
    taken_off: Vec<String>,
    unapplied: Option<String>,
    memo: Option<String>,
}

#[derive(Serialize)]
struct Row {
    invoice: String,
    /// Too wide to share its line.
    long: bool,
    paid: String,
    left: String,
    from_credit: bool,
}

#[derive(Serialize)]
struct Widths {
    invoice: usize,
    paid: usize,
    left: usize,
}

impl Page {
    fn of(facts: &Confirmation) -> Self {
        let lines: Vec<Row> = facts
            .lines
            .iter()
            .map(|line| {
                let invoice = match &line.po_number {
                    Some(po) => plain(&format!("{} (PO {po})", line.invoice)),
                    None => plain(&line.invoice),
                };
                Row {
                    long: width(&invoice) > WIDEST_INVOICE,
                    invoice,
                    paid: line.paid.to_string(),
                    left: line.left.to_string(),
                    from_credit: line.from_credit,
                }
            })
            .collect();
        let payment = facts.payment.to_string();
        Self {
            subject: format!("Payment received: {} ({payment})", facts.amount),
            seller: plain(&facts.seller),
            customer: plain(&facts.customer),
            payment,
            date: written_out(facts.paid_on),
            amount: facts.amount.to_string(),
            did: match &facts.by {
                PaidBy::Card { .. } => "we charged",
                PaidBy::Sent { .. } => "we received",
            },
            by: match &facts.by {
                PaidBy::Card { brand, last4 } => format!("to your {}", card(brand, last4)),
                PaidBy::Sent { method, reference } => {
                    format!("from you {}", sent_by(*method, reference.as_deref()))
                }
            },
            taken_off: facts
                .taken_off
                .iter()
                .map(|off| {
                    let (amount, invoice) = (off.amount, plain(&off.invoice));
                    match off.kind {
                        AdjustmentKind::Discount => {
                            format!("{amount} of {invoice} was taken off as a discount.")
                        }
                        AdjustmentKind::ShortPay | AdjustmentKind::WriteOff => {
                            format!("{amount} of {invoice} is not asked for any more.")
                        }
                    }
                })
                .collect(),
            widths: Widths::of(&lines),
            credited: lines.iter().any(|line| line.from_credit),
            unapplied: facts
                .unapplied
                .is_positive()
                .then(|| facts.unapplied.to_string()),
            memo: facts
                .memo
                .as_deref()
                .map(plain)
                .filter(|memo| !memo.is_empty()),
            lines,
        }
    }

    /// The same facts without a template.
    fn plainly(&self) -> String {
        let mut text = format!(
            "{}\n\nOn {} {} {} {}.\nPayment number: {}\n",
            self.customer, self.date, self.did, self.amount, self.by, self.payment
        );
        for line in &self.lines {
            let credit = if line.from_credit {
                ", from credit"
            } else {
                ""
            };
            text.push_str(&format!(
                "Invoice {}: {} paid{credit}, {} still open\n",
                line.invoice, line.paid, line.left
            ));
        }
        for sentence in &self.taken_off {
            text.push_str(&format!("{sentence}\n"));
        }
        if let Some(unapplied) = &self.unapplied {
            text.push_str(&format!("On your account: {unapplied}\n"));
        }
        if let Some(memo) = &self.memo {
            text.push_str(&format!("Note: {memo}\n"));
        }
        text.push_str(&format!("\n{}\n", self.seller));
        text
    }
}

impl Widths {
    /// The widest of each column, its heading included.
    fn of(lines: &[Row]) -> Self {
        let widest = |heading: &str, cell: fn(&Row) -> &str| {
            lines
                .iter()
                .map(|line| width(cell(line)))
                .chain([width(heading)])
                .max()
                .unwrap_or(0)
        };
        Self {
            invoice: widest("Invoice", |line| &line.invoice).min(WIDEST_INVOICE),
            paid: widest("Paid", |line| &line.paid),
            left: widest("Still open", |line| &line.left),
        }
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use jiff::civil::date;

    use super::*;
    use crate::domain::confirmation::Line;
    use crate::domain::ids::PaymentId;
    use crate::domain::money::{Currency, Money};

    fn usd(minor: i64) -> Money {
        Money::of(minor, Currency::parse("USD").unwrap())
    }

    fn line(invoice: &str, paid: i64, left: i64, from_credit: bool) -> Line {
        Line {
            invoice: invoice.into(),
            po_number: None,
            paid: usd(paid),
            from_credit,
            left: usd(left),
        }
    }

    fn facts(lines: Vec<Line>) -> Confirmation {
        Confirmation {
            seller: "Harbor Flowers".into(),
            customer: "Rosa Blumen GmbH".into(),
            payment: PaymentId(7),
            paid_on: date(2026, 11, 22),
            amount: usd(66_240),
            by: PaidBy::Card {
                brand: "amex".into(),
                last4: "5544".into(),
            },
            lines,
            taken_off: Vec::new(),
            unapplied: usd(0),
            memo: None,
        }
    }

    #[test]
    fn every_sum_of_the_payment_is_named() {
        let mut facts = facts(vec![
            line("INV-1040", 3_000, 0, true),
            line("INV-1041", 41_240, 0, false),
            line("INV-1042", 24_000, 12_000, false),
        ]);
        facts.unapplied = usd(1_000);
        facts.memo = Some("November standing order".into());

        let wording = confirmation(&facts);

        assert_snapshot!(wording.subject, @r"Payment received: 662.40 USD (PAY-7)");
        assert_snapshot!(wording.text, @r#"
        Dear Rosa Blumen GmbH,

        Thank you. On 22 November 2026 we charged 662.40 USD to your Amex card
        ending in 5544 and applied it as follows:

          Invoice         Paid  Still open
          INV-1040   30.00 USD    0.00 USD  from credit
          INV-1041  412.40 USD    0.00 USD
          INV-1042  240.00 USD  120.00 USD

        What is marked "from credit" was paid with money that was already on
        your account, and was not charged to your card.

        10.00 USD stays on your account, for your next invoices.

        Payment number: PAY-7
        Note: November standing order

        If anything looks wrong, please reply to this mail.

        Kind regards
        Harbor Flowers
        "#);
    }

    #[test]
    fn a_payment_for_no_invoice_stays_on_the_account() {
        let mut facts = facts(vec![]);
        facts.by = PaidBy::Card {
            brand: "visa".into(),
            last4: "5544".into(),
        };
        facts.unapplied = facts.amount;

        assert_snapshot!(confirmation(&facts).text, @r"
        Dear Rosa Blumen GmbH,

        Thank you. On 22 November 2026 we charged 662.40 USD to your Visa card
        ending in 5544.

        662.40 USD stays on your account, for your next invoices.

        Payment number: PAY-7

        If anything looks wrong, please reply to this mail.

        Kind regards
        Harbor Flowers
        ");
    }

    #[test]
    fn the_widest_sums_and_names_stay_within_the_page() {
        let mut facts = facts(vec![
            line("INV-1", 999_999_999_999, 999_999_999_999, true),
            line(&"LONG-NUMBER-".repeat(3), 1, 0, false),
        ]);
        facts.customer = "Rosa ".repeat(30);
        facts.seller = "x".repeat(90);
        facts.memo = Some("many words ".repeat(20));

        let text = confirmation(&facts).text;

        assert!(
            text.lines().all(|line| line.chars().count() <= 72),
            "{text}"
        );
        assert_snapshot!(text.lines().skip_while(|line| !line.contains("Invoice")).take(4).collect::<Vec<_>>().join("\n"), @r"
        Invoice                           Paid         Still open
        INV-1                9999999999.99 USD  9999999999.99 USD  from credit
        LONG-NUMBER-LONG-NUMBER-LONG-NUMBER-
                                      0.01 USD           0.00 USD
        ");
    }

    #[test]
    fn cards_are_called_what_is_printed_on_them() {
        let table = [
            ("amex", "Amex card ending in 5544"),
            ("visa", "Visa card ending in 5544"),
            ("mastercard", "Mastercard card ending in 5544"),
            ("diners", "Diners Club card ending in 5544"),
            ("jcb", "JCB card ending in 5544"),
            ("", "card ending in 5544"),
            ("unknown", "card ending in 5544"),
        ];
        for (brand, shown) in table {
            assert_eq!(card(brand, "5544"), shown);
        }
    }

    /// A name is a name, whatever it is made of.
    #[test]
    fn names_cannot_write_the_page() {
        let mut facts = facts(vec![line("<b>INV</b>", 1, 0, false)]);
        facts.customer = "<script>alert(1)</script>\r\nBcc: x@y.z \u{202e}".into();
        facts.seller = "{{ amount }} & Co".into();

        let wording = confirmation(&facts);

        for tag in ["<script", "<b>"] {
            assert!(!wording.html.contains(tag), "{}", wording.html);
        }
        assert!(wording.html.contains("{{ amount }} &amp; Co"));
        assert!(
            wording
                .text
                .contains("Dear <script>alert(1)</script> Bcc: x@y.z \\u{202e},")
        );
    }

    #[test]
    fn a_page_for_light_and_dark_has_no_colours_of_its_own() {
        let html = confirmation(&facts(vec![line("INV-1041", 66_240, 0, false)])).html;

        assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"));
        for word in ["<img", "src=", "href=", "background", ";color:", "\"color:"] {
            assert!(!html.contains(word), "{word}");
        }
        for fact in [
            "662.40 USD",
            "Amex card ending in 5544",
            "INV-1041",
            "22 November 2026",
            "PAY-7",
            "Harbor Flowers",
        ] {
            assert!(html.contains(fact), "{fact}");
        }
    }

    #[test]
    fn a_broken_template_costs_the_looks_and_no_fact() {
        let facts = facts(vec![
            line("INV-1040", 3_000, 0, true),
            line("INV-1041", 63_240, 5, false),
        ]);

        let wording = worded(&facts, "{{ no_such_fact }}", "{% broken");

        assert_snapshot!(wording.text, @r"
        Rosa Blumen GmbH

        On 22 November 2026 we charged 662.40 USD to your Amex card ending in 5544.
        Payment number: PAY-7
        Invoice INV-1040: 30.00 USD paid, from credit, 0.00 USD still open
        Invoice INV-1041: 632.40 USD paid, 0.05 USD still open

        Harbor Flowers
        ");
        assert_snapshot!(wording.html.lines().take(3).collect::<Vec<_>>().join("\n"), @r#"
        <!doctype html>
        <meta charset="utf-8">
        <pre>Rosa Blumen GmbH
        "#);
    }
}
