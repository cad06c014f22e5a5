import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { Client, text, titles } from "./harness/client.ts";
import { waitFor } from "./harness/wait.ts";

/** Requests by which a program gets at windows that are not its own. */
const reaches = /NameWindowPixmap|RedirectSubwindows|RedirectWindow|CreateRegionFromBorderClip/;
/** Requests that read what they name: into the program, or into something that can be read then. */
const reads =
  /: (?:\w*GetImage|CopyArea|CopyPlane|Composite|Trapezoids|Triangles|TriStrip|TriFan|CompositeGlyphs\d+|CreateCursor) /;
const named = / (?:drawable|src-drawable|src|mask)=(0x[0-9a-f]+)/g;

/** An X display that nothing else uses: the harness takes the lowest free ones. */
const traced = `:${1_000 + (process.pid % 10_000)}`;

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

const root = "0x0000050d";
const pixmap = `CreatePixmap depth=0x18 pid=0x00200001 drawable=${root} width=64 height=64`;
const whole = "x=0 y=0 width=64 height=64 plane-mask=0xffffffff";
const picture = (pid: string, drawable: string): string =>
  `CreatePicture pid=${pid} drawable=${drawable} format=0x00000029 values={}`;
const composite = (src: string, mask: string): string =>
  `Composite op=Src(0x01) src=${src} mask=${mask} dst=0x00200009 xSrc=0 ySrc=0 xMask=0 yMask=0 width=64 height=64`;

// As the trace writes them.
for (const { way, requests, found } of [
  { way: "the screen", requests: [`GetImage format=ZPixmap(0x02) drawable=${root} ${whole}`], found: 1 },
  { way: "a window", requests: [`GetImage format=ZPixmap(0x02) drawable=0x00400003 ${whole}`], found: 1 },
  { way: "its own pixmap", requests: [pixmap, `GetImage drawable=0x00200001 ${whole}`], found: 0 },
  {
    way: "a copy",
    requests: [pixmap, `CopyArea src-drawable=${root} dst-drawable=0x00200001 src-x=0`],
    found: 1,
  },
  {
    way: "a plane",
    requests: [pixmap, `CopyPlane src-drawable=${root} dst-drawable=0x00200001 src-x=0`],
    found: 1,
  },
  {
    way: "its own copy",
    requests: [pixmap, `CopyArea src-drawable=0x00200001 dst-drawable=${root}`],
    found: 0,
  },
  {
    way: "a picture of the screen",
    requests: [picture("0x00200003", root), composite("0x00200003", "None(0x00000000)")],
    found: 1,
  },
  {
    way: "the screen as a mask",
    requests: [
      "CreateSolidFill pid=0x00200002 color=0xffff",
      picture("0x00200003", root),
      composite("0x00200002", "0x00200003"),
    ],
    found: 1,
  },
  {
    way: "a picture of its own pixmap",
    requests: [pixmap, picture("0x00200003", "0x00200001"), composite("0x00200003", "None(0x00000000)")],
    found: 0,
  },
  { way: "a window's pixmap", requests: ["NameWindowPixmap window=0x00400003 pixmap=0x00200001"], found: 1 },
]) {
  test(`what a trace shows of looking at ${way}`, () => {
    expect(looks(requests.map((request) => `000:<:0005: 20: Request(73): ${request}`))).toHaveLength(found);
  });
}

/**
 * The requests that see what is not the client's: it may look at windows and pixmaps that it made itself, and at
 * pictures of them.
 */
function looks(requests: readonly string[]): string[] {
  const own = new Set<string>();
  return requests.filter((line) => {
    const made = /: Create(?:Window|Pixmap|SolidFill|\w+Gradient) .*?(?:window|pid)=(0x[0-9a-f]+)/.exec(
      line,
    )?.[1];
    if (made !== undefined) own.add(made);
    const [, pid, of] = /: CreatePicture pid=(0x[0-9a-f]+) drawable=(0x[0-9a-f]+)/.exec(line) ?? [];
    if (pid !== undefined && of !== undefined && own.has(of)) own.add(pid);
    if (reaches.test(line)) return true;
    return reads.test(line) && [...line.matchAll(named)].some(([, id]) => id !== undefined && !own.has(id));
  });
}

async function requests(file: string): Promise<string[]> {
  return (await readFile(file, "utf8")).split("\n").filter((line) => line.includes("Request"));
}
