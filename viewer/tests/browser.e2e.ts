import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./fixtures.ts";
import { seriousFindings } from "./harness/axe.ts";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types none";

// The harness itself: a page under our policy can be looked at, and a breach of the policy does not go unseen.
test("looks through a strict policy, and sees its breaches", async ({ page, watch }) => {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.setHeader("Content-Security-Policy", policy);
    response.end(
      "<!doctype html><html lang=en><title>t</title><main><h1>t</h1><input></main><p style='color:red'>",
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/`);

  expect(await seriousFindings(page), "the field has no label").toEqual([expect.stringContaining("label:")]);
  expect(watch.problems.join(), "the page has an inline style").toContain("style-src");
  watch.forget();
  server.close();
});

test("is Debian's Chromium with WebRTC on loopback", async ({ page }) => {
  const candidate = await page.evaluate(async () => {
    const peer = new RTCPeerConnection();
    peer.createDataChannel("x");
    const found = new Promise<string>((resolve) => {
      peer.addEventListener("icecandidate", (e) => e.candidate && resolve(e.candidate.candidate));
    });
    await peer.setLocalDescription();
    return await found;
  });
  expect(candidate).toContain("typ host");
  expect(candidate, "an address and not a name of mDNS").not.toContain(".local");
});
