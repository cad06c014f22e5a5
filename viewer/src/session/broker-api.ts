/** The REST interface as a session wants it: a refusal that no further try can mend has its own error. */
import { type Api, ApiError } from "../protocol/api.ts";
import type { SessionApi } from "./api.ts";
import { RefusedError } from "./signaling-link.ts";

export function sessionApi(api: Api): SessionApi {
  return {
    invite: (ticket, hashes) => api.invite(ticket, hashes),
    accept: (session) => api.accept(session),
    end: (session, reason) => api.end(session, reason),
    keepFacts: (session, facts) => api.keepFacts(session, facts),
    story: (session) => api.story(session),
    countersign: (session, seal) => api.countersign(session, seal),
    async joinToken(session, claim) {
      try {
        return await api.joinToken(session, claim);
      } catch (error) {
        const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
        throw refused ? new RefusedError(error.message) : error;
      }
    },
  };
}
