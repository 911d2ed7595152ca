//! Where things are: the checkout, and the folder that cargo builds into.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::step::Failed;

/// What cargo is asked to build for running and for testing alike, because the packages selected decide the features of every
/// dependency: with one selection each is compiled once, whichever command comes first. Of a selection, cargo compiles only
/// what the wanted targets need. The window can be driven on Linux only: WebDriver for the web view exists nowhere else.
pub const SELECTION: &[&str] = if cfg!(target_os = "linux") {
    &[
        "--workspace",
        "--features",
        "studio/custom-protocol,e2e/window",
    ]
} else {
    &[
        "--workspace",
        "--exclude",
        "e2e",
        "--features",
        "studio/custom-protocol",
    ]
};

/// A checkout and its build folder.
pub struct Project {
    /// The checkout.
    pub root: PathBuf,
    /// Where cargo builds: `CARGO_TARGET_DIR`, else `target` in the checkout.
    pub target: PathBuf,
}

impl Project {
    /// The checkout whose `cargo xtask` this is. Asked of cargo when it runs, not kept from when it was compiled: checkouts
    /// that share a build folder share this program.
    pub fn here() -> Result<Self, Failed> {
        let root = env::var_os("CARGO_MANIFEST_DIR")
            .and_then(|package| Some(Path::new(&package).parent()?.to_owned()))
            .filter(|root| root.join("Cargo.lock").is_file())
            .ok_or_else(|| {
                Failed::new(
                    "this does not run inside a checkout",
                    "run `cargo xtask` inside one",
                )
            })?;
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    /// A program of the release build.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target
            .join("release")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// What the window loads.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// What this program itself keeps: stamps, logs, pictures. In the checkout even when cargo builds elsewhere, because
    /// several checkouts may share that other folder.
    pub fn kept(&self, name: &str) -> PathBuf {
        self.root.join("target/xtask").join(name)
    }

    /// A command that runs in the checkout.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo of the pinned toolchain, working on the checkout.
    pub fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(arguments)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never");
        command
    }

    /// Another program of this package, with what it alone needs: it is compiled when it is asked for. Its arguments follow.
    pub fn tool(&self, name: &str) -> Command {
        self.cargo([
            "run",
            "--package",
            "xtask",
            "--profile",
            "xtask",
            "--features",
            name,
            "--bin",
            name,
            "--",
        ])
    }
}
