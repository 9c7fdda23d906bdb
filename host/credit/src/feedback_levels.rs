//! The way of a measure from a check to the highest level that has to know what
//! became of it (R7, R37, R105): a department reports, the feedback goes to the
//! credit platform of its own level, and each level hands it on to the next and
//! says when that has it.
//!
//! ```text
//! proposed ─▶ executed | partly | not executed | other
//!               └▶ fed back ─▶ acknowledged by county ─▶ by city ─▶ by province
//! ```
//!
//! That its entry is under verification is an overlay: what was done stays done,
//! and what was not is not asked for.

/// Names of the levels that feedback passes, the nearest first. The first one
/// acknowledges by taking the delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackLevels(Vec<String>);

/// Why levels cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelsError {
    /// There is none.
    #[error("there must be at least one level")]
    None,
    /// One is empty or stands there twice.
    #[error("the level `{0}` is empty or stands there twice")]
    Name(String),
}

/// Why an acknowledgement is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgementError {
    /// The jurisdiction has no such level.
    #[error("there is no level `{level}`; levels are {known}")]
    UnknownLevel {
        /// The level named.
        level: String,
        /// Those there are.
        known: String,
    },
    /// The first level acknowledges by taking the delivery.
    #[error("level `{0}` acknowledges by taking the delivery")]
    FirstLevel(String),
    /// A level below has not acknowledged.
    #[error("level `{missing}` comes before `{level}` and has not acknowledged")]
    OutOfOrder {
        /// The level named.
        level: String,
        /// The one that has to come first.
        missing: String,
    },
    /// The level acknowledged before, under another reference.
    #[error("level `{0}` has acknowledged under another reference")]
    OtherReference(String),
}

impl AcknowledgementError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownLevel { .. } => "feedback.unknown_level",
            Self::FirstLevel(_) => "feedback.first_level",
            Self::OutOfOrder { .. } => "feedback.level_out_of_order",
            Self::OtherReference(_) => "feedback.other_reference",
        }
    }
}

impl FeedbackLevels {
    /// Levels with these names, the nearest first.
    ///
    /// # Errors
    /// [`LevelsError`].
    pub fn new(names: Vec<String>) -> Result<Self, LevelsError> {
        if names.is_empty() {
            return Err(LevelsError::None);
        }
        for (position, name) in names.iter().enumerate() {
            if name.trim().is_empty() || names.iter().take(position).any(|earlier| earlier == name) {
                return Err(LevelsError::Name(name.clone()));
            }
        }
        Ok(Self(names))
    }

    /// Their names, the nearest first.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether an acknowledgement by `level` may be kept, when the feedback was
    /// `delivered` or not and these levels acknowledged before, each with its
    /// reference. Answers whether it is news: the same one again is none.
    ///
    /// # Errors
    /// [`AcknowledgementError`].
    pub fn accept(
        &self,
        level: &str,
        reference: &str,
        delivered: bool,
        before: &[(String, String)],
    ) -> Result<bool, AcknowledgementError> {
        let position = self.0.iter().position(|name| name == level).ok_or_else(|| {
            AcknowledgementError::UnknownLevel { level: level.to_owned(), known: self.0.join(", ") }
        })?;
        if position == 0 {
            return Err(AcknowledgementError::FirstLevel(level.to_owned()));
        }
        if let Some((_, known)) = before.iter().find(|(name, _)| name == level) {
            let same = known == reference;
            return if same {
                Ok(false)
            } else {
                Err(AcknowledgementError::OtherReference(level.to_owned()))
            };
        }
        let has = |(at, name): (usize, &String)| {
            if at == 0 { delivered } else { before.iter().any(|(known, _)| known == name) }
        };
        match self.0.iter().enumerate().take(position).find(|lower| !has(*lower)) {
            Some((_, missing)) => {
                Err(AcknowledgementError::OutOfOrder { level: level.to_owned(), missing: missing.clone() })
            }
            None => Ok(true),
        }
    }
}

/// Feedback is for the platform and whoever it hands it on to; without levels of
/// its own a jurisdiction has the platform only.
impl Default for FeedbackLevels {
    fn default() -> Self {
        Self(vec!["platform".to_owned()])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn levels() -> FeedbackLevels {
        FeedbackLevels::new(["county", "city", "province"].map(str::to_owned).to_vec()).unwrap()
    }

    fn done(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), "r".to_owned())).collect()
    }

    #[test]
    fn r105_levels_acknowledge_one_after_the_other() {
        type Case = (&'static str, bool, &'static [&'static str], Result<bool, &'static str>);
        let cases: [Case; 7] = [
            ("city", true, &[], Ok(true)),
            ("province", true, &["city"], Ok(true)),
            ("city", true, &["city"], Ok(false)),
            ("city", false, &[], Err("feedback.level_out_of_order")),
            ("province", true, &[], Err("feedback.level_out_of_order")),
            ("county", true, &[], Err("feedback.first_level")),
            ("moon", true, &[], Err("feedback.unknown_level")),
        ];
        for (level, delivered, before, expected) in cases {
            let answer = levels().accept(level, "r", delivered, &done(before));
            assert_eq!(answer.map_err(|error| error.code()), expected, "{level} after {before:?}");
        }
        let other = levels().accept("city", "s", true, &done(&["city"]));
        assert_eq!(other.map_err(|error| error.code()), Err("feedback.other_reference"));
    }

    #[test]
    fn levels_have_names_of_their_own() {
        for names in [vec![], vec![""], vec!["a", "a"]] {
            assert!(FeedbackLevels::new(names.into_iter().map(str::to_owned).collect()).is_err());
        }
    }

    proptest! {
        #[test]
        fn r105_whatever_arrives_no_level_is_skipped(order in proptest::collection::vec(0usize..3, 0..8), delivered: bool) {
            let levels = levels();
            let mut kept: Vec<(String, String)> = Vec::new();
            for position in order {
                let name = &levels.names()[position];
                if levels.accept(name, "r", delivered, &kept) == Ok(true) {
                    kept.push((name.clone(), "r".to_owned()));
                }
            }
            let expected: &[&str] = if delivered { &["city", "province"] } else { &[] };
            let kept: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
            prop_assert!(expected.starts_with(&kept));
        }
    }
}
