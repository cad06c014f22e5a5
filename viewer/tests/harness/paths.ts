import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);

function inCheckout(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** The folder of this repository. */
export const checkout = fileURLToPath(root);

/** What `make build` built. */
export const programs = {
  beside: inCheckout("bin/beside"),
  demo: inCheckout("bin/demo"),
  verify: inCheckout("bin/beside-verify"),
  /** Made for no broker: it knows only what it is told. */
  client: inCheckout("bin/beside-client"),
  /** What a person's desktop opens addresses with. */
  browser: inCheckout("viewer/tests/harness/browser.sh"),
} as const;

/** There when `make build` built the client with video encoders. */
export const encoders = inCheckout(".cache/video/current");

export const textsFile = inCheckout("signaling/texts/en.json");
export const docsFolder = inCheckout("docs");
