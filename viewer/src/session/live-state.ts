/** What a session page shows: one value, changed only by reduce. */
import type {
  Colleague,
  DeclineReason,
  FromClient,
  Locks,
  Monitor,
  NoticeCode,
  Rights,
  Scope,
} from "../protocol/control.ts";
import type { Facts } from "../protocol/facts.ts";
import type { State as BrokerState, Phase, Reason } from "../protocol/signaling.ts";

import { type ChatLine, heard, saying } from "./chat.ts";
import type { Transfer } from "./files.ts";

/** Where the page stands; each stage has its own words and controls. */
export type Stage =
  | { readonly at: "connecting" }
  /** The link is out, nobody joined. */
  | { readonly at: "invited" }
  /** Somebody joined: accept or refuse. */
  | { readonly at: "joined" }
  /** Connecting to the client, proving each other. */
  | { readonly at: "verifying" }
  /** The consent window is on the requester's screen (or about to be). */
  | { readonly at: "asking" }
  | { readonly at: "live" }
  /** What was allowed came to its end; it can be asked for again. */
  | { readonly at: "lapsed" }
  /** The connection to the client was lost; it comes back by itself. */
  | { readonly at: "reconnecting" }
  /** The code was told: these words are read out, and the requester picks them. */
  | { readonly at: "comparing"; readonly words: readonly string[] }
  /** A newer tab took over. */
  | { readonly at: "superseded" }
  /** This browser did not make the link, so the client would not believe it. */
  | { readonly at: "no_keys" }
  | { readonly at: "signed_out" }
  /** This technician looked on, or was about to, and does not any more; declined: the requester said no. */
  | { readonly at: "parted" }
  | { readonly at: "turned_away" }
  | { readonly at: "ended"; readonly reason: Reason };

/** How a question to the requester stands. */
export type Question =
  | { readonly is: "none" }
  | { readonly is: "open"; readonly scopes: readonly Scope[] }
  | { readonly is: "declined"; readonly reason: DeclineReason; readonly scopes: readonly Scope[] };

export interface LiveState {
  readonly stage: Stage;
  readonly organisation: string;
  readonly technician: string;
  /** The socket to the broker is up. The picture does not need it. */
  readonly signalingUp: boolean;
  readonly phase: Phase | undefined;
  /** The client's epoch; empty while its socket is away. */
  readonly clientEpoch: string;
  readonly verified: boolean;
  /** To be compared with the client of now; undefined when there is nothing to compare, or no more. */
  readonly words: readonly string[] | undefined;
  /** What the organisation's policy lets the requester be asked for; undefined until the broker said. */
  readonly askable: readonly Scope[] | undefined;
  readonly rights: Rights;
  /** When all rights lapse, as Date.now() has it; undefined while there are none. */
  readonly lapsesAt: number | undefined;
  readonly question: Question;
  readonly monitors: readonly Monitor[];
  readonly shown: string;
  readonly notices: readonly NoticeCode[];
  /** What the requester's machine said of itself; undefined until it did. */
  readonly facts: Facts | undefined;
  /** Lock keys of the requester's keyboard, while control is lent. */
  readonly locks: Locks | undefined;
  /** Whether the broker keeps it with the session. */
  readonly factsKept: "saving" | "kept" | "failed";
  readonly chat: readonly ChatLine[];
  readonly files: readonly Transfer[];
  /** This technician was called in, to look on. */
  readonly looksOn: boolean;
  /** The second technician, whom this one called in, or who this one is. */
  readonly colleague: Colleague | undefined;
}

/** The stages that end this page's part in a session which goes on. */
type Stop = "superseded" | "no_keys" | "signed_out" | "parted" | "turned_away";
const STOPS: ReadonlySet<Stage["at"]> = new Set<Stop>([
  "superseded",
  "no_keys",
  "signed_out",
  "parted",
  "turned_away",
]);

export type LiveEvent =
  | { readonly type: "signaling"; readonly up: boolean }
  | { readonly type: "welcome"; readonly organisation: string; readonly technician: string }
  | { readonly type: "state"; readonly state: BrokerState }
  | { readonly type: "access"; readonly scopes: readonly Scope[] }
  | { readonly type: "words"; readonly words: readonly string[] }
  | { readonly type: "verified" }
  | { readonly type: "lost" }
  | { readonly type: "rights"; readonly rights: Rights; readonly at: number }
  | { readonly type: "asked"; readonly scopes: readonly Scope[] }
  | { readonly type: "granted" }
  | { readonly type: "declined"; readonly reason: DeclineReason }
  | { readonly type: "screens"; readonly monitors: readonly Monitor[]; readonly shown: string }
  | { readonly type: "notice"; readonly code: NoticeCode }
  | { readonly type: "facts"; readonly facts: Facts }
  | { readonly type: "facts_kept"; readonly kept: boolean }
  | Extract<FromClient, { type: "said" | "locks" }>
  | { readonly type: "files"; readonly files: readonly Transfer[] }
  | { readonly type: "saying"; readonly id: string; readonly text: string }
  | { readonly type: "looks_on" }
  | Extract<FromClient, { type: "colleague" }>
  | { readonly type: "stopped"; readonly at: Stop }
  | { readonly type: "ended"; readonly reason: Reason };

export const NO_RIGHTS: Rights = {
  generation: 0,
  scopes: [],
  paused: false,
  asking: false,
  own: false,
  left: 0,
  taken: "",
};

export const START: LiveState = {
  stage: { at: "connecting" },
  organisation: "",
  technician: "",
  signalingUp: false,
  phase: undefined,
  clientEpoch: "",
  verified: false,
  words: undefined,
  askable: undefined,
  rights: NO_RIGHTS,
  lapsesAt: undefined,
  question: { is: "none" },
  monitors: [],
  shown: "",
  notices: [],
  facts: undefined,
  locks: undefined,
  factsKept: "saving",
  chat: [],
  files: [],
  looksOn: false,
  colleague: undefined,
};

/** What a connection that is gone leaves of what the client said. */
const UNKNOWN = {
  verified: false,
  words: undefined,
  rights: NO_RIGHTS,
  lapsesAt: undefined,
  question: { is: "none" },
} as const satisfies Partial<LiveState>;

/** The next state. It never leaves "ended". */
export function reduce(state: LiveState, event: LiveEvent): LiveState {
  if (state.stage.at === "ended") return state;
  const next = apply(state, event);
  return { ...next, stage: stageOf(next, event) };
}

function apply(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case "signaling":
      return { ...state, signalingUp: event.up };
    case "welcome":
      return { ...state, organisation: event.organisation, technician: event.technician };
    case "state":
      return { ...state, phase: event.state.phase, clientEpoch: event.state.peer };
    case "access":
      return { ...state, askable: event.scopes };
    case "verified":
      return { ...state, verified: true, words: undefined };
    case "words":
      return { ...state, words: event.words };
    case "lost":
      return { ...state, ...UNKNOWN };
    case "rights":
      return {
        ...state,
        rights: event.rights,
        lapsesAt: lapsesAt(event.rights, event.at),
        locks: event.rights.scopes.includes("control") ? state.locks : undefined,
      };
    case "asked":
      return { ...state, question: { is: "open", scopes: event.scopes } };
    case "granted":
      return { ...state, question: { is: "none" } };
    case "declined":
      return { ...state, question: declined(state.question, event.reason) };
    case "screens":
      return { ...state, monitors: event.monitors, shown: event.shown };
    case "notice":
      return state.notices.includes(event.code)
        ? state
        : { ...state, notices: [...state.notices, event.code] };
    case "facts":
      return { ...state, facts: event.facts, factsKept: "saving" };
    case "facts_kept":
      return { ...state, factsKept: event.kept ? "kept" : "failed" };
    case "locks":
      return { ...state, locks: { caps: event.caps, num: event.num, scroll: event.scroll } };
    case "said":
      return { ...state, chat: heard(state.chat, event) };
    case "files":
      return { ...state, files: event.files };
    case "saying":
      return { ...state, chat: saying(state.chat, event.id, event.text) };
    case "looks_on":
      return { ...state, looksOn: true };
    case "colleague":
      return { ...state, colleague: { technician: event.technician, state: event.state } };
    case "stopped":
    case "ended":
      return state;
    default:
      return event satisfies never;
  }
}

function declined(question: Question, reason: DeclineReason): Question {
  return { is: "declined", reason, scopes: question.is === "none" ? [] : question.scopes };
}

function stageOf(state: LiveState, event: LiveEvent): Stage {
  if (event.type === "ended") return { at: "ended", reason: event.reason };
  if (event.type === "stopped") return { at: event.at };
  if (STOPS.has(state.stage.at)) return state.stage;
  if (event.type === "state" && event.state.phase === "ended") {
    return { at: "ended", reason: event.state.reason ?? "failure" };
  }
  if (state.verified) return { at: stageOfRights(state) };
  if (state.words !== undefined) return { at: "comparing", words: state.words };
  switch (state.phase) {
    case undefined:
      return { at: "connecting" };
    case "invited":
    case "joined":
      return { at: state.phase };
    case "asking":
      return { at: "verifying" };
    case "live":
    case "paused":
      return { at: wasLive(state) ? "reconnecting" : "verifying" };
    case "ended":
      return state.stage;
    default:
      return state.phase satisfies never;
  }
}

function lapsesAt(rights: Rights, at: number): number | undefined {
  return rights.left === 0 ? undefined : at + rights.left * 1000;
}

function stageOfRights({ rights, question }: LiveState): "live" | "lapsed" | "asking" {
  if (rights.scopes.includes("view")) return "live";
  return rights.taken === "time" && !rights.asking && question.is !== "open" ? "lapsed" : "asking";
}

function wasLive(state: LiveState): boolean {
  return state.stage.at === "live" || state.stage.at === "reconnecting";
}
