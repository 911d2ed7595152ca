//! cvc5 in a process of its own, with limits: a question is killed when its time is over or nobody wants the answer any more,
//! and the system refuses it more memory than it may have.
//!
//! INVARIANT: an answer belongs to its question. Each question ends with a mark the solver must repeat; whatever it says
//! before the mark must be exactly one answer, and a process that said anything else is killed, so that no late or garbled
//! answer can be taken for a proof. Two questions with known answers are put before the first real one.

use std::{
    env,
    ffi::OsString,
    future::Future,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    pin::pin,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use cedar_policy_symcc::solver::{Decision, DecisionWithModel, Solver, SolverError};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWrite;

use crate::{ask::lock, cache::Cache};

/// What one question may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time until it is given up.
    pub time: Duration,
    /// Time for all questions of one proof; what is not asked by then is not proven.
    pub whole: Duration,
    /// Memory of the solver's process in bytes, where the system can limit it (Linux).
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(3),
            whole: Duration::from_secs(60),
            memory: 2 << 30,
        }
    }
}

/// How often a waiting question looks whether it is still wanted.
const GLANCE: Duration = Duration::from_millis(10);
/// What the solver gets on top of its time to say by itself that it did not suffice.
const GRACE: Duration = Duration::from_millis(250);
/// Longest answer that is read.
const LONGEST: usize = 4 << 20;
/// Deepest nesting of a model that is read, so that reading cannot exhaust the stack.
const DEEPEST: usize = 5_000;
/// Stack for whoever reads models.
pub(crate) const STACK: usize = 64 << 20;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nobody wants it any more.
    Cancelled,
    /// Its time is over.
    TimeOver,
    /// The solver had less memory than it wanted.
    OutOfMemory,
    /// The process failed, with the reason in words. Another one might do better.
    Failed(String),
    /// The question cannot be put, or its answer cannot be used, with the reason in words. It stays so.
    Beyond(String),
}

impl Trouble {
    pub fn reason(&self) -> String {
        match self {
            Self::Cancelled => "cancelled".to_owned(),
            Self::TimeOver => "the solver did not answer in time".to_owned(),
            Self::OutOfMemory => "the solver ran out of the memory it may have".to_owned(),
            Self::Failed(why) | Self::Beyond(why) => why.clone(),
        }
    }
}

/// The solver's program: what `CVC5` names, else `cvc5` on the path.
pub(crate) fn find() -> Option<PathBuf> {
    let named = env::var_os("CVC5").filter(|value| !value.is_empty());
    let name = named.unwrap_or_else(|| OsString::from("cvc5"));
    let path = Path::new(&name);
    if path.components().count() > 1 {
        return path.is_file().then(|| path.to_owned());
    }
    let file = if cfg!(windows) && path.extension().is_none() {
        path.with_extension("exe")
    } else {
        path.to_owned()
    };
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

/// A running solver.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    input: Sender<Vec<u8>>,
    output: Receiver<Vec<u8>>,
    asked: u64,
    /// Name and version, as the solver tells them.
    pub version: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; what matters is that it is not left behind.
        self.end();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts the solver and makes sure that it is one.
    pub fn start(program: &Path, limits: Limits, cancel: &AtomicBool) -> Result<Self, Trouble> {
        let failed = |error: std::io::Error| {
            Trouble::Failed(format!(
                "the solver `{}` cannot be started: {error}",
                program.display()
            ))
        };
        let mut child = command(program, limits)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (input, questions) = mpsc::channel::<Vec<u8>>();
        let (answers, output) = mpsc::sync_channel(16);
        // Threads, because a solver that does not read or write must not keep us waiting. They end with the process.
        if let Some(mut stdin) = stdin {
            thread::spawn(move || {
                for question in questions {
                    if stdin
                        .write_all(&question)
                        .and_then(|()| stdin.flush())
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
        if let Some(mut stdout) = stdout {
            thread::spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                    let piece = buffer.get(..read).unwrap_or_default().to_vec();
                    if answers.send(piece).is_err() {
                        break;
                    }
                }
            });
        }
        let mut process = Self {
            child,
            input,
            output,
            asked: 0,
            version: String::new(),
        };
        process.introduce(limits, cancel)?;
        Ok(process)
    }

    /// Ends it, and whatever it started: a wrapper's solver would go on for nobody.
    fn end(&mut self) {
        #[cfg(unix)]
        if self.runs() {
            let group = format!("kill -s KILL -- -{} 2>/dev/null", self.child.id());
            let _ = Command::new("/bin/sh").args(["-c", &group]).status();
        }
        let _ = self.child.kill();
    }

    /// It has not ended.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks for its name, and two questions whose answers are known.
    fn introduce(&mut self, limits: Limits, cancel: &AtomicBool) -> Result<(), Trouble> {
        let about = self.ask(b"(get-info :name)\n(get-info :version)\n", limits, cancel)?;
        let quoted: Vec<_> = about.split('"').skip(1).step_by(2).collect();
        let (Some(name), Some(version)) = (quoted.first(), quoted.get(1)) else {
            return Err(strange(&about));
        };
        for (claim, expected) in [("(not p)", "sat"), ("(and p (not p))", "unsat")] {
            let question = format!(
                "(reset)\n(set-logic ALL)\n(declare-const p Bool)\n(assert {claim})\n(check-sat)\n"
            );
            let answer = self.ask(question.as_bytes(), limits, cancel)?;
            if answer.trim() != expected {
                return Err(strange(&answer));
            }
        }
        self.version = format!("{name} {version}");
        Ok(())
    }

    /// Puts a question, and reads everything the solver says to it.
    fn ask(
        &mut self,
        question: &[u8],
        limits: Limits,
        cancel: &AtomicBool,
    ) -> Result<String, Trouble> {
        let until = Instant::now() + limits.time + GRACE;
        self.asked += 1;
        let mark = format!("answered {}", self.asked);
        let mut script = question.to_vec();
        script.extend_from_slice(format!("(echo \"{mark}\")\n").as_bytes());
        // Should the process be gone, reading says so.
        let _ = self.input.send(script);
        let mut said = Vec::new();
        loop {
            if cancel.load(Ordering::Relaxed) {
                return Err(Trouble::Cancelled);
            }
            match self.output.recv_timeout(GLANCE) {
                Ok(piece) => said.extend_from_slice(&piece),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(self.died(&said)),
            }
            if let Some(answer) = before(&said, &mark) {
                return Ok(answer);
            }
            if said.len() > LONGEST {
                return Err(Trouble::Failed("the solver's answer has no end".to_owned()));
            }
            if Instant::now() > until {
                return Err(if begins_an_answer(&said) {
                    Trouble::TimeOver
                } else {
                    strange(&String::from_utf8_lossy(&said))
                });
            }
        }
    }

    fn died(&mut self, said: &[u8]) -> Trouble {
        // Its output is closed; whatever it still does is of no use.
        self.end();
        let said = String::from_utf8_lossy(said);
        if lacks_memory(&said) {
            return Trouble::OutOfMemory;
        }
        let how = match self.child.wait() {
            // Without a status of its own it was a signal that ended it, and the system says which.
            Ok(status) if status.code().is_none() => format!("the solver crashed ({status})"),
            Ok(status) => format!("the solver ended ({status})"),
            Err(error) => format!("the solver ended ({error})"),
        };
        let said = first_line(&said);
        Trouble::Failed(if said.is_empty() {
            how
        } else {
            format!("{how} and said `{said}`")
        })
    }
}

/// What was said before the mark, when the mark is there, on a line of its own, at the end.
fn before(said: &[u8], mark: &str) -> Option<String> {
    let rest = said.strip_suffix(b"\n")?;
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    let rest = rest.strip_suffix(b"\"").unwrap_or(rest);
    let rest = rest.strip_suffix(mark.as_bytes())?;
    let rest = rest.strip_suffix(b"\"").unwrap_or(rest);
    match rest {
        [] => Some(String::new()),
        [answer @ .., b'\n'] => String::from_utf8(answer.to_vec()).ok(),
        _ => None,
    }
}

fn strange(answer: &str) -> Trouble {
    if lacks_memory(answer) {
        return Trouble::OutOfMemory;
    }
    Trouble::Failed(format!(
        "the solver gave an answer that is none: `{}`",
        first_line(answer)
    ))
}

/// What was said until time was over may yet have become an answer.
fn begins_an_answer(said: &[u8]) -> bool {
    let Ok(said) = str::from_utf8(said) else {
        return false;
    };
    match said.trim_ascii().lines().next() {
        None => true,
        Some("sat" | "unsat" | "unknown" | "(") => true,
        // What it is called, or a model. A question said back is neither.
        Some(line) => ["(:", "(model", "(define-"]
            .iter()
            .any(|start| line.starts_with(start)),
    }
}

/// The solver said that it got no more memory; how, the standard leaves open.
fn lacks_memory(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    ["bad_alloc", "out of memory", "memory exhausted"]
        .iter()
        .any(|words| said.contains(words))
}

/// Why a solver does not know the answer, by what it says of `:reason-unknown` (SMT-LIB 2.6, section 4.1.8).
fn unknown(said: &str) -> Trouble {
    let why = said.trim().strip_prefix("(:reason-unknown");
    match why.and_then(|why| why.strip_suffix(')')).map(str::trim) {
        Some("memout") => Trouble::OutOfMemory,
        Some("incomplete") => {
            Trouble::Beyond("the solver cannot tell, whatever time it has".to_owned())
        }
        _ => Trouble::TimeOver,
    }
}

fn first_line(text: &str) -> String {
    text.trim()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}

#[cfg(unix)]
fn command(program: &Path, limits: Limits) -> Command {
    // A shell, because only a process itself can limit its memory; `exec` leaves nothing of the shell behind.
    let mut command = Command::new("/bin/sh");
    command
        .args([
            "-c",
            "ulimit -v \"$1\" 2>/dev/null; shift; exec \"$0\" \"$@\" 2>&1",
        ])
        .arg(program)
        .arg((limits.memory / 1024).to_string())
        .args(arguments(limits))
        .stderr(Stdio::null());
    // A group of its own, to be ended as one.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

#[cfg(not(unix))]
fn command(program: &Path, limits: Limits) -> Command {
    let mut command = Command::new(program);
    command.args(arguments(limits)).stderr(Stdio::null());
    command
}

fn arguments(limits: Limits) -> [String; 3] {
    [
        "--lang".to_owned(),
        "smt".to_owned(),
        format!("--tlimit-per={}", limits.time.as_millis()),
    ]
}

/// What was said to a question, by the question's text. Kinds of request that differ in nothing the policies look at put the
/// very same one. Whoever asks what is being asked already waits for that answer.
pub(crate) type Memory = Mutex<Cache<Arc<Mutex<Option<DecisionWithModel>>>>>;

/// Longest model that is remembered.
const WORTH: usize = 64 << 10;

/// A solver's process while it is asked by the symbolic compiler. The compiler writes into `script`; nothing reaches the
/// process before the question is complete.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub process: Option<Process>,
    limits: Limits,
    cancel: &'a AtomicBool,
    memory: &'a Memory,
    script: Vec<u8>,
    /// Why the last question has no answer, when it is the process's fault.
    pub trouble: Option<Trouble>,
    /// Why the solver did not know the answer to the last question.
    pub unknown: Option<Trouble>,
}

impl<'a> Session<'a> {
    pub fn new(
        process: Process,
        limits: Limits,
        cancel: &'a AtomicBool,
        memory: &'a Memory,
    ) -> Self {
        Self {
            process: Some(process),
            limits,
            cancel,
            memory,
            script: Vec::new(),
            trouble: None,
            unknown: None,
        }
    }

    /// Forgets what was written for a question that was never put.
    pub fn clear(&mut self) {
        self.script.clear();
        self.trouble = None;
        self.unknown = None;
    }

    fn put(&mut self, command: &str) -> Result<String, SolverError> {
        let mut question = std::mem::take(&mut self.script);
        question.extend_from_slice(command.as_bytes());
        question.push(b'\n');
        let Some(process) = &mut self.process else {
            return Err(SolverError::SolverMarkedFailed);
        };
        process
            .ask(&question, self.limits, self.cancel)
            .map_err(|trouble| self.broken(trouble))
    }

    fn decide(&mut self) -> Result<Decision, SolverError> {
        let answer = self.put("(check-sat)")?;
        match answer.trim() {
            "sat" => Ok(Decision::Sat),
            "unsat" => Ok(Decision::Unsat),
            "unknown" => {
                let why = self.put("(get-info :reason-unknown)")?;
                self.unknown = Some(unknown(&why));
                Ok(Decision::Unknown)
            }
            _ => Err(self.broken(strange(&answer))),
        }
    }

    fn decide_with_model(&mut self) -> Result<DecisionWithModel, SolverError> {
        match self.decide()? {
            Decision::Unsat => Ok(DecisionWithModel::Unsat),
            Decision::Unknown => Ok(DecisionWithModel::Unknown),
            Decision::Sat => {
                let model = self.put("(get-model)")?;
                if model.starts_with('(') && !model.starts_with("(error") && depth(&model) < DEEPEST
                {
                    Ok(DecisionWithModel::Sat {
                        model: model + "\n",
                    })
                } else {
                    Err(self.broken(strange(&model)))
                }
            }
        }
    }

    /// Gives the process up: what it says from now on could belong to any question.
    fn broken(&mut self, trouble: Trouble) -> SolverError {
        self.process = None;
        let error = SolverError::Solver(trouble.reason());
        self.trouble = Some(trouble);
        error
    }
}

impl Solver for Session<'_> {
    fn smtlib_input(&mut self) -> &mut (dyn AsyncWrite + Unpin + Send) {
        &mut self.script
    }

    async fn enable_models(&mut self) -> Result<(), SolverError> {
        self.script
            .extend_from_slice(b"(set-option :produce-models true)\n");
        Ok(())
    }

    async fn check_sat(&mut self) -> Result<Decision, SolverError> {
        self.decide()
    }

    async fn check_sat_with_model(&mut self) -> Result<DecisionWithModel, SolverError> {
        // All that matters to the answer is in the script, as long as it begins anew.
        if !self.script.starts_with(b"(reset)") {
            return self.decide_with_model();
        }
        let key = Sha256::digest(&self.script).into();
        let place = lock(self.memory).or_put(key, Arc::default);
        let mut said = lock(&place);
        if let Some(answer) = &*said {
            self.script.clear();
            return Ok(answer.clone());
        }
        let answer = self.decide_with_model()?;
        let lasting = match &answer {
            DecisionWithModel::Sat { model } => model.len() <= WORTH,
            DecisionWithModel::Unsat => true,
            // Another time it may have more time.
            DecisionWithModel::Unknown => false,
        };
        if lasting {
            *said = Some(answer.clone());
        }
        Ok(answer)
    }
}

/// How deep parentheses are nested, at most.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' => now += 1,
            b')' => now = now.saturating_sub(1),
            _ => {}
        }
        most = now.max(most);
    }
    most
}

/// Runs a future that never waits: all it writes to is memory, and [`Session`] answers at once.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn why_it_does_not_know_is_told_apart() {
        let of = |said: &str| unknown(said).reason();
        assert!(of("(:reason-unknown timeout)\n").contains("in time"));
        assert!(of("").contains("in time"));
        assert!(of("(:reason-unknown memout)\n").contains("memory"));
        assert!(of("(:reason-unknown incomplete)\n").contains("cannot tell"));
        assert!(begins_an_answer(b"") && begins_an_answer(b"unsat\n"));
        assert!(begins_an_answer(b"(\n(define-fun f"));
        assert!(!begins_an_answer(b"(check-sat)\n") && !begins_an_answer(b"sat\xff"));
        assert!(!begins_an_answer(b"banana\n"));
    }

    #[test]
    fn an_answer_ends_with_its_own_mark() {
        let of = |said: &str| before(said.as_bytes(), "answered 2");
        assert_eq!(of("sat\n\"answered 2\"\n"), Some("sat".into()));
        assert_eq!(of("answered 2\r\n"), Some(String::new()));
        assert_eq!(of("sat\n\"answered 2\""), None);
        assert_eq!(of("sat\n\"answered 1\"\n"), None);
        assert_eq!(of("(echo \"answered 2\")\n"), None);
        assert_eq!(before(b"\xff\n\"answered 2\"\n", "answered 2"), None);
        assert_eq!(depth("(a (b) ((c)))"), 3);
    }
}
