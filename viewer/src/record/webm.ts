/**
 * Writes WebM: EBML (RFC 8794) with the elements of Matroska (RFC 9559) that one video track needs. Clusters are
 * kept as blobs, which the browser may put on the disk; head, duration and cues are written when all is known.
 */
import { type Bytes, concat, utf8 } from "../protocol/bytes.ts";

export interface Track {
  readonly codec: "V_VP9" | "V_VP8";
  readonly width: number;
  readonly height: number;
}

/** One encoded picture; time is in whole milliseconds and grows. */
export interface Block {
  readonly time: number;
  readonly key: boolean;
  readonly data: Bytes;
}

/** A block's time is a signed number of 16 bits, from its cluster's on. */
const MAX_CLUSTER_MS = 30_000;

interface Cluster {
  readonly time: number;
  readonly blob: Blob;
  readonly key: boolean; // begins with one
}

export class WebM {
  readonly #clusters: Cluster[] = [];
  #blocks: Block[] = []; // of the cluster that is open

  constructor(private readonly track: Track) {}

  add(block: Block): void {
    const first = this.#blocks[0];
    if (first !== undefined && (block.key || block.time - first.time > MAX_CLUSTER_MS)) this.#close();
    this.#blocks.push(block);
  }

  /** The whole file. Nothing can be added after that. */
  finish(durationMs: number): Blob {
    this.#close();
    const info = element(
      ID.info,
      uint(ID.timestampScale, 1_000_000),
      element(ID.duration, float(durationMs)),
      element(ID.muxingApp, utf8("Beside")),
      element(ID.writingApp, utf8("Beside")),
    );
    const tracks = element(ID.tracks, this.#entry());
    const heads = seekHead(0, 0, 0).length;
    const before = heads + info.length + tracks.length;
    const cues = this.#cues(before + this.#cues(0).length);
    const head = seekHead(heads, heads + info.length, before);
    const front = concat(head, info, tracks, cues);
    const size = this.#clusters.reduce((sum, { blob }) => sum + blob.size, front.length);
    const segment = concat(id(ID.segment), length(size));
    const parts = [ebml(), segment, front, ...this.#clusters.map(({ blob }) => blob)];
    return new Blob(parts, { type: "video/webm" });
  }

  #close(): void {
    const first = this.#blocks[0];
    if (first === undefined) return;
    const blocks = this.#blocks.map(({ time, key, data }) => {
      const since = time - first.time;
      return element(ID.simpleBlock, Uint8Array.of(0x81, since >> 8, since & 0xff, key ? 0x80 : 0), data);
    });
    const cluster = element(ID.cluster, uint(ID.timestamp, first.time), ...blocks);
    this.#clusters.push({ time: first.time, blob: new Blob([cluster]), key: first.key });
    this.#blocks = [];
  }

  #entry(): Bytes {
    const { codec, width, height } = this.track;
    const video = element(ID.video, uint(ID.pixelWidth, width), uint(ID.pixelHeight, height));
    return element(
      ID.trackEntry,
      uint(ID.trackNumber, 1),
      uint(ID.trackUid, 1),
      uint(ID.trackType, 1),
      uint(ID.flagLacing, 0),
      element(ID.codecId, utf8(codec)),
      video,
    );
  }

  /** Where players may jump to; the first cluster is at this place in the segment. */
  #cues(first: number): Bytes {
    let at = first;
    const points: Bytes[] = [];
    for (const { time, blob, key } of this.#clusters) {
      const place = element(
        ID.cueTrackPositions,
        uint(ID.cueTrack, 1),
        element(ID.cueClusterPosition, eight(at)),
      );
      if (key) points.push(element(ID.cuePoint, element(ID.cueTime, eight(time)), place));
      at += blob.size;
    }
    return element(ID.cues, ...points);
  }
}

const ID = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

function ebml(): Bytes {
  return element(
    ID.ebml,
    uint(ID.ebmlVersion, 1),
    uint(ID.ebmlReadVersion, 1),
    uint(ID.ebmlMaxIdLength, 4),
    uint(ID.ebmlMaxSizeLength, 8),
    element(ID.docType, utf8("webm")),
    uint(ID.docTypeVersion, 4),
    uint(ID.docTypeReadVersion, 2),
  );
}

/** Always of the same length, whatever the places are. */
function seekHead(info: number, tracks: number, cues: number): Bytes {
  const entries = [
    [ID.info, info],
    [ID.tracks, tracks],
    [ID.cues, cues],
  ] as const;
  return element(
    ID.seekHead,
    ...entries.map(([what, at]) =>
      element(ID.seek, element(ID.seekId, id(what)), element(ID.seekPosition, eight(at))),
    ),
  );
}

function element(name: number, ...content: readonly Bytes[]): Bytes {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  return concat(id(name), length(size), ...content);
}

/** An element's id holds its own length. */
function id(name: number): Bytes {
  return bytesOf(name);
}

function uint(name: number, value: number): Bytes {
  return element(name, bytesOf(value));
}

function bytesOf(value: number): Bytes {
  const bytes = eight(value);
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.slice(first === -1 ? 7 : first);
}

/** A size of eight bytes: the first says so. */
function length(size: number): Bytes {
  const bytes = eight(size);
  bytes[0] = 1;
  return bytes;
}

function eight(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function float(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}
