/** The REST interface as a session wants it: a refusal that no further try can mend has its own error. */
import { type Api, ApiError } from "../protocol/api.ts";
import type { SessionApi } from "./api.ts";
import { RefusedError, UncalledError } from "./signaling-link.ts";

/** An answer that says no more than that it was done. */
const nothingOf = (): void => undefined;

export function sessionApi(api: Api): SessionApi {
  return {
    invite: (ticket, hashes) => api.invite(ticket, hashes),
    callColleague: (session, key) =>
      api.ask("POST", `/sessions/${encodeURIComponent(session)}/colleague`, nothingOf, { key }),
    accept: (session) => api.accept(session),
    end: (session, reason) => api.end(session, reason),
    keepFacts: (session, facts) => api.keepFacts(session, facts),
    story: (session) => api.story(session),
    countersign: (session, seal) => api.countersign(session, seal),
    async joinToken(session, claim) {
      try {
        return await api.joinToken(session, claim);
      } catch (error) {
        if (error instanceof ApiError && error.code.startsWith("call_"))
          throw new UncalledError(error.message);
        const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
        throw refused ? new RefusedError(error.message) : error;
      }
    },
  };
}
