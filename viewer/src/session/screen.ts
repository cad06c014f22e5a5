import type { VideoCodec } from "../protocol/control.ts";
import type { DisplayChannels } from "./peer.ts";

/** What the page does with the display stream once the client is verified. */
export interface Screen {
  /** Shows this stream, beginning with the messages that came early, until the signal aborts. */
  show(channels: DisplayChannels, early: readonly ArrayBuffer[], signal: AbortSignal): void;
  /** Which codecs it can show. */
  abilities(): Promise<readonly VideoCodec[]>;
}
