//! A document as a row of events (XML 1.0, Namespaces in XML 1.0). Comments are dropped: the
//! canonical forms in use here are those without them.

use super::XmlError;

/// Elements inside each other.
const DEPTH: usize = 256;

/// Events of one document.
const EVENTS: usize = 4_000_000;

/// Attributes of one element.
const ATTRIBUTES: usize = 256;

pub(crate) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// A name as it is spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// Empty when there is none.
    pub(crate) prefix: String,
    pub(crate) local: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Open(Element),
    /// The end of the innermost open element.
    Close,
    Text(String),
    Instruction {
        target: String,
        data: String,
    },
}

/// A start tag, and where its element ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: Name,
    /// Prefixes, empty for the default, and what they stand for.
    pub(crate) namespaces: Vec<(String, String)>,
    pub(crate) attributes: Vec<(Name, String)>,
    /// The bytes of the end tag, or of the `/>`.
    pub(crate) end: core::ops::Range<usize>,
    /// The place of its [`Event::Close`].
    pub(crate) close: usize,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(it, _)| it.prefix.is_empty() && it.local == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a whole document.
pub(crate) fn read(text: &str) -> Result<Vec<Event>, XmlError> {
    let text_start = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = Reader {
        text,
        place: text.len() - text_start.len(),
        events: Vec::new(),
        open: Vec::new(),
        scopes: Vec::new(),
        has_root: false,
    };
    reader.declaration()?;
    while reader.place < text.len() {
        reader.step()?;
        if reader.events.len() > EVENTS {
            return Err(XmlError::Unsupported("a document of so many parts"));
        }
    }
    if !reader.open.is_empty() || !reader.has_root {
        return Err(XmlError::Broken("an element has no end, or there is none"));
    }
    Ok(reader.events)
}

struct Reader<'t> {
    text: &'t str,
    place: usize,
    events: Vec<Event>,
    /// The places of the open elements' events.
    open: Vec<usize>,
    /// What was declared by each of them.
    scopes: Vec<Vec<(String, String)>>,
    has_root: bool,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.place..).unwrap_or_default()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.place += expected.len();
        }
        found
    }

    /// Everything before `end`, which is passed too.
    fn until(&mut self, end: &str) -> Result<&'t str, XmlError> {
        let rest = self.rest();
        let length = rest.find(end).ok_or(XmlError::Broken("something has no end"))?;
        self.place += length + end.len();
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn space(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.place += rest.len() - trimmed.len();
        trimmed.len() < rest.len()
    }

    fn declaration(&mut self) -> Result<(), XmlError> {
        if !self.rest().starts_with("<?xml ") {
            return Ok(());
        }
        let declaration = self.until("?>")?.to_ascii_lowercase();
        if !declaration.contains("version=\"1.0\"") && !declaration.contains("version='1.0'") {
            return Err(XmlError::Unsupported("another version of XML than 1.0"));
        }
        let encoding = declaration.split("encoding=").nth(1).unwrap_or("\"utf-8\"");
        if !encoding
            .get(1..)
            .is_some_and(|it| it.starts_with("utf-8") || it.starts_with("us-ascii"))
        {
            return Err(XmlError::Unsupported("another encoding than UTF-8"));
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), XmlError> {
        if self.take("<!--") {
            let comment = self.until("-->")?;
            check_characters(comment)?;
            if comment.contains("--") || comment.ends_with('-') {
                return Err(XmlError::Broken("two hyphens in a comment"));
            }
            return Ok(());
        }
        if self.take("<?") {
            return self.instruction();
        }
        if self.take("</") {
            return self.close();
        }
        if self.take("<![CDATA[") {
            let text = self.until("]]>")?;
            check_characters(text)?;
            return self.text(&lines(text));
        }
        if self.rest().starts_with("<!") {
            return Err(XmlError::Unsupported("a document type"));
        }
        if self.take("<") {
            return self.open();
        }
        let rest = self.rest();
        let raw = rest.get(..rest.find('<').unwrap_or(rest.len())).unwrap_or_default();
        self.place += raw.len();
        if raw.contains("]]>") {
            return Err(XmlError::Broken("]]> in text"));
        }
        if self.open.is_empty() {
            let blank = raw.trim_matches([' ', '\t', '\r', '\n']).is_empty();
            return if blank { Ok(()) } else { Err(XmlError::Broken("text outside the root")) };
        }
        let text = resolve(&lines(raw))?;
        self.text(&text)
    }

    /// Text beside text is one.
    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(XmlError::Broken("text outside the root"));
        }
        match self.events.last_mut() {
            Some(Event::Text(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.events.push(Event::Text(text.to_owned())),
        }
        Ok(())
    }

    fn instruction(&mut self) -> Result<(), XmlError> {
        let whole = self.until("?>")?;
        check_characters(whole)?;
        let end = whole.find([' ', '\t', '\r', '\n']).unwrap_or(whole.len());
        let (target, data) = whole.split_at(end);
        if !is_name(target) || target.contains(':') || target.eq_ignore_ascii_case("xml") {
            return Err(XmlError::Broken("an instruction without a target"));
        }
        let data = lines(data.trim_start_matches([' ', '\t', '\r', '\n']));
        self.events.push(Event::Instruction { target: target.to_owned(), data });
        Ok(())
    }

    fn open(&mut self) -> Result<(), XmlError> {
        if self.open.is_empty() && core::mem::replace(&mut self.has_root, true) {
            return Err(XmlError::Broken("a second root"));
        }
        if self.open.len() >= DEPTH {
            return Err(XmlError::Unsupported("so many elements inside each other"));
        }
        let name = self.name()?;
        let (mut namespaces, mut attributes) = (Vec::new(), Vec::new());
        loop {
            let spaced = self.space();
            if self.rest().starts_with(['/', '>']) {
                break;
            }
            if !spaced || namespaces.len() + attributes.len() >= ATTRIBUTES {
                return Err(XmlError::Broken("no space before an attribute, or too many"));
            }
            let (name, value) = self.attribute()?;
            match (name.prefix.as_str(), name.local.as_str()) {
                ("", "xmlns") => namespaces.push((String::new(), value)),
                ("xmlns", _) => namespaces.push((name.local, value)),
                _ => attributes.push((name, value)),
            }
        }
        check_declarations(&namespaces)?;
        let start = self.place;
        let empty = self.take("/");
        if !self.take(">") {
            return Err(XmlError::Broken("a start tag without its end"));
        }
        self.scopes.push(namespaces.clone());
        self.check_names(&name, &attributes)?;
        self.open.push(self.events.len());
        let end = start..self.place;
        self.events.push(Event::Open(Element { name, namespaces, attributes, end, close: 0 }));
        if empty { self.leave() } else { Ok(()) }
    }

    fn close(&mut self) -> Result<(), XmlError> {
        let start = self.place - 2;
        let name = self.name()?;
        self.space();
        if !self.take(">") {
            return Err(XmlError::Broken("an end tag without its end"));
        }
        let end = start..self.place;
        let opened = self.open.last().and_then(|place| self.events.get_mut(*place));
        match opened {
            Some(Event::Open(element)) if element.name == name => element.end = end,
            _ => return Err(XmlError::Broken("an end tag of another element")),
        }
        self.leave()
    }

    fn leave(&mut self) -> Result<(), XmlError> {
        let close = self.events.len();
        let place = self.open.pop().ok_or(XmlError::Broken("an end tag too many"))?;
        self.scopes.pop();
        if let Some(Event::Open(element)) = self.events.get_mut(place) {
            element.close = close;
        }
        self.events.push(Event::Close);
        Ok(())
    }

    fn name(&mut self) -> Result<Name, XmlError> {
        let rest = self.rest();
        let end = rest.find(|character: char| !is_name_character(character) && character != ':');
        let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.place += name.len();
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let prefixed = name.contains(':');
        if !is_name(local) || local.contains(':') || (prefixed && !is_name(prefix)) {
            return Err(XmlError::Broken("a name that is none"));
        }
        Ok(Name { prefix: prefix.to_owned(), local: local.to_owned() })
    }

    fn attribute(&mut self) -> Result<(Name, String), XmlError> {
        let name = self.name()?;
        self.space();
        if !self.take("=") {
            return Err(XmlError::Broken("an attribute without a value"));
        }
        self.space();
        let quote = if self.take("\"") {
            "\""
        } else if self.take("'") {
            "'"
        } else {
            return Err(XmlError::Broken("a value without quotes"));
        };
        let raw = self.until(quote)?;
        if raw.contains('<') {
            return Err(XmlError::Broken("a start of a tag in a value"));
        }
        // What is white space becomes a space, unless it is escaped (XML 1.0 §3.3.3).
        let spaced = lines(raw).replace(['\n', '\t'], " ");
        Ok((name, resolve(&spaced)?))
    }

    /// The namespace of a prefix where the reader stands.
    fn namespace(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML_NAMESPACE);
        }
        let mut declared = self.scopes.iter().rev().flatten();
        let found = declared.find(|(it, _)| it == prefix).map(|(_, uri)| uri.as_str());
        if prefix.is_empty() { Some(found.unwrap_or_default()) } else { found }
    }

    /// Refuses prefixes that nothing declares, and an attribute twice.
    fn check_names(&self, name: &Name, attributes: &[(Name, String)]) -> Result<(), XmlError> {
        let undeclared = XmlError::Broken("a prefix that is not declared");
        self.namespace(&name.prefix).ok_or_else(|| undeclared.clone())?;
        let mut seen = Vec::with_capacity(attributes.len());
        for (name, _) in attributes {
            let namespace = match name.prefix.as_str() {
                "" => "",
                prefix => self.namespace(prefix).ok_or_else(|| undeclared.clone())?,
            };
            let expanded = (namespace, name.local.as_str());
            if seen.contains(&expanded) {
                return Err(XmlError::Broken("an attribute twice"));
            }
            seen.push(expanded);
        }
        Ok(())
    }
}

/// Namespaces in XML 1.0 §2.2 and §3: what may be declared, and once.
fn check_declarations(namespaces: &[(String, String)]) -> Result<(), XmlError> {
    for (place, (prefix, uri)) in namespaces.iter().enumerate() {
        let reserved = prefix == "xmlns" || prefix == "xml" || uri == XML_NAMESPACE;
        let undone = !prefix.is_empty() && uri.is_empty();
        let twice = namespaces.iter().take(place).any(|(it, _)| it == prefix);
        if reserved || undone || twice {
            return Err(XmlError::Broken("a namespace that cannot be declared"));
        }
    }
    Ok(())
}

/// Line ends as they are handed on (XML 1.0 §2.11).
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Resolves references: characters and the five entities that need no declaration.
fn resolve(text: &str) -> Result<String, XmlError> {
    check_characters(text)?;
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        resolved.push_str(before);
        let (name, after) =
            after.split_once(';').ok_or(XmlError::Broken("a reference without its end"))?;
        resolved.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "apos" => '\'',
            "quot" => '"',
            _ => numbered(name).ok_or(XmlError::Broken("a reference that leads nowhere"))?,
        });
        rest = after;
    }
    resolved.push_str(rest);
    Ok(resolved)
}

fn numbered(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(number).filter(|character| is_character(*character))
}

fn check_characters(text: &str) -> Result<(), XmlError> {
    if text.chars().all(is_character) {
        Ok(())
    } else {
        Err(XmlError::Broken("a character that XML does not have"))
    }
}

/// XML 1.0 §2.2.
fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}')
        || character >= '\u{10000}'
}

fn is_name(text: &str) -> bool {
    let first = text.chars().next();
    let starts = |first: char| {
        is_name_character(first)
            && !first.is_ascii_digit()
            && !matches!(first, '-' | '.' | '\u{B7}')
    };
    first.is_some_and(starts) && text.chars().all(is_name_character)
}

/// XML 1.0 §2.3, beyond Latin letters and digits somewhat wider than it has it.
fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '-' | '.' | '\u{B7}')
        || (character >= '\u{C0}' && !matches!(character, '\u{D7}' | '\u{F7}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_simple_and_well_formed_is_refused() {
        for good in [
            "<a/>",
            "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\n<!-- x --><a b='&lt;'>t</a>\n<?p q?>",
            "<a xmlns='u'><p:b xmlns:p='v' p:c='1' c='2'><![CDATA[<]]>&#xE9;</p:b></a>",
        ] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>b",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<a b='1'c='2'/>",
            "<p:a/>",
            "<a p:b='1'/>",
            "<a>&nbsp;</a>",
            "<a>&#0;</a>",
            "<a>&</a>",
            "<a>]]></a>",
            "<a b='<'/>",
            "<a>\u{1}</a>",
            "<!DOCTYPE a><a/>",
            "<a xmlns:p=''/>",
            "<a xmlns:xml='u'/>",
            "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>",
            "<a><!-- -- --></a>",
            "<?xml version='1.1'?><a/>",
            "<a:b:c xmlns:a='u'/>",
            "<1/>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<a><?xml x?></a>",
            "<a",
            "<a>&#+65;</a>",
            "%PDF-1.7",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_cut_makes_it_panic() {
        let whole =
            "<?xml version='1.0'?><a xmlns:p='u' p:b='&amp;'><![CDATA[x]]><!--é--><?p q?></a>";
        for (place, _) in whole.char_indices() {
            assert!(read(&whole[..place]).is_err(), "{place}");
        }
        assert!(read(&"<a>".repeat(DEPTH + 1)).is_err());
    }
}
