"""Reads what an image weighs out of its ELF file, and whose its parts are."""

import struct
from collections import Counter

from mangling import path

# What stands in the flash of a device. The stack and the played service have sections of their own.
FLASH = (".vectors", ".vector_table", ".text", ".rodata", ".data")
STATIC = (".data", ".bss", ".uninit")


class Image:
    """A linked image of a 32-bit machine, little end first."""

    def __init__(self, file):
        self.bytes = file.read_bytes()
        assert self.bytes[:6] == b"\x7fELF\x01\x01", f"{file} is no image"
        start, = struct.unpack_from("<I", self.bytes, 32)
        size, count, names = struct.unpack_from("<HHH", self.bytes, 46)
        headers = [struct.unpack_from("<10I", self.bytes, start + size * each) for each in range(count)]
        texts = headers[names][4]
        self.sections = [(self.text(texts + header[0]), header) for header in headers]

    def text(self, place):
        return self.bytes[place : self.bytes.index(0, place)].decode()

    def size(self, names):
        return sum(header[5] for name, header in self.sections if name in names)

    def flash(self):
        return self.size(FLASH)

    def static(self):
        return self.size(STATIC)

    def symbols(self):
        """The name and the size of each function and constant in the flash."""
        for _, header in self.sections:
            if header[1] != 2:
                continue
            names = self.sections[header[6]][1][4]
            seen = set()
            for place in range(header[4], header[4] + header[5], 16):
                name, value, size, _, _, section = struct.unpack_from("<IIIBBH", self.bytes, place)
                if section >= len(self.sections) or self.sections[section][0] not in FLASH:
                    continue
                # Two functions of the same code are one, with two names.
                if size and value not in seen:
                    seen.add(value)
                    yield self.text(names + name), size

    def crates(self):
        """Bytes of flash by crate, the heaviest first; what has no name of its own comes last."""
        weights = Counter()
        for name, size in self.symbols():
            weights[owner(name)] += size
        rest = self.flash() - sum(weights.values())
        return dict(weights.most_common()) | {"constants": rest}


def owner(symbol):
    """The crate that a symbol comes from."""
    if symbol.startswith("_R"):
        return path(symbol)[0]
    if symbol.startswith("OUTLINED_FUNCTION"):
        return "shared pieces"
    if symbol in ("run", "reset", "VECTORS"):
        return "rubrica_footprint"
    return "compiler_builtins"
