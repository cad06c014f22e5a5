import type { Desktop } from "./desktop.ts";
import type { Program } from "./process.ts";
import { waitFor } from "./wait.ts";

/** A real Wayland compositor (weston) of the same person, without a screen of its own. */
export class Wayland {
  private constructor(
    private readonly compositor: Program,
    /** What the session tells its programs. */
    readonly env: Record<string, string>,
  ) {}

  /** Starts it, with an X server for old programs inside when asked. It ends with the desktop at the latest. */
  static async start(desktop: Desktop, options: { readonly xwayland: boolean }): Promise<Wayland> {
    const runtime = `${desktop.home}/wayland`;
    const socket = "wayland-e2e";
    await desktop.run("mkdir", ["--parents", "--mode=0700", runtime]);
    const args = ["--backend=headless-backend.so", "--no-config", `--socket=${socket}`, "--idle-time=0"];
    if (options.xwayland) args.push("--xwayland");
    const compositor = desktop.start("weston", args, { XDG_RUNTIME_DIR: runtime, DISPLAY: "" });
    const listens = async (): Promise<boolean> =>
      (await desktop.run("find", [runtime, "-name", socket])).length > 0;
    await waitFor("weston listens", listens);
    const display = (): string => /listening on display (:\d+)/.exec(compositor.output)?.[1] ?? "";
    if (options.xwayland) await waitFor("weston has a display for X", async () => display() !== "");
    return new Wayland(compositor, {
      XDG_RUNTIME_DIR: runtime,
      XDG_SESSION_TYPE: "wayland",
      WAYLAND_DISPLAY: socket,
      DISPLAY: display(),
    });
  }

  /** Signs the person out. */
  async end(): Promise<void> {
    await this.compositor.end();
  }
}
