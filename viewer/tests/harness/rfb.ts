import { connect, type Socket } from "node:net";

const HEAD_BYTES = 24;

/**
 * A mouse on an X server that takes it over RFB (RFC 6143): what it does comes from a device of the server's own, as
 * a person's does, and not from a program's.
 */
export class Mouse {
  private constructor(private readonly socket: Socket) {}

  static async open(path: string): Promise<Mouse> {
    const socket = connect(path);
    const read = reader(socket);
    await read(12);
    socket.write("RFB 003.008\n");
    await read((await read(1)).readUInt8());
    socket.write(Buffer.of(1)); // no password
    if ((await read(4)).readUInt32BE() !== 0) throw new Error("the X server takes no mouse");
    socket.write(Buffer.of(1)); // beside others
    const head = await read(HEAD_BYTES);
    await read(head.readUInt32BE(HEAD_BYTES - 4));
    return new Mouse(socket);
  }

  /** Presses and lets go of the left button. */
  click(x: number, y: number): void {
    for (const buttons of [0, 1, 0]) this.#move(x, y, buttons);
  }

  move(x: number, y: number): void {
    this.#move(x, y, 0);
  }

  close(): void {
    this.socket.destroy();
  }

  #move(x: number, y: number, buttons: number): void {
    const message = Buffer.alloc(6);
    message.writeUInt8(5, 0);
    message.writeUInt8(buttons, 1);
    message.writeUInt16BE(x, 2);
    message.writeUInt16BE(y, 4);
    this.socket.write(message);
  }
}

/** Reads exactly so many bytes at a time. */
function reader(socket: Socket): (bytes: number) => Promise<Buffer> {
  return async (bytes) => {
    while (true) {
      const chunk: unknown = bytes === 0 ? Buffer.alloc(0) : socket.read(bytes);
      if (chunk instanceof Buffer) return chunk;
      await new Promise((resolve, reject) => {
        socket.once("readable", resolve);
        socket.once("error", reject);
      });
    }
  };
}
