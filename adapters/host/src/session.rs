//! A session: one holder, asked once or as often as needed, and documents to be signed.

use rubrica_core::exchange::Exchange;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Application, Authorization, CertificateDiscovery};
use rubrica_verify::{Certificate, Trust};

use crate::authorize::{self, Via};
use crate::client::Client;
use crate::clock;
use crate::driver::Driver;
use crate::error::Error;
use crate::screen::Screen;

/// One holder's session.
#[derive(Debug)]
pub struct Session<'c> {
    pub(crate) client: &'c Client,
    pub(crate) holder: Holder,
    pub(crate) via: Via,
    pub(crate) scope: Option<Scope>,
    pub(crate) lifetime: Option<u64>,
    pub(crate) certificate_alias: Option<String>,
    pub(crate) grant: Option<Grant>,
}

/// Who a holder turned out to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// The holder's certificate, valid, and the holder's own.
    pub certificate: Certificate,
    /// How far it is trusted.
    pub trust: Trust,
}

/// A certificate of the holder's that is good now.
pub(crate) struct Candidate {
    /// By which the service knows it.
    pub(crate) alias: String,
    pub(crate) certificate: Certificate,
    /// What came with it, to lead to a root.
    pub(crate) chain: Vec<Certificate>,
    pub(crate) trust: Trust,
}

impl Client {
    /// A session for a holder. Nothing is sent yet.
    #[must_use]
    pub const fn session(&self, holder: Holder) -> Session<'_> {
        Session::new(self, holder)
    }
}

impl<'c> Session<'c> {
    const fn new(client: &'c Client, holder: Holder) -> Self {
        Self {
            client,
            holder,
            via: Via::Push,
            scope: None,
            lifetime: None,
            certificate_alias: None,
            grant: None,
        }
    }

    /// Asks the holder in this way; by push unless this is called.
    #[must_use]
    pub const fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }

    /// Asks for this scope. Unless this is called it is the least that the documents need:
    /// `single_signature` for one, `multi_signature` for as many as go into one request, and
    /// `signature_session` for more.
    #[must_use]
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Asks for a token that lives so many seconds.
    #[must_use]
    pub const fn lifetime(mut self, seconds: u64) -> Self {
        self.lifetime = Some(seconds);
        self
    }

    /// Uses this one of the holder's certificates.
    #[must_use]
    pub fn certificate_alias(mut self, alias: impl Into<String>) -> Self {
        self.certificate_alias = Some(alias.into());
        self
    }

    /// Asks the holder to log in: who it is, and nothing is signed.
    ///
    /// # Errors
    /// The holder's, the service's, or a certificate that is not the holder's or not good.
    pub fn login(&mut self, screen: &mut dyn Screen) -> Result<Login, Error> {
        let driver = self.client.driver();
        let provider = self.client.settings.provider.view();
        let service = self.client.service(&provider)?;
        let application = self.client.application(&service)?;
        let grant = self.authorize(&driver, &application, Scope::AuthenticationSession, screen)?;
        let Candidate { certificate, trust, .. } = self
            .certificates(&driver, &application, &grant)?
            .into_iter()
            .next()
            .ok_or(Error::NoCertificate)?;
        Ok(Login { certificate, trust })
    }

    pub(crate) fn authorize(
        &self,
        driver: &Driver<'_>,
        application: &Application<'_>,
        scope: Scope,
        screen: &mut dyn Screen,
    ) -> Result<Grant, Error> {
        let authorization =
            Authorization { holder: Some(self.holder), scope, lifetime: self.lifetime };
        let settings = &self.client.settings;
        self.client.pace.authorize(driver);
        authorize::authorize(
            driver,
            application,
            authorization,
            self.via,
            clock::duration(settings.patience),
            screen,
        )
    }

    /// The holder's certificates that are good now.
    pub(crate) fn certificates(
        &self,
        driver: &Driver<'_>,
        application: &Application<'_>,
        grant: &Grant,
    ) -> Result<Vec<Candidate>, Error> {
        let alias = self.certificate_alias.as_deref();
        let question = CertificateDiscovery { application, grant, alias };
        let mut body = Vec::new();
        let reply = driver.call(&question, &mut body)?;
        let found = question.reply(reply.response(&mut body))?;
        let anchors = self.client.settings.trust.as_ref();
        let mut good = Vec::new();
        let mut refused = Error::NoCertificate;
        for each in found.iter() {
            let bundle = rubrica_verify::certificates_from_pem(each.pem.as_bytes())?;
            let Some((signer, chain)) = bundle.split_first() else { continue };
            match rubrica_verify::certificate(
                signer,
                chain,
                Some(self.holder),
                clock::wall(),
                anchors,
            ) {
                Ok(trust) => good.push(Candidate {
                    alias: each.alias.to_owned(),
                    certificate: signer.clone(),
                    chain: chain.to_vec(),
                    trust,
                }),
                Err(rejection) => refused = rejection.into(),
            }
        }
        if good.is_empty() { Err(refused) } else { Ok(good) }
    }
}
