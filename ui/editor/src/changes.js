// A bar in the gutter beside every line that differs from the base text (what is in force).

import { Chunk } from "@codemirror/merge";
import { RangeSetBuilder, StateEffect, StateField, Text } from "@codemirror/state";
import { GutterMarker, gutter } from "@codemirror/view";

const limits = { scanLimit: 500, timeout: 20 };

class Bar extends GutterMarker {
  constructor(kind) {
    super();
    this.kind = kind;
  }
  eq(other) {
    return other.kind === this.kind;
  }
  toDOM() {
    const bar = document.createElement("div");
    bar.className = this.kind;
    return bar;
  }
}
const changed = new Bar("cm-change");
const gone = new Bar("cm-change-gone");

function bars(chunks, doc) {
  const builder = new RangeSetBuilder();
  let last = -1;
  const put = (pos, bar) => {
    if (pos > last) builder.add((last = pos), pos, bar);
  };
  for (const chunk of chunks) {
    const from = Math.min(chunk.fromB, doc.length);
    if (chunk.toB <= chunk.fromB) {
      put(doc.lineAt(from).from, gone);
      continue;
    }
    for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
      put(line.from, changed);
      if (line.to >= Math.min(chunk.endB, doc.length) || line.number === doc.lines) break;
    }
  }
  return builder.finish();
}

export const setBase = StateEffect.define();

const field = StateField.define({
  create: () => ({ base: null, chunks: [], marks: null }),
  update(value, transaction) {
    const doc = transaction.newDoc;
    for (const effect of transaction.effects) {
      if (!effect.is(setBase)) continue;
      if (effect.value === null) return { base: null, chunks: [], marks: null };
      const base = Text.of(effect.value.split(/\r?\n/));
      const chunks = Chunk.build(base, doc, limits);
      return { base, chunks, marks: bars(chunks, doc) };
    }
    if (!transaction.docChanged || !value.base) return value;
    const chunks = Chunk.updateB(value.chunks, value.base, doc, transaction.changes, limits);
    return { base: value.base, chunks, marks: bars(chunks, doc) };
  },
});

const empty = new RangeSetBuilder().finish();

export const changes = [
  field,
  gutter({ class: "cm-changes", markers: (view) => view.state.field(field).marks ?? empty }),
];
