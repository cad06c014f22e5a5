import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fromBase64 } from "./bytes.ts";
import { fitsCommit, newNonce, wordsOf } from "./words.ts";

const file = new URL("../../../signaling/words/testdata/vector.json", import.meta.url);
const vector: Record<
  "session" | "client" | "viewer" | "clientNonce" | "viewerNonce" | "commit" | "words",
  string
> = JSON.parse(readFileSync(file, "utf8"));
const binding = {
  session: vector.session,
  client: fromBase64(vector.client),
  viewer: fromBase64(vector.viewer),
};
const client = fromBase64(vector.clientNonce);
const viewer = fromBase64(vector.viewerNonce);

it("makes the words of the vector that Go reads too", async () => {
  expect((await wordsOf(binding, client, viewer)).join(" ")).toBe(vector.words);
  expect((await wordsOf(binding, viewer, client)).join(" ")).not.toBe(vector.words);
  expect((await wordsOf({ ...binding, session: "other" }, client, viewer)).join(" ")).not.toBe(vector.words);
});

it("believes the nonce that was committed to, and no other", async () => {
  const commit = fromBase64(vector.commit);
  expect(await fitsCommit(commit, binding, client)).toBe(true);
  expect(await fitsCommit(commit, binding, viewer)).toBe(false);
  expect(await fitsCommit(commit, { ...binding, viewer: binding.client }, client)).toBe(false);
});

it("makes a nonce once", () => {
  expect(newNonce()).not.toEqual(newNonce());
});
