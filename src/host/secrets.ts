/** Keys whose values are nobody else's business, in JSON of the engine and its configuration. */
const SECRET_KEY = /token|passw|secret|auth|credential|serial|^ID$|^Swarm$|api.?key/i;
const REMOVED = 'removed';

/** Text of a tool without serial numbers, device identifiers, the passwords in URLs, and values named as secret. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(/<(\w{0,40}(?:serial|pdi|guid)\w{0,40})>[^<]{0,200}</gi, '<$1>N/A<')
    .replace(/^([^\n:]{0,80}\b(?:Serial|GUID|PDI)\b[^\n:]{0,40}:\s?)[^\n]*$/gim, '$1N/A')
    // The kernel's log has colons of its own in front; `-L` names old boards by theirs.
    .replace(/\b((?:Serial Number|S\/N): ?)[\w-]{1,40}/gi, '$1N/A')
    .replace(/\/\/[^\s/@]{1,200}@/g, '//')
    .replace(/\b(\w{0,40}(?:token|passw|secret|api_?key)\w{0,20}=)[^\s"'&]{1,400}/gi, `$1${REMOVED}`);

/** The same for a JSON document: also values whose keys say that they are secret. */
export function jsonWithoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(jsonWithoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_KEY.test(key) ? REMOVED : jsonWithoutSecrets(inner)]),
  );
}
