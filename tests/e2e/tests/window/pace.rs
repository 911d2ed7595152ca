//! How long a person waits. The figures are printed and kept; the bounds here are loose, because they must hold on a busy
//! machine too, and only catch what has gone wrong altogether.

use e2e::{Error, percentile, scenario};
use serde_json::json;

use crate::{CONTRACTORS, counted, open, sample, to_the_top};

#[test]
fn the_window_is_ready_soon_after_the_start() -> Result<(), Error> {
    sample("pace-start", &["--sample"], |stage| {
        stage.find("[data-test=policies]")?;
        let took = stage.start_took()?;
        stage.keep_figure("start to page", took.page, "ms")?;
        stage.keep_figure("start to interactive", took.ready, "ms")?;
        let took = took.ready;
        assert!(took < 10_000.0, "{took} ms");
        Ok(())
    })
}

#[test]
fn counts_follow_the_keys() -> Result<(), Error> {
    scenario("pace-typing", &["--sample"], |stage| {
        // Against the sample's million decisions.
        counted(stage)?;
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        // Times in the page: from each key until the counts are those of its text.
        stage.session().run(
            "const truth = document.querySelector('[data-test=truth]');
             window.pace = { counts: [] };
             let key = null;
             document.addEventListener('keydown', () => { key = performance.now(); }, true);
             new MutationObserver(() => {
                 if (truth.dataset.state === 'fresh' && key !== null) { window.pace.counts.push(performance.now() - key); key = null; }
             }).observe(truth, { attributes: true, attributeFilter: ['data-state'] });",
            &json!([]),
        )?;
        let text = "// whose access changes";
        for (typed, letter) in text.chars().enumerate() {
            stage.session().type_text(&letter.to_string())?;
            stage.until("counts for the key", || {
                let seen = stage
                    .session()
                    .run("return window.pace.counts.length;", &json!([]))?
                    .as_u64()
                    .unwrap_or(0);
                Ok(if seen > typed as u64 {
                    Ok(())
                } else {
                    Err(seen.to_string())
                })
            })?;
        }
        let times = stage
            .session()
            .run("return window.pace.counts;", &json!([]))?;
        let times: Vec<_> = times
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_f64)
            .collect();
        let p95 = percentile(&times, 95).unwrap_or(f64::INFINITY);
        stage.keep_figure("keystroke to refreshed counts, p95", p95, "ms")?;
        assert!(p95 < 10_000.0, "{p95} ms");
        Ok(())
    })
}

/// The numbers of the rows in view, and what is said in each; nothing while one of them still waits for its content.
const IN_VIEW: &str = "
    const grid = document.querySelector('[data-test=changes]');
    const seen = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll('.grid-row')].filter(row => {
        const place = row.getBoundingClientRect();
        return place.top >= seen.top + 30 && place.bottom <= seen.bottom;
    });
    if (rows.length === 0 || rows.some(row => row.querySelector('.wait'))) return null;
    return rows
        .map(row => [Number(row.getAttribute('aria-rowindex')) - 2, row.innerText])
        .sort((a, b) => a[0] - b[0]);
";

/// Changes of the last preview as the application tells them: by position (`ipc::wire`), the items of a `Page` third, a `ChangeView`
/// with its `Change` first, which has the principal sixth and the resource eighth.
const TOLD: &str = "
    const done = arguments[arguments.length - 1];
    const query = { filter: {}, offset: arguments[0], limit: arguments[1] };
    window.__TAURI_INTERNALS__.invoke('rpc', { name: 'drift.changes', payload: query }).then(
        page => done(page[2].map(item => [item[0][5], item[0][7]])),
        error => done(JSON.stringify(error)),
    );
";

#[test]
fn a_long_list_scrolls_without_gaps() -> Result<(), Error> {
    const STEPS: u64 = 400;
    scenario("pace-scroll", &["--sample"], |stage| {
        counted(stage)?;
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        // Whoever had access to anything loses it: nearly every distinct request of the million rows.
        stage
            .session()
            .type_text("@id(\"nobody\") forbid (principal, action, resource);\n")?;
        stage.text_when("[data-test=truth][data-state=fresh]", "losses", |text| {
            text.contains("lose") && !text.contains("0 lose")
        })?;
        stage.click("[data-test=open-drift]")?;
        stage.find("[data-test=changes] .grid-row [data-test=viewed]")?;

        let scrolled = stage.scroll(STEPS)?;
        assert_eq!(scrolled.gaps, [""; 0], "rows were missing in view");
        let rows = scrolled.rows;
        assert!(rows > 10_000, "{rows} rows are no long list");
        let most = scrolled.most;
        assert!(most <= 100, "{most} rows were in the page at once");
        stage.keep_figure("rows of the list scrolled", rows as f64, "rows")?;
        for (times, name) in [
            (&scrolled.scripts, "scrolling, scripts in a frame, p95"),
            (&scrolled.frames, "scrolling, from frame to frame, p95"),
        ] {
            let p95 = percentile(times, 95).unwrap_or(f64::INFINITY);
            stage.keep_figure(name, p95, "ms")?;
        }

        // Wherever the reader stops, the rows are those of the place.
        for part in ["0", "bottom / 3", "bottom"] {
            stage.session().run(
                &format!(
                    "const grid = document.querySelector('[data-test=changes]');
                     const bottom = grid.scrollHeight - grid.clientHeight;
                     grid.scrollTop = {part};"
                ),
                &json!([]),
            )?;
            let shown = stage.until("rows with their content", || {
                let shown = stage.session().run(IN_VIEW, &json!([]))?;
                let shown: Option<Vec<(u64, String)>> = serde_json::from_value(shown).ok();
                Ok(shown.ok_or_else(|| "some rows wait".into()))
            })?;
            let first = shown.first().map_or(0, |(at, _)| *at);
            let told = stage
                .session()
                .run_async(TOLD, &json!([first, shown.len()]))?;
            let told: Vec<(String, String)> = serde_json::from_value(told.clone())
                .map_err(|_| Error::Driver(told.to_string()))?;
            assert_eq!(told.len(), shown.len());
            for ((at, text), (principal, resource)) in shown.iter().zip(&told) {
                for id in [principal, resource] {
                    let name = id.split('"').nth(1).unwrap_or(id);
                    assert!(text.contains(name), "row {at} is not of `{name}`: {text}");
                }
            }
            if part == "bottom" {
                assert_eq!(shown.last().map(|(at, _)| at + 1), Some(rows));
            }
        }
        Ok(())
    })
}
