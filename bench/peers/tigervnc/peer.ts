import { access } from "node:fs/promises";
import { Program } from "../../../viewer/tests/harness/process.ts";
import { waitFor } from "../../../viewer/tests/harness/wait.ts";
import { behindNoVnc } from "../../novnc.ts";
import type { Peer, Screen } from "../../peer.ts";

const port = 5913;
const display = ":113";

/** TigerVNC's own X server, as Debian has it: the desktop lives in it and is nobody's real screen. */
export const peer: Peer = {
  name: "Xtigervnc + noVNC",
  start: async (host) => {
    const program = new Program("Xtigervnc", [
      ...[display, "-geometry", host.size, "-depth", "24", "-rfbport", `${port}`],
      ..."-localhost -SecurityTypes None -AlwaysShared -nolisten tcp -noreset -ac".split(" "),
    ]);
    await waitFor("the X server takes connections", async () => {
      if (!program.running) throw new Error(`Xtigervnc ended: ${program.output}`);
      return await exists(`/tmp/.X11-unix/X${display.slice(1)}`);
    });
    return await behindNoVnc(host, inside(program), { port, program, ownServer: false });
  },
};

function inside(server: Program): Screen {
  const programs: Program[] = [];
  return {
    display,
    pid: server.pid ?? 0,
    start: (name, args = [], env = {}) => {
      const path = process.env["PATH"] ?? "";
      const program = new Program(name, args, { env: { PATH: path, DISPLAY: display, ...env } });
      programs.push(program);
      return program;
    },
    end: async () => {
      await Promise.all(programs.map((program) => program.end()));
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
