//! What is said of signatures that are checked.

use super::texts;

texts! {
    conclusion_valid() {
        "Válida: tudo foi conferido."
        "Valid: everything was checked."
    }
    conclusion_indeterminate() {
        "Indeterminada: nada está errado no que se conferiu, e falta o que está marcado com ?."
        "Indeterminate: nothing that was checked is wrong, and what is marked with ? is missing."
    }
    conclusion_invalid() {
        "Inválida. Não confie neste arquivo."
        "Invalid. Do not rely on this file."
    }
    later_allowed(changes) {
        "o que veio depois é permitido: {changes}"
        "what came later is allowed: {changes}"
    }
    later_forbidden(finding) {
        "alterado depois da assinatura: {finding}"
        "changed after it was signed: {finding}"
    }
    later_unknown(finding) {
        "acréscimo de efeito desconhecido: {finding}"
        "an addition of unknown effect: {finding}"
    }
    dictionary_breach(breach) {
        "dicionário da assinatura: {breach}"
        "signature dictionary: {breach}"
    }
    policy_kept(name) { "cumpre a política {name}" "keeps the policy {name}" }
    stamped_at(moment) {
        "carimbo do tempo de {moment}"
        "time stamp of {moment}"
    }
    subject_message() { "mensagem" "message" }
    subject_content() { "documento" "document" }
    subject_attributes() { "atributos assinados" "signed attributes" }
    subject_certificate() { "certificado de quem assinou" "signer's certificate" }
    subject_signature() { "assinatura" "signature" }
    subject_time_stamp() { "carimbo do tempo" "time stamp" }
    subject_use() {
        "vigência e uso do certificado"
        "validity and use of the certificate"
    }
    subject_chain() { "cadeia" "chain" }
    subject_policy() { "política de assinatura" "signature policy" }
    subject_holder() { "titular pedido" "holder asked for" }
    subject_revocation(whose) { "não revogado: {whose}" "not revoked: {whose}" }
    of_signer() { "quem assinou" "the signer" }
    of_time_stamp() { "a autoridade de carimbo" "the time-stamp authority" }
    of_responder() { "o servidor OCSP" "the OCSP responder" }
    by_list_of(moment) { "(lista de {moment})" "(list of {moment})" }
    by_answer_of(moment) { "(resposta OCSP de {moment})" "(OCSP answer of {moment})" }
    missing_content() {
        "falta o documento (use --content)"
        "the document is missing (use --content)"
    }
    missing_anchors() { "não há raízes de confiança" "there are no trust anchors" }
    missing_issuer(issuer) {
        "não se conhece {issuer} (use --online, --trust ou rubrica trust add)"
        "{issuer} is not known (use --online, --trust or rubrica trust add)"
    }
    missing_revocation() {
        "não se sabe (use --online, --crl ou --ocsp)"
        "not known (use --online, --crl or --ocsp)"
    }
    missing_policy(oid) {
        "não se conhece a política {oid} (use --policy-file)"
        "the policy {oid} is not known (use --policy-file)"
    }
    missing_time() {
        "sem prova de quando foi assinado, e o certificado ou a política já não vale"
        "no proof of when it was signed, and the certificate or the policy no longer holds"
    }
    missing_other(what) { "falta: {what}" "missing: {what}" }
    fetched(address) { "buscado: {address}" "fetched: {address}" }
    not_fetched(address, problem) {
        "não buscado: {address} [{problem}]"
        "not fetched: {address} [{problem}]"
    }
}

// `trust`
texts! {
    trust_own() { "da biblioteca" "of the library" }
    trust_added() { "acrescentada" "added" }
    trust_now(subject) {
        "Confia-se agora em {subject}."
        "{subject} is trusted now."
    }
    trust_compare() {
        "Compare a impressão digital com a que o ITI publica."
        "Compare the fingerprint with the one that ITI publishes."
    }
    trust_authorities(count) {
        "{count} autoridades guardadas para completar cadeias."
        "{count} authorities kept to complete chains."
    }
    trust_no_more(subject) {
        "Não se confia mais em {subject}."
        "{subject} is no longer trusted."
    }
}
