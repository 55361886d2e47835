import {buffer} from 'node:stream/consumers';
import type {Container} from 'dockerode';
import type {Pack} from 'tar-stream';
import {statusOf} from './errors.js';

/** A file's text out of a container, running or not; null when it is not there. */
export async function readFile(container: Container, path: string): Promise<string | null> {
  try {
    const {extract} = await tarStream();
    const stream = await container.getArchive({path});
    const archive = stream.pipe(extract());
    for await (const entry of archive) return (await buffer(entry)).toString('utf8');
    return null;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** What reads and writes archives. It takes time to load, which a caller may spend while the engine works. */
export const tarStream = async (): Promise<typeof import('tar-stream')> => (await import('tar-stream')).default;

export const newArchive = async (): Promise<Pack> => (await tarStream()).pack();

/** As archives name it. */
export const relative = (path: string): string => path.replace(/^\/+/, '');
