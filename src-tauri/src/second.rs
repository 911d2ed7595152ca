//! A second start hands over what it was to open and ends, before anything of the window's libraries runs. The plugin does the
//! same later, and then ends the process while their threads are running, which now and then ends in a fault.

#[cfg(target_os = "linux")]
mod linux {
    use std::env;

    use zbus::blocking::Connection;

    // What the plugin of the running Studio listens on: its name for the application's identifier, and its interface.
    const NAME: &str = "eu.trustfabric.studio.SingleInstance";
    const PATH: &str = "/eu/trustfabric/studio/SingleInstance";
    const INTERFACE: &str = "org.SingleInstance.DBus";

    /// Whether a Studio that is running took over. No bus, nobody there, no answer: then this one opens a window, and the plugin
    /// has the last word.
    pub fn handed_over() -> bool {
        let Ok(connection) = Connection::session() else {
            return false;
        };
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        let arguments: Vec<String> = env::args_os().map(|argument| text(&argument)).collect();
        let folder = env::current_dir().unwrap_or_default();
        let said = (arguments, text(folder.as_os_str()));
        let call =
            connection.call_method(Some(NAME), PATH, Some(INTERFACE), "ExecuteCallback", &said);
        call.is_ok()
    }
}

#[cfg(target_os = "linux")]
pub use linux::handed_over;

/// Elsewhere the plugin does it.
#[cfg(not(target_os = "linux"))]
pub fn handed_over() -> bool {
    false
}
