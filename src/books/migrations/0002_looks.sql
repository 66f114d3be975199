-- Schema 2: how far the gateways' own lists were read.

-- Up to this moment, by the gateway's clock, every request of this book that
-- the gateway lists is in the book.
create table looks (
  gateway    text not null,
  account    text not null,
  seen_until text not null,
  primary key (gateway, account)
) strict;
