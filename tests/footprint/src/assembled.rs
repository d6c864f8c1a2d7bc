//! Everything that reads a certificate, a policy or a time stamp, and everything that writes a
//! signature, over bytes that no compiler knows: a part of the image `reached`.

use core::hint::black_box;

use rubrica_core::cades::{
    Family, Level, POLICIES, Policy, PolicyFile, RootGeneration, SignedAttributes, SignedData,
    TimeStampQuery, Wanted, choose,
};
use rubrica_core::codec::pem::Blocks;
use rubrica_core::document::Digest;
use rubrica_core::error::Error;
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::identity::Certificate;
use rubrica_core::identity::certificate::{AlternativeName, Field, Name, Person, Text};

/// Bytes from outside, of any length.
fn bytes() -> &'static [u8] {
    black_box(&[])
}

fn text() -> &'static str {
    black_box("")
}

fn number() -> u64 {
    black_box(0)
}

/// Reads and writes all of it.
///
/// # Errors
/// Whatever is wrong with what came.
pub fn all(out: &mut [u8], reply: &mut [u8]) -> Result<(), Error> {
    let mut decoded = [0; 2048];
    for block in Blocks::new(text()).flatten() {
        black_box(block.decode(&mut decoded).ok());
    }
    if let Ok(file) = PolicyFile::parse(bytes()) {
        look_at_policy(&file);
    }
    let (Ok(certificate), Ok(other)) = (Certificate::parse(bytes()), Certificate::parse(bytes()))
    else {
        return Ok(());
    };
    look_at(&certificate);
    let chain = [other, certificate];
    let wanted = Wanted {
        family: black_box(Family::Cades),
        level: black_box(Level::Basic),
        at: number(),
        root: RootGeneration::of_chain(&chain),
    };
    let Ok(policy) = choose(&POLICIES, wanted) else { return Ok(()) };
    let time = black_box(Some(number()));
    let content = Digest::of(bytes());
    let Ok(attributes) =
        SignedAttributes::new(content, &certificate, black_box(Some(policy)), time)
    else {
        return Ok(());
    };
    black_box((attributes.digest(), attributes.encoded_length()));
    let query = TimeStampQuery::new(text(), bytes(), black_box([0; 8]))?;
    black_box(query.request(out)?.body.length());
    let token = query.reply(Response::new(black_box(200), reply))?;
    black_box((token.time(), token.serial(), token.policy().body(), token.nonce()));
    let whole = SignedData::new(&attributes, bytes())
        .and_then(|data| data.with_chain(&chain))
        .and_then(|data| data.with_content(bytes()))
        .and_then(|data| data.with_time_stamp(token));
    if let Ok(data) = whole {
        black_box((data.encoded_length(), data.write(out).is_ok()));
    }
    Ok(())
}

fn look_at_policy(file: &PolicyFile<'_>) {
    black_box((file.issued(), file.from(), file.to(), file.hash(), file.external_signed_data()));
    black_box(file.signed_attributes().chain(file.unsigned_attributes()).count());
    for allowed in file.algorithms() {
        black_box((allowed.algorithm.body(), allowed.least_bits));
    }
    for root in file.trust_anchors() {
        black_box(RootGeneration::of_name(&root.subject()));
    }
    black_box(file.policy(text()).is_ok_and(|policy| policy.name() == text()));
}

fn look_at(certificate: &Certificate<'_>) {
    if let Ok(found) = certificate.holder() {
        black_box((found.holder.as_str(), found.place, found.disagreement.is_some()));
    }
    look_at_name(&certificate.subject());
    look_at_name(&certificate.issuer());
    black_box((certificate.kind().map(|kind| kind.name()), certificate.is_valid_at(number())));
    black_box((certificate.public_key().bits(), certificate.key_usage()));
    black_box((certificate.policies().count(), certificate.purposes().count()));
    for extension in certificate.extensions() {
        black_box((extension.critical, extension.value));
    }
    let names = certificate.alternative_names();
    for name in names.iter() {
        if let AlternativeName::Other(other) = name {
            black_box(other.field().map(Field::number));
        }
    }
    names.mail().iter().for_each(look_at_text);
    names.person().iter().for_each(look_at_person);
    names.responsible().iter().for_each(look_at_person);
    if let Some(voter) = names.voter() {
        black_box((voter.number(), voter.zone(), voter.section(), voter.city()));
    }
    black_box(POLICIES.iter().map(Policy::name).count());
}

fn look_at_name(name: &Name<'_>) {
    for attribute in name.attributes() {
        black_box(attribute.kind.arcs().count());
        look_at_text(&attribute.text);
    }
}

fn look_at_text(text: &Text<'_>) {
    black_box((text.as_str(), text.chars().count()));
}

fn look_at_person(person: &Person<'_>) {
    black_box((person.birth().map(|birth| birth.year), person.cpf().is_ok()));
    black_box((person.social_security(), person.identity_card(), person.identity_card_issuer()));
}
