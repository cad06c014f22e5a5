import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { Session } from "./harness/session.ts";
import type { Terminal } from "./harness/terminal.ts";

/** Of the fifteen that TestTwoHundredCharactersOnEveryLayout types on at the client: here the page is before it. */
const layouts = ["us", "de", "fr", "tr"];

/** Two hundred: ASCII, the second half of Latin-1, letters that few have, a sign of two UTF-16 halves, Chinese. */
const characters = [
  ...Array.from({ length: 95 }, (_, i) => String.fromCodePoint(0x20 + i)),
  ...Array.from({ length: 95 }, (_, i) => String.fromCodePoint(0xa1 + i)).filter((c) => c !== "\u00ad"),
  ..."ĞğıİŞşęł€😀你",
];

/** Fewer than the keys that no layout uses. */
const together = 15;

/** Waits for the end of the line, and names each character that came as another. */
async function arrives(terminal: Terminal, want: readonly string[], what: string): Promise<void> {
  await expect
    .poll(async () => await terminal.text(), { message: `${what}: the end of the line`, timeout: 60_000 })
    .toContain("\n");
  const got = [...(await terminal.text()).split("\n", 1).join("")];
  const wrong = want.flatMap((c, i) => (got[i] === c ? [] : [`${c} is ${got[i] ?? "nothing"}`]));
  expect(wrong, `${what}, of ${got.length} characters`).toEqual([]);
  expect(got.length, what).toBe(want.length);
}

test("two hundred characters arrive exactly on each of four layouts", async ({ desktop, broker, page }) => {
  expect(characters).toHaveLength(200);
  const session = await Session.controlled(broker, desktop, page);
  const terminal = await desktop.terminal();
  await session.focus(terminal.window);
  for (const layout of layouts) {
    await desktop.layout(layout);
    await terminal.clear();
    // As many at once as there are keys to lend: what comes faster waits for programs to look, and on a machine that
    // is very busy some look later than they are waited for (docs/input.md).
    await page.keyboard.type(characters.slice(0, 95).join(""));
    for (let i = 95; i < characters.length; i += together) {
      await page.keyboard.type(characters.slice(i, i + together).join(""));
      const sent = Math.min(characters.length, i + together);
      await expect
        .poll(async () => [...(await terminal.text())].length, { message: layout, timeout: 30_000 })
        .toBeGreaterThanOrEqual(sent);
    }
    await page.keyboard.type("\n");
    await arrives(terminal, characters, layout);
  }
  await terminal.clear();
  await page.keyboard.press("Control+c");
  await terminal.typed("\u0003");
});

test("what is composed arrives as what came of it", async ({ desktop, broker, page }) => {
  await desktop.layout("de");
  const session = await Session.controlled(broker, desktop, page);
  const terminal = await desktop.terminal();
  await session.focus(terminal.window);
  const compose = await composer(page);
  await page.keyboard.type("a");
  await compose(["´"], "é"); // a dead key of the technician's
  await compose(["k", "こ", "こn", "こん"], "今");
  await compose(["n", "ni"], "你好");
  await compose(["x"], ""); // given up
  await page.keyboard.insertText("👩‍🔧"); // chosen from a list of signs: three characters that make one
  await page.keyboard.type("z\n");
  await arrives(terminal, [..."aé今你好👩‍🔧z"], "composed");
});

/** An input method at the page: it shows what is under way, then writes what was chosen. */
async function composer(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  return async (underway: readonly string[], chosen: string): Promise<void> => {
    for (const text of underway) {
      const end = text.length;
      await cdp.send("Input.imeSetComposition", { text, selectionStart: end, selectionEnd: end });
    }
    if (chosen === "") {
      await cdp.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
    } else {
      await cdp.send("Input.insertText", { text: chosen });
    }
  };
}
