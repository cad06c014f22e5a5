import type { Desktop } from "./desktop.ts";

/** The keys and buttons that programs hold down on a desktop, such as "key[50]=down"; the person holds none there. */
export async function held(desktop: Desktop): Promise<string[]> {
  const found: string[] = [];
  for (const device of ["keyboard", "pointer"]) {
    const state = (await desktop.run("xinput", ["query-state", `Virtual core XTEST ${device}`])).toString();
    found.push(...(state.match(/(?:key|button)\[\d+\]=down/g) ?? []));
  }
  return found;
}
