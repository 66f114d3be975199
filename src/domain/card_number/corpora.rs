//! How often the guard is wrong, on numbers made by a seed: never on a card
//! number, and less than once in 100,000 on what is none.

use super::is_in;

/// So many of each kind that is no card number.
const EACH: u32 = 100_000;

/// So many card numbers for each way to write them.
const EACH_WAY: u32 = 12_500;

/// Numbers that look drawn, and are the same each time (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.digit()).collect()
    }

    fn digit(&mut self) -> char {
        self.one(&['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    }

    /// The pattern with each `#` a digit and each `?` a capital letter.
    fn like(&mut self, pattern: &str) -> String {
        let letters: Vec<char> = ('A'..='Z').collect();
        let drawn = |letter| match letter {
            '#' => self.digit(),
            '?' => self.one(&letters),
            other => other,
        };
        pattern.chars().map(drawn).collect()
    }

    /// A card number of some brand, its check digit right.
    fn card(&mut self) -> String {
        let (prefixes, length): (&[&str], usize) = self.one(&[
            (&["4"], 16),
            (&["4"], 16),
            (&["4"], 19),
            (&["51", "52", "53", "54", "55", "2221", "2720", "2500"], 16),
            (&["34", "37"], 15),
            (&["6011", "644", "649", "65"], 16),
            (&["300", "305", "36", "38", "39"], 14),
            (&["3528", "3589"], 16),
            (&["62", "81"], 16),
            (&["62"], 19),
            (&["2200", "2201", "2202", "2203", "2204"], 16),
            (&["50", "56", "58", "6304", "6759"], 16),
            (&["50", "56", "58", "6304", "6759"], 19),
            (&["60", "82", "508"], 16),
            (&["9792", "8600", "9860"], 16),
        ]);
        let prefix = self.one(prefixes);
        let body = format!("{prefix}{}", self.digits(length - prefix.len() - 1));
        format!(
            "{body}{}",
            check_digit(&body, |value| {
                if value > 4 { value * 2 - 9 } else { value * 2 }
            })
        )
    }
}

/// The digit that makes the sum a multiple of ten, every other digit weighed
/// from the right.
fn check_digit(body: &str, weighed: fn(u32) -> u32) -> u32 {
    let values = body.chars().rev().map(|digit| digit.to_digit(10).unwrap());
    let sum: u32 = values
        .enumerate()
        .map(|(at, value)| if at % 2 == 0 { weighed(value) } else { value })
        .sum();
    (10 - sum % 10) % 10
}

fn gs1(body: &str) -> String {
    format!("{body}{}", check_digit(body, |value| value * 3))
}

fn found(seed: u64, mut make: impl FnMut(&mut Dice) -> String) -> Vec<String> {
    let mut dice = Dice(seed);
    let made = (0..EACH).map(|_| make(&mut dice));
    made.filter(|text| is_in(text)).take(5).collect()
}

fn missed(seed: u64, mut make: impl FnMut(&mut Dice) -> String) -> Vec<String> {
    let mut dice = Dice(seed);
    let made = (0..EACH_WAY).map(|_| make(&mut dice));
    made.filter(|text| !is_in(text)).take(5).collect()
}

/// The number in groups of these sizes; what is over goes to the last.
fn grouped(number: &str, sizes: &[usize], mut gap: impl FnMut() -> String) -> String {
    let mut text = String::new();
    let mut left = number;
    for size in sizes.iter().copied().filter(|size| *size > 0) {
        if size >= left.len() {
            break;
        }
        text.push_str(&left[..size]);
        text.push_str(&gap());
        left = &left[size..];
    }
    text + left
}

fn printed(number: &str) -> &'static [usize] {
    match number.len() {
        15 => &[4, 6, 5],
        14 => &[4, 6, 4],
        _ => &[4, 4, 4, 4, 4],
    }
}

const SEPARATORS: [&str; 36] = [
    " ", "-", ".", "/", "_", ",", "|", ":", "·", "•", "－", "﹣", "'", "*", "+", "=", "`", "~",
    ";", "\\", "#", "\u{a0}", "\u{2009}", "\u{3000}", "\u{2013}", "\u{2014}", "\u{2212}", "\t",
    "\n", "  ", "    ", " - ", "  .  ", "、", "’", "・",
];

const INVISIBLE: [char; 16] = [
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{17b4}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{e0020}',
];

const ZEROS: [u32; 12] = [
    0x660, 0x6f0, 0x966, 0xe50, 0x17e0, 0x1c50, 0xa8d0, 0xff10, 0x104a0, 0x1d7ce, 0x1e950, 0x1fbf0,
];

#[test]
fn no_card_number_is_missed_however_it_is_written() {
    let none: [String; 0] = [];

    assert_eq!(missed(1, Dice::card), none, "as it is");
    assert_eq!(
        missed(2, |dice| {
            let (number, gap) = (dice.card(), dice.one(&SEPARATORS));
            grouped(&number, printed(&number), || gap.to_owned())
        }),
        none,
        "as it is printed"
    );
    assert_eq!(
        missed(3, |dice| {
            let number = dice.card();
            grouped(&number, printed(&number), || {
                dice.one(&SEPARATORS[..34]).to_owned()
            })
        }),
        none,
        "with all kinds of gaps"
    );
    assert_eq!(
        missed(4, |dice| {
            let (number, gap) = (dice.card(), dice.one(&SEPARATORS));
            let sizes: Vec<usize> = (0..8).map(|_| dice.below(5) + 1).collect();
            grouped(&number, &sizes, || gap.to_owned())
        }),
        none,
        "in odd groups"
    );
    assert_eq!(
        missed(5, |dice| {
            let number = dice.card();
            number
                .chars()
                .map(|digit| match dice.below(3) {
                    0 => format!("{digit}{}", dice.one(&INVISIBLE)),
                    _ => digit.to_string(),
                })
                .collect()
        }),
        none,
        "with what nobody sees"
    );
    assert_eq!(
        missed(6, |dice| {
            let (number, zero) = (dice.card(), dice.one(&ZEROS));
            let digits: String = number
                .chars()
                .map(|digit| char::from_u32(zero + digit.to_digit(10).unwrap()).unwrap())
                .collect();
            digits
        }),
        none,
        "in other digits"
    );
    assert_eq!(
        missed(7, |dice| {
            let number = dice.card();
            let shapes = [
                "⓪①②③④⑤⑥⑦⑧⑨",
                "⁰¹²³⁴⁵⁶⁷⁸⁹",
                "₀₁₂₃₄₅₆₇₈₉",
                "〇一二三四五六七八九",
            ];
            let shape = dice.below(5);
            number
                .chars()
                .map(|digit| match shapes.get(shape) {
                    Some(shape) => shape
                        .chars()
                        .nth(digit.to_digit(10).unwrap() as usize)
                        .unwrap()
                        .to_string(),
                    None => format!("{digit}\u{fe0f}\u{20e3}"),
                })
                .collect()
        }),
        none,
        "in digits of another shape"
    );
    assert_eq!(
        missed(8, |dice| {
            let before = dice.one(&[
                "card_",
                "ccnum",
                "ccNumber",
                "visa",
                "PAN:",
                "card no.",
                "cc#",
                "Card=",
                "(",
                "№",
                "карта",
                "卡号",
                "x;",
                "Room 7 ",
                "12/27 ",
                "myCard_",
                "card_no_",
                "INV-1, ",
            ]);
            let after = dice.one(&[
                "",
                " 12/27",
                " 123",
                " 12/27 123",
                ".",
                ")",
                " exp 1227",
                ".00",
                "号",
            ]);
            let number = dice.card();
            let number = match dice.below(3) {
                0 => grouped(&number, printed(&number), || " ".to_owned()),
                _ => number,
            };
            format!("{before}{number}{after}")
        }),
        none,
        "among words"
    );
}

#[test]
fn less_than_one_in_100_000_is_taken_for_a_card_number_that_is_none() {
    let none: [String; 0] = [];

    assert_eq!(found(11, uuid), none, "UUIDs");
    assert_eq!(found(12, iban), none, "IBANs");
    assert_eq!(
        found(13, |dice| {
            let body = dice.digits(12);
            let ean = gs1(&body);
            match dice.below(4) {
                0 => format!("{} {} {}", &ean[..1], &ean[1..7], &ean[7..]),
                _ => ean,
            }
        }),
        none,
        "EANs"
    );
    assert_eq!(found(14, parcel), none, "parcels");
    assert_eq!(found(15, telephone), none, "telephones");
    assert_eq!(
        found(16, |dice| {
            let between = dice.one(&[
                " / ", ", ", "; ", " or ", " ", "/", " | ", "\n", " & ", " - ",
            ]);
            // As one person writes them.
            let pattern = dice.one(&TELEPHONES);
            let (one, other) = (dice.like(pattern), dice.like(pattern));
            format!("{one}{between}{other}")
        }),
        none,
        "pairs of telephones"
    );
    assert_eq!(
        found(17, |dice| {
            // What is left of a sum of binary fractions.
            let most = dice.one(&[1, 10, 100, 1_000, 10_000]);
            let whole = dice.below(most);
            let (mark, noise) = (
                dice.one(&['.', ',']),
                dice.one(&["00000000000", "99999999999"]),
            );
            let noise = &noise[..11 - whole.to_string().len().min(3)];
            format!("{whole}{mark}{}{noise}{}", dice.digits(2), dice.digits(2))
        }),
        none,
        "sums"
    );
}

fn uuid(dice: &mut Dice) -> String {
    let hex: Vec<char> = "0123456789abcdef".chars().collect();
    let id: String = "########-####-4###-a###-############"
        .chars()
        .map(|letter| {
            if letter == '#' {
                dice.one(&hex)
            } else {
                letter
            }
        })
        .collect();
    match dice.below(4) {
        0 => id.replace('-', ""),
        1 => id.to_uppercase(),
        2 => format!("{{{id}}}"),
        _ => id,
    }
}

fn iban(dice: &mut Dice) -> String {
    let bban = dice.one(&[
        "DE##################",
        "AT################",
        "CH#################",
        "NL????##########",
        "GB????##############",
        "FR#######################",
        "ES####################",
        "BE############",
        "NO###########",
        "PL########################",
        "IT?######################",
        "DK##############",
        "SE####################",
        "LU################",
        "TR######################",
        "XK################",
    ]);
    let made = dice.like(bban);
    let (country, account) = made.split_at(2);
    let rest = format!("{account}{country}00")
        .chars()
        .fold(0, |sum, letter| match letter.to_digit(36).unwrap() {
            value if value < 10 => (sum * 10 + value) % 97,
            value => (sum * 100 + value) % 97,
        });
    let number = format!("{country}{:02}{account}", 98 - rest);
    match dice.below(3) {
        0 => number,
        1 => number.to_lowercase(),
        _ => grouped(&number, &[4; 9], || " ".to_owned()),
    }
}

fn parcel(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => {
            let post = gs1(&dice.like("94###################"));
            grouped(&post, &[4; 6], || " ".to_owned())
        }
        1 => gs1(&dice.like("92###################")),
        2 => gs1(&dice.like("9612##########################")),
        3 => dice.like("JJD##################"),
        4 => dice.like("??#########??"),
        5 => dice.like("TBA############"),
        6 => dice.like("#### #### ####"),
        _ => {
            let number = dice.like("1Z??####??########");
            let number = if dice.below(2) == 0 {
                dice.like("1Z################")
            } else {
                number
            };
            let sum: usize = number[2..17]
                .chars()
                .enumerate()
                .map(|(at, letter)| {
                    let value = match letter.to_digit(10) {
                        Some(value) => value as usize,
                        None => (letter as usize - 'A' as usize + 2) % 10,
                    };
                    value * (1 + at % 2)
                })
                .sum();
            let number = format!("{}{}", &number[..17], (10 - sum % 10) % 10);
            match dice.below(2) {
                0 => number,
                _ => grouped(&number, &[2, 3, 3, 2, 4, 4], || " ".to_owned()),
            }
        }
    }
}

const TELEPHONES: [&str; 26] = [
    "+1 4##-###-####",
    "+1##########",
    "1-4##-###-####",
    "4##-###-####",
    "(5##) ###-####",
    "4##.###.####",
    "4## ### ####",
    "5#########",
    "+49 1## #######",
    "+49 5### ######",
    "0171/#######",
    "030 ########",
    "0#### ######",
    "+44 20 #### ####",
    "020 #### ####",
    "+33 6 ## ## ## ##",
    "06 ## ## ## ##",
    "+34 6## ### ###",
    "6## ### ###",
    "5########",
    "+39 3## #######",
    "3## ### ####",
    "+86 138 #### ####",
    "+45 ## ## ## ##",
    "+55 11 9####-####",
    "+4915#########",
];

fn telephone(dice: &mut Dice) -> String {
    let pattern = dice.one(&TELEPHONES);
    dice.like(pattern)
}
