import { expect, type Page } from "@playwright/test";
import { seriousFindings } from "./axe.ts";

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } } as const;

/** Looks at what a page shows now in both sizes and both colours: nothing serious for axe, nothing sticks out. */
export async function looksSound(page: Page, what: string): Promise<void> {
  for (const [name, size] of Object.entries(sizes)) {
    await page.setViewportSize(size);
    expect(await sticksOut(page), `${what}, ${name}: wider than the window`).toEqual([]);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect(await seriousFindings(page), `${what}, ${name}, ${colorScheme}`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(sizes.wide);
}

/** The elements that make the page scroll sideways. */
async function sticksOut(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter(
      (e) => e.getBoundingClientRect().right > innerWidth + 0.5,
    );
    return wide.map(
      (e) => `${e.tagName.toLowerCase()}.${e.className} ends at ${e.getBoundingClientRect().right}`,
    );
  });
}

/** Presses Tab until the control of this role and name has the focus. Every stop on the way must be visible. */
export async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const exact = typeof name === "string";
  const wanted = page.getByRole(role, { name, exact }).first();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const stop = await focusStop(page);
    expect(stop.seen, `the focus on ${stop.what} can be seen`).toBe(true);
    if ((await wanted.count()) > 0 && (await wanted.evaluate((e) => e === document.activeElement))) return;
  }
  throw new Error(`Tab does not reach the ${role} "${name}"`);
}

type Role = Parameters<Page["getByRole"]>[0];

/** What has the focus, and whether one sees it: by an outline of its own, or of the label that stands for it. */
async function focusStop(page: Page): Promise<{ readonly what: string; readonly seen: boolean }> {
  return await page.evaluate(() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return { what: "the page", seen: true };
    const label =
      at instanceof HTMLInputElement && at.classList.contains("unseen") ? at.nextElementSibling : at;
    const style = getComputedStyle(label ?? at);
    const ring = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
    const what = `${at.tagName.toLowerCase()} "${at.getAttribute("aria-label") ?? at.textContent ?? ""}"`;
    return { what, seen: ring || style.boxShadow !== "none" };
  });
}
