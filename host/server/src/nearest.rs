//! The known name that was probably meant.

/// The nearest of `known` to `found`, if it is near enough to be worth naming.
pub(crate) fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    // Below this, the names have little in common and a guess misleads.
    const NEAR_ENOUGH: f64 = 0.75;
    known
        .iter()
        .map(|name| (*name, strsim::jaro_winkler(found, name)))
        .filter(|(_, similarity)| *similarity >= NEAR_ENOUGH)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_a_name_that_is_near_is_named() {
        let known = ["listen", "data", "checkpoint", "case_no"];
        for (found, expected) in [
            ("lisen", Some("listen")),
            ("checkPoint", Some("checkpoint")),
            ("caseno", Some("case_no")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, &known), expected, "{found}");
        }
    }
}
