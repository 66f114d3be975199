//! The whole program as its users meet it: words, exit codes, JSON.

#[cfg(unix)]
mod a_month;
mod again;
mod attachments;
mod bad_input;
mod card_data;
mod contacts;
mod disputes;
mod escapes;
mod evidence;
mod files;
mod halfway;
mod handed_over;
mod imports;
mod lists;
mod mails;
mod main_job;
mod payments;
mod places;
mod printing;
mod put_right;
mod refunds;
mod reports;
mod restored;
mod schedules;
mod shop;
mod terms;
mod texts;
mod unknown;
mod words;
mod written;
