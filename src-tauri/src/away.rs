//! Tells of long work that ended while nobody looked, by the system's notification service. Where there is none, nothing is told: the
//! window says the same.

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;

    use zbus::{blocking::Connection, zvariant::Value};

    // https://specifications.freedesktop.org/notification-spec/latest/protocol.html
    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    /// As long as the service thinks right.
    const EXPIRES: i32 = -1;

    /// Shows a message.
    pub fn tell(title: &str) {
        let hints: HashMap<&str, Value<'_>> =
            HashMap::from([("desktop-entry", Value::from("eu.trustfabric.studio"))]);
        let message = (
            "Trust Fabric Studio",
            0_u32,
            "eu.trustfabric.studio",
            title,
            "",
            Vec::<&str>::new(),
            hints,
            EXPIRES,
        );
        let told = Connection::session()
            .and_then(|bus| bus.call_method(Some(NAME), PATH, Some(NAME), "Notify", &message));
        // No bus, nobody there: the window tells it, too.
        drop(told);
    }
}

#[cfg(target_os = "linux")]
pub use linux::tell;

/// Elsewhere the window alone tells it.
#[cfg(not(target_os = "linux"))]
pub fn tell(_: &str) {}
