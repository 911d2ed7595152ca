//! The screens.

mod diagnostics;
mod drift;
mod evidence;
#[cfg(feature = "gallery")]
mod gallery;
mod narratives;
mod policies;
mod project;
mod releases;
mod settings;
mod start;

pub use diagnostics::diagnose;
pub use drift::drift;
pub use evidence::{drop_target, evidence, export};
#[cfg(feature = "gallery")]
pub use gallery::gallery;
pub use narratives::{narratives, publishing, rating};
pub use policies::{Policies, cite};
pub use project::project;
pub use releases::{cutover, promotion, releases, rollback};
pub use settings::{language, settings};
pub use start::start;

use leptos::prelude::*;
use model::Failure;

use crate::{
    components::{Callout, sentence},
    words,
};

/// A failure where it arose: what happened, what to do, where.
pub fn failed(failure: &Failure) -> AnyView {
    let failure = failure.clone();
    view! {
        <Callout tone="risk" title=words::sentence(&failure.message)>
            <span class="dim">{sentence(&failure.hint)}</span>
            <code class="faint copyable">{failure.code.as_str()}</code>
            {failure.details.map(|details| view! { <pre class="code">{details}</pre> })}
        </Callout>
    }
    .into_any()
}
