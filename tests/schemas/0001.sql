-- A book as dues wrote it at schema 1: a decline, a payment, a charge whose outcome is unknown.
pragma application_id = 1685415283;
pragma user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE allocations (
  id           integer primary key autoincrement,
  payment_id   integer not null references payments (id),
  invoice_id   integer not null references invoices (id),
  amount_minor integer not null check (amount_minor <> 0),
  allocated_at text not null
) strict;
INSERT INTO "allocations" VALUES(1,1,1,10000,'2026-11-22T15:00:00Z');
INSERT INTO "allocations" VALUES(2,1,2,5000,'2026-11-22T15:00:00Z');
CREATE TABLE attempts (
  id             integer primary key autoincrement,
  charge_id      integer not null references charges (id),
  n              integer not null check (n > 0),
  gateway        text not null,
  account        text not null,
  token          text not null,
  amount_minor   integer not null check (amount_minor > 0),
  currency       text not null check (length(currency) = 3),
  key            text not null unique,
  reference      text not null unique check (length(reference) <= 20),
  request        blob not null,
  request_sha256 text not null check (length(request_sha256) = 64),
  state          text not null check (state in
    ('prepared', 'sending', 'succeeded', 'declined', 'pending', 'unknown', 'review', 'not_made')),
  sends          integer not null default 0 check (sends >= 0),
  first_sent_at  text,
  last_sent_at   text,
  -- Look-ups that found nothing, complete and late enough to count.
  misses         integer not null default 0,
  last_miss_at   text,
  gateway_id     text,
  -- What the gateway took, where a person accepted another amount than was asked.
  accepted_minor integer check (accepted_minor > 0),
  decline_class  text check (decline_class in ('hard', 'fix', 'auth', 'soft', 'wait', 'config')),
  decline_code   text,
  decline_text   text,
  decline_advice text,
  -- Why it stands where it stands, in words.
  note           text,
  prepared_at    text not null,
  changed_at     text not null,
  unique (charge_id, n),
  check ((state = 'declined') = (decline_class is not null)),
  check (state <> 'succeeded' or gateway_id is not null),
  check (state <> 'sending' or (sends > 0 and first_sent_at is not null))
) strict;
INSERT INTO "attempts" VALUES(1,1,1,'sandbox','sandbox','sbx_card_1',10000,'USD','6GWULQLAGIXCHONGYKTTUQ5UHSMU45YJ','DTJ4AGUQHIQ66QHZRKQH',X'7B22616D6F756E74223A31303030302C2263757272656E6379223A22555344222C22746F6B656E223A227362785F636172645F31222C227265666572656E6365223A2244544A3441475551484951363651485A524B5148222C226465736372697074696F6E223A2243482D3120494E562D31222C226C6162656C223A7B22647565735F626F6F6B223A22633464303166666333616564222C22647565735F636861726765223A2243482D31222C22647565735F696E74656E74223A2243482D31222C22647565735F6E223A2231222C22647565735F70617973223A22494E562D313D3130302E3030227D7D','a722b428202be282253f4b081ba14ac97cf6e9df1f6a3c427e08eba1c12bbbbb','declined',1,'2026-11-22T15:00:00Z','2026-11-22T15:00:00Z',0,NULL,'sbx_ch_1',NULL,'soft','insufficient_funds','Your card has insufficient funds.',NULL,NULL,'2026-11-22T15:00:00Z','2026-11-22T15:00:00Z');
INSERT INTO "attempts" VALUES(2,2,1,'sandbox','sandbox','sbx_card_1',15000,'USD','GAN4JYRP52JZHUTCJHB3SEQZWJMVDWQQ','DIVVBVTHWZ7SVWAUQOEF',X'7B22616D6F756E74223A31353030302C2263757272656E6379223A22555344222C22746F6B656E223A227362785F636172645F31222C227265666572656E6365223A224449565642565448575A375356574155514F4546222C226465736372697074696F6E223A2243482D3220494E562D3120494E562D32222C226C6162656C223A7B22647565735F626F6F6B223A22633464303166666333616564222C22647565735F636861726765223A2243482D32222C22647565735F696E74656E74223A2243482D32222C22647565735F6E223A2231222C22647565735F70617973223A22494E562D313D3130302E30303B494E562D323D35302E3030227D7D','7c5e1d5835d03de36ed2f6c9408642e53fee4f5db0d98939a6e22a9e6feaee55','succeeded',1,'2026-11-22T15:00:00Z','2026-11-22T15:00:00Z',0,NULL,'sbx_ch_2',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-22T15:00:00Z','2026-11-22T15:00:00Z');
INSERT INTO "attempts" VALUES(3,3,1,'sandbox','sandbox','sbx_card_1',30000,'USD','4SM7K5HWYNT65SPCZKGQEBCESSQQCO6Z','DF6OAYUN5XFSA4YRQTIA',X'7B22616D6F756E74223A33303030302C2263757272656E6379223A22555344222C22746F6B656E223A227362785F636172645F31222C227265666572656E6365223A224446364F4159554E355846534134595251544941222C226465736372697074696F6E223A2243482D3320494E562D33222C226C6162656C223A7B22647565735F626F6F6B223A22633464303166666333616564222C22647565735F636861726765223A2243482D33222C22647565735F696E74656E74223A2243482D33222C22647565735F6E223A2231222C22647565735F70617973223A22494E562D333D3330302E3030227D7D','b4895f33d80ad2845e49ec13d0fb54bc1b0065b0a68cc551f076330018cc7117','unknown',1,'2026-11-22T15:00:00Z','2026-11-22T15:00:00Z',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'the sandbox answered with an error of its own (500)','2026-11-22T15:00:00Z','2026-11-22T15:00:00Z');
CREATE TABLE audit (
  seq     integer primary key,
  at      text not null,
  actor   text not null,
  command text not null,
  what    text not null,
  prev    text not null,
  hash    text not null unique
) strict;
INSERT INTO "audit" VALUES(1,'2026-11-22T15:00:00Z','rosa@office','init','{"book":"a3b49a3517c84208a7fc6458def8b43e","event":"book.founded","mode":"test","name":"Tulip Wholesale"}','0000000000000000000000000000000000000000000000000000000000000000','657a036855a206562658547d9afdb09b74cad3197c4ae5feb4336933e0984db5');
INSERT INTO "audit" VALUES(2,'2026-11-22T15:00:00Z','rosa@office','init','{"account":"sandbox","event":"gateway.logged_in","gateway":"sandbox","source":"none"}','657a036855a206562658547d9afdb09b74cad3197c4ae5feb4336933e0984db5','d680858e67bf66a47ae19fd7a562e05e134a9951e154658f7d1ba95040ba33fc');
INSERT INTO "audit" VALUES(3,'2026-11-22T15:00:00Z','rosa@office','customer','{"customer":"ACME","event":"customer.added","name":"Acme Corp"}','d680858e67bf66a47ae19fd7a562e05e134a9951e154658f7d1ba95040ba33fc','2a6a2997fb7561047cf06bae13cab40eea809e6e4f9e8a8517fe04649ea933f9');
INSERT INTO "audit" VALUES(4,'2026-11-22T15:00:00Z','rosa@office','card','{"card":"visa 4242","customer":"ACME","event":"card.added","gateway":"sandbox"}','2a6a2997fb7561047cf06bae13cab40eea809e6e4f9e8a8517fe04649ea933f9','f4d2e8d77747dd6976deb647e764a4acf8ac565efce2b6f58e4cae3793df358d');
INSERT INTO "audit" VALUES(5,'2026-11-22T15:00:00Z','rosa@office','card','{"by":"A. Cme","card":"visa 4242","customer":"ACME","event":"card.authorized","how":"signed form","scope":"any"}','f4d2e8d77747dd6976deb647e764a4acf8ac565efce2b6f58e4cae3793df358d','f17eda458b182c756232e95c2f772a6015aff0d9e79e12f5d269afcbd06d9377');
INSERT INTO "audit" VALUES(6,'2026-11-22T15:00:00Z','rosa@office','invoice','{"customer":"ACME","event":"invoice.added","invoice":"INV-1","total":"100.00 USD"}','f17eda458b182c756232e95c2f772a6015aff0d9e79e12f5d269afcbd06d9377','289b288241252adfab52811b64851de6abd24be2fa7ec5836a91da0a573304c4');
INSERT INTO "audit" VALUES(7,'2026-11-22T15:00:00Z','rosa@office','invoice','{"customer":"ACME","event":"invoice.added","invoice":"INV-2","total":"200.00 USD"}','289b288241252adfab52811b64851de6abd24be2fa7ec5836a91da0a573304c4','fd0d5837b2f09af946afe63f3cd4845fea24f5ff5af171d8a0092673b5d95a03');
INSERT INTO "audit" VALUES(8,'2026-11-22T15:00:00Z','rosa@office','invoice','{"customer":"ACME","event":"invoice.added","invoice":"INV-3","total":"300.00 USD"}','fd0d5837b2f09af946afe63f3cd4845fea24f5ff5af171d8a0092673b5d95a03','aec62c475d5729e614e9f4ac8f1492f5eb392502d54fb1613f4f5899724bf02d');
INSERT INTO "audit" VALUES(9,'2026-11-22T15:00:00Z','rosa@office','charge','{"amount":"100.00 USD","attempt":1,"card":"visa 4242","charge":"CH-1","customer":"ACME","event":"charge.prepared","gateway":"sandbox","reference":"DTJ4AGUQHIQ66QHZRKQH"}','aec62c475d5729e614e9f4ac8f1492f5eb392502d54fb1613f4f5899724bf02d','50ca04e73a3e1b99f41ed69473b7f927c6474dc1a8c95d92e1faccfacbedbbd6');
INSERT INTO "audit" VALUES(10,'2026-11-22T15:00:00Z','rosa@office','charge','{"attempt":1,"charge":"CH-1","customer":"ACME","event":"charge.sending","from":"prepared","gateway_id":null,"note":null,"payment":null}','50ca04e73a3e1b99f41ed69473b7f927c6474dc1a8c95d92e1faccfacbedbbd6','2a6be0c2cc19a3b23ce4e8e8762c95e68a118d50378253b332a7aaef80a41ae4');
INSERT INTO "audit" VALUES(11,'2026-11-22T15:00:00Z','rosa@office','charge','{"attempt":1,"charge":"CH-1","customer":"ACME","event":"charge.declined","from":"sending","gateway_id":"sbx_ch_1","note":null,"payment":null}','2a6be0c2cc19a3b23ce4e8e8762c95e68a118d50378253b332a7aaef80a41ae4','82b390cab19ff3d283d6dc1822cb4d394b521768e204b3b4145358595e66eaa7');
INSERT INTO "audit" VALUES(12,'2026-11-22T15:00:00Z','rosa@office','charge','{"amount":"150.00 USD","attempt":1,"card":"visa 4242","charge":"CH-2","customer":"ACME","event":"charge.prepared","gateway":"sandbox","reference":"DIVVBVTHWZ7SVWAUQOEF"}','82b390cab19ff3d283d6dc1822cb4d394b521768e204b3b4145358595e66eaa7','26d6a59b926bd1415aaaa070c8d9413f55abb7aafc9f28ac7b8f504e6ce051e9');
INSERT INTO "audit" VALUES(13,'2026-11-22T15:00:00Z','rosa@office','charge','{"attempt":1,"charge":"CH-2","customer":"ACME","event":"charge.sending","from":"prepared","gateway_id":null,"note":null,"payment":null}','26d6a59b926bd1415aaaa070c8d9413f55abb7aafc9f28ac7b8f504e6ce051e9','e2279fe6f0d6e7857b82274aa7563e70511a5125ef124ea1e91d8583ca96f28f');
INSERT INTO "audit" VALUES(14,'2026-11-22T15:00:00Z','rosa@office','charge','{"attempt":1,"charge":"CH-2","customer":"ACME","event":"charge.succeeded","from":"sending","gateway_id":"sbx_ch_2","note":null,"payment":"PAY-1"}','e2279fe6f0d6e7857b82274aa7563e70511a5125ef124ea1e91d8583ca96f28f','053e78e2d8565b589bc29c19ecda9721a887f9d6e88d74f7dc3f14d166f29007');
INSERT INTO "audit" VALUES(15,'2026-11-22T15:00:00Z','rosa@office','charge','{"event":"mail.queued","mail":"M-1"}','053e78e2d8565b589bc29c19ecda9721a887f9d6e88d74f7dc3f14d166f29007','99186140a77b798fd8b29b02ade7fbddac92e71223859b767cb3907aef0b7c89');
INSERT INTO "audit" VALUES(16,'2026-11-22T15:00:00Z','rosa@office','charge','{"claimed":true,"event":"mail.claimed","mail":"M-1"}','99186140a77b798fd8b29b02ade7fbddac92e71223859b767cb3907aef0b7c89','eb1bc7727de7adc599a299ba37b80b9a942173cc816375eb66b904f04db10903');
INSERT INTO "audit" VALUES(17,'2026-11-22T15:00:00Z','rosa@office','charge','{"event":"mail.settled","mail":"M-1","note":"/tmp/s1/mails/confirmation.pay-1.a3b49a3517c8@dues.invalid.eml","state":"sent"}','eb1bc7727de7adc599a299ba37b80b9a942173cc816375eb66b904f04db10903','fd68780f2704afcd318df7f2b00f2a6199fc2d7a9e2f2fe888b8b2d21e0b6bd8');
INSERT INTO "audit" VALUES(18,'2026-11-22T15:00:00Z','rosa@office','charge','{"amount":"300.00 USD","attempt":1,"card":"visa 4242","charge":"CH-3","customer":"ACME","event":"charge.prepared","gateway":"sandbox","reference":"DF6OAYUN5XFSA4YRQTIA"}','fd68780f2704afcd318df7f2b00f2a6199fc2d7a9e2f2fe888b8b2d21e0b6bd8','00aea47c8f5fadbed74917982fd82139aa8e0ba261abe092779b44b9e63c70bd');
INSERT INTO "audit" VALUES(19,'2026-11-22T15:00:00Z','rosa@office','charge','{"attempt":1,"charge":"CH-3","customer":"ACME","event":"charge.sending","from":"prepared","gateway_id":null,"note":null,"payment":null}','00aea47c8f5fadbed74917982fd82139aa8e0ba261abe092779b44b9e63c70bd','6b2a028da6c94eb2b5ee85c6526270695702caabb0774e84ea6a6be271eb9678');
INSERT INTO "audit" VALUES(20,'2026-11-22T15:00:00Z','rosa@office','charge','{"attempt":1,"charge":"CH-3","customer":"ACME","event":"charge.unknown","from":"sending","gateway_id":null,"note":"the sandbox answered with an error of its own (500)","payment":null}','6b2a028da6c94eb2b5ee85c6526270695702caabb0774e84ea6a6be271eb9678','8d8d609266e61d0e0b1241f896e59dd99feb792d9faa7b5f7597c5b8905d5881');
CREATE TABLE authorizations (
  id            integer primary key autoincrement,
  card_id       integer not null references cards (id),
  scope         text not null check (scope in ('any', 'invoices', 'scheduled')),
  ceiling_minor integer check (ceiling_minor > 0),
  currency      text check (length(currency) = 3),
  until         text,
  given_by      text not null check (given_by <> ''),
  how           text not null check (how <> ''),
  recorded_at   text not null,
  check ((ceiling_minor is null) = (currency is null))
) strict;
INSERT INTO "authorizations" VALUES(1,1,'any',NULL,NULL,NULL,'A. Cme','signed form','2026-11-22T15:00:00Z');
CREATE TABLE book (
  one        integer primary key check (one = 1),
  id         text not null check (length(id) = 32),
  name       text not null check (name <> ''),
  currency   text not null check (length(currency) = 3),
  zone       text not null,
  gateway    text not null,
  mode       text not null check (mode in ('test', 'live')),
  created_at text not null
) strict;
INSERT INTO "book" VALUES(1,'a3b49a3517c84208a7fc6458def8b43e','Tulip Wholesale','USD','America/New_York','sandbox','test','2026-11-22T15:00:00Z');
CREATE TABLE cards (
  id           integer primary key autoincrement,
  customer_id  integer not null references customers (id),
  gateway      text not null,
  account      text not null,
  token        text not null check (token <> ''),
  brand        text not null,
  last4        text not null check (last4 glob '[0-9][0-9][0-9][0-9]'),
  expiry_year  integer,
  expiry_month integer check (expiry_month between 1 and 12),
  nickname     text check (nickname <> ''),
  is_default   integer not null default 0 check (is_default in (0, 1)),
  disabled_at  text,
  created_at   text not null,
  -- One saved card belongs to one customer.
  unique (gateway, account, token)
) strict;
INSERT INTO "cards" VALUES(1,1,'sandbox','sandbox','sbx_card_1','visa','4242',2031,12,NULL,1,NULL,'2026-11-22T15:00:00Z');
CREATE TABLE charges (
  id               integer primary key autoincrement,
  customer_id      integer not null references customers (id),
  card_id          integer not null references cards (id),
  authorization_id integer not null references authorizations (id),
  amount_minor     integer not null check (amount_minor > 0),
  currency         text not null check (length(currency) = 3),
  -- What makes it this intent and no other; the gateway's key is made from it.
  intent           text not null unique,
  -- A script's own id for it, and what it asked for, to tell a repetition from a mistake.
  request_id       text unique,
  request_text     text,
  memo             text,
  wants_mail       integer not null check (wants_mail in (0, 1)),
  charged_on       text not null,
  created_at       text not null
) strict;
INSERT INTO "charges" VALUES(1,1,1,1,10000,'USD','CH-1',NULL,NULL,NULL,1,'2026-11-22','2026-11-22T15:00:00Z');
INSERT INTO "charges" VALUES(2,1,1,1,15000,'USD','CH-2',NULL,NULL,NULL,1,'2026-11-22','2026-11-22T15:00:00Z');
INSERT INTO "charges" VALUES(3,1,1,1,30000,'USD','CH-3',NULL,NULL,NULL,1,'2026-11-22','2026-11-22T15:00:00Z');
CREATE TABLE customers (
  id         integer primary key autoincrement,
  code       text not null unique check (code = upper(code) and code <> ''),
  name       text not null check (name <> ''),
  same_name  text not null,
  email      text check (email <> ''),
  terms_days integer not null check (terms_days between 0 and 365),
  created_at text not null
) strict;
INSERT INTO "customers" VALUES(1,'ACME','Acme Corp','acme corp','ap@acme.example',30,'2026-11-22T15:00:00Z');
CREATE TABLE imports (
  id          integer primary key autoincrement,
  file        text not null,
  sha256      text not null,
  invoices    integer not null check (invoices > 0),
  imported_at text not null
) strict;
CREATE TABLE invoices (
  id          integer primary key autoincrement,
  number      text not null unique collate nocase check (number <> ''),
  customer_id integer not null references customers (id),
  currency    text not null check (length(currency) = 3),
  total_minor integer not null check (total_minor > 0),
  -- Kept by the triggers on allocations; `dues check` proves it.
  open_minor  integer not null check (open_minor between 0 and total_minor),
  issued_on   text not null,
  due_on      text not null,
  memo        text,
  import_id   integer references imports (id),
  voided_at   text,
  void_reason text,
  created_at  text not null,
  check ((voided_at is null) = (void_reason is null)),
  -- A void invoice carries nothing.
  check (voided_at is null or open_minor = total_minor)
) strict;
INSERT INTO "invoices" VALUES(1,'INV-1',1,'USD',10000,0,'2026-01-01','2026-01-10',NULL,NULL,NULL,NULL,'2026-11-22T15:00:00Z');
INSERT INTO "invoices" VALUES(2,'INV-2',1,'USD',20000,15000,'2026-01-01','2026-02-10',NULL,NULL,NULL,NULL,'2026-11-22T15:00:00Z');
INSERT INTO "invoices" VALUES(3,'INV-3',1,'USD',30000,30000,'2026-01-01','2026-03-10',NULL,NULL,NULL,NULL,'2026-11-22T15:00:00Z');
CREATE TABLE logins (
  id            integer primary key,
  gateway       text not null,
  account       text not null,
  source        text not null check (source in ('none', 'keyring', 'file', 'command', 'credential')),
  logged_in_at  text not null,
  logged_out_at text
) strict;
INSERT INTO "logins" VALUES(1,'sandbox','sandbox','none','2026-11-22T15:00:00Z',NULL);
CREATE TABLE mails (
  id          integer primary key autoincrement,
  -- What it tells of; with the recipient, what makes it this mail and no second one.
  event       text not null,
  recipient   text not null check (recipient <> ''),
  customer_id integer references customers (id),
  payment_id  integer references payments (id),
  subject     text not null,
  text        text not null,
  html        text not null,
  message_id  text not null unique,
  state       text not null check (state in
    ('queued', 'sending', 'sent', 'maybe_sent', 'failed', 'cancelled')),
  tries       integer not null default 0,
  -- How often it may have gone out without our knowing.
  doubts      integer not null default 0,
  next_try_at text,
  sent_at     text,
  note        text,
  written_at  text not null,
  unique (event, recipient)
) strict;
CREATE TABLE payments (
  id              integer primary key autoincrement,
  customer_id     integer not null references customers (id),
  method          text not null check (method in ('card', 'check', 'ach', 'wire', 'cash', 'other')),
  amount_minor    integer not null check (amount_minor > 0),
  currency        text not null check (length(currency) = 3),
  received_on     text not null,
  attempt_id      integer unique references attempts (id),
  memo            text,
  -- Kept by the triggers on allocations; `dues check` proves it.
  unapplied_minor integer not null check (unapplied_minor between 0 and amount_minor),
  created_at      text not null,
  check ((method = 'card') = (attempt_id is not null))
) strict;
INSERT INTO "payments" VALUES(1,1,'card',15000,'USD','2026-11-22',2,NULL,0,'2026-11-22T15:00:00Z');
CREATE TABLE plans (
  charge_id    integer not null references charges (id),
  line         integer not null,
  invoice_id   integer not null references invoices (id),
  -- The payment whose unapplied money is used; null: the card's.
  payment_id   integer references payments (id),
  amount_minor integer not null check (amount_minor > 0),
  primary key (charge_id, line)
) strict;
INSERT INTO "plans" VALUES(1,0,1,NULL,10000);
INSERT INTO "plans" VALUES(2,0,1,NULL,10000);
INSERT INTO "plans" VALUES(2,1,2,NULL,5000);
INSERT INTO "plans" VALUES(3,0,3,NULL,30000);
CREATE TRIGGER book_is_fixed before update of id, mode, created_at on book
begin select raise(abort, 'a book keeps its id and its mode for life'); end;
CREATE UNIQUE INDEX one_login_per_gateway on logins (gateway) where logged_out_at is null;
CREATE INDEX customers_by_name on customers (same_name);
CREATE INDEX cards_of_customer on cards (customer_id);
CREATE UNIQUE INDEX one_default_card on cards (customer_id) where is_default = 1;
CREATE TRIGGER cards_keep_their_token before update of customer_id, gateway, account, token on cards
begin select raise(abort, 'a card keeps its customer and its token'); end;
CREATE INDEX authorizations_of_card on authorizations (card_id);
CREATE TRIGGER authorizations_stand before update on authorizations
begin select raise(abort, 'an authorization is replaced by a new one, never changed'); end;
CREATE TRIGGER authorizations_stay before delete on authorizations
begin select raise(abort, 'an authorization is never deleted'); end;
CREATE INDEX open_invoices on invoices (customer_id, due_on) where open_minor > 0 and voided_at is null;
CREATE INDEX invoices_of_customer on invoices (customer_id);
CREATE TRIGGER void_is_final before update of voided_at on invoices when old.voided_at is not null
begin select raise(abort, 'a void invoice stays void'); end;
CREATE INDEX charges_of_customer on charges (customer_id);
CREATE INDEX charges_by_day on charges (charged_on);
CREATE TRIGGER charges_stand before update on charges
begin select raise(abort, 'a charge is never changed'); end;
CREATE TRIGGER charges_stay before delete on charges
begin select raise(abort, 'a charge is never deleted'); end;
CREATE INDEX plans_of_invoice on plans (invoice_id);
CREATE INDEX plans_of_payment on plans (payment_id) where payment_id is not null;
CREATE UNIQUE INDEX one_live_attempt_per_charge on attempts (charge_id)
  where state in ('prepared', 'sending', 'succeeded', 'pending', 'unknown', 'review');
CREATE UNIQUE INDEX one_attempt_per_gateway_id on attempts (gateway, account, gateway_id)
  where gateway_id is not null;
CREATE INDEX open_attempts on attempts (charge_id)
  where state in ('prepared', 'sending', 'pending', 'unknown', 'review');
CREATE TRIGGER attempts_are_frozen before update of
  charge_id, n, gateway, account, token, amount_minor, currency, key, reference, request, request_sha256, prepared_at
  on attempts
begin select raise(abort, 'a prepared request is never changed'); end;
CREATE TRIGGER attempts_end_once before update of state on attempts
  when old.state in ('succeeded', 'declined', 'not_made') and new.state <> old.state
begin select raise(abort, 'a final charge stays final'); end;
CREATE TRIGGER attempts_send_upwards before update of sends on attempts when new.sends < old.sends
begin select raise(abort, 'a send is never taken back'); end;
CREATE TRIGGER first_send_stays before update of first_sent_at on attempts
  when old.first_sent_at is not null and new.first_sent_at is not old.first_sent_at
begin select raise(abort, 'the first send is remembered for ever'); end;
CREATE TRIGGER attempts_stay before delete on attempts
begin select raise(abort, 'an attempt is never deleted'); end;
CREATE VIEW reservations as
  select p.charge_id, p.invoice_id, p.payment_id, p.amount_minor
    from plans p join attempts a on a.charge_id = p.charge_id
   where a.state in ('prepared', 'sending', 'pending', 'unknown', 'review');
CREATE INDEX payments_of_customer on payments (customer_id);
CREATE INDEX unapplied_payments on payments (customer_id) where unapplied_minor > 0;
CREATE TRIGGER payments_stand before update of
  customer_id, method, amount_minor, currency, received_on, attempt_id, created_at on payments
begin select raise(abort, 'a payment is never changed'); end;
CREATE TRIGGER payments_stay before delete on payments
begin select raise(abort, 'a payment is never deleted'); end;
CREATE INDEX allocations_of_payment on allocations (payment_id);
CREATE INDEX allocations_of_invoice on allocations (invoice_id);
CREATE TRIGGER allocations_stay_at_home before insert on allocations
  when (select p.customer_id <> i.customer_id or p.currency <> i.currency or i.voided_at is not null
        from payments p, invoices i where p.id = new.payment_id and i.id = new.invoice_id)
begin select raise(abort, 'a payment is applied only to its own customer''s valid invoices, in its currency'); end;
CREATE TRIGGER allocations_move_balances after insert on allocations
begin
  update invoices set open_minor = open_minor - new.amount_minor where id = new.invoice_id;
  update payments set unapplied_minor = unapplied_minor - new.amount_minor where id = new.payment_id;
end;
CREATE TRIGGER allocations_stand before update on allocations
begin select raise(abort, 'an allocation is never changed'); end;
CREATE TRIGGER allocations_stay before delete on allocations
begin select raise(abort, 'an allocation is never deleted'); end;
CREATE INDEX unsent_mails on mails (state) where state not in ('sent', 'cancelled');
CREATE TRIGGER mails_stand before update of
  event, recipient, customer_id, payment_id, subject, text, html, message_id, written_at on mails
begin select raise(abort, 'a written mail is never changed'); end;
CREATE TRIGGER mails_stay before delete on mails
begin select raise(abort, 'a mail is never deleted'); end;
CREATE INDEX audit_by_moment on audit (at);
CREATE TRIGGER audit_stands before update on audit
begin select raise(abort, 'the log is never changed'); end;
CREATE TRIGGER audit_stays before delete on audit
begin select raise(abort, 'the log is never shortened'); end;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('customers',1);
INSERT INTO "sqlite_sequence" VALUES('cards',1);
INSERT INTO "sqlite_sequence" VALUES('authorizations',1);
INSERT INTO "sqlite_sequence" VALUES('invoices',3);
INSERT INTO "sqlite_sequence" VALUES('charges',3);
INSERT INTO "sqlite_sequence" VALUES('attempts',3);
INSERT INTO "sqlite_sequence" VALUES('payments',1);
INSERT INTO "sqlite_sequence" VALUES('allocations',2);
INSERT INTO "sqlite_sequence" VALUES('mails',1);
COMMIT;
