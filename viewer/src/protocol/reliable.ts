/** Delivery from end to end over a broker that keeps nothing: the twin of signaling/reliable.go. */

const MAX_UNACKED = 64;

/** The head of a message from end to end. */
export interface Head {
  readonly from: string;
  readonly to: string;
  readonly seq: number;
}

/** Keeps what was sent to one instance of the client until that instance acknowledged it. */
export class Outbox<M extends object> {
  private last = 0;
  private unacked: (M & Head)[] = [];

  constructor(
    private readonly from: string,
    private readonly to: string,
  ) {}

  /** Numbers a message, keeps it and returns it for sending. */
  add(message: M): M & Head {
    if (this.unacked.length === MAX_UNACKED) throw new Error("the client acknowledges nothing");
    this.last++;
    const numbered = { ...message, from: this.from, to: this.to, seq: this.last };
    this.unacked.push(numbered);
    return numbered;
  }

  /** Forgets all messages up to a number. */
  acked(upto: number): void {
    this.unacked = this.unacked.filter((message) => message.seq > upto);
  }

  /** What to send again after a reconnect, oldest first. */
  pending(): readonly (M & Head)[] {
    return this.unacked;
  }
}

/** Takes the messages of one instance of the client in order, once each. */
export class Inbox {
  private last = 0;

  constructor(
    private readonly own: string,
    private readonly peer: string,
  ) {}

  /** Whether this is the next message. Acknowledge after asking, whatever the answer. */
  take(head: Head): boolean {
    if (head.from !== this.peer || head.to !== this.own || head.seq !== this.last + 1) return false;
    this.last++;
    return true;
  }

  /** The acknowledgement of everything taken so far. */
  ack(): { readonly type: "ack"; readonly upto: number } & Head {
    return { type: "ack", from: this.own, to: this.peer, seq: 0, upto: this.last };
  }
}
