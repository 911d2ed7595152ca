// One editor for all files of a workspace: each file keeps its own undo history, selection and scroll position.

import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, redo, undo } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { forEachDiagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { diff } from "@codemirror/merge";
import { Compartment, EditorState, Prec, Transaction } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { completion, element, hover, placeOf, posOf } from "./ask.js";
import { changes, setBase } from "./changes.js";
import { languageOf } from "./languages.js";
import { look } from "./look.js";

/** A diagnostic from one of the application's problems. */
function diagnostic(state, problem) {
  const from = posOf(state, problem.line || 1, problem.column || 1);
  const to = posOf(state, problem.end_line || problem.line || 1, problem.end_column || problem.column || 1);
  const line = state.doc.lineAt(from);
  return {
    from: to > from ? from : Math.max(line.from, Math.min(from, line.to - 1)),
    to: to > from ? to : Math.min(line.to, from + 1),
    severity: problem.severity,
    message: problem.message,
    renderMessage: () => element("div", "cm-say", element("b", "", problem.message), element("small", "", problem.hint)),
  };
}

export class Editor {
  /**
   * @param host element that gets the shadow root
   * @param calls {change(path, text), cursor(line, column), command(name), complete(path, text, line, column), hover(…)}
   */
  constructor(host, calls) {
    this.calls = calls;
    this.path = "";
    this.kept = new Map();
    this.locked = new Compartment();
    this.quiet = false;
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    root.replaceChildren();
    this.view = new EditorView({ parent: root, root, state: this.fresh("", "", true) });
  }

  fresh(path, text, readOnly) {
    const command = (name) => () => {
      this.calls.command(name);
      return true;
    };
    const leave = (view) => {
      view.contentDOM.blur();
      this.calls.command("leave");
      return true;
    };
    return EditorState.create({
      doc: text,
      extensions: [
        Prec.high(
          keymap.of([
            { key: "Mod-s", run: command("save"), preventDefault: true },
            { key: "Shift-Alt-f", run: command("format"), preventDefault: true },
            { key: "F8", run: () => this.problem(1) },
            { key: "Shift-F8", run: () => this.problem(-1) },
            { key: "F12", run: command("definition") },
            { key: "Tab", run: acceptCompletion },
          ]),
        ),
        lintGutter(),
        lineNumbers(),
        changes,
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        dropCursor(),
        indentUnit.of("  "),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        rectangularSelection(),
        highlightActiveLine(),
        highlightSelectionMatches({ minSelectionLength: 2 }),
        search({ top: true }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
          { key: "Escape", run: leave },
        ]),
        completion((...place) => this.calls.complete(path, ...place)),
        hover((...place) => this.calls.hover(path, ...place)),
        languageOf(path),
        look,
        EditorView.contentAttributes.of({
          "aria-label": path ? `Text of ${path}` : "No file open",
          "aria-description": "Tab indents. Press Escape to leave the editor.",
          tabindex: "0",
          spellcheck: "false",
          autocorrect: "off",
          autocapitalize: "off",
        }),
        this.locked.of([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !this.quiet) this.calls.change(path, update.state.doc.toString());
          if (update.docChanged || update.selectionSet) {
            const { line, column } = placeOf(update.state, update.state.selection.main.head);
            this.calls.cursor(line, column);
          }
        }),
      ],
    });
  }

  /** Shows a file. Its history is kept when it was open before. */
  open(path, text, base, readOnly) {
    if (this.path && this.path !== path) {
      this.kept.set(this.path, { state: this.view.state, scroll: this.view.scrollSnapshot() });
    }
    const before = path === this.path ? null : this.kept.get(path);
    this.quiet = true;
    if (path !== this.path) {
      this.path = path;
      this.view.setState(before?.state ?? this.fresh(path, text, readOnly));
      if (before) this.view.dispatch({ effects: before.scroll });
    }
    if (this.text() !== text) this.rewrite(text);
    this.view.dispatch({
      effects: [setBase.of(base ?? null), this.locked.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)])],
    });
    this.quiet = false;
  }

  /** Forgets a file's history, or that of all files when no path is given. */
  forget(path) {
    if (path) this.kept.delete(path);
    else this.kept.clear();
    if (!path || path === this.path) {
      this.path = "";
      this.quiet = true;
      this.view.setState(this.fresh("", "", true));
      this.quiet = false;
    }
  }

  text() {
    return this.view.state.doc.toString();
  }

  setBase(base) {
    this.view.dispatch({ effects: setBase.of(base ?? null) });
  }

  /** Replaces the text as one undo step, touching only what differs so that cursor and marks stay where they are. */
  replace(text) {
    if (this.text() !== text) this.rewrite(text);
  }

  rewrite(text) {
    const old = this.text();
    const specs = diff(old, text, { scanLimit: 500, timeout: 30 }).map(({ fromA, toA, fromB, toB }) => ({
      from: fromA,
      to: toA,
      insert: text.slice(fromB, toB),
    }));
    this.view.dispatch({
      changes: specs,
      annotations: [isolateHistory.of("full"), Transaction.userEvent.of("input.replace")],
    });
  }

  /** Shows the application's problems; those of another text are of no use, so the caller passes the text's own. */
  setProblems(problems) {
    const { state } = this.view;
    this.view.dispatch(setDiagnostics(state, problems.map((problem) => diagnostic(state, problem))));
  }

  /** Moves to the next (or previous) problem and says it. */
  problem(direction) {
    const { state } = this.view;
    const head = state.selection.main.from;
    const all = [];
    forEachDiagnostic(state, (found, from, to) => all.push({ from, to, message: found.message }));
    all.sort((a, b) => (a.from - b.from) * direction);
    const next = all.find(({ from }) => (from - head) * direction > 0) ?? all[0];
    if (!next) this.calls.command("no-problem");
    else {
      this.select(next.from, next.to);
      this.calls.command(`problem:${next.message}`);
    }
    return true;
  }

  select(from, to) {
    this.view.dispatch({
      selection: { anchor: from, head: to },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
      userEvent: "select",
    });
    this.view.focus();
  }

  goTo(line, column, endLine, endColumn) {
    const { state } = this.view;
    const from = posOf(state, line, column);
    this.select(from, endLine ? Math.max(from, posOf(state, endLine, endColumn)) : from);
  }

  place() {
    return placeOf(this.view.state, this.view.state.selection.main.head);
  }

  focus() {
    this.view.focus();
  }

  undo() {
    undo(this.view);
  }

  redo() {
    redo(this.view);
  }

  /** Lets the view measure itself again after it was hidden. */
  shown() {
    this.view.requestMeasure();
  }

  /** Goes to another element of the page, with every file's history. */
  moveTo(host) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    root.replaceChildren(this.view.dom);
    this.view.setRoot(root);
    this.view.requestMeasure();
  }
}
