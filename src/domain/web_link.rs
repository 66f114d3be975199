//! A link that may stand in a mail: to a web page over https, and to nothing else.

use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// `https://pay.yourshop.example/card`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WebLink(String);

/// What was read is not repeated: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "this is not a link to a web page; it begins with `https://` and has the page's name after it"
)]
pub struct NoWebLink;

impl TryFrom<String> for WebLink {
    type Error = NoWebLink;

    fn try_from(text: String) -> Result<Self, NoWebLink> {
        let rest = text.strip_prefix("https://").ok_or(NoWebLink)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = rest[..end].split(':').next().unwrap_or_default();
        let is_host = host.contains('.')
            && !host.starts_with('.')
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
        let is_port = rest[..end].strip_prefix(host).is_some_and(|port| {
            port.bytes()
                .all(|byte| byte == b':' || byte.is_ascii_digit())
        });
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>\"'`\\".contains(&byte);
        if is_host && is_port && rest.bytes().all(is_plain) {
            Ok(Self(text))
        } else {
            Err(NoWebLink)
        }
    }
}

impl fmt::Display for WebLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_over_https_is_linked_to() {
        for text in [
            "https://pay.tulip.example",
            "https://pay.tulip.example:8443/card?from=mail&x=1#top",
        ] {
            assert_eq!(
                WebLink::try_from(text.to_owned()).unwrap().to_string(),
                text
            );
        }
        for text in [
            "javascript:alert(1)",
            "https:javascript",
            "http://pay.tulip.example",
            "data:text/html,x",
            "https://",
            "https://x",
            "https://you@evil.example",
            "https://pay.tulip.example@evil.example/",
            "https://pay.tulip.example/\"onclick=\"x",
            "https://pay.tulip.example/ x",
            "https://pay.tulip.example/\r\nBcc: x@y.z",
            "https://pаy.tulip.example",
            " https://pay.tulip.example",
            "//pay.tulip.example",
            "pay.tulip.example",
        ] {
            assert_eq!(WebLink::try_from(text.to_owned()), Err(NoWebLink), "{text}");
        }
    }
}
