//! The example city brought into a host's data folder with the real command
//! line: what the demo and the benchmark start from.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use creditgate_plugin_builder::BuiltPlugin;
use serde_json::Value;

use crate::cargo;
use crate::program::output;

/// The edition of the city's catalogue.
const EDITION: &str = "示例市2024版";

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
            ("list-types", "list-types.jsonl"),
            ("lists", "lists.jsonl"),
            ("lists", "lists.csv"),
        ] {
            output(city.run(&["import", kind]).arg(file(name)))?;
        }
        city.publish_catalogue()?;
        Ok(city)
    }

    /// Has the edition reviewed by a second person, and publishes it.
    fn publish_catalogue(&self) -> Result<()> {
        for kind in ["normative", "legal"] {
            let review = ["--kind", kind, "--result", "passed", "--operator", "chief"];
            output(self.run(&["catalogue", "review", EDITION]).args(review))?;
        }
        output(&mut self.run(&["catalogue", "publish", EDITION])).map(|_| ())
    }

    /// Pushes a plug-in, signed by a vendor of its department, and switches its
    /// bindings to it; gives back its digest.
    pub(crate) fn release(&self, plugin: &BuiltPlugin) -> Result<String> {
        let signature = self.sign(&plugin.path, &plugin.manifest.department)?;
        let mut push = self.run(&["plugin", "push", "--json", "--operator", "vendor-kit"]);
        let pushed = output(push.arg(&plugin.path).arg("--signature").arg(signature))?;
        let pushed = serde_json::from_str(&pushed).context("`plugin push` printed no JSON")?;
        let digest = digest_of(&pushed)?;
        let release = release_of(&pushed)?.to_string();
        let approve = ["releases", "approve", &release, "--reason", "read", "--operator", "chief"];
        output(&mut self.run(&approve))?;
        output(&mut self.run(&["activate", &digest, "--reason", "first release"]))?;
        Ok(digest)
    }

    /// Signs a component as the vendor of this department; gives back the file
    /// with the signature.
    pub(crate) fn sign(&self, component: &Path, department: &str) -> Result<PathBuf> {
        let key = self.vendor(department)?;
        let mut name = component.file_name().context("a component is a file")?.to_owned();
        name.push(".sig");
        let signature = self.config.with_file_name(name);
        let mut sign = Command::new(&self.creditgate);
        sign.args(["plugin", "sign"]).arg(component).arg("--key").arg(key).arg("--out").arg(&signature);
        output(&mut sign)?;
        Ok(signature)
    }

    /// The key file of the vendor of a department, made and registered when it is
    /// asked for first.
    fn vendor(&self, department: &str) -> Result<PathBuf> {
        let file = self.config.with_file_name(format!("vendor-{department}.pem"));
        if !file.exists() {
            let mut keygen = Command::new(&self.creditgate);
            let made = output(keygen.args(["plugin", "keygen", "--json", "--out"]).arg(&file))?;
            let made: Value = serde_json::from_str(&made).context("`keygen` printed no JSON")?;
            let key = made["public_key"].as_str().context("`keygen` printed no public key")?;
            let name = format!("vendor of {department}");
            let vendor = ["--department", department, "--name", &name, "--public-key", key];
            output(self.run(&["signers", "add"]).args(vendor))?;
        }
        Ok(file)
    }

    /// Makes an API key.
    pub(crate) fn key(&self, name: &str, role: &str) -> Result<String> {
        self.key_for(name, role, &[])
    }

    /// Makes an API key for these departments.
    pub(crate) fn key_for(&self, name: &str, role: &str, departments: &[&str]) -> Result<String> {
        let mut create = self.run(&["keys", "create", "--name", name, "--role", role, "--json"]);
        for department in departments {
            create.args(["--department", department]);
        }
        let made = output(&mut create)?;
        let made: Value = serde_json::from_str(&made).context("`keys create` printed no JSON")?;
        made["key"].as_str().map(str::to_owned).context("`keys create` printed no key")
    }

    /// `creditgate … --config FILE`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.creditgate);
        command.args(arguments).arg("--config").arg(&self.config);
        command
    }

    /// The program, without a host.
    pub(crate) fn client(&self) -> Command {
        Command::new(&self.creditgate)
    }

    /// The file of its store.
    pub(crate) fn store_file(&self) -> PathBuf {
        self.config.with_file_name("data").join("store.db")
    }

    /// The command that serves it.
    pub(crate) fn serve(&self) -> Command {
        self.run(&["serve"])
    }
}

/// The digest in what `plugin push --json` printed of its one component.
pub(crate) fn digest_of(pushed: &Value) -> Result<String> {
    pushed[0]["digest"].as_str().map(str::to_owned).context("`plugin push` printed no digest")
}

/// The number of the release that it made.
pub(crate) fn release_of(pushed: &Value) -> Result<i64> {
    pushed[0]["release"].as_i64().context("`plugin push` printed no release")
}
