//! The contract that the demonstration signs: one page, made here, about nobody.

use core::fmt::Write;

/// A contract to be signed by a synthetic holder, as a PDF.
pub(super) fn contract(name: &str, holder: &str) -> Vec<u8> {
    let mut page = Page::default();
    page.rectangle(INK, 0.0, 742.0, 595.0, 100.0);
    page.rectangle(ACCENT, 0.0, 738.0, 595.0, 4.0);
    page.text(Font::Bold, 22.0, PAPER, 64.0, 796.0, "Contrato de Prestação de Serviços");
    page.text(
        Font::Regular,
        10.5,
        PALE,
        64.0,
        774.0,
        "Nº 001/2026 · documento de demonstração, sem valor legal",
    );

    page.text(Font::Bold, 8.5, ACCENT, 64.0, 706.0, "CONTRATANTE");
    page.text(Font::Bold, 11.5, INK, 64.0, 690.0, name);
    page.text(Font::Regular, 10.0, GREY, 64.0, 676.0, &format!("CPF {holder}"));
    page.text(Font::Bold, 8.5, ACCENT, 320.0, 706.0, "CONTRATADA");
    page.text(Font::Bold, 11.5, INK, 320.0, 690.0, "EMPRESA SINTETICA LTDA");
    page.text(Font::Regular, 10.0, GREY, 320.0, 676.0, "Pessoa jurídica fictícia");
    page.rectangle(RULE, 64.0, 658.0, 467.0, 0.7);

    let mut y = 630.0;
    for (title, lines) in CLAUSES {
        page.text(Font::Bold, 11.0, INK, 64.0, y, title);
        y -= 17.0;
        for line in *lines {
            page.text(Font::Regular, 10.5, GREY, 64.0, y, line);
            y -= 15.0;
        }
        y -= 12.0;
    }
    page.text(
        Font::Regular,
        10.5,
        INK,
        64.0,
        y - 4.0,
        "São Paulo, na data da assinatura eletrônica.",
    );

    page.rectangle(RULE, 64.0, 120.0, 210.0, 0.7);
    page.text(Font::Regular, 9.0, GREY, 64.0, 106.0, "Assinado eletronicamente conforme");
    page.text(Font::Regular, 9.0, GREY, 64.0, 94.0, "a MP 2.200-2/2001 e a Lei 14.063/2020.");
    page.text(Font::Regular, 8.0, RULE, 64.0, 40.0, "Página 1 de 1");
    page.into_pdf("Contrato de Prestação de Serviços")
}

const CLAUSES: &[(&str, &[&str])] = &[
    (
        "Cláusula 1ª – Do objeto",
        &[
            "A CONTRATADA prestará à CONTRATANTE serviços de manutenção de um jardim imaginário,",
            "com ipês, jabuticabeiras e um pé de maracujá, em endereço que não existe.",
        ],
    ),
    (
        "Cláusula 2ª – Do preço",
        &[
            "Pela execução dos serviços serão pagas doze prestações mensais de R$ 0,00 (zero real),",
            "sem acréscimos, até o quinto dia útil de cada mês.",
        ],
    ),
    (
        "Cláusula 3ª – Da vigência",
        &[
            "Este contrato vigora enquanto durar a demonstração e extingue-se, sem ônus e sem saudade,",
            "quando o arquivo for apagado.",
        ],
    ),
    (
        "Cláusula 4ª – Da assinatura",
        &[
            "As partes aceitam como válida a assinatura com certificado ICP-Brasil guardado em nuvem.",
            "O documento não sai do computador de quem o assina: viaja apenas o seu resumo criptográfico.",
        ],
    ),
    (
        "Cláusula 5ª – Do foro",
        &["Fica eleito o foro da comarca mais próxima do coração, com renúncia a qualquer outro."],
    ),
];

type Colour = (f32, f32, f32);

const INK: Colour = (0.09, 0.14, 0.25);
const ACCENT: Colour = (0.93, 0.67, 0.20);
const PAPER: Colour = (1.0, 1.0, 1.0);
const PALE: Colour = (0.78, 0.83, 0.92);
const GREY: Colour = (0.25, 0.28, 0.34);
const RULE: Colour = (0.66, 0.70, 0.77);

#[derive(Clone, Copy)]
enum Font {
    Regular,
    Bold,
}

/// A page being drawn, in points from its lower left corner.
#[derive(Default)]
struct Page {
    content: String,
}

impl Page {
    fn rectangle(&mut self, (red, green, blue): Colour, x: f32, y: f32, width: f32, height: f32) {
        let drawing = format!("{red} {green} {blue} rg {x} {y} {width} {height} re f\n");
        self.content.push_str(&drawing);
    }

    fn text(&mut self, font: Font, size: f32, colour: Colour, x: f32, y: f32, words: &str) {
        let (red, green, blue) = colour;
        let font = match font {
            Font::Regular => "F1",
            Font::Bold => "F2",
        };
        let words = literal(words);
        let drawing =
            format!("BT {red} {green} {blue} rg /{font} {size} Tf {x} {y} Td {words} Tj ET\n");
        self.content.push_str(&drawing);
    }

    fn into_pdf(self, title: &str) -> Vec<u8> {
        let font =
            |name| format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>");
        let content = latin(&self.content);
        let mut stream = format!("<</Length {}>>\nstream\n", content.len()).into_bytes();
        stream.extend(content);
        stream.extend(b"endstream");
        let objects: [Vec<u8>; 7] = [
            b"<</Type/Catalog/Pages 2 0 R/Lang(pt-BR)>>".to_vec(),
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>".to_vec(),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
              /Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>"
                .to_vec(),
            stream,
            font("Helvetica").into_bytes(),
            font("Helvetica-Bold").into_bytes(),
            latin(&format!("<</Title{}/Producer(Rubrica)>>", literal(title))),
        ];
        let mut pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for (place, object) in objects.iter().enumerate() {
            // A string takes whatever is written to it.
            let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
            pdf.extend(format!("{} 0 obj\n", place + 1).into_bytes());
            pdf.extend(object);
            pdf.extend(b"\nendobj\n");
        }
        let start = pdf.len();
        let trailer = format!(
            "{table}trailer\n<</Size {}/Root 1 0 R/Info 7 0 R>>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        );
        pdf.extend(trailer.into_bytes());
        pdf
    }
}

/// A string object.
fn literal(words: &str) -> String {
    let mut literal = String::from("(");
    for character in words.chars() {
        if matches!(character, '(' | ')' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal + ")"
}

/// Words in WinAnsiEncoding, which is Latin-1 but for what Portuguese typography adds.
fn latin(words: &str) -> Vec<u8> {
    words
        .chars()
        .map(|character| match character {
            '–' => 0x96,
            other => u8::try_from(u32::from(other)).unwrap_or(b'?'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_is_a_pdf_that_can_be_signed() {
        let pdf = contract("FULANA SINTETICA DE TESTE", "***.444.777-**");
        let found = rubrica::pdf::inspect(&pdf).unwrap();
        assert_eq!((found.pages, found.signatures.len()), (1, 0));
        assert!(!pdf.contains(&b'?'), "a character is not in WinAnsiEncoding");
        assert!(pdf.windows(11).any(|window| window == b"Presta\xE7\xE3o d"));
    }
}
