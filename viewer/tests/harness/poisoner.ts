import { createServer, request, type Server } from "node:http";
import { connect, type Socket } from "node:net";

/** Stands for a broker whose operator changed its pages: everything else is the real broker's. */
export class Poisoner {
  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly sockets: ReadonlySet<Socket>,
  ) {}

  /** What its pages say, on the console too. */
  static readonly mark = "poisoned page";

  /** Serves on the port, in front of a broker on another one. `lie` changes what it answers in JSON. */
  static async start(port: number, behind: () => number, lie = (json: string) => json): Promise<Poisoner> {
    const server = createServer((asked, answer) => {
      const path = asked.url ?? "/";
      if (path === "/poison.js") {
        answer.setHeader("Content-Type", "text/javascript");
        answer.end(`console.log("${Poisoner.mark}"); document.title = "${Poisoner.mark}";`);
        return;
      }
      if (/^\/($|signin|sessions|tickets|assets\/)/.test(path)) {
        answer.setHeader("Content-Type", "text/html");
        answer.end(`<!doctype html><html lang=en><title>x</title><script src=/poison.js></script>`);
        return;
      }
      const on = request({
        port: behind(),
        host: "127.0.0.1",
        path,
        method: asked.method,
        headers: asked.headers,
      });
      on.on("response", (got) => {
        if (!(got.headers["content-type"] ?? "").includes("json")) {
          answer.writeHead(got.statusCode ?? 502, got.headers);
          got.pipe(answer);
          return;
        }
        const parts: Buffer[] = [];
        got.on("data", (part: Buffer) => parts.push(part));
        got.on("end", () => {
          const body = lie(Buffer.concat(parts).toString());
          const { "content-length": _, ...headers } = got.headers;
          answer.writeHead(got.statusCode ?? 502, headers);
          answer.end(body);
        });
      });
      on.on("error", () => answer.destroy());
      answer.on("close", () => on.destroy());
      asked.pipe(on);
    });
    server.on("upgrade", (asked, socket, head) => {
      const on = connect(behind(), "127.0.0.1", () => {
        const lines = [`${asked.method} ${asked.url} HTTP/1.1`];
        for (let i = 0; i < asked.rawHeaders.length; i += 2) {
          lines.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`);
        }
        on.write(`${lines.join("\r\n")}\r\n\r\n`);
        on.write(head);
        socket.pipe(on).pipe(socket);
      });
      on.on("error", () => socket.destroy());
      socket.on("error", () => on.destroy());
    });
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return new Poisoner(`http://localhost:${port}`, server, sockets);
  }

  async end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy(); // websockets too
    await new Promise((resolve) => this.server.close(resolve));
  }
}
