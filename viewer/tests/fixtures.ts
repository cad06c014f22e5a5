import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type BrowserType,
  test as base,
  expect,
  type Page,
} from "@playwright/test";
import { Broker, type BrokerOptions } from "./harness/broker.ts";
import { chromium } from "./harness/chromium.ts";
import { Desktop, type DesktopOptions } from "./harness/desktop.ts";
import { Network, type NetworkOptions } from "./harness/namespace.ts";
import { PageWatch } from "./harness/page-watch.ts";
import { Provider } from "./harness/provider.ts";

export type { BrowserType, Page };
export { expect };

interface Fixtures {
  /** Starts a desktop that ends with the test; for another size, or for a second one. */
  startDesktop: (options?: DesktopOptions) => Promise<Desktop>;
  /** A desktop of 1280x800, started at first use. */
  desktop: Desktop;
  /** Starts a broker that ends with the test; with further flags of `beside serve`, or for a second one. */
  startBroker: (flags?: readonly string[], options?: BrokerOptions) => Promise<Broker>;
  /** A broker, started at first use. It has no accounts yet. */
  broker: Broker;
  /** An OpenID provider that ends with the test. It does not run yet. */
  provider: Provider;
  /** Opens a page in a browser of its own, with nothing stored in it. `page` is one such page too. */
  openPage: (options?: BrowserContextOptions) => Promise<Page>;
  /** Makes three machines with cables between them; a test that asks for it is skipped where that cannot be. */
  startNetwork: (options?: NetworkOptions) => Promise<Network>;
  /** Opens a page in a browser on the technician's machine of a network. */
  openRemotePage: (network: Network) => Promise<Page>;
  /** What pages did that they must not: break their policy, or throw. The test fails when there was any. */
  watch: PageWatch;
}

export const test = base.extend<Fixtures>({
  launchOptions: [chromium, { scope: "worker" }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  startDesktop: async ({}, use, info) => {
    const started: Desktop[] = [];
    await use(async (options) => {
      const desktop = await Desktop.start(options);
      started.push(desktop);
      return desktop;
    });
    for (const [i, desktop] of started.entries()) {
      if (info.status !== info.expectedStatus) {
        await info.attach(`desktop-${i}`, { body: await desktop.screenshot(), contentType: "image/png" });
        await info.attach(`desktop-${i}-printed`, { body: desktop.printed(), contentType: "text/plain" });
      }
      await desktop.end();
    }
  },

  desktop: async ({ startDesktop }, use) => {
    await use(await startDesktop());
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  startBroker: async ({}, use, info) => {
    const started: Broker[] = [];
    await use(async (flags, options) => {
      const broker = await Broker.start(flags, options);
      started.push(broker);
      return broker;
    });
    const leaks: string[] = [];
    for (const [i, broker] of started.entries()) {
      if (info.status !== info.expectedStatus) {
        await info.attach(`broker-${i}-log`, { body: broker.log, contentType: "text/plain" });
      }
      try {
        leaks.push(...(await broker.leaks(broker.given)));
      } finally {
        await broker.end();
      }
    }
    expect(leaks, "secrets that a broker wrote down").toEqual([]);
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  provider: async ({}, use) => {
    const provider = await Provider.make();
    await use(provider);
    await provider.end();
  },

  broker: async ({ startBroker }, use) => {
    await use(await startBroker());
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  watch: async ({}, use, info) => {
    const watch = new PageWatch();
    await use(watch);
    if (info.status !== info.expectedStatus) {
      await info.attach("consoles", { body: watch.said, contentType: "text/plain" });
    }
    expect(watch.problems, "a page broke its policy or had an uncaught error").toEqual([]);
  },

  page: async ({ page, watch }, use) => {
    await watch.add(page);
    await use(page);
  },

  openPage: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const page = await context.newPage();
      await watch.add(page);
      return page;
    });
    for (const context of contexts) await context.close();
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  startNetwork: async ({}, use, info) => {
    const missing = await Network.missing();
    info.skip(missing !== undefined, missing);
    const started: Network[] = [];
    await use(async (options) => {
      const network = await Network.start(options);
      started.push(network);
      return network;
    });
    for (const network of started) await network.end();
  },

  openRemotePage: async ({ playwright, watch }, use) => {
    const browsers: Browser[] = [];
    await use(async (network) => {
      const program = await network.wrapped(chromium.executablePath, network.technician);
      const browser = await playwright.chromium.launch({ ...chromium, executablePath: program });
      browsers.push(browser);
      // The broker's certificate is of its own authority.
      const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
      await watch.add(page);
      return page;
    });
    for (const browser of browsers) await browser.close();
  },
});
