import type { ConsoleMessage, Page } from "@playwright/test";

/** Collects what must not happen on any page: a breach of the content security policy, or an uncaught error. */
export class PageWatch {
  readonly #problems: string[] = [];
  readonly #said: string[] = [];

  /** Watches a page from before its first document. */
  async add(page: Page): Promise<void> {
    page.on("pageerror", (err) => this.#problems.push(`uncaught: ${err.message}`));
    page.on("console", (message) => this.#note(message));
    // Every breach is an event too, also where Chromium prints none.
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (e) => {
        console.error(
          `policy breach: ${e.violatedDirective} by ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`,
        );
      });
    });
  }

  /** What was seen so far. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** What the pages wrote to their consoles, for a failed test's report. */
  get said(): string {
    return this.#said.join("\n");
  }

  /** Forgets what was seen so far, where a test provoked it. */
  forget(): void {
    this.#problems.length = 0;
  }

  #note(message: ConsoleMessage): void {
    const text = message.text();
    this.#said.push(`${message.type()}: ${text}`);
    if (message.type() === "error" && /policy breach|Content Security Policy|Trusted ?Type/i.test(text)) {
      this.#problems.push(text);
    }
  }
}
