import type { PointerShape } from "../display/picture.ts";
import type { Recorded } from "./records.ts";

/** A press of the technician's mouse, in pixels of the picture. */
export interface Press {
  readonly x: number;
  readonly y: number;
  readonly button: number;
  readonly time: number;
}

/** How long a press, a turn of the wheel and typing are shown, in milliseconds. */
export const PRESS_MS = 700;
const SIGN_MS = 900;
const RING_PX = 22;
/** The technician's pointer is drawn where the machine's own is not. */
const APART_PX = 12;

const COLOUR = "#e5484d";
const EDGE = "#ffffff";

/** What is drawn over the picture: the machine's pointer, and what the technician's hands do. */
export class Scene {
  width = 0;
  height = 0;
  #shape: PointerShape | undefined;
  #image: HTMLCanvasElement | undefined; // of the shape
  #place = { x: 0, y: 0 };
  #hand: { x: number; y: number } | undefined;
  #presses: Press[] = [];
  #typed = Number.NEGATIVE_INFINITY;
  #turned: { x: number; y: number; time: number } | undefined;

  /** Forgets all: another moment is shown. */
  clear(): void {
    this.#hand = this.#turned = undefined;
    this.#presses = [];
    this.#typed = Number.NEGATIVE_INFINITY;
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  shape(shape: PointerShape): void {
    this.#shape = shape.width > 0 ? shape : undefined;
    this.#image = undefined;
  }

  place(x: number, y: number): void {
    this.#place = { x, y };
  }

  /** Takes in what is no update. */
  take(record: Recorded): void {
    if (record.kind === "pointer") this.#hand = this.#pixels(record);
    if (record.kind !== "event") return;
    const { event, time } = record;
    if (event.kind === "button") {
      this.#hand = this.#pixels(event);
      if (event.down)
        this.#presses = [...this.#presses.slice(-20), { ...this.#hand, button: event.button, time }];
    } else if (event.kind === "wheel") {
      this.#hand = this.#pixels(event);
      this.#turned = { ...this.#hand, time };
    } else if (event.kind === "typed") this.#typed = time;
    else if (event.kind === "rights" && !event.scopes.includes("control")) this.#hand = undefined;
  }

  /** Whether anything is drawn at this moment that fades with time. */
  moves(at: number): boolean {
    return (
      this.#presses.some(({ time }) => at - time < PRESS_MS) ||
      at - this.#typed < SIGN_MS ||
      (this.#turned !== undefined && at - this.#turned.time < SIGN_MS)
    );
  }

  /** Draws it, in pixels of the picture. */
  draw(context: CanvasRenderingContext2D, at: number): void {
    for (const press of this.#presses) this.#drawPress(context, press, at - press.time);
    this.#drawHand(context);
    this.#drawPointer(context);
    this.#drawSigns(context, at);
  }

  #pixels({ x, y }: { readonly x: number; readonly y: number }): { x: number; y: number } {
    return { x: ((x + 0.5) / 65_536) * this.width, y: ((y + 0.5) / 65_536) * this.height };
  }

  #drawPress(context: CanvasRenderingContext2D, { x, y, button }: Press, age: number): void {
    if (age < 0 || age >= PRESS_MS) return;
    const part = age / PRESS_MS;
    context.save();
    context.globalAlpha = 1 - part;
    circle(context, x, y, RING_PX * (0.35 + 0.65 * part), 4);
    if (button !== 0) circle(context, x, y, RING_PX * 0.25, 3); // another button than the first
    context.restore();
  }

  #drawHand(context: CanvasRenderingContext2D): void {
    const hand = this.#hand;
    if (hand === undefined) return;
    const { x, y } = this.#place;
    if (this.#shape !== undefined && Math.hypot(hand.x - x, hand.y - y) < APART_PX) return;
    circle(context, hand.x, hand.y, 6, 2.5);
  }

  #drawPointer(context: CanvasRenderingContext2D): void {
    const shape = this.#shape;
    if (shape === undefined) return;
    this.#image ??= imageOf(shape);
    context.drawImage(this.#image, this.#place.x - shape.hotX, this.#place.y - shape.hotY);
  }

  #drawSigns(context: CanvasRenderingContext2D, at: number): void {
    const since = at - this.#typed;
    if (since >= 0 && since < SIGN_MS) sign(context, this.#hand ?? this.#place, "⌨", 1 - since / SIGN_MS);
    const turned = this.#turned;
    if (turned !== undefined && at >= turned.time && at - turned.time < SIGN_MS) {
      sign(context, turned, "↕", 1 - (at - turned.time) / SIGN_MS);
    }
  }
}

function circle(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  width: number,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [style, more] of [[EDGE, 2] as const, [COLOUR, 0] as const]) {
    context.strokeStyle = style;
    context.lineWidth = width + more;
    context.stroke();
  }
}

function sign(
  context: CanvasRenderingContext2D,
  at: { readonly x: number; readonly y: number },
  what: string,
  alpha: number,
): void {
  context.save();
  context.globalAlpha = Math.min(1, 2 * alpha);
  context.font = "bold 20px system-ui, sans-serif";
  context.lineWidth = 4;
  context.strokeStyle = EDGE;
  context.fillStyle = COLOUR;
  context.strokeText(what, at.x + 16, at.y - 10);
  context.fillText(what, at.x + 16, at.y - 10);
  context.restore();
}

function imageOf(shape: PointerShape): HTMLCanvasElement {
  const image = document.createElement("canvas");
  image.width = shape.width;
  image.height = shape.height;
  image.getContext("2d")?.putImageData(new ImageData(shape.rgba, shape.width, shape.height), 0, 0);
  return image;
}
