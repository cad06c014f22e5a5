import type { CDPSession, Page } from "@playwright/test";

/** A device's own authenticator (fingerprint or face), as Chromium plays it: it always finds its person. */
export class Authenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  /** With `seals` its passkeys can seal keys too (the PRF extension). */
  static async of(page: Page, { seals = false } = {}): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: seals,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Authenticator(session, authenticatorId);
  }

  /** Whether it finds its person from now on: otherwise it refuses. */
  async knows(person: boolean): Promise<void> {
    await this.session.send("WebAuthn.setUserVerified", {
      authenticatorId: this.id,
      isUserVerified: person,
    });
  }

  /** How often each of its passkeys was used, as the authenticator counts. */
  async counters(): Promise<readonly number[]> {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    return credentials.map((c) => c.signCount);
  }
}
