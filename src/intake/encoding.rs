//! From bytes to text: which encoding the file is in, judged on all of it.
//!
//! A byte order mark is believed. Without one the file is UTF-8 if every byte
//! of it is; otherwise windows-1252, the one odd byte being as likely in line
//! 40,000 as in line 2. A fault does not end the reading here: the text is
//! searched for card numbers first.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::problem::Problem;

/// A file's text, and how it was come by.
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// For people: `UTF-8`, `windows-1252, for its byte 0xFC in line 12`.
    pub name: String,
    /// Why the text is not what somebody wrote, where it is not.
    pub fault: Option<Problem>,
}

/// An encoding that a file without a mark may be said to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Windows1252,
}

pub(super) fn decode(bytes: &[u8], said: Option<Charset>) -> Decoded<'_> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return marked(encoding, &bytes[mark..]);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: Cow::Borrowed(text),
            name: "UTF-8".to_owned(),
            fault: None,
        },
        Err(error) => single_byte(bytes, error.valid_up_to(), said),
    }
}

fn marked<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Decoded<'b> {
    let name = match encoding {
        e if e == UTF_8 => "UTF-8 with a byte order mark",
        e if e == UTF_16LE => "UTF-16LE",
        e if e == UTF_16BE => "UTF-16BE",
        other => other.name(),
    };
    let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
    let fault = is_broken.then(|| {
        Problem::refused(
            "bad_file",
            format!("the file begins as {name} and is not {name} throughout"),
        )
        .hint("It was cut off or joined from two files. Save it anew as CSV UTF-8.")
    });
    Decoded {
        text,
        name: name.to_owned(),
        fault,
    }
}

fn single_byte(bytes: &[u8], odd: usize, said: Option<Charset>) -> Decoded<'_> {
    // The five bytes that windows-1252 leaves empty.
    let is_unassigned = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    let fault = bytes.iter().position(is_unassigned).map(|at| {
        let fact = format!(
            "the file is neither UTF-8 nor windows-1252: byte 0x{:02X} in line {}",
            bytes[at],
            line_at(bytes, at)
        );
        Problem::refused("bad_file", fact).hint("Save it anew as CSV UTF-8.")
    });
    let has_accents = || {
        let valid = bytes.utf8_chunks().map(|chunk| chunk.valid());
        valid.into_iter().any(|text| !text.is_ascii())
    };
    let stray = || {
        let (byte, line) = (bytes[odd], line_at(bytes, odd));
        format!("line {line} holds the byte 0x{byte:02X}, which is no UTF-8")
    };
    let fault = match said {
        Some(Charset::Windows1252) => fault,
        Some(Charset::Utf8) => Some(
            Problem::refused("bad_file", stray())
                .hint("Mend that line, and save the file as CSV UTF-8."),
        ),
        // Read the one way or the other, names would be garbled in silence.
        None if has_accents() => Some(
            Problem::usage(
                "ambiguous_encoding",
                format!("{}, and other letters of the file are", stray()),
            )
            .hint(
                "Mend that line, and save the file as CSV UTF-8; \
                 or read all of it as it is with `--encoding windows-1252`.",
            ),
        ),
        None => fault,
    };
    Decoded {
        text: WINDOWS_1252.decode_without_bom_handling(bytes).0,
        name: format!(
            "windows-1252, for its byte 0x{:02X} in line {}",
            bytes[odd],
            line_at(bytes, odd)
        ),
        fault,
    }
}

/// The line, from 1, that a byte stands in.
pub(super) fn line_at(bytes: &[u8], at: usize) -> u64 {
    1 + line_ends(&bytes[..at])
}

/// How many lines end in the bytes; CR, LF and CR LF each end one.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let mut after_cr = false;
    let mut ends = 0;
    for byte in bytes {
        if *byte == b'\r' || (*byte == b'\n' && !after_cr) {
            ends += 1;
        }
        after_cr = *byte == b'\r';
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        let bytes = |unit: u16| {
            if big_endian {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    }

    #[test]
    fn one_text_is_read_from_every_encoding() {
        let table = [
            (
                b"M\xc3\xbcller \xe2\x82\xac".to_vec(),
                "Müller €",
                "UTF-8".to_owned(),
            ),
            (
                b"\xef\xbb\xbfM\xc3\xbcller".to_vec(),
                "Müller",
                "UTF-8 with a byte order mark".to_owned(),
            ),
            (utf16("Müller", false), "Müller", "UTF-16LE".to_owned()),
            (utf16("Müller", true), "Müller", "UTF-16BE".to_owned()),
            (
                b"a\r\nM\xfcller \x80".to_vec(),
                "a\r\nMüller €",
                "windows-1252, for its byte 0xFC in line 2".to_owned(),
            ),
        ];
        for (bytes, text, name) in table {
            let decoded = decode(&bytes, None);

            assert_eq!(decoded.text, text);
            assert_eq!(decoded.name, name);
            assert_eq!(decoded.fault, None);
        }
    }

    /// A sample of the first kilobytes would call this one UTF-8.
    #[test]
    fn one_odd_byte_far_down_decides_for_the_whole_file() {
        let mut bytes = "plain\n".repeat(500_000).into_bytes();
        bytes.push(0xe9);

        let decoded = decode(&bytes, None);

        assert!(decoded.text.ends_with("plain\né"));
        assert!(decoded.name.ends_with("line 500001"), "{}", decoded.name);
    }

    /// Taken for windows-1252, every other umlaut would be two wrong letters.
    #[test]
    fn one_stray_byte_among_utf8_is_asked_about() {
        let bytes = b"M\xc3\xbcller\nM\xfcller\n";

        let asked = decode(bytes, None).fault.unwrap();
        let as_utf8 = decode(bytes, Some(Charset::Utf8)).fault.unwrap();
        let as_1252 = decode(bytes, Some(Charset::Windows1252));

        assert_eq!(asked.kind().exit_code(), 2);
        assert!(
            asked.message().starts_with("line 2 holds the byte 0xFC"),
            "{asked}"
        );
        assert_eq!(as_utf8.kind().exit_code(), 1);
        assert_eq!(as_1252.fault, None);
        assert!(as_1252.text.ends_with("\nM\u{fc}ller\n"));
    }

    #[test]
    fn what_nobody_wrote_is_a_fault_and_still_a_text() {
        for bytes in [
            &b"\xef\xbb\xbfok\xff"[..],
            b"\xff\xfeo\x00k",
            b"ok\n\x81\x8d",
        ] {
            let decoded = decode(bytes, None);

            assert!(decoded.text.contains('o'), "{}", decoded.text);
            assert_eq!(decoded.fault.unwrap().kind().exit_code(), 1);
        }
    }
}
