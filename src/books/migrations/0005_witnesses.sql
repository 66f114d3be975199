-- Schema 5: whether a request's moments can be believed, what of it surely stayed
-- here, and every id that a gateway named for it.

-- The gateway's own clock agreed with ours when it was prepared. One that was not
-- witnessed is looked for and never repeated: it may be older than it looks.
alter table attempts add column witnessed integer not null default 0 check (witnessed in (0, 1));
-- Its own sender saw that nothing of it left: it will never be listed.
alter table attempts add column never_left integer not null default 0 check (never_left in (0, 1));

drop trigger attempts_are_frozen;
create trigger attempts_are_frozen before update of
  charge_id, n, gateway, account, token, amount_minor, currency, key, reference, request, request_sha256, prepared_at,
  witnessed
  on attempts
begin select raise(abort, 'a prepared request is never changed'); end;

-- A transaction belongs to the attempt for which the gateway named it, whatever
-- became of that: in review, declined, or under another id in the end.
create table gateway_ids (
  gateway    text not null,
  account    text not null,
  gateway_id text not null,
  attempt_id integer not null references attempts (id),
  primary key (gateway, account, gateway_id, attempt_id)
) strict, without rowid;

create trigger gateway_ids_stand before update on gateway_ids
begin select raise(abort, 'what a gateway named stays named'); end;
create trigger gateway_ids_stay before delete on gateway_ids
begin select raise(abort, 'what a gateway named stays named'); end;

insert into gateway_ids (gateway, account, gateway_id, attempt_id)
  select gateway, account, gateway_id, id from attempts where gateway_id is not null;

-- What a gateway's list may still show: asked for by customer, however much else the account takes.
create index attempts_not_made on attempts (gateway, account, changed_at) where state = 'not_made' and never_left = 0;
