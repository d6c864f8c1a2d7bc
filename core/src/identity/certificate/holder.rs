//! Whose certificate it is, by all that it says about that.

use super::{Attribute, Certificate, Field, Person, Text};
use crate::codec::cut;
use crate::identity::{Cnpj, Holder, IdentityError};

/// Where a certificate names its holder, in the order in which the places are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HolderPlace {
    /// In the alternative names: otherName 2.16.76.1.3.3, else 2.16.76.1.3.1.
    AlternativeName,
    /// In the subject's `serialNumber`.
    SerialNumber,
    /// Behind the colon of the subject's `commonName`.
    CommonName,
}

/// A certificate's holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identification {
    /// The holder.
    pub holder: Holder,
    /// Where the certificate says so.
    pub place: HolderPlace,
    /// The first later place that names somebody else.
    pub disagreement: Option<Disagreement>,
}

/// A place that names another holder than a place before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Whom it names.
    pub holder: Holder,
    /// The place.
    pub place: HolderPlace,
}

/// Why a certificate has no holder that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unidentified {
    /// No place names one, as in an authority's certificate.
    #[error("the certificate names no holder")]
    Absent,
    /// The alternative names name two.
    #[error("the certificate names two holders")]
    Ambiguous,
    /// An otherName that should name one is too short, or no text.
    #[error("otherName 2.16.76.1.3.{} cannot be read", .0.number())]
    Unreadable(Field),
    /// An otherName that should name one holds what is no CPF and no CNPJ.
    #[error("otherName 2.16.76.1.3.{}: {reason}", .field.number())]
    Invalid {
        /// The otherName.
        field: Field,
        /// What is wrong with the number.
        reason: IdentityError,
    },
}

/// See [`Certificate::holder`].
pub(super) fn identify(certificate: &Certificate<'_>) -> Result<Identification, Unidentified> {
    let subject = certificate.subject();
    let serial = subject.last(Attribute::SERIAL_NUMBER).and_then(|text| number(text.as_str()?));
    let common =
        subject.common_name().and_then(|text| number(cut::behind_last(text.as_str()?, b':')?));
    let mut places = [
        (HolderPlace::AlternativeName, named(certificate)?),
        (HolderPlace::SerialNumber, serial),
        (HolderPlace::CommonName, common),
    ]
    .into_iter()
    .filter_map(|(place, holder)| Some(Disagreement { holder: holder?, place }));
    let Disagreement { holder, place } = places.next().ok_or(Unidentified::Absent)?;
    let disagreement = places.find(|later| later.holder != holder);
    Ok(Identification { holder, place, disagreement })
}

/// Whom the alternative names name. A legal person's certificate also names the person responsible
/// for it, who is not its holder.
fn named(certificate: &Certificate<'_>) -> Result<Option<Holder>, Unidentified> {
    match first(certificate, Field::Company, company)? {
        None => first(certificate, Field::Person, person),
        company => Ok(company),
    }
}

/// What the texts of a field say, which must be the same.
fn first(
    certificate: &Certificate<'_>,
    field: Field,
    read: fn(Text<'_>) -> Result<Option<Holder>, Unidentified>,
) -> Result<Option<Holder>, Unidentified> {
    let mut found = None;
    for text in certificate.alternative_names().texts(field) {
        let Some(holder) = read(text)? else { continue };
        if *found.get_or_insert(holder) != holder {
            return Err(Unidentified::Ambiguous);
        }
    }
    Ok(found)
}

/// The whole field, which is fourteen characters; zeros are what is missing.
fn company(text: Text<'_>) -> Result<Option<Holder>, Unidentified> {
    let field = Field::Company;
    let text = text.as_str().ok_or(Unidentified::Unreadable(field))?;
    if text.bytes().all(|byte| byte == b'0') {
        return Ok(None);
    }
    let company = Cnpj::parse(text).map_err(|reason| Unidentified::Invalid { field, reason })?;
    Ok(Some(Holder::Cnpj(company)))
}

fn person(text: Text<'_>) -> Result<Option<Holder>, Unidentified> {
    let field = Field::Person;
    let person = text.as_str().and_then(Person::read).ok_or(Unidentified::Unreadable(field))?;
    let cpf = person.cpf().map_err(|reason| Unidentified::Invalid { field, reason })?;
    Ok(cpf.map(Holder::Cpf))
}

/// A CPF or a CNPJ in a place where something else may stand.
fn number(text: &str) -> Option<Holder> {
    Holder::parse(text).ok()
}
