//! What would stand in the way of assistive technology on a page, by the rules of axe-core.

use std::fs;

use serde::Deserialize;
use serde_json::json;

use crate::{Error, Session};

/// Where `cargo xtask test` has it installed, from the folder of a package of tests.
const AXE: &str = "../../xtask/node_modules/axe-core/axe.min.js";

/// A rule that a page breaks.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// The rule's name in axe-core.
    pub rule: String,
    /// The first places, each with what is wrong there.
    pub places: Vec<String>,
}

impl Violation {
    /// Whether somebody is kept from using the page.
    #[must_use]
    pub fn is_serious(&self) -> bool {
        ["serious", "critical"].contains(&self.impact.as_str())
    }
}

impl Session {
    /// What axe-core finds wrong with the page as it is now.
    ///
    /// # Errors
    /// When axe-core is not installed, and those of the driver.
    pub fn violations(&self) -> Result<Vec<Violation>, Error> {
        if self.run("return typeof axe", &json!([]))? != "object" {
            let axe =
                fs::read_to_string(AXE).map_err(|error| Error::System(AXE.to_owned(), error))?;
            self.run(&axe, &json!([]))?;
        }
        let found = self.run_async(
            "const done = arguments[arguments.length - 1];
             axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations.map(({ id, impact, nodes }) => ({
                 rule: id,
                 impact: impact ?? 'minor',
                 places: nodes.slice(0, 3).map(node => `${node.target.join(' ')}: ${node.any[0]?.message ?? node.failureSummary}`),
             }))), error => done(String(error)));",
            &json!([]),
        )?;
        serde_json::from_value(found.clone())
            .map_err(|_| Error::Driver(format!("axe-core did not run: {found}")))
    }
}
