/**
 * The PeerConnection to the client, from its offer to verified channels. Until
 * message 0 of the client proves that it holds this link's secret and ends this
 * very connection, nothing that it sends is shown and nothing is sent to it.
 */
import { type Bytes, fromBase64, toBase64 } from "../protocol/bytes.ts";
import { decodeFromClient, encode, type FromClient, type FromViewer } from "../protocol/control.ts";
import { type Binding, checkClient, viewerProof } from "../protocol/invite.ts";
import { fingerprint, originId } from "../protocol/sdp.ts";
import type { ICEServer } from "../protocol/signaling.gen.ts";
import type { SessionKeys } from "./keys.ts";

export interface PeerOptions {
  readonly keys: SessionKeys;
  readonly ice: readonly ICEServer[];
  /** The viewer's access token, for the client's eyes. */
  readonly token: string;
  readonly onAnswer: (sdp: string) => void;
  readonly onCandidate: (candidate: RTCIceCandidate | null) => void;
  /** The client is who the link says; early is what came on the display channel before that was known. */
  readonly onVerified: (channels: DisplayChannels, early: readonly ArrayBuffer[]) => void;
  /** Only after onVerified. */
  readonly onMessage: (message: FromClient) => void;
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

const LABELS = ["control", "display", "repeat", "pointer"] as const;
type Label = (typeof LABELS)[number];

export class Peer {
  private readonly pc: RTCPeerConnection;
  private readonly channels: Partial<Record<Label, RTCDataChannel>> = {};
  private readonly early: RTCIceCandidateInit[] = [];
  private origin = "";
  /** What the client sent behind its proof, before the display channel was open here. */
  private readonly earlyControl: FromClient[] = [];
  private readonly earlyDisplay: ArrayBuffer[] = [];
  private closed = false;
  private verified = false;
  /** Message 0 of the client was good; the display channel may still be to come. */
  private proven = false;
  /** Messages are handled one behind the other: a proof takes time to check. */
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly options: PeerOptions) {
    this.pc = new RTCPeerConnection({
      iceServers: options.ice.map((server) => ({ ...server })),
      certificates: [options.keys.certificate],
    });
    this.pc.onicecandidate = (event) => options.onCandidate(event.candidate);
    this.pc.onconnectionstatechange = () => options.onState(this.pc.connectionState);
    this.pc.ondatachannel = (event) => this.onChannel(event.channel);
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
    return this.sendRaw("control", encode(message));
  }

  /** Sends input on one of the two channels that carry it; false when there is no verified client. */
  sendRaw(channel: "control" | "pointer", raw: string): boolean {
    const open = this.channels[channel];
    if (!this.verified || open?.readyState !== "open") return false;
    open.send(raw);
    return true;
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

  private onChannel(channel: RTCDataChannel): void {
    const label = LABELS.find((known) => known === channel.label);
    if (label === undefined || this.channels[label] !== undefined) {
      this.options.onHostile("an unknown channel");
      return;
    }
    channel.binaryType = "arraybuffer";
    this.channels[label] = channel;
    if (label === "display") {
      channel.onmessage = (event: MessageEvent<unknown>) => this.keepEarly(event.data);
    }
    if (label === "display" || label === "repeat") this.enqueue(async () => this.openWhenProven());
    if (label !== "control") return;
    channel.onmessage = (event: MessageEvent<unknown>) => this.enqueue(() => this.onControl(event.data));
    const hello = () => this.enqueue(() => this.sayHello(channel));
    if (channel.readyState === "open") hello();
    else channel.onopen = hello;
  }

  private enqueue(task: () => Promise<void>): void {
    this.queue = this.queue.then(task).catch((error: unknown) => {
      if (this.closed || this.pc.connectionState === "closed") return; // what is lost proves nothing
      this.options.onHostile(error instanceof Error ? error.message : "malformed message");
    });
  }

  private async sayHello(channel: RTCDataChannel): Promise<void> {
    const { keys, token } = this.options;
    const proof = toBase64(await viewerProof(this.binding(), keys.inviteKey));
    channel.send(encode({ type: "hello", proof, key: toBase64(keys.publicKey), token }));
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
    if (this.proven) {
      if (message.type === "hello") throw new Error("a second hello");
      if (this.verified) this.options.onMessage(message);
      else if (this.earlyControl.length === MAX_EARLY) throw new Error("no display channel");
      else this.earlyControl.push(message);
      return;
    }
    const { bind } = this.options.keys;
    this.proven =
      message.type === "hello" && (await checkClient(this.binding(), bind, fromBase64(message.proof)));
    if (!this.proven) throw new Error("the other end does not hold this invitation");
    this.openWhenProven();
  }

  /** The client may show a picture as soon as it believes us, which can be before we believe it. */
  private keepEarly(data: unknown): void {
    if (this.verified || !(data instanceof ArrayBuffer)) return;
    if (this.earlyDisplay.length === MAX_EARLY) this.options.onHostile("a picture before its proof");
    else this.earlyDisplay.push(data);
  }

  private openWhenProven(): void {
    const { display, repeat } = this.channels;
    if (!this.proven || this.verified || display === undefined || repeat === undefined) return;
    this.verified = true;
    display.onmessage = null;
    this.options.onVerified({ display, repeat }, this.earlyDisplay.splice(0));
    for (const message of this.earlyControl.splice(0)) this.options.onMessage(message);
  }
}

function fingerprintOf(description: RTCSessionDescription | null): Bytes | undefined {
  return description === null ? undefined : fingerprint(description.sdp);
}
