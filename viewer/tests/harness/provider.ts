import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./broker.ts";
import { checkout } from "./paths.ts";
import { Program, run } from "./process.ts";
import { waitFor } from "./wait.ts";

/** Somebody who has an account at the provider. */
export interface Person {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly groups: readonly string[];
}

/** An OpenID provider: a process of its own, with a page of its own. */
export class Provider {
  private constructor(
    readonly address: string,
    private readonly folder: string,
    private readonly program: string,
  ) {}

  #server: Program | undefined;

  /** Builds it and finds it an address. A broker may be told of it before it runs. */
  static async make(): Promise<Provider> {
    const folder = await mkdtemp(join(tmpdir(), "beside-provider-"));
    const program = join(folder, "idp");
    await run("go", ["build", "-C", checkout, "-o", program, "./internal/idp/cmd"]);
    return new Provider(`localhost:${await freePort()}`, folder, program);
  }

  /** The flags of `beside serve` that lead to it. */
  flags(...more: readonly string[]): readonly string[] {
    const about = ["--oidc-issuer", `http://${this.address}`, "--oidc-client-id", "beside"];
    return [...about, "--oidc-client-secret", "not-for-logs", "--oidc-name", "Example Login", ...more];
  }

  /** Starts it for a broker. */
  async start(broker: string, people: readonly Person[]): Promise<void> {
    const redirect = `${broker}/signin/provider`;
    const args = [this.address, "beside", "not-for-logs", redirect, JSON.stringify(people)];
    this.#server = new Program(this.program, args, {});
    await waitFor("the provider answers", async () => {
      try {
        return (await fetch(`http://${this.address}/keys`)).ok;
      } catch {
        return false; // it does not listen yet
      }
    });
  }

  async end(): Promise<void> {
    await this.#server?.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
