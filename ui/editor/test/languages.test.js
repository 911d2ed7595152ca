import assert from "node:assert/strict";
import { test } from "node:test";
import { highlightTree } from "@lezer/highlight";
import { languageOf } from "../src/languages.js";
import { classes } from "../src/look.js";

function spans(path, text) {
  const found = [];
  highlightTree(languageOf(path).parser.parse(text), classes, (from, to, name) => found.push([text.slice(from, to), name.replace("tok--code-", "")]));
  return found;
}

test("the words of a policy are told apart", () => {
  const found = spans("a.cedar", '@id("x")\npermit (principal is Contractor, action, resource) when { resource.tags.contains("P0") && ip("1.1.1.1").isLoopback() };');
  const kind = (word) => found.find(([text]) => text === word)?.[1];
  assert.equal(kind("@id"), "key");
  assert.equal(kind("permit"), "key");
  assert.equal(kind("Contractor"), "type");
  assert.equal(kind("principal"), "self");
  assert.equal(kind("contains"), "fn");
  assert.equal(kind("ip"), "fn");
  assert.equal(kind('"P0"'), "str");
  assert.equal(kind("tags"), undefined);
});

test("a schema has types, and a comment ends with its line", () => {
  const found = spans("a.cedarschema", "// note\nentity User in [Group] { level: Long };");
  assert.deepEqual(found.slice(0, 3), [["// note", "dim"], ["entity", "key"], ["User", "type"]]);
});

test("a pack of what-ifs has keys, texts and tables", () => {
  const found = spans("scenarios/on-call.toml", "# note\n[[scenario]]\nwhere = { rota = 'Region::\"emea\"', onCall = true }\n");
  const kind = (word) => found.find(([text]) => text === word)?.[1];
  assert.equal(kind("# note"), "dim");
  assert.equal(kind("scenario"), "type");
  assert.equal(kind("'Region::\"emea\"'"), "str");
  assert.equal(kind("true"), "num");
  assert.equal(kind("onCall"), kind("rota"));
});
