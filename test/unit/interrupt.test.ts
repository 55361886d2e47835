import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {expect, test} from '@jest/globals';
import {unlessInterrupted} from '../../src/interrupt.js';

const stopped = expect.objectContaining({code: 'interrupted', message: 'the wait was stopped', exit: 130});
const never = new Promise<never>(() => {});

test('work that ends first gives its result, or its own failure', async () => {
  const {signal} = new AbortController();
  expect(await unlessInterrupted('the wait', signal, Promise.resolve(1))).toBe(1);
  await expect(unlessInterrupted('the wait', signal, Promise.reject(new Error('own')))).rejects.toThrow('own');
});

test('an interrupt before or during the work ends the wait', async () => {
  const controller = new AbortController();
  const wait = unlessInterrupted('the wait', controller.signal, never);
  controller.abort();
  await expect(wait).rejects.toEqual(stopped);
  await expect(unlessInterrupted('the wait', controller.signal, never)).rejects.toEqual(stopped);
});

test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('%s aborts; the second one ends the program with 130', async name => {
  const program = `import {interruptSignal} from './src/interrupt.ts';
    const signal = interruptSignal();
    signal.addEventListener('abort', () => console.log('aborted'));
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    child.kill(name);
  }
  expect(text).toBe('ready\naborted\n');
  expect((await ended)[0]).toBe(130);
});
