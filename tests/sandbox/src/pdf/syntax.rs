//! PDF objects as bytes (ISO 32000-1 §7.3).

use std::io::Write;

use lopdf::{Dictionary, Object};

/// Appends an object. Streams are appended as their dictionary alone: none is rewritten here.
pub(crate) fn write_object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Boolean(true) => out.extend_from_slice(b"true"),
        Object::Boolean(false) => out.extend_from_slice(b"false"),
        Object::Integer(number) => text(out, &number.to_string()),
        Object::Real(number) => text(out, &format!("{number:?}")),
        Object::Name(name) => write_name(out, name),
        Object::String(bytes, _) => {
            text(out, &format!("<{}>", crate::random::hexadecimal(bytes)));
        }
        Object::Array(members) => {
            out.push(b'[');
            for (index, member) in members.iter().enumerate() {
                if index != 0 {
                    out.push(b' ');
                }
                write_object(out, member);
            }
            out.push(b']');
        }
        Object::Dictionary(dictionary) => write_dictionary(out, dictionary),
        Object::Stream(stream) => write_dictionary(out, &stream.dict),
        Object::Reference((number, generation)) => {
            text(out, &format!("{number} {generation} R"));
        }
    }
}

fn write_dictionary(out: &mut Vec<u8>, dictionary: &Dictionary) {
    out.extend_from_slice(b"<<");
    for (key, value) in dictionary {
        write_name(out, key);
        out.push(b' ');
        write_object(out, value);
    }
    out.extend_from_slice(b">>");
}

fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(&byte) {
            out.push(byte);
        } else {
            text(out, &format!("#{byte:02X}"));
        }
    }
}

/// Appends text. Writing to a `Vec` does not fail.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    let _ = out.write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use lopdf::StringFormat;

    use super::*;

    #[test]
    fn objects_are_written_as_iso_32000_has_them() {
        let mut dictionary = Dictionary::new();
        dictionary.set("A#B", Object::String(b"\x00(".to_vec(), StringFormat::Literal));
        let array = Object::Array(vec![
            Object::Real(0.5),
            Object::Reference((7, 0)),
            Object::Name(b"Off".to_vec()),
            Object::Dictionary(dictionary),
        ]);
        let mut out = Vec::new();
        write_object(&mut out, &array);
        assert_eq!(out, b"[0.5 7 0 R /Off <</A#23B <0028>>>]");
    }
}
