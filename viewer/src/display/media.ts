import type { VideoCodec } from "../protocol/control.ts";
import { decoderConfig } from "./codecs.ts";
import { StreamError } from "./format.ts";
import type { Media } from "./regions.ts";

/** A decoded picture. Who gets it closes it. */
export type Frame = VideoFrame | ImageBitmap;

/** A decoder that gives no picture for so long gives none any more. */
const DECODE_MS = 2000;

/**
 * Decodes what takes a codec: each video region with a decoder of its own, which
 * lasts as long as the region.
 */
export class MediaDecoder {
  readonly #videos: (RegionDecoder | undefined)[] = [];
  readonly #replaced: RegionDecoder[] = []; // by others in the same update

  /** Decodes all of them, each to exactly one picture, in order. Rejects with a StreamError. */
  async decode(media: readonly Media[]): Promise<Frame[]> {
    const decoding = media.map((one) => this.#decode(one));
    for (const video of this.#replaced.splice(0)) video.retire();
    const results = await Promise.allSettled(decoding);
    const frames = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = results.find((result) => result.status === "rejected");
    if (failed === undefined) return frames;
    for (const frame of frames) frame.close();
    throw videoError(failed.reason);
  }

  /** Gives up the decoders of regions that are closed, once they have decoded what they were given. */
  keep(isOpen: (region: number) => boolean): void {
    for (const [id, video] of this.#videos.entries()) {
      if (video === undefined || isOpen(id)) continue;
      video.retire();
      this.#videos[id] = undefined;
    }
  }

  /** Gives up everything. */
  drop(): void {
    for (const video of this.#videos.splice(0)) video?.close();
  }

  async #decode(media: Media): Promise<Frame> {
    const { codec, region, w, h, first, key, data } = media;
    if (codec === "jpeg") return decodeJpeg(data, w, h);
    let video = this.#videos[region];
    if (first || video === undefined) {
      if (video !== undefined) this.#replaced.push(video);
      video = this.#videos[region] = new RegionDecoder(codec, w, h);
    }
    return video.decode(key, data);
  }
}

/** ImageDecoder answers 1 to 2 ms sooner for a small picture; not every browser has it. */
async function decodeJpeg(data: Uint8Array<ArrayBuffer>, w: number, h: number): Promise<Frame> {
  if (typeof ImageDecoder !== "undefined") {
    const decoder = new ImageDecoder({ data, type: "image/jpeg" });
    const { image } = await decoder.decode().finally(() => decoder.close());
    return ofSize(image, image.displayWidth === w && image.displayHeight === h);
  }
  const frame = await createImageBitmap(new Blob([data], { type: "image/jpeg" }));
  return ofSize(frame, frame.width === w && frame.height === h);
}

/** The decoder of one region. */
class RegionDecoder {
  readonly #decoder: VideoDecoder;
  readonly #waiting: { done: (frame: VideoFrame) => void; failed: (error: unknown) => void }[] = [];
  #chunks = 0;
  #lost: StreamError | undefined; // why the decoder is gone
  #retired = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    codec: VideoCodec,
    private readonly w: number,
    private readonly h: number,
  ) {
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        const next = this.#waiting.shift();
        if (next === undefined)
          frame.close(); // a chunk gave two pictures, or its time is over
        else next.done(frame);
        this.#watch();
      },
      error: (error) => {
        this.#lost = isReclaimed(error) ? reclaimed() : videoError(error);
        this.#fail(this.#lost);
      },
    });
    this.#decoder.configure(decoderConfig(codec, w, h));
  }

  async decode(key: boolean, data: Uint8Array<ArrayBuffer>): Promise<Frame> {
    if (this.#lost !== undefined) throw this.#lost;
    const timestamp = this.#chunks++; // only has to grow
    this.#decoder.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp, data }));
    const frame = await new Promise<VideoFrame>((done, failed) => {
      this.#waiting.push({ done, failed });
      if (this.#waiting.length === 1) this.#watch();
    });
    return ofSize(frame, sizes(frame.displayWidth, frame.displayHeight, this.w, this.h));
  }

  /** Closes once all that it was given is decoded. */
  retire(): void {
    this.#retired = true;
    this.#watch();
  }

  close(): void {
    this.#fail(videoError("the region is closed"));
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  /** Looks whether anything is still to come, and gives it its time. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) {
      this.#timer = setTimeout(() => this.#fail(videoError("a chunk gave no picture")), DECODE_MS);
    } else if (this.#retired) this.close();
  }

  #fail(error: unknown): void {
    clearTimeout(this.#timer);
    for (const { failed } of this.#waiting.splice(0)) failed(error);
  }
}

/**
 * Browsers take decoders back that rest in a page behind others (WebCodecs §"Codec
 * reclamation"). The codec itself is as good as before, so the stream only begins anew.
 */
function isReclaimed(error: DOMException): boolean {
  return error.name === "QuotaExceededError";
}

function reclaimed(): StreamError {
  return new StreamError("asked", "the browser took the decoder back");
}

/** Whether a picture has the size of its region, or half of it: the client saves where it is too dear. */
function sizes(width: number, height: number, w: number, h: number): boolean {
  return (width === w && height === h) || (width === w >> 1 && height === h >> 1);
}

function ofSize<T extends Frame>(frame: T, right: boolean): T {
  if (right) return frame;
  frame.close();
  throw videoError("a picture of another size");
}

function videoError(why: unknown): StreamError {
  return why instanceof StreamError
    ? why
    : new StreamError("video", why instanceof Error ? why.message : String(why));
}
