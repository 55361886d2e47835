/** An address with what stands before its host. */
const ADDRESS = /\b[a-z][a-z0-9+.-]{0,20}:\/\/([^\s/@"'`<>]{1,500})@/gi;

/** A password, a variable that stands for one, or a token where a name would be: a name alone is no secret. */
const SECRET = /:.|\$|^(?=.*\d)[\w-]{16,}$/;

/** The first line on which an address holds a password or a token; null: none does. */
export function lineOfCredentials(text: string): number | null {
  for (const {1: user = '', index} of text.matchAll(ADDRESS))
    if (SECRET.test(user)) return text.slice(0, index).split('\n').length;
  return null;
}
