import { readFileSync } from "node:fs";
import { Decrypter } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { Decoder } from "../display/decode.ts";
import { type Bytes, concat, sha256, toBase64, toBase64Url, utf8 } from "../protocol/bytes.ts";
import { treeRoot } from "../protocol/merkle.ts";
import { type Leaf, leafBytes, RecordingError } from "./format.ts";
import { readRecords } from "./records.ts";
import { type Given, Tape, verify } from "./tape.ts";

/** signaling/recording/testdata/recording.json, which Go writes and reads too. */
interface Golden {
  identity: string;
  head: { session: string; recording: string; key: string; sealed: string };
  dataKey: string;
  chunks: {
    n: number;
    from: number;
    to: number;
    flags: number;
    sealed: string;
    leaf: string;
    records: { kind: number; time: number; data: string }[];
  }[];
  root: string;
  refused: { name: string; flags: number; plain: string }[];
  picture: { pixels: number[] };
}

const file = new URL("../../../signaling/recording/testdata/recording.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8")) as Golden;
const { session, recording } = golden.head;

function bytes(base64: string): Bytes {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

function hex(of: Uint8Array): string {
  return Buffer.from(of).toString("hex");
}

const chunks = golden.chunks.map((chunk) => bytes(chunk.sealed));
let leaves: readonly Leaf[] = [];
let key: { privateKey: CryptoKey; raw: Bytes };

beforeAll(async () => {
  leaves = await Promise.all(
    golden.chunks.map(async ({ n, from, to, flags }, i) => {
      const sealed = chunks[i] ?? new Uint8Array(0);
      return { n, from, to, flags, length: sealed.length, hash: await sha256(sealed) };
    }),
  );
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  key = {
    privateKey: pair.privateKey,
    raw: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
});

async function sign(kind: string, data: object, of = session) {
  const body = utf8(
    JSON.stringify({ session: of, seq: 1, prev: null, time: "2026-11-26T10:00:00Z", kind, data }),
  );
  const signature = await crypto.subtle.sign(
    "Ed25519",
    key.privateKey,
    concat(utf8("beside/event/v1\0"), body),
  );
  return { body, signature: new Uint8Array(signature) };
}

interface Tampered {
  leaves?: readonly Leaf[];
  head?: Partial<Golden["head"]>;
  size?: number;
  ended?: boolean;
}

/** The golden recording as a broker hands it out, signed by a key of this test. */
async function given(change: Tampered = {}): Promise<Given> {
  const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${toBase64Url(key.raw)}"}`;
  const whole = { ...golden.head, key: toBase64Url(await sha256(utf8(jwk))) };
  const head = utf8(JSON.stringify(whole));
  const size = change.size ?? leaves.length;
  const root = toBase64(await treeRoot(leaves.slice(0, size).map(leafBytes)));
  const started = {
    recording,
    head: hex(await sha256(head)),
    list: 1,
    root: "r",
    recipients: ["Ada", "Recovery"],
  };
  const tree = { recording, chunks: size, root };
  return {
    session,
    recording,
    head: change.head === undefined ? head : utf8(JSON.stringify({ ...whole, ...change.head })),
    leaves: change.leaves ?? leaves,
    clientKey: key.raw,
    statements: [
      await sign("client.recording_started", started),
      change.ended === false
        ? await sign("client.recording_kept", tree)
        : await sign("client.recording_ended", {
            ...tree,
            milliseconds: 95_000,
            missing: 29_500,
            reason: "stopped",
          }),
    ],
  };
}

async function opened(sealed: Bytes, identity = golden.identity): Promise<Bytes> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return new Uint8Array(await decrypter.decrypt(sealed));
}

async function tape(from: readonly Bytes[] = chunks, change: Tampered = {}): Promise<Tape> {
  const verified = await verify(await given(change));
  return Tape.open(verified, await opened(verified.sealed), async (n) => from[n] ?? new Uint8Array(0));
}

async function problem(of: Promise<unknown>): Promise<string> {
  return await of.then(
    () => "none",
    (error: unknown) => (error instanceof RecordingError ? error.problem : String(error)),
  );
}

describe("a recording", () => {
  it("is read as it was written, and plays", async () => {
    expect(leaves.map((leaf) => hex(leafBytes(leaf)))).toEqual(golden.chunks.map((chunk) => chunk.leaf));
    expect(hex(await treeRoot(leaves.map(leafBytes)))).toBe(golden.root);
    const t = await tape();
    const decoder = new Decoder();
    for (const chunk of golden.chunks) {
      const records = await t.records(chunk.n);
      expect(records.map((r) => r.time - chunk.from)).toEqual(chunk.records.map((r) => r.time));
      for (const r of records) {
        if (r.kind !== "update") continue;
        decoder.receiveWhole(r.data);
      }
    }
    expect([...decoder.picture.screen.pixels].map((p) => swapped(p & 0xffffff))).toEqual(
      golden.picture.pixels,
    );
  });

  it("is painted in order, each update once", async () => {
    const updates = (await (await tape()).records(0)).flatMap((r) => (r.kind === "update" ? [r.data] : []));
    const [first, second] = updates as [Bytes, Bytes];
    const late = second.slice();
    late[4] = (second[4] ?? 0) + 1; // of its number
    const decoder = new Decoder();
    expect(decoder.receiveWhole(second)).toBe("nothing");
    expect(decoder.receiveWhole(first)).toBe("painted");
    expect(() => decoder.receiveWhole(late)).toThrow("after");
    expect(decoder.receiveWhole(second)).toBe("nothing");
    expect(decoder.receiveWhole(first)).toBe("painted");
    expect(decoder.receiveWhole(second)).toBe("painted");
    expect(decoder.receiveWhole(second)).toBe("duplicate");
  });

  it("knows its holes, snapshots and length", async () => {
    const t = await tape();
    expect(t.holes).toEqual([{ from: 60_500, to: 90_000, n: 2 }]);
    expect(await t.reasonOf({ from: 0, to: 0, n: 2 })).toBe("paused");
    expect([0, 59_999, 60_000, 89_999, 90_000, 1e9].map((ms) => t.chunkAt(ms))).toEqual([0, 0, 1, 1, 2, 2]);
    expect([0, 1, 2].map((n) => t.snapshotBefore(n))).toEqual([0, 0, 2]);
    expect(t.length).toBe(95_000);
  });

  it("opens for those on the list alone", async () => {
    const { sealed } = await verify(await given());
    const stranger = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    await expect(opened(sealed, stranger)).rejects.toThrow();
  });
});

/** Pixels are 0xRRGGBB in the file. */
function swapped(pixel: number): number {
  return ((pixel & 0xff) << 16) | (pixel & 0xff00) | (pixel >> 16);
}

describe("what was tampered with is found before anything of it is shown", () => {
  it("two parts swapped, in the list and in the store", async () => {
    const [a, b, c] = leaves;
    if (a === undefined || b === undefined || c === undefined) throw new Error("three chunks");
    const list = [{ ...b, n: 0 }, { ...a, n: 1 }, c];
    expect(await problem(verify(await given({ leaves: list })))).toBe("tree");
    const t = await tape([chunks[1], chunks[0], chunks[2]].map((chunk) => chunk ?? new Uint8Array(0)));
    expect(await problem(t.records(0))).toBe("chunk");
    expect(await problem(t.records(2))).toBe("none");
  });

  it("a part cut short, changed, or not there", async () => {
    const flipped = Uint8Array.from(chunks[1] ?? []);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    const t = await tape([chunks[0]?.slice(0, -1) ?? new Uint8Array(0), flipped]);
    for (const n of [0, 1, 2]) expect(await problem(t.records(n))).toBe("chunk");
  });

  it("a part left out, a time or flag changed", async () => {
    const change = (n: number, to: Partial<Leaf>) =>
      leaves.map((leaf) => (leaf.n === n ? { ...leaf, ...to } : leaf));
    for (const list of [
      leaves.filter(({ n }) => n !== 1).map((leaf, n) => ({ ...leaf, n })),
      change(1, { from: 60_001 }),
      change(2, { flags: 3 }),
      [...leaves].reverse(),
    ]) {
      const found = await problem(verify(await given({ leaves: list, size: list.length })));
      expect(["tree", "malformed"]).toContain(found);
    }
  });

  it("the end dropped is said", async () => {
    const verified = await verify(await given({ leaves: leaves.slice(0, 2) }));
    expect(verified.lost).toBe(1);
    expect((await verify(await given())).lost).toBe(0);
  });

  it("what the client has not signed yet is said, and nothing comes after the end", async () => {
    expect((await verify(await given({ size: 2, ended: false }))).unsigned).toBe(1);
    expect(await problem(verify(await given({ size: 2 })))).toBe("tree");
  });

  it("another head, key, session or recording", async () => {
    const good = await given();
    expect(
      await problem(verify(await given({ head: { sealed: golden.head.sealed.replace("Y", "Z") } }))),
    ).toBe("head");
    expect(await problem(verify({ ...good, session: recording }))).toBe("statement");
    expect(await problem(verify({ ...good, recording: session }))).toBe("statement");
    expect(await problem(verify({ ...good, clientKey: new Uint8Array(32) }))).toBe("statement");
    expect(await problem(verify({ ...good, clientKey: new Uint8Array(3) }))).toBe("statement");
    expect(await problem(verify({ ...good, statements: good.statements.slice(1) }))).toBe("statement");
    const other = [await sign("client.recording_started", { recording }, recording)];
    expect(await problem(verify({ ...good, statements: other }))).toBe("statement");
  });

  it("another data key, or one of another recording", async () => {
    const verified = await verify(await given());
    const open = (change: object) =>
      Tape.open(
        verified,
        utf8(JSON.stringify({ session, recording, key: golden.dataKey, ...change })),
        async (n) => {
          return chunks[n] ?? new Uint8Array(0);
        },
      );
    const wrong = await open({ key: toBase64(new Uint8Array(32)) });
    expect(await problem(wrong.records(0))).toBe("sealed");
    expect(await problem(open({ recording: session }))).toBe("head");
    expect(await problem(open({ key: "x" }).then((t) => t.records(0)))).not.toBe("none");
  });
});

describe("plaintext that is no chunk", () => {
  const span = (flags: number) => ({ n: 1, from: 0, to: 5000, flags });
  for (const { name, flags, plain } of golden.refused) {
    it(name, () => {
      expect(() => readRecords(span(flags), bytes(plain))).toThrow(RecordingError);
    });
  }

  it("is refused however it was changed, or read whole", () => {
    let seed = 7;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed % n;
    };
    for (const { flags, plain } of golden.refused) {
      for (let i = 0; i < 300; i++) {
        const changed = bytes(plain);
        for (let k = 0; k <= random(3); k++) changed[random(changed.length)] = random(256);
        try {
          const read = readRecords(span(flags), changed);
          expect(read.every((r) => r.time <= 5000)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError);
        }
      }
    }
  });
});

describe("trees", () => {
  it("are those of RFC 6962", async () => {
    // Roots of the trees over the leaves "", 00, 10, 2021, … of its reference implementation.
    const inputs = [
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
    ];
    const data = inputs.map((input) => new Uint8Array(Buffer.from(input, "hex")));
    const roots = [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (const [i, want] of roots.entries()) expect(hex(await treeRoot(data.slice(0, i + 1)))).toBe(want);
  });
});
