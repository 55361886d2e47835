import {randomBytes} from 'node:crypto';

/** KiB, passes and lanes of argon2id (OWASP Password Storage Cheat Sheet); Jupyter reads them from the hash. */
const STRENGTH = {m: 19_456, t: 2, p: 1} as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A password as Jupyter keeps it; what it was cannot be told from that. */
export async function hashedPassword(password: string): Promise<string> {
  const {argon2id} = await import('@noble/hashes/argon2.js');
  const salt = randomBytes(SALT_BYTES);
  const hash = argon2id(password, salt, {...STRENGTH, dkLen: HASH_BYTES});
  const {m, t, p} = STRENGTH;
  return `argon2:$argon2id$v=19$m=${m},t=${t},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
