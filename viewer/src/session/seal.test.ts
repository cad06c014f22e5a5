import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fromBase64, toBase64Url, utf8 } from "../protocol/bytes.ts";
import { makeInviteKey } from "./keys.ts";
import { countersign } from "./seal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const root = toBase64Url(new Uint8Array(32).fill(7));

it("signs what the broker has, once it knows of the end", async () => {
  const { key, publicKey } = await makeInviteKey();
  const sent: { events: number; root: string; signature: string }[] = [];
  let asked = 0;
  const done = countersign(
    {
      story: async () => {
        if (++asked === 1) throw new Error("not over");
        return { events: 258, root };
      },
      countersign: async (_session, seal) => void sent.push(seal),
    },
    { session: "s-1", inviteKey: key },
  );
  await vi.advanceTimersByTimeAsync(10_000);
  await done;
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ events: 258, root });
  const statement = new Uint8Array([
    ...utf8("beside/seal/v1\0s-1\0"),
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    2,
    ...new Uint8Array(32).fill(7),
  ]);
  const verifier = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  expect(
    await crypto.subtle.verify("Ed25519", verifier, fromBase64(sent[0]?.signature ?? ""), statement),
  ).toBe(true);
});

it("gives up after some tries", async () => {
  const { key } = await makeInviteKey();
  let asked = 0;
  const done = countersign(
    {
      story: async () => {
        asked++;
        throw new Error("not over");
      },
      countersign: async () => undefined,
    },
    { session: "s-1", inviteKey: key },
  );
  const failed = expect(done).rejects.toThrow("not over");
  await vi.advanceTimersByTimeAsync(60_000);
  await failed;
  expect(asked).toBe(5);
});
