-- Schema 2: how far the gateways' own lists were read.

-- Up to this moment, by the gateway's clock, every request of this book that
-- the gateway lists is in the book.
create table looks (
  gateway    text not null,
  account    text not null,
  seen_until text not null,
  primary key (gateway, account)
) strict;

-- What a gateway lists or this machine marked, and could not be taken back
-- into the book: a person compared, and said why it is left out.
create table set_aside (
  gateway    text not null,
  account    text not null,
  reference  text not null,
  -- Its number is used up: the key that is made from it was sent.
  charge_id  integer not null,
  what       text not null check (what <> ''),
  because    text not null check (because <> ''),
  decided_at text not null,
  primary key (gateway, account, reference)
) strict;

create trigger set_aside_stands before update on set_aside
begin select raise(abort, 'what was decided is never changed'); end;
create trigger set_aside_stays before delete on set_aside
begin select raise(abort, 'what was decided is never deleted'); end;
