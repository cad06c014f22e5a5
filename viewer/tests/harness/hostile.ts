import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { checkout } from "./paths.ts";
import { Program, run } from "./process.ts";
import { waitFor } from "./wait.ts";

/** What a hostile client says of its machine when it joins. */
export interface Claims {
  readonly os: string;
  readonly arch: string;
  readonly name: string;
  readonly version: string;
}

/** The message that the picture is allowed. */
export const view = {
  type: "rights",
  generation: 1,
  scopes: "view",
  paused: false,
  asking: false,
  own: false,
  left: 900,
  taken: "",
};

/** A client that shows nothing and says whatever it is told to. It holds the link, so the page believes it. */
export class HostileClient {
  private constructor(
    private readonly folder: string,
    private readonly program: Program,
  ) {}

  static async join(link: string, claims: Claims): Promise<HostileClient> {
    const folder = await mkdtemp(join(tmpdir(), "beside-hostile-"));
    const program = join(folder, "client");
    await run("go", ["build", "-C", checkout, "-o", program, "./internal/evil/cmd"]);
    const started = new Program(program, [link, JSON.stringify(claims), "9.9"]);
    const joined = await started.firstLine();
    if (joined !== "joined") throw new Error(started.output);
    return new HostileClient(folder, started);
  }

  /** Waits until the page proved itself to it, once more than before. */
  async greeted(times: number): Promise<void> {
    await this.heard("hello", times);
  }

  /** Sends a message on control, whatever it is. */
  control(message: unknown): void {
    this.raw("control", typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Sends bytes on a channel. */
  bytes(channel: "display" | "repeat" | "pointer" | "files" | "control", data: Buffer): void {
    this.raw(`${channel}:base64`, data.toString("base64"));
  }

  /** Waits until the page has sent messages of this kind so many times. */
  async heard(type: string, times: number): Promise<void> {
    await waitFor(`${times} × ${type} of the page`, async () => this.count(type) >= times, 20_000);
  }

  /** How many messages of this kind the page has sent. */
  count(type: string): number {
    return this.program.output.split(`heard {"type":"${type}"`).length - 1;
  }

  /** The id of the last message of this kind that the page has sent. */
  lastId(type: string): string {
    const heard = [
      ...this.program.output.matchAll(new RegExp(`heard \\{"type":"${type}","id":"([^"]+)"`, "g")),
    ];
    return heard.at(-1)?.[1] ?? "";
  }

  /** Drops the connection and offers another to the same page. */
  again(): void {
    this.program.write("again\n");
  }

  /** Signs a statement for the record. */
  state(kind: string, data: unknown): void {
    this.raw("state", `${kind} ${JSON.stringify(data)}`);
  }

  private raw(how: string, text: string): void {
    this.program.write(`${how} ${text}\n`);
  }

  get output(): string {
    return this.program.output;
  }

  async end(): Promise<void> {
    await this.program.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Texts that would do something if a page took them for more than text. Each would make an element with the attribute
 * data-evil, say "evil-ran" on the console, open a dialog, or ask for an address with evil-asked in it.
 */
export const corpus = [
  "<b data-evil>b</b>",
  "<img src=/evil-asked data-evil onerror=console.log('evil-ran')>",
  "<script>console.log('evil-ran')</script>",
  '"><svg data-evil onload=alert(1)>',
  "'><iframe data-evil srcdoc='<script>parent.console.log(`evil-ran`)</script>'></iframe>",
  "javascript:console.log('evil-ran')//",
  "<a data-evil href=javascript:console.log('evil-ran')>x</a>",
  "<style data-evil>@import '/evil-asked';</style>",
  "<link data-evil rel=stylesheet href=/evil-asked>",
  "<base data-evil href=//evil-asked.example/>",
  "<math><mtext><table><mglyph><style><!--</style><img data-evil src=/evil-asked onerror=alert(1)>",
  "<noscript><p title='</noscript><img data-evil src=/evil-asked onerror=alert(1)>'>",
  "{{constructor.constructor('console.log(`evil-ran`)')()}}",
  "#{console.log('evil-ran')}",
  "<form data-evil action=/evil-asked><input name=x autofocus onfocus=this.form.submit()>",
  "<meta data-evil http-equiv=refresh content='0;url=/evil-asked'>",
  "&lt;img data-evil src=/evil-asked&gt;",
  "\u202e<b data-evil>\u202c",
  "__proto__",
  "constructor",
] as const;

/** Watches a page for anything that a hostile text may have done. */
export class Trap {
  private readonly caught: string[] = [];

  constructor(private readonly page: Page) {
    page.on("dialog", (dialog) => {
      this.caught.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url().includes("evil-asked")) this.caught.push(`a request: ${request.url()}`);
    });
    page.on("console", (message) => {
      if (message.text().includes("evil-ran")) this.caught.push(`a script: ${message.text()}`);
    });
  }

  /** Fails when something was done, or when some text has become an element. */
  async empty(where: string): Promise<void> {
    expect(await this.page.locator("[data-evil]").count(), `${where}: elements made of texts`).toBe(0);
    expect(this.caught, where).toEqual([]);
  }
}
