import type { Page } from "@playwright/test";
import axe from "axe-core";

/** Looks at the page as assistive technology does and returns what is serious or worse, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const results = await window.axe.run(document, { resultTypes: ["violations"] });
    return results.violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help}: ${node.target.join(" ")}`));
  });
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
