import { chmod, chown, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { programs } from "./paths.ts";
import { Picture } from "./picture.ts";
import { type Account, Program, run } from "./process.ts";
import { Mouse } from "./rfb.ts";
import { Terminal } from "./terminal.ts";
import { waitFor } from "./wait.ts";

/** Where a window stands on the desktop, its frame left out. */
export interface Window {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A place in a window: pixels from its left and top edge or, when negative, from its right and bottom edge. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A width x height in pixels, such as "1280x800". */
export type Size = `${number}x${number}`;

export interface DesktopOptions {
  readonly size?: Size;
  /** An X display such as ":160"; the next free one when left out. */
  readonly display?: string;
  /** The network namespace of the programs that the person starts (see Network). */
  readonly namespace?: string;
  /** Whether xrandr can give the screen another size; then it also has a mouse of its own. */
  readonly resizes?: boolean;
}

/**
 * A real desktop: an X server, a window manager, and the person who sits there. All is run as an unprivileged
 * user with a fresh home folder. The methods are that person's eyes and hands; none of them knows of Beside.
 */
export class Desktop {
  readonly #server: Program;
  readonly #account: Account;
  readonly #env: Record<string, string>;
  readonly #namespace: string | undefined;
  readonly #programs: Program[] = [];
  readonly #hardware: boolean;
  #mouse: Mouse | undefined;
  readonly home: string;
  readonly display: string;
  /** Of the screen; whoever changes it says so here. */
  size: Size;

  private constructor(server: Program, size: Size, place: DesktopPlace, options: DesktopOptions) {
    this.#server = server;
    this.#namespace = options.namespace;
    this.#hardware = options.resizes === true;
    this.#account = { uid: place.uid, gid: place.gid };
    this.#env = place.env;
    this.home = place.home;
    this.display = place.display;
    this.size = size;
  }

  static async start(options: DesktopOptions = {}): Promise<Desktop> {
    const size = options.size ?? "1280x800";
    const display = options.display === undefined ? [] : ["--display", options.display];
    const resizes = options.resizes === true ? ["--resizes"] : [];
    const server = new Program(programs.demo, ["desktop", "--size", size, ...display, ...resizes]);
    try {
      return new Desktop(server, size, readPlace(await server.firstLine()), options);
    } catch (err) {
      await server.end();
      throw err;
    }
  }

  /** The process below which the X server and all of the desktop's own programs run. */
  get pid(): number {
    return this.#server.pid ?? 0;
  }

  /** Ends every program that was started here, then the desktop. */
  async end(): Promise<void> {
    this.#mouse?.close();
    await Promise.all(this.#programs.map((program) => program.end()));
    this.#server.finishInput();
    await this.#server.ended();
  }

  /** Starts a program as the person. It ends with the desktop at the latest. */
  start(program: string, args: readonly string[] = [], env: Record<string, string> = {}): Program {
    const started = new Program(program, args, {
      env: { ...this.#env, ...env },
      cwd: this.home,
      account: this.#account,
      namespace: this.#namespace,
    });
    this.#programs.push(started);
    return started;
  }

  /** Runs a program as the person to its end, and returns what it printed. */
  async run(program: string, args: readonly string[] = [], input = ""): Promise<Buffer> {
    return await run(program, args, { env: this.#env, cwd: this.home, account: this.#account, input });
  }

  /** Opens a terminal that keeps all that is typed into it. */
  async terminal(name = "typed"): Promise<Terminal> {
    return await Terminal.open(this, name);
  }

  /** Gives the person a copy of a program, as a browser's download would, and makes it one that runs. */
  async install(program: string, path: string): Promise<string> {
    const target = join(this.home, path);
    await this.#makeFolder(dirname(target));
    await copyFile(program, target);
    await chmod(target, 0o755);
    await this.#own(target);
    return target;
  }

  async readFile(path: string): Promise<string> {
    return await readFile(join(this.home, path), "utf8");
  }

  async writeFile(path: string, text: string): Promise<void> {
    await this.#makeFolder(dirname(join(this.home, path)));
    await writeFile(join(this.home, path), text);
    await this.#own(join(this.home, path));
  }

  /** The titles of all windows that the window manager shows. */
  async titles(): Promise<string[]> {
    const list = (await this.run("xprop", ["-root", "_NET_CLIENT_LIST"])).toString();
    const ids = list.match(/0x[0-9a-f]+/g) ?? [];
    const titles: string[] = [];
    for (const id of ids) titles.push(await this.#title(id));
    return titles;
  }

  /** Waits until a window of exactly this title is shown. */
  async window(title: string, timeoutMs = 15_000): Promise<Window> {
    return await waitFor(`a window titled "${title}"`, () => this.findWindow(title), timeoutMs);
  }

  /** Waits until no window of this title is shown. */
  async gone(title: string, timeoutMs = 15_000): Promise<void> {
    const absent = async (): Promise<boolean> => (await this.findWindow(title)) === undefined;
    await waitFor(`no window titled "${title}"`, absent, timeoutMs);
  }

  async findWindow(title: string): Promise<Window | undefined> {
    const name = `^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
    // xdotool exits with 1 when it finds nothing.
    const script = 'xdotool search --onlyvisible --name "$1" | head -n 1';
    const id = (await this.run("bash", ["-c", script, "find", name])).toString().trim();
    if (id === "") return undefined;
    try {
      return readGeometry(id, (await this.run("xwininfo", ["-id", id])).toString());
    } catch {
      return undefined; // it went in this moment
    }
  }

  /** Waits until a window has the keyboard: a window manager gives it some time after the click. */
  async active(window: Window, withinMs = 15_000): Promise<void> {
    // xdotool fails until the window manager has named a window for the first time.
    const id = async (): Promise<string> =>
      (await this.run("xdotool", ["getactivewindow"]).catch(() => "")).toString().trim();
    const has = async (): Promise<boolean> => (await id()) === window.id;
    await waitFor(`the window ${window.id} has the keyboard`, has, withinMs);
  }

  /**
   * Presses and releases a mouse button at a place of the desktop. Where the X server has a mouse of its own, the
   * left button is that one's: there a program's click allows nothing.
   */
  async click(x: number, y: number, button = 1): Promise<void> {
    if (this.#hardware && button === 1) {
      (await this.mouse()).click(x, y);
      return;
    }
    // Not --sync: where the pointer is there already, it waits 15 s for a move.
    await this.run("xdotool", ["mousemove", `${x}`, `${y}`, "click", `${button}`]);
  }

  /** The person's mouse, of an X server that has one. */
  async mouse(): Promise<Mouse> {
    this.#mouse ??= await Mouse.open(join(this.home, ".mouse"));
    return this.#mouse;
  }

  async clickIn(window: Window, place: Place): Promise<void> {
    const x = place.x < 0 ? window.width + place.x : place.x;
    const y = place.y < 0 ? window.height + place.y : place.y;
    await this.click(window.x + x, window.y + y);
  }

  /** Presses and releases keys one after the other, by xdotool's names such as "Tab" and "ctrl+alt+Delete". */
  async keys(...names: string[]): Promise<void> {
    await this.run("xdotool", ["key", "--clearmodifiers", ...names]);
  }

  /** Chooses a keyboard layout such as "de". */
  async layout(name: string): Promise<void> {
    await this.run("setxkbmap", [name]);
  }

  /** What the screen shows now, without the pointer. */
  async pixels(): Promise<Picture> {
    const rgb = await this.run("import", ["-silent", "-window", "root", "-depth", "8", "rgb:-"]);
    const [width = 0, height = 0] = this.size.split("x").map(Number);
    return new Picture(width, height, rgb);
  }

  /** What the screen shows now, as a PNG file's content. */
  async screenshot(): Promise<Buffer> {
    return await this.run("import", ["-silent", "-window", "root", "png:-"]);
  }

  /** All that programs printed here, for a failed test's report. */
  printed(): string {
    return this.#programs.map((p) => `== ${p.name} ${p.running ? "" : "(ended)"}\n${p.output}`).join("\n");
  }

  async #title(id: string): Promise<string> {
    try {
      return (await this.run("xdotool", ["getwindowname", id])).toString().trim();
    } catch {
      return ""; // it went in this moment
    }
  }

  async #makeFolder(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true });
    for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) {
      await this.#own(made);
    }
  }

  async #own(path: string): Promise<void> {
    if (process.getuid?.() === 0) await chown(path, this.#account.uid, this.#account.gid);
  }
}

interface DesktopPlace extends Account {
  readonly display: string;
  readonly home: string;
  readonly env: Record<string, string>;
}

/** Reads what `demo desktop` prints. */
function readPlace(line: string): DesktopPlace {
  const place: unknown = JSON.parse(line);
  if (typeof place !== "object" || place === null) throw new Error(`not a desktop: ${line}`);
  const { display, home, uid, gid, env } = place as Partial<Record<string, unknown>>;
  if (
    typeof display !== "string" ||
    typeof home !== "string" ||
    typeof uid !== "number" ||
    typeof gid !== "number" ||
    typeof env !== "object" ||
    env === null
  ) {
    throw new Error(`not a desktop: ${line}`);
  }
  const strings = Object.entries(env).filter((e): e is [string, string] => typeof e[1] === "string");
  return { display, home, uid, gid, env: Object.fromEntries(strings) };
}

/** Reads what xwininfo says: unlike xdotool it leaves the window manager's frame out. */
function readGeometry(id: string, info: string): Window {
  const value = (name: string): number => {
    const found = new RegExp(`${name}: +(-?\\d+)$`, "m").exec(info)?.[1];
    if (found === undefined) throw new Error(`no ${name} in ${info}`);
    return Number(found);
  };
  return {
    id,
    x: value("Absolute upper-left X"),
    y: value("Absolute upper-left Y"),
    width: value("Width"),
    height: value("Height"),
  };
}
