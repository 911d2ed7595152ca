// What the interface uses of the editor.

import { highlightTree } from "@lezer/highlight";
import { Diff } from "./diff.js";
import { Editor } from "./editor.js";
import { languageOf } from "./languages.js";
import { classes } from "./look.js";

export const mount = (host, calls) => new Editor(host, calls);
export const diff = (host, path, before, after, sideBySide) => new Diff(host, path, before, after, sideBySide);

/** Fills an element with a text, coloured by class names. */
export function paint(node, text, path) {
  const parts = [];
  let at = 0;
  highlightTree(languageOf(path).parser.parse(text), classes, (from, to, className) => {
    if (from > at) parts.push(text.slice(at, from));
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text.slice(from, to);
    parts.push(span);
    at = to;
  });
  node.replaceChildren(...parts, text.slice(at));
}
