import { Broker } from "../../../viewer/tests/harness/broker.ts";
import { Client, text } from "../../../viewer/tests/harness/client.ts";
import { Desktop } from "../../../viewer/tests/harness/desktop.ts";
import { Stage } from "../../../viewer/tests/harness/stage.ts";
import type { Peer } from "../../peer.ts";

/** Beside: the real client on a desktop, answered by its person, and a broker beside it. */
export const peer: Peer = {
  name: "Beside",
  start: async (host) => {
    const desktop = await Desktop.start({ size: host.size });
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
      ownServer: true,
      canvas: "canvas:not([aria-hidden])",
      open: async (page) => {
        await new Stage(page).signIn(invitation.open);
        await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
      },
      connect: async () => await client.allow(),
      control: async (page) => {
        await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
        await client.allow();
        await page.getByText(text("session.mode.control"), { exact: true }).waitFor();
      },
      stop: async () => {
        await client.program.end();
        await desktop.end();
        await broker.end();
        return undefined;
      },
    };
  },
};
