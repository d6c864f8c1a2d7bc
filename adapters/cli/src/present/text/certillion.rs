//! What is said of Certillion alone.

use super::texts;

texts! {
    no_psc_answers(holder) {
        "Nenhum serviço de confiança respondeu por {holder}."
        "No trust service answered for {holder}."
    }
    psc_does_not_tell(psc) {
        "{psc} não disse se conhece o titular."
        "{psc} did not tell whether it knows the holder."
    }
    pscs_not_read() {
        "Não se lê a lista na resposta:"
        "The list cannot be made out in the reply:"
    }
    signer_besides() {
        "(certificado do próprio titular, pelo aplicativo)"
        "(the holder's own certificate, by the application)"
    }
    service_says_valid() {
        "o serviço diz que é válido"
        "the service says that it is valid"
    }
    service_says_invalid() {
        "o serviço diz que não é válido"
        "the service says that it is not valid"
    }
    service_does_not_say() {
        "o serviço não diz se é válido"
        "the service does not say whether it is valid"
    }
    only_signer_is_left(signer) {
        "Resta {signer}: um certificado do próprio titular, pelo aplicativo, se houver (--psc {signer})."
        "{signer} is left: a certificate of the holder's own, by the application, if there is one (--psc {signer})."
    }
    signed_and_not_fetched() {
        "assinado, mas não buscado"
        "signed, and not fetched"
    }
    fetch_with(transaction) {
        "Para buscá-lo, com o --psc da assinatura: rubrica certillion download {transaction}"
        "To fetch it, with the --psc that it was signed with: rubrica certillion download {transaction}"
    }
    fetched_alone() {
        "não conferido: use `rubrica verify`"
        "not verified: use `rubrica verify`"
    }
}
