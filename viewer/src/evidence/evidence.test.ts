import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sha256, utf8 } from "../protocol/bytes.ts";
import { included, leafHash, rootOf, treeRoot } from "../protocol/merkle.ts";
import { readEvidence } from "./file.ts";
import { logVerifier, openHead } from "./note.ts";
import { verifyEvidence } from "./verify.ts";

interface Vector {
  readonly name: string;
  readonly log: string;
  readonly witnesses: readonly string[] | null;
  readonly exit: 0 | 1 | 2;
  readonly codes: readonly string[];
  readonly file: Record<string, unknown>;
}

/** signaling/evidence/testdata/vectors.json, which Go writes and reads too. */
const path = new URL("../../../signaling/evidence/testdata/vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as readonly Vector[];
const trustOf = ({ log, witnesses }: Vector) => ({ log: log ?? "", witnesses: witnesses ?? [] });

describe("evidence is judged as Go judges it:", () => {
  it.each(vectors.map((one) => [one.name, one] as const))("%s", async (_, vector) => {
    const report = await verifyEvidence(readEvidence(JSON.stringify(vector.file)), trustOf(vector));
    expect([...new Set(report.findings.map(({ code }) => code))].sort()).toEqual(vector.codes);
    expect(report.verdict).toBe((["proven", "false", "missing"] as const)[vector.exit]);
  });

  it("whatever single byte of it is changed, it does not hold", async () => {
    const [whole] = vectors;
    if (whole === undefined) throw new Error("no vectors");
    const raw = JSON.stringify(whole.file);
    let tried = 0;
    for (let at = 17; at < raw.length; at += 97) {
      const changed = raw.slice(0, at) + String.fromCharCode(raw.charCodeAt(at) ^ 1) + raw.slice(at + 1);
      let verdict = "malformed";
      try {
        verdict = (await verifyEvidence(readEvidence(changed), trustOf(whole))).verdict;
      } catch {
        // it is no evidence at all
      }
      // The last character of base64 may have bits that count for nothing.
      if (verdict === "proven") expect(raw.slice(at, at + 3), `changed at ${at}`).toMatch(/^.="/);
      tried++;
    }
    expect(tried).toBeGreaterThan(50);
  });

  it("files that are none are refused", () => {
    for (const bad of [
      "",
      "{}",
      "[]",
      '{"format":"beside.evidence.v2"}',
      JSON.stringify({ ...vectors[0]?.file, more: 1 }),
    ]) {
      expect(() => readEvidence(bad)).toThrow();
    }
  });
});

describe("trees", () => {
  it("grow to the same root as all at once, and prove each leaf in it and no other", async () => {
    const leaves = Array.from({ length: 21 }, (_, i) => utf8(`leaf ${i}`));
    for (let size = 1; size <= leaves.length; size++) {
      const some = leaves.slice(0, size);
      const root = await treeRoot(some);
      expect(await rootOf(await Promise.all(some.map(leafHash)))).toEqual(root);
      for (let index = 0; index < size; index++) {
        const proof = await prove(some, index);
        const leaf = await leafHash(some[index] ?? new Uint8Array(0));
        expect(await included({ size, root }, index, leaf, proof)).toBe(true);
        expect(await included({ size, root }, index, await sha256(leaf), proof)).toBe(false);
        expect(await included({ size, root }, index, leaf, [...proof, root])).toBe(false);
        if (size > 1) {
          expect(await included({ size, root }, (index + 1) % size, leaf, proof)).toBe(false);
          expect(await included({ size, root }, index, leaf, proof.slice(1))).toBe(false);
        }
      }
    }
  });
});

/** The path of RFC 6962 §2.1.1, by its own words. */
async function prove(
  leaves: readonly ReturnType<typeof utf8>[],
  index: number,
): Promise<ReturnType<typeof utf8>[]> {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...(await prove(left, index)), await treeRoot(right)]
    : [...(await prove(right, index - split)), await treeRoot(left)];
}

describe("heads", () => {
  const log = String(vectors[0]?.log);
  const head = String(vectors[0]?.file["checkpoint"]);

  it("are the log's", async () => {
    const opened = await openHead(head, await logVerifier(log), []);
    expect(opened).toMatchObject({ origin: "help.example/audit/1", size: 18 });
  });

  it("are refused when anything of them is another", async () => {
    const key = await logVerifier(log);
    for (const bad of [
      head.replace("18", "19"),
      head.replace("18", "018"),
      head.replace("\n\n", "\nmore\n\n"),
      head.replace("— help", "— hulp"),
      head.slice(0, -1),
      head.replace("\n", "\r\n"),
      head.split("\n\n")[0] ?? "",
      `${head}x`,
      "",
    ]) {
      await expect(openHead(bad, key, []), bad).rejects.toThrow();
    }
    for (const bad of ["", "a+b+c", log.replace("+3", "+4"), log.replace("help", "hulp")]) {
      await expect(logVerifier(bad)).rejects.toThrow();
    }
  });
});
