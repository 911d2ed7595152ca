// Colours for the languages of a workspace: Cedar policies, Cedar schemas, JSON, TOML. These tokenizers only tell words apart
// for the eye; what a policy means, and whether it is one, is decided by the application alone.

import { StreamLanguage } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const policyWords = new Set(["permit", "forbid", "when", "unless", "in", "has", "like", "is", "if", "then", "else"]);
const variables = new Set(["principal", "action", "resource", "context"]);
const schemaWords = new Set(["namespace", "entity", "action", "type", "in", "appliesTo", "attributes", "tags", "enum", "Set"]);
const schemaFields = new Set(["principal", "resource", "context"]);
const constants = new Set(["true", "false", "null"]);

const ident = /^[A-Za-z_][A-Za-z0-9_]*/;
const string = /^"(?:[^"\\]|\\.)*"?/;

// Tokens that look the same in all these languages, or undefined when the language must decide.
function common(stream, state) {
  if (stream.eatSpace()) return null;
  if (stream.match(/^\/\/.*/)) return "comment";
  if (stream.match(/^-?\d+/)) return "number";
  const bracket = stream.match(/^[()[\]{}]/);
  if (bracket) {
    state.depth = Math.max(0, state.depth + ("([{".includes(bracket[0]) ? 1 : -1));
    return "bracket";
  }
  return undefined;
}

// Two-space steps by bracket depth; a line that begins by closing stands one step further out.
function indent(state, textAfter, context) {
  const closing = /^\s*[)\]}]/.test(textAfter) ? 1 : 0;
  return Math.max(0, state.depth - closing) * context.unit;
}

function grammar(name, token) {
  return StreamLanguage.define({
    name,
    startState: () => ({ depth: 0, last: "" }),
    copyState: (state) => ({ ...state }),
    token(stream, state) {
      const from = stream.pos;
      const shared = common(stream, state);
      const style = shared === undefined ? token(stream, state) : shared;
      const text = stream.string.slice(from, stream.pos);
      if (style !== "comment" && text.trim()) state.last = text;
      return style;
    },
    indent,
    languageData: { commentTokens: { line: "//" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
    tokenTable: { annotation: tags.annotation, slot: tags.special(tags.variableName), self: tags.self, bracket: tags.bracket },
  });
}

export const cedar = grammar("cedar", (stream, state) => {
  if (stream.match(string)) return "string";
  if (stream.match(/^@[A-Za-z_]\w*/)) return "annotation";
  if (stream.match(/^\?\w+/)) return "slot";
  const word = stream.match(ident);
  if (!word) {
    stream.match(/^(::|==|!=|<=|>=|&&|\|\||[<>!+\-*])/) || stream.next();
    return "operator";
  }
  if (stream.match(/^\s*::/, false) || state.last === "::" || state.last === "is") return "typeName";
  if (state.last === ".") return stream.match(/^\s*\(/, false) ? "variableName.function" : "propertyName";
  if (policyWords.has(word[0])) return "keyword";
  if (constants.has(word[0])) return "bool";
  if (variables.has(word[0])) return "self";
  return stream.match(/^\s*\(/, false) ? "variableName.function" : "variableName";
});

export const schema = grammar("cedarschema", (stream, state) => {
  if (stream.match(string)) return stream.match(/^\??\s*:/, false) ? "propertyName" : "string";
  if (stream.match(/^@[A-Za-z_]\w*/)) return "annotation";
  const word = stream.match(ident);
  if (!word) {
    stream.next();
    return "operator";
  }
  if (stream.match(/^\??\s*:(?!:)/, false)) return schemaFields.has(word[0]) ? "self" : "propertyName";
  if (schemaWords.has(word[0]) && state.last !== ":") return "keyword";
  return "typeName";
});

export const json = grammar("json", (stream) => {
  if (stream.match(string)) return stream.match(/^\s*:/, false) ? "propertyName" : "string";
  const word = stream.match(ident);
  if (word) return constants.has(word[0]) ? "bool" : "variableName";
  stream.next();
  return "operator";
});

export const toml = grammar("toml", (stream) => {
  if (stream.match(/^#.*/)) return "comment";
  if (stream.match(string) || stream.match(/^'[^']*'?/)) return "string";
  const word = stream.match(/^[A-Za-z0-9_-]+/);
  if (!word) {
    stream.next();
    return "operator";
  }
  if (constants.has(word[0])) return "bool";
  return stream.match(/^(\.|\s*=)/, false) ? "propertyName" : "typeName";
});

/** The language of a file, by its name. */
export function languageOf(path) {
  if (path.endsWith(".cedarschema")) return schema;
  if (path.endsWith(".json")) return json;
  if (path.endsWith(".toml")) return toml;
  return cedar;
}
