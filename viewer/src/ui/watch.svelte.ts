/** All sessions that did not end, kept fresh, and news about them. */
import type { Session } from "../protocol/answers.ts";
import type { Api } from "../protocol/api.ts";
import { bundled, type Live } from "./live.svelte.ts";
import { type News, newsBetween } from "./stage.ts";

export class Watch {
  sessions: readonly Session[] = $state.raw([]);
  private readonly reread: () => void;
  private known = false;

  constructor(
    private readonly api: Api,
    live: Live,
    private readonly onNews: (news: News) => void,
    signal: AbortSignal,
  ) {
    this.reread = bundled(() => this.read(), signal);
    signal.addEventListener("abort", live.on(this.reread));
    this.reread();
  }

  /** Reads anew soon; for after an act of our own, before the stream says so. */
  refresh(): void {
    this.reread();
  }

  private async read(): Promise<void> {
    const before = this.sessions;
    const open = await this.api.sessions("open");
    const left = before.filter((s) => !open.some((o) => o.id === s.id));
    this.sessions = open;
    if (!this.known) {
      this.known = true;
      return;
    }
    const ended = await Promise.all(left.map((s) => this.api.session(s.id)));
    for (const news of newsBetween(before, [...open, ...ended])) this.onNews(news);
  }
}
