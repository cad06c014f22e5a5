/**
 * Picture and hands of one session page: what the framework-free parts tell, as
 * state that components show. It decides nothing about rights; it listens to the
 * technician's hands only while control is held and nothing makes it rest.
 */

import { decodableCodecs } from "../../display/codecs.ts";
import { Painter, type PainterOptions } from "../../display/painter.ts";
import type { Code } from "../../input/codes.ts";
import { Hands } from "../../input/hands.ts";
import type { KeyboardMode } from "../../input/keyboard.ts";
import type { Place } from "../../input/messages.ts";
import { placeIn } from "../../input/mouse.ts";
import type { TouchMode } from "../../input/touch.ts";
import type { VideoCodec } from "../../protocol/control.ts";
import { Age } from "../../session/age.ts";
import type { LiveSession } from "../../session/live-session.ts";
import { type LiveState, START } from "../../session/live-state.ts";
import type { DisplayChannels } from "../../session/peer.ts";
import type { Screen } from "../../session/screen.ts";
import type { Box } from "../../ui/scale.ts";
import { type Spot, WHOLE, type Zoom } from "../../ui/zoom.ts";
import { type ClipNote, Clips } from "./clips.ts";

/** After so long without a move, a pointer that is elsewhere was moved by the requester. */
const REST_MS = 800;
const SAME_PLACE_PX = 4;
/** Of a picture that a ticket keeps; the broker takes 10 MiB. */
const MAX_PICTURE = 9 * 2 ** 20;

type PointerShape = Parameters<NonNullable<PainterOptions["onPointerShape"]>>[0];

/** The elements of the stage. */
export interface Elements {
  readonly canvas: HTMLCanvasElement;
  readonly pointer: HTMLCanvasElement;
  /** Has the focus while the technician types. */
  readonly keys: HTMLTextAreaElement;
  /** Takes the focus when the keyboard leaves the picture. */
  readonly onLeave: () => void;
  /** Two fingers went apart by a factor around a middle that moved. */
  readonly onPinch: (factor: number, middle: Spot, by: Spot) => void;
}

/** What a tool did last, or why not. */
export type ToolNote =
  | ClipNote
  | { readonly is: "pictured" }
  | { readonly is: "unpictured"; readonly why: string };

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
  /** How old the picture is. Read once a second, so no state. */
  readonly age = new Age();
  /** The technician's keys go to the requester. */
  focused: boolean = $state(false);
  /** Mouse and keyboard are lent. */
  lent: boolean = $state(false);
  /** What is to be said of what a tool did last. */
  note: ToolNote | undefined = $state.raw();
  /** The technician wants to point. */
  wantsToPoint: boolean = $state(false);
  /** What the pointer does on the picture is shown to the requester, and clicks nothing. */
  pointing: boolean = $state(false);
  /** Modifiers that wait for the next key. */
  sticky: readonly Code[] = $state.raw([]);
  /** Fingers act where they are, or move the pointer. */
  touchMode: TouchMode = $state("direct");
  /** The technician's own magnifying glass. */
  zoom: Zoom = $state.raw(WHOLE);
  /** Fingers are the first way to point here: typing begins with a button, for it covers half of the screen. */
  readonly coarse: boolean = matchMedia("(pointer: coarse)").matches;
  /** The clipboards of both sides. */
  readonly clips = new Clips((note) => {
    this.note = note;
  });

  private current: LiveSession | undefined;
  private shape: PointerShape | undefined;
  private place = { x: 0, y: 0 };
  /** The technician's own pointer in pixels of the picture, while it is over it. */
  private own: { readonly x: number; readonly y: number } | undefined;
  private ownRests = false;
  private ownTimer: ReturnType<typeof setTimeout> | undefined;
  private elements: Elements | undefined;
  private listening = new AbortController();
  private live: LiveState = START;
  private mayPoint = false;
  private readonly hands: Hands;
  private readonly codecs = decodableCodecs();

  constructor(signal: AbortSignal) {
    const session = () => this.current;
    this.hands = new Hands(
      {
        get generation() {
          return session()?.generation ?? 0;
        },
        sendInput: (channel, raw) => session()?.sendInput(channel, raw) === true,
      },
      {
        clipboard: this.clips,
        pointer: () => this.pointed(),
        pinch: (...what) => this.elements?.onPinch(...what),
        onSticky: (codes) => {
          this.sticky = codes;
        },
      },
    );
    signal.addEventListener("abort", () => {
      this.listening.abort();
      clearTimeout(this.ownTimer);
    });
  }

  /** The session whose picture this is. */
  set session(session: LiveSession) {
    this.current = session;
    this.clips.session = session;
  }

  attach(elements: Elements): void {
    this.elements = elements;
  }

  abilities(): Promise<readonly VideoCodec[]> {
    return this.codecs;
  }

  show(channels: DisplayChannels, early: readonly ArrayBuffer[], signal: AbortSignal): void {
    if (this.elements === undefined) return; // the session runs only after attach
    const { canvas } = this.elements;
    const painter = new Painter({
      canvas,
      send: (message, by) => {
        const channel = channels[by];
        if (channel.readyState === "open") channel.send(message);
      },
      signal,
      onResize: (width, height) => {
        this.size = { width, height };
      },
      onPointerShape: (shape) => this.draw(shape),
      onPointerPlace: (x, y) => {
        this.place = { x, y };
        this.movePointer();
      },
      onPaint: ({ arrivalMs }) => this.age.painted(arrivalMs),
    });
    const look = () => {
      painter.rest(document.hidden);
      this.current?.attend(!document.hidden);
    };
    document.addEventListener("visibilitychange", look, { signal });
    look();
    for (const by of ["display", "repeat"] as const) {
      const receive = (event: MessageEvent<unknown>) => painter.receive(event.data, by);
      channels[by].addEventListener("message", receive, { signal });
    }
    for (const message of early) painter.receive(message, "display");
  }

  private draw(shape: PointerShape): void {
    this.shape = shape;
    const canvas = this.elements?.pointer;
    if (canvas !== undefined && shape.width > 0) {
      canvas.width = shape.width;
      canvas.height = shape.height;
      canvas.getContext("2d")?.putImageData(new ImageData(shape.rgba, shape.width, shape.height), 0, 0);
    }
    this.movePointer();
    this.chooseCursor();
  }

  /** While mouse and keyboard are lent the browser draws the requester's pointer at the mouse, at once. */
  private chooseCursor(): void {
    if (this.elements === undefined) return;
    const { canvas, pointer } = this.elements;
    if (this.pointing) {
      canvas.style.setProperty("cursor", "crosshair");
      return;
    }
    const shape = this.shape;
    const own = this.lent && shape !== undefined && shape.width > 0;
    const cursor = own ? `url("${pointer.toDataURL()}") ${shape.hotX} ${shape.hotY}, default` : "default";
    canvas.style.setProperty("cursor", cursor);
  }

  /** The technician's pointer moved over the picture, or left it. */
  hover(at: { readonly x: number; readonly y: number } | undefined): void {
    clearTimeout(this.ownTimer);
    this.own = at;
    this.ownRests = false;
    this.movePointer();
    if (at === undefined) return;
    this.ownTimer = setTimeout(() => {
      this.ownRests = true;
      this.movePointer();
    }, REST_MS);
  }

  /** Whether the pointer at the mouse says enough: the requester's own is where the technician put it. */
  private isOwn(): boolean {
    if (!this.lent || this.pointing || this.own === undefined) return false;
    const far = Math.hypot(this.own.x - this.place.x, this.own.y - this.place.y) > SAME_PLACE_PX;
    return !(this.ownRests && far);
  }

  private movePointer(): void {
    if (this.shape === undefined || this.shape.width === 0 || this.isOwn()) {
      this.pointer = undefined;
      return;
    }
    const { width, height, hotX, hotY } = this.shape;
    this.pointer = { left: this.place.x - hotX, top: this.place.y - hotY, width, height };
  }

  /** Listens while control may be used, or while the technician points. */
  follow(state: LiveState): void {
    const { rights, stage } = state;
    this.clips.follow(state);
    this.hands.setLocks(state.locks);
    const may = stage.at === "live" && !rights.paused && !rights.asking;
    const mayPoint = rights.scopes.includes("point");
    const refused = state.question.is === "declined" && !mayPoint;
    if (refused || (stage.at === "live" && this.mayPoint && !mayPoint)) this.wantsToPoint = false;
    this.mayPoint = mayPoint;
    this.listen(may && rights.scopes.includes("control"), may && mayPoint && this.wantsToPoint);
    this.live = state;
  }

  /** Begins to point, once that is allowed, or ends it. */
  setPointing(wanted: boolean): void {
    this.wantsToPoint = wanted;
    this.follow(this.live);
  }

  private listen(lent: boolean, pointing: boolean): void {
    if ((lent === this.lent && pointing === this.pointing) || this.elements === undefined) return;
    this.lent = lent;
    this.pointing = pointing;
    this.listening.abort();
    this.chooseCursor();
    this.movePointer();
    this.listening = new AbortController();
    const { signal } = this.listening;
    const { canvas, keys, onLeave } = this.elements;
    if (lent) this.hands.listen({ picture: canvas, keys, onLeave }, signal, pointing);
    if (pointing) this.hands.point(canvas, signal);
  }

  /** Where the requester's pointer is, as messages have it. */
  private pointed(): Place | undefined {
    if (this.size === undefined) return undefined;
    return placeIn({ left: 0, top: 0, ...this.size }, this.place.x, this.place.y);
  }

  /** Gives the keyboard to the requester's computer, if it is lent. */
  takeKeyboard(): void {
    if (this.lent && !this.coarse) this.elements?.keys.focus();
  }

  /** Opens the keyboard of the screen to type there, or puts it away. */
  toggleKeyboard(): void {
    if (this.focused) this.elements?.keys.blur();
    else if (this.lent) this.elements?.keys.focus();
  }

  /** What is shown now, as a file. */
  async picture(name: string): Promise<File | undefined> {
    const { elements, size } = this;
    if (elements === undefined || size === undefined) return undefined;
    const take = (type: string, quality?: number) =>
      new Promise<Blob | null>((resolve) => elements.canvas.toBlob(resolve, type, quality));
    // A screen of text is small and sharp as PNG; one of photographs can be more than a ticket takes.
    const exact = await take("image/png");
    if (exact !== null && exact.size <= MAX_PICTURE)
      return new File([exact], `${name}.png`, { type: exact.type });
    const small = await take("image/jpeg", 0.9);
    return small === null ? undefined : new File([small], `${name}.jpg`, { type: small.type });
  }

  /** Types a text there, whatever the layout. */
  type(text: string): void {
    if (this.lent) this.hands.type(text);
  }

  setTouch(mode: TouchMode): void {
    this.touchMode = mode;
    this.hands.setTouch(mode);
  }

  stick(code: Code): void {
    this.hands.stick(code);
  }

  tap(code: Code): void {
    this.hands.tap(code);
  }

  setKeyboard(mode: KeyboardMode): void {
    this.hands.setMode(mode);
  }

  press(codes: readonly Code[]): void {
    this.hands.press(codes);
  }
}
