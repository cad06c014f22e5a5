import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { tabTo } from "./harness/looks.ts";
import { Session } from "./harness/session.ts";

test("keys as they lie on the requester's keyboard", async ({ desktop, broker, page }) => {
  await desktop.layout("de");
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.keys(text("session.keyboard.keys"));
  await session.focus(terminal.window);
  // By the places of a US keyboard, as a browser names them.
  for (const key of ["KeyY", "KeyZ", "Semicolon", "BracketLeft", "Shift+Digit2", "AltRight+KeyQ"]) {
    await page.keyboard.press(key);
  }
  await terminal.typed('zyöü"@');
  await terminal.clear();
  await page.keyboard.press("Control+KeyC");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Backspace");
  await terminal.typed("\u0003\n\u007f");

  await session.keys(text("session.keyboard.text"));
  await terminal.clear();
  await page.keyboard.type("yz;[@");
  await terminal.typed("yz;[@");
});

test("keys that a browser keeps for itself are sent from a menu", async ({ desktop, broker, page }) => {
  const first = await desktop.terminal("first");
  const second = await desktop.terminal("second");
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(second.window);
  await page.keyboard.type("a");
  await second.typed("a");
  await session.keys("Ctrl+W");
  await second.typed("a\u0017");
  await session.keys("Alt+Tab");
  await desktop.active(first.window);
  await page.keyboard.type("b"); // without a click: the menu gives the keyboard back to the picture
  await first.typed("b");
  await session.keys("Alt+F4");
  await desktop.gone("first");
  expect(await desktop.titles()).toContain("second");
});

test("the menu of keys is used by keys, and a modifier waits for the next", async ({
  desktop,
  broker,
  page,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(terminal.window);
  const { keyboard } = page;
  const choose = async (label: string): Promise<void> => {
    await keyboard.press("Control+Alt+Shift+KeyL");
    await tabTo(page, "button", text("session.keys"));
    await keyboard.press("Enter");
    const item = page.getByRole("menuitem", { name: label, exact: true });
    await expect(item).toBeVisible();
    const focused = page.locator("[role=menuitem]:focus");
    await expect(focused).toBeVisible();
    // From the end, where the single keys are: the menu goes round.
    for (let i = 0; i < 60 && (await focused.textContent())?.trim() !== label; i++) {
      await keyboard.press("ArrowUp");
    }
    await expect(item).toBeFocused();
    await keyboard.press("Enter");
    await expect(page.getByText(text("session.focus.there"))).toBeVisible();
  };
  await choose("Esc");
  await choose("F5");
  await terminal.typed("\u001b\u001b[15~");
  await terminal.clear();
  await session.keys(text("session.keys.hold", { key: "Ctrl" }));
  await keyboard.type("vv");
  await terminal.typed("\u0016v");
});

test("the keyboard comes back to the page by keys", async ({ desktop, broker, page }) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(terminal.window);
  await expect(page.getByText(text("session.focus.there"))).toBeVisible();
  await page.keyboard.type("there");
  await terminal.typed("there");
  const finish = page.getByRole("button", { name: text("session.finish"), exact: true });
  const place = await finish.boundingBox();
  await page.keyboard.press("Control+Alt+Shift+KeyL");
  await expect(page.getByText(text("session.focus.here"))).toBeVisible();
  expect(
    await finish.boundingBox(),
    "a button does not move away under the press that moves the focus",
  ).toEqual(place);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: text("session.give-back") })).toBeFocused();
  await page.keyboard.type("here");
  expect(await terminal.before("period")).toBe("there");
});
