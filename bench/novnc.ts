/** How a VNC server is seen in a browser: by Debian's noVNC, through websockify. */
import { createConnection } from "node:net";
import type { Page } from "../viewer/tests/fixtures.ts";
import { Program } from "../viewer/tests/harness/process.ts";
import { waitFor } from "../viewer/tests/harness/wait.ts";
import type { Host, Screen, Served } from "./peer.ts";

const webPort = 6080;

/** Serves a VNC server that listens on this machine alone. */
export async function behindNoVnc(
  host: Host,
  screen: Screen,
  server: { readonly port: number; readonly program: Program; readonly ownServer: boolean },
): Promise<Served> {
  await waitFor("the VNC server listens", () => {
    if (!server.program.running) throw new Error(`the VNC server ended: ${server.program.output}`);
    return greets(server.port);
  });
  const proxy = new Program("websockify", [
    "--web",
    "/usr/share/novnc",
    `${host.address}:${webPort}`,
    `localhost:${server.port}`,
  ]);
  const url = `http://${host.address}:${webPort}/vnc.html?resize=off&reconnect=false&show_dot=false`;
  await waitFor("websockify listens", async () => {
    if (!proxy.running) throw new Error(`websockify ended: ${proxy.output}`);
    try {
      return (await fetch(url)).ok;
    } catch {
      return false; // it does not listen yet
    }
  });
  return {
    screen,
    processes: [server.program.pid ?? 0, proxy.pid ?? 0],
    ownServer: server.ownServer,
    canvas: "#noVNC_container canvas",
    open: async (page: Page) => {
      await page.goto(url);
    },
    connect: async (page: Page) => {
      const button = page.locator("#noVNC_connect_button");
      await button.waitFor();
      const at = Date.now();
      await button.click({ force: true, noWaitAfter: true });
      return at;
    },
    stop: async () => {
      await proxy.end();
      await server.program.end();
      await screen.end();
    },
  };
}

/** Whether a server says which version of RFB it speaks. */
async function greets(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection({ host: "localhost", port });
    socket.setTimeout(1_000);
    const answer = (ok: boolean): void => {
      socket.destroy();
      resolve(ok);
    };
    socket.once("data", (data) => answer(data.toString().startsWith("RFB")));
    socket.once("error", () => answer(false));
    socket.once("timeout", () => answer(false));
  });
}
