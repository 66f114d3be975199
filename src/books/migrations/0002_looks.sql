-- Schema 2: how far the gateways' own lists were read.

-- The book was compared with the world while the attempt was open: a book that
-- was lost since may have sent it, ended it, and paid its invoices otherwise.
alter table attempts add column reconciled integer not null default 0 check (reconciled in (0, 1));

-- Up to this moment, by the gateway's clock, every request of this book that
-- the gateway lists is in the book.
create table looks (
  gateway    text not null,
  account    text not null,
  seen_until text not null,
  primary key (gateway, account)
) strict;

-- The reference that late money carries at the gateway, where it is not its own.
alter table attempts add column carries text;
create index late_attempts on attempts (carries) where carries is not null;
create index attempts_changed on attempts (gateway, account, changed_at);

-- One transaction is booked once; it may have been declined before it was taken.
drop index one_attempt_per_gateway_id;
create unique index one_attempt_per_gateway_id on attempts (gateway, account, gateway_id)
  where gateway_id is not null and state <> 'declined';

-- What a gateway lists or this machine marked, and could not be taken back
-- into the book: a person compared, and said why it is left out.
create table set_aside (
  gateway    text not null,
  account    text not null,
  reference  text not null,
  -- The transaction that was left out; empty: nothing was known to be taken.
  taken      text not null,
  -- Its number is used up: the key that is made from it was sent.
  charge_id  integer not null,
  what       text not null check (what <> ''),
  because    text not null check (because <> ''),
  decided_at text not null,
  primary key (gateway, account, reference, taken)
) strict;

create trigger set_aside_stands before update on set_aside
begin select raise(abort, 'what was decided is never changed'); end;
create trigger set_aside_stays before delete on set_aside
begin select raise(abort, 'what was decided is never deleted'); end;
