//! The values of a visible signature's options.
//!
//! Sixteen of them stand on the API page in a translation and are repaired here; for each list
//! there is `Other` with the word that the service wants in its place.

/// Declares an option whose values are words.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident { $($(#[$note:meta])* $value:ident = $word:literal,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name<'a> {
            $($(#[$note])* #[doc = concat!("`", $word, "`.")] $value,)*
            /// A word that this library does not know.
            Other(&'a str),
        }

        impl<'a> $name<'a> {
            /// The values that are known; the first is the service's default.
            pub const KNOWN: &'static [$name<'static>] = &[$($name::$value),*];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'a str {
                match self {
                    $(Self::$value => $word,)*
                    Self::Other(word) => word,
                }
            }

            /// The value of a word.
            #[must_use]
            pub fn from_wire(word: &'a str) -> Self {
                match word {
                    $($word => Self::$value,)*
                    _ => Self::Other(word),
                }
            }
        }
    };
}

words! {
    /// Where the picture stands in the signature. Unsure: all five, but for their meaning.
    ImagePosition {
        Left = "LEFT",
        Right = "RIGHT",
        Top = "TOP",
        Bottom = "BOTTOM",
        /// Behind the text.
        Background = "BACKGROUND",
    }
}

words! {
    /// Where the signature stands on the page. Unsure: all but the first two, and those of the
    /// middle row most of all.
    PagePosition {
        TopLeft = "TOP_LEFT",
        TopCenter = "TOP_CENTER",
        TopRight = "TOP_RIGHT",
        CenterLeft = "CENTER_LEFT",
        Middle = "MIDDLE",
        CenterRight = "CENTER_RIGHT",
        BottomLeft = "BOTTOM_LEFT",
        BottomCenter = "BOTTOM_CENTER",
        BottomRight = "BOTTOM_RIGHT",
    }
}

words! {
    /// How the text is aligned. Unsure: all three, but for their meaning.
    TextAlignment {
        Left = "LEFT",
        Right = "RIGHT",
        Center = "CENTER",
    }
}

words! {
    /// The text's font.
    TextFont {
        Helvetica = "HELVETICA",
        TimesRoman = "TIMES_ROMAN",
        Courier = "COURIER",
    }
}

words! {
    /// How the signature is turned. Unsure: the first.
    Rotation {
        None = "NONE",
        Quarter = "ROTATION_90",
        Half = "ROTATION_180",
        ThreeQuarters = "ROTATION_270",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written_and_others_are_kept() {
        for position in PagePosition::KNOWN {
            assert_eq!(PagePosition::from_wire(position.as_str()), *position);
        }
        let other = PagePosition::from_wire("MIDDLE_LEFT");
        assert_eq!(other, PagePosition::Other("MIDDLE_LEFT"));
        assert_eq!(other.as_str(), "MIDDLE_LEFT");
        assert_eq!(Rotation::from_wire("ROTATION_90"), Rotation::Quarter);
    }
}
