//! `fabric log`: import, generate, slice, describe.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use decisions::{Recipe, Source, generate_lines, lessen};
use flate2::{Compression, write::GzEncoder};
use model::{Code, Failure};
use tempfile::NamedTempFile;
use workspace::{Folders, import_log, open_log, open_named_log, unwritten};

use super::{FINE, FOUND, failed, read, root, whole};
use crate::{
    args::{LogGenerate, LogImport, LogInfo, LogSlice, Slices},
    progress::{Progress, Unit},
    render,
    terminal::{Stop, Terminal},
    text::{bytes, counted},
};

pub fn import(arguments: &LogImport, terminal: &Terminal) -> Result<u8, Stop> {
    // The folder is to be a workspace, so that a mistyped path is not filled with a log nobody finds again.
    read(&arguments.dir)?;
    let root = root(&arguments.dir)?;
    let sources = arguments
        .files
        .iter()
        .map(|path| Source::named(path))
        .collect();
    let done = {
        let progress = Progress::start("Importing", Unit::Bytes, terminal);
        import_log(&root, &Folders::of_user(), sources, &mut |done, total| {
            progress.at(done, total)
        })
        .map_err(failed)?
    };
    terminal.result(&done, |look| render::import(&done, look))?;
    let worst = done
        .skipped
        .iter()
        .map(|skipped| skipped.code.exit().min(1))
        .max();
    Ok(worst.unwrap_or(FINE))
}

pub fn info(arguments: &LogInfo, terminal: &Terminal) -> Result<u8, Stop> {
    read(&arguments.dir.dir)?;
    let root = root(&arguments.dir.dir)?;
    let Some(log) = open_log(&root, &Folders::of_user()).map_err(failed)? else {
        let message = format!("no log was imported into `{}`", arguments.dir.dir.display());
        return Err(Failure::new(Code::LogMissing, message).into());
    };
    terminal.result(&log.info, |look| render::info(&log.info, look))?;
    Ok(FINE)
}

pub fn generate(arguments: &LogGenerate, terminal: &Terminal) -> Result<u8, Stop> {
    let files = read(&arguments.dir.dir)?;
    let compiled = policy::compile(&files);
    whole(&compiled.problems, &arguments.dir.dir)?;
    let recipe = Recipe::read(&files).map_err(Failure::from)?;
    let seed = arguments.seed.unwrap_or(recipe.seed);
    let recipe = recipe
        .with_rows(arguments.rows)
        .with_seed(seed)
        .with_least(arguments.slices == Slices::Least);
    let progress = Progress::start("Generating", Unit::Rows, terminal);
    let report = &mut |done, total| progress.at(done, total);
    if arguments.store {
        let root = root(&arguments.dir.dir)?;
        let folders = Folders::of_user();
        let done =
            workspace::generate(&root, &folders, &compiled, &recipe, report).map_err(failed)?;
        drop(progress);
        terminal.result(&done, |look| render::import(&done, look))?;
        return Ok(FINE);
    }
    let path = arguments.out.as_deref();
    let (made, size) = put(path, |out| generate_lines(&compiled, &recipe, out, report))?;
    drop(progress);
    let (Some(path), Some(size)) = (path, size) else {
        return Ok(FINE);
    };
    let done = serde_json::json!({ "rows": made.rows, "distinct_requests": made.distinct, "allowed": made.allowed, "bytes": size });
    if terminal.json {
        terminal.json(&done)?;
    } else {
        terminal.remark(&format!(
            "{}, {}, {} in {}\n",
            counted(made.rows, "row"),
            counted(made.distinct, "distinct request"),
            bytes(size),
            path.display()
        ));
    }
    Ok(FINE)
}

pub fn slice(arguments: &LogSlice, terminal: &Terminal) -> Result<u8, Stop> {
    let files = read(&arguments.dir.dir)?;
    let compiled = policy::compile(&files);
    whole(&compiled.problems, &arguments.dir.dir)?;
    let log = {
        let progress = Progress::start("Reading the log", Unit::Bytes, terminal);
        let report = &mut |done, total| progress.at(done, total);
        open_named_log(&arguments.log, &Folders::of_user(), report).map_err(failed)?
    };
    let path = arguments.out.as_deref();
    let same = path.is_some_and(|path| is_same(path, &arguments.log));
    if same {
        let message = format!(
            "`{}` is the log that is read: what its rows carry beyond the least would be lost",
            arguments.log.display()
        );
        let mut failure = Failure::new(Code::BadCall, message);
        "name another file with --out".clone_into(&mut failure.hint);
        return Err(failure.into());
    }
    let (done, size) = {
        let progress = Progress::start("Slicing", Unit::Rows, terminal);
        let report = &mut |done, total| progress.at(done, total);
        put(path, |out| lessen(&log, &compiled, out, report))?
    };
    if let (Some(path), true) = (path, terminal.json) {
        let path = path.display().to_string();
        terminal.json(
            &serde_json::json!({ "rows": done.rows, "kept": done.kept, "skipped": log.info.skipped, "first_skipped": log.info.first_skipped, "bytes": size, "file": path }),
        )?;
    } else if let (Some(path), Some(size)) = (path, size) {
        let rows = counted(done.rows, "row");
        terminal.remark(&format!("{rows}, {} in {}\n", bytes(size), path.display()));
    }
    if done.kept > 0 && !terminal.json {
        let rows = counted(done.kept, "row");
        terminal.remark(&format!(
            "{rows} carry no entities that could be less, and are as they were\n"
        ));
    }
    if log.info.skipped > 0 {
        terminal.remark(&render::unread(&log.info, terminal.err));
        return Ok(FOUND);
    }
    Ok(FINE)
}

/// Whether a file is the log that is read, or lies where a workspace keeps its own; one that is not there yet is not.
fn is_same(out: &Path, log: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(out).is_some_and(|out| {
        let kept = real(&log.join(".fabric"));
        real(log).as_ref() == Some(&out) || kept.is_some_and(|kept| out.starts_with(kept))
    })
}

/// Writes lines to a file, of which the size comes back, or to standard output.
fn put<T>(
    out: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<T, decisions::Error>,
) -> Result<(T, Option<u64>), Stop> {
    let Some(path) = out else {
        let mut out = Watched::new(BufWriter::with_capacity(1 << 16, io::stdout().lock()));
        let made = write(&mut out);
        let flushed = out.flush();
        return match (out.error.or(flushed.err()), made) {
            (Some(error), _) => Err(crate::terminal::unwritten(error)),
            (None, made) => Ok((made.map_err(Failure::from)?, None)),
        };
    };
    super::may_write(path)?;
    let mut out = Watched::new(Target::create(path)?);
    let made = write(&mut out);
    let made = match (out.error, made) {
        (Some(error), _) => return Err(unwritten(path, &error).into()),
        (None, made) => made.map_err(Failure::from)?,
    };
    Ok((made, Some(out.inner.finish(path)?)))
}

/// A writer that keeps its error: who writes through it tells that writing failed, this tells where and how.
struct Watched<W> {
    inner: W,
    error: Option<io::Error>,
}

impl<W: Write> Watched<W> {
    fn new(inner: W) -> Self {
        Self { inner, error: None }
    }

    fn watch<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            // The writers above retry what was merely interrupted.
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.write(bytes);
        self.watch(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.flush();
        self.watch(result)
    }
}

/// A file in the making, compressed as its name says. It takes its name when it is whole, so that a cancelled or failed
/// run leaves nothing half done. A device or pipe is written as it is.
struct Target {
    writer: Packed,
    kept: Option<NamedTempFile>,
}

enum Packed {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

/// zstd's own default: a generated log is written once and read once, and more effort costs more time than it saves.
const ZSTD_LEVEL: i32 = 3;

impl Target {
    fn create(path: &Path) -> Result<Self, Failure> {
        let error = |error: io::Error| unwritten(path, &error);
        let special = path.metadata().is_ok_and(|metadata| !metadata.is_file());
        let (file, kept) = if special {
            (File::create(path).map_err(error)?, None)
        } else {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let mut builder = tempfile::Builder::new();
            builder.prefix(".fabric-");
            // Temporary files are private; this one is to be as open as any new file.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let kept = builder
                .tempfile_in(folder.unwrap_or(Path::new(".")))
                .map_err(error)?;
            (kept.as_file().try_clone().map_err(error)?, Some(kept))
        };
        let file = BufWriter::with_capacity(1 << 18, file);
        let writer = match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Packed::Gzip(GzEncoder::new(file, Compression::default())),
            Some("zst" | "zstd") => {
                let mut encoder = zstd::Encoder::new(file, ZSTD_LEVEL).map_err(error)?;
                encoder.include_checksum(true).map_err(error)?;
                Packed::Zstd(encoder)
            }
            _ => Packed::Plain(file),
        };
        Ok(Self { writer, kept })
    }

    /// Completes the file, makes it durable and gives it its name. Returns its size.
    fn finish(self, path: &Path) -> Result<u64, Failure> {
        let error = |error: io::Error| unwritten(path, &error);
        let file = match self.writer {
            Packed::Plain(file) => file,
            Packed::Gzip(encoder) => encoder.finish().map_err(error)?,
            Packed::Zstd(encoder) => encoder.finish().map_err(error)?,
        };
        let file = file
            .into_inner()
            .map_err(|failed| error(failed.into_error()))?;
        let Some(kept) = self.kept else { return Ok(0) };
        file.sync_all().map_err(error)?;
        let size = file.metadata().map_err(error)?.len();
        kept.persist(path).map_err(|failed| error(failed.error))?;
        Ok(size)
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Packed::Plain(writer) => writer.write(bytes),
            Packed::Gzip(writer) => writer.write(bytes),
            Packed::Zstd(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Packed::Plain(writer) => writer.flush(),
            Packed::Gzip(writer) => writer.flush(),
            Packed::Zstd(writer) => writer.flush(),
        }
    }
}
