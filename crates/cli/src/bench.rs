//! What the machine makes of it: import, open, replay, analysis, each as one measure.

use serde::Serialize;

/// One measure: the JSON of `fabric bench`.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// In which unit.
    pub unit: String,
    /// The same work done the plain way in the same run, in the same unit.
    pub peer: Option<f64>,
    /// How many times faster than the peer.
    pub ratio: Option<f64>,
}

impl Measured {
    /// A measure without a peer.
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            peer: None,
            ratio: None,
        }
    }

    /// The same measure beside its peer.
    pub fn against(mut self, peer: f64) -> Self {
        self.peer = Some(peer);
        self.ratio = (self.value > 0.0).then(|| peer / self.value);
        self
    }
}
