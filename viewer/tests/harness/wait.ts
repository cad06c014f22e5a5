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

/** Watches for so long that something is so all the time, which no waiting for it can show. */
export async function holds(what: string, ask: () => Promise<boolean>, forMs = 700): Promise<void> {
  const deadline = Date.now() + forMs;
  do {
    if (!(await ask())) throw new Error(`is not so any more: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  } while (Date.now() < deadline);
}
