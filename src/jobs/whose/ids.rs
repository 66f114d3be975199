//! Who each id of a file is: known to the book, one of its namesakes, or new.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{made_up, other_mail, other_name, two_names, which};
use super::{Finding, Group, address, listed};
use crate::domain::customer::Customer;
use crate::domain::ids::CustomerId;
use crate::domain::text::Text;
use crate::problem::Problem;

/// Who an id is.
pub(super) enum Verdict {
    Known(CustomerId),
    New,
    Open(Problem),
}

impl Finding<'_> {
    /// Who each id of the file is. The ones that the book knows are settled
    /// first: what is left of the book's namesakes is for the others.
    pub(super) fn ids<'d>(
        &mut self,
        groups: &BTreeMap<&'d str, Group<'_>>,
    ) -> BTreeMap<&'d str, Verdict> {
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
        let noted = self.register.by_id(id);
        let is_noted = noted.is_some();
        let (customer, is_given, is_exact) = if let Some(customer) = noted {
            (customer, true, true)
        } else {
            let code = Text::CustomerCode.read(id).ok()?;
            let (customer, is_given) = self.register.by_code(&code)?;
            (customer, is_given, code == id)
        };
        // Another system may tell `Ab1` from `AB1`; whose ids are known has no others by luck.
        if !(is_given && is_exact) && self.register.has_id(customer.id) {
            return None;
        }
        let is_their_name = name.is_some_and(|(name, _)| self.register.is_named(customer.id, name));
        if !is_given && !is_their_name {
            // Such a code may be another system's id by chance.
            return match name {
                Some(_) => None,
                None => Some(Verdict::Open(made_up(id, customer))),
            };
        }
        if let Some((_, name)) = name
            && !is_their_name
        {
            if !customer.name_is_made_up {
                return Some(Verdict::Open(other_name(id, customer, name)));
            }
            self.whose.said.push(format!(
                "{} is called {name} in the file, and nothing but {} in the book",
                customer.code, customer.name
            ));
        }
        if let Some(theirs) = address(customer)
            && let Some(other) =
                (group.mails.iter()).find(|mail| !self.register.has_mail(customer.id, mail))
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
