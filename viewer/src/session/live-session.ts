/**
 * One session as the technician's page runs it: signaling, the connection to the
 * client, the picture and the hands. It owns every lifetime below it; dispose
 * ends them all.
 */
import { randomId } from "../protocol/bytes.ts";
import type { FromClient, Rights, Scope } from "../protocol/control.ts";
import { Inbox, Outbox } from "../protocol/reliable.ts";
import type { ICEServer } from "../protocol/signaling.gen.ts";
import type { Incoming, Outgoing, Reason } from "../protocol/signaling.ts";
import { scopesOf } from "../protocol/token.ts";
import type { SessionApi } from "./api.ts";
import { Rate, sayable } from "./chat.ts";
import { Clipboard } from "./clipboard.ts";
import { makeCall } from "./colleague.ts";
import { keepFacts } from "./facts.ts";
import { Files } from "./files.ts";
import { forgetKeys, loadKeys, type SessionKeys, saveKeys } from "./keys.ts";
import { type LiveEvent, type LiveState, reduce, START } from "./live-state.ts";
import { type PathFigures, readPath } from "./path.ts";
import { Peer } from "./peer.ts";
import type { Screen } from "./screen.ts";
import { countersign } from "./seal.ts";
import { SignalingLink } from "./signaling-link.ts";

export interface LiveOptions {
  readonly session: string;
  readonly api: SessionApi;
  readonly screen: Screen;
  readonly onState: (state: LiveState) => void;
}

/** What an Outbox of ours keeps. */
type Numbered =
  | { readonly type: "answer"; readonly sdp: string }
  | { readonly type: "candidate"; readonly candidate: string; readonly mid: string; readonly line: number };

/** The delivery to and from one instance of the client. */
interface Exchange {
  readonly epoch: string;
  readonly outbox: Outbox<Numbered>;
  readonly inbox: Inbox;
}

/** More candidates than a client has before the viewer's first token is there. */
const MAX_WAITING = 64;

export class LiveSession {
  private state: LiveState = START;
  private readonly life = new AbortController();
  private link: SignalingLink | undefined;
  private keys: SessionKeys | undefined;
  private exchange: Exchange | undefined;
  private peer: Peer | undefined;
  private peerLife = new AbortController();
  private ice: readonly ICEServer[] = [];
  private token = "";
  private askedView = false;
  /** The key of the colleague who was called in last. */
  private called = "";
  private readonly rate = new Rate();
  /** Files both ways. */
  readonly files: Files = new Files((files) => this.dispatch({ type: "files", files }));
  /** The requester's clipboard. */
  readonly clipboard = new Clipboard((message) => this.peer?.send(message) === true);
  /** The end was taken note of. */
  private sealing = false;
  /** The monitor that was chosen; empty: the client's choice. */
  private wanted = "";
  /** The client of this connection knows what is wanted. */
  private toldWanted = false;
  /** An offer that came before the first access token, and the candidates behind it. */
  private waiting: { readonly sdp: string; readonly candidates: RTCIceCandidateInit[] } | undefined;

  constructor(private readonly options: LiveOptions) {}

  /** Runs the session until it is over; resolves then. */
  async run(): Promise<void> {
    this.keys = await loadKeys(this.options.session);
    if (this.keys === undefined) {
      this.dispatch({ type: "stopped", at: "no_keys" });
      return;
    }
    if (this.keys.role === "colleague") this.dispatch({ type: "looks_on" });
    this.link = new SignalingLink({
      api: this.options.api,
      keys: this.keys,
      onMessage: (message) => this.onSignaling(message),
      onUp: (up) => this.dispatch({ type: "signaling", up }),
    });
    const end = await this.link.run(this.life.signal);
    if (end === "superseded" || end === "signed_out") {
      this.stop(end);
    } else if (end === "uncalled") {
      this.part("parted");
    } else if (end === "session_ended" && this.state.stage.at !== "ended") {
      this.onEnded(this.state.stage.at === "live" ? "failure" : "expired");
    }
  }

  private stop(at: Extract<LiveEvent, { type: "stopped" }>["at"]): void {
    this.dispatch({ type: "stopped", at });
    this.closePeer();
  }

  /** It is over for the one who looked on, and for nobody else. */
  private part(at: "parted" | "turned_away"): void {
    this.stop(at);
    this.life.abort();
    forgetKeys(this.options.session).catch((error: unknown) => console.warn("keys not forgotten", error));
  }

  /** Looks on no more. */
  leave(): void {
    this.peer?.send({ type: "bye", reason: "technician" });
    this.part("parted");
  }

  /** Makes a link for a colleague and tells the client whom to let ask; throws what the broker refuses. */
  async call(): Promise<string> {
    const call = await makeCall(this.options.api, this.options.session);
    this.called = call.key;
    this.peer?.send({ type: "introduce", key: call.key, bind: call.bind });
    return call.link;
  }

  /** Sends the colleague away, or takes the link back. */
  dismiss(): void {
    if (this.called !== "") this.peer?.send({ type: "dismiss", key: this.called });
  }

  /** Ends everything here; the session itself goes on at the broker. */
  dispose(): void {
    this.life.abort();
    this.closePeer();
    this.files.dispose();
  }

  /** Accepts who joined. */
  accept(): Promise<void> {
    return this.options.api.accept(this.options.session);
  }

  /** Ends the session: the other side is told at once, whatever the broker does. */
  async end(reason: "technician" | "refused"): Promise<void> {
    this.peer?.send({ type: "bye", reason });
    await this.options.api.end(this.options.session, reason);
  }

  /** Asks the requester for rights. */
  ask(scopes: readonly Scope[]): void {
    const asked = this.peer?.send({ type: "ask", id: randomId(), scopes: scopes.join(" ") }) === true;
    if (asked) this.dispatch({ type: "asked", scopes });
  }

  /** Gives rights back. */
  yield(scopes: readonly Scope[]): void {
    this.peer?.send({ type: "yield", scopes: scopes.join(" ") });
  }

  /** Says whether the technician has the picture before them. */
  attend(here: boolean): void {
    this.peer?.send({ type: "attend", here });
  }

  /** Writes to the requester; false when nothing can be said now. */
  say(written: string): boolean {
    const text = sayable(written);
    if (text === "" || !this.state.verified || !this.rate.take(Date.now())) return false;
    const id = randomId();
    this.dispatch({ type: "saying", id, text });
    this.peer?.send({ type: "say", id, text });
    return true;
  }

  /** Has the requester and their record know that a picture of the screen was kept. */
  pictured(): void {
    this.peer?.send({ type: "pictured", id: randomId() });
  }

  /** Says again what the client did not hear, or did not say that it did. */
  private sayAgain(): void {
    for (const { n, id, text } of this.state.chat) {
      if (n === undefined) this.peer?.send({ type: "say", id, text });
    }
  }

  /** Chooses a monitor, or AllMonitors. */
  show(monitor: string): void {
    this.wanted = monitor;
    this.peer?.send({ type: "show", monitor });
  }

  /** Sends one message of input; false when there is nobody to take it. */
  sendInput(channel: "control" | "pointer", raw: string): boolean {
    return this.peer?.sendInput(channel, raw) === true;
  }

  /** The grant generation that input is made under. */
  get generation(): number {
    return this.state.rights.generation;
  }

  /** How the picture travels now. */
  async path(): Promise<PathFigures | undefined> {
    const report = await this.peer?.stats();
    return report === undefined ? undefined : readPath(report);
  }

  private dispatch(event: LiveEvent): void {
    const next = reduce(this.state, event);
    if (next === this.state) return;
    this.state = next;
    this.options.onState(next);
  }

  private onEnded(reason: Reason): void {
    this.dispatch({ type: "ended", reason });
    this.closePeer();
    this.life.abort();
    this.sealOnce();
  }

  /** Signs the record of the session; then nothing needs the keys any more. */
  private sealOnce(): void {
    if (this.sealing || this.keys === undefined) return;
    this.sealing = true;
    const { keys } = this;
    (keys.role === "colleague" ? Promise.resolve() : countersign(this.options.api, keys))
      .catch((error: unknown) => console.warn("record not signed", error))
      .then(() => forgetKeys(this.options.session))
      .catch((error: unknown) => console.warn("keys not forgotten", error));
  }

  private onSignaling(message: Incoming): void {
    switch (message.type) {
      case "welcome":
        this.ice = message.ice;
        this.dispatch({
          type: "welcome",
          organisation: message.organisation,
          technician: message.technician,
        });
        this.onState(message.state);
        return;
      case "state":
        this.onState(message.state);
        return;
      case "access":
        this.onAccess(message.token);
        return;
      case "relay":
        this.ice = message.ice;
        this.peer?.useICE(message.ice);
        return;
      case "offer":
      case "candidate":
      case "ack":
        this.onPeerMessage(message);
        return;
      default: // challenge, beat and error end in the link
    }
  }

  private onState(state: Extract<Incoming, { type: "state" }>["state"]): void {
    if (state.phase === "ended") {
      this.onEnded(state.reason ?? "failure");
      return;
    }
    this.dispatch({ type: "state", state });
    if (state.peer === "") return;
    if (this.exchange?.epoch === state.peer) {
      for (const message of this.exchange.outbox.pending()) this.sendSignaling(message);
      return;
    }
    const own = this.link?.epoch ?? "";
    this.exchange = {
      epoch: state.peer,
      outbox: new Outbox(own, state.peer),
      inbox: new Inbox(own, state.peer),
    };
  }

  private onAccess(token: string): void {
    this.token = token;
    this.dispatch({ type: "access", scopes: scopesOf(token) });
    if (this.state.verified) this.peer?.send({ type: "token", token });
    const { waiting } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    this.onOffer(waiting.sdp);
    for (const candidate of waiting.candidates) this.onCandidate(candidate);
  }

  private onPeerMessage(message: Extract<Incoming, { type: "offer" | "candidate" | "ack" }>): void {
    const exchange = this.exchange;
    if (exchange === undefined || message.from !== exchange.epoch) return; // of an instance that is gone
    if (message.type === "ack") {
      exchange.outbox.acked(message.upto);
      return;
    }
    const fresh = exchange.inbox.take(message);
    this.sendSignaling(exchange.inbox.ack());
    if (!fresh) return;
    if (message.type === "offer") this.onOffer(message.sdp);
    else {
      this.onCandidate({
        candidate: message.candidate,
        sdpMid: message.mid,
        sdpMLineIndex: message.line,
      });
    }
  }

  private onCandidate(candidate: RTCIceCandidateInit): void {
    if (this.waiting !== undefined) {
      if (this.waiting.candidates.length < MAX_WAITING) this.waiting.candidates.push(candidate);
      return;
    }
    this.peer?.addCandidate(candidate).catch((error: unknown) => console.warn("candidate refused", error));
  }

  private onOffer(sdp: string): void {
    if (this.token === "" || this.keys === undefined) {
      this.waiting = { sdp, candidates: [] };
      return;
    }
    const peer = this.peer === undefined || this.peer.isOther(sdp) ? this.openPeer(this.keys) : this.peer;
    peer.accept(sdp).catch((error: unknown) => {
      if (this.peer !== peer) return; // another took its place, and an end closes the offer that was being read
      console.warn("offer refused", error);
      this.closePeer();
    });
  }

  private openPeer(keys: SessionKeys): Peer {
    this.closePeer();
    this.peerLife = new AbortController();
    this.askedView = this.toldWanted = false;
    const { exchange, token } = this;
    const send = (message: Numbered) => {
      if (exchange !== undefined) this.sendSignaling(exchange.outbox.add(message));
    };
    const peer = new Peer({
      keys,
      ice: this.ice,
      token,
      onAnswer: (sdp) => send({ type: "answer", sdp }),
      onCandidate: (candidate) =>
        send({
          type: "candidate",
          candidate: candidate?.candidate ?? "",
          mid: candidate?.sdpMid ?? "",
          line: candidate?.sdpMLineIndex ?? 0,
        }),
      onSpent: () => this.remember({ spent: true }),
      onCompared: (client) => this.remember({ compared: client }),
      onWords: (words) => this.dispatch({ type: "words", words }),
      onVerified: (channels, early) => {
        this.dispatch({ type: "verified" });
        this.files.connect({ say: (m) => peer.send(m), frame: (f) => peer.sendFrame(f) });
        if (this.token !== token) this.peer?.send({ type: "token", token: this.token }); // renewed meanwhile
        this.options.screen.show(channels, early, this.peerLife.signal);
        this.tellAbilities();
        this.sayAgain();
      },
      onMessage: (message) => this.onClient(message),
      onFrame: (frame) => this.files.onFrame(frame),
      onHostile: (why) => {
        console.warn("connection refused:", why);
        this.closePeer();
        this.dispatch({ type: "ended", reason: "not_verified" });
      },
      onState: (state) => {
        if (state === "failed" || state === "closed") this.closePeer();
      },
    });
    this.peer = peer;
    return peer;
  }

  /** Keeps what was learned of the comparison of words, also over a reload. */
  private remember(learned: Pick<SessionKeys, "spent" | "compared">): void {
    if (this.keys === undefined) return;
    this.keys = { ...this.keys, ...learned };
    saveKeys(this.keys).catch((error: unknown) => console.warn("comparison not kept", error));
  }

  private tellAbilities(): void {
    const peer = this.peer;
    this.options.screen.abilities().then(
      (video) => peer?.send({ type: "abilities", video }),
      (error: unknown) => console.warn("codecs unknown", error), // then none are used
    );
  }

  private closePeer(): void {
    this.peerLife.abort();
    this.peer?.close();
    this.peer = undefined;
    this.files.lost();
    this.clipboard.lost();
    this.dispatch({ type: "lost" });
  }

  private onClient(message: FromClient): void {
    switch (message.type) {
      case "rights":
        this.dispatch({ type: "rights", rights: message, at: Date.now() });
        this.files.follow(message);
        this.askViewOnce(message);
        return;
      case "granted":
        this.dispatch({ type: "granted" });
        return;
      case "declined":
        this.dispatch({ type: "declined", reason: message.reason });
        if (this.state.question.is === "declined" && this.state.question.scopes.includes("files:send"))
          this.files.refused();
        return;
      case "screens":
        this.dispatch({ type: "screens", monitors: message.monitors, shown: message.shown });
        this.showWantedOnce(message.shown);
        return;
      case "notice":
        this.dispatch({ type: "notice", code: message.code });
        return;
      case "facts":
        this.onFacts(message);
        return;
      case "clipped":
      case "copied":
        this.clipboard.heard(message);
        return;
      case "said":
      case "locks":
        this.dispatch(message);
        return;
      case "taking":
      case "stored":
      case "giving":
      case "given":
      case "dropped":
        this.files.onMessage(message);
        return;
      case "colleague":
        this.onColleague(message);
        return;
      case "bye":
        this.onEnded(message.reason);
        return;
      default: // hello and words were handled by the peer; asking says what question already says
    }
  }

  /** For who looks on, this is about themselves. */
  private onColleague(message: Extract<FromClient, { type: "colleague" }>): void {
    this.dispatch(message);
    if (!this.state.looksOn) return;
    if (message.state === "declined") this.part("turned_away");
    if (message.state === "gone") this.part("parted");
  }

  /** Shows what the machine says of itself, and has it kept. */
  private onFacts({ type, ...facts }: Extract<FromClient, { type: "facts" }>): void {
    this.dispatch({ type, facts });
    const told = this.state.facts;
    const kept = (kept: boolean) => {
      if (this.state.facts === told) this.dispatch({ type: "facts_kept", kept }); // else it is about those before
    };
    keepFacts(this.options.api, this.options.session, facts).then(
      () => kept(true),
      (error: unknown) => {
        console.warn("facts not kept", error);
        kept(false);
      },
    );
  }

  /** A connection begins with the question whether we may see; a no, or a right taken back, is not asked again. */
  private askViewOnce(rights: Rights): void {
    if (this.askedView || this.state.looksOn) return; // for who looks on the client asks
    this.askedView = true;
    if (!rights.scopes.includes("view") && !rights.asking) this.ask(["view"]);
  }

  /** A new connection begins with the primary monitor; what was chosen before is chosen again. */
  private showWantedOnce(shown: string): void {
    if (this.toldWanted) return;
    this.toldWanted = true;
    if (this.wanted !== "" && this.wanted !== shown) this.show(this.wanted);
  }

  private sendSignaling(message: Outgoing): void {
    this.link?.send(message);
  }
}
