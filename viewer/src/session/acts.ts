/**
 * The acts of the technician's hands on their way. The ordered channel holds up everything behind a lost packet until
 * it was sent again, which takes far longer than the way itself. So each act goes out once more a moment later, on the
 * channel that loses but does not wait; the client does each once, in order.
 */

/** What Acts needs of a data channel. */
export interface Way {
  readonly readyState: RTCDataChannelState;
  send(text: string): void;
}

/** So much later that both do not travel, and get lost, together. */
const AGAIN_AFTER_MS = 5;

/** A longer act is more than one packet, and no key. */
const MAX_AGAIN = 1000;

export class Acts {
  private count = 0;

  constructor(
    private readonly ordered: Way,
    private readonly losing: Way,
    private readonly later: (act: () => void, ms: number) => void = (act, ms) => void setTimeout(act, ms),
  ) {}

  /** Sends one encoded act. Both channels are open. */
  send(raw: string): void {
    this.ordered.send(raw);
    const seq = ++this.count;
    if (raw.length > MAX_AGAIN) return;
    this.later(() => {
      if (this.losing.readyState === "open") this.losing.send(again(seq, raw));
    }, AGAIN_AFTER_MS);
  }
}

/** Writes an act once more: signaling/control/again.go. */
export function again(seq: number, raw: string): string {
  return `{"type":"again","seq":${seq},"input":${raw}}`;
}
