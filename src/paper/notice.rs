//! The mails besides confirmations: to the customer that a charge comes, that one
//! failed, that money went back, that a check came back; to the bookkeeper what a run left to do.

use serde::Serialize;

use crate::domain::notice::{About, Notice};
use crate::domain::outbox::Wording;

use super::{card, fill, plain, preformatted, sent_by, written_out};

const TEXT: &str = include_str!("templates/notice.txt");
const HTML: &str = include_str!("templates/notice.html");

/// The notice in words. It cannot fail: a template that will not render is
/// replaced by the same sentences without one.
#[must_use]
pub fn notice(facts: &Notice) -> Wording {
    let page = Page::of(facts);
    let text = fill("notice.txt", TEXT, &page).unwrap_or_else(|| page.plainly());
    let html = fill("notice.html", HTML, &page).unwrap_or_else(|| preformatted(&text));
    Wording {
        subject: page.subject,
        text,
        html,
    }
}

/// What a run says, as a mail to whoever keeps the book.
#[must_use]
pub fn run_report(seller: &str, summary: &str, lines: &str) -> Wording {
    let text = format!("{lines}\n");
    Wording {
        subject: plain(&format!("Scheduled charges of {seller}: {summary}")),
        html: preformatted(&text),
        text,
    }
}

/// The facts as they are shown; what the templates are given.
#[derive(Serialize)]
struct Page {
    subject: String,
    customer: String,
    seller: String,
    sentences: Vec<String>,
    lines: Vec<Row>,
    link: Option<String>,
    closing: String,
    width: usize,
    money_width: usize,
}

#[derive(Serialize)]
struct Row {
    invoice: String,
    amount: String,
}

impl Page {
    fn of(facts: &Notice) -> Self {
        let card = card(&facts.brand, &facts.last4);
        let amount = facts.amount.to_string();
        let lines: Vec<Row> = facts
            .lines
            .iter()
            .map(|(invoice, amount)| Row {
                invoice: plain(invoice),
                amount: amount.to_string(),
            })
            .collect();
        let (subject, sentences, link, closing) = match &facts.about {
            About::Coming { on } => {
                let on = written_out(*on);
                (
                    format!("Payment of {amount} on {on}"),
                    vec![format!(
                        "As agreed, on {on} we will charge {amount} to your {card}."
                    )],
                    None,
                    "If this does not suit you, please reply to this mail before that day.",
                )
            }
            About::FromCredit { on } => (
                format!("{amount} paid from your account"),
                vec![format!(
                    "On {} we applied {amount} that you had on account with us to what you owe. Nothing was charged to a card.",
                    written_out(*on)
                )],
                None,
                "If you have a question about this, please reply to this mail.",
            ),
            About::Credited {
                on,
                number,
                because,
                on_account,
            } => {
                let mut sentences = vec![format!(
                    "On {} we credited {amount} to your account, with credit memo {}: {}.",
                    written_out(*on),
                    plain(number),
                    plain(because).trim_end_matches('.')
                )];
                if on_account.is_positive() {
                    sentences.push(format!(
                        "{on_account} of it is on your account, for what you buy next."
                    ));
                }
                if !lines.is_empty() {
                    let what = if on_account.is_positive() {
                        "The rest"
                    } else {
                        "It"
                    };
                    sentences.push(format!("{what} is taken off these invoices:"));
                }
                (
                    format!("Credit memo {} for {amount}", plain(number)),
                    sentences,
                    None,
                    "If you have a question about this, please reply to this mail.",
                )
            }
            About::Corrected {
                on,
                wrong,
                right,
                memo,
                because,
                on_account,
            } => {
                let mut sentences = vec![format!(
                    "Our invoice {wrong} was wrong: {}. On {} we took it off your account with credit memo {}. \
                     Invoice {right} for {amount} stands in for it, and what you had paid counts for that one.",
                    plain(because).trim_end_matches('.'),
                    written_out(*on),
                    plain(memo),
                    wrong = plain(wrong),
                    right = plain(right),
                )];
                if on_account.is_positive() {
                    sentences.push(format!(
                        "You had paid {on_account} more than that: it is on your account."
                    ));
                }
                sentences.push("So much of it is still to be paid:".to_owned());
                (
                    format!("Invoice {} instead of {}", plain(right), plain(wrong)),
                    sentences,
                    None,
                    "If you have a question about this, please reply to this mail.",
                )
            }
            About::Failed {
                on,
                said,
                again_on,
                link,
            } => {
                let then = match again_on {
                    Some(again_on) => format!(
                        "We will try again on {}. You need not do anything, unless another card is better.",
                        written_out(*again_on)
                    ),
                    None => "We will not try this card again by ourselves.".to_owned(),
                };
                (
                    format!("Payment of {amount} could not be taken"),
                    vec![
                        format!(
                            "On {} we could not take {amount} from your {card}. {said}",
                            written_out(*on)
                        ),
                        then,
                    ],
                    link.as_deref().map(plain),
                    "If you would rather pay another way, please reply to this mail.",
                )
            }
            About::Bounced {
                on,
                payment,
                method,
                reference,
                fee,
            } => {
                let mut sentences = vec![format!(
                    "On {} the bank returned your payment of {amount} {} (payment {payment}).",
                    written_out(*on),
                    sent_by(*method, reference.as_deref())
                )];
                if let Some((number, fee)) = fee {
                    sentences.push(format!(
                        "For the returned payment we ask for {fee}, on invoice {}.",
                        plain(number)
                    ));
                }
                if !lines.is_empty() {
                    sentences.push("These invoices are open again by so much:".to_owned());
                }
                (
                    format!("Payment of {amount} was returned ({payment})"),
                    sentences,
                    None,
                    "Please pay again in another way, or reply to this mail if you have a question.",
                )
            }
            About::GivenBack {
                on,
                refund,
                payment,
                is_void,
            } => {
                let what = if *is_void {
                    format!(
                        "On {} we cancelled the charge of {amount} to your {card} (payment {payment}). \
                         If it shows on your statement at all, it will be taken off again.",
                        written_out(*on)
                    )
                } else {
                    format!(
                        "On {} we gave back {amount} to your {card} (refund {refund} of payment {payment}). \
                         Your bank may take some days to show it.",
                        written_out(*on)
                    )
                };
                let mut sentences = vec![what];
                if !lines.is_empty() {
                    sentences.push("These invoices are open again by so much:".to_owned());
                }
                let subject = if *is_void {
                    format!("Charge of {amount} cancelled ({refund})")
                } else {
                    format!("Refund of {amount} ({refund})")
                };
                (
                    subject,
                    sentences,
                    None,
                    "If you have a question about this, please reply to this mail.",
                )
            }
        };
        Self {
            subject,
            customer: plain(&facts.customer),
            seller: plain(&facts.seller),
            sentences,
            width: lines
                .iter()
                .map(|row| row.invoice.chars().count())
                .max()
                .unwrap_or(0),
            money_width: lines
                .iter()
                .map(|row| row.amount.chars().count())
                .max()
                .unwrap_or(0),
            lines,
            link,
            closing: closing.to_owned(),
        }
    }

    /// The same sentences without a template.
    fn plainly(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.customer, self.sentences.join("\n"));
        for row in &self.lines {
            text.push_str(&format!("Invoice {}: {}\n", row.invoice, row.amount));
        }
        if let Some(link) = &self.link {
            text.push_str(&format!("{link}\n"));
        }
        text.push_str(&format!("\n{}\n\n{}\n", self.closing, self.seller));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{Currency, Money};
    use insta::assert_snapshot;
    use jiff::civil::date;

    fn usd(minor: i64) -> Money {
        Money::of(minor, Currency::parse("USD").unwrap())
    }

    fn facts(about: About) -> Notice {
        Notice {
            seller: "Tulip Wholesale".into(),
            customer: "Rosa's <Flowers>".into(),
            amount: usd(662_40),
            brand: "amex".into(),
            last4: "5544".into(),
            lines: vec![
                ("INV-1041".into(), usd(412_40)),
                ("INV-7".into(), usd(250_00)),
            ],
            about,
        }
    }

    #[test]
    fn a_coming_charge_says_when_how_much_and_for_what() {
        let wording = notice(&facts(About::Coming {
            on: date(2026, 11, 30),
        }));

        assert_eq!(wording.subject, "Payment of 662.40 USD on 30 November 2026");
        assert_snapshot!(wording.text, @"
        Dear Rosa's <Flowers>,

        As agreed, on 30 November 2026 we will charge 662.40 USD to your Amex
        card ending in 5544.

          INV-1041  412.40 USD
          INV-7     250.00 USD

        If this does not suit you, please reply to this mail before that day.

        Kind regards
        Tulip Wholesale
        ");
        assert!(
            wording.html.contains("Rosa&#x27;s &lt;Flowers&gt;"),
            "{}",
            wording.html
        );
    }

    #[test]
    fn a_credit_memo_says_how_much_and_why() {
        let wording = notice(&facts(About::Credited {
            on: date(2026, 11, 28),
            number: "CM-3".into(),
            because: "wilted roses.".into(),
            on_account: usd(50_00),
        }));

        assert_eq!(wording.subject, "Credit memo CM-3 for 662.40 USD");
        assert_snapshot!(wording.text, @"
    Dear Rosa's <Flowers>,

    On 28 November 2026 we credited 662.40 USD to your account, with credit
    memo CM-3: wilted roses.

    50.00 USD of it is on your account, for what you buy next.

    The rest is taken off these invoices:

      INV-1041  412.40 USD
      INV-7     250.00 USD

    If you have a question about this, please reply to this mail.

    Kind regards
    Tulip Wholesale
    ");
    }

    #[test]
    fn a_corrected_invoice_says_which_one_counts() {
        let wording = notice(&facts(About::Corrected {
            on: date(2026, 11, 28),
            wrong: "INV-7".into(),
            right: "INV-7-2".into(),
            memo: "CM-3".into(),
            because: "the price of tulips".into(),
            on_account: usd(20_00),
        }));

        assert_eq!(wording.subject, "Invoice INV-7-2 instead of INV-7");
        assert_snapshot!(wording.text, @"
    Dear Rosa's <Flowers>,

    Our invoice INV-7 was wrong: the price of tulips. On 28 November 2026 we
    took it off your account with credit memo CM-3. Invoice INV-7-2 for
    662.40 USD stands in for it, and what you had paid counts for that one.

    You had paid 20.00 USD more than that: it is on your account.

    So much of it is still to be paid:

      INV-1041  412.40 USD
      INV-7     250.00 USD

    If you have a question about this, please reply to this mail.

    Kind regards
    Tulip Wholesale
    ");
    }

    #[test]
    fn a_failure_says_why_and_what_happens_now() {
        let failed = |again_on, link| {
            notice(&facts(About::Failed {
                on: date(2026, 11, 30),
                said: "The card has expired.",
                again_on,
                link,
            }))
            .text
        };

        assert_snapshot!(failed(Some(date(2026, 12, 1)), None), @"
        Dear Rosa's <Flowers>,

        On 30 November 2026 we could not take 662.40 USD from your Amex card
        ending in 5544. The card has expired.

        We will try again on 1 December 2026. You need not do anything, unless
        another card is better.

          INV-1041  412.40 USD
          INV-7     250.00 USD

        If you would rather pay another way, please reply to this mail.

        Kind regards
        Tulip Wholesale
        ");
        assert_snapshot!(failed(None, Some("https://pay.tulip.example/rosa".to_owned())), @"
        Dear Rosa's <Flowers>,

        On 30 November 2026 we could not take 662.40 USD from your Amex card
        ending in 5544. The card has expired.

        We will not try this card again by ourselves.

          INV-1041  412.40 USD
          INV-7     250.00 USD

        You can give us another card, or pay, here:
        https://pay.tulip.example/rosa

        If you would rather pay another way, please reply to this mail.

        Kind regards
        Tulip Wholesale
        ");
    }

    #[test]
    fn a_notice_without_its_template_says_the_same() {
        let page = Page::of(&facts(About::Coming {
            on: date(2026, 11, 30),
        }));

        let text = page.plainly();

        assert!(
            text.contains("662.40 USD") && text.contains("INV-7: 250.00 USD"),
            "{text}"
        );
    }
}
