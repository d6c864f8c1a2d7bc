//! What a flow needs of the board that it runs on: one small trait for each thing.

use embedded_io::{Error, ErrorType, Read, Write};
use rubrica_core::psc::Entropy;
use rubrica_core::time::Instant;
/// What a [`Store`] is given can be written in any of serde's formats.
pub use serde::Serialize;

/// Opens connections.
pub trait Connector {
    /// What keeps a connection from being opened, or breaks it.
    type Error: Error;

    /// A connection. It may borrow from the connector, such as the buffers of a TLS session: there is
    /// never more than one at a time. Dropping it closes it.
    ///
    /// Three things are the stream's business: that a single read or write ends with an error when
    /// the peer lets it wait for too long (60 s is what the host's adapter allows); that who answers
    /// is the service, by TLS 1.2 or newer; and that a read gives 0 only where the peer has ended the
    /// connection in order, as far as TLS tells.
    type Stream<'c>: Read + Write + ErrorType<Error = Self::Error>
    where
        Self: 'c;

    /// Opens a connection to this host, which is a name or an address without brackets, and is the
    /// name that the peer's certificate must be for.
    ///
    /// # Errors
    /// Whatever keeps it from being opened. Nothing of a request has been sent then.
    fn connect(&mut self, host: &str, port: u16) -> Result<Self::Stream<'_>, Self::Error>;
}

/// Tells the time, and lets it pass.
pub trait Clock {
    /// The time since a start of the clock's choice. It never runs backwards.
    fn now(&mut self) -> Instant;

    /// Comes back at this moment, or a little later.
    fn sleep_until(&mut self, moment: Instant);
}

/// A generator that is fit for secrets: a hardware generator, or a CSPRNG that one has seeded.
pub trait Random {
    /// Why there is no randomness.
    type Error;

    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// Whatever is wrong with the generator. No constant must take the place of what it cannot give.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

/// The entropy of one authorization: 64 bytes.
///
/// # Errors
/// Those of the generator.
pub fn entropy<R: Random>(random: &mut R) -> Result<Entropy, R::Error> {
    let mut entropy = Entropy { verifier: [0; 32], state: [0; 32] };
    random.fill(&mut entropy.verifier)?;
    random.fill(&mut entropy.state)?;
    Ok(entropy)
}

/// A number that spreads the tries of a [`Signing`](rubrica_core::psc::Signing).
///
/// # Errors
/// Those of the generator.
pub fn seed<R: Random>(random: &mut R) -> Result<u32, R::Error> {
    let mut bytes = [0; 4];
    random.fill(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Keeps the state of a flow where a loss of power does not reach it.
pub trait Store {
    /// Why the state cannot be kept.
    type Error;

    /// Keeps this state in the place of the last one, sealed: it may hold a token. When this comes
    /// back, the state is where it stays; when power is lost before, either state is.
    ///
    /// # Errors
    /// Whatever keeps it from being kept. The request that it is kept for is not sent then.
    fn save<T: Serialize>(&mut self, snapshot: &T) -> Result<(), Self::Error>;

    /// Forgets the state: its flow is done.
    ///
    /// # Errors
    /// Whatever keeps it from being forgotten.
    fn clear(&mut self) -> Result<(), Self::Error>;
}

/// Keeps nothing, for flows whose requests may all be repeated, which an authorization's may. It
/// refuses to save, so that no request leaves that must not go twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStore;

/// A [`NoStore`] was asked to save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a request that must not go twice needs a store")]
pub struct Unsaved;

impl Store for NoStore {
    type Error = Unsaved;

    fn save<T: Serialize>(&mut self, _snapshot: &T) -> Result<(), Unsaved> {
        Err(Unsaved)
    }

    fn clear(&mut self) -> Result<(), Unsaved> {
        Ok(())
    }
}
