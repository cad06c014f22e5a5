import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { newIdentity } from "../src/keys/age.ts";
import { expect, type Page, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { type Broker, robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { programs } from "./harness/paths.ts";
import { Program, run } from "./harness/process.ts";
import { passphrase, RecordingPage, recordingPolicy, setUpRecording } from "./harness/recordings.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";
import { waitFor } from "./harness/wait.ts";

// Recordings, from the keys to the video.

const kim = { email: "kim@desk.example", name: "Kim Aalto" };
const picture = (page: Page) => page.screenshot({ fullPage: true });

test("the auditors' keys are made, tried out and changed", async ({ broker, page }) => {
  await administrator(broker, page, robin, "administrator");
  const shots = {
    "the first auditor": "recording-keys",
    "the recovery kit": "recording-kit",
    "the list": "recording-list",
  } as const;
  const kit = await setUpRecording(broker, page, async (what) => {
    await looksSound(page, what);
    if (what !== "nobody can open recordings") await shot(shots[what], () => picture(page));
  });
  expect(await readFile(kit.file, "utf8"), "the kit is sealed").not.toContain("AGE-SECRET-KEY");

  await page.getByRole("button", { name: text("admin.auditors.change") }).click();
  const publish = page.getByRole("button", { name: text("admin.auditors.publish") });
  await page.getByRole("button", { name: text("admin.auditors.remove", { name: robin.name }) }).click();
  await expect(page.getByText(text("admin.auditors.fault.few"))).toBeVisible();
  await expect(publish).toBeDisabled();
  await page.getByLabel(text("admin.auditors.name"), { exact: true }).fill("Noor");
  await page.getByRole("button", { name: text("keys.passphrase.make") }).click();
  await page.getByRole("button", { name: text("admin.auditors.add.submit") }).click();
  await expect(page.getByText(text("admin.auditors.new"), { exact: true })).toBeVisible({ timeout: 30_000 });
  await looksSound(page, "changing the list");
  await page.getByLabel(text("admin.auditors.kit.file")).setInputFiles(kit.file);
  await page.getByLabel(text("admin.auditors.kit.code")).fill("0000-0000-0000-0000-0000-0000");
  await publish.click();
  await expect(page.getByText(text("admin.auditors.kit.wrong"))).toBeVisible({ timeout: 30_000 });
  await page.getByLabel(text("admin.auditors.kit.code")).fill(kit.code);
  await publish.click();
  await expect(page.getByText(text("admin.auditors.published"))).toBeVisible({ timeout: 30_000 });
  expect(await broker.command("auditors", "show")).toMatch(/List 2 .*\n {2}Recovery kit\n {2}Noor/s);
});

test("a recorded session is whole after the broker died, plays exactly, and becomes a video", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  test.setTimeout(120_000);
  const admin = await openPage();
  await administrator(broker, admin, kim, "administrator,auditor", { seals: true });
  await setUpRecording(broker, admin);
  await recordingPolicy(broker, admin, "allowed");

  const terminal = await desktop.terminal();
  const session = await Session.seen(broker, desktop, page);
  await page.getByRole("button", { name: text("session.record"), exact: true }).click();
  await session.client.asked();
  await shot("recording-asked", () => desktop.screenshot());
  await session.client.allow({ tick: [0], nothing: true });
  await expect(page.getByText(text("session.recorded"), { exact: true })).toBeVisible();
  await session.takeControl();
  await session.focus(terminal.window);
  await page.keyboard.type("before the broker died");
  await terminal.typed("before the broker died");
  await broker.stop("at once");
  await page.keyboard.type(", meanwhile");
  await terminal.typed("before the broker died, meanwhile");
  await session.client.pause();
  await desktop.run("xsetroot", ["-solid", "#336699"]);
  await new Promise((resolve) => setTimeout(resolve, 3_000)); // the gap that is to be seen
  await broker.startAgain();
  await session.client.pause();
  await session.mode("control");
  await session.focus(terminal.window);
  await page.keyboard.type(", after");
  await terminal.typed("before the broker died, meanwhile, after");
  await expect.poll(async () => (await session.stage.pixels())?.differences(await desktop.pixels())).toBe(0);
  const last = await desktop.pixels();
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // a stretch that shows this picture alone
  await session.client.stop();
  await session.client.closeSummary();
  await waitFor("the recording is there", async () =>
    (await eventKinds(broker)).includes("client.recording_ended"),
  );

  const id = new URL(page.url()).pathname.split("/")[2] ?? "";
  await admin.goto(`${broker.url}/sessions/${id}`);
  await expect(admin.getByRole("heading", { name: text("recording.title") })).toBeVisible();
  await looksSound(admin, "a recording before it is opened");
  await admin.getByLabel(text("keys.passphrase"), { exact: true }).fill("not the passphrase");
  await admin.getByRole("button", { name: text("recording.open.submit") }).click();
  await expect(admin.getByText(text("recording.open.wrong"))).toBeVisible({ timeout: 30_000 });
  const recording = new RecordingPage(admin);
  await admin.getByLabel(text("recording.open.passkey.next")).check();
  await recording.open();
  await expect(admin.getByText(text("recording.proof.open"))).toHaveCount(0);
  await expect(admin.getByText(/^Parts that the requester's program signed: \d+/)).toBeVisible();

  const length = await recording.length();
  await recording.seek(length - 800);
  // The machine's pointer is drawn in, the desktop's picture is without.
  await expect.poll(() => recording.differences(last)).toBeLessThan(32 * 32);
  await looksSound(admin, "a recording");
  await shot("recording", () => picture(admin));

  const showAt = admin.getByRole("button", { name: /^Show .* in the recording$/ });
  const paused = admin.getByRole("listitem").filter({ hasText: text("event.client.paused") });
  await paused.getByRole("button", { name: /in the recording$/ }).click();
  await admin.getByRole("button", { name: text("recording.play"), exact: true }).click();
  await expect(admin.getByText(text("recording.hole.paused"))).toBeVisible();
  await admin.evaluate(() => window.scrollTo(0, 0)); // a picture of a whole page has its bar where that is now
  await shot("recording-gap", () => picture(admin));
  expect(await showAt.count()).toBeGreaterThan(5);

  await admin.getByRole("button", { name: text("recording.export") }).click();
  await looksSound(admin, "making a video");
  await admin.getByRole("button", { name: text("recording.export.submit") }).click();
  const save = admin.getByRole("button", { name: text("recording.export.video") });
  await save.waitFor({ timeout: 60_000 });
  const video = await saved(admin, text("recording.export.video"));
  const captions = await readFile(await saved(admin, text("recording.export.captions")), "utf8");
  expect(captions).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
  const probe = await run("ffprobe", [
    ...["-v", "error", "-count_frames", "-of", "json"],
    ...["-show_entries", "stream=codec_name,width,height,nb_read_frames:format=duration", video],
  ]);
  const { streams, format } = JSON.parse(probe.toString()) as {
    streams: { codec_name: string; width: number; height: number; nb_read_frames: string }[];
    format: { duration: string };
  };
  expect(streams).toEqual([expect.objectContaining({ width: 1280, height: 800 })]);
  expect(streams[0]?.codec_name).toMatch(/^vp[89]$/);
  expect(Number(streams[0]?.nb_read_frames)).toBeGreaterThan(20);
  expect(Number(format.duration) * 1000).toBeLessThanOrEqual(length + 100);
  await run("ffmpeg", ["-v", "error", "-xerror", "-i", video, "-f", "null", "-"]);

  await provesAtHome(broker, id);
  await admin.evaluate(() => Object.defineProperty(window, "VideoEncoder", { value: undefined }));
  await admin.keyboard.press("Escape");
  await admin.getByRole("button", { name: text("recording.export") }).click();
  await admin.getByRole("button", { name: text("recording.export.submit") }).click();
  await expect(admin.getByText(text("recording.export.unable"))).toBeVisible();

  // Whoever has the broker's disk changes a part, or cuts it.
  await admin.keyboard.press("Escape");
  const chunk = await chunkFile(broker.data, id);
  const bytes = await readFile(chunk);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  for (const tampered of [bytes, bytes.subarray(0, 10)]) {
    await writeFile(chunk, tampered);
    await admin.reload();
    await recording.unlockByPasskey();
    await recording.seek(0);
    await expect(admin.getByText("is not the one that the requester's program signed")).toBeVisible();
  }
  await rm(chunk);
  await admin.reload();
  await recording.unlockByPasskey();
  await recording.seek(0);
  await expect(admin.getByText(text("recording.fault.gone", { n: "1" }))).toBeVisible();
  await admin.reload();
  await looksSound(admin, "a recording that a passkey opens");
  await shot("recording-passkey", () => picture(admin));
  await admin.getByRole("button", { name: text("recording.open.passkey.forget") }).click();
  await expect(admin.getByLabel(text("keys.passphrase"), { exact: true })).toBeVisible();
  const kinds = await eventKinds(broker);
  for (const kind of ["auditors.passkey_kept", "auditors.passkey_forgotten"]) expect(kinds).toContain(kind);
  expect(kinds.filter((kind) => kind === "recording.viewed").length).toBeGreaterThanOrEqual(2);
  expect(kinds).toContain("recording.exported");
});

test("a recording opens for nobody who was not on the list, and without a passkey that was turned down", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  test.setTimeout(180_000);
  const admin = await openPage();
  await administrator(broker, admin, kim, "administrator,auditor", { seals: true });
  await setUpRecording(broker, admin);
  await recordingPolicy(broker, admin, "allowed");
  const session = await Session.seen(broker, desktop, page);
  await page.getByRole("button", { name: text("session.record"), exact: true }).click();
  await session.client.allow({ tick: [0], nothing: true });
  await expect(page.getByText(text("session.recorded"), { exact: true })).toBeVisible();
  await session.client.stop();
  await session.client.closeSummary();
  await waitFor("the recording is there", async () =>
    (await eventKinds(broker)).includes("client.recording_ended"),
  );
  await admin.goto(`${broker.url}/sessions/${new URL(page.url()).pathname.split("/")[2] ?? ""}`);

  const submit = admin.getByRole("button", { name: text("recording.open.submit") });
  const which = admin.locator("#open-recording");
  await expect(which.locator("option", { hasText: kim.name })).toBeAttached(); // the list came, and chose
  await which.selectOption({ label: text("recording.open.file") });
  const { secret } = await newIdentity();
  await admin.getByLabel(text("recording.open.choose")).setInputFiles({
    name: "key.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(`${secret}\n`),
  });
  await submit.click();
  await expect(admin.getByText(text("recording.fault.key"))).toBeVisible({ timeout: 30_000 });

  // Somebody closes the browser's question, which a page learns like this (WebAuthn §5.1.3).
  await which.selectOption({ label: kim.name });
  await admin.evaluate(() => {
    navigator.credentials.create = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await admin.getByLabel(text("keys.passphrase"), { exact: true }).fill(passphrase);
  await admin.getByLabel(text("recording.open.passkey.next")).check();
  await submit.click();
  await expect(admin.getByText(text("recording.open.passkey.failed"))).toBeVisible({ timeout: 30_000 });
});

test("where a recording is required, it is said before, and without there is no session", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  const admin = await openPage();
  await administrator(broker, admin, kim, "administrator");
  await setUpRecording(broker, admin);
  await recordingPolicy(broker, admin, "required");
  const session = await Session.asking(broker, desktop, page);
  await session.client.asked();
  await shot("recording-required", () => desktop.screenshot());
  await session.client.decline();
  await expect.poll(() => eventKinds(broker)).toContain("client.declined");
  const kinds = await eventKinds(broker);
  expect(kinds).not.toContain("client.recording_started");
  expect(kinds).not.toContain("client.capture_started");
  expect((await session.stage.pixels())?.colours(2) ?? 0, "nothing was shown").toBeLessThan(2);
});

/** An auditor with nothing but a copy: the evidence proves the recording, and each way of tampering is found and named. */
async function provesAtHome(broker: Broker, session: string): Promise<void> {
  const home = await mkdtemp(path(tmpdir(), "beside-auditor-"));
  try {
    const file = path(home, "evidence.json");
    await broker.command("audit", "export", "--session", session, "--out", file);
    const log = (await broker.command("audit", "key")).trim();
    const chunks = path(home, "recordings");
    await cp(path(broker.data, "recordings", session), chunks, { recursive: true });
    const verify = async (evidence: string): Promise<string> => {
      const program = new Program(programs.verify, [
        "--json",
        "--log",
        log,
        "--recordings",
        chunks,
        evidence,
      ]);
      return `exit ${await program.ended()} ${program.output}`;
    };
    const whole = await verify(file);
    for (const code of ["recording", "chunks"]) expect(whole).toContain(`"kind":"proven","code":"${code}"`);
    expect(whole).toMatch(/^exit [02] /); // the broker closes the record a little later
    expect(whole).not.toMatch(/"kind":"false"|"kind":"missing","code":"(recording|chunks)/);
    expect(whole, "the pause").toContain('"kind":"note","code":"recording-gaps"');

    const evidence = JSON.parse(await readFile(file, "utf8")) as { recordings: { leaves: string[] }[] };
    const leaves = evidence.recordings[0]?.leaves ?? [];
    expect(leaves.length).toBeGreaterThan(1);
    const [first = "", second = "", ...rest] = leaves;
    const swap = (one: string, other: string): string => {
      const bytes = Buffer.from(one, "base64");
      Buffer.from(other, "base64").copy(bytes, LEAF_HEAD, LEAF_HEAD); // what the other has, at this one's place
      return bytes.toString("base64");
    };
    const tampered: Readonly<Record<string, readonly [readonly string[], string]>> = {
      "the end is cut off": [leaves.slice(0, -1), "recording-lost"],
      "two parts change places": [[swap(first, second), swap(second, first), ...rest], "recording-false"],
      "a part is another": [[swap(first, second), second, ...rest], "recording-false"],
    };
    for (const [what, [changed, code]] of Object.entries(tampered)) {
      const forged = path(home, "forged.json");
      await writeFile(
        forged,
        JSON.stringify({ ...evidence, recordings: [{ ...evidence.recordings[0], leaves: changed }] }),
      );
      const verdict = await verify(forged);
      expect(verdict, what).toContain(`"kind":"false","code":"${code}"`);
      expect(verdict).toMatch(/^exit 1 /);
    }
    const [recording = ""] = await readdir(chunks);
    const part = path(chunks, recording, "1");
    const bytes = await readFile(part);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(part, bytes);
    expect(await verify(file), "a byte of a part").toContain('"kind":"false","code":"chunk-false"');
    await rm(part);
    expect(await verify(file), "a part is gone").toContain('"kind":"missing","code":"chunks-missing"');
  } finally {
    await rm(home, { recursive: true });
  }
}

/** A leaf's label and number. */
const LEAF_HEAD = "beside.recording.v1\n".length + 8;

async function saved(page: Page, button: string): Promise<string> {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  return await (await saving).path();
}

/** The file of the first chunk of a session's recording. */
async function chunkFile(data: string, session: string): Promise<string> {
  const all = await readdir(data, { recursive: true });
  const found = all.find((file) => file.includes(session) && /(^|\/)0+$/.test(file));
  if (found === undefined) throw new Error(`no chunk among ${all.join(", ")}`);
  return path(data, found);
}
