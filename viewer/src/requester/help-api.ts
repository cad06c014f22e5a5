/** What the help page asks of the broker. The secret of a waiting page travels in a header, never in an address. */
import type { Level } from "../protocol/answers.ts";
import { ApiError, nothing, request } from "../protocol/api.ts";
import { asked, type HelpDoor, helpDoor, type Waiting, waiting } from "../protocol/waiting.ts";

/** What a person says of their trouble. */
export interface Asking {
  readonly name: string;
  readonly reach: string;
  readonly words: string;
  readonly impact: Level;
  readonly urgency: Level;
}

/** Why something was not taken. */
export type Refusal = "many" | "closed" | "refused" | "away";

/** Reads why something was not taken. */
export function refusalOf(error: unknown): Refusal {
  switch (error instanceof ApiError ? error.status : 0) {
    case 429:
      return "many";
    case 403:
    case 404:
    case 503:
      return "closed";
    case 422:
      return "refused";
    default:
      return "away";
  }
}

/** Whether one may ask for help here. */
export function door(): Promise<HelpDoor> {
  return request("GET", "/help", helpDoor);
}

/** Asks for help; the answer is the secret of the page that waits. */
export async function ask(asking: Asking): Promise<string> {
  return (await request("POST", "/help", asked, asking)).secret;
}

/** The secret in the fragment of a waiting page's address; undefined when there is none. */
export function secretOf(fragment: string): string | undefined {
  const secret = fragment.replace(/^#/, "");
  return /^[A-Za-z0-9_-]{22}$/.test(secret) ? secret : undefined;
}

/** One's own call for help. */
export class HelpApi {
  private readonly headers: HeadersInit;

  constructor(secret: string) {
    this.headers = { "Beside-Help": secret };
  }

  async read(): Promise<Waiting | "unknown" | "away"> {
    try {
      return await request("GET", "/help/waiting", waiting, undefined, this.headers);
    } catch (error) {
      return error instanceof ApiError && error.status === 404 ? "unknown" : "away";
    }
  }

  say(words: string): Promise<void> {
    return request("POST", "/help/words", nothing, { words }, this.headers);
  }

  withdraw(): Promise<void> {
    return request("POST", "/help/withdraw", nothing, undefined, this.headers);
  }
}
