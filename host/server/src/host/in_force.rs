//! What is in force here, as affairs ask for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use creditgate_affairs::Here;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::policy::Policy;
use creditgate_gate::World;
use jiff::civil::Date;

use super::Shared;
use crate::config::Config;

/// The snapshot of now, and what the configuration says.
pub(crate) struct InForce<'a> {
    world: Arc<World>,
    config: &'a Config,
}

impl Shared {
    /// What is in force at this moment.
    pub(crate) fn in_force(&self) -> InForce<'_> {
        InForce { world: self.gate.world(), config: &self.config }
    }
}

impl Here for InForce<'_> {
    fn policy(&self, division: &str, day: Date) -> Option<Arc<Policy>> {
        self.world.policy(division, day).cloned()
    }

    fn calendar(&self) -> &Arc<WorkingCalendar> {
        self.world.calendar()
    }

    fn divisions_of(&self, department: &str) -> BTreeSet<String> {
        let bound = self.world.routes().filter(|route| route.binding.department == department);
        bound.map(|route| route.binding.division.clone()).collect()
    }

    fn department_named(&self, name: &str) -> Option<String> {
        let named = self.config.departments.iter().find(|(_, department)| department.name == name);
        named.map(|(code, _)| code.clone())
    }

    fn has_platform(&self) -> bool {
        self.config.platform.is_some()
    }
}
