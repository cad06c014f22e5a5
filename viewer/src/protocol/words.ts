/**
 * The words that two people compare on the road of a spoken code: the twin of the
 * Go package signaling/words, which says why they hold. Both read the same vector.
 */
import { type Bytes, concat, same, sha256, utf8 } from "./bytes.ts";
import type { Binding } from "./invite.ts";

/** 32 words that are told apart on a telephone; their order is part of the protocol. */
const WORDS = (
  "amber bridge candle dolphin eagle forest garden hammer island jacket kettle lemon marble needle orange pepper " +
  "quartz rabbit silver tractor umbrella violin window yellow zebra bottle circus desert engine falcon guitar honey"
).split(" ");

const NONCE_BYTES = 32;

function transcript(label: string, { session, client, viewer }: Binding): Bytes {
  return concat(utf8(`${label}\0${session}\0`), client, viewer);
}

/** This end's part; it serves once. */
export function newNonce(): Bytes {
  return crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
}

/** Whether a nonce is the one that the client committed to. */
export async function fitsCommit(commit: Bytes, binding: Binding, nonce: Bytes): Promise<boolean> {
  return same(commit, await sha256(concat(transcript("beside/words/commit/v1", binding), nonce)));
}

/** The four words of two ends. */
export async function wordsOf(binding: Binding, client: Bytes, viewer: Bytes): Promise<readonly string[]> {
  const key = await crypto.subtle.importKey("raw", concat(client, viewer), "HKDF", false, ["deriveBits"]);
  const info = transcript("beside/words/v1", binding);
  const params = { name: "HKDF", hash: "SHA-256", salt: utf8("beside/v1"), info };
  const [a = 0, b = 0, c = 0] = new Uint8Array(await crypto.subtle.deriveBits(params, key, 24));
  const bits = (a << 16) | (b << 8) | c;
  return [19, 14, 9, 4].map((shift) => WORDS[(bits >> shift) & 31] ?? "");
}
