import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./broker.ts";
import { checkout } from "./paths.ts";
import { Program, run } from "./process.ts";
import { waitFor } from "./wait.ts";

const address = "desk@desk.example";
const password = "not-for-logs-and-not-for-pages";

/** A mailbox and a mail server: a process of its own. */
export class PostOffice {
  private constructor(
    private readonly ports: { readonly imap: number; readonly smtp: number; readonly http: number },
    private readonly folder: string,
    private readonly server: Program,
  ) {}

  static async open(): Promise<PostOffice> {
    const folder = await mkdtemp(join(tmpdir(), "beside-post-"));
    const program = join(folder, "postoffice");
    await run("go", ["build", "-C", checkout, "-o", program, "./internal/postoffice"]);
    await writeFile(join(folder, "password"), `${password}\n`, { mode: 0o600 });
    const ports = { imap: await freePort(), smtp: await freePort(), http: await freePort() };
    const listen = [ports.imap, ports.smtp, ports.http].map((port) => `localhost:${port}`);
    const office = new PostOffice(ports, folder, new Program(program, [...listen, address, password], {}));
    await waitFor("the post office is open", async () => {
      try {
        return (await fetch(office.#url)).ok;
      } catch {
        return false; // it does not listen yet
      }
    });
    return office;
  }

  get #url(): string {
    return `http://localhost:${this.ports.http}/`;
  }

  /** The flags of `beside serve` that lead to it. */
  get flags(): readonly string[] {
    const servers = [`imap://localhost:${this.ports.imap}`, `smtp://localhost:${this.ports.smtp}`] as const;
    const secret = join(this.folder, "password");
    return [
      "--mail-address",
      address,
      "--mail-in",
      servers[0],
      "--mail-out",
      servers[1],
      "--mail-password",
      secret,
    ];
  }

  /** Puts a mail into the desk's mailbox. */
  async comes(...lines: readonly string[]): Promise<void> {
    await fetch(this.#url, { method: "POST", body: lines.join("\r\n") });
  }

  /** What the desk sent, oldest first. */
  async sent(): Promise<readonly string[]> {
    return (await (await fetch(this.#url)).json()) as string[];
  }

  async close(): Promise<void> {
    await this.server.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
