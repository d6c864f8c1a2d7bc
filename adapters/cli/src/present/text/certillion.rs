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
    fetched_alone() {
        "não conferido: use `rubrica verify`"
        "not verified: use `rubrica verify`"
    }
}
