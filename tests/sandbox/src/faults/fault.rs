//! The faults themselves, in the words of the control surface.

use serde::{Deserialize, Serialize};

use crate::transport::response::Response;

/// One way for a request to go wrong.
///
/// In JSON (`POST /sandbox/faults`) the names are in snake case: `"reset_after"`,
/// `{"delay": {"milliseconds": 300}}`, `{"garbage": "deep_json"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    // The wire, at any endpoint.
    /// Another answer than the service's: a 429 with `Retry-After`, a 503, a redirect elsewhere.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Header fields beside `Content-Length`, `Date`, `Server` and `Cache-Control`.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body.
        #[serde(default)]
        body: String,
        /// Whether the service processes the request first: it may have signed, and been billed.
        #[serde(default)]
        processed: bool,
    },
    /// Waits before the request is processed.
    Delay {
        /// Real time, not the sandbox's clock.
        milliseconds: u64,
    },
    /// Reads the request, then resets the connection; nothing was processed.
    ResetBefore,
    /// Processes the request, counts it, then resets the connection without an answer.
    ResetAfter,
    /// Processes the request, sends so many bytes of the response, head included, and closes.
    Truncate {
        /// How many bytes of the HTTP message leave.
        bytes: usize,
    },
    /// Processes the request, answers 200 with a body that is no answer.
    Garbage(Garbage),
    /// Processes the request, then never ends the body: spaces as fast as they are read.
    Flood,
    /// Processes the request, then never ends the body: one space in 50 ms.
    Drip,

    // signature.
    /// The first signature comes under an id that was not asked.
    WrongId,
    /// The last signature comes under the id of the first; with one signature it comes twice.
    DuplicateId,
    /// The last signature does not come.
    MissingId,
    /// One signature more than asked, under an id of its own.
    ExtraId,
    /// Two signatures change places, each under the other's id.
    SwappedIds,
    /// Signed by another key, under the holder's certificate.
    WrongKey,
    /// Signed by another holder, with that holder's certificate.
    WrongHolder,
    /// A good signature over another digest.
    WrongDigest,
    /// Under a certificate of the holder that expired. Also for certificate-discovery.
    ExpiredCertificate,
    /// Under a certificate of the holder from an unknown root. Also for certificate-discovery.
    UnknownRoot,
    /// One bit of the signature value changed.
    TamperedSignature,
    /// Bytes of the uploaded PDF changed before it was signed.
    AlteredDocument,
    /// The signed document's base64 comes without line breaks.
    BareBase64,
    /// `certificate_alias` is one that the holder does not have. Also for certificate-discovery.
    WrongAlias,

    // Certillion's signature.
    /// 200, with another status than a good one in the entries; those documents are not signed.
    EntryStatus {
        /// The code, which may be one that no table has.
        code: u16,
        /// The entry's place; all when absent.
        #[serde(default)]
        entry: Option<usize>,
    },
    /// No entry tells its transaction.
    MissingTransaction,
    /// The transactions of the first and the last entry change places.
    SwappedTransactions,
    /// The first entry tells an earlier transaction, or one that does not exist.
    OtherTransaction,
    /// 504 with 301 after everything was signed.
    TimeoutAfterSigning,

    // Certillion's upload.
    /// `document_hash` is no hash: harmless to a client that gives back what it was given.
    OpaqueDocumentHash,
    /// No `document_hash`.
    MissingDocumentHash,

    // Certillion's download.
    /// The first half of what was signed, as if it were all.
    CutDocument,
    /// Nothing.
    EmptyDocument,
    /// What another transaction signed, else bytes of no document.
    OtherDocument,

    // authorize, and the page that redirects.
    /// The redirect carries another state.
    WrongState,
    /// The redirect carries no state.
    MissingState,
    /// The redirect carries no code.
    MissingCode,
    /// The redirect carries a code and an error.
    CodeAndError,
    /// The redirect carries its code and its state twice.
    DuplicateParameter,
    /// The redirect carries an `iss` that is not the service's (RFC 9207).
    WrongIssuer,

    // authentications.
    /// Still pending, in one of its shapes, whatever the holder did.
    Pending(PendingShape),

    // token.
    /// `token_type` is this.
    TokenType(String),
    /// `scope` is this.
    Scope(String),
    /// `expires_in` is this.
    ExpiresIn(ExpiresIn),
    /// `authorized_identification` is another person's.
    WrongIdentification,

    // crl and ocsp.
    /// The CRL or the OCSP response was good until three weeks ago.
    StaleRevocation,
    /// The CRL or the OCSP response is signed under another authority.
    WrongSigner,

    // The time-stamp authority, where WrongDigest makes the imprint another's and TamperedSignature
    // breaks the token's signature.
    /// Rejected, with this bit of PKIFailureInfo (RFC 3161 §2.4.2): 25 is systemFailure.
    StampRefused {
        /// The bit's number, 0 to 25.
        failure: u8,
    },
    /// The token carries another nonce, also when none was asked.
    WrongNonce,
    /// The token is signed under a certificate that is not for time stamping.
    NoTimeStampingUsage,
}

/// Bodies that a client must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Garbage {
    /// A page of HTML, as a proxy gives it.
    Html,
    /// Nothing.
    Empty,
    /// JSON with a byte sequence that is not UTF-8.
    InvalidUtf8,
    /// JSON of 100,000 levels.
    DeepJson,
    /// A JSON object that says every member twice.
    DuplicateKeys,
    /// JSON that stops in the middle of a string.
    CutJson,
    /// JSON `null`.
    Null,
    /// JSON with U+00A0 for spaces, as the manual's samples have it.
    NoBreakSpaces,
}

impl Garbage {
    pub(crate) fn response(self) -> Response {
        let (media_type, body) = match self {
            Self::Html => (
                "text/html",
                b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>".to_vec(),
            ),
            Self::Empty => ("application/json", Vec::new()),
            Self::InvalidUtf8 => {
                ("application/json", b"{\"access_token\":\"\xC3\x28\xFF\"}".to_vec())
            }
            Self::DeepJson => ("application/json", "[".repeat(100_000).into_bytes()),
            Self::DuplicateKeys => {
                let members = "\"access_token\":\"a\",\"authorizationToken\":\"a\",\"status\":\"S\",\
                               \"signatures\":[],\"token_type\":\"Bearer\",\"expires_in\":900";
                ("application/json", format!("{{{members},{members}}}").into_bytes())
            }
            Self::CutJson => ("application/json", b"{\"authorizationToken\":\"eyJl".to_vec()),
            Self::Null => ("application/json", b"null".to_vec()),
            Self::NoBreakSpaces => {
                ("application/json", "{\u{A0}\"status\":\u{A0}\"S\"\u{A0}}".to_owned().into_bytes())
            }
        };
        let mut response = Response::empty(200).with_header("Content-Type", media_type);
        response.body = body;
        response
    }
}

/// How a service can say that the holder has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingShape {
    /// 304 without a body: what VIDaaS does.
    NotModified,
    /// 304 that claims a `Content-Length` and sends no body, as RFC 9110 §15.4.5 allows.
    NotModifiedWithLength,
    /// 202 with a JSON object.
    Accepted,
    /// 204.
    NoContent,
    /// 200 with a JSON object without a token.
    OkWithoutToken,
}

impl PendingShape {
    pub(crate) fn response(self) -> Response {
        match self {
            Self::NotModified => Response::empty(304),
            Self::NotModifiedWithLength => {
                Response::empty(304).with_header("Content-Length", "512")
            }
            Self::Accepted => Response::json(202, &serde_json::json!({})),
            Self::NoContent => Response::empty(204),
            Self::OkWithoutToken => Response::json(200, &serde_json::json!({})),
        }
    }
}

/// What stands in `expires_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiresIn {
    /// Nothing: the member is absent.
    Absent,
    /// This number of seconds.
    Seconds(u64),
    /// A negative number.
    Negative,
    /// The number of seconds as a string.
    Text,
    /// One second more than the `lifetime` that was asked.
    LargerThanAsked,
}
