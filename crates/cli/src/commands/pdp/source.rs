//! What an enforcement point decides by: a folder as it is, the channel of a repository, bundles that somebody puts somewhere.

use std::{
    fs,
    path::{Path, PathBuf, absolute},
    time::Duration,
};

use evidence::{hex, sha256};
use model::{Code, Failure};
use pdp::{BundleSource, Fetcher, FileBundle, HttpBundle, Source, Whose};
use registry::Registry;
use release::{Files, Mode, Modes, Release, Root};
use workspace::Folders;

use crate::{
    args::{Enforced, PdpServe},
    commands::{named, now, read},
    terminal::Stop,
};

/// Between two looks at what is at hand: a channel that moved is to decide within a twentieth of a second.
const SOON: Duration = Duration::from_millis(10);
/// Between two looks at what is read as a whole, or asked for over the network.
const LATER: Duration = Duration::from_secs(2);

fn is_address(from: &str) -> bool {
    from.contains("://")
}

/// How often to look.
pub fn every(arguments: &PdpServe) -> Duration {
    let at_hand = match &arguments.from {
        Some(from) => !is_address(from),
        None => arguments.channel.is_some(),
    };
    let usual = if at_hand { SOON } else { LATER };
    arguments.every.map_or(usual, Duration::from_secs)
}

/// Where releases come from.
pub fn of(arguments: &PdpServe) -> Result<Box<dyn Source + Send + '_>, Stop> {
    let (Some(channel), Some(root)) = (&arguments.channel, &arguments.root) else {
        return Ok(Box::new(Folder::open(&arguments.enforced)?));
    };
    let (place, fetcher): (String, Box<dyn Fetcher>) = match &arguments.from {
        Some(url) if is_address(url) => (url.clone(), Box::new(HttpBundle::new(url, channel)?)),
        Some(path) => {
            let path = whole(Path::new(path))?;
            let place = path.display().to_string();
            (place, Box::new(FileBundle::new(path, channel)))
        }
        None => {
            let folder = whole(&arguments.enforced.dir.dir)?;
            let place = folder.display().to_string();
            (place, Box::new(Channel::new(folder, channel)))
        }
    };
    let state = match &arguments.state {
        Some(folder) => folder.clone(),
        None => {
            let name = hex(&sha256(&[channel.as_bytes(), b"\n", place.as_bytes()]));
            let name = name.get(..16).unwrap_or(&name);
            Folders::of_user().state.join("pdp").join(name)
        }
    };
    let (tenant, environment) = match (&arguments.tenant, &arguments.environment) {
        (Some(tenant), Some(environment)) => (tenant.clone(), environment.clone()),
        (tenant, environment) => {
            let (its_tenant, its_environment) = match pdp::remembered(&state) {
                Some(known) => known,
                None => Channel::new(whole(&arguments.enforced.dir.dir)?, channel).whose()?,
            };
            (
                tenant.clone().unwrap_or(its_tenant),
                environment.clone().unwrap_or(its_environment),
            )
        }
    };
    let whose = Whose {
        tenant,
        channel: channel.clone(),
        environment,
        root: read_root(root)?,
    };
    let source = BundleSource::open(fetcher, whose, &state, Box::new(now));
    Ok(Box::new(source.map_err(Failure::from)?))
}

/// The path from the top. The folder need not be there any more: what was taken from it last is.
fn whole(path: &Path) -> Result<PathBuf, Failure> {
    absolute(path).map_err(|error| {
        let message = format!("`{}` is no path: {error}", path.display());
        Failure::new(Code::BadCall, message)
    })
}

fn read_root(path: &Path) -> Result<Root, Failure> {
    let shown = path.display();
    let text = fs::read(path)
        .map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{shown}`: {error}")))?;
    Root::parse(text.trim_ascii_end())
        .map_err(|error| Failure::from(error).with_details(shown.to_string()))
}

/// A channel of a repository. Looking is reading a ref.
struct Channel {
    folder: PathBuf,
    name: String,
    registry: Option<Registry>,
    /// The move given last.
    given: Option<String>,
}

impl Channel {
    fn new(folder: PathBuf, name: &str) -> Self {
        Self {
            folder,
            name: name.to_owned(),
            registry: None,
            given: None,
        }
    }

    /// The last move, and where it is.
    fn at(&mut self) -> Result<(&Registry, String), Failure> {
        let registry = match self.registry.take() {
            Some(registry) => registry,
            None => Registry::open(&self.folder)?,
        };
        let last = registry.last(&self.name)?.ok_or_else(|| {
            let (name, folder) = (&self.name, self.folder.display());
            let message = format!("no channel `{name}` ships anything in `{folder}`");
            Failure::new(Code::PdpSource, message)
        })?;
        // One that fails is opened anew: another clone may be in its place.
        Ok((self.registry.insert(registry), last))
    }

    /// Tenant and environment of its last move.
    fn whose(mut self) -> Result<(String, String), Failure> {
        let (registry, last) = self.at()?;
        let details = registry.details(&last)?;
        Ok((details.tenant, details.environment))
    }
}

impl Fetcher for Channel {
    fn fetch(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let given = self.given.take();
        let (registry, last) = self.at()?;
        let bundle = match given.as_ref() == Some(&last) {
            true => None,
            false => Some(registry.bundles(&last)?.forward),
        };
        self.given = Some(last);
        Ok(bundle)
    }
}

/// A folder as a channel that ships whatever it holds.
pub struct Folder<'a> {
    arguments: &'a Enforced,
    base: Option<Files>,
    modes: Modes,
    /// What was shipped last, and how often something was.
    shipped: (u64, Files),
}

impl<'a> Folder<'a> {
    pub fn open(arguments: &'a Enforced) -> Result<Self, Stop> {
        let base = match &arguments.base {
            None => None,
            Some(base) => Some(named(base, &arguments.dir.dir, None)?.files),
        };
        let modes = match &arguments.modes {
            None => Modes::default(),
            Some(path) => modes(path)?,
        };
        if base.is_none() && !modes.all_enforced() {
            let message = "the modes hold policies back, and nothing says what is enforced instead: everybody would be denied";
            let mut failure = Failure::new(Code::BadCall, message);
            failure.hint = "name with --base what is enforced until then: a folder, a git revision or an archive".to_owned();
            return Err(failure.into());
        }
        Ok(Self {
            arguments,
            base,
            modes,
            shipped: (0, Files::new()),
        })
    }

    pub fn read(&self) -> Result<Files, Stop> {
        read(&self.arguments.dir.dir)
    }

    /// These files as a release.
    ///
    /// # Errors
    /// `bad_call` when the modes name what is not there: a mistyped policy would be enforced.
    pub fn ship(&mut self, files: Files) -> Result<Release, Failure> {
        let sequence = self.shipped.0 + 1;
        self.shipped = (sequence, files.clone());
        let release = Release {
            tenant: "local".to_owned(),
            channel: "folder".to_owned(),
            environment: "local".to_owned(),
            version: format!("0.0.{sequence}"),
            sequence,
            undoes: None,
            modes: self.modes.clone(),
            files,
            base: self.base.clone(),
        };
        workspace::known_modes(&release).map_err(|error| {
            let why = Failure::from(error);
            let mut failure = Failure::new(Code::BadCall, why.message);
            failure.hint = why.hint;
            failure
        })?;
        Ok(release)
    }
}

impl Source for Folder<'_> {
    fn latest(&mut self) -> Result<Option<Release>, Failure> {
        let files = match self.read() {
            Ok(files) => files,
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::Unread) => return Ok(None),
        };
        let new = self.shipped.0 == 0 || self.shipped.1 != files;
        new.then(|| self.ship(files)).transpose()
    }
}

fn modes(path: &Path) -> Result<Modes, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{shown}`: {error}")))?;
    let wrong = |why: String| {
        let message = format!("`{shown}` does not say how policies are applied");
        Failure::new(Code::BadCall, message).with_details(why)
    };
    let modes: Modes = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let each = modes.policies.values().chain(modes.groups.values());
    for mode in each.chain([&modes.default]) {
        // The same words that name a mode on the command line mean one here.
        mode.to_string()
            .parse::<Mode>()
            .map_err(|why| wrong(format!("{mode}: {why}")))?;
    }
    Ok(modes)
}
