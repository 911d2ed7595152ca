//! Embeds the interface and generates the permissions of the application's own commands.
//!
//! The context is generated here rather than by `generate_context!` because only a build script can
//! tell cargo that a changed file in `dist/` makes the application stale.

fn main() {
    let attributes = tauri_build::Attributes::new()
        .codegen(tauri_build::CodegenContext::new())
        .app_manifest(tauri_build::AppManifest::new().commands(&["rpc", "events"]));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
        println!(
            "cargo::error=the interface is built by `cargo xtask run`; this crate embeds what it leaves in dist/"
        );
    }
}
