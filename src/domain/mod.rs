//! The nouns of receivables and their rules, with no clock, file, table or net.
//!
//! Everything here is a value or a pure function, so that what must never be
//! wrong (money, the spread over invoices, the life of a charge) can be read
//! on one page and tested without a world around it.

pub mod accounting;
pub mod aging;
pub mod allotting;
pub mod attachment;
pub mod authorization;
pub mod cadence;
pub mod card;
pub mod card_number;
pub mod charge;
pub mod chart;
pub mod confirmation;
pub mod contact;
pub mod credit;
pub mod customer;
pub mod dates;
pub mod decline;
pub mod dispute;
pub mod evidence;
pub mod gateway_account;
pub mod hour;
pub mod ids;
pub mod intent;
pub mod invoice;
pub mod journal;
pub mod label;
pub mod money;
pub mod notice;
pub mod outbox;
pub mod outside;
pub mod payment;
pub mod purpose;
pub mod refund;
pub mod retry;
pub mod rules;
pub mod schedule;
pub mod spread;
pub mod terms;
pub mod text;
pub mod untrusted;
pub mod web_link;
