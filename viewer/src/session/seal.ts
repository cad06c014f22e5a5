/** The technician's signature under the record of a session that is over. */
import { fromBase64, toBase64Url } from "../protocol/bytes.ts";
import { sealStatement } from "../protocol/statements.ts";
import type { SessionApi } from "./api.ts";
import type { SessionKeys } from "./keys.ts";

const TRIES = 5;
/** The client's last words are given time to reach the record, and the broker to hear of the end. */
const WAIT_MS = 2000;

/** Signs all events that the session has; throws when the broker takes none of some tries. */
export async function countersign(
  api: Pick<SessionApi, "story" | "countersign">,
  keys: Pick<SessionKeys, "session" | "inviteKey">,
): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    try {
      await sign(api, keys);
      return;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

async function sign(
  api: Pick<SessionApi, "story" | "countersign">,
  keys: Pick<SessionKeys, "session" | "inviteKey">,
): Promise<void> {
  const { events, root } = await api.story(keys.session);
  const statement = sealStatement(keys.session, events, fromBase64(root));
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", keys.inviteKey, statement));
  await api.countersign(keys.session, { events, root, signature: toBase64Url(signature) });
}
