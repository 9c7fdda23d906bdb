//! Whether a component fits a binding: its department, its plug-in, its hook, its
//! settings and limits; and to which department the name of a plug-in belongs.

use std::collections::HashMap;

use creditgate_sandbox::{GivenLimits, Limits, Plugin, Settings};
use jiff::Timestamp;

use super::{DeployError, Deployer, StagingProblem};
use crate::ports::Deployment;
use crate::probe;
use crate::release::{Release, ReleaseId};
use crate::world::Binding;

impl Deployer {
    /// Looks whether bindings may be as they are to be, has them kept by `keep`, and
    /// publishes them. Nobody changes bindings or releases meanwhile.
    ///
    /// # Errors
    /// [`DeployError`] where a binding does not fit what serves it, and whatever
    /// `keep` says; nothing has changed then.
    pub async fn bind<T, E: From<DeployError>>(
        &self,
        bindings: &[Binding],
        now: Timestamp,
        keep: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let _guard = self.changing.lock().await;
        self.check_bindings(bindings, now).await?;
        let kept = keep.await?;
        self.publish_recorded(now).await;
        Ok(kept)
    }

    /// Holds bindings that are about to be saved against the releases that serve
    /// them: a binding must not lose its release by new settings. One that now
    /// names another plug-in is not tried; it waits for a release of that one.
    ///
    /// # Errors
    /// [`DeployError`] for the first binding that names a plug-in of another
    /// department, whose release nobody approved where its mode asks for that, or
    /// whose release does not serve the checkpoint or refuses the settings.
    async fn check_bindings(&self, bindings: &[Binding], now: Timestamp) -> Result<(), DeployError> {
        let deployment = self.registry.deployment()?;
        let timelines = deployment.timelines();
        let mut owners: HashMap<&str, Option<String>> = HashMap::new();
        for binding in bindings {
            let owner = match owners.get(binding.plugin.as_str()) {
                Some(owner) => owner.clone(),
                None => self.owner_of(&binding.plugin).await?,
            };
            if let Some(owner) = &owner {
                same_department(binding, &binding.plugin, owner)?;
            }
            owners.insert(&binding.plugin, owner);
            self.judging_is_approved(&deployment, binding, now)?;
            // The release in force and those to come.
            for activation in timelines.get(binding.id.as_str()).into_iter().flat_map(|it| it.from(now)) {
                let plugin = self.load(&activation.digest).await?;
                if is_of(&plugin, binding).is_ok() {
                    let over = deployment.release(activation.release).map_or("{}", |it| it.settings.text());
                    fitting_settings(&plugin, binding, over).await?;
                }
            }
        }
        Ok(())
    }

    /// What judges for a binding, will, or is tried there has to be approved where
    /// the binding's mode asks for it, whichever way the mode came about.
    fn judging_is_approved(
        &self,
        deployment: &Deployment,
        binding: &Binding,
        now: Timestamp,
    ) -> Result<(), DeployError> {
        let trials = deployment.trials.iter().filter(|trial| trial.binding == binding.id);
        let mut judging: Vec<ReleaseId> = trials.map(|trial| trial.release).collect();
        judging.extend(deployment.timeline(&binding.id).from(now).map(|activation| activation.release));
        let releases = judging.into_iter().filter_map(|id| deployment.release(id));
        // Those of another plug-in do not serve it.
        releases
            .filter(|release| release.plugin == binding.plugin)
            .try_for_each(|release| self.approved_for(release, &[binding]))
    }

    /// Whether a department may have a plug-in of this name: it has one already, or
    /// nobody has, neither a component nor a binding.
    ///
    /// # Errors
    /// [`DeployError::NameTaken`], or when the registry cannot be read.
    pub(super) async fn name_is_free(&self, name: &str, department: &str) -> Result<(), DeployError> {
        let owner = match self.owner_of(name).await? {
            Some(owner) => owner,
            None => {
                let mut bindings = self.registry.deployment()?.bindings;
                bindings.retain(|binding| binding.plugin == name);
                if bindings.iter().any(|binding| binding.department == department) {
                    return Ok(());
                }
                match bindings.into_iter().next() {
                    Some(binding) => binding.department,
                    None => return Ok(()),
                }
            }
        };
        if owner == department {
            return Ok(());
        }
        Err(DeployError::NameTaken { plugin: name.to_owned(), owner, department: department.to_owned() })
    }

    /// The department the name of a plug-in belongs to: that of the first component
    /// that came under it.
    async fn owner_of(&self, name: &str) -> Result<Option<String>, DeployError> {
        let components = self.registry.components()?.into_iter().rev();
        for component in components.filter(|component| component.name == name) {
            if component.department.is_some() {
                return Ok(component.department);
            }
            // It came before departments were written down. One that does not load
            // any more says nothing.
            match self.load(&component.digest).await {
                Ok(plugin) => return Ok(Some(plugin.manifest().department.clone())),
                Err(error) => {
                    tracing::debug!(%error, digest = component.digest, "a component does not load, so its department is not known")
                }
            }
        }
        Ok(None)
    }

    /// Settings, hook and limits of one binding against a component; gives back
    /// the settings, complete.
    pub(super) async fn try_binding(
        &self,
        plugin: &Plugin,
        binding: &Binding,
        release: &Release,
    ) -> Result<Settings, DeployError> {
        let settings = fitting_settings(plugin, binding, release.settings.text()).await?;
        probe::call(
            plugin,
            &binding.department,
            &binding.checkpoint,
            &settings,
            &limits(plugin, binding, release.limits),
            &self.calendar.load_full(),
        )
        .await
        .map_err(|error| staging(plugin, &binding.id, StagingProblem::Probe(error)))?;
        Ok(settings)
    }
}

/// Whether a release is one of the plug-in the binding names, and of its
/// department: a binding that was given another plug-in must not go on with the
/// releases of the old one, and what one department approved judges no case of
/// another.
pub(super) fn is_of(plugin: &Plugin, binding: &Binding) -> Result<(), DeployError> {
    let found = &plugin.manifest().name;
    if *found == binding.plugin {
        return same_department(binding, found, &plugin.manifest().department);
    }
    Err(DeployError::OtherPlugin {
        binding: binding.id.clone(),
        expected: binding.plugin.clone(),
        found: found.clone(),
    })
}

fn same_department(binding: &Binding, plugin: &str, department: &str) -> Result<(), DeployError> {
    if binding.department == department {
        return Ok(());
    }
    Err(DeployError::OtherDepartment {
        binding: binding.id.clone(),
        expected: binding.department.clone(),
        plugin: plugin.to_owned(),
        found: department.to_owned(),
    })
}

pub(super) fn serves(plugin: &Plugin, binding: &Binding) -> Result<(), StagingProblem> {
    if plugin.hook_at(&binding.checkpoint).is_some() {
        return Ok(());
    }
    let served = plugin.hooks().iter().map(|hook| hook.checkpoint().to_owned()).collect();
    Err(StagingProblem::HookMissing { checkpoint: binding.checkpoint.clone(), served })
}

/// The binding's settings with those of the release over them (`{}` where it has
/// none), complete and accepted by the plug-in.
pub(crate) async fn fitting_settings(
    plugin: &Plugin,
    binding: &Binding,
    over: &str,
) -> Result<Settings, DeployError> {
    is_of(plugin, binding)?;
    let failed = |problem| staging(plugin, &binding.id, problem);
    serves(plugin, binding).map_err(failed)?;
    let settings = complete_settings(plugin, binding, over).map_err(failed)?;
    let validated = plugin.validate_settings(&settings, &limits(plugin, binding, None)).await;
    validated.map_err(|error| failed(StagingProblem::Validate(error)))?;
    Ok(settings)
}

/// Limits of one call: the release's own where it has some, or the binding's,
/// and for the rest the usual ones of the plug-in's class.
pub(crate) fn limits(plugin: &Plugin, binding: &Binding, own: Option<GivenLimits>) -> Limits {
    own.unwrap_or(binding.limits).over(&plugin.usual_limits())
}

pub(super) fn complete_settings(
    plugin: &Plugin,
    binding: &Binding,
    over: &str,
) -> Result<Settings, StagingProblem> {
    let object = |text: &str| -> Result<serde_json::Map<String, serde_json::Value>, StagingProblem> {
        serde_json::from_str(text).map_err(|_| StagingProblem::SettingsNotAnObject)
    };
    let mut given = object(binding.settings.text())?;
    given.extend(object(over)?);
    let complete = plugin.manifest().settings.check(&given).map_err(StagingProblem::Settings)?;
    Ok(Settings::new(complete))
}

pub(super) fn staging(plugin: &Plugin, place: &str, problem: StagingProblem) -> DeployError {
    DeployError::Staging {
        plugin: plugin.manifest().name.clone(),
        version: plugin.manifest().version.clone(),
        place: place.to_owned(),
        problem: Box::new(problem),
    }
}
