import { expect, it } from "vitest";
import { webVtt } from "./captions.ts";
import { WebM } from "./webm.ts";

interface Element {
  readonly id: number;
  readonly at: number; // where it begins
  readonly data: Uint8Array;
}

/** Reads EBML as RFC 8794 has it. */
function elements(bytes: Uint8Array): Element[] {
  const out: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const begin = at;
    const idLength = Math.clz32(bytes[at] ?? 0) - 23;
    let id = 0;
    for (let i = 0; i < idLength; i++) id = id * 256 + (bytes[at++] ?? 0);
    const sizeLength = Math.clz32(bytes[at] ?? 0) - 23;
    let size = (bytes[at++] ?? 0) & (0xff >> sizeLength);
    for (let i = 1; i < sizeLength; i++) size = size * 256 + (bytes[at++] ?? 0);
    expect(at + size).toBeLessThanOrEqual(bytes.length);
    out.push({ id, at: begin, data: bytes.subarray(at, at + size) });
    at += size;
  }
  return out;
}

function number(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function child(of: Element | undefined, id: number): Element {
  const found = elements(of?.data ?? new Uint8Array(0)).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no ${id.toString(16)}`);
  return found;
}

it("writes what a reader of EBML finds again", async () => {
  const webm = new WebM({ codec: "V_VP9", width: 640, height: 480 });
  const block = (time: number, key: boolean) => webm.add({ time, key, data: Uint8Array.of(time & 0xff, 7) });
  block(0, true);
  block(40, false);
  block(5000, true);
  block(36_000, false); // further than a block can say: a cluster without a key
  block(40_000, true);
  const file = new Uint8Array(await webm.finish(41_000).arrayBuffer());
  const [head, segment, ...rest] = elements(file);
  expect(new TextDecoder().decode(child(head, 0x4282).data)).toBe("webm");
  expect(rest).toEqual([]);
  const parts = elements(segment?.data ?? new Uint8Array(0));
  const named = (id: number) => parts.filter((one) => one.id === id);
  const clusters = named(0x1f43b675);
  expect(clusters.map((one) => number(child(one, 0xe7).data))).toEqual([0, 5000, 36_000, 40_000]);
  const first = elements(clusters[0]?.data ?? new Uint8Array(0)).filter((one) => one.id === 0xa3);
  expect(first.map((one) => [...one.data])).toEqual([
    [0x81, 0, 0, 0x80, 0, 7],
    [0x81, 0, 40, 0, 40, 7],
  ]);
  // Seeks and cues lead to what they say, by places from the segment's data on.
  const seeks = elements(named(0x114d9b74)[0]?.data ?? new Uint8Array(0));
  for (const seek of seeks) {
    const id = number(child(seek, 0x53ab).data);
    expect(parts.find((one) => one.at === number(child(seek, 0x53ac).data))?.id).toBe(id);
  }
  expect(seeks).toHaveLength(3);
  const cues = elements(named(0x1c53bb6b)[0]?.data ?? new Uint8Array(0)).map((cue) => [
    number(child(cue, 0xb3).data),
    number(child(child(cue, 0xb7), 0xf1).data),
  ]);
  expect(cues).toEqual([0, 1, 3].map((i) => [[0, 5000, 36_000, 40_000][i], clusters[i]?.at]));
  const info = named(0x1549a966)[0];
  const duration = child(info, 0x4489).data;
  expect(new DataView(duration.buffer, duration.byteOffset).getFloat64(0)).toBe(41_000);
});

it("writes captions that are text and nothing else", () => {
  const vtt = webVtt([
    { at: 3_661_007, text: "last" },
    { at: 1000, text: "<b>one</b> & \n\n00:00 --> two" },
    { at: 1100, text: "at once" },
    { at: 3000, text: "next" },
  ]);
  expect(vtt).toBe(
    [
      "WEBVTT\n",
      "00:00:01.000 --> 00:00:03.000\n&lt;b&gt;one&lt;/b&gt; &amp; 00:00 --&gt; two\nat once\n",
      "00:00:03.000 --> 00:00:08.000\nnext\n",
      "01:01:01.007 --> 01:01:06.007\nlast\n",
    ].join("\n"),
  );
});
