import {chown, rename, rm, writeFile} from 'node:fs/promises';

/**
 * Writes a whole file or nothing: a reader never sees half of it. Where root writes for somebody, the file belongs to
 * `owner`, who owns the project.
 */
export async function saveFile(file: string, text: string, owner: {uid: number; gid: number}): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, {flag: 'wx', mode: 0o644});
    if (process.getuid?.() === 0) await chown(draft, owner.uid, owner.gid);
    await rename(draft, file);
  } finally {
    await rm(draft, {force: true});
  }
}
