// Starts the interface. Its files lie beside this one: ui.js and ui_bg.wasm (wasm-bindgen, target web), editor.js.
// Both halves of the interface are fetched at once; the editor when it is first asked for, after the first screen is drawn.
const wasm = fetch("./ui_bg.wasm");
let editor;
globalThis.studioEditor = () => (editor ??= import("./editor.js"));
// So are the texts: in the language that was set last, else in the first of the reader's that we speak. What is set comes with
// the first answer, and is asked for then if it is another.
const languages = ["de", "en", "fr"];
const texts = {};
let spoken;
globalThis.studioTexts = (setting) => {
  try {
    if (setting) localStorage.setItem("language", setting);
    else setting = localStorage.getItem("language");
  } catch {
    // Where storage is closed, the first answer says what is set.
  }
  const own = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => languages.includes(tag));
  const tag = (setting ?? "system") === "system" ? (own ?? "en") : setting;
  spoken = tag;
  return (texts[tag] ??= fetch(`./texts/${tag}.txt`).then(async (answer) => [tag, await answer.text()]));
};
globalThis.studioTexts().catch(() => {});
// And so is the first answer: it is on its way while the interface is. A page without the application asks by other means.
// Each call says which language the page speaks: what goes wrong is told in it.
globalThis.studioAsk = (call) => globalThis.__TAURI_INTERNALS__.invoke("rpc", { ...JSON.parse(call), language: spoken });
const start = () => globalThis.studioAsk('{"name":"app.start","payload":null}');
let first = globalThis.__TAURI_INTERNALS__ && start();
// Whoever asks for it hears of a failure.
first?.catch(() => {});
globalThis.studioStart = () => {
  const asked = first ?? start();
  first = null;
  return asked;
};
const { default: init } = await import("./ui.js");
init({ module_or_path: wasm });
