//! `fabric pdp`: the enforcement point over a folder of policies or what a channel ships, one decision of it, and what its shadow
//! log comes to.

mod source;

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use model::{Code, Failure};
use pdp::{
    Context, Engine, Follower, Options,
    server::{Limits, Serving, evaluate, serve as listen},
    shadow::{Recorder, Recording},
};
use time::OffsetDateTime;

use super::{FINE, FOUND, now};
use crate::{
    args::{PdpCutover, PdpDecide, PdpServe},
    progress, render,
    terminal::{Stop, Terminal},
};
use source::Folder;

/// How often to look whether somebody wants the server to end.
const LOOK: Duration = Duration::from_millis(100);

pub fn serve(arguments: &PdpServe, terminal: &Terminal) -> Result<u8, Stop> {
    let mut options = Options::new(Box::new(now));
    options.cache_ttl = Duration::from_secs(arguments.cache);
    if arguments.cache == 0 {
        options.cache_bytes = 0;
    }
    if let Some(path) = &arguments.context {
        options.context = Some(Context::open(path)?);
    }
    if let Some(path) = &arguments.shadow {
        let recording = Recording::to(path.clone(), Box::new(milliseconds));
        options.recorder = Some(Recorder::start(recording).map_err(Failure::from)?);
    }
    let (follower, point) = Follower::begin(source::of(arguments)?, options)?;
    let point = Arc::new(point);
    let serving = Serving {
        point: Arc::clone(&point),
        address: arguments.listen,
        exposed: arguments.exposed,
        url: arguments.url.clone(),
        token: match &arguments.token_file {
            None => None,
            Some(path) => Some(token(path)?),
        },
        limits: Limits {
            threads: usize::from(arguments.threads),
            ..Limits::default()
        },
    };
    let every = source::every(arguments);
    let (end, ended) = mpsc::channel();
    let (stop, stopped) = mpsc::channel();
    let mut unread = None;
    let over = AtomicBool::new(false);
    let served = thread::scope(|scope| {
        let followed = &point;
        scope.spawn(move || follower.run(followed, every, &stopped));
        let ends = &over;
        scope.spawn(move || {
            while !progress::cancelled().load(Ordering::Relaxed) && !ends.load(Ordering::Relaxed) {
                thread::sleep(LOOK);
            }
            drop(end);
        });
        let served = listen(
            serving,
            |address| {
                let url = format!("http://{address}");
                unread = if terminal.json {
                    terminal.line(&serde_json::json!({ "url": url })).err()
                } else {
                    terminal.print(&format!("{url}\n")).err()
                };
            },
            ended,
        );
        over.store(true, Ordering::Relaxed);
        drop(stop);
        served
    });
    served.map_err(Failure::from)?;
    unread.map_or(Ok(FINE), Err)
}

pub fn decide(arguments: &PdpDecide, terminal: &Terminal) -> Result<u8, Stop> {
    let mut folder = Folder::open(&arguments.enforced)?;
    let files = folder.read()?;
    let engine = Engine::new(&folder.ship(files)?).map_err(Failure::from)?;
    let name = arguments.request.display();
    let mut body = Vec::new();
    let got = if arguments.request == Path::new("-") {
        io::stdin().read_to_end(&mut body).map(drop)
    } else {
        fs::read(&arguments.request).map(|content| body = content)
    };
    got.map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{name}`: {error}")))?;
    let (answer, text) = evaluate(&engine, &body).map_err(|why| {
        authzen(Failure::new(Code::RequestInvalid, why).with_details(name.to_string()))
    })?;
    if let Some(why) = answer.refused.clone() {
        return Err(authzen(why).into());
    }
    if terminal.json {
        terminal.print(&format!("{text}\n"))?;
    } else {
        terminal.print(&render::enforced(&answer, terminal.out))?;
    }
    Ok(FINE)
}

/// A request is of another form here than in the rest of the program.
fn authzen(mut failure: Failure) -> Failure {
    if failure.code == Code::RequestInvalid {
        r#"an AuthZEN request is {"subject": {"type", "id"}, "action": {"name"}, "resource": {"type", "id"}, "context": {}}; docs/pdp.md has an example"#
            .clone_into(&mut failure.hint);
    }
    failure
}

pub fn cutover(arguments: &PdpCutover, terminal: &Terminal) -> Result<u8, Stop> {
    let channel = arguments.channel.as_deref();
    let folder = arguments.dir.as_deref().unwrap_or(Path::new("."));
    let in_force = channel.map(|channel| workspace::shadow_pairs(folder, channel));
    let in_force = in_force.transpose().map_err(Failure::from)?;
    let found = decisions::cutover(&arguments.logs, in_force.as_ref()).map_err(Failure::from)?;
    let changes = found.all.would_deny + found.all.would_allow > 0;
    // Rows of other versions are no reason to enforce this one.
    let says_nothing = channel.is_some() && found.all.compared == 0;
    terminal.result(&found, |look| render::cutover(&found, channel, look))?;
    Ok(if changes || says_nothing { FOUND } else { FINE })
}

fn milliseconds() -> i64 {
    let now = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    i64::try_from(now).unwrap_or(decisions::NO_TIME)
}

/// The token a file holds.
fn token(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{shown}`: {error}")))?;
    let token = text.trim();
    if token.is_empty() {
        let message = format!("`{shown}` holds no token");
        return Err(Failure::new(Code::BadCall, message));
    }
    Ok(token.to_owned())
}
