import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import catalogue from "../../../signaling/texts/en.json";
import { EFFECTS } from "../protocol/answers.ts";
import { NOTICES, SCOPES } from "../protocol/control.ts";
import { REASONS } from "../protocol/signaling.ts";
import { named, t } from "./texts.ts";

test("values stand in their places and are not searched again", () => {
  expect(t("time.hours-minutes", { h: 2, m: 5 })).toBe("2 h 5 min");
  expect(t("desk.ago", { time: "{time}" })).toBe("{time} ago");
});

test.each([
  ["effect", EFFECTS],
  ["end", REASONS],
  ["notice", NOTICES],
  ["scope", SCOPES],
] as const)("every %s of the wire has words", (area, names) => {
  for (const name of names) expect(named(area, name), name).not.toBe(name);
});

/** Areas of the catalogue that only these pages use. */
const OWN =
  /^(app|account|admin|desk|hold|keys|machine|passkey|proof|rate|receipt|recording|requester|retention|search|session|sessions|signin|size|time)\./;

test("no text of these pages is left over", () => {
  const root = new URL("..", import.meta.url);
  const source = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(svelte|ts)$/.test(file) && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(new URL(file, root), "utf8"))
    .join("\n");
  // `desk.state.${state}` uses every key that begins so.
  const built = [...source.matchAll(/`([a-z.-]+\.)\$\{/g)].map((match) => match[1] ?? "");
  const unused = Object.keys(catalogue).filter(
    (key) => OWN.test(key) && !source.includes(`"${key}"`) && !built.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
