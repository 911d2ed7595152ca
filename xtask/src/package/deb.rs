//! The package of Debian and Ubuntu. What the programs need is worked out by `dpkg-shlibdeps` from the libraries they were linked with.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Facts, NAME, Places, lay_out, printed, write};
use crate::{
    child,
    project::Project,
    stamp::files_below,
    step::{Failed, Step, While},
};

const PLACES: Places = Places {
    kind: "deb",
    licences: "usr/share/doc/trust-fabric-studio/copyright",
    zsh: "usr/share/zsh/vendor-completions/_fabric",
};

/// Where it is made.
pub fn file(project: &Project, facts: &Facts) -> PathBuf {
    let name = format!("{NAME}_{}_{}.deb", facts.version, architecture(project));
    facts.out.join(name)
}

fn architecture(project: &Project) -> String {
    let mut dpkg = project.command("dpkg");
    child::answer(dpkg.arg("--print-architecture")).unwrap_or_default()
}

/// Makes it.
pub fn make(
    project: &Project,
    step: &mut Step,
    facts: &Facts,
    programs: &Path,
    crates: &str,
) -> Result<(), Failed> {
    let stage = facts.work.join("deb");
    lay_out(project, step, &stage, &PLACES, programs, crates)?;
    let files = files_below(&stage)?;
    let mut bytes = 0;
    for file in &files {
        bytes += fs::metadata(file)
            .during(format_args!("reading `{}`", file.display()))?
            .len();
    }
    let inside = |path: &PathBuf| path.strip_prefix(&stage).unwrap_or(path).to_owned();
    let mut sums = project.command("md5sum");
    sums.current_dir(&stage).args(files.iter().map(inside));
    write(&stage.join("DEBIAN/md5sums"), &printed(&mut sums)?)?;

    let template = project.root.join("installers/linux/control");
    let control = fs::read_to_string(&template)
        .during(format_args!("reading `{}`", template.display()))?
        .replace("@VERSION@", &facts.version)
        .replace("@ARCHITECTURE@", &architecture(project))
        .replace("@KIB@", &bytes.div_ceil(1024).to_string())
        .replace("@DEPENDS@", &depends(project, facts, programs)?);
    write(&stage.join("DEBIAN/control"), &control)?;

    let mut dpkg = project.command("dpkg-deb");
    dpkg.arg("--root-owner-group").args(facts.packed);
    dpkg.arg("--build").arg(&stage);
    dpkg.arg(file(project, facts))
        .env("SOURCE_DATE_EPOCH", &facts.epoch);
    child::run(project, step, &mut dpkg).map(drop)
}

/// What the programs need, e.g. `libc6 (>= 2.35), libwebkit2gtk-4.1-0 (>= 2.41.90)`.
fn depends(project: &Project, facts: &Facts, programs: &Path) -> Result<String, Failed> {
    // It wants to stand in a source package.
    let source = facts.work.join("source");
    write(
        &source.join("debian/control"),
        &format!("Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n"),
    )?;
    let mut shlibdeps = project.command("dpkg-shlibdeps");
    shlibdeps.current_dir(&source).arg("-O");
    shlibdeps.args([programs.join("studio"), programs.join("fabric")]);
    let said = printed(&mut shlibdeps)?;
    said.lines()
        .find_map(|line| line.strip_prefix("shlibs:Depends="))
        .map(str::to_owned)
        .ok_or_else(|| {
            Failed::new(
                "`dpkg-shlibdeps` does not say what the programs need",
                format!("it said: {}", said.trim()),
            )
        })
}
