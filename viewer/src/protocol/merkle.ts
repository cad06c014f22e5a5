/** Merkle trees of RFC 6962: their roots, and what proves that one leaf is in a larger one. */
import { type Bytes, concat, same, sha256 } from "./bytes.ts";

export const HASH_BYTES = 32;

/** Hashes under way at once. */
const BATCH = 1024;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(leaf: Bytes): Promise<Bytes> {
  return sha256(concat(LEAF, leaf));
}

function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(NODE, left, right));
}

/** The root of the tree over these leaves (RFC 6962 §2.1). */
export async function treeRoot(leaves: readonly Bytes[]): Promise<Bytes> {
  return await rootOf(await inBatches(leaves, leafHash));
}

/** The root of the tree over leaves with these hashes. */
export async function rootOf(hashes: readonly Bytes[]): Promise<Bytes> {
  let level = hashes;
  while (level.length > 1) {
    // The one without a partner moves up: so each subtree to the left is as large as a power of two.
    const odd = level.length % 2 === 1 ? level.slice(-1) : [];
    const below = level;
    const pairs = Array.from({ length: level.length >> 1 }, (_, i) => below.slice(2 * i, 2 * i + 2));
    level = [...(await inBatches(pairs, ([left, right]) => nodeHash(left ?? NONE, right ?? NONE))), ...odd];
  }
  return level[0] ?? (await sha256(NONE));
}

const NONE = new Uint8Array(0);

async function inBatches<T>(all: readonly T[], hash: (one: T) => Promise<Bytes>): Promise<Bytes[]> {
  const out: Bytes[] = [];
  for (let i = 0; i < all.length; i += BATCH) {
    out.push(...(await Promise.all(all.slice(i, i + BATCH).map(hash))));
  }
  return out;
}

/** Whether a leaf is number index, from 0, in the tree of a root (RFC 9162 §2.1.3.2). */
export async function included(
  tree: { readonly size: number; readonly root: Bytes },
  index: number,
  leaf: Bytes,
  proof: readonly Bytes[],
): Promise<boolean> {
  if (index < 0 || index >= tree.size) return false;
  let node = index;
  let last = tree.size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false; // longer than the tree is high
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else hash = await nodeHash(hash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(hash, tree.root);
}
