//! The example city brought into a host's data folder with the real command
//! line: what the demo and the benchmark start from.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::program::output;
use crate::{cargo, plugins};

/// Files of the city.
pub(crate) fn file(name: &str) -> PathBuf {
    cargo::root().join("examples/city").join(name)
}

/// A host's folder and the program that works on it.
pub(crate) struct City {
    creditgate: PathBuf,
    /// The host's configuration.
    pub(crate) config: PathBuf,
}

impl City {
    /// Writes a configuration into `folder` and brings the city in. `extra` is
    /// more TOML for the configuration.
    pub(crate) fn prepare(creditgate: PathBuf, folder: &Path, extra: &str) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let config = folder.join("creditgate.toml");
        std::fs::write(&config, format!("listen = \"127.0.0.1:0\"\ndata = \"data\"\n\n{extra}"))
            .with_context(|| format!("cannot write {}", config.display()))?;
        let city = Self { creditgate, config };
        for (kind, name) in [
            ("catalogue", "catalogue.jsonl"),
            ("policy", "policy.jsonl"),
            ("bindings", "bindings.jsonl"),
            ("lists", "lists.jsonl"),
            ("lists", "lists.csv"),
        ] {
            output(city.run(&["import", kind]).arg(file(name)))?;
        }
        Ok(city)
    }

    /// Pushes a component and switches the bindings of its plug-in to it; gives
    /// back its digest.
    pub(crate) fn release(&self, component: &Path) -> Result<String> {
        let pushed = output(self.run(&["plugin", "push", "--json"]).arg(component))?;
        let digest = digest_of(&pushed)?;
        output(&mut self.run(&["activate", &digest, "--reason", "first release"]))?;
        Ok(digest)
    }

    /// Makes an API key.
    pub(crate) fn key(&self, name: &str, role: &str) -> Result<String> {
        let made = output(&mut self.run(&["keys", "create", "--name", name, "--role", role, "--json"]))?;
        let made: serde_json::Value = serde_json::from_str(&made).context("`keys create` printed no JSON")?;
        made["key"].as_str().map(str::to_owned).context("`keys create` printed no key")
    }

    /// `creditgate … --config FILE`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.creditgate);
        command.args(arguments).arg("--config").arg(&self.config);
        command
    }

    /// The command that serves it.
    pub(crate) fn serve(&self) -> Command {
        self.run(&["serve"])
    }
}

/// The digest that `plugin push --json` printed for its one component.
pub(crate) fn digest_of(pushed: &str) -> Result<String> {
    let pushed: serde_json::Value = serde_json::from_str(pushed).context("`plugin push` printed no JSON")?;
    let first = if pushed.is_array() { &pushed[0] } else { &pushed };
    first["digest"].as_str().map(str::to_owned).context("`plugin push` printed no digest")
}

/// The component of a plug-in after [`plugins::build`].
pub(crate) fn component(built: &[creditgate_plugin_builder::BuiltPlugin], name: &str) -> Result<PathBuf> {
    built
        .iter()
        .find(|plugin| plugin.manifest.name == name)
        .map(|plugin| plugin.path.clone())
        .with_context(|| format!("plug-in {name} was not built into {}", plugins::folder().display()))
}
