-- Schema 4: attempts are found by an index, however long the book;
-- and what was closed as not made gives its transaction free, should it be taken after all.

create index attempts_by_gateway_id on attempts (gateway, account, gateway_id) where gateway_id is not null;

-- A shop has one account: by the account alone, its every attempt was read.
drop index attempts_decided;
create index attempts_decided on attempts (gateway, account, token, changed_at) where state in ('declined', 'succeeded');

drop index one_attempt_per_gateway_id;
create unique index one_attempt_per_gateway_id on attempts (gateway, account, gateway_id)
  where gateway_id is not null and state not in ('declined', 'not_made');
