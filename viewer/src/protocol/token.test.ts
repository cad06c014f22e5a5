import { expect, it } from "vitest";
import { toBase64Url, utf8 } from "./bytes.ts";
import { scopesOf } from "./token.ts";

const token = (claims: unknown) => `e30.${toBase64Url(utf8(JSON.stringify(claims)))}.c2ln`;

it.each<[string, string, string[]]>([
  ["both", token({ scope: "view control" }), ["view", "control"]],
  ["one", token({ scope: "view" }), ["view"]],
  ["nothing", token({ scope: "" }), []],
  ["a scope that nobody knows", token({ scope: "view everything" }), ["view"]],
  ["a part of a name", token({ scope: "viewcontrol" }), []],
  ["no claim", token({}), []],
  ["another type", token({ scope: ["view"] }), []],
  ["no object", token(null), []],
  ["no token", "", []],
  ["no base64", "a.%.b", []],
  ["no JSON", "a.YQ.b", []],
])("reads %s", (_, raw, want) => {
  expect(scopesOf(raw)).toEqual(want);
});
