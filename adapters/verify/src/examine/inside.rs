//! What comes with a signature to support it: lists, answers and certificates.

use der::{Tag, asn1::ObjectIdentifier};

use crate::{
    Certificate,
    cursor::{Element, constructed},
    limits,
    rejection::{Attribute, Rejection},
    revocation::{Crl, Ocsp},
    signed_data::{SignedData, SignerInfo},
};

/// `id-ri-ocsp-response` (RFC 5940 §2.1).
const OCSP_RESPONSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.16.2");

/// Everything of use that a message holds beside a signature, and what cannot be read of it.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) crls: Vec<Crl>,
    pub(super) ocsps: Vec<Ocsp>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) unreadable: Vec<Rejection>,
}

impl Inside {
    pub(super) fn read(signed_data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Self {
        let mut inside = Self::default();
        for certificate in &signed_data.certificates {
            inside.keep_certificate(certificate.clone());
        }
        for choice in &signed_data.revocation {
            if choice.tag() == Tag::Sequence {
                inside.keep_crl(choice);
            } else if choice.tag() == constructed(1) {
                let result = inside.other_format(choice);
                inside.note(result);
            }
        }
        if let Ok(signed) = signer.attributes() {
            for value in signed.values(Attribute::RevocationArchival) {
                let result = inside.archival(value);
                inside.note(result);
            }
        }
        if let Some(unsigned) = &signer.unsigned {
            for value in unsigned.values(Attribute::RevocationValues) {
                let result = inside.revocation_values(value);
                inside.note(result);
            }
            for value in unsigned.values(Attribute::CertificateValues) {
                let result = inside.certificate_values(value);
                inside.note(result);
            }
        }
        inside
    }

    /// `OtherRevocationInfoFormat` (RFC 5652 §10.2.1).
    fn other_format(&mut self, choice: &Element<'_>) -> Result<(), Rejection> {
        let mut fields = choice.open()?;
        if fields.object_identifier()? == OCSP_RESPONSE {
            let answer = fields.expect(Tag::Sequence)?;
            self.keep_ocsp(Ocsp::from_der(answer.whole));
        }
        Ok(())
    }

    /// `RevocationInfoArchival` (ISO 32000-1 §12.8.3.3.2).
    fn archival(&mut self, value: &Element<'_>) -> Result<(), Rejection> {
        self.lists_and_answers(value, Ocsp::from_der)
    }

    /// `RevocationValues` (RFC 5126 §6.3.4), whose answers are `BasicOCSPResponse`s.
    fn revocation_values(&mut self, value: &Element<'_>) -> Result<(), Rejection> {
        self.lists_and_answers(value, Ocsp::from_basic)
    }

    /// What the two have in common: lists under `[0]`, and answers, each in its own form, under `[1]`.
    fn lists_and_answers(
        &mut self,
        value: &Element<'_>,
        read: fn(&[u8]) -> Result<Ocsp, Rejection>,
    ) -> Result<(), Rejection> {
        let mut fields = value.sequence()?;
        if let Some(lists) = fields.optional(constructed(0))? {
            for list in lists.only(Tag::Sequence)?.open()?.rest(limits::ENTRIES)? {
                self.keep_crl(&list);
            }
        }
        if let Some(answers) = fields.optional(constructed(1))? {
            for answer in answers.only(Tag::Sequence)?.open()?.rest(limits::ENTRIES)? {
                self.keep_ocsp(read(answer.whole));
            }
        }
        Ok(())
    }

    /// `CertificateValues ::= SEQUENCE OF Certificate` (RFC 5126 §6.3.3).
    fn certificate_values(&mut self, value: &Element<'_>) -> Result<(), Rejection> {
        for certificate in value.sequence()?.rest(limits::FILE_CERTIFICATES)? {
            self.keep_certificate(Certificate::from_der(certificate.whole));
        }
        Ok(())
    }

    fn keep_certificate(&mut self, certificate: Result<Certificate, Rejection>) {
        match certificate {
            Ok(certificate) => self.certificates.push(certificate),
            Err(rejection) => self.unreadable.push(rejection),
        }
    }

    fn keep_crl(&mut self, list: &Element<'_>) {
        match Crl::from_der(list.whole) {
            Ok(list) => self.crls.push(list),
            Err(rejection) => self.unreadable.push(rejection),
        }
    }

    fn keep_ocsp(&mut self, answer: Result<Ocsp, Rejection>) {
        match answer {
            Ok(answer) => self.ocsps.push(answer),
            Err(rejection) => self.unreadable.push(rejection),
        }
    }

    fn note(&mut self, result: Result<(), Rejection>) {
        self.unreadable.extend(result.err());
    }
}
