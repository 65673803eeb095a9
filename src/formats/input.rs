//! Opening input files: size limits before memory is spent, encodings told apart, output written beside and renamed.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::{Format, FormatError};

/// The first 4 KB as text, for telling formats apart; UTF-16 is decoded, broken bytes are replaced.
///
/// # Errors
/// When the file cannot be opened or read.
pub fn head(path: &Path) -> Result<String, FormatError> {
    let open = |source| FormatError::Open { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(open)?.take(4096).read_to_end(&mut bytes).map_err(open)?;
    Ok(decode(&bytes).0)
}

/// The whole file, unless it is larger than `limit` bytes: then an error before any memory is taken.
///
/// # Errors
/// When the file cannot be opened or read, or is too large.
pub fn bytes(path: &Path, format: Format, limit: u64) -> Result<Vec<u8>, FormatError> {
    let open = |source| FormatError::Open { path: path.to_owned(), source };
    let file = File::open(path).map_err(open)?;
    let size = file.metadata().map_err(open)?.len();
    if size > limit {
        return Err(FormatError::TooLarge { path: path.to_owned(), size, limit, format });
    }
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(limit).read_to_end(&mut bytes).map_err(open)?;
    Ok(bytes)
}

/// Text from bytes and the name of the encoding used: by byte order mark, else UTF-8 when it is valid,
/// else UTF-16 when every second byte is zero at the start, else Windows-1252 (which contains Latin-1).
pub fn decode(bytes: &[u8]) -> (String, &'static str) {
    let (text, encoding) = text(bytes);
    (text.into_owned(), encoding)
}

/// As [`decode`]; UTF-8 is lent as it lies there.
pub fn text(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
    let utf8 = std::str::from_utf8(bytes);
    let encoding = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => UTF_8,
        [0xFE, 0xFF, ..] => UTF_16BE,
        [0xFF, 0xFE, ..] => UTF_16LE,
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => UTF_16BE,
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => UTF_16LE,
        _ => match utf8 {
            Ok(text) => return (Cow::Borrowed(text), UTF_8.name()),
            // The head of a file may end in the middle of a letter.
            Err(error) if error.error_len().is_none() => UTF_8,
            Err(_) => WINDOWS_1252,
        },
    };
    let (text, _, _) = encoding.decode(bytes);
    (text, encoding.name())
}

/// Text of an XML file, the name of the encoding used, and what was odd: by byte order mark, else as the XML
/// declaration says. A file that declares an eight-bit encoding and is UTF-8 all through was saved by an editor that
/// left the declaration as it was.
pub fn decode_xml(bytes: &[u8]) -> (String, &'static str, Option<String>) {
    let by_content = decode(bytes);
    let head: String = bytes.iter().take(200).map(|b| char::from(*b)).collect();
    let declared = head.strip_prefix("<?xml").and_then(|rest| rest.get(..rest.find("?>")?)).and_then(|declaration| {
        let after = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        after.get(1..)?.split(quote).next().map(str::to_owned)
    });
    let Some(declared) = declared else { return (by_content.0, by_content.1, None) };
    let Some(encoding) = encoding_rs::Encoding::for_label(declared.as_bytes()) else {
        let odd = format!("it declares the encoding '{declared}', which is not known; read as {}", by_content.1);
        return (by_content.0, by_content.1, Some(odd));
    };
    let said = encoding.name();
    if said == by_content.1 || said.starts_with("UTF-16") || bytes.is_ascii() {
        return (by_content.0, by_content.1, None);
    }
    let odd = |used: &str| Some(format!("it declares the encoding {declared} and is in {used}; read so"));
    if std::str::from_utf8(bytes).is_ok() || encoding == encoding_rs::UTF_8 {
        return (by_content.0, by_content.1, odd(by_content.1));
    }
    let (text, used, _) = encoding.decode(bytes);
    (text.into_owned(), used.name(), None)
}

/// Writes a file whole or not at all: beside its place first, flushed to disk, then renamed over it.
///
/// # Errors
/// When the folder cannot be written or the disk is full; what stood there before still stands.
pub fn write_atomic(path: &Path, content: &[u8]) -> Result<(), FormatError> {
    let failed = |source| FormatError::Write { path: path.to_owned(), source };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private; what a person exports gets the usual rights.
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
