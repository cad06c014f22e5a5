import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { freePort } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { programs } from "./harness/paths.ts";
import { Program, run } from "./harness/process.ts";
import { below, type Process, processes } from "./harness/processes.ts";
import { Stage } from "./harness/stage.ts";
import { waitFor } from "./harness/wait.ts";

const linkPattern = /http:\S+\/signin#\S+/g;

test("make run: one link opens the live desktop, and typing there writes a file", async ({
  page,
  openPage,
}, info) => {
  const data = await mkdtemp(join(tmpdir(), "beside-demo-"));
  let started: readonly Process[] = [];
  const demo = new Program(programs.demo, ["run", "--data", data, "--http", `localhost:${await freePort()}`]);
  try {
    const first = await waitFor("a link is printed", () => demo.output.match(linkPattern)?.[0], 30_000);
    const stage = new Stage(page);
    await stage.signIn(first);
    await stage.live();

    await page.getByRole("button", { name: text("session.ask") }).click();
    await expect(page.getByText(text("session.mode.control"))).toBeVisible({ timeout: 15_000 });
    const name = `beside-e2e-${Date.now()}`;
    await stage.click(200, 250); // into the terminal
    await waitFor("the terminal has the keyboard", async () => (await active(demo)) === "xterm");
    await page.keyboard.type(`echo $RANDOM > ${name}\n`);
    const home = /home folder (\S+)\.\n/.exec(demo.output)?.[1] ?? "";
    const written = join(home, name);
    await waitFor(`${written} is written`, async () => {
      try {
        return /^\d+\n$/.test(await readFile(written, "utf8"));
      } catch {
        return false; // not yet
      }
    });
    await rm(written);

    await page.reload();
    await stage.live();

    demo.write("\n");
    const second = await waitFor("a fresh link is printed", () => demo.output.match(linkPattern)?.[1]);
    const newest = new Stage(await openPage());
    await newest.signIn(second);
    await newest.live();
    await expect(page.getByText(text("session.stage.superseded"))).toBeVisible();
  } catch (error) {
    // What went wrong between the two ends stands in the log.
    const events = await run(programs.beside, ["audit", "export", "--data", data]);
    await info.attach("events", { body: events, contentType: "text/plain" });
    throw error;
  } finally {
    started = below(await processes(), demo.pid ?? 0);
    demo.signal("SIGINT");
    expect(await demo.ended(), demo.output).toBe(0);
    await rm(data, { recursive: true, force: true });
  }
  expect(demo.output).toContain("To help a real machine");
  expect(demo.output).toContain("a certificate that browsers trust");

  expect(started.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["beside", "Xvfb", "xterm", "bash"]),
  );
  await expect.poll(() => left(started), "of what it started, this still runs").toEqual([]);
});

/** What runs of these, or belongs to their desktop, whoever its parent is now. */
async function left(started: readonly Process[]): Promise<string[]> {
  const desktops = new Set(
    started.map(({ env }) => env.get("XAUTHORITY")).filter((file) => file !== undefined),
  );
  const were = new Set(started.map(({ pid, started: at }) => `${pid} ${at}`));
  const now = await processes();
  return now
    .filter(
      ({ pid, started: at, env }) => were.has(`${pid} ${at}`) || desktops.has(env.get("XAUTHORITY") ?? ""),
    )
    .map(({ name }) => name);
}

/** The program whose window has the keyboard on the demonstration's desktop. */
async function active(demo: Program): Promise<string | undefined> {
  const all = below(await processes(), demo.pid ?? 0);
  const env = Object.fromEntries(all.find((process) => process.env.has("DISPLAY"))?.env ?? []);
  // It fails until the window manager has named a window for the first time.
  const pid = await run("xdotool", ["getactivewindow", "getwindowpid"], { env }).catch(() => "");
  return all.find((process) => `${process.pid}` === pid.toString().trim())?.name;
}
