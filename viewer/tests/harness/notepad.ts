import type { Desktop, Window } from "./desktop.ts";
import { waitFor } from "./wait.ts";

/** A window to write into, with the usual keys to copy and paste: Tk's text field. Its text is in a file at once. */
export class Notepad {
  private constructor(
    private readonly desktop: Desktop,
    private readonly title: string,
    readonly window: Window,
  ) {}

  static async open(desktop: Desktop, title = "notepad"): Promise<Notepad> {
    const script = `
      wm title . ${title}; wm geometry . 600x300+60+120
      pack [text .t -font {{DejaVu Sans} 11}] -expand 1 -fill both
      bind .t <Control-a> {.t tag add sel 1.0 end-1c; break}
      focus .t
      proc keep {} {
        if {[.t edit modified]} {
          set f [open ~/${title}.txt w]; fconfigure $f -encoding utf-8
          puts -nonewline $f [.t get 1.0 end-1c]; close $f
          .t edit modified 0
        }
        after 50 keep
      }
      keep`;
    await desktop.writeFile(`${title}.txt`, "");
    await desktop.writeFile(`${title}.tcl`, script);
    desktop.start("wish", [`${title}.tcl`]);
    return new Notepad(desktop, title, await desktop.window(title));
  }

  /** Waits until it holds exactly this. */
  async holds(want: string): Promise<void> {
    let got = "";
    await waitFor(`the notepad holds ${short(want)}`, async () => {
      got = await this.desktop.readFile(`${this.title}.txt`);
      return got === want;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it holds ${short(got)}`);
    });
  }
}

function short(text: string): string {
  return `${text.length} characters: ${JSON.stringify(text.slice(0, 60))}`;
}
