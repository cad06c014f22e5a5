import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Sha256 } from "./sha256.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("what comes in pieces has the hash of the whole, at every length around a block", () => {
  for (let length = 0; length < 260; length++) {
    const all = crypto.getRandomValues(new Uint8Array(length));
    const hash = new Sha256();
    for (let at = 0; at < length; ) {
      const next = Math.min(length, at + 1 + Math.floor(Math.random() * 100));
      hash.update(all.subarray(at, next));
      at = next;
    }
    expect(hex(hash.digest())).toBe(createHash("sha256").update(all).digest("hex"));
  }
});

test("a large file has the hash that others find", () => {
  const piece = new Uint8Array(1 << 20).map((_, i) => (i * 7) & 0xff);
  const [ours, theirs] = [new Sha256(), createHash("sha256")];
  for (let i = 0; i < 20; i++) {
    ours.update(piece);
    theirs.update(piece);
  }
  expect(hex(ours.digest())).toBe(theirs.digest("hex"));
});
