"""Reads who calls whom out of an image that was linked with its relocations kept (`--emit-relocs`)."""

import struct
import subprocess

from mangling import path

SYMBOLS = 2
SECTION = 3
RELOCATIONS = 9


def calls(image, file):
    """Each call, or taking of an address: the functions that it stands in, innermost first, and what
    is called. Functions that the compiler put into others are among them, out of the debug lines."""
    sites = list(references(image))
    lines = subprocess.run(
        ["addr2line", "--inlines", "--functions", "--addresses", "--target=elf32-little", "-e", file],
        input="\n".join(hex(place) for place, _ in sites), check=True, capture_output=True, text=True,
    ).stdout.splitlines()
    frames = []
    for line in lines:
        if line.startswith("0x"):
            frames.append([])
            names = True
        else:
            # After each name stands its file, which is nobody's business here.
            if names:
                frames[-1].append(line)
            names = not names
    for (_, target), names in zip(sites, frames, strict=True):
        yield [readable(name) for name in names], readable(target), names[-1], target


def references(image):
    """The place of each reference to a named thing, and its name."""
    header = next(header for _, header in image.sections if header[1] == SYMBOLS)
    names = image.sections[header[6]][1][4]
    for name, relocations in image.sections:
        if relocations[1] != RELOCATIONS or not name.startswith((".rel.text", ".rel.rodata", ".rel.data")):
            continue
        for entry in range(relocations[4], relocations[4] + relocations[5], 8):
            place, target = struct.unpack_from("<II", image.bytes, entry)
            symbol = header[4] + 16 * (target >> 8)
            text, _, _, kind = struct.unpack_from("<IIIB", image.bytes, symbol)
            if text and kind & 15 != SECTION:
                yield place, image.text(names + text)


def readable(name):
    """The path of a mangled name, without types."""
    return "::".join(part for part in path(name) if part) if name.startswith("_R") else name
