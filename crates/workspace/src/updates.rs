//! A newer version from a file, without any network. A file is believed by a signature of minisign beside it (`FILE.minisig`), whose trusted
//! comment says what the file is: [`Told`]. [`Update::read`] lets nothing pass that is not whole, signed, for this system and newer;
//! [`Update::apply`] hands a package to the system's own package manager, and puts a plain program in the place of the old one, which is kept.
//!
//! Sources: <https://jedisct1.github.io/minisign/> (format of keys and signatures).

use std::{
    env, fmt,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr,
};

use minisign_verify::{PublicKey, Signature};
use model::{Code, Failure};
use semver::Version;
use serde::Serialize;

/// What updates are called in their trusted comments.
const PRODUCT: &str = "trust-fabric-studio";
/// The key that updates of this build are signed with; a file without one in builds of which none are published.
const KEY: &str = include_str!("../../../installers/update.pub");
/// No package is larger, in bytes.
const LARGEST: u64 = 512 << 20;

/// Why a file does not become this version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or its signature cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// There is no signature beside the file.
    #[error("`{0}` is not there, so nobody vouches for the update")]
    Unsigned(String),
    /// There is no key to check with, or the one that was given is none.
    #[error("{0}")]
    Key(String),
    /// The signature is another key's.
    #[error("`{0}` is signed with another key")]
    Untrusted(String),
    /// The file is shorter than the signature says.
    #[error("`{path}` has {found} of {size} bytes")]
    Incomplete {
        /// The file.
        path: String,
        /// Bytes it has.
        found: u64,
        /// Bytes it should have.
        size: u64,
    },
    /// The file is not the one that was signed.
    #[error("`{0}` is not as it was signed")]
    Tampered(String),
    /// The file or its signature says nothing that an update says.
    #[error("`{path}` is no update: {why}")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The update is for something else than this.
    #[error("the update is for {update}, and this is {here}")]
    Foreign {
        /// For what.
        update: String,
        /// What there is.
        here: String,
    },
    /// The update is older than what there is.
    #[error("the update is version {update}, and this is {here}")]
    Older {
        /// The update's version.
        update: Version,
        /// The version there is.
        here: Version,
    },
    /// The update is what there is.
    #[error("this is version {0} already")]
    Same(Version),
    /// It could not be put in the place of the old one.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Read { .. } => Code::FileRead,
            Self::Unsigned(_) => Code::UpdateUnsigned,
            Self::Key(_) => Code::UpdateKey,
            Self::Untrusted(_) => Code::UpdateUntrusted,
            Self::Incomplete { .. } => Code::UpdateIncomplete,
            Self::Tampered(_) => Code::UpdateTampered,
            Self::Invalid { .. } => Code::UpdateInvalid,
            Self::Foreign { .. } => Code::UpdateForeign,
            Self::Older { .. } => Code::UpdateOlder,
            Self::Same(_) => Code::UpdateSame,
            Self::Failed(_) => Code::UpdateFailed,
        }
    }

    fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Read {
            path: path.display().to_string(),
            source,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// How a program came onto a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Package {
    /// A package of Debian or Ubuntu.
    Deb,
    /// A package of Fedora, RHEL or openSUSE.
    Rpm,
    /// The program alone.
    Program,
}

impl Package {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Deb, "deb"),
        (Self::Rpm, "rpm"),
        (Self::Program, "program"),
    ];

    /// What a file is, by its first bytes.
    fn of(head: &[u8]) -> Option<Self> {
        const PROGRAMS: [&[u8]; 3] = [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe"];
        if head.starts_with(b"!<arch>\ndebian-binary") {
            Some(Self::Deb)
        } else if head.starts_with(b"\xed\xab\xee\xdb") {
            Some(Self::Rpm)
        } else {
            let program = PROGRAMS.iter().any(|magic| head.starts_with(magic));
            program.then_some(Self::Program)
        }
    }

    /// What installs a file of this kind; nothing where a program is only put in its place.
    fn manager(self) -> Option<[&'static str; 2]> {
        match self {
            Self::Deb => Some(["dpkg", "--install"]),
            Self::Rpm => Some(["rpm", "--upgrade"]),
            Self::Program => None,
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(package, _)| package == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

/// What is running here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Its version.
    pub version: Version,
    /// System and machine, e.g. `linux-x86_64`.
    pub platform: String,
    /// How it came here.
    pub package: Package,
    /// Its file.
    pub program: PathBuf,
}

impl Installation {
    /// This program, of the version that it knows of itself.
    ///
    /// # Errors
    /// The system does not tell where it is.
    pub fn here(version: &str) -> Result<Self, Error> {
        let unclear = |why: String| Error::Failed(format!("cannot tell what this is: {why}"));
        let program = env::current_exe().and_then(fs::canonicalize);
        let program = program.map_err(|error| unclear(error.to_string()))?;
        Ok(Self {
            version: Version::parse(version).map_err(|error| unclear(error.to_string()))?,
            platform: format!("{}-{}", env::consts::OS, env::consts::ARCH),
            package: installed_as(&program),
            program,
        })
    }
}

/// A package says in a file of its own what it is.
pub(crate) fn installed_as(program: &Path) -> Package {
    let prefix = program.parent().and_then(Path::parent);
    let said = prefix
        .and_then(|prefix| fs::read_to_string(prefix.join("share/trust-fabric/package")).ok());
    let said = said.unwrap_or_default();
    let known = Package::ALL.iter().find(|(_, name)| *name == said.trim());
    known.map_or(Package::Program, |(package, _)| *package)
}

/// What is signed along with a file: one line of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The version that it brings.
    #[serde(serialize_with = "as_text")]
    pub version: Version,
    /// System and machine that it is for.
    pub platform: String,
    /// What kind of file it is.
    pub package: Package,
    /// Its size in bytes.
    pub size: u64,
}

fn as_text<S: serde::Serializer>(version: &Version, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}

impl Told {
    /// What is to be signed along with a file that was built where this program was.
    ///
    /// # Errors
    /// It cannot be read, or is nothing that could be applied.
    pub fn of(path: &Path, here: &Installation) -> Result<Self, Error> {
        let mut file = File::open(path).map_err(Error::read(path))?;
        let mut head = Vec::new();
        let read = (&mut file).take(32).read_to_end(&mut head);
        read.map_err(Error::read(path))?;
        let package = Package::of(&head).ok_or_else(|| Error::Invalid {
            path: path.display().to_string(),
            why: "it is neither a deb, nor an rpm, nor a program".into(),
        })?;
        Ok(Self {
            version: here.version.clone(),
            platform: here.platform.clone(),
            package,
            size: file.metadata().map_err(Error::read(path))?.len(),
        })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            platform,
            package,
            size,
        } = self;
        write!(
            f,
            "{PRODUCT} version:{version} platform:{platform} package:{package} size:{size}"
        )
    }
}

impl FromStr for Told {
    type Err = String;

    /// Only what [`Told`] writes itself.
    fn from_str(text: &str) -> Result<Self, String> {
        let told = || {
            let mut words = text.strip_prefix(PRODUCT)?.split(' ').skip(1);
            let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix(':');
            let version = Version::parse(value("version")?).ok()?;
            let platform = value("platform")?.to_owned();
            let kind = value("package")?;
            let (package, _) = Package::ALL.iter().find(|(_, name)| *name == kind)?;
            Some(Self {
                version,
                platform,
                package: *package,
                size: value("size")?.parse().ok()?,
            })
        };
        told()
            .filter(|told| told.to_string() == text)
            .ok_or_else(|| format!("its signature says `{text}`"))
    }
}

/// A public key of minisign that updates have to be signed with.
pub struct UpdateKey(PublicKey);

impl UpdateKey {
    /// The key of this build.
    ///
    /// # Errors
    /// It has none.
    pub fn built_in() -> Result<Self, Error> {
        let none = "this build knows no key that updates are signed with";
        Self::parse(KEY).ok_or_else(|| Error::Key(none.into()))
    }

    /// The key in a file, as `minisign -G` writes it.
    ///
    /// # Errors
    /// It cannot be read, or is no such key.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = text(path)?;
        Self::parse(&text)
            .ok_or_else(|| Error::Key(format!("`{}` is no public key of minisign", path.display())))
    }

    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().nth(1)?;
        PublicKey::from_base64(line.trim()).ok().map(Self)
    }
}

/// A file that may take the place of what is running here.
#[derive(Debug)]
pub struct Update {
    /// What it is.
    pub told: Told,
    bytes: Vec<u8>,
}

/// What became of an update.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// The package manager installed it, called like this.
    Installed(String),
    /// The program was replaced, and the old one is kept here.
    Replaced(PathBuf),
}

impl Update {
    /// Reads a file and the signature beside it. What comes back is whole, signed with the key, for this system, and newer.
    ///
    /// # Errors
    /// It is not.
    pub fn read(path: &Path, key: &UpdateKey, here: &Installation) -> Result<Self, Error> {
        let name = path.display().to_string();
        let invalid = |why: String| Error::Invalid {
            path: name.clone(),
            why,
        };
        let beside = beside(path);
        if !beside.exists() && path.exists() {
            return Err(Error::Unsigned(beside.display().to_string()));
        }
        let mut file = File::open(path).map_err(Error::read(path))?;
        let length = file.metadata().map_err(Error::read(path))?.len();
        if length > LARGEST {
            return Err(invalid(format!("it is larger than {} MiB", LARGEST >> 20)));
        }
        let signature = Signature::decode(&text(&beside)?)
            .map_err(|error| invalid(format!("its signature cannot be read: {error}")))?;
        let told = signature.trusted_comment().parse::<Told>();
        // Nothing vouches for the size yet. Who lies about it makes a whole file one that is refused, and no other.
        if let Ok(told) = &told
            && length < told.size
        {
            return Err(Error::Incomplete {
                path: name,
                found: length,
                size: told.size,
            });
        }
        let mut bytes = Vec::new();
        let read = (&mut file).take(LARGEST).read_to_end(&mut bytes);
        read.map_err(Error::read(path))?;
        key.0
            .verify(&bytes, &signature, false)
            .map_err(|error| match error {
                minisign_verify::Error::UnexpectedKeyId => Error::Untrusted(name.clone()),
                minisign_verify::Error::InvalidSignature => Error::Tampered(name.clone()),
                other => invalid(other.to_string()),
            })?;
        let told = told.map_err(invalid)?;
        if Package::of(&bytes) != Some(told.package) || told.size != length {
            return Err(invalid("it is not what its signature says".into()));
        }
        fits(&told, here)?;
        Ok(Self { told, bytes })
    }

    /// What [`Update::apply`] calls; nothing where it replaces the program itself.
    #[must_use]
    pub fn command(&self, path: &Path) -> Option<String> {
        let [program, verb] = self.told.package.manager()?;
        Some(format!("{program} {verb} {}", path.display()))
    }

    /// Puts it in the place of what is running here.
    ///
    /// # Errors
    /// The package manager refuses, or the program's folder cannot be written.
    pub fn apply(&self, here: &Installation) -> Result<Applied, Error> {
        match self.told.package.manager() {
            Some(manager) => self.install(manager),
            None => self.replace(&here.program),
        }
    }

    /// What was read is installed, not what the file holds by now: a copy that nobody else can write.
    fn install(&self, [program, verb]: [&str; 2]) -> Result<Applied, Error> {
        let failed = |error: io::Error| Error::Failed(format!("`{program}`: {error}"));
        let folder = tempfile::tempdir().map_err(failed)?;
        let name = format!("{PRODUCT}-{}.{}", self.told.version, self.told.package);
        let copy = folder.path().join(name);
        fs::write(&copy, &self.bytes).map_err(failed)?;
        let output = Command::new(program)
            .arg(verb)
            .arg(&copy)
            .stdin(Stdio::null())
            .output()
            .map_err(failed)?;
        if output.status.success() {
            return Ok(Applied::Installed(format!("{program} {verb}")));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Error::Failed(format!(
            "`{program} {verb}` refuses: {}",
            said.trim()
        )))
    }

    fn replace(&self, program: &Path) -> Result<Applied, Error> {
        let failed = |error: io::Error| {
            Error::Failed(format!("cannot replace `{}`: {error}", program.display()))
        };
        let mut kept = program.as_os_str().to_owned();
        kept.push(".previous");
        let kept = PathBuf::from(kept);
        let new = disk::beside(program);
        let replaced = (|| {
            let permissions = fs::metadata(program)?.permissions();
            let mut file = File::options().write(true).create_new(true).open(&new)?;
            file.write_all(&self.bytes)?;
            file.set_permissions(permissions)?;
            file.sync_all()?;
            drop(file);
            if kept.exists() {
                fs::remove_file(&kept)?;
            }
            if cfg!(windows) {
                // A program that runs can be renamed there, and not be replaced.
                fs::rename(program, &kept)?;
                return fs::rename(&new, program).inspect_err(|_| {
                    // The error that matters is the first one.
                    let _ = fs::rename(&kept, program);
                });
            }
            // At every moment there is a program of that name.
            fs::hard_link(program, &kept).or_else(|_| fs::copy(program, &kept).map(drop))?;
            fs::rename(&new, program)
        })();
        if replaced.is_err() {
            let _ = fs::remove_file(&new);
        }
        replaced.map_err(failed)?;
        Ok(Applied::Replaced(kept))
    }
}

/// Only what is for this system, came here in the same way, and is newer.
fn fits(told: &Told, here: &Installation) -> Result<(), Error> {
    let what = |platform: &str, package: Package| format!("a {package} on {platform}");
    if (told.platform.as_str(), told.package) != (here.platform.as_str(), here.package) {
        return Err(Error::Foreign {
            update: what(&told.platform, told.package),
            here: what(&here.platform, here.package),
        });
    }
    // What follows a `+` says how it was built, not when.
    match told.version.cmp_precedence(&here.version) {
        std::cmp::Ordering::Greater => Ok(()),
        std::cmp::Ordering::Equal => Err(Error::Same(here.version.clone())),
        std::cmp::Ordering::Less => Err(Error::Older {
            update: told.version.clone(),
            here: here.version.clone(),
        }),
    }
}

/// Where the signature of a file is.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".minisig");
    PathBuf::from(name)
}

/// A small text.
fn text(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let file = File::open(path).map_err(Error::read(path))?;
    let read = file.take(64 << 10).read_to_string(&mut text);
    read.map_err(Error::read(path))?;
    Ok(text)
}
