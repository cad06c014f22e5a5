/**
 * The viewer's part in comparing words, on the road of a spoken code: the client
 * commits, we tell our nonce, it reveals its own. The technician reads the words
 * out; the requester picks them at the client, which then says so.
 *
 * There is one comparison in a session. Whoever stands between knows whether the words
 * would match as soon as our nonce is told, so breaking off is no way to another guess.
 */
import { type Bytes, fromBase64, same, toBase64 } from "../protocol/bytes.ts";
import type { FromClient, FromViewer } from "../protocol/control.ts";
import type { Binding } from "../protocol/invite.ts";
import { fitsCommit, newNonce, wordsOf } from "../protocol/words.ts";
import type { SessionKeys } from "./keys.ts";

/** What a client needs whose message 0 was good: nothing more, a comparison, or to be refused. */
export function needOf(
  { spoken, spent, compared }: Pick<SessionKeys, "spoken" | "spent" | "compared">,
  client: Bytes,
): "nothing" | "words" | "refusal" {
  if (spoken !== true || (compared !== undefined && same(compared, client))) return "nothing";
  return spent === true ? "refusal" : "words";
}

export class Comparison {
  private commit: Bytes | undefined;
  private readonly nonce = newNonce();
  private told = false;

  constructor(
    private readonly binding: Binding,
    private readonly send: (message: FromViewer) => void,
    /** Called before our part is told. */
    private readonly onSpent: () => void,
    private readonly onWords: (words: readonly string[]) => void,
  ) {}

  /** Takes the client's next message; true when the words were picked. Anything out of order throws. */
  async take(message: FromClient): Promise<boolean> {
    if (message.type === "commit" && this.commit === undefined) {
      this.commit = fromBase64(message.commit);
      this.onSpent();
      this.send({ type: "nonce", nonce: toBase64(this.nonce) });
      return false;
    }
    if (message.type === "reveal" && this.commit !== undefined && !this.told) {
      const client = fromBase64(message.nonce);
      if (!(await fitsCommit(this.commit, this.binding, client))) {
        throw new Error("the other end did not keep to its commitment");
      }
      this.told = true;
      this.onWords(await wordsOf(this.binding, client, this.nonce));
      return false;
    }
    if (message.type === "compared" && this.told) return true;
    throw new Error("a message before the words were compared");
  }
}
