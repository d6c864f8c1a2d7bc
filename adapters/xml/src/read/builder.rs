//! A document's parts, put together as they are read, without recursion.

use super::{
    content,
    cursor::Cursor,
    scope::{self, Scope},
    tree::{Attribute, Declaration, Document, Element, Kind, Name, Namespace, Node, range},
};
use crate::{
    error::{Unverifiable, XmlError, malformed},
    limits,
};

/// How many there are, or will be the place of the next. Bounded by [`limits`].
fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// An element whose end was not read yet.
struct Open<'x> {
    place: u32,
    prefix: &'x str,
    local: &'x str,
    /// How many namespaces were in force before it.
    scope: usize,
}

pub(super) struct Builder<'x> {
    document: Document<'x>,
    scope: Scope<'x>,
    open: Vec<Open<'x>>,
}

impl<'x> Builder<'x> {
    pub(super) fn new() -> Self {
        Self { document: Document::default(), scope: Scope::default(), open: Vec::new() }
    }

    pub(super) fn document(mut self, mut cursor: Cursor<'x>) -> Result<Document<'x>, XmlError> {
        self.around(&mut cursor)?;
        if cursor.rest().starts_with("<!DOCTYPE") {
            return Err(Unverifiable::DocumentType.into());
        }
        self.document.root = self.document.nodes.len();
        let at = cursor.at();
        cursor.expect("<", "no document element")?;
        self.start(&mut cursor, at)?;
        while !self.open.is_empty() {
            self.inside(&mut cursor)?;
        }
        self.around(&mut cursor)?;
        if !cursor.is_finished() {
            return cursor.fault("something after the document element");
        }
        Ok(self.document)
    }

    /// Comments, processing instructions and space outside the document element.
    fn around(&mut self, cursor: &mut Cursor<'x>) -> Result<(), XmlError> {
        loop {
            cursor.spaces();
            let at = cursor.at();
            if cursor.eat("<!--") {
                self.comment(cursor, at)?;
            } else if cursor.eat("<?") {
                self.instruction(cursor, at)?;
            } else {
                return Ok(());
            }
        }
    }

    /// The next piece inside the document element.
    fn inside(&mut self, cursor: &mut Cursor<'x>) -> Result<(), XmlError> {
        let at = cursor.at();
        if cursor.eat("</") {
            self.finish(cursor)
        } else if cursor.eat("<!--") {
            self.comment(cursor, at)
        } else if cursor.eat("<![CDATA[") {
            let written = cursor.until("]]>", "a CDATA section that does not end")?;
            self.push(Kind::Text(content::verbatim(written)), at)
        } else if cursor.eat("<?") {
            self.instruction(cursor, at)
        } else if cursor.eat("<") {
            self.start(cursor, at)
        } else if cursor.is_finished() {
            cursor.fault("an element that does not end")
        } else {
            let written = cursor.before('<');
            self.push(Kind::Text(content::text(written, at)?), at)
        }
    }

    fn comment(&mut self, cursor: &mut Cursor<'x>, at: usize) -> Result<(), XmlError> {
        let written = cursor.comment()?;
        self.push(Kind::Comment(content::verbatim(written)), at)
    }

    fn instruction(&mut self, cursor: &mut Cursor<'x>, at: usize) -> Result<(), XmlError> {
        let (target, data) = cursor.instruction()?;
        self.push(Kind::Instruction { target, data: content::verbatim(data) }, at)
    }

    /// A start tag, or one of an empty element, of which `<` is read.
    fn start(&mut self, cursor: &mut Cursor<'x>, at: usize) -> Result<(), XmlError> {
        let (prefix, local) = cursor.qualified_name()?;
        let scope = self.scope.count();
        let first = [count(&self.document.attributes), count(&self.document.declarations)];
        let mut written = 0_usize;
        let empty = loop {
            let space = cursor.spaces();
            if cursor.eat(">") {
                break false;
            }
            if cursor.eat("/>") {
                break true;
            }
            if !space {
                return cursor.fault("no space before an attribute");
            }
            written = written.saturating_add(1);
            if written > limits::ATTRIBUTES_OF_ELEMENT {
                return Err(Unverifiable::TooLarge("attributes of an element").into());
            }
            self.attribute(cursor, first)?;
        };
        let attributes = [first[0], count(&self.document.attributes)];
        let declarations = [first[1], count(&self.document.declarations)];
        self.resolve(attributes, at)?;
        let namespace = match prefix {
            "xmlns" => return Err(malformed("an element with the prefix xmlns", at)),
            _ => self.scope.find(prefix, at)?,
        };
        let name = Name { prefix, local, namespace };
        let place = count(&self.document.nodes);
        self.push(Kind::Element(Element { name, attributes, declarations }), at)?;
        if empty {
            self.scope.truncate(scope);
        } else if self.open.len() >= limits::DEPTH {
            return Err(Unverifiable::TooLarge("depth").into());
        } else {
            self.open.push(Open { place, prefix, local, scope });
        }
        Ok(())
    }

    /// One attribute or declaration of the element whose first ones these are.
    fn attribute(&mut self, cursor: &mut Cursor<'x>, first: [u32; 2]) -> Result<(), XmlError> {
        let document = &mut self.document;
        let so_far = document.attributes.len().saturating_add(document.declarations.len());
        if so_far >= limits::ATTRIBUTES {
            return Err(Unverifiable::TooLarge("attributes").into());
        }
        let at = cursor.at();
        let (prefix, local) = cursor.qualified_name()?;
        let written = cursor.quoted()?;
        // The quote that was read last is not part of it.
        let value_at = cursor.at().saturating_sub(written.len()).saturating_sub(1);
        let value = content::value(written, value_at)?;
        let declared = match (prefix, local) {
            ("", "xmlns") => "",
            ("xmlns", declared) => declared,
            _ => {
                // What the prefix stands for is known when all declarations are read.
                let name = Name { prefix, local, namespace: Namespace::None };
                document.attributes.push(Attribute { name, value });
                return Ok(());
            }
        };
        scope::check(declared, &value, at)?;
        let own = document.declarations.get(first[1] as usize..).unwrap_or_default();
        if own.iter().any(|other| other.prefix == declared) {
            return Err(malformed("a namespace declared twice", at));
        }
        let namespace = if declared.is_empty() && value.is_empty() {
            Namespace::None
        } else {
            Namespace::Declared(count(&document.declarations))
        };
        document.declarations.push(Declaration { prefix: declared, uri: value });
        self.scope.push(declared, namespace)
    }

    /// Finds the namespaces of these attributes, no two of which may be the same.
    fn resolve(&mut self, attributes: [u32; 2], at: usize) -> Result<(), XmlError> {
        let own = self.document.attributes.get_mut(range(attributes)).unwrap_or_default();
        for Attribute { name, .. } in own.iter_mut() {
            if !name.prefix.is_empty() {
                name.namespace = self.scope.find(name.prefix, at)?;
            }
        }
        let own = self.document.attributes.get(range(attributes)).unwrap_or_default();
        let mut names: Vec<_> =
            own.iter().map(|it| (self.document.uri(it.name.namespace), it.name.local)).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(malformed("an attribute that is there twice", at));
        }
        Ok(())
    }

    /// An end tag of which `</` is read.
    fn finish(&mut self, cursor: &mut Cursor<'x>) -> Result<(), XmlError> {
        let start = cursor.clone();
        let name = cursor.qualified_name()?;
        cursor.spaces();
        cursor.expect(">", "an end tag that does not end")?;
        let Some(open) = self.open.pop().filter(|open| (open.prefix, open.local) == name) else {
            return start.fault("an end tag of another element");
        };
        let end = count(&self.document.nodes);
        if let Some(node) = self.document.nodes.get_mut(open.place as usize) {
            node.end = end;
        }
        self.scope.truncate(open.scope);
        Ok(())
    }

    fn push(&mut self, kind: Kind<'x>, at: usize) -> Result<(), XmlError> {
        if self.document.nodes.len() >= limits::NODES {
            return Err(Unverifiable::TooLarge("nodes").into());
        }
        let end = count(&self.document.nodes).saturating_add(1);
        let parent = self.open.last().map(|open| open.place);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.document.nodes.push(Node { kind, at, end, parent });
        Ok(())
    }
}
