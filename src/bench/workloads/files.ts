import type {Place, Workload} from '../workload.js';
import {workload} from './define.js';

const PLACES: Record<Place, {words: string; known: Workload['known']}> = {
  bind: {
    words: 'a bind mount',
    known: {
      cause: 'a bind mount is the host’s own folder; only an engine in a virtual machine, or SELinux, adds to it',
      fix: 'with Docker Desktop: a volume; else repeat on a quiet disk',
    },
  },
  volume: {
    words: 'a volume',
    known: {
      cause: 'a volume is a folder of the engine’s own, which may lie on another disk or file system',
      fix: 'the row’s remark names both file systems; a bind mount lies where you want it',
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
