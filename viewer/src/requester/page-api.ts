/** What the requester's page asks of the broker. The page value travels in a header, never in an address. */
import { type InvitationPage, invitationPage } from "../protocol/answers.ts";
import { ApiError, nothing, request } from "../protocol/api.ts";

export type Answer =
  | { readonly is: "page"; readonly page: InvitationPage }
  /** There is no such link, or this is not its page. */
  | { readonly is: "unknown" }
  /** No answer, or none that makes sense: it is asked again. */
  | { readonly is: "away" };

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

  /** Tells the technician that the person is here. */
  opened(): Promise<void> {
    return request("POST", `${this.path}/opened`, nothing, undefined, this.headers);
  }
}
