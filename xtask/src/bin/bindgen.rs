//! Turns WebAssembly as rustc compiles it into what a page loads: `bindgen INPUT.wasm FOLDER web` makes a module, `no-modules` a plain
//! script for a worker. A program of its own, so that `cargo xtask` starts without compiling wasm-bindgen.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, folder, kind @ ("web" | "no-modules")] =
        arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        eprintln!("usage: bindgen INPUT.wasm FOLDER web|no-modules");
        return ExitCode::FAILURE;
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    let bindgen = match kind {
        "web" => bindgen.web(true),
        _ => bindgen.no_modules(true),
    };
    match bindgen.and_then(|bindgen| bindgen.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
