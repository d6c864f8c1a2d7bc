//! What a browser is answered.

use core::fmt;

/// A page, in Portuguese and in English.
pub(super) struct Page {
    status: &'static str,
    portuguese: &'static str,
    english: &'static str,
}

pub(super) const ACCEPTED: Page = Page {
    status: "200 OK",
    portuguese: "Tudo certo. Pode fechar esta janela e voltar ao programa.",
    english: "All done. You can close this window and go back to the program.",
};

pub(super) const REFUSED: Page = Page {
    status: "400 Bad Request",
    portuguese: "Esta resposta não pertence ao pedido em andamento. Volte ao programa.",
    english: "This answer does not belong to the request under way. Go back to the program.",
};

pub(super) const BAD_REQUEST: Page =
    Page { status: "400 Bad Request", portuguese: "Pedido inválido.", english: "Bad request." };

pub(super) const NOT_FOUND: Page = Page {
    status: "404 Not Found",
    portuguese: "Não há nada aqui.",
    english: "There is nothing here.",
};

pub(super) const METHOD_NOT_ALLOWED: Page = Page {
    status: "405 Method Not Allowed",
    portuguese: "Método não permitido.",
    english: "Method not allowed.",
};

pub(super) const TOO_LONG: Page = Page {
    status: "431 Request Header Fields Too Large",
    portuguese: "Pedido longo demais.",
    english: "Request too long.",
};

impl fmt::Display for Page {
    /// The whole reply. It brings nothing from elsewhere, is kept nowhere, and its address, which
    /// holds a code, is told to no one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, portuguese, english } = self;
        let body = format!(
            "<!doctype html>\n<html lang=\"pt-BR\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>Rubrica</title>\n<p>{portuguese}</p>\n<p lang=\"en\">{english}</p>\n</html>\n"
        );
        write!(
            formatter,
            "HTTP/1.1 {status}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {length}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'\r\n\
             X-Content-Type-Options: nosniff\r\n",
            length = body.len(),
        )?;
        if status.starts_with("405") {
            formatter.write_str("Allow: GET\r\n")?;
        }
        write!(formatter, "\r\n{body}")
    }
}
