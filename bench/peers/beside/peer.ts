import { fileURLToPath } from "node:url";
import type { Page } from "../../../viewer/tests/fixtures.ts";
import { Broker } from "../../../viewer/tests/harness/broker.ts";
import { Client, text } from "../../../viewer/tests/harness/client.ts";
import { Desktop } from "../../../viewer/tests/harness/desktop.ts";
import { Stage } from "../../../viewer/tests/harness/stage.ts";
import { waitFor } from "../../../viewer/tests/harness/wait.ts";
import { memoryMiB } from "../../load.ts";
import type { Peer } from "../../peer.ts";
import { readStages } from "./stages.ts";

/** Both ends of a session, for who does more in it than look. */
export interface Besides {
  readonly page: Page;
  readonly client: Client;
  readonly desktop: Desktop;
}

/** Beside: the real client on a desktop, answered by its person, and a broker beside it. */
export const peer: Peer = besides(() => undefined);

/** Beside, whose ends are handed over when the technician sees. */
export function besides(hold: (ends: Besides) => void): Peer {
  return {
    name: "Beside",
    start: async (host) => {
      const desktop = await Desktop.start({ size: host.size });
      const emptyWindowMiB = host.scenes.includes("idle") ? await emptyWindow(desktop) : undefined;
      const broker = await Broker.start([
        ...["--url", `https://${host.address}:8443`, "--listen-https", `${host.address}:8443`],
        ...["--listen-relay", `${host.address}:3478`],
      ]);
      await broker.addTechnician();
      const invitation = await broker.invite(await broker.addTicket());
      const installed = await broker.installClient(desktop, invitation.secret);
      const client = Client.ofProgram(desktop, desktop.start(installed, ["--verbose"]));
      return {
        screen: desktop,
        processes: [client.program.pid ?? 0, broker.pid],
        client: [client.program.pid ?? 0],
        ownServer: true,
        emptyWindowMiB,
        canvas: "canvas:not([aria-hidden])",
        open: async (page) => {
          await new Stage(page).signIn(invitation.open);
          await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
        },
        connect: async (page) => {
          hold({ page, client, desktop });
          return await client.allow();
        },
        control: async (page) => {
          await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
          await client.allow();
          await page.getByText(text("session.mode.control"), { exact: true }).waitFor();
        },
        inside: (from, to) => readStages(client.program.output, from, to),
        stop: async () => {
          await client.program.end();
          await desktop.end();
          await broker.end();
        },
      };
    },
  };
}

/** What an empty window takes. It is measured alone: libraries that two programs share would count half. */
async function emptyWindow(desktop: Desktop): Promise<number> {
  const program = desktop.start(fileURLToPath(new URL("../../../bin/bench-window", import.meta.url)));
  await waitFor("the empty window is shown", () => {
    if (!program.running) throw new Error(`the empty window ended: ${program.output}`);
    return program.output.includes("shown");
  });
  const used = await memoryMiB([program.pid ?? 0]);
  await program.end();
  return used;
}
