const everyMs = 50;

/** Asks until the answer is neither undefined nor false. What is not so in time throws, naming what was awaited. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Reads until the same has been read for so long; returns it. */
export async function rests<T>(what: string, read: () => Promise<T>, forMs: number): Promise<T> {
  let last: T | undefined;
  let since = Date.now();
  return await waitFor(`${what} stays the same for ${forMs} ms`, async () => {
    const now = await read();
    if (now !== last) since = Date.now();
    last = now;
    return Date.now() - since >= forMs && { now };
  }).then(({ now }) => now);
}

/** Watches for so long that something is so all the time, which no waiting for it can show. */
export async function holds(what: string, ask: () => Promise<boolean>, forMs = 700): Promise<void> {
  const deadline = Date.now() + forMs;
  do {
    if (!(await ask())) throw new Error(`is not so any more: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  } while (Date.now() < deadline);
}
