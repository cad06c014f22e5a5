import { behindNoVnc } from "../../novnc.ts";
import type { Peer } from "../../peer.ts";

const port = 5911;

/** x11vnc as Debian has it, looking at an X server that runs anyway. */
export const peer: Peer = {
  name: "x11vnc + noVNC",
  start: async (host) => {
    const screen = await host.desktop();
    const program = screen.start("x11vnc", [
      ...["-display", screen.display, "-rfbport", `${port}`],
      ..."-localhost -forever -shared -nopw -quiet".split(" "),
    ]);
    return await behindNoVnc(host, screen, { port, program, ownServer: true });
  },
};
