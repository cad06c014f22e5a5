import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { Client, text, titles } from "./harness/client.ts";
import { waitFor } from "./harness/wait.ts";

/** Requests by which a program can see the screen, a window, or a copy of one. */
const sees = /GetImage|NameWindowPixmap|RedirectSubwindows|RedirectWindow|CreateRegionFromBorderClip/;

/** An X display that nothing else uses: the harness takes the lowest free ones. */
const traced = ":377";

test("the X server is asked for no pixel before Allow", async ({ desktop, broker, page }) => {
  const file = join(desktop.home, "requests");
  // It stands between the client and the X server, and writes down every request.
  // By lines, so that none is still to be written when it is looked for.
  const trace = 'exec stdbuf -oL xtrace -n -k -d "$1" -D "$2" >"$3"';
  desktop.start("bash", ["-c", trace, "trace", desktop.display, traced, file]);
  await waitFor(
    "the trace listens",
    async () =>
      (await desktop.run("bash", ["-c", `test -S /tmp/.X11-unix/X${traced.slice(1)} && echo yes || true`]))
        .length > 0,
  );
  await broker.addTechnician();
  const invitation = await broker.invite(await broker.addTicket());
  const client = Client.start(desktop, await broker.installClient(desktop, invitation.secret), traced);
  await page.goto(invitation.open);
  await page.getByRole("button", { name: text("signin.button") }).click();
  await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
  const seen = async (): Promise<boolean> => looks(await requests(file)).length > 0;
  await waitFor("the question", async () => (await seen()) || (await desktop.findWindow(titles.consent)));
  const before = await requests(file);
  expect(before.length, "the trace holds what the client asked so far").toBeGreaterThan(100);
  expect(looks(before)).toEqual([]);

  await client.allow();
  await client.bar();
  await waitFor("the picture is taken", seen);
  await client.stop();
});

/** The requests that see what is not the client's: it may look at windows and pixmaps that it made itself. */
function looks(requests: readonly string[]): string[] {
  const own = new Set<string>();
  return requests.filter((line) => {
    const made = /: Create(?:Window|Pixmap) .*?(?:window|pid)=(0x[0-9a-f]+)/.exec(line)?.[1];
    if (made !== undefined) own.add(made);
    return sees.test(line) && !own.has(/drawable=(0x[0-9a-f]+)/.exec(line)?.[1] ?? "");
  });
}

async function requests(file: string): Promise<string[]> {
  return (await readFile(file, "utf8")).split("\n").filter((line) => line.includes("Request"));
}
