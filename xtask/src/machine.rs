//! What the machine must have before anything can be built, and how to get it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    child,
    project::Project,
    step::{Done, Failed, Step, step},
};

/// The interface's target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Something the machine must have: how to tell, and the Debian package that brings it.
struct Need {
    package: &'static str,
    found_by: Probe,
}

enum Probe {
    Program(&'static str),
    Library(&'static str),
    /// Node.js, at least this major version.
    Node(u32),
}

const fn program(package: &'static str, name: &'static str) -> Need {
    Need {
        package,
        found_by: Probe::Program(name),
    }
}

const COMPILER: &[Need] = &[
    program("build-essential", "cc"),
    program("pkg-config", "pkg-config"),
];

const WINDOW: &[Need] = &[Need {
    package: "libwebkit2gtk-4.1-dev",
    found_by: Probe::Library("webkit2gtk-4.1"),
}];

/// For what puts files together.
const NODE: &[Need] = &[Need {
    package: "nodejs",
    found_by: Probe::Node(18),
}];

/// For what is made with other people's tools.
const NPM: &[Need] = &[program("npm", "npm")];

const WINDOW_TESTS: &[Need] = &[
    program("webkit2gtk-driver", "WebKitWebDriver"),
    program("xvfb", "Xvfb"),
    program("xauth", "xauth"),
    program("dbus", "dbus-run-session"),
    program("imagemagick", "import"),
];

/// What packages are made with.
const PACKAGES: &[Need] = &[
    program("dpkg-dev", "dpkg-shlibdeps"),
    program("rpm", "rpmbuild"),
];

/// What makes more possible and is missed by nobody who does not ask for it.
struct Extra {
    name: &'static str,
    need: Need,
    /// What names another than the system's.
    variable: Option<&'static str>,
    /// What is lost without it.
    without: &'static str,
}

/// Proofs need a solver.
const SOLVER: Extra = Extra {
    name: "solver",
    need: program("cvc5", "cvc5"),
    variable: Some("CVC5"),
    without: "none, so nothing is proven; cvc5.github.io has one for every system",
};

/// The verifier's page is tested in a browser of the kind most people have.
const BROWSER: Extra = Extra {
    name: "browser",
    need: program("chromium-driver", "chromedriver"),
    variable: Some("CHROMEDRIVER"),
    without: "no Chromium, so the verifier's page is not tested; it needs `chromedriver`",
};

/// Reports are held against what other programs read in them.
const POPPLER: Extra = Extra {
    name: "PDF reader",
    need: program("poppler-utils", "pdftotext"),
    variable: None,
    without: "no Poppler, so nobody else reads the text of reports",
};

/// The same for the order of their objects.
const QPDF: Extra = Extra {
    name: "PDF checker",
    need: program("qpdf", "qpdf"),
    variable: None,
    without: "no qpdf, so nobody else checks the order of reports",
};

/// Packages are made and tried where they can be.
const RPM: Extra = Extra {
    name: "maker of rpm packages",
    need: program("rpm", "rpmbuild"),
    variable: None,
    without: "no rpmbuild, so no package is made, installed and removed",
};

/// Without it nothing tells which program opens a file.
const DESKTOP_FILES: Extra = Extra {
    name: "desktop files",
    need: program("desktop-file-utils", "update-desktop-database"),
    variable: None,
    without: "no desktop-file-utils, so nobody says which program opens a bundle",
};

const DEBIAN_WASM: &[Need] = &[
    program("rustc-web", "/usr/bin/rustc"),
    program("cargo-web", "/usr/bin/cargo"),
    Need {
        package: "rust-web-src",
        found_by: Probe::Program("/usr/lib/rustlib/src/rust/library/Cargo.lock"),
    },
];

/// What is to be built decides what the machine must have.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// `fabric` and the rooms below it.
    Terminal,
    /// The application.
    Window,
    /// The verifier's page.
    Page,
    /// The application, packed.
    Packages,
    /// The application, driven by tests.
    WindowTests,
}

impl Purpose {
    fn needs(self) -> impl Iterator<Item = &'static Need> {
        let groups: &[&'static [Need]] = match self {
            Purpose::Terminal => &[COMPILER],
            Purpose::Page => &[COMPILER, NODE],
            Purpose::Window => &[COMPILER, WINDOW, NODE, NPM],
            Purpose::Packages => &[COMPILER, WINDOW, NODE, NPM, PACKAGES],
            Purpose::WindowTests => &[COMPILER, WINDOW, NODE, NPM, WINDOW_TESTS],
        };
        groups.iter().copied().flatten()
    }

    fn extras(self) -> &'static [Extra] {
        match self {
            Purpose::Page | Purpose::Packages => &[],
            Purpose::Terminal | Purpose::Window => &[SOLVER],
            Purpose::WindowTests => &[SOLVER, BROWSER, POPPLER, QPDF, RPM, DESKTOP_FILES],
        }
    }
}

/// Sees to it that the machine has what the purpose needs, and what is good to have where the system has it.
pub fn prepare(project: &Project, purpose: Purpose) -> Result<(), Failed> {
    step("system packages", |step| {
        install(project, step, purpose.needs())
    })?;
    for extra in purpose.extras() {
        step(extra.name, |step| {
            let named = extra.variable.and_then(env::var_os);
            let named = named.is_some_and(|path| !path.is_empty());
            if named || is_there(&extra.need.found_by) {
                return Ok(Done::UpToDate);
            }
            let without = || Done::With(extra.without.to_owned());
            if !cfg!(target_os = "linux") || !child::exists("apt-get") {
                return Ok(without());
            }
            let installed = install(project, step, [&extra.need].into_iter());
            Ok(installed.unwrap_or_else(|_| without()))
        })?;
    }
    Ok(())
}

fn install(
    project: &Project,
    step: &mut Step,
    needs: impl Iterator<Item = &'static Need>,
) -> Result<Done, Failed> {
    // Linux has its own web view to bring along; macOS and Windows come with one.
    let needs: Vec<_> = needs
        .filter(|need| {
            cfg!(target_os = "linux")
                || matches!(need.found_by, Probe::Node(_) | Probe::Program("npm" | "cc"))
        })
        .filter(|need| !cfg!(windows) || need.package != "build-essential")
        .collect();
    let missing = |needs: &[&'static Need]| -> Vec<&'static str> {
        needs
            .iter()
            .filter(|need| !is_there(&need.found_by))
            .map(|need| need.package)
            .collect()
    };
    let packages = missing(&needs);
    if packages.is_empty() {
        return Ok(Done::UpToDate);
    }
    if !cfg!(target_os = "linux") || !child::exists("apt-get") {
        return Err(Failed::new(
            format!("missing: {}", packages.join(", ")),
            advice(env::consts::OS),
        ));
    }
    let line = format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    let apt = |arguments: &[&str]| {
        let mut words = administrator()?.into_iter().chain([
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
        ]);
        let mut command = project.command(words.next()?);
        command
            .args(words)
            .args(["-o", "DPkg::Lock::Timeout=120"])
            .args(arguments);
        Some(command)
    };
    let by_hand = || {
        Failed::new(
            format!("missing: {}", packages.join(", ")),
            format!(
                "type this once, then run the same command again:\n  sudo apt-get update && sudo {line}"
            ),
        )
    };
    let mut update = apt(&["update"]).ok_or_else(by_hand)?;
    // The lists on the machine may be good enough even when they cannot be refreshed.
    child::attempt(project, step, &mut update, None)?;
    let mut install = apt(&["install", "-y", "--no-install-recommends"]).ok_or_else(by_hand)?;
    install.args(&packages);
    child::run(project, step, &mut install)?;

    let still = missing(&needs);
    if !still.is_empty() {
        return Err(Failed::new(
            format!("still missing after `{line}`: {}", still.join(", ")),
            "Node.js must be version 18 or newer, webkit2gtk 4.1 needs Debian 12 or Ubuntu 22.04 or newer",
        ));
    }
    Ok(Done::With(format!("installed {}", packages.join(", "))))
}

fn is_there(probe: &Probe) -> bool {
    match probe {
        Probe::Program(name) => Path::new(name).is_file() || child::exists(name),
        Probe::Library(name) => {
            child::answer(Command::new("pkg-config").args(["--modversion", name])).is_some()
        }
        Probe::Node(least) => child::answer(Command::new("node").arg("--version"))
            .and_then(|version| major(&version))
            .is_some_and(|found| found >= *least),
    }
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u32> {
    version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// How to become administrator without being asked: nothing to type as root, `sudo -n` where it works.
fn administrator() -> Option<Vec<&'static str>> {
    if child::answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(Vec::new());
    }
    child::answer(Command::new("sudo").args(["-n", "id", "-u"])).map(|_| vec!["sudo", "-n"])
}

fn advice(system: &str) -> &'static str {
    match system {
        "macos" => {
            "install the command line tools with `xcode-select --install`, and Node.js 18 or newer from nodejs.org or with `brew install node`"
        }
        "windows" => {
            "install the Visual Studio Build Tools with the workload `Desktop development with C++`, Node.js 18 or newer from nodejs.org, \
             and on Windows 10 the WebView2 runtime"
        }
        _ => {
            "install them with your package manager; the names are Debian's, others call webkit2gtk `webkit2gtk4.1-devel` or `webkit2gtk-4.1`"
        }
    }
}

/// Which compiler makes WebAssembly here.
pub enum WasmCompiler {
    /// The pinned toolchain, with the target's standard library.
    Rustup,
    /// Debian's, which brings the standard library as source, and a linker to go with it.
    Debian {
        /// `rust-lld` of the pinned toolchain.
        linker: PathBuf,
    },
}

/// Finds a compiler for the interface, or installs one.
pub fn wasm_compiler(project: &Project) -> Result<WasmCompiler, Failed> {
    let mut compiler = WasmCompiler::Rustup;
    step("WebAssembly compiler", |step| {
        let sysroot = child::answer(project.command("rustc").args(["--print", "sysroot"]))
            .map(PathBuf::from)
            .ok_or_else(|| {
                Failed::new(
                    "`rustc --print sysroot` failed",
                    "install Rust from rustup.rs, then run the same command again",
                )
            })?;
        if env::var("XTASK_WASM").as_deref() != Ok("debian") {
            if sysroot.join("lib/rustlib").join(WASM).join("lib").is_dir() {
                return Ok(Done::UpToDate);
            }
            let mut add = project.command("rustup");
            add.args(["target", "add", WASM]);
            let limit = Duration::from_secs(180);
            if child::exists("rustup")
                && child::attempt(project, step, &mut add, Some(limit))?.succeeded
            {
                return Ok(Done::With(format!("`rustup target add {WASM}`")));
            }
        }
        compiler = WasmCompiler::Debian {
            linker: linker(project, &sysroot)?,
        };
        install(project, step, DEBIAN_WASM.iter()).map_err(|failed| {
            failed.hint(format!(
                "`rustup target add {WASM}` did not work, and neither did Debian's compiler. With a network, try again; without one,\n\
                 install the packages rustc-web, cargo-web and rust-web-src"
            ))
        })?;
        Ok(Done::With(
            "Debian's rustc-web, because rustup has no target to give".into(),
        ))
    })?;
    Ok(compiler)
}

fn linker(project: &Project, sysroot: &Path) -> Result<PathBuf, Failed> {
    let host =
        child::answer(project.command("rustc").args(["--print", "host-tuple"])).unwrap_or_default();
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    if linker.is_file() {
        return Ok(linker);
    }
    Err(Failed::new(
        format!("`{}` is not there", linker.display()),
        format!("run `rustup target add {WASM}`"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("18.0.0"), Some(18));
        assert_eq!(major(""), None);
    }

    #[test]
    fn the_terminal_needs_no_web_view_and_the_tests_need_everything() {
        let packages =
            |purpose: Purpose| purpose.needs().map(|need| need.package).collect::<Vec<_>>();
        assert!(!packages(Purpose::Terminal).contains(&"libwebkit2gtk-4.1-dev"));
        assert!(packages(Purpose::Window).contains(&"libwebkit2gtk-4.1-dev"));
        for package in packages(Purpose::Window) {
            assert!(packages(Purpose::WindowTests).contains(&package));
        }
    }

    #[test]
    fn every_system_gets_advice_of_its_own() {
        assert!(advice("macos").contains("xcode-select"));
        assert!(advice("windows").contains("WebView2"));
        assert!(advice("linux").contains("package manager"));
    }
}
