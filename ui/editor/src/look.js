// How code looks. Every colour is a custom property of the page, so a theme change needs nothing from here, and the
// editor may live in a shadow root (a packaged window refuses style elements; adopted sheets are allowed).

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

const colours = [
  [[tags.keyword, tags.annotation], "--code-key"],
  [tags.string, "--code-str"],
  [tags.typeName, "--code-type"],
  [tags.comment, "--code-dim"],
  [[tags.number, tags.bool], "--code-num"],
  [tags.self, "--code-self"],
  [tags.function(tags.variableName), "--code-fn"],
  [tags.special(tags.variableName), "--code-num"],
  [[tags.operator, tags.bracket], "--code-op"],
];

const highlight = HighlightStyle.define(colours.map(([tag, name]) => ({ tag, color: `var(${name})` })));

/** The same colours as class names (`tok--code-key`…), for code shown outside the editor. */
export const classes = tagHighlighter(
  colours.flatMap(([tag, name]) => [tag].flat().map((one) => ({ tag: one, class: `tok${name}` }))),
);

const panel = {
  background: "var(--surface)",
  color: "var(--ink)",
  border: "1px solid var(--line-2)",
  borderRadius: "var(--r)",
  boxShadow: "var(--float)",
};
const squiggle = (colour) => ({
  backgroundImage: "none",
  textDecoration: `underline wavy var(${colour}) 1px`,
  textUnderlineOffset: "3px",
  textDecorationSkipInk: "none",
});

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", background: "var(--surface)", fontSize: "var(--code-size)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "var(--code-line)",
    fontVariantLigatures: "none",
    fontFeatureSettings: '"liga" 0, "calt" 0',
    overscrollBehavior: "contain",
  },
  ".cm-content": { padding: "10px 0 40vh", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 16px 0 6px" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--sel)",
  },
  ".cm-activeLine": { background: "transparent" },
  "&.cm-focused .cm-activeLine": { background: "var(--code-active)" },
  ".cm-selectionMatch": { background: "var(--hl)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--risk-soft)" },
  ".cm-gutters": { background: "var(--surface)", color: "var(--ink-3)", border: "none" },
  ".cm-lineNumbers": { fontSize: "11px", minWidth: "40px" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 10px 0 4px" },
  ".cm-activeLineGutter": { background: "transparent" },
  "&.cm-focused .cm-activeLineGutter": { background: "var(--code-active)", color: "var(--ink-2)" },
  ".cm-changes": { width: "3px" },
  ".cm-changes .cm-gutterElement": { padding: "0" },
  ".cm-change": { width: "3px", height: "100%", background: "var(--accent)" },
  ".cm-change-gone": { width: "7px", height: "100%", borderTop: "2px solid var(--lose)" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 2px", display: "grid", placeItems: "center" },
  ".cm-lint-marker": { width: "8px", height: "8px", borderRadius: "4px", content: "none !important", background: "var(--ink-3)" },
  ".cm-lint-marker-error": { background: "var(--risk)" },
  ".cm-lint-marker-warning": { background: "var(--warn)", borderRadius: "1px", transform: "rotate(45deg) scale(.9)" },
  ".cm-lintRange-error": squiggle("--risk"),
  ".cm-lintRange-warning": squiggle("--warn"),
  ".cm-lintRange-info": squiggle("--ink-3"),
  ".cm-lintPoint": { display: "none" },
  ".cm-tooltip": panel,
  ".cm-tooltip-hover, .cm-tooltip-lint": { maxWidth: "460px" },
  ".cm-tooltip-section": { border: "none" },
  ".cm-diagnostic": { padding: "8px 12px", borderLeft: "none", font: "var(--t) var(--font)" },
  ".cm-diagnostic + .cm-diagnostic": { borderTop: "1px solid var(--line)" },
  ".cm-say b": { fontWeight: "600" },
  ".cm-say small": { display: "block", font: "var(--t-s) var(--font)", color: "var(--ink-2)", marginTop: "2px" },
  ".cm-say small:empty, .cm-hover code:empty, .cm-hover p:empty": { display: "none" },
  ".cm-hover": { padding: "8px 12px", font: "var(--t) var(--font)" },
  ".cm-hover b": { fontWeight: "600" },
  ".cm-hover code": {
    display: "block",
    font: "12px/18px var(--mono)",
    fontVariantLigatures: "none",
    color: "var(--code-type)",
    marginTop: "2px",
    whiteSpace: "pre-wrap",
  },
  ".cm-hover p": { margin: "4px 0 0", color: "var(--ink-2)", whiteSpace: "pre-line" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "12px/18px var(--mono)", fontVariantLigatures: "none", maxHeight: "236px", padding: "4px", minWidth: "280px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    alignItems: "baseline",
    gap: "16px",
    padding: "3px 8px",
    borderRadius: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600", color: "var(--accent)" },
  ".cm-completionDetail": { marginLeft: "auto", font: "var(--t-xs) var(--font)", fontStyle: "normal", color: "var(--ink-3)" },
  ".cm-completionIcon": { display: "none" },
  ".cm-tooltip.cm-completionInfo": { ...panel, padding: "8px 12px", font: "var(--t-s) var(--font)", color: "var(--ink-2)", maxWidth: "320px" },
  ".cm-panels": { background: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 10px", font: "var(--t-s) var(--font)", display: "flex", flexWrap: "wrap", gap: "6px", alignItems: "center" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-panel.cm-search label": { display: "inline-flex", gap: "4px", alignItems: "center", color: "var(--ink-2)", fontSize: "12px" },
  ".cm-textfield": { font: "12px/18px var(--mono)", background: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-2)", borderRadius: "4px", padding: "2px 6px", margin: "0" },
  ".cm-button": { font: "500 12px/16px var(--font)", background: "var(--surface)", backgroundImage: "none", color: "var(--ink)", border: "1px solid var(--line-2)", borderRadius: "4px", padding: "3px 8px", margin: "0" },
  ".cm-panel.cm-search [name=close]": { position: "static", marginLeft: "auto", padding: "0 6px", fontSize: "16px", color: "var(--ink-2)" },
  ".cm-searchMatch": { background: "var(--hl)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { background: "var(--sel)" },
  ".cm-snippetField": { background: "var(--accent-soft)" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  // The text diff: what came is blue and what went is amber, as everywhere; neither is good or bad.
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { background: "var(--lose-soft)" },
  "&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine": { background: "var(--gain-soft)" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "var(--lose-mark)" },
  "&.cm-merge-b .cm-changedText": { background: "var(--gain-mark)" },
  "&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter": { background: "var(--lose)" },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--gain)" },
  // On coloured ground the quiet colour of comments would be too quiet.
  ".cm-changedLine, .cm-inlineChangedLine, .cm-deletedChunk": { "--code-dim": "var(--ink)", "--code-op": "var(--ink)" },
  ".cm-deletedChunk": { paddingLeft: "6px" },
  ".cm-collapsedLines": {
    background: "var(--sunken)",
    backgroundImage: "none",
    color: "var(--ink-3)",
    font: "var(--t-s) var(--font)",
    padding: "5px 12px",
    cursor: "pointer",
  },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "none" },
  ".cm-mergeSpacer": { background: "var(--sunken)" },
});

export const look = [theme, syntaxHighlighting(highlight)];
