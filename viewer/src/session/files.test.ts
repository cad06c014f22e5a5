import { createHash } from "node:crypto";
import { expect, test, vi } from "vitest";
import type { FromViewer } from "../protocol/control.ts";
import type { Frame } from "../protocol/files.ts";
import { InBlobs } from "./file-sink.ts";
import { Files, savedName, shortened, type Transfer } from "./files.ts";
import { NO_RIGHTS } from "./live-state.ts";

const rights = { ...NO_RIGHTS, scopes: ["view", "files:send", "files:fetch"] as const };
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

/** A page with a client that does nothing by itself. */
function stage() {
  const said: FromViewer[] = [];
  const frames: Frame[] = [];
  let shown: readonly Transfer[] = [];
  const files = new Files(
    (list) => {
      shown = list;
    },
    () => Promise.resolve(new InBlobs()),
  );
  const line = { say: (m: FromViewer) => said.push(m) > 0, frame: (f: Frame) => frames.push(f) > 0 };
  const of = (n: number): Promise<Transfer> =>
    vi.waitFor(() => {
      const found = shown.find((file) => file.n === n);
      if (found === undefined) throw new Error(`no file ${n}`);
      return found;
    });
  return { said, frames, files, line, of };
}

const bytes = new Uint8Array(40_000).map((_, i) => i & 0xff);

test("a file waits for its right, is sent from where the client says, and is done when both have the same", async () => {
  const { said, frames, files, line, of } = stage();
  files.connect(line);
  files.follow(NO_RIGHTS);
  files.send([new File([bytes], "a.txt")]);
  expect(said).toEqual([]);
  expect((await of(1)).state).toBe("waiting");
  files.follow(rights);
  expect(said).toEqual([{ type: "put", n: 1, name: "a.txt", size: 40_000 }]);
  files.onMessage({ type: "taking", n: 1, from: 0 });
  await vi.waitFor(() => expect(frames).toHaveLength(2)); // as much as is under way at first
  files.onFrame({ kind: "took", n: 1, offset: 16_384 });
  await vi.waitFor(() => expect(frames).toHaveLength(3));
  await vi.waitFor(() => expect(said[1]).toEqual({ type: "whole", n: 1, sha256: sha256(bytes) }));
  files.onMessage({ type: "stored", n: 1, sha256: sha256(bytes) });
  await vi.waitFor(async () => expect(await of(1)).toMatchObject({ state: "done", moved: 40_000 }));
});

test("another hash than ours is no success", async () => {
  const { files, line, of } = stage();
  files.connect(line);
  files.follow(rights);
  files.send([new File([], "a.txt")]);
  files.onMessage({ type: "taking", n: 1, from: 0 });
  files.onMessage({ type: "stored", n: 1, sha256: sha256(bytes) });
  await vi.waitFor(async () => expect(await of(1)).toMatchObject({ state: "failed", problem: "differs" }));
});

test("a file goes on over another connection, from what is there", async () => {
  const { said, frames, files, line, of } = stage();
  files.connect(line);
  files.follow(rights);
  files.send([new File([bytes], "a.txt")]);
  files.onMessage({ type: "taking", n: 1, from: 0 });
  await vi.waitFor(() => expect(frames).toHaveLength(2));
  files.lost();
  await vi.waitFor(async () => expect((await of(1)).state).toBe("resting"));
  files.connect(line);
  files.follow(rights);
  expect(said.at(-1)).toEqual({ type: "put", n: 1, name: "a.txt", size: 40_000 });
  frames.length = 0;
  files.onMessage({ type: "taking", n: 1, from: 16_384 });
  await vi.waitFor(() => expect(frames.map((f) => f.offset)).toEqual([16_384, 32_768]));
  await vi.waitFor(() => expect(said.at(-1)).toEqual({ type: "whole", n: 1, sha256: sha256(bytes) }));
});

test("nothing is sent while the requester paused", async () => {
  const { frames, files, line } = stage();
  files.connect(line);
  files.follow(rights);
  files.send([new File([bytes], "a.txt")]);
  files.onMessage({ type: "taking", n: 1, from: 0 });
  await vi.waitFor(() => expect(frames).toHaveLength(2));
  files.follow({ ...rights, paused: true });
  files.onFrame({ kind: "took", n: 1, offset: 32_768 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(frames).toHaveLength(2);
});

test("at most four are under way, and one that is too large is not offered", async () => {
  const { said, files, line, of } = stage();
  files.connect(line);
  files.follow(rights);
  const large = new File([], "large.bin");
  Object.defineProperty(large, "size", { value: 2 ** 31 + 1 });
  files.send([large, ...Array.from({ length: 6 }, (_, i) => new File([], `${i}.txt`))]);
  expect(said.filter((m) => m.type === "put")).toHaveLength(4);
  await vi.waitFor(async () => expect(await of(1)).toMatchObject({ state: "failed", problem: "too_large" }));
  files.drop(2);
  expect(said.filter((m) => m.type === "put")).toHaveLength(5);
});

test("what the requester picks is kept, told equal, and there to be saved", async () => {
  const { said, frames, files, line, of } = stage();
  files.connect(line);
  files.follow(rights);
  files.fetch();
  files.onMessage({ type: "giving", n: 1, name: "log.txt", size: 40_000, from: 0 });
  for (let at = 0; at < bytes.length; at += 16_384)
    files.onFrame({ kind: "piece", n: 1, offset: at, bytes: bytes.slice(at, at + 16_384) });
  await vi.waitFor(() => expect(frames.at(-1)).toEqual({ kind: "took", n: 1, offset: 40_000 }));
  files.onMessage({ type: "given", n: 1, sha256: sha256(bytes) });
  await vi.waitFor(() => expect(said.at(-1)).toEqual({ type: "kept", n: 1, sha256: sha256(bytes) }));
  await vi.waitFor(async () => expect((await of(1)).state).toBe("done"));
  expect(new Uint8Array((await files.fetched(1)?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(bytes);
});

test("what was fetched in part is asked for from there", async () => {
  const { said, files, line } = stage();
  files.connect(line);
  files.follow(rights);
  files.fetch();
  files.onMessage({ type: "giving", n: 1, name: "log.txt", size: 40_000, from: 0 });
  files.onFrame({ kind: "piece", n: 1, offset: 0, bytes: bytes.slice(0, 16_384) });
  files.lost();
  files.connect(line);
  files.follow(rights);
  expect(said.at(-1)).toEqual({ type: "get", n: 1, from: 16_384 });
});

test.each([
  ["../../.bashrc", "bashrc"],
  ["C:\\x\\CON:a?.txt", "CON_a_.txt"],
  ["\u202egpj.exe", "gpj.exe"],
  ["...", "file"],
])("%s is saved as %s", (name, want) => {
  expect(savedName(name)).toBe(want);
});

test("a name that is too long keeps its end", () => {
  expect(shortened(`${"é".repeat(1000)}.txt`)).toMatch(/^é+\.txt$/);
});
