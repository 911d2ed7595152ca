//! One line for each step: what it was, how long it took, or that there was nothing to do. While a long step works, the
//! last thing it said is shown in place on a terminal, and once a minute elsewhere.

use std::{
    fmt::Display,
    io::{IsTerminal, Write, stdout},
    time::{Duration, Instant},
};

/// How a step ended well.
pub enum Done {
    /// It did its work.
    Did,
    /// It did its work, and this is worth saying about it.
    With(String),
    /// Nothing that it reads has changed.
    UpToDate,
}

/// How a step failed, and what to do about it.
#[derive(Debug)]
pub struct Failed {
    message: String,
    hint: String,
    /// The end of what the failed program printed.
    output: Vec<String>,
}

impl Failed {
    /// Something went wrong and the reader can do something about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
            output: Vec::new(),
        }
    }

    /// A failure that the reader has been told of already.
    pub fn said() -> Self {
        Self::new("", "")
    }

    /// The same with what the failed program printed.
    pub fn after(mut self, output: Vec<String>) -> Self {
        self.output = output;
        self
    }

    /// The same failure with better advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Tells the reader.
    pub fn print(&self) {
        for line in &self.output {
            println!("  {line}");
        }
        if !self.message.is_empty() {
            println!("✗ {}", self.message);
        }
        for line in self.hint.lines() {
            println!("  {line}");
        }
    }
}

/// Adds what was being done to an error of the operating system.
pub trait While<T> {
    /// Names the thing that could not be done.
    fn during(self, what: impl Display) -> Result<T, Failed>;
}

impl<T> While<T> for std::io::Result<T> {
    fn during(self, what: impl Display) -> Result<T, Failed> {
        self.map_err(|error| {
            Failed::new(
                format!("{what}: {error}"),
                "check permissions and free space, then run the same command again",
            )
        })
    }
}

/// A step at work.
pub struct Step {
    name: &'static str,
    began: Instant,
    said: Instant,
    terminal: bool,
}

impl Step {
    /// The name as a file name.
    pub fn file(&self) -> String {
        self.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    }

    /// Shows that the step is alive.
    pub fn say(&mut self, latest: &str) {
        let pause = Duration::from_millis(if self.terminal { 100 } else { 60_000 });
        if self.said.elapsed() < pause {
            return;
        }
        self.said = Instant::now();
        let time = clock(self.began.elapsed());
        let latest: String = latest.trim().chars().take(56).collect();
        if self.terminal {
            print!("\r\x1b[2K… {}  {time}  {latest}", self.name);
            // The line is only decoration.
            let _ = stdout().flush();
        } else {
            println!("… {}  {time}  {latest}", self.name);
        }
    }
}

/// Runs a step and prints its line.
pub fn step(
    name: &'static str,
    work: impl FnOnce(&mut Step) -> Result<Done, Failed>,
) -> Result<(), Failed> {
    let terminal = stdout().is_terminal();
    let began = Instant::now();
    let mut step = Step {
        name,
        began,
        said: began,
        terminal,
    };
    let outcome = work(&mut step);
    if terminal {
        print!("\r\x1b[2K");
    }
    match &outcome {
        Ok(Done::Did) => println!("✓ {name}  {}", clock(began.elapsed())),
        Ok(Done::With(remark)) => println!("✓ {name}  {}  {remark}", clock(began.elapsed())),
        Ok(Done::UpToDate) => println!("· {name}  up to date"),
        Err(_) => println!("✗ {name}  {}", clock(began.elapsed())),
    }
    outcome.map(|_| ())
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(clock(Duration::from_millis(42)), "0.0 s");
        assert_eq!(clock(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(clock(Duration::from_millis(12_900)), "12 s");
        assert_eq!(clock(Duration::from_secs(185)), "3 min 05 s");
    }
}
