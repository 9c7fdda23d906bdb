//! What is wrong with something that was brought in.

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where, such as `parties[0].identifiers[1]`.
    pub field: String,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what would be right. Holds no identity number.
    pub message: String,
}

impl FieldProblem {
    /// A fault of this place.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}
