import {createInterface} from 'node:readline';
import {PassThrough} from 'node:stream';
import type {Engine} from './connect.js';

export interface LogOptions {
  follow: boolean;
  /** null: all lines */
  tail: number | null;
  signal: AbortSignal;
  onLine(line: string): void;
}

/** Passes on a container's output line by line, both streams in order; with `follow` until it ends or is interrupted. */
export async function copyLogs(
  {docker}: Engine,
  id: string,
  {follow, tail, signal, onLine}: LogOptions,
): Promise<void> {
  const container = docker.getContainer(id);
  const options = {stdout: true, stderr: true, ...(tail === null ? {} : {tail})};
  const lines = new PassThrough();
  const reader = createInterface({input: lines, crlfDelay: Number.POSITIVE_INFINITY});
  reader.on('line', onLine);
  const closed = new Promise(resolve => reader.on('close', resolve));
  if (follow) {
    const stream = await container.logs({...options, follow: true, abortSignal: signal});
    docker.modem.demuxStream(stream, lines, lines);
    stream.on('end', () => lines.end());
    stream.on('error', () => lines.end());
    signal.addEventListener('abort', () => lines.end());
  } else {
    lines.end(demultiplex(await container.logs({...options, follow: false})));
  }
  await closed;
}

/** Docker's multiplexed stream: frames of an 8-byte header (stream, 0, 0, 0, length) and their content. */
export function demultiplex(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}
