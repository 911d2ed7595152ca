//! The verifier as one page that works from a file, in any browser, offline: `docs/verify` with everything in it, the verifier as
//! WebAssembly included. `page.mjs` puts it together: Node.js is here already for the other tools, and deflates and digests. What is deflated
//! gains nothing from `wasm-opt`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    child,
    interface::Module,
    machine::{self, Purpose},
    project::Project,
    stamp::{digest, unless_done},
    step::{Done, Failed, While, step},
};

const VERIFIER: Module = Module {
    package: "verifier-page",
    kept: "verifier",
    kind: "no-modules",
    steps: ["verifier", "verifier bindings"],
};

/// Where the page is built.
pub fn file(project: &Project) -> PathBuf {
    project.root.join("target/verify.html")
}

/// Builds the page on a machine where nothing may be there yet, and copies it to `out`.
pub fn page(project: &Project, out: Option<&str>) -> Result<(), Failed> {
    machine::prepare(project, Purpose::Page)?;
    build(project)?;
    let built = file(project);
    let out = match out {
        None => built,
        Some(out) => {
            let out = env::current_dir().during("finding this folder")?.join(out);
            if let Some(folder) = out.parent() {
                fs::create_dir_all(folder).during(format_args!("making `{}`", folder.display()))?;
            }
            fs::copy(&built, &out).during(format_args!("writing `{}`", out.display()))?;
            out
        }
    };
    println!("{}", out.display());
    Ok(())
}

/// Builds the page.
pub fn build(project: &Project) -> Result<(), Failed> {
    VERIFIER.build(project, &machine::wasm_compiler(project)?)?;
    step("page of the verifier", |step| {
        let (script, wasm, out) = (
            VERIFIER.script(project),
            VERIFIER.wasm(project),
            file(project),
        );
        let inputs = [
            digest(
                &project.root,
                &["docs/verify", "ui/style/tokens.css", "xtask/page.mjs"],
            )?,
            digest(&project.kept(VERIFIER.kept), &[name(&script), name(&wasm)])?,
        ];
        let results = std::slice::from_ref(&out);
        unless_done(project, "page", &inputs.concat(), results, || {
            let mut node = project.command("node");
            node.arg(project.root.join("xtask/page.mjs"))
                .args([&script, &wasm, &out]);
            child::run(project, step, &mut node)?;
            let size = fs::metadata(&out).map_or(0.0, |file| file.len() as f64 / 1e6);
            Ok(Done::With(format!("{size:.2} MB")))
        })
    })
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
