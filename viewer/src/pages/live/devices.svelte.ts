/**
 * Picture and hands of one session page: what the framework-free parts tell, as
 * state that components show. It decides nothing about rights; it listens to the
 * technician's hands only while control is held and nothing makes it rest.
 */

import type { Code } from "../../input/codes.ts";
import { Hands } from "../../input/hands.ts";
import type { KeyboardMode } from "../../input/keyboard.ts";
import type { LiveSession, Screen } from "../../session/live-session.ts";
import type { LiveState } from "../../session/live-state.ts";
import type { Box } from "../../ui/scale.ts";

/** The elements of the stage. */
export interface Elements {
  readonly canvas: HTMLCanvasElement;
  readonly pointer: HTMLCanvasElement;
  /** Has the focus while the technician types. */
  readonly keys: HTMLTextAreaElement;
  /** Takes the focus when the keyboard leaves the picture. */
  readonly onLeave: () => void;
}

/** The requester's pointer, in pixels of the picture. */
export interface Pointer extends Box {
  readonly left: number;
  readonly top: number;
}

export class Devices implements Screen {
  /** Size of the picture; undefined before the first one. */
  size: Box | undefined = $state.raw();
  /** Undefined while it is hidden. */
  pointer: Pointer | undefined = $state.raw();
  /** Age of the picture in milliseconds, when that is measured. */
  ageMs: number | undefined = $state();
  /** The technician's keys go to the requester. */
  focused: boolean = $state(false);
  /** Mouse and keyboard are lent. */
  lent: boolean = $state(false);
  session: LiveSession | undefined;

  private elements: Elements | undefined;
  private listening = new AbortController();
  private readonly hands: Hands;

  constructor(signal: AbortSignal) {
    const session = () => this.session;
    this.hands = new Hands({
      get generation() {
        return session()?.generation ?? 0;
      },
      sendInput: (channel, raw) => session()?.sendInput(channel, raw) === true,
    });
    signal.addEventListener("abort", () => this.listening.abort());
  }

  attach(elements: Elements): void {
    this.elements = elements;
  }

  show(_channel: RTCDataChannel, _early: readonly ArrayBuffer[], _signal: AbortSignal): void {}

  /** Listens while control may be used. */
  follow(state: LiveState): void {
    const { rights, stage } = state;
    const lent = stage.at === "live" && rights.scopes.includes("control") && !rights.paused && !rights.asking;
    if (lent === this.lent || this.elements === undefined) return;
    this.lent = lent;
    this.listening.abort();
    if (!lent) return;
    this.listening = new AbortController();
    const { canvas, keys, onLeave } = this.elements;
    this.hands.listen({ picture: canvas, keys, onLeave }, this.listening.signal);
  }

  setKeyboard(mode: KeyboardMode): void {
    this.hands.setMode(mode);
  }

  press(codes: readonly Code[]): void {
    this.hands.press(codes);
  }
}
