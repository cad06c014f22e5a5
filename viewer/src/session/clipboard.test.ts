import { expect, test, vi } from "vitest";
import type { FromViewer } from "../protocol/control.ts";
import { Clipboard } from "./clipboard.ts";

function setup(takes = true) {
  const sent: FromViewer[] = [];
  const clipboard = new Clipboard((message) => {
    if (takes) sent.push(message);
    return takes;
  }, 50);
  const idOf = () => {
    const [message] = sent;
    return message !== undefined && "id" in message ? message.id : "";
  };
  return { sent, clipboard, idOf };
}

test("a long text travels in pieces, and is there when the client says so", async () => {
  const { sent, clipboard, idOf } = setup();
  const put = clipboard.put(`${"😀".repeat(1500)}\r\nend\u001b`);
  const texts = sent.map((message) => (message.type === "clip" ? message.text : message.type));
  expect(texts).toEqual(["😀".repeat(1500), "\nend"]);
  clipboard.heard({ type: "clipped", id: idOf(), reason: "" });
  expect(await put).toEqual({ is: "done", text: "" });
});

test("what is empty or too long stays here", async () => {
  const { sent, clipboard } = setup();
  expect(await clipboard.put("\u0001")).toEqual({ is: "failed", why: "nothing" });
  expect(await clipboard.put("é".repeat(100_000))).toEqual({ is: "failed", why: "too_long" });
  expect(sent).toEqual([]);
});

test("what was copied comes in pieces", async () => {
  const { sent, clipboard, idOf } = setup();
  const took = clipboard.take(true);
  expect(sent).toEqual([{ type: "take", id: idOf(), fresh: true }]);
  clipboard.heard({ type: "copied", id: "another", part: 1, parts: 1, text: "no", reason: "" });
  clipboard.heard({ type: "copied", id: idOf(), part: 1, parts: 2, text: "Hello ", reason: "" });
  clipboard.heard({ type: "copied", id: idOf(), part: 2, parts: 2, text: "Sam", reason: "" });
  expect(await took).toEqual({ is: "done", text: "Hello Sam" });
});

test("a piece out of order fails, as does a reason", async () => {
  const { clipboard, sent, idOf } = setup();
  const took = clipboard.take(false);
  clipboard.heard({ type: "copied", id: idOf(), part: 2, parts: 2, text: "Sam", reason: "" });
  expect(await took).toEqual({ is: "failed", why: "failed" });
  sent.length = 0;
  const secret = clipboard.take(false);
  clipboard.heard({ type: "copied", id: idOf(), part: 0, parts: 0, text: "", reason: "secret" });
  expect(await secret).toEqual({ is: "failed", why: "secret" });
});

test("nobody waits for ever", async () => {
  vi.useFakeTimers();
  const { clipboard } = setup();
  const late = clipboard.take(false);
  vi.advanceTimersByTime(60);
  expect(await late).toEqual({ is: "failed", why: "lost" });
  const cut = clipboard.take(false);
  clipboard.lost();
  expect(await cut).toEqual({ is: "failed", why: "lost" });
  vi.useRealTimers();
  expect(await setup(false).clipboard.put("a")).toEqual({ is: "failed", why: "lost" });
});

test("nobody's page asks faster than a client takes it", async () => {
  const { sent, clipboard } = setup();
  const outcomes = Array.from({ length: 12 }, () => clipboard.take(false));
  expect(sent).toHaveLength(10);
  clipboard.lost();
  const busy = (await Promise.all(outcomes)).filter((o) => o.is === "failed" && o.why === "busy");
  expect(busy).toHaveLength(2);
});
