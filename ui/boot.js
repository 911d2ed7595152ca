// Starts the interface. Its files lie beside this one: ui.js and ui_bg.wasm (wasm-bindgen, target web), editor.js.
// The editor loads at the same time but nothing waits for it before the first screen is drawn.
import init from "./ui.js";

globalThis.studioEditor = import("./editor.js");
init({ module_or_path: "./ui_bg.wasm" });
