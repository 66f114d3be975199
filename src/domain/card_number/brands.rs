//! Which runs of digits can be a card's: the brands' prefixes and lengths, and the check digit.

/// The fewest digits that a card number has.
pub(super) const FEWEST: usize = 13;

/// The most (ISO/IEC 7812-1).
pub(super) const MOST: usize = 19;

/// Whether a brand issues such numbers, and the check digit is right.
pub(super) fn is_one(run: &[u8]) -> bool {
    has_brand(run) && passes_luhn(run)
}

/// Prefix and length of the brands, by ISO/IEC 7812 issuer ranges. One that
/// starts with 1 and is taken by airlines only (UATP) is left out: every tenth
/// number of 15 digits would be one.
fn has_brand(run: &[u8]) -> bool {
    let length = run.len();
    if !(FEWEST..=MOST).contains(&length) {
        return false;
    }
    let prefix = run[..6]
        .iter()
        .fold(0_u32, |sum, value| sum * 10 + u32::from(*value));
    match prefix {
        // Visa.
        400_000..=499_999 => matches!(length, 13 | 16 | 19),
        // Mastercard.
        510_000..=559_999 | 222_100..=272_099 => length == 16,
        // American Express.
        340_000..=349_999 | 370_000..=379_999 => length == 15,
        // Discover, UnionPay, RuPay.
        601_100..=601_199 | 644_000..=659_999 | 620_000..=629_999 | 810_000..=829_999 => {
            matches!(length, 16..=19)
        }
        // RuPay, Hipercard, Cabal.
        600_000..=609_999 => length == 16,
        // Diners Club.
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => {
            matches!(length, 14..=19)
        }
        // JCB.
        352_800..=358_999 => matches!(length, 16..=19),
        180_000..=180_099 | 213_100..=213_199 => length == 15,
        // Mir.
        220_000..=220_499 => matches!(length, 16..=19),
        // Borica, GPN, Uzcard, mada, Napas, Troy, Humo.
        220_500..=220_599
        | 194_600..=194_699
        | 860_000..=860_099
        | 968_200..=968_299
        | 979_200..=979_299
        | 986_000..=986_099 => length == 16,
        970_400..=970_499 => matches!(length, 16 | 19),
        // Maestro and what was before it; Elo, Verve, Dankort, Troy.
        500_000..=509_999 | 560_000..=589_999 | 630_000..=639_999 | 670_000..=679_999 => true,
        _ => false,
    }
}

/// The check digit rule of ISO/IEC 7812-1.
fn passes_luhn(run: &[u8]) -> bool {
    let sum: u32 = run
        .iter()
        .rev()
        .enumerate()
        .map(|(at, value)| {
            let value = u32::from(*value);
            match at % 2 {
                0 => value,
                _ if value > 4 => value * 2 - 9,
                _ => value * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
