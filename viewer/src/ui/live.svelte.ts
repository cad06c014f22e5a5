/** The broker's stream of changes. Pages read anew what a change is about; the stream carries no content. */
import { liveChange } from "../protocol/answers.ts";

export type Topic = "ticket" | "invitation" | "session" | "presence";
type Listener = (topic: Topic | "all") => void;

/** Changes come in bursts; a page reads once for all of them. */
const BURST_MS = 120;

export class Live {
  /** False while the broker cannot be reached; it is tried again without end. */
  up: boolean = $state(true);
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  private source: EventSource | undefined;

  constructor(private readonly signal: AbortSignal) {
    addEventListener("offline", () => (this.up = false), { signal });
    addEventListener("online", () => this.tell("all"), { signal });
    signal.addEventListener("abort", () => this.source?.close());
    this.connect();
  }

  /** Calls back after changes, and once after the stream came back ("all"). Returns how to stop that. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back when somebody came to the desk or went, and after the stream came back. Returns how to stop that. */
  onPresence(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private connect(): void {
    const source = new EventSource("/api/v1/live");
    this.source = source;
    let lost = false;
    source.onopen = () => {
      this.up = true;
      if (lost) this.tell("all");
      lost = false;
    };
    source.onmessage = (event: MessageEvent<unknown>) => this.onChange(event.data);
    source.onerror = () => {
      this.up = false;
      lost = true;
      // A browser gives up after an answer that is no stream, such as 503.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.again(), 3000);
    };
  }

  private again(): void {
    if (this.signal.aborted) return;
    this.connect();
    this.tell("all");
  }

  private onChange(data: unknown): void {
    if (typeof data !== "string") return;
    try {
      this.tell(liveChange(JSON.parse(data), "change").topic);
    } catch (error) {
      console.warn("change not understood", error);
    }
  }

  private tell(topic: Topic | "all"): void {
    // Who comes and goes changes no ticket, and everybody would read all of theirs anew.
    if (topic !== "presence") for (const listener of this.listeners) listener(topic);
    if (topic !== "ticket" && topic !== "invitation") for (const watcher of this.watchers) watcher();
  }
}

/** Runs task soon, once for all calls until then, never two at a time. */
export function bundled(task: () => Promise<void>, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;
  const run = async () => {
    timer = undefined;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await task();
    } finally {
      running = false;
      if (again) later();
      again = false;
    }
  };
  const later = () => {
    if (timer !== undefined || signal.aborted) return;
    timer = setTimeout(
      () => run().catch((error: unknown) => console.warn("reading anew failed", error)),
      BURST_MS,
    );
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  return later;
}
