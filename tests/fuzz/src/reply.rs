//! What a service may answer, from what it should to anything at all.

use rubrica_core::exchange::Response;
use rubrica_core::flow::SendFailure;
use serde_json::Value;

use crate::dice::Dice;

/// Statuses that services and what stands before them send.
const STATUSES: [u16; 16] =
    [200, 201, 202, 204, 302, 304, 400, 401, 403, 408, 410, 425, 429, 500, 502, 503];

/// A reply that owns its parts.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header.
    pub date: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A reply without headers.
    #[must_use]
    pub fn new(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self { status, retry_after: None, date: None, body: body.as_ref().to_vec() }
    }

    /// The honest reply, or what the dice make of it.
    ///
    /// # Errors
    /// Where they decide that none comes.
    pub fn thrown(dice: &mut Dice<'_>, honest: Self) -> Result<Self, SendFailure> {
        let mut reply = honest;
        match dice.throw(16) {
            1 => return Err(SendFailure::NotSent),
            2 => return Err(SendFailure::Unanswered),
            3 => reply = Self::new(dice.pick(STATUSES), ""),
            4 => reply.status = dice.pick(STATUSES),
            5 => reply = Self::new(u16::from_le_bytes([dice.byte(), dice.byte()]), dice.bytes()),
            6 => reply.body = dice.bytes().to_vec(),
            7 => reply.body.truncate(usize::from(dice.byte()) * 4),
            8 => {
                let place = reply.place(dice);
                reply.body.splice(place..place, dice.bytes().iter().copied());
            }
            9 => {
                let place = reply.place(dice);
                if let Some(byte) = reply.body.get_mut(place) {
                    *byte = dice.byte();
                }
            }
            _ => {}
        }
        if reply.status != 200 && dice.throw(2) == 1 {
            reply.retry_after = Some(dice.pick(["0", "5", "900", "4000"]).to_owned());
        }
        if dice.throw(16) == 1 {
            reply.retry_after = Some(dice.text().to_owned());
            reply.date = Some(dice.text().to_owned());
        }
        Ok(reply)
    }

    fn place(&self, dice: &mut Dice<'_>) -> usize {
        let place = usize::from(u16::from_le_bytes([dice.byte(), dice.byte()]));
        place % (self.body.len() + 1)
    }

    /// As a transport hands it over.
    pub fn response(&mut self) -> Response<'_> {
        Response {
            retry_after: self.retry_after.as_deref(),
            date: self.date.as_deref(),
            ..Response::new(self.status, &mut self.body)
        }
    }

    /// How long the service asks to wait, in milliseconds.
    pub fn wait(&mut self) -> u64 {
        self.response().wait().map_or(0, |wait| wait.as_millis())
    }

    /// Whether its status says that the request was not taken up and may come again.
    #[must_use]
    pub const fn puts_off(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 503)
    }
}

/// Whether a value, a text or a number, is this identifier.
#[must_use]
pub fn is_identifier(value: &Value, identifier: &str) -> bool {
    match value {
        Value::String(text) => text == identifier,
        Value::Number(number) => number.to_string().as_str() == identifier,
        _ => false,
    }
}
