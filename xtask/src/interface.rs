//! What the window loads, assembled in `dist/`: the interface as WebAssembly, the editor as one script, texts, styles and fonts.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    child,
    machine::{self, WASM, WasmCompiler},
    project::Project,
    stamp::{digest, files_below, unless_done, write_if_different},
    step::{Done, Failed, Step, While, step},
};

/// The editor, with a `package-lock.json`.
const EDITOR: &str = "ui/editor";
/// What builds and tests take from npm.
const TOOLS: &str = "xtask";
/// Where the texts are kept, and what their step is called.
const TEXTS: &str = "texts";
/// Files of `ui/style` in the order in which they override each other. The window loads them as one: each file more is a round trip before
/// the first picture.
const STYLES: [&str; 11] = [
    "tokens",
    "base",
    "components",
    "data",
    "shell",
    "policies",
    "drift",
    "releases",
    "narratives",
    "pages",
    "utilities",
];

/// A package of ours as WebAssembly, bound to JavaScript.
pub struct Module {
    /// The package.
    pub package: &'static str,
    /// Where what is made of it is kept.
    pub kept: &'static str,
    /// `web` for a module, `no-modules` for a script.
    pub kind: &'static str,
    /// What its two steps are called.
    pub steps: [&'static str; 2],
}

const INTERFACE: Module = Module {
    package: "ui",
    kept: "interface",
    kind: "web",
    steps: ["interface", "interface bindings"],
};

impl Module {
    /// Makes it.
    pub fn build(&self, project: &Project, compiler: &WasmCompiler) -> Result<(), Failed> {
        let [compiled, bound] = self.steps;
        step(compiled, |step| self.compile(project, step, compiler))?;
        step(bound, |step| self.bind(project, step))
    }

    /// Cargo's name for what it compiles.
    fn name(&self) -> String {
        self.package.replace('-', "_")
    }

    /// The script that loads it.
    pub fn script(&self, project: &Project) -> PathBuf {
        project.kept(self.kept).join(format!("{}.js", self.name()))
    }

    /// Itself.
    pub fn wasm(&self, project: &Project) -> PathBuf {
        project
            .kept(self.kept)
            .join(format!("{}_bg.wasm", self.name()))
    }

    fn compile(
        &self,
        project: &Project,
        step: &mut Step,
        compiler: &WasmCompiler,
    ) -> Result<Done, Failed> {
        let arguments = [
            "build",
            "--package",
            self.package,
            "--profile",
            "wasm",
            "--target",
            WASM,
        ];
        let mut cargo = match compiler {
            WasmCompiler::Rustup => project.cargo(arguments),
            WasmCompiler::Debian { linker } => {
                let mut cargo = project.cargo(arguments);
                let mut debian = project.command("/usr/bin/cargo");
                debian
                    .args(cargo.get_args())
                    .arg("-Zbuild-std=std,panic_abort")
                    .envs(
                        cargo
                            .get_envs()
                            .filter_map(|(name, value)| Some((name, value?))),
                    )
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .env_remove("CARGO")
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .env_remove("RUSTUP_HOME");
                std::mem::swap(&mut cargo, &mut debian);
                cargo
            }
        };
        let lines = child::run(project, step, &mut cargo)?;
        Ok(built(&lines))
    }

    fn bind(&self, project: &Project, step: &mut Step) -> Result<Done, Failed> {
        let input = format!("{WASM}/wasm/{}.wasm", self.name());
        let inputs = [
            digest(&project.target, &[&input])?,
            digest(&project.root, &["Cargo.lock"])?,
        ];
        let results = [self.script(project), self.wasm(project)];
        unless_done(
            project,
            &format!("{}-bindings", self.kept),
            &inputs.concat(),
            &results,
            || {
                let mut bindgen = project.tool("bindgen");
                bindgen
                    .arg(project.target.join(&input))
                    .arg(project.kept(self.kept))
                    .arg(self.kind);
                child::run(project, step, &mut bindgen)?;
                Ok(Done::Did)
            },
        )
    }
}

/// Builds everything in `dist/`.
pub fn build(project: &Project) -> Result<(), Failed> {
    packages(project)?;
    step("editor bundle", |step| bundle(project, step))?;
    INTERFACE.build(project, &machine::wasm_compiler(project)?)?;
    step("interface, made small", |step| optimize(project, step))?;
    step("texts of the window", |step| texts(project, step))?;
    step("files of the window", |_| assemble(project))
}

/// Installs what comes from npm.
pub fn packages(project: &Project) -> Result<(), Failed> {
    step("npm packages", |step| {
        let editor = modules(project, step, EDITOR)?;
        let tools = modules(project, step, TOOLS)?;
        Ok(match (editor, tools) {
            (Done::UpToDate, Done::UpToDate) => Done::UpToDate,
            _ => Done::Did,
        })
    })
}

/// Installs what a folder's `package-lock.json` names.
pub fn modules(project: &Project, step: &mut Step, folder: &str) -> Result<Done, Failed> {
    let root = project.root.join(folder);
    let digest = digest(&root, &["package-lock.json"])?;
    // Beside the modules, so that it goes when they go.
    let stamp = root.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|kept| kept == digest) {
        return Ok(Done::UpToDate);
    }
    // No package of ours needs its install script.
    let mut npm = npm(project, folder);
    npm.args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"]);
    child::run(project, step, &mut npm)?;
    write_if_different(&stamp, digest.as_bytes())
}

/// npm, in a folder of the checkout.
fn npm(project: &Project, folder: &str) -> Command {
    let mut npm = project.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(project.root.join(folder));
    npm
}

fn bundle(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    let inputs = [
        "ui/editor/src",
        "ui/editor/package.json",
        "ui/editor/package-lock.json",
    ];
    let result = project.dist().join("editor.js");
    unless_done(
        project,
        "editor-bundle",
        &digest(&project.root, &inputs)?,
        &[result],
        || {
            let mut npm = npm(project, EDITOR);
            npm.args(["run", "--silent", "build"]);
            child::run(project, step, &mut npm)?;
            Ok(Done::Did)
        },
    )
}

/// Cargo compiled something, or found nothing to do.
pub fn built(lines: &[String]) -> Done {
    let crates = lines
        .iter()
        .filter(|line| line.trim_start().starts_with("Compiling "))
        .count();
    match crates {
        0 => Done::UpToDate,
        1 => Done::Did,
        _ => Done::With(format!("{crates} crates")),
    }
}

/// The interface, made small.
fn small(project: &Project) -> PathBuf {
    project.kept(INTERFACE.kept).join("small.wasm")
}

fn optimize(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    let (input, output) = (INTERFACE.wasm(project), small(project));
    let inputs = [
        digest(&project.kept(INTERFACE.kept), &["ui_bg.wasm"])?,
        digest(&project.root, &["xtask/package-lock.json"])?,
    ];
    unless_done(
        project,
        "interface-size",
        &inputs.concat(),
        std::slice::from_ref(&output),
        || {
            let mut optimizer = project.command("node");
            optimizer
                .arg(
                    project
                        .root
                        .join(TOOLS)
                        .join("node_modules/binaryen/bin/wasm-opt"),
                )
                // What rustc emits for this target by default; the web views we run in have had all of it for years.
                .args([
                    "-Oz",
                    "--enable-bulk-memory",
                    "--enable-nontrapping-float-to-int",
                    "--enable-sign-ext",
                ])
                .args([
                    "--enable-mutable-globals",
                    "--enable-reference-types",
                    "--enable-multivalue",
                ])
                .arg(&input)
                .arg("-o")
                .arg(&output);
            child::run(project, step, &mut optimizer)?;
            let size =
                |path: &PathBuf| fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1e6);
            Ok(Done::With(format!(
                "{:.2} MB, from {:.2} MB",
                size(&output),
                size(&input)
            )))
        },
    )
}

/// The texts of each language, in the form that the interface reads.
fn texts(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    let packs = project.kept(TEXTS);
    let inputs = digest(&project.root, &["locales", "crates/locales", "Cargo.lock"])?;
    unless_done(project, TEXTS, &inputs, &[packs.join("en.txt")], || {
        // A language that is gone leaves nothing behind; the first time there is nothing.
        let _ = fs::remove_dir_all(&packs);
        let mut cargo = project.cargo(["run", "--package", "locales", "--profile", "xtask", "--"]);
        cargo.arg(project.root.join("locales")).arg(&packs);
        child::run(project, step, &mut cargo)?;
        Ok(Done::Did)
    })
}

fn assemble(project: &Project) -> Result<Done, Failed> {
    let root = &project.root;
    let dist = project.dist();
    let mut files = vec![
        (root.join("ui/index.html"), dist.join("index.html")),
        (root.join("ui/boot.js"), dist.join("boot.js")),
        (INTERFACE.script(project), dist.join("ui.js")),
        (small(project), dist.join("ui_bg.wasm")),
    ];
    for (folder, to) in [
        (root.join("assets/fonts"), dist.join("fonts")),
        (project.kept(TEXTS), dist.join("texts")),
    ] {
        for file in files_below(&folder)? {
            let name = file.strip_prefix(&folder).unwrap_or(&file).to_owned();
            files.push((file, to.join(name)));
        }
    }
    let mut style = Vec::new();
    for name in STYLES {
        let file = root.join(format!("ui/style/{name}.css"));
        style.extend(fs::read(&file).during(format_args!("reading `{}`", file.display()))?);
    }
    let styles = dist.join("style/all.css");
    let mut written = usize::from(!matches!(
        write_if_different(&styles, &style)?,
        Done::UpToDate
    ));
    for (from, to) in &files {
        let bytes = fs::read(from).during(format_args!("reading `{}`", from.display()))?;
        written += usize::from(!matches!(write_if_different(to, &bytes)?, Done::UpToDate));
    }
    // Everything in `dist` ends up in the application.
    let editor = dist.join("editor.js");
    for stray in files_below(&dist)? {
        if stray != editor && stray != styles && !files.iter().any(|(_, to)| *to == stray) {
            fs::remove_file(&stray).during(format_args!("removing `{}`", stray.display()))?;
            written += 1;
        }
    }
    Ok(if written == 0 {
        Done::UpToDate
    } else {
        Done::With(format!("{written} of {}", files.len() + 2))
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;

    #[test]
    fn every_file_of_styles_is_loaded_once() {
        let folder = Path::new("../ui/style");
        let there: BTreeSet<_> = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let named: BTreeSet<_> = STYLES.iter().map(|name| format!("{name}.css")).collect();
        assert_eq!(there, named);
        assert_eq!(named.len(), STYLES.len());
    }

    #[test]
    fn what_cargo_did_is_read_from_its_words() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert!(matches!(
            built(&lines("    Finished `release` profile in 0.1s")),
            Done::UpToDate
        ));
        assert!(matches!(
            built(&lines("   Compiling ui v0.1.0\n    Finished")),
            Done::Did
        ));
        let Done::With(remark) = built(&lines("   Compiling a v1\n   Compiling b v1")) else {
            panic!("two crates are worth a remark");
        };
        assert_eq!(remark, "2 crates");
    }
}
