//! Whose invoice a row is: the customers of a file, held against those of a book.
//!
//! All rows are looked at together, so that nothing hangs on their order. An
//! id says who a customer is; a name means a name, never a code; a mail
//! address may contradict and tell namesakes apart, and rarely decides. What
//! is left open stops the row: a wrong owner would have their card charged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::books::Reader;
use crate::domain::customer::{Customer, same_name};
use crate::domain::ids::CustomerId;
use crate::intake::{Draft, Who};
use crate::problem::{Problem, Result};

mod ids;
mod register;
mod words;

use ids::Verdict;
use register::Register;
pub(super) use words::{called, described};
use words::{code_as_name, other_mail, several, two_mails};

/// A customer of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Party {
    Known(CustomerId),
    /// Not in the book: the place among [`Whose::strangers`].
    New(usize),
}

/// What was found out about the customers of a file.
#[derive(Default)]
pub(super) struct Whose {
    /// One for each draft: whose it is, or why nobody can say.
    pub rows: Vec<Result<Party>>,
    /// Customers that the book does not have, by their first row.
    pub strangers: Vec<Who>,
    /// Ids by which customers of the book are known from now on.
    pub learned: Vec<(CustomerId, String)>,
    /// The first mail addresses of customers of the book that had none.
    pub addresses: BTreeMap<CustomerId, String>,
    /// What a person should look at.
    pub said: Vec<String>,
}

/// All that the rows of one id, or of one name without an id, say together.
#[derive(Default)]
struct Group<'d> {
    line: u64,
    /// By its same name, as it is first written.
    names: BTreeMap<String, &'d str>,
    mails: BTreeSet<String>,
    /// One of these, as it is written.
    mail: Option<&'d str>,
}

impl<'d> Group<'d> {
    fn see(&mut self, draft: &'d Draft) {
        if self.line == 0 {
            self.line = draft.line;
        }
        if let Some(name) = &draft.customer.name {
            self.names.entry(same_name(name)).or_insert(name);
        }
        self.mails.extend(draft.customer.email.as_deref().map(mail));
        self.mail = self.mail.or(draft.customer.email.as_deref());
    }
}

/// Finds out whose the drafts are; `owners` are those of invoices that the
/// book has already, by draft.
pub(super) fn whose(
    book: Reader<'_>,
    drafts: &[Draft],
    owners: &[Option<CustomerId>],
) -> Result<Whose> {
    let register = Register::of(book)?;
    let mut by_id: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    let mut nameless: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for draft in drafts {
        match (&draft.customer.id, &draft.customer.name) {
            (Some(id), _) => by_id.entry(id).or_default().see(draft),
            (None, Some(name)) => nameless.entry(same_name(name)).or_default().see(draft),
            (None, None) => {}
        }
    }
    let mut finding = Finding {
        register: &register,
        whose: Whose::default(),
        met: Vec::new(),
    };
    let ids = finding.ids(&by_id);
    for (id, verdict) in &ids {
        if let Verdict::Known(customer) = verdict {
            finding.learn_address(*customer, &by_id[id]);
        }
    }
    // Strangers with an id come first, whatever the order of the rows: a row
    // that has only their name is theirs.
    let mut places: HashMap<&str, Party> = HashMap::new();
    for draft in drafts {
        let Some(id) = draft.customer.id.as_deref() else {
            continue;
        };
        if let Some(Verdict::New) = ids.get(id)
            && !places.contains_key(id)
        {
            let party = finding.stranger(draft, &by_id[id]);
            places.insert(id, party);
        }
    }
    // Then those who have a name, and last those of whom an address is all.
    let named = |draft: &Draft| draft.customer.name.is_some();
    let mut rows: Vec<Option<Result<Party>>> = drafts.iter().map(|_| None).collect();
    for pass in [true, false] {
        for ((draft, owner), row) in drafts.iter().zip(owners).zip(&mut rows) {
            match &draft.customer.id {
                Some(id) => {
                    *row = Some(match &ids[id.as_str()] {
                        Verdict::Known(id) => Ok(Party::Known(*id)),
                        Verdict::New => Ok(places[id.as_str()]),
                        Verdict::Open(problem) => Err(problem.clone()),
                    });
                }
                None if named(draft) == pass => {
                    *row = Some(finding.without_id(draft, &nameless, *owner));
                }
                None => {}
            }
        }
    }
    finding.whose.rows = rows.into_iter().flatten().collect();
    finding.say_what_is_shared(drafts);
    finding.say_who_is_archived(owners);
    Ok(finding.whose)
}

struct Finding<'r> {
    register: &'r Register,
    whose: Whose,
    /// Beside [`Whose::strangers`]: their names and mail addresses.
    met: Vec<(BTreeSet<String>, BTreeSet<String>)>,
}

impl Finding<'_> {
    fn stranger(&mut self, draft: &Draft, group: &Group<'_>) -> Party {
        let mut who = draft.customer.clone();
        // Whatever row of theirs says it.
        who.name = group.names.values().next().map(|name| (*name).to_owned());
        who.email = who.email.or_else(|| group.mails.first().cloned());
        if group.mails.len() > 1 {
            self.whose.said.push(format!(
                "{} has {} mail addresses in the file: {}",
                called(&who),
                group.mails.len(),
                listed(group.mails.iter().map(String::as_str))
            ));
        }
        self.whose.strangers.push(who);
        self.met
            .push((group.names.keys().cloned().collect(), group.mails.clone()));
        Party::New(self.whose.strangers.len() - 1)
    }

    /// Whose a row is that has a name or a mail address only.
    fn without_id(
        &mut self,
        draft: &Draft,
        nameless: &BTreeMap<String, Group<'_>>,
        owner: Option<CustomerId>,
    ) -> Result<Party> {
        let own_mail = draft.customer.email.as_deref().map(mail);
        let Some(name) = &draft.customer.name else {
            let Some(address) = own_mail else {
                return Err(Problem::bug("a draft names no customer"));
            };
            let pool = self.pool(
                |mails| mails.1.contains(&address),
                || self.with_mail(&address),
            );
            return match pool[..] {
                _ if owner.is_some_and(|owner| pool.contains(&Party::Known(owner))) => {
                    Ok(owner.map_or(pool[0], Party::Known))
                }
                [] => {
                    let mut group = Group::default();
                    group.see(draft);
                    Ok(self.stranger(draft, &group))
                }
                [party] => Ok(party),
                _ => Err(several(
                    &format!("the address `{address}` is that"),
                    &self.shown(&pool),
                )),
            };
        };
        let same = same_name(name);
        let group = &nameless[&same];
        let pool = self.pool(|met| met.0.contains(&same), || self.register.named(&same));
        // What is in the book already is theirs whose it is there.
        if let Some(owner) = owner
            && pool.contains(&Party::Known(owner))
        {
            if pool.len() == 1 {
                self.learn_address(owner, group);
            }
            return Ok(Party::Known(owner));
        }
        match pool[..] {
            [] if group.mails.len() > 1 => Err(two_mails(name, group)),
            [] if let Some(customer) = self.register.by_given_code(name) => {
                Err(code_as_name(name, customer))
            }
            [] => Ok(self.stranger(draft, group)),
            [party] => {
                if let Party::Known(id) = party {
                    self.learn_address(id, group);
                }
                let theirs = self.mails_of(party);
                match own_mail.filter(|mail| !self.is_mail_of(party, mail)) {
                    Some(_) if theirs.is_empty() && group.mails.len() > 1 => {
                        Err(two_mails(name, group))
                    }
                    Some(mail) if !theirs.is_empty() => {
                        let theirs = listed(theirs.iter().map(String::as_str));
                        Err(other_mail(name, &theirs, &mail))
                    }
                    _ => Ok(party),
                }
            }
            _ => {
                let is_theirs = |party: &&Party| {
                    let own = own_mail.as_ref();
                    own.is_some_and(|mail| self.is_mail_of(**party, mail))
                };
                let fits: Vec<&Party> = pool.iter().filter(is_theirs).collect();
                match fits[..] {
                    [party] => Ok(*party),
                    _ => Err(several(
                        &format!("`{name}` is the name"),
                        &self.shown(&pool),
                    )),
                }
            }
        }
    }

    /// Of who has no address in the book, the first one is theirs from now on:
    /// what one file cannot say of two namesakes, two files cannot either.
    fn learn_address(&mut self, customer: CustomerId, group: &Group<'_>) {
        if let (Some(mail), 1) = (group.mail, group.mails.len())
            && self.address(customer).is_none()
        {
            self.whose.addresses.insert(customer, mail.to_owned());
        }
    }

    /// In lower case, by the book or the file.
    fn address(&self, customer: CustomerId) -> Option<String> {
        address(self.register.customer(customer))
            .or_else(|| self.whose.addresses.get(&customer).map(|email| mail(email)))
    }

    /// Customers of the book, by an address that they have or just got.
    fn with_mail(&self, address: &str) -> Vec<&Customer> {
        let got = self.whose.addresses.iter();
        let got = got.filter(|(_, email)| mail(email) == address);
        let got = got.map(|(customer, _)| self.register.customer(*customer));
        let mut all = self.register.with_mail(address);
        all.extend(got);
        all
    }

    /// The customers of the book and the strangers that a row may mean.
    fn pool<'c>(
        &self,
        is_met: impl Fn(&(BTreeSet<String>, BTreeSet<String>)) -> bool,
        known: impl FnOnce() -> Vec<&'c Customer>,
    ) -> Vec<Party> {
        let known = known()
            .into_iter()
            .map(|customer| Party::Known(customer.id));
        let met = self.met.iter().enumerate().filter(|(_, met)| is_met(met));
        known.chain(met.map(|(at, _)| Party::New(at))).collect()
    }

    fn mails_of(&self, party: Party) -> BTreeSet<String> {
        match party {
            Party::Known(id) => self.address(id).into_iter().collect(),
            Party::New(at) => self.met[at].1.clone(),
        }
    }

    fn is_mail_of(&self, party: Party, mail: &str) -> bool {
        let is_theirs_still = match party {
            Party::Known(id) => self.register.has_mail(id, mail),
            Party::New(_) => false,
        };
        is_theirs_still || self.mails_of(party).contains(mail)
    }

    fn shown(&self, parties: &[Party]) -> Vec<String> {
        let shown = |party: &Party| match party {
            Party::Known(id) => self.register.customer(*id).code.clone(),
            Party::New(at) => {
                let who = &self.whose.strangers[*at];
                match &who.id {
                    Some(id) => format!("the one with the id `{id}`"),
                    None => called(who),
                }
            }
        };
        parties.iter().map(shown).collect()
    }

    /// What is new of an archived customer is in no list, and charged by nobody.
    fn say_who_is_archived(&mut self, owners: &[Option<CustomerId>]) {
        let news = self.whose.rows.iter().zip(owners);
        let archived: BTreeSet<CustomerId> = news
            .filter_map(|(party, owner)| match party {
                Ok(Party::Known(id)) if owner.is_none() => Some(*id),
                _ => None,
            })
            .filter(|id| self.register.is_archived(*id))
            .collect();
        for id in archived {
            let customer = self.register.customer(id);
            self.whose.said.push(format!(
                "{code} ({}) is archived: not listed, and not charged, until `dues customer unarchive {code}`",
                customer.name,
                code = customer.code
            ));
        }
    }

    /// One mail address of several customers is no fault, and worth a look.
    fn say_what_is_shared(&mut self, drafts: &[Draft]) {
        let mut by_mail: BTreeMap<String, BTreeSet<Party>> = BTreeMap::new();
        for (draft, party) in drafts.iter().zip(&self.whose.rows) {
            if let (Some(email), Ok(party)) = (&draft.customer.email, party) {
                by_mail.entry(mail(email)).or_default().insert(*party);
            }
        }
        for (mail, mut parties) in by_mail {
            let known = self.register.with_mail(&mail).into_iter();
            parties.extend(known.map(|customer| Party::Known(customer.id)));
            let is_news = parties.iter().any(|party| match party {
                Party::New(_) => true,
                Party::Known(id) => self.whose.addresses.contains_key(id),
            });
            if parties.len() > 1 && is_news {
                let names = parties.iter().map(|party| match party {
                    Party::Known(id) => {
                        let customer = self.register.customer(*id);
                        format!("{} ({})", customer.code, customer.name)
                    }
                    Party::New(at) => described(&self.whose.strangers[*at]),
                });
                let names: Vec<String> = names.collect();
                self.whose.said.push(format!(
                    "{} customers have the mail address {mail}: {}",
                    parties.len(),
                    listed(names.iter().map(String::as_str))
                ));
            }
        }
    }
}

fn mail(address: &str) -> String {
    address.to_lowercase()
}

fn address(customer: &Customer) -> Option<String> {
    customer.email.as_deref().map(mail)
}

fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
