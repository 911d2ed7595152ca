//! The window: one web view, its plugins, and the adapter between the calls of the interface and `workspace`. There is no
//! logic here; whatever a test would want is in `workspace` and tested there.

// A second console window is of no use to anyone on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod adapter;
mod arguments;
mod away;
mod events;
mod handbook;
mod run;
mod second;
mod shell;

use std::{env, error::Error, fs, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use adapter::Adapter;
use arguments::{Arguments, Opening};
use events::Events;
use ipc::Event;
use tauri::{
    App, AppHandle, DragDropEvent, Manager, PhysicalSize, RunEvent, Runtime, Theme, WebviewWindow,
    WebviewWindowBuilder, Window, WindowEvent,
    plugin::{Builder, TauriPlugin},
    window::Color,
};
use tauri_plugin_window_state::StateFlags;
use workspace::{Config, Studio, recognise, watch};

/// The window's label in `tauri.conf.json`.
const WINDOW: &str = "main";
/// The interface's background in the dark theme; `tauri.conf.json` has the light one. No flash of the other before the first
/// frame.
const DARK: Color = Color(0x0f, 0x11, 0x15, 0xff);
/// How often files are compared with what is on screen.
const LOOK_EVERY: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let opening = match Arguments::read(env::args().skip(1)) {
        Arguments::Open(opening) => opening,
        Arguments::Say(text) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Arguments::Wrong(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    if second::handed_over() {
        return ExitCode::SUCCESS;
    }
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(second_start))
        .plugin(begin(opening))
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(stay_inside())
        .on_window_event(happened)
        .invoke_handler(tauri::generate_handler![adapter::rpc, adapter::events])
        .setup(|app| {
            open_window(app)?;
            prepare_window(app);
            Ok(())
        })
        .build(context());
    match outcome {
        Ok(app) => {
            app.run(|_, event| {
                if matches!(event, RunEvent::Exit) {
                    run::end();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!(
                "the window cannot be opened: {error}\n`fabric` does the same work in the terminal"
            );
            ExitCode::from(2)
        }
    }
}

/// The configuration, the permissions and the interface, as the build script embedded them.
#[expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "written by tauri-build, about values it has checked"
)]
fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}

/// Begins to read the workspace: plugins are set up before windows, so it is read while the web view starts. After the
/// plugin that ends a second start, which must not touch a workspace.
fn begin<R: Runtime>(opening: Opening) -> TauriPlugin<R> {
    Builder::new("opening")
        .setup(move |app, _| {
            let events = Arc::new(Events::default());
            let hear = events.clone();
            let config = Config::of_user(Arc::new(move |event| hear.send(event)));
            let config = Config {
                webview: tauri::webview_version().ok(),
                ..config
            };
            run::write_log(&config.folders);
            let studio = Arc::new(Studio::new(config));
            run::begin(&studio, app);
            watch(&studio, LOOK_EVERY);
            app.manage(Adapter::new(studio, events, opening));
            Ok(())
        })
        .build()
}

/// Opens the window that `tauri.conf.json` describes. Where the web view's folder cannot be written, it has one for this run: it keeps
/// nothing that would be missed, and the window says what cannot be written.
fn open_window(app: &App) -> Result<(), Box<dyn Error>> {
    for config in &app.config().app.windows {
        let window = WebviewWindowBuilder::from_config(app, config)?;
        let folder = app.path().app_local_data_dir().map(fs::create_dir_all);
        let window = match folder {
            Ok(Ok(())) => window,
            _ => window.data_directory(tempfile::tempdir()?.keep()),
        };
        window.build()?;
    }
    Ok(())
}

fn prepare_window(app: &App) {
    if let Some(window) = app.get_webview_window(WINDOW) {
        if matches!(window.theme(), Ok(Theme::Dark)) {
            // Only the colour of a moment.
            let _ = window.set_background_color(Some(DARK));
        }
        fit(&window);
        // Before there is a page: it appears while the web view starts, and the first screen need not wait for it.
        // A window manager may refuse; there is nobody to tell.
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// A display that is smaller than the window should be: it takes all of it, and the page arranges itself.
fn fit<R: Runtime>(window: &WebviewWindow<R>) {
    let (Ok(Some(monitor)), Ok(size)) = (window.current_monitor(), window.outer_size()) else {
        return;
    };
    let room = monitor.size();
    if room.width < size.width || room.height < size.height {
        // Refused, the window stays as it is: too large, but there.
        let _ = window.set_min_size(None::<PhysicalSize<u32>>);
        let _ = window.set_size(*room);
        let _ = window.set_position(*monitor.position());
    }
}

/// With its window a run is over: whoever ends the process then, as a session that closes does, ends nothing any more.
fn happened<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    match event {
        WindowEvent::Destroyed => run::end(),
        WindowEvent::DragDrop(event) => held_over(window, event),
        _ => {}
    }
}

/// Files are held over the window: the page shows what will happen, and opens what is let go.
fn held_over<R: Runtime>(window: &Window<R>, event: &DragDropEvent) {
    let Some(adapter) = window.try_state::<Adapter>() else {
        return;
    };
    match event {
        DragDropEvent::Enter { paths, .. } if !paths.is_empty() => {
            adapter.tell(Event::Hover {
                over: Some(recognise(paths)),
            });
        }
        DragDropEvent::Leave => adapter.tell(Event::Hover { over: None }),
        DragDropEvent::Drop { paths, .. } => {
            adapter.tell(Event::Hover { over: None });
            if !paths.is_empty() {
                let path = |path: &PathBuf| path.to_string_lossy().into_owned();
                adapter.tell(Event::Dropped {
                    what: recognise(paths),
                    paths: paths.iter().map(path).collect(),
                });
            }
        }
        _ => {}
    }
}

/// Somebody started the Studio again: this one comes to the front, and opens what the other was to open.
fn second_start<R: Runtime>(app: &AppHandle<R>, arguments: Vec<String>, folder: String) {
    if let Some(window) = app.get_webview_window(WINDOW) {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    if let Arguments::Open(Opening::Workspace(path) | Opening::Bundle(path)) =
        Arguments::read(arguments.into_iter().skip(1))
        && let Some(adapter) = app.try_state::<Adapter>()
    {
        let path = std::path::Path::new(&folder).join(path);
        adapter.tell(Event::OpenPath {
            path: path.to_string_lossy().into_owned(),
        });
    }
}

/// The window shows the application's own pages and nothing else, whatever a page asks for.
fn stay_inside<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("stay-inside")
        .on_navigation(|_, url| {
            url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
        })
        .build()
}
