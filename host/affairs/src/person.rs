//! Who stands behind a key, and whether somebody is the second person that a
//! decision needs: two keys of one person are one, and a system agrees to
//! nothing.

use creditgate_credit::identifier::normalise;

/// Who holds a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A person, by name.
    Person(String),
    /// A system, by name.
    System(String),
}

impl Holder {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person(name) | Self::System(name) => name,
        }
    }
}

/// Why somebody is not the second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSecond {
    /// It is the first one, perhaps with another key.
    #[error("who brought it cannot agree to it, with whatever key; somebody else has to")]
    Same,
    /// Nobody says who it is.
    #[error("who agrees has a name; say who you are with `--operator NAME`")]
    Unnamed,
    /// It is no person.
    #[error("the key is a system's, and a person has to agree; use the key of a person")]
    System,
}

impl NotSecond {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "approval.own",
            Self::Unnamed => "approval.unnamed",
            Self::System => "approval.not_a_person",
        }
    }
}

/// Whether who agrees is another person than who brought something. Names are
/// compared as names of people are: width, case and blanks do not tell two apart.
/// Without a holder nobody said who it was, which happens at the machine itself:
/// whoever can write the data folder is trusted with saying another name.
///
/// # Errors
/// [`NotSecond`].
pub fn second_person(brought: Option<&Holder>, agrees: Option<&Holder>) -> Result<(), NotSecond> {
    let agrees = agrees.ok_or(NotSecond::Unnamed)?;
    if brought.is_some_and(|brought| normalise(brought.name()) == normalise(agrees.name())) {
        return Err(NotSecond::Same);
    }
    match agrees {
        Holder::Person(_) => Ok(()),
        Holder::System(_) => Err(NotSecond::System),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_of_one_person_are_one_person_and_a_system_agrees_to_nothing() {
        let person = |name: &str| Some(Holder::Person(name.to_owned()));
        let system = |name: &str| Some(Holder::System(name.to_owned()));
        let cases = [
            (person("王芳"), person("李强"), Ok(())),
            (system("流水线"), person("李强"), Ok(())),
            (None, person("李强"), Ok(())),
            (person("王芳"), person("王芳"), Err(NotSecond::Same)),
            (person("Wang Fang"), person("ＷＡＮＧ　ＦＡＮＧ "), Err(NotSecond::Same)),
            (system("王芳"), person("王芳"), Err(NotSecond::Same)),
            (person("王芳"), system("流水线"), Err(NotSecond::System)),
            (person("王芳"), None, Err(NotSecond::Unnamed)),
            (None, None, Err(NotSecond::Unnamed)),
        ];
        for (brought, agrees, expected) in cases {
            let found = second_person(brought.as_ref(), agrees.as_ref());
            assert_eq!(found, expected, "{brought:?} and {agrees:?}");
        }
    }
}
