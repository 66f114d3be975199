//! How the domain's values stand in columns.
//!
//! One spelling for each, in both directions; a column that holds anything
//! else is an error of the book, never a default.

use jiff::civil::Time;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::domain::allotting::Policy;
use crate::domain::attachment;
use crate::domain::authorization::Scope;
use crate::domain::charge::State;
use crate::domain::credit::AdjustmentKind;
use crate::domain::decline::Class;
use crate::domain::dispute::Outcome;
use crate::domain::gateway_account::{GatewayAccount, Mode};
use crate::domain::hour::{self, Hour};
use crate::domain::ids::{
    AdjustmentId, AttachmentId, AttemptId, AuthorizationId, AutopayId, CardId, ChargeId, CreditId,
    CreditMemoId, CustomerId, DepositId, DisputeId, ImportId, InvoiceId, MailId, OccurrenceId,
    PaymentId, ReceiptId, RefundId, ScheduleId,
};
use crate::domain::intent::Intent;
use crate::domain::money::{Currency, Money};
use crate::domain::outbox::MailState;
use crate::domain::payment::Method;
use crate::domain::schedule::Standing;
use crate::domain::terms::Terms;

macro_rules! row_id_columns {
    ($($name:ident),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.0))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )*};
}

row_id_columns!(
    AdjustmentId,
    AttachmentId,
    AttemptId,
    AuthorizationId,
    AutopayId,
    CardId,
    ChargeId,
    CreditId,
    CreditMemoId,
    CustomerId,
    DepositId,
    DisputeId,
    ImportId,
    InvoiceId,
    MailId,
    OccurrenceId,
    PaymentId,
    ReceiptId,
    RefundId,
    ScheduleId
);

macro_rules! word_columns {
    ($($name:ty),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.word()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::from_word(value.as_str()?).ok_or(FromSqlError::InvalidType)
            }
        }
    )*};
}

word_columns!(
    AdjustmentKind,
    attachment::Kind,
    Class,
    MailState,
    Method,
    Mode,
    Outcome,
    Policy,
    Scope,
    Standing,
    State
);

impl ToSql for Terms {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.to_string()))
    }
}

impl FromSql for Terms {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).map_err(|error| FromSqlError::Other(error.into()))
    }
}

impl ToSql for Intent {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.to_string()))
    }
}

impl FromSql for Intent {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(Self::read)
    }
}

impl ToSql for Currency {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.code()))
    }
}

impl FromSql for Currency {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).map_err(FromSqlError::other)
    }
}

/// An account from the columns `gateway` and `account`.
pub(super) fn account(row: &Row<'_>) -> rusqlite::Result<GatewayAccount> {
    Ok(GatewayAccount {
        gateway: row.get("gateway")?,
        id: row.get("account")?,
    })
}

/// What stands in the columns `gateway` and `account`.
pub(super) fn in_columns(account: &GatewayAccount) -> [&str; 2] {
    [&account.gateway, &account.id]
}

/// Money from a column of minor units and the row's `currency`.
pub(super) fn money(row: &Row<'_>, minor: &str) -> rusqlite::Result<Money> {
    Ok(Money::of(row.get(minor)?, row.get("currency")?))
}

/// As [`money`], of several columns of a row: its currency is read once.
pub(super) fn moneys<'a>(
    row: &'a Row<'_>,
) -> rusqlite::Result<impl Fn(&str) -> rusqlite::Result<Money> + 'a> {
    let currency = row.get("currency")?;
    Ok(move |minor: &str| Ok(Money::of(row.get(minor)?, currency)))
}

/// A time of day from a column `at`: `09:00`.
pub(super) fn time(row: &Row<'_>) -> rusqlite::Result<Time> {
    let text: String = row.get("at")?;
    hour::time(&text).map_err(|_| FromSqlError::InvalidType.into())
}

/// A time of day in a zone, from the columns `at` and `zone`.
pub(super) fn hour(row: &Row<'_>) -> rusqlite::Result<Hour> {
    let (at, zone): (String, String) = (row.get("at")?, row.get("zone")?);
    Hour::read(&at, &zone).map_err(|_| FromSqlError::InvalidType.into())
}
