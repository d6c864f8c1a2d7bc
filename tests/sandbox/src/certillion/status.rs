//! Certillion's status codes, as its API page prints them and as the older SOAP interface of the
//! same product repairs what that page lost. 218, 224, 249, 250, 301, 702, 807 and 209 stand in
//! the tables of single services alone.

use serde_json::{Value, json};

/// A code with its name and its detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) name: &'static str,
    detail: &'static str,
}

impl Status {
    /// The status of a code; one that no table has is called `UNKNOWN`.
    pub(crate) fn of(code: u16) -> Self {
        let known = ALL.iter().find(|status| status.code == code).copied();
        known.unwrap_or(Self { code, name: "UNKNOWN", detail: "no table has this code" })
    }

    /// The object on the wire; `text` writes the code as a string.
    pub(crate) fn object(self, detail: Option<&str>, text: bool) -> Value {
        let code = if text { json!(self.code.to_string()) } else { json!(self.code) };
        json!({ "code": code, "name": self.name, "detail": detail.unwrap_or(self.detail) })
    }
}

/// The code and the name of every status, in the order of the codes.
pub fn status_codes() -> impl Iterator<Item = (u16, &'static str)> {
    ALL.iter().map(|status| (status.code, status.name))
}

macro_rules! statuses {
    ($($name:ident = $code:literal $detail:literal,)+) => {
        impl Status {
            $(pub(crate) const $name: Self =
                Self { code: $code, name: stringify!($name), detail: $detail };)+
        }

        const ALL: &[Status] = &[$(Status::$name),+];
    };
}

statuses! {
REQUEST_OK = 100 "request accepted",
TRANSACTION_IN_PROGRESS = 110 "received, still processing",
REGISTRATION_VALID = 120 "you are registered",
CERTIFICATE_VALID = 130 "certificate valid",
CSR_VALID = 131 "CSR valid",
REVOCATION_ACCEPTED = 132 "marked revoked, end user informed later",
SIGNATURE_VALID = 140 "signature valid",
USER_ACTIVE = 150 "user account ready to sign",
DEVICE_READY = 151 "device ready",
REQUEST_MISSING_PARAM = 200 "an argument is missing",
REQUEST_WRONG_PARAM = 201 "error among the arguments",
REQUEST_WRONG_LENGTH = 202 "message too large, or argument of wrong length",
REQUEST_BAD_FORMAT = 203 "MIME type or encoding not handled",
REQUEST_BAD_PROFILE = 204 "key type, key usage or signature policy not supported",
REQUEST_BAD_DATA = 205 "the data cannot be handled",
REQUEST_DUPLICATED = 206 "request or parameters duplicated",
BAD_AUTHENTICATION = 209 "the Authorization is wrong",
ACCOUNT_NO_BANDWIDTH = 210 "not enough bandwidth left",
ACCOUNT_MAX_TRIES = 211 "max attempts exceeded",
ACCOUNT_NO_CREDIT = 212 "user must pay, no credit",
USERS_EXCEEDED_MAXIMUM_ALLOWED = 218 "the accesses contracted at the PSC are exhausted",
ACCESS_NOT_AUTHORIZED = 220 "application unknown or authentication wrong",
ACCESS_NO_HANDSHAKE = 221 "negotiation of XML signatures needed first",
ACCESS_NO_SPECIFIED = 222 "authentication mechanism not given",
TRANSACTION_NOT_AUTHORIZED = 223 "not authorized, reason in detail",
ERROR_DURING_AUTHENTICATION = 224 "unexpected error",
USER_NO_DEVICE = 230 "the user has no device",
DEVICE_NO_CERTIFICATE = 231 "the device has no certificate",
DEVICE_REMOVED_FROM_POLLING = 232 "the device was removed from polling",
TOKEN_VALIDITY_INVALID = 249 "the token expired",
INVALID_ACCESS_TOKEN = 250 "the token is invalid",
NETWORK_ERROR = 300 "could not contact the user's device",
TIMEOUT = 301 "the PSC did not answer in time",
TRANSACTION_NOT_FOUND = 310 "the transaction is unknown",
IDENTIFIER_NOT_FOUND = 311 "end user unknown",
SERVICE_NOT_FOUND = 312 "service not found",
MOBILE_SIGNATURE_ERROR = 320 "error while signing on the device",
MOBILE_CERTIFICATE_ERROR = 321 "error while generating the certificate on the device",
USER_CANCELED = 400 "the user cancelled",
MESSAGE_BAD_INTEGRITY = 410 "integrity check failed",
MESSAGE_BAD_AUTHENTICATION = 411 "authentication failed",
MESSAGE_BAD_ENCRYPTION = 412 "decryption failed",
MESSAGE_BAD_ENCODING = 413 "could not be decoded",
MESSAGE_EXPIRED = 414 "message expired",
MESSAGE_WRONG_VERSION = 420 "version not right for the receiver",
MESSAGE_MISSING_KEY = 421 "symmetric key expected",
MESSAGE_UNEXPECTED_KEY = 422 "symmetric key not expected",
MESSAGE_UNEXPECTED = 423 "message not expected now",
KEY_EXPIRED = 424 "authentication key expired",
KEY_REJECTED = 425 "new key not acceptable",
MESSAGE_NOT_FOUND = 430 "message not on the device, or deleted",
USER_NOT_FOUND = 431 "no mobile user with this id",
INTERNAL_ERROR = 440 "internal error",
SERVICE_CANT_ACTIVATE = 450 "extra service cannot be activated for this mobile/company",
SERVICE_CANT_USE = 451 "extra service not allowed/supported",
SERVICE_WAS_ACTIVATED = 452 "the service was activated",
PLATFORM_NOT_FOUND = 500 "platform not found",
TOKEN_WRONG = 501 "token wrong",
IDENTIFIER_INVALID = 502 "unique identifier invalid",
IDENTIFIER_DUPLICATED = 503 "unique identifier already registered",
CERTIFICATE_INVALID = 600 "certificate invalid, no more detail",
CSR_INVALID = 601 "CSR invalid, no more detail",
CRL_INVALID = 602 "CRL invalid, no more detail",
CERTIFICATE_MALFORMED = 603 "X.509 could not be built",
CERTIFICATE_REVOKED = 604 "revoked",
CERTIFICATE_EXPIRED = 605 "expired",
CERTIFICATE_NOT_IN_EFFECT = 606 "the certificate is not in effect yet",
CERTIFICATE_BLOCKED = 607 "blocked or pending operation",
CERTIFICATE_NOT_TRUSTED = 608 "unknown/untrusted CA",
KEY_SIZE_INVALID = 609 "key size not supported",
CRL_UNAVAILABLE = 610 "CRL could not be downloaded",
CERTIFICATE_NOT_FOUND = 620 "no certificate found",
CHAIN_NOT_FOUND = 621 "trust chain not found",
KEY_NOT_FOUND = 622 "private key not found",
CARD_ERROR = 630 "smart card error",
CARD_PIN_BLOCKED = 631 "card PIN blocked",
CARD_BLOCKED = 632 "card blocked for ever",
CARD_NOT_PRESENT = 633 "card not connected",
PIN_WRONG = 640 "the PIN is wrong",
CERTIFICATE_CANT_REVOKE = 650 "cannot be revoked",
CERTIFICATE_DUPLICATED = 660 "already in the server database",
CERTIFICATE_WRONG_SUBJECT = 661 "user is not the owner",
KEY_MISMATCH = 662 "public key differs from the CSR's",
SIGNATURE_INVALID = 700 "signature invalid",
SIGNATURE_CANT_VALIDATE = 701 "certificate, policies or TSA are damaged or wrong",
ERROR_ON_PREPARE_SIGNATURE = 702 "problem with the document hash",
TEMPLATE_NOT_FOUND = 710 "template does not exist",
DOCUMENT_NOT_FOUND = 711 "document not in internal storage",
WRONG_DOCUMENT_HASH = 712 "document downloaded from the URL has another hash",
WRONG_DOCUMENT_TYPE = 713 "type does not match the standard (XML or PDF)",
XMLDSIG_EMPTY_ELEMENT_LIST = 720 "empty element list",
XMLDSIG_ELEMENTS_WITHOUT_ATTRIBUTE_ID = 721 "element tags without attribute id",
XMLDSIG_SAME_ID_FOR_MULTIPLE_ELEMENTS = 722 "same id on several elements",
XMLDSIG_NO_ELEMENT_FOUND = 723 "no element tag",
CONTRACT_NOT_FOUND = 800 "contract not found",
DUPLICATED_ACCOUNT = 801 "the user's CPF is already in this list",
MAX_ACCOUNTS_REACHED = 802 "contract reached its maximum of accounts",
ACCOUNT_NOT_REGISTERED = 803 "account not in the company's contract",
INVALID_CREDENTIALS = 807 "Authorization wrong (signature)",}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ninety_nine_codes_in_order_and_no_name_twice() {
        assert_eq!(ALL.len(), 99);
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
        let mut names: Vec<&str> = ALL.iter().map(|status| status.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 99);
        assert_eq!(Status::of(140), Status::SIGNATURE_VALID);
        assert_eq!(Status::of(999).name, "UNKNOWN");
    }
}
