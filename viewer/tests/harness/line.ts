import { createConnection, createServer, type Server, type Socket } from "node:net";

/**
 * Stands between both ends and a broker, so that a test can cut the line. It carries TCP: the pages, the requests
 * and the websockets. What the two ends send each other directly, over UDP, does not pass here.
 */
export class Line {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #target = 0;

  private constructor(
    server: Server,
    readonly port: number,
  ) {
    this.#server = server;
    server.on("connection", (socket) => this.#join(socket));
  }

  /** Listens on a free port. Until lead, and while it is cut, nothing answers there. */
  static async start(): Promise<Line> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no free port");
    return new Line(server, address.port);
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** How many connections there are: each has two sockets. */
  get connections(): number {
    return this.#open.size / 2;
  }

  /** Leads to an address such as "localhost:4711". */
  lead(address: string): void {
    this.#target = Number(address.slice(address.lastIndexOf(":") + 1));
  }

  /** Breaks every connection and lets none through, until lead. */
  cut(): void {
    this.#target = 0;
    for (const socket of this.#open) socket.destroy();
  }

  async end(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#target === 0) {
      near.destroy();
      return;
    }
    const far = createConnection({ host: "localhost", port: this.#target });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(from);
      from.on("error", () => undefined); // close follows
      from.on("close", () => {
        this.#open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
