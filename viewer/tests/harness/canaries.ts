import type { Page, WebSocket } from "@playwright/test";
import { Code } from "./code.ts";

const secretBytes = 32; // of an Ed25519 seed

/** Collects the secrets of a run, each in every form in which it could be written down by mistake. */
export class Canaries {
  readonly #forms = new Map<string, string | Buffer>();

  get forms(): ReadonlyMap<string, string | Buffer> {
    return this.#forms;
  }

  /** The names of what was collected so far. */
  get names(): readonly string[] {
    return [...new Set([...this.#forms.keys()].map((form) => form.replace(/ \(.*/, "")))];
  }

  addText(name: string, secret: string): void {
    this.#add(name, "text", secret);
  }

  addBytes(name: string, secret: Buffer): void {
    this.#add(name, "bytes", secret);
    for (const form of ["base64url", "base64", "hex"] as const) {
      this.#add(name, form, secret.toString(form).replace(/=+$/, ""));
    }
  }

  /** What a link holds, and all that is derived from it. */
  addCode(text: string): void {
    const code = new Code(text);
    this.addText("s", code.secret);
    for (const label of ["join", "bind", "page"]) this.addBytes(label, code.derive(label));
  }

  /** A sign-in link, with the session's keys that it may hand over. */
  addSignIn(link: string): void {
    const [secret = "", , keys] = link.slice(link.indexOf("#") + 1).split(".");
    this.addText("sign-in secret", secret);
    this.addBytes("sign-in secret", Buffer.from(secret, "base64url"));
    if (keys === undefined) return;
    this.addText("handed over keys", keys);
    this.addBytes("invite key", Buffer.from(keys, "base64url").subarray(0, secretBytes));
  }

  /** The cookies and every token that the page is given or sends, from now on. */
  async addPage(page: Page): Promise<void> {
    for (const cookie of await page.context().cookies()) {
      this.addText("cookie", cookie.value);
      this.addBytes("cookie", Buffer.from(cookie.value, "base64url"));
    }
  }

  /** There may be several of a name: another one takes nobody's place. */
  #add(name: string, form: string, secret: string | Buffer): void {
    if (secret.length < 16) throw new Error(`${name} is too short to be searched for`);
    this.#forms.set(`${name} (${form}, no. ${this.#forms.size + 1})`, secret);
  }

  /** Collects the tokens that a page is given or sends, from before its first document. */
  watch(page: Page): void {
    const collect = (text: string): void => {
      for (const token of text.match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g) ?? []) {
        const claims = Buffer.from(token.split(".")[0] ?? "", "base64url").toString();
        const type = /"typ":"([^"]+)"/.exec(claims)?.[1] ?? "token";
        this.addText(type, token);
      }
    };
    page.on("response", (response) => {
      if (!response.url().includes("/api/v1/") || response.url().endsWith("/live")) return;
      response.text().then(collect, () => undefined); // a page that is left takes its answers along
    });
    page.on("websocket", (socket: WebSocket) => {
      socket.on("framesent", ({ payload }) => collect(payload.toString()));
      socket.on("framereceived", ({ payload }) => collect(payload.toString()));
    });
  }
}
