/** Pointer and wheel events of the picture, handed to a Mouse and a Touch. */
import { type Mouse, placeIn } from "./mouse.ts";
import type { Finger, Touch } from "./touch.ts";

/**
 * Listens on the picture, which fills its element with the shown monitor, until
 * signal aborts. The page gives it `touch-action: none`. What is under way then
 * is forgotten by whoever releases everything: see listenKeys.
 */
export function listenPointer(picture: HTMLElement, mouse: Mouse, touch: Touch, signal: AbortSignal): void {
  const on = (type: "pointerdown" | "pointermove" | "pointerup" | "pointercancel", taken: boolean) =>
    picture.addEventListener(
      type,
      (event) => {
        if (event.pointerType === "touch") onFinger(event, touch, picture);
        else mouse.point(place(event, picture), type === "pointercancel" ? 0 : event.buttons);
        if (type === "pointerdown") picture.setPointerCapture(event.pointerId);
        if (taken) event.preventDefault();
      },
      { signal },
    );
  // The default of a press is what gives the picture the focus, so that stays.
  on("pointerdown", false);
  on("pointermove", true);
  on("pointerup", true);
  on("pointercancel", true);
  const onWheel = (event: WheelEvent) => {
    mouse.wheel(place(event, picture), event.deltaX, event.deltaY, event.deltaMode);
    event.preventDefault();
  };
  picture.addEventListener("wheel", onWheel, { signal, passive: false });
  const prevent = (event: Event) => event.preventDefault();
  picture.addEventListener("contextmenu", prevent, { signal });
  picture.addEventListener("auxclick", prevent, { signal }); // no back and forward of the browser
}

function place(event: MouseEvent, picture: HTMLElement) {
  return placeIn(picture.getBoundingClientRect(), event.clientX, event.clientY);
}

function onFinger(event: PointerEvent, touch: Touch, picture: HTMLElement): void {
  const { pointerId: id, clientX, clientY } = event;
  const finger: Finger = { id, clientX, clientY, at: place(event, picture) };
  if (event.type === "pointerdown") touch.down(finger);
  else if (event.type === "pointermove") touch.move(finger);
  else touch.up(finger, event.type === "pointercancel");
}
