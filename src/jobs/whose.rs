//! Whose invoice a row is: the customers of a file, held against those of a book.
//!
//! All rows are looked at together, so that nothing hangs on their order. An
//! id says who a customer is; a name means a name, never a code; a mail
//! address may contradict and tell namesakes apart, and rarely decides. What
//! is left open stops the row: a wrong owner would have their card charged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::register::Register;
use crate::books::Reader;
use crate::domain::customer::{Customer, code, same_name};
use crate::domain::ids::CustomerId;
use crate::intake::{Draft, Who};
use crate::problem::{Problem, Result};

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
    Ok(finding.whose)
}

/// Who an id is.
enum Verdict {
    Known(CustomerId),
    New,
    Open(Problem),
}

struct Finding<'r> {
    register: &'r Register,
    whose: Whose,
    /// Beside [`Whose::strangers`]: their names and mail addresses.
    met: Vec<(BTreeSet<String>, BTreeSet<String>)>,
}

impl Finding<'_> {
    /// Who each id of the file is. The ones that the book knows are settled
    /// first: what is left of the book's namesakes is for the others.
    fn ids<'d>(&mut self, groups: &BTreeMap<&'d str, Group<'_>>) -> BTreeMap<&'d str, Verdict> {
        let mut verdicts = BTreeMap::new();
        let mut taken: BTreeSet<CustomerId> = BTreeSet::new();
        let mut unknown: BTreeMap<(u8, String), Vec<&'d str>> = BTreeMap::new();
        for (id, group) in groups {
            if group.names.len() > 1 {
                verdicts.insert(*id, Verdict::Open(two_names(id, group)));
                continue;
            }
            if let Some(verdict) = self.known(id, group) {
                if let Verdict::Known(customer) = &verdict {
                    taken.insert(*customer);
                }
                verdicts.insert(*id, verdict);
                continue;
            }
            let name = group.names.keys().next();
            let by_name = name.map(|name| (0, name.clone()));
            let by_mail = || group.mails.first().map(|mail| (1, mail.clone()));
            match by_name.or_else(by_mail) {
                Some(key) => unknown.entry(key).or_default().push(id),
                None => {
                    verdicts.insert(*id, Verdict::New);
                }
            }
        }
        for ((kind, key), ids) in unknown {
            let all = match kind {
                0 => self.register.named(&key),
                _ => self.register.with_mail(&key),
            };
            let free: Vec<&Customer> = all
                .into_iter()
                .filter(|it| !self.register.has_id(it.id) && !taken.contains(&it.id))
                .collect();
            for id in &ids {
                let verdict = among_namesakes(id, &ids, groups, &free);
                if let Verdict::Known(customer) = &verdict {
                    taken.insert(*customer);
                    self.whose.learned.push((*customer, (*id).to_owned()));
                }
                verdicts.insert(*id, verdict);
            }
        }
        verdicts
    }

    /// The customer whom the book knows by the id, or by a code that is one.
    fn known(&mut self, id: &str, group: &Group<'_>) -> Option<Verdict> {
        let name = group.names.iter().next();
        let (customer, is_noted) = match self.register.by_id(id) {
            Some(customer) => (customer, true),
            None => (self.register.by_code(&code(id)?)?, false),
        };
        let is_their_name = name.is_some_and(|(name, _)| *name == same_name(&customer.name));
        let is_their_mail = address(customer).is_some_and(|mail| group.mails.contains(&mail));
        if !is_noted && customer.code_is_made_up {
            // Such a code may be another system's id by chance.
            let is_only_id = same_name(&customer.name) == same_name(id);
            if name.is_some() && !is_their_name {
                return None;
            }
            if !is_their_name && !is_their_mail && !is_only_id {
                return Some(Verdict::Open(made_up(id, customer)));
            }
        } else if let Some((_, name)) = name
            && !is_their_name
        {
            return Some(Verdict::Open(other_name(id, customer, name)));
        }
        if let Some(theirs) = address(customer)
            && let Some(other) = group.mails.iter().find(|mail| **mail != theirs)
        {
            self.whose.said.push(format!(
                "{} ({}) has the address {theirs} in the book, and {other} in the file",
                customer.code, customer.name
            ));
        }
        if !is_noted {
            self.whose.learned.push((customer.id, id.to_owned()));
        }
        Some(Verdict::Known(customer.id))
    }

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
                || self.register.with_mail(&address),
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
        if let Some(owner) = owner.map(Party::Known)
            && pool.contains(&owner)
        {
            return Ok(owner);
        }
        match pool[..] {
            [] if group.mails.len() > 1 => Err(two_mails(name, group)),
            [] => Ok(self.stranger(draft, group)),
            [party] => {
                let theirs = self.mails_of(party);
                match own_mail.filter(|mail| !theirs.contains(mail)) {
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
                    let mails = self.mails_of(**party);
                    own_mail.as_ref().is_some_and(|mail| mails.contains(mail))
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
            Party::Known(id) => address(self.register.customer(id)).into_iter().collect(),
            Party::New(at) => self.met[at].1.clone(),
        }
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
            let is_new = parties.iter().any(|party| matches!(party, Party::New(_)));
            if parties.len() > 1 && is_new {
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

/// Who an id is that the book does not know, among the namesakes that have
/// none: the only one for the only one, or the one whose address only it has.
fn among_namesakes(
    id: &str,
    ids: &[&str],
    groups: &BTreeMap<&str, Group<'_>>,
    free: &[&Customer],
) -> Verdict {
    let group = &groups[id];
    let has = |id: &&str, mail: &String| groups[id].mails.contains(mail);
    let fits = |customer: &&&Customer| {
        address(customer).is_some_and(|mail| {
            has(&id, &mail) && ids.iter().filter(|id| has(id, &mail)).count() == 1
        })
    };
    let by_mail: Vec<&&Customer> = free.iter().filter(fits).collect();
    match (free, &by_mail[..]) {
        ([], _) => Verdict::New,
        (_, [one]) => Verdict::Known(one.id),
        ([one], []) if ids.len() == 1 => match address(one).filter(|_| !group.mails.is_empty()) {
            None => Verdict::Known(one.id),
            Some(theirs) => {
                let name = &one.name;
                Verdict::Open(other_mail(
                    name,
                    &theirs,
                    &listed(group.mails.iter().map(String::as_str)),
                ))
            }
        },
        _ => {
            let name = group.names.values().next().copied().unwrap_or(id);
            Verdict::Open(which(name, ids, free))
        }
    }
}

/// How a person calls somebody whom the book does not know.
pub(super) fn called(who: &Who) -> String {
    let called = [&who.name, &who.email, &who.id];
    called
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
}

/// Name and id, as far as the file has them.
pub(super) fn described(who: &Who) -> String {
    match (&who.id, who.name.is_some() || who.email.is_some()) {
        (Some(id), true) => format!("{} with the id `{id}`", called(who)),
        _ => called(who),
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

fn open(fact: String, hint: impl Into<String>) -> Problem {
    Problem::refused("ambiguous_customer", fact).hint(hint)
}

fn contradiction(fact: String, hint: impl Into<String>) -> Problem {
    Problem::refused("customer_contradicts", fact).hint(hint)
}

fn two_names(id: &str, group: &Group<'_>) -> Problem {
    let names = listed(group.names.values().copied());
    contradiction(
        format!(
            "the id `{id}` has {} names in the file: {names}",
            group.names.len()
        ),
        "One id is one customer: give each its own, or all of them one name.",
    )
}

fn made_up(id: &str, customer: &Customer) -> Problem {
    open(
        format!(
            "`{id}` is a code that dues made up for {}, and may be another customer's id",
            customer.name
        ),
        format!(
            "Add a column with the customers' names; or, if it is theirs, `dues customer edit {} --id {id}`.",
            customer.code
        ),
    )
}

fn other_name(id: &str, customer: &Customer, name: &str) -> Problem {
    contradiction(
        format!(
            "`{id}` is {} in the book, and {name} in the file",
            customer.name
        ),
        format!(
            "If that is their new name, `dues customer edit {} --name NAME` first; \
             if the ids are another system's, take their column out.",
            customer.code
        ),
    )
}

fn two_mails(name: &str, group: &Group<'_>) -> Problem {
    let mails = listed(group.mails.iter().map(String::as_str));
    open(
        format!(
            "`{name}` has {} mail addresses in the file: {mails}",
            group.mails.len()
        ),
        "If it is one customer, leave one of them; if not, give each an id in a column `Customer ID`.",
    )
}

fn other_mail(name: &str, theirs: &str, mail: &str) -> Problem {
    contradiction(
        format!("`{name}` has the mail address {theirs}, and {mail} in this row"),
        "If it is one customer, change the address with `dues customer edit`, or leave it out of the file; \
         if not, `dues customer add` the other one, and give each an id in a column `Customer ID`.",
    )
}

fn several(what: &str, shown: &[String]) -> Problem {
    open(
        format!("{what} of {} customers: {}", shown.len(), shown.join(", ")),
        "Put the code or the id into a column `Customer ID` of the file.",
    )
}

fn which(name: &str, ids: &[&str], free: &[&Customer]) -> Problem {
    let codes = listed(free.iter().map(|customer| customer.code.as_str()));
    open(
        format!(
            "which id is whose of `{name}`: {} in the file, {codes} in the book",
            listed(ids.iter().copied())
        ),
        "Say which is whose with `dues customer edit CODE --id ID`, then import the file again.",
    )
}
