//! Digits as they stand in a text: in groups, with gaps between them.
//!
//! Whether several groups are one number is told by their sizes and gaps. As
//! it is printed on a card, 4-4-4-4 or 4-6-5, a number counts wherever it
//! stands and whatever its gaps are. In any other sizes it must keep to one
//! kind of gap and begin where another kind ended: two telephone numbers,
//! dates and amounts in a row are so told from it.

use std::ops::Range;

use super::brands::{FEWEST, MOST, is_one};
use super::letters::{is_blank, is_invisible, lists, separates, value};
use super::others::{is_article, is_parcel};
use super::words;

/// The most characters between two groups of one number.
const WIDEST: usize = 12;

/// Every digit of a text.
pub(super) struct Digits<'a> {
    text: &'a str,
    values: Vec<u8>,
    groups: Vec<Group>,
}

/// Digits that stand together.
struct Group {
    /// Where in the text, in bytes.
    place: Range<usize>,
    /// Which of the digits.
    digits: Range<usize>,
    /// What stands before it.
    gap: Gap,
    /// A telephone's `+` stands before it.
    abroad: bool,
}

/// What stands between two groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Gap {
    width: usize,
    /// Some of it is a letter, or it is too wide: one number ends here.
    parts: bool,
    /// All of it is what people put between digits.
    usual: bool,
    /// What is no blank in it, as a sum: enough to tell gaps apart.
    marks: u64,
    blanks: usize,
    /// A mark of lists with a blank beside it: `4001, 4002`.
    lists: bool,
}

impl Gap {
    const OUTER: Self = Self {
        width: 0,
        parts: true,
        usual: false,
        marks: 0,
        blanks: 0,
        lists: false,
    };

    fn new() -> Self {
        Self {
            usual: true,
            ..Self::default()
        }
    }

    fn add(&mut self, letter: char) {
        self.width += 1;
        self.parts |= self.width > WIDEST || letter.is_alphanumeric();
        self.usual &= separates(letter);
        if is_blank(letter) {
            self.blanks += 1;
        } else {
            self.lists |= lists(letter);
            self.marks = self
                .marks
                .wrapping_mul(0x11_0000)
                .wrapping_add(u64::from(letter));
        }
    }

    fn is_list(self) -> bool {
        self.lists && self.blanks > 0
    }

    /// Blanks may be wider here and narrower there.
    fn is_like(self, other: Self) -> bool {
        !self.parts && !other.parts && self.marks == other.marks
    }
}

impl<'a> Digits<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut values = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut gap = Gap::OUTER;
        let (mut within, mut before) = (false, [None; 2]);
        for (at, letter) in text.char_indices() {
            let digit = value(letter);
            if digit.is_none() && is_invisible(letter) {
                continue;
            }
            let end = at + letter.len_utf8();
            if digit.is_none() {
                if within {
                    gap = Gap::new();
                }
                gap.add(letter);
            } else if within && let Some(group) = groups.last_mut() {
                group.place.end = end;
                group.digits.end += 1;
            } else {
                // ` +49`: a telephone number begins, and `4+4` is none.
                let abroad = before[1] == Some('+')
                    && before[0].is_none_or(|it| it != '+' && value(it).is_none());
                gap.parts |= abroad;
                groups.push(Group {
                    place: at..end,
                    digits: values.len()..values.len() + 1,
                    gap,
                    abroad,
                });
            }
            within = digit.is_some();
            values.extend(digit);
            before = [before[1], Some(letter)];
        }
        Self {
            text,
            values,
            groups,
        }
    }

    /// Where the first number stands that is written like a card's and not
    /// `elsewhere`; of several that begin there, the longest.
    pub(super) fn first_card(
        &self,
        mut elsewhere: impl FnMut(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        (0..self.groups.len()).find_map(|first| {
            let start = self.groups[first].digits.start;
            let mut found = None;
            for last in first..self.groups.len() {
                let end = self.groups[last].digits.end;
                let parts = last > first && self.groups[last].gap.parts;
                if parts || end - start > MOST {
                    break;
                }
                let place = self.groups[first].place.start..self.groups[last].place.end;
                if end - start >= FEWEST
                    && is_one(&self.values[start..end])
                    && self.is_written_like_one(first, last)
                    && !elsewhere(&place)
                {
                    found = Some(place);
                }
            }
            found
        })
    }

    fn is_written_like_one(&self, first: usize, last: usize) -> bool {
        let groups = &self.groups[first..=last];
        let run = &self.values[groups[0].digits.start..groups[last - first].digits.end];
        let is_telephone = groups[0].abroad && run.len() < 14;
        if is_telephone {
            return false;
        }
        let sizes: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
        let Some(gap) = groups.get(1).map(|group| group.gap) else {
            return !is_article(run) && !words::is_glued(self.text, &groups[0].place);
        };
        let gaps = || groups[1..].iter().map(|group| group.gap);
        // `4001 4002, 4003 4010` are two things.
        if gaps().any(|other| other.is_list() != gap.is_list()) || self.is_in_a_parcel(first) {
            return false;
        }
        let alike = gaps().all(|other| other.is_like(gap));
        if is_printed_so(&sizes) {
            return alike || gaps().all(|other| other.usual);
        }
        alike && !gap.is_list() && !self.is_something_else(first, last, &sizes, run)
    }

    /// In sizes that no card is printed in.
    fn is_something_else(&self, first: usize, last: usize, sizes: &[usize], run: &[u8]) -> bool {
        let gap = self.groups[last].gap;
        let goes_on = |at: usize| {
            self.groups
                .get(at)
                .is_some_and(|group| group.gap.is_like(gap))
        };
        let is_decimal = sizes.len() == 2
            && gap.width == 1
            && [u64::from('.'), u64::from(',')].contains(&gap.marks);
        let is_spaced_article = *sizes == [1, 6, 6] && is_article(run);
        if is_decimal || is_spaced_article || goes_on(first) {
            return true;
        }
        // What follows may be the expiry and the code on the back.
        let after: Vec<usize> = (last + 1..self.groups.len())
            .take_while(|at| goes_on(*at))
            .map(|at| self.groups[at].digits.len())
            .collect();
        let mut all = sizes.to_vec();
        all.extend(&after);
        after.iter().sum::<usize>() > 8 || are_two_telephones(&all)
    }

    /// Whether the whole row of groups, from part to part, is a parcel's number.
    fn is_in_a_parcel(&self, at: usize) -> bool {
        let joins = |at: usize| at > 0 && !self.groups[at].gap.parts;
        let first = (0..=at).rev().find(|at| !joins(*at)).unwrap_or(0);
        let next = (at + 1..self.groups.len()).find(|at| !joins(*at));
        let last = next.unwrap_or(self.groups.len()) - 1;
        let whole = self.groups[first].digits.start..self.groups[last].digits.end;
        is_parcel(&self.values[whole])
    }
}

/// As brands print their numbers, or digit by digit.
fn is_printed_so(sizes: &[usize]) -> bool {
    let by_four = sizes.split_last().is_some_and(|(last, first)| {
        first.len() > 2 && first.iter().all(|size| *size == 4) && *last <= 4
    });
    by_four
        || matches!(sizes, [4, 6, 4 | 5] | [4, 3, 3, 3] | [4, 4, 5])
        || sizes.iter().all(|size| *size == 1)
}

/// Two of one shape, of nine digits each or more. Of 18 digits one card number
/// in a thousand may be written in two halves; two telephone numbers are.
fn are_two_telephones(sizes: &[usize]) -> bool {
    let half = sizes.len() / 2;
    let are_halves = sizes.len().is_multiple_of(2) && sizes[..half] == sizes[half..];
    are_halves && sizes.iter().sum::<usize>() >= 18
}
