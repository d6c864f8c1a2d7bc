//! The help of `rubrica certillion` in Portuguese.

/// What a command below it does.
pub(super) fn about(command: &str) -> Option<&'static str> {
    Some(match command {
        "sign" => "Assina documentos: são enviados, e voltam assinados",
        "resume" => "Retoma sessões interrompidas",
        "discover" => "Pergunta que serviços de confiança conhecem um titular",
        "pscs" => "Lista os serviços de confiança que há",
        "validate" => {
            "Pergunta ao serviço se as assinaturas de um arquivo valem; o arquivo é enviado"
        }
        "download" => "Busca de novo o que foi assinado em uma transação",
        _ => return None,
    })
}

/// What an option or argument is here that it is not elsewhere.
pub(super) fn particular(command: &str, name: &str) -> Option<&'static str> {
    Some(match (command, name) {
        ("sign", "otp") => {
            "Lê o código de uso único do titular da entrada padrão em vez de perguntar no navegador; \
             só com password_grant = true no perfil"
        }
        ("sign", "policy") => {
            "Política de assinatura: AD-RB, AD-RT, AD-RV, AD-RC ou AD-RA; se não se diz, AD-RB, e \
             nenhuma para PADES"
        }
        ("sign", "psc") => {
            "O serviço de confiança do titular: VAULTID, BIRDID…; o do perfil, se não se diz, ou \
             VAULTID"
        }
        ("discover", "psc") => {
            "Pergunta só a este serviço de confiança, e mostra os certificados do titular"
        }
        ("discover", "show_personal_data") => {
            "Mostra por inteiro números de pessoas, também dentro de um alias"
        }
        ("validate", "file") => "Um PDF assinado ou um CMS (.p7m, .p7s)",
        ("validate", "show_personal_data") => {
            "Mostra por inteiro números de pessoas, e a resposta do serviço como veio"
        }
        ("validate", "psc") => {
            "O serviço de confiança a cujo endereço se pergunta: CERTILLION_SIGNER tem o seu; o do \
             perfil, se não se diz"
        }
        ("download", "psc") => {
            "O serviço de confiança pelo qual foi assinado: o que CERTILLION_SIGNER assinou está em \
             outro endereço; o do perfil, se não se diz"
        }
        ("download", "out") => "Para onde vai; um arquivo com o nome da transação, se não se diz",
        ("download", "force") => "Substitui um arquivo que já existe",
        _ => return option(name),
    })
}

/// What an option is that only these commands have.
fn option(name: &str) -> Option<&'static str> {
    Some(match name {
        "contact" => "Como se fala com quem assina",
        "detached" => "Assinaturas à parte dos documentos, como FILE.p7s; não em PDFs",
        "signer_base_url" => {
            "O endereço do serviço para CERTILLION_SIGNER; o de --base-url, se não se diz"
        }
        "standard" => {
            "O que se faz dos documentos: PADES (PDF; para PDF, se não se diz), PADES_ICP_BR (PDF \
             com uma política da ICP-Brasil), XADES (XML; para XML), CADES (FILE.p7m, ou FILE.p7s \
             com --detached; para os outros)"
        }
        "transaction" => "A transação, como `sign` a disse",
        "visible" => {
            "Mostra a assinatura em uma página, com este texto; diz-se que o serviço escreve o nome \
             do titular por $CERT_CN_WO_CPF$ e a data por $SIGN_DATE$"
        }
        "visible_field" => "O campo de assinatura em que fica, em vez de página e lugar",
        "visible_font" => {
            "A fonte: HELVETICA (se não se diz), TIMES_ROMAN ou COURIER; outra palavra segue como está"
        }
        "visible_font_size" => "O tamanho da fonte; 10, se não se diz",
        "visible_height" => "A altura; 100, se não se diz",
        "visible_image" => "Uma imagem nela",
        "visible_image_position" => {
            "Onde fica a imagem; incertas: LEFT (se não se diz), RIGHT, TOP, BOTTOM, BACKGROUND; outra \
             palavra segue como está"
        }
        "visible_page" => "A página em que fica; 1, se não se diz",
        "visible_position" => {
            "Onde na página: TOP_LEFT (se não se diz), TOP_CENTER; incertas: TOP_RIGHT, CENTER_LEFT, \
             MIDDLE, CENTER_RIGHT, BOTTOM_LEFT, BOTTOM_CENTER, BOTTOM_RIGHT; outra palavra segue como \
             está"
        }
        "visible_width" => "A largura; 200, se não se diz",
        "visible_x" => "A distância da margem esquerda; 0, se não se diz",
        "visible_y" => "A distância da margem de baixo; 0, se não se diz",
        _ => return None,
    })
}
