//! The words for people, in the two languages side by side.

mod certificate;
mod certillion;
mod demo;
mod failures;
mod verdicts;

use core::fmt::Display;

use rubrica::Language;
use rubrica::verify::UnixTime;

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text(Language);

/// Each text once: its name and what goes into it, then Portuguese, then English.
macro_rules! texts {
    ($($name:ident($($value:ident),*) { $portuguese:literal $english:literal })*) => {
        impl crate::present::text::Text {
            $(pub(crate) fn $name(self $(, $value: impl core::fmt::Display)*) -> String {
                match self.language() {
                    rubrica::Language::Portuguese => format!($portuguese),
                    rubrica::Language::English => format!($english),
                }
            })*
        }
    };
}
pub(crate) use texts;

impl Text {
    pub(crate) const fn of(language: Language) -> Self {
        Self(language)
    }

    pub(crate) const fn language(self) -> Language {
        self.0
    }

    /// A word of a pair.
    pub(crate) const fn pick(
        self,
        portuguese: &'static str,
        english: &'static str,
    ) -> &'static str {
        self.0.pick(portuguese, english)
    }

    /// A number of bytes as people write it.
    pub(crate) fn bytes(self, count: usize) -> String {
        let digits = count.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push_str(self.pick(".", ","));
            }
            grouped.push(digit);
        }
        grouped + " bytes"
    }
}

/// A moment on Brasília's clock, which is three hours behind UTC all year.
pub(crate) fn moment(time: UnixTime) -> impl Display {
    const BEHIND: u64 = 3 * 60 * 60;
    let shown = UnixTime::from_seconds(time.seconds().saturating_sub(BEHIND)).to_string();
    format!("{} -03:00", shown.replace('T', " ").trim_end_matches('Z'))
}

// What is said while documents are signed.
texts! {
    cancelling() {
        "Cancelando; espero só a resposta que já foi pedida. Ctrl-C de novo encerra já."
        "Cancelling; only an answer that is already due is waited for. Ctrl-C again ends now."
    }
    too_narrow() {
        "O terminal é estreito demais para o QR Code. Abra este endereço:"
        "The terminal is too narrow for the QR code. Open this address:"
    }
    chain_not_checked() {
        "cadeia não conferida (use --trust)"
        "chain not checked (use --trust)"
    }
    not_verified(reason) {
        "não conferido [{reason}]"
        "not verified: {reason}"
    }
    transaction(id) { "transação {id}" "transaction {id}" }
    exposed_secret(path) {
        "Outros usuários podem ler {path}: chmod 600"
        "Other users can read {path}: chmod 600"
    }
    ask_otp(holder) {
        "Código de uso único de {holder}:"
        "One-time code of {holder}:"
    }
    no_state() {
        "Sem pasta de estado: uma sessão interrompida não poderá ser retomada."
        "No state folder: a session that is interrupted cannot be resumed."
    }
    several_approvals(count) {
        "Os documentos têm formatos diferentes: o titular autoriza {count} vezes."
        "The documents take different formats: the holder approves {count} times."
    }
    resume_with(command, id) {
        "Para retomar: rubrica {command} {id}"
        "To go on: rubrica {command} {id}"
    }
}

// What to do about a command that does not begin.
texts! {
    see_help() {
        "`--help` mostra as opções."
        "`--help` shows the options."
    }
    state_directory() {
        "Corrija a pasta das sessões, ou indique outra com --state-directory."
        "Mend the folder for sessions, or name another with --state-directory."
    }
    no_configuration(path) {
        "Não há o arquivo de configuração {path}."
        "There is no configuration file {path}."
    }
}

// `resume`
texts! {
    nothing_to_resume() {
        "Nenhuma sessão interrompida."
        "No session was interrupted."
    }
    foreign_session(id) {
        "A sessão {id} é de outro serviço, perfil ou computador; o comando e o perfil dela a retomam."
        "Session {id} is of another service, profile or machine; its command and profile go on with it."
    }
    session_of(holder, moment) {
        "titular {holder}, salva em {moment}"
        "holder {holder}, saved {moment}"
    }
    in_doubt_choices(command, id) {
        "Verifique com o titular ou o serviço; depois: rubrica {command} {id} --again | --abandon"
        "Find out from the holder or the service; then: rubrica {command} {id} --again | --abandon"
    }
    waiting() { "a assinar" "to be signed" }
    in_doubt() { "em dúvida" "in doubt" }
    answered() { "assinado, a gravar" "signed, to be written" }
    delivered() { "gravado" "written" }
}

// `verify`
texts! {
    no_signatures() {
        "não há assinatura neste PDF"
        "there is no signature in this PDF"
    }
    signature_title(field) { "Assinatura {field}" "Signature {field}" }
    covers_all() {
        "cobre o arquivo inteiro"
        "covers the whole file"
    }
    covers_revision(end) {
        "cobre a revisão que termina no byte {end}; o resto veio depois"
        "covers the revision that ends at byte {end}; the rest came later"
    }
    unsigned_padding() {
        "no espaço reservado, depois da assinatura, há bytes que nada assina"
        "in the room for the signature, bytes that nothing signs come after it"
    }
    digest_matches() {
        "o resumo (SHA-256) é o do documento"
        "the digest (SHA-256) is the document's"
    }
    signature_matches() {
        "a assinatura confere com o certificado"
        "the signature verifies against the certificate"
    }
    chain_reaches(anchor) {
        "a cadeia chega a {anchor}"
        "the chain reaches {anchor}"
    }
    signed_at(moment) {
        "em {moment}, segundo quem assinou"
        "at {moment}, as the signer says"
    }
    not_good() {
        "Não confie neste arquivo."
        "Do not rely on this file."
    }
}

// `discover`, `login`, `register`, `providers`
texts! {
    known(holder, provider) {
        "{holder} tem certificado em {provider}."
        "{holder} has a certificate with {provider}."
    }
    unknown(holder, provider) {
        "{holder} não tem certificado vigente em {provider}."
        "{holder} has no certificate in force with {provider}."
    }
    logged_in(name, holder) {
        "{name} · {holder} entrou."
        "{name} · {holder} logged in."
    }
    registered(path) {
        "Registrado. O segredo está em {path}; só você o lê."
        "Registered. The secret is in {path}; only you can read it."
    }
    secret_destination() {
        "Diga onde guardar o segredo: --client-secret-file FILE (ou --show-secret)."
        "Say where the secret goes: --client-secret-file FILE (or --show-secret)."
    }
    environments() { "ambientes" "environments" }
    ways() { "autorização" "approval" }
    formats() { "formatos" "formats" }
    limits() { "limites" "limits" }
    limits_of(documents, window) {
        "{documents} documentos por pedido, {window} s para autorizar"
        "{documents} documents in a request, {window} s to approve"
    }
    document_limit(megabytes) {
        "{megabytes} MB por documento enviado"
        "{megabytes} MB a document that is sent"
    }
    no_environment() {
        "endereço não publicado: base_url vem do credenciamento"
        "no address is published: base_url comes with the accreditation"
    }
    doubts() { "incerto" "unsure" }
}

// `sandbox`
texts! {
    sandbox_runs(url) {
        "O serviço emulado atende em {url}"
        "The emulated service runs at {url}"
    }
    sandbox_worthless() {
        "Pessoas fictícias; nada assinado aqui tem valor."
        "Synthetic people; nothing signed here has any value."
    }
    phone_at(url) { "celular emulado: {url}" "emulated phone: {url}" }
    holders() { "titulares" "holders" }
    try_it() { "Experimente em outro terminal:" "Try it in another terminal:" }
    until_interrupted() { "Ctrl-C encerra." "Ctrl-C ends it." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_each_language_does() {
        assert_eq!(Text::of(Language::Portuguese).bytes(1_234_567), "1.234.567 bytes");
        assert_eq!(Text::of(Language::English).bytes(123), "123 bytes");
    }

    #[test]
    fn a_moment_is_on_brasilias_clock() {
        let moment = moment(UnixTime::from_seconds(1_795_297_670)).to_string();
        assert_eq!(moment, "2026-11-21 18:47:50 -03:00");
    }
}
