/** What pointer events become while the technician shows where to look: nothing is clicked. */
import type { Outbox, Place } from "./messages.ts";
import { placeIn } from "./mouse.ts";

/** Sends the last place of a frame, presses at once. */
export class Pointing {
  private moved: Place | undefined;
  private framed = false;
  private ended = false;

  constructor(
    private readonly outbox: Pick<Outbox, "point" | "unpoint">,
    private readonly frame: (f: () => void) => void,
  ) {}

  move(to: Place): void {
    this.moved = to;
    if (this.framed) return;
    this.framed = true;
    this.frame(() => {
      this.framed = false;
      if (this.moved !== undefined && !this.ended) this.outbox.point(this.moved, false);
      this.moved = undefined;
    });
  }

  press(at: Place): void {
    this.moved = undefined; // the press says where
    this.outbox.point(at, true);
  }

  /** The pointer left the picture. */
  leave(): void {
    this.moved = undefined;
    this.outbox.unpoint();
  }

  /** Nobody points any more. */
  end(): void {
    this.ended = true;
    this.leave();
  }
}

/** Listens on the picture until signal aborts. The page gives it `touch-action: none`. */
export function listenPointing(picture: HTMLElement, outbox: Outbox, signal: AbortSignal): void {
  const pointing = new Pointing(outbox, (f) => requestAnimationFrame(f));
  const place = (event: MouseEvent) => placeIn(picture.getBoundingClientRect(), event.clientX, event.clientY);
  picture.addEventListener("pointermove", (event) => pointing.move(place(event)), { signal });
  picture.addEventListener(
    "pointerdown",
    (event) => {
      pointing.press(place(event));
      event.preventDefault();
    },
    { signal },
  );
  picture.addEventListener("pointerleave", () => pointing.leave(), { signal });
  picture.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  signal.addEventListener("abort", () => pointing.end(), { once: true });
}
