/** What the requester's page asks of the broker. The page value travels in a header, never in an address. */
import {
  foundInvitation,
  type InvitationPage,
  invitationPage,
  type Receipt,
  receipt,
} from "../protocol/answers.ts";
import { ApiError, nothing, request } from "../protocol/api.ts";

export type Answer =
  | { readonly is: "page"; readonly page: InvitationPage }
  /** There is no such link, or this is not its page. */
  | { readonly is: "unknown" }
  /** No answer, or none that makes sense: it is asked again. */
  | { readonly is: "away" };

/** The invitation of a spoken code. */
export async function findInvitation(
  page: string,
): Promise<{ readonly is: "found"; readonly id: string } | { readonly is: "unknown" | "many" | "away" }> {
  try {
    const { invitation } = await request("POST", "/invitations/find", foundInvitation, undefined, {
      "Beside-Page": page,
    });
    return { is: "found", id: invitation };
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    return { is: status === 404 ? "unknown" : status === 429 ? "many" : "away" };
  }
}

export class PageApi {
  private readonly path: string;
  private readonly headers: HeadersInit;

  constructor(id: string, page: string) {
    this.path = `/invitations/${encodeURIComponent(id)}`;
    this.headers = { "Beside-Page": page };
  }

  async read(): Promise<Answer> {
    try {
      const page = await request("GET", `${this.path}/page`, invitationPage, undefined, this.headers);
      return { is: "page", page };
    } catch (error) {
      const unknown = error instanceof ApiError && error.status === 404;
      return unknown ? { is: "unknown" } : { is: "away" };
    }
  }

  /** What the person takes home. */
  receipt(): Promise<Receipt> {
    return request("GET", `${this.path}/receipt`, receipt, undefined, this.headers);
  }

  /** Says once whether it helped. */
  rate(helped: boolean): Promise<void> {
    return request("POST", `${this.path}/rating`, nothing, { helped }, this.headers);
  }

  /** Tells the technician that the person is here. */
  opened(): Promise<void> {
    return request("POST", `${this.path}/opened`, nothing, undefined, this.headers);
  }
}
