import { type Browser, chromium as playwright } from "@playwright/test";
import { chromium } from "./chromium.ts";
import type { Desktop } from "./desktop.ts";
import { waitFor } from "./wait.ts";

/**
 * Debian's Chromium with windows on a desktop, where a page can be behind another: without a window every page
 * counts as looked at. It ends with the desktop.
 */
export async function startChromium(desktop: Desktop): Promise<Browser> {
  const args = chromium.args?.filter((arg) => !arg.startsWith("--headless")) ?? [];
  const program = desktop.start("chromium", [
    ...args,
    "--remote-debugging-port=0",
    `--user-data-dir=${desktop.home}/chromium`,
    "about:blank",
  ]);
  const address = await waitFor("Chromium listens", () => {
    if (!program.running) throw new Error(`Chromium ended: ${program.output}`);
    return /^DevTools listening on (ws:\S+)$/m.exec(program.output)?.[1];
  });
  return await playwright.connectOverCDP(address, { noDefaults: true });
}
