-- Charges on a date: schedules, autopay, holds, and what became of each occurrence.
--
-- A schedule is never changed, only ended; its dates are computed from it.
-- An occurrence gets its row when something is done about it: it is charged,
-- moved, skipped or held. The row is unique, and so the date fires once.

create table schedules (
  id            integer primary key autoincrement,
  customer_id   integer not null references customers (id),
  -- null: the customer's default card on the day.
  card_id       integer references cards (id),
  kind          text not null check (kind in ('invoices', 'all_due', 'amount')),
  amount_minor  integer check (amount_minor > 0),
  currency      text check (length(currency) = 3),
  on_account    integer not null check (on_account in (0, 1)),
  use_credits   integer not null check (use_credits in (0, 1)),
  -- The amounts of the invoices were fixed when it was planned.
  is_locked     integer not null check (is_locked in (0, 1)),
  step          integer check (step between 1 and 366),
  unit          text check (unit in ('day', 'week', 'month', 'year')),
  first_on      text not null check (length(first_on) = 10),
  month_day     integer not null check (month_day between 1 and 31),
  at            text not null check (at glob '[0-2][0-9]:[0-5][0-9]'),
  zone          text not null check (zone <> ''),
  times         integer check (times > 0),
  until         text check (until >= first_on),
  memo          text,
  wants_mail    integer not null check (wants_mail in (0, 1)),
  planned_at    text not null,
  ended_at      text,
  end_reason    text,
  check ((kind = 'amount') = (amount_minor is not null)),
  check ((amount_minor is null) = (currency is null)),
  check ((step is null) = (unit is null)),
  check (step is not null or (times is null and until is null)),
  check (times is null or until is null),
  check ((ended_at is null) = (end_reason is null))
) strict;

create index running_schedules on schedules (customer_id) where ended_at is null;
create index schedules_of_customer on schedules (customer_id);

create trigger schedules_stand before update of id, customer_id, card_id, kind, amount_minor, currency,
  on_account, use_credits, is_locked, step, unit, first_on, month_day, at, zone, times, until, memo,
  wants_mail, planned_at on schedules
begin select raise(abort, 'a schedule is replaced by a new one, never changed'); end;
create trigger schedules_end_once before update of ended_at, end_reason on schedules when old.ended_at is not null
begin select raise(abort, 'a schedule that ended stays ended'); end;
create trigger schedules_stay before delete on schedules
begin select raise(abort, 'a schedule is never deleted'); end;

-- The invoices that a schedule pays; without an amount, whatever is open then.
create table schedule_invoices (
  schedule_id  integer not null references schedules (id),
  line         integer not null,
  invoice_id   integer not null references invoices (id),
  amount_minor integer check (amount_minor > 0),
  primary key (schedule_id, line),
  unique (schedule_id, invoice_id)
) strict;

create index schedules_of_invoice on schedule_invoices (invoice_id);

create trigger schedule_invoices_stand before update on schedule_invoices
begin select raise(abort, 'a schedule is replaced by a new one, never changed'); end;
create trigger schedule_invoices_stay before delete on schedule_invoices
begin select raise(abort, 'a schedule is never deleted'); end;

-- A customer's standing agreement: what is due is charged by itself.
create table autopays (
  id          integer primary key autoincrement,
  customer_id integer not null references customers (id),
  card_id     integer references cards (id),
  -- Days after an invoice's due date.
  after_days  integer not null check (after_days between 0 and 365),
  most_minor  integer check (most_minor > 0),
  currency    text check (length(currency) = 3),
  use_credits integer not null check (use_credits in (0, 1)),
  at          text not null check (at glob '[0-2][0-9]:[0-5][0-9]'),
  zone        text not null check (zone <> ''),
  begun_at    text not null,
  ended_at    text,
  check ((most_minor is null) = (currency is null))
) strict;

create unique index one_autopay_per_customer on autopays (customer_id) where ended_at is null;

create trigger autopays_stand before update of id, customer_id, card_id, after_days, most_minor, currency,
  use_credits, at, zone, begun_at on autopays
begin select raise(abort, 'autopay is ended and begun anew, never changed'); end;
create trigger autopays_end_once before update of ended_at on autopays when old.ended_at is not null
begin select raise(abort, 'autopay that ended stays ended'); end;
create trigger autopays_stay before delete on autopays
begin select raise(abort, 'autopay is never deleted'); end;

-- One date of a schedule or of autopay. What makes it this one, for ever, is
-- the date it was planned for, wherever it is moved.
create table occurrences (
  id          integer primary key autoincrement,
  schedule_id integer references schedules (id),
  autopay_id  integer references autopays (id),
  planned_on  text not null check (length(planned_on) = 10),
  due_on      text not null check (length(due_on) = 10),
  at          text not null check (at glob '[0-2][0-9]:[0-5][0-9]'),
  state       text not null check (state in ('moved', 'charging', 'paid', 'failed', 'skipped', 'held')),
  reason      text,
  changed_at  text not null,
  unique (schedule_id, planned_on),
  unique (autopay_id, planned_on),
  check ((schedule_id is null) <> (autopay_id is null)),
  check (state not in ('skipped', 'held', 'failed') or reason <> '')
) strict;

create index unfinished_occurrences on occurrences (state) where state in ('moved', 'charging', 'failed', 'held');

create trigger occurrences_keep_their_date before update of id, schedule_id, autopay_id, planned_on on occurrences
begin select raise(abort, 'an occurrence keeps the date it was planned for'); end;
create trigger occurrences_end_once before update on occurrences when old.state in ('paid', 'skipped')
begin select raise(abort, 'an occurrence that is over stays over'); end;
create trigger occurrences_stay before delete on occurrences
begin select raise(abort, 'an occurrence is never deleted'); end;

-- The charges of an occurrence. A second one is made only where the first
-- surely took nothing, on another card or for what is open by then.
create table occurrence_charges (
  occurrence_id integer not null references occurrences (id),
  n             integer not null check (n > 0),
  charge_id     integer not null unique references charges (id),
  primary key (occurrence_id, n)
) strict;

create trigger one_live_charge_per_occurrence before insert on occurrence_charges
  when exists (select 1 from occurrence_charges o join attempts a on a.charge_id = o.charge_id
                where o.occurrence_id = new.occurrence_id and a.state not in ('declined', 'not_made'))
begin select raise(abort, 'an occurrence is charged at most once'); end;
create trigger over_is_not_charged before insert on occurrence_charges
  when (select state from occurrences where id = new.occurrence_id) in ('paid', 'skipped')
begin select raise(abort, 'an occurrence that is over is not charged'); end;
create trigger occurrence_charges_stand before update on occurrence_charges
begin select raise(abort, 'an occurrence keeps its charges'); end;
create trigger occurrence_charges_stay before delete on occurrence_charges
begin select raise(abort, 'an occurrence keeps its charges'); end;

-- Somebody said: nothing is charged by itself here until this is released.
create table holds (
  id          integer primary key autoincrement,
  customer_id integer references customers (id),
  invoice_id  integer references invoices (id),
  because     text not null check (because <> ''),
  held_at     text not null,
  released_at text,
  check ((customer_id is null) <> (invoice_id is null))
) strict;

create unique index one_hold_per_customer on holds (customer_id) where released_at is null and customer_id is not null;
create unique index one_hold_per_invoice on holds (invoice_id) where released_at is null and invoice_id is not null;

create trigger holds_stand before update of id, customer_id, invoice_id, because, held_at on holds
begin select raise(abort, 'a hold is released, never changed'); end;
create trigger holds_end_once before update of released_at on holds when old.released_at is not null
begin select raise(abort, 'a hold that was released stays released'); end;
create trigger holds_stay before delete on holds
begin select raise(abort, 'a hold is never deleted'); end;

-- Each run of what is due, when it is over: what it did, in the book's own currency.
create table runs (
  id          integer primary key autoincrement,
  began_at    text not null,
  ended_at    text not null,
  taken       integer not null check (taken >= 0),
  taken_minor integer not null check (taken_minor >= 0),
  declined    integer not null check (declined >= 0),
  unknown     integer not null check (unknown >= 0),
  skipped     integer not null check (skipped >= 0),
  -- Why it stopped before its end, if it did.
  stopped     text,
  by_hand     integer not null check (by_hand in (0, 1))
) strict;

create trigger runs_stand before update on runs
begin select raise(abort, 'a run is never changed'); end;
create trigger runs_stay before delete on runs
begin select raise(abort, 'a run is never deleted'); end;

-- How often a card was tried, whichever payment it was for.
create index attempts_decided on attempts (token, changed_at) where state in ('declined', 'succeeded');
