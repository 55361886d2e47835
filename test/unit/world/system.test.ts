import {expect, test} from '@jest/globals';
import {mountsOf, system} from '../../../src/world/system.js';

test('only what may hold images is looked at, and names with blanks are read', () => {
  const text = [
    'proc /proc proc rw 0 0',
    '/dev/sda1 / ext4 rw 0 0',
    'server:/home /home nfs4 rw 0 0',
    '/dev/sdb1 /media/my\\040disk xfs rw 0 0',
    'sysfs /sys sysfs rw 0 0',
    '',
  ].join('\n');
  expect(mountsOf(text)).toEqual(['/', '/media/my disk']);
});

test('this machine tells its CPU, its disk and its user', async () => {
  const reading = await system(2_000);
  if (reading.status !== 'ok') throw new Error(reading.status);
  const {resources, filesystems, user} = reading.value;
  expect(resources.memoryMiB).toBeGreaterThan(0);
  expect(resources.cpuFlags?.length).toBeGreaterThan(0);
  expect(filesystems?.find(({mount}) => mount === '/')?.freeMiB).toBeGreaterThan(0);
  expect(user.uid).toBe(process.getuid?.());
});
