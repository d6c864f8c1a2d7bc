//! What a certificate says, one field a line, for people.

use rubrica::core::identity::certificate::HolderPlace;

use super::described::{Attribute, Constraints, Described, Key, Kind, Named};
use super::people::{AlternativeNames, Other, Person, Voter};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::{Text, moment};

/// Columns of the fields' names.
const NAMES: usize = 16;

/// Columns before a value.
const MARGIN: usize = NAMES + 4;

/// Prints a certificate.
pub(in crate::commands) fn show(described: &Described, out: &Terminal, text: Text) {
    let page = Page { out, text };
    out.line(out.strong(plain(&described.name)));
    page.holder(described);
    page.list(text.subject(), &words(&described.subject), ", ");
    page.list(text.issuer(), &words(&described.issuer), ", ");
    page.field(text.serial(), &described.serial);
    page.field(text.fingerprint(), &described.fingerprint);
    page.validity(described);
    page.field(text.key(), &key(&described.key));
    let uses: Vec<String> =
        described.key_usage.iter().flatten().map(|&each| each.to_owned()).collect();
    page.list(text.key_usage(), &uses, ", ");
    let purposes: Vec<String> = described.extended_key_usage.iter().map(Named::words).collect();
    page.list(text.purposes(), &purposes, ", ");
    page.authority(&described.basic_constraints);
    if let Some(kind) = &described.kind {
        page.kind(kind);
    }
    page.list(text.policies(), &described.policies, " ");
    page.names(&described.names, described.holder.as_ref());
    for (name, addresses) in [
        (text.revocation_lists(), &described.revocation_lists),
        (text.ocsp(), &described.ocsp),
        (text.issuer_certificates(), &described.issuer_certificates),
    ] {
        addresses.iter().for_each(|address| page.field(name.clone(), address));
    }
    page.chain(described);
}

/// Where it is printed, and in which language.
struct Page<'p> {
    out: &'p Terminal,
    text: Text,
}

impl Page<'_> {
    fn field(&self, name: String, value: &str) {
        let name = self.out.faint(format_args!("{name:>NAMES$}"));
        self.out.line(format_args!("  {name}  {}", plain(value)));
    }

    /// A list on as few lines as hold it.
    fn list(&self, mut name: String, items: &[String], between: &str) {
        let columns = self.out.columns().saturating_sub(MARGIN).max(MARGIN);
        let mut line = String::new();
        for (place, item) in items.iter().enumerate() {
            let is_last = place + 1 == items.len();
            let item = if is_last { item.clone() } else { format!("{item}{between}") };
            let width = |text: &str| text.trim_end().chars().count();
            if !line.is_empty() && line.chars().count() + width(&item) > columns {
                self.field(core::mem::take(&mut name), line.trim_end());
                line.clear();
            }
            line += &item;
        }
        if !line.is_empty() {
            self.field(name, line.trim_end());
        }
    }

    fn warning(&self, words: &str) {
        self.out.line(format_args!("  {} {}", self.out.bad("!"), plain(words)));
    }

    fn holder(&self, described: &Described) {
        let text = self.text;
        if let (Some(holder), Some(found)) = (&described.holder, &described.identification) {
            let said = text.said_by(holder, self.place(found.place));
            self.field(found.kind.to_owned(), &said);
            if let Some(other) = &found.disagreement {
                self.warning(&text.disagreement(&other.holder, self.place(other.place)));
            }
        }
        if let Some(reason) = &described.unidentified {
            self.warning(&text.unidentified(reason));
        }
    }

    fn place(&self, place: HolderPlace) -> String {
        match place {
            HolderPlace::SerialNumber => self.text.in_serial_number(),
            HolderPlace::CommonName => self.text.in_common_name(),
            _ => self.text.in_alternative_name(),
        }
    }

    fn validity(&self, described: &Described) {
        let text = self.text;
        let (from, until) = (moment(described.not_before), moment(described.not_after));
        self.field(text.valid(), &text.valid_between(from, until));
        if described.valid_now {
            return;
        }
        self.warning(&if described.is_to_come {
            text.not_yet_valid()
        } else {
            text.no_longer_valid()
        });
    }

    fn authority(&self, constraints: &Constraints) {
        let text = self.text;
        let words = match (constraints.authority, constraints.path_length) {
            (false, _) => text.is_no_authority(),
            (true, None) => text.is_authority(),
            (true, Some(most)) => text.path_length(most),
        };
        self.field(text.authority(), &words);
    }

    fn kind(&self, kind: &Kind) {
        let text = self.text;
        let purpose = match kind.purpose {
            "signature" => format!(" ({})", text.kind_signature()),
            "seal" => format!(" ({})", text.kind_seal()),
            _ => String::new(),
        };
        self.field(text.kind(), &format!("{}{purpose}", kind.name));
        if !kind.certain {
            self.warning(&text.kind_uncertain(&kind.policy));
        }
    }

    fn names(&self, names: &AlternativeNames, holder: Option<&String>) {
        let text = self.text;
        // The holder's line tells it already.
        let company = names.company.as_ref().filter(|company| holder != Some(company));
        names.mail.iter().for_each(|mail| self.field(text.mail(), mail));
        names.hosts.iter().for_each(|host| self.field(text.host(), host));
        if let Some(person) = &names.person {
            self.person(person);
        }
        if let Some(voter) = &names.voter {
            self.voter(voter);
        }
        if names.responsible_name.is_some() || names.responsible.is_some() {
            self.responsible(names.responsible_name.as_deref(), names.responsible.as_ref());
        }
        for (name, value) in [
            (text.company(), company),
            (text.corporate_name(), names.corporate_name.as_ref()),
            (text.person_cei(), names.person_social_security.as_ref()),
            (text.company_cei(), names.company_social_security.as_ref()),
            (text.civil_identity(), names.civil_identity.as_ref()),
            (text.fiscal_printer(), names.fiscal_printer.as_ref()),
            (text.civil_servant(), names.civil_servant.as_ref()),
            (text.metrological(), names.metrological.as_ref()),
        ] {
            if let Some(value) = value {
                self.field(name, value);
            }
        }
        for Other { oid, value } in &names.other_names {
            self.field("otherName".to_owned(), &format!("{oid} {value}"));
        }
    }

    /// What there is of a person beside the CPF, which the holder's line tells.
    fn person(&self, person: &Person) {
        let text = self.text;
        if let Some(birth) = &person.birth {
            self.field(text.birth(), birth);
        }
        if let Some(number) = &person.social_security {
            self.field(text.social_security(), number);
        }
        if let Some(card) = identity_card(person) {
            self.field(text.identity_card(), &card);
        }
    }

    fn voter(&self, voter: &Voter) {
        let mut words = vec![voter.number.clone()];
        if let (Some(zone), Some(section)) = (&voter.zone, &voter.section) {
            words.push(self.text.voter_place(zone, section));
        }
        words.extend(voter.city.clone());
        self.field(self.text.voter(), &words.join(", "));
    }

    fn responsible(&self, name: Option<&str>, person: Option<&Person>) {
        let text = self.text;
        let mut words: Vec<String> = name.map(str::to_owned).into_iter().collect();
        if let Some(person) = person {
            words.extend(person.cpf.as_ref().map(|cpf| format!("CPF {cpf}")));
            words.extend(person.cpf_error.as_ref().map(|reason| text.wrong_cpf(reason)));
            words.extend(person.birth.as_ref().map(|day| text.born(day)));
            words.extend(person.social_security.as_ref().map(|number| format!("NIS {number}")));
            words.extend(identity_card(person).map(|card| format!("RG {card}")));
        }
        self.list(text.responsible(), &words, ", ");
    }

    fn chain(&self, described: &Described) {
        let text = self.text;
        if !described.path.is_empty() {
            self.list(text.chain(), &described.path, " → ");
        }
        match described.chain {
            Some("trusted") => {
                let anchor = described.path.last().map(String::as_str).unwrap_or_default();
                let words = text.chain_reaches(plain(anchor));
                self.out.line(format_args!("  {} {words}", self.out.good("✓")));
            }
            Some("unknown") => {
                let issuer = described.missing_issuer.as_deref().unwrap_or_default();
                let words = text.chain_unknown(plain(issuer));
                self.out.line(format_args!("  {} {words}", self.out.strong("?")));
            }
            _ => {}
        }
        if let Some(reason) = &described.error {
            let words = text.refused(plain(reason));
            self.out.line(format_args!("  {} {words}", self.out.bad("✗")));
        }
    }
}

fn words(name: &[Attribute]) -> Vec<String> {
    name.iter().map(Attribute::words).collect()
}

fn key(Key { algorithm, bits, curve }: &Key) -> String {
    match (curve, bits) {
        (Some(curve), _) => format!("{algorithm} {curve}"),
        (None, Some(bits)) => format!("{algorithm} {bits}"),
        (None, None) => algorithm.clone(),
    }
}

fn identity_card(person: &Person) -> Option<String> {
    let card = person.identity_card.as_ref()?;
    Some(match &person.identity_card_issuer {
        Some(issuer) => format!("{card} {issuer}"),
        None => card.clone(),
    })
}
