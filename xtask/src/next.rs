//! The next version of a plug-in that was built: the same program under another
//! manifest, signed by its vendor.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use creditgate_plugin_builder::{BuiltPlugin, componentize};

use crate::city::City;
use crate::plugins;

/// Makes the component of `version` beside the city's configuration, with the
/// texts of `changes` in its manifest replaced, and signs it. Gives back its
/// file.
pub(crate) fn version(
    city: &City,
    plugin: &BuiltPlugin,
    version: &str,
    changes: &[(&str, &str)],
) -> Result<PathBuf> {
    let name = &plugin.manifest.name;
    let mut manifest = plugins::manifest(name)?;
    let (old, new) =
        (format!("version = \"{}\"", plugin.manifest.version), format!("version = \"{version}\""));
    for (old, new) in [(old.as_str(), new.as_str())].iter().chain(changes) {
        ensure!(manifest.contains(old), "the manifest of {name} has no {old}");
        manifest = manifest.replacen(old, new, 1);
    }
    let module = plugins::core_module(name);
    let module = std::fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let path = city.config.with_file_name(format!("{name}-{version}.wasm"));
    std::fs::write(&path, componentize(&module, &manifest)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    city.sign(&path, &plugin.manifest.department)?;
    Ok(path)
}
