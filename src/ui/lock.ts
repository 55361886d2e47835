import type {Change} from '../environment/lock-difference.js';

const SIGNS = {added: '+', gone: '-', changed: '~'} as const;

/** One line a change; packages of the distribution are counted unless nothing else changed. */
export function renderChanges(changes: readonly Change[]): string[] {
  const apt = changes.filter(({what}) => what === 'apt');
  const others = changes.filter(({what}) => what !== 'apt');
  const shown = others.length === 0 ? apt : others;
  const rest =
    others.length === 0 || apt.length === 0 ? [] : [`${SIGNS.changed} ${apt.length} packages of the distribution`];
  return [...shown.map(line), ...rest];
}

function line({name, from, to}: Change): string {
  if (from === null) return `${SIGNS.added} ${name} ${to}`;
  return to === null ? `${SIGNS.gone} ${name} ${from}` : `${SIGNS.changed} ${name} ${from} → ${to}`;
}
