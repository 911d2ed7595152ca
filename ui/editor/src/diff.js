// A text with its base beside it or woven in; long unchanged stretches are folded away.

import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { languageOf } from "./languages.js";
import { look } from "./look.js";

const collapseUnchanged = { margin: 3, minSize: 4 };

function readOnly(path, label) {
  return [
    lineNumbers(),
    languageOf(path),
    look,
    EditorView.lineWrapping,
    EditorView.theme({ "&": { height: "auto" }, ".cm-content": { padding: "4px 0" } }),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  ];
}

export class Diff {
  constructor(host, path, before, after, sideBySide) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    root.replaceChildren();
    this.view = sideBySide
      ? new MergeView({
          a: { doc: before, extensions: readOnly(path, `${path}, in force`) },
          b: { doc: after, extensions: readOnly(path, `${path}, edited`) },
          parent: root,
          root,
          gutter: true,
          collapseUnchanged,
        })
      : new EditorView({
          doc: after,
          extensions: [readOnly(path, `${path}, edited, with what it replaces`), unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged })],
          parent: root,
          root,
        });
  }

  destroy() {
    this.view.destroy();
  }
}
