-- The whole of receivables, continued: what a month in dues alone still lacked.


-- Disputes: that one was answered, and what may be shown for it.

-- The answer is a fact of its own; the bank decides then. One counts.
create table dispute_answers (
  dispute_id  integer primary key references disputes (id),
  answered_on text not null check (length(answered_on) = 10),
  -- What the gateway calls it.
  reference   text check (reference <> ''),
  answered_at text not null
) strict;

create trigger answers_are_of_open_disputes before insert on dispute_answers
  when exists (select 1 from disputes where id = new.dispute_id
                and (ended_at is not null or new.answered_on < opened_on))
begin select raise(abort, 'a dispute is answered while it is open, and not before it was'); end;
create trigger answers_stand before update on dispute_answers
begin select raise(abort, 'an answer is never changed'); end;
create trigger answers_stay before delete on dispute_answers
begin select raise(abort, 'an answer is never deleted'); end;

-- What a file is. Those of an authorization were forms, whatever they were called.
drop trigger attachments_stand;
alter table attachments add column kind text not null default 'other'
  check (kind in ('form', 'delivery', 'correspondence', 'contract', 'policy', 'other'));
update attachments set kind = 'form' where authorization_id is not null;
create trigger attachments_stand before update on attachments
begin select raise(abort, 'an attachment is never changed'); end;
