-- Schema 4: what is asked for every charge is found by an index, however long the book.

create index attempts_by_gateway_id on attempts (gateway, account, gateway_id) where gateway_id is not null;

-- A shop has one account: by the account alone, its every attempt was read.
drop index attempts_decided;
create index attempts_decided on attempts (gateway, account, token, changed_at) where state in ('declined', 'succeeded');
