//! Pictures of the window, held against kept ones (`tests/e2e/pictures`). Two are the same if nearly all their pixels nearly are: what is
//! smoothed otherwise by another version of the web view passes, another colour of a border does not. ImageMagick, which takes the pictures,
//! also reads and writes them.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Error;

/// By how much a channel of a pixel may differ, of 255.
const LEVEL: u8 = 6;
/// So many pixels of a million may differ by more.
const SHARE: u64 = 150;
/// Set to anything, pictures are kept anew instead of compared.
const RENEW: &str = "STUDIO_PICTURES_RENEW";

/// A picture, three bytes a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Picture {
    /// Reads a picture of any kind.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut convert = Command::new("convert");
        convert.arg(path).args(["-depth", "8", "ppm:-"]);
        let done = convert.stdin(Stdio::null()).output();
        let done = done.map_err(|error| Error::System("convert".into(), error))?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
            return Err(Error::Picture(format!("`{}`: {said}", path.display())));
        }
        Self::of(&done.stdout).ok_or_else(|| Error::Picture(format!("`{}`", path.display())))
    }

    /// Writes it as PNG, as small as the format makes it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let unwritten = |error| Error::System(path.display().to_string(), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(unwritten)?;
        }
        let mut convert = Command::new("convert")
            .args(["ppm:-", "-strip", "-define", "png:compression-level=9"])
            .args(["-define", "png:compression-filter=1"])
            .args(["-define", "png:compression-strategy=0"])
            .args(["-define", "png:exclude-chunks=date,time"])
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| Error::System("convert".into(), error))?;
        let given = match convert.stdin.take() {
            None => Ok(()),
            Some(mut to) => {
                let head = format!("P6\n{} {}\n255\n", self.width, self.height);
                to.write_all(head.as_bytes())
                    .and_then(|()| to.write_all(&self.bytes))
            }
        };
        let ended = convert.wait().map_err(unwritten)?;
        given.map_err(unwritten)?;
        if ended.success() {
            return Ok(());
        }
        Err(Error::Picture(format!(
            "`{}` was not written",
            path.display()
        )))
    }

    /// Whether it shows the same as another.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        matches!(self.difference(other), Some((share, _)) if share <= SHARE)
    }

    /// A picture as `convert` puts it out: `P6`, width, height and 255, a blank after each, then the bytes.
    fn of(ppm: &[u8]) -> Option<Self> {
        let mut rest = ppm;
        let mut word = || {
            let end = rest.iter().position(u8::is_ascii_whitespace)?;
            let (word, after) = rest.split_at_checked(end)?;
            rest = after.get(1..)?;
            std::str::from_utf8(word).ok()
        };
        let [kind, width, height, most] = [word()?, word()?, word()?, word()?];
        let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
        let size = u64::from(width) * u64::from(height) * 3;
        let whole = kind == "P6" && most == "255" && rest.len() as u64 == size;
        whole.then(|| Self {
            width,
            height,
            bytes: rest.to_vec(),
        })
    }

    /// How many pixels of a million differ from those of another, and where: black on what is the same, made pale. Nothing if their sizes differ.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<(u64, Self)> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let mut differ = 0;
        let pairs = self.bytes.chunks_exact(3).zip(other.bytes.chunks_exact(3));
        let bytes = pairs
            .flat_map(|(one, two)| {
                let far = one.iter().zip(two).any(|(a, b)| a.abs_diff(*b) > LEVEL);
                differ += u64::from(far);
                let pale = |level: &u8| 192 + level / 4;
                match (far, one) {
                    (true, _) => [0; 3],
                    (false, [red, green, blue]) => [red, green, blue].map(pale),
                    (false, _) => [255; 3],
                }
            })
            .collect();
        let pixels = u64::from(self.width) * u64::from(self.height);
        let marked = Self {
            bytes,
            ..self.clone()
        };
        Some((differ * 1_000_000 / pixels.max(1), marked))
    }
}

/// Holds a picture against the kept one of that name; what differs is written beside the logs of the tests, in `beside`. Says what is wrong, if anything is.
///
/// # Errors
/// Files cannot be read or written.
pub fn compare(name: &str, actual: &Picture, beside: &Path) -> Result<Option<String>, Error> {
    // Cargo runs tests in the folder of their package. What it knew when this was compiled may be another checkout, with the same build folder.
    let kept: PathBuf = Path::new("pictures").join(format!("{name}.png"));
    if env::var_os(RENEW).is_some() {
        // What is the same stays as it is, byte for byte.
        if !Picture::read(&kept).is_ok_and(|kept| kept.is_like(actual)) {
            actual.write(&kept)?;
        }
        return Ok(None);
    }
    let expected = Picture::read(&kept)?;
    if expected.is_like(actual) {
        return Ok(None);
    }
    let seen = beside.join(format!("{name}.actual.png"));
    actual.write(&seen)?;
    let Some((share, marked)) = expected.difference(actual) else {
        let Picture { width, height, .. } = actual;
        return Ok(Some(format!("{name} is {width} by {height}, and was not")));
    };
    let difference = beside.join(format!("{name}.difference.png"));
    marked.write(&difference)?;
    Ok(Some(format!(
        "{name}: {share} of a million pixels differ, at most {SHARE} may; `{}` and `{}` show them",
        seen.display(),
        difference.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(level: u8) -> Picture {
        Picture {
            width: 100,
            height: 100,
            bytes: vec![level; 30_000],
        }
    }

    #[test]
    fn what_nearly_is_the_same_is_the_same_and_nothing_else() {
        let share = |one: &Picture, two: &Picture| one.difference(two).map(|(share, _)| share);
        assert_eq!(share(&plain(100), &plain(100 + LEVEL)), Some(0));
        assert_eq!(share(&plain(100), &plain(101 + LEVEL)), Some(1_000_000));
        let mut line = plain(100);
        // One line of a hundred pixels, in one channel.
        line.bytes[..300]
            .iter_mut()
            .step_by(3)
            .for_each(|level| *level = 120);
        assert_eq!(share(&plain(100), &line), Some(10_000));
        let smaller = Picture {
            height: 99,
            ..plain(100)
        };
        assert_eq!(share(&plain(100), &smaller), None);
    }

    #[test]
    fn a_picture_is_read_whole_or_not_at_all() {
        let of = |text: &str| Picture::of(text.as_bytes());
        let found = of("P6\n2 1\n255\nabcdef").unwrap();
        assert_eq!((found.width, found.height), (2, 1));
        assert_eq!(found.bytes, b"abcdef");
        for wrong in [
            "",
            "P6\n2 1\n255\nabcde",
            "P5\n2 1\n255\nabcdef",
            "P6\n2 1\n65535\nabcdef",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
