#!/usr/bin/env python3
"""Draws what a command shows in a terminal of 80 columns: the README's picture of the demo.

    tests/picture.py OUT.png FIRST-LAST COMMAND...

Needs pyte and Pillow, and the DejaVu fonts. FIRST-LAST are the lines to draw, counted from 1.
"""

import os
import pty
import sys

import pyte
from PIL import Image, ImageDraw, ImageFont

COLUMNS, ROWS, SIZE, MARGIN = 80, 400, 18, 24
FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
BACKGROUND, TEXT = "#11151c", "#d8dee9"
COLOURS = {
    "default": TEXT, "black": "#3b4252", "red": "#e06c75", "green": "#8fbf7f", "brown": "#e5c07b",
    "blue": "#81a1c1", "magenta": "#b48ead", "cyan": "#88c0d0", "white": "#eceff4",
    "brightblack": "#6b7689",
}


def run(command):
    """The screen after the command has run in a terminal of its own."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS), LINES="50")
        os.execvp(command[0], command)
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the command has gone
            break
        if not piece:
            break
        stream.feed(piece)
    os.waitpid(child, 0)
    return screen


def colour(name, default):
    if name == "default":
        return default
    return COLOURS.get(name, f"#{name}" if len(name) == 6 else default)


def draw(screen, first, last):
    fonts = {bold: ImageFont.truetype(FONTS.format("-Bold" if bold else ""), SIZE) for bold in (False, True)}
    width = round(fonts[False].getlength("M" * 100) / 100)
    height = round(SIZE * 1.25)
    lines = range(first - 1, last)
    image = Image.new("RGB", (COLUMNS * width + 2 * MARGIN, len(lines) * height + 2 * MARGIN), BACKGROUND)
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        for column in range(COLUMNS):
            cell = screen.buffer[line][column]
            left, top = MARGIN + column * width, MARGIN + row * height
            front, back = colour(cell.fg, TEXT), colour(cell.bg, BACKGROUND)
            if cell.reverse:
                front, back = back, front
            box = (left, top, left + width - 1, top + height - 1)
            if back != BACKGROUND:
                pen.rectangle(box, fill=back)
            half = top + height // 2
            # Blocks are drawn, so that a QR code has no seams.
            blocks = {"█": [box], "▀": [(left, top, box[2], half - 1)], "▄": [(left, half, box[2], box[3])]}
            if cell.data in blocks:
                for block in blocks[cell.data]:
                    pen.rectangle(block, fill=front)
            elif cell.data.strip():
                pen.text((left, top), cell.data, fill=front, font=fonts[cell.bold])
    return image


def main():
    out, lines, *command = sys.argv[1:]
    first, last = (int(number) for number in lines.split("-"))
    screen = run(command)
    draw(screen, first, last).save(out, optimize=True)
    for number, text in enumerate(screen.display[:last], 1):
        print(f"{number:3} {text.rstrip()}")


if __name__ == "__main__":
    main()
