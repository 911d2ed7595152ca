// The page around the verifier: takes files, has a worker verify them, and shows the verdict. It adds nothing to the verdict and
// takes nothing away; what a bundle says is only ever set as text.
"use strict";

/** Bytes a bundle may have: it is held in memory twice. */
const MOST = 1 << 30;

const by = id => document.getElementById(id);
const [bundle, trust, seen, at] = ["bundle", "trust", "seen", "at"].map(by);

/** The verifier, unpacked and compiled once. */
const verifier = (async () => {
  const packed = Uint8Array.from(atob(by("verifier").textContent), letter => letter.charCodeAt(0));
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return WebAssembly.compile(await new Response(bytes).arrayBuffer());
})();
// Whoever waits for it is told; nobody may be waiting yet.
verifier.catch(() => {});
const script = URL.createObjectURL(new Blob([by("worker").textContent], { type: "text/javascript" }));

/** The verification at work, and the verdict on screen. */
let worker = null;
let run = 0;
let verdict = null;

/** An element with a class, and texts or elements in it. */
function make(tag, look, ...content) {
  const element = document.createElement(tag);
  if (look) element.className = look;
  element.append(...content);
  return element;
}

/** A text of a stranger: what cannot be seen, or turns the reading order around, is written out. */
function plain(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, letter => `\\u{${letter.codePointAt(0).toString(16)}}`);
}

function state(name) {
  document.body.dataset.state = name;
  by("work").hidden = name !== "working";
  by("told").hidden = name !== "told";
}

function banner(look, title, ...lines) {
  const shown = make("div", `banner ${look}`, make("p", "word", title));
  for (const line of lines.filter(line => line)) shown.append(make("p", "", line));
  by("banner").replaceChildren(shown);
}

function end() {
  run += 1;
  worker?.terminate();
  worker = null;
}

function clear() {
  end();
  verdict = null;
  by("banner").replaceChildren();
  by("checks").replaceChildren();
  by("json").textContent = "";
  state("empty");
}

/** It came to no verdict. */
function failed(title, ...lines) {
  end();
  state("failed");
  banner("open", title, ...lines);
}

const OTHERWISE = "Nothing is decided. `fabric verify` does the same without a browser.";

async function verify() {
  clear();
  const file = bundle.files[0];
  if (!file) return;
  const mine = run;
  state("working");
  by("progress").removeAttribute("value");
  if (file.size > MOST) return failed("The bundle is too large for a page.", `It has more than ${MOST} bytes.`, OTHERWISE);
  try {
    const read = async chosen => chosen && new Uint8Array(await chosen.arrayBuffer());
    const [bytes, trusted, before, module] = await Promise.all([read(file), read(trust.files[0]), read(seen.files[0]), verifier]);
    if (mine !== run) return;
    worker = new Worker(script);
    worker.onmessage = ({ data }) => {
      if (mine !== run) return;
      if (data.verdict !== undefined) told(data, trusted !== undefined);
      else if (data.failure !== undefined) refused(JSON.parse(data.failure));
      else if (data.fault !== undefined) failed("The verifier stopped.", plain(data.fault), OTHERWISE);
      else {
        by("progress").max = data.total;
        by("progress").value = data.done;
      }
    };
    worker.onerror = error => mine === run && failed("The verifier did not start.", plain(error.message ?? ""), OTHERWISE);
    const moment = at.value.trim() || undefined;
    worker.postMessage({ module, name: file.name, bundle: bytes, trust: trusted, at: moment, seen: before }, [bytes.buffer]);
  } catch (error) {
    if (mine === run) failed("The verifier did not start.", plain(String(error)), OTHERWISE);
  }
}

/** What the auditor gave beside the bundle cannot be read. */
function refused(failure) {
  const where = { trust_invalid: trust, checkpoint_invalid: seen, bad_call: at }[failure.code];
  const what = { trust_invalid: "The trust file cannot be read.", checkpoint_invalid: "The checkpoint cannot be read.", bad_call: "The moment cannot be read." };
  failed(what[failure.code] ?? "Nothing was verified.", plain(failure.message), failure.hint);
  where?.setAttribute("aria-invalid", "true");
}

const WORDS = { verified: "Verified", failed: "Failed", cannot_decide: "Cannot decide" };
const STATES = { pass: ["✓", "passes"], fail: ["✗", "fails"], open: ["?", "not checked, though needed"], idle: ["–", "not checked"] };
const ORDER = ["fail", "open", "pass", "idle"];

function told(data, trusted) {
  end();
  verdict = data.verdict;
  const { verdict: word, subject, checks } = JSON.parse(verdict);
  const notes = JSON.parse(data.notes);
  const stateOf = check => check.state !== "not_checked" ? check.state : notes.open.includes(check.id) ? "open" : "idle";
  const number = state => checks.filter(check => stateOf(check) === state).length;
  const counts = [[number("pass"), "passed"], [number("fail"), "failed"], [number("open"), "open"], [number("idle"), "not needed"]];
  banner(word, `${WORDS[word]}: ${plain(subject.name)}`,
    `${checks.length} checks: ${counts.map(([count, what]) => `${count} ${what}`).join(", ")}.`,
    word === "cannot_decide" && "Nothing fails, and something that is needed could not be checked.",
    !trusted && "Give your own trust file: a bundle does not say whom to believe.",
    make("code", "digest", `SHA-256 ${subject.digest.sha256}`));
  const sorted = [...checks].sort((a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)));
  by("checks").replaceChildren(...sorted.map(check => line(check, stateOf(check), notes.also[check.id] ?? [])));
  by("json").textContent = verdict;
  state("told");
}

function line(check, state, also) {
  const [sign, word] = STATES[state];
  const mark = make("span", "sign", sign);
  mark.setAttribute("aria-hidden", "true");
  const found = make("dl", "");
  const add = (name, text) => text && found.append(make("dt", "", name), make("dd", "", plain(text)));
  if (state === "open" || state === "idle") add("because", check.found);
  else {
    add("expected", check.expected);
    add("found", check.found);
    also.forEach(more => add("also", more));
  }
  return make("li", state, mark, make("span", "id", check.id), make("div", "what",
    make("p", "sentence", plain(check.sentence), make("span", "state", word)), found));
}

/** What a dropped file is: by its name, else by how it begins. */
async function kindOf(file) {
  const start = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  const text = new TextDecoder().decode(start);
  if (file.name.endsWith(".tfb") || text.startsWith("PK")) return bundle;
  if (text.trimStart().startsWith("{")) return trust;
  return text.includes("\n\n\u2014 ") ? seen : bundle;
}

addEventListener("dragover", event => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", event => event.relatedTarget ?? document.body.classList.remove("over"));
addEventListener("drop", async event => {
  event.preventDefault();
  document.body.classList.remove("over");
  const files = [...event.dataTransfer.files];
  // On a field it is that field's, elsewhere it is what it looks like.
  const field = files.length === 1 && event.target.closest?.(".field")?.querySelector("input[type=file]");
  for (const file of files) {
    const one = new DataTransfer();
    one.items.add(file);
    (field || await kindOf(file)).files = one.files;
  }
  changed();
});

function forgive() {
  for (const field of [trust, seen, at]) field.removeAttribute("aria-invalid");
}

function changed() {
  forgive();
  verify();
}

for (const field of [bundle, trust, seen, at]) field.addEventListener("change", changed);
by("given").addEventListener("submit", event => {
  event.preventDefault();
  changed();
});
by("given").addEventListener("reset", () => {
  forgive();
  clear();
});
by("now").addEventListener("click", () => {
  at.value = new Date().toISOString().replace(/\.\d+/, "");
  changed();
});
by("cancel").addEventListener("click", () => failed("Cancelled.", "Nothing is decided."));
by("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([verdict, "\n"], { type: "application/json" }));
  link.download = `${bundle.files[0]?.name ?? "bundle"}.verdict.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

// The look follows the system's wishes, as the Studio's does.
const contrast = matchMedia("(prefers-contrast: more)");
const follow = () => contrast.matches ? (document.documentElement.dataset.contrast = "more") : delete document.documentElement.dataset.contrast;
contrast.addEventListener("change", follow);
follow();
