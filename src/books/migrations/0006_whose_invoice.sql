-- Schema 6: whose invoice it is.

-- A code that dues made up from a name says nothing of who they are; of codes
-- from before, nobody knows.
alter table customers add column code_is_made_up integer not null default 1 check (code_is_made_up in (0, 1));
-- So does a name that is an id, or a mail address, for want of one.
alter table customers add column name_is_made_up integer not null default 0 check (name_is_made_up in (0, 1));

-- What another system calls a customer. It may tell letters' case apart.
create table customer_ids (
  id          text primary key check (id <> ''),
  customer_id integer not null references customers (id),
  noted_at    text not null
) strict;

create index customer_ids_of_customer on customer_ids (customer_id);
