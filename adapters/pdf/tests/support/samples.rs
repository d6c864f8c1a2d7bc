//! Small documents of every construction that a signature has to cope with.

/// Objects of which a document can be made in several ways.
#[derive(Clone)]
pub(crate) struct Objects {
    header: &'static str,
    objects: Vec<(u32, u16, Vec<u8>)>,
    trailer: String,
}

/// One page with a line of text: catalog 1, pages 2, page 3, content 4, font 5.
pub(crate) fn page() -> Objects {
    let mut objects = Objects {
        header: "%PDF-1.7\n%\u{e2}\u{e3}\n",
        objects: Vec::new(),
        trailer:
            "/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><ffeeddccbbaa99887766554433221100>]"
                .to_owned(),
    };
    objects.set(1, "<</Type/Catalog/Pages 2 0 R>>");
    objects.set(2, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>");
    objects.set(
        3,
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Odd(a\\)b\\\\)\
         /Deep[[1 -2.50 .5]<</K#20 null/T true>>]>>",
    );
    let content = "BT /F1 20 Tf 72 740 Td (Contrato) Tj ET";
    objects.set(4, &format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()));
    objects.set(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
    objects
}

impl Objects {
    pub(crate) fn set(&mut self, number: u32, body: &str) {
        self.set_with_generation(number, 0, body);
    }

    pub(crate) fn set_with_generation(&mut self, number: u32, generation: u16, body: &str) {
        self.objects.retain(|(existing, ..)| *existing != number);
        self.objects.push((number, generation, body.as_bytes().to_vec()));
        self.objects.sort_by_key(|(number, ..)| *number);
    }

    /// Adds an object whose number is higher than any before.
    pub(crate) fn push(&mut self, number: u32, body: &str) {
        self.objects.push((number, 0, body.as_bytes().to_vec()));
    }

    pub(crate) fn with(mut self, number: u32, body: &str) -> Self {
        self.set(number, body);
        self
    }

    pub(crate) fn with_header(mut self, header: &'static str) -> Self {
        self.header = header;
        self
    }

    pub(crate) fn with_trailer(mut self, more: &str) -> Self {
        self.trailer.push_str(more);
        self
    }

    fn size(&self) -> u32 {
        self.objects.iter().map(|(number, ..)| number + 1).max().unwrap()
    }

    fn plain(&self, number: u32, generation: u16, body: &[u8]) -> Vec<u8> {
        [format!("{number} {generation} obj\n").as_bytes(), body, b"\nendobj\n"].concat()
    }

    /// With a cross-reference table.
    pub(crate) fn table(&self) -> Vec<u8> {
        let mut out = self.header.as_bytes().to_vec();
        let mut entries = String::new();
        for (number, generation, body) in &self.objects {
            entries += &format!("{number} 1\n{:010} {generation:05} n \n", out.len());
            out.extend(self.plain(*number, *generation, body));
        }
        let start = out.len();
        out.extend(
            format!(
                "xref\n0 1\n0000000000 65535 f \n{entries}trailer\n<</Size {}{}>>\n\
                 startxref\n{start}\n%%EOF\n",
                self.size(),
                self.trailer
            )
            .bytes(),
        );
        out
    }

    /// With a cross-reference stream, and all objects in the open.
    pub(crate) fn stream(&self) -> Vec<u8> {
        let mut out = self.header.as_bytes().to_vec();
        let mut rows = vec![(0, [0, 0, 0xffff])];
        for (number, generation, body) in &self.objects {
            rows.push((*number, [1, out.len(), usize::from(*generation)]));
            out.extend(self.plain(*number, *generation, body));
        }
        self.end_with_stream(out, rows)
    }

    /// With a cross-reference stream, and in object streams all that can be.
    pub(crate) fn object_streams(&self) -> Vec<u8> {
        let mut out = self.header.as_bytes().to_vec();
        let container = self.size();
        let mut rows = vec![(0, [0, 0, 0xffff])];
        let (mut index, mut bodies) = (String::new(), Vec::new());
        let mut count = 0;
        for (number, generation, body) in &self.objects {
            if *generation == 0 && !body.windows(6).any(|window| window == b"stream") {
                rows.push((*number, [2, container as usize, count]));
                index += &format!("{number} {} ", bodies.len());
                bodies.extend_from_slice(body);
                bodies.push(b'\n');
                count += 1;
            } else {
                rows.push((*number, [1, out.len(), usize::from(*generation)]));
                out.extend(self.plain(*number, *generation, body));
            }
        }
        rows.push((container, [1, out.len(), 0]));
        let data = deflate(&[index.as_bytes(), &bodies].concat());
        let dictionary = format!(
            "<</Type/ObjStm/N {count}/First {}/Filter/FlateDecode/Length {}>>\nstream\n",
            index.len(),
            data.len()
        );
        let body = [dictionary.as_bytes(), &data, b"\nendstream"].concat();
        out.extend(self.plain(container, 0, &body));
        rows.sort();
        self.end_with_stream(out, rows)
    }

    fn end_with_stream(&self, mut out: Vec<u8>, mut rows: Vec<(u32, [usize; 3])>) -> Vec<u8> {
        let number = rows.last().unwrap().0 + 1;
        let start = out.len();
        rows.push((number, [1, start, 0]));
        let index: Vec<String> = rows.iter().map(|(number, _)| format!("{number} 1")).collect();
        // The PNG predictor "up", as most writers use it.
        let mut previous = [0u8; 7];
        let mut data = Vec::new();
        for (_, [kind, second, third]) in &rows {
            let mut row = [0u8; 7];
            row[0] = *kind as u8;
            row[1..5].copy_from_slice(&(*second as u32).to_be_bytes());
            row[5..].copy_from_slice(&(*third as u16).to_be_bytes());
            data.push(2);
            data.extend(row.iter().zip(previous).map(|(byte, up)| byte.wrapping_sub(up)));
            previous = row;
        }
        let data = deflate(&data);
        let dictionary = format!(
            "<</Type/XRef/Size {}/Index[{}]/W[1 4 2]/Filter/FlateDecode\
             /DecodeParms<</Predictor 12/Columns 7>>/Length {}{}>>\nstream\n",
            number + 1,
            index.join(" "),
            data.len(),
            self.trailer
        );
        let body = [dictionary.as_bytes(), &data, b"\nendstream"].concat();
        out.extend(self.plain(number, 0, &body));
        out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
        out
    }

    /// A hybrid-reference file: the table calls the object with `hidden`'s number free, and a
    /// stream that only newer readers know says where it is.
    pub(crate) fn hybrid(&self, hidden: u32) -> Vec<u8> {
        let mut out = self.header.as_bytes().to_vec();
        let (mut entries, mut row) = (String::new(), Vec::new());
        for (number, generation, body) in &self.objects {
            if *number == hidden {
                entries += &format!("{number} 1\n0000000000 00000 f \n");
                row = [&[1][..], &(out.len() as u32).to_be_bytes(), &[0, 0]].concat();
            } else {
                entries += &format!("{number} 1\n{:010} {generation:05} n \n", out.len());
            }
            out.extend(self.plain(*number, *generation, body));
        }
        let stream = out.len();
        let dictionary = format!(
            "<</Type/XRef/Size {}/Index[{hidden} 1 {} 1]/W[1 4 2]/Length 14>>\nstream\n",
            self.size() + 1,
            self.size()
        );
        row.extend([&[1][..], &(stream as u32).to_be_bytes(), &[0, 0]].concat());
        let body = [dictionary.as_bytes(), &row, b"\nendstream"].concat();
        out.extend(self.plain(self.size(), 0, &body));
        let start = out.len();
        out.extend(
            format!(
                "xref\n0 1\n0000000000 65535 f \n{entries}trailer\n\
                 <</Size {}/XRefStm {stream}{}>>\nstartxref\n{start}\n%%EOF\n",
                self.size() + 1,
                self.trailer
            )
            .bytes(),
        );
        out
    }
}

/// A second revision that replaces one object.
pub(crate) fn revised(document: &[u8], number: u32, body: &str, trailer: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let previous = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
    let object = document.len();
    let mut out = [document, format!("{number} 0 obj\n{body}\nendobj\n").as_bytes()].concat();
    let start = out.len();
    out.extend(
        format!(
            "xref\n{number} 1\n{object:010} 00000 n \ntrailer\n<</Prev {previous}{trailer}>>\n\
             startxref\n{start}\n%%EOF\n"
        )
        .bytes(),
    );
    out
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 6)
}

/// A document with a signature already in it, whose dictionary has these entries besides.
pub(crate) fn with_signature(entries: &str, field: &str, catalog: &str) -> Objects {
    page()
        .with(
            1,
            &format!(
                "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>{catalog}>>"
            ),
        )
        .with(
            6,
            &format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Autor)/Rect[0 0 0 0]/V 7 0 R{field}>>"),
        )
        .with(
            7,
            &format!("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached{entries}>>"),
        )
}

/// A document that its author has certified at a level.
pub(crate) fn certified(level: u8) -> Objects {
    with_signature(
        &format!(
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP\
             /TransformParams<</Type/TransformParams/P {level}/V/1.2>>>>]"
        ),
        "",
        "/Perms<</DocMDP 7 0 R>>",
    )
}

const FIELD: &str = "<</FT/Tx/T(Campo)/Type/Annot/Subtype/Widget/Rect[10 10 90 30]/P 3 0 R>>";
const PAGE: &str = "/Type/Page/Parent 2 0 R/Contents 4 0 R";

/// Everything that can be signed, each with a name.
pub(crate) fn signable() -> Vec<(&'static str, Vec<u8>)> {
    let form = |catalog: &str| page().with(1, catalog).with(6, FIELD);
    let annotated = |page_entries: &str| {
        page()
            .with(3, &format!("<<{PAGE}{page_entries}>>"))
            .with(6, "<</Type/Annot/Subtype/Square/Rect[10 10 90 30]>>")
            .with(7, "[6 0 R]")
    };
    let rotated =
        |angle: &str| page().with(3, &format!("<<{PAGE}/Rotate {angle}/CropBox[20 30 520 700]>>"));
    let mut generations = page().with(1, "<</Type/Catalog/Pages 2 3 R/AcroForm 6 2 R>>");
    generations.set_with_generation(
        2,
        3,
        "<</Type/Pages/Count 1/Kids[3 65534 R]/MediaBox[0 0 595 842]>>",
    );
    generations.set_with_generation(3, 65534, &format!("<<{}>>", PAGE.replace("2 0 R", "2 3 R")));
    generations.set_with_generation(6, 2, "<</Fields[]>>");
    let mut no_end_of_line = page().table();
    no_end_of_line.pop();
    let tree = page()
        .with(2, "<</Type/Pages/Count 2/Kids[6 0 R 8 0 R]/MediaBox 9 0 R/Rotate 90>>")
        .with(6, "<</Type/Pages/Parent 2 0 R/Count 1/Kids[7 0 R]>>")
        .with(7, "<</Type/Pages/Parent 6 0 R/Count 1/Kids[3 0 R]/Rotate 0>>")
        .with(3, "<</Type/Page/Parent 7 0 R/Contents 4 0 R>>")
        .with(8, "<</Type/Page/Parent 2 0 R>>")
        .with(9, "[0 0 10 0 R 842]")
        .with(10, "595");
    vec![
        ("one page", include_bytes!("../samples/one_page.pdf").to_vec()),
        ("linearized", include_bytes!("../samples/linearized.pdf").to_vec()),
        ("object streams of qpdf", include_bytes!("../samples/object_streams.pdf").to_vec()),
        ("table", page().table()),
        ("cross-reference stream", page().stream()),
        ("object streams", page().object_streams()),
        ("hybrid", page().hybrid(5)),
        ("hybrid with a hidden page", page().hybrid(3)),
        (
            "form in the catalog",
            form("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/DA(/F1 0 Tf)>>>>").table(),
        ),
        (
            "form of its own",
            form("<</Type/Catalog/Pages 2 0 R/AcroForm 7 0 R>>")
                .with(7, "<</Fields[6 0 R]>>")
                .table(),
        ),
        (
            "fields of their own",
            form("<</Type/Catalog/Pages 2 0 R/AcroForm 7 0 R>>")
                .with(7, "<</Fields 8 0 R/SigFlags 3>>")
                .with(8, "[6 0 R]")
                .table(),
        ),
        (
            "fields of their own in object streams",
            form("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 8 0 R>>>>")
                .with(8, "[6 0 R]")
                .object_streams(),
        ),
        (
            "form without fields",
            page().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<<>>>>").table(),
        ),
        ("missing form", page().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 99 0 R>>").table()),
        ("annotations in the page", annotated("/Annots[6 0 R]").table()),
        ("annotations of their own", annotated("/Annots 7 0 R").table()),
        ("annotations in object streams", annotated("/Annots 7 0 R").object_streams()),
        ("missing annotations", annotated("/Annots 98 0 R").table()),
        ("turned by 90", rotated("90").table()),
        ("turned by 180", rotated("180").stream()),
        ("turned by 270", rotated("-90").object_streams()),
        ("generations", generations.table()),
        ("generations in a stream", generations.stream()),
        ("tree of pages", tree.table()),
        ("tree of pages in object streams", tree.object_streams()),
        (
            "two revisions",
            revised(
                &page().table(),
                5,
                "<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
                "/Size 6/Root 1 0 R",
            ),
        ),
        ("no end of line", no_end_of_line),
        ("blanks at the end", [page().table(), b"\r\n\0\0 \n".to_vec()].concat()),
        ("version 2.0", page().with_header("%PDF-2.0\n").stream()),
        ("version 1.3", page().with_header("%PDF-1.3\r").table()),
        ("certified for forms", certified(2).table()),
        ("certified for annotations", certified(3).object_streams()),
        (
            "an empty field of the next name",
            form("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>")
                .with(6, "<</FT/Sig/T<FEFF005300690067006E0061007400750072006500310020>/Kids[]>>")
                .table(),
        ),
    ]
}
