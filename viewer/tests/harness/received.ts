import type { Page } from "@playwright/test";

/** What has come on the display channels of all connections that a page made. */
interface Received {
  readonly bytes: number;
  readonly messages: number;
  readonly connections: number;
}

/** Keeps the page's connections, to be asked for what came by them. */
export async function keepConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: RTCPeerConnection[] = [];
    Object.assign(window, { kept });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        kept.push(this);
      }
    };
  });
}

/** What has come so far. keepConnections must have been called before the page was opened. */
export async function received(page: Page): Promise<Received> {
  return await page.evaluate(async () => {
    const { kept } = window as unknown as { kept: RTCPeerConnection[] };
    let bytes = 0;
    let messages = 0;
    for (const connection of kept) {
      (await connection.getStats()).forEach(
        (entry: { type: string; label?: string; bytesReceived?: number; messagesReceived?: number }) => {
          if (entry.type === "data-channel" && entry.label === "display") {
            bytes += entry.bytesReceived ?? 0;
            messages += entry.messagesReceived ?? 0;
          }
        },
      );
    }
    return { bytes, messages, connections: kept.length };
  });
}
