// Puts the page of the verifier together, everything in one file: `node page.mjs BINDINGS.js VERIFIER.wasm OUT.html`. The verifier is
// deflated, because most of the page is it. Style and script are named by their digests in the page's policy, so that nothing
// else runs, whatever a bundle brings to be shown.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";

const [bindings, verifier, out] = process.argv.slice(2);
const text = file => readFileSync(file, "utf8").replaceAll("\r\n", "\n");
const source = name => text(new URL(`../docs/verify/${name}`, import.meta.url));

// The page brings no fonts, and may load none.
const tokens = text(new URL("../ui/style/tokens.css", import.meta.url)).replaceAll(/@font-face \{[^}]*\}\n/g, "");
const parts = {
  style: `\n${tokens}${source("verify.css")}`,
  script: `\n${source("verify.js")}`,
  worker: `\n${text(bindings)}${source("worker.js")}`,
  verifier: deflateSync(readFileSync(verifier), { level: 9 }).toString("base64"),
};
for (const [name, part] of Object.entries(parts)) {
  if (/<\/(script|style)|<!--/i.test(part)) throw new Error(`${name} would end its element early`);
}
const digest = part => `'sha256-${createHash("sha256").update(part).digest("base64")}'`;
parts.policy = [
  "default-src 'none'",
  `script-src ${digest(parts.script)} 'wasm-unsafe-eval'`,
  `style-src ${digest(parts.style)}`,
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

writeFileSync(out, source("verify.html").replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
  if (!(name in parts)) throw new Error(`the page asks for ${name}`);
  return parts[name];
}));
