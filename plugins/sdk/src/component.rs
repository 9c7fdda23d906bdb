//! The step from the component's exports to a plug-in's traits. Only
//! `export!` names this.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;

use crate::bindings::{custom, intake, issuance, review, supervision, validation};
use crate::plugin::{Answer, read_settings};
use crate::{Application, Case, Custom, Intake, Issuance, Plugin, Review, Supervision, host, log};

/// A plug-in as the exporter of a component.
#[derive(Debug)]
pub struct Component<P>(PhantomData<P>);

/// Lets a panic's message reach the check's log before the trap: the host sees
/// a trap's address, not its words.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| log::error(panic.to_string())));
}

/// Runs a hook. An instance lives for this one call, so nothing is given back:
/// dropping the case string by string would only cost the caller time.
fn answer<P: Plugin>(
    application: Application,
    hook: impl FnOnce(&Case<'_, P::Settings>) -> Answer,
) -> Answer {
    report_panics();
    let application = ManuallyDrop::new(application);
    let settings: ManuallyDrop<P::Settings> = ManuallyDrop::new(read_settings(&host::encoded_settings())?);
    let case = ManuallyDrop::new(Case::new(&application, &*settings));
    hook(&*case)
}

impl<P: Intake> intake::exports::creditgate::plugin::intake::Guest for Component<P> {
    fn on_intake(application: Application) -> Answer {
        answer::<P>(application, P::intake)
    }
}

impl<P: Review> review::exports::creditgate::plugin::review::Guest for Component<P> {
    fn on_review(application: Application) -> Answer {
        answer::<P>(application, P::review)
    }
}

impl<P: Issuance> issuance::exports::creditgate::plugin::issuance::Guest for Component<P> {
    fn on_issuance(application: Application) -> Answer {
        answer::<P>(application, P::issuance)
    }
}

impl<P: Supervision> supervision::exports::creditgate::plugin::supervision::Guest for Component<P> {
    fn on_supervision(application: Application) -> Answer {
        answer::<P>(application, P::supervision)
    }
}

impl<P: Custom> custom::exports::creditgate::plugin::custom::Guest for Component<P> {
    fn on_checkpoint(checkpoint: String, application: Application) -> Answer {
        answer::<P>(application, |case| P::checkpoint(&checkpoint, case))
    }
}

impl<P: Plugin> validation::exports::creditgate::plugin::validation::Guest for Component<P> {
    fn validate(_: String) -> Result<(), Vec<String>> {
        report_panics();
        let settings: P::Settings =
            read_settings(&host::encoded_settings()).map_err(|failure| vec![failure.message])?;
        P::validate(&settings)
    }
}
