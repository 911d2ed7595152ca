//! How long a person waits, as the page itself sees it. Tests hold loose bounds against it, because they must hold on a busy machine too; the
//! bench of the window (`cargo xtask bench studio`) prints it.

use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Error, Studio};

/// A start, in milliseconds since the process began.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    /// Until the web view began with the page.
    pub page: f64,
    /// Until the first screen with all that is on it was drawn.
    pub ready: f64,
}

/// A list scrolled from top to bottom.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Scrolled {
    /// Its rows.
    pub rows: u64,
    /// What each frame took in scripts, ms.
    pub scripts: Vec<f64>,
    /// From frame to frame, ms.
    pub frames: Vec<f64>,
    /// Rows in view that were not where they belong.
    pub gaps: Vec<String>,
    /// Most rows in the page at once.
    pub most: u64,
    /// The end was reached.
    done: bool,
}

/// Scrolls the list from top to bottom, noting what each frame took in scripts and which rows in view were not where they
/// belong. A scroll event is heard before the frame's own callbacks, so what lies between is the list's work.
const SCROLL: &str = "
    const grid = document.querySelector('[data-test=changes]');
    const rows = Number(grid.getAttribute('aria-rowcount')) - 1;
    const height = parseFloat(getComputedStyle(grid).getPropertyValue('--row'));
    const state = window.scrolled = { rows, scripts: [], frames: [], gaps: [], most: 0, done: false };
    const bottom = grid.scrollHeight - grid.clientHeight;
    const steps = arguments[0];
    const head = 30;
    let heard = null;
    addEventListener('scroll', () => { heard ??= performance.now(); }, true);
    let step = 0;
    let before = null;
    const frame = () => {
        const now = performance.now();
        if (heard !== null) state.scripts.push(now - heard);
        if (before !== null) state.frames.push(now - before);
        heard = null;
        before = now;
        const edge = grid.getBoundingClientRect().top + head;
        const places = new Map();
        for (const row of grid.querySelectorAll('.grid-row'))
            places.set(Number(row.getAttribute('aria-rowindex')) - 2, row.getBoundingClientRect().top - edge + grid.scrollTop);
        state.most = Math.max(state.most, places.size);
        const last = Math.min(rows - 1, Math.floor((grid.scrollTop + grid.clientHeight - head) / height));
        for (let at = Math.floor(grid.scrollTop / height); at <= last; at++) {
            const place = places.get(at);
            if (place === undefined || Math.abs(place - at * height) > 1) state.gaps.push(`${at}: ${place} in frame ${step}`);
        }
        if (step > steps) { state.done = true; return; }
        grid.scrollTop = bottom * step++ / steps;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
";

/// Goes from place to place by the rail. A change has taken the time until the frame that first shows the place is drawn; the next waits
/// until the answers of this one have come.
const CHANGE_PLACES: &str = "
    const [count, pause] = arguments;
    const done = arguments[arguments.length - 1];
    const places = ['drift', 'releases', 'evidence', 'narratives', 'settings', 'policies'];
    const times = [];
    const next = () => {
        if (times.length === count) return done(times);
        const place = places[times.length % places.length];
        const began = performance.now();
        document.querySelector(`[data-test=go-${place}]`).click();
        requestAnimationFrame(() => setTimeout(() => {
            times.push(performance.now() - began);
            if (document.querySelector('[data-test=shell]').dataset.place !== place) return done(`${place} is not there`);
            setTimeout(next, pause);
        }));
    };
    next();
";

/// Asks the application the same again and again, one after the other.
const ASK: &str = "
    const [count, name, payload] = arguments;
    const done = arguments[arguments.length - 1];
    const ask = async () => {
        const times = [];
        while (times.length < count) {
            const began = performance.now();
            await window.__TAURI_INTERNALS__.invoke('rpc', { name, payload });
            times.push(performance.now() - began);
        }
        return times;
    };
    ask().then(done, error => done(JSON.stringify(error)));
";

/// Bytes of the interface, as the window loaded it.
const WASM: &str = "
    const done = arguments[arguments.length - 1];
    fetch('./ui_bg.wasm').then(answer => answer.arrayBuffer()).then(bytes => done(bytes.byteLength), error => done(String(error)));
";

impl Studio {
    /// How long the start took.
    ///
    /// # Errors
    /// The interface does not become ready.
    pub fn start_took(&self) -> Result<Started, Error> {
        let began = self.started_at()?;
        // The interface notes when its first screen has been drawn.
        const READY: &str =
            "return [performance.timeOrigin, Number(document.documentElement.dataset.ready)];";
        self.until("the interface to be ready", || {
            let told = self.session().run(READY, &json!([]))?;
            let told: Result<(f64, f64), _> = serde_json::from_value(told.clone());
            Ok(told
                .map_err(|error| error.to_string())
                .map(|(page, at)| Started {
                    page: page - began,
                    ready: page + at - began,
                }))
        })
    }

    /// Scrolls the list of changes from top to bottom in so many steps, one a frame.
    ///
    /// # Errors
    /// There is no list, or its end does not come.
    pub fn scroll(&self, steps: u64) -> Result<Scrolled, Error> {
        self.session().run(SCROLL, &json!([steps]))?;
        self.until("the end of the list", || {
            let seen = self.session().run("return window.scrolled;", &json!([]))?;
            let seen: Scrolled = typed(seen)?;
            Ok(if seen.done {
                Ok(seen)
            } else {
                Err(seen.frames.len().to_string())
            })
        })
    }

    /// Changes the place so often, with a pause after each, and tells how long each took in ms.
    ///
    /// # Errors
    /// A place does not come. The driver waits 30 s for all of them.
    pub fn change_places(&self, count: u64, pause_ms: u64) -> Result<Vec<f64>, Error> {
        typed(
            self.session()
                .run_async(CHANGE_PLACES, &json!([count, pause_ms]))?,
        )
    }

    /// Calls a command of the application so often, and tells how long each answer took in ms.
    ///
    /// # Errors
    /// The command fails.
    pub fn round_trips(&self, count: u64, name: &str, payload: &Value) -> Result<Vec<f64>, Error> {
        typed(
            self.session()
                .run_async(ASK, &json!([count, name, payload]))?,
        )
    }

    /// Bytes of the interface's WebAssembly.
    ///
    /// # Errors
    /// The driver's.
    pub fn wasm_bytes(&self) -> Result<f64, Error> {
        typed(self.session().run_async(WASM, &json!([]))?)
    }

    /// Elements in the page.
    ///
    /// # Errors
    /// The driver's.
    pub fn elements(&self) -> Result<f64, Error> {
        typed(
            self.session()
                .run("return document.querySelectorAll('*').length;", &json!([]))?,
        )
    }

    /// Bytes of memory that the application and the processes of its web view hold: shared pages by their part.
    ///
    /// # Errors
    /// The application is gone.
    pub fn memory(&self) -> Result<f64, Error> {
        let mut processes = vec![self.process()?];
        let mut kilobytes = 0.0;
        while let Some(process) = processes.pop() {
            // A process may end meanwhile; then it holds nothing.
            let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
            kilobytes += rollup
                .as_deref()
                .ok()
                .and_then(shared_by_part)
                .unwrap_or(0.0);
            for task in fs::read_dir(format!("/proc/{process}/task"))
                .into_iter()
                .flatten()
                .flatten()
            {
                let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                processes.extend(
                    children
                        .split_whitespace()
                        .filter_map(|id| id.parse::<u32>().ok()),
                );
            }
        }
        Ok(kilobytes * 1024.0)
    }
}

/// The line `Pss` of a process, kB.
fn shared_by_part(rollup: &str) -> Option<f64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What a script answered, or what it said instead.
fn typed<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, Error> {
    let said = value.to_string();
    serde_json::from_value(value).map_err(|_| Error::Driver(said))
}

/// The value that so many percent of the values do not exceed; nothing of none.
#[must_use]
pub fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 95), Some(95.0));
        assert_eq!(percentile(&values, 50), Some(50.0));
        assert_eq!(percentile(&[7.0], 95), Some(7.0));
        assert_eq!(percentile(&[], 95), None);
    }

    #[test]
    fn memory_is_counted_by_part() {
        let rollup = "5581-7ffe ---p 00000000 00:00 0 [rollup]\nRss:  3000 kB\nPss:  1234 kB\nPss_Dirty:  9 kB\n";
        assert_eq!(shared_by_part(rollup), Some(1234.0));
        assert_eq!(shared_by_part("Rss: 1 kB"), None);
    }
}
