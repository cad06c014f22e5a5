/**
 * Text over the requester's clipboard, both ways, each at a single request: signaling/control/clipboard.go. It knows
 * nothing of rights: the client does, and says why something did not come across.
 */
import { randomId } from "../protocol/bytes.ts";
import { MaxClipboardBytes, MaxClipRunes } from "../protocol/control.gen.ts";
import { type ClipReason, type FromClient, type FromViewer, textOfClip } from "../protocol/control.ts";
import { Rate } from "./chat.ts";

/** What came of a request. */
export type Outcome =
  | { readonly is: "done"; readonly text: string }
  | { readonly is: "failed"; readonly why: ClipReason | "busy" | "lost" };

/** After so long nothing comes any more. */
const PATIENCE_MS = 8000;

interface Waiting {
  readonly pieces: string[];
  readonly settle: (outcome: Outcome) => void;
}

export class Clipboard {
  private readonly waiting = new Map<string, Waiting>();
  private readonly rate = new Rate();

  constructor(
    /** Sends a message; false when there is nobody to take it. */
    private readonly send: (message: FromViewer) => boolean,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Puts a text on the requester's clipboard. */
  put(text: string): Promise<Outcome> {
    const clean = textOfClip(text);
    if (clean === "") return Promise.resolve({ is: "failed", why: "nothing" });
    if (new TextEncoder().encode(clean).length > MaxClipboardBytes) {
      return Promise.resolve({ is: "failed", why: "too_long" });
    }
    const pieces = piecesOf(clean);
    return this.request((id) =>
      pieces.every((piece, i) =>
        this.send({ type: "clip", id, part: i + 1, parts: pieces.length, text: piece }),
      ),
    );
  }

  /** Takes what was copied there; `fresh` waits for what is being copied at this moment. */
  take(fresh: boolean): Promise<Outcome> {
    return this.request((id) => this.send({ type: "take", id, fresh }));
  }

  /** Hears an answer of the client. */
  heard(message: Extract<FromClient, { type: "clipped" | "copied" }>): void {
    const waiting = this.waiting.get(message.id);
    if (waiting === undefined) return; // given up meanwhile
    if (message.reason !== "") waiting.settle({ is: "failed", why: message.reason });
    else if (message.type === "clipped") waiting.settle({ is: "done", text: "" });
    else if (message.part !== waiting.pieces.length + 1) waiting.settle({ is: "failed", why: "failed" });
    else {
      waiting.pieces.push(message.text);
      if (message.part === message.parts) waiting.settle({ is: "done", text: waiting.pieces.join("") });
    }
  }

  /** The connection is gone, and with it every answer. */
  lost(): void {
    for (const { settle } of [...this.waiting.values()]) settle({ is: "failed", why: "lost" });
  }

  private request(ask: (id: string) => boolean): Promise<Outcome> {
    if (!this.rate.take(Date.now())) return Promise.resolve({ is: "failed", why: "busy" });
    const id = randomId();
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(outcome);
      };
      const timer = setTimeout(() => settle({ is: "failed", why: "lost" }), this.patienceMs);
      this.waiting.set(id, { pieces: [], settle });
      if (!ask(id)) settle({ is: "failed", why: "lost" });
    });
  }
}

function piecesOf(text: string): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let i = 0; i < characters.length; i += MaxClipRunes) {
    pieces.push(characters.slice(i, i + MaxClipRunes).join(""));
  }
  return pieces;
}
