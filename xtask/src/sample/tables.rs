//! The tables of `tables.txt`: what the sample is drawn from, kept apart from how it is drawn. A row whose cells do not
//! fit its table is left out here and found by the test.

const TABLES: &str = include_str!("tables.txt");

/// The rows of a table, each with its `N` cells.
pub(super) fn rows<const N: usize>(table: &str) -> Vec<[&'static str; N]> {
    lines(table)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            cells.try_into().ok()
        })
        .collect()
}

/// The items of a cell that parts them by spaces.
pub(super) fn words(cell: &'static str) -> Vec<&'static str> {
    cell.split_whitespace().collect()
}

/// The items of a row in a table of lists, such as `[words]`.
pub(super) fn list(table: &str, row: &str) -> Vec<&'static str> {
    let found = rows(table).into_iter().find(|[name, _]| *name == row);
    found.map_or(Vec::new(), |[_, cell]| {
        cell.split(';').map(str::trim).collect()
    })
}

/// A number in a cell; 0 when the cell is empty.
pub(super) fn number<T: std::str::FromStr + Default>(cell: &str) -> T {
    cell.parse().unwrap_or_default()
}

fn lines(table: &str) -> impl Iterator<Item = &'static str> {
    let heading = format!("[{table}]");
    TABLES
        .lines()
        .skip_while(move |line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(table: &str) -> Vec<usize> {
        let mut counts: Vec<usize> = lines(table).map(|line| line.split('|').count()).collect();
        counts.dedup();
        counts
    }

    #[test]
    fn every_table_is_a_rectangle() {
        let headings = TABLES
            .lines()
            .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        for table in headings {
            assert_eq!(
                columns(table).len(),
                1,
                "rows of [{table}] differ in their number of cells"
            );
        }
    }
}
