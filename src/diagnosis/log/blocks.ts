import {Buffer} from 'node:buffer';
import {TextDecoder} from 'node:util';

/**
 * A piece of a log, without colours. Lines that start from `start` on and before `end` are to be read; what stands around
 * them is there to look back and ahead.
 */
export interface Block {
  bytes: Buffer;
  start: number;
  end: number;
}

const LINE_FEED = 0x0a;
const ESCAPE = 0x1b;
/** Lines that stay behind as what to look ahead at: a terminal wraps a message into two or three. */
const LOOK_AHEAD_LINES = 2;
/** Bytes of a line without end that are kept together; longer ones are read in pieces. */
const LONGEST_LINE = 1 << 20;
/** A message that straddles two pieces of a long line is found whole in the second. */
const OVERLAP = 4_096;
/** Bytes before a block that are kept: messages of two lines are known by the second. */
const BEHIND = 1_000;

/** Cuts a log that comes in chunks of any size into blocks of whole lines. */
export class Blocks {
  private rest: Buffer = Buffer.alloc(0);
  private behind: Buffer = Buffer.alloc(0);
  private decoder: TextDecoder | null | undefined;

  /** What of the log can be read now; null while there is not enough. */
  push(chunk: Uint8Array): Block | null {
    this.rest = Buffer.concat([this.rest, this.toUtf8(chunk)]);
    const end = endOfLines(this.rest);
    if (end > 0) return this.take(end);
    return this.rest.length > LONGEST_LINE ? this.take(this.rest.length - OVERLAP) : null;
  }

  /** The last block. */
  end(): Block {
    return this.take(this.rest.length);
  }

  private take(end: number): Block {
    const body = withoutEscapes(this.rest.subarray(0, end));
    const ahead = withoutEscapes(this.rest.subarray(end, end + OVERLAP));
    const {behind} = this;
    this.rest = this.rest.subarray(end);
    // A copy: a part would keep the whole block in memory.
    this.behind = Buffer.from(body.subarray(-BEHIND));
    return {
      bytes: Buffer.concat([behind, body, ahead]),
      start: behind.length,
      end: behind.length + body.length,
    };
  }

  /** PowerShell redirects write UTF-16; everything else is searched as it is. */
  private toUtf8(chunk: Uint8Array): Uint8Array {
    if (this.decoder === undefined && chunk.length > 0) this.decoder = decoderOf(chunk);
    return this.decoder ? Buffer.from(this.decoder.decode(chunk, {stream: true})) : chunk;
  }
}

/** Where the lines end that have enough others behind them. */
function endOfLines(bytes: Buffer): number {
  let at = bytes.length;
  for (let behind = 0; behind <= LOOK_AHEAD_LINES && at > 0; behind++) at = bytes.lastIndexOf(LINE_FEED, at - 1);
  return at + 1;
}

function decoderOf([a, b, c, d]: Uint8Array): TextDecoder | null {
  if ((a === 0xff && b === 0xfe) || (b === 0 && d === 0 && a !== 0 && c !== 0)) return new TextDecoder('utf-16le');
  if ((a === 0xfe && b === 0xff) || (a === 0 && c === 0 && b !== 0 && d !== 0)) return new TextDecoder('utf-16be');
  return null;
}

const COLOURS = /\u001b\[[0-9;:]{0,64}m|\u001b\][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)/g;
/** Movements of the cursor part what is printed, as a carriage return does. */
const MOVEMENTS = /\u001b\[[0-9;?]{0,64}[A-Za-ln-z]|\u001b[@-Z\\-_]/g;

function withoutEscapes(bytes: Buffer): Buffer {
  if (!bytes.includes(ESCAPE)) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(COLOURS, '').replace(MOVEMENTS, '\r'), 'latin1');
}
