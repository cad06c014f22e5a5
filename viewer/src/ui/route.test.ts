import { expect, test } from "vitest";
import { paths, providerReturn, routeOf, signInFragment } from "./route.ts";

test.each([
  ["/", { page: "desk", ticket: undefined }],
  ["/signin", { page: "signin" }],
  [paths.ticket("t1"), { page: "desk", ticket: "t1" }],
  [paths.provider, { page: "signin" }],
  ["/signin/elsewhere", { page: "unknown" }],
  [paths.admin("people"), { page: "admin", part: "people" }],
  ["/admin/other", { page: "unknown" }],
  [paths.account, { page: "account" }],
  ["/sessions", { page: "sessions" }],
  ["/sessions/", { page: "sessions" }],
  [paths.session("s1"), { page: "timeline", session: "s1" }],
  [paths.live("s1"), { page: "live", session: "s1" }],
  ["/sessions/s1/other", { page: "unknown" }],
  ["/sessions/s1/live/more", { page: "unknown" }],
  ["/tickets", { page: "unknown" }],
  ["/elsewhere", { page: "unknown" }],
])("%s is %o", (path, want) => {
  expect(routeOf(path)).toEqual(want);
});

test.each([
  ["", undefined],
  ["#", undefined],
  ["#secret", { secret: "secret", handover: undefined }],
  ["#secret.s1.keys", { secret: "secret", handover: { session: "s1", keys: "keys" } }],
  ["#secret.s1", { secret: "secret", handover: undefined }],
])("the fragment %s gives %o", (hash, want) => {
  expect(signInFragment(hash)).toEqual(want);
});

test.each([
  [
    "?state=s&code=c&iss=https%3A%2F%2Fidp",
    { is: "confirmed", state: "s", code: "c", issuer: "https://idp" },
  ],
  ["?state=s&code=c", { is: "confirmed", state: "s", code: "c", issuer: "" }],
  ["?state=s&error=access_denied", { is: "refused" }],
  ["", { is: "refused" }],
])("the single sign-on's %s is %o", (search, want) => {
  expect(providerReturn(search)).toEqual(want);
});
