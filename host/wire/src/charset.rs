//! In which characters bytes seem to be written that are not UTF-8: a guess, to be
//! told to whoever sent them, and nothing that is read by it.

use encoding_rs::{BIG5, GB18030};

/// Bytes that are looked at for a pattern.
const LOOKED_AT: usize = 4096;

/// The encoding these bytes seem to be in, or nothing where they are UTF-8 or
/// look like none.
#[must_use]
pub fn seems(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => return Some("UTF-32 (little-endian)"),
        [0, 0, 0xfe, 0xff, ..] => return Some("UTF-32 (big-endian)"),
        [0xff, 0xfe, ..] => return Some("UTF-16 (little-endian)"),
        [0xfe, 0xff, ..] => return Some("UTF-16 (big-endian)"),
        _ => {}
    }
    // In UTF-16 every other byte of the signs of JSON and CSV is zero.
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if (even + odd) * 8 > head.len() {
        return Some(if odd >= even { "UTF-16 (little-endian)" } else { "UTF-16 (big-endian)" });
    }
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let decodes = |encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
    };
    if decodes(GB18030) {
        Some("GBK (GB 18030)")
    } else if decodes(BIG5) {
        Some("Big5")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use super::*;

    #[test]
    fn an_encoding_is_recognised_by_its_mark_or_its_pattern() {
        let text = r#"{"department":"housing","name":"示例建筑有限公司"}"#;
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        for (bytes, seeming) in [
            (text.as_bytes().to_vec(), None),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), None),
            (GBK.encode(text).0.into_owned(), Some("GBK (GB 18030)")),
            // A character that GB 18030 has and GBK has not.
            (b"{\"name\":\"\x82\x31\x86\x38\"}".to_vec(), Some("GBK (GB 18030)")),
            (little.clone(), Some("UTF-16 (little-endian)")),
            ([&b"\xff\xfe"[..], &little].concat(), Some("UTF-16 (little-endian)")),
            (big.clone(), Some("UTF-16 (big-endian)")),
            ([&b"\xfe\xff"[..], &big].concat(), Some("UTF-16 (big-endian)")),
            (b"\xff\xfe\0\0{\0\0\0".to_vec(), Some("UTF-32 (little-endian)")),
            (b"{\"a\":\"\xff\xff\"}".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(seems(&bytes), seeming, "{bytes:?}");
        }
    }
}
