//! Finds the examples a component carries. What they say is not read here.

use creditgate_manifest::{EXAMPLES_SECTION, MOST_EXAMPLE_BYTES};
use wasmparser::{Parser, Payload};

/// The section of examples cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExamplesError {
    /// The bytes are no component.
    #[error("the component is damaged")]
    Damaged,
    /// There are several.
    #[error("the component has more than one section `{EXAMPLES_SECTION}`")]
    Repeated,
    /// It is too long to be looked at.
    #[error(
        "the section `{EXAMPLES_SECTION}` has {bytes} bytes, at most {MOST_EXAMPLE_BYTES}; ship fewer or \
         shorter examples"
    )]
    TooLarge {
        /// Its bytes.
        bytes: usize,
    },
}

/// The section of examples of a component, if it has one; only the outermost
/// component speaks for itself.
///
/// # Errors
/// [`ExamplesError`].
pub fn examples(component: &[u8]) -> Result<Option<&[u8]>, ExamplesError> {
    let mut depth = 0_u32;
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|_| ExamplesError::Damaged)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == EXAMPLES_SECTION => {
                found.push(section.data());
            }
            _ => {}
        }
    }
    match found[..] {
        [] => Ok(None),
        [section] if section.len() > MOST_EXAMPLE_BYTES => {
            Err(ExamplesError::TooLarge { bytes: section.len() })
        }
        [section] => Ok(Some(section)),
        _ => Err(ExamplesError::Repeated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty component with these custom sections.
    fn component(sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
        for (name, data) in sections {
            let mut body = vec![u8::try_from(name.len()).unwrap()];
            body.extend_from_slice(name.as_bytes());
            body.extend_from_slice(data);
            bytes.push(0);
            let mut left = body.len();
            while left >= 0x80 {
                bytes.push(0x80 | u8::try_from(left & 0x7f).unwrap());
                left >>= 7;
            }
            bytes.push(u8::try_from(left).unwrap());
            bytes.extend_from_slice(&body);
        }
        bytes
    }

    #[test]
    fn one_section_of_reasonable_size_is_found() {
        let long = vec![b' '; MOST_EXAMPLE_BYTES + 1];
        let other = ("creditgate:manifest", &b"x"[..]);
        let one = (EXAMPLES_SECTION, &b"[]"[..]);
        assert_eq!(examples(&component(&[other])), Ok(None));
        assert_eq!(examples(&component(&[other, one])), Ok(Some(&b"[]"[..])));
        assert_eq!(examples(&component(&[one, one])), Err(ExamplesError::Repeated));
        let bytes = long.len();
        assert_eq!(
            examples(&component(&[(EXAMPLES_SECTION, &long)])),
            Err(ExamplesError::TooLarge { bytes })
        );
        assert_eq!(examples(b"\0asm\x0d\0\x01\0\xff"), Err(ExamplesError::Damaged));
    }
}
