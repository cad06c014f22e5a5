/** For tests: a Sender that keeps what it is given, written short. */
import type { Sender } from "./messages.ts";

type Sent = Readonly<Record<string, string | number | boolean>>;

export class Recorder implements Sender {
  generation = 7;
  readonly messages: { channel: string; message: Sent }[] = [];

  sendInput(channel: "control" | "pointer", raw: string): boolean {
    this.messages.push({ channel, message: JSON.parse(raw) as Sent });
    return true;
  }

  /** What came since the last call: "+KeyA -KeyA 'text' release move@1,2 +0@1,2 wheel(0,120)@1,2". */
  take(): string {
    return this.messages
      .splice(0)
      .map(({ message: m }) => short(m))
      .join(" ");
  }
}

function short(m: Sent): string {
  const sign = m["down"] === true ? "+" : "-";
  const at = `@${m["x"]},${m["y"]}`;
  switch (m["type"]) {
    case "key":
      return `${sign}${m["code"]}`;
    case "text":
      return `'${m["text"]}'`;
    case "button":
      return `${sign}${m["button"]}${at}`;
    case "wheel":
      return `wheel(${m["dx"]},${m["dy"]})${at}`;
    case "move":
    case "point":
    case "here":
      return `${m["type"]}${at}`;
    default:
      return String(m["type"]);
  }
}
