//! Annexes: written as their rows come, carried as CSV, and checked like everything else.

use std::{cell::Cell, io, rc::Rc};

use pdf::{Annex, Error, Part};

use crate::{options, sample};

fn rows(many: usize) -> impl Iterator<Item = Vec<String>> {
    (0..many).map(|row| {
        vec![
            format!("{row}"),
            format!("User::\"u{}\"", row * 31 % 997),
            "gained, \"read\"\nand more".to_owned(),
        ]
    })
}

fn annex<'a>(rows: &'a mut dyn Iterator<Item = Vec<String>>) -> Annex<'a> {
    Annex {
        caption: "All rows that changed".to_owned(),
        columns: vec![
            sample::column("Row", true),
            sample::column("Principal", false),
            sample::column("What", false),
        ],
        rows,
    }
}

fn written(many: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rows = rows(many);
    pdf::write_to(
        &sample::report("en", 1),
        &options(),
        &mut [annex(&mut rows)],
        &mut bytes,
        &mut |_| true,
    )
    .unwrap();
    bytes
}

#[test]
fn an_annex_holds_and_its_rows_come_out_again() {
    let bytes = written(3_000);
    let check = pdf::check(&bytes).unwrap();
    assert!(
        check.holds(),
        "{:?}",
        check
            .parts
            .iter()
            .filter(|(_, state)| **state != pdf::State::Holds)
            .collect::<Vec<_>>()
    );
    assert!(check.parts.contains_key(&Part::Annex(0)) && check.parts.contains_key(&Part::Page(12)));
    let csv = &check.carried.annexes[0];
    let read: Vec<Vec<String>> = csv::Reader::from_reader(csv.as_slice())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(read, rows(3_000).collect::<Vec<_>>());
    assert!(written(3_000) == bytes);
    assert!(written(2_999) != bytes);
}

#[test]
fn none_and_odd_rows_are_written_too() {
    let long = "x".repeat(100_000);
    let odd = vec![
        vec![],
        vec!["1".to_owned(); 9],
        vec![String::new(), long, "\u{202e}\u{0}\u{5d0}".to_owned()],
    ];
    for given in [Vec::new(), odd] {
        let mut bytes = Vec::new();
        let mut rows = given.into_iter();
        pdf::write_to(
            &sample::empty("en"),
            &options(),
            &mut [annex(&mut rows)],
            &mut bytes,
            &mut |_| true,
        )
        .unwrap();
        assert!(pdf::check(&bytes).unwrap().holds());
    }
    let mut columns = rows(10);
    let mut bytes = Vec::new();
    let none = Annex {
        caption: String::new(),
        columns: Vec::new(),
        rows: &mut columns,
    };
    pdf::write_to(
        &sample::empty("en"),
        &options(),
        &mut [none],
        &mut bytes,
        &mut |_| true,
    )
    .unwrap();
    assert!(pdf::check(&bytes).unwrap().holds());
}

/// Counts what it is given.
struct Counter(Rc<Cell<usize>>);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn pages_are_given_away_while_rows_come() {
    let given = Rc::new(Cell::new(0));
    let (seen, at) = (Rc::clone(&given), Rc::new(Cell::new(Vec::new())));
    let marks = Rc::clone(&at);
    let mut rows = rows(20_000).enumerate().map(|(place, row)| {
        if place % 5_000 == 4_999 {
            let mut all = marks.take();
            all.push(seen.get());
            marks.set(all);
        }
        row
    });
    let mut told = Vec::new();
    pdf::write_to(
        &sample::empty("en"),
        &options(),
        &mut [annex(&mut rows)],
        &mut Counter(Rc::clone(&given)),
        &mut |rows| {
            told.push(rows);
            true
        },
    )
    .unwrap();
    let marks = at.take();
    let steps: Vec<usize> = marks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        steps.len() == 3 && steps.iter().all(|step| *step > 20_000),
        "{steps:?}"
    );
    assert!(told.is_sorted() && told.len() > 50, "{told:?}");
}

#[test]
fn who_does_not_want_the_rest_gets_no_more() {
    let read = Cell::new(0);
    let mut rows = rows(1_000_000).inspect(|_| read.set(read.get() + 1));
    let error = pdf::write_to(
        &sample::empty("en"),
        &options(),
        &mut [annex(&mut rows)],
        &mut io::sink(),
        &mut |rows| rows < 2_000,
    )
    .unwrap_err();
    assert!(matches!(error, Error::Cancelled));
    assert!(read.get() < 3_000, "{}", read.get());
}
