import { expect, it } from "vitest";
import { type Bytes, concat, fromBase64, sha256, toBase64, utf8 } from "../protocol/bytes.ts";
import type { FromClient, FromViewer } from "../protocol/control.ts";
import { newNonce, wordsOf } from "../protocol/words.ts";
import { Comparison, needOf } from "./comparison.ts";

const binding = { session: "s", client: new Uint8Array(32).fill(1), viewer: new Uint8Array(32).fill(2) };

async function commitTo(nonce: Bytes): Promise<FromClient> {
  const transcript = concat(utf8("beside/words/commit/v1\0s\0"), binding.client, binding.viewer);
  return { type: "commit", commit: toBase64(await sha256(concat(transcript, nonce))) };
}

const reveal = (nonce: Bytes): FromClient => ({ type: "reveal", nonce: toBase64(nonce) });
const compared: FromClient = { type: "compared", matched: true };

interface Told {
  comparison: Comparison;
  said: FromViewer[];
  words: string[];
  /** How much had been said when it was spent. */
  spent: number[];
}

function begin(): Told {
  const said: FromViewer[] = [];
  const words: string[] = [];
  const spent: number[] = [];
  const comparison = new Comparison(
    binding,
    (message) => said.push(message),
    () => spent.push(said.length),
    (w) => words.push(w.join(" ")),
  );
  return { comparison, said, words, spent };
}

it("tells its part after the commitment, and the words after the reveal", async () => {
  const { comparison, said, words, spent } = begin();
  const client = newNonce();
  expect(await comparison.take(await commitTo(client))).toBe(false);
  const [nonce] = said;
  expect(spent, "told before anything is sent").toEqual([0]);
  if (nonce?.type !== "nonce") throw new Error("no nonce was sent");
  expect(words).toEqual([]);
  expect(await comparison.take(reveal(client))).toBe(false);
  expect(words).toEqual([(await wordsOf(binding, client, fromBase64(nonce.nonce))).join(" ")]);
  expect(await comparison.take(compared)).toBe(true);
});

it("refuses a nonce that was not committed to, and shows no words", async () => {
  const { comparison, words } = begin();
  await comparison.take(await commitTo(newNonce()));
  await expect(comparison.take(reveal(newNonce()))).rejects.toThrow("commitment");
  expect(words).toEqual([]);
});

const client = newNonce();
it.each<[string, () => Promise<readonly FromClient[]>]>([
  ["a reveal at first", async () => [reveal(client)]],
  ["a pick at first", async () => [compared]],
  ["a pick before the reveal", async () => [await commitTo(client), compared]],
  ["a second commitment", async () => [await commitTo(client), await commitTo(client)]],
  ["a second reveal", async () => [await commitTo(client), reveal(client), reveal(client)]],
  [
    "rights before the pick",
    async () => [await commitTo(client), reveal(client), { type: "asking", id: "1" }],
  ],
])("refuses %s", async (_, make) => {
  const { comparison } = begin();
  const messages = await make();
  for (const message of messages.slice(0, -1)) await comparison.take(message);
  const last = messages.at(-1);
  if (last === undefined) throw new Error("nothing to refuse");
  await expect(comparison.take(last)).rejects.toThrow();
});

const theirs = new Uint8Array(32).fill(7);
it.each([
  ["a link needs no words", {}, "nothing"],
  ["a code does", { spoken: true }, "words"],
  ["once", { spoken: true, spent: true }, "refusal"],
  [
    "the client whose words were picked comes back",
    { spoken: true, spent: true, compared: theirs },
    "nothing",
  ],
  ["another does not", { spoken: true, spent: true, compared: new Uint8Array(32) }, "refusal"],
] as const)("%s", (_, keys, want) => {
  expect(needOf(keys, theirs)).toBe(want);
});
