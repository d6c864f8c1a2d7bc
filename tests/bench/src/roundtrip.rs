//! `roundtrip`: one document up, and signed down again.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::time::{Instant, SystemTime};

use rubrica::pdf;
use rubrica::verify::{self, Expected, UnixTime};
use rubrica_core::document::{Documents, Origin, Received, Sink};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Content, Format, Item, Order, Signature};

use crate::account::Account;
use crate::arguments::Arguments;
use crate::drive::Link;
use crate::first::milliseconds;
use crate::report::Report;
use crate::{Failure, memory};

/// `rubrica-bench roundtrip BASE_URL CA_PEM FILE [OUT] [--echo]`
///
/// The clock runs from the order, with the token at hand, to the last byte written. What came back
/// begins with all bytes of the file, which is compared on the way. Where it is kept, and is no echo,
/// its signature is verified when the clock has stopped.
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let account = Account::read(arguments)?;
    let path = Path::new(arguments.required(2, "FILE")?);
    let out = arguments.optional(3).map(Path::new);
    let echo = arguments.flag("echo");
    let application = account.application()?;
    let mut link = Link::new(&account)?;
    let grant = link.log_in(&account, &application, Scope::SingleSignature)?;
    let hwm_before = memory::high_water_mark();

    let begun = Instant::now();
    let length = std::fs::metadata(path)?.len();
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let items =
        [Item { id: "1", alias: &name, content: Content::Document { length, digest: None } }];
    let order = Order {
        items: &items,
        format: Format::PadesAdRb,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let mut received = None;
    let mut sink = Written(out.map(File::create).transpose()?);
    link.sign(
        &application,
        &order,
        grant,
        &mut Original { path, file: None },
        &mut sink,
        |batch| {
            for (_, signature) in batch.outcome.as_ref().map_err(|error| *error)?.iter() {
                match signature? {
                    Signature::Received(document) => received = Some(document),
                    other => return Err(format!("no document came back, but {other:?}").into()),
                }
            }
            Ok(())
        },
    )?;
    let taken = begun.elapsed();
    let hwm_after = memory::high_water_mark();

    let received: Received = received.ok_or("nothing came back")?;
    let is_whole = match echo {
        true => received.length == length,
        false => received.length > length,
    };
    let same = received.origin == Origin::Appended && is_whole;
    if let Some(out) = out.filter(|_| same && !echo) {
        verify(path, out, &account)?;
    }
    let delta = hwm_before.zip(hwm_after).map(|(before, after)| {
        i64::try_from(after).unwrap_or(i64::MAX) - i64::try_from(before).unwrap_or(i64::MAX)
    });
    Ok(Report::new()
        .with("bytes", length)
        .with("ms", milliseconds(taken))
        .with("hwm_before_kb", hwm_before)
        .with("hwm_after_kb", hwm_after)
        .with("delta_kb", delta)
        .with("same", same))
}

/// Checks that the service added a good signature, and nothing else.
fn verify(original: &Path, signed: &Path, account: &Account) -> Result<(), Failure> {
    let (original, signed) = (std::fs::read(original)?, std::fs::read(signed)?);
    let added = pdf::added_signature(&original[..], &signed[..])?;
    let expected = Expected {
        digest: added.digest(&signed[..])?,
        holder: Some(account.holder),
        at: UnixTime::from(SystemTime::now()),
        anchors: account.trust.as_ref(),
    };
    verify::cms(&added.contents, &expected)?;
    Ok(())
}

/// The document, in its file.
struct Original<'p> {
    path: &'p Path,
    file: Option<File>,
}

impl Documents for Original<'_> {
    type Error = io::Error;

    fn begin(&mut self, _document: usize) -> io::Result<()> {
        self.file = Some(File::open(self.path)?);
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or(ErrorKind::NotFound)?;
        loop {
            match file.read(out) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// The signed document's file, or nothing at all.
struct Written(Option<File>);

impl Sink for Written {
    type Error = io::Error;

    fn begin(&mut self, _document: usize) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn commit(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn abandon(&mut self) {
        // What is in the file is told to be no document by the error that comes with this.
        if let Some(file) = &self.0 {
            drop(file.set_len(0));
        }
    }
}
