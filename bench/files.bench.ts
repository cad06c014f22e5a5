/**
 * How late the picture is while a file moves, beside how late it is while none does: in turns within one
 * session. What is fetched is picked before the picture is covered, so those turns come first.
 */
import type { Page } from "../viewer/tests/fixtures.ts";
import { test } from "../viewer/tests/fixtures.ts";
import { text } from "../viewer/tests/harness/client.ts";
import { oneRun } from "./one-run.ts";
import { type Besides, besides } from "./peers/beside/peer.ts";
import { cellText, type Figures, spread } from "./stats.ts";

const rounds = Number(process.env["BENCH_RUNS"] ?? 5);
const link = process.env["BENCH_LINKS"] ?? "lan";
/** More than moves while a scene is shown; of one piece again and again, so that making it takes no time. */
const bytes = 2_000_000_000;

type Way = "send" | "fetch";

test("files", async ({ playwright }) => {
  let held: Besides | undefined;
  const peer = besides((all) => {
    held = all;
  });
  const pairs = Array.from({ length: rounds }, () => ["rests", "send"] as const).flat();
  const order: readonly ("rests" | Way)[] = [
    ...Array.from({ length: rounds }, () => "fetch" as const),
    ...pairs,
  ];
  const late: Record<string, number[]> = {};
  const speeds: Record<string, number[]> = {};
  let turn = 0;
  let moving: Moving | undefined;
  /** Has the next turn begin with what it is about. */
  const prepare = async (all: Besides): Promise<void> => {
    const next = order[turn];
    if (moving !== undefined && moving.way === next) return;
    if (moving !== undefined) speeds[moving.way] = [...(speeds[moving.way] ?? []), await moving.stop()];
    moving = next === "send" || next === "fetch" ? await Moving.begin(all, next) : undefined;
  };
  const keep = async (scene: string, figures: Figures): Promise<void> => {
    if (held === undefined) throw new Error("no session");
    if (scene === "first") await allow(held);
    else {
      for (const name of ["p50 ms", "p95 ms"]) {
        const of = `${name} ${order[turn]}`;
        late[of] = [...(late[of] ?? []), figures[name] ?? Number.NaN];
      }
      turn++;
    }
    await prepare(held);
  };
  const scenes = order.map(() => "flip");
  await oneRun(playwright.chromium, peer, { peer: "beside", link, size: "1920x1080", scenes }, scenes, keep);

  const say = (name: string, values: readonly number[]): void =>
    console.log(`${link} | ${name} | ${cellText(spread(values))}`);
  for (const [name, values] of Object.entries(late)) say(name, values);
  const rests = spread(late["p95 ms rests"] ?? [])?.median ?? Number.NaN;
  for (const way of ["send", "fetch"]) {
    say(
      `p95 ${way} / rests`,
      (late[`p95 ms ${way}`] ?? []).map((v) => v / rests),
    );
    say(`MB/s ${way}`, speeds[way] ?? []);
  }
});

/** The rights, once, and the files at both ends. */
async function allow({ page, client, desktop }: Besides): Promise<void> {
  await desktop.run("truncate", ["-s", `${bytes}`, "0-large.bin"]);
  await page.evaluate((size) => {
    const piece = new Blob([new Uint8Array(10_000_000)]);
    Object.assign(globalThis, { large: new File(Array<Blob>(size / 10_000_000).fill(piece), "large.bin") });
  }, bytes);
  await page.getByRole("button", { name: text("files.title"), exact: true }).click();
  for (const ask of ["files.send.ask", "files.fetch.ask"]) {
    await page.getByRole("button", { name: text(ask), exact: true }).click();
    await client.allow();
  }
}

/** A file that moves, until it is stopped. */
class Moving {
  private constructor(
    private readonly page: Page,
    readonly way: Way,
    private readonly since: number,
  ) {}

  static async begin({ page, client }: Besides, way: Way): Promise<Moving> {
    if (way === "send") {
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.items.add((globalThis as unknown as { large: File }).large);
        document.body.dispatchEvent(
          new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
        );
      });
    } else {
      await page
        .getByRole("button", { name: text("files.fetch", { requester: "Sam Okafor" }), exact: true })
        .click();
      await client.pickFile("0-large.bin");
    }
    await page.locator("progress").first().waitFor();
    return new Moving(page, way, Date.now());
  }

  /** Stops it, and says how many MB a second moved. */
  async stop(): Promise<number> {
    const moved = await this.page
      .locator("progress")
      .first()
      .evaluate((bar: HTMLProgressElement) => bar.value);
    const seconds = (Date.now() - this.since) / 1000;
    await this.page
      .getByRole("button", { name: text("files.stop.short") })
      .last()
      .click();
    await this.page.locator("progress").waitFor({ state: "detached" });
    return moved / 1e6 / seconds;
  }
}
