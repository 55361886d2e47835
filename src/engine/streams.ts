import {once} from 'node:events';
import type {Readable, Writable} from 'node:stream';

/** Where the two outputs of a program go. */
export interface Outputs {
  stdout: Writable;
  stderr: Writable;
}

const HEADER = 8;

/**
 * Passes on Docker's multiplexed stream (frames of an 8-byte header — stream, 0, 0, 0, length — and their content), no
 * faster than it is read. A frame may come in pieces of any size.
 */
export async function demultiplexTo(source: Readable, {stdout, stderr}: Outputs): Promise<void> {
  let header = Buffer.alloc(0);
  let left = 0;
  let target = stdout;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        const piece = chunk.subarray(at, at + HEADER - header.length);
        header = Buffer.concat([header, piece]);
        at += piece.length;
        if (header.length < HEADER) break;
        target = header[0] === 2 ? stderr : stdout;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      } else {
        const piece = chunk.subarray(at, at + left);
        at += piece.length;
        left -= piece.length;
        await written(target, piece);
      }
    }
  }
}

/** Passes on a terminal's stream, which is one. */
export async function copyTo(source: Readable, target: Writable): Promise<void> {
  for await (const chunk of source as AsyncIterable<Buffer>) await written(target, chunk);
}

/** A reader that went away (`| head`) ends nothing here: the program inside is told by its own next write. */
async function written(target: Writable, piece: Buffer): Promise<void> {
  if (target.destroyed || target.write(piece)) return;
  await Promise.race([once(target, 'drain'), once(target, 'close')]).catch(() => {});
}

/** The content of a whole answer in Docker's multiplexed form. */
export function demultiplex(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + HEADER <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + HEADER, at + HEADER + length));
    at += HEADER + length;
  }
  return Buffer.concat(parts);
}
