/** Puts a text into another in place of what is selected, apart from the words around it. Pure. */
export function insertAt(
  into: string,
  start: number,
  end: number,
  text: string,
  max: number,
): { readonly text: string; readonly caret: number } {
  const before = into.slice(0, start);
  const after = into.slice(end);
  const left = before === "" || /\s$/.test(before) ? "" : " ";
  const right = after === "" || /^\s/.test(after) ? "" : " ";
  const room = max < 0 ? Number.POSITIVE_INFINITY : max - before.length - after.length;
  const put = (left + text + right).slice(0, Math.max(0, room));
  return { text: before + put + after, caret: before.length + put.length };
}
