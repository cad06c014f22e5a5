/**
 * The PeerConnection to the client, from its offer to verified channels. Until
 * message 0 of the client proves that it holds this link's secret and ends this
 * very connection, nothing that it sends is shown and nothing is sent to it.
 */
import { type Bytes, fromBase64, toBase64 } from "../protocol/bytes.ts";
import { CHANNELS, type Label, makeChannel } from "../protocol/channels.ts";
import { decodeFromClient, encode, type FromClient, type FromViewer } from "../protocol/control.ts";
import { decodeFrame, encodeFrame, type Frame } from "../protocol/files.ts";
import { type Binding, checkClient, viewerProof } from "../protocol/invite.ts";
import { fingerprint, originId } from "../protocol/sdp.ts";
import type { ICEServer } from "../protocol/signaling.gen.ts";
import { Acts } from "./acts.ts";
import { Comparison, needOf } from "./comparison.ts";
import type { SessionKeys } from "./keys.ts";

export interface PeerOptions {
  readonly keys: SessionKeys;
  readonly ice: readonly ICEServer[];
  /** The viewer's access token, for the client's eyes. */
  readonly token: string;
  readonly onAnswer: (sdp: string) => void;
  readonly onCandidate: (candidate: RTCIceCandidate | null) => void;
  /** Words are compared from here on, this once. */
  readonly onSpent: () => void;
  /** The requester of the client with this fingerprint picked the words. */
  readonly onCompared: (client: Bytes) => void;
  /** The code was told: the technician reads these words out. */
  readonly onWords: (words: readonly string[]) => void;
  /** The client is who the link says; early is what came on the display channel before that was known. */
  readonly onVerified: (channels: DisplayChannels, early: readonly ArrayBuffer[]) => void;
  /** Only after onVerified. */
  readonly onMessage: (message: FromClient) => void;
  /** A message of the channel of files; only after onVerified. */
  readonly onFrame: (frame: Frame) => void;
  /** Somebody stands between, or the other end broke the protocol. */
  readonly onHostile: (why: string) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
}

/** The two channels of the display stream. */
export interface DisplayChannels {
  readonly display: RTCDataChannel;
  /** Updates once more; unordered and unreliable. */
  readonly repeat: RTCDataChannel;
}

/** More than the updates a client has under way before the first acknowledgement. */
const MAX_EARLY = 256;

/** What a verified client has no more to say. */
const ONLY_BEFORE: ReadonlySet<string> = new Set(["hello", "commit", "reveal", "compared"]);

export class Peer {
  private readonly pc: RTCPeerConnection;
  private readonly channels: Readonly<Record<Label, RTCDataChannel>>;
  private readonly acts: Acts;
  private readonly early: RTCIceCandidateInit[] = [];
  private origin = "";
  private readonly earlyDisplay: ArrayBuffer[] = [];
  private closed = false;
  private verified = false;
  /** Message 0 was good, but the code was told and words decide. */
  private comparison: Comparison | undefined;
  /** Messages are handled one behind the other: a proof takes time to check. */
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly options: PeerOptions) {
    this.pc = new RTCPeerConnection({
      iceServers: options.ice.map((server) => ({ ...server })),
      certificates: [options.keys.certificate],
    });
    this.pc.onicecandidate = (event) => options.onCandidate(event.candidate);
    this.pc.onconnectionstatechange = () => options.onState(this.pc.connectionState);
    this.pc.ondatachannel = () => options.onHostile("a channel of its own");
    const made = CHANNELS.map((channel) => [channel.label, makeChannel(this.pc, channel)] as const);
    this.channels = Object.fromEntries(made) as Record<Label, RTCDataChannel>;
    const { control, display, pointer } = this.channels;
    this.acts = new Acts(control, pointer);
    display.onmessage = (event: MessageEvent<unknown>) => this.keepEarly(event.data);
    control.onmessage = (event: MessageEvent<unknown>) => this.enqueue(() => this.onControl(event.data));
    control.onopen = () => this.enqueue(() => this.sayHello());
  }

  /** Whether an offer is of another PeerConnection than this one. */
  isOther(sdp: string): boolean {
    return this.origin !== "" && this.origin !== originId(sdp);
  }

  /** Answers the client's offer; a later one of the same connection restarts ICE. */
  async accept(sdp: string): Promise<void> {
    if (fingerprint(sdp) === undefined) {
      this.options.onHostile("the offer does not hold exactly one SHA-256 fingerprint");
      return;
    }
    this.origin = originId(sdp);
    await this.pc.setRemoteDescription({ type: "offer", sdp });
    for (const candidate of this.early.splice(0)) await this.addCandidate(candidate);
    await this.pc.setLocalDescription();
    const answer = this.pc.localDescription;
    if (answer !== null) this.options.onAnswer(answer.sdp);
  }

  /** Adds a trickled candidate of the client. */
  async addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.pc.remoteDescription === null) {
      this.early.push(candidate);
      return;
    }
    try {
      await this.pc.addIceCandidate(candidate);
    } catch (error) {
      console.warn("candidate refused", error); // one path less; the others go on
    }
  }

  /** Says which servers the next restart of ICE uses. */
  useICE(servers: readonly ICEServer[]): void {
    this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: servers.map((s) => ({ ...s })) });
  }

  /** Sends a message to the verified client; false when there is none. */
  send(message: FromViewer): boolean {
    if (!this.canSend("control")) return false;
    this.channels.control.send(encode(message));
    return true;
  }

  /** Sends input on one of the two channels that carry it; false when there is no verified client. */
  sendInput(channel: "control" | "pointer", raw: string): boolean {
    if (!this.canSend(channel)) return false;
    if (channel === "control") this.acts.send(raw);
    else this.channels.pointer.send(raw);
    return true;
  }

  /** Sends a frame of a file; false when there is no verified client. */
  sendFrame(frame: Frame): boolean {
    if (!this.canSend("files")) return false;
    this.channels.files.send(encodeFrame(frame));
    return true;
  }

  private canSend(channel: "control" | "pointer" | "files"): boolean {
    return this.verified && this.channels[channel].readyState === "open";
  }

  /** Figures of the connection. */
  stats(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  close(): void {
    this.closed = true;
    this.verified = false;
    this.pc.onconnectionstatechange = null;
    this.pc.onicecandidate = null;
    this.pc.ondatachannel = null;
    this.pc.close();
  }

  private enqueue(task: () => Promise<void>): void {
    this.queue = this.queue.then(task).catch((error: unknown) => {
      if (this.closed || this.pc.connectionState === "closed") return; // what is lost proves nothing
      this.options.onHostile(error instanceof Error ? error.message : "malformed message");
    });
  }

  private async sayHello(): Promise<void> {
    const { keys, token } = this.options;
    const { control } = this.channels;
    const proof = toBase64(await viewerProof(this.binding(), keys.inviteKey));
    if (control.readyState !== "open") return; // lost in the meantime, which proves nothing
    control.send(encode({ type: "hello", proof, key: toBase64(keys.publicKey), token }));
  }

  /** What both ends commit to: the certificates that DTLS really used. */
  private binding(): Binding {
    const client = fingerprintOf(this.pc.remoteDescription);
    const viewer = fingerprintOf(this.pc.localDescription);
    if (client === undefined || viewer === undefined) throw new Error("a description without a fingerprint");
    return { session: this.options.keys.session, client, viewer };
  }

  private async onControl(data: unknown): Promise<void> {
    if (typeof data !== "string") throw new Error("a control message that is no text");
    const message = decodeFromClient(data);
    if (this.verified) {
      if (ONLY_BEFORE.has(message.type)) throw new Error(`${message.type} out of order`);
      this.options.onMessage(message);
      return;
    }
    if (this.comparison !== undefined) {
      if (!(await this.comparison.take(message)) || this.closed) return;
      this.options.onCompared(this.binding().client);
      this.believe();
      return;
    }
    const { bind } = this.options.keys;
    const proven =
      message.type === "hello" && (await checkClient(this.binding(), bind, fromBase64(message.proof)));
    if (!proven) throw new Error("the other end does not hold this invitation");
    if (this.closed) return;
    const binding = this.binding();
    const need = needOf(this.options.keys, binding.client);
    if (need === "refusal") throw new Error("words were compared before, with another connection");
    if (need === "nothing") {
      this.believe();
      return;
    }
    const { onSpent, onWords } = this.options;
    const say = (out: FromViewer) => this.channels.control.send(encode(out));
    this.comparison = new Comparison(binding, say, onSpent, onWords);
  }

  private believe(): void {
    this.verified = true;
    const { display, repeat, files } = this.channels;
    display.onmessage = null;
    files.onmessage = (event: MessageEvent<unknown>) => this.onFrame(event.data);
    this.options.onVerified({ display, repeat }, this.earlyDisplay.splice(0));
  }

  private onFrame(data: unknown): void {
    try {
      if (!(data instanceof ArrayBuffer)) throw new Error("a frame that is no bytes");
      this.options.onFrame(decodeFrame(data));
    } catch (error) {
      this.options.onHostile(error instanceof Error ? error.message : "malformed frame");
    }
  }

  /** The client may show a picture as soon as it believes us, which can be before we believe it. */
  private keepEarly(data: unknown): void {
    if (this.verified || !(data instanceof ArrayBuffer)) return;
    if (this.earlyDisplay.length === MAX_EARLY) this.options.onHostile("a picture before its proof");
    else this.earlyDisplay.push(data);
  }
}

function fingerprintOf(description: RTCSessionDescription | null): Bytes | undefined {
  return description === null ? undefined : fingerprint(description.sdp);
}
