//! What can go wrong, sorted by whose fault it is, and what to do about it.

use core::fmt;

use crate::advice::Advice;
use crate::codec::der::Misread;
use crate::time::Duration;

/// Anything that stops an exchange or a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The holder or the service: nothing that a change of this program would cure.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// A buffer or a bound of this side is too small for what came or what must go.
    #[error(transparent)]
    Resource(#[from] ResourceError),
    /// The calling program or its configuration; never the result of bytes from outside.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

impl Error {
    /// What to do next.
    #[must_use]
    pub const fn advice(&self) -> Advice {
        match self {
            Self::Peer(PeerError::Denied | PeerError::Expired) => Advice::AskHolder,
            Self::Peer(PeerError::Throttled { .. } | PeerError::Unavailable { .. }) => {
                Advice::TryLater
            }
            Self::Peer(PeerError::Unreachable) => Advice::CheckNetwork,
            Self::Peer(PeerError::Unauthorized) => Advice::AuthorizeAgain,
            Self::Peer(PeerError::InDoubt) => Advice::Resolve,
            Self::Peer(PeerError::Cancelled) => Advice::StartAgain,
            Self::Peer(PeerError::Refused(refusal)) => refusal.advice,
            Self::Peer(PeerError::Malformed(_) | PeerError::Mismatch(_)) => Advice::ContactProvider,
            Self::Resource(ResourceError::BufferTooSmall { .. }) => Advice::EnlargeBuffer,
            Self::Resource(ResourceError::TooLong { .. }) => Advice::ContactProvider,
            Self::Misuse(Misuse::Snapshot) => Advice::StartAgain,
            Self::Misuse(_) => Advice::FixRequest,
        }
    }
}

/// What the holder or the service did, or did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    /// The holder said no.
    #[error("the holder denied the request")]
    Denied,
    /// The holder did not answer in time.
    #[error("the request expired before the holder approved it")]
    Expired,
    /// Too many requests; the service may have said how long to wait.
    #[error("the service asks to slow down")]
    Throttled {
        /// As the service told it; `None` when it did not.
        retry_after: Option<Duration>,
    },
    /// The token is spent, expired or revoked.
    #[error("the authorization is no longer valid")]
    Unauthorized,
    /// The service says that it cannot work now; it may have said for how long.
    #[error("the service is unavailable (status {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// As the service told it; `None` when it did not.
        retry_after: Option<Duration>,
    },
    /// No answer, after as many tries as are reasonable. Nothing was billed or signed.
    #[error("the service cannot be reached")]
    Unreachable,
    /// A request that may have signed has no answer. Only the host may say what happens now.
    #[error("it is not known whether the service signed")]
    InDoubt,
    /// The host stopped the flow.
    #[error("cancelled")]
    Cancelled,
    /// The service said no, in its own words.
    #[error("the service refused: {0}")]
    Refused(Refusal),
    /// An answer that cannot be read.
    #[error("{0}")]
    Malformed(Malformed),
    /// An answer that can be read and is not the answer to what was asked.
    #[error("the answer does not match the request: {0}")]
    Mismatch(Mismatch),
}

/// The documents that services send, for telling which one was bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Document {
    /// The answer to an application's registration.
    Registration,
    /// The answer to the question who is known to the service.
    Discovery,
    /// The answer to a request for authorization.
    Authorization,
    /// The answer to the question whether the holder approved.
    Approval,
    /// The query that comes with the holder's browser.
    Redirect,
    /// The answer that brings the access token.
    Token,
    /// The answer that brings signatures.
    Signature,
    /// The answer that brings certificates.
    Certificates,
    /// What a service posts to a server of the application's.
    Webhook,
    /// The answer that brings a time stamp.
    TimeStamp,
    /// The answer to a document that was sent ahead of its signature.
    Upload,
    /// The answer that is a signed document.
    Download,
    /// The answer that tells what became of a signature somewhere else.
    Validation,
}

impl Document {
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration reply",
            Self::Discovery => "discovery reply",
            Self::Authorization => "authorization reply",
            Self::Approval => "approval reply",
            Self::Redirect => "redirect query",
            Self::Token => "token reply",
            Self::Signature => "signature reply",
            Self::Certificates => "certificate reply",
            Self::Webhook => "webhook body",
            Self::TimeStamp => "time stamp reply",
            Self::Upload => "upload reply",
            Self::Download => "download reply",
            Self::Validation => "validation reply",
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Which document could not be read, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The document.
    pub document: Document,
    /// What is wrong with it.
    pub flaw: Flaw,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.document, self.flaw)
    }
}

/// What is wrong with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// Not JSON, or JSON beyond the reader's bounds.
    #[error("{fault} at byte {offset}")]
    Json {
        /// The kind of fault.
        fault: JsonFault,
        /// Where, counted from 0 in the body as it came.
        offset: usize,
    },
    /// A member that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A member is of another type than the manuals say.
    #[error("`{0}` has the wrong type")]
    WrongType(&'static str),
    /// A value that its member cannot have.
    #[error("`{0}` has an impossible value")]
    Invalid(&'static str),
    /// A parameter that stands there twice.
    #[error("`{0}` stands there twice")]
    Repeated(&'static str),
    /// The query or form is not properly encoded.
    #[error("it is not properly percent-encoded")]
    Encoding,
    /// Not the DER that was expected.
    #[error(transparent)]
    Der(Misread),
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// The text is not UTF-8.
    #[error("no UTF-8")]
    Utf8,
    /// The text ends before its value does.
    #[error("unexpected end")]
    End,
    /// A byte that cannot stand there.
    #[error("unexpected byte")]
    Syntax,
    /// A bad escape, or half of a surrogate pair.
    #[error("bad escape")]
    Escape,
    /// More levels than [`crate::codec::json::MAX_DEPTH`].
    #[error("nesting too deep")]
    Depth,
    /// The same name twice in one object.
    #[error("duplicate name")]
    Duplicate,
    /// More members in an object than [`crate::codec::json::MAX_MEMBERS`], or more behind large
    /// values than can be compared in reasonable time.
    #[error("too many members")]
    Members,
}

/// How an answer fails to be the answer to what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The `state` is not the one that was sent.
    #[error("another `state`")]
    State,
    /// The redirect says that it comes from another service (RFC 9207).
    #[error("another issuer")]
    Issuer,
    /// The scope of the token is not the one that was asked for.
    #[error("another scope")]
    Scope,
    /// The token is of a type that cannot be used.
    #[error("another token type")]
    TokenType,
    /// Somebody else approved.
    #[error("another holder")]
    Holder,
    /// The identifiers of the signatures are not those of the documents.
    #[error("other identifiers")]
    Ids,
    /// The registration that was changed is another application's.
    #[error("another application")]
    Application,
    /// Another certificate was used than the one that was asked for.
    #[error("another certificate")]
    Certificate,
    /// The signed document does not begin with the one that was sent.
    #[error("another document")]
    Document,
    /// The time stamp is of another digest, or is the answer to another request.
    #[error("another time stamp")]
    TimeStamp,
}

/// A refusal in the service's own words, cut to what fits and freed of what must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The service's code, such as `invalid_grant`; empty when it gave none.
    pub code: Words<32>,
    /// The service's text; empty when it gave none.
    pub text: Words<64>,
    /// What to do about it.
    pub advice: Advice,
}

impl Refusal {
    /// A refusal with the advice that its HTTP status gives. `code` and `text` may be empty.
    #[must_use]
    pub fn new(status: u16, code: &str, text: &str) -> Self {
        let advice = match status {
            401 | 403 => Advice::CheckCredentials,
            500.. => Advice::TryLater,
            _ => Advice::FixRequest,
        };
        Self { status, code: Words::new(code), text: Words::new(text), advice }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "status {}", self.status)?;
        if !self.code.as_str().is_empty() {
            write!(formatter, ", {}", self.code.as_str())?;
        }
        if !self.text.as_str().is_empty() {
            write!(formatter, ", {}", self.text.as_str())?;
        }
        Ok(())
    }
}

/// Digits in a row that are shown; a longer run shows as six stars.
const SHOWN_DIGITS: usize = 6;

/// Digits of the shortest number that somebody holds: a CPF, which people write with a mask.
const MASKED_DIGITS: usize = 11;

/// A service's words, of at most `N` bytes, that can be shown and logged: control characters are
/// gone, and so is every run of digits long enough to be somebody's number, with or without a mask.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Words<const N: usize> {
    length: u8,
    bytes: [u8; N],
}

impl<const N: usize> Words<N> {
    /// No words.
    pub const EMPTY: Self = Self { length: 0, bytes: [0; N] };

    /// Takes as much of `text` as fits.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut words = Self::EMPTY;
        words.length = show(text, &mut words.bytes);
        words
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let written = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        // `show` takes whole characters only.
        core::str::from_utf8(written).unwrap_or_default()
    }
}

/// Writes as much of `text` as fits and may be shown, and says how many bytes.
fn show(text: &str, out: &mut [u8]) -> u8 {
    let mut length = 0_u8;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let masked = masked_length(rest, MASKED_DIGITS).or_else(|| company_length(rest));
        let taken = masked.unwrap_or(digits).max(character.len_utf8());
        let (piece, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        rest = after;
        let piece = if digits > SHOWN_DIGITS || masked.is_some() {
            "******"
        } else if character.is_control() {
            " "
        } else {
            piece
        };
        let start = usize::from(length);
        let end = start.wrapping_add(piece.len());
        let (Some(place), Ok(end)) = (out.get_mut(start..end), u8::try_from(end)) else { break };
        place.copy_from_slice(piece.as_bytes());
        length = end;
    }
    length
}

/// The length of what has the shape of a company's number with letters at the start of a text: 14
/// capitals and digits, single mask characters between them included, the last two of them digits.
fn company_length(text: &str) -> Option<usize> {
    let (mut count, mut digits, mut length, mut after_mask) = (0_usize, 0_usize, 0_usize, true);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' => {
                count = count.wrapping_add(1);
                digits = if byte.is_ascii_digit() { digits.wrapping_add(1) } else { 0 };
                length = place.wrapping_add(1);
                after_mask = false;
            }
            b'.' | b'-' | b'/' if !after_mask => after_mask = true,
            _ => break,
        }
    }
    (count == 14 && digits >= 2).then_some(length)
}

/// The length of the digits at the start of a text, single mask characters between them included, if
/// there are at least so many digits.
fn masked_length(text: &str, least: usize) -> Option<usize> {
    let (mut digits, mut length, mut after_mask) = (0_usize, 0_usize, true);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits = digits.wrapping_add(1);
                length = place.wrapping_add(1);
                after_mask = false;
            }
            b'.' | b'-' | b'/' if !after_mask => after_mask = true,
            _ => break,
        }
    }
    (digits >= least).then_some(length)
}

impl<const N: usize> fmt::Debug for Words<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(formatter)
    }
}

/// What this side has too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// A buffer of the caller's does not hold what must be written into it.
    #[error("the buffer is too small: {needed} bytes are needed")]
    BufferTooSmall {
        /// Bytes that would have been enough.
        needed: usize,
    },
    /// A value is longer than the bound that its keeper documents.
    #[error("{what} is longer than {bound} bytes")]
    TooLong {
        /// The value.
        what: &'static str,
        /// The bound, in bytes.
        bound: usize,
    },
}

/// What the calling program or its configuration got wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// An input that the flow does not expect in its state.
    #[error("the flow does not expect this input now")]
    OutOfOrder,
    /// A document without a byte in it, or the digest of nothing.
    #[error("the document is empty")]
    EmptyDocument,
    /// A document larger than the service takes.
    #[error("the document is larger than the service takes")]
    DocumentTooLarge,
    /// Entropy that is no entropy: the same byte throughout.
    #[error("the entropy source gives a constant")]
    Entropy,
    /// A field of the configuration or of the request that the service would refuse.
    #[error("`{0}` is not acceptable to the service")]
    Field(&'static str),
    /// Two documents with the same identifier.
    #[error("two documents have the same identifier")]
    DuplicateId,
    /// A token asked for a time that its holder's kind does not allow.
    #[error("the lifetime is longer than the holder's kind allows")]
    Lifetime,
    /// The provider does not offer what was asked for.
    #[error("the provider does not offer {0}")]
    NotOffered(&'static str),
    /// The service's URL is not `https://`.
    #[error("the service's URL must begin with https://")]
    InsecureUrl,
    /// What a holder would type into the application, which was not built to take it.
    #[error("the application was not built to take passwords")]
    PasswordGrant,
    /// A saved flow of another version, or one that does not fit what it is resumed with.
    #[error("the saved state does not fit")]
    Snapshot,
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn an_error_stays_small() {
        assert!(size_of::<Error>() <= 112, "{}", size_of::<Error>());
    }

    #[test]
    fn s38_words_of_a_service_lose_numbers_and_control_characters() {
        let words = Words::<64>::new("CPF 11144477735 inválido\r\n(código 404)");
        assert_eq!(words.as_str(), "CPF ****** inválido  (código 404)");
    }

    #[test]
    fn s38_a_number_is_hidden_in_its_mask_too() {
        let words = |text| Words::<64>::new(text);
        assert_eq!(words("CPF 111.444.777-35 inválido").as_str(), "CPF ****** inválido");
        assert_eq!(words("11.222.333/0001-81").as_str(), "******");
        assert_eq!(words("em 2026-11-21, 12.5 s.").as_str(), "em 2026-11-21, 12.5 s.");
    }

    #[test]
    fn s38_a_number_with_letters_is_hidden_too() {
        let words = |text| Words::<64>::new(text);
        assert_eq!(words("CNPJ 12ABC34501DE35 inválido").as_str(), "CNPJ ****** inválido");
        assert_eq!(words("(12.ABC.345/01DE-35)").as_str(), "(******)");
        assert_eq!(words("UNAUTHORIZED_CLIENT, ERROR-CODE-1234").as_str().len(), 36);
    }

    #[test]
    fn words_are_cut_between_characters() {
        assert_eq!(Words::<4>::new("ação").as_str(), "aç");
        assert_eq!(Words::<3>::new("12345678").as_str(), "");
        assert_eq!(Words::<3>::new("").as_str(), "");
    }

    #[test]
    fn a_refusal_tells_what_it_has() {
        let refusal = Refusal::new(400, "invalid_grant", "");
        assert_eq!(
            format!("{}", PeerError::Refused(refusal)),
            "the service refused: status 400, invalid_grant"
        );
    }
}
