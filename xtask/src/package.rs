//! `cargo xtask package`: the Studio and `fabric` as a deb and an rpm, and `fabric` alone, made offline from what was built. What a
//! package holds is one list, laid out in a folder as it will lie on the disk ([`lay_out`]); `deb` and `rpm` hand that folder to the
//! system's own tools, which know the programs' needs and their format better than we do. The same commit and programs give
//! the same bytes: every time in a package is that of the commit, and names are sorted.

mod deb;
mod rpm;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    book, child, interface,
    machine::{self, Purpose},
    project::Project,
    run,
    stamp::{digest, files_below, unless_done},
    step::{Done, Failed, Step, While, step},
};

/// The package's name.
const NAME: &str = "trust-fabric-studio";

/// What is taken from the checkout, and where it goes.
const FILES: &[(&str, &str)] = &[
    (
        "installers/linux/studio.desktop",
        "usr/share/applications/trust-fabric-studio.desktop",
    ),
    (
        "installers/linux/bundle-type.xml",
        "usr/share/mime/packages/trust-fabric-studio.xml",
    ),
    (
        "src-tauri/icons/32x32.png",
        "usr/share/icons/hicolor/32x32/apps/trust-fabric-studio.png",
    ),
    (
        "src-tauri/icons/64x64.png",
        "usr/share/icons/hicolor/64x64/apps/trust-fabric-studio.png",
    ),
    (
        "src-tauri/icons/128x128.png",
        "usr/share/icons/hicolor/128x128/apps/trust-fabric-studio.png",
    ),
    (
        "src-tauri/icons/128x128@2x.png",
        "usr/share/icons/hicolor/256x256/apps/trust-fabric-studio.png",
    ),
    (
        "src-tauri/icons/icon.png",
        "usr/share/icons/hicolor/512x512/apps/trust-fabric-studio.png",
    ),
    (
        "src-tauri/icons/mark.svg",
        "usr/share/icons/hicolor/scalable/apps/trust-fabric-studio.svg",
    ),
];

/// What stands in the file of licences, before the crates.
const LICENCES: &[&str] = &[
    "installers/linux/copyright",
    "LICENSE",
    "assets/fonts/inter.OFL.txt",
    "assets/fonts/jetbrains-mono.OFL.txt",
    "assets/icons/LICENSE.txt",
];

/// Where the systems look for different things.
struct Places {
    /// The kind of package; also written into it, so that an update of another kind is refused.
    kind: &'static str,
    licences: &'static str,
    zsh: &'static str,
}

/// What both packages are told.
struct Facts {
    /// As `fabric` itself says it.
    version: String,
    /// The moment of the commit, in seconds since 1970.
    epoch: String,
    /// Where packages go.
    out: PathBuf,
    /// Where they are laid out.
    work: PathBuf,
    /// How the deb is packed, as `dpkg-deb` is told.
    packed: &'static [&'static str],
}

/// Where packages are made, unless told otherwise.
pub fn folder(project: &Project) -> PathBuf {
    project.root.join("target/packages")
}

/// Builds everything that is shipped, and packs it. `sign` is a secret key of minisign.
pub fn package(project: &Project, sign: Option<&str>) -> Result<(), Failed> {
    machine::prepare(project, Purpose::Packages)?;
    interface::build(project)?;
    step("application", |step| run::application(project, step))?;
    book::pages(project)?;
    step("packages", |step| make(project, step))?;
    let made = files_below(&folder(project))?;
    let made = made.iter().filter(|file| !is_signature(file));
    for file in made {
        if let Some(key) = sign {
            signed(project, file, key)?;
        }
        println!("{}", file.display());
    }
    Ok(())
}

/// Packs what is built, where this machine has the tools, and packs it again to see whether the same comes of it. Tests install what
/// was made first.
pub fn for_tests(project: &Project) -> Result<(), Failed> {
    if let Some(tool) = missing_tool() {
        println!("· packages  NOT TESTED: no `{tool}`, so none is made, installed and removed");
        return Ok(());
    }
    book::pages(project)?;
    step("packages", |step| make(project, step))?;
    step("packages, made again", |step| make_again(project, step))
}

/// The first tool that is not here.
fn missing_tool() -> Option<&'static str> {
    ["dpkg-deb", "dpkg-shlibdeps", "rpmbuild"]
        .into_iter()
        .find(|tool| !child::exists(tool))
}

fn make(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    let facts = facts(project)?;
    let results = [deb::file(project, &facts), rpm::file(&facts), plain(&facts)];
    let inputs = inputs(project, &facts)?;
    unless_done(project, "packages", &inputs, &results, || {
        pack(project, step, &facts)?;
        let size = fs::metadata(deb::file(project, &facts)).map_or(0, |file| file.len());
        Ok(Done::With(format!("deb {:.1} MB", size as f64 / 1e6)))
    })
}

/// Compares what was made with what is made elsewhere and later. Packing the deb hard takes longest and shows nothing: what is packed is
/// compared.
fn make_again(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    let first = facts(project)?;
    let work = project.kept("package-again");
    let again = Facts {
        out: work.join("out"),
        work,
        packed: &["-Znone"],
        ..facts(project)?
    };
    unless_done(
        project,
        "packages-again",
        &inputs(project, &first)?,
        &[],
        || {
            pack(project, step, &again)?;
            let holds = |facts: &Facts, part: &str| {
                let mut dpkg = project.command("dpkg-deb");
                read_out(dpkg.arg(part).arg(deb::file(project, facts)))
            };
            let rpm = |facts: &Facts| fs::read(rpm::file(facts)).during("reading the rpm");
            for (what, same) in [
                (
                    "control",
                    holds(&first, "--ctrl-tarfile")? == holds(&again, "--ctrl-tarfile")?,
                ),
                (
                    "deb",
                    holds(&first, "--fsys-tarfile")? == holds(&again, "--fsys-tarfile")?,
                ),
                ("rpm", rpm(&first)? == rpm(&again)?),
            ] {
                if !same {
                    return Err(Failed::new(
                        format!("two packages of one commit differ: {what}"),
                        format!(
                            "compare `{}` with `{}`",
                            first.out.display(),
                            again.out.display()
                        ),
                    ));
                }
            }
            fs::remove_dir_all(&again.work).during("clearing up")?;
            Ok(Done::With("the same".to_owned()))
        },
    )
}

fn facts(project: &Project) -> Result<Facts, Failed> {
    let said = child::answer(Command::new(project.program("fabric")).arg("--version"));
    let version = said
        .as_deref()
        .and_then(|said| said.strip_prefix("fabric "));
    let version = version.ok_or_else(|| {
        Failed::new(
            "`fabric --version` did not answer",
            "build it: `cargo xtask run --headless`",
        )
    })?;
    Ok(Facts {
        version: version.to_owned(),
        epoch: epoch(project)?,
        out: folder(project),
        work: project.kept("package"),
        // The highest level alone looks back far enough to see that the programs have much in common: a third less.
        packed: &["-Zxz", "-z9"],
    })
}

/// A digest of everything that packages are made of.
fn inputs(project: &Project, facts: &Facts) -> Result<String, Failed> {
    let checkout = [
        "installers/linux",
        "src-tauri/icons",
        "assets",
        "docs",
        "xtask/src",
        "Cargo.lock",
    ];
    let programs = digest(&project.target.join("release"), &["studio", "fabric"])?;
    Ok(programs + &digest(&project.root, &checkout)? + &facts.epoch)
}

fn pack(project: &Project, step: &mut Step, facts: &Facts) -> Result<(), Failed> {
    anew(&facts.out)?;
    let programs = facts.work.join("programs");
    anew(&programs)?;
    for name in ["studio", "fabric"] {
        let mut strip = project.command("strip");
        strip.arg("-o").arg(programs.join(name));
        child::run(project, step, strip.arg(project.program(name)))?;
    }
    let crates = crates(project)?;
    deb::make(project, step, facts, &programs, &crates)?;
    rpm::make(project, step, facts, &programs, &crates)?;
    copy(&programs.join("fabric"), &plain(facts))
}

/// `fabric` without a package.
fn plain(facts: &Facts) -> PathBuf {
    let (system, machine) = (env::consts::OS, env::consts::ARCH);
    facts
        .out
        .join(format!("fabric-{}-{system}-{machine}", facts.version))
}

/// Lays out in `stage` what a package holds, as it will lie on the disk.
fn lay_out(
    project: &Project,
    step: &mut Step,
    stage: &Path,
    places: &Places,
    programs: &Path,
    crates: &str,
) -> Result<(), Failed> {
    anew(stage)?;
    for name in ["studio", "fabric"] {
        copy(&programs.join(name), &stage.join("usr/bin").join(name))?;
    }
    for (from, to) in FILES {
        copy(&project.root.join(from), &stage.join(to))?;
    }
    let book = book::folder(project);
    for page in files_below(&book)? {
        let name = page.strip_prefix(&book).unwrap_or(&page);
        copy(
            &page,
            &stage.join("usr/share/trust-fabric/handbook").join(name),
        )?;
    }
    let kind = stage.join("usr/share/trust-fabric/package");
    write(&kind, &format!("{}\n", places.kind))?;

    let mut licences = String::new();
    for part in LICENCES {
        let path = project.root.join(part);
        let text =
            fs::read_to_string(&path).during(format_args!("reading `{}`", path.display()))?;
        licences += &format!("{text}\n{}\n\n", "-".repeat(80));
    }
    write(&stage.join(places.licences), &(licences + crates))?;

    let fabric = programs.join("fabric");
    let pages = stage.join("usr/share/man/man1");
    child::run(
        project,
        step,
        project.command(&fabric).arg("man").arg(&pages),
    )?;
    let mut gzip = project.command("gzip");
    gzip.args(["-9", "--no-name"]).args(files_below(&pages)?);
    child::run(project, step, &mut gzip)?;
    for (shell, to) in [
        ("bash", "usr/share/bash-completion/completions/fabric"),
        ("fish", "usr/share/fish/vendor_completions.d/fabric.fish"),
        ("zsh", places.zsh),
    ] {
        let script = printed(project.command(&fabric).args(["completions", shell]))?;
        write(&stage.join(to), &script)?;
    }
    // Whatever this user lets others read.
    let mut chmod = project.command("chmod");
    chmod.args(["--recursive", "u=rwX,go=rX"]).arg(stage);
    child::run(project, step, &mut chmod).map(drop)
}

/// The crates that are compiled in, each with its licence.
fn crates(project: &Project) -> Result<String, Failed> {
    let mut tree = project.cargo([
        "tree",
        "--locked",
        "--package",
        "studio",
        "--package",
        "cli",
        "--package",
        "ui",
    ]);
    tree.args(["--edges", "normal", "--target", "all", "--prefix", "none"]);
    tree.args(["--format", "{p} ({l})"]);
    let said = printed(&mut tree)?;
    let mut lines: Vec<_> = said
        .lines()
        .map(|line| line.trim_end_matches(" (*)").replace(" (proc-macro)", ""))
        // Our own stand there with their folder.
        .filter(|line| !line.contains(" (/"))
        .collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(format!(
        "Crates, each with its licence:\n\n{}\n",
        lines.join("\n")
    ))
}

/// The moment of the commit, so that two builds of it are the same.
fn epoch(project: &Project) -> Result<String, Failed> {
    if let Ok(named) = env::var("SOURCE_DATE_EPOCH") {
        return Ok(named);
    }
    let mut git = project.command("git");
    child::answer(git.args(["log", "-1", "--format=%ct"])).ok_or_else(|| {
        Failed::new(
            "git does not tell the moment of the commit",
            "set SOURCE_DATE_EPOCH to seconds since 1970; every time in the packages will be that",
        )
    })
}

/// Signs a file as an update. The program says what is signed along with it, and minisign asks for its passphrase.
fn signed(project: &Project, file: &Path, key: &str) -> Result<(), Failed> {
    let fabric = project.program("fabric");
    let told = printed(
        project
            .command(fabric)
            .args(["update", "describe"])
            .arg(file),
    )?;
    let mut minisign = project.command("minisign");
    minisign.current_dir(env::current_dir().during("looking where we are")?);
    minisign
        .args(["-S", "-s", key, "-t", told.trim(), "-m"])
        .arg(file);
    let status = minisign.status().during("starting `minisign`")?;
    if status.success() {
        return Ok(());
    }
    Err(Failed::new(
        format!("`{}` was not signed", file.display()),
        "give the secret key that `minisign -G` made, and its passphrase",
    ))
}

fn is_signature(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "minisig")
}

/// All that a program prints, if it succeeds.
fn read_out(command: &mut Command) -> Result<Vec<u8>, Failed> {
    let spelled = child::spelled(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .during(format_args!("starting `{spelled}`"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failed::new(format!("`{spelled}` failed"), said.trim()))
}

/// The same as text.
fn printed(command: &mut Command) -> Result<String, Failed> {
    Ok(String::from_utf8_lossy(&read_out(command)?).into_owned())
}

/// An empty folder.
fn anew(folder: &Path) -> Result<(), Failed> {
    let making = format!("making `{}`", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).during(&making)?;
    }
    fs::create_dir_all(folder).during(&making)
}

/// Copies a file: programs stay programs, the rest is for everybody to read.
fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    make_room(to)?;
    fs::copy(from, to).during(format_args!("copying `{}`", from.display()))?;
    Ok(())
}

fn write(to: &Path, text: &str) -> Result<(), Failed> {
    make_room(to)?;
    fs::write(to, text).during(format_args!("writing `{}`", to.display()))
}

fn make_room(file: &Path) -> Result<(), Failed> {
    let Some(folder) = file.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).during(format_args!("making `{}`", folder.display()))
}
