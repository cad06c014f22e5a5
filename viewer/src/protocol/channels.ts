/**
 * The data channels of a connection: the twin of the Go package signaling/control, which says why both ends make
 * them by number. Both read the same list in their tests.
 */
import {
  ChannelControl,
  ChannelDisplay,
  ChannelFiles,
  ChannelPointer,
  ChannelRepeat,
} from "./control.gen.ts";

export type Label =
  | typeof ChannelDisplay
  | typeof ChannelRepeat
  | typeof ChannelPointer
  | typeof ChannelFiles
  | typeof ChannelControl;

export interface Channel {
  readonly label: Label;
  /** Of its SCTP streams. */
  readonly id: number;
  /** Unordered and never sent again; else ordered and reliable. */
  readonly lossy: boolean;
}

/** control is the last, so that the others are open when it opens. */
export const CHANNELS: readonly Channel[] = [
  { label: ChannelDisplay, id: 0, lossy: false },
  { label: ChannelRepeat, id: 1, lossy: true },
  { label: ChannelPointer, id: 2, lossy: true },
  { label: ChannelFiles, id: 4, lossy: false },
  { label: ChannelControl, id: 3, lossy: false },
];

/** Makes one. */
export function makeChannel(pc: RTCPeerConnection, { label, id, lossy }: Channel): RTCDataChannel {
  const channel = pc.createDataChannel(label, {
    negotiated: true,
    id,
    ordered: !lossy,
    ...(lossy ? { maxRetransmits: 0 } : {}),
  });
  channel.binaryType = "arraybuffer";
  return channel;
}
