/**
 * What somebody at the other end wrote, fit to be shown: without control characters and those that change the
 * direction of text or cannot be seen. Two of the latter are letters of some scripts, and stay.
 */
export function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, (c) => (c === "\n" || c === "\u200c" || c === "\u200d" ? c : ""))
    .trim();
}
