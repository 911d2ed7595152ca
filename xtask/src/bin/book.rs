//! Builds the handbook: `book DOCS OUT`. A program of its own, so that `cargo xtask` starts without compiling mdBook.

use std::{env, path::PathBuf, process::ExitCode};

use mdbook_driver::MDBook;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [docs, out] = arguments.as_slice() else {
        eprintln!("usage: book DOCS OUT");
        return ExitCode::FAILURE;
    };
    let built = MDBook::load(docs).and_then(|mut book| {
        book.config.build.build_dir = out.clone();
        book.build()
    });
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
