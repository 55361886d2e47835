import type {Place, Workload} from '../workload.js';
import {workload} from './define.js';

const PLACES: Record<Place, {words: string; known: Workload['known']}> = {
  bind: {
    words: 'a bind mount',
    known: {
      cause: 'each system call passes the container’s seccomp filter; an engine in a virtual machine adds far more',
      fix: 'few large files in place of many small ones; with Docker Desktop: a volume',
    },
  },
  volume: {
    words: 'a volume',
    known: {
      cause:
        'each system call passes the container’s seccomp filter; a volume may lie on another disk, named if it does',
      fix: 'few large files in place of many small ones; a bind mount lies on the disk you want',
    },
  },
  layer: {
    words: 'the image layer',
    known: {
      cause: 'the image layer is a union file system: files are copied up and looked up in several layers',
      fix: 'use a volume or a bind mount for data',
    },
  },
};

/** What is done with files in one place of the container, against an ordinary folder of the host. */
export function files(place: Place): Workload[] {
  const {words, known} = PLACES[place];
  return [
    workload({
      name: `small-${place}`,
      summary: `200 small files in ${words}: write, rename, look up`,
      unit: 'ms',
      argv: ['files.py', 'small'],
      place,
      known,
    }),
    workload({
      name: `write-${place}`,
      summary: `write 32 MiB to ${words} and sync`,
      unit: 'MiB/s',
      better: 'higher',
      argv: ['files.py', 'write'],
      place,
      known,
    }),
    workload({
      name: `read-${place}`,
      summary: `read 32 MiB from ${words}, cache dropped`,
      unit: 'MiB/s',
      better: 'higher',
      argv: ['files.py', 'read'],
      place,
      known,
    }),
    workload({
      name: `random-${place}`,
      summary: `random 4 KiB reads by fio in ${words}`,
      unit: 'IOPS',
      better: 'higher',
      argv: ['files.py', 'random'],
      needs: ['fio'],
      place,
      known,
    }),
  ];
}
