//! The codes by which the service says what happened.
//!
//! Numbers and names are from the tables of Certillion's API page; rows that are damaged there were
//! repaired from the vendor's own list for the older SOAP interface of the same product, which has
//! the same numbering. 230, 231 and 232 stand in that list alone; 209, 218, 224, 249, 250, 301, 702
//! and 807 stand in the page's tables of single exchanges alone. The meanings are told in words of
//! our own.
//!
//! A code is known by its number, and one that is not here is no error of anybody's: the service
//! may have more of them.

use super::code_advice::advice;
use crate::advice::Advice;
use crate::codec::{cut, decimal};
use crate::error::Refusal;
use crate::language::Language;

/// A code of the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The number: below 200 for what went well.
    pub number: u16,
    /// The name, as the service writes it.
    pub name: &'static str,
    /// What it means, in Portuguese.
    pub portuguese: &'static str,
    /// What it means, in English.
    pub english: &'static str,
    /// What to do about it; `None` where nothing went wrong.
    pub advice: Option<Advice>,
}

impl Code {
    /// The code of this number, if it is known.
    #[must_use]
    pub fn find(number: u16) -> Option<&'static Self> {
        let place = CODES.binary_search_by_key(&number, |code| code.number).ok()?;
        CODES.get(place)
    }

    /// The code that a refusal begins with, if it is known.
    #[must_use]
    pub fn of(refusal: &Refusal) -> Option<&'static Self> {
        Self::find(Self::number_of(refusal)?)
    }

    /// The number that a refusal begins with, known or not. The codes' texts are not linked by it.
    #[must_use]
    pub fn number_of(refusal: &Refusal) -> Option<u16> {
        let (digits, _) =
            cut::at_first(refusal.code.as_str(), " ").unwrap_or((refusal.code.as_str(), ""));
        u16::try_from(decimal::parse(digits)?).ok()
    }

    /// The code of this name, in capitals or not, if it is known.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let second = SECOND_NAMES.into_iter().find(|(second, _)| second.eq_ignore_ascii_case(name));
        let name = second.map_or(name, |(_, first)| first);
        CODES.iter().find(|code| code.name.eq_ignore_ascii_case(name))
    }

    /// What it means.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        language.pick(self.portuguese, self.english)
    }
}

/// Names that a code has elsewhere: in a later list of the older SOAP interface, in one that is
/// gone, and in the misspelling of the API page.
const SECOND_NAMES: [(&str, &str); 3] = [
    ("WRONG_PIN", "PIN_WRONG"),
    ("TRANSACTION_EXPIRED", "TIMEOUT"),
    ("XMLDSIG_ELEMENTS_WITHOUT_ATRIBUTE_ID", "XMLDSIG_ELEMENTS_WITHOUT_ATTRIBUTE_ID"),
];

macro_rules! codes {
    ($($number:literal $name:ident $portuguese:literal $english:literal)*) => {
        [$(Code {
            number: $number,
            name: stringify!($name),
            portuguese: $portuguese,
            english: $english,
            advice: advice($number),
        }),*]
    };
}

/// Every code that is known, by number.
pub static CODES: [Code; 99] = codes! {
    100 REQUEST_OK
        "O pedido foi aceito."
        "The request was accepted."
    110 TRANSACTION_IN_PROGRESS
        "O pedido foi recebido e ainda está em processamento."
        "The request was received and is still being processed."
    120 REGISTRATION_VALID
        "O cadastro no sistema é válido."
        "The registration in the system is valid."
    130 CERTIFICATE_VALID
        "O certificado é válido."
        "The certificate is valid."
    131 CSR_VALID
        "O pedido de certificado (CSR) é válido."
        "The certificate signing request (CSR) is valid."
    132 REVOCATION_ACCEPTED
        "O certificado foi marcado como revogado; o titular será avisado depois."
        "The certificate was marked as revoked; its holder will be told later."
    140 SIGNATURE_VALID
        "A assinatura é válida."
        "The signature is valid."
    150 USER_ACTIVE
        "A conta do usuário está pronta para assinar."
        "The user's account is ready to sign."
    151 DEVICE_READY
        "O aparelho está pronto."
        "The device is ready."
    200 REQUEST_MISSING_PARAM
        "Falta um parâmetro no pedido."
        "A parameter is missing from the request."
    201 REQUEST_WRONG_PARAM
        "Há um erro entre os parâmetros do pedido."
        "One of the request's parameters is wrong."
    202 REQUEST_WRONG_LENGTH
        "O pedido é grande demais, ou um de seus parâmetros tem o tamanho errado."
        "The request is too large, or one of its parameters has the wrong length."
    203 REQUEST_BAD_FORMAT
        "O tipo de conteúdo ou a codificação não é tratado pelo serviço."
        "The service cannot handle the content type or the encoding."
    204 REQUEST_BAD_PROFILE
        "O tipo ou o uso da chave, ou a política de assinatura, não é suportado."
        "The type or usage of the key, or the signature policy, is not supported."
    205 REQUEST_BAD_DATA
        "O serviço não consegue tratar estes dados."
        "The service cannot handle this data."
    206 REQUEST_DUPLICATED
        "O pedido ou seus parâmetros estão duplicados."
        "The request or its parameters are duplicated."
    209 BAD_AUTHENTICATION
        "O token de autorização está errado."
        "The authorization token is wrong."
    210 ACCOUNT_NO_BANDWIDTH
        "Não resta banda suficiente para a transação."
        "Not enough bandwidth is left for the transaction."
    211 ACCOUNT_MAX_TRIES
        "O número máximo de tentativas foi excedido."
        "The maximum number of tries was exceeded."
    212 ACCOUNT_NO_CREDIT
        "O uso do certificado é pago e não há mais crédito."
        "The use of the certificate is paid for, and no credit is left."
    218 USERS_EXCEEDED_MAXIMUM_ALLOWED
        "Os acessos contratados ao PSC se esgotaram."
        "The accesses to the PSC that were contracted are used up."
    220 ACCESS_NOT_AUTHORIZED
        "A aplicação é desconhecida ou suas credenciais estão erradas."
        "The application is unknown, or its credentials are wrong."
    221 ACCESS_NO_HANDSHAKE
        "É preciso negociar antes as assinaturas XML das mensagens."
        "XML signatures of the messages have to be negotiated first."
    222 ACCESS_NO_SPECIFIED
        "O mecanismo de autenticação não foi informado."
        "The authentication mechanism was not given."
    223 TRANSACTION_NOT_AUTHORIZED
        "A transação não foi autorizada; o motivo vem no detalhe."
        "The transaction was not authorized; the detail tells why."
    224 ERROR_DURING_AUTHENTICATION
        "Erro inesperado do serviço ao processar o pedido."
        "Unexpected error of the service while it processed the request."
    230 USER_NO_DEVICE
        "O usuário não tem aparelho cadastrado."
        "The user has no registered device."
    231 DEVICE_NO_CERTIFICATE
        "Não há certificado no aparelho do usuário."
        "There is no certificate on the user's device."
    232 DEVICE_REMOVED_FROM_POLLING
        "O aparelho deixou de consultar o serviço."
        "The device no longer polls the service."
    249 TOKEN_VALIDITY_INVALID
        "O token está fora do seu prazo de validade."
        "The token is outside its time of validity."
    250 INVALID_ACCESS_TOKEN
        "O token de acesso é inválido."
        "The access token is invalid."
    300 NETWORK_ERROR
        "Não foi possível contatar o aparelho do usuário."
        "The user's device could not be contacted."
    301 TIMEOUT
        "O PSC não respondeu a tempo."
        "The PSC did not answer in time."
    310 TRANSACTION_NOT_FOUND
        "A transação é desconhecida ou já expirou."
        "The transaction is unknown or has expired."
    311 IDENTIFIER_NOT_FOUND
        "O usuário é desconhecido."
        "The user is unknown."
    312 SERVICE_NOT_FOUND
        "O serviço adicional não foi encontrado."
        "The additional service was not found."
    320 MOBILE_SIGNATURE_ERROR
        "Erro no aparelho durante a assinatura."
        "Error on the device while signing."
    321 MOBILE_CERTIFICATE_ERROR
        "Erro no aparelho durante a geração do certificado."
        "Error on the device while generating the certificate."
    400 USER_CANCELED
        "O titular cancelou a transação."
        "The holder cancelled the transaction."
    410 MESSAGE_BAD_INTEGRITY
        "A verificação de integridade da mensagem falhou."
        "The integrity check of the message failed."
    411 MESSAGE_BAD_AUTHENTICATION
        "A autenticação da mensagem falhou."
        "The authentication of the message failed."
    412 MESSAGE_BAD_ENCRYPTION
        "A mensagem não pôde ser decifrada."
        "The message could not be decrypted."
    413 MESSAGE_BAD_ENCODING
        "A mensagem não pôde ser decodificada."
        "The message could not be decoded."
    414 MESSAGE_EXPIRED
        "A mensagem expirou."
        "The message has expired."
    420 MESSAGE_WRONG_VERSION
        "A versão da mensagem não serve ao destinatário."
        "The version of the message does not suit its receiver."
    421 MESSAGE_MISSING_KEY
        "O destinatário esperava uma chave simétrica."
        "The receiver expected a symmetric key."
    422 MESSAGE_UNEXPECTED_KEY
        "O destinatário não esperava uma chave simétrica."
        "The receiver did not expect a symmetric key."
    423 MESSAGE_UNEXPECTED
        "A mensagem não era esperada neste momento."
        "The message was not expected at this moment."
    424 KEY_EXPIRED
        "A chave de autenticação expirou."
        "The authentication key has expired."
    425 KEY_REJECTED
        "A nova chave não é aceitável."
        "The new key is not acceptable."
    430 MESSAGE_NOT_FOUND
        "A mensagem não está no aparelho ou foi apagada."
        "The message is not on the device, or was deleted."
    431 USER_NOT_FOUND
        "Não há usuário móvel com esta identificação."
        "There is no mobile user of this identification."
    440 INTERNAL_ERROR
        "Erro interno do serviço."
        "Internal error of the service."
    450 SERVICE_CANT_ACTIVATE
        "O serviço adicional não pode ser ativado para este aparelho ou esta empresa."
        "The additional service cannot be activated for this device or this company."
    451 SERVICE_CANT_USE
        "O serviço adicional não é permitido ou não é suportado."
        "The additional service is not allowed or not supported."
    452 SERVICE_WAS_ACTIVATED
        "O serviço adicional já estava ativado."
        "The additional service was activated already."
    500 PLATFORM_NOT_FOUND
        "A plataforma não foi encontrada."
        "The platform was not found."
    501 TOKEN_WRONG
        "O token está errado."
        "The token is wrong."
    502 IDENTIFIER_INVALID
        "O identificador único é inválido."
        "The unique identifier is invalid."
    503 IDENTIFIER_DUPLICATED
        "O identificador único já está cadastrado."
        "The unique identifier is registered already."
    600 CERTIFICATE_INVALID
        "O certificado é inválido, ou não serve à política pedida."
        "The certificate is invalid, or does not suit the policy that was asked for."
    601 CSR_INVALID
        "O pedido de certificado (CSR) é inválido."
        "The certificate signing request (CSR) is invalid."
    602 CRL_INVALID
        "A lista de certificados revogados (LCR) é inválida."
        "The certificate revocation list (CRL) is invalid."
    603 CERTIFICATE_MALFORMED
        "O certificado X.509 não pôde ser lido."
        "The X.509 certificate could not be read."
    604 CERTIFICATE_REVOKED
        "O certificado está revogado."
        "The certificate is revoked."
    605 CERTIFICATE_EXPIRED
        "O certificado está vencido."
        "The certificate has expired."
    606 CERTIFICATE_NOT_IN_EFFECT
        "O certificado ainda não está em vigor."
        "The certificate is not in effect yet."
    607 CERTIFICATE_BLOCKED
        "O certificado está bloqueado ou tem uma operação pendente."
        "The certificate is blocked, or has an operation pending."
    608 CERTIFICATE_NOT_TRUSTED
        "O certificado é de uma autoridade desconhecida ou não confiável."
        "The certificate is of an authority that is unknown or not trusted."
    609 KEY_SIZE_INVALID
        "O tamanho da chave do certificado não é suportado."
        "The size of the certificate's key is not supported."
    610 CRL_UNAVAILABLE
        "A lista de certificados revogados (LCR) não pôde ser baixada."
        "The certificate revocation list (CRL) could not be downloaded."
    620 CERTIFICATE_NOT_FOUND
        "Nenhum certificado foi encontrado."
        "No certificate was found."
    621 CHAIN_NOT_FOUND
        "A cadeia de confiança do certificado não foi encontrada."
        "The certificate's chain of trust was not found."
    622 KEY_NOT_FOUND
        "A chave privada do certificado não foi encontrada."
        "The certificate's private key was not found."
    630 CARD_ERROR
        "Erro do cartão durante a operação."
        "Error of the smart card during the operation."
    631 CARD_PIN_BLOCKED
        "O PIN do cartão está bloqueado."
        "The PIN of the smart card is blocked."
    632 CARD_BLOCKED
        "O cartão está bloqueado para sempre."
        "The smart card is blocked for ever."
    633 CARD_NOT_PRESENT
        "O cartão não está conectado ao aparelho."
        "The smart card is not connected to the device."
    640 PIN_WRONG
        "O PIN está errado."
        "The PIN is wrong."
    650 CERTIFICATE_CANT_REVOKE
        "O certificado não pode ser revogado."
        "The certificate cannot be revoked."
    660 CERTIFICATE_DUPLICATED
        "O certificado já está no banco de dados do serviço."
        "The certificate is in the service's database already."
    661 CERTIFICATE_WRONG_SUBJECT
        "O usuário não é o titular do certificado."
        "The user is not the holder of the certificate."
    662 KEY_MISMATCH
        "A chave pública do certificado não é a do pedido (CSR)."
        "The certificate's public key is not that of the request (CSR)."
    700 SIGNATURE_INVALID
        "A assinatura é inválida."
        "The signature is invalid."
    701 SIGNATURE_CANT_VALIDATE
        "Certificado, política ou carimbo do tempo estão danificados ou errados."
        "Certificate, policy or time stamp are damaged or wrong."
    702 ERROR_ON_PREPARE_SIGNATURE
        "Há um problema com o hash do documento."
        "There is a problem with the document's hash."
    710 TEMPLATE_NOT_FOUND
        "O modelo não existe."
        "The template does not exist."
    711 DOCUMENT_NOT_FOUND
        "O documento não está no serviço; é preciso enviá-lo antes."
        "The document is not in the service; it has to be uploaded first."
    712 WRONG_DOCUMENT_HASH
        "O documento baixado do endereço tem outro hash."
        "The document downloaded from the address has another hash."
    713 WRONG_DOCUMENT_TYPE
        "O tipo do documento não corresponde ao padrão pedido (XML ou PDF)."
        "The document's type does not suit the standard that was asked for (XML or PDF)."
    720 XMLDSIG_EMPTY_ELEMENT_LIST
        "A lista de elementos do XML a assinar está vazia."
        "The list of XML elements to be signed is empty."
    721 XMLDSIG_ELEMENTS_WITHOUT_ATTRIBUTE_ID
        "Há elementos do XML sem o atributo de identificação."
        "There are XML elements without the identifying attribute."
    722 XMLDSIG_SAME_ID_FOR_MULTIPLE_ELEMENTS
        "Vários elementos do XML têm a mesma identificação."
        "Several XML elements have the same identifier."
    723 XMLDSIG_NO_ELEMENT_FOUND
        "Nenhum dos elementos foi encontrado no XML."
        "None of the elements was found in the XML."
    800 CONTRACT_NOT_FOUND
        "O contrato não foi encontrado."
        "The contract was not found."
    801 DUPLICATED_ACCOUNT
        "O CPF do usuário já está nesta lista."
        "The user's CPF is in this list already."
    802 MAX_ACCOUNTS_REACHED
        "O contrato atingiu o número máximo de contas."
        "The contract has reached its maximum number of accounts."
    803 ACCOUNT_NOT_REGISTERED
        "A conta não está no contrato da empresa."
        "The account is not in the company's contract."
    807 INVALID_CREDENTIALS
        "As credenciais da autorização são inválidas."
        "The credentials of the authorization are invalid."
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_sorted_and_none_is_there_twice() {
        assert!(CODES.is_sorted_by(|one, next| one.number < next.number));
        for code in &CODES {
            assert_eq!(Code::find(code.number), Some(code));
            assert_eq!(Code::named(code.name), Some(code), "a name twice");
        }
    }

    #[test]
    fn an_unknown_number_is_none() {
        for number in [0, 99, 101, 199, 208, 804, 808, 999, u16::MAX] {
            assert_eq!(Code::find(number), None);
        }
    }

    #[test]
    fn the_code_of_a_refusal_is_the_number_that_it_begins_with() {
        let number = |code| Code::number_of(&Refusal::new(400, code, ""));
        assert_eq!(number("711 DOCUMENT_NOT_FOUND"), Some(711));
        assert_eq!(number("711"), Some(711));
        assert_eq!(number("999 NEW"), Some(999));
        assert_eq!(Code::of(&Refusal::new(400, "999 NEW", "")), None);
        for word in ["", "invalid_grant", "711_X", "-1", "70000", " 711"] {
            assert_eq!(number(word), None, "{word}");
        }
    }

    #[test]
    fn both_names_of_a_code_are_known() {
        let number = |name| Code::named(name).map(|code| code.number);
        assert_eq!(number("PIN_WRONG"), Some(640));
        assert_eq!(number("wrong_pin"), Some(640));
        assert_eq!(number("XMLDSIG_ELEMENTS_WITHOUT_ATRIBUTE_ID"), Some(721));
        assert_eq!(number("NO_SUCH_CODE"), None);
    }

    #[test]
    fn what_went_well_needs_no_advice_and_all_else_does() {
        for code in &CODES {
            assert_eq!(code.advice.is_none(), code.number < 200, "{}", code.number);
        }
    }

    #[test]
    fn meanings_are_whole_sentences_in_both_languages() {
        for code in &CODES {
            for language in [Language::Portuguese, Language::English] {
                let text = code.text(language);
                assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{text}");
            }
            assert_ne!(code.portuguese, code.english);
        }
    }
}
