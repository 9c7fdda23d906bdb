//! Who asks for something, and for what they may ask.

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Key id.
    pub id: String,
    /// What it may do.
    pub power: Power,
}

/// What somebody may do about affairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Power {
    /// Asks for these departments, or for every one.
    Departments(Option<Vec<String>>),
    /// Answers for the lists.
    Lists,
    /// Administers the host.
    Everything,
}

impl Who {
    /// Whether the lists are theirs to answer for.
    #[must_use]
    pub const fn answers_for_lists(&self) -> bool {
        !matches!(self.power, Power::Departments(_))
    }

    /// Whether they may deal with what belongs to this department, or to none.
    #[must_use]
    pub fn may_see(&self, department: Option<&str>) -> bool {
        match (&self.power, department) {
            (Power::Departments(Some(theirs)), Some(name)) => theirs.iter().any(|their| their == name),
            (Power::Departments(Some(_)), None) => false,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_for_departments_sees_what_belongs_to_them() {
        let who = |power| Who { id: "k1".to_owned(), power };
        let bound = who(Power::Departments(Some(vec!["housing".to_owned()])));
        let cases = [
            (&bound, Some("housing"), true),
            (&bound, Some("market-regulation"), false),
            (&bound, None, false),
            (&who(Power::Departments(None)), Some("housing"), true),
            (&who(Power::Departments(None)), None, true),
            (&who(Power::Lists), None, true),
        ];
        for (who, department, may) in cases {
            assert_eq!(who.may_see(department), may, "{who:?} {department:?}");
        }
    }
}
