import { expect, type Page, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import type { Desktop, Size } from "./harness/desktop.ts";
import { looksSound } from "./harness/looks.ts";
import type { Picture } from "./harness/picture.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const whole: Area = { x: 0, y: 0, width: 1280, height: 800 };
const left: Area = { x: 0, y: 0, width: 640, height: 800 };
const right: Area = { x: 680, y: 100, width: 600, height: 640 };

/** Makes a part of the screen a monitor; the first takes the output and with it the screen's own monitor. */
async function addMonitor(desktop: Desktop, name: string, at: Area, output: "VNC-0" | "none"): Promise<void> {
  const geometry = `${at.width}/300x${at.height}/200+${at.x}+${at.y}`;
  await desktop.run("xrandr", ["--setmonitor", name, geometry, output]);
}

async function resize(desktop: Desktop, size: Size): Promise<void> {
  await desktop.run("xrandr", ["--output", "VNC-0", "--mode", size]);
  desktop.size = size;
}

/** The part of the screen in area, black where it lies on none of the monitors. */
function lit(screen: Picture, area: Area, monitors: readonly Area[]): Picture {
  const part = screen.part(area);
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      const on = monitors.some(
        (m) =>
          area.x + x >= m.x && area.x + x < m.x + m.width && area.y + y >= m.y && area.y + y < m.y + m.height,
      );
      if (!on) part.rgb.fill(0, (y * area.width + x) * 3, (y * area.width + x) * 3 + 3);
    }
  }
  return part;
}

/** Waits until the technician sees exactly that area. */
async function exact(session: Session, area: Area, monitors: readonly Area[] = [area]): Promise<void> {
  const compare = async (): Promise<number | string> => {
    const seen = await session.stage.pixels();
    if (seen === undefined) return "no picture";
    if (seen.width !== area.width || seen.height !== area.height) return `${seen.width}x${seen.height}`;
    return seen.differences(lit(await session.client.desktop.pixels(), area, monitors));
  };
  await expect.poll(compare, { timeout: 20_000 }).toBe(0);
}

/** Opens the menu of monitors by keyboard. */
async function openMenu(page: Page, place: string): Promise<void> {
  await page.getByRole("button", { name: text("session.monitors", { place }), exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
}

/** Chooses from the menu of monitors, by keyboard alone. */
async function choose(page: Page, place: string, down: number, name: string): Promise<void> {
  await openMenu(page, place);
  const item = page.getByRole("menuitem", { name });
  for (let i = 0; i < down; i++) await page.keyboard.press("ArrowDown");
  await expect(item).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toHaveCount(0);
}

test("one monitor after the other, and all of them as one", async ({ broker, startDesktop, page }) => {
  const desktop = await startDesktop({ resizes: true });
  const session = await Session.seen(broker, desktop, page);
  await exact(session, whole);
  const menu = page.getByRole("button", { name: /^Monitors/ });
  await expect(menu, "nothing to choose").toHaveCount(0);

  await addMonitor(desktop, "left", left, "VNC-0");
  await addMonitor(desktop, "right", right, "none");
  await exact(session, left);
  await choose(page, "1/2", 1, text("session.monitor", { n: "2" }));
  await exact(session, right);
  await expect(menu, "the keyboard stays where it was").toBeFocused();
  await openMenu(page, "2/2");
  await shot("session-monitors", () => page.screenshot());
  await looksSound(page, "the menu of monitors");
  await expect(page.getByRole("menu"), "in a narrow window it goes with its button").toHaveCount(0);
  await choose(page, "2/2", 2, text("session.monitors.all"));
  await exact(session, whole, [left, right]);
  await expect(page.getByRole("button", { name: text("session.monitors", { place: "all" }) })).toBeVisible();

  // Control hits the right place of the whole, and of a part.
  const terminal = await desktop.terminal();
  await desktop.run("xdotool", ["windowmove", terminal.window.id, "700", "300"]);
  await session.takeControl();
  await desktop.run("xdotool", ["windowsize", terminal.window.id, "400", "200"]);
  await session.stage.click(760, 360);
  await desktop.active(terminal.window);
  await page.keyboard.type("on the whole ");
  await terminal.typed("on the whole ");
  await choose(page, "all", 1, text("session.monitor", { n: "2" }));
  await exact(session, right);
  await session.stage.click(760 - right.x, 360 - right.y);
  await desktop.active(terminal.window);
  await page.keyboard.type("on a part");
  await terminal.typed("on the whole on a part");

  await desktop.run("xrandr", ["--delmonitor", "right"]);
  await exact(session, left);
  await expect(menu).toHaveCount(0);
  await addMonitor(desktop, "right", right, "none");
  await exact(session, right); // what was chosen comes back
});

test("the screen gets another size: the picture goes on", async ({ broker, startDesktop, page }) => {
  const desktop = await startDesktop({ resizes: true });
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await exact(session, whole);
  await page.evaluate(() => Object.assign(window, { loaded: "once" }));
  let typed = "";
  for (const size of ["1920x1080", "1024x768", "1280x800"] as const) {
    await resize(desktop, size);
    const [width = 0, height = 0] = size.split("x").map(Number);
    await exact(session, { x: 0, y: 0, width, height });
    await session.focus(await desktop.window(terminal.title));
    await page.keyboard.type(`${size} `);
    typed += `${size} `;
    await terminal.typed(typed);
  }
  expect(await page.evaluate(() => "loaded" in window), "not loaded anew").toBe(true);
  const kinds = await eventKinds(broker);
  expect(kinds.filter((kind) => kind === "client.verified")).toHaveLength(1);
  expect(kinds.filter((kind) => kind === "client.capture_started")).toHaveLength(1);
});
