// Questions the editor asks the application: what could stand here, what does this mean. Answers arrive as plain
// values; nothing about policies is known on this side.

import { autocompletion, snippet } from "@codemirror/autocomplete";
import { hoverTooltip } from "@codemirror/view";

/** Line and column as the application counts them: from 1, columns in UTF-16 code units. */
export function placeOf(state, pos) {
  const line = state.doc.lineAt(pos);
  return { line: line.number, column: pos - line.from + 1 };
}

/** The position of a place, moved to the nearest one that exists. */
export function posOf(state, line, column) {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(at.from + Math.max(column, 1) - 1, at.to);
}

/** An element with text; never markup, whatever the text holds. */
export function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// While a word grows the first answer is narrowed here, so that the list follows the keys without a call for each.
const word = /^\w*$/;
const worthAsking = /(?:[\w.@?"]|::)$/;

function option(completion) {
  return {
    label: completion.label,
    detail: completion.detail,
    info: completion.info || undefined,
    type: completion.kind,
    apply: completion.kind === "snippet" ? snippet(completion.insert) : completion.insert,
  };
}

function completionSource(ask) {
  return async (context) => {
    const { line, column } = placeOf(context.state, context.pos);
    const before = context.state.doc.lineAt(context.pos).text.slice(0, column - 1);
    if (!context.explicit && !worthAsking.test(before)) return null;
    const list = await ask(context.state.doc.toString(), line, column);
    if (context.aborted || !list?.length) return null;
    const from = posOf(context.state, line, list[0].from_column);
    return { from, options: list.map(option), validFor: word };
  };
}

/** Completion from `ask(text, line, column) -> Promise<Completion[]>`. */
export function completion(ask) {
  return autocompletion({ override: [completionSource(ask)], activateOnTypingDelay: 30, icons: false, maxRenderedOptions: 100 });
}

/** Hover texts from `ask(text, line, column) -> Promise<Hover | null>`. */
export function hover(ask) {
  return hoverTooltip(
    async (view, pos) => {
      const { line, column } = placeOf(view.state, pos);
      const found = await ask(view.state.doc.toString(), line, column);
      if (!found) return null;
      const { source } = found;
      return {
        pos: posOf(view.state, source.line, source.column),
        end: posOf(view.state, source.end_line, source.end_column),
        above: true,
        create: () => ({
          dom: element("div", "cm-hover", element("b", "", found.title), element("code", "", found.signature), element("p", "", found.text)),
        }),
      };
    },
    { hoverTime: 350 },
  );
}
