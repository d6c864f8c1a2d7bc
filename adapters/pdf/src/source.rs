//! Where a document's bytes come from.

use std::borrow::Cow;
use std::fs::File;
use std::io;

/// A document that is read here and there, a few kilobytes at a time: a file, bytes in memory, or
/// whatever else knows its length and can be read at any place.
///
/// The document must not change while it is read. Another length, or an end before it, is noticed
/// ([`PdfError::Changed`](crate::PdfError::Changed)); other bytes of the same length are not.
pub trait Source {
    /// The document's length in bytes.
    ///
    /// # Errors
    /// What keeps the source from telling.
    fn length(&self) -> io::Result<u64>;

    /// Reads bytes from `offset` on into the beginning of `out` and says how many: fewer than there
    /// is room for when that is easier, none only when `out` is empty or the document ends at
    /// `offset` or before.
    ///
    /// # Errors
    /// What keeps the source from being read. After [`io::ErrorKind::Interrupted`] it is read again.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;

    /// The whole document, where it is in memory anyway; it is then read without being copied.
    fn in_memory(&self) -> Option<&[u8]> {
        None
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn length(&self) -> io::Result<u64> {
        (**self).length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, out)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        (**self).in_memory()
    }
}

impl Source for [u8] {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..));
        let rest = rest.unwrap_or_default();
        let count = rest.len().min(out.len());
        for (place, &byte) in out.iter_mut().zip(rest) {
            *place = byte;
        }
        Ok(count)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl<const N: usize> Source for [u8; N] {
    fn length(&self) -> io::Result<u64> {
        self.as_slice().length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, out)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl Source for Vec<u8> {
    fn length(&self) -> io::Result<u64> {
        self.as_slice().length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, out)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl Source for Cow<'_, [u8]> {
    fn length(&self) -> io::Result<u64> {
        (**self).length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, out)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// Read at places of its own, wherever the file's cursor stands; on Unix the cursor stays there.
#[cfg(any(unix, windows))]
impl Source for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(self, out, offset);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(self, out, offset);
    }
}

/// The beginning of a document, as if it were all of it.
pub(crate) struct Prefix<'s> {
    pub(crate) source: &'s dyn Source,
    pub(crate) length: u64,
}

impl Source for Prefix<'_> {
    fn length(&self) -> io::Result<u64> {
        // When the document is now shorter than that, so is its beginning.
        Ok(self.source.length()?.min(self.length))
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = left.min(out.len());
        out.get_mut(..count).map_or(Ok(0), |out| self.source.read_at(offset, out))
    }

    fn in_memory(&self) -> Option<&[u8]> {
        let whole = self.source.in_memory()?;
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        Some(whole.get(..length).unwrap_or(whole))
    }
}
