import type { LaunchOptions } from "@playwright/test";

/** Debian's Chromium. Nothing that it would do in the background may reach out or change a timing. */
export const chromium = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--headless=new",
    "--no-sandbox", // the tests run as root in CI; every page is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Both ends are on one machine, where names of mDNS are not resolved.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--allow-loopback-in-peer-connection",
  ],
} satisfies LaunchOptions;
