//! Embeds the interface and makes a permission for each of the application's own commands.
//!
//! The context is generated here rather than by `generate_context!`, because only a build script can tell cargo that a changed
//! file in `dist/` makes the application stale.

use std::path::Path;

fn main() {
    if !Path::new("../dist/index.html").is_file() {
        println!(
            "cargo::error=the interface is not built: `cargo xtask run` builds it into dist/, and this crate embeds it"
        );
        return;
    }
    let attributes = tauri_build::Attributes::new()
        .codegen(tauri_build::CodegenContext::new())
        .app_manifest(tauri_build::AppManifest::new().commands(&["rpc", "events"]));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
