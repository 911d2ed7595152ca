//! What a developer types: `cargo xtask run`, `test`, `bench`, `pictures`, `page`, `book`, `package`, `sample`. Each is a plain list of steps; a step says how
//! long it took, is skipped when nothing it reads has changed, and says what to do when it fails.

mod bench;
mod book;
mod child;
mod interface;
mod machine;
mod package;
mod page;
mod project;
mod run;
mod sample;
mod stamp;
mod step;
mod test;

use std::{env, process::ExitCode};

use project::Project;
use step::Failed;

const USAGE: &str = "\
cargo xtask run [WORKSPACE]      build the Studio and open it, on the sample workspace unless another is named
cargo xtask run --headless       the same job in the terminal: edit the sample, print whose access changes
cargo xtask test [--fast]        format, lint and test everything; --fast leaves out the window
cargo xtask bench [ARGUMENTS]    measure; arguments go to `fabric bench`
cargo xtask bench drift          measure the replay beside other engines, on policy sets of every size; --quick for small ones
cargo xtask bench studio         measure the real window: start, places, a long list, memory, size; Linux only
cargo xtask pictures             keep the pictures of the window anew, after a change of its looks; what they show must be built
cargo xtask page [--out FILE]    build the verifier as one page for any browser, offline; `target/verify.html` unless another file is named
cargo xtask book [--out FOLDER]  renew the handbook's reference, and build the handbook with its search; in `target/book` unless another folder is named
cargo xtask package              build the Studio and pack it as deb and rpm in `target/packages`; --sign KEY signs them with minisign, as updates
cargo xtask sample               make the people and documents of the sample workspace again";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = Project::here().and_then(|project| match arguments.as_slice() {
        ["run"] => run::window(&project, None),
        ["run", "--headless"] => run::headless(&project),
        ["run", workspace] if !workspace.starts_with('-') => run::window(&project, Some(workspace)),
        ["test"] => test::everything(&project),
        ["test", "--fast"] => test::without_window(&project),
        ["test", target @ ("window" | "page"), names @ ..] => {
            test::driven_only(&project, target, names)
        }
        ["bench", "studio"] => bench::studio(&project),
        ["bench", rest @ ..] => bench::bench(&project, rest),
        ["pictures"] => test::pictures(&project),
        ["page"] => page::page(&project, None),
        ["page", "--out", file] => page::page(&project, Some(file)),
        ["book"] => book::book(&project, None),
        ["book", "--out", folder] => book::book(&project, Some(folder)),
        ["package"] => package::package(&project, None),
        ["package", "--sign", key] => package::package(&project, Some(key)),
        ["sample"] => sample_entities(&project),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failed::new(
            format!("`{}` is not a task", arguments.join(" ")),
            USAGE,
        )),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            failed.print();
            ExitCode::FAILURE
        }
    }
}

fn sample_entities(project: &Project) -> Result<(), Failed> {
    let path = project
        .root
        .join("bundles/northwind/entities/entities.json");
    step::step("sample entities", |_| {
        let made = sample::entities(sample::SEED);
        stamp::write_if_different(&path, made.as_bytes())
    })
}
