//! The two hierarchies above the holders, and the root that nobody knows.

use super::certificate::{
    Certificate, Name, Signer, Template, basic_constraints, certificate_policy, extension,
    icp_brasil_name, key_usage,
};
use super::rsa::RsaKey;
use super::{der, keys};
use crate::error::StartError;

pub(crate) const YEAR: i64 = 365 * 86_400;

/// Where the practice statement would be: a name that never resolves (RFC 6761 §6.4).
pub(crate) const STATEMENT: &str = "http://icp-brasil.rubrica.invalid/dpc.pdf";

const KEY_CERT_SIGN_AND_CRL_SIGN: u8 = 0x06;

/// Which root of ICP-Brasil a hierarchy is shaped after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// Subjects with `NAME:CPF` in the CN, types A1 to A4; the root is a "v10".
    V10,
    /// Subjects after Resolução CG ICP-Brasil 211/2024: a CN without a number, CPF or CNPJ in
    /// serialNumber, seals for legal persons; the root's CN ends in "v12".
    V12,
}

/// Both hierarchies, and a root outside the anchors.
#[derive(Debug)]
pub(crate) struct Authorities {
    pub(crate) v10: Hierarchy,
    pub(crate) v12: Hierarchy,
    pub(crate) unknown: Authority,
}

/// A root and the authority that certifies holders.
#[derive(Debug)]
pub(crate) struct Hierarchy {
    /// Self-signed with RSA-4096 and SHA-512, as "Autoridade Certificadora Raiz Brasileira" v10
    /// and v12 are.
    pub(crate) root: Authority,
    pub(crate) issuer: Authority,
}

/// A certification authority.
#[derive(Debug)]
pub(crate) struct Authority {
    /// Its name in the URLs of its CRL, its certificate and its OCSP responder.
    pub(crate) slug: &'static str,
    pub(crate) certificate: Certificate,
    pub(crate) name: Name,
    key: RsaKey,
    sha512: bool,
    locations: Locations,
}

/// Where the sandbox publishes CRLs and answers OCSP: `http://127.0.0.1:PORT`.
#[derive(Clone, Debug)]
pub(crate) struct Locations {
    pub(crate) base_url: String,
}

impl Locations {
    pub(crate) fn crl(&self, slug: &str) -> String {
        format!("{}/crl/{slug}.crl", self.base_url)
    }

    pub(crate) fn certificate(&self, slug: &str) -> String {
        format!("{}/certificates/{slug}.cer", self.base_url)
    }

    pub(crate) fn ocsp(&self, slug: &str) -> String {
        format!("{}/ocsp/{slug}", self.base_url)
    }
}

impl Authorities {
    pub(crate) fn mint(now: i64, locations: &Locations) -> Result<Self, StartError> {
        let iti = "Instituto Nacional de Tecnologia da Informacao - ITI";
        let rfb = "Secretaria da Receita Federal do Brasil - RFB";
        let unknown = "Autoridade Certificadora DESCONHECIDA de Teste";
        Ok(Self {
            v10: Hierarchy::mint(
                ("root-v10", iti, "Autoridade Certificadora Raiz SINTETICA de Teste v10"),
                ("issuer-v10", rfb, "AC SINTETICA de Teste RFB v5"),
                [keys::ROOT, keys::ISSUER],
                (now, locations),
            )?,
            v12: Hierarchy::mint(
                ("root-v12", iti, "Autoridade Certificadora Raiz SINTETICA de Teste v12"),
                ("issuer-v12", iti, "AC SINTETICA de Teste G2 v12"),
                [keys::ROOT_V12, keys::ISSUER_V12],
                (now, locations),
            )?,
            unknown: root(
                ("root-unknown", iti, unknown),
                (keys::UNKNOWN_ROOT, false),
                (now, locations),
            )?,
        })
    }

    pub(crate) fn hierarchy(&self, generation: Generation) -> &Hierarchy {
        match generation {
            Generation::V10 => &self.v10,
            Generation::V12 => &self.v12,
        }
    }

    /// All of them, for what publishes their certificates and CRLs.
    pub(crate) fn all(&self) -> [&Authority; 5] {
        [&self.v10.root, &self.v10.issuer, &self.v12.root, &self.v12.issuer, &self.unknown]
    }
}

/// Slug, organizational unit, common name.
type Title = (&'static str, &'static str, &'static str);

impl Hierarchy {
    fn mint(
        root_title: Title,
        (slug, unit, common_name): Title,
        [root_key, issuer_key]: [&[u8]; 2],
        (now, locations): (i64, &Locations),
    ) -> Result<Self, StartError> {
        let root = root(root_title, (root_key, true), (now, locations))?;
        let key = RsaKey::from_pkcs8(issuer_key)?;
        let name = icp_brasil_name(&[unit], common_name);
        let certificate = root.certify(template(&name, &key, now));
        let locations = locations.clone();
        let issuer = Authority { slug, certificate, name, key, sha512: false, locations };
        Ok(Self { root, issuer })
    }

    /// The certificates above a holder, the issuer first.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.issuer.certificate.der.clone(), self.root.certificate.der.clone()]
    }
}

impl Authority {
    /// Certifies, with the places of this authority's CRL, certificate and OCSP responder. The
    /// issuer's name is put in by this function.
    pub(crate) fn certify(&self, mut template: Template) -> Certificate {
        template.issuer = self.name.clone();
        template.extensions.push(distribution_point(&self.locations.crl(self.slug)));
        template.extensions.push(information_access(
            &self.locations.ocsp(self.slug),
            &self.locations.certificate(self.slug),
        ));
        Certificate::sign(&template, &self.signer())
    }

    /// sha512WithRSAEncryption for the roots, else sha256WithRSAEncryption.
    pub(crate) fn signer(&self) -> Signer<'_> {
        if self.sha512 { Signer::RsaSha512(&self.key) } else { Signer::RsaSha256(&self.key) }
    }

    /// The RSAPublicKey.
    pub(crate) fn public_key(&self) -> &[u8] {
        self.key.public_key()
    }
}

fn root(
    (slug, unit, common_name): Title,
    (pkcs8, sha512): (&[u8], bool),
    (now, locations): (i64, &Locations),
) -> Result<Authority, StartError> {
    let key = RsaKey::from_pkcs8(pkcs8)?;
    let name = icp_brasil_name(&[unit], common_name);
    let mut template = template(&name, &key, now);
    template.issuer.clone_from(&name);
    let signer = if sha512 { Signer::RsaSha512(&key) } else { Signer::RsaSha256(&key) };
    let certificate = Certificate::sign(&template, &signer);
    Ok(Authority { slug, certificate, name, key, sha512, locations: locations.clone() })
}

fn template(subject: &Name, key: &RsaKey, now: i64) -> Template {
    Template {
        subject: subject.clone(),
        issuer: Name::new(),
        not_before: now - YEAR,
        not_after: now + 12 * YEAR,
        public_key_info: key.public_key_info(),
        public_key: key.public_key().to_vec(),
        extensions: vec![
            basic_constraints(true),
            key_usage(KEY_CERT_SIGN_AND_CRL_SIGN),
            certificate_policy("2.16.76.1.1.0", STATEMENT),
        ],
    }
}

/// cRLDistributionPoints with one URL (RFC 5280 §4.2.1.13).
fn distribution_point(url: &str) -> Vec<u8> {
    let full_name = der::explicit(0, &der::implicit(6, url.as_bytes()));
    let point = der::sequence(&[&der::explicit(0, &full_name)]);
    extension("2.5.29.31", false, &der::sequence(&[&point]))
}

/// authorityInfoAccess: the OCSP responder and the issuer's certificate (RFC 5280 §4.2.2.1).
fn information_access(responder: &str, issuer: &str) -> Vec<u8> {
    let access = |method: &str, url: &str| {
        der::sequence(&[&der::object_identifier(method), &der::implicit(6, url.as_bytes())])
    };
    let descriptions =
        [access("1.3.6.1.5.5.7.48.1", responder), access("1.3.6.1.5.5.7.48.2", issuer)];
    extension("1.3.6.1.5.5.7.1.1", false, &der::value(0x30, &descriptions.concat()))
}
