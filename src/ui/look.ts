type Env = Readonly<Record<string, string | undefined>>;

/** What the place that text goes to can show. */
export interface Look {
  /** null: it is no terminal, lines may have any length */
  columns: number | null;
  unicode: boolean;
  /** Whether text can be a link (OSC 8). */
  links: boolean;
}

export const lookOf = (
  {isTTY, columns}: {isTTY?: boolean | undefined; columns?: number | undefined},
  env: Env,
): Look => ({
  // A terminal of no width has not been told its own.
  columns: isTTY === true ? columns || 80 : null,
  unicode: hasUnicode(env),
  links: isTTY === true && hasLinks(env),
});

/**
 * What the locale says (POSIX: LC_ALL before LC_CTYPE before LANG). Where it says nothing, as in many containers, the
 * terminal at the other end knows UTF-8 all the same; the console of Linux itself has no such characters.
 */
function hasUnicode(env: Env): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return env.TERM !== 'linux' && (locale === '' || /utf-?8/i.test(locale));
}

/** Terminals that name themselves and know OSC 8 (the list kept at github.com/Alhadis/OSC8-Adoption). */
const WITH_LINKS = ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio', 'zed'];

/** tmux and screen name the terminal around them no more, so they count as without. */
function hasLinks(env: Env): boolean {
  if (env.FORCE_HYPERLINK !== undefined) return env.FORCE_HYPERLINK !== '0' && env.FORCE_HYPERLINK !== '';
  if (env.CI || env.TERM === 'dumb' || env.TMUX || env.STY) return false;
  return (
    WITH_LINKS.includes(env.TERM_PROGRAM ?? '') ||
    Number(env.VTE_VERSION ?? 0) >= 5000 ||
    /^(?:xterm-kitty|alacritty|foot|xterm-ghostty)/.test(env.TERM ?? '') ||
    Boolean(env.WT_SESSION || env.KONSOLE_VERSION || env.DOMTERM)
  );
}

/** The signs that gpudock itself writes, for a place without them. Names of the user's stay as they are. */
const SIGNS: Readonly<Record<string, string>> = {
  '✓': '+',
  '✔': '+',
  '✗': 'x',
  '→': '>',
  '❯': '>',
  '↑': 'Up',
  '↓': 'Down',
  '⏎': 'Enter',
  '…': '...',
  '·': '-',
  '–': '-',
  '—': '-',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '×': 'x',
  '≤': '<=',
  '≥': '>=',
  '±': '+-',
};

const asciiSigns = (text: string): string => text.replace(/[\u00b1-\u27ff]/g, sign => SIGNS[sign] ?? sign);

const URL_IN_TEXT = /https?:\/\/[^\s<>"'`\u0000-\u001f]{1,2000}/g;
/** What ends a sentence, and is no part of the address before it. */
const END_OF_SENTENCE = /[.,;:!?)\]]{1,5}$/;

const link = (text: string): string => {
  const url = text.replace(END_OF_SENTENCE, '');
  return `\u001b]8;;${url}\u001b\\${url}\u001b]8;;\u001b\\${text.slice(url.length)}`;
};

/** The text as the place can show it. It was made safe before ({@link printable}). */
export function inLook(text: string, {unicode, links}: Look): string {
  const signs = unicode ? text : asciiSigns(text);
  return links ? signs.replace(URL_IN_TEXT, link) : signs;
}
