/**
 * The websocket to the broker, held open: it connects, proves who it is, hands
 * over messages, and connects anew when it is lost, until its signal aborts or
 * the broker says that the session is over or another tab took it.
 */
import { brokerURL } from "../protocol/broker.ts";
import { fromBase64, randomId, toBase64, toBase64Url } from "../protocol/bytes.ts";
import { DecodeError } from "../protocol/read.ts";
import { decodeIncoming, encode, type Incoming, type Outgoing, SUBPROTOCOL } from "../protocol/signaling.ts";
import { popStatement, tokenStatement, wholeSeconds } from "../protocol/statements.ts";
import type { SessionApi } from "./api.ts";
import type { SessionKeys } from "./keys.ts";

/** Why the link ended for good. */
export type LinkEnd = "aborted" | "superseded" | "session_ended" | "signed_out" | "uncalled";

/** A request that no further try can mend: the technician is not signed in, or may not. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** The link by which a colleague called this technician in is good no more, or was another's. */
export class UncalledError extends Error {
  override readonly name = "UncalledError";
}

export interface LinkOptions {
  readonly api: SessionApi;
  readonly keys: SessionKeys;
  /** Everything after the handshake, and welcome itself. */
  readonly onMessage: (message: Incoming) => void;
  /** Whether the socket is open and proven. */
  readonly onUp: (up: boolean) => void;
}

/** Nothing heard for this long: the socket is dead (the broker beats every 15 s). */
const DEAD_AFTER_MS = 40_000;
const FIRST_RETRY_MS = 300;
const MAX_RETRY_MS = 8_000;

export class SignalingLink {
  /** Names this instance of the viewer; a reload is a new one. */
  readonly epoch = randomId();
  private socket: WebSocket | undefined;

  constructor(private readonly options: LinkOptions) {}

  /** Sends, or drops when the socket is away: what matters is kept in an Outbox. */
  send(message: Outgoing): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encode(message));
  }

  /** Holds the link open until it ended for good. */
  async run(signal: AbortSignal): Promise<LinkEnd> {
    let retry = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const started = Date.now();
      const end = await this.once(signal);
      this.options.onUp(false);
      if (end !== "lost") return end;
      if (Date.now() - started > DEAD_AFTER_MS) retry = FIRST_RETRY_MS;
      await sleep(Math.random() * retry, signal);
      retry = Math.min(2 * retry, MAX_RETRY_MS);
    }
    return "aborted";
  }

  private async once(signal: AbortSignal): Promise<LinkEnd | "lost"> {
    let token: string;
    try {
      token = await this.joinToken();
    } catch (error) {
      if (error instanceof UncalledError) return "uncalled";
      return error instanceof RefusedError ? "signed_out" : "lost";
    }
    if (signal.aborted) return "aborted";
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    const socket = new WebSocket(url, SUBPROTOCOL);
    this.socket = socket;
    try {
      return await this.serve(socket, token, signal);
    } finally {
      this.socket = undefined;
      socket.close();
    }
  }

  private async joinToken(): Promise<string> {
    const { keys, api } = this.options;
    const time = wholeSeconds(new Date());
    const proof = await crypto.subtle.sign(
      "Ed25519",
      keys.inviteKey,
      tokenStatement(keys.session, time, keys.role),
    );
    const role = keys.role ?? "viewer";
    const claim = { role, key: toBase64Url(keys.publicKey), time, proof: toBase64Url(new Uint8Array(proof)) };
    return api.joinToken(keys.session, claim);
  }

  /** One socket from open to close. */
  private serve(socket: WebSocket, token: string, signal: AbortSignal): Promise<LinkEnd | "lost"> {
    return new Promise((resolve) => {
      let dead = setTimeout(() => resolve("lost"), DEAD_AFTER_MS);
      const done = new AbortController();
      const finish = (end: LinkEnd | "lost") => {
        clearTimeout(dead);
        done.abort();
        resolve(end);
      };
      const onMessage = (event: MessageEvent<unknown>) => {
        clearTimeout(dead);
        dead = setTimeout(() => finish("lost"), DEAD_AFTER_MS);
        const end = this.take(socket, token, event.data);
        if (end !== undefined) finish(end);
      };
      socket.addEventListener("message", onMessage, { signal: done.signal });
      socket.addEventListener("close", () => finish("lost"), { signal: done.signal });
      signal.addEventListener("abort", () => finish("aborted"), { signal: done.signal });
    });
  }

  /** Handles one message; returns why the socket is over, if it is. */
  private take(socket: WebSocket, token: string, data: unknown): LinkEnd | "lost" | undefined {
    let message: Incoming;
    try {
      if (typeof data !== "string") throw new DecodeError("message: want a text");
      message = decodeIncoming(data);
    } catch (error) {
      console.warn("signaling message refused", error);
      return "lost";
    }
    switch (message.type) {
      case "challenge":
        this.prove(socket, token, message.nonce).catch(() => socket.close());
        return undefined;
      case "error":
        return endOf(message.error.code);
      case "welcome":
        this.options.onUp(true);
        break;
      default:
    }
    this.options.onMessage(message);
    return undefined;
  }

  private async prove(socket: WebSocket, token: string, nonce: string): Promise<void> {
    const statement = await popStatement(fromBase64(nonce), token, brokerURL().host);
    const proof = await crypto.subtle.sign("Ed25519", this.options.keys.inviteKey, statement);
    socket.send(encode({ type: "auth", token, proof: toBase64(new Uint8Array(proof)), epoch: this.epoch }));
  }
}

function endOf(code: string): LinkEnd | "lost" {
  if (code === "superseded") return "superseded";
  if (code === "session_ended") return "session_ended";
  return "lost";
}

/** Waits, or until the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
