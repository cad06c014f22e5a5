/**
 * What a recording costs the client, and how soon its player shows another moment. One session at one desktop: all
 * scenes without a recording, twice with, and once without, so that what else changes with time falls on both alike.
 */
import { expect, type Page, test } from "../viewer/tests/fixtures.ts";
import { administrator } from "../viewer/tests/harness/administrator.ts";
import type { Broker } from "../viewer/tests/harness/broker.ts";
import { Client, text } from "../viewer/tests/harness/client.ts";
import { RecordingPage, recordingPolicy, setUpRecording } from "../viewer/tests/harness/recordings.ts";
import { eventKinds } from "../viewer/tests/harness/session.ts";
import { Stage } from "../viewer/tests/harness/stage.ts";
import { waitFor } from "../viewer/tests/harness/wait.ts";
import { busySeconds, cpuSeconds, trees } from "./load.ts";
import { sums } from "./peers/beside/stages.ts";
import { type Chunk, costTable, type Run, type Seek, seekTable } from "./recording.ts";
import { pause } from "./stand.ts";
import { Target } from "./target.ts";

const scenes = (process.env["BENCH_SCENES"] ?? "caret,typing,code,web,drag,video").split(",");
const seconds = Number(process.env["BENCH_SECONDS"] ?? 12);
const mostSeeks = 120;
const kim = { email: "kim@desk.example", name: "Kim Aalto" };

test("recording", async ({ broker, startDesktop, page, openPage }) => {
  const admin = await openPage();
  await administrator(broker, admin, kim, "administrator,auditor");
  await setUpRecording(broker, admin);
  await recordingPolicy(broker, admin, "allowed");

  const desktop = await startDesktop({ size: "1920x1080" });
  const target = await Target.start(desktop);
  await broker.addTechnician();
  const invitation = await broker.invite(await broker.addTicket());
  const program = await broker.installClient(desktop, invitation.secret);
  const client = Client.ofProgram(desktop, desktop.start(program, ["--verbose"]));
  const stage = new Stage(page);
  await stage.signIn(invitation.open);
  await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
  await client.allow();
  await stage.live();

  const runs: Run[] = [];
  const play = async (recorded: boolean): Promise<void> => {
    for (const scene of scenes) runs.push(await cost(client, target, scene, recorded));
  };
  await play(false);
  await page.getByRole("button", { name: text("session.record"), exact: true }).click();
  await client.allow({ tick: [0], nothing: true });
  await expect(page.getByText(text("session.recorded"), { exact: true })).toBeVisible();
  await play(true);
  await play(true);
  await client.stopRecording();
  await play(false);
  await client.stop();
  await client.closeSummary();

  const id = new URL(page.url()).pathname.split("/")[2] ?? "";
  await page.close();
  await recordingEnded(broker);
  const { began, chunks } = await open(admin, `${broker.url}/sessions/${id}`);
  console.log(costTable(runs, began, chunks));
  console.log(seekTable(runs, began, await seeks(admin, chunks)));
});

/** Plays a scene, and says what the client and its supervisor took of one core meanwhile. */
async function cost(client: Client, target: Target, scene: string, recorded: boolean): Promise<Run> {
  await target.prepare(scene);
  await pause(1_500);
  const drawer = target.program.pid ?? 0;
  const processes = await trees([client.program.pid ?? 0], [drawer]);
  const from = Date.now();
  const read = (): Promise<number[]> =>
    Promise.all([cpuSeconds(processes), cpuSeconds([drawer]), busySeconds()]);
  const before = await read();
  await target.run(scene, seconds * 1000);
  const after = await read();
  const to = Date.now();
  const [own = 0, drawing = 0, all = 0] = after.map(
    (v, i) => (100_000 * (v - (before[i] ?? 0))) / (to - from),
  );
  const updates = (1000 * (sums(client.program.output, from, to).get("updates") ?? 0)) / (to - from);
  return { scene, recorded, from, to, client: own, rest: all - own - drawing, updates };
}

async function recordingEnded(broker: Broker): Promise<void> {
  const ended = async () => (await eventKinds(broker)).includes("client.recording_ended");
  await waitFor("all of the recording is there", ended, 60_000);
}

/** Opens the recording of a session as its auditor. */
async function open(page: Page, url: string): Promise<{ began: number; chunks: readonly Chunk[] }> {
  const list = page.waitForResponse((r) => r.url().endsWith("/recordings") && r.ok());
  await page.goto(url);
  const { recordings } = (await (await list).json()) as { recordings: { startedAt: string }[] };
  const opening = page.waitForResponse((r) => r.url().endsWith("/open") && r.ok(), { timeout: 60_000 });
  await new RecordingPage(page).open();
  const { chunks } = (await (await opening).json()) as { chunks: Chunk[] };
  return { began: Date.parse(recordings[0]?.startedAt ?? ""), chunks };
}

/** Goes to moments all over the recording, in no order, as the slider does; milliseconds until a frame shows each. */
async function seeks(page: Page, chunks: readonly Chunk[]): Promise<Seek[]> {
  const length = chunks.at(-1)?.to ?? 0;
  const moments = Array.from({ length: mostSeeks }, (_, i) => ({
    at: ((i + Math.random()) * length) / mostSeeks,
    order: Math.random(),
  }))
    .sort((a, b) => a.order - b.order)
    .map(({ at }) => at);
  return await page.evaluate(async (all) => {
    const slider = document.querySelector<HTMLInputElement>(".player input[type=range]");
    const picture = document.querySelector<HTMLElement>(".player [role=img]");
    if (slider === null || picture === null) throw new Error("there is no player");
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const sought: Seek[] = [];
    let before = -1;
    for (const at of all) {
      // The picture's name says its second: only another one is seen to come.
      if (Math.floor(at / 1000) === Math.floor(before / 1000)) continue;
      before = at;
      await new Promise((resolve) => setTimeout(resolve, 150));
      const named = new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          observer.disconnect();
          resolve();
        }).observe(picture, { attributes: true, attributeFilter: ["aria-label"] });
      });
      slider.value = String(at);
      const began = performance.now();
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await named;
      await frame();
      sought.push({ at, ms: performance.now() - began });
    }
    return sought;
  }, moments);
}
