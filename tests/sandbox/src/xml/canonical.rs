//! Canonical XML 1.0 and Exclusive XML Canonicalization 1.0, both without comments.

use core::ops::Range;

use super::XmlError;
use super::reader::{Element, Event, XML_NAMESPACE};

/// The two algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Inclusive,
    Exclusive,
}

impl Method {
    pub(crate) fn identifier(self) -> &'static str {
        match self {
            Self::Inclusive => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            Self::Exclusive => "http://www.w3.org/2001/10/xml-exc-c14n#",
        }
    }
}

/// The form of the whole document without the element at `omitted`.
pub(crate) fn document(events: &[Event], omitted: Option<usize>, method: Method) -> Vec<u8> {
    let mut writer = Writer::new(events, 0..events.len(), omitted, method);
    writer.run();
    writer.out.into_bytes()
}

/// The form of the element at `place` without the one at `omitted`.
pub(crate) fn element(
    events: &[Event],
    place: usize,
    omitted: Option<usize>,
    method: Method,
) -> Result<Vec<u8>, XmlError> {
    let Some(Event::Open(element)) = events.get(place) else { return Err(XmlError::NoElement) };
    let mut writer = Writer::new(events, place..element.close + 1, omitted, method);
    writer.run();
    if writer.inherits && method == Method::Inclusive {
        return Err(XmlError::Unsupported("an xml: attribute above what is signed"));
    }
    Ok(writer.out.into_bytes())
}

struct Writer<'e> {
    events: &'e [Event],
    /// What is written.
    range: Range<usize>,
    omitted: Range<usize>,
    method: Method,
    out: String,
    open: Vec<Open<'e>>,
    /// Whether an attribute above the range would have to be written with it (Canonical XML §2.4).
    inherits: bool,
}

/// An open element: what it declared, what was written of it, and whether it was written.
struct Open<'e> {
    element: &'e Element,
    rendered: Vec<(&'e str, &'e str)>,
    written: bool,
}

impl<'e> Writer<'e> {
    fn new(
        events: &'e [Event],
        range: Range<usize>,
        omitted: Option<usize>,
        method: Method,
    ) -> Self {
        let omitted = match omitted.map(|place| (place, events.get(place))) {
            Some((place, Some(Event::Open(element)))) => place..element.close + 1,
            _ => 0..0,
        };
        let (out, open) = (String::new(), Vec::new());
        Self { events, range, omitted, method, out, open, inherits: false }
    }

    fn run(&mut self) {
        let mut after_root = false;
        for (place, event) in self.events.iter().enumerate() {
            let written = self.range.contains(&place) && !self.omitted.contains(&place);
            match event {
                Event::Open(element) => self.start(element, written),
                Event::Close => {
                    if let Some(open) = self.open.pop().filter(|open| open.written) {
                        self.out.push_str("</");
                        self.name(open.element);
                        self.out.push('>');
                    }
                    after_root |= self.open.is_empty();
                }
                Event::Text(text) if written => escape_text(&mut self.out, text),
                Event::Instruction { target, data } if written => {
                    let outside = self.open.is_empty();
                    if outside && after_root {
                        self.out.push('\n');
                    }
                    self.out.push_str("<?");
                    self.out.push_str(target);
                    if !data.is_empty() {
                        self.out.push(' ');
                        self.out.push_str(&data.replace('\r', "&#xD;"));
                    }
                    self.out.push_str("?>");
                    if outside && !after_root {
                        self.out.push('\n');
                    }
                }
                Event::Text(_) | Event::Instruction { .. } => {}
            }
        }
    }

    fn start(&mut self, element: &'e Element, written: bool) {
        let mut rendered = Vec::new();
        if written && !self.open.iter().any(|open| open.written) {
            let mut above = self.open.iter().flat_map(|open| &open.element.attributes);
            self.inherits = above.any(|(name, _)| name.prefix == "xml");
        }
        self.open.push(Open { element, rendered: Vec::new(), written });
        if written {
            rendered = self.namespaces(element);
            self.out.push('<');
            self.name(element);
            for (prefix, uri) in &rendered {
                self.out.push_str(" xmlns");
                if !prefix.is_empty() {
                    self.out.push(':');
                    self.out.push_str(prefix);
                }
                self.value(uri);
            }
            self.attributes(element);
            self.out.push('>');
        }
        if let Some(open) = self.open.last_mut() {
            open.rendered = rendered;
        }
    }

    fn name(&mut self, element: &Element) {
        if !element.name.prefix.is_empty() {
            self.out.push_str(&element.name.prefix);
            self.out.push(':');
        }
        self.out.push_str(&element.name.local);
    }

    /// What a prefix stands for here.
    fn in_scope(&self, prefix: &str) -> &'e str {
        let mut declared = self.open.iter().rev().flat_map(|open| &open.element.namespaces);
        declared.find(|(it, _)| it == prefix).map_or("", |(_, uri)| uri.as_str())
    }

    /// What a prefix was last written to stand for.
    fn rendered(&self, prefix: &str) -> &'e str {
        let mut rendered = self.open.iter().rev().flat_map(|open| &open.rendered);
        rendered.find(|(it, _)| *it == prefix).map_or("", |(_, uri)| uri)
    }

    /// The declarations to write at an element, in order.
    fn namespaces(&self, element: &'e Element) -> Vec<(&'e str, &'e str)> {
        let mut prefixes: Vec<&'e str> = match self.method {
            Method::Inclusive => {
                let declared = self.open.iter().flat_map(|open| &open.element.namespaces);
                declared.map(|(prefix, _)| prefix.as_str()).collect()
            }
            Method::Exclusive => {
                let own = core::iter::once(element.name.prefix.as_str());
                let attributes = element.attributes.iter().map(|(name, _)| name.prefix.as_str());
                own.chain(attributes.filter(|prefix| !prefix.is_empty())).collect()
            }
        };
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
            .into_iter()
            .filter(|prefix| *prefix != "xml")
            .map(|prefix| (prefix, self.in_scope(prefix)))
            .filter(|(prefix, uri)| self.rendered(prefix) != *uri)
            .collect()
    }

    fn attributes(&mut self, element: &'e Element) {
        let mut sorted: Vec<(&str, &str, &str, &str)> = element
            .attributes
            .iter()
            .map(|(name, value)| {
                let namespace = match name.prefix.as_str() {
                    "" => "",
                    "xml" => XML_NAMESPACE,
                    prefix => self.in_scope(prefix),
                };
                (namespace, name.local.as_str(), name.prefix.as_str(), value.as_str())
            })
            .collect();
        sorted.sort_unstable();
        for (_, local, prefix, value) in sorted {
            self.out.push(' ');
            if !prefix.is_empty() {
                self.out.push_str(prefix);
                self.out.push(':');
            }
            self.out.push_str(local);
            self.value(value);
        }
    }

    fn value(&mut self, value: &str) {
        self.out.push_str("=\"");
        for character in value.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '"' => self.out.push_str("&quot;"),
                '\t' => self.out.push_str("&#x9;"),
                '\n' => self.out.push_str("&#xA;"),
                '\r' => self.out.push_str("&#xD;"),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }
}

/// Text as it stands in a canonical form, and so in any XML.
pub(crate) fn escape_text(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::read;
    use super::*;

    fn whole(text: &str) -> String {
        String::from_utf8(document(&read(text).unwrap(), None, Method::Inclusive)).unwrap()
    }

    #[test]
    fn the_examples_of_canonical_xml_3_1_to_3_4_without_a_document_type() {
        let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   \
                    type=\"text/xsl\"   ?>\n\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n\
                    <?pi-without-data     ?>\n\n<!-- Comment 2 -->\n";
        assert_eq!(
            whole(text),
            "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
             <doc>Hello, world!</doc>\n<?pi-without-data?>"
        );
        let text = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\
                    \n   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n      \
                    xmlns:b=\"http://www.ietf.org\"\n      xmlns:a=\"http://www.w3.org\"\n      \
                    xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" \
                    xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         \
                    <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\"/>\n      </e7>\n   </e6>\n</doc>";
        assert_eq!(
            whole(text),
            "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   <e5 \
             xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" \
             xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" \
             a:attr=\"out\"></e5>\n   <e6 xmlns:a=\"http://www.w3.org\">\n      <e7 \
             xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\"></e8>\n      </e7>\n   </e6>\n\
             </doc>"
        );
        let text = "<doc>\r\n<text>First line&#x0d;&#10;Second line</text>\
                    <value>&#x32;</value><compute><![CDATA[value>\"0\" && value<\"10\"]]></compute>\
                    <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/></doc>";
        assert_eq!(
            whole(text),
            "<doc>\n<text>First line&#xD;\nSecond line</text><value>2</value><compute>value&gt;\"0\" \
             &amp;&amp; value&lt;\"10\"</compute><norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\
             </doc>"
        );
    }

    #[test]
    fn an_element_brings_what_is_in_scope_or_what_it_uses() {
        let events =
            read("<a xmlns='u' xmlns:p='v' xmlns:q='w'><b q:x='1'><p:c/></b></a>").unwrap();
        let form = |method| String::from_utf8(element(&events, 1, None, method).unwrap()).unwrap();
        assert_eq!(
            form(Method::Inclusive),
            "<b xmlns=\"u\" xmlns:p=\"v\" xmlns:q=\"w\" q:x=\"1\"><p:c></p:c></b>"
        );
        assert_eq!(
            form(Method::Exclusive),
            "<b xmlns=\"u\" xmlns:q=\"w\" q:x=\"1\"><p:c xmlns:p=\"v\"></p:c></b>"
        );
        let without = document(&events, Some(2), Method::Exclusive);
        assert_eq!(without, b"<a xmlns=\"u\"><b xmlns:q=\"w\" q:x=\"1\"></b></a>");
        let events = read("<a xml:lang='pt'><b/></a>").unwrap();
        assert!(element(&events, 1, None, Method::Inclusive).is_err());
        assert_eq!(element(&events, 1, None, Method::Exclusive).unwrap(), b"<b></b>");
    }
}
