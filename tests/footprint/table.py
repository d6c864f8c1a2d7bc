"""Writes the figures as tables into the READMEs, between two marks."""

import re

MARKS = re.compile(r"(<!-- footprint -->\n).*?(<!-- /footprint -->)", re.DOTALL)


class Language:
    """A README and its words."""

    def __init__(self, file, separator, images, columns, types, source):
        self.file = file
        self.separator = separator
        self.images = images
        self.columns = columns
        self.types = types
        self.source = source

    def number(self, value):
        return f"{value:,}".replace(",", self.separator)


LANGUAGES = [
    Language(
        "README.md",
        ",",
        {
            "pkce": "PKCE alone",
            "push": "permission by push",
            "push_raw": "permission by push, and a RAW signature",
            "cades": "an AD-RB signature around a RAW one",
            "certillion": "four documents uploaded, signed and fetched, at Certillion",
            "http": "permission and a RAW signature over HTTP (`rubrica-device`)",
            "tls": "the same over TLS 1.3, whole ([`examples/firmware`](examples/firmware/README.md))",
        },
        ["bytes", "flash", "of it `rubrica-core`", "static memory", "stack"],
        "Bytes of the values that a firmware keeps",
        "measured with",
    ),
    Language(
        "README.pt-BR.md",
        ".",
        {
            "pkce": "só PKCE",
            "push": "autorização por push",
            "push_raw": "autorização por push e uma assinatura RAW",
            "cades": "uma assinatura AD-RB em torno de uma RAW",
            "certillion": "quatro documentos enviados, assinados e buscados, na Certillion",
            "http": "autorização e assinatura RAW por HTTP (`rubrica-device`)",
            "tls": "o mesmo por TLS 1.3, inteiro ([`examples/firmware`](examples/firmware/README.md))",
        },
        ["bytes", "flash", "dos quais `rubrica-core`", "memória estática", "pilha"],
        "Bytes dos valores que um firmware guarda",
        "medido com",
    ),
]


def write(root, figures):
    for language in LANGUAGES:
        file = root / language.file
        text = file.read_text()
        table = "\n".join(lines(language, figures))
        written = MARKS.sub(lambda marks: f"{marks[1]}{table}\n{marks[2]}", text)
        if table not in written:
            raise SystemExit(f"{language.file} has no marks for the table")
        file.write_text(written)


def lines(language, figures):
    number = language.number
    yield row(language.columns)
    yield row(["---"] + ["--:"] * (len(language.columns) - 1))
    for name, title in language.images.items():
        image = figures["images"][name]
        core = image["crates"].get("rubrica_core", 0)
        yield row([title, *map(number, (image["flash"], core, image["static"], image["stack"]))])
    yield ""
    sizes = ", ".join(f"`{name}` {number(size)}" for name, size in figures["types"].items())
    yield f"{language.types}: {sizes} ({language.source} {figures['compiler']})."


def row(cells):
    return f"| {' | '.join(cells)} |"
