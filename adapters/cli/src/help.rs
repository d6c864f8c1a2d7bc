//! The help in both languages. What the parser itself says of a mistake is in English.

mod certillion;

use clap::{Command, CommandFactory};
use rubrica::Language;

use crate::arguments::Arguments;

const TEMPLATE: &str = "{about}\n\nUso: {usage}\n\n{all-args}{after-help}";

/// The command line's grammar, with its help in a language.
pub(crate) fn command(language: Language) -> Command {
    let command = Arguments::command();
    match language {
        Language::English => command,
        Language::Portuguese => portuguese(command, ""),
    }
}

/// A command in Portuguese. `words` call it, without the program's name.
fn portuguese(command: Command, words: &str) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|each| each.get_name().to_owned()).collect();
    let command = translated(command, words.to_owned()).disable_help_subcommand(true);
    // As deep as the command line is, which nobody outside chooses.
    names.into_iter().fold(command, |command, name| {
        let words = format!("{words} {name}");
        command.mut_subcommand(name, |below| portuguese(below, words.trim_start()))
    })
}

fn translated(command: Command, name: String) -> Command {
    command
        .about(about(&name).unwrap_or_default())
        .help_template(TEMPLATE)
        .subcommand_help_heading("Comandos")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(move |argument| {
            let heading = match argument.get_help_heading() {
                Some("Service") => "Serviço",
                Some("PDF") => "PDF",
                _ if argument.is_positional() => "Argumentos",
                _ => "Opções",
            };
            let id = argument.get_id().as_str();
            let help = particular(&name, id).or_else(|| option(id)).unwrap_or_default();
            // What the parser says of an option's values is in English; the help names them.
            let takes_values = argument.get_action().takes_values();
            argument.help(help).help_heading(heading).hide_possible_values(takes_values)
        })
        .arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .action(clap::ArgAction::Help)
                .help("Mostra esta ajuda")
                .help_heading("Opções"),
        )
        .arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(clap::ArgAction::Version)
                .help("Mostra a versão")
                .help_heading("Opções"),
        )
}

/// What a command does, by the words that call it.
fn about(command: &str) -> Option<&'static str> {
    if let Some(command) = command.strip_prefix("certillion ") {
        return certillion::about(command);
    }
    Some(match command {
        "" => "Assina documentos com chaves ICP-Brasil guardadas na nuvem",
        "demo" => "Mostra uma assinatura inteira, por aviso e por QR Code, com o serviço emulado",
        "sandbox" => "Mantém o serviço emulado no ar até Ctrl-C",
        "providers" => "Lista os provedores conhecidos",
        "register" => "Registra esta aplicação em um provedor, uma vez",
        "discover" => "Pergunta se um provedor conhece um titular",
        "login" => "Pede a um titular que entre: quem é, sem assinar nada",
        "sign" => "Assina documentos",
        "certificate" => "Mostra um certificado, de um arquivo ou de um titular que entra",
        "trust" => "Lista e muda as raízes em que a conferência confia",
        "trust list" => "Lista as raízes em que a conferência confia",
        "trust add" => {
            "Passa a confiar nas raízes de um arquivo, e guarda as autoridades que ele traz"
        }
        "trust remove" => "Deixa de confiar em uma raiz que foi acrescentada",
        "verify" => "Confere assinaturas",
        "certillion" => "Assina pelo Certillion, que fica à frente dos serviços de confiança",
        "resume" => "Retoma sessões interrompidas",
        _ => return None,
    })
}

/// What an option or argument is of one command alone.
fn particular(command: &str, name: &str) -> Option<&'static str> {
    if let Some(command) = command.strip_prefix("certillion ") {
        return certillion::particular(command, name);
    }
    Some(match (command, name) {
        ("verify", "file") => {
            "Um PDF assinado, um CMS (.p7s), ou com --certificate uma assinatura pura"
        }
        ("verify", "holder") => "Quem deveria ter assinado, por CPF ou CNPJ",
        ("verify", "policy") => {
            "A política de assinatura que se quer, pelo OID; any para qualquer uma conhecida"
        }
        ("verify", "json") => "Um objeto JSON na saída padrão, e nada mais",
        ("certificate", "file") => {
            "Um certificado, PEM ou DER; de vários em PEM julga-se o primeiro"
        }
        ("certificate", "out") => "Grava o certificado, em PEM",
        ("discover", "show_personal_data") => {
            "Mostra por inteiro números de pessoas, também dentro de um alias"
        }
        ("trust add", "file") => "Certificados, PEM ou DER",
        ("trust add", "fingerprint") => {
            "A impressão digital SHA-256 da raiz, como quem a publica a diz: outra é recusada"
        }
        ("trust remove", "fingerprint") => "A impressão digital SHA-256 que `trust list` mostra",
        ("resume", "tsa") => {
            "Servidor de carimbo do tempo (RFC 3161) para o que ficou sem carimbo, https://…"
        }
        _ => return None,
    })
}

fn option(name: &str) -> Option<&'static str> {
    Some(match name {
        "abandon" => "Deixa como está o que talvez já esteja assinado, e segue com o resto",
        "again" => "Assina de novo o que talvez já esteja assinado",
        "alias" => "Qual dos certificados do titular assina",
        "also_redirect_uri" => "Outro URI de retorno do navegador; pode repetir-se",
        "approve" => {
            "O que o celular faz: ask (pergunta na página /phone), yes, no, off, ou um número de \
             segundos após o qual autoriza"
        }
        "at" => "Julga como nesse momento, em segundos desde 1970, e não agora",
        "base_url" => "O endereço do serviço, https://…, em vez de um que se conhece",
        "certificate" => "O certificado de uma assinatura pura",
        "client_id" => "O identificador da aplicação",
        "client_secret_file" => "Arquivo com o segredo da aplicação e nada mais",
        "comments" => "Para que serve a aplicação",
        "config" => "Arquivo de configuração",
        "content" => "O documento que uma assinatura destacada assina",
        "crl" => "Lista de certificados revogados, DER ou PEM; pode repetir-se",
        "dir" => "Pasta dos arquivos",
        "email" => "Endereço para avisos do provedor",
        "environment" => "Ambiente do provedor: production, homologation ou demonstration",
        "everywhere" => "Pergunta ao provedor de cada perfil da configuração, a todos de uma vez",
        "file" => "Arquivo",
        "files" => "Documentos",
        "fingerprint" => "A impressão digital SHA-256 da raiz",
        "force" => "Substitui arquivos que já existem",
        "filter" => {
            "Como o PDF chama a assinatura: etsi (ETSI.CAdES.detached), pbad (PBAD.PAdES) ou adobe \
             (adbe.pkcs7.detached)"
        }
        "format" => {
            "O que se faz dos documentos: pades-ad-rb (PDF com a política AD-RB; para PDF, se não se \
             diz), cades-ad-rb (FILE.p7s; para os outros), pades-ad-rt e cades-ad-rt (com carimbo do \
             tempo de --tsa), pades e cms (sem política), raw (FILE.sig), CAdES_AD_RB e CAdES_AD_RT \
             (FILE.p7s do serviço): de todos só o resumo sai daqui; PAdES_AD_RB e PAdES_AD_RT: o \
             serviço recebe e assina o PDF"
        }
        "holder" => "CPF ou CNPJ do titular",
        "id" => "Uma sessão; se não se diz, todas",
        "json" => "Um objeto JSON por linha na saída padrão, e nada mais",
        "lang" => "Idioma das mensagens: pt-BR ou en",
        "lifetime" => "Quanto vive o token; o padrão do serviço, se não se diz",
        "list" => "Só lista as sessões interrompidas",
        "location" => "Onde se assina",
        "manual" => "Deixa você autorizar na página /phone, em vez de autorizar por si",
        "name" => "O nome: de quem assina, ou da aplicação como os titulares a verão",
        "ocsp" => "Resposta de um servidor OCSP, DER ou PEM; pode repetir-se",
        "online" => {
            "Busca as listas, respostas e autoridades que faltam onde os certificados dizem que estão"
        }
        "online_private" => "O mesmo, também nesta máquina e em redes privadas",
        "otp" => {
            "Lê o código de uso único do titular da entrada padrão em vez de chamá-lo no celular; só com \
             password_grant = true no perfil"
        }
        "out" => "Para onde vai o resultado; de um documento só",
        "out_dir" => "Pasta dos documentos assinados; ao lado dos originais, se não se diz",
        "policy" => {
            "Política de assinatura para pades-ad-* e cades-ad-*, pelo OID; a mais nova em vigor, se \
             não se diz"
        }
        "policy_file" => {
            "Arquivo de uma política de assinatura como o ITI publica; pode repetir-se"
        }
        "port" => "Porta de 127.0.0.1; uma que esteja livre, se não se diz",
        "profile" => "Perfil do arquivo de configuração",
        "provider" => "Provedor; vidaas, se não se diz",
        "pss" => "A assinatura pura é RSA-PSS",
        "reason" => "Por que se assina",
        "redirect_uri" => "Para onde o navegador volta, exatamente como registrado",
        "reserve" => {
            "Bytes reservados para a assinatura; 16384, se não se diz, e 32768 com carimbo do tempo"
        }
        "scope" => {
            "Escopo do token: single_signature, multi_signature ou signature_session; o menor que \
             basta, se não se diz"
        }
        "seconds" => "Quanto se espera por cada provedor, em segundos",
        "show_personal_data" => {
            "Mostra por inteiro números de pessoas, datas de nascimento e endereços"
        }
        "show_secret" => "Escreve o segredo na saída padrão em vez de em um arquivo",
        "signature_page" => "Deixa o serviço acrescentar uma página; só PAdES_AD_RB e PAdES_AD_RT",
        "stamp" => "Põe um carimbo visível na última página; pede --name",
        "stamp_url" => "Endereço a que leva o QR Code do carimbo",
        "state_directory" => "Pasta das sessões interrompidas",
        "timeout" => "Quanto tempo o titular tem; a janela do serviço, se não se diz",
        "tls_ca" => "PEM de uma autoridade confiável para TLS além das usuais",
        "tsa" => {
            "Servidor de carimbo do tempo (RFC 3161) para pades-ad-rt e cades-ad-rt, https://…"
        }
        "trust" => "PEM com as raízes a que os certificados devem chegar",
        "via" => "Como o titular é chamado: push (aviso no celular) ou qr (QR Code)",
        "write_config" => "Escreve a configuração também aqui",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    /// Every command by the words that call it, the program's name first.
    fn all<'c>(command: &'c Command, before: &[&'c str]) -> Vec<(Vec<&'c str>, &'c Command)> {
        let words = [before, &[command.get_name()]].concat();
        let below: Vec<_> = command.get_subcommands().flat_map(|each| all(each, &words)).collect();
        [vec![(words, command)], below].concat()
    }

    #[test]
    fn everything_has_its_words_in_portuguese() {
        let command = Arguments::command();
        for (words, command) in all(&command, &[]) {
            let words = words[1..].join(" ");
            assert!(about(&words).is_some(), "{words}");
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                let help = particular(&words, name).or_else(|| option(name));
                assert!(help.is_some(), "{words} {name}");
            }
        }
        portuguese(command, "").debug_assert();
    }

    #[test]
    fn every_command_has_its_help_in_both_languages() {
        for language in [Language::English, Language::Portuguese] {
            let grammar = command(language);
            let mut count = 0;
            for (words, _) in all(&Arguments::command(), &[]) {
                let asked = words.iter().copied().chain(["--help"]);
                let told = grammar.clone().try_get_matches_from(asked).unwrap_err();
                assert_eq!(told.kind(), ErrorKind::DisplayHelp, "{words:?}: {told}");
                let is_english = told.to_string().contains("Usage:");
                assert_eq!(is_english, language == Language::English, "{told}");
                count += 1;
            }
            assert!(count > 20);
        }
    }
}
