/** Text between the two clipboards, for the session page. */
import type { ClipboardKeys } from "../../input/clipboard-keys.ts";
import type { Outcome } from "../../session/clipboard.ts";
import type { LiveSession } from "../../session/live-session.ts";
import type { LiveState } from "../../session/live-state.ts";

/** What is to be said of the last text: that it came or went, or why not. */
export type ClipNote =
  | { readonly is: "placed" | "taken" }
  /** The browser does not let us write to the technician's clipboard without a press of theirs. */
  | { readonly is: "came"; readonly text: string }
  | Extract<Outcome, { is: "failed" }>;

export class Clips implements ClipboardKeys {
  session: LiveSession | undefined;
  private live: LiveState | undefined;

  /** Tells what came of the last text; nothing when that is seen by itself. */
  constructor(private readonly tell: (note: ClipNote | undefined) => void) {}

  follow(live: LiveState): void {
    this.live = live;
  }

  private may(scope: "clipboard:send" | "clipboard:fetch"): boolean {
    const { live } = this;
    return live?.stage.at === "live" && !live.rights.paused && live.rights.scopes.includes(scope);
  }

  readonly fills = (): boolean => this.may("clipboard:send");
  readonly reads = (): boolean => this.may("clipboard:fetch");

  /** Before keys that paste: only a failure is worth a word. */
  readonly put = async (text: string): Promise<boolean> => {
    const outcome = await this.session?.clipboard.put(text);
    this.tell(outcome?.is === "failed" ? outcome : undefined);
    return outcome?.is === "done";
  };

  /** From the dialog, where it is said that it worked. */
  async place(text: string): Promise<boolean> {
    const placed = await this.put(text);
    if (placed) this.tell({ is: "placed" });
    return placed;
  }

  /** After keys that copy. They may mean something else there, such as the end of a program: then nothing was copied. */
  readonly copied = (): void => void this.take(true);

  /** Takes what was copied there onto the technician's clipboard. */
  async take(fresh: boolean): Promise<void> {
    const outcome = await this.session?.clipboard.take(fresh);
    if (outcome?.is === "done") await this.keep(outcome.text);
    else if (outcome !== undefined && !(fresh && outcome.why === "nothing")) this.tell(outcome);
  }

  /** Writes a text to the technician's clipboard, or offers it. */
  async keep(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.tell({ is: "taken" });
    } catch {
      this.tell({ is: "came", text });
    }
  }
}
