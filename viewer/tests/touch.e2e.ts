import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { seriousFindings } from "./harness/axe.ts";
import { text } from "./harness/client.ts";
import { EventWindow } from "./harness/event-window.ts";
import { Fingers } from "./harness/fingers.ts";
import { Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** Nothing sticks out of the screen, and nothing serious for axe, in both colours. */
async function sound(page: Page, what: string): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, `${what}: as wide as the screen`).toBeLessThanOrEqual(phone.viewport.width);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await seriousFindings(page), `${what}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

test("a technician helps from a telephone", async ({ broker, desktop, openPage }) => {
  const page = await openPage(phone);
  const session = await Session.controlled(broker, desktop, page);
  const buttons = await EventWindow.open(desktop);
  const fingers = await Fingers.on(page);
  const { stage } = session;
  const box = async () => (await stage.canvas.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

  await sound(page, "the picture");
  const fit = await box();
  expect(fit.x).toBeGreaterThanOrEqual(0);
  expect(fit.x + fit.width).toBeLessThanOrEqual(phone.viewport.width);
  await shot("session-phone", () => page.screenshot());

  // A tap is a click and a long press is a click of the other button, just there.
  await fingers.tap(await stage.place(500, 400));
  await buttons.pressed([1]);
  const at = await stage.place(600, 450);
  await fingers.down(at);
  await buttons.pressed([1, 3]);
  await fingers.up();
  const pixel = 1280 / fit.width; // of the screen for one of the page
  for (const [i, [x, y]] of [
    [500, 400],
    [600, 450],
  ].entries()) {
    const event = (await buttons.events()).filter(({ down }) => down)[i];
    expect(Math.abs((event?.x ?? 0) - (x ?? 0)), "across").toBeLessThanOrEqual(pixel);
    expect(Math.abs((event?.y ?? 0) - (y ?? 0)), "down").toBeLessThanOrEqual(pixel);
  }

  // Two fingers up are the wheel down, notch by notch: a notch is 100 pixels of the page, and the rest waits.
  await buttons.clear();
  const from = [await stage.place(450, 500), await stage.place(700, 500)];
  await fingers.swipe(
    from,
    from.map(({ x, y }) => ({ x, y: y - 230 })),
  );
  await buttons.pressed([5, 5]);

  // Two fingers that go apart look closer, and no button is pressed; then a tap hits the very pixel.
  await buttons.clear();
  const middle = await stage.place(500, 400);
  const apart = (d: number) => [
    { x: middle.x - d, y: middle.y },
    { x: middle.x + d, y: middle.y },
  ];
  await fingers.swipe(apart(20), apart(140));
  await expect.poll(async () => (await box()).width / fit.width).toBeGreaterThan(4);
  await sound(page, "a closer look");
  await shot("session-phone-closer", () => page.screenshot());
  await fingers.tap(await stage.place(500, 400));
  await buttons.pressed([1]);
  expect((await buttons.events())[0]).toMatchObject({ x: 500, y: 400 });

  // On the trackpad the finger moves the pointer from wherever it is.
  await page.getByRole("button", { name: text("session.touch.trackpad") }).tap();
  await buttons.clear();
  await fingers.swipe([{ x: 200, y: 600 }], [{ x: 240, y: 600 }]);
  await fingers.tap({ x: 100, y: 650 });
  await buttons.pressed([1]);
  const moved = (await buttons.events())[0];
  expect(moved?.x).toBeGreaterThan(504);
  expect(moved?.y).toBe(400);
  await page.getByRole("button", { name: text("session.touch.whole") }).tap();
  await expect.poll(async () => Math.round((await box()).width)).toBe(Math.round(fit.width));

  await types(page, session);

  // What there is no room for is in a sheet, which a tap beside it puts away.
  await page.getByRole("button", { name: text("session.more"), exact: true }).tap();
  await expect(page.getByRole("button", { name: text("session.keys"), exact: true })).toBeVisible();
  await sound(page, "the sheet");
  await shot("session-phone-more", () => page.screenshot());
  await page
    .getByRole("button", { name: text("app.close"), exact: true })
    .first()
    .tap();
  await expect(page.getByRole("button", { name: text("session.keys"), exact: true })).toBeHidden();
});

/** Typing as a telephone's keyboard does it: without keys, composing, and Backspace as a wish to take away. */
async function types(page: Page, session: Session): Promise<void> {
  const terminal = await session.client.desktop.terminal();
  await session.stage.live();
  const type = page.getByRole("button", { name: text("session.touch.type"), exact: true });
  const spot = await session.stage.place(terminal.window.x + 40, terminal.window.y + 40);
  const direct = page.getByRole("button", { name: text("session.touch.trackpad") });
  await direct.tap();
  await page.touchscreen.tap(spot.x, spot.y);
  await session.client.desktop.active(terminal.window);
  await expect(type, "a tap on the picture opens no keyboard").toHaveAttribute("aria-pressed", "false");
  await type.tap();
  await expect(type).toHaveAttribute("aria-pressed", "true");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { text: "hé", selectionStart: 2, selectionEnd: 2 });
  await cdp.send("Input.insertText", { text: "héllo" });
  await page.keyboard.insertText(" 😀");
  await terminal.typed("héllo 😀");
  const nameless = { key: "Unidentified", windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229 };
  await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...nameless, commands: ["deleteBackward"] });
  await terminal.typed("héllo 😀\u007f");

  // Ctrl waits for the next character, and the keys keep the keyboard open.
  await terminal.clear();
  const control = page.getByRole("button", { name: "Ctrl", exact: true });
  await control.tap();
  await expect(control).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.insertText("c");
  await expect(control).toHaveAttribute("aria-pressed", "false");
  await page.keyboard.insertText("c");
  await page.getByRole("button", { name: "Tab", exact: true }).tap();
  await terminal.typed("\u0003c\t");
  await expect(type).toHaveAttribute("aria-pressed", "true");
  await shot("session-phone-typing", () => page.screenshot());
  await type.tap();
  await expect(type).toHaveAttribute("aria-pressed", "false");
}

test("every page that a technician uses fits a telephone", async ({ broker, openPage }) => {
  const page = await openPage(phone);
  await broker.addTechnician();
  await broker.addTicket(
    "Laptop is very slow since the update this morning, and the fan is loud",
    "Bartholomew Featherstonehaugh",
  );
  await page.goto(await broker.signInLink());
  await sound(page, "sign-in");
  await page.getByRole("button", { name: text("signin.button") }).tap();
  const row = page.getByRole("link", { name: /Laptop is very slow/ });
  await expect(row).toBeVisible();
  await sound(page, "the desk");
  await shot("desk-phone", () => page.screenshot());
  await row.tap();
  await expect(page.getByRole("button", { name: text("desk.help") })).toBeVisible();
  await sound(page, "a ticket");
  await page.getByRole("button", { name: text("desk.help") }).tap();
  await expect(page.getByRole("textbox", { name: /./ }).first()).toBeVisible();
  await sound(page, "a ticket with a link");
  for (const path of ["sessions", "machines", "reports", "account"]) {
    await page.goto(`${broker.url}/${path}`);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await sound(page, path);
  }
});

test("zoomed to 200 %, the technician's pages keep everything in reach", async ({ broker, openPage }) => {
  // A browser at 200 % lays out in half of the window.
  const page = await openPage({
    viewport: { width: 640, height: 400 },
    deviceScaleFactor: 2,
    reducedMotion: "reduce",
  });
  await broker.addTechnician();
  await broker.addTicket("Printer prints nothing", "Sam Okafor");
  await page.goto(await broker.signInLink());
  await page.getByRole("button", { name: text("signin.button") }).click();
  const row = page.getByRole("link", { name: /Printer prints nothing/ });
  await expect(row).toBeVisible();
  const reach = async (what: string): Promise<void> => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, `${what}: nothing to scroll sideways`).toBeLessThanOrEqual(640);
    expect(await seriousFindings(page), what).toEqual([]);
    const moving = await page.evaluate(() =>
      document.getAnimations().flatMap((a) => (a.playState === "running" ? [a.id] : [])),
    );
    expect(moving, `${what}: nothing moves where people asked for that`).toEqual([]);
  };
  await reach("the desk");
  await row.click();
  await page.getByRole("button", { name: text("desk.help") }).click();
  await expect(
    page.getByRole("textbox", { name: text("desk.link", { requester: "Sam Okafor" }) }),
  ).toBeVisible();
  await reach("a ticket");
  for (const path of ["sessions", "machines", "reports", "account"]) {
    await page.goto(`${broker.url}/${path}`);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await reach(path);
  }
});
