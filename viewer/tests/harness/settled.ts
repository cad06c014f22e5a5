import type { Desktop, Window } from "./desktop.ts";
import type { Picture } from "./picture.ts";
import { waitFor } from "./wait.ts";

/** Waits until what a window shows is there, and rests; returns it. */
export async function settled(
  desktop: Desktop,
  window: Window,
  there: (shown: Picture) => boolean = () => true,
): Promise<Picture> {
  let last: Picture | undefined;
  return await waitFor("a window that is drawn", async () => {
    const now = (await desktop.pixels()).part(window);
    const rests = last !== undefined && now.differences(last) === 0 && now.colours(20) > 10 && there(now);
    last = now;
    return rests && now;
  });
}

/** Whether the button in the lower right corner can be pressed: it has the colour of what matters. */
export function buttonReady(shown: Picture): boolean {
  const colour = shown.at(shown.width - 120, shown.height - 36);
  return (colour & 0xff) > 0x80 && colour >> 16 < 0x40;
}
