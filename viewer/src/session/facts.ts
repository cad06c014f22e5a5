/** What the requester's machine says of itself, on its way to the broker, which keeps it with the session. */
import type { Facts } from "../protocol/facts.ts";
import type { SessionApi } from "./api.ts";

const TRIES = 5;
/** The requester's own word that they allow it may reach the broker a little later than us. */
const WAIT_MS = 1500;

/** Has the facts kept; throws when the broker takes them in none of some tries. */
export async function keepFacts(
  api: Pick<SessionApi, "keepFacts">,
  session: string,
  facts: Facts,
  waitMs = WAIT_MS,
): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      await api.keepFacts(session, facts);
      return;
    } catch (error) {
      if (left === 1) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
