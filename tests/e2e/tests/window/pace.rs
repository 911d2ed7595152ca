//! How long a person waits. The figures are printed and kept; the bounds here are loose, because they must hold on a busy
//! machine too, and only catch what has gone wrong altogether.

use e2e::{Error, scenario};
use serde_json::json;

use crate::{CONTRACTORS, counted, open, sample, to_the_top};

#[test]
fn the_window_is_ready_soon_after_the_start() -> Result<(), Error> {
    sample("pace-start", &["--sample"], |stage| {
        stage.find("[data-test=policies]")?;
        let started = stage.started_at()?;
        // The interface notes when it is drawn and answers keys.
        let ready = stage.until("the interface to be ready", || {
            let at = stage.session().run(
                "return performance.timeOrigin + Number(document.documentElement.dataset.ready);",
                &json!([]),
            )?;
            Ok(at.as_f64().ok_or_else(|| at.to_string()))
        })?;
        let took = ready - started;
        let page = stage
            .session()
            .run("return performance.timeOrigin;", &json!([]))?;
        if let Some(page) = page.as_f64() {
            stage.keep_figure("start to page", page - started, "ms")?;
        }
        stage.keep_figure("start to interactive", took, "ms")?;
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
        let mut times: Vec<_> = times
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_f64)
            .collect();
        times.sort_by(f64::total_cmp);
        let p95 = times[times.len() * 95 / 100];
        stage.keep_figure("keystroke to refreshed counts, p95", p95, "ms")?;
        assert!(p95 < 10_000.0, "{p95} ms");
        Ok(())
    })
}
