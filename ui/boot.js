// Starts the interface. Its files lie beside this one: ui.js and ui_bg.wasm (wasm-bindgen, target web), editor.js.
// Both halves of the interface are fetched at once; the editor when it is first asked for, after the first screen is drawn.
const wasm = fetch("./ui_bg.wasm");
let editor;
globalThis.studioEditor = () => (editor ??= import("./editor.js"));
const { default: init } = await import("./ui.js");
init({ module_or_path: wasm });
