//! What the service says of a request or of one document.

use super::codes::Code;
use crate::codec::decimal;
use crate::codec::json::{Object, Value};

/// A status: the service's code, its name and its text (API page, "code, name and detail").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status<'r> {
    /// The code's number. It says what happened; [`Code::find`] has what is known of it.
    pub code: u16,
    /// The code's name, in the service's word; empty when there is none.
    pub name: &'r str,
    /// What the service adds; empty when there is nothing.
    pub detail: &'r str,
}

impl<'r> Status<'r> {
    /// "The signature is valid": the only code that says so.
    pub const SIGNATURE_VALID: u16 = 140;

    /// "The transaction is in progress".
    pub const IN_PROGRESS: u16 = 110;

    /// The least code of an error. Whatever is below is none.
    pub const LEAST_ERROR: u16 = 200;

    /// Whether it tells an error.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        self.code >= Self::LEAST_ERROR
    }

    /// What is known of the code.
    #[must_use]
    pub fn known(&self) -> Option<&'static Code> {
        Code::find(self.code)
    }

    /// The status that stands under `status` in an object; `None` where there is none.
    ///
    /// Unsure: the sources name its members and show none. The number may be a text. A `status`
    /// that is no object is another thing: gateways write the HTTP status there.
    #[must_use]
    pub fn of(object: &Object<'r>) -> Option<Self> {
        match object.member("status") {
            Some(Value::Object(status)) => Self::read(&status),
            _ => None,
        }
    }

    /// The status that an object is.
    fn read(status: &Object<'r>) -> Option<Self> {
        let (Value::Number(code) | Value::Text(code)) = status.member("code")? else { return None };
        let text = |name| match status.member(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        };
        let code = u16::try_from(decimal::parse(code)?).ok()?;
        Some(Self { code, name: text("name"), detail: text("detail") })
    }

    /// The status of a refusal's body: under `status`, or the body itself where it has a code and a
    /// name.
    pub(super) fn of_refusal(object: &Object<'r>) -> Option<Self> {
        Self::of(object).or_else(|| Self::read(object).filter(|status| !status.name.is_empty()))
    }
}
