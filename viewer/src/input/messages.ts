/**
 * What the technician's hands say to the client: the messages of
 * signaling/control/input.go, pointer.go and point.go, and the Outbox that sends them.
 */
import type * as wire from "../protocol/control.gen.ts";
import type { Code } from "./codes.ts";

export type Message =
  | ({ readonly type: "key"; readonly code: Code } & Readonly<Omit<wire.Key, "code">>)
  | ({ readonly type: "text" } & Readonly<wire.Text>)
  | ({ readonly type: "release" } & Readonly<wire.Release>)
  | ({ readonly type: "move" } & Readonly<wire.Move>)
  | ({ readonly type: "button" } & Readonly<wire.Button>)
  | ({ readonly type: "wheel" } & Readonly<wire.Wheel>)
  | ({ readonly type: "point" | "here" } & Readonly<wire.Point>)
  | ({ readonly type: "unpoint" } & Readonly<wire.Unpoint>);

/** A place on the shown monitor in 1/65536ths of its width and height. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Buttons count as in the DOM: left, middle, right, back, forward. */
export type ButtonNumber = 0 | 1 | 2 | 3 | 4;

/** Where messages go. */
export interface Sender {
  /** The grant generation that input is made under. */
  readonly generation: number;
  /** Sends one message; false when there is nobody to take it. */
  sendInput(channel: "control" | "pointer", raw: string): boolean;
}

/** Limits of one message; the client refuses what goes beyond. */
export const MAX_TEXT = 256;
export const MAX_WHEEL = 12_000;
const MAX_COUNT = 2 ** 32 - 1;

/** Units of one notch of a wheel. */
export const NOTCH = 120;

/** Writes a message. */
export function encode(message: Message): string {
  return JSON.stringify(message);
}

/** What of a text the client takes: no control characters but new line and tab, no half characters. */
export function sendable(text: string): string[] {
  const characters: string[] = [];
  for (const c of text.replaceAll(/\r\n?/g, "\n")) {
    const n = c.codePointAt(0) ?? 0;
    const control = (n < 0x20 && c !== "\n" && c !== "\t") || (n >= 0x7f && n < 0xa0);
    if (!control && !(n >= 0xd800 && n < 0xe000)) characters.push(c);
  }
  return characters;
}

/** Sends the technician's acts, each under the grant of its moment. */
export class Outbox {
  /** Of moves, buttons and wheel together, so that the client can tell a move that was overtaken. */
  private count = 0;
  /** What waits for a task, in order; `busy` while one runs. */
  private waiting: (() => Promise<void> | void)[] = [];
  private busy = false;
  /** Rises whenever everything is released. */
  private epoch = 0;

  constructor(private readonly sender: Sender) {}

  key(code: Code, down: boolean): void {
    this.send({ type: "key", gen: this.sender.generation, code, down });
  }

  /** Types a text of any length. */
  text(text: string): void {
    const characters = sendable(text);
    for (let i = 0; i < characters.length; i += MAX_TEXT) {
      const part = characters.slice(i, i + MAX_TEXT).join("");
      this.send({ type: "text", gen: this.sender.generation, text: part });
    }
  }

  /** Lets go of all keys and buttons. */
  release(): void {
    this.epoch++;
    this.waiting = [];
    this.deliver({ type: "release", gen: this.sender.generation });
  }

  move(to: Place): void {
    const message: Message = { type: "move", gen: this.sender.generation, n: this.next(), x: to.x, y: to.y };
    this.sender.sendInput("pointer", encode(message));
  }

  button(at: Place, button: ButtonNumber, down: boolean): void {
    this.send({
      type: "button",
      gen: this.sender.generation,
      n: this.next(),
      x: at.x,
      y: at.y,
      button,
      down,
    });
  }

  /** Turns the wheel by whole units. */
  wheel(at: Place, dx: number, dy: number): void {
    this.send({
      type: "wheel",
      gen: this.sender.generation,
      n: this.next(),
      x: at.x,
      y: at.y,
      dx: clamp(dx, -MAX_WHEEL, MAX_WHEEL),
      dy: clamp(dy, -MAX_WHEEL, MAX_WHEEL),
    });
  }

  /** Shows the requester a place, for a moment larger when it was pressed. */
  point(at: Place, pressed: boolean): void {
    const type = pressed ? "here" : "point";
    const message: Message = { type, gen: this.sender.generation, n: this.next(), x: at.x, y: at.y };
    this.sender.sendInput(pressed ? "control" : "pointer", encode(message));
  }

  /** Shows no place any more. */
  unpoint(): void {
    this.send({ type: "unpoint", gen: this.sender.generation, n: this.next() });
  }

  /**
   * Runs task before whatever is sent from now on: that waits for it. What the task does with `tap` (press keys
   * together, and let go of them) comes at its place, unless everything was released meanwhile.
   */
  first(task: (tap: (codes: readonly Code[]) => void) => Promise<void>): void {
    const { epoch } = this;
    const tap = (codes: readonly Code[]) => {
      if (epoch !== this.epoch) return;
      const { generation: gen } = this.sender;
      for (const code of codes) this.deliver({ type: "key", gen, code, down: true });
      for (const code of codes.toReversed()) this.deliver({ type: "key", gen, code, down: false });
    };
    this.waiting.push(() => task(tap));
    if (!this.busy) void this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await next();
    this.busy = false;
  }

  private send(message: Message): void {
    if (this.busy) this.waiting.push(() => this.deliver(message));
    else this.deliver(message);
  }

  private deliver(message: Message): void {
    this.sender.sendInput("control", encode(message));
  }

  private next(): number {
    this.count = Math.min(this.count + 1, MAX_COUNT);
    return this.count;
  }
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
