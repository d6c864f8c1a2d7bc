//! The otherNames by which ICP-Brasil says who a holder is (DOC-ICP-04 §7.1.2.3 and §7.1.2.4).

use super::{certificate, der};

/// The string type inside an otherName: the norm allows the first two, certificates in use show the
/// others as well.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StringType {
    Octets,
    Printable,
    Utf8,
    Ia5,
}

/// A natural person, as `2.16.76.1.3.1` and `2.16.76.1.3.4` lay it out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// ddmmaaaa.
    pub(crate) birth: &'static str,
    pub(crate) cpf: &'static str,
    /// Identity card, at most 15 characters; absent is all zeros.
    pub(crate) identity_card: &'static str,
    /// Issuer and state of the identity card: at most 10 characters, omitted with the card, in
    /// older certificates cut or filled to 6.
    pub(crate) card_issuer: &'static str,
}

impl Person {
    /// 45 characters without an issuer, 51 with one of six, 55 with one of ten.
    pub(crate) fn layout(&self) -> String {
        format!(
            "{}{}{:0>11}{:0>15}{}",
            self.birth, self.cpf, "", self.identity_card, self.card_issuer
        )
    }
}

/// The subjectAltName of a natural person: mail address, `.3.1`, `.3.6`, `.3.5`.
pub(crate) fn natural_person(mail: &str, person: &Person, string: StringType) -> Vec<u8> {
    // Voter's card 12, zone 3, section 4; city and state omitted with the number.
    let voter = "0".repeat(19);
    alternative_name(
        mail,
        string,
        &[
            ("2.16.76.1.3.1", &person.layout()),
            ("2.16.76.1.3.6", "000000000000"),
            ("2.16.76.1.3.5", &voter),
        ],
    )
}

/// The subjectAltName of a legal person: mail address, `.3.4`, `.3.2`, `.3.3`, `.3.7`.
pub(crate) fn legal_person(
    mail: &str,
    cnpj: &str,
    responsible: &str,
    person: &Person,
    string: StringType,
) -> Vec<u8> {
    alternative_name(
        mail,
        string,
        &[
            ("2.16.76.1.3.4", &person.layout()),
            ("2.16.76.1.3.2", responsible),
            ("2.16.76.1.3.3", cnpj),
            ("2.16.76.1.3.7", "000000000000"),
        ],
    )
}

fn alternative_name(mail: &str, string: StringType, others: &[(&str, &str)]) -> Vec<u8> {
    let mut names = der::implicit(1, mail.as_bytes());
    for (object_identifier, text) in others {
        let text = match string {
            StringType::Octets => der::octet_string(text.as_bytes()),
            StringType::Printable => der::printable_string(text),
            StringType::Utf8 => der::utf8_string(text),
            StringType::Ia5 => der::ia5_string(text),
        };
        let other = [der::object_identifier(object_identifier), der::explicit(0, &text)].concat();
        names.extend(der::explicit(0, &other));
    }
    certificate::extension("2.5.29.17", false, &der::value(0x30, &names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_lengths_in_the_wild() {
        let mut person =
            Person { birth: "01011980", cpf: "11144477735", identity_card: "", card_issuer: "" };
        assert_eq!(person.layout().len(), 45);
        assert_eq!(&person.layout()[8..19], "11144477735");
        person.identity_card = "1234567";
        person.card_issuer = "SSPSP ";
        assert_eq!(person.layout().len(), 51);
        person.card_issuer = "SSPDETRASP";
        assert_eq!(person.layout().len(), 55);
    }
}
