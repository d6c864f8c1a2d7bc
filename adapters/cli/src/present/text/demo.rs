//! The words of `rubrica demo`.

use super::texts;

texts! {
    demo_title() {
        "Uma assinatura ICP-Brasil em nuvem, do começo ao fim."
        "An ICP-Brasil cloud signature, from beginning to end."
    }
    demo_premise() {
        "O serviço é emulado e as pessoas são fictícias; HTTPS, chaves e assinaturas\nsão de verdade. Nada aqui tem valor legal."
        "The service is emulated and the people are synthetic; HTTPS, keys and\nsignatures are real. Nothing here has any legal value."
    }
    demo_document() { "O documento" "The document" }
    demo_push() { "Assinar com um aviso no celular (push)" "Sign by a notification on the phone (push)" }
    demo_qr() { "Assinar com um QR Code" "Sign by a QR code" }
    demo_checks() { "Conferir" "Check" }
    demo_end() { "Pronto" "Done" }
    demo_page(bytes) { "uma página, {bytes}" "one page, {bytes}" }
    demo_holder() { "quem assina" "who signs" }
    demo_service() { "serviço" "service" }
    demo_stays() {
        "O PDF não sai daqui: só viaja o resumo, 32 bytes."
        "The PDF does not leave this machine: only its digest travels, 32 bytes."
    }

    lane_here() { "rubrica" "rubrica" }
    lane_service() { "serviço" "service" }
    lane_phone() { "celular" "phone" }
    step_authorize() { "pede autorização" "asks for approval" }
    step_notify() { "avisa" "notifies" }
    step_not_yet() { "ainda não (304)" "not yet (304)" }
    step_approved() { "autoriza" "approves" }
    step_code() { "aqui está o código" "here is the code" }
    step_token() { "código + PKCE → token" "code + PKCE → token" }
    step_digest() { "resumo SHA-256" "SHA-256 digest" }
    step_certificate() { "certificado" "certificate" }
    step_signature() { "assinatura (RAW)" "signature (RAW)" }
    step_page() { "abre a página" "opens the page" }
    step_redirect() { "o navegador volta" "the browser returns" }
    step_embedded() {
        "conferida e posta no PDF"
        "checked and put into the PDF"
    }
    demo_scan_this() {
        "Com um serviço de verdade, é este código que o titular lê:"
        "With a real service, this is the code that the holder scans:"
    }
    demo_plays_phone() {
        "O celular é emulado também: autoriza sozinho, depois de um instante."
        "The phone is emulated too: it approves by itself, after a moment."
    }
    demo_plays_browser() {
        "Aqui o celular e o navegador são representados pelo próprio programa."
        "Here the program itself plays the phone and the browser."
    }
    demo_go_and_approve(url) {
        "Autorize em {url}\n(o navegador avisa que não conhece o certificado: é o do serviço emulado)"
        "Approve at {url}\n(the browser warns of an unknown certificate: it is the emulated service's)"
    }
    demo_open_yourself(url) {
        "Abra este endereço no navegador, e o celular em {url}"
        "Open this address in a browser, and the phone at {url}"
    }
    demo_original_kept() {
        "O original é, byte a byte, o começo do PDF assinado."
        "The original is, byte for byte, the beginning of the signed PDF."
    }
    demo_summary(count, seconds) {
        "{count} documentos assinados e conferidos em {seconds} s. Estão em:"
        "{count} documents signed and checked in {seconds} s. They are in:"
    }
    demo_original() { "o contrato" "the contract" }
    demo_by_push() { "assinado por push" "signed by push" }
    demo_by_qr() { "assinado por QR Code" "signed by QR code" }
    demo_revoked() { "os certificados revogados" "the revoked certificates" }
    demo_trust() { "a raiz a conferir" "the root to check against" }
    demo_next() { "Daqui em diante:" "From here:" }
    demo_next_verify() { "confere outra vez" "checks again" }
    demo_next_sandbox() { "o serviço emulado, para o seu programa" "the emulated service, for your program" }
    demo_next_providers() { "os serviços de verdade" "the real services" }
    demo_differs() {
        "o PDF assinado não começa com o original"
        "the signed PDF does not begin with the original"
    }
    demo_unverified(file) {
        "{file} não passou na conferência"
        "{file} did not pass the check"
    }
}
