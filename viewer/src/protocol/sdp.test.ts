import { describe, expect, it } from "vitest";
import { fingerprint, originId } from "./sdp.ts";

const one = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, "0").toUpperCase()).join(":");
const other = one.replace("00", "FF");
const sdp = (...lines: string[]) => ["v=0", "o=- 4611 2 IN IP4 127.0.0.1", "s=-", ...lines, ""].join("\r\n");

describe("fingerprint", () => {
  it("reads the one of a description", () => {
    expect(fingerprint(sdp(`a=fingerprint:sha-256 ${one}`))).toEqual(
      Uint8Array.from({ length: 32 }, (_, i) => i),
    );
  });
  it("takes the same value at both levels", () => {
    expect(fingerprint(sdp(`a=fingerprint:sha-256 ${one}`, `a=fingerprint:sha-256 ${one}`))).toBeDefined();
  });
  it.each([
    ["none", sdp()],
    ["two values", sdp(`a=fingerprint:sha-256 ${one}`, `a=fingerprint:sha-256 ${other}`)],
    ["a second hash", sdp(`a=fingerprint:sha-256 ${one}`, `a=fingerprint:sha-1 ${one.slice(0, 59)}`)],
    ["another hash alone", sdp(`a=fingerprint:sha-512 ${one}:${one}`)],
    ["a short value", sdp(`a=fingerprint:sha-256 ${one.slice(3)}`)],
    ["another case of the attribute", sdp(`a=fingerprint:sha-256 ${one}`, `A=FINGERPRINT:sha-256 ${other}`)],
  ])("refuses %s", (_, text) => {
    expect(fingerprint(text)).toBeUndefined();
  });
});

it("tells PeerConnections apart", () => {
  expect(originId(sdp())).toBe("4611");
  expect(originId("v=0")).toBe("");
});
