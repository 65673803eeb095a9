//! File addresses in EAF: `file:///D:/a%20b.wav` to a path and back.

/// The path a media address means: `file:` taken off, percent signs resolved; other addresses stay as they are.
pub fn to_path(url: &str) -> String {
    let Some(rest) = url.strip_prefix("file:") else { return decode(url) };
    let path = match rest.strip_prefix("//") {
        // file://host/share keeps the host as Windows writes it.
        Some(path) if !path.starts_with('/') && !path.is_empty() => format!("//{path}"),
        Some(path) => path.to_owned(),
        None => rest.to_owned(),
    };
    let path = decode(&path);
    let bytes = path.as_bytes();
    // /D:/… is a Windows drive.
    if bytes.len() > 2 && bytes[0] == b'/' && bytes[1].is_ascii_alphabetic() && bytes[2] == b':' {
        path[1..].to_owned()
    } else {
        path
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let source = text.as_bytes();
    let mut place = 0;
    while place < source.len() {
        let hex = source.get(place + 1..place + 3).and_then(|h| std::str::from_utf8(h).ok());
        let byte = hex.filter(|_| source[place] == b'%').and_then(|h| u8::from_str_radix(h, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                place += 3;
            }
            None => {
                bytes.push(source[place]);
                place += 1;
            }
        }
    }
    // What is no UTF-8 after resolving was not percent-encoded text: leave it as written.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The address of a path: absolute ones with `file://`, relative ones as they are, unusual letters percent-encoded.
pub fn from_path(path: &str) -> String {
    let mut url = String::new();
    let has_scheme =
        path.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric()));
    let is_drive = path.len() > 2 && path.as_bytes()[0].is_ascii_alphabetic() && path.as_bytes()[1] == b':';
    if is_drive {
        url.push_str("file:///");
    } else if path.starts_with("//") {
        url.push_str("file:");
    } else if path.starts_with('/') {
        url.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'\\' if is_drive => url.push('/'),
            b'%' if has_scheme => url.push('%'),
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'/'
            | b'.'
            | b'-'
            | b'_'
            | b'~'
            | b':'
            | b'('
            | b')'
            | b','
            | b'+'
            | b'@'
            | b'=' => {
                url.push(byte as char);
            }
            b'?' | b'#' | b'&' if has_scheme => url.push(byte as char),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}
