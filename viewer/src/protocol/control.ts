/** Messages of the data channel "control", read strictly. The types come from Go (control.gen.ts). */
import type * as wire from "./control.gen.ts";
import { MaxChatRunes, MaxClipboardBytes, MaxClipRunes } from "./control.gen.ts";
import { type Facts, readFacts } from "./facts.ts";
import { type FileFromClient, type FileFromViewer, fileReaders } from "./files.ts";
import { DecodeError, flag, list, oneOf, parseJson, shape, splitType, text, whole } from "./read.ts";
import { REASONS, type Reason } from "./signaling.ts";

const MAX_MESSAGE_BYTES = 8 << 10;
/** Pieces of the longest text. */
const MAX_CLIPS = Math.floor(MaxClipboardBytes / MaxClipRunes) + 1;

/** The rights of a session; directions as seen by the technician. */
export const SCOPES = [
  "view",
  "control",
  "clipboard:send",
  "clipboard:fetch",
  "files:send",
  "files:fetch",
  "facts",
  "point",
  "record",
  "sound",
  "voice",
] as const;
export type Scope = (typeof SCOPES)[number];

export const NOTICES = [
  "wayland",
  "no_screen",
  "no_input",
  "no_panic_key",
  "no_pointing",
  "no_clipboard",
] as const;
export type NoticeCode = (typeof NOTICES)[number];

/** By whom or what a right went; empty when none did yet. */
export const TAKERS = ["", "requester", "technician", "token", "time", "idle", "locked"] as const;
export type Taker = (typeof TAKERS)[number];

/** Who wrote a line of the chat. */
export const WRITERS = ["technician", "requester"] as const;
export type Writer = (typeof WRITERS)[number];

/** Why a text did not come onto a clipboard; empty when it did. */
export const CLIP_REASONS = ["", "nothing", "secret", "too_long", "rests", "failed"] as const;
export type ClipReason = (typeof CLIP_REASONS)[number];

export const DECLINE_REASONS = ["declined", "unanswered", "not_offered", "busy"] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Codecs of the display stream's video regions: "-444" has full colour resolution. */
export type VideoCodec = "av1" | "av1-444" | "vp9" | "vp9-444";

/** What holds now. */
export interface Rights {
  readonly generation: number;
  readonly scopes: readonly Scope[];
  /** The requester paused: rights rest. */
  readonly paused: boolean;
  /** A consent window is open: control rests. */
  readonly asking: boolean;
  /** The requester uses their own mouse or keyboard: input rests. */
  readonly own: boolean;
  /** Seconds until all scopes lapse; 0 when there are none. */
  readonly left: number;
  readonly taken: Taker;
}

/** Which lock keys of the requester's keyboard are on. */
export type Locks = Readonly<wire.Locks>;

export type Monitor = Readonly<wire.Monitor>;

/** What a client may send to a viewer. */
export type FromClient =
  | ({ readonly type: "hello" } & wire.HelloClient)
  | ({ readonly type: "commit" } & wire.Commit)
  | ({ readonly type: "reveal" } & wire.Reveal)
  | ({ readonly type: "compared" } & wire.Compared)
  | {
      readonly type: "said";
      readonly n: number;
      readonly by: Writer;
      readonly id: string;
      readonly text: string;
    }
  | { readonly type: "clipped"; readonly id: string; readonly reason: ClipReason }
  | {
      readonly type: "copied";
      readonly id: string;
      readonly part: number;
      readonly parts: number;
      readonly text: string;
      readonly reason: ClipReason;
    }
  | ({ readonly type: "asking" } & wire.Asking)
  | ({ readonly type: "granted" } & wire.Granted)
  | { readonly type: "declined"; readonly id: string; readonly reason: DeclineReason }
  | ({ readonly type: "rights" } & Rights)
  | { readonly type: "screens"; readonly monitors: readonly Monitor[]; readonly shown: string }
  | ({ readonly type: "facts" } & Facts)
  | { readonly type: "notice"; readonly code: NoticeCode }
  | ({ readonly type: "locks" } & Locks)
  | FileFromClient
  | ({ readonly type: "colleague" } & Colleague)
  | { readonly type: "bye"; readonly reason: Reason };

/** How it stands with a second technician. */
export const COLLEAGUE_STATES = ["called", "asking", "here", "declined", "gone"] as const;
export interface Colleague {
  /** Empty while nobody came. */
  readonly technician: string;
  readonly state: (typeof COLLEAGUE_STATES)[number];
}

/** What a viewer may send to a client, but for input. */
export type FromViewer =
  | ({ readonly type: "hello" } & wire.HelloViewer)
  | ({ readonly type: "nonce" } & wire.Nonce)
  | ({ readonly type: "token" } & wire.Token)
  | { readonly type: "ask"; readonly id: string; readonly scopes: string }
  | { readonly type: "yield"; readonly scopes: string }
  | ({ readonly type: "say" } & wire.Say)
  | ({ readonly type: "pictured" } & wire.Pictured)
  | ({ readonly type: "clip" } & wire.Clip)
  | ({ readonly type: "take" } & wire.Take)
  | ({ readonly type: "show" } & wire.Show)
  | ({ readonly type: "attend" } & wire.Attend)
  | ({ readonly type: "introduce" } & wire.Introduce)
  | ({ readonly type: "dismiss" } & wire.Dismiss)
  | { readonly type: "abilities"; readonly video: readonly VideoCodec[] }
  | FileFromViewer
  | { readonly type: "bye"; readonly reason: Reason };

const id = text(64);
const pixels = whole(-65536, 65536);
const size = whole(1, 65536);

function scopes(value: unknown, path: string): readonly Scope[] {
  const names = text(400)(value, path);
  return names === "" ? [] : names.split(" ").map((name) => oneOf(...SCOPES)(name, path));
}

/** 32 bytes in base64. */
function part(value: unknown, path: string): string {
  const encoded = text(44)(value, path);
  if (!/^[A-Za-z0-9+/]{43}=$/.test(encoded)) throw new DecodeError(`${path}: want 32 bytes in base64`);
  return encoded;
}

function yes(value: unknown, path: string): true {
  if (value !== true) throw new DecodeError(`${path}: want true`);
  return true;
}

/** A line of the chat. */
function chatText(value: unknown, path: string): string {
  const line = text(2 * MaxChatRunes)(value, path);
  const runes = [...line].length;
  if (runes === 0 || runes > MaxChatRunes)
    throw new DecodeError(`${path}: want 1 to ${MaxChatRunes} characters`);
  if (/[^\P{Cc}\n]/u.test(line)) throw new DecodeError(`${path}: want no control characters`);
  return line;
}

const saidShape = shape({
  n: whole(1, Number.MAX_SAFE_INTEGER),
  by: oneOf(...WRITERS),
  id: text(64),
  text: chatText,
});

/** The technician's lines have an id, the requester's none. */
function said(value: unknown, path: string): ReturnType<typeof saidShape> {
  const line = saidShape(value, path);
  if ((line.id === "") !== (line.by === "requester"))
    throw new DecodeError(`${path}.id: want that of its writer`);
  return line;
}

const copiedShape = shape({
  id,
  part: whole(0, MAX_CLIPS),
  parts: whole(0, MAX_CLIPS),
  text: text(2 * MaxClipRunes),
  reason: oneOf(...CLIP_REASONS),
});

/** Either a piece of a text, or why there is none. */
function copied(value: unknown, path: string): ReturnType<typeof copiedShape> {
  const piece = copiedShape(value, path);
  const { part, parts, reason } = piece;
  const empty = part === 0 && parts === 0 && piece.text === "";
  if (reason === "" ? part < 1 || part > parts || piece.text === "" : !empty)
    throw new DecodeError(`${path}: want a piece or a reason`);
  if (textOfClip(piece.text) !== piece.text)
    throw new DecodeError(`${path}.text: want no control characters`);
  return piece;
}

/** What of a text may travel: lines end with \n, and of the control characters there is only \t besides. */
export function textOfClip(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "")
    .replaceAll(/\p{Cs}/gu, "");
}

const monitor = shape({
  id,
  name: text(128),
  x: pixels,
  y: pixels,
  width: size,
  height: size,
  primary: flag,
});

const readers = {
  hello: shape({ proof: text(64), key: text(64) }),
  commit: shape({ commit: part }),
  reveal: shape({ nonce: part }),
  compared: shape({ matched: yes }),
  asking: shape({ id }),
  said,
  clipped: shape({ id, reason: oneOf(...CLIP_REASONS) }),
  copied,
  granted: shape({ id, grant: shape({ body: text(4096), signature: text(128) }) }),
  declined: shape({ id, reason: oneOf(...DECLINE_REASONS) }),
  rights: shape({
    generation: whole(0, Number.MAX_SAFE_INTEGER),
    scopes,
    paused: flag,
    asking: flag,
    own: flag,
    left: whole(0, 86_400),
    taken: oneOf(...TAKERS),
  }),
  screens: shape({ monitors: list(monitor, 16), shown: id }),
  facts: readFacts(shape),
  notice: shape({ code: oneOf(...NOTICES) }),
  locks: shape({ caps: flag, num: flag, scroll: flag }),
  ...fileReaders,
  colleague: shape({ technician: text(200), state: oneOf(...COLLEAGUE_STATES) }),
  bye: shape({ reason: oneOf(...REASONS) }),
} as const;

function isKnown(type: string): type is keyof typeof readers {
  return Object.hasOwn(readers, type);
}

/** Reads a message of the client; throws DecodeError. */
export function decodeFromClient(raw: string): FromClient {
  const { type, body } = splitType(parseJson(raw, MAX_MESSAGE_BYTES));
  if (!isKnown(type)) throw new DecodeError("type: want a known message");
  return { type, ...readers[type](body, type) } as FromClient;
}

/** Writes a message. */
export function encode(message: FromViewer): string {
  return JSON.stringify(message);
}
