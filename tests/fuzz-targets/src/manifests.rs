//! Manifests of plug-ins, and settings by their schema.

use creditgate_manifest::{Hook, Manifest};
use serde_json::{Map, Value};

use crate::Target;

/// A manifest, and after the first empty byte the settings of a binding.
pub(crate) const MANIFEST: Target = Target {
    name: "manifest",
    run,
    seeds: || vec![MANIFEST_TEXT.into(), MANIFEST_TEXT.replace("\0{", "\0{\"years\": 2, ").into()],
    words: &[
        "[settings.x]",
        "type",
        "default",
        "minimum",
        "maximum",
        "custom:",
        "intake",
        "\0",
        "=",
        "\"",
        "1e400",
        "-0.0",
        "nan",
        "true",
        "hooks",
        "9223372036854775807",
        "\n",
    ],
    rounds: 2_000,
};

const MANIFEST_TEXT: &str = "name = \"guest\"
version = \"1.2.3\"
department = \"test\"
wit = \"creditgate:plugin@1.0.0\"
hooks = [\"intake\", \"custom:award\"]
description = \"A guest.\"

[settings.years]
type = \"integer\"
default = 3
minimum = 1
maximum = 10
description = \"Years.\"

[settings.name]
type = \"string\"
default = \"x\"
description = \"A name.\"
\0{}";

/// Hooks read as they are written; settings that were completed are complete.
fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (manifest, settings) = text.split_once('\0').unwrap_or((&text, "{}"));
    let Ok(manifest) = Manifest::parse("plugin.toml", manifest) else { return };
    for hook in &manifest.hooks {
        assert!(Hook::parse(&hook.to_string()).as_ref() == Some(hook), "a hook reads as another");
    }
    let Ok(given) = serde_json::from_str::<Map<String, Value>>(settings) else { return };
    if let Ok(complete) = manifest.settings.check(&given) {
        assert!(manifest.settings.check(&complete).as_ref() == Ok(&complete), "complete settings are not");
        assert!(given.iter().all(|(name, value)| complete.get(name) == Some(value)), "a setting was changed");
    }
}
