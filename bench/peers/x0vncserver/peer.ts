import { behindNoVnc } from "../../novnc.ts";
import type { Peer } from "../../peer.ts";

const port = 5912;

/** TigerVNC's server for an X server that runs anyway, as Debian has it. */
export const peer: Peer = {
  name: "x0vncserver + noVNC",
  start: async (host) => {
    const screen = await host.desktop();
    const program = screen.start("X0tigervnc", [
      ...["-display", screen.display, "-rfbport", `${port}`],
      ..."-localhost -SecurityTypes None -AlwaysShared".split(" "),
    ]);
    return await behindNoVnc(host, screen, { port, program, ownServer: true });
  },
};
