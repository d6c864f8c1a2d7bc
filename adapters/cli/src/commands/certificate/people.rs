//! What the alternative names say of a holder and of the person responsible
//! (DOC-ICP-04 v8.1 §7.1.2.3 and §7.1.2.4).

use rubrica::Holder;
use rubrica::core::identity::Cnpj;
use rubrica::core::identity::certificate::{
    self as details, AlternativeName, Field, OtherName, Text,
};
use serde::Serialize;

use crate::commands::personal::PersonalData;

/// The alternative names. Absent is what the certificate does not say, and the zeros that stand for
/// it.
#[derive(Default, Serialize)]
pub(super) struct AlternativeNames {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mail: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hosts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) person: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) corporate_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) responsible_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) responsible: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) voter: Option<Voter>,
    /// CEI of the natural person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) person_social_security: Option<String>,
    /// CEI of the legal person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) company_social_security: Option<String>,
    /// RIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) civil_identity: Option<String>,
    /// Of a CF-e-SAT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fiscal_printer: Option<String>,
    /// SIGEPE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) civil_servant: Option<String>,
    /// OM-BR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metrological: Option<String>,
    /// OtherNames that are not ICP-Brasil's, stand there again, or are not laid out as they should
    /// be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) other_names: Vec<Other>,
}

/// A natural person.
#[derive(Serialize)]
pub(super) struct Person {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpf: Option<String>,
    /// What is wrong with what stands where the CPF should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpf_error: Option<String>,
    /// NIS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) social_security: Option<String>,
    /// RG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity_card: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity_card_issuer: Option<String>,
}

/// A voter's registration.
#[derive(Serialize)]
pub(super) struct Voter {
    pub(super) number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) section: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) city: Option<String>,
}

/// An otherName as it stands.
#[derive(Serialize)]
pub(super) struct Other {
    pub(super) oid: String,
    pub(super) value: String,
}

impl AlternativeNames {
    pub(super) fn new(names: &details::AlternativeNames<'_>, data: PersonalData) -> Self {
        let mut described = Self::default();
        let mut seen: Vec<Field> = Vec::new();
        for name in names.iter() {
            match name {
                AlternativeName::Mail(text) => described.mail.push(data.text(text)),
                AlternativeName::Host(text) => described.hosts.push(data.text(text)),
                AlternativeName::Other(other) => {
                    let field = other.field().filter(|field| !seen.contains(field));
                    seen.extend(field);
                    let taken =
                        field.is_some_and(|field| described.take(field, other.text, names, data));
                    if !taken && !is_absent(other.text) {
                        described.other_names.push(Other::new(&other, data));
                    }
                }
                _ => {}
            }
        }
        described
    }

    /// Takes the first text of a field, unless it is not laid out as it should be.
    fn take(
        &mut self,
        field: Field,
        text: Text<'_>,
        names: &details::AlternativeNames<'_>,
        data: PersonalData,
    ) -> bool {
        let number = || data.number(&text.to_string());
        let words = || Some(data.text(text)).filter(|words| !words.trim().is_empty());
        match field {
            Field::Person => self.person = names.person().map(|it| Person::new(&it, data)),
            Field::Responsible => {
                self.responsible = names.responsible().map(|it| Person::new(&it, data));
            }
            Field::Voter => self.voter = names.voter().map(|it| Voter::new(&it, data)),
            Field::Company => {
                let company = text.as_str().and_then(|text| Cnpj::parse(text).ok());
                self.company = company.map(|company| data.holder(Holder::Cnpj(company)));
            }
            Field::ResponsibleName => self.responsible_name = words(),
            Field::CorporateName => self.corporate_name = words(),
            Field::Metrological => self.metrological = words(),
            Field::PersonSocialSecurity => self.person_social_security = number(),
            Field::CompanySocialSecurity => self.company_social_security = number(),
            Field::CivilIdentity => self.civil_identity = number(),
            Field::FiscalPrinter => self.fiscal_printer = number(),
            Field::CivilServant => self.civil_servant = number(),
            _ => return false,
        }
        match field {
            Field::Person => self.person.is_some(),
            Field::Responsible => self.responsible.is_some(),
            Field::Voter => self.voter.is_some(),
            Field::Company => self.company.is_some(),
            _ => true,
        }
    }
}

impl Person {
    fn new(person: &details::Person<'_>, data: PersonalData) -> Self {
        let cpf = person.cpf();
        Self {
            birth: person.birth().map(|birth| data.birth(birth)),
            cpf: cpf.ok().flatten().map(|cpf| data.holder(Holder::Cpf(cpf))),
            cpf_error: cpf.err().map(|error| error.to_string()),
            social_security: person.social_security().and_then(|number| data.number(number)),
            identity_card: person.identity_card().and_then(|number| data.number(number)),
            identity_card_issuer: person.identity_card_issuer().map(|issuer| data.plain(issuer)),
        }
    }
}

impl Voter {
    fn new(voter: &details::Voter<'_>, data: PersonalData) -> Self {
        let number = |number: Option<&str>| number.and_then(|number| data.number(number));
        Self {
            number: number(Some(voter.number())).unwrap_or_default(),
            zone: number(voter.zone()),
            section: number(voter.section()),
            city: voter.city().map(|city| data.plain(city)),
        }
    }
}

impl Other {
    fn new(other: &OtherName<'_>, data: PersonalData) -> Self {
        // What ICP-Brasil has there begins with numbers that no mark parts from each other.
        let value = match other.field() {
            Some(_) => data.number(&other.text.to_string()).unwrap_or_default(),
            None => data.text(other.text),
        };
        Self { oid: other.kind.to_string(), value }
    }
}

/// Nothing but the zeros and blanks that stand for what is missing.
fn is_absent(text: Text<'_>) -> bool {
    text.bytes().iter().all(|byte| matches!(byte, b'0' | b' '))
}
