//! Long work: a bar on standard error where somebody watches, and Ctrl-C, which asks the work to stop so that it can
//! remove what is half done. A second Ctrl-C does not ask.

use std::{
    ops::ControlFlow,
    process,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Exit status of a program ended by an interrupt, as shells know it.
const INTERRUPTED: i32 = 130;

/// Makes Ctrl-C cancel.
pub fn cancel_on_interrupt() {
    // Without a handler Ctrl-C ends the program at once; that is a worse farewell, not a reason to refuse work.
    let _ = ctrlc::set_handler(|| {
        if CANCELLED.swap(true, Ordering::Relaxed) {
            process::exit(INTERRUPTED);
        }
    });
}

/// Raised when the user wants the work to stop.
pub fn cancelled() -> &'static AtomicBool {
    &CANCELLED
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// Bytes of files.
    Bytes,
    /// Rows of a log.
    Rows,
    /// What-ifs.
    Scenarios,
    /// Files of a bundle, and decisions in it.
    Parts,
}

/// A progress bar that may be invisible.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    unit: Unit,
}

impl Progress {
    /// Begins. Nothing is drawn unless somebody watches.
    pub fn start(title: &'static str, unit: Unit, terminal: &Terminal) -> Self {
        let target = if terminal.watched {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target).with_message(title);
        bar.set_style(style("{msg} {spinner}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, unit }
    }

    /// Tells how far the work is; `total` 0 = not known. Breaks when the user wants it to stop.
    pub fn at(&self, done: u64, total: u64) -> ControlFlow<()> {
        if total > 0 && self.bar.length() != Some(total) {
            self.bar.set_length(total);
            self.bar.set_style(style(match self.unit {
                Unit::Bytes => "{msg} {bar:24} {percent:>3} %  {decimal_bytes} of {decimal_total_bytes}  {eta} left",
                Unit::Scenarios => "{msg} {bar:24} {human_pos} of {human_len} scenarios",
                Unit::Parts => "{msg} {bar:24} {percent:>3} %  {eta} left",
                Unit::Rows => "{msg} {bar:24} {percent:>3} %  {human_pos} of {human_len} rows  {eta} left",
            }));
        }
        self.bar.set_position(done);
        if CANCELLED.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━ ")
}
