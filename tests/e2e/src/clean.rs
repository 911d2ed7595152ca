//! A clean machine made of this one, without a network and without being its administrator: a root folder, in namespaces of its own, that
//! holds the system's essential packages, those that are asked for, what these need, and nothing else. Files are copied from this
//! machine into memory, package by package, as its own package database lists them; that database is cut down to match. So what a package
//! forgets to ask for is missing there, and everything is gone with the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::{Error, studio::screen};

/// Says which part of the test this process plays.
const PART: &str = "E2E_CLEAN_MACHINE";
/// The folder that is to become the root folder.
const ROOT: &str = "E2E_CLEAN_ROOT";
/// What a part says when it came to its end.
const PLAYED: &str = "played on a clean machine";
/// Where this machine keeps its package database.
const DATABASE: &str = "/var/lib/dpkg";
/// What programs need least.
const LEFT_OUT: [&str; 3] = ["/usr/share/doc/", "/usr/share/locale/", "/usr/share/man/"];
/// What programs in the clean machine find programs by.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs the test of this name once more as the administrator of a clean machine, who does `administer`; [`Clean::used`] runs it there a
/// third time, as the one who does `used`. A system that makes no such place for its users is told of on standard error, past whoever captures
/// what tests print.
///
/// # Errors
/// The test's.
pub fn on_a_clean_machine(
    test: &str,
    administer: impl FnOnce(&mut Clean) -> Result<(), Error>,
    used: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    match env::var(PART).as_deref() {
        Ok("administrator") => administer(&mut Clean::new(test)?)?,
        Ok(_) => used()?,
        Err(_) => {
            let _alone = screen();
            let root = tempfile::tempdir().map_err(system(Path::new("a root folder")))?;
            let probe = output(
                apart()
                    .args(["mount", "-t", "tmpfs", "none"])
                    .arg(root.path()),
            )?;
            if !probe.status.success() {
                let why = String::from_utf8_lossy(&probe.stderr);
                not_tested(&format!(
                    "{test}: this system makes no room for a clean machine: {why}"
                ));
                return Ok(());
            }
            let mut again = apart();
            again.arg(own()?).args(["--exact", test, "--nocapture"]);
            return played(again.env(PART, "administrator").env(ROOT, root.path()));
        }
    }
    println!("\n{PLAYED}");
    Ok(())
}

/// Says on standard error that something was not tested, and why.
pub fn not_tested(why: &str) {
    let _ = io::stderr().write_all(format!("NOT TESTED: {why}\n").as_bytes());
}

/// The root folder of a clean machine. Only its administrator has one.
pub struct Clean {
    root: PathBuf,
    test: String,
    /// Names of the packages that are there.
    packages: BTreeSet<String>,
}

impl Clean {
    /// A machine with the essential packages.
    fn new(test: &str) -> Result<Self, Error> {
        let root = env::var_os(ROOT).map(PathBuf::from);
        let root = root.ok_or_else(|| Error::Missing(format!("`{ROOT}` is not set")))?;
        // This namespace alone sees what is mounted there, and ends with the process.
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", "mode=755", "none"])
            .arg(&root))?;
        let mut clean = Self {
            root,
            test: test.to_owned(),
            packages: BTreeSet::new(),
        };
        for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
            let link = Path::new("/").join(name);
            if let Ok(to) = fs::read_link(&link) {
                made(&clean.root.join(to.strip_prefix("/").unwrap_or(&to)))?;
                run(Command::new("ln")
                    .arg("-s")
                    .arg(to)
                    .arg(clean.root.join(name)))?;
            }
        }
        for folder in ["info", "triggers", "updates"] {
            made(&clean.root.join("var/lib/dpkg").join(folder))?;
        }
        for folder in ["root", "var/cache", "var/log", "run"] {
            made(&clean.root.join(folder))?;
        }
        copied("/var/lib/dpkg/info/format", &clean.root)?;
        for file in ["/etc/passwd", "/etc/group", "/etc/machine-id"] {
            if Path::new(file).is_file() {
                copied(file, &clean.root)?;
            }
        }
        for shared in ["proc", "sys", "dev"] {
            clean.share(&Path::new("/").join(shared))?;
        }
        clean.share(&env::temp_dir())?;
        clean.share(&own()?)?;
        clean.bring(&[])?;
        Ok(clean)
    }

    /// Lets a folder or file of this machine be seen.
    ///
    /// # Errors
    /// It is not there.
    pub fn share(&self, path: &Path) -> Result<(), Error> {
        let to = self.inside(path);
        if path.is_dir() {
            made(&to)?;
        } else {
            made(to.parent().unwrap_or(&to))?;
            fs::write(&to, "").map_err(system(&to))?;
        }
        run(Command::new("mount").arg("--rbind").arg(path).arg(&to))
    }

    /// Where a path of the clean machine is on this one.
    #[must_use]
    pub fn inside(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// The root folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Brings packages of this machine along, with what they need. `needs` is written as in the field `Depends`.
    ///
    /// # Errors
    /// One of them is not on this machine.
    pub fn bring(&mut self, needs: &[&str]) -> Result<(), Error> {
        let text = read(&Path::new(DATABASE).join("status"))?;
        let installed = Installed::of(&text);
        let wanted = installed.closure(needs)?;
        let new: Vec<_> = wanted
            .iter()
            .filter(|name| !self.packages.contains(**name))
            .collect();
        let mut files = String::new();
        let mut status = String::new();
        for name in new {
            let Some(paragraph) = installed.packages.get(name) else {
                continue;
            };
            status += &format!("{paragraph}\n\n");
            self.packages.insert((*name).to_owned());
            let architecture = field(paragraph, "Architecture").unwrap_or_default();
            for of in information(name, architecture)? {
                copied(&of.to_string_lossy(), &self.root)?;
                let ending = of.extension().unwrap_or_default();
                if ending == "list" {
                    let listed = read(&of)?;
                    let there = listed.lines().filter(|line| {
                        !LEFT_OUT.iter().any(|out| line.starts_with(out))
                            && fs::symlink_metadata(line).is_ok()
                    });
                    let there = there.filter_map(|line| line.strip_prefix('/'));
                    files.extend(there.map(|line| format!("{line}\n")));
                }
            }
        }
        self.copy_listed(&files)?;
        self.choose()?;
        let database = self.root.join("var/lib/dpkg");
        let appended = fs::File::options()
            .create(true)
            .append(true)
            .open(database.join("status"));
        appended
            .and_then(|mut file| file.write_all(status.as_bytes()))
            .map_err(system(&database))?;
        self.settle()
    }

    /// Lets packages make what they make of the files of others, which belongs to none of them.
    fn settle(&self) -> Result<(), Error> {
        self.run(&["ldconfig"])?;
        let triggers = read(&Path::new(DATABASE).join("triggers/File"))?;
        let of_ours = |line: &&str| {
            let owner = line
                .split_once(' ')
                .and_then(|(_, owner)| owner.split(['/', ':']).next());
            owner.is_some_and(|name| self.packages.contains(name))
        };
        let ours: Vec<_> = triggers.lines().filter(of_ours).collect();
        let file = self.root.join("var/lib/dpkg/triggers/File");
        fs::write(&file, ours.join("\n") + "\n").map_err(system(&file))?;
        for path in ours.iter().filter_map(|line| line.split(' ').next()) {
            self.run(&["dpkg-trigger", "--no-await", "--by-package=dpkg", path])?;
        }
        self.run(&["dpkg", "--triggers-only", "--pending"])
            .map(drop)
    }

    /// Gives programs that are there under the name of an alternative, like `which`, that name.
    fn choose(&self) -> Result<(), Error> {
        let folder = Path::new(DATABASE).join("alternatives");
        for entry in fs::read_dir(&folder).map_err(system(&folder))?.flatten() {
            let choice = Path::new("/etc/alternatives").join(entry.file_name());
            let text = read(&entry.path())?;
            // The second line is the name that people use.
            let (Ok(chosen), Some(link)) = (fs::read_link(&choice), text.lines().nth(1)) else {
                continue;
            };
            if self.inside(&chosen).exists() {
                for (name, to) in [(Path::new(link), &choice), (&choice, &chosen)] {
                    let name = self.inside(name);
                    made(name.parent().unwrap_or(&name))?;
                    run(Command::new("ln").arg("-sf").arg(to).arg(name))?;
                }
            }
        }
        Ok(())
    }

    /// Copies what a list names, as it is, and makes all of it ours.
    fn copy_listed(&self, files: &str) -> Result<(), Error> {
        let list = self.root.join("list");
        fs::write(&list, files).map_err(system(&list))?;
        let pipe = "tar -C / -c --no-recursion --verbatim-files-from -T \"$0/list\" | tar -C \"$0\" -x -p --no-same-owner";
        run(Command::new("sh").args(["-ec", pipe]).arg(&self.root))?;
        fs::remove_file(&list).map_err(system(&list))
    }

    /// Runs a program in the clean machine as its administrator, and returns what it printed.
    ///
    /// # Errors
    /// It fails.
    pub fn run(&self, words: &[&str]) -> Result<String, Error> {
        let mut command = self.chroot();
        command.args(words).env_clear();
        command.envs([
            ("PATH", PATH),
            ("LC_ALL", "C.UTF-8"),
            ("HOME", "/root"),
            ("DEBIAN_FRONTEND", "noninteractive"),
        ]);
        said(&mut command)
    }

    /// Runs the test there as a user, with a session bus and the Studio that is installed.
    ///
    /// # Errors
    /// The test's.
    pub fn used(&self) -> Result<(), Error> {
        let mut command = self.chroot();
        command.args(["dbus-run-session", "--"]).arg(own()?);
        command.args(["--exact", &self.test, "--nocapture"]);
        command.env("PATH", PATH).env(PART, "user");
        command.env("STUDIO_BINARY", "/usr/bin/studio");
        played(&mut command)
    }

    fn chroot(&self) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.root).current_dir("/");
        command
    }

    /// Every file and folder there, files with their size; without what package managers keep for themselves.
    ///
    /// # Errors
    /// They cannot be listed.
    pub fn files(&self) -> Result<BTreeSet<String>, Error> {
        const OWN: [&str; 4] = ["var/lib/dpkg/", "var/lib/rpm/", "var/log/", "var/cache/"];
        let mut find = Command::new("find");
        find.arg(&self.root).args([
            "-xdev", "-type", "d", "-printf", "%P/\\n", "-o", "-printf", "%P %s\\n",
        ]);
        let found = said(&mut find)?;
        let lines = found
            .lines()
            .filter(|line| !OWN.iter().any(|own| line.starts_with(own)));
        Ok(lines.map(str::to_owned).collect())
    }
}

/// This machine's packages.
struct Installed<'a> {
    /// Their paragraphs in the database, by name.
    packages: BTreeMap<&'a str, &'a str>,
    /// Who provides a name that is no package's.
    providers: BTreeMap<&'a str, &'a str>,
}

impl<'a> Installed<'a> {
    fn of(status: &'a str) -> Self {
        let mut packages = BTreeMap::new();
        let mut providers = BTreeMap::new();
        for paragraph in status.split("\n\n") {
            let Some(name) = field(paragraph, "Package") else {
                continue;
            };
            if !field(paragraph, "Status").is_some_and(|status| status.ends_with(" installed")) {
                continue;
            }
            packages.insert(name, paragraph);
            for provided in names(field(paragraph, "Provides").unwrap_or_default()).flatten() {
                providers.insert(provided, name);
            }
        }
        Self {
            packages,
            providers,
        }
    }

    /// The essential packages, those that are asked for, and what these need.
    fn closure(&self, needs: &[&'a str]) -> Result<BTreeSet<&'a str>, Error> {
        let mut waiting: Vec<&str> = self
            .packages
            .iter()
            .filter(|(_, paragraph)| field(paragraph, "Essential") == Some("yes"))
            .map(|(name, _)| *name)
            .collect();
        let mut found = BTreeSet::new();
        let mut asked: Vec<&str> = needs.to_vec();
        loop {
            for field in asked.drain(..) {
                for alternatives in names(field) {
                    let known: Vec<&str> = alternatives.collect();
                    let one = known.iter().find_map(|name| {
                        self.packages
                            .get_key_value(name)
                            .map(|(name, _)| *name)
                            .or_else(|| self.providers.get(name).copied())
                    });
                    let missing = || {
                        Error::Missing(format!(
                            "the package `{}` is not on this machine",
                            known.join(" | ")
                        ))
                    };
                    waiting.push(one.ok_or_else(missing)?);
                }
            }
            let Some(name) = waiting.pop() else {
                return Ok(found);
            };
            if found.insert(name) {
                let paragraph = self.packages.get(name).copied().unwrap_or_default();
                asked.extend(
                    ["Depends", "Pre-Depends"]
                        .iter()
                        .filter_map(|kind| field(paragraph, kind)),
                );
            }
        }
    }
}

/// A field of a paragraph that stands in one line.
fn field<'a>(paragraph: &'a str, name: &str) -> Option<&'a str> {
    paragraph
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The names in a field like `Depends`: what is needed, each with its alternatives.
fn names(field: &str) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    field
        .split(',')
        .filter(|one| !one.trim().is_empty())
        .map(|one| {
            one.split('|')
                .filter_map(|name| name.trim().split([' ', '(', ':']).next())
        })
}

/// The files that the database has about a package.
fn information(name: &str, architecture: &str) -> Result<Vec<PathBuf>, Error> {
    let folder = Path::new(DATABASE).join("info");
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(system(&folder))? {
        let entry = entry.map_err(system(&folder))?;
        let file = entry.file_name();
        let of = file.to_str().and_then(|file| file.rsplit_once('.'));
        let own = format!("{name}:{architecture}");
        if of.is_some_and(|(of, _)| of == name || of == own) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// This program.
fn own() -> Result<PathBuf, Error> {
    env::current_exe().map_err(|error| Error::System("finding this program".into(), error))
}

/// What runs a program in namespaces of its own, as their administrator.
fn apart() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount"]);
    command
}

fn made(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(system(folder))
}

fn copied(file: &str, root: &Path) -> Result<(), Error> {
    let to = root.join(file.trim_start_matches('/'));
    made(to.parent().unwrap_or(root))?;
    fs::copy(file, &to).map(drop).map_err(system(&to))
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(system(path))
}

fn system(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |error| Error::System(path.display().to_string(), error)
}

fn output(command: &mut Command) -> Result<Output, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::System(program, error))
}

fn run(command: &mut Command) -> Result<(), Error> {
    said(command).map(drop)
}

/// What a program prints, if it succeeds.
///
/// # Errors
/// It fails.
pub fn said(command: &mut Command) -> Result<String, Error> {
    let output = output(command)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complained = String::from_utf8_lossy(&output.stderr);
    Err(Error::Driver(format!("{command:?}:\n{said}{complained}")))
}

fn played(command: &mut Command) -> Result<(), Error> {
    let said = said(command)?;
    if said.contains(PLAYED) {
        return Ok(());
    }
    Err(Error::Driver(format!(
        "{command:?} did not come to its end:\n{said}"
    )))
}
