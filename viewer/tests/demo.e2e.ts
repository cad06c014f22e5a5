import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { freePort } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { programs } from "./harness/paths.ts";
import { Program, run } from "./harness/process.ts";
import { Stage } from "./harness/stage.ts";
import { waitFor } from "./harness/wait.ts";

const linkPattern = /http:\S+\/signin#\S+/g;

test("make run: one link opens the live desktop, and typing there writes a file", async ({
  page,
  openPage,
}, info) => {
  const data = await mkdtemp(join(tmpdir(), "beside-demo-"));
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
    demo.signal("SIGINT");
    expect(await demo.ended(), demo.output).toBe(0);
    await rm(data, { recursive: true, force: true });
  }
  const display = /on display :(\d+) /.exec(demo.output)?.[1] ?? "";
  await expect(access(`/tmp/.X11-unix/X${display}`), "the desktop ended too").rejects.toThrow();
});
