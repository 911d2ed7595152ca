//! Bundles that somebody puts somewhere: as a file, or at an address.

use std::{
    fs,
    io::{self, Read as _},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use model::{Code, Failure};
use release::LIMITS;
use ureq::{
    Agent,
    http::{HeaderMap, StatusCode, header},
};

use super::Fetcher;
use crate::Error;

/// Bytes of the largest bundle.
const MOST: u64 = LIMITS.total;
/// A file that was written less long ago may have been written again within the same tick of the file system's clock.
const SETTLED: Duration = Duration::from_secs(2);
/// How long an address has to give all of a bundle.
const PATIENCE: Duration = Duration::from_secs(30);

fn silent(what: &str, why: impl std::fmt::Display) -> Failure {
    Error::Source(format!("cannot read `{what}`: {why}")).into()
}

/// A file, or a folder in which a channel's bundle is called `<channel>.tfr`. Looking is one question about the file.
#[derive(Debug)]
pub struct FileBundle {
    path: PathBuf,
    name: String,
    stamp: Option<Stamp>,
}

/// What a file has when it is the one that was read.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    changed: SystemTime,
    length: u64,
    number: u64,
}

impl FileBundle {
    /// The bundle of a channel at a path.
    #[must_use]
    pub fn new(path: PathBuf, channel: &str) -> Self {
        Self {
            path,
            name: format!("{channel}.tfr"),
            stamp: None,
        }
    }
}

impl Fetcher for FileBundle {
    fn fetch(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut path = self.path.clone();
        let mut look = || -> io::Result<Option<Vec<u8>>> {
            let mut found = fs::metadata(&path)?;
            if found.is_dir() {
                path.push(&self.name);
                found = fs::metadata(&path)?;
            }
            let stamp = Stamp::of(&found)?;
            if self.stamp.as_ref() == Some(&stamp) && stamp.settled() {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            disk::open(&path)?.take(MOST + 1).read_to_end(&mut bytes)?;
            self.stamp = Some(stamp);
            Ok(Some(bytes))
        };
        look().map_err(|error| silent(&path.display().to_string(), error))
    }
}

impl Stamp {
    fn of(found: &fs::Metadata) -> io::Result<Self> {
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(found);
        #[cfg(not(unix))]
        let number = 0;
        Ok(Self {
            changed: found.modified()?,
            length: found.len(),
            number,
        })
    }

    fn settled(&self) -> bool {
        // A moment to come says nothing.
        self.changed.elapsed().is_ok_and(|age| age > SETTLED)
    }
}

/// An address. What did not change is not sent again, where the server knows entity tags or dates (RFC 9110, section 13).
#[derive(Debug)]
pub struct HttpBundle {
    agent: Agent,
    url: String,
    tag: Option<String>,
    date: Option<String>,
}

impl HttpBundle {
    /// The bundle at an address, or that of a channel at one that ends in `/`.
    ///
    /// # Errors
    /// `bad_call` for `https`, which is not spoken here.
    pub fn new(url: &str, channel: &str) -> Result<Self, Failure> {
        if !url.starts_with("http://") {
            let message = format!(
                "`{url}` is no address that is understood here: bundles are signed, and come over `http://` or as a file"
            );
            return Err(Failure::new(Code::BadCall, message));
        }
        let url = match url.ends_with('/') {
            true => format!("{url}{channel}.tfr"),
            false => url.to_owned(),
        };
        let config = Agent::config_builder().timeout_global(Some(PATIENCE));
        Ok(Self {
            agent: config.build().new_agent(),
            url,
            tag: None,
            date: None,
        })
    }
}

impl Fetcher for HttpBundle {
    fn fetch(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut ask = || -> Result<Option<Vec<u8>>, ureq::Error> {
            let mut request = self.agent.get(&self.url);
            if let Some(tag) = &self.tag {
                request = request.header(header::IF_NONE_MATCH, tag);
            } else if let Some(date) = &self.date {
                request = request.header(header::IF_MODIFIED_SINCE, date);
            }
            let mut answer = request.call()?;
            if answer.status() == StatusCode::NOT_MODIFIED {
                return Ok(None);
            }
            let bytes = answer.body_mut().with_config().limit(MOST).read_to_vec()?;
            (self.tag, self.date) = (
                text(answer.headers(), header::ETAG),
                text(answer.headers(), header::LAST_MODIFIED),
            );
            Ok(Some(bytes))
        };
        ask().map_err(|error| silent(&self.url, error))
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_pipe_is_not_waited_for_and_the_file_after_it_is_read() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("stable.tfr");
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let mut bundle = FileBundle::new(place.path().to_owned(), "stable");
        let failure = bundle.fetch().unwrap_err();
        assert!(failure.message.contains("it is no file"), "{failure}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"sealed").unwrap();
        assert_eq!(bundle.fetch().unwrap().as_deref(), Some(&b"sealed"[..]));
    }
}
