//! The content hash by which a moved recording is found again.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{MediaError, Progress};

/// BLAKE3 of a file's bytes, in lower-case hex (64 characters).
pub fn hash_file(path: &Path, progress: Progress) -> Result<String, MediaError> {
    let mut file = File::open(path).map_err(|source| MediaError::from_io(path, source))?;
    let size = file.metadata().map_err(|source| MediaError::from_io(path, source))?.len();
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0u64;
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(MediaError::from_io(path, source)),
        };
        hasher.update(&buffer[..read]);
        done += read as u64;
        if progress((done as f64 / size.max(1) as f64).min(1.0) as f32).is_break() {
            return Err(MediaError::Cancelled);
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}
