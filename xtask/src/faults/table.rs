//! The table of faults: what the plays and tests say, put in rows.

use std::fmt;

use super::MARK;

/// See the module.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    /// The test whose lines are read, and where its rows begin.
    test: Option<(String, usize)>,
}

struct Row {
    fault: String,
    outcome: String,
    holds: bool,
}

impl Table {
    /// A fault and what came of it, after a tab. Who says so has checked it.
    pub(super) fn row(&mut self, text: &str) {
        let (fault, outcome) = text.split_once('\t').unwrap_or((text, ""));
        self.add(fault, outcome, true);
    }

    /// Adds a row for a failure that printed none.
    pub(super) fn broke(&mut self, what: &str) {
        if self.broken() == 0 {
            self.add(what, "see above", false);
        }
    }

    /// Takes a line that tests print which run one after the other. A test that prints no row gets one with its name.
    pub(super) fn line_of_tests(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test ")
            && let Some((name, _)) = rest.split_once(" ... ")
        {
            self.test = Some((name.to_owned(), self.rows.len()));
        }
        if let Some((_, row)) = line.split_once(MARK) {
            self.row(row);
        }
        let ended_well = line == "ok" || line.ends_with(" ... ok");
        if !ended_well && line != "FAILED" && !line.ends_with(" ... FAILED") {
            return;
        }
        if let Some((name, begin)) = self.test.take()
            && (!ended_well || self.rows.len() == begin)
        {
            let words = name.rsplit("::").next().unwrap_or_default();
            self.add(&words.replace('_', " "), "", ended_well);
        }
    }

    fn add(&mut self, fault: &str, outcome: &str, holds: bool) {
        self.rows.push(Row {
            fault: fault.to_owned(),
            outcome: outcome.to_owned(),
            holds,
        });
    }

    /// How many rows do not hold.
    pub(super) fn broken(&self) -> usize {
        self.rows.iter().filter(|row| !row.holds).count()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| fault | outcome | holds |\n|---|---|---|")?;
        for row in &self.rows {
            let holds = if row.holds { "yes" } else { "**NO**" };
            let [fault, outcome] = [&row.fault, &row.outcome].map(|text| text.replace('|', "\\|"));
            writeln!(f, "| {fault} | {outcome} | {holds} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_a_row_for_each_fault_that_it_names_or_one_by_its_name() {
        let mut table = Table::default();
        for line in [
            "running 3 tests",
            "test store::faults ... FAULT\tthe log deleted\tsaid",
            "FAULT\tthe log emptied\tsaid | mended",
            "ok",
            "test place::a_link_is_refused ... ok",
            "test scarce::no_memory ... ",
            "thread panicked",
            "FAILED",
            "failures:",
        ] {
            table.line_of_tests(line);
        }
        assert_eq!(table.broken(), 1);
        let text = table.to_string();
        let rows: Vec<&str> = text.lines().skip(2).collect();
        let expected = [
            "| the log deleted | said | yes |",
            "| the log emptied | said \\| mended | yes |",
            "| a link is refused |  | yes |",
            "| no memory |  | **NO** |",
        ];
        assert_eq!(rows, expected);
        table.broke("the tests");
        assert_eq!(table.broken(), 1, "that is said");
    }
}
