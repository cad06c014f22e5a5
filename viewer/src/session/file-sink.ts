/**
 * Where a file of the requester is put until the technician saves it: the browser's own store of files for this page,
 * and pieces of blobs, which browsers move to disk too, where there is none. Neither is opened by anybody.
 */
import type { Bytes } from "../protocol/bytes.ts";
import { randomId } from "../protocol/bytes.ts";

export interface FileSink {
  /** Keeps more bytes; resolves when further ones may come. */
  write(bytes: Bytes): Promise<void>;
  /** The whole file. */
  whole(): Promise<Blob>;
  /** Forgets it. */
  forget(): Promise<void>;
}

const FOLDER = "files";
/** A page that is open for so long is none. */
const STALE_MS = 24 * 3600_000;
/** So many small writes are one. */
const BATCH_BYTES = 1 << 20;

/** Makes a place for one file. */
export async function fileSink(): Promise<FileSink> {
  try {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, {
      create: true,
    });
    await clear(folder);
    const name = `${Date.now()}-${randomId()}`;
    const handle = await folder.getFileHandle(name, { create: true });
    return batched(new Stored(folder, name, handle, await handle.createWritable()));
  } catch {
    return batched(new InBlobs()); // a browser without it, or a private window
  }
}

/** What an earlier page could not forget. */
async function clear(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    const made = Number.parseInt(name, 10);
    if (!(Date.now() - made < STALE_MS)) await folder.removeEntry(name).catch(() => undefined);
  }
}

class Stored implements FileSink {
  constructor(
    private readonly folder: FileSystemDirectoryHandle,
    private readonly name: string,
    private readonly handle: FileSystemFileHandle,
    private readonly out: FileSystemWritableFileStream,
  ) {}

  write(bytes: Bytes): Promise<void> {
    return this.out.write(bytes);
  }

  async whole(): Promise<Blob> {
    await this.out.close();
    return await this.handle.getFile();
  }

  async forget(): Promise<void> {
    await this.out.abort().catch(() => undefined); // closed already
    await this.folder.removeEntry(this.name);
  }
}

/** Keeps a file in blobs. */
export class InBlobs implements FileSink {
  private parts: Blob[] = [];

  write(bytes: Bytes): Promise<void> {
    this.parts.push(new Blob([bytes]));
    return Promise.resolve();
  }

  whole(): Promise<Blob> {
    return Promise.resolve(new Blob(this.parts));
  }

  forget(): Promise<void> {
    this.parts = [];
    return Promise.resolve();
  }
}

/** Gathers small pieces. */
function batched(sink: FileSink): FileSink {
  let batch: Bytes[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const all = new Uint8Array(size);
    let at = 0;
    for (const bytes of batch) {
      all.set(bytes, at);
      at += bytes.length;
    }
    batch = [];
    size = 0;
    if (all.length > 0) await sink.write(all);
  };
  return {
    async write(bytes) {
      batch.push(bytes);
      size += bytes.length;
      if (size >= BATCH_BYTES) await flush();
    },
    async whole() {
      await flush();
      return await sink.whole();
    },
    forget: () => sink.forget(),
  };
}
