//! What is said of a certificate.

use super::texts;

// What its fields are called. Those of ICP-Brasil keep their Portuguese letters.
texts! {
    subject() { "titular" "subject" }
    issuer() { "emissor" "issuer" }
    serial() { "série" "serial" }
    fingerprint() { "SHA-256" "SHA-256" }
    valid() { "vigência" "validity" }
    key() { "chave" "key" }
    key_usage() { "usos da chave" "key usage" }
    purposes() { "propósitos" "purposes" }
    authority() { "autoridade" "authority" }
    kind() { "tipo" "kind" }
    policies() { "políticas" "policies" }
    mail() { "e-mail" "e-mail" }
    host() { "máquina" "host" }
    birth() { "nascimento" "birth" }
    social_security() { "NIS" "NIS" }
    identity_card() { "RG" "RG" }
    voter() { "título eleitoral" "voter" }
    person_cei() { "CEI da pessoa" "person's CEI" }
    company_cei() { "CEI da empresa" "company's CEI" }
    company() { "CNPJ" "CNPJ" }
    corporate_name() { "razão social" "corporate name" }
    responsible() { "responsável" "responsible" }
    civil_identity() { "RIC" "RIC" }
    fiscal_printer() { "CF-e-SAT" "CF-e-SAT" }
    civil_servant() { "SIGEPE" "SIGEPE" }
    metrological() { "OM-BR" "OM-BR" }
    revocation_lists() { "LCR" "CRL" }
    ocsp() { "OCSP" "OCSP" }
    issuer_certificates() { "emissor em" "issuer at" }
    chain() { "cadeia" "chain" }
}

// What stands in them.
texts! {
    said_by(holder, place) { "{holder}, {place}" "{holder}, {place}" }
    in_alternative_name() {
        "do nome alternativo (otherName)"
        "of the alternative name (otherName)"
    }
    in_serial_number() { "do serialNumber do titular" "of the subject's serialNumber" }
    in_common_name() { "do nome comum (CN) do titular" "of the subject's common name (CN)" }
    valid_between(from, until) { "{from} até {until}" "{from} until {until}" }
    path_length(most) {
        "sim, com até {most} outras abaixo"
        "yes, with at most {most} others below it"
    }
    is_authority() { "sim" "yes" }
    is_no_authority() { "não" "no" }
    kind_signature() { "assinatura" "signature" }
    kind_seal() {
        "selo: diz a origem e a integridade, e não a vontade do titular"
        "seal: it tells origin and integrity, and not its holder's will"
    }
    voter_place(zone, section) { "zona {zone}, seção {section}" "zone {zone}, section {section}" }
    born(day) { "nascimento {day}" "born {day}" }
}

// What is wrong, or may be.
texts! {
    no_longer_valid() { "não vale mais" "no longer valid" }
    not_yet_valid() { "ainda não vale" "not valid yet" }
    kind_uncertain(policy) {
        "O tipo é incerto: o número {policy} tem uma só fonte, e fraca."
        "The kind is unsure: the number {policy} has one source, and a weak one."
    }
    disagreement(holder, place) {
        "O certificado também diz {holder}, {place}."
        "The certificate also says {holder}, {place}."
    }
    unidentified(reason) {
        "Não se sabe quem é o titular [{reason}]."
        "Who the holder is cannot be told: {reason}."
    }
    wrong_cpf(reason) { "CPF errado [{reason}]" "wrong CPF: {reason}" }
    chain_unknown(issuer) {
        "não se conhece {issuer} (use --trust ou rubrica trust add)"
        "{issuer} is not known (use --trust or rubrica trust add)"
    }
    refused(reason) { "recusado [{reason}]" "refused: {reason}" }
}
