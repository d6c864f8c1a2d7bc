//! Whether a holder is known, and with which certificates (VIDaaS manual v1.6 §3.3).

use core::fmt;

use super::application::Application;
use super::provider::offered;
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Object, Writer};
use crate::error::{Document, Error, Flaw};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::refusal;

/// The question whether a holder is known to the provider.
#[derive(Clone, Copy, Debug)]
pub struct UserDiscovery<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// About whom.
    pub holder: Holder,
}

/// The places in which a holder's certificates are kept; none when the holder is not known.
///
/// A certificate whose commercial licence has run out is among them (VIDaaS manual v1.6 §3.3 note 2).
#[derive(Clone, Copy)]
pub struct Slots<'r>(Option<Object<'r>>);

/// A place in which a certificate is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'r> {
    /// Its identifier.
    pub alias: &'r str,
    /// Its name for people; empty when there is none.
    pub label: &'r str,
}

impl<'r> Slots<'r> {
    /// Whether the holder is known.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// The places.
    pub fn iter(&self) -> impl Iterator<Item = Slot<'r>> + use<'r> {
        let slots = self.0.and_then(|reply| reply.optional_objects("slots").ok().flatten());
        slots.into_iter().flatten().filter_map(|slot| read_slot(&slot).ok())
    }
}

impl fmt::Debug for Slots<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

fn read_slot<'r>(slot: &Object<'r>) -> Result<Slot<'r>, Error> {
    Ok(Slot {
        alias: slot.text("slot_alias")?,
        label: slot.optional_text("label")?.unwrap_or_default(),
    })
}

impl Exchange for UserDiscovery<'_> {
    type Reply<'r> = Slots<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = offered(service.provider().paths.user_discovery, "user-discovery")?;
        let mut out = Buffer::new(buffer);
        service.write_url(path, &mut out);
        let url = out.mark();
        Writer::new(&mut out)
            .open_object()
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose())
            .pair("user_cpf_cnpj", self.holder.kind())
            .pair("val_cpf_cnpj", self.holder.as_str())
            .close_object();
        let ([url], body) = out.finish([url])?;
        Ok(Request::post(url, ContentType::Json, body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Slots<'r>, Error> {
        if response.status != 200 {
            return Err(refusal::read_unasked(response, &self.application.provider().errors));
        }
        let reply = json::read_object(response.body, Document::Discovery)?;
        match reply.text("status")? {
            "N" => Ok(Slots(None)),
            "S" => {
                for slot in reply.optional_objects("slots")?.into_iter().flatten() {
                    read_slot(&slot)?;
                }
                Ok(Slots(Some(reply)))
            }
            _ => Err(reply.flaw(Flaw::Invalid("status"))),
        }
    }
}
