/** Messages of the websocket, read strictly. The types come from Go (signaling.gen.ts). */
import { DecodeError, list, oneOf, parseJson, type Read, shape, splitType, text, whole } from "./read.ts";
import type * as wire from "./signaling.gen.ts";

export const SUBPROTOCOL = "beside.v1";
const MAX_MESSAGE_BYTES = 64 << 10;

export const PHASES = ["invited", "joined", "asking", "live", "paused", "ended"] as const;
export type Phase = (typeof PHASES)[number];

export const REASONS = [
  "requester",
  "technician",
  "declined",
  "unanswered",
  "refused",
  "expired",
  "revoked",
  "not_verified",
  "words",
  "violation",
  "lost_client",
  "lost_token",
  "unable",
  "failure",
] as const;
export type Reason = (typeof REASONS)[number];

/** The session as the broker knows it. */
export interface State {
  readonly phase: Phase;
  readonly reason?: Reason;
  /** Epoch of the client's socket; empty while it has none. */
  readonly peer: string;
}

/** What the broker may send to a viewer. */
export type Incoming =
  | ({ readonly type: "challenge" } & wire.Challenge)
  | ({ readonly type: "welcome" } & Omit<wire.Welcome, "state"> & { readonly state: State })
  | { readonly type: "state"; readonly state: State }
  | ({ readonly type: "beat" } & wire.Beat)
  | ({ readonly type: "access" } & wire.Access)
  | ({ readonly type: "relay" } & wire.Relay)
  | ({ readonly type: "offer" } & wire.Offer)
  | ({ readonly type: "candidate" } & wire.Candidate)
  | ({ readonly type: "ack" } & wire.Ack)
  | ({ readonly type: "error" } & wire.Fault);

/** What a viewer may send. */
export type Outgoing =
  | ({ readonly type: "auth" } & wire.Auth)
  | ({ readonly type: "answer" } & wire.Answer)
  | ({ readonly type: "candidate" } & wire.Candidate)
  | ({ readonly type: "ack" } & wire.Ack);

const id = text(64);
const seq = whole(0, Number.MAX_SAFE_INTEGER);
const peer = { from: id, to: id, seq };
const state: Read<State> = shape({ phase: oneOf(...PHASES), peer: id }, { reason: oneOf(...REASONS) });
const iceServer = shape({ urls: list(text(256), 8) }, { username: text(256), credential: text(256) });

const readers = {
  challenge: shape({ nonce: text(64) }),
  welcome: shape({
    session: id,
    role: oneOf("client", "viewer", "colleague"),
    organisation: text(200),
    technician: text(200),
    state,
    ice: list(iceServer, 8),
    recorded: seq,
  }),
  state: shape({ state }),
  beat: shape({ time: text(40) }),
  access: shape({ token: text(2048) }),
  relay: shape({ ice: list(iceServer, 8) }),
  offer: shape({ ...peer, sdp: text(16 << 10) }),
  candidate: shape({ ...peer, candidate: text(1 << 10), mid: text(64), line: whole(0, 64) }),
  ack: shape({ ...peer, upto: seq }),
  error: shape({ error: shape({ code: text(40), text: text(1000) }, { id: text(64) }) }),
} as const;

function isKnown(type: string): type is keyof typeof readers {
  return Object.hasOwn(readers, type);
}

/** Reads a message of the broker; throws DecodeError. */
export function decodeIncoming(raw: string): Incoming {
  const { type, body } = splitType(parseJson(raw, MAX_MESSAGE_BYTES));
  if (!isKnown(type)) throw new DecodeError("type: want a known message");
  return { type, ...readers[type](body, type) } as Incoming;
}

/** Writes a message. */
export function encode(message: Outgoing): string {
  return JSON.stringify(message);
}
