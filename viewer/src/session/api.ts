import type { Facts } from "../protocol/facts.ts";
import type { JoinClaim } from "../protocol/statements.ts";

/** What a session asks of the broker over HTTP. The pages' API client is one. */
export interface SessionApi {
  /** Makes an invitation and its session. */
  invite(
    ticket: string,
    hashes: { joinHash: string; pageHash: string; spoken?: true; code?: string },
  ): Promise<{ sessionId: string; invitationId: string; expiresAt: string }>;
  /** A fresh join token, for a proof by the invite key. */
  joinToken(session: string, claim: JoinClaim): Promise<string>;
  /** Keeps the key of a link to a second technician, 32 bytes in base64url. */
  callColleague(session: string, key: string): Promise<void>;
  /** Accepts who joined: now the requester may be asked. */
  accept(session: string): Promise<void>;
  /** Ends the session. */
  end(session: string, reason: "technician" | "refused"): Promise<void>;
  /** Keeps what the requester's machine said of itself. */
  keepFacts(session: string, facts: Facts): Promise<void>;
  /** How many events a session that is over has, and the root of their tree. */
  story(session: string): Promise<{ events: number; root: string }>;
  /** Signs that, by the invite key. */
  countersign(session: string, seal: { events: number; root: string; signature: string }): Promise<void>;
}
