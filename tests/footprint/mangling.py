"""Reads the path of an item out of its mangled name (Rust RFC 2603)."""

import re


def path(symbol):
    """The crate, the modules and the name of a symbol that begins with `_R`."""
    return Reader(symbol[2:]).path()


class Reader:
    """A mangled name, and a place in it."""

    def __init__(self, text, place=0):
        self.text = text
        self.place = place

    def take(self):
        self.place += 1
        return self.text[self.place - 1]

    def take_if(self, letter):
        found = self.text.startswith(letter, self.place)
        self.place += found
        return found

    def number(self):
        """A number to the base 62, up to its underscore."""
        end = self.text.index("_", self.place)
        digits, self.place = self.text[self.place : end], end + 1
        return int_62(digits) + 1 if digits else 0

    def disambiguator(self):
        if self.take_if("s"):
            self.number()

    def identifier(self):
        self.disambiguator()
        self.take_if("u")
        length = re.compile(r"0|[1-9][0-9]*").match(self.text, self.place).group()
        self.place += len(length)
        self.take_if("_")
        start = self.place
        self.place += int(length)
        return self.text[start : self.place]

    def back(self, read):
        """What stands at an earlier place."""
        return read(Reader(self.text, self.number()))

    def path(self):
        match self.take():
            case "C":
                return [self.identifier()]
            case "M":
                return self.implementation()
            case "X":
                found = self.implementation()
                self.path()
                return found
            case "Y":
                self.type()
                return self.path()
            case "N":
                self.take()
                return [*self.path(), self.identifier()]
            case "I":
                found = self.path()
                while not self.take_if("E"):
                    self.argument()
                return found
            case "B":
                return self.back(Reader.path)
        raise ValueError(self.text)

    def implementation(self):
        """Where an `impl` stands, and whatever it is for."""
        self.disambiguator()
        found = self.path()
        self.type()
        return found

    def argument(self):
        if self.take_if("L"):
            self.number()
        elif self.take_if("K"):
            self.constant()
        else:
            self.type()

    def type(self):
        letter = self.take()
        match letter:
            case "A":
                self.type()
                self.constant()
            case "S" | "P" | "O":
                self.type()
            case "R" | "Q":
                if self.take_if("L"):
                    self.number()
                self.type()
            case "T":
                while not self.take_if("E"):
                    self.type()
            case "F":
                self.function()
            case "D":
                self.binder()
                while not self.take_if("E"):
                    self.dynamic()
                self.take_if("L")
                self.number()
            case "B":
                self.back(Reader.type)
            case _ if letter in "CMXYNI":
                self.place -= 1
                self.path()
            # What is left are the letters of the basic types.

    def binder(self):
        if self.take_if("G"):
            self.number()

    def function(self):
        self.binder()
        self.take_if("U")
        if self.take_if("K") and not self.take_if("C"):
            self.identifier()
        while not self.take_if("E"):
            self.type()
        self.type()

    def dynamic(self):
        self.path()
        while self.take_if("p"):
            self.identifier()
            self.type()

    def constant(self):
        if self.take_if("B"):
            self.back(Reader.constant)
        elif not self.take_if("p"):
            self.type()
            self.take_if("n")
            self.place = self.text.index("_", self.place) + 1


def int_62(digits):
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    value = 0
    for digit in digits:
        value = value * 62 + letters.index(digit)
    return value
