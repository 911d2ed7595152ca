//! Measures.

use std::time::Duration;

use crate::{
    bench::{Figures, Measured},
    text::{Columns, Look, count, paragraph},
};

/// Measures, with what they are compared to.
pub fn measures(measures: &[Measured], look: Look) -> String {
    let mut table = Columns::new(0, &[1, 3, 5, 6]);
    table.row(["measure", "value", "", "peer", "", "ratio", "target"].map(|head| look.quiet(head)));
    for measure in measures {
        let peer = measure.peer.map(|peer| number(peer, &measure.unit));
        table.row([
            measure.name.clone(),
            look.strong(number(measure.value, &measure.unit)),
            measure.unit.clone(),
            peer.unwrap_or_default(),
            if measure.peer.is_some() {
                measure.unit.clone()
            } else {
                String::new()
            },
            measure
                .ratio
                .map(|ratio| format!("{ratio:.1}×"))
                .unwrap_or_default(),
            measure
                .target
                .map(|target| format!("\u{2264} {}", number(target, &measure.unit)))
                .unwrap_or_default(),
        ]);
    }
    table.text()
}

fn number(value: f64, unit: &str) -> String {
    match unit {
        "ms" | "MB" => format!("{value:.1}"),
        "rows" | "requests" | "policies" => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

/// Drift beside other engines.
pub fn figures(figures: &Figures, look: Look) -> String {
    let mut out = String::new();
    let most = figures.most_rows();
    let seconds = |time: Duration| format!("{} s", significant(time.as_secs_f64()));
    let millis = |time: Duration| format!("{} ms", significant(time.as_secs_f64() * 1e3));

    out.push_str(
        &look.strong("Replay from disk, every policy edited, and after one policy's edit"),
    );
    out.push('\n');
    let mut table = Columns::new(2, &[0, 1, 2, 3, 4]);
    table.row(["policies", "rows", "full", "one edit, p50", "p95"].map(|head| look.quiet(head)));
    for point in &figures.points {
        table.row([
            count(point.policies as u64),
            count(point.rows),
            seconds(point.full),
            millis(point.delta_p50),
            millis(point.delta_p95),
        ]);
    }
    out.push_str(&table.text());

    out.push_str(&format!(
        "\n{}\n",
        look.strong(format!("{} rows, both sets, in the same run", count(most)))
    ));
    let mut table = Columns::new(2, &[0, 2, 3, 4, 5, 6]);
    table.row(
        [
            "policies",
            "engine",
            "compared",
            "a decision",
            "all rows",
            "Studio",
            "ratio",
        ]
        .map(|head| look.quiet(head)),
    );
    for point in figures.points.iter().filter(|point| point.rows == most) {
        let Some(size) = figures.size(point.policies) else {
            continue;
        };
        for peer in &size.peers {
            let all = point.peer(peer);
            let name = match peer.name {
                "plain" => "Cedar, plain loop",
                "regorus" => "Rego, one rule a policy",
                "regorus_indexed" => "Rego, rules as data",
                _ => "Cerbos",
            };
            table.row([
                count(point.policies as u64),
                name.to_owned(),
                count(peer.requests as u64),
                format!("{} us", significant(peer.each.as_secs_f64() * 1e6)),
                seconds(all),
                seconds(point.full),
                look.strong(format!(
                    "{}×",
                    significant(all.as_secs_f64() / point.full.as_secs_f64())
                )),
            ]);
        }
    }
    out.push_str(&table.text());

    out.push_str(&format!("\n{}\n", look.strong("Cores and memory")));
    let mut table = Columns::new(2, &[0, 1, 2, 3, 4, 5, 6]);
    let heads = [
        "policies", "one core", "all", "ratio", "machine", "log", "session",
    ];
    table.row(heads.map(|head| look.quiet(head)));
    for size in &figures.sizes {
        let mut row = [
            count(size.policies as u64),
            "n/a".into(),
            "n/a".into(),
            "".into(),
            "".into(),
            "n/a".into(),
            "n/a".into(),
        ];
        let [_, one, all, ratio, machine, log, session] = &mut row;
        if let Some(threads) = size.threads {
            let [alone, together] = threads.replay;
            *one = seconds(alone);
            *all = seconds(together);
            let times = |[one, all]: [Duration; 2]| {
                format!("{}×", significant(one.as_secs_f64() / all.as_secs_f64()))
            };
            *ratio = times(threads.replay);
            *machine = times(threads.machine);
        }
        if let Some(resident) = size.resident {
            let each = |bytes: u64| format!("{} B a request", bytes / resident.distinct.max(1));
            *log = each(resident.log);
            *session = each(resident.session);
        }
        table.row(row);
    }
    out.push_str(&table.text());
    if let Some(keystroke) = figures.keystroke {
        out.push_str(&paragraph(
            "\n",
            0,
            look.width,
            &format!(
                "A keystroke in {} policies over {} rows shows its counts after {} (p50), {} (p95).",
                count(keystroke.policies as u64),
                count(keystroke.rows),
                millis(keystroke.p50),
                millis(keystroke.p95),
            ),
        ));
    }
    if !figures.cerbos {
        out.push_str("\nCerbos was not measured: no program was given with --cerbos.\n");
    }
    out
}

/// Three digits that matter.
fn significant(value: f64) -> String {
    match value {
        v if v >= 1e3 => count(v.round() as u64),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;

    use super::*;
    use crate::{
        bench::{Decided, Keystroke, Point, Size, Threads},
        render::unit::PLAIN,
    };

    #[test]
    fn measures_stand_in_columns() {
        let list = [
            Measured::new("import", 4.312, "s").within(12.0),
            Measured::new("replay_full", 1.5, "s").against(93.0),
        ];
        assert_snapshot!(measures(&list, PLAIN), @r"
        measure      value      peer     ratio   target
        import        4.31  s                   ≤ 12.00
        replay_full   1.50  s  93.00  s  62.0×
        ");
    }

    #[test]
    fn engines_stand_beside_each_other() {
        let ms = Duration::from_millis;
        let point = |policies, rows| Point {
            policies,
            rows,
            full: ms(1_500),
            base: ms(700),
            delta_p50: ms(2),
            delta_p95: ms(15),
        };
        let peer = |name, micros| Decided {
            name,
            each: Duration::from_micros(micros),
            requests: 4_000,
        };
        let list = Figures {
            points: vec![
                point(100, 10_000),
                point(100, 1_000_000),
                point(10_000, 1_000_000),
            ],
            sizes: vec![Size {
                policies: 100,
                peers: vec![peer("plain", 130), peer("regorus_indexed", 420)],
                threads: Some(Threads {
                    replay: [ms(2_700), ms(1_500)],
                    machine: [ms(380), ms(200)],
                }),
                resident: None,
            }],
            keystroke: Some(Keystroke {
                policies: 10_000,
                rows: 1_000_000,
                p50: ms(150),
                p95: ms(420),
            }),
            cerbos: false,
        };
        assert_snapshot!(figures(&list, PLAIN), @r"
        Replay from disk, every policy edited, and after one policy's edit
          policies       rows    full  one edit, p50      p95
               100     10,000  1.50 s        2.00 ms  15.0 ms
               100  1,000,000  1.50 s        2.00 ms  15.0 ms
            10,000  1,000,000  1.50 s        2.00 ms  15.0 ms

        1,000,000 rows, both sets, in the same run
          policies  engine               compared  a decision  all rows  Studio  ratio
               100  Cedar, plain loop       4,000      130 us     260 s  1.50 s   173×
               100  Rego, rules as data     4,000      420 us     840 s  1.50 s   560×

        Cores and memory
          policies  one core     all  ratio  machine  log  session
               100    2.70 s  1.50 s  1.80×    1.90×  n/a      n/a

        A keystroke in 10,000 policies over 1,000,000 rows shows its counts after 150 ms
        (p50), 420 ms (p95).

        Cerbos was not measured: no program was given with --cerbos.
        ");
    }
}
