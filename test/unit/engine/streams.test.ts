import {PassThrough, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {demultiplexTo} from '../../../src/engine/streams.js';

const frame = (stream: number, content: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
};

test('frames cut anywhere come out whole, each on its stream', async () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string()), {maxLength: 8});
  await fc.assert(
    fc.asyncProperty(frames, fc.integer({min: 1, max: 20}), async (sent, size) => {
      const raw = Buffer.concat(sent.map(([stream, content]) => frame(stream, Buffer.from(content))));
      const pieces = Array.from({length: Math.ceil(raw.length / size)}, (_, at) =>
        raw.subarray(at * size, (at + 1) * size),
      );
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const read = Promise.all([text(stdout), text(stderr)]);
      await demultiplexTo(Readable.from(pieces, {objectMode: false}), {stdout, stderr});
      stdout.end();
      stderr.end();
      const of = (wanted: number) => sent.flatMap(([stream, content]) => (stream === wanted ? [content] : [])).join('');
      expect(await read).toEqual([of(1), of(2)].map(content => Buffer.from(content).toString('utf8')));
    }),
  );
});
