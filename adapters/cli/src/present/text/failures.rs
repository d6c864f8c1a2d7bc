//! What went wrong, and what to do about it. English is the errors' own `Display`; the details in
//! brackets of a Portuguese line are the library's, which speaks English.

use core::fmt::Display;

use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::{Error, IdentityError, JournalError, Language, Prompt};

use super::Text;
use crate::configuration::error::ConfigurationError;
use crate::failure::Failure;
use crate::output::OutputError;
use crate::secret::SecretError;

impl Text {
    /// What happened, in one line.
    pub(crate) fn failure(self, failure: &Failure) -> String {
        match self.language() {
            Language::English => match failure {
                Failure::Library(error) => library(self, error),
                Failure::Explained { error, meaning, .. } => explained(self, error, meaning),
                other => other.to_string(),
            },
            Language::Portuguese => portuguese(self, failure),
        }
    }

    /// What to do about it.
    pub(crate) fn advice(self, failure: &Failure) -> String {
        let advice = self.next(failure);
        match failure.transaction() {
            Some(transaction) => format!("{advice} {}", self.fetch_with(transaction)),
            None => advice,
        }
    }

    /// The same without what is said of a transaction.
    fn next(self, failure: &Failure) -> String {
        match failure {
            Failure::Library(Error::Journal(
                JournalError::Io { .. }
                | JournalError::KeyExposed { .. }
                | JournalError::DirectoryExposed { .. },
            )) => self.state_directory(),
            Failure::Library(error) => error.advice(self.language()).to_owned(),
            Failure::Explained { error, doubts, .. } => {
                format!("{} {doubts}", error.advice(self.language())).trim_end().to_owned()
            }
            Failure::Output(OutputError::Exists { .. }) => self
                .pick(
                    "Use --force para substituir, ou --out e --out-dir para outro lugar.",
                    "Use --force to replace it, or --out and --out-dir for another place.",
                )
                .to_owned(),
            Failure::Output(OutputError::Foreign { .. }) => self
                .pick("Escolha outra pasta com --dir.", "Choose another folder with --dir.")
                .to_owned(),
            Failure::Interrupted { session, resume, .. } => self.resume_with(resume, session),
            Failure::Rejected(_) => self.not_good(),
            Failure::NotSent { resume } => self.resume_with(resume, ""),
            Failure::Output(OutputError::SecretExists { .. }) => self
                .pick(
                    "Indique outro arquivo com --client-secret-file.",
                    "Name another file with --client-secret-file.",
                )
                .to_owned(),
            Failure::Holder(IdentityError::Character(_)) => self
                .pick(
                    "Um CPF só tem algarismos; as letras de um CNPJ são maiúsculas.",
                    "A CPF has digits alone; the letters of a CNPJ are capitals.",
                )
                .to_owned(),
            Failure::Usage(_) => self.see_help(),
            Failure::Configuration(ConfigurationError::Missing { absent: Some(path), .. }) => {
                self.no_configuration(path.display())
            }
            Failure::Configuration(_) | Failure::Secret(_) => {
                self.pick("Corrija a configuração.", "Mend the configuration.").to_owned()
            }
            _ => self.pick("Corrija o pedido.", "Mend the request.").to_owned(),
        }
    }
}

/// An error of the library's in the service's meaning, where it has one, with its detail.
fn explained(text: Text, error: &Error, meaning: &Option<String>) -> String {
    match (meaning, error) {
        (Some(meaning), Error::NotFetched { error, .. }) => {
            format!("{}: {meaning} [{}]", text.signed_and_not_fetched(), chained(error))
        }
        (Some(meaning), _) => format!("{meaning} [{}]", chained(error)),
        (None, _) => library(text, error),
    }
}

/// An error of the library's: what holders see in their own words, the rest with its detail.
fn library(text: Text, error: &Error) -> String {
    let prompt = match error {
        Error::Core(CoreError::Peer(PeerError::Denied)) => Some(Prompt::Denied),
        Error::Core(CoreError::Peer(PeerError::Expired)) => Some(Prompt::Expired),
        _ => None,
    };
    let detail = chained(error);
    match (prompt, text.language()) {
        (Some(prompt), language) => prompt.text(language).to_owned(),
        (None, Language::English) => detail,
        (None, Language::Portuguese) => format!("{} [{detail}]", headline(error)),
    }
}

/// An error and what caused it.
fn chained(error: &dyn core::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let next = source.to_string();
        if !words.contains(&next) {
            words = format!("{words}: {next}");
        }
        cause = source.source();
    }
    words
}

fn headline(error: &Error) -> &'static str {
    match error {
        Error::Core(CoreError::Peer(error)) => match error {
            PeerError::Throttled { .. } => "o serviço pede para ir mais devagar",
            PeerError::Unauthorized => "a autorização não vale mais",
            PeerError::Unavailable { .. } => "o serviço está fora do ar",
            PeerError::Unreachable => "não há como chegar ao serviço",
            PeerError::InDoubt => "não se sabe se o serviço assinou",
            PeerError::Cancelled => "cancelado",
            PeerError::Refused(_) => "o serviço recusou",
            _ => "a resposta do serviço não serve",
        },
        Error::Core(CoreError::Resource(_)) => "a resposta do serviço é grande demais",
        Error::Core(_) => "o pedido ou a configuração não serve",
        Error::Transport(_) => "não há como falar com o serviço",
        Error::Unanswered => "o serviço não respondeu a tempo",
        Error::NotFetched { .. } => "assinado, mas não buscado",
        Error::Settings(_) => "a configuração da conexão não serve",
        Error::Pdf(_) => "o PDF não pode ser assinado",
        Error::Rejected(_) | Error::Xml(_) | Error::XmlSignature(_) => "a assinatura foi recusada",
        Error::Policy(_) => "nenhuma política de assinatura serve",
        Error::Certificate(_) => "o certificado do titular não se lê",
        Error::Assembly(_) => "a assinatura não pode ser montada",
        Error::NoTimeStampServer => "falta o servidor de carimbo do tempo",
        Error::TimeStamp(_) => "não há carimbo do tempo",
        Error::Unsigned => "o documento devolvido não traz a assinatura",
        Error::NoCertificate => "o serviço não tem certificado utilizável deste titular",
        Error::Changed => "o documento mudou depois de preparado",
        Error::Journal(_) => "o diário da sessão não serve",
        Error::Listener(_) => "o endereço de retorno do navegador não serve",
        Error::Random => "o sistema não fornece números aleatórios",
        Error::File { .. } => "um arquivo não pode ser lido ou gravado",
        _ => "algo deu errado",
    }
}

fn portuguese(text: Text, failure: &Failure) -> String {
    match failure {
        Failure::Library(error) => library(text, error),
        Failure::Explained { error, meaning, .. } => explained(text, error, meaning),
        Failure::Configuration(error) => configuration(error),
        Failure::Secret(error) => secret(error),
        Failure::Output(error) => output(error),
        Failure::Usage(words) => words.clone(),
        Failure::Holder(error) => format!("--holder: {}", identity(error)),
        Failure::File { path, error } => file(path.display(), error),
        Failure::NotOrdinary { path } => format!(
            "{} não é um arquivo comum, e um documento é lido mais de uma vez",
            path.display()
        ),
        Failure::Name { path } => {
            format!("{} não está escrito em UTF-8; dê-lhe outro nome", path.display())
        }
        Failure::OneOut => "--out serve para um documento só; use --out-dir".to_owned(),
        Failure::NoPdf => {
            "--reason, --location, --contact e --visible são para PDFs, e não há nenhum".to_owned()
        }
        Failure::DetachedPdf => {
            "--detached é para CADES e XADES: um PDF traz sua assinatura dentro".to_owned()
        }
        Failure::NoProfiles => "o arquivo de configuração não tem perfil nenhum".to_owned(),
        Failure::NoContent { path } => {
            format!("--content indica o documento que {} assina", path.display())
        }
        Failure::NoSignature { path } => format!(
            "{} não é PDF nem CMS; para uma assinatura pura indique --certificate",
            path.display()
        ),
        Failure::OwnContent { path, option } => {
            format!("{} traz seu próprio documento: tire {option}", path.display())
        }
        Failure::Interrupted { path, session, .. } => format!(
            "{} está na sessão interrompida {session} e talvez já esteja assinado",
            path.display()
        ),
        Failure::NotSent { .. } => "não enviado: a sessão parou antes dele".to_owned(),
        Failure::NoSession(id) => format!("não há sessão interrompida {id}"),
        Failure::Certificate { path, reason } => {
            format!("{}: não é um certificado utilizável [{reason}]", path.display())
        }
        Failure::Unusable { path, reason } => {
            format!("{}: não se lê como o que devia ser [{reason}]", path.display())
        }
        Failure::Policy(number) => format!("`{number}` não é um OID"),
        Failure::NoTrustFolder => {
            "não há pasta para as raízes acrescentadas: defina RUBRICA_HOME".to_owned()
        }
        Failure::NoSuchRoot(fingerprint) => {
            format!("não há raiz acrescentada com a impressão digital {fingerprint}")
        }
        Failure::OtherRoot { path, found } => format!(
            "{} não tem certificado autoassinado com essa impressão digital; tem {}",
            path.display(),
            found.join(", ")
        ),
        Failure::Rejected(reason) => format!("a assinatura foi recusada [{reason}]"),
        Failure::Sandbox(error) => format!("o serviço emulado não começa [{error}]"),
        Failure::Demonstration(reason) => format!("a demonstração não chegou ao fim: {reason}"),
    }
}

fn configuration(error: &ConfigurationError) -> String {
    match error {
        ConfigurationError::Read { path, error } => file(path.display(), error),
        ConfigurationError::Toml { path, line, reason } => {
            format!("{}, linha {line}: não se lê [{reason}]", path.display())
        }
        ConfigurationError::InlineSecret { path } => format!(
            "{}: client_secret está no arquivo; guarde-o em outro lugar e indique o lugar com \
             client_secret_file, client_secret_env ou client_secret_keyring",
            path.display()
        ),
        ConfigurationError::NoProfile { name, known } => {
            format!("não há perfil `{name}`; há: {}", known.join(", "))
        }
        ConfigurationError::NoFile { name, path } => format!(
            "não há o arquivo de configuração {}, e portanto nem o perfil `{name}`",
            path.display()
        ),
        ConfigurationError::WhichProfile { known } => {
            format!("qual perfil? Use --profile NAME ou default_profile: {}", known.join(", "))
        }
        ConfigurationError::TwoAddresses { place } => {
            format!("{place}: environment e base_url excluem-se")
        }
        ConfigurationError::Value { what } => format!("o valor de {what} não serve"),
        ConfigurationError::Certillion => {
            "certillion não é um PSC: quem fala com ele é `rubrica certillion`, e sua tabela é \
             [certillion]"
                .to_owned()
        }
        ConfigurationError::OtherService(name) => {
            format!("o perfil é de `{name}`; indique com --profile um de provider = \"certillion\"")
        }
        ConfigurationError::Provider(name) => {
            format!("`{name}` não é um provedor conhecido; `rubrica providers` os lista")
        }
        ConfigurationError::Environment { provider, environment } => {
            format!("{provider} não tem o ambiente `{environment}`")
        }
        ConfigurationError::Missing { what, option, variable, key, .. } => {
            format!("falta {what}: use {option}, {variable} ou {key} no perfil")
        }
        ConfigurationError::Trust { path, reason } => {
            format!("{}: não há raiz de confiança utilizável [{reason}]", path.display())
        }
        ConfigurationError::Policy { path, reason } => {
            format!("{}: não é uma política de assinatura utilizável [{reason}]", path.display())
        }
    }
}

fn secret(error: &SecretError) -> String {
    match error {
        SecretError::File { path, error } => file(path.display(), error),
        SecretError::Exposed { path } => {
            format!("{} pode ser lido por outros: `chmod 600`", path.display())
        }
        SecretError::Environment(name) => format!("a variável {name} não traz o segredo"),
        SecretError::Shape(place) => format!("{place}: está em branco ou tem mais de uma linha"),
        SecretError::Keyring(entry) => {
            format!("o chaveiro não tem a entrada `{entry}`, ou continua trancado")
        }
        SecretError::NoTool(tool) => format!("`{tool}` é preciso para ler o chaveiro e não roda"),
        SecretError::NoKeyring => {
            "o chaveiro deste sistema não pode ser lido; use um arquivo ou o ambiente".to_owned()
        }
    }
}

fn output(error: &OutputError) -> String {
    match error {
        OutputError::Exists { path } => format!("{} já existe", path.display()),
        OutputError::SecretExists { path } => {
            format!("{} já existe, e um segredo não substitui nada", path.display())
        }
        OutputError::Twice { path } => {
            format!("dois documentos iriam para {}", path.display())
        }
        OutputError::Write { path, error } | OutputError::Place { path, error } => {
            file(path.display(), error)
        }
        OutputError::Foreign { path } => {
            format!("{} tem arquivos que não são da rubrica", path.display())
        }
    }
}

fn identity(error: &IdentityError) -> String {
    match error {
        IdentityError::Length => "um CPF tem 11 algarismos e um CNPJ 14 caracteres".to_owned(),
        IdentityError::Character(place) => {
            format!("o caractere {place} (a partir de 1) não cabe em um CPF ou CNPJ")
        }
        IdentityError::CheckDigits => "os dígitos verificadores não conferem".to_owned(),
        IdentityError::Repeated => "um algarismo repetido não é número de ninguém".to_owned(),
        other => other.to_string(),
    }
}

/// The kinds that people meet have words of their own; the rest is the system's.
fn file(path: impl Display, error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let words = match error.kind() {
        ErrorKind::NotFound => "não existe",
        ErrorKind::PermissionDenied => "sem permissão",
        ErrorKind::IsADirectory => "é uma pasta",
        ErrorKind::FileTooLarge => "é grande demais",
        ErrorKind::StorageFull => "o disco está cheio",
        _ => return format!("{path}: {error}"),
    };
    format!("{path}: {words}")
}
