//! The package of Fedora, RHEL and openSUSE. What the programs need is worked out by rpmbuild, as names of libraries, which all of them know.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use super::{Facts, NAME, Places, anew, lay_out, write};
use crate::{
    child,
    project::Project,
    stamp::files_below,
    step::{Failed, Step, While},
};

const PLACES: Places = Places {
    kind: "rpm",
    licences: "usr/share/licenses/trust-fabric-studio/copyright",
    zsh: "usr/share/zsh/site-functions/_fabric",
};

/// What would make two builds differ, or work on what is ready: the programs are stripped already, and the pages packed.
const SETTINGS: &[&str] = &[
    "_buildhost reproducible",
    "use_source_date_epoch_as_buildtime 1",
    "clamp_mtime_to_source_date_epoch 1",
    "_binary_payload w9.zstdio",
    "_build_id_links none",
    "debug_package %{nil}",
    "__os_install_post %{nil}",
];

/// Folders that no package needs to have made before.
const OWN_FOLDERS: &[&str] = &[
    "bash-completion",
    "bash-completion/completions",
    "fish",
    "fish/vendor_completions.d",
    "licenses/trust-fabric-studio",
    "trust-fabric",
    "zsh",
    "zsh/site-functions",
];

/// The folders below our own, which nobody else has.
fn below_ours(stage: &Path, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let ours = Path::new("usr/share/trust-fabric");
    let inside = files
        .iter()
        .filter_map(|file| file.strip_prefix(stage).ok());
    inside
        .flat_map(Path::ancestors)
        .filter(|folder| folder.starts_with(ours) && *folder != ours)
        .filter(|folder| stage.join(folder).is_dir())
        .map(Path::to_owned)
        .collect()
}

/// Where it is made.
pub fn file(facts: &Facts) -> PathBuf {
    let name = format!("{NAME}-{}-1.{}.rpm", facts.version, env::consts::ARCH);
    facts.out.join(name)
}

/// Makes it.
pub fn make(
    project: &Project,
    step: &mut Step,
    facts: &Facts,
    programs: &Path,
    crates: &str,
) -> Result<(), Failed> {
    let stage = facts.work.join("rpm");
    lay_out(project, step, &stage, &PLACES, programs, crates)?;
    let mut listed = String::new();
    for folder in OWN_FOLDERS {
        listed += &format!("%dir /usr/share/{folder}\n");
    }
    let files = files_below(&stage)?;
    for folder in below_ours(&stage, &files) {
        listed += &format!("%dir /{}\n", folder.display());
    }
    for file in files {
        let inside = file.strip_prefix(&stage).unwrap_or(&file);
        let mark = if inside == Path::new(PLACES.licences) {
            "%license "
        } else {
            ""
        };
        listed += &format!("{mark}/{}\n", inside.display());
    }
    let template = project.root.join("installers/linux/studio.spec");
    let spec = fs::read_to_string(&template)
        .during(format_args!("reading `{}`", template.display()))?
        .replace("@VERSION@", &facts.version)
        .replace("@STAGE@", &stage.to_string_lossy())
        .replace("@FILES@", &listed);
    let work = facts.work.join("rpmbuild");
    anew(&work)?;
    let written = work.join("studio.spec");
    write(&written, &spec)?;

    let mut rpmbuild = project.command("rpmbuild");
    rpmbuild.args(["-bb", "--quiet", "--target", env::consts::ARCH]);
    for setting in SETTINGS {
        rpmbuild.args(["--define", setting]);
    }
    rpmbuild.args(["--define", &format!("_topdir {}", work.display())]);
    // Its own database says nothing of a machine of another family.
    rpmbuild.args([
        "--define",
        &format!("_dbpath {}", work.join("db").display()),
    ]);
    rpmbuild.args(["--define", &format!("_rpmdir {}", facts.out.display())]);
    rpmbuild.args([
        "--define",
        "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
    ]);
    rpmbuild
        .arg(&written)
        .env("SOURCE_DATE_EPOCH", &facts.epoch);
    child::run(project, step, &mut rpmbuild).map(drop)
}
