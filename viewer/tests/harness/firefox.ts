import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./process.ts";
import { waitFor } from "./wait.ts";

/** Nothing that Firefox would do in the background may reach out, and both ends of a connection are on this machine. */
const preferences = {
  "marionette.port": 0,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "app.normandy.enabled": false,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.systemAddon.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.server": "data:,",
} as const;

const elementKey = "element-6066-11e4-a52e-4f735466cecf"; // of an element's reference, W3C WebDriver, section 12

/** Debian's Firefox, driven by its own remote protocol: Playwright drives only builds of its own. */
export class Firefox {
  readonly #program: Program;
  readonly #profile: string;
  #wire: Marionette | undefined;

  private constructor(program: Program, profile: string) {
    this.#program = program;
    this.#profile = profile;
  }

  static async start(): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), "beside-firefox-"));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    await writeFile(join(profile, "user.js"), lines.join(""));
    const args = ["--headless", "--marionette", "--no-remote", "--profile", profile];
    const env = { PATH: "/usr/bin:/bin", HOME: profile, XDG_RUNTIME_DIR: profile };
    const firefox = new Firefox(new Program("firefox-esr", args, { env }), profile);
    try {
      await firefox.#connect();
    } catch (err) {
      await firefox.end();
      throw err;
    }
    return firefox;
  }

  async end(): Promise<void> {
    this.#wire?.end();
    await this.#program.end();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async goto(url: string): Promise<void> {
    await this.#send("WebDriver:Navigate", { url });
  }

  /** Clicks the first control of this kind whose text is this, once there is one. */
  async click(kind: "a" | "button", words: string): Promise<void> {
    const value = `//${kind}[not(@disabled)][contains(normalize-space(), ${JSON.stringify(words)})]`;
    const found = await waitFor(`"${words}" to click`, () => this.#find(value), 20_000);
    await this.#send("WebDriver:ElementClick", { id: found });
  }

  /** Runs the body of a function in the page and returns what it returns. */
  async evaluate(script: string): Promise<unknown> {
    const answer = await this.#send("WebDriver:ExecuteScript", { script, args: [] });
    return (answer as { value: unknown }).value;
  }

  async #find(value: string): Promise<string | undefined> {
    const found = await this.#send("WebDriver:FindElements", { using: "xpath", value });
    const [first] = found as readonly Readonly<Record<string, string>>[];
    return first?.[elementKey];
  }

  async #connect(): Promise<void> {
    const port = await waitFor(
      "Firefox listens",
      async () => {
        if (!this.#program.running) throw new Error(`Firefox ended: ${this.#program.output}`);
        try {
          const port = Number(await readFile(join(this.#profile, "MarionetteActivePort"), "utf8"));
          return port > 0 && port; // the file is there before its content
        } catch {
          return undefined; // not yet
        }
      },
      30_000,
    );
    this.#wire = await Marionette.connect(port);
    await this.#send("WebDriver:NewSession", { capabilities: {} });
  }

  async #send(command: string, parameters: object): Promise<unknown> {
    if (this.#wire === undefined) throw new Error("Firefox is not connected");
    return await this.#wire.send(command, parameters);
  }
}

/** Firefox's remote protocol: JSON arrays, each behind its length in decimal digits and a colon. */
class Marionette {
  #received = Buffer.alloc(0);
  #last = 0;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (err: Error) => void }>();

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk) => this.#onData(chunk));
    socket.on("error", () => undefined); // what waits is told by the close that follows
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Firefox closed the connection"));
    });
  }

  static async connect(port: number): Promise<Marionette> {
    const socket = connect(port, "127.0.0.1");
    const wire = new Marionette(socket);
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return wire;
  }

  end(): void {
    this.socket.destroy();
  }

  async send(command: string, parameters: object): Promise<unknown> {
    const id = ++this.#last;
    const text = Buffer.from(JSON.stringify([0, id, command, parameters]));
    this.socket.write(`${text.length}:${text.toString()}`);
    return await new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      const length = Number(this.#received.subarray(0, Math.max(colon, 0)).toString());
      if (colon < 0 || this.#received.length < colon + 1 + length) return;
      const text = this.#received.subarray(colon + 1, colon + 1 + length).toString();
      this.#received = this.#received.subarray(colon + 1 + length);
      this.#onMessage(JSON.parse(text));
    }
  }

  #onMessage(message: unknown): void {
    if (!Array.isArray(message)) return; // the greeting
    const [, id, problem, result] = message as [number, number, { message: string } | null, unknown];
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === null) waiting?.resolve(result);
    else waiting?.reject(new Error(problem.message));
  }
}
