/** One recipe of docs/recipes.md. */
export interface Recipe {
  title: string;
  blocks: {
    lines: {command: string; exits: number[]}[];
    /** Lines that stand below it: all of them are printed. */
    shown: string[];
    /** It is typed on a machine with a stand-in GPU. */
    standIn: boolean;
  }[];
}

export const recipesOf = (page: string): Recipe[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map(text => ({title: text.split('\n')[0] ?? '', blocks: fencedBlocks(text)}));

/** Every fenced block of `sh`, with the block of `text` right below it. `# exit 0, or 3 …` behind a command: how it may end. */
export function fencedBlocks(text: string): Recipe['blocks'] {
  const fenced = /^```sh( stand-in)?\n([\s\S]*?)^```\n(?:```text\n([\s\S]*?)^```\n)?/gm;
  return [...text.matchAll(fenced)].map(([, standIn, commands = '', shown = '']) => ({
    standIn: standIn !== undefined,
    lines: linesOf(commands).map(line => {
      const [command = '', comment = ''] = line.split(/ {2,}# /);
      const exits = comment.startsWith('exit ') ? (comment.match(/\d+/g) ?? []) : ['0'];
      return {command, exits: exits.map(Number)};
    }),
    shown: linesOf(shown).map(line => line.trim()),
  }));
}

const linesOf = (text: string): string[] => text.split('\n').filter(line => line.trim() !== '');
