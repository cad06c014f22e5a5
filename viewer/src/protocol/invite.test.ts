import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Bytes, concat } from "./bytes.ts";
import {
  checkClient,
  deriveBind,
  deriveJoin,
  derivePage,
  hashKey,
  importSeed,
  newSecret,
  newSpoken,
  parseCode,
  parseSpoken,
  spokenSecret,
  viewerProof,
} from "./invite.ts";

interface Vector {
  secret: string;
  seed: string;
  public: string;
  keyHash: string;
  join: string;
  bind: string;
  page: string;
  session: string;
  clientFingerprint: string;
  viewerFingerprint: string;
  viewerProof: string;
  clientProof: string;
  spoken: string;
  spokenSecret: string;
}

const file = new URL("../../../signaling/invite/testdata/vector.json", import.meta.url);
const vector: Vector = JSON.parse(readFileSync(file, "utf8"));
const hex = (text: string): Bytes => new Uint8Array(Buffer.from(text, "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const binding = {
  session: vector.session,
  client: hex(vector.clientFingerprint),
  viewer: hex(vector.viewerFingerprint),
};

describe("the vectors that Go reads too", () => {
  it("derives join and page", async () => {
    expect(toHex(await deriveJoin(vector.secret))).toBe(vector.join);
    expect(toHex(await derivePage(vector.secret))).toBe(vector.page);
  });

  it("names the invite key", async () => {
    expect(await hashKey(hex(vector.public))).toBe(vector.keyHash);
  });

  it("derives the secret of a spoken code", async () => {
    expect(await spokenSecret(vector.spoken)).toBe(vector.spokenSecret);
  });

  it("makes the viewer's proof", async () => {
    const key = await importSeed(hex(vector.seed));
    expect(toHex(await viewerProof(binding, key))).toBe(vector.viewerProof);
  });

  it("believes the client's proof, and no other binding or secret", async () => {
    const bind = await deriveBind(vector.secret);
    const proof = hex(vector.clientProof);
    expect(await checkClient(binding, bind, proof)).toBe(true);
    expect(await checkClient({ ...binding, session: "other" }, bind, proof)).toBe(false);
    expect(await checkClient({ ...binding, viewer: binding.client }, bind, proof)).toBe(false);
    expect(await checkClient(binding, await deriveBind(newSecret()), proof)).toBe(false);
    expect(await checkClient(binding, bind, concat(proof.slice(0, 31), new Uint8Array(1)))).toBe(false);
  });
});

describe("parseCode", () => {
  const code = vector.secret + vector.keyHash;
  it.each([
    ["as written", code],
    ["in lower case", code.toLowerCase()],
    ["with O for 0", code.replaceAll("0", "O")],
    ["with l for 1", code.replaceAll("1", "l")],
  ])("reads a code %s", (_, text) => {
    expect(parseCode(text)).toEqual({ secret: vector.secret, keyHash: vector.keyHash });
  });
  it.each([
    ["empty", ""],
    ["short", code.slice(1)],
    ["long", `${code}0`],
    ["with a U", `U${code.slice(1)}`],
    ["with a space", ` ${code.slice(1)}`],
  ])("refuses one that is %s", (_, text) => {
    expect(parseCode(text)).toBeUndefined();
  });
});

it("makes secrets of the alphabet, each another", () => {
  const made = new Set(Array.from({ length: 100 }, newSecret));
  expect(made.size).toBe(100);
  for (const secret of made) expect(secret).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/);
});

describe("spoken codes", () => {
  it.each([
    ["012345678", "012345678"],
    [" 012 345 678 ", "012345678"],
    ["012-345.678", "012345678"],
    ["01234567", undefined],
    ["0123456789", undefined],
    ["O12345678", undefined],
    ["٠١٢٣٤٥٦٧٨", undefined],
    ["", undefined],
  ])("%j is read as %j", (text, digits) => {
    expect(parseSpoken(text)).toBe(digits);
  });

  it("are nine digits, another each time", () => {
    const made = Array.from({ length: 50 }, newSpoken);
    for (const code of made) expect(code).toMatch(/^[0-9]{9}$/);
    expect(new Set(made).size).toBe(50);
  });
});
