//! Revisions put together by hand, as no honest program would write them.

/// An object's number, its generation, and where it is.
type Row = (u32, u16, Option<usize>);

/// A revision that is added to a document.
#[derive(Clone)]
pub(crate) struct Update {
    document: Vec<u8>,
    objects: Vec<(u32, u16, Vec<u8>)>,
    /// Entries that lead somewhere else, or nowhere.
    entries: Vec<(u32, Option<usize>)>,
    trailer: String,
    between: Vec<u8>,
    previous: Option<usize>,
}

impl Update {
    pub(crate) fn of(document: &[u8]) -> Self {
        Self {
            document: document.to_vec(),
            objects: Vec::new(),
            entries: Vec::new(),
            trailer: "/Root 1 0 R".to_owned(),
            between: Vec::new(),
            previous: None,
        }
    }

    pub(crate) fn object(self, number: u32, body: &str) -> Self {
        self.object_with_generation(number, 0, body)
    }

    pub(crate) fn object_with_generation(
        mut self,
        number: u32,
        generation: u16,
        body: &str,
    ) -> Self {
        self.objects.retain(|(existing, ..)| *existing != number);
        self.objects.push((number, generation, body.as_bytes().to_vec()));
        self.objects.sort();
        self
    }

    /// An entry without an object of its own.
    pub(crate) fn entry(mut self, number: u32, offset: usize) -> Self {
        self.entries.push((number, Some(offset)));
        self
    }

    pub(crate) fn free(mut self, number: u32) -> Self {
        self.entries.push((number, None));
        self
    }

    /// The trailer, but for `/Size` and `/Prev`.
    pub(crate) fn trailer(mut self, trailer: &str) -> Self {
        self.trailer = trailer.to_owned();
        self
    }

    /// Bytes before the cross-reference section that it says nothing of.
    pub(crate) fn between(mut self, bytes: &[u8]) -> Self {
        self.between = bytes.to_vec();
        self
    }

    pub(crate) fn previous(mut self, previous: usize) -> Self {
        self.previous = Some(previous);
        self
    }

    fn size(&self) -> u32 {
        let numbers = self.objects.iter().map(|(number, ..)| number);
        numbers.chain(self.entries.iter().map(|(number, _)| number)).max().unwrap().max(&50) + 1
    }

    fn trailer_entries(&self) -> String {
        let previous = self.previous.unwrap_or_else(|| start(&self.document));
        format!("/Size {}/Prev {previous}{}", self.size() + 2, self.trailer)
    }

    /// The objects, and where each is, by number.
    fn body(&self) -> (Vec<u8>, Vec<Row>) {
        let mut out = self.document.clone();
        let mut rows: Vec<_> = self.entries.iter().map(|&(number, it)| (number, 0, it)).collect();
        for (number, generation, body) in &self.objects {
            rows.push((*number, *generation, Some(out.len())));
            out.extend(format!("{number} {generation} obj\n").bytes());
            out.extend_from_slice(body);
            out.extend_from_slice(b"\nendobj\n");
        }
        rows.sort_unstable();
        out.extend_from_slice(&self.between);
        (out, rows)
    }

    /// With a cross-reference table.
    pub(crate) fn table(&self) -> Vec<u8> {
        let (mut out, rows) = self.body();
        let start = out.len();
        out.extend_from_slice(b"xref\n");
        for (number, generation, offset) in rows {
            let row = match offset {
                Some(offset) => format!("{number} 1\n{offset:010} {generation:05} n \n"),
                None => format!("{number} 1\n0000000000 00001 f \n"),
            };
            out.extend(row.bytes());
        }
        let trailer = self.trailer_entries();
        out.extend(format!("trailer\n<<{trailer}>>\nstartxref\n{start}\n%%EOF\n").bytes());
        out
    }

    /// With a cross-reference stream.
    pub(crate) fn stream(&self) -> Vec<u8> {
        let (out, rows) = self.body();
        let rows = rows.into_iter().map(|(number, generation, offset)| match offset {
            Some(offset) => (number, [1, offset, generation.into()]),
            None => (number, [0, 0, 1]),
        });
        self.end_with_stream(out, rows.collect())
    }

    /// With all objects in an object stream, so none may be a stream.
    pub(crate) fn object_stream(&self) -> Vec<u8> {
        let container = self.size();
        let (mut index, mut data, mut rows) = (String::new(), Vec::new(), Vec::new());
        for (place, (number, _, body)) in self.objects.iter().enumerate() {
            index += &format!("{number} {} ", data.len());
            data.extend_from_slice(body);
            data.push(b'\n');
            rows.push((*number, [2, container as usize, place]));
        }
        let mut out = self.document.clone();
        rows.push((container, [1, out.len(), 0]));
        out.extend(
            format!(
                "{container} 0 obj\n<</Type/ObjStm/N {}/First {}/Length {}>>\nstream\n{index}",
                self.objects.len(),
                index.len(),
                index.len() + data.len()
            )
            .bytes(),
        );
        out.extend(data);
        out.extend_from_slice(b"\nendstream\nendobj\n");
        self.end_with_stream(out, rows)
    }

    fn end_with_stream(&self, mut out: Vec<u8>, mut rows: Vec<(u32, [usize; 3])>) -> Vec<u8> {
        let (number, start) = (self.size() + 1, out.len());
        rows.push((number, [1, start, 0]));
        let index: Vec<String> = rows.iter().map(|(number, _)| format!("{number} 1")).collect();
        let mut data = Vec::new();
        for (_, [kind, second, third]) in &rows {
            data.push(*kind as u8);
            data.extend((*second as u32).to_be_bytes());
            data.extend((*third as u16).to_be_bytes());
        }
        out.extend(
            format!(
                "{number} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{}]/Length {}{}>>\nstream\n",
                index.join(" "),
                data.len(),
                self.trailer_entries()
            )
            .bytes(),
        );
        out.extend(data);
        let end = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        out.extend(end.bytes());
        out
    }
}

/// Where the newest cross-reference section of a document begins.
pub(crate) fn start(document: &[u8]) -> usize {
    let text = String::from_utf8_lossy(document);
    let start = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
    start.parse().unwrap()
}
