import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { format } from "../../src/ui/message.ts";
import type { Desktop, Place, Window } from "./desktop.ts";
import { programs, textsFile } from "./paths.ts";
import type { Picture } from "./picture.ts";
import type { Program } from "./process.ts";
import { buttonReady, settled } from "./settled.ts";
import { waitFor } from "./wait.ts";

const texts = readTexts();

/** The titles of the client's windows, as the person reads them. */
export const titles = {
  panel: text("window.title.panel"),
  consent: text("window.title.consent"),
  bar: text("window.title.bar"),
  summary: text("window.title.summary"),
  chat: text("window.title.chat"),
  files: text("window.title.files"),
  pick: text("window.title.pick"),
} as const;

/** Where the person finds the buttons. */
const places = {
  allow: { x: -80, y: -36 },
  decline: { x: -196, y: -36 },
  stop: { x: -42, y: 28 },
  pause: { x: -116, y: 28 },
  takeBack: { x: -230, y: 28 },
  /** While the technician sees a recorded screen and does not control. */
  stopRecording: { x: -230, y: 28 },
  /** While the technician sees, may do something else and does not control. */
  also: { x: -230, y: 28 },
  /** While the technician sees and does not control. */
  alarm: { x: -230, y: 28 },
  /** At the same times as the alarm. */
  chat: { x: -365, y: 28 },
  closeSummary: { x: -80, y: -36 },
} as const satisfies Record<string, Place>;

/** Of the list of rights on the bar. */
const rowHeight = 42;

/** How long a consent window is deaf after it appeared, and a little. */
const deafMs = 1_200;

/** What a press did not do in this time it does not do: the window did not listen yet. */
const unheardMs = 3_000;

/**
 * The real client, run by the person at a desktop and answered by their mouse and keys alone. It ends with the
 * desktop at the latest.
 */
export class Client {
  private constructor(
    readonly desktop: Desktop,
    readonly program: Program,
  ) {}

  /** Starts a client that was put on the desktop (see Broker.installClient), there or on another X display. */
  static start(desktop: Desktop, program: string, display = desktop.display): Client {
    return new Client(desktop, desktop.start(program, [], { DISPLAY: display }));
  }

  /** The client that a program of the desktop started. */
  static ofProgram(desktop: Desktop, program: Program): Client {
    return new Client(desktop, program);
  }

  /** Waits for the consent window. */
  async asked(timeoutMs = 20_000): Promise<Window> {
    return await this.#window(titles.consent, timeoutMs);
  }

  /**
   * Waits to be asked, then presses Allow, and returns when that was by Date.now(). `tick` also ticks what the
   * window offers at these rows, from 0, and `term` chooses how long it may last, from 0. Where `nothing` is ticked
   * at first, Allow cannot be reached before.
   */
  async allow(
    options: { readonly tick?: readonly number[]; readonly term?: number; readonly nothing?: boolean } = {},
  ): Promise<number> {
    const window = await this.asked();
    await listens();
    // With the first tick Allow can be reached, which is one place more.
    for (const [i, row] of (options.tick ?? []).entries())
      await this.#tick(window, row, i === 0 && options.nothing === true);
    if (options.term !== undefined) await this.#choose(window, options.term);
    return await this.#press(titles.consent, places.allow, (now) => now?.id !== window.id);
  }

  async decline(): Promise<void> {
    const window = await this.asked();
    await listens();
    await this.#press(titles.consent, places.decline, (now) => now?.id !== window.id);
  }

  /** Picks a line of the words by keyboard and goes on; the fourth is none of these. Cancel has the keyboard at first. */
  async pickWords(row: number): Promise<void> {
    const window = await this.#window(titles.panel);
    await this.#keysSeen(window, [...Array<string>(row + 1).fill("Tab"), "space"]);
    await settled(this.desktop, window, buttonReady);
    await this.#press(titles.panel, places.allow, (now) => now?.id !== window.id);
  }

  /** The bar, which stays on top while somebody sees or controls. */
  async bar(): Promise<Window> {
    return await this.#window(titles.bar);
  }

  async stop(): Promise<void> {
    const bar = await this.bar();
    await this.#press(titles.bar, places.stop, (now) => now?.id !== bar.id);
  }

  /** Opens the chat from the bar, and returns when it has the keyboard. */
  async openChat(): Promise<Window> {
    const bar = await this.#drawnBar();
    await this.desktop.clickIn(bar, places.chat);
    const chat = await this.chat();
    await this.desktop.active(chat);
    return chat;
  }

  /** Waits for the chat. */
  async chat(): Promise<Window> {
    return await this.#window(titles.chat);
  }

  /** Writes into the chat, which has the keyboard, and sends it. */
  async write(line: string): Promise<void> {
    await this.desktop.active(await this.chat());
    await this.desktop.run("xdotool", ["type", "--delay", "20", line]);
    await this.desktop.keys("Return");
  }

  /** Waits for the window in which files are seen. */
  async filesShown(): Promise<Window> {
    return await this.#window(titles.files);
  }

  /** Stops the file that moves: its button is the first thing in that window that can have the keyboard. */
  async stopFile(): Promise<void> {
    const window = await this.filesShown();
    await this.desktop.clickIn(window, { x: 60, y: 20 });
    await this.desktop.active(window);
    await this.desktop.keys("Tab", "space");
  }

  /** Picks a file of the home folder: the list has the way up, then folders, then files. Cancel has the keyboard. */
  async pickFile(name: string): Promise<void> {
    const window = await this.#window(titles.pick);
    await listens();
    const there = await readdir(this.desktop.home, { withFileTypes: true });
    const shown = there.filter((entry) => !entry.name.startsWith("."));
    const files = shown.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    files.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    const row = 1 + (shown.length - files.length) + files.indexOf(name);
    await this.#keysSeen(window, [...Array<string>(row + 1).fill("Tab"), "space"]);
    await settled(this.desktop, window, fileReady);
    await this.#press(titles.pick, places.allow, (now) => now?.id !== window.id);
  }

  /** Picks nothing. */
  async pickNothing(): Promise<void> {
    await this.#window(titles.pick);
    await listens();
    await this.desktop.keys("Escape");
    await this.desktop.gone(titles.pick);
  }

  /** Says that this feels wrong. */
  async alarm(): Promise<void> {
    const bar = await this.bar();
    await this.#press(titles.bar, places.alarm, (now) => now?.id !== bar.id);
  }

  /** Presses Stop and returns after how many milliseconds no program held a key any more, as other X clients see it. */
  async stopAndRelease(): Promise<number> {
    const bar = await this.bar();
    const at = [bar.x + bar.width + places.stop.x, bar.y + places.stop.y].map(String);
    const script = `
      xdotool mousemove "$1" "$2"
      begin=$(date +%s%N)
      xdotool click 1
      while xinput query-state "Virtual core XTEST keyboard" | grep -q =down; do :; done
      echo $(($(date +%s%N) - begin))`;
    return Number((await this.desktop.run("bash", ["-c", script, "stop", ...at])).toString()) / 1e6;
  }

  /** Pauses, or resumes: it is the same place. The bar then has other words and another width. */
  async pause(): Promise<void> {
    const { width } = await this.#drawnBar();
    await this.#press(titles.bar, places.pause, (now) => now !== undefined && now.width !== width);
  }

  /** Takes control back; the technician still sees. The bar then has a button less. */
  async takeBack(): Promise<void> {
    const { width } = await this.#drawnBar();
    await this.#press(titles.bar, places.takeBack, (now) => now !== undefined && now.width < width);
  }

  /** Ends the recording; the technician still sees. The bar then has a button less. */
  async stopRecording(): Promise<void> {
    const { width } = await this.#drawnBar();
    await this.#press(titles.bar, places.stopRecording, (now) => now !== undefined && now.width < width);
  }

  /**
   * Takes back a right of those that the bar lists when asked, by its row from 0; the technician still sees. The bar
   * then has a row less, or no list.
   */
  async takeBackRight(row = 0): Promise<void> {
    const folded = await this.#drawnBar();
    await this.#press(titles.bar, places.also, (now) => now !== undefined && now.height > folded.height);
    const { width, height } = await this.#drawnBar();
    const place = { x: 60 - width, y: folded.height + 17 + row * rowHeight };
    await this.#press(titles.bar, place, (now) => now !== undefined && now.height < height);
  }

  /** Opens the receipt from the summary by keyboard: Close has it at first. Returns the address that a browser got. */
  async openReceipt(): Promise<string> {
    const summary = await this.#window(titles.summary);
    await this.#chooseBrowser();
    await this.#keysSeen(summary, ["shift+Tab", "shift+Tab"]);
    await this.desktop.keys("space");
    return await waitFor("the browser has an address", async () => {
      const text = await this.desktop.readFile("opened.txt").catch(() => ""); // not yet
      return text.endsWith("\n") && text.trim();
    });
  }

  /** Makes a program that keeps the address what the person's desktop opens addresses with. */
  async #chooseBrowser(): Promise<void> {
    const program = await this.desktop.install(programs.browser, "browser");
    const entry = `[Desktop Entry]\nType=Application\nName=Browser\nExec=${program} %u\n`;
    await this.desktop.writeFile(".local/share/applications/browser.desktop", entry);
    const handler = "[Default Applications]\nx-scheme-handler/http=browser.desktop\n";
    await this.desktop.writeFile(".config/mimeapps.list", handler);
  }

  /** Closes the summary, after which the client ends by itself. */
  async closeSummary(): Promise<void> {
    await this.#window(titles.summary);
    await this.#press(titles.summary, places.closeSummary, () => !this.program.running);
  }

  /** Kills it as a crash would, so that it can do nothing more. Its supervisor lives on. */
  async crash(): Promise<void> {
    const child = await this.desktop.run("pgrep", ["--parent", `${this.program.pid}`]);
    process.kill(Number(child.toString()), "SIGKILL");
  }

  /** The bar when it shows what it is to show: a press on a toggle must not be lost, and not be made twice. */
  async #drawnBar(): Promise<Window> {
    const bar = await this.bar();
    await settled(this.desktop, bar);
    return bar;
  }

  /**
   * Presses a place of a window until that took effect: on a slow machine a window may listen later than it is seen.
   * Returns when it was pressed last.
   */
  async #press(title: string, place: Place, took: (now: Window | undefined) => boolean): Promise<number> {
    let at = 0;
    await waitFor(
      `a press in "${title}" takes effect`,
      async () => {
        const found = await this.desktop.findWindow(title);
        if (took(found)) return true;
        if (found === undefined || Date.now() - at < unheardMs) return false;
        await this.desktop.clickIn(found, place); // where it is now: a window manager may still have moved it
        at = Date.now();
        return false;
      },
      20_000,
    );
    return at;
  }

  /** Ticks a row of the consent window by keyboard: Decline has the keyboard at first, the rows come before it. */
  async #tick(window: Window, row: number, nothing: boolean): Promise<void> {
    const there = Array<string>(row + (nothing ? 1 : 2)).fill("Tab");
    await this.#keysSeen(window, [...there, "space", ...Array<string>(row + 2).fill("shift+Tab")]);
  }

  /** Chooses one of the three terms by keyboard: they come right before Decline, which has the keyboard. */
  async #choose(window: Window, term: number): Promise<void> {
    const steps = 3 - term;
    const there = Array<string>(steps).fill("shift+Tab");
    await this.#keysSeen(window, [...there, "space", ...Array<string>(steps).fill("Tab")]);
  }

  /** Presses keys that each change what the window shows: a Tab that comes before the last was drawn is lost. */
  async #keysSeen(window: Window, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const before = await settled(this.desktop, window);
      await this.desktop.keys(key);
      await settled(this.desktop, window, (shown) => shown.differences(before) > 0);
    }
  }

  /** Waits for a window that stands still: one that was just opened may be moved to its place. */
  async #window(title: string, timeoutMs = 15_000): Promise<Window> {
    let last: Window | undefined;
    return await waitFor(
      `a client window titled "${title}"`,
      async () => {
        if (!this.program.running) throw new Error(`the client ended: ${this.program.output}`);
        const before = last;
        last = await this.desktop.findWindow(title);
        return before !== undefined && last !== undefined && same(before, last) && last;
      },
      timeoutMs,
    );
  }
}

function same(a: Window, b: Window): boolean {
  return a.id === b.id && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Whether the button that sends a file can be pressed: it is wider than others, so this is above its words. */
function fileReady(shown: Picture): boolean {
  const colour = shown.at(shown.width - 60, shown.height - 52);
  return (colour & 0xff) > 0x80 && colour >> 16 < 0x40;
}

/** A person cannot answer faster than the window listens. */
async function listens(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, deafMs));
}

/** One text of the catalogue, as people read it. */
export function text(key: string, values: Readonly<Record<string, string>> = {}): string {
  const found = texts[key];
  if (found === undefined) throw new Error(`no text ${key}`);
  return format(new Intl.PluralRules("en"), found, values);
}

function readTexts(): Record<string, string | undefined> {
  const parsed: unknown = JSON.parse(readFileSync(textsFile, "utf8"));
  if (typeof parsed !== "object" || parsed === null)
    throw new Error("the catalogue of texts is not an object");
  return Object.fromEntries(
    Object.entries(parsed).filter((e): e is [string, string] => typeof e[1] === "string"),
  );
}
